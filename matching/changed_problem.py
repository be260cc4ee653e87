"""A joint problem under a change, and the best of one aim in it: by prices where they suffice, else by search.

A linear programme that starts from its last answer settles most questions in about a thousandth of a second: its
prices prove in whole numbers how good any plan could be, and where its own answer is whole, that is the plan.
Where halves of children remain, CP-SAT searches, over those columns only that could matter. How much is spent is
a matter of work counted, not of the clock. Which changes are asked about is in ``replanning.py``.
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


class ChangedProblem:
    """A joint problem with its aims, kept ready to be solved under one change after another."""

    def __init__(
        self, problem: AllocationProblem, stages: Sequence[Stage], *, budget: Budget, seed: int
    ) -> None:
        self.problem, self.stages = problem, tuple(stages)
        self.budget, self.seed = budget, seed
        self.model = write_model(problem, self.stages, usable_pairs(problem))
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

    def without(self, change: Change, prices: ShadowPrices | None, value: int) -> Change:
        """Return the change with every variable shut that no allocation can use and still reach a value."""
        if prices is None:
            return change
        useless = set(np.flatnonzero(~prices.can_reach(value)).tolist())
        return replace(change, shut=change.shut | (useless - change.taken))

    def ceiling(self, k: int, floors: Mapping[int, int], change: Change) -> ShadowPrices | None:
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

    def rows_within(self, columns: Collection[int]) -> tuple[int, ...]:
        """Return the rows about these columns alone: they say nothing about the others."""
        chosen = np.zeros(len(self.model.upper), dtype=np.int64)
        chosen[list(columns)] = 1
        inside = self._pattern @ chosen
        return tuple(np.flatnonzero((inside == self._size_of_row) & (inside > 0)).tolist())

    def best(
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
