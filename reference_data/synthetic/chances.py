"""Chance without a stream: a number that belongs to a child, a subject and a day, whatever else was asked before.

What a return adds to a history (reviews, health checks, social workers) must be the same whichever years are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

_SCALE = 2.0**32


def chance(*words: object) -> float:
    """Return a number in [0, 1) that depends on the words only."""
    # The first pass of a CRC is linear, so neighbouring words would have neighbouring numbers; the second undoes that.
    first = crc32("|".join(map(str, words)).encode())
    return (crc32(first.to_bytes(4, "big") + b"righthome", first ^ 0x9E3779B9) * 2654435761 % 2**32) / _SCALE


def chosen(options: Sequence[str], weights: Sequence[float], *words: object) -> str:
    """Return one of several options by their weights."""
    mark = chance(*words) * sum(weights)
    for option, weight in zip(options, weights, strict=True):
        mark -= weight
        if mark < 0:
            return option
    return options[-1]
