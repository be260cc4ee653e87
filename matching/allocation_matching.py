"""The plain case: every unit takes one place and nothing links two units.

Then the problem is a linear assignment, which is solved exactly without search; the choice between equals is made in
the same solution, as a term too small to outweigh one point. Anything with a side rule goes through
``allocation_search.py``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.allocation_problem import LARGEST_TOTAL, AllocationProblem
from matching.allocation_ties import BITS, tie_hashes

LARGEST_MATRIX = 6_000_000
"""Cells (units x places) up to which the assignment takes some tens of megabytes."""

WORK_PER_PAIR = 3e-6
WORK_PER_STEP = 5e-10
"""Deterministic work of an assignment: for each eligible pair, and for each unit times each cell of the matrix."""

EXACT = 2**50
"""Whole numbers below this are added and subtracted exactly in the solver's floating point, with room to spare."""

FEWEST_TIE_BITS = 10
"""With fewer bits too many allocations would have the same tie-break."""


def is_plain_assignment(problem: AllocationProblem) -> bool:
    """Return whether a problem is a linear assignment that can be solved exactly in floating point."""
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
    return _cells(problem) <= LARGEST_MATRIX and _tie_bits(problem, _worths(problem)) >= FEWEST_TIE_BITS


def plain_work(problem: AllocationProblem) -> float:
    """Return the deterministic work that the assignment takes."""
    return WORK_PER_PAIR * len(problem.pairs) + WORK_PER_STEP * len(problem.unit_sizes) * _cells(problem)


def _cells(problem: AllocationProblem) -> int:
    units = len(problem.unit_sizes)
    return units * sum(min(capacity, units) for capacity in problem.capacities)


def _worths(problem: AllocationProblem) -> list[int]:
    """Return what each eligible pair is worth in the matrix; 0 is as good as unplaced, less is worse.

    A required unit is placed in any case, so that its scores count from the least of them, and a bonus for
    placing it outweighs all that the scores can differ by.
    """
    least = dict.fromkeys(problem.required_units, LARGEST_TOTAL)
    most = [0] * len(problem.unit_sizes)
    for unit, _, score in problem.pairs:
        most[unit] = max(most[unit], score)
        if unit in least:
            least[unit] = min(least[unit], score)
    bonus = 1 + sum(max(0, best - least.get(unit, 0)) for unit, best in enumerate(most))
    return [score - least[unit] + bonus if unit in least else score for unit, _, score in problem.pairs]


def _tie_bits(problem: AllocationProblem, worths: Sequence[int]) -> int:
    """Return how many bits of a tie-break fit below one point of the scores, all added up exactly."""
    units = max(1, len(problem.unit_sizes))
    largest = 1 + max(0, max(worths, default=0))
    return min(BITS, (EXACT // (largest * units * units)).bit_length() - 2)


def solve_plain_assignment(problem: AllocationProblem) -> tuple[int | None, ...] | None:
    """Return the best home of each unit, or ``None`` when the required units cannot all be placed.

    Among equals the hashes of ``allocation_ties.py`` decide.

    References
    ----------
    Crouse (2016), On implementing 2D rectangular assignment algorithms. IEEE Transactions on Aerospace and
    Electronic Systems 52(4), as implemented in SciPy.
    """
    from scipy.optimize import linear_sum_assignment

    units = len(problem.unit_sizes)
    worths = _worths(problem)
    bits = _tie_bits(problem, worths)
    table = np.array(problem.pairs, dtype=np.int64).reshape(-1, 3)
    of_pair = np.array(worths, dtype=np.int64)
    # A tie-break is above 0 and at most 2**bits, so that those of all units together stay below one point.
    one_point = units * 2**bits + 1
    ties = ((tie_hashes(problem)[0] - 1) >> (BITS - bits)) + 1
    useful = of_pair >= 0
    rows, columns = table[useful, 0], table[useful, 1]
    # A unit may be left out at no cost: a cell that is not eligible, or worth less than nothing, is worth 0.
    worth: NDArray[np.float64] = np.zeros((units, len(problem.capacities)))
    worth[rows, columns] = of_pair[useful] * one_point + ties[useful]
    home_of_place = np.repeat(
        np.arange(len(problem.capacities)), [min(capacity, units) for capacity in problem.capacities]
    )
    placed, places = linear_sum_assignment(worth[:, home_of_place], maximize=True)
    homes: list[int | None] = [None] * units
    for unit, place in zip(placed.tolist(), places.tolist(), strict=True):
        home = int(home_of_place[place])
        if worth[unit, home] > 0:
            homes[unit] = home
    if any(homes[unit] is None for unit in problem.required_units):
        return None
    return tuple(homes)
