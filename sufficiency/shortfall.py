"""Beds short: children who need a bed against the beds we can use, by group, age band and date.

A bed that takes several ages serves one child at a time, so bands compete for it: children are seated in as many beds
as can be filled at once, and those left over are short. Which beds count is decided in ``capacity.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.stays import FloatArray, IntArray

SHORTFALL_GROUPS = (PlacementGroup.FOSTERING, PlacementGroup.RESIDENTIAL, PlacementGroup.SUPPORTED)
BRING_THEIR_OWN_BED = frozenset({PlacementDetail.KINSHIP, PlacementDetail.SECURE})
"""Kinship carers have the bed they offer; secure homes are found nationally."""
ALL_AGES = "all"
QUANTILES = {"beds_short_p50": 0.5, "beds_short_p80": 0.8, "beds_short_p90": 0.9, "beds_short_p95": 0.95}

BedsByRange = Mapping[tuple[int, int], float | FloatArray]
"""Beds by first and last age band taken, in each run; shape (runs,), or (1,) where they are the same in all."""


def shortfall_rows(
    counts: IntArray,
    dates: Sequence[date],
    capacity: Capacity | None,
    *,
    late: Mapping[str, IntArray] | None = None,
) -> tuple[dict[str, Any], ...]:
    """Return the contract's rows of beds short, for each date, group and age band, and for all ages.

    Kinship care brings its own bed and secure homes are found nationally: neither is counted on either side.
    ``capacity`` of an age band is the beds that could take it; bands share beds, so only ``all`` adds up.
    ``short_local`` and ``short_any`` are mean beds short when only beds in our own and adjoining areas, or beds
    anywhere, are counted; every other figure counts beds anywhere.

    Parameters
    ----------
    counts
        Children in care. Shape (runs, dates, age bands, details).
    capacity
        The beds; ``None`` leaves every figure null.
    late
        Days by which planned homes open late in each run, by home id (``openings.py``); none by default. The capacity
        told is then the mean over runs.
    """
    rows: list[dict[str, Any]] = []
    for d, day in enumerate(dates):
        for group in SHORTFALL_GROUPS:
            need = needed_beds(counts, group)[:, d]
            rows.extend(_rows_of(need, day, group, capacity, late or {}))
    return tuple(rows)


def needed_beds(counts: IntArray, group: PlacementGroup) -> IntArray:
    """Return the children of a group who need a bed of ours. Shape (runs, dates, age bands)."""
    members = [
        index
        for index, detail in enumerate(DETAILS)
        if detail.group is group and detail not in BRING_THEIR_OWN_BED
    ]
    return np.asarray(counts[:, :, :, members].sum(axis=3))


def _rows_of(
    need: IntArray,
    day: date,
    group: PlacementGroup,
    capacity: Capacity | None,
    late: Mapping[str, IntArray],
) -> Iterable[dict[str, Any]]:
    if capacity is None:
        nothing = dict.fromkeys(["capacity", "p_short", *QUANTILES, "short_local", "short_any"])
        for band in (*AGE_BANDS, ALL_AGES):
            yield {"date": day.isoformat(), "placement": str(group), "age_band": band, **nothing}
        return
    ours = [supply for supply in capacity.supplies if supply.group is group]
    beds = beds_by_range(ours, day, late)
    short = with_all(beds_short(need, beds))
    local = None
    if capacity.authority is not None:
        near = beds_by_range((supply for supply in ours if supply.local), day, late)
        local = with_all(beds_short(need, near))
    for position, band in enumerate((*AGE_BANDS, ALL_AGES)):
        own = short[:, position]
        taking = [
            count for (first, last), count in beds.items() if band == ALL_AGES or first <= position <= last
        ]
        quantiles = np.quantile(own, list(QUANTILES.values()))
        yield {
            "date": day.isoformat(),
            "placement": str(group),
            "age_band": band,
            "capacity": _number(sum(float(np.mean(count)) for count in taking)),
            "p_short": _number((own > 0).mean(), 4),
            **{name: _number(value) for name, value in zip(QUANTILES, quantiles, strict=True)},
            "short_local": None if local is None else _number(local[:, position].mean()),
            "short_any": _number(own.mean()),
        }


def _number(value: float, places: int = 2) -> float | int:
    rounded = round(float(value), places)
    return int(rounded) if rounded.is_integer() else rounded


def beds_by_range(
    supplies: Iterable[BedSupply], day: date, late: Mapping[str, IntArray] | None = None
) -> BedsByRange:
    """Return whole beds usable on a night by the range of age bands they take; parts of beds add up to whole ones first.

    Parameters
    ----------
    day
        The date of the night.
    late
        Days by which homes open late in each run, by home id. Shape (runs,) each.
    """
    beds: dict[tuple[int, int], FloatArray] = {}
    for supply in supplies:
        slipped = (late or {}).get(supply.home_id)
        if slipped is None or supply.from_day is None:
            usable = np.array([float(supply.is_usable_on(day))])
        else:
            open_by_then = supply.from_day.toordinal() + slipped <= day.toordinal()
            usable = open_by_then * float(supply.until_day is None or day < supply.until_day)
        if usable.any():
            key = (supply.first_band, supply.last_band)
            beds[key] = beds.get(key, np.zeros(1)) + supply.beds * usable
    return {key: np.floor(count + 1e-9) for key, count in sorted(beds.items())}


def beds_short(need: IntArray, beds: BedsByRange) -> FloatArray:
    """Return the children of each age band without a bed when as many as possible have one.

    Ranges of age are intervals, so seating band after band, each in the bed that closes first to later bands, seats
    as many as any other way. Going up the ages leaves the older without and going down the younger; the answer is
    midway, so that neither is favoured.

    Parameters
    ----------
    need
        Children needing a bed. Shape (runs, age bands).
    beds
        Whole beds by range of bands.

    Returns
    -------
    Shape (runs, age bands), in halves. The sum over bands is a whole number: the fewest that can be short.

    References
    ----------
    Glover (1967), Maximum matching in a convex bipartite graph. Naval Research Logistics 14(3).
    """
    up = left_without(need, beds)
    mirrored = {(need.shape[1] - 1 - last, need.shape[1] - 1 - first): n for (first, last), n in beds.items()}
    down = left_without(need[:, ::-1], mirrored)[:, ::-1]
    return (up + down) / 2


def left_without(need: IntArray, beds: BedsByRange) -> FloatArray:
    """Return the children without a bed, in whole numbers, when the young are seated first. Shape (runs, age bands)."""
    left = need.astype(np.float64)
    free = {key: np.broadcast_to(count, len(need)).copy() for key, count in beds.items()}
    for band in range(need.shape[1]):
        for key in sorted(
            (key for key in free if key[0] <= band <= key[1]), key=lambda key: (key[1], key[0])
        ):
            seated = np.minimum(left[:, band], free[key])
            left[:, band] -= seated
            free[key] -= seated
    return left


def with_all(short: FloatArray) -> FloatArray:
    """Return beds short by band with their sum as the last column. Shape (runs, age bands + 1)."""
    return np.concatenate([short, short.sum(axis=1, keepdims=True)], axis=1)
