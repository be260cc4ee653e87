"""Limits of the return and of the regulations: at the limit nothing is told, a day later it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sufficiency.episodes import EpisodeRow
from sufficiency.return_limits import LIMIT_RULES, limits_exceeded

KNOWN_TO = date(2026, 3, 31)


def row(start: str, days: int | None, *, place: str = "U4", status: str = "C2") -> EpisodeRow:
    started_on = date.fromisoformat(start)
    return EpisodeRow(
        file="episodes.csv",
        row=2,
        first_day=date(2024, 4, 1),
        year_end=date(2025, 3, 31),
        child_id="DEMO-1",
        started_on=started_on,
        ended_on=None if days is None else started_on + timedelta(days=days),
        reason_started="S",
        legal_status=status,
        place=place,
        provider="PR1",
        reason_ended="",
    )


def told(*rows: EpisodeRow) -> list[str]:
    found = [rule for _, rule in limits_exceeded(rows, KNOWN_TO)]
    assert set(found) <= set(LIMIT_RULES)
    return found


@pytest.mark.parametrize(
    ("place", "status", "most_days", "rule"),
    [
        ("T1", "C2", 42, "temporary_too_long"),
        ("T3", "C2", 21, "temporary_too_long"),
        ("T4", "C2", 7, "temporary_too_long"),
        ("U4", "L1", 3, "status_too_long"),
        ("U4", "L2", 21, "status_too_long"),
        ("U4", "L3", 7, "status_too_long"),
        ("U4", "V3", 17, "short_break_too_long"),
    ],
)
def test_a_limit_holds_to_its_last_day(place: str, status: str, most_days: int, rule: str) -> None:
    assert told(row("2024-05-01", most_days, place=place, status=status)) == []
    assert told(row("2024-05-01", most_days + 1, place=place, status=status)) == [rule]


def test_a_temporary_place_without_a_limit_and_an_ordinary_place_are_never_too_long() -> None:
    assert told(row("2024-05-01", 300, place="T2"), row("2024-05-01", 900)) == []


def test_what_is_still_open_is_counted_to_the_last_day_known() -> None:
    assert told(row("2026-03-24", None, place="T4")) == []
    assert told(row("2026-03-23", None, place="T4")) == ["temporary_too_long"]


def test_two_holidays_of_the_carer_in_twelve_months_are_allowed_and_a_third_is_told() -> None:
    two = [row("2024-05-01", 10, place="T3"), row("2024-10-01", 10, place="T3")]
    assert told(*two, row("2025-05-01", 10, place="T3")) == []
    assert told(*two, row("2025-04-30", 10, place="T3")) == ["too_many_carer_holidays"]


def test_short_breaks_add_up_over_twelve_months_and_not_longer() -> None:
    months = [f"2024-{month:02d}-01" for month in (4, 6, 8, 10, 12)]
    seventy_five = [row(start, 15, status="V3") for start in months]
    assert told(*seventy_five) == []
    assert told(*seventy_five, row("2025-02-01", 1, status="V3")) == ["short_breaks_of_a_year"]
    # A year later the first breaks no longer count.
    assert told(*seventy_five, row("2025-05-01", 15, status="V3")) == []


def test_a_limit_is_the_one_in_force_when_the_episode_began() -> None:
    assert told(row("2014-05-01", 60, place="T1")) == []
