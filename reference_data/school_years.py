"""School years and the fourth key stage, from a birth date.

By age alone: a child kept back or moved up a year, and one at a school of another country, is not known from it.
The age is law and stands in ``shipped/law``.
"""

from __future__ import annotations

from datetime import date

from reference_data.law import legal_limits

_FIRST_MONTH = 9
"""A school year is taken to run from 1 September to 31 August."""


def school_year(day: date) -> int:
    """Return the calendar year in which the school year of a day begins.

    Examples
    --------
    >>> school_year(date(2026, 8, 31)), school_year(date(2026, 9, 1))
    (2025, 2026)
    """
    return day.year if day.month >= _FIRST_MONTH else day.year - 1


def turns_in_school_year(born: date, on: date) -> int:
    """Return the age, in years, that somebody turns in the school year of a day.

    Examples
    --------
    >>> turns_in_school_year(date(2010, 8, 31), date(2025, 9, 1))  # the youngest of Year 11
    16
    """
    return school_year(on) - school_year(born)


def year_group(born: date, on: date) -> int:
    """Return the school year group on a day: 1 to 13, 0 for Reception, below 0 before school age, above 13 after it.

    Year 1 is the school year in which a child turns six.

    Examples
    --------
    >>> year_group(date(2010, 9, 1), date(2026, 6, 15)), year_group(date(2010, 8, 31), date(2026, 6, 15))
    (10, 11)
    """
    return turns_in_school_year(born, on) - 5


def in_key_stage_4(born: date, on: date) -> bool:
    """Return whether somebody is in the fourth key stage on a day, by age: Years 10 and 11.

    References
    ----------
    Education Act 2002, section 82; Education Act 1996, section 579: from memory, so it may warn and never bars.
    """
    last = legal_limits("placement")["key_stage_4_turns"].value or 0
    return turns_in_school_year(born, on) in (last - 1, last)
