"""The search: aims in strict order, each fixed before the next, priced first and searched where prices leave a doubt.

A linear programme with cuts gives prices; they bound what any allocation is worth and drop the columns that none as
good as the one at hand can use. Often the fractions are whole already and nothing is left to search; otherwise
CP-SAT searches the few columns that are left. Work is limited in deterministic units, which do not depend on the
machine; the clock is a guard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.allocation_budget import Budget
from matching.allocation_cpsat import Found, Homes, load_solver, maximise
from matching.allocation_cuts import SHOWN, carried_over
from matching.allocation_greedy import place_one_by_one
from matching.allocation_model import Model, Row, usable_pairs, write_model
from matching.allocation_order import batches, combined, dominance, least_and_most, proved_in_order, unproved
from matching.allocation_pricing import ROOM, Prices, price
from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value
from matching.allocation_result import OrderedResult, StageResult, relative_gap
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlanStatus

__all__ = ["load_solver", "search_in_order"]

COLUMNS_PER_UNIT = (3, 10, 30)
"""Columns per unit, on average, that the first searches are given: those that lose least at the prices."""

NEARLY_ALL = 2
"""Where a search of some columns would be given more than one in so many, all that matter are searched at once: a
search of nearly all takes as long, and would have to be done again with the rest."""

SHARE_OF_PART = 0.2
SHARE_OF_BATCH = 0.6
"""Share of the work left that a search of some columns may use, and one of all that matter, so that later aims are
still looked at."""

WORK_PER_PAIR = 3e-6
"""Deterministic work charged for each pair that a model is written with."""


def search_in_order(
    problem: AllocationProblem,
    stages: Sequence[Stage],
    *,
    budget: Budget,
    seed: int,
    compare_with: Sequence[int] | None = None,
    until_unproved: bool = False,
    start: Homes | None = None,
) -> OrderedResult:
    """Return the best allocation in strictly ordered aims; see ``allocation.solve_in_order``.

    Parameters
    ----------
    budget
        What may be spent; what is spent is taken off it.
    seed
        Changes nothing: the search draws nothing that a seed could change, so that one limit gives one answer.
    until_unproved
        Stop at the first aim that is not proved; the later ones are left out of the result.
    start
        An allowed allocation to begin with, instead of one made by placing units one by one.
    """
    budget.spend(WORK_PER_PAIR * len(problem.pairs))
    ranges = [least_and_most(problem, stage) for stage in stages]
    best = start if start is not None else place_one_by_one(problem, stages, dominance(ranges))
    pairs = usable_pairs(problem)
    results: list[StageResult] = []
    fixed: list[tuple[int, int]] = []
    stopped_by = "proof"
    for batch in batches(ranges):
        step = _Batch(
            problem=problem,
            stages=stages,
            numbers=tuple(batch),
            weights=tuple(dominance([ranges[k] for k in batch])),
            fixed=tuple(fixed),
            pairs=pairs,
            to_prove=stopped_by == "proof",
        )
        found = step.best(best, budget)
        if found.infeasible:
            return _nothing(problem, PlanStatus.INFEASIBLE, "proof", budget)
        if found.homes is not None:
            best = _better(problem, stages, best, found.homes)
        if not found.proved and stopped_by == "proof":
            stopped_by = "clock" if found.by_clock else "work"
        if best is None:
            return _nothing(problem, PlanStatus.TIME_LIMIT_NO_SOLUTION, stopped_by, budget)
        values = [stage_value(best, stages[k], problem) for k in batch]
        fixed.extend(zip(batch, values, strict=True))
        if stopped_by == "proof":
            pairs = found.kept or pairs
            results.extend(
                StageResult(aim=stages[k].aim, value=value, bound=value, proved=True)
                for k, value in zip(batch, values, strict=True)
            )
        else:
            # Only the first aim that is not proved has a bound of its own: later ones depend on its value.
            first_open = all(result.proved for result in results)
            bound = found.bound if first_open else None
            results.extend(unproved(stages, batch, values, step.weights, ranges, bound))
            # Nothing can be proved of the aims that follow, so what work is left goes to the pairs that promise most.
            pairs = _with_those_used(found.promising or pairs, best)
        if until_unproved and stopped_by != "proof":
            break
        if compare_with is not None and values != [compare_with[k] for k in batch]:
            break
    if best is None:
        raise InvalidInput("no_stage", "An ordered allocation needs at least one aim.")
    # A later search may have bettered an aim that an earlier one left open: every value is that of the answer.
    results = proved_in_order([_as_reached(result, best, stages, problem) for result in results])
    open_stage = next((result for result in results if not result.proved), None)
    return OrderedResult(
        status=PlanStatus.OPTIMAL if open_stage is None else PlanStatus.FEASIBLE,
        home_of_unit=best,
        stages=tuple(results),
        gap=0.0 if open_stage is None else relative_gap(open_stage.value, open_stage.bound),
        seconds=budget.seconds_used(),
        stopped_by=stopped_by,
    )


def _as_reached(
    result: StageResult, best: Homes, stages: Sequence[Stage], problem: AllocationProblem
) -> StageResult:
    stage = next(stage for stage in stages if stage.aim == result.aim)
    value = stage_value(best, stage, problem)
    return replace(result, value=value, bound=max(result.bound, value))


def _nothing(
    problem: AllocationProblem, status: PlanStatus, stopped_by: str, budget: Budget
) -> OrderedResult:
    return OrderedResult(
        status=status,
        home_of_unit=(None,) * len(problem.unit_sizes),
        stages=(),
        gap=None,
        seconds=budget.seconds_used(),
        stopped_by=stopped_by,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """A run of aims that are looked at as one total, while the aims before it keep their values.

    Parameters
    ----------
    numbers, weights
        Which of the stages, and the weight of each in the total.
    fixed
        Number and value of each aim before it.
    pairs
        The columns that can still matter.
    to_prove
        Whether a proof is sought; after an aim that is not proved there is none, and what is better is enough.
    """

    problem: AllocationProblem
    stages: Sequence[Stage]
    numbers: tuple[int, ...]
    weights: tuple[int, ...]
    fixed: tuple[tuple[int, int], ...]
    pairs: tuple[Pair, ...]
    to_prove: bool

    def best(self, hint: Homes | None, budget: Budget) -> Found:
        """Return the best allocation in the total, as far as the budget goes.

        Prices come first. Where they leave a doubt, a search over the columns that lose least gives an allocation,
        and what every other column loses at least bounds the rest. Without prices the whole is searched.
        """
        budget.spend(WORK_PER_PAIR * len(self.pairs))
        if budget.spent():
            return _cut_short(budget)
        model = write_model(self.problem, self.stages, self.pairs)
        placed = [] if hint is None else [(u, h) for u, h in enumerate(hint) if h is not None]
        prices = price(model, self._objective(model), self._floors(model), budget=budget, begin_with=placed)
        if prices is None:
            if budget.spent():
                return _cut_short(budget)
            return self._search(self.pairs, (), hint, budget, SHARE_OF_BATCH)
        reached = self._better(hint, self._rounded(prices, model))
        if reached is None:
            return self._search(self.pairs, (), None, budget, SHARE_OF_BATCH)
        return self._narrowed(model, prices, reached, budget)

    def _narrowed(self, model: Model, prices: Prices, reached: Homes, budget: Budget) -> Found:
        """Return the best allocation by searching only the columns that the prices leave in doubt.

        Columns that cannot reach the total at hand are never searched. Where many are left, those that lose least
        are searched first, with those of the fractions and of the allocation at hand: it gives a better total,
        which drops more of the others.
        """
        lost = prices.reduced[: len(model.pairs)]
        shares = prices.shares[: len(model.pairs)]
        bound = prices.bound
        by_clock = prices.by_clock
        promising: tuple[Pair, ...] | None = None
        for per_unit in (*COLUMNS_PER_UNIT, None):
            able = prices.can_reach(self._total(reached))[: len(model.pairs)]
            most = np.count_nonzero(able) if per_unit is None else per_unit * len(self.problem.unit_sizes)
            last = NEARLY_ALL * most >= np.count_nonzero(able)
            if bound <= self._total(reached) or (per_unit is None and not self.to_prove):
                break
            if budget.spent():
                by_clock = by_clock or budget.work_left > 0
                break
            chosen, left_out = able, None
            if not last:
                chosen = _least_lost(lost, able, int(most)) | (shares > SHOWN)
                chosen |= [reached[unit] == home for unit, home in model.pairs]
                left_out = (prices.ceiling + int(lost[able & ~chosen].max(initial=-ROOM))) // prices.scale
            columns = _picked(model.pairs, chosen)
            promising = promising if last else columns
            found = self._search(
                columns,
                prices.cuts,
                reached,
                budget,
                SHARE_OF_BATCH if last and self.to_prove else SHARE_OF_PART,
                numbered_by=model.pairs,
            )
            by_clock = found.by_clock
            if found.homes is not None:
                reached = self._better(reached, found.homes) or reached
            inside = self._total(reached) if found.proved else found.bound
            if inside is not None:
                # An allocation better than the one at hand uses the columns searched alone, or one left out.
                bound = min(bound, max(inside, inside if left_out is None else left_out))
            if last:
                break
        total = self._total(reached)
        able = prices.can_reach(total)[: len(model.pairs)]
        return Found(
            homes=reached,
            bound=max(bound, total),
            proved=bound <= total,
            infeasible=False,
            by_clock=by_clock,
            kept=_picked(model.pairs, able),
            promising=promising,
        )

    def _search(
        self,
        columns: tuple[Pair, ...],
        cuts: Sequence[Row],
        hint: Homes | None,
        budget: Budget,
        share: float,
        *,
        numbered_by: Sequence[Pair] = (),
    ) -> Found:
        """Search some columns for the best total; the cuts are rows over columns numbered as in another model."""
        budget.spend(WORK_PER_PAIR * len(columns))
        model = write_model(self.problem, self.stages, columns)
        rows = (*self._floors(model), *carried_over(cuts, numbered_by, model.pairs))
        units = len(self.problem.unit_sizes)
        return maximise(model, self._objective(model), rows, units, hint=hint, budget=budget, share=share)

    def _objective(self, model: Model) -> dict[int, int]:
        return combined(model.objectives, self.numbers, self.weights)

    def _floors(self, model: Model) -> list[Row]:
        return [_keep(model.objectives[k], value) for k, value in self.fixed]

    def _total(self, homes: Homes) -> int:
        return sum(
            weight * stage_value(homes, self.stages[k], self.problem)
            for k, weight in zip(self.numbers, self.weights, strict=True)
        )

    def _rounded(self, prices: Prices, model: Model) -> Homes | None:
        """Return the allocation that takes what the fractions place whole, and for the other units what loses least."""
        shares = prices.shares[: len(model.pairs)]
        whole = shares > 1 - SHOWN
        unit_of = np.array([unit for unit, _ in model.pairs], dtype=np.int64)
        placed = np.zeros(len(self.problem.unit_sizes), dtype=bool)
        placed[unit_of[whole]] = True
        others = np.flatnonzero(~placed[unit_of])
        order = np.lexsort((-prices.reduced[others], -shares[others]))
        return place_one_by_one(
            self.problem,
            [self.stages[k] for k in self.numbers],
            self.weights,
            settled=_picked(model.pairs, whole),
            then=[model.pairs[number] for number in others[order].tolist()],
        )

    def _better(self, one: Homes | None, other: Homes | None) -> Homes | None:
        """Return the better of two allocations in this total, if it keeps the values of earlier aims."""
        if other is None or any(
            stage_value(other, self.stages[k], self.problem) < value for k, value in self.fixed
        ):
            return one
        return other if one is None or self._total(other) > self._total(one) else one


def _with_those_used(pairs: Sequence[Pair], homes: Homes) -> tuple[Pair, ...]:
    """Return the pairs, and those of an allocation."""
    used = {(unit, home) for unit, home in enumerate(homes) if home is not None}
    return tuple(sorted(used.union(pairs)))


def _cut_short(budget: Budget) -> Found:
    return Found(homes=None, bound=None, proved=False, infeasible=False, by_clock=budget.work_left > 0)


def _least_lost(lost: NDArray[np.int64], able: NDArray[np.bool_], most: int) -> NDArray[np.bool_]:
    """Return which of the able columns lose least, so many of them, earlier ones first among equals."""
    numbers = np.flatnonzero(able)
    chosen = np.zeros(len(lost), dtype=bool)
    chosen[numbers[np.argsort(-lost[numbers], kind="stable")[:most]]] = True
    return chosen


def _picked(pairs: Sequence[Pair], which: NDArray[np.bool_]) -> tuple[Pair, ...]:
    return tuple(pairs[number] for number in np.flatnonzero(which).tolist())


def _keep(objective: Mapping[int, int], value: int) -> Row:
    """Return the row "this aim stays at least at its value"."""
    ordered = sorted(objective.items())
    return Row(
        variables=tuple(variable for variable, _ in ordered),
        coefficients=tuple(-worth for _, worth in ordered),
        limit=-value,
    )


def _better(problem: AllocationProblem, stages: Sequence[Stage], one: Homes | None, other: Homes) -> Homes:
    """Return whichever of two allocations is better in the aims in order; the second when they are equal."""
    if one is None:
        return other
    for stage in stages:
        first, second = stage_value(one, stage, problem), stage_value(other, stage, problem)
        if first != second:
            return one if first > second else other
    return other
