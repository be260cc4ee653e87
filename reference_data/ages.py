"""Ages in whole years on a stated date, and the dates on which an age is reached."""

from __future__ import annotations

from datetime import date


def age_on(date_of_birth: date, on: date) -> int:
    """Return the whole years lived on a date; negative before birth.

    A person born on 29 February reaches an age on 1 March of a year that has no such day, since
    an age in years is attained at the start of the anniversary and that day does not exist.

    References
    ----------
    Family Law Reform Act 1969, section 9 (the time at which a person attains an age).
    """
    before_birthday = (on.month, on.day) < (date_of_birth.month, date_of_birth.day)
    return on.year - date_of_birth.year - int(before_birthday)


def birthday(date_of_birth: date, age_years: int) -> date:
    """Return the date on which an age in whole years is reached."""
    year = date_of_birth.year + age_years
    if (date_of_birth.month, date_of_birth.day) == (2, 29) and not _is_leap(year):
        return date(year, 3, 1)
    return date_of_birth.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
