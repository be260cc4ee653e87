"""What is promised about beds beside what comes true, on invented councils whose true futures are known.

For each council the returns up to a day are forecast, and beds are set against it: as many as children need today, a few
fewer, a few more. What happens is drawn from the law the children really live by. Promised are the chance of being
short, the beds that are enough in nine futures of ten, and the cost; each is held against the share of true futures.
Residential and supported care, where beds are bought. The speed of the whole answer stands beside.
"""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from reference_data.synthetic.careers import council_intake, simulate_council
from reference_data.synthetic.returns import write_returns
from reference_data.synthetic.truth import futures
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency import forecast_need, read_returns
from sufficiency.budget import budget
from sufficiency.episodes import DETAILS
from sufficiency.prices import Price
from sufficiency.shortfall import beds_short

ORIGIN = date(2024, 3, 31)
MONTHS = 24
AT = (12, 24)
SIZE = 350
GROUPS = (PlacementGroup.RESIDENTIAL, PlacementGroup.SUPPORTED)
BEDS_BESIDE_NEED = (0.9, 1.0, 1.1, 1.25)
FIRST_YEAR = 2019
WEEKLY_PENCE = 500_000


def measure(full: bool) -> dict[str, Any]:
    """Return how far promises about beds hold, over many councils (few when quick)."""
    councils, true_runs, runs = (24, 60, 300) if full else (2, 12, 60)
    promised: list[float] = []
    true: list[float] = []
    enough: list[float] = []
    inside: list[float] = []
    cost_error: list[float] = []
    for seed in range(councils):
        forecast, real, dates = _council(7_000 + seed, runs, true_runs)
        for group in GROUPS:
            ours, theirs = forecast[group], real[group]
            today = int(ours[0, 0].sum())
            for beside in BEDS_BESIDE_NEED:
                beds = {(0, len(AGE_BANDS) - 1): float(round(today * beside))}
                for month in AT:
                    short = beds_short(ours[:, month], beds).sum(axis=1)
                    happened = beds_short(theirs[:, month], beds).sum(axis=1)
                    promised.append(float((short > 0).mean()))
                    true.append(float((happened > 0).mean()))
                    enough.append(float((happened <= np.quantile(short, 0.9)).mean()))
        low, high, mean, costs = _costs(forecast, real, dates)
        inside.append(float(((costs >= low) & (costs <= high)).mean()))
        cost_error.append((mean - costs.mean()) / costs.mean())
    chances, happens = np.array(promised), np.array(true)
    return {
        "what": f"promises about residential and supported beds on {councils} invented councils of about {SIZE} "
        "children, "
        f"{MONTHS} months ahead, against {true_runs} true futures of each",
        "counts": {"councils": councils, "true_futures": true_runs, "runs": runs},
        "figures": {
            "p_short_mean_promised": round(float(chances.mean()), 3),
            "p_short_mean_true": round(float(happens.mean()), 3),
            "p_short_mean_absolute_error": round(float(np.abs(chances - happens).mean()), 3),
            "p_short_true_where_promised_below_20_percent": _mean(happens[chances < 0.2]),
            "p_short_true_where_promised_20_to_80_percent": _mean(
                happens[(chances >= 0.2) & (chances <= 0.8)]
            ),
            "p_short_true_where_promised_above_80_percent": _mean(happens[chances > 0.8]),
            "beds_for_90_percent_were_enough_in_percent": round(100 * float(np.mean(enough)), 1),
            "cost_of_24_months_inside_80_band_percent": round(100 * float(np.mean(inside)), 1),
            "cost_of_24_months_bias_percent": round(100 * float(np.mean(cost_error)), 2),
            **_speed(full),
        },
    }


def _council(seed: int, runs: int, true_runs: int) -> tuple[dict[Any, Any], dict[Any, Any], tuple[date, ...]]:
    """Return children by group, run, date and age band: as forecast from the returns, and as they may truly be."""
    history = simulate_council(size=SIZE, seed=seed, until=ORIGIN)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in write_returns(history, years=range(FIRST_YEAR, ORIGIN.year + 1)).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        returns = read_returns(folder)
    found = forecast_need(returns, start=ORIGIN, months=MONTHS, runs=runs, seed=seed)
    real = futures(history, seed=seed, months=MONTHS, runs=true_runs, intake=council_intake(SIZE))
    places = {group: [k for k, detail in enumerate(DETAILS) if detail.group is group] for group in GROUPS}
    order = list(PlacementGroup)
    return (
        {group: found.counts[..., places[group]].sum(axis=3) for group in GROUPS},
        {group: real.counts[..., order.index(group)].astype(np.int64) for group in GROUPS},
        found.dates,
    )


def _costs(
    forecast: dict[Any, Any], real: dict[Any, Any], dates: tuple[date, ...]
) -> tuple[float, float, float, np.ndarray[Any, Any]]:
    """Return the 80 in 100 band and mean of the promised cost of both years, and the cost of each true future."""

    def years(children: dict[Any, Any]) -> np.ndarray[Any, Any]:
        nights = np.diff([day.toordinal() for day in dates])
        total = sum(children[group].sum(axis=2) for group in GROUPS)
        return np.asarray((total[:, :-1] * nights).sum(axis=1) * WEEKLY_PENCE / 7)

    ours, theirs = years(forecast), years(real)
    low, high = np.quantile(ours, [0.1, 0.9])
    return float(low), float(high), float(ours.mean()), theirs


def _speed(full: bool) -> dict[str, float]:
    """Return how long the costs of a forecast take beside drawing it."""
    history = simulate_council(size=SIZE, seed=1, until=ORIGIN)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in write_returns(history, years=range(FIRST_YEAR, ORIGIN.year + 1)).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        returns = read_returns(folder)
    began = time.process_time()
    found = forecast_need(returns, start=ORIGIN, months=MONTHS, runs=300 if full else 60)
    drawn = time.process_time() - began
    began = time.process_time()
    price = Price(weekly_pence=WEEKLY_PENCE, low_pence=0, high_pence=2 * WEEKLY_PENCE, source="the benchmark")
    budget(found.counts, found.dates, dict.fromkeys(DETAILS, price), {})
    costed = time.process_time() - began
    return {"forecast_processor_s": round(drawn, 2), "costs_to_forecast_ratio": round(costed / drawn, 3)}


def _mean(values: np.ndarray[Any, Any]) -> float | None:
    return round(float(values.mean()), 3) if len(values) else None
