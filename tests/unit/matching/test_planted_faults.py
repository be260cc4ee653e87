"""Every rule of the checker finds a fault that is planted for it; a rule without a planted fault fails here."""

from __future__ import annotations

import copy
import random
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

import matching.verify
from matching.home import Resident
from matching.plan import plan_list
from matching.policy import policy_from_text
from matching.referral import PlaceToAvoid
from matching.verify import verify_plan
from matching.verify_rules import HARD_RULES
from reference_data.vocabulary import (
    ContractKind,
    NeedDomain,
    PlacementType,
    SiblingsTogether,
    Urgency,
)
from tests.oracles.small_lists import AS_OF, POSTCODES, child, home, random_list

MUST = {"sibling_group": "G", "siblings_together": SiblingsTogether.MUST}
LIST = [
    child("A", urgency=Urgency.CRISIS),
    child("B", urgency=Urgency.EMERGENCY),
    *(child(name, **MUST) for name in "CD"),
    child("E"),
    child("S", current_home_id="H5"),
]
HOMES = [
    home("H1", places=1, vacancies=1, contract=ContractKind.SPOT),
    home("H2", places=1, vacancies=1, contract=ContractKind.SPOT),
    home("H3", places=2, vacancies=2),
    home("H5", places=2, vacancies=0),
]


def answer():
    return copy.deepcopy(plan_list(LIST, HOMES, as_of=AS_OF, pins=[("A", "H1")], certificates=True).as_dict())


def weights(number, *path):
    """Return a part of the weights that prove an aim, to plant a fault in."""

    def part(told):
        found = told["stages"][number]["weights"]
        for name in path:
            found = found[name]
        return found

    return part


def less(part):
    """Plant weights of which the first is one less."""

    def plant(told):
        found = part(told)
        found[min(found)] -= 1

    return plant


def moved(child_id, home_id):
    """Plant a placement in another home."""

    def plant(told):
        told["assignments"] = [one for one in told["assignments"] if one["child_id"] != child_id]
        told["unplaced"] = [one for one in told["unplaced"] if one["child_id"] != child_id]
        told["assignments"].append({"child_id": child_id, "home_id": home_id, "subject_to_offer": False})

    return plant


def into(about_child=None, about_home=None, policy="", **more):
    """Plant a child in a home that breaks a rule for that child."""
    referrals = [child("Z", **(about_child or {})), *more.get("others", ())]
    homes = [home("HZ", **(about_home or {}))]
    claimed = {
        "status": "FEASIBLE",
        "assignments": [{"child_id": "Z", "home_id": "HZ", "subject_to_offer": False}],
        "unplaced": [],
        "stages": [],
        "eligible_pairs": [["Z", "HZ"]],
    }
    return claimed, referrals, homes, policy_from_text(policy)


def at(number, **changes):
    return lambda told: told["stages"][number].update(changes)


IN_A_PLAN = {
    "status": [lambda told: told.update(status="FEASIBLE"), lambda told: told.update(status="INFEASIBLE")],
    "stages": [lambda told: told["stages"].pop(2)],
    "stage": [at(number, value=10_000, bound=10_000) for number in range(9)]
    + [at(number, better="neither") for number in range(9)]
    + [at(number, of_unplaced=-1) for number in range(9)],
    "certificate": [
        lambda told: told["stages"][2]["certificate"]["homes"].pop(),
        lambda told: told["stages"][2]["certificate"].update(most=99),
        lambda told: told["stages"][0]["certificate"]["children"].append("E"),
        lambda told: told["stages"][5].update(certificate={"children": [], "homes": [], "most": 0}),
    ],
    "weights": [
        less(weights(0, "children")),
        less(weights(2, "beds")),
        lambda told: weights(1, "children")(told).clear(),
        lambda told: weights(2, "earlier_aims")(told).update(crisis_placed=2),
        lambda told: weights(8)(told).update(total=weights(8, "total")(told) - 1),
        lambda told: weights(0)(told).update(children={"A": 2}, total=2),
        lambda told: weights(8)(told).update(parts=0),
        lambda told: weights(8)(told).update(parts=1.5),
        lambda told: weights(8, "beds")(told).update(H5=-1),
        lambda told: weights(8, "beds")(told).update(H99=0),
        lambda told: weights(8, "children")(told).update(D=0),
        lambda told: weights(2, "earlier_aims")(told).update(cost=1),
        lambda told: weights(2, "earlier_aims")(told).update(planned_placed=1),
        lambda told: weights(8)(told).update(
            company=[{"child_id": "A", "home_id": "H5", "with": "B", "weight": 1}]
        ),
        lambda told: told["stages"][1].update(weights=copy.deepcopy(weights(0)(told))),
    ],
    "unknown": [moved("Nobody", "H1"), lambda told: told["eligible_pairs"].append(["A", "H99"])],
    "twice": [lambda told: told["assignments"].append(dict(told["assignments"][0]))],
    "answered": [lambda told: told["unplaced"].clear()],
    "settled": [moved("S", "H3"), lambda told: told["staying"].clear()],
    "subject_to_offer": [lambda told: told["assignments"][0].update(subject_to_offer=False)],
    "eligible_pairs": [
        lambda told: told["eligible_pairs"].pop(),
        lambda told: told["eligible_pairs"].append(["A", "H5"]),
    ],
    "enquiries": [lambda told: told["enquiries"].clear()],
    "siblings": [moved("C", "H2")],
    "places": [moved("E", "H3")],
    "registered_number": [moved("E", "H3")],
    "pin": [moved("A", "H2")],
}
"""For each rule of the whole plan, what is planted in a sound one."""

FOR_ONE_CHILD = {
    "type": [({}, {"type": PlacementType.SECURE_CHILDRENS_HOME})],
    "age": [({}, {"max_age": 11})],
    "sex": [({}, {"sexes": "M"})],
    "registration": [({}, {"registered": False}), ({}, {"closes_on": AS_OF})],
    "named_approval": [({}, {"approved_for": ("B",)})],
    "temporary_approval": [({}, {"temporary_approval_until": AS_OF})],
    "secure_authority": [
        ({"acceptable_types": (PlacementType.SECURE_CHILDRENS_HOME,)}, {"type": "secure_childrens_home"})
    ],
    "urgency": [({"urgency": Urgency.CRISIS}, {"accepts_emergency": False})],
    "required_features": [({"requires": ("step_free",)}, {})],
    "written_exclusion": [({"risks": {"fire_setting": "high"}}, {"will_not_take": ("fire_setting",)})],
    "need_gap": [({"needs": {NeedDomain.RISK: 95}}, {})],
    "place_to_avoid": [({"avoid": (PlaceToAvoid(postcode=POSTCODES[1], miles=1.0),)}, {})],
    "settled": [({"current_home_id": "HZ", "move_reason": "ended", "move_review_on": AS_OF}, {})],
    "usual_fostering_limit": [
        ({}, {"places": 6, "residents": tuple(Resident(child_id=f"L{n}", age=9) for n in range(3))})
    ],
    "not_with": [({"not_with": ("L1",)}, {"residents": (Resident(child_id="L1", age=9, sex="F"),)})],
    "suitability_floor": [({"needs": dict.fromkeys(NeedDomain, 85)}, {})],
}
"""For each rule of one child and one home, facts that break it."""

POLICY = {"suitability_floor": "[floor]\nunmet_need_points = 100"}


def rules_of_the_checker():
    folder = Path(matching.verify.__file__).parent
    named = set(HARD_RULES)
    for name in ("verify", "verify_pairs", "verify_stages", "verify_weights"):
        named |= set(
            re.findall(r'check\.wrong\(\s*"(\w+)"', (folder / f"{name}.py").read_text(encoding="utf-8"))
        )
    return named


def test_every_rule_of_the_checker_has_a_planted_fault():
    assert rules_of_the_checker() == set(IN_A_PLAN) | set(FOR_ONE_CHILD)


def test_the_plan_in_which_faults_are_planted_is_sound():
    assert verify_plan(answer(), LIST, HOMES, as_of=AS_OF, pins=[("A", "H1")]) == []
    assert len(answer()["stages"]) == 9
    assert {one["child_id"] for one in answer()["unplaced"]} == {"E"}
    assert all(stage["weights"] for stage in answer()["stages"])


@pytest.mark.parametrize("rule", sorted(IN_A_PLAN))
def test_a_fault_planted_in_a_sound_plan_is_found(rule):
    for plant in IN_A_PLAN[rule]:
        told = answer()
        plant(told)
        assert rule in {
            fault.rule for fault in verify_plan(told, LIST, HOMES, as_of=AS_OF, pins=[("A", "H1")])
        }


@pytest.mark.parametrize("rule", sorted(FOR_ONE_CHILD))
def test_a_child_planted_in_a_home_that_breaks_a_rule_is_found(rule):
    for about_child, about_home in FOR_ONE_CHILD[rule]:
        told, referrals, homes, policy = into(about_child, about_home, POLICY.get(rule, ""))
        assert rule in {
            fault.rule for fault in verify_plan(told, referrals, homes, as_of=AS_OF, policy=policy)
        }


def test_a_charge_for_company_that_is_changed_is_found():
    changed = 0
    for seed in range(60):
        if changed > 3:
            break
        referrals, homes, pins = random_list(random.Random(seed))
        told = plan_list(referrals, homes, as_of=AS_OF, pins=pins, certificates=True).as_dict()
        for number, stage in enumerate(told["stages"]):
            for charge in (stage["weights"] or {"company": ()})["company"]:
                planted = copy.deepcopy(told)
                company = planted["stages"][number]["weights"]["company"]
                company[company.index(charge)]["weight"] += 10_000
                faults = verify_plan(planted, referrals, homes, as_of=AS_OF, pins=pins)
                assert "weights" in {fault.rule for fault in faults}
                changed += 1
    assert changed > 3


def test_dates_at_the_limit_are_no_fault():
    told, referrals, homes, policy = into({}, {"temporary_approval_until": AS_OF + timedelta(days=1)})
    found = {fault.rule for fault in verify_plan(told, referrals, homes, as_of=AS_OF, policy=policy)}
    assert "temporary_approval" not in found
    assert referrals[0].date_of_birth == date(2014, 1, 10)
