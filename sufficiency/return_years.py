"""Which days a table of episodes describes: the year it closed, its first day, and the day it was drawn.

Reading the rows is in ``returns.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from math import exp
from statistics import median

from sufficiency.episodes import EpisodeRow

MOSTLY = 0.8
"""A file whose ends fall in one year at least this often is that year's return, and not a whole history."""
FEWEST_OF_USUAL = 0.1
"""A year of a history with events at a smaller share of the usual rate is one of mistyped dates."""
SILENT_DAYS = 31
SILENT_CHANCE = 0.001
ENOUGH_DAYS = 15
"""A return is taken to be drawn before its year closed when events on this many days are followed by a silence
of more than ``SILENT_DAYS`` that chance would give less often than ``SILENT_CHANCE``."""


def year_end_on(day: date) -> date:
    """Return the 31 March that closes the return's year in which a day falls."""
    return date(day.year + (day.month >= 4), 3, 31)


def is_plausible(row: EpisodeRow, births: Mapping[str, date]) -> bool:
    """Say whether a row's dates lie in its child's first eighteen years and so may date a whole file."""
    born = births.get(row.child_id)
    if born is None or row.started_on is None:
        return False
    last = born + timedelta(days=18 * 366)
    return born <= row.started_on <= last and (row.ended_on is None or row.started_on <= row.ended_on <= last)


def years_covered(rows: list[EpisodeRow]) -> tuple[date, date]:
    """Return the first day and the closing 31 March of the years a file describes.

    A return holds what was open at some time in its year, so nearly all its ends fall in that year. A file
    whose ends are spread over years is a history; it is complete from about its first end.
    """
    ends = Counter(year_end_on(row.ended_on) for row in rows if row.ended_on)
    latest_start = max(row.started_on for row in rows if row.started_on)
    if not ends:
        year_end = year_end_on(latest_start)
        return year_start(year_end), year_end
    likeliest, count = max(ends.items(), key=lambda item: (item[1], item[0]))
    starts_after = sum(row.started_on > likeliest for row in rows if row.started_on)
    if count >= MOSTLY * ends.total() and starts_after <= (1 - MOSTLY) * len(rows):
        return year_start(likeliest), likeliest
    starts = [row.started_on for row in rows if row.started_on]
    # An end on 1 April is that of the last night of the year before.
    known = _years_with_enough([row.ended_on - timedelta(days=1) for row in rows if row.ended_on])
    return year_start(min(known)), max(*known, *_years_with_enough(starts))


def _years_with_enough(days: list[date]) -> list[date]:
    """Return the closing days of years that have as many events as they would, at a tenth of the usual rate.

    A date that was mistyped stands in a year almost alone, and must not date a whole history. A year that has only
    begun counts by the part of it that its events reach.
    """
    by_year: dict[date, list[date]] = {}
    for day in days:
        by_year.setdefault(year_end_on(day), []).append(day)
    usual = median(len(some) for some in by_year.values())

    def awaited(year_end: date) -> float:
        reached = (max(by_year[year_end]) - year_start(year_end)).days + 1
        return FEWEST_OF_USUAL * usual * reached / 365

    return [year_end for year_end, some in by_year.items() if len(some) >= awaited(year_end)]


def year_start(year_end: date) -> date:
    """Return the 1 April that opens the year a 31 March closes."""
    return date(year_end.year - 1, 4, 1)


def last_day_of(rows: list[EpisodeRow], year_end: date) -> date:
    """Return the day up to which the last return is complete.

    A return drawn before its year closed has no events after the draw. It is taken to be one when the silence
    before 31 March is over a month and days with events are too frequent for that to be chance. Days are counted and
    not events, since brothers and sisters start and move together.
    """
    days = [day for row in rows for day in (row.started_on, row.ended_on) if day and day <= year_end]
    opened_on = year_start(year_end)
    in_year = {day for day in days if day >= opened_on}
    if len(in_year) < ENOUGH_DAYS:
        return year_end
    last = max(in_year)
    silent_days = (year_end - last).days
    share_of_days = len(in_year) / ((last - opened_on).days + 1)
    drawn_early = silent_days > SILENT_DAYS and exp(-share_of_days * silent_days) < SILENT_CHANCE
    return last if drawn_early else year_end
