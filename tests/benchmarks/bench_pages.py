"""Pages at the size of a council: the waiting list, a child's options and the joint plan, first and again."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from api.auth.sessions import cookie_name, form_token, open_session
from api.database.records import Records, Scope
from api.database.tables import users
from api.kept import Kept
from api.services.sample import SAMPLE_AUTHORITY, load_partnership
from api.settings import Settings
from matching import rank_homes


def measure(full: bool) -> dict[str, Any]:
    """Return milliseconds of server time a page; the plan's own time lies between asking and the finished page."""
    times = 15 if full else 3
    with tempfile.TemporaryDirectory(prefix="rhpages-") as folder:
        url = f"sqlite:///{Path(folder) / 'pages.sqlite3'}"
        sample = load_partnership(url)
        settings = Settings(database_url=url, as_of=sample.as_of, demo=True)
        app = create_app(settings)
        client = TestClient(app, follow_redirects=False)
        database = app.state.database
        with database.writing() as connection:
            who = select(users.c.user_id).where(users.c.username == sample.users[0].username)
            token = open_session(connection, connection.execute(who).scalar_one(), session_hours=12)
        client.cookies.set(cookie_name(settings), token)
        # The first answer of all reads code and postcodes; it is no page's time.
        client.get("/waiting-list")
        with database.reading() as connection:
            scope = Scope(authorities=frozenset({SAMPLE_AUTHORITY}), actor="benchmark")
            lists = Kept().lists_of(Records(connection, scope))
        options = f"/children/{lists.referrals[0].referral_id}/options"

        def anew(path: str) -> Callable[[], None]:
            def ask() -> None:
                app.state.kept = Kept()
                _got(client, path)

            return ask

        def every_ranking() -> None:
            for one in lists.referrals:
                others = [other for other in lists.referrals if other is not one]
                rank_homes(one, lists.homes, as_of=sample.as_of, others=others)

        figures = {
            "waiting_list_first_ms": _milliseconds(anew("/waiting-list"), times),
            "waiting_list_again_ms": _milliseconds(lambda: _got(client, "/waiting-list"), times),
            "options_first_ms": _milliseconds(anew(options), times),
            "options_again_ms": _milliseconds(lambda: _got(client, options), times),
            "ranking_every_child_ms": _milliseconds(every_ranking, min(times, 5)),
        }
        started = time.perf_counter()
        asked = client.post("/plan/runs", data={"csrf_token": form_token(token)})
        figures["plan_asked_ms"] = round(1000 * (time.perf_counter() - started), 1)
        address = asked.headers["location"]
        while "data-rh-waiting" in client.get(address).text:
            pass
        figures["plan_made_ms"] = round(1000 * (time.perf_counter() - started), 1)
        figures["plan_page_ms"] = _milliseconds(lambda: _got(client, "/plan"), times)
        figures["waiting_list_first_to_ranking_every_child"] = round(
            figures["waiting_list_first_ms"] / figures["ranking_every_child_ms"], 2
        )
        figures["largest_page_kb"] = max(
            round(len(client.get(path).content) / 1000) for path in ("/waiting-list", options, "/plan")
        )
        counts = {"children": len(lists.referrals), "homes": len(lists.homes), "times": times}
        app.state.workers.close()
        database.close()
    return {
        "what": "server time of pages on the invented council, without a network: first with nothing remembered, and again; "
        "beside ranking every child in full, as the waiting list once did",
        "counts": counts,
        "figures": figures,
    }


def _got(client: TestClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")


def _milliseconds(work: Callable[[], None], times: int) -> float:
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - started))
    return round(statistics.median(took), 1)
