"""Turning 18 in care: a world in which the answer is known, what is said of where next, and places filled after 18."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from matching.home import Home, Resident
from reference_data.ages import birthday
from reference_data.vocabulary import HomeStatus, PlacementType
from sufficiency.episodes import EpisodeRow, PlacementDetail, Stay
from sufficiency.leaving_care import filled_after_18, leaving_care
from sufficiency.repair import CareHistory, RepairReport

FIRST, LAST = date(2018, 4, 1), date(2026, 3, 31)


def stay(child: str, born: date, begins: date, ends: date | None, detail: PlacementDetail) -> Stay:
    known_end = ends if ends is not None and ends <= LAST else None
    return Stay(
        child_id=child,
        date_of_birth=born,
        care_started_on=begins,
        care_start_seen=True,
        started_on=begins,
        ended_on=known_end,
        detail=detail,
        next_detail=None,
    )


def history(stays: list[Stay]) -> CareHistory:
    report = RepairReport(rows=())
    return CareHistory(stays=tuple(stays), first_day=FIRST, known_to=LAST, report=report)


def world(seed: int) -> tuple[CareHistory, int, list[EpisodeRow]]:
    """Two a month come at 16 into fostering and four in ten leave before 18; one a month comes at 17 and a half.

    Returns what is known on the last day, and how many then turn 18 in care within a year.
    """
    random = np.random.default_rng(seed)
    stays: list[Stay] = []
    rows: list[EpisodeRow] = []
    later = 0
    for month in range(12 * 11):
        begins = FIRST + timedelta(days=round(month * 30.44))
        for n in range(3):
            late = n == 2
            born = begins - timedelta(days=round((17.5 if late else 16.0) * 365.25))
            turns = birthday(born, 18)
            leaves = not late and random.random() < 0.4
            ends = begins + timedelta(days=int(random.integers(30, 700))) if leaves else turns
            ends = min(ends, turns)
            detail = PlacementDetail.SUPPORTED if late else PlacementDetail.IN_HOUSE_FOSTERING
            child = f"{month}-{n}"
            if begins <= LAST:
                stays.append(stay(child, born, begins, ends, detail))
                if ends <= LAST:
                    rows.append(row(child, begins, ends, "E17" if n == 0 else "E5"))
            later += LAST < turns <= LAST + timedelta(days=365) and ends == turns
    return history(stays), later, rows


def row(child: str, begins: date, ends: date, reason: str) -> EpisodeRow:
    return EpisodeRow(
        file="e.csv",
        row=2,
        first_day=FIRST,
        year_end=LAST,
        child_id=child,
        started_on=begins,
        ended_on=ends,
        reason_started="S",
        legal_status="C2",
        place="U4",
        provider="PR1",
        reason_ended=reason,
    )


def test_in_a_world_that_is_known_the_year_ahead_is_within_its_band_and_not_far_off() -> None:
    errors = []
    inside = 0
    for seed in range(12):
        known, later, rows = world(seed)
        answer = leaving_care(known, rows, months=12)
        errors.append(answer["total"]["mean"] - later)
        inside += answer["total"]["p10"] <= later <= answer["total"]["p90"]
    assert abs(np.mean(errors)) < 1.5
    assert inside >= 7


def test_the_months_are_calendar_months() -> None:
    known, _, rows = world(0)
    begins = [date.fromisoformat(row["from"]) for row in leaving_care(known, rows, months=15)["months"]]
    assert begins[0] == date(2026, 4, 1)
    assert begins[-1] == date(2027, 6, 1)
    assert {day.day for day in begins} == {1}


def test_where_from_adds_up_and_where_next_is_what_the_returns_say() -> None:
    known, _, rows = world(1)
    answer = leaving_care(known, rows, months=12)
    assert sum(answer["from_group"].values()) == pytest.approx(answer["total"]["mean"], abs=0.6)
    assert set(answer["from_group"]) == {"fostering", "supported"}
    assert sum(one["share"] for one in answer["next"]) == pytest.approx(1, abs=0.001)
    assert {one["code"] for one in answer["next"]} == {"E17", "E5"}
    assert answer["recorded_next"] == answer["seen"]
    assert leaving_care(known, [], months=12)["next"] == []


def test_the_same_seed_gives_the_same_answer() -> None:
    known, _, rows = world(2)
    assert leaving_care(known, rows, months=6, seed=3) == leaving_care(known, rows, months=6, seed=3)


def test_places_filled_after_18_are_counted_by_kind_of_home() -> None:
    flats = Home(
        home_id="DEMO-1",
        type=PlacementType.SUPPORTED_ACCOMMODATION,
        places=4,
        residents=(Resident(age=17), Resident(age=18), Resident(age=None), Resident(age=20)),
    )
    closed = Home(
        home_id="DEMO-2",
        type=PlacementType.SUPPORTED_ACCOMMODATION,
        status=HomeStatus.CLOSED,
        residents=(Resident(age=19),),
    )
    assert filled_after_18([flats, closed]) == [
        {"type": "supported_accommodation", "over_18": 2, "places": 4}
    ]
