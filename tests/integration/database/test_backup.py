"""A backup taken while people work comes back whole, into an empty place only, on both kinds of database."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api import audit
from api.database import backup, migrate
from api.database.engine import open_database
from api.services.sample import load_sample
from reference_data.problems import Conflict, InvalidInput, NotFound

from .contents import contents


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the same kind, to restore into."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
        return
    server = request.getfixturevalue("postgres_server")
    url = server.new_database()
    yield url
    server.drop(url)


@pytest.fixture(autouse=True)
def _tools(request: pytest.FixtureRequest, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database_url.startswith("postgresql"):
        binaries = request.getfixturevalue("postgres_server").binaries
        monkeypatch.setenv("PATH", f"{binaries}:{os.environ['PATH']}")


def test_the_restore_drill_brings_back_every_row_of_the_sample(
    database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    load_sample(database_url)
    kept = tmp_path / "kept.backup"
    made = backup.backup(database_url, kept, actor="drill")
    before = contents(database_url)
    assert before["homes"][1] > 10
    brought = backup.restore(elsewhere, kept)
    assert contents(elsewhere) == before
    assert (brought.audit_entries, brought.audit_digest) == (made.audit_entries, made.audit_digest)
    assert migrate.check(elsewhere).whole
    # The guards came along: the audit of the copy can be changed as little as that of the first.
    database = open_database(elsewhere)
    with database.writing() as connection, pytest.raises(Exception, match="append only"):
        connection.exec_driver_sql("UPDATE audit SET actor = 'other'")
    database.close()


def test_a_backup_taken_while_others_write_is_one_state_with_a_whole_chain(
    database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    migrate.upgrade(database_url)
    stop, faults = threading.Event(), []

    def write() -> None:
        database = open_database(database_url)
        try:
            while not stop.is_set():
                with database.writing() as connection:
                    audit.append(connection, actor="someone", action="acted")
        except Exception as fault:
            faults.append(fault)
        finally:
            database.close()

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        made = backup.backup(database_url, tmp_path / "hot.backup")
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert faults == []
    brought = backup.restore(elsewhere, tmp_path / "hot.backup")
    assert brought.audit_entries >= 1
    assert migrate.check(elsewhere).whole
    if database_url.startswith("sqlite"):
        assert made.audit_digest == brought.audit_digest


def test_a_backup_says_in_the_audit_who_took_it_and_only_its_owner_reads_it(
    database_url: str, tmp_path: Path
) -> None:
    migrate.upgrade(database_url)
    backup.backup(database_url, tmp_path / "kept.backup", actor="administrator")
    assert stat.S_IMODE((tmp_path / "kept.backup").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
    database = open_database(database_url)
    with database.reading() as connection:
        row = connection.exec_driver_sql("SELECT actor, action FROM audit").one()
    database.close()
    assert tuple(row) == ("administrator", "backed_up")


def test_nothing_is_overwritten(database_url: str, elsewhere: str, tmp_path: Path) -> None:
    migrate.upgrade(database_url)
    kept = tmp_path / "kept.backup"
    backup.backup(database_url, kept)
    held = kept.read_bytes()
    with pytest.raises(Conflict) as refused:
        backup.backup(database_url, kept)
    assert refused.value.code == "file_exists"
    assert kept.read_bytes() == held
    with pytest.raises(Conflict) as refused:
        backup.restore(database_url, kept)
    assert refused.value.code == "not_empty"


def test_what_is_no_backup_is_refused_and_leaves_the_place_empty(elsewhere: str, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Sir or Madam")
    with pytest.raises(InvalidInput):
        backup.restore(elsewhere, letter)
    with pytest.raises(NotFound):
        backup.restore(elsewhere, tmp_path / "absent")
    if elsewhere.startswith("sqlite"):
        assert not (tmp_path / "elsewhere.sqlite3").exists()


def test_a_backup_cut_short_is_refused(database_url: str, elsewhere: str, tmp_path: Path) -> None:
    load_sample(database_url)
    kept = tmp_path / "kept.backup"
    backup.backup(database_url, kept)
    cut = tmp_path / "cut.backup"
    cut.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    with pytest.raises(InvalidInput):
        backup.restore(elsewhere, cut)
    if elsewhere.startswith("postgresql"):
        database = open_database(elsewhere)
        assert migrate.is_empty(database)
        database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_without_postgresqls_tools_the_error_says_what_to_install(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(database_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidInput) as refused:
        backup.backup(database_url, tmp_path / "kept.backup")
    assert refused.value.code == "no_postgresql_tools"
    assert not (tmp_path / "kept.backup").exists()


def test_the_commands_say_the_same_digest_before_and_after(
    database_url: str, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from api.cli import app

    migrate.upgrade(database_url)
    kept = str(tmp_path / "kept.backup")
    said: list[Any] = []
    for url, command in ((database_url, "backup"), (elsewhere, "restore")):
        monkeypatch.setenv("RIGHTHOME_DATABASE_URL", url)
        found = CliRunner().invoke(app, ["database", command, kept])
        assert found.exit_code == 0, found.output
        said.append(found.output.partition("digest ")[2])
    assert said[0] == said[1] != ""
