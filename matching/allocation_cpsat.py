"""One search: the best values of a linear model in whole numbers, by CP-SAT with one worker.

The search is limited in the solver's deterministic units, which do not depend on the machine; the clock is a guard.
It always starts from the same seed: a limit of work and a model in canonical order then give one answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matching.allocation_budget import Budget
from matching.allocation_model import Model, Row
from matching.allocation_problem import Pair
from reference_data.problems import InvalidInput

WORK_PER_TERM = 2e-5
"""Deterministic work charged for each term of a model; the solver counts none for reading and simplifying it."""

Homes = tuple[int | None, ...]


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
    promising: tuple[Pair, ...] | None = None
    """The pairs that lose least at the prices: few, and without a proof that the best uses no other."""


def load_solver() -> None:
    """Import the solvers, which takes about a second once, before anybody's time limit runs."""
    import ortools.sat.python.cp_model  # noqa: F401
    import scipy.optimize  # noqa: F401


def maximise(
    model: Model,
    objective: Mapping[int, int],
    further_rows: Sequence[Row],
    units: int,
    *,
    hint: Homes | None,
    budget: Budget,
    share: float,
) -> Found:
    """Return the best allocation of a model in one objective, as far as a share of the work left goes.

    Parameters
    ----------
    further_rows
        Rows that hold besides the model's: the values earlier aims keep, and cuts.
    units
        How many units there are, with and without a column.
    hint
        An allocation to begin with.
    """
    from ortools.sat.python import cp_model

    rows = (*model.rows, *further_rows)
    budget.spend(WORK_PER_TERM * sum(len(row.variables) for row in rows))
    if budget.spent():
        by_clock = budget.work_left > 0
        return Found(homes=None, bound=None, proved=False, infeasible=False, by_clock=by_clock)
    programme = cp_model.CpModel()
    variables = [programme.new_int_var(0, upper, "") for upper in model.upper]
    for row in rows:
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
    solver.parameters.random_seed = 0
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
