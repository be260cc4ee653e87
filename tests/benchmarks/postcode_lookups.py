"""How fast places are found: run it with ``python tests/benchmarks/postcode_lookups.py``.

The target is 10,000 look-ups in under 50 milliseconds once the letter is loaded.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from reference_data.postcodes import _columns, directory_version, locate, locate_many

LOOK_UPS = 10_000
ROUNDS = 7


def main() -> None:
    started = time.perf_counter()
    locate("PL1 2AA")
    first_ms = (time.perf_counter() - started) * 1000
    known = _columns("P")["pcd"]
    asked = random.Random(903).choices(known, k=LOOK_UPS)
    one_by_one, at_once = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for postcode in asked:
            locate(postcode)
        one_by_one.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        locate_many(asked)
        at_once.append((time.perf_counter() - started) * 1000)
    say = sys.stdout.write
    say(f"postcode directory {directory_version()}, {len(known):,} postcodes of one letter\n")
    say(f"first look-up, loading the letter: {first_ms:.0f} ms\n")
    say(f"{LOOK_UPS:,} look-ups one by one:   {min(one_by_one):.1f} ms (worst {max(one_by_one):.1f})\n")
    say(f"{LOOK_UPS:,} look-ups at once:      {min(at_once):.1f} ms (worst {max(at_once):.1f})\n")


if __name__ == "__main__":
    main()
