"""What sharing beds brings to each council of a partnership, and that none is worse off than alone.

Each council seats its own children in its own beds first; only beds left over are lent. Children who were seated stay
seated, and as many more find a bed as any pooling could seat: a largest seating can always be reached from any other
without unseating a child (Berge 1957). What is gained is divided fairly where several councils could use the same bed:
each gets what it adds, averaged over every order in which they might come (Shapley 1953).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np

from reference_data.problems import InvalidInput
from sufficiency.capacity import Capacity
from sufficiency.shortfall import SHORTFALL_GROUPS, BedsByRange, beds_by_range, left_without, needed_beds
from sufficiency.stays import FloatArray, IntArray

MOST_COUNCILS = 8


def shared_beds(
    needs: Mapping[str, IntArray], beds: Mapping[str, BedsByRange]
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return for each council the children without a bed alone, and with the partners' beds left over.

    Parameters
    ----------
    needs
        Children who need a bed, by council. Shape (runs, age bands) each.
    beds
        Whole beds by the range of age bands they take, by council.

    Returns
    -------
    By council, two arrays of shape (runs,). The second is never above the first in any run, and its sum over councils is
    the fewest that can be without a bed when all beds are everybody's.

    Raises
    ------
    InvalidInput
        If there are more councils than can come in every order.
    """
    councils = sorted(needs)
    if len(councils) > MOST_COUNCILS:
        raise InvalidInput(
            "too_many_councils", f"At most {MOST_COUNCILS} councils can be looked at together."
        )
    unmet = {council: left_without(needs[council], beds.get(council, {})) for council in councils}
    seated = sum(needs[council] - unmet[council] for council in councils)
    pooled: dict[tuple[int, int], FloatArray] = {}
    for own in beds.values():
        for key, count in own.items():
            pooled[key] = pooled.get(key, np.zeros(1)) + count

    found: dict[frozenset[str], FloatArray] = {}
    for size in range(len(councils) + 1):
        for some in combinations(councils, size):
            wanting = seated + sum(unmet[council] for council in some)
            alone = sum(unmet[council].sum(axis=1) for council in some)
            found[frozenset(some)] = alone - left_without(np.asarray(wanting), pooled).sum(axis=1)
    return {
        council: (
            unmet[council].sum(axis=1),
            unmet[council].sum(axis=1) - _fair_part(council, councils, found),
        )
        for council in councils
    }


def _fair_part(
    council: str, councils: Sequence[str], gains: Mapping[frozenset[str], FloatArray]
) -> FloatArray:
    others = [other for other in councils if other != council]
    part = np.zeros_like(gains[frozenset(councils)])
    for size in range(len(others) + 1):
        weight = factorial(size) * factorial(len(others) - size) / factorial(len(councils))
        for some in combinations(others, size):
            part += weight * (gains[frozenset({*some, council})] - gains[frozenset(some)])
    return part


def partnership_rows(
    counts: Mapping[str, IntArray], dates: Sequence[date], capacities: Mapping[str, Capacity]
) -> tuple[dict[str, Any], ...]:
    """Return beds short of each council, alone and with the partners' beds left over, by date and group.

    A bed counts for whose capacity it is in: give each council the beds that are its own, so that none counts twice.

    Parameters
    ----------
    counts
        Children in care by council. Shape (runs, dates, age bands, details) each, of the same shape.
    dates
        The dates of the counts.
    capacities
        The beds of each council.

    Returns
    -------
    Rows of ``date``, ``placement``, ``council`` (``all`` for the whole), ``alone`` and ``together`` (mean beds short).

    Raises
    ------
    InvalidInput
        If there are more councils than can come in every order.
    """
    rows: list[dict[str, Any]] = []
    for d, day in enumerate(dates):
        for group in SHORTFALL_GROUPS:
            needs = {council: needed_beds(each, group)[:, d] for council, each in counts.items()}
            beds = {
                council: beds_by_range((one for one in each.supplies if one.group is group), day)
                for council, each in capacities.items()
            }
            found = shared_beds(needs, beds)
            means = {
                c: (float(alone.mean()), float(together.mean())) for c, (alone, together) in found.items()
            }
            means["all"] = (sum(a for a, _ in means.values()), sum(b for _, b in means.values()))
            rows += [
                {
                    "date": day.isoformat(),
                    "placement": str(group),
                    "council": council,
                    # Adding nothing makes a minus nought of the division of gains a nought.
                    "alone": round(alone, 2) + 0.0,
                    "together": round(together, 2) + 0.0,
                }
                for council, (alone, together) in means.items()
            ]
    return tuple(rows)
