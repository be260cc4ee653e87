"""Crisis beds: Erlang's formula by hand, against a simulation written apart, and what is learnt from stays."""

from __future__ import annotations

import heapq
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_data.problems import InvalidInput, NotEnoughData
from reference_data.vocabulary import EmergencySetting, PlacementType
from sufficiency.crisis_beds import BreathingSpace, CrisisDemand, crisis_beds, crisis_demand, erlang_loss
from sufficiency.emergency_stay import Stay

FIRST, LAST = date(2025, 4, 1), date(2026, 3, 31)
STEADY = CrisisDemand(arrivals=4_000, days=36_525, nights=(20,) * 500)


def test_the_loss_is_that_of_the_printed_tables() -> None:
    """Values of Erlang B as tables of telephone traffic print them: 1 erlang on 5 lines, 2 on 4, 10 on 10."""
    assert erlang_loss(0, 1.0) == 1.0
    assert erlang_loss(5, 1.0) == pytest.approx(0.0031, abs=5e-5)
    assert erlang_loss(4, 2.0) == pytest.approx(0.0952, abs=5e-5)
    assert erlang_loss(10, 10.0) == pytest.approx(0.2146, abs=5e-5)
    with pytest.raises(InvalidInput):
        erlang_loss(-1, 1.0)


@given(st.integers(0, 30), st.floats(0.01, 30))
def test_one_more_bed_never_turns_more_away(beds: int, offered: float) -> None:
    assert erlang_loss(beds + 1, offered) < erlang_loss(beds, offered)


@pytest.mark.parametrize("stays", ["exponential", "fixed", "long_tailed"])
def test_a_simulation_of_arrivals_agrees_whatever_the_lengths_of_stay(stays: str) -> None:
    random = np.random.default_rng(11)
    n, a_night, mean = 60_000, 0.12, 18.0
    length = {
        "exponential": random.exponential(mean, n),
        "fixed": np.full(n, mean),
        "long_tailed": random.lognormal(np.log(mean) - 0.5, 1.0, n),
    }[stays]
    arrivals = np.cumsum(random.exponential(1 / a_night, n))
    taken: list[float] = []
    turned_away = 0
    for at, nights in zip(arrivals, length, strict=True):
        while taken and taken[0] <= at:
            heapq.heappop(taken)
        if len(taken) < 3:
            heapq.heappush(taken, at + nights)
        else:
            turned_away += 1
    share = turned_away / n
    # Losses come in runs, so the error of the share is some times that of independent arrivals.
    assert share == pytest.approx(
        erlang_loss(3, a_night * mean), abs=6 * 2.5 * np.sqrt(share * (1 - share) / n)
    )


def test_how_many_beds_are_enough_follows_from_what_came() -> None:
    answer = crisis_beds(STEADY, present_beds=4)
    assert answer["offered"]["mean"] == pytest.approx(2.19, abs=0.02)
    needed = {row["nights_in_100"]: row["expected"] for row in answer["beds_for"]}
    by_hand = {
        level: next(beds for beds in range(50) if erlang_loss(beds, 4_000 / 36_525 * 20) <= 1 - level / 100)
        for level in (90, 95, 99)
    }
    assert needed == by_hand
    assert answer["present"]["beds"] == 4
    assert answer["present"]["found"] == pytest.approx(1 - erlang_loss(4, 4_000 / 36_525 * 20), abs=0.002)


def test_few_records_make_the_answer_less_sure_and_never_ask_for_fewer_beds_to_be_sure() -> None:
    few = crisis_beds(CrisisDemand(arrivals=8, days=73, nights=(5, 9, 14, 20, 52)))
    many = crisis_beds(CrisisDemand(arrivals=800, days=7_300, nights=(5, 9, 14, 20, 52) * 100))

    def width(answer: dict) -> float:
        return answer["offered"]["p97_5"] - answer["offered"]["p2_5"]

    assert width(few) > 4 * width(many)
    for row in few["beds_for"]:
        assert row["sure"] >= row["expected"]


def test_a_breathing_space_takes_beds_and_saves_some() -> None:
    plain = crisis_beds(STEADY)
    idle = crisis_beds(STEADY, breathing_space=BreathingSpace(a_year=0, nights=5, keeps_placement=1))
    wasteful = crisis_beds(STEADY, breathing_space=BreathingSpace(a_year=12, nights=5, keeps_placement=0))
    saving = crisis_beds(STEADY, breathing_space=BreathingSpace(a_year=12, nights=5, keeps_placement=0.5))
    assert idle["offered"] == plain["offered"]
    assert wasteful["offered"]["mean"] == pytest.approx(plain["offered"]["mean"] + 12 * 5 / 365.25, abs=0.02)
    assert saving["offered"]["mean"] < plain["offered"]["mean"]


def test_the_longest_stay_bounds_the_nights() -> None:
    long = CrisisDemand(arrivals=20, days=365, nights=(10, 100))
    assert crisis_beds(long, longest_stay_days=28)["nights"]["mean"] < 28
    with pytest.raises(NotEnoughData):
        crisis_beds(CrisisDemand(arrivals=2, days=365, nights=()))


def test_who_came_in_crisis_is_counted_once_over_moves_and_not_outside_the_ages() -> None:
    born = date(2009, 1, 10)

    def stay(child: str, begins: int, ends: int | None, **changes: object) -> Stay:
        given: dict = {
            "stay_id": f"{child}-{begins}",
            "child_id": child,
            "date_of_birth": born,
            "setting": EmergencySetting.HOTEL,
            "started_on": FIRST + timedelta(days=begins),
            "ended_on": None if ends is None else FIRST + timedelta(days=ends),
        }
        return Stay(**{**given, **changes})

    found = crisis_demand(
        [
            stay("a", 10, 14),
            stay("a", 14, 20, setting=PlacementType.CRISIS_ACCOMMODATION),
            stay("a", 200, None),
            stay("b", 30, 33),
            stay("too young", 30, 33, date_of_birth=date(2012, 1, 1)),
            stay("in a home", 30, 33, setting=PlacementType.CHILDRENS_HOME),
            stay("on holiday", 30, 33, setting=EmergencySetting.HOLIDAY_LET, purpose="holiday"),
            stay("before", -30, -3),
        ],
        first=FIRST,
        last=LAST,
    )
    assert (found.arrivals, found.days, found.nights) == (3, 365, (3, 10))
