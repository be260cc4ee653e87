"""A change is believed as far as it stands out from noise, and what is believed is what the bent world leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from sufficiency import calibration
from sufficiency.calibration import believed, calibrated
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.flows import fit_starts, inflow_levels
from sufficiency.repair import CareHistory, repaired_history
from sufficiency.returns import returns_from_tables
from sufficiency.simulate import World, simulate
from sufficiency.stays import exposure, fit_rates, in_care_on, move_counts
from sufficiency.uncertainty import Uncertainty
from tests.oracles.synthetic_council import council

ORIGIN = date(2019, 3, 31)


def share(change: float, *, noise: float = 0.05**2) -> float:
    found = believed(np.array(change), usual=np.array(0.03**2), noise=np.array(noise), spread=0.1)
    return float(found.share)


def test_a_small_change_is_mostly_noise_and_a_large_one_is_believed() -> None:
    shares = [share(change) for change in (0.0, 0.05, 0.1, 0.2, 0.4)]
    assert shares == sorted(shares)
    assert shares[0] < 0.4
    assert shares[-1] > 0.75
    assert share(-0.2) == share(0.2)


def test_the_more_is_known_the_more_is_believed() -> None:
    for change in (0.02, 0.1):
        assert share(change, noise=0.01**2) > share(change, noise=0.05**2) > share(change, noise=0.2**2)
    assert share(0.1, noise=1e-9) == pytest.approx(1.0, abs=1e-4)


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


def test_the_bent_world_changes_less_than_the_rates_imply_in_the_same_direction() -> None:
    history, world = learnt()
    today, implied = after_two_years(world)
    first, believed_then = after_two_years(calibrated(world, history))
    assert (first == today).all()
    assert abs(believed_then.sum() - today.sum()) <= abs(implied.sum() - today.sum()) + 0.05 * today.sum()
    fostering = 0
    assert (
        abs(believed_then[fostering] - today[fostering])
        <= abs(implied[fostering] - today[fostering]) + 0.05 * today.sum()
    )


def test_a_world_whose_starts_were_doubled_is_bent_back_only_in_part() -> None:
    history, world = learnt()
    doubled = replace(
        world, starts=replace(world.starts, log_rate=world.starts.log_rate + np.array([np.log(2), 0.0]))
    )
    today, implied = after_two_years(doubled)
    _, then = after_two_years(calibrated(doubled, history))
    assert today.sum() * 1.2 < then.sum() < implied.sum()


def test_it_does_not_depend_on_the_seed_of_a_forecast_and_an_empty_council_is_left_alone() -> None:
    history, world = learnt()
    once, again = calibrated(world, history), calibrated(world, history)
    assert (once.starts.log_rate == again.starts.log_rate).all()
    assert (once.inflow.level == again.inflow.level).all()
    empty = replace(world, stock=())
    assert calibrated(empty, history) is empty
    assert calibration.PILOT_RUNS >= 20
