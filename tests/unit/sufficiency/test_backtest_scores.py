"""The scores of a backtest, against their definitions and against a council whose truth is known."""

from __future__ import annotations

from datetime import date

import numpy as np

from sufficiency import backtest_forecast
from sufficiency.backtest import _crps, _pit
from sufficiency.returns import returns_from_tables
from tests.oracles.synthetic_council import council


def test_the_probability_score_is_its_definition_written_out() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        totals = rng.integers(80, 120, size=int(rng.integers(1, 40)))
        happened = int(rng.integers(70, 130))
        to_truth = np.mean([abs(one - happened) for one in totals])
        apart = np.mean([abs(one - other) for one in totals for other in totals])
        assert np.isclose(_crps(totals, happened), to_truth - apart / 2)


def test_one_certain_future_scores_its_absolute_error() -> None:
    assert _crps(np.full(30, 100), 93) == 7.0


def test_the_probability_transform_counts_equals_half() -> None:
    assert _pit(np.array([1, 2, 3, 4]), 3) == 0.625


def test_last_years_change_is_that_of_the_year_before_each_origin() -> None:
    last = date(2020, 3, 31)
    truth = council(3, starts_a_year=60, growth_a_year=0.1, first_day=date(2010, 1, 1), last_day=last)
    answer = backtest_forecast(
        returns_from_tables(truth.returns(last, years=5)), origins=3, runs=20, horizons=(12, 24)
    ).as_dict()
    for point in answer["points"]:
        origin = date.fromisoformat(point["origin"])
        today, a_year_ago = truth.in_care(origin), truth.in_care(origin.replace(year=origin.year - 1))
        assert point["same_as_today"] == today
        # Each cell changes again by what it changed; none may fall below nobody.
        assert abs(point["last_years_change"] - (today + (today - a_year_ago) * point["months"] / 12)) <= 12
    first = answer["horizons"][0]
    assert first["crps_same_as_today"] > 0
    assert len(first["pit"]) == first["origins"]
    assert set(first["coverage_of_groups_percent"]) == {"50", "80", "95"}
    assert first["total_error_percent_last_years_change"] is not None


def test_without_the_year_before_the_change_is_not_known() -> None:
    last = date(2020, 3, 31)
    truth = council(3, starts_a_year=60, growth_a_year=0.0, first_day=date(2010, 1, 1), last_day=last)
    answer = backtest_forecast(
        returns_from_tables(truth.returns(last, years=2)), origins=1, runs=20, horizons=(12,)
    ).as_dict()
    assert [point["last_years_change"] for point in answer["points"]] == [None]
    assert answer["horizons"][0]["total_error_percent_last_years_change"] is None
