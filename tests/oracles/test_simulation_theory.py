"""The simulation against closed forms that share no code with it."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from sufficiency.drift import Drift
from sufficiency.episodes import DETAILS, PlacementDetail, Stay
from sufficiency.flows import Entrants, Starts
from sufficiency.published_council import published_council
from sufficiency.published_world import world_of
from sufficiency.scenario import Diversion, Route, Scenario
from sufficiency.simulate import World, simulate
from sufficiency.stays import N_AGES, N_DETAILS, RATE_SHAPE, Rates

START = date(2020, 1, 1)
FOSTERING = DETAILS.index(PlacementDetail.IN_HOUSE_FOSTERING)
CERTAIN_EVENTS = 1e12
"""Gamma draws with this shape are constants: theory knows no doubt about a rate."""


def certain_rates(per_day: float) -> Rates:
    table = np.full(RATE_SHAPE, per_day)
    return Rates(
        per_day=table,
        factor_shapes=(np.full((1, N_AGES, 1, 1), CERTAIN_EVENTS),),
        expected=np.ones(RATE_SHAPE),
        level_events=CERTAIN_EVENTS,
        drift=Drift.of(0.0),
    )


def world(
    *, starts_a_day: float, exit_a_day: float, move_a_day: float = 0.0, stock: tuple[Stay, ...] = ()
) -> World:
    """Return a world without doubt or drift in which every child starts at five years old, in foster care."""
    band_counts = np.full(N_AGES, 1e-9)
    band_counts[2] = CERTAIN_EVENTS
    entrants = Entrants(age_days=np.array([1900]), detail=np.array([FOSTERING]), weight=np.ones(1))
    return World(
        start=START,
        stock=stock,
        starts=Starts(
            log_rate=np.array([math.log(starts_a_day), 0.0]),
            log_rate_cov=np.eye(2) * 1e-20,
            drift=Drift.of(0.0),
            band_counts=band_counts,
            entrants=(entrants,) * N_AGES,
            yearly=(),
        ),
        exits=certain_rates(exit_a_day),
        moves=certain_rates(move_a_day),
        destinations=np.ones((N_DETAILS, N_AGES, N_DETAILS)),
    )


def child(born: date, *, detail: PlacementDetail = PlacementDetail.IN_HOUSE_FOSTERING) -> Stay:
    return Stay(
        child_id="DEMO-1",
        date_of_birth=born,
        care_started_on=START - timedelta(days=10),
        care_start_seen=True,
        started_on=START - timedelta(days=10),
        ended_on=None,
        detail=detail,
        next_detail=None,
    )


def test_constant_starts_and_exponential_stays_settle_at_littles_law() -> None:
    in_care = simulate(
        world(starts_a_day=0.5, exit_a_day=1 / 80), snapshot_days=[0, 1200], runs=600, seed=1
    ).sum(axis=(2, 3))
    assert (in_care[:, 0] == 0).all()
    # L = lambda W = 0.5 x 80 = 40, and infinite servers hold a Poisson number.
    assert in_care[:, 1].mean() == pytest.approx(40, abs=4 * math.sqrt(40 / 600))
    assert in_care[:, 1].var() == pytest.approx(40, rel=4 * math.sqrt(2 / 600))


def test_occupancy_before_it_settles_is_poisson_with_the_known_mean() -> None:
    in_care = simulate(world(starts_a_day=0.4, exit_a_day=1 / 50), snapshot_days=[60], runs=800, seed=2).sum(
        axis=(1, 2, 3)
    )
    mean = 0.4 * 50 * (1 - math.exp(-60 / 50))
    assert in_care.mean() == pytest.approx(mean, abs=4 * math.sqrt(mean / 800))
    for count in range(8, 25):
        chance = math.exp(-mean) * mean**count / math.factorial(count)
        seen = (in_care == count).mean()
        assert seen == pytest.approx(chance, abs=4 * math.sqrt(chance * (1 - chance) / 800) + 1e-3)


def test_children_already_in_care_leave_as_a_binomial() -> None:
    stock = tuple(child(date(2014, 6, 1)) for _ in range(50))
    in_care = simulate(
        world(starts_a_day=1e-9, exit_a_day=1 / 365, stock=stock), snapshot_days=[0, 365], runs=500, seed=3
    ).sum(axis=(2, 3))
    assert (in_care[:, 0] == 50).all()
    stays = math.exp(-1)
    assert in_care[:, 1].mean() == pytest.approx(
        50 * stays, abs=4 * math.sqrt(50 * stays * (1 - stays) / 500)
    )


def test_moves_change_the_placement_and_never_the_number_of_children() -> None:
    stock = tuple(child(date(2010, 6, 1)) for _ in range(30))
    counts = simulate(
        world(starts_a_day=1e-9, exit_a_day=1e-12, move_a_day=1 / 20, stock=stock),
        snapshot_days=[0, 30, 200, 700],
        runs=50,
        seed=4,
    )
    assert (counts.sum(axis=(2, 3)) == 30).all()
    assert counts[:, 0, :, FOSTERING].sum() == 30 * 50
    # With every destination alike, in the end each holds its share.
    assert counts[:, 3].sum(axis=(0, 1)) == pytest.approx(np.full(N_DETAILS, 150), rel=0.35)


def test_children_age_by_the_day_and_leave_on_the_eighteenth_birthday() -> None:
    eighteen = date(2020, 3, 1)
    stock = (child(date(2002, 3, 1)), child(date(2004, 2, 29)), child(date(2019, 1, 20)))
    days = [
        (day - START).days
        for day in (START, date(2020, 1, 19), date(2020, 1, 20), date(2020, 2, 29), eighteen)
    ]
    counts = simulate(
        world(starts_a_day=1e-9, exit_a_day=1e-12, stock=stock), snapshot_days=days, runs=3, seed=5
    ).sum(axis=3)
    # Bands: 0, 1-4, 5-9, 10-15, 16-17.
    expected = [[1, 0, 0, 1, 1], [1, 0, 0, 1, 1], [0, 1, 0, 1, 1], [0, 1, 0, 0, 2], [0, 1, 0, 0, 1]]
    assert (counts == np.array(expected)[None]).all()


def test_longer_stays_raise_occupancy_in_every_run() -> None:
    base = world(
        starts_a_day=0.5, exit_a_day=1 / 100, stock=tuple(child(date(2012, 1, 1)) for _ in range(40))
    )
    common = {"snapshot_days": [0, 180, 365], "runs": 60, "seed": 6}
    longer = Scenario(name="longer stays", exits={"fostering": 0.5})
    before = simulate(base, **common).sum(axis=(2, 3))  # type: ignore[arg-type]
    after = simulate(base, scenario=longer, **common).sum(axis=(2, 3))  # type: ignore[arg-type]
    assert (after[:, 0] == before[:, 0]).all()
    assert (after[:, 1:] >= before[:, 1:]).all()
    assert after[:, 2].mean() > before[:, 2].mean() + 10


def test_more_starts_add_children_and_remove_none() -> None:
    base = world(starts_a_day=0.5, exit_a_day=1 / 100)
    common = {"snapshot_days": [365], "runs": 60, "seed": 7}
    more = Scenario(name="more", starts={"5-9": 1.2})
    before = simulate(base, **common).sum(axis=(2, 3))  # type: ignore[arg-type]
    after = simulate(base, scenario=more, **common).sum(axis=(2, 3))  # type: ignore[arg-type]
    assert after.mean() == pytest.approx(1.2 * before.mean(), rel=0.05)


def test_entries_that_stop_later_change_nobody_who_came_before() -> None:
    base = world(starts_a_day=0.5, exit_a_day=1 / 200, move_a_day=1 / 20)
    common = {"snapshot_days": [100, 360], "runs": 30, "seed": 12}
    before = simulate(base, **common)  # type: ignore[arg-type]
    stopped = Scenario(starts={"5-9": 0.0}, starts_from=START + timedelta(days=365))
    after = simulate(base, scenario=stopped, **(common | {"snapshot_days": [100, 360, 900]}))  # type: ignore[arg-type]
    longer = simulate(base, **(common | {"snapshot_days": [100, 360, 900]}))  # type: ignore[arg-type]
    assert before.sum() > 0
    assert (after[:, :2] == longer[:, :2]).all()
    assert after[:, 2].sum() < longer[:, 2].sum()


def test_children_are_conserved_while_nobody_leaves() -> None:
    base = world(starts_a_day=0.5, exit_a_day=1e-12, move_a_day=1 / 20)
    in_care = simulate(base, snapshot_days=list(range(0, 400, 10)), runs=20, seed=13).sum(axis=(2, 3))
    assert (np.diff(in_care, axis=1) >= 0).all()
    without_moves = simulate(
        base, snapshot_days=list(range(0, 400, 10)), runs=20, seed=13, scenario=Scenario(moves=0.0)
    )
    assert (without_moves.sum(axis=(2, 3)) == in_care).all()


def test_runs_computed_together_or_apart_are_the_same() -> None:
    some = world(
        starts_a_day=0.5,
        exit_a_day=1 / 60,
        move_a_day=1 / 15,
        stock=tuple(child(date(2008, 1, 1)) for _ in range(20)),
    )
    common = {"snapshot_days": [0, 100, 700], "runs": 12, "seed": 8}
    together = simulate(some, **common)  # type: ignore[arg-type]
    apart = simulate(some, runs_together=5, **common)  # type: ignore[arg-type]
    alone = simulate(some, runs_together=1, **common)  # type: ignore[arg-type]
    assert (together == apart).all()
    assert (together == alone).all()


def test_no_future_reaches_an_impossible_state_whatever_the_rates() -> None:
    supported = DETAILS.index(PlacementDetail.SUPPORTED)
    some = world_of(published_council("886", known_on=date(2024, 3, 31)), date(2024, 3, 31))
    wild = Scenario(
        moves=10.0,
        routes=(Route(origin="residential", to="supported", factor=10.0),),
        divert=(Diversion(origin="homes", to="supported", share=1.0, ages=("16-17",)),),
    )
    counts = simulate(some, snapshot_days=range(0, 800, 40), runs=8, seed=3, scenario=wild)
    assert counts.min() >= 0
    assert counts[:, :, :-1, supported].sum() == 0
    assert counts[:, 1:, -1, supported].sum() > 0


def test_nobody_is_in_care_once_all_are_adults() -> None:
    some = world(
        starts_a_day=1e-12,
        exit_a_day=1e-12,
        move_a_day=1 / 10,
        stock=tuple(child(date(2002 + n, 5, 1)) for n in range(17)),
    )
    adult = (date(2036, 5, 1) - START).days
    assert simulate(some, snapshot_days=[adult - 1], runs=4, seed=1).sum() == 4
    assert simulate(some, snapshot_days=[adult], runs=4, seed=1).sum() == 0
