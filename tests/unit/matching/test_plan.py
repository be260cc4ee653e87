"""The joint plan: order of aims, families, beds, and who stays."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace
from datetime import timedelta

from matching.home import Bed, Resident
from matching.plan import plan_list
from matching.policy import default_policy
from matching.referral import Preferences
from matching.waiting import waiting_units
from reference_data.vocabulary import (
    ContractKind,
    NeedDomain,
    PlacementType,
    Sex,
    SiblingsTogether,
    Urgency,
)
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home
from tests.unit.matching.small_plans import one_bed, planned

CONNECTED = PlacementType.CONNECTED_FOSTER_CARER


def test_a_child_in_crisis_comes_before_two_planned_children():
    crisis = child("A", urgency=Urgency.CRISIS, sibling_group=None)
    group = [child(name, sibling_group="G", siblings_together=SiblingsTogether.MUST) for name in ("B", "C")]
    two = home("H1", places=2, vacancies=2)
    apart = [child("A", urgency=Urgency.CRISIS, not_with=("B",)), *group]
    plan, where = planned(apart, [two])
    assert where == {"A": "H1"}
    assert [(s.aim, s.value) for s in plan.stages[:3]] == [
        ("crisis_placed", 1),
        ("emergency_placed", 0),
        ("planned_placed", 0),
    ]
    plan, where = planned([crisis, *group], [two])
    assert where == {"A": "H1"}
    assert {one.child_id: one.competing for one in plan.unplaced} == {"B": ("A",), "C": ("A",)}


def test_a_connected_carer_comes_before_a_nearer_home():
    carer = one_bed("H1", type=CONNECTED, approved_for=("A",), postcode=POSTCODES[3])
    near = one_bed("H2", postcode=POSTCODES[0])
    plan, where = planned([child("A")], [near, carer])
    assert where == {"A": "H1"}
    assert {stage.aim: stage.value for stage in plan.stages}["connected_carer"] == 0


def test_a_sibling_group_that_must_stay_together_is_never_split():
    group = [child("A", sibling_group="G", siblings_together=SiblingsTogether.MUST)]
    group += [child(name, sibling_group="G") for name in ("B", "C")]
    plan, where = planned(group, [home("H1", vacancies=2), one_bed("H2")])
    assert where == {}
    assert len(plan.unplaced) == 3
    _, where = planned(group, [home("H1", vacancies=3), one_bed("H2")])
    assert set(where.values()) == {"H1"}
    assert len(where) == 3


def test_siblings_who_prefer_it_go_together_unless_that_costs_a_place():
    pair = [child(name, sibling_group="G", siblings_together=SiblingsTogether.PREFER) for name in ("A", "B")]
    near_but_single = one_bed("H1", postcode=POSTCODES[0])
    homes = [near_but_single, home("H2", places=2, vacancies=2)]
    plan, where = planned(pair, homes)
    assert where == {"A": "H2", "B": "H2"}
    terms = {stage.aim: stage.terms for stage in plan.stages}["section_22c"]
    assert terms["siblings"] == 0
    third = child("C", acceptable_types=(PlacementType.IN_HOUSE_FOSTER_CARER,), not_with=("A",))
    _, where = planned([*pair, third], homes)
    assert len(where) == 3


def test_the_usual_limit_of_three_holds_for_strangers_and_not_for_one_family():
    four = [child(name) for name in "ABCD"]
    roomy = home("H1", places=4, vacancies=4)
    _, where = planned(four, [roomy])
    assert len(where) == 3
    family = [child(name, sibling_group="G") for name in "ABCD"]
    _, where = planned(family, [roomy])
    assert len(where) == 4
    stranger = home("H1", places=5, vacancies=4, residents=(Resident(child_id="L", age=9),))
    _, where = planned(family, [stranger])
    assert len(where) == 2


def test_children_who_may_not_live_together_never_do():
    plan, where = planned([child("A", not_with=("B",)), child("B")], [home("H1")])
    assert len(where) == 1
    assert plan.stages[2].value == 1


def test_a_child_who_is_settled_is_not_planned_and_nobody_is_moved_for_a_bed():
    settled = child("A", current_home_id="H1")
    plan, where = planned([settled, child("B")], [home("H1", places=1, vacancies=0), one_bed("H2")])
    assert where == {"B": "H2"}
    assert plan.unplaced == ()
    (row,) = [one.as_dict() for one in plan.staying]
    child_id, home_id, reasons = row["child_id"], row["home_id"], row["reasons"]
    assert (row["may_not_go_on"], row["urgency"]) == ([], "planned")
    assert (child_id, home_id) == ("A", "H1")
    assert "stays put" in reasons[0]
    assert {"A"}.isdisjoint(child_id for child_id, _ in plan.eligible_pairs)
    moving = child("A", current_home_id="H1", move_reason="carer retires", move_review_on=AS_OF)
    _, where = planned([moving], [home("H1"), one_bed("H2")])
    assert where == {"A": "H2"}


def test_a_bed_held_for_a_child_is_for_that_child_only():
    held = home("H1", vacancies=None, beds=(Bed(held_for="B"),))
    _, where = planned([child("A"), child("B")], [held])
    assert where == {"B": "H1"}


def test_a_bed_that_is_free_later_serves_only_who_starts_later():
    beds = (Bed(available_from=AS_OF + timedelta(days=4)), Bed(available_from=AS_OF))
    soon = [child(name, needed_by=AS_OF) for name in "AB"]
    later = child("C", needed_by=AS_OF + timedelta(days=7))
    _, where = planned([*soon, later], [home("H1", beds=beds)])
    assert len(where) == 2
    assert "C" in where


def test_a_bed_that_frees_within_the_days_a_child_may_wait_is_told_and_not_planned():
    later = home("H1", beds=(Bed(available_from=AS_OF + timedelta(days=6)),))
    waits = child("A", may_wait_days=5)
    plan, where = planned([waits], [later])
    assert where == {}
    told = "A place at H1 is free from 21 June 2026, within the 5 days that the child may wait."
    assert told in plan.unplaced[0].reasons
    for other in (
        replace(waits, may_wait_days=4),
        replace(waits, urgency=Urgency.EMERGENCY),
        replace(waits, sex=Sex.MALE, not_with=("L",)),
    ):
        homes = [replace(later, sexes="F")] if other.sex is Sex.MALE else [later]
        plan, _ = planned([other], homes)
        assert not any("may wait" in reason for reason in plan.unplaced[0].reasons)
    taken = child("B", needed_by=AS_OF + timedelta(days=9))
    plan, where = planned([waits, taken], [later])
    assert where == {"B": "H1"}
    assert not any("may wait" in reason for reason in plan.unplaced[0].reasons)


def test_a_harmful_match_is_not_made_to_raise_the_count():
    needs = dict.fromkeys(NeedDomain, 60)
    weak = one_bed("H1", can_meet=dict.fromkeys(NeedDomain, 35))
    plan, where = planned([child("A", needs=needs)], [weak])
    assert where == {}
    assert "floor" in plan.unplaced[0].reasons[0]
    assert plan.eligible_pairs == ()


def test_a_vacant_block_bed_already_paid_for_is_used_before_a_bed_that_costs_more():
    spot = one_bed("H1", contract=ContractKind.SPOT, weekly_fee_pence=90_000)
    block = one_bed("H2", contract=ContractKind.BLOCK, weekly_fee_pence=500_000)
    plan, where = planned([child("A")], [spot, block])
    assert where == {"A": "H2"}
    assert {stage.aim: stage.value for stage in plan.stages}["cost"] == 0


def test_a_child_with_a_school_is_not_left_out_for_one_without():
    far, near = one_bed("H1", postcode=POSTCODES[3]), one_bed("H2", postcode=POSTCODES[2])
    pupil = child("A", prefers=Preferences(school_postcode=POSTCODES[4]))
    others = [child("B", sex=Sex.MALE), child("C", sex=Sex.MALE)]
    homes = [far, near]
    plan, where = planned([pupil, *others], homes)
    assert "A" in where
    assert not any(("A", None) in rival.changes for rival in plan.alternatives)
    (stage,) = [stage for stage in plan.stages if stage.aim == "section_22c"]
    assert sum(stage.terms.values()) == stage.value
    assert 0 < stage.of_unplaced < stage.value


def test_leaving_out_the_child_with_more_wishes_makes_no_aim_look_better():
    wishes = Preferences(school_postcode=POSTCODES[0], language=("Welsh",), pets=("dog",))
    children = [child("A", prefers=wishes), child("B")]
    only_home = one_bed("H1", postcode=POSTCODES[3])
    values = []
    for decided in "AB":
        plan, _ = planned(children, [only_home], pins=[(decided, "H1")])
        values.append([(stage.aim, stage.value) for stage in plan.stages])
    assert values[0] == values[1]


def test_a_home_known_to_fit_comes_before_a_nearer_one_of_which_a_hard_fact_is_missing():
    unknown, known = one_bed("H1", sexes=None, postcode=POSTCODES[0]), one_bed("H2", postcode=POSTCODES[3])
    plan, where = planned([child("A")], [unknown, known])
    assert where == {"A": "H2"}
    assert [stage.aim for stage in plan.stages][3] == "unknown_facts"
    plan, where = planned([child("A"), child("B")], [unknown, known])
    assert len(where) == 2
    assert plan.stages[3].value == 2


def test_the_order_of_the_input_and_the_seed_do_not_change_the_answer():
    rng = random.Random(4)
    children = [child(f"C{n}", urgency=rng.choice(list(Urgency))) for n in range(8)]
    homes = [one_bed(f"H{n}", postcode=rng.choice(POSTCODES)) for n in range(6)]
    first = plan_list(children, homes, as_of=AS_OF, seed=1).as_dict()
    rng.shuffle(children)
    rng.shuffle(homes)
    second = plan_list(children, homes, as_of=AS_OF, seed=1).as_dict()
    third = plan_list(children, homes, as_of=AS_OF, seed=2).as_dict()
    for answer in (first, second, third):
        del answer["seconds"]
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)
    assert first["assignments"] == third["assignments"]


def test_the_answer_holds_only_what_json_knows_and_the_order_of_every_list_is_its_own():
    rng = random.Random(6)
    children = [
        child(f"C{n}", urgency=rng.choice(list(Urgency)), sibling_group=rng.choice([None, "G1"]))
        for n in range(7)
    ]
    settled = [child("S1", current_home_id="H0"), child("S2", current_home_id="H1")]
    homes = [home(f"H{n}", postcode=rng.choice(POSTCODES), sexes=rng.choice(["any", None])) for n in range(4)]
    arrivals = [child("X1"), child("X2")]
    pins = [("C0", "H2"), {"child_id": "C1", "home_id": "H2", "ban": True}]
    answers = []
    for _ in range(3):
        plan = plan_list([*children, *settled], homes, as_of=AS_OF, pins=pins, arrivals=arrivals)
        answer = plan.as_dict()
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer
        del answer["seconds"]
        answers.append(json.dumps(answer))
        for rows in (children, settled, homes, arrivals, pins):
            rng.shuffle(rows)
    assert len(set(answers)) == 1
    assert _kinds(plan.as_dict()) <= {dict, list, str, int, float, bool, type(None)}


def _kinds(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {type(value)}.union(*(_kinds(one) for one in inside))


def test_a_slower_machine_gives_the_same_answer(monkeypatch):
    rng = random.Random(3)
    children = [child(f"C{n:02}", home_postcode=rng.choice(POSTCODES)) for n in range(14)]
    homes = [one_bed(f"H{n}", postcode=rng.choice(POSTCODES)) for n in range(9)]
    answers = []
    clock = time.perf_counter
    for pace in (1, 3):
        monkeypatch.setattr(time, "perf_counter", lambda pace=pace: clock() * pace)
        answer = plan_list(children, homes, as_of=AS_OF, time_limit_seconds=0.05).as_dict()
        del answer["seconds"]
        answers.append(json.dumps(answer))
    assert answers[0] == answers[1]
    assert "did not suffice" in answers[0]


def test_no_time_gives_the_greedy_plan_and_says_that_nothing_is_proved():
    children = [child(name) for name in "ABC"]
    plan, where = planned(children, [one_bed("H1"), one_bed("H2")], time_limit_seconds=0)
    assert plan.status == "FEASIBLE"
    assert len(where) == 2
    assert plan.gap is not None
    assert not plan.stages[-1].proved
    assert {one.cost_to_others for one in plan.assignments} == {
        "What it costs the others was not worked out."
    }


def test_a_bed_that_children_who_may_arrive_next_would_miss_is_kept_for_them():
    girls_only, any_child = one_bed("H1", sexes="F"), one_bed("H2")
    _, unpriced = planned([child("A")], [girls_only, any_child])
    boy = child("X", sex=Sex.MALE)
    plan, where = planned([child("A")], [girls_only, any_child], arrivals=[boy])
    assert where == {"A": "H1"}
    assert unpriced == {"A": "H2"}
    assert plan.bed_prices == {"H2": 100}
    plan, _ = planned([child("A")], [girls_only, any_child], arrivals=[[boy], [], [], []])
    assert plan.bed_prices == {"H2": 25}
    plan, _ = planned([child("A")], [girls_only, any_child, one_bed("H3")], arrivals=[boy])
    assert plan.bed_prices == {}


def test_an_empty_list_and_a_list_without_homes_are_answers():
    plan, where = planned([], [home("H1")])
    assert (plan.status, where) == ("OPTIMAL", {})
    plan, where = planned([child("A")], [])
    assert (plan.status, where) == ("OPTIMAL", {})
    assert plan.unplaced[0].reasons


def test_one_more_bed_never_lowers_a_count_of_children_placed():
    rng = random.Random(9)
    children = [child(f"C{n}", urgency=rng.choice(list(Urgency))) for n in range(6)]
    homes = [one_bed(f"H{n}", accepts_emergency=n % 2 == 0) for n in range(3)]
    before, _ = planned(children, homes)
    after, _ = planned(children, [*homes, one_bed("H9")])
    assert [s.value for s in after.stages[:3]] >= [s.value for s in before.stages[:3]]


def test_the_answer_holds_no_birth_date_and_no_postcode():
    children = [child(name) for name in "AB"]
    text = json.dumps(plan_list(children, [one_bed()], as_of=AS_OF).as_dict())
    assert "2014" not in text
    assert not any(postcode in text for postcode in POSTCODES)


def test_nobody_is_planned_into_a_home_with_a_child_who_may_not_live_with_them():
    """The child there is due to move and has nowhere to go yet, and the home lists no residents."""
    due_to_move = child("C", current_home_id="H1", not_with=("B",), move_reason="ended", move_review_on=AS_OF)
    big = home("H1", type=PlacementType.CHILDRENS_HOME, places=5, vacancies=4, residents=None)
    plan, where = planned([child("B"), due_to_move], [big])
    assert where == {}
    assert ["B", "H1"] not in plan.as_dict()["eligible_pairs"]


def test_a_member_of_a_family_is_judged_knowing_who_may_not_live_with_another_member():
    """Each member's rules see whoever is recorded as not to live with any of those who move in together."""
    must = {"sibling_group": "G", "siblings_together": SiblingsTogether.MUST}
    family = [child("A", **must), child("B", **must)]
    stranger = child("C", not_with=("B",))
    (unit,) = [
        one
        for one in waiting_units([*family, stranger], as_of=AS_OF, policy=default_policy())
        if len(one.cases) == 2
    ]
    assert all("C" in {other.child_id for other in case.context.others} for case in unit.cases)
