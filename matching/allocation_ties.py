"""What chooses between allocations of equal worth: a fixed hash, of what a pair is and not of where it stands in a list.

Each unit and each home gets a mark from all that is said of it: its size or places, its eligible pairs and their
scores, its conflicts, bonuses, reserves and limits, and the marks of those it is linked to. Listing the units or homes
in another order then changes nothing. Units that cannot be told apart in this way are told apart by their index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from matching.allocation_problem import AllocationProblem, Pair, Stage

ROUNDS = 3
"""How often marks are passed along pairs and conflicts; each round looks one link further."""

BITS = 20
"""Bits of a hash: enough that equal totals of different allocations are rare, few enough to add up exactly."""

Marks = NDArray[np.uint64]


def tie_breaks(problem: AllocationProblem) -> tuple[Stage, ...]:
    """Return the last stages, which choose between equals; the second is there only where some are alike.

    The hashes are positive, so a pair worth nothing is still preferred to leaving the unit unplaced.
    """
    hashes, alike = tie_hashes(problem)
    pairs: list[Pair] = [(unit, home) for unit, home, _ in problem.pairs]
    first = Stage(aim="tie_break", scores=dict(zip(pairs, hashes.tolist(), strict=True)))
    if not alike:
        return (first,)
    by_index = _short(_mixed(_wrapped(u for u, _ in pairs), _wrapped(h for _, h in pairs)))
    return (first, Stage(aim="tie_break_by_index", scores=dict(zip(pairs, by_index.tolist(), strict=True))))


def tie_hashes(problem: AllocationProblem) -> tuple[NDArray[np.int64], bool]:
    """Return a hash of each eligible pair, from 1 to 2**BITS, and whether some units or homes are alike.

    References
    ----------
    Weisfeiler and Leman (1968), The reduction of a graph to canonical form. Nauchno-Technicheskaya
    Informatsiya 2(9): the refinement of marks along links.
    """
    table = np.array(problem.pairs, dtype=np.int64).reshape(-1, 3)
    units, homes, scores = table[:, 0], table[:, 1], table[:, 2]
    of_unit, of_home = _marks(problem, units, homes, scores)
    hashes = _mixed(of_unit[units], of_home[homes], scores.astype(np.uint64))
    return _short(hashes), not (
        _all_differ(of_unit[np.unique(units)]) and _all_differ(of_home[np.unique(homes)])
    )


def _all_differ(marks: Marks) -> bool:
    return len(np.unique(marks)) == len(marks)


def _short(hashes: Marks) -> NDArray[np.int64]:
    return (hashes & np.uint64(2**BITS - 1)).astype(np.int64) + 1


def _marks(
    problem: AllocationProblem,
    units: NDArray[np.int64],
    homes: NDArray[np.int64],
    scores: NDArray[np.int64],
) -> tuple[Marks, Marks]:
    """Return a mark for each unit and one for each home. Shapes (units,) and (homes,)."""
    required = set(problem.required_units)
    of_unit = _mixed(
        _wrapped(problem.unit_sizes), _wrapped(u in required for u in range(len(problem.unit_sizes)))
    )
    of_home = _mixed(_wrapped(problem.capacities))
    _add(of_home, [(home, _one(1, kept, price)) for home, kept, price in problem.reserves])
    taken = problem.places_taken()
    weights = _mixed(scores.astype(np.uint64), _wrapped(taken.values()))
    for _ in range(ROUNDS):
        unit_next, home_next = _mixed(of_unit), _mixed(of_home)
        np.add.at(unit_next, units, _mixed(of_home[homes], weights))
        np.add.at(home_next, homes, _mixed(of_unit[units], weights))
        to_units, to_homes = _links(problem, of_unit.tolist(), of_home.tolist())
        _add(unit_next, to_units)
        _add(home_next, to_homes)
        of_unit, of_home = _mixed(unit_next), _mixed(home_next)
    return of_unit, of_home


def _links(
    problem: AllocationProblem, of_unit: Sequence[int], of_home: Sequence[int]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return what conflicts, bonuses and limits add to the mark of each unit and home that they name."""
    to_units: list[tuple[int, int]] = []
    to_homes: list[tuple[int, int]] = []
    for a, b, bonus in [*((a, b, None) for a, b in problem.conflicts), *problem.pair_bonuses]:
        kind = (2,) if bonus is None else (3, bonus)
        to_units += [(a, _one(*kind, of_unit[b])), (b, _one(*kind, of_unit[a]))]
    for home, shares, limit in problem.part_limits:
        whole = sum(_one(of_unit[unit], places) for unit, places in shares)
        to_homes.append((home, _one(4, whole, limit)))
        to_units += [(unit, _one(5, of_home[home], whole, places)) for unit, places in shares]
    for home, limit, families in problem.usual_limits:
        marks = [_one(6, sum(_one(of_unit[unit]) for unit in family)) for family in families]
        to_homes.append((home, _one(7, sum(marks), limit)))
        to_units += [
            (unit, _one(8, of_home[home], mark))
            for family, mark in zip(families, marks, strict=True)
            for unit in family
        ]
    return to_units, to_homes


def _add(marks: Marks, amounts: Sequence[tuple[int, int]]) -> None:
    if amounts:
        np.add.at(marks, [at for at, _ in amounts], _wrapped(amount for _, amount in amounts))


def _wrapped(numbers: Iterable[int]) -> Marks:
    return np.array([number % 2**64 for number in numbers], dtype=np.uint64)


def _one(*parts: int) -> int:
    return int(_mixed(*(_wrapped([part]) for part in parts))[0])


def _mixed(*parts: Marks) -> Marks:
    """Return numbers that differ unpredictably wherever a part does (the SplitMix64 finaliser, part by part)."""
    total = np.zeros_like(parts[0])
    for part in parts:
        z = total + part + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        total = z ^ (z >> np.uint64(31))
    return total
