"""Returns of several councils read together: whose each table or row is, and children told apart.

A child's id is unique within one council only. Where the tables are of more than one, each id gets its council's code
before it. A table's council is that of its column ``LA`` row by row, or that of the folder it lies in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from reference_data.authorities import authorities
from reference_data.sheets import RawRow, RawTable

COLUMNS = ("LA", "LA_CODE", "LOCAL_AUTHORITY", "AUTHORITY")
"""Columns that name the council of a row, in order of preference: a DfE code, an ONS code, or a name."""
NOBODYS = ""
"""The council of a table that names none."""


def authority_named(text: object) -> str | None:
    """Return the DfE code of the council that a cell or folder names by code, ONS code or name, or ``None``.

    Examples
    --------
    >>> authority_named("Plymouth"), authority_named("E06000026"), authority_named(879.0), authority_named("2019")
    ('879', '879', '879', None)
    """
    if isinstance(text, float) and text.is_integer():
        text = int(text)
    return _by_name().get(_plain(str(text)))


def told_apart(tables: Iterable[RawTable]) -> tuple[tuple[tuple[str, RawTable], ...], tuple[str, ...]]:
    """Return each table with its council's code, and the councils there are.

    Of one council nothing is changed, whether or not it is named. Of several, tables that hold rows of more than one
    are parted, and every CHILD is ``code/id``.
    """
    parted = [pair for table in tables for pair in _parted(table)]
    found = tuple(sorted({code for code, _ in parted} - {NOBODYS}))
    if len(found) < 2:
        whole = _whole_again(parted)
        return tuple((found[0] if found else NOBODYS, table) for table in whole), found
    return tuple((code, _with_council(table, code)) for code, table in parted), found


def _parted(table: RawTable) -> list[tuple[str, RawTable]]:
    column = next(
        (name for wanted in COLUMNS for name in table.header if name.strip().upper() == wanted), None
    )
    folder = next(
        (code for part in reversed(table.file.split("/")[:-1]) if (code := authority_named(part))), NOBODYS
    )
    if column is None:
        return [(folder, table)]
    rows: dict[str, list[RawRow]] = {}
    for row in table.rows:
        code = authority_named(row.cells.get(column, "")) or folder
        rows.setdefault(code, []).append(row)
    if len(rows) < 2:
        return [(next(iter(rows), folder), table)]
    return [(code, replace(table, rows=tuple(own))) for code, own in sorted(rows.items())]


def _whole_again(parted: Sequence[tuple[str, RawTable]]) -> list[RawTable]:
    """Return tables as they were, where only rows without a council had been parted from the rest."""
    whole: dict[str, RawTable] = {}
    tables: list[RawTable] = []
    for _, table in parted:
        before = whole.get(table.file)
        if before is not None and before.header == table.header:
            rows = sorted((*before.rows, *table.rows), key=lambda row: row.number)
            joined = replace(before, rows=tuple(rows))
            tables[next(place for place, one in enumerate(tables) if one is before)] = joined
        else:
            joined = table
            tables.append(table)
        whole[table.file] = joined
    return tables


def _with_council(table: RawTable, code: str) -> RawTable:
    child = next((name for name in table.header if name.strip().upper() == "CHILD"), None)
    if child is None or code == NOBODYS:
        return table
    return replace(
        table,
        rows=tuple(
            replace(row, cells={**row.cells, child: f"{code}/{_id(row.cells[child])}"})
            if row.cells.get(child) not in (None, "")
            else row
            for row in table.rows
        ),
    )


def _id(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    # A table that has been told apart once is read again when one council is taken out of several.
    return text.partition("/")[2] if authority_named(text.partition("/")[0]) and "/" in text else text


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


@cache
def _by_name() -> dict[str, str]:
    return {
        _plain(name): council.code
        for council in authorities()
        for name in (council.name, council.gss_code, council.code)
    }
