"""Connections that say whether they read or write, alike on SQLite and PostgreSQL.

A reading connection cannot write: SQLite is told ``query_only`` and PostgreSQL a read-only
transaction, so a page that only shows something can change nothing even by mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, StaticPool, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from api.database.encryption import KEY_FILE, driver_of
from api.errors import Busy
from reference_data.problems import InvalidInput

_WRITES = "righthome_writes"
DEADLOCK_DETECTED = "40P01"
"""PostgreSQL's name for transactions that wait for each other (appendix A of its manual, error codes)."""
BUSY_WAIT_SECONDS = 30
"""How long a writer waits for another on SQLite before giving up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """An engine with two doors: one that can only read, and one that commits when its block ends."""

    engine: Engine

    def connect(self, *, writes: bool) -> Connection:
        """Return an open connection whose next transaction reads only, or may write."""
        connection = self.engine.connect()
        options: dict[str, Any] = {_WRITES: writes}
        if connection.dialect.name == "postgresql":
            options["postgresql_readonly"] = not writes
            if not writes:
                # One page is one picture of the records, as it is on SQLite.
                options["isolation_level"] = "REPEATABLE READ"
        return connection.execution_options(**options)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that cannot write."""
        with self.connect(writes=False) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in one transaction, committed if the block ends well, else undone."""
        with self.connect(writes=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def database_url(text: str) -> URL:
    """Return the address of a database, choosing the PostgreSQL driver we use.

    Raises
    ------
    InvalidInput
        If the text is no address, or names a database we do not support.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise InvalidInput(
            "unusable_database_url",
            "The database address cannot be read. Give sqlite:///FILE or postgresql://USER@HOST/NAME.",
        ) from None
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise InvalidInput(
            "unusable_database_url", "Only SQLite and PostgreSQL are supported. Give one of those addresses."
        )
    return url


def open_database(text: str) -> Database:
    """Return the database at an address. Nothing is read until it is used.

    Raises
    ------
    InvalidInput
        If the address cannot be used, or the driver or the key that it needs is missing.
    """
    url = database_url(text)
    if url.get_backend_name() == "sqlite":
        return Database(engine=_sqlite_engine(url))
    try:
        # Errors of the database must not print the values that went in: they are about children.
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except ModuleNotFoundError:
        raise InvalidInput(
            "no_postgresql_driver",
            "PostgreSQL needs the psycopg driver. Install righthome with its postgresql extra.",
        ) from None

    @event.listens_for(engine, "handle_error")
    def _waited_in_a_circle(context: ExceptionContext) -> None:
        # PostgreSQL undoes one of those who wait for each other; it may be tried again.
        if getattr(context.original_exception, "sqlstate", None) == DEADLOCK_DETECTED:
            raise Busy from None

    return Database(engine=engine)


def _sqlite_engine(url: URL) -> Engine:
    driver = driver_of(url)
    url = url.difference_update_query([KEY_FILE])
    in_memory = url.database in {None, "", ":memory:"}
    arguments: dict[str, Any] = {
        "module": driver.module,
        "hide_parameters": True,
        "connect_args": {"timeout": BUSY_WAIT_SECONDS},
    }
    if in_memory:
        # Another connection would be another, empty database.
        arguments["poolclass"] = StaticPool
        arguments["connect_args"]["check_same_thread"] = False
    engine = create_engine(url, **arguments)

    @event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: Any, _record: Any) -> None:
        # The driver's own transactions begin too late to be safe; ours begin below.
        dbapi_connection.isolation_level = None
        driver.unlock(dbapi_connection)
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA trusted_schema = OFF")
        if not in_memory:
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, True)
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        # IMMEDIATE takes the writer's place at once, so that a read inside it cannot go stale.
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        except OperationalError as refused:
            if "locked" not in str(refused.orig):
                raise
            raise Busy from None

    return engine
