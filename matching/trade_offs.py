"""What a plan gives up: what each choice costs the other children, and rival plans with what each gives up.

Both are answered by solving again with one thing changed, never by guessing from the score. How many are
answered is a matter of work counted, not of the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from matching.allocation_budget import Budget
from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value
from matching.allocation_search import search_in_order
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

STAGE_WORDS = {
    "section_22c": "closeness to home, school, family and area",
    "unmet_need_and_specialist_capacity": "needs met and specialist places kept",
}

AIMS_COMPARED = 4
"""Aims after the placing itself that are compared for each choice: facts known, connected carers, closeness and
needs. The later ones take longest to prove and change no other child's home enough to be told."""

WORK_PER_PAIR = 5e-5
"""Deterministic work charged for writing down one eligible pair when a problem is solved again."""

SHARE_OF_ONE = 0.2
"""Share of all the work for explanations that one of them may use."""

NOBODY_LOSES = "No other child on the list loses by it."

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
    """Return, for each unit named and placed, what its place costs the others, as far as the work allows.

    The others are planned again as if the unit needed no place. What they gain is what the choice costs
    them, in the aims in order. The first units named are answered first.

    References
    ----------
    Clarke (1971), Multipart pricing of public goods. Public Choice 11: the externality of one participant.
    """
    found: dict[int, Cost] = {}
    most = SHARE_OF_ONE * budget.work_left
    for u in units:
        home = plan[u]
        if home is None:
            continue
        if all(plan[other] == home for other in joint.units_at[home] if other != u):
            # Whoever else could use the home has a place in it.
            found[u] = Cost(text=NOBODY_LOSES, by_aim={})
            continue
        near = _others_within_reach(joint, u, home)
        by_aim = _lost_by_others(joint, plan, near, budget=budget, most=most, seed=seed)
        if by_aim is not None:
            found[u] = Cost(text=_cost_in_words(by_aim, joint.meanings), by_aim=by_aim)
    return found


def _others_within_reach(joint: JointProblem, u: int, home: int) -> set[int]:
    """Return the other units that a free place in this home could move, be it by one moving up after another."""
    units_at, homes_of = joint.units_at, joint.homes_of
    homes, ahead = {home}, [home]
    units: set[int] = set()
    while ahead:
        for other in units_at.get(ahead.pop(), ()):
            if other != u and other not in units:
                units.add(other)
                new = set(homes_of[other]) - homes
                homes |= new
                ahead.extend(new)
    return units


def _lost_by_others(
    joint: JointProblem, plan: Homes, near: Set[int], *, budget: Budget, most: float, seed: int
) -> dict[str, int] | None:
    """Return, aim by aim up to the first that differs, what the others could gain without the unit.

    Most often it is a place, or a home nearer by; then no later aim is looked at. ``None`` where the work
    allowed does not suffice to know.
    """
    fewer = only_units(joint.problem, near)
    rest: Homes = tuple(h if other in near else None for other, h in enumerate(plan))
    places = sum(meaning.most for meaning in joint.meanings)
    stages = [restricted(stage, fewer) for stage in joint.stages[: places + AIMS_COMPARED]]
    known = [stage_value(rest, stage, fewer) for stage in stages]
    budget.spend(WORK_PER_PAIR * len(fewer.pairs))
    part = budget.part(most)
    allowed = part.work_left
    best = search_in_order(fewer, stages, budget=part, seed=seed, compare_with=known, start=rest)
    budget.spend(allowed - part.work_left)
    by_aim: dict[str, int] = {}
    for meaning, result, value in zip(joint.meanings, best.stages, known, strict=False):
        if not result.proved:
            return None
        by_aim[meaning.aim] = result.value - value
        if result.value != value:
            break
    return by_aim or None


def _cost_in_words(by_aim: Mapping[str, int], meanings: Sequence[StageMeaning]) -> str:
    for meaning in meanings:
        gain = by_aim.get(meaning.aim, 0)
        if gain <= 0:
            continue
        if meaning.most:
            who = meaning.aim.removesuffix("_placed")
            if gain == 1:
                return (
                    f"Another child could have used this place: 1 more {who} child would be placed if this child "
                    "needed no bed."
                )
            return (
                f"Other children could have used this place: {gain} more {who} children would be placed if this "
                "child needed no bed."
            )
        words = TERM_WORDS.get(meaning.aim, STAGE_WORDS.get(meaning.aim, meaning.aim.replace("_", " ")))
        return (
            f"Another child could have used this place: the others would do better by {gain} penalty points "
            f"in {words} if this child needed no bed."
        )
    return "No other child on the list loses a place, closeness or needs met by it."


def rival_plans(
    joint: JointProblem, plan: Homes, *, budget: Budget, seed: int, tie_break: Stage
) -> tuple[Rival, ...]:
    """Return plans that put one term of section 22C first, where that changes who goes where.

    Each gives a place to the same children: nobody loses a home for another child's nearness to school. A rival
    that is better in nothing is not shown.
    """
    placed = {u for u, h in enumerate(plan) if h is not None}
    same_children = replace(only_units(joint.problem, placed), required_units=sorted(placed))
    terms = {name: term for meaning in joint.meanings for name, term in meaning.terms.items()}
    places = sum(meaning.most for meaning in joint.meanings)
    most = SHARE_OF_ONE * budget.work_left
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
        budget.spend(WORK_PER_PAIR * len(same_children.pairs))
        part = budget.part(most)
        allowed = part.work_left
        other = search_in_order(same_children, order, budget=part, seed=seed, start=plan)
        budget.spend(allowed - part.work_left)
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


def only_units(problem: AllocationProblem, units: Set[int]) -> AllocationProblem:
    """Return the problem with the pairs of some units only; the others stay unplaced and indices do not move."""
    return replace(
        problem,
        pairs=[row for row in problem.pairs if row[0] in units],
        pair_places=[row for row in problem.pair_places if row[0] in units],
        required_units=[unit for unit in problem.required_units if unit in units],
    )


def restricted(stage: Stage, problem: AllocationProblem) -> Stage:
    """Return the stage without the scores of pairs that the problem no longer has."""
    eligible: set[Pair] = {(u, h) for u, h, _ in problem.pairs}
    return replace(stage, scores={pair: score for pair, score in stage.scores.items() if pair in eligible})
