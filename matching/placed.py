"""The placed children of a plan: why here, what it costs the others, and whom to ask next.

What is decided is decided already, in ``plan.py``; here it is put beside its reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from matching import explain
from matching.approvals import approvals
from matching.company import arriving_together
from matching.eligibility import assess_case
from matching.findings import TO_BE_ASKED
from matching.home import control_of
from matching.joint import JointProblem
from matching.pins import Pin
from matching.plan_result import Assignment
from matching.trade_offs import Cost, FirstChoice
from reference_data.vocabulary import URGENCY_ORDER, Control

NEXT_TO_ASK = 5
"""Homes listed to ask next, should the planned one refuse."""

NOT_WORKED_OUT = "What it costs the others was not worked out."

Homes = tuple[int | None, ...]


def assignments(
    joint: JointProblem,
    plan: Homes,
    costs: Mapping[int, Cost],
    firsts: Mapping[int, FirstChoice],
    pins: Sequence[Pin],
    prices: Mapping[str, int],
) -> tuple[Assignment, ...]:
    """Return each placed child with the home, in order of child id."""
    pinned = {(pin.child_id, pin.home_id) for pin in pins if not pin.ban}
    found = []
    arriving: dict[int, list[int]] = {}
    for u, h in enumerate(plan):
        if h is not None:
            arriving.setdefault(h, []).append(u)
    for u, h in enumerate(plan):
        if h is None:
            continue
        home, unit = joint.homes[h], joint.units[u]
        cost = costs.get(u)
        company = arriving_together(unit, [joint.units[other] for other in arriving[h] if other != u])
        for case in unit.cases:
            child_id = case.referral.child_id
            reasons = explain.reasons(case, home)
            if (child_id, home.home_id) in pinned:
                reasons.insert(0, "Decided already: this place is pinned")
            if home.home_id in prices:
                reasons.append(
                    f"A bed here is priced at {prices[home.home_id]} of 100 points, because children who may "
                    "arrive next would miss it"
                )
            reasons += company
            reasons += [f"{TO_BE_ASKED}{question.text}" for question in assess_case(case, home).questions]
            found.append(
                Assignment(
                    child_id=child_id,
                    home_id=home.home_id,
                    reasons=tuple(reasons),
                    cost_to_others=cost.text if cost else NOT_WORKED_OUT,
                    cost_by_aim=cost.by_aim if cost else {},
                    first_choice=firsts[u].home_id,
                    why_not_first_choice=firsts[u].text,
                    subject_to_offer=control_of(home, authority=case.referral.authority)
                    is not Control.DIRECT,
                    approvals=approvals(case, home),
                )
            )
    return tuple(sorted(found, key=lambda one: one.child_id))


def _authority(joint: JointProblem, unit: int) -> str | None:
    return joint.units[unit].cases[0].referral.authority


def enquiries(joint: JointProblem, plan: Homes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return, for each child whose planned home has to be asked, whom to ask next, in the order of the aims.

    Homes with a place left over come first; then homes that are promised to another child in this plan.
    """
    used = Counter(h for u, h in enumerate(plan) if h is not None for _ in joint.units[u].cases)
    found = []
    for u, h in enumerate(plan):
        if h is None or control_of(joint.homes[h], authority=_authority(joint, u)) is Control.DIRECT:
            continue
        others = [other for other in joint.own_order(u) if other != h]
        others.sort(key=lambda other: joint.problem.capacities[other] - used[other] < joint.units[u].size)
        ids = tuple(joint.homes[other].home_id for other in others[:NEXT_TO_ASK])
        found += [(child_id, ids) for child_id in joint.units[u].child_ids]
    return tuple(sorted(found))


def most_urgent_first(joint: JointProblem, plan: Homes) -> list[int]:
    """Return the placed units, the most urgent first."""
    placed = [u for u, h in enumerate(plan) if h is not None]
    return sorted(placed, key=lambda u: (URGENCY_ORDER.index(joint.units[u].urgency), u))
