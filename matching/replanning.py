"""The joint plan looked at again with one thing changed: a child left out, a child elsewhere, or an added rule.

Each question is put aim after aim, up to the first that differs; how one aim is settled is in
``changed_problem.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.allocation_budget import Budget
from matching.allocation_model import Row
from matching.allocation_problem import AllocationProblem, Stage, stage_value
from matching.changed_problem import Answer, Change, ChangedProblem

Homes = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What is lost by one change: the first aim that is worse, by number, and by how much.

    ``aim`` is ``None`` where no aim is worse; ``possible`` is false where no plan at all allows the change.
    """

    aim: int | None = None
    amount: int = 0
    possible: bool = True


class Replanning:
    """A joint problem and its plan, kept ready for questions that change one thing.

    Parameters
    ----------
    stages
        The aims in order that questions compare, each proved for the plan.
    plan
        The home of each unit.
    """

    def __init__(
        self, problem: AllocationProblem, stages: Sequence[Stage], plan: Homes, *, budget: Budget, seed: int
    ) -> None:
        self.problem, self.stages, self.plan = problem, tuple(stages), plan
        self.changed = ChangedProblem(problem, self.stages, budget=budget, seed=seed)
        self.values = tuple(stage_value(plan, stage, problem) for stage in self.stages)
        self._most = [_most_of_each_unit(problem, stage) for stage in self.stages]

    def gains_without(self, unit: int) -> list[int] | None:
        """Return by how much the others could do better, aim by aim up to the first, if a unit needed no place.

        The list ends with the first gain that is not 0; a list of noughts says that no aim in it could gain. It is
        shorter than the aims compared where the work allowed does not suffice, and ``None`` where it says nothing.
        """
        rest = tuple(None if other == unit else home for other, home in enumerate(self.plan))
        known = [stage_value(rest, stage, self.problem) for stage in self.stages]
        shut = self.changed.columns_of(unit)
        change = Change(shut=frozenset(shut), idle=self.changed.rows_within(shut))
        gains: list[int] = []
        for k in range(len(self.stages)):
            if known[k] >= sum(self._most[k]) - self._most[k][unit]:
                gains.append(0)
                continue
            floors = dict(enumerate(known[:k]))
            answer = self.changed.best(k, floors, change, reached=rest)
            if answer is None or answer.homes is None:
                return gains or None
            gains.append(stage_value(answer.homes, self.stages[k], self.problem) - known[k])
            if gains[-1]:
                break
            change = self.changed.without(change, answer.prices, known[k])
        return gains

    def loss_with(self, unit: int, home: int) -> Loss | None:
        """Return what the best plan with a unit in this home loses; ``None`` where the work does not suffice."""
        column = self.changed.column((unit, home))
        if column is None:
            return Loss(possible=False)
        others = frozenset(self.changed.columns_of(unit)) - {column}
        change = Change(shut=others, taken=frozenset({column}))
        last, narrower = len(self.stages) - 1, change
        for k in range(len(self.stages)):
            floors = dict(enumerate(self.values[:k]))
            ceiling = self.changed.ceiling(k, floors, narrower) if k < last else None
            if ceiling is not None and ceiling.bound >= self.values[k]:
                # Nothing is lost here as far as prices tell; the answer to a later aim proves it, or not.
                narrower = self.changed.without(narrower, ceiling, self.values[k])
                continue
            answer = self.changed.best(k, floors, narrower)
            if answer is not None and answer.homes is None:
                answer = self._one_by_one(range(k + 1), change, floors={})
            if answer is None:
                return None
            if answer.homes is None:
                return Loss(possible=False)
            for j in range(k + 1):
                loss = self.values[j] - stage_value(answer.homes, self.stages[j], self.problem)
                if loss:
                    return Loss(aim=j, amount=loss)
        return Loss()

    def best_in_order(
        self, order: Sequence[int], extra: Sequence[Row], *, least: Mapping[int, int]
    ) -> Homes | None:
        """Return the best plan under added rows, aim after aim; ``None`` where there is none or it is not proved.

        Parameters
        ----------
        order
            Numbers of the aims, the first one first.
        extra
            Rows over the model's variables that hold besides its own.
        least
            Values that some aims, by number, must reach whatever else.
        """
        found = self._in_turn(order, Change(extra=tuple(extra)), floors=least)
        return None if found is None else found.homes

    def _in_turn(self, order: Sequence[int], change: Change, *, floors: Mapping[int, int]) -> Answer | None:
        """Return the best allocation in aims in order.

        An aim that prices put at the most it can ever be is taken to reach it, until an answer to a later aim proves
        that; where none can, it is settled in whole numbers.
        """
        best: Homes | None = None
        reached = dict(floors)
        taken_for_granted: list[int] = []
        narrower = change
        for k in order:
            most = sum(self._most[k])
            at_hand = best if not taken_for_granted else None
            if at_hand is not None and stage_value(at_hand, self.stages[k], self.problem) == most:
                reached[k] = most
                continue
            ceiling = (
                self.changed.ceiling(k, reached, narrower) if k != order[-1] and at_hand is None else None
            )
            if ceiling is not None and ceiling.bound == most:
                reached[k] = most
                taken_for_granted.append(k)
                narrower = self.changed.without(narrower, ceiling, most)
                continue
            answer = self.changed.best(k, reached, narrower, reached=at_hand)
            if answer is None or (answer.homes is None and not taken_for_granted):
                return answer
            if answer.homes is None:
                return self._one_by_one(order, change, floors=floors)
            best = answer.homes
            taken_for_granted = []
            reached[k] = stage_value(best, self.stages[k], self.problem)
            narrower = self.changed.without(narrower, answer.prices, reached[k])
        return Answer(homes=best)

    def _one_by_one(
        self, order: Sequence[int], change: Change, *, floors: Mapping[int, int]
    ) -> Answer | None:
        """Return the best allocation in aims in order, each settled in whole numbers before the next."""
        best: Homes | None = None
        reached = dict(floors)
        for k in order:
            answer = self.changed.best(k, reached, change, reached=best)
            if answer is None or answer.homes is None:
                return answer
            best = answer.homes
            reached[k] = stage_value(best, self.stages[k], self.problem)
            change = self.changed.without(change, answer.prices, reached[k])
        return Answer(homes=best)


def _most_of_each_unit(problem: AllocationProblem, stage: Stage) -> list[int]:
    """Return, by unit, what it can be worth at most in an aim: a ceiling that needs no prices."""
    most = [0] * len(problem.unit_sizes)
    for (unit, _), score in stage.scores.items():
        most[unit] = max(most[unit], score)
    company: dict[int, int] = {}
    for unit, _, _, bonus in stage.companions:
        company[unit] = max(company.get(unit, 0), bonus)
    shared: dict[tuple[int, ...], int] = {}
    for _, units, bonus in stage.gatherings:
        shared[units] = max(shared.get(units, 0), bonus)
    for two, bonus in stage.bonuses.items():
        shared[two] = max(shared.get(two, 0), bonus)
    for unit, bonus in company.items():
        most[unit] += bonus
    for units, bonus in shared.items():
        most[units[0]] += bonus
    return most
