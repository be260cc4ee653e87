"""What a joint plan says of itself: first choices, costs to others, rival plans, bottlenecks, one more bed."""

from __future__ import annotations

import random
from dataclasses import replace

from matching.allocation_budget import Budget
from matching.eligibility import RULES
from matching.joint import build
from matching.policy import default_policy
from matching.referral import Preferences
from matching.replanning import Replanning
from matching.rule_headings import RULE_HEADINGS
from matching.trade_offs import NO_PLACE_LOST, all_compared, costs_to_others, first_choices
from matching.waiting import waiting_units
from reference_data.vocabulary import (
    ContractKind,
    PlacementType,
    RiskLevel,
    Sex,
    SiblingsTogether,
)
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home
from tests.unit.matching.small_plans import one_bed, planned


def test_why_a_child_is_not_at_its_own_first_choice_is_told():
    near, far = one_bed("H1", postcode=POSTCODES[0]), one_bed("H2", postcode=POSTCODES[3])
    at_home = child("A", prefers=Preferences(school_postcode=POSTCODES[0]))
    plan, where = planned([at_home, child("B")], [near, far])
    assert where == {"A": "H1", "B": "H2"}
    told = {one.child_id: (one.first_choice, one.why_not_first_choice) for one in plan.assignments}
    assert told["A"] == ("H1", "Also the best home for this child if nobody else were waiting.")
    assert told["B"][0] == "H1"
    assert (
        "The plan places A there. With this child there the list as a whole would do worse by" in told["B"][1]
    )


def test_brothers_and_sisters_are_shown_the_other_way_whatever_it_gives_up():
    pair = [child(name, sibling_group="G", siblings_together=SiblingsTogether.PREFER) for name in ("A", "B")]
    both = home("H1", places=2, vacancies=2)
    plan, _ = planned(pair, [both])
    (rival,) = [one for one in plan.alternatives if one.kind == "siblings"]
    assert "cannot be apart while the same children have a place" in rival.difference
    plan, where = planned(pair, [both, one_bed("H2", postcode=POSTCODES[3])])
    assert where == {"A": "H1", "B": "H1"}
    (rival,) = [one for one in plan.alternatives if one.kind == "siblings"]
    assert rival.difference.startswith("Placing A and B, who are brothers and sisters, apart:")
    assert any("brothers and sisters together: worse by 60" in text for text in rival.gives_up)
    assert len(rival.changes) == 1
    plan, where = planned(pair, [one_bed("H2"), one_bed("H3")])
    (rival,) = [one for one in plan.alternatives if one.kind == "siblings"]
    assert "cannot be together" in rival.difference


def test_one_more_bed_of_each_kind_says_who_would_be_placed():
    plan, _ = planned([child("A"), child("B")], [one_bed()])
    told = {one.kind: (one.more_placed, one.text) for one in plan.one_more_bed}
    assert told[PlacementType.IN_HOUSE_FOSTER_CARER] == (
        {"planned": 1},
        "One more bed that suits, of the kind in house foster carer, would place 1 planned child more.",
    )
    assert told[PlacementType.SUPPORTED_ACCOMMODATION][0] == {}
    plan, _ = planned([child("A")], [one_bed()])
    assert plan.one_more_bed == ()


def test_a_proof_by_counting_stands_beside_the_children_placed():
    plan, _ = planned([child("A"), child("B"), child("C")], [one_bed(), one_bed("H2")])
    cut = plan.stages[2].certificate
    assert (cut.children, cut.homes, cut.most) == ((), ("H1", "H2"), 2)


def test_a_home_we_do_not_direct_is_subject_to_offer_with_whom_to_ask_next():
    first = one_bed("H1", contract=ContractKind.SPOT, postcode=POSTCODES[0])
    second = one_bed("H2", contract=ContractKind.SPOT, postcode=POSTCODES[2])
    plan, where = planned([child("A")], [first, second])
    assert where == {"A": "H1"}
    assert plan.assignments[0].subject_to_offer
    assert plan.enquiries == (("A", ("H2",)),)
    plan, _ = planned([child("A")], [one_bed("H3"), second])
    assert (plan.assignments[0].subject_to_offer, plan.enquiries) == (False, ())


def test_what_a_choice_costs_the_others_is_told_in_words():
    plan, _ = planned([child("A"), child("B")], [one_bed()])
    (placed,) = plan.assignments
    assert placed.cost_to_others == (
        "Another child could have used this place: 1 more planned child would be placed if this child needed no bed."
    )
    assert placed.cost_by_aim["planned_placed"] == 1
    plan, _ = planned([child("A")], [one_bed()])
    assert plan.assignments[0].cost_to_others == "No other child on the list loses by it."


def test_children_who_arrive_together_are_told_of_each_other():
    calm, risky = child("A"), child("B", risks={"fire_setting": RiskLevel.HIGH})
    pair = [child(name, sibling_group="G", siblings_together=SiblingsTogether.MUST) for name in ("C", "D")]
    plan, _ = planned([calm, *pair], [home("H1")])
    told = {one.child_id: " ".join(one.reasons) for one in plan.assignments}
    assert "same time as C and D" in told["A"]
    assert "same time as A" in told["C"]
    assert not any("high risk" in text for text in told.values())
    plan, _ = planned([calm, risky], [home("H1")])
    for one in plan.assignments:
        assert (
            "To be asked: a high risk to others is recorded for B: what would it mean for A, who would move in too?"
            in one.reasons
        )
    plan, _ = planned([calm, risky], [one_bed("H1"), one_bed("H2")])
    assert not any("same time" in reason for one in plan.assignments for reason in one.reasons)


def test_a_bottleneck_names_the_children_the_homes_and_the_beds_short():
    children = [child(name) for name in "ABC"]
    plan, _ = planned(children, [one_bed("H1"), home("H2", places=0, vacancies=0)])
    assert [(b.children, b.homes, b.beds_short) for b in plan.bottlenecks] == [(("A", "B", "C"), ("H1",), 2)]


def test_rival_plans_say_what_they_give_up():
    pair = [child(name, sibling_group="G", siblings_together=SiblingsTogether.PREFER) for name in ("A", "B")]
    near = one_bed("H1", postcode=POSTCODES[0])
    plan, where = planned(pair, [near, home("H2", places=2, vacancies=2, postcode=POSTCODES[2])])
    told = " ".join(rival.difference + " ".join(rival.gives_up) for rival in plan.alternatives)
    assert plan.alternatives
    assert "brothers and sisters together" in told
    for rival in plan.alternatives:
        assert any(where[child_id] != home_id for child_id, home_id in rival.changes)


def test_rival_plans_give_a_place_to_the_same_children():
    rng = random.Random(28)
    seen = 0
    for _ in range(12):
        children = [
            child(
                name,
                home_postcode=rng.choice(POSTCODES),
                prefers=Preferences(school_postcode=rng.choice([None, *POSTCODES])),
            )
            for name in "ABCD"
        ]
        homes = [one_bed(f"H{number}", postcode=rng.choice(POSTCODES)) for number in range(3)]
        plan, where = planned(children, homes)
        for rival in plan.alternatives:
            seen += 1
            assert all(child_id in where and home_id is not None for child_id, home_id in rival.changes)
            after = where | dict(rival.changes)
            assert len(set(after.values())) == len(after) == 3
    assert seen


def test_the_plan_names_who_must_sign_before_a_child_goes_far_away():
    """Torbay does not adjoin Plymouth, so the Director signs; the same home in Plymouth needs nobody."""
    far = one_bed("H1", type=PlacementType.CHILDRENS_HOME, contract=ContractKind.SPOT, authority="880")
    far_plan, _ = planned([child("A")], [far])
    assert "at_a_distance" in [one.code for one in far_plan.assignments[0].approvals]
    near_plan, _ = planned([child("A")], [replace(far, authority="879")])
    assert {one.code for one in near_plan.assignments[0].approvals} == {"placement_plan", "notification"}
    assert far_plan.as_dict()["assignments"][0]["approvals"][0].keys() == {
        "code",
        "who",
        "why",
        "instrument",
        "due_on",
    }


def test_of_a_plan_that_is_proved_in_part_nothing_is_claimed_beyond_what_is_proved():
    """Where only the placing is proved, costs are told over the placing and say that the rest is not known."""
    policy = default_policy()
    children = [child("A"), child("B"), child("C", sex=Sex.MALE), child("D", sex=Sex.MALE)]
    homes = [one_bed("H1", sexes="F"), one_bed("H2", sexes="M"), one_bed("H3", sexes="M")]
    joint = build(waiting_units(children, as_of=AS_OF, policy=policy), homes, [], policy=policy)
    plan = (0, None, 1, 2)
    again = Replanning(joint.problem, joint.stages[:3], plan, budget=Budget.of(5), seed=0)
    told = costs_to_others(joint, plan, again=again, units=range(4))
    assert told[0].by_aim == {"crisis_placed": 0, "emergency_placed": 0, "planned_placed": 1}
    assert told[2].text == NO_PLACE_LOST
    assert not all_compared(joint, len(again.stages))
    assert all_compared(joint, len(joint.stages))
    assert "as a whole" not in first_choices(joint, plan, again=None)[2].text


def test_a_rival_plan_says_where_it_places_children_of_whom_a_hard_fact_is_missing():
    pair = [child(name, sibling_group="G", siblings_together=SiblingsTogether.PREFER) for name in ("A", "B")]
    known, unknown = [one_bed("H1"), one_bed("H2")], home("H3", places=2, vacancies=2, sexes=None)
    plan, where = planned(pair, [*known, unknown])
    assert set(where.values()) == {"H1", "H2"}
    (rival,) = [one for one in plan.alternatives if one.kind == "siblings"]
    assert "facts known: worse by 4 points for what is not known of the homes" in rival.gives_up


def test_what_excludes_most_homes_is_said_in_words_and_never_in_the_name_of_a_rule():
    homes = [one_bed("H1", vacancies=0), one_bed("H2", sexes="M"), one_bed("H3", sexes="M", max_age=9)]
    plan, _ = planned([child("A")], homes)
    assert plan.unplaced[0].reasons == (
        "What excludes most of the 3 homes for the child: does not take the child's sex (2), no place free on the day (1), "
        "outside the ages the home takes (1).",
    )


def test_every_rule_has_a_heading():
    assert {rule.__name__ for rule in RULES} <= RULE_HEADINGS.keys()
