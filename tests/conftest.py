"""A real PostgreSQL, started once a run; databases of either kind for each test; the sites that tests look at.

Whatever takes long to build is built once in each process and copied for the tests that change it: a database with
its tables (``migrated_url``) and one filled with three councils (``fresh_site``).
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.counts import FULL
from tests.postgres_server import PostgresServer, name_of
from tests.site import SECRET, Site, fill

__all__ = ["SECRET", "PostgresServer", "Site"]


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


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that has its tables and nothing in them, of either kind."""
    yield from copied(request, "migrated", tmp_path / "righthome.sqlite3")


def copied(request: pytest.FixtureRequest, what: str, path: Path) -> Iterator[str]:
    """Give the address of a copy of the ``migrated`` or the ``filled`` database, of the kind the test is run with."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue(f"{what}_file"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.new_database(like=request.getfixturevalue(f"{what}_template"))
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with its tables, made once and copied for each test."""
    from api.database import migrate

    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres_server: PostgresServer) -> str:
    """The name of a PostgreSQL database with its tables, made once and copied likewise."""
    from api.database import migrate

    url = postgres_server.new_database()
    migrate.upgrade(url)
    return name_of(url)


@pytest.fixture(scope="session", autouse=True)
def careful_hasher() -> Iterator[Callable[[], Any]]:
    """Hash passwords with as little work as Argon2 allows, and give what the product hashes them with."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    from api.auth import passwords

    quick = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])
    with pytest.MonkeyPatch.context() as patch:
        careful = passwords._hasher
        patch.setattr(passwords, "_hasher", lambda: quick)
        yield careful


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled SQLite database, made once and copied for each test that changes it."""
    folder = tmp_path_factory.mktemp("filled")
    fill(f"sqlite:///{folder / 'filled.sqlite3'}", folder)
    return folder / "filled.sqlite3"


@pytest.fixture(scope="session")
def filled_template(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a filled PostgreSQL database, made once and copied likewise."""
    url = postgres_server.new_database()
    fill(url, tmp_path_factory.mktemp("filled"))
    return name_of(url)


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
    site.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site of its own for a test that changes it, on either kind of database."""
    for url in copied(request, "filled", tmp_path / "site.sqlite3"):
        site = Site(url)
        yield site
        site.close()


@pytest.fixture(params=["sqlite", "postgresql"] if FULL else ["sqlite"])
def working_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A site for a test in which long work is really done (``work``): on either kind of database in a full count, else on SQLite.

    How work is claimed, given back and lost is tested on both in every run, with work that is not done.
    """
    for url in copied(request, "filled", tmp_path / "site.sqlite3"):
        site = Site(url)
        yield site
        site.close()


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
