"""Levels follow the years where they differ beyond chance, and rest on all of them where not."""

from __future__ import annotations

import numpy as np
import pytest

from sufficiency.drift import Drift, kind_levels, level_today, steady_levels


def poisson_years(rates: np.ndarray, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).poisson(rates).astype(float)


def test_counts_as_expected_leave_levels_near_nothing_and_drift_small() -> None:
    awaited = np.full((6, 4), 100.0)
    drifts = []
    for seed in range(20):
        found = kind_levels(poisson_years(awaited, seed), awaited)
        assert np.abs(found.level).max() < 0.25
        drifts.append(found.drift_a_year)
    assert np.mean(drifts) < 0.07


def test_a_kind_that_grows_for_years_stands_where_the_last_years_have_it() -> None:
    awaited = np.full((6, 4), 100.0)
    grown = awaited.copy()
    grown[:, 2] *= np.exp(0.2 * np.arange(6) - 0.5)
    found = kind_levels(grown, awaited)
    share = np.exp(found.level) / np.exp(found.level).sum()
    last = grown[-1] / grown[-1].sum()
    assert share[2] == pytest.approx(last[2], rel=0.15)
    assert share[2] > grown.sum(axis=0)[2] / grown.sum() * 1.15
    assert found.drift_a_year > 0.05


def test_how_many_events_there_are_in_all_changes_no_level() -> None:
    awaited = np.full((5, 3), 80.0)
    many = awaited * np.array([1.0, 2.0, 0.5, 1.5, 3.0])[:, None]
    assert np.abs(kind_levels(many, awaited).level).max() < 1e-9


def test_a_kind_never_expected_and_never_seen_keeps_its_level() -> None:
    awaited = np.array([[50.0, 0.0], [60.0, 0.0]])
    found = kind_levels(awaited, awaited)
    assert found.level[1] == 0.0
    assert np.isfinite(found.variance).all()


def test_draws_stand_about_the_best_estimate_and_one_left_out_changes_no_other() -> None:
    awaited = np.full((6, 4), 30.0)
    found = kind_levels(
        poisson_years(awaited * np.exp(np.random.default_rng(1).normal(0, 0.4, (6, 4))), 2), awaited
    )
    draws = np.array(
        [found.draw(np.random.default_rng(n), 2, parameters=True, drift=True) for n in range(2000)]
    )
    assert np.median(np.log(draws), axis=0) == pytest.approx(np.zeros((2, 4)), abs=0.03)
    fixed = found.draw(np.random.default_rng(1), 2, parameters=False, drift=False)
    assert (fixed == 1.0).all()
    alone = found.draw(np.random.default_rng(1), 2, parameters=True, drift=False)
    assert (alone[0] == alone[1]).all()
    assert (steady_levels(3).draw(np.random.default_rng(1), 4, parameters=True, drift=True) == 1.0).all()


def mean_drift(true_drift: float, a_year: float) -> float:
    found = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        rates = a_year * np.exp(np.cumsum(rng.normal(0, true_drift, 8)))
        found.append(
            level_today(
                rng.poisson(rates).astype(float), np.full(8, a_year), years_each=1.0, prior_drift=0.11
            ).drift.root_mean_square()
        )
    return float(np.mean(found))


def test_drift_is_found_where_it_is_and_hardly_where_it_is_not() -> None:
    assert mean_drift(0.0, 800.0) < 0.05
    assert mean_drift(0.0, 30.0) < 0.11
    assert 0.1 < mean_drift(0.15, 800.0) < 0.2


def test_each_future_has_a_drift_of_its_own_as_often_as_it_is_likely() -> None:
    drift = Drift(sizes=np.array([0.0, 0.1, 0.3]), chances=np.array([0.5, 0.3, 0.2]))
    rng = np.random.default_rng(1)
    drawn = np.array([drift.draw(rng) for _ in range(4000)])
    assert [np.mean(drawn == size) for size in drift.sizes] == pytest.approx(drift.chances, abs=0.03)
    assert np.sqrt(np.mean(drawn**2)) == pytest.approx(drift.root_mean_square(), rel=0.05)
    assert drift.at_least(0.1) == pytest.approx(0.5)


def test_a_steady_rate_rests_on_all_years_and_a_drifting_one_on_the_last() -> None:
    awaited = np.full(6, 400.0)
    steady = level_today(awaited * 1.1, awaited, years_each=1.0, prior_drift=0.11)
    assert steady.log_level == pytest.approx(np.log(1.1), abs=0.01)
    risen = level_today(
        awaited * np.array([1, 0.8, 1.1, 0.9, 1.4, 1.7]), awaited, years_each=1.0, prior_drift=0.11
    )
    assert risen.log_level > np.log(1.5)
    assert risen.variance > steady.variance
    assert risen.drift.root_mean_square() > 0.15


def test_without_a_single_count_the_prior_remains() -> None:
    nothing = level_today(np.zeros(0), np.zeros(0), years_each=1.0, prior_drift=0.11, prior_events=4.0)
    assert nothing.log_level == pytest.approx(0.0)
    assert nothing.variance > 0.25
    assert nothing.drift.root_mean_square() == pytest.approx(0.11, rel=0.15)
