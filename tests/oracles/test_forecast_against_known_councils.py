"""The forecast of councils whose truth is known: as good as "same as today" when nothing changes, better when it does.

Few councils are drawn in every run; ``make evidence`` draws many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pytest

from sufficiency.backtest import by_group
from sufficiency.forecast import Forecast, forecast_need
from sufficiency.returns import returns_from_tables
from tests.counts import count
from tests.oracles.forecast_worlds import WORLDS
from tests.oracles.synthetic_council import Truth, council

ORIGIN = date(2019, 3, 31)
YEAR_LATER, TWO_YEARS_LATER = date(2020, 3, 31), date(2021, 3, 31)
SEEDS = range(count("councils forecast in each world"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A forecast and the truth it aimed at."""

    truth: Truth
    forecast: Forecast


@cache
def checked(seed: int, growth_a_year: float) -> Checked:
    truth = council(
        seed,
        starts_a_year=110,
        growth_a_year=growth_a_year,
        first_day=date(2006, 1, 1),
        last_day=TWO_YEARS_LATER,
    )
    returns = returns_from_tables(truth.returns(ORIGIN, years=5))
    return Checked(truth=truth, forecast=forecast_need(returns, start=ORIGIN, months=24, runs=150, seed=seed))


def totals(case: Checked) -> np.ndarray:
    return case.forecast.counts.sum(axis=(2, 3))


def test_the_first_date_is_the_children_in_care_that_night_in_every_run() -> None:
    for seed in SEEDS:
        case = checked(seed, 0.0)
        assert (totals(case)[:, 0] == case.truth.in_care(ORIGIN)).all()


@pytest.mark.parametrize("growth_a_year", [0.0, 0.12])
def test_the_wide_band_holds_the_truth_and_is_narrow_enough_to_use(growth_a_year: float) -> None:
    inside, widths = 0, []
    for seed in SEEDS:
        case = checked(seed, growth_a_year)
        for month, day in ((12, YEAR_LATER), (24, TWO_YEARS_LATER)):
            low, high = np.quantile(totals(case)[:, month], [0.025, 0.975])
            happened = case.truth.in_care(day)
            inside += low <= happened <= high
            widths.append((high - low) / happened)
    # None of few councils is in doubt by two thirds of its children; of many, hardly any.
    assert sum(width >= 0.67 for width in widths) <= len(widths) // 12
    assert np.mean(widths) < 0.5
    assert inside >= 0.8 * 2 * len(SEEDS)


def test_where_starts_grow_the_forecast_beats_same_as_today() -> None:
    ours, same = [], []
    for seed in SEEDS:
        case = checked(seed, 0.12)
        happened = case.truth.in_care(TWO_YEARS_LATER)
        ours.append(abs(totals(case)[:, 24].mean() - happened) / happened)
        same.append(abs(case.truth.in_care(ORIGIN) - happened) / happened)
    assert np.mean(ours) < 0.8 * np.mean(same)


def test_where_nothing_changes_the_forecast_is_not_biased() -> None:
    errors = []
    for seed in SEEDS:
        case = checked(seed, 0.0)
        happened = case.truth.in_care(YEAR_LATER)
        errors.append((totals(case)[:, 12].mean() - happened) / happened)
    assert abs(np.mean(errors)) < 0.05


def test_where_nothing_changes_the_forecast_by_placement_is_about_as_good_as_same_as_today() -> None:
    ours, same = 0.0, 0.0
    for seed in SEEDS:
        case = checked(seed, 0.0)
        drawn = by_group(case.forecast.counts).sum(axis=2)
        today = case.truth.counted(ORIGIN).sum(axis=0)
        for month, day in ((12, YEAR_LATER), (24, TWO_YEARS_LATER)):
            happened = case.truth.counted(day).sum(axis=0)
            ours += float(np.abs(drawn[:, month].mean(axis=0) - happened).sum())
            same += float(np.abs(today - happened).sum())
    assert ours < 1.15 * same


@pytest.mark.parametrize("world", ["steady", "uneven", "short", "small", "generator", "capacity"])
def test_every_kind_of_world_is_read_as_it_is_and_forecast_without_an_impossible_state(world: str) -> None:
    known = WORLDS[world].invent(1)
    returns = returns_from_tables(known.returns)
    forecast = forecast_need(returns, start=known.origin, months=3, runs=4)
    drawn = by_group(forecast.counts)
    assert (drawn[:, 0] == known.today).all()
    assert drawn.min() >= 0
    supported_under_16 = forecast.counts[:, :, :-1][..., 6]
    assert (supported_under_16[:, 1:] <= supported_under_16[:, :1]).all()


def test_the_law_of_a_world_does_what_it_says() -> None:
    starts = {}
    for name in ("growing", "shrinking", "step", "mixing"):
        known = WORLDS[name].invent(1)
        starts[name] = known.happened[-1].sum() / max(known.today.sum(), 1)
    assert starts["growing"] > 1 > starts["shrinking"]
    assert starts["step"] > 1
    large, small = WORLDS["large"].invent(1).today.sum(), WORLDS["small"].invent(1).today.sum()
    assert 1200 < large < 1900
    assert 40 < small < 90
