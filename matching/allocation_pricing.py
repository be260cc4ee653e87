"""Prices of places by linear programming, and what they prove in whole numbers.

A large problem has tens of thousands of columns of which a few hundred matter. The prices (the dual
values of the linear programme) give every column a reduced worth; columns that no optimal allocation can
use are dropped. The programme is solved in floating point, but what is claimed from it is added up again
in whole numbers: any prices that are not negative give a true bound, so a numerical slip can only make the
bound weaker, never false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.allocation_model import Model, Row

ROOM = 2**60
"""Scaled whole numbers stay below this, so that sums of a few of them fit 64 bits."""

WORK_PER_STEP = 2e-9
"""Deterministic work charged per simplex step and non-zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What the prices prove about one objective.

    Parameters
    ----------
    scale
        The factor by which ``ceiling`` and ``reduced`` are larger than the objective.
    ceiling
        No allocation is worth more than ``ceiling / scale``.
    reduced
        Worth of one unit of each variable after paying the prices. Shape (variables,).
    work
        Deterministic work used.
    """

    scale: int
    ceiling: int
    reduced: NDArray[np.int64]
    work: float

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
    model: Model, objective: Mapping[int, int], extra_rows: Sequence[Row], *, seconds: float
) -> Prices | None:
    """Return prices for an objective over a model, or ``None`` when they cannot be had in time or exactly.

    Parameters
    ----------
    extra_rows
        Rows that hold besides the model's: the values earlier aims must keep.
    seconds
        Guard on the clock.

    References
    ----------
    Geoffrion (1974), Lagrangean relaxation for integer programming. Mathematical Programming Study 2.
    """
    from scipy import optimize
    from scipy.sparse import csr_array

    rows = [row for row in (*model.rows, *extra_rows) if row.variables]
    count = len(model.upper)
    if not rows or not count:
        return None
    worth = np.zeros(count, dtype=np.int64)
    for variable, value in objective.items():
        worth[variable] = value
    limits = np.array([row.limit for row in rows], dtype=np.int64)
    starts = np.cumsum([0, *(len(row.variables) for row in rows)])
    columns = np.concatenate([np.array(row.variables, dtype=np.int64) for row in rows])
    entries = np.concatenate([np.array(row.coefficients, dtype=np.int64) for row in rows])
    matrix = csr_array((entries, columns, starts), shape=(len(rows), count))
    upper = np.array(model.upper, dtype=np.int64)

    # The programme is solved in units of its largest worth, which keeps the solver's tolerances meaningful.
    unit = max(1.0, float(np.abs(worth).max(initial=0)) / 1e6)
    # The published types of this function know no sparse matrix.
    linprog: Any = optimize.linprog
    answer = linprog(
        -worth / unit,
        A_ub=matrix.astype(np.float64),
        b_ub=limits.astype(np.float64),
        bounds=[(0.0, float(most)) for most in model.upper],
        method="highs",
        options={"time_limit": max(0.1, seconds), "presolve": True},
    )
    if answer.status != 0:
        return None
    duals = np.maximum(0.0, -np.asarray(answer.ineqlin.marginals)) * unit
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
    ceiling = sum(int(p) * int(limit) for p, limit in zip(whole, limits, strict=True) if p)
    ceiling += sum(int(value) * int(most) for value, most in zip(reduced, upper, strict=True) if value > 0)
    work = WORK_PER_STEP * max(1, int(answer.nit)) * len(entries)
    return Prices(scale=int(scale), ceiling=ceiling, reduced=reduced, work=work)
