"""A plain check of a joint plan, with no solver: is it lawful, does it fit, and do its numbers add up?

Each rule is read again from the contract and written out in its plainest form, apart from the code that made
the plan: here who is placed, with whom and in what room, in ``verify_rules.py`` one child and one home, in
``verify_pairs.py`` the eligible pairs, in ``verify_stages.py`` what each aim reached. Only three things are
shared: what is lawful and what has to be asked is defined by ``eligibility.py``, and the soft aims measure one
child in one home by ``aims.py``. It cannot say that a plan is best:
``test_plan_against_enumeration.py`` does that for small lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from typing import Any

from matching.home import Home
from matching.pins import Pin, read_as_pins
from matching.policy import Policy, default_policy
from matching.referral import Referral
from matching.verify_numbers import can_tell_input, check_gap, check_input_hash, check_who_competes
from matching.verify_pairs import check_pairs
from matching.verify_rules import (
    FOSTERING,
    HARD_RULES,
    Check,
    Violation,
    below_floor,
    exempt,
    ours,
    stays,
    waiting_where_nobody_may_be_placed,
)
from matching.verify_stages import check_stages
from reference_data.vocabulary import PlanStatus


def verify_plan(
    plan: Any,
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy | None = None,
    pins: Iterable[Pin | Mapping[str, Any] | tuple[str, str]] = (),
    same_records: bool = True,
) -> list[Violation]:
    """Return what is wrong with a plan in what is checked; an empty list when nothing is.

    ``not_checked`` names the parts of a plan that are not looked at.

    Parameters
    ----------
    plan
        A ``Plan``, or its contract JSON as a mapping.
    referrals, homes, as_of, policy, pins
        What the plan was made from.
    same_records
        Whether they are the same still, so that the plan's fingerprint has to be theirs.
    """
    answer: Mapping[str, Any] = plan if isinstance(plan, Mapping) else plan.as_dict()
    by_home = {home.home_id: home for home in homes}
    by_child = {one.child_id: waiting_where_nobody_may_be_placed(one, by_home) for one in referrals}
    check = Check(
        referrals=by_child,
        homes=by_home,
        as_of=as_of,
        policy=policy or default_policy(),
        pins=read_as_pins(pins, set(by_child), set(by_home)),
        found=[],
    )
    placed = _placed(check, answer)
    _status(check, answer, placed)
    _settled(check, answer)
    _everybody_is_answered(check, answer, placed)
    eligible = check_pairs(check, answer)
    told = {(child_id, home_id) for child_id, home_id in answer["eligible_pairs"]}
    for child_id, home_id in placed.items():
        _pair(check, told, placed, child_id, home_id)
    for home_id in sorted(set(placed.values())):
        _home(check, placed, home_id)
    _groups(check, placed)
    _enquiries(check, answer, placed, eligible)
    if answer["status"] not in NOBODY_PLANNED:
        _pins(check, placed)
        check_stages(check, answer, placed, eligible)
        check_gap(check, answer)
    check_who_competes(check, answer, eligible)
    if same_records:
        check_input_hash(check, answer, referrals, homes)
    return check.found


NOT_CHECKED = (
    "reasons",
    "cost_to_others",
    "first_choice",
    "why_not_first_choice",
    "approvals",
    "competing",
    "beds_short",
    "alternatives",
    "one_more_bed",
    "bed_prices",
    "seconds",
    "stopped_by",
    "warnings",
)
"""The parts of a plan that nothing here looks at: whatever they say, no fault is found in them."""


def not_checked(plan: Mapping[str, Any], *, same_records: bool = True) -> list[str]:
    """Return the parts of a plan's JSON that are not checked; ``input_hash`` is where it cannot be taken again."""
    return [*NOT_CHECKED, *([] if same_records and can_tell_input(plan) else ["input_hash"])]


NOBODY_PLANNED = (PlanStatus.INFEASIBLE, PlanStatus.TIME_LIMIT_NO_SOLUTION)


def _status(check: Check, answer: Mapping[str, Any], placed: Mapping[str, str]) -> None:
    """Hold the status to what is placed and proved; which aims there have to be is in ``verify_stages.py``."""
    status = answer["status"]
    if status not in tuple(PlanStatus):
        check.wrong("status", "The status is none of those a plan can have.")
    if status in NOBODY_PLANNED:
        if placed:
            check.wrong("status", f"The status is {status}, and children are placed all the same.")
        if not check.pins:
            check.wrong("status", "Leaving a child unplaced is always possible: only pins leave no plan.")
        if answer["stages"]:
            check.wrong("stages", f"The status is {status}, and aims are told all the same.")
        return
    proved = [bool(stage["proved"]) for stage in answer["stages"]]
    if status == PlanStatus.OPTIMAL and not all(proved):
        check.wrong("status", "The plan is called optimal and an aim is not proved.")
    if status == PlanStatus.FEASIBLE and proved and all(proved):
        check.wrong("status", "Every aim is proved and the plan is not called optimal.")
    if proved != sorted(proved, reverse=True):
        check.wrong("status", "An aim is called proved after one that is not.")


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
        if one["subject_to_offer"] == ours(check.referrals[child_id], check.homes[home_id]):
            check.wrong("subject_to_offer", "Who decides is not told rightly.", child_id, home_id)
    return placed


def _settled(check: Check, answer: Mapping[str, Any]) -> None:
    if "staying" not in answer:
        return
    told = sorted((one["child_id"], one["home_id"]) for one in answer["staying"])
    settled = {one.child_id: one.current_home_id for one in check.referrals.values() if stays(one)}
    if told != sorted(settled.items()):
        check.wrong("settled", "The children who stay put are not told rightly, each once with the home.")
        return
    for row in answer["staying"]:
        home = check.homes.get(row["home_id"])
        shut = home is None or home.status in ("suspended", "closed")
        if shut and not row.get("may_not_go_on", [shut]):
            check.wrong("settled", "A child may not go on living there and it is not told.", row["child_id"])
        urgency = check.referrals[row["child_id"]].urgency
        if row.get("urgency", urgency) != urgency:
            check.wrong("settled", "The urgency of a settled child is not told rightly.", row["child_id"])


def _everybody_is_answered(check: Check, answer: Mapping[str, Any], placed: Mapping[str, str]) -> None:
    unplaced = [one["child_id"] for one in answer["unplaced"]]
    named = [one["child_id"] for part in ("unplaced", "staying", "enquiries") for one in answer.get(part, ())]
    named += [child_id for one in answer["unplaced"] for child_id in one.get("competing", ())]
    for _ in set(named) - set(check.referrals):
        # An id that was not given is not repeated: nobody knows what it holds.
        check.wrong("unknown", "A child is named who is not on the list.")
    for child_id, referral in check.referrals.items():
        told = (child_id in placed) + unplaced.count(child_id)
        if stays(referral):
            if told:
                check.wrong("settled", "A settled child is planned.", child_id)
        elif told != 1:
            check.wrong("answered", "A waiting child must be placed or unplaced, once.", child_id)


def _pair(
    check: Check, told: Set[tuple[str, str]], placed: Mapping[str, str], child_id: str, home_id: str
) -> None:
    if (child_id, home_id) not in told:
        check.wrong("eligible_pairs", "The pair is not among the eligible pairs.", child_id, home_id)
    for rule, breaks in HARD_RULES.items():
        if breaks(check, child_id, check.homes[home_id]):
            check.wrong(rule, "A hard rule is broken.", child_id, home_id)
    if below_floor(check, child_id, check.homes[home_id]) and not check.pinned(child_id):
        check.wrong("suitability_floor", "The policy's floor leaves so much need unmet.", child_id, home_id)
    company = {other for other, where in placed.items() if where == home_id and other != child_id}
    living = set(check.living(home_id)) - {child_id}
    if check.apart(child_id) & (company | living):
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
    if home.type in FOSTERING and known + len(coming) > check.policy.limits.get("usual_fostering_limit", 3):
        one_family = _one_family(check, home, coming)
        if not one_family and not all(exempt(check, child_id, home) for child_id in coming):
            check.wrong(
                "usual_fostering_limit", "More than the usual limit who are not one family.", None, home_id
            )


def _one_family(check: Check, home: Home, coming: Sequence[str]) -> bool:
    """Say whether all who would live in a home may be brothers and sisters, as far as it is recorded.

    Children of no sibling group are strangers to everybody. Residents of whom only the id is known may be
    brothers and sisters: that is asked, not barred.
    """
    groups = [check.referrals[child_id].sibling_group for child_id in coming]
    groups += [
        one.sibling_group
        for one in home.residents or ()
        if one.child_id not in coming
        and (one.age, one.sex, one.sibling_group, one.authority) != (None, None, None, None)
    ]
    groups += [
        one.sibling_group
        for one in check.referrals.values()
        if one.current_home_id == home.home_id and one.child_id not in coming
    ]
    return len(groups) == 1 or (None not in groups and len(set(groups)) == 1)


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


def _pins(check: Check, placed: Mapping[str, str]) -> None:
    for pin in check.pins:
        settled = stays(check.referrals[pin.child_id])
        lives = check.referrals[pin.child_id].current_home_id if settled else placed.get(pin.child_id)
        if (lives == pin.home_id) == pin.ban:
            check.wrong("pin", "A pinned decision is not kept.", pin.child_id, pin.home_id)


def _enquiries(
    check: Check, answer: Mapping[str, Any], placed: Mapping[str, str], eligible: Set[tuple[str, str]]
) -> None:
    """Hold whom to ask next to the children whose homes have to be asked, and to the homes open to them."""
    if "enquiries" not in answer:
        return
    asked = [one["child_id"] for one in answer["enquiries"] if one["child_id"] in check.referrals]
    for child_id in check.referrals:
        if child_id not in placed:
            if child_id in asked:
                check.wrong("enquiries", "A home is asked next for a child who is not placed.", child_id)
            continue
        home = check.homes[placed[child_id]]
        direct = {ours(check.referrals[one], home) for one in check.moving(child_id)}
        # Brothers and sisters who come as one are asked for as one, whosever each of them is.
        expected = 0 if direct == {True} else 1
        if len(direct) == 1 and asked.count(child_id) != expected:
            check.wrong("enquiries", "Whom to ask next is not told rightly, once.", child_id, home.home_id)
    for one in answer["enquiries"]:
        child_id = one["child_id"]
        for home_id in one["home_ids"] if child_id in placed else ():
            if (child_id, home_id) not in eligible or home_id == placed[child_id]:
                check.wrong("enquiries", "A home to ask next is not another one open to the child.", child_id)
