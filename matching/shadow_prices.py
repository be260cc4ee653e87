"""The ceiling that prices of places and of earlier aims prove, in whole numbers.

A linear programme finds the prices in floating point; what is claimed from them is added up again in whole
numbers. Any prices that are not negative give a true ceiling, so a numerical slip can only make it weaker.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.allocation_model import Row

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

ROOM = 2**60
"""Scaled whole numbers stay below this, so that sums of a few of them fit 64 bits."""

LARGEST_SCALE = 30
"""Prices are kept to this many binary places at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """``matrix @ variables <= limits``, with whole numbers only."""

    matrix: Any
    limits: Whole

    def and_rows(self, more: Rows) -> Rows:
        """Return these rows and then some more."""
        from scipy.sparse import csr_array, vstack

        if not len(more.limits):
            return self
        return Rows(
            matrix=csr_array(vstack([self.matrix, more.matrix])),
            limits=np.concatenate([self.limits, more.limits]),
        )


def rows_of(rows: Sequence[Row], variables: int) -> Rows:
    """Return rows of a model as one sparse matrix, in their order."""
    from scipy.sparse import csr_array

    starts = np.cumsum([0, *(len(row.variables) for row in rows)])
    columns = np.array([v for row in rows for v in row.variables], dtype=np.int64)
    entries = np.array([c for row in rows for c in row.coefficients], dtype=np.int64)
    matrix = csr_array((entries, columns, starts), shape=(len(rows), variables), dtype=np.int64)
    return Rows(matrix=matrix, limits=np.array([row.limit for row in rows], dtype=np.int64))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowPrices:
    """What one objective is worth at most, and by which prices.

    Parameters
    ----------
    scale
        The factor by which every other number here is larger than the objective.
    ceiling
        No allocation is worth more than ``ceiling / scale``.
    reduced
        Worth of one unit of each variable after paying the prices. Shape (variables,).
    """

    scale: int
    ceiling: int
    reduced: Whole

    @property
    def bound(self) -> int:
        """Return the largest whole total that an allocation can have."""
        return self.ceiling // self.scale

    def can_reach(self, total: int) -> NDArray[np.bool_]:
        """Say for each variable whether an allocation that uses it can be worth at least a total."""
        slack = self.ceiling - total * self.scale
        able: NDArray[np.bool_] = self.reduced >= -slack
        return able


def shadow_prices(rows: Rows, lower: Whole, upper: Whole, worth: Whole, duals: Real) -> ShadowPrices | None:
    """Return what prices prove about an objective, in whole numbers; ``None`` where these would be too large.

    Parameters
    ----------
    lower, upper
        The least and the most that each variable can be. Shape (variables,).
    worth
        The objective, to be made large. Shape (variables,).
    duals
        Prices of one unit of each row's limit; what is below 0 counts as 0. Shape (rows,).

    References
    ----------
    Geoffrion (1974), Lagrangean relaxation for integer programming. Mathematical Programming Study 2.
    """
    duals = np.maximum(0.0, duals)
    largest = max(
        float(np.abs(worth).max(initial=1)) + float(np.max(abs(rows.matrix).T @ duals, initial=1.0)),
        float(duals.max(initial=1.0)),
    )
    scale = 2 ** min(LARGEST_SCALE, int(np.floor(np.log2(ROOM / largest))) - 1)
    if scale < 1:
        return None
    whole = np.rint(duals * scale).astype(np.int64)
    reduced = worth * scale - rows.matrix.T @ whole
    # Python's whole numbers have no limit, so the totals are exact.
    priced = np.flatnonzero(whole)
    ceiling = sum(int(whole[row]) * int(rows.limits[row]) for row in priced)
    best = np.where(reduced > 0, upper, lower)
    counted = np.flatnonzero((best != 0) & (reduced != 0))
    ceiling += sum(int(reduced[v]) * int(best[v]) for v in counted)
    return ShadowPrices(scale=int(scale), ceiling=ceiling, reduced=reduced)
