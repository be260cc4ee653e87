"""Dates as councils' systems write them in returns, beside the two forms that the return asks for.

A date in another form is read where it can only be one day, day before month as everywhere in England, and told.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from reference_data.cells import CellError, parse_date

OTHER_FORM = (
    "the date is written in another form than dd/mm/yyyy or yyyy-mm-dd; it was read, day before month."
)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?\s*(Z|[AP]M)?$", re.IGNORECASE)
_DAY_FIRST = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2}|[A-Za-z]{3,9})[/.\- ](\d{4}|\d{2})$")
_YEAR_FIRST = re.compile(r"^(\d{4})[/.\-]?(\d{2})[/.\-]?(\d{2})$")
_DAY_NUMBER = re.compile(r"^\d{5}(\.0+)?$")
_DAY_NOUGHT = date(1899, 12, 30)
"""The day from which spreadsheets number days."""
_FIRST_YEAR_IN_TWO_DIGITS = 1950


def read_date(cell: object) -> tuple[date | None, bool]:
    """Return the day of a cell, ``None`` if it cannot be told, and whether its form is another than the return's.

    Examples
    --------
    >>> read_date("01/04/2019"), read_date("1-Apr-19")
    ((datetime.date(2019, 4, 1), False), (datetime.date(2019, 4, 1), True))
    >>> read_date(43556), read_date("31/02/2019"), read_date("spring")
    ((datetime.date(2019, 4, 1), True), (None, False), (None, False))
    """
    try:
        return parse_date(cell), False
    except CellError:
        day = _in_another_form(cell)
        return day, day is not None


def _in_another_form(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float | Decimal):
        return _numbered(str(int(cell))) if cell == int(cell) else None
    text = _TIME_OF_DAY.sub("", str(cell).strip())
    if _DAY_NUMBER.match(text):
        return _numbered(text.partition(".")[0])
    if match := _YEAR_FIRST.match(text):
        year, month, day = match.groups()
        return _day(int(year), int(month), int(day))
    if match := _DAY_FIRST.match(text):
        day, name, year = match.groups()
        month = int(name) if name.isdigit() else _month(name)
        return _day(_whole_year(year), month, int(day))
    return None


def _numbered(digits: str) -> date | None:
    return _plausible(_DAY_NOUGHT + timedelta(days=int(digits))) if len(digits) == len("43556") else None


def _month(name: str) -> int:
    start = name[:3].casefold()
    return _MONTHS.index(start) + 1 if start in _MONTHS else 0


def _whole_year(digits: str) -> int:
    if len(digits) > len("19"):
        return int(digits)
    century = _FIRST_YEAR_IN_TWO_DIGITS // 100 * 100
    return century + int(digits) + (100 if int(digits) < _FIRST_YEAR_IN_TWO_DIGITS - century else 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return _plausible(date(year, month, day))
    except ValueError:
        return None


def _plausible(day: date) -> date | None:
    try:
        return parse_date(day)
    except CellError:
        return None
