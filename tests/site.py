"""The application on a database with three councils' records and somebody of every role in each."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from api.database.engine import Database

PASSWORD = "correct horse battery"
PLYMOUTH, DEVON, BROMLEY = "879", "878", "305"
"""A council, a partner of it, and a stranger to both."""
SECRET = "a secret for tests that no installation has"


class Site:
    """The application on a database with three councils' records and somebody of every role in each."""

    def __init__(self, url: str, **settings: Any) -> None:
        from api.app import create_app
        from api.settings import Settings

        self.app: FastAPI = create_app(
            Settings(
                database_url=url,
                **{
                    "as_of": date(2026, 6, 15),
                    "secret": SECRET,
                    "base_url": "http://testserver",
                    # Long work begins in the tests that ask for it (``work``), so that no other is disturbed by it.
                    "workers": 0,
                }
                | settings,
            )
        )
        share_prepared_routes(self.app)
        self.database: Database = self.app.state.database
        self._open = ExitStack()
        self._loop: BlockingPortal | None = None

    def close(self) -> None:
        """Let go of the database, after breaking off its long work."""
        self._open.close()
        self.app.state.workers.close()
        self.database.close()

    def work(self) -> Site:
        """Let one worker do the long work that is asked for, as a server does."""
        from dataclasses import replace

        from api.working import Workers

        self.app.state.workers = Workers(
            replace(self.app.state.settings, workers=1, worker_niceness=0), self.database
        )
        return self

    def visitor(self, **options: Any) -> TestClient:
        """Return a browser that nobody has signed in with, and that follows no redirect."""
        from anyio.from_thread import start_blocking_portal
        from fastapi.testclient import TestClient

        if self._loop is None:
            self._loop = self._open.enter_context(start_blocking_portal())
        base_url = "https://testserver" if self.app.state.settings.https else "http://testserver"
        client = TestClient(self.app, base_url=base_url, follow_redirects=False, **options)
        # All browsers of a site ask in one event loop, as those of a server do; else each request would start its own.
        client.portal = self._loop
        return client

    def signed_in(self, role: str = "manager", authority: str = PLYMOUTH) -> TestClient:
        """Return a browser with somebody's session, begun without the slow work of a password."""
        from sqlalchemy import select

        from api.auth.sessions import cookie_name, open_session
        from api.database.tables import users

        client = self.visitor()
        with self.database.writing() as connection:
            who = select(users.c.user_id).where(users.c.username == f"{role}.{authority}")
            token = open_session(connection, connection.execute(who).scalar_one(), session_hours=12)
        client.cookies.set(cookie_name(self.app.state.settings), token)
        return client


_prepared_routes: list[Any] = []


def share_prepared_routes(app: FastAPI) -> None:
    """Give an application the routes of the first one made in this process.

    FastAPI prepares a router's routes when the first request for one comes, which for all of ours takes longer than
    most tests. They are the same objects' work each time, so it is done once. A test that adds a route adds it to its
    own application only.
    """
    ours = app.router.routes
    if not _prepared_routes:
        _prepared_routes.extend(ours)
    for place, (own, prepared) in enumerate(zip(ours, _prepared_routes, strict=True)):
        if hasattr(own, "effective_candidates"):
            assert own.original_router is prepared.original_router
            ours[place] = prepared


def fill(url: str, folder: Path) -> None:
    """Make the tables in an empty database and fill them with the three councils."""
    from sqlalchemy import delete, insert, select

    from api.auth.passwords import add_user, know_authority
    from api.auth.roles import Role
    from api.database import migrate
    from api.database.analysis_tables import analyses
    from api.database.engine import open_database
    from api.database.tables import plans, users
    from api.services.importing import import_file

    migrate.upgrade(url)
    database = open_database(url)
    with database.writing() as connection:
        # One password hashed once: hashing is slow on purpose, and here are dozens of people.
        first = add_user(
            connection,
            username="first",
            name="First",
            role=Role.MANAGER,
            authority=PLYMOUTH,
            password=PASSWORD,
        )
        row = connection.execute(select(users).where(users.c.user_id == first)).one()._asdict()
        connection.execute(delete(users))
        for authority in (PLYMOUTH, DEVON, BROMLEY):
            know_authority(connection, authority)
            for role in Role:
                of_role = {"username": f"{role}.{authority}", "name": f"The {role.words}", "role": str(role)}
                new = {"user_id": f"{role}-{authority}"[-32:], "authority": authority}
                connection.execute(insert(users).values(row | of_role | new))
        connection.execute(
            insert(plans),
            [
                {
                    "authority": authority,
                    "plan_id": f"plan-{authority}",
                    "question": "0" * 64,
                    "as_of": date(2026, 6, 14),
                    "asked_at": datetime(2026, 6, 14, 20, tzinfo=UTC),
                    "asked_by": "tester",
                    "decisions": [],
                    "settings": {},
                    "status": "failed",
                }
                for authority in (PLYMOUTH, DEVON)
            ],
        )
        connection.execute(
            insert(analyses),
            [
                {
                    "authority": authority,
                    "analysis_id": f"analysis-{authority}",
                    "kind": "beds",
                    "question": "0" * 64,
                    "as_of": date(2026, 6, 14),
                    "asked_at": datetime(2026, 6, 14, 20, tzinfo=UTC),
                    "asked_by": "tester",
                    "settings": {},
                    "status": "failed",
                }
                for authority in (PLYMOUTH, DEVON)
            ],
        )
    database.close()
    for authority in (PLYMOUTH, DEVON, BROMLEY):
        for kind, records in _records_of(authority).items():
            path = folder / f"{authority}-{kind}.json"
            path.write_text(json.dumps(records))
            import_file(url, kind, path, authority, "tester")


def _records_of(authority: str) -> dict[str, list[dict[str, Any]]]:
    return {
        "referrals": [
            {
                "referral_id": f"DEMO-R-{authority}",
                "child_id": f"DEMO-C-{authority}",
                "authority": authority,
                "date_of_birth": "2012-03-04",
                "sex": "F",
                "home_postcode": "PL4 8AA",
                "needed_by": "2026-06-20",
                "urgency": "planned",
            }
        ],
        "homes": [
            {
                "home_id": f"DEMO-H-{authority}",
                "name": "Larkbeare",
                "type": "childrens_home",
                "postcode": "PL4 6AB",
                "authority": authority,
                "places": 3,
                "vacancies": 1,
                "min_age": 8,
                "max_age": 17,
                "registered": True,
                "status": "open",
            }
        ],
        "stays": [
            {
                "stay_id": f"DEMO-S-{authority}",
                "child_id": f"DEMO-C-{authority}",
                "date_of_birth": "2012-03-04",
                "authority": authority,
                "setting": "hotel",
                "started_on": "2026-06-10",
                "in_care": True,
            }
        ],
    }
