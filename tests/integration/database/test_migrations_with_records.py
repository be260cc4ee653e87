"""Every step up and down on a database full of invented records in which no table is empty, on both kinds:
what the steps share stays as it was, and what the database itself refuses is refused after as before."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, select

from api.database import migrate
from api.database.engine import open_database
from api.services.sample import load_sample
from tests.counts import FULL

from .every_table import fill_every_table


def rows_of(url: str, tables: dict[str, set[str]] | None = None) -> dict[str, list[str]]:
    """Return the rows of every table, of the columns named only."""
    database = open_database(url)
    try:
        with database.reading() as connection:
            found = MetaData()
            found.reflect(connection)
            return {
                name: sorted(
                    json.dumps({column: str(row[column]) for column in sorted(columns)})
                    for row in connection.execute(select(table)).mappings()
                )
                for name, table in found.tables.items()
                if name != "alembic_version" and (tables is None or name in tables)
                for columns in (set(table.c.keys()) & (tables[name] if tables else set(table.c.keys())),)
            }
    finally:
        database.close()


TAKES_AWAY = {"0005": {"recipients", "outbox"}}
"""Tables whose rows a step's way down must drop or mark, since the step before does not know their channel of alerts."""


def restricted(rows: list[str], columns: set[str]) -> list[str]:
    """Return rows with some of their columns only."""
    return sorted(
        json.dumps({column: value for column, value in json.loads(row).items() if column in columns})
        for row in rows
    )


def columns_of(url: str) -> dict[str, set[str]]:
    database = open_database(url)
    try:
        with database.reading() as connection:
            found = MetaData()
            found.reflect(connection)
            return {
                name: set(table.c.keys()) for name, table in found.tables.items() if name != "alembic_version"
            }
    finally:
        database.close()


def guards_of(url: str) -> set[tuple[str, ...]]:
    """Return the triggers and constraints of a database, which a table made anew could lose without a word."""
    database = open_database(url)
    try:
        with database.reading() as connection:
            if connection.dialect.name == "sqlite":
                asked = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL"
            else:
                asked = (
                    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint UNION ALL "
                    "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
                )
            return {tuple(row) for row in connection.exec_driver_sql(asked)}
    finally:
        database.close()


def steps() -> list[str]:
    """Return every step, the newest first."""
    return [step.revision for step in ScriptDirectory.from_config(migrate._config()).walk_revisions()]


def test_each_step_down_and_up_again_keeps_every_row_that_it_does_not_itself_take_away(
    database_url: str,
) -> None:
    fill_every_table(database_url)
    full, guards = rows_of(database_url), guards_of(database_url)
    assert len(full["homes"]) > (700 if FULL else 10)
    assert len(full["return_rows"]) > (10_000 if FULL else 100)
    assert len(guards) > 5
    newest_first = steps()
    for newer, older in pairwise(newest_first):
        before = rows_of(database_url)
        columns = columns_of(database_url)
        migrate.downgrade(database_url, older)
        left = columns_of(database_url)
        shared = {name: columns[name] & left[name] for name in columns.keys() & left.keys()}
        lower = rows_of(database_url, shared)
        migrate.upgrade(database_url, newer)
        assert columns_of(database_url) == columns
        assert rows_of(database_url, shared) == lower
        for name, kept in lower.items():
            was = restricted(before[name], shared[name])
            if name in TAKES_AWAY.get(newer, ()):
                assert len(kept) <= len(was), name
            else:
                assert kept == was, name
        migrate.downgrade(database_url, older)
    migrate.upgrade(database_url)
    assert migrate.check(database_url).whole
    assert guards_of(database_url) == guards


def test_history_begins_with_what_was_there_under_the_name_of_whoever_imported_it(database_url: str) -> None:
    load_sample(database_url)
    full = rows_of(
        database_url, {"record_history": {"kind", "record_id", "version", "actor", "record_digest"}}
    )
    migrate.downgrade(database_url, "0002")
    migrate.upgrade(database_url)
    again = rows_of(
        database_url, {"record_history": {"kind", "record_id", "version", "actor", "record_digest"}}
    )
    assert len(full["record_history"]) > 30
    assert again == full


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
