"""Several worlds of one council played beside each other, and counted together.

A council's unaccompanied children are a world of their own. How one world is played is in ``simulate.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import date
from typing import Any

from sufficiency.change import Change, change_explained, together
from sufficiency.scenario import Scenario
from sufficiency.simulate import World, simulate
from sufficiency.stays import IntArray
from sufficiency.uncertainty import Uncertainty

SEEDS_APART = 2**40
"""Between the seeds of a council's worlds."""


def played(
    worlds: Sequence[World],
    dates: Sequence[date],
    *,
    runs: int,
    seed: int,
    scenario: Scenario,
    uncertainty: Uncertainty,
    executor: Executor | None,
    explain: bool,
) -> tuple[IntArray, Change | None]:
    """Return the counts of all worlds together, and why they change if that is asked.

    Parameters
    ----------
    worlds
        At least one.
    dates, runs, seed, scenario, uncertainty, executor
        As for ``simulate`` and ``change_explained``. The first world meets the luck of the seed itself.

    Returns
    -------
    Counts of shape (runs, dates, age bands, details), and the change or ``None``.
    """
    counts: list[IntArray] = []
    changes: list[Change] = []
    for place, world in enumerate(worlds):
        how: dict[str, Any] = {
            "runs": runs,
            # Each world has luck of its own.
            "seed": seed + place * SEEDS_APART,
            "scenario": scenario,
            "uncertainty": uncertainty,
            "executor": executor,
        }
        counts.append(simulate(world, snapshot_days=[(day - world.start).days for day in dates], **how))
        if explain:
            changes.append(change_explained(world, counts[-1], dates=dates, **how))
    return sum(counts[1:], counts[0]), together(changes) if explain else None
