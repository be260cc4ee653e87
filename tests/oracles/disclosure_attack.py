"""An attack on published tables: everything a reader can work out about each withheld number, by linear programming."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog


def widths_left(
    values: NDArray[np.float64],
    sums: list[tuple[int, tuple[int, ...]]],
    withheld: NDArray[np.bool_],
    known_zero: set[int],
    *,
    sums_over_dates: bool,
) -> NDArray[np.float64]:
    """Return the width of the range in which each withheld number must lie. Shape (withheld series, dates).

    The reader knows every number shown, which series add up, that no number is negative, what is known to be
    nought, and with ``sums_over_dates`` also the sum over dates of each series that is shown. Numbers of different
    dates are solved for together.
    """
    series, dates = values.shape
    size = series * dates

    def at(one: int, date: int) -> int:
        return one * dates + date

    rows: list[NDArray[np.float64]] = []
    right: list[float] = []
    for date in range(dates):
        for total, parts in sums:
            row = np.zeros(size)
            row[at(total, date)] -= 1
            for part in parts:
                row[at(part, date)] += 1
            rows.append(row)
            right.append(0.0)
    bounds: list[tuple[float, float | None]] = []
    for one in range(series):
        for date in range(dates):
            if withheld[one]:
                bounds.append((0.0, 0.0) if one in known_zero else (0.0, None))
            else:
                bounds.append((float(values[one, date]),) * 2)
    if sums_over_dates:
        for one in range(series):
            if not withheld[one]:
                row = np.zeros(size)
                row[at(one, 0) : at(one, dates - 1) + 1] = 1
                rows.append(row)
                right.append(float(values[one].sum()))
    hidden = np.flatnonzero(withheld)
    widths = np.zeros((len(hidden), dates))
    for place, one in enumerate(hidden):
        for date in range(dates):
            ends = []
            for sign in (1.0, -1.0):
                aim = np.zeros(size)
                aim[at(int(one), date)] = sign
                solved = linprog(
                    aim, A_eq=np.array(rows), b_eq=np.array(right), bounds=bounds, method="highs"
                )
                if solved.status == 3:
                    ends.append(np.inf)
                else:
                    assert solved.status == 0, solved.message
                    ends.append(solved.x[at(int(one), date)])
            widths[place, date] = abs(ends[1] - ends[0])
    return widths
