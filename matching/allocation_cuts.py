"""Further rows that every allocation keeps and that fractions of units break.

A home with three places is filled in a linear programme by one group of two and a half of another. Such fractions
are what keeps a bound above the best allocation. Two families of rows forbid most of them; each is derived from one
row "the places taken here are at most so many" and holds whatever the solver's arithmetic did.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.allocation_model import Row
from matching.allocation_problem import Pair

LEAST_BREACH = 1e-3
"""A row is added only where the fractions break it by more than this."""

LARGEST_DIVISOR = 4
"""Rows are divided by whole numbers up to this before rounding; sizes of groups are rarely larger."""

SHOWN = 1e-7
"""A share of a unit below this is taken for nothing."""

MOST_LEFT = 8
"""Free places up to which "leaves so many places" is looked at; groups are rarely larger."""

Part = tuple[float, int, int]
"""Share of a unit placed here, its variable, and the places it takes."""


class Cutter:
    """Finds rows that the fractions at hand break, one home at a time.

    Parameters
    ----------
    rows
        The rows of a model. Only those of places are used: all coefficients above 0 and one above 1.
    upper
        Upper bounds of the variables; rows with a variable that may exceed 1 are not used.
    """

    def __init__(self, rows: Sequence[Row], upper: Sequence[int]) -> None:
        self._rows = [row for row in rows if _counts_places(row, upper)]
        self._rows_of: dict[int, list[tuple[int, int]]] = {}
        for number, row in enumerate(self._rows):
            for variable, places in zip(row.variables, row.coefficients, strict=True):
                self._rows_of.setdefault(variable, []).append((number, places))

    def broken_by(self, shares: NDArray[np.float64]) -> list[Row]:
        """Return further rows that these shares of the variables break, in the order of the homes' rows."""
        inside: dict[int, list[Part]] = {}
        for variable in np.flatnonzero(shares > SHOWN).tolist():
            for number, places in self._rows_of.get(variable, ()):
                inside.setdefault(number, []).append((float(shares[variable]), variable, places))
        found: list[Row] = []
        for number in sorted(inside):
            if any(SHOWN < share < 1 - SHOWN for share, _, _ in inside[number]):
                row = self._rows[number]
                found += [cut for cut in (_packed(row, inside[number]), _rounded(row, inside[number])) if cut]
        return found


def carried_over(
    cuts: Sequence[Row], pairs_before: Sequence[Pair], pairs_now: Sequence[Pair]
) -> tuple[Row, ...]:
    """Return cuts found over some pairs as rows over fewer pairs; what is left out was never negative."""
    number_now = {pair: number for number, pair in enumerate(pairs_now)}
    found = []
    for cut in cuts:
        terms = [
            (number_now[pairs_before[variable]], coefficient)
            for variable, coefficient in zip(cut.variables, cut.coefficients, strict=True)
            if variable < len(pairs_before) and pairs_before[variable] in number_now
        ]
        if sum(coefficient for _, coefficient in terms) > cut.limit:
            found.append(_row(terms, cut.limit))
    return tuple(found)


def _counts_places(row: Row, upper: Sequence[int]) -> bool:
    return (
        row.limit > 1
        and max(row.coefficients, default=0) > 1
        and min(row.coefficients) > 0
        and all(upper[variable] == 1 for variable in row.variables)
    )


def _packed(row: Row, parts: Sequence[Part]) -> Row | None:
    """Return the most broken row "these units all together leave so much: a larger one must displace some".

    For a set S that leaves d places free, ``sum over S of places x + sum outside S of max(0, places - d) x`` is at
    most the places of S: whoever is placed outside S and takes more than d pushes out units of S by the excess.

    References
    ----------
    Atamturk (2005), Cover and pack inequalities for (mixed) integer programming. Annals of Operations Research 139.
    """
    best: tuple[float, int, frozenset[int]] | None = None
    for leave in range(1, min(row.limit, max(row.coefficients), MOST_LEFT + 1)):
        chosen: set[int] = set()
        taken = 0
        # What a unit adds to the left side inside S, for each place of S that it uses, decides who is let in.
        for _, variable, places in sorted(
            parts, key=lambda part: (-part[0] * min(part[2], leave) / part[2], part[1])
        ):
            if taken + places <= row.limit - leave:
                chosen.add(variable)
                taken += places
        free = row.limit - taken
        total = sum(
            share * (places if variable in chosen else max(0, places - free))
            for share, variable, places in parts
        )
        if total - taken > LEAST_BREACH and (best is None or total - taken > best[0]):
            best = (total - taken, free, frozenset(chosen))
    if best is None:
        return None
    _, free, inside = best
    return _row(
        [
            (variable, places if variable in inside else places - free)
            for variable, places in zip(row.variables, row.coefficients, strict=True)
        ],
        row.limit - free,
    )


def _rounded(row: Row, parts: Sequence[Part]) -> Row | None:
    """Return the most broken row among fractions of the row of places, all numbers rounded down.

    References
    ----------
    Chvatal (1973), Edmonds polytopes and a hierarchy of combinatorial problems. Discrete Mathematics 4.
    """
    best: tuple[float, int, int] | None = None
    for divisor in range(2, min(LARGEST_DIVISOR, max(row.coefficients)) + 1):
        for times in range(1, divisor):
            total = sum(share * (times * places // divisor) for share, _, places in parts)
            breach = total - times * row.limit // divisor
            if breach > LEAST_BREACH and (best is None or breach > best[0]):
                best = (breach, times, divisor)
    if best is None:
        return None
    _, times, divisor = best
    return _row(
        [
            (variable, times * places // divisor)
            for variable, places in zip(row.variables, row.coefficients, strict=True)
        ],
        times * row.limit // divisor,
    )


def _row(terms: Sequence[tuple[int, int]], limit: int) -> Row:
    terms = [(variable, coefficient) for variable, coefficient in terms if coefficient > 0]
    return Row(variables=tuple(v for v, _ in terms), coefficients=tuple(c for _, c in terms), limit=limit)
