"""Bring a database to a version of its tables, and check that it is whole.

The steps themselves stand in ``migrations/versions``. Backup and restore are elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from api import audit
from api.database import analysis_tables  # noqa: F401  (adds its tables to the metadata)
from api.database.engine import Database, database_url, open_database
from api.database.placing_tables import metadata
from reference_data.problems import Conflict, NotFound

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseCheck:
    """What a check of a database found.

    Parameters
    ----------
    revision, latest_revision
        The step the database stands at (``None`` when it is empty), and the newest there is.
    problems
        Plain sentences; empty when the database is whole and up to date.
    """

    backend: str
    revision: str | None
    latest_revision: str
    audit_entries: int
    problems: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Return whether nothing is wrong."""
        return not self.problems

    @property
    def sentence(self) -> str:
        """Return what was found as a person would say it."""
        if self.problems:
            return " ".join(self.problems)
        return f"The database is whole, at revision {self.revision}; the audit has {self.audit_entries:,} entries."

    def as_dict(self) -> dict[str, Any]:
        """Return the check as one JSON document."""
        return {
            "whole": self.whole,
            "backend": self.backend,
            "revision": self.revision,
            "latest_revision": self.latest_revision,
            "audit_entries": self.audit_entries,
            "problems": list(self.problems),
        }


def upgrade(url: str, revision: str = "head") -> DatabaseCheck:
    """Bring a database up to a step, creating it when it does not exist, and check it."""
    database = open_reachable(url)
    try:
        upgrade_database(database, revision)
        return _check(database)
    finally:
        database.close()


def upgrade_database(database: Database, revision: str = "head") -> None:
    """Bring an open database up to a step."""
    _run(database, "upgrade", revision)


def downgrade(url: str, revision: str) -> DatabaseCheck:
    """Take a database back to an earlier step (``base`` empties it), and check it.

    Raises
    ------
    NotFound
        If there is no such database or no such step.
    """
    database = open_existing(url)
    try:
        _run(database, "downgrade", revision)
        return _check(database)
    finally:
        database.close()


def check(url: str) -> DatabaseCheck:
    """Return whether a database is whole: its tables, its files, its references and its audit chain.

    Raises
    ------
    NotFound
        If there is no such database. Nothing is created.
    """
    database = open_existing(url)
    try:
        return _check(database)
    finally:
        database.close()


def open_existing(url: str) -> Database:
    """Return the database at an address that must exist already.

    Raises
    ------
    NotFound
        If nothing is there.
    """
    address = database_url(url)
    if address.get_backend_name() == "sqlite":
        in_memory = address.database in {None, "", ":memory:"}
        if in_memory or not Path(str(address.database)).is_file():
            raise _no_database()
    return open_reachable(url)


def open_reachable(url: str) -> Database:
    """Return the database at an address once it has answered. A missing SQLite file is made.

    Raises
    ------
    NotFound
        If nothing that is a database answers there.
    """
    database = open_database(url)
    try:
        with database.reading() as connection:
            connection.execute(text("SELECT 1"))
            if connection.dialect.name == "sqlite":
                # The first read that touches the file, so that a file of another kind is noticed.
                connection.execute(text("SELECT count(*) FROM sqlite_master"))
    except DBAPIError:
        database.close()
        # The driver's own text may hold the address with its password.
        raise NotFound(
            "database_unreachable",
            "No database answers at the configured address, or it is not one. Check RIGHTHOME_DATABASE_URL.",
        ) from None
    return database


def require_latest(database: Database) -> None:
    """Refuse a database whose tables are not the newest.

    Raises
    ------
    Conflict
        If ``righthome database upgrade`` has to be run first.
    """
    latest = latest_revision()
    with database.reading() as connection:
        if current_revision(connection) != latest:
            raise Conflict(
                "database_out_of_date",
                "The tables of this database are not the newest. Run: righthome database upgrade",
            )


def current_revision(connection: Connection) -> str | None:
    """Return the step a database stands at, or ``None`` when it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def latest_revision() -> str:
    """Return the newest step there is."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise RuntimeError("there are no migrations")
    return head


def is_empty(database: Database) -> bool:
    """Return whether a database has no tables at all."""
    with database.reading() as connection:
        return not inspect(connection).get_table_names()


def _run(database: Database, direction: str, revision: str) -> None:
    configuration = _config()
    with database.writing() as connection:
        configuration.attributes["connection"] = connection
        try:
            getattr(command, direction)(configuration, revision)
        except CommandError:
            raise NotFound(
                "no_such_revision",
                f"There is no such step. The newest is {latest_revision()}; the empty database is base.",
            ) from None


def _check(database: Database) -> DatabaseCheck:
    latest = latest_revision()
    problems: list[str] = []
    entries = 0
    with database.reading() as connection:
        backend = connection.dialect.name
        revision = current_revision(connection)
        if revision != latest:
            problems.append("The tables are not the newest. Run: righthome database upgrade")
        else:
            difference = compare_metadata(
                MigrationContext.configure(connection, opts={"compare_type": True}), metadata
            )
            if difference:
                problems.append(
                    f"{len(difference)} tables or columns differ from what this version expects:"
                    f" {', '.join(_tables_that_differ(difference))}."
                )
            verification = audit.verify(connection)
            entries = verification.entries
            if verification.first_broken is not None:
                problems.append(
                    f"The audit chain is broken at entry {verification.first_broken}. Restore from a backup."
                )
        if backend == "sqlite":
            if connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() != "ok":
                problems.append("SQLite finds the file damaged. Restore from a backup.")
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                problems.append("Some rows refer to rows that do not exist. Restore from a backup.")
    return DatabaseCheck(
        backend=backend,
        revision=revision,
        latest_revision=latest,
        audit_entries=entries,
        problems=tuple(problems),
    )


def _tables_that_differ(difference: list[Any]) -> list[str]:
    """Return the names of the tables in what Alembic found to differ, each once."""
    names: set[str] = set()
    for found in difference:
        # The changes of one column come as a list of their own; a table stands in what is added or removed,
        # or is the third part of a change of a column.
        for _, *parts in found if isinstance(found, list) else [found]:
            table = getattr(parts[0], "table", parts[0])
            names.add(str(getattr(table, "name", None) or parts[1]))
    return sorted(names)


def _config() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.set_main_option("path_separator", "os")
    return configuration


def _no_database() -> NotFound:
    return NotFound(
        "no_database", "There is no database at the configured address. Run: righthome database upgrade"
    )
