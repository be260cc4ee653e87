"""Random numbers in blocks: one at a time from numpy they would take longer than everything else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from math import log

import numpy as np

_BLOCK = 8192


class Draws:
    """One stream of random numbers; the same words give the same stream on every machine.

    Parameters
    ----------
    words
        What the stream is for: a seed, an authority, the number of the room.
    """

    __slots__ = ("_next", "_normals", "_rng", "_uniforms")

    def __init__(self, *words: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(list(words))))
        self._uniforms: list[float] = []
        self._normals: list[float] = []

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        if not self._uniforms:
            self._uniforms = self._rng.random(_BLOCK).tolist()
        return self._uniforms.pop()

    def normal(self) -> float:
        """Return a standard normal number."""
        if not self._normals:
            self._normals = self._rng.standard_normal(_BLOCK).tolist()
        return self._normals.pop()

    def waiting(self) -> float:
        """Return a standard exponential waiting time, above 0."""
        return -log(1.0 - self.uniform())

    def below(self, count: int) -> int:
        """Return a whole number from 0 to one less than the count."""
        return min(int(self.uniform() * count), count - 1)

    def poisson(self, mean: float) -> int:
        """Return a Poisson count."""
        return int(self._rng.poisson(mean))

    def pick(self, cumulative: Sequence[float]) -> int:
        """Return a position, given running totals of the weights."""
        return min(bisect_right(cumulative, self.uniform() * cumulative[-1]), len(cumulative) - 1)

    def shuffle(self, items: list[str]) -> None:
        """Put a list into random order."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]


def running(weights: Sequence[float]) -> list[float]:
    """Return running totals, for ``Draws.pick``."""
    return list(accumulate(weights))
