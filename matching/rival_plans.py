"""Other plans, and what each gives up: another order of what the Act leaves unordered, brothers and sisters the
other way, and plans that differ by some children at a small loss.

Every one gives a place to the same children: nobody loses a home for another child's nearness to school. A
person chooses; nothing here says which is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from matching.aim_words import TERM_WORDS, amount_in_words
from matching.allocation_budget import Budget
from matching.allocation_model import Row
from matching.allocation_problem import AllocationProblem, Stage, stage_value
from matching.allocation_result import OrderedResult
from matching.allocation_search import search_in_order
from matching.joint import JointProblem
from matching.plan_aims import Term
from matching.replanning import Replanning
from matching.words import listed
from reference_data.vocabulary import PlanStatus, SiblingsTogether

Homes = tuple[int | None, ...]

WORK_PER_PAIR = 5e-5
"""Deterministic work charged for writing down one eligible pair when a problem is solved again."""

SHARE_OF_ONE = 0.2
"""Share of all the work for explanations that one of them may use."""

RIVALS = ("near_home", "area", "school", "siblings", "access")
"""Terms of section 22C(8) and (9), which the Act gives no order: each is put first among them in turn."""

NOTHING_COUNTED = "nothing that is counted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """Another plan for the same children: how it differs, what it gives up, and who would live where.

    ``kind`` is ``order`` (a term put first), ``siblings`` (together or apart) or ``differs`` (as many children
    elsewhere as was asked).
    """

    kind: str
    difference: str
    gives_up: tuple[str, ...]
    changes: tuple[tuple[str, str | None], ...]


class OtherPlans:
    """A proved plan, kept ready to be asked for others in which the same children have a place."""

    def __init__(
        self, joint: JointProblem, plan: Homes, *, tie_break: Stage, budget: Budget, seed: int
    ) -> None:
        self.joint, self.plan, self.tie_break = joint, plan, tie_break
        self.budget, self.seed = budget, seed
        self.terms: dict[str, Term] = {}
        for meaning in joint.meanings:
            # An aim that adds up no terms of the policy is one term itself.
            own = {meaning.aim: meaning.whole} if meaning.whole and not meaning.terms else {}
            self.terms |= meaning.terms or own
        self.places = sum(meaning.most for meaning in joint.meanings)
        placed = {u for u, h in enumerate(plan) if h is not None}
        self.problem = replace(
            joint.problem,
            pairs=[row for row in joint.problem.pairs if row[0] in placed],
            pair_places=[row for row in joint.problem.pair_places if row[0] in placed],
            required_units=sorted(placed),
        )
        self._pairs = {(u, h) for u, h, _ in self.problem.pairs}
        self._most = SHARE_OF_ONE * budget.work_left

    def best(
        self, aims: Sequence[Stage], *, problem: AllocationProblem | None = None, from_the_plan: bool = True
    ) -> OrderedResult | None:
        """Return the best plan in these aims and then the tie-break; ``None`` where the work does not suffice.

        Parameters
        ----------
        problem
            The same children under other rules; ``None`` for the plan's own.
        from_the_plan
            Whether the plan itself keeps those rules, so that the search may start from it.
        """
        problem = problem or self.problem
        self.budget.spend(WORK_PER_PAIR * len(problem.pairs))
        part = self.budget.part(self._most)
        allowed = part.work_left
        order = [
            replace(stage, scores={pair: n for pair, n in stage.scores.items() if pair in self._pairs})
            for stage in (*aims, self.tie_break)
        ]
        found = search_in_order(
            problem, order, budget=part, seed=self.seed, start=self.plan if from_the_plan else None
        )
        self.budget.spend(allowed - part.work_left)
        if found.status is PlanStatus.INFEASIBLE:
            return found
        return found if found.stages and all(stage.proved for stage in found.stages) else None


def rival_plans(others: OtherPlans) -> tuple[Rival, ...]:
    """Return the rival arrangements of brothers and sisters, and plans that put one term of section 22C first.

    A term put first is shown where that changes who goes where and is better in something. The other
    arrangement of brothers and sisters is always shown: apart where the plan has them together, together
    where it has them apart, or that no home could take them all.
    """
    joint, plan = others.joint, others.plan
    seen: set[Homes] = {plan}
    found = []
    for units in _families(joint, plan):
        if len({plan[u] for u in units}) == 1:
            conflicts = (*others.problem.conflicts, *combinations(units, 2))
            apart = replace(others.problem, conflicts=conflicts)
            answer = others.best(joint.stages[others.places :], problem=apart, from_the_plan=False)
        else:
            common = set.intersection(*(set(joint.homes_of[u]) for u in units))
            together = Stage(aim="together", scores={}, gatherings=[(h, units, 1) for h in sorted(common)])
            answer = others.best((together, *joint.stages[others.places :]))
        if answer is None:
            continue
        homes = answer.home_of_unit if answer.stages else None
        if homes is not None and len({plan[u] for u in units}) > 1 and len({homes[u] for u in units}) > 1:
            # The search sought a home for all of them and there is none.
            homes = None
        if homes is not None:
            seen.add(homes)
        found.append(_siblings_rival(others, homes, units))
    for name in RIVALS:
        term = others.terms.get(name)
        if term is None or not any(term.stage.scores.values()):
            continue
        # What the Act puts before these terms stays before them.
        at = next(k for k, meaning in enumerate(joint.meanings) if name in meaning.terms)
        answer = others.best((*joint.stages[others.places : at], term.stage, *joint.stages[at:]))
        if answer is None or not answer.stages or answer.home_of_unit in seen:
            continue
        homes = answer.home_of_unit
        seen.add(homes)
        gain = stage_value(homes, term.stage, joint.problem) - stage_value(plan, term.stage, joint.problem)
        if gain > 0:
            points = f"{gain} penalty point{'' if gain == 1 else 's'}"
            what = f"Putting {TERM_WORDS[name]} first for the same children: better there by {points}"
            found.append(_rival(others, homes, kind="order", what=what))
    return tuple(found)


def _families(joint: JointProblem, plan: Homes) -> list[tuple[int, ...]]:
    """Return the units, two or more, of each family that is planned and may be together or apart."""
    families: dict[str, list[int]] = {}
    for u, unit in enumerate(joint.units):
        first = unit.members[0]
        if first.sibling_group is not None and any(
            member.siblings_together is not SiblingsTogether.NO for member in unit.members
        ):
            families.setdefault(first.sibling_group, []).append(u)
    conflicts = set(joint.problem.conflicts)
    return [
        tuple(units)
        for _, units in sorted(families.items())
        if len(units) > 1
        and all(plan[u] is not None for u in units)
        and not any((a, b) in conflicts for a in units for b in units)
    ]


def _siblings_rival(others: OtherPlans, homes: Homes | None, units: Sequence[int]) -> Rival:
    joint, plan = others.joint, others.plan
    who = listed(sorted(child_id for u in units for child_id in joint.units[u].child_ids))
    if homes is None:
        way = "apart" if len({plan[u] for u in units}) == 1 else "together"
        return Rival(
            kind="siblings",
            difference=f"{who}, who are brothers and sisters, cannot be {way} while the same children have a place: "
            "there is no room for that in the homes that could take them.",
            gives_up=(),
            changes=(),
        )
    together = len({homes[u] for u in units}) == 1
    gains = [
        amount_in_words(name, gain)
        for name, term in others.terms.items()
        if (gain := term.penalty(plan, joint.problem) - term.penalty(homes, joint.problem)) > 0
    ]
    better = f"better by {listed(gains)}" if gains else "better in nothing that is counted"
    what = f"Placing {who}, who are brothers and sisters, {'together' if together else 'apart'}: {better}"
    return _rival(others, homes, kind="siblings", what=what)


def further_plans(others: OtherPlans, *, count: int, differ_by: int, loss_percent: int) -> tuple[Rival, ...]:
    """Return further plans that each differ from the plan and from one another by some children.

    Each is the best there is under that condition, aim by aim. The same children have a place, and no later aim is
    worse than the loss stated; fewer plans come back where no more exist or the work allowed ends.

    Parameters
    ----------
    differ_by
        The least number of children who would live elsewhere; at least 1.
    loss_percent
        By how many hundredths each aim after the placing itself may be worse.
    """
    if not count:
        return ()
    joint, plan = others.joint, others.plan
    stages = (*joint.stages, others.tie_break)
    again = Replanning(joint.problem, stages, plan, budget=others.budget, seed=others.seed)
    least = {}
    for k, meaning in enumerate(joint.meanings):
        value = again.values[k]
        least[k] = value if meaning.most else value - meaning.told(value) * loss_percent // 100
    stay = [_has_a_place(again, u) for u, h in enumerate(plan) if h is not None]
    sizes = [unit.size for unit in joint.units]
    found: list[Rival] = []
    known = [plan]
    for _ in range(count):
        rows = [*stay, *(_differs(again, sizes, homes, differ_by) for homes in known)]
        homes = again.best_in_order(range(others.places, len(stages)), rows, least=least)
        if homes is None:
            break
        known.append(homes)
        what = f"A plan with no aim worse by more than {loss_percent}%"
        found.append(_rival(others, homes, kind="differs", what=what))
    return tuple(found)


def _has_a_place(again: Replanning, unit: int) -> Row:
    columns = again.changed.columns_of(unit)
    return Row(variables=tuple(columns), coefficients=(-1,) * len(columns), limit=-1)


def _differs(again: Replanning, sizes: Sequence[int], homes: Homes, differ_by: int) -> Row:
    """Return "no more children than all but so many live where they live in this plan"."""
    same = [(again.changed.column((u, h)), sizes[u]) for u, h in enumerate(homes) if h is not None]
    kept = [(column, size) for column, size in same if column is not None]
    return Row(
        variables=tuple(column for column, _ in kept),
        coefficients=tuple(size for _, size in kept),
        limit=sum(size for _, size in kept) - differ_by,
    )


def _rival(others: OtherPlans, homes: Homes, *, kind: str, what: str) -> Rival:
    joint, plan = others.joint, others.plan
    changes = [
        (child_id, None if (h := homes[u]) is None else joint.homes[h].home_id)
        for u, unit in enumerate(joint.units)
        if homes[u] != plan[u]
        for child_id in unit.child_ids
    ]
    gives_up = []
    for name, term in others.terms.items():
        lost = term.penalty(homes, joint.problem) - term.penalty(plan, joint.problem)
        if lost > 0:
            amount = amount_in_words(name, lost).partition(" in ")[0]
            gives_up.append(f"{TERM_WORDS.get(name, name)}: worse by {amount}")
    where = f"{len(changes)} {'child' if len(changes) == 1 else 'children'} would live elsewhere"
    return Rival(
        kind=kind,
        difference=f"{what}; {where}.",
        gives_up=tuple(gives_up) or (NOTHING_COUNTED,),
        changes=tuple(changes),
    )
