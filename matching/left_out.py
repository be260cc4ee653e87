"""The children for whom a plan has no home: why, who competes with them, and for which beds.

That each of them can be left out and the plan still be best is the plan's to say; here it is put into words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from matching.beds_soon import beds_while_waiting
from matching.bottleneck import Bottleneck, bottlenecks
from matching.eligibility import exclusions_of_all
from matching.home_list import all_of, home_list
from matching.joint import JointProblem, beds_of, held_beds
from matching.plan_result import Unplaced
from matching.rule_headings import counted_under
from matching.waiting import Unit, contradicts_itself
from reference_data.vocabulary import PlanStatus

Homes = tuple[int | None, ...]


def unplaced(
    joint: JointProblem, plan: Homes, status: PlanStatus, proved: Collection[str]
) -> tuple[Unplaced, ...]:
    """Return each child without a home in the plan, why, and who has the homes that could take the child.

    Parameters
    ----------
    proved
        The aims that are proved. Until the placing of a child's urgency is, nobody knows that the place is needed
        by others.
    """
    homes_of = joint.homes_of
    found = []
    for u, unit in enumerate(joint.units):
        if plan[u] is not None:
            continue
        possible = set(homes_of.get(u, ()))
        competing = sorted(
            child_id
            for other, h in enumerate(plan)
            if h in possible
            for child_id in joint.units[other].child_ids
        )
        settled = f"{unit.urgency.value}_placed" in proved
        reasons = _why_unplaced(joint, u, unit, possible, competing, status, settled=settled)
        if status in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE):
            reasons += beds_while_waiting(joint, plan, u)
        found += [
            Unplaced(child_id=child_id, reasons=tuple(reasons), competing=tuple(competing))
            for child_id in unit.child_ids
        ]
    return tuple(sorted(found, key=lambda one: one.child_id))


def _why_unplaced(
    joint: JointProblem,
    u: int,
    unit: Unit,
    possible: set[int],
    competing: Sequence[str],
    status: PlanStatus,
    *,
    settled: bool,
) -> list[str]:
    if status is PlanStatus.INFEASIBLE:
        return ["The pins cannot all hold, so nobody is planned."]
    if status is PlanStatus.TIME_LIMIT_NO_SOLUTION:
        return ["No plan was found within the limit."]
    if contradicts_itself(unit):
        return [
            "The referrals say that brothers and sisters must, and must not, live together: ask which holds."
        ]
    whom = "the child" if unit.size == 1 else f"all {unit.size} brothers and sisters together"
    if possible:
        homes = f"{len(possible)} home{'' if len(possible) == 1 else 's'} could take {whom}"
        if not settled:
            return [
                f"{homes}, but no place was found in the time allowed: allow more before giving up on this."
            ]
        if competing:
            return [f"{homes}, but the places are needed by others on the list for whom the plan does more."]
        return [f"{homes}, but not with the room there is for all who would move in."]
    reasons = []
    below = sum(pair[0] == u for pair in joint.lawful_below_floor)
    if below:
        reasons.append(
            f"{below} home{'' if below == 1 else 's'} could lawfully take {whom}, but would leave more need unmet "
            "than the policy's floor allows in a plan."
        )
    barred = exclusions_of_all(unit.cases[0], all_of(home_list(joint.homes)))
    broken = Counter(exclusion.rule for of_home in barred for exclusion in of_home)
    most = sorted(broken.items(), key=lambda item: (-item[1], item[0]))[:3]
    rules = ", ".join(f"{counted_under(rule)} ({count})" for rule, count in most)
    if rules:
        reasons.append(f"What excludes most of the {len(joint.homes)} homes for {whom}: {rules}.")
    return reasons or [f"No home is open to {whom}."]


def who_competes(joint: JointProblem) -> tuple[Bottleneck, ...]:
    """Return which children compete for which homes, and how many beds those are short."""
    children = {
        child_id: [joint.homes[h].home_id for h in joint.homes_of.get(u, ())]
        for u, unit in enumerate(joint.units)
        for child_id in unit.child_ids
    }
    return bottlenecks(children, beds_of(joint), held_beds(joint))
