"""Starts: a level that rests on what does not drift, a trend that is believed only when shown, in any length of time."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.flows import fit_trend
from sufficiency.stays import DAYS_A_YEAR


def quarters(a_year: float, trend: float, years: int, seed: int) -> np.ndarray:
    middle = (np.arange(4 * years) - 4 * years + 0.5) / 4
    return np.random.default_rng(seed).poisson(a_year / 4 * np.exp(trend * middle)).astype(float)


def fitted(a_year: float, trend: float, *, years: int = 5) -> list[tuple[float, float, float]]:
    """Return level against the truth, trend and its chance, for some councils."""
    found = []
    for seed in range(20):
        fit = fit_trend(quarters(a_year, trend, years, seed), years_each=0.25, prior_drift=0.11)
        found.append((fit.log_rate[0] - np.log(a_year / DAYS_A_YEAR), fit.log_rate[1], fit.chance))
    return found


@pytest.mark.parametrize("a_year", [30, 150, 800])
@pytest.mark.parametrize("years", [2, 5, 10])
def test_where_nothing_changes_the_level_is_right_and_hardly_a_trend_is_believed(
    a_year: int, years: int
) -> None:
    level, trend, _ = np.array(fitted(a_year, 0.0, years=years)).T
    assert abs(level.mean()) < 0.06
    assert np.sqrt((level**2).mean()) < 2.5 / np.sqrt(a_year * years) + 0.03
    assert np.abs(trend).mean() < 0.03


def test_the_clearer_a_trend_the_more_of_it_is_believed() -> None:
    believed = [np.mean([trend for _, trend, _ in fitted(a_year, 0.06)]) for a_year in (30, 150, 800)]
    assert believed == sorted(believed)
    assert 0.02 < believed[1] < 0.06
    assert believed[2] > 0.04
    falling = np.mean([trend for _, trend, _ in fitted(800, -0.06)])
    assert falling == pytest.approx(-believed[2], abs=0.015)


def test_a_month_of_returns_gives_the_rate_of_that_month() -> None:
    fit = fit_trend(np.array([12.0]), years_each=30 / DAYS_A_YEAR, prior_drift=0.11)
    assert np.exp(fit.log_rate[0]) == pytest.approx(12 / 30, rel=0.1)
    assert fit.covariance[0, 0] > 0.05


def test_if_there_is_a_trend_it_is_steeper_than_what_is_believed_on_average() -> None:
    fit = fit_trend(quarters(150, 0.06, 5, 1), years_each=0.25, prior_drift=0.11)
    assert abs(fit.if_trend[1]) >= abs(fit.log_rate[1])
    assert (np.linalg.eigvalsh(fit.covariance) > 0).all()
