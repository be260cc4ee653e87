"""How fast places are found. The target is 10,000 look-ups in under 50 ms once the letter is loaded."""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

from reference_data.postcodes import _columns, directory_version, locate, locate_many


def measure(full: bool) -> dict[str, Any]:
    """Return milliseconds for 10,000 look-ups of one letter, one by one and at once."""
    rounds = 15 if full else 5
    started = time.perf_counter()
    locate("PL1 2AA")
    first_ms = (time.perf_counter() - started) * 1000
    known = _columns("P")["pcd"]
    asked = random.Random(903).choices(known, k=10_000)
    one_by_one, at_once = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        for postcode in asked:
            locate(postcode)
        one_by_one.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        locate_many(asked)
        at_once.append((time.perf_counter() - started) * 1000)
    return {
        "what": f"10,000 random postcodes of one letter, directory {directory_version()}",
        "figures": {
            "first_look_up_ms": round(first_ms),
            "one_by_one_ms_median": round(statistics.median(one_by_one), 1),
            "one_by_one_ms_best": round(min(one_by_one), 1),
            "at_once_ms_median": round(statistics.median(at_once), 1),
            "at_once_ms_best": round(min(at_once), 1),
        },
        "counts": {"rounds": rounds, "look_ups": len(asked), "postcodes_of_the_letter": len(known)},
    }
