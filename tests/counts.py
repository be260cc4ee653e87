"""How many random cases the tests draw: few in every run, many where ``TESTS_FULL_COUNTS=1``.

The assertions are the same for either count. ``make evidence`` runs the full ones and records them.
"""

from __future__ import annotations

import os

FULL = os.environ.get("TESTS_FULL_COUNTS") == "1"

COUNTS = {
    "allocation problems enumerated": (60, 5_000),
    "allocations by a second formulation": (10, 300),
    "waiting lists enumerated": (60, 1_200),
    "waiting lists planned again": (40, 800),
    "histories watched day by day": (500, 20_000),
    "councils forecast in each world": (5, 24),
    "returns spoiled": (25, 2_000),
    "returns littered": (20, 2_000),
    "requests of a role drawn from the API's description": (4, 200),
    "beds short by Hall's theorem": (100, 5_000),
    "last beds held": (3, 1_000),
    "last beds placed": (1, 50),
    "processes killed while placing": (12, 500),
    "deaths of each three steps": (1, 3),
    "councils whose returns a data manager checks": (2, 5),
    "lists of homes asked at once": (2, 60),
    "published tables attacked": (25, 3_000),
    "verdicts on bands": (200, 3_000),
}
"""What is counted: how many in every run, and how many in a full one."""


def count(what: str) -> int:
    """Return how many cases to draw of one kind."""
    few, full = COUNTS[what]
    return full if FULL else few
