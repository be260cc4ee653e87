"""The Standard Safeguarding Dataset's people and placements, turned into the tables of the SSDA903 return.

A council that keeps the dataset need not export a return first. Names of columns are those of the dataset's
published specification (Data to Insight, 2026). What the tables mean is in ``returns.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from reference_data.cells import CellError, parse_date
from reference_data.sheets import RawRow, RawTable

_PLACEMENT = {
    "CLAP_PERSON_ID": "CHILD",
    "CLAP_CLA_PLACEMENT_START_DATE": "DECOM",
    "CLAP_CLA_PLACEMENT_TYPE": "PLACE",
    "CLAP_CLA_PLACEMENT_PROVIDER": "PLACE_PROVIDER",
    "CLAP_CLA_PLACEMENT_END_DATE": "DEC",
    "CLAP_CLA_PLACEMENT_CHANGE_REASON": "REASON_PLACE_CHANGE",
    "CLAP_CLA_PLACEMENT_POSTCODE": "PL_POST",
    "CLAP_CLA_PLACEMENT_URN": "URN",
}
_PERSON = {
    "PERS_PERSON_ID": "CHILD",
    "PERS_DOB": "DOB",
    "PERS_SEX": "SEX",
    "PERS_ETHNICITY": "ETHNIC",
}
_ADDED = ("RNE", "REC")
"""Columns of a return that a table of placements implies: every row is a move, or a start."""


def in_the_form_of_a_return(tables: Iterable[RawTable]) -> tuple[RawTable, ...]:
    """Return the tables with those of the Standard Safeguarding Dataset renamed as a return names them.

    Other tables pass unchanged. Each row of ``ssd_cla_placement`` is a placement, so each is a change of
    carer (RNE P) where it follows the one before within a day, and a start of care (S) where it does not.
    """
    return tuple(_translated(table) for table in tables)


def _translated(table: RawTable) -> RawTable:
    given = {name.upper() for name in table.header}
    if {"CLAP_PERSON_ID", "CLAP_CLA_PLACEMENT_START_DATE"} <= given:
        return _placements(_renamed(table, _PLACEMENT))
    if {"PERS_PERSON_ID", "PERS_DOB"} <= given:
        return _renamed(table, _PERSON)
    return table


def _renamed(table: RawTable, names: Mapping[str, str]) -> RawTable:
    return RawTable(
        file=table.file,
        header=tuple(names.get(name.upper(), name) for name in table.header),
        rows=tuple(
            RawRow(
                number=row.number,
                cells={names.get(name.upper(), name): _date_only(cell) for name, cell in row.cells.items()},
            )
            for row in table.rows
        ),
        warnings=table.warnings,
        nested=table.nested,
        issues=table.issues,
    )


def _date_only(cell: object) -> object:
    """Return a cell without the midnight that a database writes behind a date."""
    if isinstance(cell, str) and len(cell) > 10 and cell[10] in " T" and not cell[11:].strip("0:.Zz "):
        return cell[:10]
    return cell


def _placements(table: RawTable) -> RawTable:
    by_child: dict[object, list[RawRow]] = {}
    for row in table.rows:
        by_child.setdefault(row.cells.get("CHILD"), []).append(row)
    reasons: dict[int, tuple[str, str]] = {}
    for rows in by_child.values():
        rows.sort(key=lambda row: (_day(row, "DECOM") or date.min, row.number))
        for before, row, after in zip([None, *rows], rows, [*rows[1:], None], strict=False):
            follows = before is not None and _within_a_day(before, row)
            goes_on = after is not None and _within_a_day(row, after)
            reasons[row.number] = ("P" if follows else "S", "X1" if goes_on else "")
    return RawTable(
        file=table.file,
        header=(*table.header, *_ADDED),
        rows=tuple(
            RawRow(
                number=row.number,
                cells={**row.cells, "RNE": reasons[row.number][0], "REC": reasons[row.number][1]},
            )
            for row in table.rows
        ),
        warnings=table.warnings,
        nested=table.nested,
        issues=table.issues,
    )


def _within_a_day(row: RawRow, following: RawRow) -> bool:
    ended, started = _day(row, "DEC"), _day(following, "DECOM")
    return ended is not None and started is not None and 0 <= (started - ended).days <= 1


def _day(row: RawRow, column: str) -> date | None:
    try:
        return parse_date(row.cells.get(column))
    except CellError:
        return None
