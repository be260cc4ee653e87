"""Working days in England: weekdays that are no bank holiday.

The ordinary bank holidays follow a rule and are computed; those a proclamation moved or added are
listed in ``shipped/calendar``. Notices and time limits that the law counts in working days use this room.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache, lru_cache

from reference_data.shipped_tables import shipped_rows

_ADDED, _MOVED_AWAY = "added", "moved_away"


def is_working_day(day: date) -> bool:
    """Say whether a day is neither at a weekend nor a bank holiday in England and Wales."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


@lru_cache(maxsize=4096)
def working_days_after(day: date, count: int) -> date:
    """Return the last day of a limit of some working days; the day itself is not counted.

    Parameters
    ----------
    count
        Working days, at least 0.
    """
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of England and Wales in a year.

    References
    ----------
    Banking and Financial Dealings Act 1971, schedule 1, and the proclamations made under it.
    """
    easter = _easter_sunday(year)
    days = {
        _weekday_from(date(year, 1, 1)),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _monday_from(date(year, 5, 1)),
        _monday_from(date(year, 5, 25)),
        _monday_from(date(year, 8, 25)),
    }
    christmas = _weekday_from(date(year, 12, 25))
    boxing_day = _weekday_from(date(year, 12, 26))
    if boxing_day == christmas:
        boxing_day += timedelta(days=1)
    # Where only Christmas Day falls at the weekend, on Sunday, its substitute follows Boxing Day.
    if date(year, 12, 25).weekday() == 6:
        christmas, boxing_day = date(year, 12, 27), date(year, 12, 26)
    days |= {christmas, boxing_day}
    changes = _changes()
    moved_away = {day for day, change in changes.items() if change == _MOVED_AWAY}
    added = {day for day, change in changes.items() if change == _ADDED and day.year == year}
    return frozenset((days - moved_away) | added)


@cache
def _changes() -> dict[date, str]:
    rows = shipped_rows("calendar", "bank_holiday_changes.csv")
    return {date.fromisoformat(row["date"]): row["change"] for row in rows}


def _weekday_from(day: date) -> date:
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 1876)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    full_moon = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - full_moon - year_rest) % 7
    correction = (golden + 11 * full_moon + 22 * weekday) // 451
    month, day = divmod(full_moon + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
