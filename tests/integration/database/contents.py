"""Everything a database holds, so that two states of it can be compared."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import MetaData, select

from api.database.engine import open_database


def contents(url: str) -> dict[str, tuple[tuple[str, ...], int, str]]:
    """Return each table's columns, its number of rows, and a digest of them all, whatever their order."""
    database = open_database(url)
    try:
        with database.reading() as connection:
            found = MetaData()
            found.reflect(connection)
            return {
                name: _table(connection.execute(select(table)).mappings().all(), sorted(table.c.keys()))
                for name, table in sorted(found.tables.items())
                if name != "alembic_version"
            }
    finally:
        database.close()


def _table(rows: Any, columns: list[str]) -> tuple[tuple[str, ...], int, str]:
    lines = sorted(repr([row[column] for column in columns]) for row in rows)
    return tuple(columns), len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()
