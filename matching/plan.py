"""The joint plan: the whole waiting list placed at once, each aim fixed before the next, with proof.

The numbers are built in ``joint.py`` and solved in ``allocation.py``; what the plan gives up is in
``trade_offs.py``; ``verify.py`` checks a plan without any solver. A person decides: the plan proposes,
and a home that we do not direct is marked as subject to its offer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching.allocation_budget import Budget
from matching.allocation_problem import Stage
from matching.allocation_result import OrderedResult, StageResult
from matching.allocation_search import load_solver, search_in_order
from matching.bed_prices import bed_prices, samples
from matching.contradictions import contradicting_dates
from matching.home import Home
from matching.joint import JointProblem, beds_of, build, held_beds, tie_break_by_ids
from matching.left_out import unplaced, who_competes
from matching.living_there import who_is_placed, with_children_who_live_there
from matching.more_beds import OneMoreBed, one_more_bed
from matching.pin_clashes import pins_that_cannot_hold, pins_that_clash
from matching.pins import Pin, read_as_pins
from matching.placed import assignments, enquiries, most_urgent_first
from matching.plan_aims import StageMeaning
from matching.plan_inputs import plan_inputs
from matching.plan_result import Assignment, Plan, PlanStage, Staying, Unplaced, gap_of, what_is_not_proved
from matching.policy import Policy, default_policy
from matching.referral import Referral, stays_put
from matching.replanning import Replanning
from matching.rival_plans import OtherPlans, Rival, further_plans, rival_plans
from matching.rule_sources import law_not_yet_in_force
from matching.staying import staying, warnings_about
from matching.tight_cut import TightCut, tight_cut
from matching.trade_offs import AIMS_COMPARED, Cost, FirstChoice, all_compared, costs_to_others, first_choices
from matching.waiting import Unit, contradicts_itself, waiting_units
from matching.weight_proofs import WeightProof, weight_proofs
from reference_data.evidence import evidence
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlanStatus

SHARE_OF_PLAN, SHARE_TO_EXPLAIN = 0.8, 0.4
"""Shares of the work that the plan itself may use, and what explains it; neither what the other has used."""

__all__ = ["Assignment", "Plan", "PlanStage", "Staying", "Unplaced", "plan_list"]

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
    alternatives: int = 0,
    differ_by: int = 2,
    loss_percent: int = 10,
    certificates: bool = False,
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
    alternatives
        How many further plans to look for that differ from this one and from each other; at least 0. The rival
        arrangements of brothers and sisters are shown in any case.
    differ_by
        By how many children at least those further plans differ; at least 1.
    loss_percent
        By how many hundredths each of their aims after the placing itself may be worse; at least 0. The same
        children have a place.
    certificates
        Whether each aim that is proved also gets weights that prove it by adding up, where there are any.
    warnings
        Sentences to carry in the evidence, without a child's data.

    Raises
    ------
    InvalidInput
        If two homes share an id, a child has two referrals, a pin names who or what is not given, or a number
        is below its least.

    References
    ----------
    Children Act 1989, section 22C.
    """
    policy = policy or default_policy()
    _check(referrals, homes, alternatives=alternatives, differ_by=differ_by, loss_percent=loss_percent)
    given, home_of = referrals, {home.home_id: home for home in homes}
    referrals = who_is_placed(given, home_of.get)
    no_placement = sum(one is not other for one, other in zip(given, referrals, strict=True))
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
    left = budget.work_left
    budget = Budget.of(time_limit_seconds)
    budget = budget.part(
        min(SHARE_TO_EXPLAIN * budget.work_left, (1 - SHARE_OF_PLAN) * budget.work_left + left)
    )
    if found.status is PlanStatus.INFEASIBLE and not broken:
        broken = pins_that_clash(joint, kept, budget=budget)
    status = _status(found, broken)
    answered = status in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE)
    plan: Homes = found.home_of_unit if answered else (None,) * len(units)
    stages = _stages(joint, found, plan, certificates=certificates) if answered else ()
    told = _explained(
        joint,
        plan,
        stages,
        as_of=as_of,
        budget=budget,
        seed=seed,
        tie_break=tie_break,
        further=(alternatives, differ_by, loss_percent),
    )
    in_order = sorted(given, key=lambda one: one.child_id)
    stay = staying(settled, listed, referrals, as_of=as_of, policy=policy)
    return Plan(
        status=status,
        assignments=assignments(joint, plan, told.costs, told.firsts, kept, prices),
        enquiries=enquiries(joint, plan),
        unplaced=unplaced(joint, plan, status, [stage.aim for stage in stages if stage.proved]),
        staying=stay,
        infeasible_because=tuple(broken),
        stages=stages,
        gap=gap_of(stages) if answered else None,
        seconds=found.seconds,
        stopped_by=found.stopped_by,
        alternatives=told.rivals,
        bottlenecks=who_competes(joint),
        one_more_bed=told.more_beds,
        eligible_pairs=tuple(
            sorted(
                (child_id, joint.homes[h].home_id)
                for u, h, _ in joint.problem.pairs
                for child_id in joint.units[u].child_ids
            )
        ),
        bed_prices=prices,
        settings={
            "time_limit_seconds": time_limit_seconds,
            "seed": seed,
            "alternatives": alternatives,
            "differ_by": differ_by,
            "loss_percent": loss_percent,
            "certificates": certificates,
        },
        evidence={"arrival_samples": len(samples(arrivals))}
        | evidence(
            inputs=plan_inputs(
                given,
                homes,
                as_of=as_of,
                policy=policy,
                pins=kept,
                arrivals=samples(arrivals),
                time_limit_seconds=time_limit_seconds,
            ),
            policy_version=policy.version,
            data_date=as_of,
            seed=seed,
            warnings=[
                *warnings,
                *broken,
                *what_is_not_proved(stages),
                *told.broken_off,
                *warnings_about(stay, no_placement),
                *_warnings(in_order, units, found, as_of),
            ],
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explained:
    costs: Mapping[int, Cost]
    firsts: Mapping[int, FirstChoice]
    rivals: tuple[Rival, ...]
    more_beds: tuple[OneMoreBed, ...]
    broken_off: tuple[str, ...]


def _explained(
    joint: JointProblem,
    plan: Homes,
    stages: Sequence[PlanStage],
    *,
    as_of: date,
    budget: Budget,
    seed: int,
    tie_break: Stage,
    further: tuple[int, int, int],
) -> _Explained:
    """Return what the plan gives up, over the aims that are proved; of the others nothing is claimed."""
    places = sum(meaning.most for meaning in joint.meanings)
    proved = sum(stage.proved for stage in stages)
    if proved < places or not stages:
        return _Explained(
            costs={},
            firsts=first_choices(joint, plan, again=None),
            rivals=(),
            more_beds=(),
            broken_off=(),
        )
    count, differ_by, loss_percent = further
    compared = joint.stages[: min(proved, places + AIMS_COMPARED)]
    again = Replanning(joint.problem, compared, plan, budget=budget, seed=seed)
    costs = costs_to_others(joint, plan, again=again, units=most_urgent_first(joint, plan))
    # What a first choice would lose is told only where every aim that could lose is proved.
    firsts = first_choices(joint, plan, again=again if all_compared(joint, len(compared)) else None)
    rivals: tuple[Rival, ...] = ()
    if proved == len(joint.stages):
        others = OtherPlans(joint, plan, tie_break=tie_break, budget=budget, seed=seed)
        rivals = rival_plans(others)
        rivals += further_plans(others, count=count, differ_by=differ_by, loss_percent=loss_percent)
    more_beds = one_more_bed(joint, plan, as_of=as_of, budget=budget, seed=seed)
    broken_off = []
    if budget.seconds_left() <= 0:
        broken_off = ["The clock cut short what is told of this plan: another machine may say more."]
    elif budget.work_left <= 0:
        broken_off = [
            "The work allowed did not suffice to say everything that this plan gives up; allow more time."
        ]
    return _Explained(
        costs=costs, firsts=firsts, rivals=rivals, more_beds=more_beds, broken_off=tuple(broken_off)
    )


def _check(
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    alternatives: int,
    differ_by: int,
    loss_percent: int,
) -> None:
    if len({home.home_id for home in homes}) != len(homes):
        raise InvalidInput("duplicate_home", "Two homes share an id; give each its own.")
    if len({one.child_id for one in referrals}) != len(referrals):
        raise InvalidInput("child_twice", "A child has two referrals here; keep the open one.")
    if alternatives < 0 or differ_by < 1 or loss_percent < 0:
        raise InvalidInput(
            "alternatives",
            "Further plans: give a count of at least 0, that differ by at least 1, at a loss of at least 0.",
        )


def _status(found: OrderedResult, broken: Sequence[str]) -> PlanStatus:
    if broken:
        return PlanStatus.INFEASIBLE
    if found.stages and all(stage.proved for stage in found.stages[:-1]):
        # Whether the tie between equal plans was settled does not touch how good the plan is.
        return PlanStatus.OPTIMAL
    return found.status


def _stages(
    joint: JointProblem, found: OrderedResult, plan: Homes, *, certificates: bool
) -> tuple[PlanStage, ...]:
    told = list(zip(joint.meanings, found.stages, _cuts(joint, plan), strict=False))
    proved = [result.value for _, result, _ in told if result.proved]
    weights = weight_proofs(joint, proved) if certificates else []
    weights += [None] * (len(told) - len(weights))
    return tuple(
        _stage(joint, meaning, result, plan, cut, proof)
        for (meaning, result, cut), proof in zip(told, weights, strict=True)
    )


def _cuts(joint: JointProblem, plan: Homes) -> list[TightCut | None]:
    """Return, for each aim that counts children placed, a cut that proves it by counting, where there is one.

    Each cut is for the children of this urgency and of all before it, so that earlier aims are kept.
    """
    cuts: list[TightCut | None] = []
    children: dict[str, list[str]] = {}
    placed = 0
    for meaning in joint.meanings:
        if not meaning.most:
            cuts.append(None)
            continue
        for u, unit in enumerate(joint.units):
            if meaning.aim != f"{unit.urgency.value}_placed":
                continue
            homes = [joint.homes[h].home_id for h in joint.homes_of.get(u, ())]
            children |= dict.fromkeys(unit.child_ids, homes)
            placed += unit.size if plan[u] is not None else 0
        cut = tight_cut(children, beds_of(joint), held_beds(joint))
        cuts.append(cut if cut.most == placed else None)
    return cuts


def _stage(
    joint: JointProblem,
    meaning: StageMeaning,
    result: StageResult,
    plan: Homes,
    cut: TightCut | None,
    weights: WeightProof | None,
) -> PlanStage:
    return PlanStage(
        aim=meaning.aim,
        value=meaning.told(result.value),
        bound=meaning.told(result.bound),
        proved=result.proved,
        better="more" if meaning.most else "less",
        terms={name: term.penalty(plan, joint.problem) for name, term in meaning.terms.items()},
        of_unplaced=meaning.whole.of_unplaced(plan) if meaning.whole else 0,
        certificate=cut,
        weights=weights,
    )


def _warnings(
    referrals: Sequence[Referral], units: Iterable[Unit], found: OrderedResult, as_of: date
) -> list[str]:
    early = law_not_yet_in_force(as_of)
    noticed = [] if early is None else [early]
    noticed += contradicting_dates(referrals, as_of)
    torn = sum(contradicts_itself(unit) for unit in units)
    if torn:
        noticed.append(
            f"{torn} groups of brothers and sisters must, and must not, live together: ask which holds. Until then "
            "no home is open to them."
        )
    if any(one.urgency is None for one in referrals):
        noticed.append("Children without a recorded urgency are planned as planned placements.")
    if found.stopped_by == "clock":
        noticed.append("The clock cut the search short: another machine may answer differently.")
    return noticed
