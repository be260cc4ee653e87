"""The joint plan: the whole waiting list placed at once, each aim fixed before the next, with proof.

The numbers are built in ``joint.py`` and solved in ``allocation.py``; what the plan gives up is in
``trade_offs.py``; ``verify.py`` checks a plan without any solver. A person decides: the plan proposes,
and a home that we do not direct is marked as subject to its offer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from matching import aims, explain
from matching.allocation_budget import Budget
from matching.allocation_result import OrderedResult
from matching.allocation_search import load_solver, search_in_order
from matching.approvals import approvals
from matching.bed_prices import bed_prices, samples
from matching.bottleneck import Bottleneck, bottlenecks
from matching.company import arriving_together
from matching.eligibility import assess_case
from matching.home import Home, control_of
from matching.joint import JointProblem, build, tie_break_by_ids
from matching.living_there import with_children_who_live_there
from matching.pin_clashes import pins_that_cannot_hold, pins_that_clash
from matching.pins import Pin, read_as_pins
from matching.plan_aims import StageMeaning
from matching.plan_result import Assignment, Plan, PlanStage, Staying, Unplaced
from matching.policy import Policy, default_policy
from matching.referral import Referral, stays_put, urgency_contradiction
from matching.trade_offs import Cost, Rival, costs_to_others, rival_plans
from matching.waiting import Unit, waiting_units
from reference_data.evidence import evidence
from reference_data.problems import InvalidInput
from reference_data.vocabulary import URGENCY_ORDER, Control, PlanStatus

SHARE_OF_PLAN = 0.6
"""Share of the work for the plan itself; the rest explains it."""

__all__ = ["Assignment", "Plan", "PlanStage", "Staying", "Unplaced", "plan_list"]

STAYS_PUT = (
    "Lives here now and stays put: a move needs a reason and a review, and they are not both recorded."
)

NEXT_TO_ASK = 5
"""Homes listed to ask next, should the planned one refuse."""

Homes = tuple[int | None, ...]


def plan_list(
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy | None = None,
    pins: Iterable[Pin | Mapping[str, Any] | tuple[str, str]] = (),
    arrivals: Sequence[Referral] | Sequence[Sequence[Referral]] = (),
    time_limit_seconds: float = 30.0,
    seed: int = 0,
    warnings: Iterable[str] = (),
) -> Plan:
    """Return the best plan for a whole waiting list, with its proof and what it gives up.

    Use it when several children wait for some of the same homes; one child alone is answered by
    ``rank_homes``. Leaving a child unplaced is always possible, so only pins can make the answer
    ``INFEASIBLE``.

    Parameters
    ----------
    referrals
        The children on the list, one referral each, in any order. A settled child is not planned.
    homes
        Homes with ids that are all different, in any order.
    as_of
        The day the plan is made.
    policy
        The council's policy; the shipped default when ``None``.
    pins
        Decisions already taken: ``(child_id, home_id)``, or mappings that may also say ``ban``.
    arrivals
        Children who may arrive next, in one sample or several: beds they would miss carry a price.
    time_limit_seconds
        At least 0; a limit of work, with the clock as a guard. At 0 the plan is the greedy one.
    seed
        Steers the search, never a proved answer.
    warnings
        Sentences to carry in the evidence, without a child's data.

    Raises
    ------
    InvalidInput
        If two homes share an id, a child has two referrals, or a pin names who or what is not given.

    References
    ----------
    Children Act 1989, section 22C.
    """
    policy = policy or default_policy()
    _check_ids(referrals, homes)
    settled = sorted((one for one in referrals if stays_put(one)), key=lambda one: one.child_id)
    listed = with_children_who_live_there(homes, referrals, as_of)
    units = waiting_units(referrals, as_of=as_of, policy=policy)
    kept = read_as_pins(pins, {one.child_id for one in referrals}, {home.home_id for home in homes})
    prices = bed_prices(arrivals, listed, as_of=as_of, policy=policy) if arrivals else {}
    joint = build(units, listed, settled, policy=policy, pins=kept, prices=prices)
    tie_break = tie_break_by_ids(joint)
    load_solver()
    budget = Budget.of(time_limit_seconds, share=SHARE_OF_PLAN)
    found = search_in_order(joint.problem, (*joint.stages, tie_break), budget=budget, seed=seed)
    broken = pins_that_cannot_hold(joint, settled, kept)
    if found.status is PlanStatus.INFEASIBLE and not broken:
        broken = pins_that_clash(joint, kept, budget=Budget.of(time_limit_seconds, share=1 - SHARE_OF_PLAN))
    status = _status(found, broken)
    answered = status in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE)
    plan: Homes = found.home_of_unit if answered else (None,) * len(units)
    costs: dict[int, Cost] = {}
    rivals: tuple[Rival, ...] = ()
    broken_off: list[str] = []
    if status is PlanStatus.OPTIMAL:
        budget = Budget.of(time_limit_seconds, share=1 - SHARE_OF_PLAN)
        rivals = rival_plans(joint, plan, budget=budget, seed=seed, tie_break=tie_break)
        costs = costs_to_others(joint, plan, budget=budget, seed=seed, units=_most_urgent_first(joint, plan))
        if budget.seconds_left() <= 0:
            broken_off = [
                "The clock cut short what each choice costs the others: another machine may say more."
            ]
        elif budget.work_left <= 0:
            broken_off = [
                "The work allowed did not suffice to say what every choice costs the others; allow more time."
            ]
    in_order = sorted(referrals, key=lambda one: one.child_id)
    return Plan(
        status=status,
        assignments=_assignments(joint, plan, costs, kept, prices),
        enquiries=_enquiries(joint, plan),
        unplaced=_unplaced(joint, plan, status),
        staying=_staying(settled),
        infeasible_because=tuple(broken),
        stages=_stages(joint, found, plan) if answered else (),
        gap=_gap(found, len(joint.stages)) if answered else None,
        seconds=found.seconds,
        stopped_by=found.stopped_by,
        alternatives=rivals,
        bottlenecks=_bottlenecks(joint),
        eligible_pairs=tuple(
            sorted(
                (child_id, joint.homes[h].home_id)
                for u, h, _ in joint.problem.pairs
                for child_id in joint.units[u].child_ids
            )
        ),
        bed_prices=prices,
        evidence=evidence(
            inputs=(
                in_order,
                sorted(homes, key=lambda home: home.home_id),
                as_of,
                policy,
                kept,
                _samples_in_order(arrivals),
                time_limit_seconds,
            ),
            policy_version=policy.version,
            data_date=as_of,
            seed=seed,
            warnings=[*warnings, *broken, *broken_off, *_warnings(in_order, found, as_of)],
        ),
    )


def _samples_in_order(arrivals: Sequence[Referral] | Sequence[Sequence[Referral]]) -> list[list[Referral]]:
    return [sorted(sample, key=lambda one: one.child_id) for sample in samples(arrivals)]


def _check_ids(referrals: Sequence[Referral], homes: Sequence[Home]) -> None:
    if len({home.home_id for home in homes}) != len(homes):
        raise InvalidInput("duplicate_home", "Two homes share an id; give each its own.")
    if len({one.child_id for one in referrals}) != len(referrals):
        raise InvalidInput("child_twice", "A child has two referrals here; keep the open one.")


def _status(found: OrderedResult, broken: Sequence[str]) -> PlanStatus:
    if broken:
        return PlanStatus.INFEASIBLE
    if found.stages and all(stage.proved for stage in found.stages[:-1]):
        # Whether the tie between equal plans was settled does not touch how good the plan is.
        return PlanStatus.OPTIMAL
    return found.status


def _gap(found: OrderedResult, stages: int) -> float:
    return 0.0 if all(stage.proved for stage in found.stages[:stages]) else float(found.gap or 0.0)


def _stages(joint: JointProblem, found: OrderedResult, plan: Homes) -> tuple[PlanStage, ...]:
    return tuple(
        _stage(joint, meaning, result.value, result.bound, result.proved, plan)
        for meaning, result in zip(joint.meanings, found.stages, strict=False)
    )


def _stage(
    joint: JointProblem, meaning: StageMeaning, value: int, bound: int, proved: bool, plan: Homes
) -> PlanStage:
    return PlanStage(
        aim=meaning.aim,
        value=meaning.told(value),
        bound=meaning.told(bound),
        proved=proved,
        better="more" if meaning.most else "less",
        terms={name: term.penalty(plan, joint.problem) for name, term in meaning.terms.items()},
        of_unplaced=meaning.whole.of_unplaced(plan) if meaning.whole else 0,
    )


def _assignments(
    joint: JointProblem,
    plan: Homes,
    costs: Mapping[int, Cost],
    pins: Sequence[Pin],
    prices: Mapping[str, int],
) -> tuple[Assignment, ...]:
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
            reasons += [f"To be asked: {question.text}" for question in assess_case(case, home).questions]
            found.append(
                Assignment(
                    child_id=child_id,
                    home_id=home.home_id,
                    reasons=tuple(reasons),
                    cost_to_others=cost.text if cost else "What it costs the others was not worked out.",
                    cost_by_aim=cost.by_aim if cost else {},
                    subject_to_offer=control_of(home, authority=case.referral.authority)
                    is not Control.DIRECT,
                    approvals=approvals(case, home),
                )
            )
    return tuple(sorted(found, key=lambda one: one.child_id))


def _authority(joint: JointProblem, unit: int) -> str | None:
    return joint.units[unit].cases[0].referral.authority


def _staying(settled: Iterable[Referral]) -> tuple[Staying, ...]:
    return tuple(
        Staying(child_id=one.child_id, home_id=one.current_home_id, reasons=(STAYS_PUT,))
        for one in settled
        if one.current_home_id is not None
    )


def _most_urgent_first(joint: JointProblem, plan: Homes) -> list[int]:
    placed = [u for u, h in enumerate(plan) if h is not None]
    return sorted(placed, key=lambda u: (URGENCY_ORDER.index(joint.units[u].urgency), u))


def _enquiries(joint: JointProblem, plan: Homes) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return, for each child whose planned home has to be asked, whom to ask next, in the order of the aims.

    Homes with a place left over come first; then homes that are promised to another child in this plan.
    """
    used = Counter(h for u, h in enumerate(plan) if h is not None for _ in joint.units[u].cases)
    homes_of = joint.homes_of
    found = []
    for u, h in enumerate(plan):
        if h is None or control_of(joint.homes[h], authority=_authority(joint, u)) is Control.DIRECT:
            continue
        case = joint.units[u].cases[0]
        policy = case.context.policy
        others = [other for other in homes_of[u] if other != h]
        others.sort(
            key=lambda other: (
                joint.problem.capacities[other] - used[other] < joint.units[u].size,
                aims.stage_totals(aims.penalties(case, joint.homes[other]), policy),
                joint.homes[other].home_id,
            )
        )
        ids = tuple(joint.homes[other].home_id for other in others[:NEXT_TO_ASK])
        found += [(child_id, ids) for child_id in joint.units[u].child_ids]
    return tuple(sorted(found))


def _unplaced(joint: JointProblem, plan: Homes, status: PlanStatus) -> tuple[Unplaced, ...]:
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
        reasons = _why_unplaced(joint, u, unit, possible, competing, status)
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
) -> list[str]:
    if status is PlanStatus.INFEASIBLE:
        return ["The pins cannot all hold, so nobody is planned."]
    if status is PlanStatus.TIME_LIMIT_NO_SOLUTION:
        return ["No plan was found within the limit."]
    whom = "the child" if unit.size == 1 else f"all {unit.size} brothers and sisters together"
    if possible:
        homes = f"{len(possible)} home{'' if len(possible) == 1 else 's'} could take {whom}"
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
    broken = Counter(
        exclusion.rule for home in joint.homes for exclusion in assess_case(unit.cases[0], home).exclusions
    )
    most = sorted(broken.items(), key=lambda item: (-item[1], item[0]))[:3]
    rules = ", ".join(f"{rule.replace('_', ' ')} ({count})" for rule, count in most)
    if rules:
        reasons.append(f"What excludes most of the {len(joint.homes)} homes for {whom}: {rules}.")
    return reasons or [f"No home is open to {whom}."]


def _bottlenecks(joint: JointProblem) -> tuple[Bottleneck, ...]:
    homes_of = joint.homes_of
    children = {
        child_id: [joint.homes[h].home_id for h in homes_of.get(u, ())]
        for u, unit in enumerate(joint.units)
        for child_id in unit.child_ids
    }
    registered = {h: limit for h, limit, families in joint.problem.usual_limits if not families}
    beds = {
        home.home_id: min(joint.problem.capacities[h], registered.get(h, joint.problem.capacities[h]))
        for h, home in enumerate(joint.homes)
    }
    held = {
        (bed.held_for, home.home_id): 1 for home in joint.homes for bed in home.beds or () if bed.held_for
    }
    return bottlenecks(children, beds, held)


def _warnings(referrals: Sequence[Referral], found: OrderedResult, as_of: date) -> list[str]:
    noticed = []
    contradictions = sum(urgency_contradiction(one, as_of) is not None for one in referrals)
    if contradictions:
        noticed.append(
            f"{contradictions} referrals contradict themselves about urgency and date; check them."
        )
    if any(one.urgency is None for one in referrals):
        noticed.append("Children without a recorded urgency are planned as planned placements.")
    if found.stopped_by == "clock":
        noticed.append("The clock cut the search short: another machine may answer differently.")
    return noticed
