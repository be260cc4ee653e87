"""Small numbers withheld from what is published, and whatever else would let somebody work them out.

``withheld_series`` is the rule and knows only numbers and which of them add up; what of a forecast is published is
in ``published_answer.py``. A series is withheld on every date or on none, because children stay: a number shown in May
tells the number withheld in April.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from reference_data.problems import InvalidInput
from sufficiency.stays import FloatArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddsUp:
    """One series that is the sum of others on every date, as any reader knows.

    Parameters
    ----------
    total, parts
        Positions of the series.
    """

    total: int
    parts: tuple[int, ...]


def withheld_series(
    values: FloatArray,
    sums: Sequence[AddsUp],
    *,
    smallest_shown: int,
    worth: FloatArray | None = None,
    also: Collection[int] = (),
    known_zero: Collection[int] = (),
) -> BoolArray:
    """Return which series may not be published. Shape (series,).

    A series is withheld where one of its numbers, as a whole number, is at least 1 and less than ``smallest_shown``.
    Others are then withheld until whoever knows every number that is shown, which series add up to which, and that
    no number is negative, can still not place any withheld number of any date within a range narrower than
    ``smallest_shown``. That holds for a sum or a mean over dates too. It does not protect against somebody who
    already knows one of the withheld numbers.

    Parameters
    ----------
    values
        Children. Shape (series, dates); at least 0.
    sums
        Which series add up to which. They must hold, to rounding, on every date.
    smallest_shown
        2 or more.
    worth
        How much a reader would miss each series; what is missed least is withheld first. Shape (series,); above 0.
        By default its mean number and 1.
    also
        Series to withhold whatever their numbers, because another figure of theirs is small.
    known_zero
        Series that everybody knows to be nought, such as babies in supported accommodation: never withheld, and no
        help to hide another.

    Raises
    ------
    InvalidInput
        If ``smallest_shown`` is less than 2, a number is negative, or a series known to be nought is not.

    References
    ----------
    Fischetti and Salazar (2000), Models and algorithms for optimizing cell suppression in tabular data with linear
    constraints. Journal of the American Statistical Association 95(451). The cheapest pattern is not sought: one
    series after another is protected by the cheapest change of the whole table that would leave what is shown alone.
    """
    if smallest_shown < 2:
        raise InvalidInput(
            "smallest_shown", "Give a smallest number shown of 2 or more; below it nothing is withheld."
        )
    if values.size and float(values.min()) < 0:
        raise InvalidInput("negative_number", "A number of children is negative.")
    if any(values[series].any() for series in known_zero):
        raise InvalidInput("not_nought", "A series given as known to be nought is not.")
    whole = np.rint(values)
    withheld: BoolArray = np.asarray(((whole >= 1) & (whole < smallest_shown)).any(axis=1), dtype=np.bool_)
    withheld[list(also)] = True
    least = values.min(axis=1) if values.shape[1] else np.zeros(len(values))
    if worth is None:
        worth = 1.0 + values.mean(axis=1) if values.shape[1] else np.ones(len(values))
    system = _system(len(values), sums)
    fixed = np.zeros(len(values), dtype=bool)
    fixed[list(known_zero)] = True
    waiting = [int(series) for series in np.flatnonzero(withheld)]
    while waiting:
        series = waiting.pop(0)
        if _room(series, system, least, withheld & ~fixed, float(smallest_shown)):
            continue
        moved = _cheapest_change(
            series, system, least, np.where(withheld, 0.0, worth), fixed, float(smallest_shown)
        )
        new = moved & ~withheld
        withheld |= new
        # What hides another is hidden itself, to the same width.
        waiting.extend(int(one) for one in np.flatnonzero(new))
    return withheld


def _room(series: int, system: FloatArray, least: FloatArray, free: BoolArray, width: float) -> bool:
    """Say whether one series has room enough already: whether it can grow and shrink by ``width`` taken together.

    Only what is withheld moves, by the same on every date, and no number becomes negative.
    """
    bounds = [(-float(least[i]), None) if free[i] else (0.0, 0.0) for i in range(len(least))]
    room = 0.0
    for sign in (-1.0, 1.0):
        aim = np.zeros(len(least))
        aim[series] = sign
        solved = linprog(aim, A_eq=system, b_eq=np.zeros(len(system)), bounds=bounds, method="highs")
        room += np.inf if solved.x is None else abs(float(solved.x[series]))
        if room >= width:
            return True
    return False


def _system(series: int, sums: Sequence[AddsUp]) -> FloatArray:
    """Return a row for each sum: its parts less its total. Shape (sums, series)."""
    system = np.zeros((len(sums), series))
    for row, one in enumerate(sums):
        system[row, one.total] -= 1
        system[row, list(one.parts)] += 1
    return system


def _cheapest_change(
    series: int, system: FloatArray, least: FloatArray, cost: FloatArray, fixed: BoolArray, width: float
) -> BoolArray:
    """Return which series must be withheld so that one could be larger by ``width`` with nothing shown changed.

    The change is the same on every date and leaves no number negative, so it proves the width on each date and in
    every sum over dates. There always is one: the series and all sums it is in may grow together.
    """
    count = len(least)
    up = [(0.0, 0.0) if fixed[i] else (0.0, None) for i in range(count)]
    down = [(0.0, 0.0) if fixed[i] else (0.0, float(least[i])) for i in range(count)]
    up[series], down[series] = (width, width), (0.0, 0.0)
    # The small cost of what is withheld already keeps the change from wandering through it for nothing.
    price = np.concatenate([cost, cost]) + 1e-6
    solved = linprog(
        price,
        A_eq=np.hstack([system, -system]),
        b_eq=np.zeros(len(system)),
        bounds=[*up, *down],
        method="highs",
    )
    if solved.x is None:
        # No series that everybody knows to be nought is withheld, so this needs sums that do not hold.
        raise InvalidInput("sums_do_not_hold", "The series do not add up in the way that was said.")
    change = np.abs(solved.x[:count] - solved.x[count:])
    return np.asarray(change > width * 1e-9)
