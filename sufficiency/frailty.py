"""Differences between children: some move more often than others of their age, placement and time in it.

Each child's pace multiplies its rate of moving. Paces are spread as a gamma with mean 1, as wide as the moves of
children with several placements show; a child who has moved often, or seldom, for its time in care so far is drawn
accordingly. What the rates are for a child of pace 1 is in ``stays.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

FloatArray = NDArray[np.float64]

ALIKE = np.inf
"""The shape of a spread of paces where all children are alike."""
_SHAPES = np.array([0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0])
CLEARLY_DIFFERENT = 4.0
"""Children are taken as different where that makes their moves so much likelier, on the logarithm, than all alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paces:
    """How children in care today, and those to come, differ in how often they move.

    Parameters
    ----------
    shape
        Of the gamma with mean 1 that paces come from; ``ALIKE`` where children are alike.
    moved, awaited
        Moves seen of each child in care today, and moves awaited at pace 1. Shapes (children,).
    """

    shape: float
    moved: FloatArray
    awaited: FloatArray

    def draw_stock(self, rng: np.random.Generator) -> FloatArray:
        """Return a pace for each child in care today. Shape (children,)."""
        if np.isinf(self.shape):
            return np.ones(len(self.moved))
        return np.asarray(rng.gamma(self.shape + self.moved) / (self.shape + self.awaited))

    def draw_new(self, rng: np.random.Generator, count: int) -> FloatArray:
        """Return a pace for each child who starts. Shape (count,)."""
        if np.isinf(self.shape):
            return np.ones(count)
        return np.asarray(rng.gamma(self.shape, size=count) / self.shape)


def spread_of_paces(moved: FloatArray, awaited: FloatArray) -> float:
    """Return the shape of the gamma that children's paces most likely come from, or ``ALIKE``.

    Parameters
    ----------
    moved, awaited
        Moves of each child, and moves awaited were all alike. Shapes (children,).

    References
    ----------
    Clayton (1978), A model for association in bivariate life tables. Biometrika 65(1): gamma frailty.
    """
    alike = float((moved * np.log(np.maximum(awaited, 1e-300)) - awaited).sum())
    shapes = _SHAPES[:, None]
    likely = (
        gammaln(shapes + moved)
        - gammaln(shapes)
        + shapes * np.log(shapes)
        - (shapes + moved) * np.log(shapes + awaited)
        + moved * np.log(np.maximum(awaited, 1e-300))
    ).sum(axis=1)
    best = int(likely.argmax())
    return float(_SHAPES[best]) if likely[best] > alike + CLEARLY_DIFFERENT else ALIKE
