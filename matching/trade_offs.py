"""What a plan gives up: what each choice costs the other children, and rival plans with what each gives up.

Both are answered by solving again with one thing changed, never by guessing from the score.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from matching.allocation import solve_in_order
from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value
from matching.allocation_search import Budget
from matching.joint import JointProblem
from matching.plan_aims import StageMeaning, Term

Homes = tuple[int | None, ...]

TERM_WORDS = {
    "connected_carer": "connected carers approved for the child",
    "area": "homes in the council's own area",
    "near_home": "nearness to home",
    "school": "nearness to school",
    "siblings": "brothers and sisters together",
    "access": "access and communication",
    "contact": "contact and important places",
    "identity": "religion, language and culture",
    "pets": "pets",
    "preferred_type": "the kind of home the social worker prefers",
    "unmet_need": "needs met",
    "specialist_capacity": "specialist places kept for those who need them",
    "stability": "no known end of the stay",
    "cost": "net weekly cost",
    "missed_by_next_arrivals": "beds kept for children who may arrive next",
    "unknown_facts": "facts known",
}

AIMS_COMPARED = 3
"""Aims after the placing itself that are compared for each choice; the later ones take longest to prove and
change no other child's home enough to be told."""

RIVALS = ("near_home", "area", "school", "siblings", "access")
"""Terms of section 22C(8) and (9), which the Act gives no order: each is put first among them in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the other children lose by one choice.

    ``by_aim`` holds, for each aim up to the first that differs, by how much the others could do better in it
    if this child needed no place: children placed, or penalty points.
    """

    text: str
    by_aim: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another plan for the same children that is better in one term and gives up others."""

    difference: str
    gives_up: tuple[str, ...]
    changes: tuple[tuple[str, str | None], ...]


def costs_to_others(
    joint: JointProblem, plan: Homes, *, budget: Budget, seed: int, units: Iterable[int]
) -> dict[int, Cost]:
    """Return, for each unit named and placed, what its place costs the others; a cut answer is left out.

    The others are planned again as if the unit needed no place. What they gain is what the choice costs
    them, in the aims in order.

    References
    ----------
    Clarke (1971), Multipart pricing of public goods. Public Choice 11: the externality of one participant.
    """
    found: dict[int, Cost] = {}
    for u in units:
        home = plan[u]
        if home is None:
            continue
        rest: Homes = tuple(None if other == u else h for other, h in enumerate(plan))
        if _nobody_else_is_affected(joint, plan, u, home):
            found[u] = Cost(text="Costs no other child anything.", by_aim={})
            continue
        by_aim = _lost_by_others(joint, rest, u, seconds=budget.seconds_left(), seed=seed)
        if by_aim is not None:
            found[u] = Cost(text=_cost_in_words(by_aim, joint.meanings), by_aim=by_aim)
    return found


def _lost_by_others(
    joint: JointProblem, rest: Homes, u: int, *, seconds: float, seed: int
) -> dict[str, int] | None:
    """Return, aim by aim up to the first that differs, what the others could gain without the unit.

    Most often it is a place, or a home nearer by; then no later aim is looked at.
    """
    fewer = without_unit(joint.problem, u)
    stages = [restricted(stage, fewer) for stage in joint.stages]
    places = sum(meaning.most for meaning in joint.meanings)
    known = [stage_value(rest, stage, joint.problem) for stage in joint.stages]
    best = solve_in_order(
        fewer,
        stages[: places + AIMS_COMPARED],
        time_limit_seconds=seconds,
        seed=seed,
        compare_with=known,
    )
    by_aim: dict[str, int] = {}
    for meaning, result, value in zip(joint.meanings, best.stages, known, strict=False):
        if not result.proved:
            return None
        by_aim[meaning.aim] = result.value - value
        if result.value != value:
            break
    return by_aim or None


def _nobody_else_is_affected(joint: JointProblem, plan: Homes, u: int, home: int) -> bool:
    """Say whether no unit outside this home could use it, so that the place is worth nothing to others."""
    return not any(h == home and other != u and plan[other] != home for other, h, _ in joint.problem.pairs)


def _cost_in_words(by_aim: Mapping[str, int], meanings: Sequence[StageMeaning]) -> str:
    for meaning in meanings:
        loss = by_aim.get(meaning.aim, 0)
        if loss <= 0:
            continue
        if meaning.most:
            who = meaning.aim.removesuffix("_placed")
            children = f"{loss} more {who} {'child' if loss == 1 else 'children'}"
            return f"Without this choice {children} could be placed."
        if meaning.aim == "cost":
            return f"Without this choice the others' homes would cost {loss} pounds a week less."
        words = TERM_WORDS.get(meaning.aim, "closeness to home, school, family and area")
        return f"Without this choice the others would do better by {loss} penalty points in: {words}."
    return "Costs no other child a place, closeness or needs met."


def rival_plans(
    joint: JointProblem, plan: Homes, *, budget: Budget, seed: int, tie_break: Stage
) -> tuple[Rival, ...]:
    """Return plans that put one term of section 22C first, where that changes who goes where.

    Each gives a place to the same children: nobody loses a home for another child's nearness to school. A rival
    that is better in nothing is not shown.
    """
    same_children = replace(
        joint.problem,
        pairs=[(u, h, score) for u, h, score in joint.problem.pairs if plan[u] is not None],
        pair_places=[(u, h, n) for u, h, n in joint.problem.pair_places if plan[u] is not None],
        required_units=[u for u, h in enumerate(plan) if h is not None],
    )
    terms = {name: term for meaning in joint.meanings for name, term in meaning.terms.items()}
    places = sum(meaning.most for meaning in joint.meanings)
    rivals: list[Rival] = []
    seen: set[Homes] = {plan}
    for name in RIVALS:
        if name not in terms or not any(terms[name].stage.scores.values()):
            continue
        first = terms[name].stage
        # What the Act puts before these terms stays before them.
        at = next(k for k, meaning in enumerate(joint.meanings) if name in meaning.terms)
        order = (*joint.stages[places:at], first, *joint.stages[at:], tie_break)
        order = tuple(restricted(stage, same_children) for stage in order)
        other = solve_in_order(same_children, order, time_limit_seconds=budget.seconds_left(), seed=seed)
        homes = other.home_of_unit
        if any(not stage.proved for stage in other.stages) or not other.stages or homes in seen:
            continue
        seen.add(homes)
        gain = stage_value(homes, first, joint.problem) - stage_value(plan, first, joint.problem)
        if gain <= 0:
            continue
        rivals.append(_rival(joint, plan, homes, name, gain, terms))
    return tuple(rivals)


def _rival(
    joint: JointProblem, plan: Homes, homes: Homes, name: str, gain: int, terms: Mapping[str, Term]
) -> Rival:
    changes = [
        (child_id, None if homes[u] is None else joint.homes[homes[u] or 0].home_id)
        for u, unit in enumerate(joint.units)
        if homes[u] != plan[u]
        for child_id in unit.child_ids
    ]
    gives_up = []
    for term, part in terms.items():
        lost = part.penalty(homes, joint.problem) - part.penalty(plan, joint.problem)
        if lost > 0:
            unit = "pounds a week" if term == "cost" else "penalty points"
            gives_up.append(f"{TERM_WORDS.get(term, term)}: worse by {lost} {unit}")
    where = f"{len(changes)} {'child' if len(changes) == 1 else 'children'} would live elsewhere"
    return Rival(
        difference=f"Putting {TERM_WORDS[name]} first for the same children: better there by {gain} "
        f"penalty points; {where}.",
        gives_up=tuple(gives_up) or ("nothing that is counted",),
        changes=tuple(changes),
    )


def without_unit(problem: AllocationProblem, unit: int) -> AllocationProblem:
    """Return the problem with no pair of one unit, which then stays unplaced; indices do not move."""
    return replace(
        problem,
        pairs=[row for row in problem.pairs if row[0] != unit],
        pair_places=[row for row in problem.pair_places if row[0] != unit],
        required_units=[other for other in problem.required_units if other != unit],
    )


def restricted(stage: Stage, problem: AllocationProblem) -> Stage:
    """Return the stage without the scores of pairs that the problem no longer has."""
    eligible: set[Pair] = {(u, h) for u, h, _ in problem.pairs}
    return replace(stage, scores={pair: score for pair, score in stage.scores.items() if pair in eligible})
