"""The search: aims in strict order, each fixed before the next, by CP-SAT with one worker.

Consecutive aims are added up with weights under which no later aim outweighs an earlier one, as long
as the total stays small enough for the solver's arithmetic; each aim is reported all the same. Work is
limited in the solver's deterministic units, which do not depend on the machine; the clock is a guard.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.allocation_budget import Budget
from matching.allocation_greedy import place_one_by_one
from matching.allocation_model import Model, Row, usable_pairs, write_model
from matching.allocation_pricing import price
from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value
from matching.allocation_result import OrderedResult, StageResult, relative_gap
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlanStatus

LARGEST_BATCH = 2**26
"""Aims are added up while their combined range stays below this.

Measured: with ranges near 2**40 the search makes no headway at 500 children, because the linear programme
inside it cannot tell the later aims apart; at 2**26 each batch takes under a second.
"""

PRICED_ABOVE = 2_000
"""Columns above which the prices of a linear programme choose the columns before the search."""

COLUMNS_PER_UNIT = 12
"""Columns of best reduced worth per unit that the first, restricted search is given."""

SHARE_OF_BATCH = 0.6
"""Share of the work left that one search may use, so that later aims are still looked at."""

Homes = tuple[int | None, ...]


def load_solver() -> None:
    """Import the solver, which takes about a second once, before anybody's time limit runs."""
    import ortools.sat.python.cp_model  # noqa: F401


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one search returned; ``bound`` is at least the best total, ``None`` when nothing is known."""

    homes: Homes | None
    bound: int | None
    proved: bool
    infeasible: bool
    by_clock: bool
    kept: tuple[Pair, ...] | None = None
    """The pairs that an allocation as good as this one can use, where that is known."""


def search_in_order(
    problem: AllocationProblem,
    stages: Sequence[Stage],
    *,
    budget: Budget,
    seed: int,
    compare_with: Sequence[int] | None = None,
    start: Homes | None = None,
) -> OrderedResult:
    """Return the best allocation in strictly ordered aims; see ``allocation.solve_in_order``.

    Parameters
    ----------
    budget
        What may be spent; what is spent is taken off it.
    start
        An allowed allocation to begin with, instead of one made by placing units one by one.
    """
    ranges = [_range(problem, stage) for stage in stages]
    best = start if start is not None else place_one_by_one(problem, stages, _dominance(ranges))
    pairs = usable_pairs(problem)
    results: list[StageResult] = []
    fixed: list[tuple[int, int]] = []
    stopped_by = "proof"
    for batch in _batches(ranges):
        weights = _dominance([ranges[k] for k in batch])
        found = _best_in_batch(problem, stages, pairs, batch, weights, fixed, best, budget, seed)
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
            results.extend(_unproved(stages, batch, values, weights, ranges, bound))
        if compare_with is not None and values != [compare_with[k] for k in batch]:
            break
    if best is None:
        raise InvalidInput("no_stage", "An ordered allocation needs at least one aim.")
    # A later search may have bettered an aim that an earlier one left open: every value is that of the answer.
    results = [_as_reached(result, best, stages, problem) for result in results]
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


def _best_in_batch(
    problem: AllocationProblem,
    stages: Sequence[Stage],
    pairs: tuple[Pair, ...],
    batch: Sequence[int],
    weights: Sequence[int],
    fixed: Sequence[tuple[int, int]],
    hint: Homes | None,
    budget: Budget,
    seed: int,
) -> Found:
    """Return the best allocation in a run of aims, with the values of earlier aims kept.

    A small problem is searched whole. A large one is priced first: a search over the columns of best
    reduced worth gives an allocation, and the prices then drop every column that no allocation as good can
    use, so that searching the rest proves it.
    """
    units = len(problem.unit_sizes)
    if budget.spent():
        return Found(homes=None, bound=None, proved=False, infeasible=False, by_clock=budget.work_left > 0)

    def search(columns: tuple[Pair, ...], start: Homes | None, share: float) -> Found:
        model = write_model(problem, stages, columns)
        floors = [_keep(model.objectives[k], value) for k, value in fixed]
        objective = _combined(model.objectives, batch, weights)
        return _search(model, objective, floors, units, hint=start, budget=budget, share=share, seed=seed)

    prices = None
    if len(pairs) > PRICED_ABOVE:
        model = write_model(problem, stages, pairs)
        floors = [_keep(model.objectives[k], value) for k, value in fixed]
        objective = _combined(model.objectives, batch, weights)
        prices = price(model, objective, floors, seconds=budget.seconds_left() / 2)
    if prices is None:
        return search(pairs, hint, SHARE_OF_BATCH)

    budget.spend(prices.work)
    chosen = _best_columns(model.pairs, prices.reduced, hint)
    first = search(chosen, hint, SHARE_OF_BATCH / 2)
    # Out of the restricted columns nothing is proved for the whole problem, not even that it is infeasible.
    reached = first.homes if first.homes is not None else hint
    if reached is None:
        return search(pairs, None, SHARE_OF_BATCH)
    total = sum(w * stage_value(reached, stages[k], problem) for k, w in zip(batch, weights, strict=True))
    bound = max(total, prices.bound)
    able = prices.can_reach(total)
    kept = tuple(pair for number, pair in enumerate(model.pairs) if able[number])
    if bound == total or (first.proved and set(kept) <= set(chosen)):
        return Found(homes=reached, bound=total, proved=True, infeasible=False, by_clock=False, kept=kept)
    if budget.spent():
        return Found(homes=reached, bound=bound, proved=False, infeasible=False, by_clock=first.by_clock)
    second = search(kept, reached, SHARE_OF_BATCH)
    if second.homes is None:
        return Found(homes=reached, bound=bound, proved=False, infeasible=False, by_clock=second.by_clock)
    # Every allocation outside the kept columns is worth less than the one reached already.
    ends = bound if second.bound is None else min(bound, max(total, second.bound))
    return Found(
        homes=second.homes,
        bound=ends,
        proved=second.proved,
        infeasible=False,
        by_clock=second.by_clock,
        kept=kept,
    )


def _best_columns(pairs: Sequence[Pair], reduced: NDArray[np.int64], hint: Homes | None) -> tuple[Pair, ...]:
    """Return the columns of best reduced worth of each unit, and those of the allocation at hand."""
    columns_of: dict[int, list[tuple[int, Pair]]] = {}
    for number, pair in enumerate(pairs):
        columns_of.setdefault(pair[0], []).append((-int(reduced[number]), pair))
    chosen = {pair for columns in columns_of.values() for _, pair in sorted(columns)[:COLUMNS_PER_UNIT]}
    if hint is not None:
        chosen |= {(unit, home) for unit, home in enumerate(hint) if home is not None}
    return tuple(sorted(chosen))


def _keep(objective: Mapping[int, int], value: int) -> Row:
    """Return the row "this aim stays at least at its value"."""
    ordered = sorted(objective.items())
    return Row(
        variables=tuple(variable for variable, _ in ordered),
        coefficients=tuple(-worth for _, worth in ordered),
        limit=-value,
    )


def _unproved(
    stages: Sequence[Stage],
    batch: Sequence[int],
    values: Sequence[int],
    weights: Sequence[int],
    ranges: Sequence[tuple[int, int]],
    total_bound: int | None,
) -> list[StageResult]:
    """Return the results of a batch that was cut short: bounds read from the combined bound, in order."""
    out = []
    proved_so_far = total_bound is not None
    rest = total_bound or 0
    for position, k in enumerate(batch):
        bound = ranges[k][1]
        if proved_so_far:
            # The best the later aims can add is known, so the combined bound limits this aim.
            later_low = sum(weights[j] * ranges[batch[j]][0] for j in range(position + 1, len(batch)))
            bound = min(bound, (rest - later_low) // weights[position])
        bound = max(bound, values[position])
        proved = proved_so_far and bound == values[position]
        if proved:
            rest -= weights[position] * values[position]
        proved_so_far = proved
        out.append(StageResult(aim=stages[k].aim, value=values[position], bound=bound, proved=proved))
    return out


def _better(problem: AllocationProblem, stages: Sequence[Stage], one: Homes | None, other: Homes) -> Homes:
    """Return whichever of two allocations is better in the aims in order; the second when they are equal."""
    if one is None:
        return other
    for stage in stages:
        first, second = stage_value(one, stage, problem), stage_value(other, stage, problem)
        if first != second:
            return one if first > second else other
    return other


def _range(problem: AllocationProblem, stage: Stage) -> tuple[int, int]:
    """Return totals that the aim can neither fall below nor exceed, whatever is chosen."""
    lowest = [0] * len(problem.unit_sizes)
    highest = [0] * len(problem.unit_sizes)
    for (unit, _), score in stage.scores.items():
        lowest[unit] = min(lowest[unit], score)
        highest[unit] = max(highest[unit], score)
    low = sum(lowest) + sum(min(0, bonus) for bonus in stage.bonuses.values())
    low -= sum(price * min(kept, problem.capacities[home]) for home, kept, price in stage.reserves)
    high = sum(highest) + sum(max(0, bonus) for bonus in stage.bonuses.values())
    companions: dict[int, int] = {}
    for unit, _, _, bonus in stage.companions:
        companions[unit] = max(companions.get(unit, 0), bonus)
    gatherings: dict[tuple[int, ...], int] = {}
    for _, units, bonus in stage.gatherings:
        gatherings[units] = max(gatherings.get(units, 0), bonus)
    high += sum(companions.values()) + sum(gatherings.values())
    return low, high


def _dominance(ranges: Sequence[tuple[int, int]]) -> list[int]:
    """Return weights under which one unit of an aim outweighs all that later aims can differ by."""
    weights = [1] * len(ranges)
    for position in range(len(ranges) - 2, -1, -1):
        low, high = ranges[position + 1]
        weights[position] = weights[position + 1] * (high - low + 1)
    return weights


def _batches(ranges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Split the aims, in order, into runs whose combined range stays exact."""
    batches: list[list[int]] = []
    span = 1
    for number, (low, high) in enumerate(ranges):
        if batches and span * (high - low + 1) < LARGEST_BATCH:
            batches[-1].append(number)
            span *= high - low + 1
        else:
            batches.append([number])
            span = high - low + 1
    return batches


def _combined(
    objectives: Sequence[Mapping[int, int]], batch: Sequence[int], weights: Sequence[int]
) -> dict[int, int]:
    total: dict[int, int] = {}
    for k, weight in zip(batch, weights, strict=True):
        for variable, worth in objectives[k].items():
            total[variable] = total.get(variable, 0) + weight * worth
    return total


def _search(
    model: Model,
    objective: Mapping[int, int],
    floors: Sequence[Row],
    units: int,
    *,
    hint: Homes | None,
    budget: Budget,
    share: float,
    seed: int,
) -> Found:
    """Maximise one objective over a model while earlier aims keep at least their values."""
    from ortools.sat.python import cp_model

    programme = cp_model.CpModel()
    variables = [programme.new_int_var(0, upper, "") for upper in model.upper]
    for row in (*model.rows, *floors):
        terms = [variables[v] for v in row.variables]
        if not terms:
            if row.limit < 0:
                programme.add_bool_or([])
        elif row.limit == 1 and all(c == 1 for c in row.coefficients) and len(terms) > 1:
            programme.add_at_most_one(terms)
        else:
            programme.add(cp_model.LinearExpr.weighted_sum(terms, list(row.coefficients)) <= row.limit)
    ordered = sorted(objective.items())
    programme.maximize(
        cp_model.LinearExpr.weighted_sum([variables[v] for v, _ in ordered], [worth for _, worth in ordered])
    )
    if hint is not None:
        for number, (unit, home) in enumerate(model.pairs):
            programme.add_hint(variables[number], int(hint[unit] == home))
    work_limit = budget.work_left * share
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # Measured: without every row in the inner linear programme, and with probing, small lists take ten times
    # as long and large ones are not proved at all.
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = work_limit
    solver.parameters.max_time_in_seconds = budget.seconds_left()
    status = solver.solve(programme)
    work = float(solver.response_proto.deterministic_time)
    by_clock = work < work_limit * 0.999
    budget.spend(work)
    if status == cp_model.INFEASIBLE:
        return Found(homes=None, bound=None, proved=True, infeasible=True, by_clock=False)
    if status == cp_model.MODEL_INVALID:
        raise InvalidInput("model_invalid", "The scores are too large for the solver; scale them.")
    if status == cp_model.UNKNOWN:
        # A solver that was stopped before it looked reports 0, which bounds nothing.
        return Found(homes=None, bound=None, proved=False, infeasible=False, by_clock=by_clock)
    best_bound = float(solver.best_objective_bound)
    # The bound comes back as a double: one step up keeps it a bound where whole numbers are not exact.
    bound = math.floor(best_bound + math.ulp(best_bound)) if abs(best_bound) < 2**62 else None
    if status == cp_model.FEASIBLE and bound is not None and bound <= solver.objective_value:
        # Had the bound been real, the solver would have called its answer the best.
        bound = None
    homes: list[int | None] = [None] * units
    for number, (unit, home) in enumerate(model.pairs):
        if solver.value(variables[number]):
            homes[unit] = home
    return Found(
        homes=tuple(homes),
        bound=bound,
        proved=status == cp_model.OPTIMAL,
        infeasible=False,
        by_clock=by_clock,
    )
