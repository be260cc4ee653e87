"""Two plans side by side: who would live elsewhere and what the second is better and worse in."""

from __future__ import annotations

import json

import pytest

import matching
from matching.plan import plan_list
from matching.plan_comparison import OTHER_INPUTS, compare_plans
from reference_data.problems import InvalidInput
from tests.oracles.small_lists import AS_OF, POSTCODES, child
from tests.unit.matching.small_plans import one_bed

NEAR, FAR = one_bed("H1", postcode=POSTCODES[0]), one_bed("H2", postcode=POSTCODES[3])


def test_a_plan_compared_with_itself_or_with_its_saved_answer_is_the_same():
    plan = plan_list([child("A")], [NEAR, FAR], as_of=AS_OF)
    saved = json.loads(json.dumps(plan.as_dict()))
    found = compare_plans(plan, saved)
    assert (found.differences, found.changes, found.same_question) == (("The plans are the same.",), (), True)


def test_what_a_pin_did_is_told_child_by_child_and_term_by_term():
    plan = plan_list([child("A")], [NEAR, FAR], as_of=AS_OF)
    pinned = plan_list([child("A")], [NEAR, FAR], as_of=AS_OF, pins=[("A", "H2")])
    found = compare_plans(plan, pinned)
    assert found.changes == (("A", "H1", "H2"),)
    assert not found.same_question
    assert found.differences[:2] == (OTHER_INPUTS, "A would live in H2 instead of H1.")
    nearness = dict(pinned.stages[5].terms)["near_home"] - dict(plan.stages[5].terms)["near_home"]
    assert nearness > 0
    assert f"In nearness to home the second plan is worse by {nearness} penalty points." in found.differences
    back = compare_plans(pinned, plan)
    assert f"In nearness to home the second plan is better by {nearness} penalty points." in back.differences


def test_children_placed_and_left_out_are_told():
    children = [child("A"), child("B")]
    fewer = plan_list(children, [NEAR], as_of=AS_OF, pins=[("A", "H1")])
    more = plan_list(children, [NEAR, FAR], as_of=AS_OF, pins=[("A", "H1")])
    told = compare_plans(fewer, more).differences
    assert "B has a home in the second plan only: H2." in told
    assert "The second plan places 1 planned child more." in told
    assert "B has a home in the first plan only: H2." in compare_plans(more, fewer).differences
    alone = plan_list([child("A")], [NEAR], as_of=AS_OF)
    assert "B is in the second plan only." in compare_plans(alone, more).differences


def test_what_is_no_plan_is_refused_and_the_door_stands_open():
    plan = plan_list([child("A")], [NEAR], as_of=AS_OF)
    with pytest.raises(InvalidInput):
        compare_plans(plan, {"options": []})
    assert matching.compare_plans(plan, plan).as_dict()["differences"] == ["The plans are the same."]
