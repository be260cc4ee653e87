"""The joint plan looked at again with one thing changed: a child left out, a child elsewhere, or an added rule.

A linear programme that starts from its last answer settles most questions in about a thousandth of a second: its
prices prove in whole numbers how good any plan could be, and where its own answer is whole, that is the plan.
Where halves of children remain, CP-SAT searches, over those columns only that could matter. How much is spent is
a matter of work counted, not of the clock.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.allocation_budget import Budget
from matching.allocation_model import Row, usable_pairs, write_model
from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value
from matching.shadow_prices import ROOM, ShadowPrices, Whole, rows_of, shadow_prices
from matching.warm_programme import Relaxed, WarmProgramme

Homes = tuple[int | None, ...]

WORK_PER_ENTRY = 4e-7
"""Deterministic work charged for each number of a linear programme that is solved, or of a search written down."""

WORK_PER_STEP = 2e-9
"""Deterministic work charged for each step of the simplex method and number of the programme."""

NEARLY = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What differs from the plan's problem.

    Parameters
    ----------
    shut, taken
        Variables that are 0, and variables that are 1.
    idle
        Rows that do not count, by their number among those with variables.
    extra
        Rows that hold besides.
    """

    shut: frozenset[int] = frozenset()
    taken: frozenset[int] = frozenset()
    idle: tuple[int, ...] = ()
    extra: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The best allocation under a change, in one aim; ``homes`` is ``None`` where there is none at all.

    ``prices`` prove what they can about that aim.
    """

    homes: Homes | None
    prices: ShadowPrices | None = None


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
        self.budget, self.seed = budget, seed
        self.model = write_model(problem, self.stages, usable_pairs(problem))
        self.values = tuple(stage_value(plan, stage, problem) for stage in self.stages)
        self._kept = [row for row in self.model.rows if row.variables]
        self._rows = rows_of(self._kept, len(self.model.upper))
        self._pattern = self._rows.matrix.copy()
        self._pattern.data = np.ones_like(self._pattern.data)
        self._size_of_row = np.diff(self._rows.matrix.indptr)
        self._upper = np.array(self.model.upper, dtype=np.int64)
        self._worths = [self._as_array(objective) for objective in self.model.objectives]
        self._columns: dict[Pair, int] = {pair: c for c, pair in enumerate(self.model.pairs)}
        self._columns_of: dict[int, list[int]] = {}
        for column, (unit, _) in enumerate(self.model.pairs):
            self._columns_of.setdefault(unit, []).append(column)
        self._most = [_most_of_each_unit(problem, stage) for stage in self.stages]
        self._programme: WarmProgramme | None = None
        self._duals: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    def _as_array(self, objective: Mapping[int, int]) -> Whole:
        worth = np.zeros(len(self.model.upper), dtype=np.int64)
        for variable, value in objective.items():
            worth[variable] = value
        return worth

    def column(self, pair: Pair) -> int | None:
        """Return the variable of a pair, or ``None`` where the pair cannot be used."""
        return self._columns.get(pair)

    def columns_of(self, unit: int) -> Sequence[int]:
        """Return the variables that place a unit somewhere."""
        return self._columns_of.get(unit, ())

    def gains_without(self, unit: int) -> list[int] | None:
        """Return by how much the others could do better, aim by aim up to the first, if a unit needed no place.

        ``None`` where the work allowed does not suffice to know. The list ends with the first gain that is not 0;
        a list of noughts says that no aim compared could gain.
        """
        rest = tuple(None if other == unit else home for other, home in enumerate(self.plan))
        known = [stage_value(rest, stage, self.problem) for stage in self.stages]
        shut = self.columns_of(unit)
        change = Change(shut=frozenset(shut), idle=self._rows_within(shut))
        gains: list[int] = []
        for k in range(len(self.stages)):
            if known[k] >= sum(self._most[k]) - self._most[k][unit]:
                gains.append(0)
                continue
            floors = dict(enumerate(known[:k]))
            answer = self._best(k, floors, change, reached=rest)
            if answer is None or answer.homes is None:
                return None
            gains.append(stage_value(answer.homes, self.stages[k], self.problem) - known[k])
            if gains[-1]:
                break
            change = self._without(change, answer.prices, known[k])
        return gains

    def loss_with(self, unit: int, home: int) -> Loss | None:
        """Return what the best plan with a unit in this home loses; ``None`` where the work does not suffice."""
        column = self.column((unit, home))
        if column is None:
            return Loss(possible=False)
        others = frozenset(self.columns_of(unit)) - {column}
        change = Change(shut=others, taken=frozenset({column}))
        last, narrower = len(self.stages) - 1, change
        for k in range(len(self.stages)):
            floors = dict(enumerate(self.values[:k]))
            ceiling = self._ceiling(k, floors, narrower) if k < last else None
            if ceiling is not None and ceiling.bound >= self.values[k]:
                # Nothing is lost here as far as prices tell; the answer to a later aim proves it, or not.
                narrower = self._without(narrower, ceiling, self.values[k])
                continue
            answer = self._best(k, floors, narrower)
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
            ceiling = self._ceiling(k, reached, narrower) if k != order[-1] and at_hand is None else None
            if ceiling is not None and ceiling.bound == most:
                reached[k] = most
                taken_for_granted.append(k)
                narrower = self._without(narrower, ceiling, most)
                continue
            answer = self._best(k, reached, narrower, reached=at_hand)
            if answer is None or (answer.homes is None and not taken_for_granted):
                return answer
            if answer.homes is None:
                return self._one_by_one(order, change, floors=floors)
            best = answer.homes
            taken_for_granted = []
            reached[k] = stage_value(best, self.stages[k], self.problem)
            narrower = self._without(narrower, answer.prices, reached[k])
        return Answer(homes=best)

    def _one_by_one(
        self, order: Sequence[int], change: Change, *, floors: Mapping[int, int]
    ) -> Answer | None:
        """Return the best allocation in aims in order, each settled in whole numbers before the next."""
        best: Homes | None = None
        reached = dict(floors)
        for k in order:
            answer = self._best(k, reached, change, reached=best)
            if answer is None or answer.homes is None:
                return answer
            best = answer.homes
            reached[k] = stage_value(best, self.stages[k], self.problem)
            change = self._without(change, answer.prices, reached[k])
        return Answer(homes=best)

    def _without(self, change: Change, prices: ShadowPrices | None, value: int) -> Change:
        """Return the change with every variable shut that no allocation can use and still reach a value."""
        if prices is None:
            return change
        useless = set(np.flatnonzero(~prices.can_reach(value)).tolist())
        return replace(change, shut=change.shut | (useless - change.taken))

    def _ceiling(self, k: int, floors: Mapping[int, int], change: Change) -> ShadowPrices | None:
        """Return what prices prove about one aim under a change; ``None`` where they cannot be had."""
        relaxed = self._relaxed(k, floors, change, only_above=math.inf)
        if relaxed is None:
            return None
        return self._prove(k, floors, change, relaxed.rows, relaxed.floors, relaxed.extra)

    def _relaxed(
        self, k: int, floors: Mapping[int, int], change: Change, *, only_above: float
    ) -> Relaxed | None:
        if self.budget.spent():
            return None
        if self._programme is None:
            self._programme = WarmProgramme(self.model)
        found = self._programme.best(
            k,
            floors,
            shut=change.shut,
            taken=change.taken,
            idle=change.idle,
            extra=change.extra,
            only_above=only_above,
        )
        entries = int(self._rows.matrix.nnz)
        self.budget.spend(entries * (WORK_PER_ENTRY + WORK_PER_STEP * (found.steps if found else 0)))
        return found

    def _rows_within(self, columns: Collection[int]) -> tuple[int, ...]:
        """Return the rows about these columns alone: they say nothing about the others."""
        chosen = np.zeros(len(self.model.upper), dtype=np.int64)
        chosen[list(columns)] = 1
        inside = self._pattern @ chosen
        return tuple(np.flatnonzero((inside == self._size_of_row) & (inside > 0)).tolist())

    def _best(
        self, k: int, floors: Mapping[int, int], change: Change, *, reached: Homes | None = None
    ) -> Answer | None:
        """Return the best allocation in one aim under a change, with other aims kept; ``None`` if not known.

        Parameters
        ----------
        floors
            What other aims must reach, by number.
        reached
            An allocation that the change and the floors allow, where one is at hand.
        """
        known = None if reached is None else stage_value(reached, self.stages[k], self.problem)
        if known is not None and k in self._duals:
            # Prices already at hand may show that nothing is worth more.
            at_hand = self._prove(k, floors, change, *self._duals[k], np.zeros(len(change.extra)))
            if at_hand is not None and at_hand.bound <= known:
                return Answer(homes=reached, prices=at_hand)
        enough = -math.inf if known is None else known + 1 - NEARLY
        relaxed = self._relaxed(k, floors, change, only_above=enough)
        if relaxed is None:
            # Floating point alone does not say that there is no plan.
            return self._search(k, floors, change, columns=None, hint=reached)
        if not change.extra:
            self._duals[k] = relaxed.rows, relaxed.floors
        prices = self._prove(k, floors, change, relaxed.rows, relaxed.floors, relaxed.extra)
        if prices is None:
            return self._search(k, floors, change, columns=None, hint=reached)
        if known is not None and prices.bound <= known:
            return Answer(homes=reached, prices=prices)
        whole = self._whole(floors, change, relaxed)
        if whole is not None:
            value = stage_value(whole, self.stages[k], self.problem)
            if value >= prices.bound:
                return Answer(homes=whole, prices=prices)
            if known is None or value > known:
                known, reached = value, whole
        return self._among_few(k, floors, change, prices, known, reached)

    def _among_few(
        self,
        k: int,
        floors: Mapping[int, int],
        change: Change,
        prices: ShadowPrices,
        value: int | None,
        hint: Homes | None,
    ) -> Answer | None:
        """Search the columns that a plan of a hoped-for worth can use; hope for less until there is one."""
        allowed = np.array(self._upper > 0)
        allowed[list(change.shut)] = False
        step = max(
            1, (prices.bound - value) if value is not None else int(np.abs(self._worths[k]).max()) // 4
        )
        target = prices.bound - step
        while True:
            able = prices.can_reach(target) & allowed
            able[list(change.taken)] = True
            everything = bool((able == allowed).all())
            answer = self._search(k, floors, change, columns=None if everything else able, hint=hint)
            if answer is None:
                return None
            reaches = (
                answer.homes is not None and stage_value(answer.homes, self.stages[k], self.problem) >= target
            )
            if everything or reaches:
                return Answer(homes=answer.homes, prices=prices)
            step *= 4
            target -= step

    def _prove(
        self,
        k: int,
        floors: Mapping[int, int],
        change: Change,
        rows: NDArray[np.float64],
        earlier: NDArray[np.float64],
        extra: NDArray[np.float64],
    ) -> ShadowPrices | None:
        """Return what prices prove in whole numbers about one aim under a change."""
        duals = np.maximum(0.0, rows)
        duals[list(change.idle)] = 0.0
        earlier = np.maximum(0.0, earlier)
        # Keeping an earlier aim is a row too: its worths, turned round, are at most its value turned round.
        scale = 2**20
        whole = np.rint(earlier * scale).astype(np.int64)
        weights = {j: int(weight) for j, weight in zip(floors, whole, strict=True) if weight}
        if any(
            weight * int(np.abs(self._worths[j]).max(initial=0)) > ROOM // 64 for j, weight in weights.items()
        ):
            return None
        worth = self._worths[k] * scale
        for j, weight in weights.items():
            worth = worth + weight * self._worths[j]
        fixed = sum(weight * floors[j] for j, weight in weights.items())
        used = self._rows
        if change.extra:
            used = used.and_rows(rows_of(change.extra, len(self._upper)))
            duals = np.concatenate([duals, np.maximum(0.0, extra)])
        lower, upper = np.zeros_like(self._upper), self._upper.copy()
        upper[list(change.shut)] = 0
        lower[list(change.taken)] = 1
        found = shadow_prices(used, lower, upper, worth, duals * scale)
        if found is None:
            return None
        return ShadowPrices(
            scale=found.scale * scale,
            ceiling=found.ceiling - fixed * found.scale,
            reduced=found.reduced,
        )

    def _whole(self, floors: Mapping[int, int], change: Change, relaxed: Relaxed) -> Homes | None:
        """Return the allocation that an answer without fractions stands for, checked in whole numbers."""
        if relaxed.variables is None:
            return None
        pairs = relaxed.variables[: len(self.model.pairs)]
        rounded = np.rint(pairs)
        if np.abs(pairs - rounded).max(initial=0.0) > NEARLY:
            return None
        homes: list[int | None] = [None] * len(self.problem.unit_sizes)
        for column in np.flatnonzero(rounded).tolist():
            unit, home = self.model.pairs[column]
            homes[unit] = home
        found = tuple(homes)
        variables = np.rint(relaxed.variables).astype(np.int64)
        rows = self._rows.matrix @ variables <= self._rows.limits
        rows[list(change.idle)] = True
        if not rows.all() or any(_left(row, variables) > row.limit for row in change.extra):
            return None
        if any(stage_value(found, self.stages[j], self.problem) < value for j, value in floors.items()):
            return None
        return found

    def _floor(self, k: int, value: int) -> Row:
        """Return the row "this aim reaches at least a value"."""
        ordered = sorted(self.model.objectives[k].items())
        return Row(
            variables=tuple(variable for variable, _ in ordered),
            coefficients=tuple(-worth for _, worth in ordered),
            limit=-value,
        )

    def _search(
        self,
        k: int,
        floors: Mapping[int, int],
        change: Change,
        *,
        columns: NDArray[np.bool_] | None,
        hint: Homes | None,
    ) -> Answer | None:
        """Search for the best in one aim under a change, over all variables or some; the others are 0."""
        from ortools.sat.python import cp_model

        if self.budget.spent():
            return None
        programme = cp_model.CpModel()
        used = range(len(self._upper)) if columns is None else np.flatnonzero(columns).tolist()
        variables = {
            v: programme.new_int_var(int(v in change.taken), self.model.upper[v], "")
            for v in used
            if v not in change.shut
        }
        written = len(variables)
        idle = set(change.idle)
        kept = [row for number, row in enumerate(self._kept) if number not in idle]
        # A row without a variable can only say that somebody whose home is decided has none.
        kept += [row for row in self.model.rows if not row.variables]
        kept += [*change.extra, *(self._floor(j, value) for j, value in floors.items())]
        for row in kept:
            terms = [
                (variables[v], c)
                for v, c in zip(row.variables, row.coefficients, strict=True)
                if v in variables
            ]
            written += len(terms)
            if not terms:
                if row.limit < 0:
                    return Answer(homes=None)
            elif row.limit == 1 and all(c == 1 for _, c in terms):
                if len(terms) > 1:
                    programme.add_at_most_one([variable for variable, _ in terms])
            else:
                names, counts = zip(*terms, strict=True)
                programme.add(cp_model.LinearExpr.weighted_sum(names, counts) <= row.limit)
        aim = [
            (variables[v], worth) for v, worth in sorted(self.model.objectives[k].items()) if v in variables
        ]
        programme.maximize(cp_model.LinearExpr.weighted_sum([v for v, _ in aim], [worth for _, worth in aim]))
        pairs = [(v, self.model.pairs[v]) for v in variables if v < len(self.model.pairs)]
        if hint is not None:
            for v, (unit, home) in pairs:
                programme.add_hint(variables[v], int(hint[unit] == home))
        self.budget.spend(WORK_PER_ENTRY * written)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.random_seed = self.seed % 2**31
        solver.parameters.max_deterministic_time = self.budget.work_left
        solver.parameters.max_time_in_seconds = self.budget.seconds_left()
        status = solver.solve(programme)
        self.budget.spend(float(solver.response_proto.deterministic_time))
        if status == cp_model.INFEASIBLE:
            return Answer(homes=None)
        if status != cp_model.OPTIMAL:
            return None
        homes: list[int | None] = [None] * len(self.problem.unit_sizes)
        for v, (unit, home) in pairs:
            if solver.value(variables[v]):
                homes[unit] = home
        return Answer(homes=tuple(homes))


def _left(row: Row, variables: Whole) -> int:
    return sum(c * int(variables[v]) for v, c in zip(row.variables, row.coefficients, strict=True))


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
