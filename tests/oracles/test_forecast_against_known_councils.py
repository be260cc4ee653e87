"""The forecast of councils whose truth is known: as good as "same as today" when nothing changes, better when it does.

Few councils are drawn in every run; ``make evidence`` draws many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pytest

from sufficiency.forecast import Forecast, forecast_need
from sufficiency.returns import returns_from_tables
from tests.counts import count
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
