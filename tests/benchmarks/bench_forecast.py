"""How fast futures are drawn, and how far the forecast may be trusted on councils whose truth is known.

The councils are invented by laws the forecast is not told (``tests/oracles/synthetic_council.py``): in one world
nothing changes, in the other starts grow by 6% a year. Accuracy stands beside "same as today".
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from sufficiency.forecast import forecast_need, learnt_world, monthly_dates
from sufficiency.repair import repaired_history
from sufficiency.returns import returns_from_tables
from sufficiency.simulate import simulate
from tests.oracles.synthetic_council import Truth, council

ORIGIN, LAST_DAY = date(2019, 3, 31), date(2021, 3, 31)
HORIZONS = {12: date(2020, 3, 31), 24: LAST_DAY}
WORLDS = {"steady": 0.0, "growing": 0.06}
BANDS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
STARTS_A_YEAR = 110.0
STARTS_OF_500 = 217.0
"""Starts a year that keep about 500 children in care in the steady world."""
RUNS = 500


def measure(full: bool) -> dict[str, Any]:
    """Return child-years drawn a second, and errors and coverage over many councils (few when quick)."""
    seeds = range(24 if full else 2)
    speed, size = _speed(runs=RUNS if full else 100)
    figures: dict[str, Any] = speed
    for world, growth in WORLDS.items():
        figures |= {f"{name}_{world}": value for name, value in _accuracy(seeds, growth, full).items()}
    return {
        "what": f"{RUNS if full else 100} futures of {size} children over 24 months; accuracy of the total on "
        f"{len(seeds)} invented councils in a steady world and in one where starts grow 6% a year",
        "counts": {
            "runs": RUNS if full else 100,
            "children_in_care": size,
            "councils_in_each_world": len(seeds),
            "starts_a_year_of_each": STARTS_A_YEAR,
        },
        "figures": figures,
    }


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


def _accuracy(seeds: Sequence[int], growth: float, full: bool) -> dict[str, float]:
    errors: dict[tuple[str, int], list[float]] = {}
    inside: dict[tuple[int, int], list[bool]] = {}
    bias: dict[int, list[float]] = {}
    for seed in seeds:
        truth = _invented(1000 + seed, STARTS_A_YEAR, growth)
        returns = returns_from_tables(truth.returns(ORIGIN, years=5))
        forecast = forecast_need(returns, start=ORIGIN, months=24, runs=RUNS if full else 100, seed=seed)
        totals = forecast.counts.sum(axis=(2, 3))
        today = truth.in_care(ORIGIN)
        for months, day in HORIZONS.items():
            happened = truth.in_care(day)
            ours = float(totals[:, months].mean())
            errors.setdefault(("error", months), []).append(abs(ours - happened) / happened)
            errors.setdefault(("same_as_today", months), []).append(abs(today - happened) / happened)
            bias.setdefault(months, []).append((ours - happened) / happened)
            for band, levels in BANDS.items():
                low, high = np.quantile(totals[:, months], levels)
                inside.setdefault((band, months), []).append(bool(low <= happened <= high))
    figures: dict[str, float] = {}
    for months in HORIZONS:
        ours, same = np.mean(errors["error", months]), np.mean(errors["same_as_today", months])
        figures[f"error_percent_{months}_months"] = round(100 * float(ours), 2)
        figures[f"same_as_today_error_percent_{months}_months"] = round(100 * float(same), 2)
        figures[f"error_to_same_as_today_ratio_{months}_months"] = round(float(ours / same), 3)
        figures[f"bias_percent_{months}_months"] = round(100 * float(np.mean(bias[months])), 2)
        for band in BANDS:
            share = float(np.mean(inside[band, months]))
            figures[f"inside_{band}_band_percent_{months}_months"] = round(100 * share, 1)
    return figures
