"""What stands beside the aims, for the checker of plans: the gap, the input's fingerprint, the homes of who competes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from math import isclose
from typing import Any

from matching.home import Home
from matching.plan_inputs import plan_inputs
from matching.referral import Referral
from matching.verify_rules import Check
from reference_data.evidence import input_hash


def check_gap(check: Check, answer: Mapping[str, Any]) -> None:
    """Hold the gap to the value and bound of the first aim that is not proved."""
    if "gap" not in answer:
        return
    gap, expected = answer["gap"], 0.0
    for stage in answer["stages"]:
        if not stage["proved"]:
            value, bound = stage["value"], stage["bound"]
            expected = abs(value - bound) / max(abs(value), abs(bound), 1)
            break
    if gap is None or not isclose(gap, expected, abs_tol=1e-12):
        check.wrong("gap", "The gap is not that of the first aim that is not proved.")


def check_input_hash(
    check: Check, answer: Mapping[str, Any], referrals: Sequence[Referral], homes: Sequence[Home]
) -> None:
    """Hold the fingerprint of the input to the records, the policy and the pins given here."""
    if not can_tell_input(answer):
        return
    expected = input_hash(
        plan_inputs(
            referrals,
            homes,
            as_of=check.as_of,
            policy=check.policy,
            pins=check.pins,
            arrivals=(),
            time_limit_seconds=answer["settings"]["time_limit_seconds"],
        )
    )
    if answer["evidence"]["input_hash"] != expected:
        check.wrong(
            "input_hash",
            "The plan was not made from these referrals, homes, policy and pins, or its input_hash was altered.",
        )


def can_tell_input(answer: Mapping[str, Any]) -> bool:
    """Say whether the fingerprint can be taken again; where children who may come next were given, it cannot."""
    told = "settings" in answer and "input_hash" in answer.get("evidence", ())
    return told and answer["evidence"].get("arrival_samples") == 0


def check_who_competes(check: Check, answer: Mapping[str, Any], eligible: Set[tuple[str, str]]) -> None:
    """Hold each set of children who compete to its homes: all that could take any of them.

    How many beds are short is not counted again: a bed that is held for one child is free for that child alone.
    """
    for row in answer.get("bottlenecks", ()):
        children, homes = set(row["children"]), set(row["homes"])
        if not children <= set(check.referrals) or not homes <= set(check.homes):
            check.wrong("bottlenecks", "Beds are short for a child or in a home that was not given.")
            continue
        if any(child_id in children and home_id not in homes for child_id, home_id in eligible):
            check.wrong("bottlenecks", "A home that could take one of the children who compete is left out.")
