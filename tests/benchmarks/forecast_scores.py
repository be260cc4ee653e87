"""How a forecast of many councils compares with what happened and with "same as today", cut by cut.

Every score is paired: the forecast and "same as today" are set beside the same councils, so the ratio of their errors
has a standard error of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CUTS: dict[str, Callable[[IntArray], IntArray]] = {
    "total": lambda counts: counts.sum(axis=(-1, -2))[..., None],
    "type": lambda counts: counts.sum(axis=-2),
    "age": lambda counts: counts.sum(axis=-1),
}
"""What is set beside what happened, from counts by age band and placement group."""
BANDS = {50: (0.25, 0.75), 80: (0.1, 0.9), 95: (0.025, 0.975)}
PIT_BINS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """One cut of one council at one horizon.

    Parameters
    ----------
    error, same_error
        Absolute errors of the mean forecast and of "same as today", added up over the cut's cells.
    crps
        Continuous ranked probability score, added up likewise.
    inside
        For each of ``BANDS``, whether each cell with children lay inside it.
    pit
        Share of the futures below what happened in each such cell, equals counting half.
    gap, happened
        Mean forecast less what happened, and what happened, in each cell.
    """

    error: float
    same_error: float
    crps: float
    inside: dict[int, NDArray[np.bool_]]
    pit: FloatArray
    gap: FloatArray
    happened: FloatArray


def scored(cut: str, drawn: IntArray, today: IntArray, happened: IntArray) -> Scored:
    """Return the scores of one cut.

    Parameters
    ----------
    drawn
        Futures. Shape (runs, age bands, groups).
    today, happened
        Shape (age bands, groups).
    """
    taken = CUTS[cut]
    futures = np.sort(taken(drawn), axis=0).astype(np.float64)
    truth, same = taken(happened).astype(np.float64), taken(today).astype(np.float64)
    mean, runs = futures.mean(axis=0), len(futures)
    apart = 2 * ((2 * np.arange(1, runs + 1) - runs - 1)[:, None] * futures).sum(axis=0) / runs**2
    seen = truth + mean >= 1
    levels = {name: np.quantile(futures, between, axis=0) for name, between in BANDS.items()}
    return Scored(
        error=float(np.abs(mean - truth).sum()),
        same_error=float(np.abs(same - truth).sum()),
        crps=float((np.abs(futures - truth).mean(axis=0) - apart / 2).sum()),
        inside={name: ((low <= truth) & (truth <= high))[seen] for name, (low, high) in levels.items()},
        pit=((futures < truth).mean(axis=0) + (futures == truth).mean(axis=0) / 2)[seen],
        gap=mean - truth,
        happened=truth,
    )


def ratio_and_doubt(errors: Sequence[float], same: Sequence[float]) -> tuple[float, float]:
    """Return the ratio of mean errors and twice its standard error (delta method, councils paired)."""
    ours, theirs = np.array(errors), np.array(same)
    ratio = float(ours.mean() / theirs.mean())
    spread = (ours - ratio * theirs).std(ddof=1) if len(ours) > 1 else 0.0
    return ratio, float(2 * spread / np.sqrt(len(ours)) / theirs.mean())


def figures_of(scores: Sequence[Scored]) -> dict[str, float | list[float]]:
    """Return the figures of one cut of one world at one horizon, from one entry a council."""
    same = [one.same_error for one in scores]
    ratio, doubt = ratio_and_doubt([one.error for one in scores], same)
    crps = float(np.mean([one.crps for one in scores]) / np.mean(same))
    gap = np.sum([one.gap.sum() for one in scores]) / np.sum([one.happened.sum() for one in scores])
    figures: dict[str, float | list[float]] = {
        "ratio": round(ratio, 3),
        "ratio_two_standard_errors": round(doubt, 3),
        "crps_ratio": round(crps, 3),
        "bias_percent": round(100 * float(gap), 2),
    }
    figures |= coverage(scores)
    pit = np.concatenate([one.pit for one in scores])
    shares = np.histogram(pit, bins=PIT_BINS, range=(0, 1))[0] / max(len(pit), 1)
    figures["pit_percent"] = [round(100 * float(share), 1) for share in shares]
    return figures


def coverage(scores: Sequence[Scored]) -> dict[str, float]:
    """Return the percentage of cells that lay inside each band."""
    return {
        f"inside_{name}_percent": round(
            100 * float(np.mean(np.concatenate([one.inside[name] for one in scores]))), 1
        )
        for name in BANDS
    }
