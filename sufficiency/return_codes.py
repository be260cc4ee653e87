"""Report every code that a return may not use: one its list never had, or one of other years.

Nothing is changed here and nothing is guessed: a code of other years keeps its meaning, an unknown one has
none. How a placement is counted is in ``episodes.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from reference_data.cells import CellError, parse_date
from reference_data.codelists import RETURN_YEARS, Code, codes, list_names
from reference_data.tables import RawTable

PLACEMENT = "PLACE"

CodeNote = tuple[int, str, str]
"""The row in its file, the rule, and what was done."""


def codes_out_of_place(raw: RawTable, years: tuple[date, date] | None) -> tuple[CodeNote, ...]:
    """Return a note for each cell whose code is not one of its list, or not one of its return's year.

    Empty cells are no codes. An unknown PLACE is left to the repair of episodes, which says how it is counted.

    Parameters
    ----------
    raw
        A table of a return. A column is checked where a shipped list has its name.
    years
        The first and last day that the table describes, or ``None`` where they are not known: then only
        codes that no year ever had are told.
    """
    known_lists = set(list_names())
    columns = {name: name.upper() for name in raw.header if name.upper() in known_lists}
    lists = {column: codes(column) for column in columns.values()}
    notes: list[CodeNote] = []
    for row in raw.rows:
        for name, column in columns.items():
            text = _code(row.cells.get(name))
            if not text:
                continue
            known = lists[column].get(text)
            if known is None:
                if column != PLACEMENT:
                    notes.append((row.number, "unknown_code", f"Column {column}: {_UNKNOWN}"))
            elif (known.valid_from or known.valid_to) and years is not None:
                told = _out_of_its_years(known, column, row.cells, years)
                if told:
                    notes.append((row.number, told[0], f"Column {column}: {told[1]}"))
    return tuple(notes)


_OF_A_TIME = frozenset({"PLACE"})
_OF_THE_END = frozenset({"REC", "REASON_PLACE_CHANGE"})
_UNKNOWN = "no list of the return ever had this code; nothing is read from it."


def _out_of_its_years(
    known: Code, column: str, cells: Mapping[str, object], years: tuple[date, date]
) -> tuple[str, str] | None:
    """Return the rule and what to say where a code was not in use in the row's own days."""
    first, last = years
    if last.year not in RETURN_YEARS:
        return None
    if column in _OF_A_TIME:
        # A history of many years is judged by the days of each episode, a return by those within it.
        first = max(first, _day(cells, "DECOM") or first)
        last = min(last, _day(cells, "DEC") or last)
    elif column in _OF_THE_END:
        first = last = _day(cells, "DEC") or last
    if first > last or known.is_valid_between(first, last):
        return None
    if known.valid_from is not None and last < known.valid_from:
        return "code_not_yet_valid", "the code came into use later; its meaning of then is read."
    return "code_no_longer_valid", "the code had gone out of use; its old meaning is read."


def _code(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip().upper()


def _day(cells: Mapping[str, object], column: str) -> date | None:
    cell = next((cell for name, cell in cells.items() if name.upper() == column), None)
    try:
        return parse_date(cell)
    except CellError:
        return None
