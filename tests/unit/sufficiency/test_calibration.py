"""A change is believed as far as it stands out from noise, and what is believed is what the bent world leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from sufficiency import calibration
from sufficiency.calibration import believed, calibrated, usual_numbers
from sufficiency.drift import Drift
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.flows import fit_starts, inflow_levels
from sufficiency.repair import CareHistory, repaired_history
from sufficiency.returns import returns_from_tables
from sufficiency.simulate import World, simulate
from sufficiency.stays import exposure, fit_rates, in_care_on, move_counts
from sufficiency.uncertainty import Uncertainty
from tests.oracles.synthetic_council import council

ORIGIN = date(2019, 3, 31)


def change_believed(change: float, *, noise: float = 0.05**2, usual: float = 0.0) -> float:
    found = believed(
        np.array(change),
        usual=np.array(usual),
        usual_doubt=np.array(0.03**2),
        noise=np.array(noise),
        spread=0.1,
    )
    return float(found.change)


def test_a_small_change_is_mostly_noise_and_a_large_one_is_believed() -> None:
    shares = [change_believed(change) / change for change in (1e-6, 0.05, 0.1, 0.2, 0.4)]
    assert shares == sorted(shares)
    assert shares[0] < 0.45
    assert shares[-1] > 0.75
    assert change_believed(-0.2) == pytest.approx(-change_believed(0.2))


def test_the_more_is_known_the_more_is_believed() -> None:
    for change in (0.02, 0.1):
        believed_of = [change_believed(change, noise=noise**2) for noise in (0.01, 0.05, 0.2)]
        assert believed_of == sorted(believed_of, reverse=True)
    assert change_believed(0.1, noise=1e-9) == pytest.approx(0.1, abs=1e-4)


def test_where_nothing_stands_out_the_number_goes_back_to_the_usual_one() -> None:
    assert -0.05 < change_believed(0.0, noise=0.1**2, usual=-0.05) < -0.03
    assert change_believed(0.4, usual=-0.05) > 0.25


@cache
def learnt() -> tuple[CareHistory, World]:
    truth = council(3, starts_a_year=40, growth_a_year=0.0, first_day=date(2011, 1, 1), last_day=ORIGIN)
    history = repaired_history(returns_from_tables(truth.returns(ORIGIN, years=4)), known_on=ORIGIN)
    seen = exposure(history)
    starts, destinations = fit_starts(history, prior_drift=0.1), move_counts(history)
    return history, World(
        start=ORIGIN,
        stock=tuple(in_care_on(history.stays, ORIGIN)),
        starts=starts,
        exits=fit_rates(seen, seen.exited, prior_a_year=0.4, prior_drift=0.1),
        moves=fit_rates(seen, seen.moved, prior_a_year=0.7, prior_drift=0.1),
        destinations=destinations,
        inflow=inflow_levels(history, destinations, starts),
    )


def after_two_years(world: World) -> np.ndarray:
    counts = simulate(
        world,
        snapshot_days=[0, 730],
        runs=80,
        seed=7,
        uncertainty=Uncertainty(parameters=False, drift=False),
    )
    mean = counts.sum(axis=2).mean(axis=0)
    return np.array([[mean[d, [x.group is g for x in DETAILS]].sum() for g in GROUPS] for d in (0, 1)])


def test_the_bent_world_lies_between_the_usual_numbers_and_what_the_rates_imply() -> None:
    history, world = learnt()
    today, implied = after_two_years(world)
    usual = usual_numbers(history)
    first, then = after_two_years(calibrated(world, history))
    assert (first == today).all()
    near = 0.05 * today.sum()
    for cut in (slice(None), slice(0, 1)):
        ends = (usual[cut].sum(), today[cut].sum(), implied[cut].sum())
        assert min(ends) - near <= then[cut].sum() <= max(ends) + near


def test_the_usual_number_is_the_mean_of_every_night_of_the_returns() -> None:
    history, _ = learnt()
    nights = [
        history.first_day + timedelta(days=day) for day in range((history.known_to - history.first_day).days)
    ]
    counted = np.mean([len(in_care_on(history.stays, night)) for night in nights[::7]])
    assert usual_numbers(history).sum() == pytest.approx(counted, rel=0.01)


def test_a_world_whose_starts_were_doubled_is_bent_back_only_in_part() -> None:
    history, world = learnt()
    twice = np.array([np.log(2), 0.0])
    assert world.starts.if_trend is not None
    starts = replace(
        world.starts, log_rate=world.starts.log_rate + twice, if_trend=world.starts.if_trend + twice
    )
    doubled = replace(world, starts=starts)
    today, implied = after_two_years(doubled)
    _, then = after_two_years(calibrated(doubled, history))
    assert today.sum() * 1.2 < then.sum() < implied.sum()


def test_where_rates_drift_the_number_is_not_taken_back_to_the_usual_one() -> None:
    history, world = learnt()
    more = np.array([0.15, 0.0])
    assert world.starts.if_trend is not None
    raised = replace(
        world.starts, log_rate=world.starts.log_rate + more, if_trend=world.starts.if_trend + more
    )
    steady, drifting = (
        replace(
            world, starts=replace(raised, drift=Drift.of(size)), exits=replace(world.exits, drift=Drift.of(0))
        )
        for size in (0.0, 0.3)
    )
    _, implied = after_two_years(steady)
    _, back = after_two_years(calibrated(steady, history))
    _, ahead = after_two_years(calibrated(drifting, history))
    assert abs(ahead.sum() - implied.sum()) < 0.8 * abs(back.sum() - implied.sum())


def test_it_does_not_depend_on_the_seed_of_a_forecast_and_an_empty_council_is_left_alone() -> None:
    history, world = learnt()
    once, again = calibrated(world, history), calibrated(world, history)
    assert (once.starts.log_rate == again.starts.log_rate).all()
    assert (once.inflow.level == again.inflow.level).all()
    empty = replace(world, stock=())
    assert calibrated(empty, history) is empty
    assert calibration.LEAST_PILOT_RUNS >= 20
