"""Tell episodes that last longer, or come more often, than the return or the law allows.

They are told and counted as they are: only the council knows whether the code or the date is wrong. The limits
stand in ``reference_data/shipped/law``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from reference_data.law import law
from sufficiency.episodes import EpisodeRow

LIMIT_RULES = {
    "temporary_too_long": "Told only: a temporary place (T1, T3, T4) lasts longer than its code allows.",
    "too_many_carer_holidays": "Told only: more holidays of the carer (T3) in twelve months than the return allows.",
    "status_too_long": "Told only: a legal status (L1, L2, L3) lasts longer than the order can.",
    "short_break_too_long": "Told only: a single short break (V3) is longer than the regulations allow.",
    "short_breaks_of_a_year": "Told only: short breaks (V3) add up to more in twelve months than the regulations allow.",
}
"""What is said of each rule, by name."""

_HOURS_A_DAY = 24
_TEMPORARY = {"T1": "temporary_hospital", "T3": "temporary_carer_holiday", "T4": "temporary_other"}
_STATUS = {"L1": "police_protection", "L2": "emergency_protection_order", "L3": "child_assessment_order"}


def limits_exceeded(rows: Iterable[EpisodeRow], known_to: date) -> Iterator[tuple[EpisodeRow, str]]:
    """Yield the rows of one child that exceed a limit, each with the rule it breaks.

    Parameters
    ----------
    rows
        One child's episodes, each once, by start. One without a start is passed over.
    known_to
        The day to which an open episode is counted.
    """
    holidays: list[date] = []
    breaks: list[tuple[date, date]] = []
    for row in rows:
        if row.started_on is None:
            continue
        ended_on = row.ended_on or known_to
        days = (ended_on - row.started_on).days
        if row.place in _TEMPORARY and _over(_TEMPORARY[row.place], row.started_on, days):
            yield row, "temporary_too_long"
        if row.legal_status in _STATUS and _over(_STATUS[row.legal_status], row.started_on, days):
            yield row, "status_too_long"
        if row.place == "T3":
            holidays.append(row.started_on)
            in_a_year = sum(day > _year_before(row.started_on) for day in holidays)
            if _over("temporary_carer_holidays_a_year", row.started_on, in_a_year):
                yield row, "too_many_carer_holidays"
        if row.legal_status == "V3":
            if _over("short_break_single", row.started_on, days):
                yield row, "short_break_too_long"
            breaks.append((row.started_on, ended_on))
            since = _year_before(ended_on)
            nights = sum(max(0, (end - max(start, since)).days) for start, end in breaks)
            if _over("short_break_year", row.started_on, nights):
                yield row, "short_breaks_of_a_year"


def _over(key: str, on: date, counted: int) -> bool:
    limit = law(key, on)
    if limit is None or limit.value is None:
        return False
    # An episode knows days and not hours, so a limit in hours is told only once its last day is passed.
    most = limit.value // _HOURS_A_DAY if limit.unit == "hours" else limit.value
    return counted > most


def _year_before(day: date) -> date:
    """Return the same day a year earlier; 28 February for 29 February."""
    leap_day = (day.month, day.day) == (2, 29)
    return (day - timedelta(days=1) if leap_day else day).replace(year=day.year - 1)
