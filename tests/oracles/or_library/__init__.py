"""Published assignment instances and their published optima; ``README.md`` beside this file says whose they are."""

from __future__ import annotations

import gzip
from pathlib import Path

HERE = Path(__file__).parent


def or_library_costs(name: str) -> tuple[int, list[int]]:
    """Return how many items and places an instance has, and the cost of each item in each place, item by item."""
    plain = HERE / f"{name}.txt"
    text = (
        plain.read_text()
        if plain.exists()
        else gzip.decompress((HERE / f"{name}.txt.gz").read_bytes()).decode()
    )
    numbers = [int(n) for n in text.split()]
    return numbers[0], numbers[1:]


def published_optimum(name: str) -> int:
    """Return the optimum in the list that the library publishes."""
    rows = (HERE / "assignopt.txt").read_text().splitlines()[1:]
    optimum = dict(row.split() for row in rows if row.strip())
    return int(optimum[name])
