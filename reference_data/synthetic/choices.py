"""Random choices, said in the words of the rooms that make them. Each takes the generator of its stream."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np

STOCK_FOLDER = Path(__file__).parent / "stock"

_Item = TypeVar("_Item")


def stream(seed: int, authority: str, room: int) -> np.random.Generator:
    """Return the random numbers of one authority in one room of the generator."""
    return np.random.default_rng(np.random.SeedSequence([seed, int(authority), room]))


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Return whether something of this probability happens."""
    return bool(rng.random() < probability)


def one_of(rng: np.random.Generator, items: Sequence[_Item]) -> _Item:
    """Return one of the items, each equally likely."""
    return items[int(rng.integers(len(items)))]


def weighted(rng: np.random.Generator, weights: Mapping[_Item, float]) -> _Item:
    """Return one key, as likely as its weight."""
    # A running sum is faster than Generator.choice, which is called for every enquiry otherwise.
    rest = float(rng.random()) * sum(weights.values())
    found, *others = weights
    for item in others:
        rest -= weights[found]
        if rest < 0:
            break
        found = item
    return found


def between(rng: np.random.Generator, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``, both possible."""
    return int(rng.integers(low, high + 1))


def shuffled(rng: np.random.Generator, items: Sequence[_Item]) -> list[_Item]:
    """Return the items in a random order."""
    return [items[int(index)] for index in rng.permutation(len(items))]


def days_before(day: date, days: int) -> date:
    """Return the day some days earlier."""
    return day - timedelta(days=days)


@cache
def stock(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of one file of the stock."""
    with (STOCK_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
