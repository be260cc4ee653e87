"""Tables of children as a report may show them: small numbers withheld, and whatever would give one away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sufficiency.disclosure import AddsUp, withheld_series
from sufficiency.report import WITHHELD, Cell

SMALLEST_SHOWN = 6
"""Numbers from 1 to 5 are withheld, as the department withholds them for authorities."""
WITHHELD_NOTE = f"{WITHHELD}: a number from 1 to 5, or one that would give such a number away."


def is_small(number: int) -> bool:
    """Say whether a number of children is too small to be shown."""
    return 0 < number < SMALLEST_SHOWN


def withheld_small(number: int) -> Cell:
    """Return a number that nothing else is added to, or that it is withheld."""
    return WITHHELD if is_small(number) else number


def withheld_list(numbers: Sequence[int], *, smallest_shown: int) -> list[Cell]:
    """Return numbers with their total as the last, small ones withheld and whatever would give one away."""
    return [row[0] for row in withheld_years([[one] for one in numbers], smallest_shown=smallest_shown)]


def withheld_years(columns: Sequence[Sequence[int]], *, smallest_shown: int) -> list[list[Cell]]:
    """Return counts by row and year with their total as the last row; a row is withheld in every year or in none.

    Parameters
    ----------
    columns
        Children by row and year. Shape (rows, years); the rows of a year add up to its total.
    smallest_shown
        The smallest number shown, 2 or more.
    """
    counts = np.array(columns, dtype=np.float64)
    values = np.vstack([counts, counts.sum(axis=0)])
    last = len(values) - 1
    hidden = withheld_series(
        values, [AddsUp(total=last, parts=tuple(range(last)))], smallest_shown=smallest_shown
    )
    return [[WITHHELD if hidden[row] else int(value) for value in values[row]] for row in range(len(values))]


def withheld_rows(cells: Sequence[Sequence[int]], *, smallest_shown: int) -> list[list[Cell]]:
    """Return a table of counts with a total for each row and a last row of totals, small ones withheld.

    Parameters
    ----------
    cells
        Children by row and column. Shape (rows, columns).
    smallest_shown
        The smallest number shown, 2 or more.
    """
    counts = np.array(cells, dtype=np.float64)
    rows, columns = counts.shape
    full = np.zeros((rows + 1, columns + 1))
    full[:rows, :columns] = counts
    full[:rows, columns] = counts.sum(axis=1)
    full[rows] = full[:rows].sum(axis=0)

    def at(row: int, column: int) -> int:
        return int(row * (columns + 1) + column)

    sums = [
        AddsUp(total=at(row, columns), parts=tuple(at(row, c) for c in range(columns)))
        for row in range(rows + 1)
    ]
    sums += [
        AddsUp(total=at(rows, column), parts=tuple(at(r, column) for r in range(rows)))
        for column in range(columns + 1)
    ]
    hidden = withheld_series(full.reshape(-1, 1), sums, smallest_shown=smallest_shown).reshape(full.shape)
    return [
        [WITHHELD if hidden[row, column] else int(full[row, column]) for column in range(columns + 1)]
        for row in range(rows + 1)
    ]
