"""How fast futures are drawn, and how far the forecast may be trusted on councils whose truth is known.

The worlds and their laws, none of them told to the forecast, are in ``tests/oracles/forecast_worlds.py``. In each,
and for the total, each placement group and each age band after 12 and 24 months, the error stands beside that of
"same as today" for the same councils, and bands beside how often they held what happened.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import Any

from sufficiency.backtest import by_group
from sufficiency.forecast import forecast_need, learnt_world, monthly_dates
from sufficiency.repair import repaired_history
from sufficiency.returns import returns_from_tables
from sufficiency.simulate import simulate
from tests.benchmarks.forecast_scores import CUTS, Scored, coverage, figures_of, scored
from tests.oracles.forecast_worlds import HORIZONS_MONTHS, WORLDS
from tests.oracles.synthetic_council import Truth, council

ORIGIN, LAST_DAY = date(2019, 3, 31), date(2021, 3, 31)
STARTS_OF_500 = 217.0
"""Starts a year that keep about 500 children in care in the steady world."""
RUNS = 500
RUNS_OF_COUNCILS = 250
"""Futures of each council whose truth is known: enough for its mean and the ends of a band of 95 in 100."""
QUICK_RUNS, QUICK_COUNCILS = 100, 4
FIRST_SEED = 7000
"""Of the councils reported. None from here to ``forecast_worlds.TUNING_SEED`` was looked at while the model was made."""


def measure(full: bool) -> dict[str, Any]:
    """Return child-years drawn a second, and errors and coverage over many councils (few when quick)."""
    runs = RUNS if full else QUICK_RUNS
    figures, size = _speed(runs=runs)
    of_councils = RUNS_OF_COUNCILS if full else QUICK_RUNS
    tasks = [
        (name, FIRST_SEED + number, of_councils)
        for name, world in WORLDS.items()
        for number in range(world.councils if full else QUICK_COUNCILS)
    ]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        found = list(pool.map(_council_scored, tasks, chunksize=2))
    figures["councils"] = len(tasks)
    by_world = _by_world(tasks, found)
    figures |= by_world | _worse_than_same_as_today(by_world) | _over_all(tasks, found)
    return {
        "what": f"{runs} futures of {size} children over 24 months; accuracy on {len(tasks)} invented councils with "
        f"{of_councils} futures each in {len(WORLDS)} worlds ("
        + "; ".join(f"{name}: {world.what}" for name, world in WORLDS.items())
        + ")",
        "counts": {
            "runs": runs,
            "runs_of_councils": of_councils,
            "children_in_care": size,
            **{f"councils_{name}": sum(task[0] == name for task in tasks) for name in WORLDS},
        },
        "figures": figures,
    }


Scores = dict[tuple[str, int], Scored]
Task = tuple[str, int, int]


def _council_scored(task: Task) -> Scores:
    """Return the scores of one council by cut and months."""
    name, seed, runs = task
    known = WORLDS[name].invent(seed)
    forecast = forecast_need(
        returns_from_tables(known.returns),
        start=known.origin,
        months=max(HORIZONS_MONTHS),
        runs=runs,
        seed=seed,
    )
    drawn = by_group(forecast.counts)
    if (drawn[:, 0] != known.today).any():
        raise AssertionError(f"the first date of council {seed} of {name} is not what is true")
    return {
        (cut, months): scored(cut, drawn[:, months], known.today, known.happened[position])
        for position, months in enumerate(HORIZONS_MONTHS)
        for cut in CUTS
    }


def _by_world(tasks: list[Task], found: list[Scores]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for name in WORLDS:
        of_world = [scores for task, scores in zip(tasks, found, strict=True) if task[0] == name]
        for cut, months in of_world[0]:
            for figure, value in figures_of([scores[cut, months] for scores in of_world]).items():
                figures[f"{figure}_{cut}_{months}_months_{name}"] = value
    return figures


def _worse_than_same_as_today(by_world: dict[str, Any]) -> dict[str, Any]:
    """Return in how many cuts of how many the error is more than twice its standard error above "same as today"."""
    figures: dict[str, Any] = {}
    for sort, still in (("unchanging", True), ("changing", False)):
        cuts = [
            f"{cut}_{months}_months_{name}"
            for name, world in WORLDS.items()
            for cut in CUTS
            for months in HORIZONS_MONTHS
            if world.nothing_changes is still
        ]
        worse = [
            cut for cut in cuts if by_world[f"ratio_{cut}"] > 1 + by_world[f"ratio_two_standard_errors_{cut}"]
        ]
        figures[f"cuts_of_{sort}_worlds"] = len(cuts)
        figures[f"cuts_of_{sort}_worlds_worse_than_same_as_today"] = len(worse)
        figures[f"cuts_of_{sort}_worlds_that_are_worse"] = ", ".join(worse) or "none"
    return figures


def _over_all(tasks: list[Task], found: list[Scores]) -> dict[str, Any]:
    """Return the share inside each band over all worlds, and over those in which nothing changes."""
    figures: dict[str, Any] = {}
    still = [scores for task, scores in zip(tasks, found, strict=True) if WORLDS[task[0]].nothing_changes]
    for name, chosen in (("all_worlds", found), ("unchanging_worlds", still)):
        for cut in CUTS:
            scores = [one[cut, months] for one in chosen for months in HORIZONS_MONTHS]
            for figure, value in coverage(scores).items():
                figures[f"{figure}_{cut}_{name}"] = value
    return figures


def _invented(seed: int, starts_a_year: float, growth: float) -> Truth:
    return council(
        seed,
        starts_a_year=starts_a_year,
        growth_a_year=growth,
        first_day=date(2006, 1, 1),
        last_day=LAST_DAY,
    )


def _speed(runs: int) -> tuple[dict[str, Any], int]:
    truth = _invented(0, STARTS_OF_500, 0.0)
    returns = returns_from_tables(truth.returns(ORIGIN, years=5))
    forecast_need(returns, start=ORIGIN, months=1, runs=2)
    started, worked = time.perf_counter(), time.process_time()
    forecast = forecast_need(returns, start=ORIGIN, months=24, runs=runs)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    world = learnt_world(repaired_history(returns, known_on=ORIGIN), ORIGIN)
    days = [(day - ORIGIN).days for day in monthly_dates(ORIGIN, 24)]
    started = time.process_time()
    simulate(world, snapshot_days=days, runs=runs, seed=0)
    drawing = time.process_time() - started
    totals = forecast.counts.sum(axis=(2, 3))
    child_years = float(totals.mean(axis=1).sum()) * 2
    return {
        "seconds": round(seconds, 2),
        "processor_s": round(processor, 2),
        "drawing_processor_s": round(drawing, 2),
        "child_years_per_second": round(child_years / drawing),
    }, int(totals[0, 0])
