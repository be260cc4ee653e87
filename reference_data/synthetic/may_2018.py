"""The five young people whom inspectors found in hotels in May 2018, invented anew, as part of the partnership's record.

The file is the sample's own; the letter it follows is that of the focused visit of 25 May 2018.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

EARLIER_STAYS = Path(__file__).parent / "emergency_stays_may_2018.csv"


def stays_of_may_2018() -> list[dict[str, object]]:
    """Return the stays of the five young people in hotels whom inspectors found in May 2018, invented anew."""
    with EARLIER_STAYS.open(encoding="utf-8", newline="") as file:
        return [_nested(row) for row in csv.DictReader(file)]


def _nested(row: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {}
    lists: dict[str, dict[str, str]] = {}
    for name, value in row.items():
        outer, dot, inner = name.partition(".")
        if not value:
            continue
        if dot:
            lists.setdefault(outer, {})[inner] = value
        else:
            found[name] = {"yes": True, "no": False}.get(value, value) if name == "in_care" else value
    return found | {outer: [item] for outer, item in lists.items()}
