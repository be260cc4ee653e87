"""Prices of places by linear programming, and what they prove in whole numbers.

A large problem has hundreds of thousands of columns of which a few thousand matter. The prices (the dual values of
the linear programme) give every column a reduced worth; columns that no optimal allocation can use are dropped.
Columns enter the programme when the prices say that they pay, and rows that fractions of units break
(``allocation_cuts.py``) when they are broken. The programme is solved in floating point, but what is claimed from
it is added up again in whole numbers over every column: any prices that are not negative give a true bound, so a
numerical slip can only make the bound weaker, never false.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, vstack

from matching.allocation_budget import Budget
from matching.allocation_cuts import Cutter
from matching.allocation_model import Model, Row
from matching.allocation_problem import Pair

ROOM = 2**60
"""Scaled whole numbers stay below this, so that sums of a few of them fit 64 bits."""

WORK_PER_PROGRAMME = 0.003
WORK_PER_ENTRY = 3e-7
WORK_PER_STEP = 2e-5
WORK_PER_STEP_AND_ENTRY = 2e-10
"""Deterministic work charged for a linear programme: for each, each of its non-zeros, and each step of the simplex
method, which takes a little longer where there are more non-zeros. Measured against processor time; so is:"""

WORK_PER_ENTRY_PRICED = 1e-7
"""Deterministic work charged for each non-zero of the whole model when all columns are priced."""

STARTING_COLUMNS = 10
"""Columns per unit, those of most worth, that a large programme starts with."""

ADDED_COLUMNS = 10
"""Columns per unit added at a time, those that pay most at the prices at hand."""

ALL_COLUMNS = 4_000
"""Columns up to which all are in the programme from the start."""

ROUNDS = 40
"""Linear programmes solved at most for one set of prices; a handful suffice as a rule."""

CUT_WITHIN = 0.01
"""Fractions are cut once the missing columns could add no more than this share of the total."""

ENOUGH = 0.2
ENOUGH_OF_ALL = 1e-7
"""Columns cease to enter when they could add no more than this much of a point, or this share of the total: among
many equal columns a few always seem to pay."""

PAYS = 1e-6
"""A column pays when its reduced worth is above this share of the largest worth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What the prices prove about one objective, and the fractions that they go with.

    Parameters
    ----------
    scale
        The factor by which ``ceiling`` and ``reduced`` are larger than the objective.
    ceiling
        No allocation is worth more than ``ceiling / scale``.
    reduced
        Worth of one unit of each variable after paying the prices. Shape (variables,).
    shares
        Value of each variable in the linear programme, from 0 to its upper bound. Shape (variables,).
    cuts
        Rows found on the way, which every allocation keeps.
    by_clock
        Whether the clock, and not the work, ended the rounds.
    """

    scale: int
    ceiling: int
    reduced: NDArray[np.int64]
    shares: NDArray[np.float64]
    cuts: tuple[Row, ...]
    by_clock: bool

    @property
    def bound(self) -> int:
        """Return the largest whole total that an allocation can have."""
        return self.ceiling // self.scale

    def can_reach(self, total: int) -> NDArray[np.bool_]:
        """Say for each variable whether an allocation that uses it can be worth at least a total."""
        slack = self.ceiling - total * self.scale
        allowed: NDArray[np.bool_] = (
            self.reduced >= -slack if slack < ROOM else np.ones(len(self.reduced), bool)
        )
        return allowed


def price(
    model: Model,
    objective: Mapping[int, int],
    extra_rows: Sequence[Row],
    *,
    budget: Budget,
    begin_with: Iterable[Pair] = (),
) -> Prices | None:
    """Return prices for an objective over a model, or ``None`` when they cannot be had in the budget or exactly.

    Parameters
    ----------
    extra_rows
        Rows that hold besides the model's: the values earlier aims must keep.
    budget
        What may be spent; what is spent is taken off it.
    begin_with
        Pairs of an allowed allocation, so that the first programme has a solution.

    References
    ----------
    Geoffrion (1974), Lagrangean relaxation for integer programming. Mathematical Programming Study 2.
    Desaulniers, Desrosiers and Solomon (2005), Column generation. Springer.
    """
    rows = [row for row in (*model.rows, *extra_rows) if row.variables]
    count = len(model.upper)
    if not rows or not count:
        return None
    worth = np.zeros(count, dtype=np.int64)
    for variable, value in objective.items():
        worth[variable] = value
    matrix = _matrix(rows, count)
    budget.spend(2 * WORK_PER_ENTRY_PRICED * matrix.nnz)
    limits = np.array([row.limit for row in rows], dtype=np.int64)
    upper = np.array(model.upper, dtype=np.int64)
    # The programme is solved in units of its largest worth, which keeps the solver's tolerances meaningful.
    unit = max(1.0, float(np.abs(worth).max(initial=0)) / 1e6)
    gain = worth / unit
    pays = PAYS * max(1.0, float(np.abs(gain).max(initial=0)))
    # Columns of one unit stand side by side, and the first rows say that it takes one of them.
    unit_of = np.unique([unit for unit, _ in model.pairs], return_inverse=True)[1].astype(np.int64)
    pairs = len(model.pairs)
    row_of_unit = np.arange(int(unit_of.max(initial=-1)) + 1)
    active = np.ones(count, dtype=bool)
    if count > ALL_COLUMNS:
        active[:pairs] = _best_of_each(unit_of, gain[:pairs], STARTING_COLUMNS)
        begun = set(begin_with)
        active[[number for number, pair in enumerate(model.pairs) if pair in begun]] = True
    cutter = Cutter(model.rows, model.upper)
    cuts: list[Row] = []
    solved: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    by_clock = False
    for _ in range(ROUNDS):
        answer = _solved(gain, matrix, limits, upper, active, budget)
        if answer is None and solved is None and not active.all() and not budget.spent():
            # Without an allowed allocation at hand, the columns to start with need not have one.
            active[:] = True
            continue
        if answer is None:
            by_clock = budget.work_left > 0 and budget.seconds_left() <= 0
            break
        shares, duals = solved = answer
        reduced = (gain - matrix.T.astype(np.float64) @ duals)[:pairs]
        missing = (reduced > pays) & ~active[:pairs]
        # No allocation is worth more than this above the programme at hand: each unit takes one column.
        short = float(_most_of_each(unit_of, np.where(missing, reduced, 0.0)).sum())
        reached = abs(float(gain @ shares))
        new = cutter.broken_by(shares) if short <= CUT_WITHIN * reached else []
        if not new and short * unit <= max(ENOUGH, ENOUGH_OF_ALL * reached * unit):
            break
        if missing.any():
            added = np.where(missing, reduced, -np.inf)
            active[:pairs] |= missing & _best_of_each(unit_of, added, ADDED_COLUMNS)
        if new:
            cuts += new
            matrix = vstack([matrix, _matrix(new, count)], format="csr")
            limits = np.concatenate([limits, [row.limit for row in new]])
    if solved is None:
        return None
    shares, duals = solved
    # Rows that were added after the last programme have no price.
    duals = np.concatenate([duals, np.zeros(len(limits) - len(duals))])
    # What a unit's best column still gains is charged to the unit, which has one row, and not to every column.
    reduced = gain - matrix.T.astype(np.float64) @ duals
    duals[row_of_unit] += _most_of_each(unit_of, reduced[:pairs])
    return _in_whole_numbers(worth, matrix, limits, upper, duals * unit, shares, cuts, by_clock)


def _matrix(rows: Sequence[Row], count: int) -> Any:
    starts = np.cumsum([0, *(len(row.variables) for row in rows)])
    columns = np.fromiter((v for row in rows for v in row.variables), dtype=np.int64, count=starts[-1])
    entries = np.fromiter((c for row in rows for c in row.coefficients), dtype=np.int64, count=starts[-1])
    return csr_array((entries, columns, starts), shape=(len(rows), count))


def _best_of_each(unit_of: NDArray[np.int64], value: NDArray[np.float64], most: int) -> NDArray[np.bool_]:
    """Return which columns are among the best of their unit, at most so many of each."""
    order = np.lexsort((-value, unit_of))
    ordered = unit_of[order]
    first = np.searchsorted(ordered, ordered, side="left")
    best = np.zeros(len(unit_of), dtype=bool)
    best[order] = np.arange(len(order)) - first < most
    return best


def _most_of_each(unit_of: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the largest value of a column of each unit, at least 0. Shape (units with a column,)."""
    most = np.zeros(int(unit_of.max(initial=-1)) + 1)
    np.maximum.at(most, unit_of, value)
    return most


def _solved(
    gain: NDArray[np.float64],
    matrix: Any,
    limits: NDArray[np.int64],
    upper: NDArray[np.int64],
    active: NDArray[np.bool_],
    budget: Budget,
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return the shares and the prices of the linear programme over the active columns; ``None`` if not solved."""
    from scipy import optimize

    columns = np.flatnonzero(active)
    part = csc_array(matrix)[:, columns].tocsr().astype(np.float64)
    # Rows that the columns at hand cannot break are left out, which is half of them on a large list.
    highest = part.maximum(0) @ upper[columns].astype(np.float64)
    binding = np.flatnonzero(highest > limits)
    part = part[binding]
    budget.spend(WORK_PER_PROGRAMME + WORK_PER_ENTRY * part.nnz + WORK_PER_ENTRY_PRICED * matrix.nnz)
    per_step = WORK_PER_STEP + WORK_PER_STEP_AND_ENTRY * part.nnz
    if budget.spent():
        return None
    if not len(binding):
        shares = np.zeros(len(gain))
        shares[columns] = np.where(gain[columns] > 0, upper[columns], 0)
        return shares, np.zeros(len(limits))
    # The published types of this function know no sparse matrix.
    linprog: Any = optimize.linprog
    answer = linprog(
        -gain[columns],
        A_ub=part,
        b_ub=limits[binding].astype(np.float64),
        bounds=np.column_stack([np.zeros(len(columns)), upper[columns]]),
        method="highs",
        options={
            "time_limit": max(0.1, budget.seconds_left()),
            "maxiter": max(1, int(min(1e9, budget.work_left / per_step))),
            "presolve": True,
        },
    )
    budget.spend(per_step * max(1, int(answer.nit)))
    if answer.status != 0:
        return None
    shares = np.zeros(len(gain))
    shares[columns] = answer.x
    duals = np.zeros(len(limits))
    duals[binding] = np.maximum(0.0, -np.asarray(answer.ineqlin.marginals))
    return shares, duals


def _in_whole_numbers(
    worth: NDArray[np.int64],
    matrix: Any,
    limits: NDArray[np.int64],
    upper: NDArray[np.int64],
    duals: NDArray[np.float64],
    shares: NDArray[np.float64],
    cuts: Sequence[Row],
    by_clock: bool,
) -> Prices | None:
    """Return what rounded prices prove, added up exactly; ``None`` where the numbers are too large for that."""
    largest = max(
        float(np.abs(worth).max(initial=1)),
        float(np.max(abs(matrix).T.astype(np.float64) @ duals, initial=1.0)),
        float(np.max(duals, initial=1.0)),
        1.0,
    )
    scale = 2 ** min(20, int(np.floor(np.log2(ROOM / largest))) - 1)
    if scale < 1:
        return None
    whole = np.rint(duals * scale).astype(np.int64)
    reduced = worth * scale - matrix.T @ whole
    # Python's whole numbers have no limit, so the totals are exact.
    priced = np.flatnonzero(whole)
    ceiling = sum(p * limit for p, limit in zip(whole[priced].tolist(), limits[priced].tolist(), strict=True))
    gaining = np.flatnonzero(reduced > 0)
    ceiling += sum(
        value * most for value, most in zip(reduced[gaining].tolist(), upper[gaining].tolist(), strict=True)
    )
    return Prices(
        scale=int(scale),
        ceiling=ceiling,
        reduced=reduced,
        shares=shares,
        cuts=tuple(cuts),
        by_clock=by_clock,
    )
