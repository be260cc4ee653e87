"""Many want one bed at the same moment, and processes die at random: one placement, clear conflicts, all invariants."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.counts import count

from .invariants import broken

CONTENDERS = Path(__file__).parent / "contenders.py"
ROOT = Path(__file__).parents[3]
CLIENTS = 50


def contend(url: str, **asked: Any) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, str(CONTENDERS), json.dumps({"url": url, **asked})],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize(
    ("want", "rounds"), [("hold", count("last beds held")), ("place", count("last beds placed"))]
)
def test_of_fifty_who_want_the_last_bed_one_gets_it_and_forty_nine_are_told_so(
    migrated_url: str, want: str, rounds: int
) -> None:
    found = contend(migrated_url, way="fight", want=want, clients=CLIENTS, rounds=rounds)
    assert found["faults"] == []
    assert (found["won"], found["conflicts"]) == (rounds, rounds * (CLIENTS - 1))
    assert broken(migrated_url) == []


def test_killed_at_random_while_they_hold_place_and_end_every_invariant_holds_after_restart(
    migrated_url: str,
) -> None:
    found = contend(
        migrated_url,
        way="kill",
        clients=6,
        kills=count("processes killed while placing"),
        homes=4,
        children=40,
        longest_wait=0.8,
        seed=11,
    )
    assert found["faults"] == []
    assert found["done"] > 0
    assert broken(migrated_url) == []
