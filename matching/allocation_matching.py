"""The plain case: every unit takes one place and nothing links two units.

Then the problem is a linear assignment, which is solved exactly without search. Anything with a
side rule goes through ``allocation_search.py``.
"""

from __future__ import annotations

import numpy as np

from matching.allocation_problem import AllocationProblem, Pair

LARGEST_MATRIX = 6_000_000
"""Cells (units x places) up to which the assignment takes seconds and some tens of megabytes."""

EXACT = 2**50
"""Whole numbers below this are added and subtracted exactly in the solver's floating point, with room to spare."""


def is_plain_assignment(problem: AllocationProblem) -> bool:
    """Return whether a problem is a linear assignment of a size that is solved at once."""
    if (
        problem.conflicts
        or problem.pair_bonuses
        or problem.reserves
        or problem.pair_places
        or problem.part_limits
        or problem.usual_limits
        or any(size != 1 for size in problem.unit_sizes)
    ):
        return False
    units = len(problem.unit_sizes)
    places = sum(min(capacity, units) for capacity in problem.capacities)
    return units * places <= LARGEST_MATRIX and _largest_worth(problem) * max(1, units) < EXACT


def _worths(problem: AllocationProblem) -> dict[Pair, int]:
    """Return what each pair is worth in the matrix: never negative, and 0 is as good as unplaced.

    A required unit is placed in any case, so that its scores count from the least of them, and a bonus for
    placing it outweighs all that the scores can differ by. A pair that is worse than unplaced is left out.
    """
    required = set(problem.required_units)
    least: dict[int, int] = {}
    most: dict[int, int] = {}
    for unit, _, score in problem.pairs:
        least[unit] = min(least.get(unit, score), score) if unit in required else 0
        most[unit] = max(most.get(unit, score), score)
    bonus = 1 + sum(max(0, most[unit] - least[unit]) for unit in most)
    return {
        (unit, home): score - least[unit] + (bonus if unit in required else 0)
        for unit, home, score in problem.pairs
        if score >= least[unit]
    }


def _largest_worth(problem: AllocationProblem) -> int:
    return max(_worths(problem).values(), default=0)


def solve_plain_assignment(problem: AllocationProblem) -> tuple[int | None, ...] | None:
    """Return the best home of each unit, or ``None`` when the required units cannot all be placed.

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
    for (unit, home), value in _worths(problem).items():
        worth[unit, home] = value
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
    if any(homes[unit] is None for unit in problem.required_units):
        return None
    return tuple(homes)
