"""What each aim of a joint plan reached, counted again for the checker of plans, and held to what is told.

The order of the aims, their names and what each adds up are read from the policy once more, apart from
``plan_aims.py``. Only the measure of one child in one home is taken from ``aims.py``, and what has to be asked
from ``eligibility.py``. In every aim after the placing itself a child left unplaced counts as in the worst of
its eligible homes.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from matching import aims
from matching.eligibility import assess_case
from matching.findings import Case
from matching.home import Home
from matching.policy import Policy
from matching.surety import uncertainty
from matching.verify_pairs import case_for_rules, with_those_who_live_there
from matching.verify_rules import Check, stays
from matching.verify_weights import check_weights

UNKNOWN_FACTS = "unknown_facts"
MISSED_NEXT = "missed_by_next_arrivals"


Aims = list[tuple[str, list[str]]]
"""Aims in order, each with the penalties it adds up; those that count children placed add up none."""


def expected_stages(policy: Policy) -> Aims:
    """Return the aims that a plan has to tell: children placed by urgency, what is unknown, then the policy's."""
    found: Aims = [(f"{urgency}_placed", []) for urgency in ("crisis", "emergency", "planned")]
    found.append((UNKNOWN_FACTS, [UNKNOWN_FACTS]))
    for number in sorted({aim.stage for aim in policy.aims}):
        names = [aim.name for aim in policy.aims if aim.stage == number]
        by_the_act = len(names) > 1 and ("area" in names or "near_home" in names)
        found.append(("section_22c" if by_the_act else "_and_".join(names), names))
    return found


def check_stages(
    check: Check, answer: Mapping[str, Any], placed: Mapping[str, str], eligible: Set[tuple[str, str]]
) -> None:
    """Hold the aims that are told, and the value, terms and bound of each, to what is counted here."""
    expected = expected_stages(check.policy)
    if [stage["aim"] for stage in answer["stages"]] != [aim for aim, _ in expected]:
        in_order = ", ".join(aim for aim, _ in expected)
        check.wrong("stages", f"The policy's aims are, each once and in this order: {in_order}.")
        return
    prices = answer.get("bed_prices") or {}
    totals, of_unplaced = _penalties(check, placed, eligible, prices)
    _certificates(check, answer, eligible)
    _weights(check, answer, eligible, expected, prices)
    for stage, (aim, names) in zip(answer["stages"], expected, strict=True):
        if prices and "specialist_capacity" in names:
            names = [*names, MISSED_NEXT]
        value, bound, counts_children = stage["value"], stage["bound"], not names
        better = "more" if counts_children else "less"
        counted = sum(totals[name] for name in names)
        if counts_children:
            counted = sum(f"{check.urgency(child_id) or 'planned'}_placed" == aim for child_id in placed)
        if value != counted:
            check.wrong("stage", f"The aim {aim} is {counted}, not {value}.")
        if stage["proved"] and value != bound:
            check.wrong("stage", f"The aim {aim} is called proved and its bound differs.")
        if value > bound if counts_children else value < bound:
            check.wrong("stage", f"The aim {aim} is better than its bound.")
        if stage.get("better", better) != better:
            check.wrong("stage", f"Of the aim {aim} {better} is better.")
        terms = {name: totals[name] for name in names if name != UNKNOWN_FACTS}
        if stage.get("terms", terms) != terms:
            check.wrong("stage", f"The terms of {aim} are not those that are counted.")
        left_out = sum(of_unplaced[name] for name in names)
        if stage.get("of_unplaced", left_out) != left_out:
            check.wrong("stage", f"Children left out count {left_out} in {aim}.")


def _certificates(check: Check, answer: Mapping[str, Any], eligible: Set[tuple[str, str]]) -> None:
    """Hold each proof by counting to the pairs and the beds: nobody placed may be outside it, and it must add up.

    It is for the children of one urgency and of all before it: each of them with any home is one of the children
    named, or all of the child's homes are among those named, of which no more than the free beds can be filled.
    """
    placed, urgent = 0, set()
    for stage, urgency in zip(answer["stages"], ("crisis", "emergency", "planned"), strict=False):
        placed += stage["value"]
        urgent |= {one for one in check.referrals if (check.urgency(one) or "planned") == urgency}
        cut = stage.get("certificate")
        if cut is None:
            continue
        children, homes = set(cut["children"]), set(cut["homes"])
        if not children <= urgent or not homes <= set(check.homes):
            check.wrong(
                "certificate", f"The proof of {stage['aim']} names others than its children and homes."
            )
            continue
        if any(one in urgent - children and home_id not in homes for one, home_id in eligible):
            check.wrong("certificate", f"The proof of {stage['aim']} leaves out a pair that could be used.")
        beds = sum(beds_for_anybody(check, check.homes[home_id]) for home_id in homes)
        if cut["most"] != len(children) + beds or cut["most"] != placed:
            check.wrong("certificate", f"The proof of {stage['aim']} does not add up.")
    for stage in answer["stages"][3:]:
        if stage.get("certificate") is not None:
            check.wrong("certificate", f"The aim {stage['aim']} cannot be proved by counting.")


def _weights(
    check: Check,
    answer: Mapping[str, Any],
    eligible: Set[tuple[str, str]],
    expected: Aims,
    prices: Mapping[str, int],
) -> None:
    """Hold the proofs by weights, where they were asked for, to the penalties counted here."""
    homes = with_those_who_live_there(check)
    cases = {one: case_for_rules(check, one) for one in check.referrals}
    check_weights(
        check,
        answer,
        eligible,
        aims=[
            (aim, [*names, MISSED_NEXT] if prices and "specialist_capacity" in names else names)
            for aim, names in expected
        ],
        penalties=lambda child_id, placed: _one(check, cases[child_id], homes, placed, prices),
        beds=lambda home_id: beds_for_anybody(check, check.homes[home_id]),
    )


def beds_for_anybody(check: Check, home: Home) -> int:
    """Return the beds of a home that are held for nobody, within its registered number."""
    living = len(check.living(home.home_id)) if home.residents is not None else 0
    room = [max(0, home.places - living)] if home.places is not None else []
    if home.beds is not None:
        room.append(sum(not bed.held_for for bed in home.beds))
    elif home.vacancies is not None:
        room.append(home.vacancies)
    # Where nothing is recorded, one family at most may be asked for; nobody could count the beds.
    return min(room) if room else len(check.referrals)


def _penalties(
    check: Check,
    placed: Mapping[str, str],
    eligible: Set[tuple[str, str]],
    prices: Mapping[str, int],
) -> tuple[dict[str, int], dict[str, int]]:
    """Return each term added up over the waiting children, and the part of it for children left out."""
    names = [*(aim.name for aim in check.policy.aims), UNKNOWN_FACTS, MISSED_NEXT]
    totals, of_unplaced = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    homes = with_those_who_live_there(check)
    homes_of: dict[str, list[str]] = {}
    for child_id, home_id in sorted(eligible):
        homes_of.setdefault(child_id, []).append(home_id)
    for child_id, referral in check.referrals.items():
        if stays(referral):
            continue
        case = case_for_rules(check, child_id)
        if child_id in placed:
            for name, penalty in _one(check, case, homes, placed, prices).items():
                totals[name] += penalty
            continue
        worst = dict.fromkeys(names, 0)
        for home_id in homes_of.get(child_id, ()):
            alone = dict.fromkeys(check.moving(child_id), home_id)
            for name, penalty in _one(check, case, homes, alone, prices).items():
                worst[name] = max(worst[name], penalty)
        for name, penalty in worst.items():
            totals[name] += penalty
            of_unplaced[name] += penalty
    return totals, of_unplaced


def _one(
    check: Check,
    case: Case,
    homes: Mapping[str, Home],
    placed: Mapping[str, str],
    prices: Mapping[str, int],
) -> dict[str, int]:
    """Return every penalty of one child in the home it is placed in, with the company it has there."""
    child_id = case.referral.child_id
    home_id = placed[child_id]
    found = aims.penalties(case, check.homes[home_id])
    found["siblings"] = check.policy.aim("siblings").weight * _alone(check, homes[home_id], placed, child_id)
    found[UNKNOWN_FACTS] = uncertainty(case, homes[home_id], assess_case(case, homes[home_id]))
    company = [one for one, where in placed.items() if where == home_id and one not in check.family(child_id)]
    found[UNKNOWN_FACTS] += sum(check.unsuited(child_id, one) for one in company)
    found[MISSED_NEXT] = prices.get(home_id, 0)
    return found


def _alone(check: Check, home: Home, placed: Mapping[str, str], child_id: str) -> int:
    """Return 0 with all brothers and sisters, 1 with at least one, 3 with none; 0 where it is not sought."""
    referral = check.referrals[child_id]
    if referral.sibling_group is None or referral.siblings_together == "no":
        return 0
    where = {
        one: check.referrals[one].current_home_id if stays(check.referrals[one]) else placed.get(one)
        for one in check.family(child_id)
        if one != child_id
    }
    here = [one for one, place in where.items() if place == home.home_id]
    # Who lives in a home is known or it is not: one child known to be there is not a list of all.
    living = any(
        one.sibling_group == referral.sibling_group and one.child_id != child_id
        for one in home.residents or ()
    )
    if not here and not living:
        return 3
    return 0 if len(here) == len(where) else 1
