"""The checker names each thing that is wrong with a plan that was tampered with."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest

from matching.home import Bed
from matching.plan import plan_list
from matching.referral import PlaceToAvoid
from matching.verify import verify_plan
from reference_data.vocabulary import NeedDomain, PlacementType, SiblingsTogether, Urgency
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home


def faults(answer, referrals, homes, **options):
    return {fault.rule for fault in verify_plan(answer, referrals, homes, as_of=AS_OF, **options)}


def forced(child_id, home_id, **extra):
    """Return an answer that claims one placement."""
    return {
        "status": "FEASIBLE",
        "assignments": [{"child_id": child_id, "home_id": home_id, "subject_to_offer": False}],
        "unplaced": [],
        "stages": [],
        "eligible_pairs": [[child_id, home_id]],
    } | extra


def test_a_sound_plan_has_no_fault():
    referrals, homes = [child("A"), child("B")], [home("H1"), home("H2")]
    plan = plan_list(referrals, homes, as_of=AS_OF)
    assert verify_plan(plan, referrals, homes, as_of=AS_OF) == []
    assert verify_plan(plan.as_dict(), referrals, homes, as_of=AS_OF) == []


@pytest.mark.parametrize(
    ("rule", "about_child", "about_home"),
    [
        ("type", {}, {"type": PlacementType.SECURE_CHILDRENS_HOME}),
        ("type", {"acceptable_types": (PlacementType.CHILDRENS_HOME,)}, {}),
        ("type", {"suitability": {"fostering": "unsuitable"}}, {}),
        ("age", {}, {"max_age": 11}),
        ("age", {}, {"type": PlacementType.SUPPORTED_ACCOMMODATION}),
        ("age", {"date_of_birth": date(2008, 1, 1)}, {}),
        ("sex", {}, {"sexes": "M"}),
        ("registration", {}, {"registered": False}),
        ("registration", {}, {"opens_on": AS_OF + timedelta(days=2)}),
        ("registration", {}, {"restriction_notice_from": AS_OF}),
        ("named_approval", {}, {"approved_for": ("B",)}),
        ("temporary_approval", {}, {"temporary_approval_until": AS_OF}),
        ("urgency", {"urgency": Urgency.CRISIS}, {"accepts_emergency": False}),
        ("required_features", {"requires": ("step_free",)}, {}),
        ("written_exclusion", {"risks": {"fire_setting": "high"}}, {"will_not_take": ("fire_setting",)}),
        ("need_gap", {"needs": {NeedDomain.RISK: 95}}, {}),
        ("place_to_avoid", {"avoid": (PlaceToAvoid(postcode=POSTCODES[1], miles=1.0),)}, {}),
        ("settled", {"current_home_id": "H9"}, {}),
        ("places", {}, {"vacancies": 0}),
        ("places", {}, {"beds": (Bed(held_for="B"),)}),
        ("registered_number", {}, {"places": 0}),
    ],
)
def test_a_placement_that_breaks_a_hard_rule_is_named(rule, about_child, about_home):
    referrals, homes = [child("A", **about_child)], [home("H1", **about_home), home("H9")]
    assert rule in faults(forced("A", "H1"), referrals, homes)


def test_a_split_group_and_a_forbidden_company_are_named():
    pair = [child(name, sibling_group="G", siblings_together=SiblingsTogether.MUST) for name in "AB"]
    answer = forced("A", "H1", unplaced=[{"child_id": "B"}])
    assert "siblings" in faults(answer, pair, [home("H1")])
    two = [child("A", not_with=("B",)), child("B")]
    both = forced("A", "H1", eligible_pairs=[["A", "H1"], ["B", "H1"]])
    both["assignments"].append({"child_id": "B", "home_id": "H1", "subject_to_offer": False})
    assert "not_with" in faults(both, two, [home("H1")])


def test_a_child_without_an_answer_a_broken_pin_and_a_foreign_pair_are_named():
    referrals, homes = [child("A"), child("B")], [home("H1"), home("H2")]
    assert "answered" in faults(forced("A", "H1"), referrals, homes)
    assert "pin" in faults(forced("A", "H1"), referrals, homes, pins=[("A", "H2")])
    assert "eligible_pairs" in faults(forced("A", "H1", eligible_pairs=[]), referrals, homes)
    assert "unknown" in faults(forced("Z", "H1"), referrals, homes)


def test_a_stage_value_or_a_claim_that_does_not_add_up_is_named():
    referrals, homes = [child("A")], [home("H1")]
    good = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    assert faults(good, referrals, homes) == set()
    for change in (
        lambda answer: answer["stages"][2].update(value=2, bound=2),
        lambda answer: answer["stages"][5]["terms"].update(near_home=99),
        lambda answer: answer["stages"][5].update(value=answer["stages"][5]["value"] - 1),
    ):
        bad = copy.deepcopy(good)
        change(bad)
        assert "stage" in faults(bad, referrals, homes)
    bad = copy.deepcopy(good)
    bad["stages"][0]["proved"] = False
    assert "status" in faults(bad, referrals, homes)
    bad = copy.deepcopy(good)
    bad["assignments"][0]["subject_to_offer"] = True
    assert "subject_to_offer" in faults(bad, referrals, homes)
    bad = copy.deepcopy(good)
    bad["status"] = "INFEASIBLE"
    assert "status" in faults(bad, referrals, homes)
