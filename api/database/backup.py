"""A backup taken while people work, and its restore into an empty place. Neither ever overwrites anything.

SQLite's own backup copies one state of the database page by page while others read and write; PostgreSQL's
``pg_dump`` and ``pg_restore`` do the same, and must be installed beside us. What was written is read again
before it gets its name, so a file of that name is a whole backup.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from api import audit
from api.database import migrate
from api.database.encryption import SqliteDriver, driver_of, is_plain
from api.database.engine import Database, database_url
from reference_data.problems import Conflict, InvalidInput, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup holds, or what a restore brought back: the two are the same when nothing is lost.

    Parameters
    ----------
    revision
        The step the tables stand at.
    audit_entries, audit_digest
        How many entries the audit has, and the digest of its last: keep it apart from the backup.
    """

    done: str
    file: str
    backend: str
    revision: str | None
    bytes: int
    audit_entries: int
    audit_digest: str

    @property
    def sentence(self) -> str:
        """Return what was done as a person would say it."""
        return (
            f"{self.done}: {self.file}, {self.bytes:,} bytes, revision {self.revision}, "
            f"{self.audit_entries:,} audit entries, the last with digest {self.audit_digest}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the report as one JSON document."""
        return {
            "done": self.done,
            "file": self.file,
            "backend": self.backend,
            "revision": self.revision,
            "bytes": self.bytes,
            "audit_entries": self.audit_entries,
            "audit_digest": self.audit_digest,
        }


def backup(url: str, file: Path, *, actor: str = "command line") -> BackupReport:
    """Write a backup of a database that is in use.

    The audit notes it first, so that the backup itself says who took it.

    Raises
    ------
    NotFound
        If there is no such database, or the folder of the file is not there.
    Conflict
        If the file exists, or the tables are not the newest.
    InvalidInput
        If PostgreSQL's own tools are not installed or refuse.
    """
    if file.exists():
        raise Conflict("file_exists", "There is a file of that name already. Give the backup a new name.")
    if not file.resolve().parent.is_dir():
        raise NotFound("no_such_folder", "There is no folder to write the backup to. Make it first.")
    address = database_url(url)
    database = migrate.open_existing(url)
    try:
        migrate.require_latest(database)
        with database.writing() as connection:
            audit.append(connection, actor=actor, action="backed_up", detail={"file": file.name[:100]})
        with _named_when_whole(file) as part:
            if address.get_backend_name() == "sqlite":
                driver = driver_of(address)
                _copy_sqlite(driver, Path(str(address.database)), part)
                entries, digest, revision = _standing_of_file(driver, part)
            else:
                entries, digest, revision = _standing_of(database)
                _run_tool("pg_dump", address, "--format=custom", "--no-owner", f"--file={part}")
                _run_tool("pg_restore", None, "--list", str(part))
    finally:
        database.close()
    return BackupReport(
        done="Backed up",
        file=file.name,
        backend=address.get_backend_name(),
        revision=revision,
        bytes=file.stat().st_size,
        audit_entries=entries,
        audit_digest=digest,
    )


def restore(url: str, file: Path) -> BackupReport:
    """Bring a backup back into a database that is empty or not there yet.

    Raises
    ------
    NotFound
        If there is no such file, or no PostgreSQL database of that name.
    Conflict
        If the database holds anything: nothing is ever overwritten.
    InvalidInput
        If the file is no whole backup of that kind of database, or PostgreSQL's own tools are missing.
    """
    if not file.is_file():
        raise NotFound("no_such_file", "There is no backup of that name.")
    address = database_url(url)
    if address.get_backend_name() == "sqlite":
        _restore_sqlite(driver_of(address), Path(str(address.database)), file)
    else:
        _restore_postgresql(url, address, file)
    database = migrate.open_existing(url)
    try:
        entries, digest, revision = _standing_of(database)
    finally:
        database.close()
    return BackupReport(
        done="Restored",
        file=file.name,
        backend=address.get_backend_name(),
        revision=revision,
        bytes=file.stat().st_size,
        audit_entries=entries,
        audit_digest=digest,
    )


def _restore_sqlite(driver: SqliteDriver, target: Path, file: Path) -> None:
    if target.exists() and target.stat().st_size:
        raise _not_empty()
    if not target.resolve().parent.is_dir():
        raise NotFound("no_such_folder", "There is no folder for the database. Make it first.")
    # A plain backup may come back into an encrypted database: that is how one is encrypted.
    _standing_of_file(replace(driver, key=None) if is_plain(file) else driver, file)
    target.unlink(missing_ok=True)
    with _named_when_whole(target) as part:
        _copy_sqlite(driver, file, part)
        _standing_of_file(driver, part)


def _restore_postgresql(url: str, address: URL, file: Path) -> None:
    database = migrate.open_existing(url)
    try:
        if not migrate.is_empty(database):
            raise _not_empty()
    finally:
        database.close()
    _run_tool(
        "pg_restore", address, "--single-transaction", "--exit-on-error", "--no-owner", str(file.resolve())
    )


def _copy_sqlite(driver: SqliteDriver, source: Path, target: Path) -> None:
    try:
        driver.copy(source, target)
    except driver.module.DatabaseError:
        raise _no_backup() from None


def _standing_of_file(driver: SqliteDriver, file: Path) -> tuple[int, str, str | None]:
    """Return how a SQLite file stands, once it is found whole."""
    try:
        with closing(driver.open(file)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            last = connection.execute(
                "SELECT count(*), (SELECT digest FROM audit ORDER BY sequence DESC LIMIT 1) FROM audit"
            ).fetchone()
    except driver.module.DatabaseError:
        raise _no_backup() from None
    if not sound or orphan is not None:
        raise _no_backup()
    return last[0], last[1] or audit.BEFORE_THE_FIRST, revision[0] if revision else None


def _standing_of(database: Database) -> tuple[int, str, str | None]:
    with database.reading() as connection:
        verified = audit.verify(connection)
        return verified.entries, verified.last_digest, _revision(connection)


def _revision(connection: Connection) -> str | None:
    return migrate.current_revision(connection)


@contextmanager
def _named_when_whole(file: Path) -> Iterator[Path]:
    """Give a file to write beside the one wanted; it gets the name only when its block ends well."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    # It holds children's records: nobody but its owner reads it.
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        # A link refuses where a rename would overwrite what somebody made meanwhile.
        os.link(part, file)
    except FileExistsError:
        raise Conflict("file_exists", "There is a file of that name already. Give another name.") from None
    finally:
        part.unlink(missing_ok=True)


def _run_tool(name: str, address: URL | None, *arguments: str) -> None:
    tool = shutil.which(name)
    if tool is None:
        raise InvalidInput(
            "no_postgresql_tools",
            f"{name} is not installed here. Install PostgreSQL's client programs of the server's version.",
        )
    environment = dict(os.environ)
    if address is not None:
        host = address.host or str(address.query.get("host", ""))
        # The password goes by the environment: a command line can be read by others.
        environment |= {
            variable: str(value)
            for variable, value in (
                ("PGHOST", host),
                ("PGPORT", address.port),
                ("PGUSER", address.username),
                ("PGPASSWORD", address.password),
                ("PGDATABASE", address.database),
            )
            if value
        }
    given = [tool, *arguments]
    if address is not None and name == "pg_restore":
        given.insert(1, f"--dbname={address.database}")
    run = subprocess.run(given, env=environment, capture_output=True, check=False)  # noqa: S603  our own arguments
    if run.returncode:
        # The tool's own words may quote a record or the address.
        mismatch = b"version mismatch" in run.stderr
        raise InvalidInput(
            "postgresql_tool_refused",
            f"{name} is older than the server. Install the server's version."
            if mismatch
            else f"{name} could not do it. Check the address, the rights of its user and the file.",
        )


def _not_empty() -> Conflict:
    return Conflict(
        "not_empty",
        "The database holds something already, and a restore overwrites nothing. Restore into an empty one.",
    )


def _no_backup() -> InvalidInput:
    return InvalidInput("no_backup", "The file is no whole backup of such a database.")
