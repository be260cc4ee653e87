"""Which children could go to which homes, worked out again for the checker of plans.

What is lawful for one child and one home is defined by the public ``eligibility.py`` and asked there: the
checker's own ``HARD_RULES`` judge fewer facts, so they can say that a pair is wrong and never that one is
missing. Everything else that decides whether a plan may use a pair (pins, the policy's floor, the present
home, who may not live together) is read again here, apart from ``joint.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matching.eligibility import may_be_offered
from matching.findings import Case, Context, case_of
from matching.home import Home
from matching.living_there import with_children_who_live_there
from matching.verify_rules import HARD_RULES, Check, below_floor, stays


def check_pairs(check: Check, answer: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Hold the eligible pairs that are told to those worked out here, and return the latter."""
    expected = _eligible(check)
    told = [(child_id, home_id) for child_id, home_id in answer["eligible_pairs"]]
    if len(told) != len(set(told)):
        check.wrong("eligible_pairs", "A pair is told twice.")
    for child_id, home_id in sorted(set(told) - expected):
        if child_id not in check.referrals or home_id not in check.homes:
            check.wrong("unknown", "A pair names a child or a home that was not given.")
        else:
            check.wrong("eligible_pairs", "The pair is not one a plan may use.", child_id, home_id)
    for child_id, home_id in sorted(expected - set(told)):
        check.wrong("eligible_pairs", "A pair that a plan may use is missing.", child_id, home_id)
    for child_id, home_id in sorted(expected & set(told)):
        for rule, breaks in HARD_RULES.items():
            if breaks(check, child_id, check.homes[home_id]):
                check.wrong("eligible_pairs", f"The pair breaks the rule {rule}.", child_id, home_id)
    return expected


def _eligible(check: Check) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    homes = with_those_who_live_there(check)
    for child_id, referral in check.referrals.items():
        together = check.moving(child_id)
        if stays(referral) or child_id != together[0]:
            continue
        apart = {other for one in together for other in check.apart(one)}
        if apart & set(together):
            # They must live together and may not: no home can be right.
            continue
        case, pinned = case_for_rules(check, child_id), check.pinned(child_id)
        banned = {pin.home_id for pin in check.pins if pin.ban and pin.child_id in together}
        barred = banned | {
            check.referrals[one].current_home_id
            for one in check.referrals
            if one in together or (one in apart and stays(check.referrals[one]))
        }
        for home_id, home in homes.items():
            if home_id in barred or not pinned <= {home_id}:
                continue
            if any(resident.child_id in together for resident in home.residents or ()):
                continue
            if not pinned and any(below_floor(check, one, home) for one in together):
                continue
            if may_be_offered(case, home):
                found |= {(one, home_id) for one in together}
    return found


def with_those_who_live_there(check: Check) -> dict[str, Home]:
    """Return the homes by id, with each referred child who lives in one among its residents."""
    homes = with_children_who_live_there(check.homes.values(), tuple(check.referrals.values()), check.as_of)
    return {home.home_id: home for home in homes}


def case_for_rules(check: Check, child_id: str) -> Case:
    """Return the case that the shared rules look at, with brothers, sisters and who may not live with movers.

    Children whom it has to be asked about where they live are with them too, for that question alone: whether a settled
    child may go on living with those already there is not the plan's to decide.
    """
    around = set(check.family(child_id)).union(*(check.apart(one) for one in check.moving(child_id)))
    others = {
        one: replace(referral, not_with=())
        for one, referral in check.referrals.items()
        if referral.current_home_id is not None and check.raises_questions(one)
    }
    others |= {one: check.referrals[one] for one in around & set(check.referrals)}
    in_order = tuple(others[one] for one in sorted(others) if one != child_id)
    return case_of(
        check.referrals[child_id], Context(as_of=check.as_of, policy=check.policy, others=in_order)
    )
