"""The plain case: every unit takes one place and nothing links two units.

Then the problem is a linear assignment, which is solved exactly without search. Anything with a
side rule goes through ``allocation_search.py``.
"""

from __future__ import annotations

import numpy as np

from matching.allocation_problem import AllocationProblem

LARGEST_MATRIX = 6_000_000
"""Cells (units x places) up to which the assignment takes seconds and some tens of megabytes."""

EXACT = 2**50
"""Whole numbers below this are added and subtracted exactly in the solver's floating point."""


def is_plain_assignment(problem: AllocationProblem) -> bool:
    """Return whether a problem is a linear assignment of a size that is solved at once."""
    if (
        problem.conflicts
        or problem.pair_bonuses
        or problem.reserves
        or problem.required_units
        or problem.pair_places
        or problem.part_limits
        or problem.usual_limits
        or any(size != 1 for size in problem.unit_sizes)
    ):
        return False
    units = len(problem.unit_sizes)
    places = sum(min(capacity, units) for capacity in problem.capacities)
    largest = max((abs(score) for _, _, score in problem.pairs), default=0)
    return units * places <= LARGEST_MATRIX and largest * max(1, units) < EXACT


def solve_plain_assignment(problem: AllocationProblem) -> tuple[int | None, ...]:
    """Return the best home of each unit.

    The answer depends on the problem alone: the matrix is filled in the order of the indices.

    References
    ----------
    Crouse (2016), On implementing 2D rectangular assignment algorithms. IEEE Transactions on Aerospace and
    Electronic Systems 52(4), as implemented in SciPy.
    """
    from scipy.optimize import linear_sum_assignment

    units = len(problem.unit_sizes)
    # A unit may be left out at no cost: a cell that is not eligible, or worth less than nothing, is worth 0.
    worth = np.zeros((units, len(problem.capacities)))
    usable = np.zeros(worth.shape, dtype=bool)
    for unit, home, score in problem.pairs:
        if score >= 0:
            worth[unit, home] = score
            usable[unit, home] = True
    home_of_place = np.repeat(
        np.arange(len(problem.capacities)), [min(capacity, units) for capacity in problem.capacities]
    )
    rows, columns = linear_sum_assignment(worth[:, home_of_place], maximize=True)
    homes: list[int | None] = [None] * units
    for unit, place in zip(rows.tolist(), columns.tolist(), strict=True):
        home = int(home_of_place[place])
        if usable[unit, home]:
            homes[unit] = home
    return tuple(homes)
