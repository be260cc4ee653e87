"""The accounts that published totals must keep: who of each age is still in care later, and the starts that demands.

Children by month of age are carried forward at rates of leaving that depend on age alone, so that what becomes of
the stock, and of each month's starts, is known without playing a future. The world that is played is in
``published_world.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from sufficiency.flows import TREND_FADES_YEARS
from sufficiency.stays import AGE_BOUNDARIES_YEARS, DAYS_A_YEAR, N_AGES, FloatArray

MONTHS_OF_AGE = 12 * AGE_BOUNDARIES_YEARS[-1]
_BAND = np.searchsorted(np.array(AGE_BOUNDARIES_YEARS) * 12, np.arange(MONTHS_OF_AGE), side="right")
_BAND_MONTHS = np.bincount(_BAND, minlength=N_AGES)
# Where in its band a child starts, by month of age: evenly, but babies soon after birth. Policy default; it comes near
# the starts by age that are published for England.
_STARTING = np.where(_BAND == 0, 0.0, 1 / _BAND_MONTHS[_BAND])
_STARTING[0] = 1.0
NEAR, FAR = 12, 60
"""Months after which the expected number in care is made to meet its course; between and beyond it follows closely."""
STEEPEST_TREND = 1.5
"""Bounds the yearly trend of starts that is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Children by age and kind of placement, and who joins them, such that the numbers hold themselves.

    Parameters
    ----------
    children
        By month of age and kind. Shape (months of age, kinds).
    starts
        Children who start in each band in a year. Shape (age bands,).
    going
        Where children of each band who start or move go. Shape (age bands, kinds); rows add up to 1, or to 0 in a
        band without children.
    """

    children: FloatArray
    starts: FloatArray
    going: FloatArray


def settled(
    counts: FloatArray, leaving_a_year: FloatArray, moves_a_year: float, changing: FloatArray | float = 0.0
) -> Settled:
    """Return the ages within each band, the starts and the places gone to, at which numbers would hold themselves.

    Children who grow into a band bring the placements of the one below, so those who start or move in it go more
    often where its own children are and theirs are not: at 16, to supported accommodation, whose children are then
    the older ones of their band. Where more children grow into a band than it has, its starts are none and its ages
    are theirs.

    Parameters
    ----------
    counts
        Children by age band and kind of placement. Shape (age bands, kinds).
    leaving_a_year
        Rate of leaving before 18. Shape (age bands,); at least 0.
    moves_a_year
        Moves of a child in a year.
    changing
        Change of the log of each kind's number to which those who start or move lead. Shape (kinds,).
    """
    kinds = counts.shape[1]
    children = np.zeros((MONTHS_OF_AGE, kinds))
    starts, going = np.zeros(N_AGES), np.zeros((N_AGES, kinds))
    growing = np.zeros(kinds)
    moving = 1 - np.exp(-moves_a_year / 12)
    for band in range(N_AGES):
        months, total = int(_BAND_MONTHS[band]), counts[band].sum()
        kept = float(np.exp(-leaving_a_year[band] / 12))
        remaining = kept ** np.arange(months)
        here = np.flatnonzero(band == _BAND)
        own = np.convolve(_STARTING[here], remaining)[:months]
        start = max((total - growing.sum() * remaining.sum()) / own.sum(), 0.0)
        ages = growing.sum() * remaining + start * own
        # What those who grew in still hold, and what those who went by choice hold, had they all gone to one kind.
        staying = growing[None, :] * ((kept * (1 - moving)) ** np.arange(months))[:, None]
        chosen = ages - staying.sum(axis=1)
        wanted = counts[band] * np.exp(changing) * ages.sum() / total if total else np.zeros(kinds)
        needed = np.maximum(wanted - staying.sum(axis=0), 0.0)
        going[band] = needed / max(needed.sum(), 1e-12)
        if total:
            children[here] = (staying + chosen[:, None] * going[band]) * total / ages.sum()
        starts[band] = 12 * start
        growing = children[here[-1]] * kept
    return Settled(children=children, starts=starts, going=going)


def still_in_care(children: FloatArray, leaving_a_year: FloatArray, months: int) -> FloatArray:
    """Return how many of some children are expected to be in care after each month.

    Parameters
    ----------
    children
        By month of age. Shape (months of age,).
    leaving_a_year
        Rate of leaving before 18. Shape (age bands,); at least 0.
    months
        How far to look.

    Returns
    -------
    Shape (months + 1,).
    """
    kept = np.exp(-leaving_a_year / 12)[_BAND]
    found = np.zeros(months + 1)
    for month in range(months + 1):
        found[month] = children.sum()
        children = np.concatenate([[0.0], (children * kept)[:-1]])
    return found


def starting_ages(by_band: FloatArray) -> FloatArray:
    """Return children who start, by month of age, given those of each band. Shape (months of age,)."""
    return np.asarray(by_band[_BAND] * _STARTING)


def ages_of(children: FloatArray, band: int, count: int) -> FloatArray:
    """Return ages in years of so many children of a band, in order, as the children by month of age are spread.

    There must be some in the band if any are asked for. Shape (count,).
    """
    months = np.flatnonzero(band == _BAND)
    share = np.concatenate([[0.0], np.cumsum(children[months])])
    edges = np.arange(months[0], months[-1] + 2) / 12
    return np.asarray(np.interp((np.arange(count) + 0.5) / max(count, 1) * share[-1], share, edges))


def balanced_starts(
    stock: FloatArray, mix: FloatArray, leaving_a_year: FloatArray, *, near: float, far: float
) -> FloatArray:
    """Return the level and trend of starts that carry a stock to given numbers after ``NEAR`` and ``FAR`` months.

    Published starts and ceases do not add up to the change of the stock (a child who starts twice is counted once,
    and one who stays a week counts as one who stays for years). What is known surely is the stock, so starts are
    what the stock needs.

    Parameters
    ----------
    stock
        Children by month of age. Shape (months of age,).
    mix
        Starts by age band, in any unit. Shape (age bands,).
    near, far
        Children expected in care after ``NEAR`` and ``FAR`` months.

    Returns
    -------
    Log of starts a day now, and its yearly trend, which fades as in ``flows.py``. Shape (2,). Where no starts are
    needed the rate is next to nothing.
    """
    remaining = still_in_care(stock, leaving_a_year, FAR)
    kept = still_in_care(starting_ages(mix / mix.sum()), leaving_a_year, FAR)
    kept = (kept[:-1] + kept[1:]) / 2
    middle = (np.arange(FAR) + 0.5) / 12
    fading = TREND_FADES_YEARS * -np.expm1(-middle / TREND_FADES_YEARS)

    def arrived(trend: float, months: int) -> float:
        """Return the children in care of one start a day, which then grows."""
        starts = np.exp(trend * fading[:months]) * DAYS_A_YEAR / 12
        return float((starts * kept[:months][::-1]).sum())

    def level(trend: float) -> float:
        return max(near - float(remaining[NEAR]), 1e-6) / arrived(trend, NEAR)

    def beyond(trend: float) -> float:
        return float(remaining[FAR]) + level(trend) * arrived(trend, FAR) - far

    low, high = -STEEPEST_TREND, STEEPEST_TREND
    if beyond(low) >= 0:
        trend = low
    elif beyond(high) <= 0:
        trend = high
    else:
        trend = float(brentq(beyond, low, high, xtol=1e-6))
    return np.array([np.log(level(trend)), trend])
