"""A plain check of a joint plan, with no solver: is it lawful, does it fit, and do its numbers add up?

Each rule is read again from the contract and written out here in its plainest form, apart from the code
that made the plan; only the soft aims' measure of one child in one home is taken from ``aims.py``, and what
has to be asked from ``eligibility.py``. It cannot say that a plan is best:
``test_plan_against_enumeration.py`` does that for small lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from typing import Any

from matching import aims
from matching.eligibility import HARD_FACTS, assess_case
from matching.findings import Context, case_of
from matching.home import Home
from matching.pins import Pin, read_as_pins
from matching.policy import Policy, default_policy
from matching.referral import Referral
from matching.verify_rules import FOSTERING, HARD_RULES, Check, Violation, stays
from matching.waiting import with_children_who_live_there


def verify_plan(
    plan: Any,
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy | None = None,
    pins: Iterable[Pin | Mapping[str, Any] | tuple[str, str]] = (),
) -> list[Violation]:
    """Return everything that is wrong with a plan; an empty list when nothing is.

    Parameters
    ----------
    plan
        A ``Plan``, or its contract JSON as a mapping.
    referrals, homes, as_of, policy, pins
        What the plan was made from.
    """
    answer: Mapping[str, Any] = plan if isinstance(plan, Mapping) else plan.as_dict()
    check = Check(
        referrals={one.child_id: one for one in referrals},
        homes={home.home_id: home for home in homes},
        as_of=as_of,
        policy=policy or default_policy(),
        found=[],
    )
    placed = _placed(check, answer)
    _settled(check, answer)
    if answer["status"] in ("INFEASIBLE", "TIME_LIMIT_NO_SOLUTION"):
        if placed:
            check.wrong("status", f"The status is {answer['status']}, and children are placed all the same.")
        return check.found
    _everybody_is_answered(check, answer, placed)
    eligible = {(child_id, home_id) for child_id, home_id in answer["eligible_pairs"]}
    for child_id, home_id in placed.items():
        _pair(check, eligible, placed, child_id, home_id)
    for home_id in sorted(set(placed.values())):
        _home(check, placed, home_id)
    _groups(check, placed)
    kept = read_as_pins(pins, set(check.referrals), set(check.homes))
    for pin in kept:
        settled = stays(check.referrals[pin.child_id])
        lives = check.referrals[pin.child_id].current_home_id if settled else placed.get(pin.child_id)
        if (lives == pin.home_id) == pin.ban:
            check.wrong("pin", "A pinned decision is not kept.", pin.child_id, pin.home_id)
    _stages(check, answer, placed, eligible)
    return check.found


def _placed(check: Check, answer: Mapping[str, Any]) -> dict[str, str]:
    placed: dict[str, str] = {}
    for one in answer["assignments"]:
        child_id, home_id = one["child_id"], one["home_id"]
        if child_id not in check.referrals or home_id not in check.homes:
            check.wrong("unknown", "An assignment names a child or a home that was not given.")
            continue
        if child_id in placed:
            check.wrong("twice", "A child is given two homes.", child_id, home_id)
        placed[child_id] = home_id
        direct = check.homes[home_id].control
        contract = check.homes[home_id].contract
        ours = direct == "direct" if direct is not None else contract == "in_house"
        if one["subject_to_offer"] == ours:
            check.wrong("subject_to_offer", "Who decides is not told rightly.", child_id, home_id)
    return placed


def _settled(check: Check, answer: Mapping[str, Any]) -> None:
    if "staying" not in answer:
        return
    told = sorted((one["child_id"], one["home_id"]) for one in answer["staying"])
    settled = {one.child_id: one.current_home_id for one in check.referrals.values() if stays(one)}
    if told != sorted(settled.items()):
        check.wrong("settled", "The children who stay put are not told rightly, each once with the home.")


def _everybody_is_answered(check: Check, answer: Mapping[str, Any], placed: Mapping[str, str]) -> None:
    unplaced = [one["child_id"] for one in answer["unplaced"]]
    for child_id, referral in check.referrals.items():
        told = (child_id in placed) + unplaced.count(child_id)
        if stays(referral):
            if told:
                check.wrong("settled", "A settled child is planned.", child_id)
        elif told != 1:
            check.wrong("answered", "A waiting child must be placed or unplaced, once.", child_id)
    if answer["status"] == "OPTIMAL" and not all(stage["proved"] for stage in answer["stages"]):
        check.wrong("status", "The plan is called optimal and an aim is not proved.")
    proved = [stage["proved"] for stage in answer["stages"]]
    if proved != sorted(proved, reverse=True):
        check.wrong("status", "An aim is called proved after one that is not.")


def _pair(
    check: Check, eligible: Set[tuple[str, str]], placed: Mapping[str, str], child_id: str, home_id: str
) -> None:
    if (child_id, home_id) not in eligible:
        check.wrong("eligible_pairs", "The pair is not among the eligible pairs.", child_id, home_id)
    for rule, breaks in HARD_RULES.items():
        if breaks(check, child_id, check.homes[home_id]):
            check.wrong(rule, "A hard rule is broken.", child_id, home_id)
    apart = {
        other
        for other, referral in check.referrals.items()
        if other in check.referrals[child_id].not_with or child_id in referral.not_with
    } | set(check.referrals[child_id].not_with)
    company = {other for other, where in placed.items() if where == home_id and other != child_id}
    living = set(check.living(home_id)) - {child_id}
    if apart & (company | living):
        check.wrong("not_with", "Children who may not live together would.", child_id, home_id)


def _home(check: Check, placed: Mapping[str, str], home_id: str) -> None:
    home = check.homes[home_id]
    if home.type == "with_parents":
        return
    coming = sorted(child_id for child_id, where in placed.items() if where == home_id)
    living = {name: group for name, group in check.living(home_id).items() if name not in coming}
    if not _beds_suffice(check, home, coming):
        check.wrong("places", "More children would move in than there are free beds.", None, home_id)
    known = len(living) if home.residents is not None else 0
    if home.places is not None and known + len(coming) > home.places:
        check.wrong("registered_number", "More children than registered places.", None, home_id)
    if home.type in FOSTERING and known + len(coming) > 3:
        groups = {check.referrals[child_id].sibling_group for child_id in coming}
        # Residents of whom only the id is known may be brothers and sisters: that is asked, not barred.
        groups |= {
            one.sibling_group
            for one in home.residents or ()
            if (one.age, one.sex, one.sibling_group, one.authority) != (None, None, None, None)
        }
        groups |= {
            one.sibling_group
            for one in check.referrals.values()
            if one.current_home_id == home_id and one.child_id not in coming
        }
        one_family = len(groups) == 1 and (None not in groups or len(coming) == 1)
        exempt = all(
            any(
                one.child_id == child_id and (one.authority is None or one.authority == home.authority)
                for one in home.exemptions
            )
            for child_id in coming
        )
        if not one_family and not exempt:
            check.wrong("usual_fostering_limit", "More than three who are not one family.", None, home_id)


def _beds_suffice(check: Check, home: Home, coming: Sequence[str]) -> bool:
    if home.beds is None:
        return home.vacancies is None or len(coming) <= home.vacancies
    early = date.min
    free = sorted((bed.available_from or early) for bed in home.beds if not bed.held_for)
    need = []
    for child_id in coming:
        own = [bed for bed in home.beds if bed.held_for == child_id]
        if not any((bed.available_from or early) <= check.start(child_id) for bed in own):
            need.append(check.start(child_id))
    # Whoever starts first takes the bed that is free first.
    return len(need) <= len(free) and all(bed <= day for bed, day in zip(free, sorted(need), strict=False))


def _groups(check: Check, placed: Mapping[str, str]) -> None:
    for child_id in sorted(placed):
        homes = {
            check.referrals[one].current_home_id if stays(check.referrals[one]) else placed.get(one)
            for one in check.must(child_id)
        }
        if len(homes) != 1:
            check.wrong(
                "siblings", "Brothers and sisters who must stay together are not.", child_id, placed[child_id]
            )


def _stages(
    check: Check, answer: Mapping[str, Any], placed: Mapping[str, str], eligible: Set[tuple[str, str]]
) -> None:
    """Count again what each aim reached, and hold the plan's own numbers to it.

    In every aim after the placing itself a child left unplaced counts as in the worst of its eligible homes.
    """
    counted: dict[str, int] = defaultdict(int)
    for child_id in placed:
        counted[f"{check.urgency(child_id) or 'planned'}_placed"] += 1
    terms, of_unplaced = _penalties(check, placed, eligible)
    for stage in answer["stages"]:
        aim, value = stage["aim"], stage["value"]
        if stage["proved"] and stage["value"] != stage["bound"]:
            check.wrong("stage", f"The aim {aim} is called proved and its bound differs.")
        if aim.endswith("_placed"):
            if value != counted[aim]:
                check.wrong("stage", f"The aim {aim} is {counted[aim]}, not {value}.")
            continue
        told = stage.get("terms") or {aim: value}
        for name, penalty in told.items():
            if name in terms and penalty != terms[name]:
                check.wrong("stage", f"The term {name} of {aim} is {terms[name]}, not {penalty}.")
        if value != sum(told.values()):
            check.wrong("stage", f"The aim {aim} is not the sum of its terms.")
        left_out = sum(of_unplaced.get(name, 0) for name in told)
        # What children who may arrive next would miss is known to the plan alone.
        if set(told) <= set(terms) and stage.get("of_unplaced", left_out) != left_out:
            check.wrong("stage", f"Children left out count {left_out} in {aim}.")
        better = stage["bound"] <= value
        if not better:
            check.wrong("stage", f"The aim {aim} is better than its bound.")


def _penalties(
    check: Check, placed: Mapping[str, str], eligible: Set[tuple[str, str]]
) -> tuple[dict[str, int], dict[str, int]]:
    """Return each term added up over the waiting children, and the part of it for children left out."""
    names = [*(aim.name for aim in check.policy.aims), "unknown_facts"]
    totals, of_unplaced = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for child_id, referral in check.referrals.items():
        if stays(referral):
            continue
        if child_id in placed:
            for name, penalty in _one(check, placed, child_id).items():
                totals[name] += penalty
            continue
        worst = dict.fromkeys(names, 0)
        for home_id in sorted(home_id for one, home_id in eligible if one == child_id):
            alone = {one: home_id for one in check.must(child_id) if not stays(check.referrals[one])}
            for name, penalty in _one(check, alone, child_id).items():
                worst[name] = max(worst[name], penalty)
        for name, penalty in worst.items():
            totals[name] += penalty
            of_unplaced[name] += penalty
    return totals, of_unplaced


def _one(check: Check, placed: Mapping[str, str], child_id: str) -> dict[str, int]:
    """Return every penalty of one child in the home it is placed in, with the company it has there."""
    referral, home = check.referrals[child_id], check.homes[placed[child_id]]
    others = tuple(check.referrals[one] for one in sorted(check.referrals))
    case = case_of(referral, Context(as_of=check.as_of, policy=check.policy, others=others))
    found = aims.penalties(case, home)
    found["siblings"] = check.policy.aim("siblings").weight * _alone(check, placed, child_id)
    (as_lived_in,) = with_children_who_live_there([home], others, check.as_of)
    asked = assess_case(case, as_lived_in).questions
    found["unknown_facts"] = int(any(question.rule in HARD_FACTS for question in asked))
    return found


def _alone(check: Check, placed: Mapping[str, str], child_id: str) -> int:
    """Return 0 with all brothers and sisters, 1 with at least one, 3 with none; 0 where it is not sought."""
    referral = check.referrals[child_id]
    if referral.sibling_group is None or referral.siblings_together == "no":
        return 0
    home_id = placed[child_id]
    where = {
        one: check.referrals[one].current_home_id if stays(check.referrals[one]) else placed.get(one)
        for one in check.family(child_id)
        if one != child_id
    }
    here = [one for one, place in where.items() if place == home_id]
    living = [
        name
        for name, group in check.living(home_id).items()
        if group == referral.sibling_group and name != child_id
    ]
    if not here and not living:
        return 3
    return 0 if len(here) == len(where) else 1
