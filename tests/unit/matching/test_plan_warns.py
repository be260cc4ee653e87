"""What a joint plan must not pass over in silence: nothing proved, records that contradict, who may not stay."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from matching.home import Resident
from matching.plan import plan_list
from matching.rank import rank_homes
from matching.verify import verify_plan
from reference_data.vocabulary import RiskLevel, Sex, SiblingsTogether
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home, random_list


def planned(referrals, homes, **options):
    plan = plan_list(referrals, homes, as_of=AS_OF, **options)
    assert verify_plan(plan, referrals, homes, as_of=AS_OF) == []
    return plan, {one.child_id: one.home_id for one in plan.assignments}


def one_bed(home_id="H1", **changes):
    return home(home_id, **({"places": 1, "vacancies": 1} | changes))


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
    assert plan.evidence["warnings"] == []


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
