"""What a joint plan must not pass over in silence: nothing proved, records that contradict, who may not stay."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.allocation_budget import Budget
from matching.home import Resident
from matching.joint import build
from matching.plan import plan_list
from matching.policy import default_policy
from matching.rank import rank_homes
from matching.replanning import Replanning
from matching.staying import NOT_IN_THE_LIST, needs_a_move
from matching.trade_offs import NO_PLACE_LOST_AS_FAR_AS_WORK_ALLOWED, costs_to_others
from matching.verify import verify_plan
from matching.waiting import waiting_units
from reference_data.vocabulary import (
    Alongside,
    EmergencySetting,
    HomeStatus,
    PartnerConcern,
    PlacementType,
    RiskLevel,
    Sex,
    SiblingsTogether,
    Urgency,
)
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home, random_list
from tests.unit.matching.small_plans import one_bed, planned

POLICY = default_policy()


def test_where_the_placing_is_not_proved_nobody_is_told_that_the_place_is_needed_by_others():
    children = [child(f"C{number}") for number in range(3)]
    homes = [one_bed("H1"), one_bed("H2")]
    cut_short, _ = planned(children, homes, time_limit_seconds=0)
    placing = {stage.aim: stage.proved for stage in cut_short.stages}["planned_placed"]
    reasons = [reason for one in cut_short.unplaced for reason in one.reasons]
    assert any("no place was found in the time allowed" in reason for reason in reasons) is not placing
    assert any("the plan does more" in reason for reason in reasons) is placing
    assert not placing
    proved, _ = planned(children, homes)
    assert "the plan does more" in proved.unplaced[0].reasons[0]


def test_a_plan_that_is_not_proved_says_in_which_aim_how_much_better_it_could_be_and_what_it_leaves_out():
    children = [child(f"C{number}") for number in range(3)]
    homes = [one_bed("H1"), one_bed("H2")]
    cut_short, _ = planned(children, homes, time_limit_seconds=0)
    first = next(stage for stage in cut_short.stages if not stage.proved)
    (said,) = [text for text in cut_short.evidence["warnings"] if text.startswith("Not proved the best in")]
    assert str(abs(first.value - first.bound)) in said
    assert "rival arrangements and further plans are not shown" in said
    assert cut_short.alternatives == ()
    proved, _ = planned(children, homes)
    assert not any("Not proved" in text for text in proved.evidence["warnings"])


def test_an_aim_that_reaches_its_bound_is_proved_without_time_and_the_first_that_does_not_gives_the_gap():
    children = [child(f"C{number}") for number in range(3)]
    cut_short, _ = planned(children, [one_bed("H1"), one_bed("H2")], time_limit_seconds=0)
    stages = {stage.aim: stage for stage in cut_short.stages}
    # Nobody is in crisis: none can be placed, and none are.
    assert (stages["crisis_placed"].value, stages["crisis_placed"].bound) == (0, 0)
    assert stages["crisis_placed"].proved
    assert stages["emergency_placed"].proved
    assert (stages["planned_placed"].value, stages["planned_placed"].bound) == (2, 3)
    assert cut_short.gap == pytest.approx(1 / 3)
    (said,) = [text for text in cut_short.evidence["warnings"] if text.startswith("Not proved the best in")]
    assert "at most 1 planned child more could be placed" in said
    assert not any(stage.proved for stage in cut_short.stages[2:])


@pytest.mark.parametrize("lives", [None, "H2"])
def test_brothers_and_sisters_who_must_and_must_not_live_together_are_warned_of(lives):
    children = [
        child("A", sibling_group="G", siblings_together=SiblingsTogether.MUST),
        child("B", sibling_group="G", not_with=("A",), current_home_id=lives),
    ]
    plan, where = planned(children, [home("H1"), home("H2")])
    assert where == {}
    assert any("must, and must not, live together" in text for text in plan.evidence["warnings"])
    (why,) = {one.reasons for one in plan.unplaced}
    assert why == (
        "The referrals say that brothers and sisters must, and must not, live together: ask which holds.",
    )
    plan, _ = planned([child("A"), child("B", not_with=("A",))], [home("H1"), home("H2")])
    assert not any("live together" in text for text in plan.evidence["warnings"])


def test_a_question_about_company_puts_a_home_below_one_known_to_fit_as_in_the_ranking():
    risky = child("A", risks={"sexual_harm": RiskLevel.HIGH})
    baby = Resident(child_id="L", age=0, sex=Sex.FEMALE, authority="879")
    shared = home("H1", postcode=POSTCODES[0], residents=(baby,), vacancies=1)
    empty = one_bed("H2", postcode=POSTCODES[3])
    first = rank_homes(risky, [shared, empty], as_of=AS_OF).options[0].home_id
    plan, where = planned([risky], [shared, empty])
    assert where == {"A": "H2"} == {"A": first}
    assert {stage.aim: stage.value for stage in plan.stages}["unknown_facts"] == 0
    plan, where = planned([risky], [shared, replace(empty, sexes=None)])
    assert where == {"A": "H1"}
    assert {stage.aim: stage.value for stage in plan.stages}["unknown_facts"] == 1


@pytest.mark.parametrize("chunk", range(4))
def test_for_a_child_alone_the_plan_and_the_ranking_choose_the_same_surety(chunk):
    rng = random.Random(chunk)
    compared = 0
    for _ in range(12):
        referrals, homes, _ = random_list(rng)
        me = replace(referrals[0], current_home_id=None, sibling_group=None)
        options = rank_homes(me, homes, as_of=AS_OF).lawful
        placed = plan_list([me], homes, as_of=AS_OF).assignments
        if not placed:
            continue
        tiers = {option.home_id: key[0] for option, key in options if key[1] == 0}
        assert tiers[placed[0].home_id] == min(tiers.values())
        compared += len(set(tiers.values())) > 1
    assert compared


@pytest.mark.parametrize("setting", [*EmergencySetting, "not registered"])
def test_a_child_who_sleeps_where_nobody_may_be_placed_is_planned_like_any_other(setting):
    no_placement = {"registered": False} if setting == "not registered" else {"type": setting}
    lives_there = child("A", current_home_id="H1", urgency=Urgency.CRISIS)
    plan, where = planned([lives_there, child("B")], [one_bed("H1", **no_placement), one_bed("H2")])
    assert where == {"A": "H2"}
    assert plan.staying == ()
    assert {stage.aim: stage.value for stage in plan.stages}["crisis_placed"] == 1
    assert any("where nobody may be placed" in text for text in plan.evidence["warnings"])
    assert [one.child_id for one in plan.unplaced] == ["B"]


def test_a_child_placed_with_parents_is_settled_though_no_home_is_registered():
    plan, where = planned(
        [child("A", current_home_id="H1")], [home("H1", type=PlacementType.WITH_PARENTS, registered=False)]
    )
    assert where == {}
    assert [one.may_not_go_on for one in plan.staying] == [()]


SHUT = {
    "closed": ({"status": HomeStatus.CLOSED}, "closed"),
    "too young a home": ({"max_age": 10}, "10"),
}


@pytest.mark.parametrize("why", SHUT)
def test_a_settled_child_who_may_not_go_on_living_there_is_told_and_not_planned(why):
    changes, said = SHUT[why]
    plan, where = planned(
        [child("A", current_home_id="H1"), child("B")], [home("H1", **changes), one_bed("H2")]
    )
    assert where == {"B": "H2"}
    (row,) = [one.as_dict() for one in plan.staying]
    assert any(said in text for text in row["may_not_go_on"])
    assert row["urgency"] == "planned"
    assert needs_a_move(row)
    assert any("1 settled child stays where the child may not" in text for text in plan.evidence["warnings"])


NOTICE = {"restriction_notice_from": AS_OF - timedelta(days=30)}


@pytest.mark.parametrize(
    ("moved_in", "against", "asked"),
    [
        (AS_OF - timedelta(days=400), (), 0),
        (NOTICE["restriction_notice_from"], (), 0),
        (AS_OF - timedelta(days=29), ("The child moved in after a notice restricting accommodation",), 0),
        (None, (), 1),
    ],
)
def test_a_restriction_notice_is_only_against_a_child_who_was_not_there_when_it_was_served(
    moved_in, against, asked
):
    lives_there = child("A", current_home_id="H1", current_placement_started_on=moved_in)
    plan, where = planned([lives_there, child("B")], [home("H1", **NOTICE)])
    assert where == {}
    (row,) = plan.staying
    assert len(row.may_not_go_on) == len(against)
    assert all(said.startswith(text) for said, text in zip(row.may_not_go_on, against, strict=True))
    assert sum("notice restricting" in text for text in row.reasons) == asked
    ranked = rank_homes(lives_there, [home("H1", **NOTICE), home("H2")], as_of=AS_OF)
    assert [option.home_id for option in ranked.options] == ([] if against else ["H1"])


ABOUT_NEWCOMERS = {
    "an embargo": ({}, {"partner_concern": PartnerConcern.EMBARGO}),
    "a type not sought": ({"acceptable_types": (PlacementType.CHILDRENS_HOME,)}, {}),
    "a written exclusion": ({"risks": {"missing": RiskLevel.HIGH}}, {"will_not_take": ("missing",)}),
}


@pytest.mark.parametrize("what", ABOUT_NEWCOMERS)
def test_what_a_home_takes_no_newcomer_for_is_asked_about_a_settled_child_and_moves_nobody(what):
    of_child, of_home = ABOUT_NEWCOMERS[what]
    settled = child("A", current_home_id="H1", **of_child)
    homes = [home("H1", **of_home), home("H2", type=PlacementType.CHILDRENS_HOME)]
    plan, _ = planned([settled, child("B", **of_child)], homes)
    (row,) = plan.staying
    assert row.may_not_go_on == ()
    assert any(text.startswith("To be asked: ") for text in row.reasons)
    assert not needs_a_move(row.as_dict())
    assert ("B", "H1") not in plan.eligible_pairs
    assert [option.home_id for option in rank_homes(settled, homes, as_of=AS_OF).options] == ["H1"]


def test_a_settled_child_whose_home_is_not_in_the_list_is_told():
    plan, _ = planned([child("A", current_home_id="H9")], [home("H1")])
    assert plan.staying[0].may_not_go_on == (NOT_IN_THE_LIST,)


@pytest.mark.parametrize("urgency", [Urgency.CRISIS, Urgency.EMERGENCY])
def test_a_settled_child_who_needs_a_move_at_once_is_counted_with_those_who_may_not_stay(urgency):
    plan, _ = planned([child("A", current_home_id="H1", urgency=urgency)], [home("H1")])
    assert plan.staying[0].may_not_go_on == ()
    assert needs_a_move(plan.staying[0].as_dict())
    calm, _ = planned([child("A", current_home_id="H1")], [home("H1")])
    assert not needs_a_move(calm.staying[0].as_dict())
    assert not any("need" in text and "settled" in text for text in calm.evidence["warnings"])


def test_that_a_waiting_brother_has_no_room_there_says_nothing_of_the_settled_sister():
    kin = {"sibling_group": "G", "siblings_together": SiblingsTogether.MUST}
    children = [child("A", current_home_id="H1", **kin), child("B", **kin)]
    plan, _ = planned(children, [home("H1", places=1, vacancies=0)])
    assert plan.staying[0].may_not_go_on == ()


@pytest.mark.parametrize(
    "tamper",
    [lambda row: row["may_not_go_on"].clear(), lambda row: row.update(urgency="planned")],
)
def test_the_checker_finds_that_it_is_not_told_of_a_settled_child_who_may_not_stay(tamper):
    children = [child("A", current_home_id="H1", urgency=Urgency.CRISIS)]
    homes = [home("H1", status=HomeStatus.CLOSED)]
    told = plan_list(children, homes, as_of=AS_OF).as_dict()
    assert verify_plan(told, children, homes, as_of=AS_OF) == []
    tamper(told["staying"][0])
    assert [fault.rule for fault in verify_plan(told, children, homes, as_of=AS_OF)] == ["settled"]


def ages(plan):
    return {
        one.child_id: [text for text in one.reasons if "may not suit" in text] for one in plan.assignments
    }


def test_two_children_who_need_to_be_alone_are_not_planned_together_where_there_is_another_home():
    solo = [child(name, alongside=Alongside.SOLO) for name in "AB"]
    near, far = home("H1", postcode=POSTCODES[0]), home("H2", postcode=POSTCODES[3])
    plan, where = planned(solo, [near, far])
    assert set(where.values()) == {"H1", "H2"}
    assert {stage.aim: stage.value for stage in plan.stages}["unknown_facts"] == 0
    assert ages(plan) == {"A": [], "B": []}
    plan, where = planned(solo, [near])
    assert where == {"A": "H1", "B": "H1"}
    assert {stage.aim: stage.value for stage in plan.stages}["unknown_facts"] == 2
    told = "To be asked: {} is recorded as needing to live without other children, which {} may not suit"
    for texts in ages(plan).values():
        assert sorted(texts) == [told.format("A", "B"), told.format("B", "A")]


@pytest.mark.parametrize(
    ("wanted", "born", "asked"),
    [
        (Alongside.ONLY_OLDER, 2016, 1),
        (Alongside.ONLY_OLDER, 2010, 0),
        (Alongside.ONLY_YOUNGER, 2010, 1),
        (Alongside.ONLY_YOUNGER, 2016, 0),
        (Alongside.ONLY_YOUNGER, 2014, 1),
    ],
)
def test_whom_a_child_can_live_alongside_is_asked_of_those_who_arrive_too(wanted, born, asked):
    children = [child("A", alongside=wanted), child("B", date_of_birth=date(born, 1, 10))]
    plan, _ = planned(children, [home("H1")])
    assert {stage.aim: stage.value for stage in plan.stages}["unknown_facts"] == asked
    assert [len(texts) for texts in ages(plan).values()] == [asked, asked]


def test_brothers_and_sisters_are_never_asked_about_as_company():
    children = [child(name, alongside=Alongside.SOLO, sibling_group="G") for name in "AB"]
    plan, where = planned(children, [home("H1")])
    assert where == {"A": "H1", "B": "H1"}
    assert ages(plan) == {"A": [], "B": []}


def unknown_facts(plan):
    return {stage.aim: stage.value for stage in plan.stages}["unknown_facts"]


@pytest.mark.parametrize("risk", ["physical_harm", "sexual_harm", "criminal_exploitation_of_others"])
def test_a_child_who_is_a_high_risk_to_others_is_not_planned_with_a_newcomer_where_there_is_another_home(
    risk,
):
    children = [child("A", risks={risk: RiskLevel.HIGH}), child("B")]
    near, far = home("H1", postcode=POSTCODES[0]), home("H2", postcode=POSTCODES[3])
    plan, where = planned(children, [near, far])
    assert set(where.values()) == {"H1", "H2"}
    assert unknown_facts(plan) == 0
    plan, where = planned(children, [near])
    assert where == {"A": "H1", "B": "H1"}
    assert unknown_facts(plan) == 1
    plan, _ = planned([replace(one, risks={risk: RiskLevel.HIGH}) for one in children], [near])
    assert unknown_facts(plan) == 2


@pytest.mark.parametrize(
    "changes",
    [{"risks": {"physical_harm": RiskLevel.LOW}}, {"risks": {"harm_to_animals": RiskLevel.HIGH}}],
)
def test_a_low_risk_or_one_to_animals_keeps_no_two_children_apart(changes):
    plan, where = planned(
        [child("A", **changes), child("B")], [home("H1"), home("H2", postcode=POSTCODES[3])]
    )
    assert where == {"A": "H1", "B": "H1"}
    assert unknown_facts(plan) == 0


def test_brothers_and_sisters_are_not_asked_about_for_a_risk_to_each_other_as_in_the_ranking():
    risky = child("A", risks={"physical_harm": RiskLevel.HIGH}, sibling_group="G")
    plan, where = planned([risky, child("B", sibling_group="G")], [home("H1")])
    assert where == {"A": "H1", "B": "H1"}
    assert unknown_facts(plan) == 0
    sister = Resident(child_id="B", age=9, sex=Sex.FEMALE, sibling_group="G", authority="879")
    (option,) = rank_homes(risky, [home("H1", residents=(sister,), vacancies=1)], as_of=AS_OF).options
    assert not option.questions


def test_where_the_work_ends_a_choice_still_says_whether_it_costs_another_child_a_place():
    children = [child("A"), child("B", home_postcode=POSTCODES[3])]
    homes = (one_bed("H1"), one_bed("H2", postcode=POSTCODES[3]))
    joint = build(waiting_units(children, as_of=AS_OF, policy=POLICY), homes, [], policy=POLICY)

    def costs(seconds):
        budget = Budget.of(seconds)
        again = Replanning(joint.problem, joint.stages[:7], (1, 0), budget=budget, seed=0)
        return costs_to_others(joint, (1, 0), again=again, units=[0, 1])

    for cost in costs(0).values():
        assert cost.text == NO_PLACE_LOST_AS_FAR_AS_WORK_ALLOWED
        assert set(cost.by_aim.values()) == {0}
    assert {cost.text for cost in costs(10).values()}.isdisjoint({NO_PLACE_LOST_AS_FAR_AS_WORK_ALLOWED})
