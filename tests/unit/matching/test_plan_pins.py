"""Pins and bans: what people decided beforehand, and what of it cannot be."""

from __future__ import annotations

import pytest

from matching.plan import plan_list
from reference_data.problems import InvalidInput
from reference_data.vocabulary import (
    SiblingsTogether,
)
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home
from tests.unit.matching.small_plans import one_bed, planned


def test_a_pin_holds_against_the_plan_and_a_ban_keeps_a_child_away():
    near, far = one_bed("H1", postcode=POSTCODES[0]), one_bed("H2", postcode=POSTCODES[3])
    children = [child("A"), child("B")]
    plan, where = planned(children, [near, far], pins=[("A", "H2")])
    assert where == {"A": "H2", "B": "H1"}
    assert plan.status == "OPTIMAL"
    _, where = planned([child("A")], [near, far], pins=[{"child_id": "A", "home_id": "H1", "ban": True}])
    assert where == {"A": "H2"}


def test_a_pin_to_a_home_that_may_not_take_the_child_makes_the_plan_infeasible():
    plan, where = planned([child("A"), child("B")], [one_bed("H1", sexes="M")], pins=[("A", "H1")])
    assert (plan.status, where, plan.stages) == ("INFEASIBLE", {}, ())
    assert len(plan.unplaced) == 2
    (because,) = plan.infeasible_because
    assert because == "The pin of child A to home H1 cannot hold: For boys only."
    assert plan.as_dict()["infeasible_because"] == [because]


def test_two_pins_to_one_bed_make_the_plan_infeasible():
    plan, _ = planned([child("A"), child("B")], [one_bed()], pins=[("A", "H1"), ("B", "H1")])
    assert plan.status == "INFEASIBLE"
    assert plan.infeasible_because == (
        "The pins of A to H1 and B to H1 cannot all hold: there is not room for all, or they may not live together.",
    )
    other = [child("C"), child("A"), child("B")]
    pins = [("A", "H1"), ("B", "H1"), ("C", "H2"), {"child_id": "C", "home_id": "H1", "ban": True}]
    plan, _ = planned(other, [one_bed(), one_bed("H2")], pins=pins)
    (because,) = plan.infeasible_because
    assert "A to H1 and B to H1" in because
    assert "C" not in because


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({"child_id": "A", "home_id": "H1", "ban": True}, "the child is banned from this home."),
        ({"child_id": "A", "home_id": "H2"}, "the child is pinned to home H2 too."),
        ({"child_id": "B", "home_id": "H2"}, "B, who must stay with the child, is pinned to home H2 too."),
    ],
)
def test_pins_that_say_the_opposite_of_each_other_are_named(second, why):
    pair = [child(name, sibling_group="G", siblings_together=SiblingsTogether.MUST) for name in ("A", "B")]
    plan, _ = planned(pair, [home("H1"), home("H2")], pins=[("A", "H1"), second])
    assert plan.status == "INFEASIBLE"
    assert f"The pin of child A to home H1 cannot hold: {why}" in plan.infeasible_because


def test_a_pin_that_would_move_a_settled_child_makes_the_plan_infeasible():
    plan, _ = planned([child("A", current_home_id="H1")], [home("H1"), home("H2")], pins=[("A", "H2")])
    assert plan.status == "INFEASIBLE"
    assert plan.infeasible_because == (
        "The pin of child A to home H2 cannot hold: the child is settled elsewhere and stays put.",
    )


def test_a_pin_for_nobody_on_the_list_is_refused():
    with pytest.raises(InvalidInput):
        plan_list([child("A")], [home("H1")], as_of=AS_OF, pins=[("Z", "H1")])
