"""The search: aims in strict order, each fixed before the next, by CP-SAT with one worker.

Consecutive aims are added up with weights under which no later aim outweighs an earlier one, as long
as the total stays small enough for the solver's arithmetic; each aim is reported all the same. Work is
limited in the solver's deterministic units, which do not depend on the machine; the clock is a guard.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from matching.allocation_greedy import place_one_by_one
from matching.allocation_model import Model, usable_pairs, write_model
from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value
from matching.allocation_result import OrderedResult, StageResult, relative_gap
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlanStatus

WORK_PER_SECOND = 0.5
"""Deterministic units allowed per second of the limit; a unit takes about a second of an ordinary core."""

LARGEST_BATCH = 2**42
"""Aims are added up while their combined range stays below this, well inside the precision of a double."""

Homes = tuple[int | None, ...]


@dataclass(slots=True, kw_only=True)
class Budget:
    """What is left to spend: deterministic work first, the clock as a guard."""

    started: float
    deadline: float
    work_left: float

    @classmethod
    def of(cls, time_limit_seconds: float) -> Budget:
        """Return a fresh budget, started now."""
        if isinstance(time_limit_seconds, bool) or not time_limit_seconds >= 0:
            raise InvalidInput("time_limit", "The time limit must be a number of seconds, at least 0.")
        now = time.perf_counter()
        limit = min(float(time_limit_seconds), 1e6)
        return cls(started=now, deadline=now + limit, work_left=limit * WORK_PER_SECOND)

    def seconds_used(self) -> float:
        """Return the wall-clock seconds since the start."""
        return time.perf_counter() - self.started

    def seconds_left(self) -> float:
        """Return the wall-clock seconds before the guard; at least 0."""
        return max(0.0, self.deadline - time.perf_counter())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one search returned; ``bound`` is at least the best total, ``None`` when nothing is known."""

    homes: Homes | None
    bound: int | None
    proved: bool
    infeasible: bool
    by_clock: bool


def search_in_order(
    problem: AllocationProblem, stages: Sequence[Stage], *, budget: Budget, seed: int
) -> OrderedResult:
    """Return the best allocation in strictly ordered aims; see ``allocation.solve_in_order``."""
    ranges = [_range(problem, stage) for stage in stages]
    best = place_one_by_one(problem, stages, _dominance(ranges))
    pairs: Sequence[Pair] = usable_pairs(problem)
    results: list[StageResult] = []
    fixed: list[tuple[int, int]] = []
    stopped_by = "proof"
    for batch in _batches(ranges):
        weights = _dominance([ranges[k] for k in batch])
        if stopped_by == "proof":
            model = write_model(problem, stages, pairs)
            objective = _combined(model, batch, weights)
            floors = [(model.objectives[k], value) for k, value in fixed]
            found = _search(
                model, objective, floors, len(problem.unit_sizes), hint=best, budget=budget, seed=seed
            )
            if found.infeasible:
                return OrderedResult(
                    status=PlanStatus.INFEASIBLE,
                    home_of_unit=(None,) * len(problem.unit_sizes),
                    stages=(),
                    gap=None,
                    seconds=budget.seconds_used(),
                    stopped_by="proof",
                )
            if not found.proved:
                stopped_by = "clock" if found.by_clock else "work"
            if found.homes is not None:
                best = _better(problem, stages, best, found.homes)
        if best is None:
            return OrderedResult(
                status=PlanStatus.TIME_LIMIT_NO_SOLUTION,
                home_of_unit=(None,) * len(problem.unit_sizes),
                stages=(),
                gap=None,
                seconds=budget.seconds_used(),
                stopped_by=stopped_by,
            )
        values = [stage_value(best, stages[k], problem) for k in batch]
        if stopped_by == "proof":
            fixed.extend(zip(batch, values, strict=True))
            results.extend(
                StageResult(aim=stages[k].aim, value=v, bound=v, proved=True)
                for k, v in zip(batch, values, strict=True)
            )
            continue
        total_bound = found.bound if not any(not r.proved for r in results) else None
        results.extend(_unproved(stages, batch, values, weights, ranges, total_bound))
    if best is None:  # pragma: no cover - there is always a stage
        raise AssertionError("no stage was searched")
    open_stage = next((result for result in results if not result.proved), None)
    return OrderedResult(
        status=PlanStatus.OPTIMAL if open_stage is None else PlanStatus.FEASIBLE,
        home_of_unit=best,
        stages=tuple(results),
        gap=0.0 if open_stage is None else relative_gap(open_stage.value, open_stage.bound),
        seconds=budget.seconds_used(),
        stopped_by=stopped_by,
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


def _combined(model: Model, batch: Sequence[int], weights: Sequence[int]) -> dict[int, int]:
    total: dict[int, int] = {}
    for k, weight in zip(batch, weights, strict=True):
        for variable, worth in model.objectives[k].items():
            total[variable] = total.get(variable, 0) + weight * worth
    return total


def _search(
    model: Model,
    objective: dict[int, int],
    floors: Sequence[tuple[dict[int, int], int]],
    units: int,
    *,
    hint: Homes | None,
    budget: Budget,
    seed: int,
) -> Found:
    """Maximise one objective while earlier aims keep at least their values."""
    from ortools.sat.python import cp_model

    if budget.work_left <= 0 or budget.seconds_left() <= 0:
        return Found(homes=None, bound=None, proved=False, infeasible=False, by_clock=budget.work_left > 0)
    programme = cp_model.CpModel()
    variables = [programme.new_int_var(0, upper, "") for upper in model.upper]
    for row in model.rows:
        terms = [variables[v] for v in row.variables]
        if not terms:
            programme.add_bool_or([])
        elif row.limit == 1 and all(c == 1 for c in row.coefficients) and len(terms) > 1:
            programme.add_at_most_one(terms)
        else:
            programme.add(cp_model.LinearExpr.weighted_sum(terms, list(row.coefficients)) <= row.limit)
    for earlier, value in floors:
        terms = [variables[v] for v in earlier]
        programme.add(cp_model.LinearExpr.weighted_sum(terms, list(earlier.values())) >= value)
    ordered = sorted(objective.items())
    programme.maximize(
        cp_model.LinearExpr.weighted_sum([variables[v] for v, _ in ordered], [worth for _, worth in ordered])
    )
    if hint is not None:
        for number, (unit, home) in enumerate(model.pairs):
            programme.add_hint(variables[number], int(hint[unit] == home))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = budget.work_left
    solver.parameters.max_time_in_seconds = budget.seconds_left()
    status = solver.solve(programme)
    work = float(solver.response_proto.deterministic_time)
    by_clock = work < budget.work_left * 0.999
    budget.work_left = max(0.0, budget.work_left - work)
    if status == cp_model.INFEASIBLE:
        return Found(homes=None, bound=None, proved=True, infeasible=True, by_clock=False)
    if status == cp_model.MODEL_INVALID:
        raise InvalidInput("model_invalid", "The scores are too large for the solver; scale them.")
    best_bound = float(solver.best_objective_bound)
    # The bound comes back as a double: one step up keeps it a bound where whole numbers are not exact.
    bound = math.floor(best_bound + math.ulp(best_bound)) if abs(best_bound) < 2**62 else None
    if status == cp_model.UNKNOWN:
        return Found(homes=None, bound=bound, proved=False, infeasible=False, by_clock=by_clock)
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
