"""The checker names each thing that is wrong with a plan that was tampered with."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import pytest

from matching.home import Bed, Exemption, Resident
from matching.plan import plan_list
from matching.policy import policy_from_text
from matching.referral import PlaceToAvoid
from matching.verify import verify_plan
from reference_data.vocabulary import (
    ContractKind,
    NeedDomain,
    PlacementPurpose,
    PlacementType,
    SiblingsTogether,
    Urgency,
)
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
        (
            "type",
            {"placement_purpose": PlacementPurpose.FOSTERING_FOR_ADOPTION},
            {"type": PlacementType.CHILDRENS_HOME},
        ),
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
        ("urgency", {"needed_by": AS_OF + timedelta(days=2)}, {"accepts_emergency": False}),
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


def strangers(number):
    """Return residents who are recorded and belong to nobody's family."""
    return tuple(Resident(child_id=f"L{n}", age=9, authority="879") for n in range(number))


@pytest.mark.parametrize("number", [3, 5])
def test_children_without_a_sibling_group_are_never_one_family_in_a_foster_home(number):
    homes = [home("H1", places=number + 3, residents=strangers(number))]
    assert "usual_fostering_limit" in faults(forced("C1", "H1"), [child("C1")], homes)
    family = [
        child("C1", sibling_group="G"),
        child("C2", sibling_group="G", siblings_together=SiblingsTogether.MUST),
    ]
    answer = together("H1", "C1", "C2")
    assert "usual_fostering_limit" in faults(answer, family, homes)


def test_four_brothers_and_sisters_are_one_family_in_a_foster_home():
    siblings = tuple(Resident(child_id=f"L{n}", age=9, sibling_group="G") for n in range(3))
    homes = [home("H1", places=6, residents=siblings)]
    referrals = [child("C1", sibling_group="G")]
    plan = plan_list(referrals, homes, as_of=AS_OF)
    assert len(plan.assignments) == 1
    assert verify_plan(plan, referrals, homes, as_of=AS_OF) == []


def test_residents_of_whom_only_the_id_is_known_are_asked_about_and_no_fault():
    homes = [home("H1", places=6, residents=tuple(Resident(child_id=f"L{n}") for n in range(3)))]
    plan = plan_list([child("C1")], homes, as_of=AS_OF)
    assert len(plan.assignments) == 1
    assert verify_plan(plan, [child("C1")], homes, as_of=AS_OF) == []


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"granted_on": AS_OF}, True),
        ({"granted_on": AS_OF + timedelta(days=1)}, True),
        ({"granted_on": AS_OF + timedelta(days=2)}, False),
        ({"authority": None}, True),
        ({"authority": "878"}, False),
        ({"child_id": "C2"}, False),
    ],
)
def test_an_exemption_counts_from_its_day_for_its_child_and_by_the_authority_of_the_area(changes, counts):
    exemption = Exemption(**({"child_id": "C1", "authority": "879"} | changes))
    homes = [home("H1", places=6, residents=strangers(3), exemptions=(exemption,))]
    plan = plan_list([child("C1")], homes, as_of=AS_OF)
    assert bool(plan.assignments) == counts
    assert verify_plan(plan, [child("C1")], homes, as_of=AS_OF) == []
    found = faults(forced("C1", "H1"), [child("C1")], homes)
    assert ("usual_fostering_limit" in found) == (not counts)


def test_an_exemption_by_a_known_authority_is_asked_about_where_the_area_is_not_recorded():
    exemption = Exemption(child_id="C1", authority="879")
    homes = [home("H1", authority=None, places=6, residents=strangers(3), exemptions=(exemption,))]
    plan = plan_list([child("C1")], homes, as_of=AS_OF)
    assert len(plan.assignments) == 1
    assert verify_plan(plan, [child("C1")], homes, as_of=AS_OF) == []


def together(home_id, *child_ids):
    """Return an answer that claims that the children share a home."""
    answer = forced(child_ids[0], home_id, eligible_pairs=[[one, home_id] for one in child_ids])
    answer["assignments"] += [
        {"child_id": one, "home_id": home_id, "subject_to_offer": False} for one in child_ids[1:]
    ]
    return answer


def test_a_pair_below_the_floor_is_named_unless_it_is_pinned():
    # Five gaps of 25 are each within the policy's gap, and together above its floor.
    referrals = [child("A", needs=dict.fromkeys(NeedDomain, 85))]
    homes = [home("H1")]
    policy = policy_from_text("[floor]\nunmet_need_points = 100")
    answer = forced("A", "H1")
    assert "suitability_floor" in faults(answer, referrals, homes, policy=policy)
    assert "suitability_floor" not in faults(answer, referrals, homes, policy=policy, pins=[("A", "H1")])
    as_floor = policy_from_text("[floor]\nunmet_need_points = 125")
    assert "suitability_floor" not in faults(answer, referrals, homes, policy=as_floor)
    pinned = plan_list(referrals, homes, as_of=AS_OF, policy=policy, pins=[("A", "H1")])
    assert len(pinned.assignments) == 1
    assert verify_plan(pinned, referrals, homes, as_of=AS_OF, policy=policy, pins=[("A", "H1")]) == []


def test_only_known_gaps_count_towards_the_floor():
    referrals = [child("A", needs={NeedDomain.RISK: 85})]
    policy = policy_from_text("[floor]\nunmet_need_points = 20")
    assert "suitability_floor" in faults(forced("A", "H1"), referrals, [home("H1")], policy=policy)
    silent = home("H1", can_meet={domain: 10 for domain in NeedDomain if domain is not NeedDomain.RISK})
    assert "suitability_floor" not in faults(forced("A", "H1"), referrals, [silent], policy=policy)


@pytest.mark.parametrize(
    "change",
    [
        lambda stages: stages.clear(),
        lambda stages: stages.pop(0),
        lambda stages: stages.pop(),
        lambda stages: stages.append(stages[-1]),
        lambda stages: stages.insert(4, stages.pop(5)),
        lambda stages: stages.reverse(),
        lambda stages: stages[3].update(aim="something_else"),
    ],
)
def test_stages_are_those_of_the_policy_each_once_and_in_its_order(change):
    referrals, homes = [child("A"), child("B")], [home("H1"), home("H2")]
    answer = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    change(answer["stages"])
    assert "stages" in faults(answer, referrals, homes)


def test_a_policy_in_another_order_has_its_stages_in_that_order():
    referrals, homes = [child("A")], [home("H1"), home("H2")]
    policy = policy_from_text("[aims.cost]\nstage = 1\n[aims.stability]\nstage = 1")
    answer = plan_list(referrals, homes, as_of=AS_OF, policy=policy).as_dict()
    assert faults(answer, referrals, homes, policy=policy) == set()
    assert "stages" in faults(answer, referrals, homes)


def test_a_term_that_is_left_out_of_a_stage_is_named():
    referrals, homes = [child("A", home_postcode=POSTCODES[3])], [home("H1")]
    answer = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    stage = next(one for one in answer["stages"] if one["aim"] == "section_22c")
    gone = stage["terms"].pop("near_home")
    assert gone > 0
    stage.update(value=stage["value"] - gone, bound=stage["bound"] - gone)
    assert "stage" in faults(answer, referrals, homes)


@pytest.mark.parametrize("told", ["more", "less"])
def test_a_bound_on_the_wrong_side_of_its_value_is_named(told):
    referrals, homes = [child("A")], [home("H1")]
    answer = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    answer["status"] = "FEASIBLE"
    for one in answer["stages"]:
        one["proved"] = False
    assert faults(answer, referrals, homes) == set()
    stage = next(one for one in answer["stages"] if one["better"] == told)
    stage["bound"] += -1 if told == "more" else 1
    assert "stage" in faults(answer, referrals, homes)
    stage["bound"] = stage["value"]
    stage["better"] = "less" if told == "more" else "more"
    assert "stage" in faults(answer, referrals, homes)


def test_a_pair_that_is_not_lawful_is_no_eligible_pair():
    referrals, homes = [child("A"), child("B")], [home("H1"), home("H2"), home("H3", max_age=11)]
    answer = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    answer["eligible_pairs"].append(["B", "H3"])
    assert "eligible_pairs" in faults(answer, referrals, homes)


def test_an_eligible_pair_is_deleted_invented_or_told_twice():
    referrals, homes = [child("A"), child("B")], [home("H1"), home("H2")]
    good = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    for number in range(4):
        bad = copy.deepcopy(good)
        del bad["eligible_pairs"][number]
        assert "eligible_pairs" in faults(bad, referrals, homes)
    for pair, rule in ((["Z", "H1"], "unknown"), (["A", "H9"], "unknown"), (["A", "H1"], "eligible_pairs")):
        bad = copy.deepcopy(good)
        bad["eligible_pairs"].append(pair)
        assert rule in faults(bad, referrals, homes)


def test_a_pair_that_a_pin_or_the_floor_rules_out_is_no_eligible_pair():
    referrals, homes = [child("A")], [home("H1"), home("H2", can_meet=dict.fromkeys(NeedDomain, 15))]
    policy = policy_from_text("[floor]\nunmet_need_points = 100")
    for options in (
        {"policy": policy},
        {"pins": [{"child_id": "A", "home_id": "H2", "ban": True}]},
        {"pins": [("A", "H1")]},
    ):
        answer = plan_list(referrals, homes, as_of=AS_OF, **options).as_dict()
        assert answer["eligible_pairs"] == [["A", "H1"]]
        assert faults(answer, referrals, homes, **options) == set()
        answer["eligible_pairs"].append(["A", "H2"])
        assert "eligible_pairs" in faults(answer, referrals, homes, **options)


def test_a_status_that_does_not_exist_or_contradicts_the_stages_is_named():
    referrals, homes = [child("A")], [home("H1")]
    good = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    for status in ("PERFECT", "optimal", "", None, "FEASIBLE", "INFEASIBLE", "TIME_LIMIT_NO_SOLUTION"):
        assert "status" in faults(good | {"status": status}, referrals, homes), status
    bad = copy.deepcopy(good)
    bad["stages"][-1]["proved"] = False
    assert "status" in faults(bad, referrals, homes)
    assert faults(bad | {"status": "FEASIBLE"}, referrals, homes) == set()


def test_only_pins_make_a_plan_infeasible_and_it_has_no_stages():
    referrals, homes = [child("A")], [home("H1"), home("H2")]
    pins = [("A", "H1"), ("A", "H2")]
    good = plan_list(referrals, homes, as_of=AS_OF, pins=pins).as_dict()
    assert good["status"] == "INFEASIBLE"
    assert faults(good, referrals, homes, pins=pins) == set()
    assert "status" in faults(good, referrals, homes)
    assert "answered" in faults(good | {"unplaced": []}, referrals, homes, pins=pins)
    claimed = plan_list(referrals, homes, as_of=AS_OF).as_dict()["stages"]
    assert "stages" in faults(good | {"stages": claimed}, referrals, homes, pins=pins)


@pytest.mark.parametrize("where", ["unplaced", "staying", "enquiries"])
def test_a_child_who_is_not_on_the_list_is_named_wherever_the_child_stands(where):
    referrals, homes = [child("A")], [home("H1")]
    answer = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    answer[where].append({"child_id": "Z", "home_id": "H1", "home_ids": [], "reasons": [], "competing": []})
    assert "unknown" in faults(answer, referrals, homes)


def test_a_home_to_ask_next_is_another_eligible_home_of_a_child_whose_home_has_to_be_asked():
    referrals = [child("A")]
    homes = [
        home("H1", contract=ContractKind.SPOT),
        home("H2", contract=ContractKind.SPOT),
        home("H3", sexes="M"),
    ]
    good = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    assert [len(one["home_ids"]) for one in good["enquiries"]] == [1]
    assert faults(good, referrals, homes) == set()
    for home_id in ("H3", "H9", good["assignments"][0]["home_id"]):
        bad = copy.deepcopy(good)
        bad["enquiries"][0]["home_ids"].append(home_id)
        assert "enquiries" in faults(bad, referrals, homes)
    assert "enquiries" in faults(good | {"enquiries": []}, referrals, homes)


def test_brothers_and_sisters_who_must_and_may_not_live_together_have_no_home():
    referrals = [
        child("A", sibling_group="G", siblings_together=SiblingsTogether.MUST, not_with=("B",)),
        child("B", sibling_group="G"),
    ]
    homes = [home("H1")]
    assert "not_with" in faults(together("H1", "A", "B"), referrals, homes)
    plan = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    assert plan["eligible_pairs"] == []
    assert faults(plan, referrals, homes) == set()
    plan["eligible_pairs"] = [["A", "H1"], ["B", "H1"]]
    assert "eligible_pairs" in faults(plan, referrals, homes)


@pytest.mark.parametrize(
    "changes",
    [
        {"contract": None},
        {"contract": None, "type": PlacementType.AGENCY_FOSTER_CARER},
        {"approved_by_authority": "878"},
        {"approved_by_authority": "879"},
        {"contract": ContractKind.BLOCK},
        {
            "contract": None,
            "type": PlacementType.CONNECTED_FOSTER_CARER,
            "approved_for": ("A",),
            "approved_by_authority": "879",
        },
    ],
)
def test_who_decides_is_read_as_the_plan_reads_it(changes):
    referrals, homes = [child("A")], [home("H1", **changes)]
    good = plan_list(referrals, homes, as_of=AS_OF).as_dict()
    assert len(good["assignments"]) == 1
    assert faults(good, referrals, homes) == set()
    good["assignments"][0]["subject_to_offer"] ^= True
    assert "subject_to_offer" in faults(good, referrals, homes)
