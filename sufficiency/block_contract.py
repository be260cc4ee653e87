"""Block contracts: how many beds to buy whole, so that block fees, empty beds and spot prices together cost least.

A block bed costs the same full or empty. A child for whom no block bed is free is placed at the spot price. Which number
costs least is the newsvendor's question, with the children of every future and night as the demand. How many children
there will be comes from ``forecast.py``; what a kind of placement costs from ``prices.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from reference_data.problems import InvalidInput
from sufficiency.stays import FloatArray, IntArray

DAYS_A_WEEK = 7
NIGHTS_A_YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTerms:
    """What a block bed and a spot place of one kind cost.

    Parameters
    ----------
    block_weekly_pence
        Fee of one block bed a week, full or empty.
    spot_weekly_pence
        Price of a place bought for one child.
    saved_when_empty_pence
        What the contract takes off for a week in which a bed is empty; 0 where nothing.
    fit
        Share of the children of this kind who could live in the block homes, 0 to 1: a bed is not a bed for every child.
    """

    block_weekly_pence: int
    spot_weekly_pence: int
    saved_when_empty_pence: int = 0
    fit: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.saved_when_empty_pence <= self.block_weekly_pence or self.spot_weekly_pence < 0:
            raise InvalidInput("block_fees", "Give fees of 0 or more; no more is saved than the fee.")
        if not 0 < self.fit <= 1:
            raise InvalidInput("block_fit", "Give the share of children who fit, above 0 and at most 1.")


def block_beds_curve(need: IntArray, terms: BlockTerms, *, most_beds: int | None = None) -> dict[str, Any]:
    """Return what every number of block beds would cost a week, and the number that costs least.

    Parameters
    ----------
    need
        Children of the kind who need a bed, by future and date. Shape (runs, dates).
    terms
        The prices.
    most_beds
        The largest number shown; by default the most that any future needs.

    Returns
    -------
    ``curve`` by number of beds: ``weekly_pence`` (mean over futures and dates), ``weekly_p10_pence`` and
    ``weekly_p90_pence`` (over futures, each a mean over its dates), ``empty_beds`` and ``spot_children`` (means);
    ``best``, the row that costs least, the fewest beds of those that tie; ``best_in_each_future_p10`` and ``_p90``, the
    best number for whoever knew the future; ``regret_weekly_pence``, what not knowing costs on average.

    Raises
    ------
    InvalidInput
        If there is no future or no date.

    References
    ----------
    Arrow, Harris and Marschak (1951), Optimal inventory policy. Econometrica 19(3).
    """
    fitting = np.floor(np.asarray(need, dtype=np.float64) * terms.fit + 1e-9)
    if fitting.size == 0:
        raise InvalidInput("no_need", "Give the children of at least one future and date.")
    most = int(fitting.max()) if most_beds is None else most_beds
    beds = np.arange(most + 1)
    full = np.minimum(fitting[:, :, None], beds)
    empty = beds - full
    spot = fitting[:, :, None] - full
    weekly = (
        terms.block_weekly_pence * beds
        - terms.saved_when_empty_pence * empty
        + terms.spot_weekly_pence * spot
    )
    by_future = weekly.mean(axis=1)
    curve = [
        {
            "beds": int(n),
            "weekly_pence": round(float(by_future[:, n].mean())),
            "weekly_p10_pence": round(float(np.quantile(by_future[:, n], 0.1))),
            "weekly_p90_pence": round(float(np.quantile(by_future[:, n], 0.9))),
            "empty_beds": round(float(empty[:, :, n].mean()), 2),
            "spot_children": round(float(spot[:, :, n].mean()), 2),
        }
        for n in beds
    ]
    best = int(np.argmin(by_future.mean(axis=0)))
    known = by_future.argmin(axis=1)
    return {
        "curve": curve,
        "best": curve[best],
        "best_in_each_future_p10": int(np.quantile(known, 0.1)),
        "best_in_each_future_p90": int(np.quantile(known, 0.9)),
        "regret_weekly_pence": round(float((by_future[:, best] - by_future.min(axis=1)).mean())),
        "worth_it": terms.block_weekly_pence < terms.spot_weekly_pence,
    }


def best_block_beds(
    needs: Mapping[str, IntArray], terms: Mapping[str, BlockTerms], *, weekly_budget_pence: int | None = None
) -> dict[str, Any]:
    """Return how many block beds of each kind to buy so that all kinds together cost least.

    Without a limit each kind is best by itself. Where block fees may not be above a budget, the numbers are chosen
    together, exactly, by a small mixed-integer programme: one row of each kind's curve.

    Parameters
    ----------
    needs
        Children of each kind. Shape (runs, dates) each.
    terms
        The prices of each kind.
    weekly_budget_pence
        The most that block fees may come to.

    Returns
    -------
    ``beds`` by kind, ``weekly_pence`` of all kinds together, ``without_block_pence`` and ``saved_weekly_pence``.

    Raises
    ------
    InvalidInput
        If the budget is below 0, or a kind has no need.
    """
    curves = {kind: block_beds_curve(needs[kind], terms[kind])["curve"] for kind in sorted(needs)}
    bought = _rows_that_cost_least(curves, terms, weekly_budget_pence)
    total = sum(curves[kind][n]["weekly_pence"] for kind, n in bought.items())
    none = sum(curve[0]["weekly_pence"] for curve in curves.values())
    return {
        "beds": bought,
        "weekly_pence": total,
        "without_block_pence": none,
        "saved_weekly_pence": none - total,
    }


def _rows_that_cost_least(
    curves: Mapping[str, Sequence[Mapping[str, Any]]], terms: Mapping[str, BlockTerms], budget: int | None
) -> dict[str, int]:
    """Return one number of beds of each kind: together they cost least with fees within the budget."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    kinds = [(kind, row) for kind, curve in curves.items() for row in curve]
    cost = np.array([row["weekly_pence"] for _, row in kinds], dtype=np.float64)
    fees = np.array([row["beds"] * terms[kind].block_weekly_pence for kind, row in kinds], dtype=np.float64)
    one_each = np.array([[float(kind == wanted) for kind, _ in kinds] for wanted in curves])
    limits = [LinearConstraint(one_each, 1, 1)]
    if budget is not None:
        limits.append(LinearConstraint(fees[None, :], -np.inf, budget))
    # Of equal costs the fewer fees: a part too small to change which costs less.
    tie = fees / (fees.max() + 1) / (4 * len(curves))
    found = milp(
        cost + tie,
        constraints=limits,
        integrality=np.ones(len(kinds), dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )
    if found.x is None:
        raise InvalidInput("block_budget", "Give a budget of 0 or more.")
    return {kind: int(row["beds"]) for (kind, row), taken in zip(kinds, found.x, strict=True) if taken > 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """A block bed that stood empty.

    Parameters
    ----------
    from_day, until_day
        The first night it was empty, and the day it was filled again; ``None`` while it is empty.
    weekly_fee_pence
        What the council paid, or would have paid, for it a week.
    reason
        Why, in the words of the contract's list, such as ``no_suitable_referral`` or ``repairs``.
    liable
        ``council`` or ``provider``: who bears the cost.
    """

    home_id: str
    from_day: date
    until_day: date | None
    weekly_fee_pence: int
    reason: str
    liable: str


def cost_of_voids(voids: Iterable[Void], *, first: date, last: date) -> tuple[dict[str, Any], ...]:
    """Return what empty block beds cost between two days, by reason and by who is liable, the dearest first.

    Parameters
    ----------
    first, last
        First and last night counted.

    Returns
    -------
    Rows of ``reason``, ``liable``, ``nights`` and ``pence``; a week is seven nights.
    """
    nights: dict[tuple[str, str], int] = defaultdict(int)
    pence_weeks: dict[tuple[str, str], int] = defaultdict(int)
    for void in voids:
        end = last.toordinal() + 1
        if void.until_day is not None:
            end = min(end, void.until_day.toordinal())
        empty = max(end - max(void.from_day, first).toordinal(), 0)
        key = (void.reason, void.liable)
        nights[key] += empty
        pence_weeks[key] += empty * void.weekly_fee_pence
    rows = [
        {"reason": reason, "liable": liable, "nights": count, "pence": _by_night(pence_weeks[reason, liable])}
        for (reason, liable), count in nights.items()
        if count
    ]
    return tuple(sorted(rows, key=lambda row: (-row["pence"], row["reason"], row["liable"])))


def year_of_voids(voids: Sequence[Void], last: date) -> dict[str, Any] | None:
    """Return what empty block beds cost in the year that ends on a night, ``None`` where no void is recorded."""
    if not voids:
        return None
    first = last - timedelta(days=NIGHTS_A_YEAR - 1)
    rows = cost_of_voids(voids, first=first, last=last)
    return {
        "from": first.isoformat(),
        "until": last.isoformat(),
        "nights": sum(row["nights"] for row in rows),
        "pence": sum(row["pence"] for row in rows),
        "rows": list(rows),
    }


def _by_night(pence_nights: int) -> int:
    return (pence_nights + DAYS_A_WEEK // 2) // DAYS_A_WEEK


def newsvendor_beds(need: Sequence[int] | IntArray | FloatArray, terms: BlockTerms) -> int:
    """Return the number that costs least by the critical ratio: the quantile of need at saved over price.

    Use it to check ``block_beds_curve``; it shows no curve.
    """
    price = terms.spot_weekly_pence - terms.saved_when_empty_pence
    saved = terms.spot_weekly_pence - terms.block_weekly_pence
    if saved <= 0 or price <= 0:
        return 0
    values = np.sort(np.floor(np.asarray(need, dtype=np.float64).ravel() * terms.fit + 1e-9))
    # The fewest beds b with P(need <= b) at least 1 less what an empty week loses over price.
    losing = (terms.block_weekly_pence - terms.saved_when_empty_pence) / price
    position = int(np.ceil((1 - losing) * len(values) - 1e-9)) - 1
    return int(values[max(position, 0)]) if position >= 0 else 0
