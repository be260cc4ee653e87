"""Nights of a stay that a known end would cut off count against a home: the fewer are lost, the better."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.policy import default_policy
from matching.rank import rank_homes
from reference_data.published_flows import placement_durations
from tests.oracles.small_lists import AS_OF, child, home
from tests.unit.matching.small_plans import one_bed, planned

START = AS_OF + timedelta(days=1)
WHOLE_YEAR = child("A", expected_stay_days=364)
STABILITY = default_policy().aim("stability")


def steps(referral, **changes):
    """Return the units of the aim for a home with these changes."""
    (option,) = rank_homes(referral, [home("H1", **changes)], as_of=AS_OF).options
    return option.penalties["stability"] // STABILITY.weight


def on(days):
    return START + timedelta(days=days)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 0),
        ({"closes_on": on(364)}, 0),
        ({"closes_on": on(363)}, 1),
        ({"closes_on": on(336)}, 1),
        ({"closes_on": on(335)}, 2),
        ({"closes_on": on(28)}, 12),
        ({"max_stay_days": 28}, 12),
        ({"temporary_approval_until": on(28)}, 12),
        ({"closes_on": on(28), "max_stay_days": 56, "temporary_approval_until": on(84)}, 12),
    ],
)
def test_the_steps_of_four_weeks_that_would_be_lost_are_counted_by_the_first_end(changes, expected):
    assert steps(WHOLE_YEAR, **changes) == expected


@pytest.mark.parametrize(("days", "expected"), [(307 - 28, 1), (307 - 29, 2), (306, 1), (5_000, 1)])
def test_a_stay_without_a_recorded_length_is_taken_to_be_as_long_as_they_are_on_average(days, expected):
    assert steps(replace(WHOLE_YEAR, expected_stay_days=None), closes_on=on(days)) == expected


def test_the_length_taken_where_none_is_recorded_is_the_published_mean():
    assert STABILITY.parameters["unknown_stay_days"] == placement_durations(2024)["total"]["mean"]


def test_the_home_that_closes_later_comes_first_in_the_ranking_and_in_the_plan():
    soon = one_bed("H1", closes_on=on(20), weekly_fee_pence=10_000)
    later = one_bed("H2", closes_on=on(300), weekly_fee_pence=90_000)
    options = rank_homes(WHOLE_YEAR, [soon, later], as_of=AS_OF).options
    assert [option.home_id for option in options] == ["H2", "H1"]
    assert "344 of the 364 nights expected would be lost" in options[1].speaks_against[-1]
    plan, where = planned([WHOLE_YEAR], [soon, later])
    assert where == {"A": "H2"}
    assert {stage.aim: stage.value for stage in plan.stages}["stability"] == 3


def test_one_bed_that_closes_goes_to_the_child_who_loses_fewer_nights_of_it():
    short = child("B", expected_stay_days=40)
    _, where = planned([WHOLE_YEAR, short], [one_bed("H1", closes_on=on(30)), one_bed("H2")])
    assert where == {"A": "H2", "B": "H1"}


COMING = {
    "closing": ({}, {"closes_on": date(2026, 7, 20)}, "The home is to close on 20 July 2026: hold a review"),
    "approval": (
        {},
        {"temporary_approval_until": date(2026, 7, 20)},
        "The carer's temporary approval, unless it is extended or the carer approved, ends on 20 July 2026",
    ),
    "notice": (
        {"move_reason": "the provider gave notice"},
        {},
        "A reason for a move is recorded and no review: hold it before 16 June 2026, when a home is needed.",
    ),
    "review": ({"move_review_on": AS_OF}, {}, "A review is recorded and no reason for a move: record it"),
}


@pytest.mark.parametrize("what", COMING)
def test_a_settled_child_whose_stay_is_to_end_is_told_before_it_ends(what):
    of_child, of_home, said = COMING[what]
    plan, _ = planned([child("A", current_home_id="H1", **of_child)], [home("H1", **of_home)])
    assert any(reason.startswith(said) for reason in plan.staying[0].reasons)
    calm, _ = planned([child("A", current_home_id="H1")], [home("H1")])
    assert len(calm.staying[0].reasons) == 1


@pytest.mark.parametrize("what", COMING)
def test_the_ranking_of_a_settled_child_tells_the_same_and_nothing_of_moving_in(what):
    of_child, of_home, said = COMING[what]
    settled = child("A", current_home_id="H1", needed_by=AS_OF + timedelta(days=5), **of_child)
    answer = rank_homes(settled, [home("H1", **of_home)], as_of=AS_OF)
    told = (*answer.prompts, *answer.options[0].flags)
    assert any(text.startswith(said[:60]) for text in told)
    assert not any("moves in" in text for text in told)
