"""Play one council's children forward many times: ageing, moving, leaving and starting, day by day.

Each child is followed in continuous time. Between birthdays and changes of a rate every rate is constant,
so the time to the next event is drawn exactly and no step length matters. Every run draws from streams of
its own, in an order that does not depend on the other runs: runs may be computed together or apart, and a
scenario meets the same luck as its base.

How one child is followed is in ``following.py``; what is drawn from is learnt in ``stays.py`` and ``flows.py``;
counting beds is in ``shortfall.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from reference_data.vocabulary import AGE_BANDS
from sufficiency import following_compiled
from sufficiency.episodes import DETAILS, Stay
from sufficiency.flows import Starts, draw_start_rates
from sufficiency.following import LEAST_RATE, Children, Drawn, Luck, follow
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.stays import (
    DAYS_A_YEAR,
    N_AGES,
    N_DETAILS,
    FloatArray,
    IntArray,
    Rates,
    birthdays,
    draw_rates,
)

RUNS_TOGETHER = 64
"""Runs computed at once; it bounds memory and changes no result."""
CHILD_DAYS_WORTH_COMPILING = 100_000_000
"""Loading machine code takes about as long as following this many child-days without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that a simulation needs to know of a council.

    Parameters
    ----------
    start
        The day the simulation starts from: children in care that night are the first ones.
    stock
        The stays open that night.
    starts
        Starts of periods of care.
    exits, moves
        Rates of leaving care before 18, and of moving to another placement.
    destinations
        Counts of moves, from, age band, to. Shape (details, age bands, details).
    destination_doubt
        Standard deviation of the log of how often each kind is moved to, whoever moves; 0 where counts tell it all.
    """

    start: date
    stock: tuple[Stay, ...]
    starts: Starts
    exits: Rates
    moves: Rates
    destinations: FloatArray
    destination_doubt: float = 0.0


def simulate(
    world: World,
    *,
    snapshot_days: Sequence[int],
    runs: int,
    seed: int,
    scenario: Scenario = UNCHANGED,
    runs_together: int = RUNS_TOGETHER,
    compiled: bool | None = None,
    executor: Executor | None = None,
) -> IntArray:
    """Return the children in care on each snapshot in each run.

    Parameters
    ----------
    snapshot_days
        Days from the world's start, increasing, at least 0.
    runs
        Number of futures, at least 1.
    seed
        Any integer of 0 or more; the same seed gives the same counts.
    scenario
        What to change. The unchanged scenario multiplies by exactly 1 and so gives the base to the byte.
    runs_together
        Runs computed at once; no effect on the answer.
    compiled
        Whether to follow children in machine code (the extra ``fast``); no effect on the answer. By default where
        numba is installed and there is work enough to repay loading it. Without numba it has no effect.
    executor
        Where to compute: a process pool, or a Dask cluster's executor (the extra ``scale``). No effect on the
        answer. By default here, one group of runs after another.

    Returns
    -------
    Shape (runs, snapshots, age bands, details); children in care that night.
    """
    snapshots = np.asarray(snapshot_days, dtype=np.float64)
    horizon = float(snapshots[-1]) + 1.0
    seeds = np.random.SeedSequence(seed).spawn(runs)
    stock = _stock(world)
    if compiled is None:
        compiled = runs * (len(world.stock) + 1) * horizon >= CHILD_DAYS_WORTH_COMPILING
    counts = np.zeros((runs, len(snapshots), N_AGES, N_DETAILS), dtype=np.int64)
    firsts = range(0, runs, runs_together)
    chunks = [seeds[first : first + runs_together] for first in firsts]
    same = (snapshots, horizon, scenario, compiled)
    if executor is None:
        for first, chunk in zip(firsts, chunks, strict=True):
            counts[first : first + len(chunk)] = _simulate_chunk(world, stock, chunk, *same)
        return counts
    tasks = [executor.submit(_simulate_chunk, world, stock, chunk, *same) for chunk in chunks]
    for first, chunk in zip(firsts, chunks, strict=True):
        # A task is let go when its counts are copied, so that they are not held twice.
        counts[first : first + len(chunk)] = tasks.pop(0).result()
    return counts


def _stock(world: World) -> Children:
    born = np.array([stay.date_of_birth for stay in world.stock], dtype="datetime64[D]")
    start = np.datetime64(world.start)

    def days(values: list[date]) -> FloatArray:
        return (np.array(values, dtype="datetime64[D]") - start).astype(np.float64)

    count = len(world.stock)
    return Children(
        run=np.zeros(count, dtype=np.int64),
        time=np.zeros(count),
        turns=(birthdays(born) - start).astype(np.float64).reshape(count, N_AGES),
        care_start=days([stay.care_started_on for stay in world.stock]),
        stay_start=days([stay.started_on for stay in world.stock]),
        detail=np.array([DETAILS.index(stay.detail) for stay in world.stock], dtype=np.int64),
    )


def _simulate_chunk(
    world: World,
    stock: Children,
    seeds: Sequence[np.random.SeedSequence],
    snapshots: FloatArray,
    horizon: float,
    scenario: Scenario,
    compiled: bool,
) -> IntArray:
    """Return the counts of some runs: a task by itself, which any process on any machine may do."""
    years = int(horizon // 365) + 1
    month_ends = np.minimum(np.arange(1, int(horizon * 12 // DAYS_A_YEAR) + 2) * DAYS_A_YEAR / 12, horizon)
    month_ends = np.unique(month_ends)
    middles = (np.concatenate([[0.0], month_ends[:-1]]) + month_ends) / 2
    start_factors = scenario.start_factors([world.start + timedelta(days=float(day)) for day in middles])
    parts: list[Children] = []
    streams: list[tuple[np.random.Generator, int]] = []
    exits, moves, drifts, routes = [], [], [], []
    for run, seed in enumerate(seeds):
        parameters, stock_luck, *entrants_luck = (
            np.random.default_rng(s) for s in seed.spawn(2 + 3 * N_AGES)
        )
        exits.append(draw_rates(world.exits, parameters, 1)[0] * scenario.exit_factors())
        move_rates = draw_rates(world.moves, parameters, 1)[0] * scenario.move_factors()
        drift = world.exits.drift_a_year
        drifts.append(np.exp(np.cumsum(parameters.standard_normal(years) * drift - drift**2 / 2)))
        weights = parameters.gamma(world.destinations)
        if world.destination_doubt:
            weights = weights * np.exp(world.destination_doubt * parameters.standard_normal(N_DETAILS))
        routes.append(weights * scenario.route_factors()[:, None, :])
        moves.append(move_rates * _share_kept(routes[-1], weights))
        rates = start_factors * draw_start_rates(
            world.starts, parameters, month_ends_days=month_ends, factor_by_band=np.ones(N_AGES)
        )
        parts.append(_of_run(stock, run))
        streams.append((stock_luck, len(stock.time)))
        for band in range(N_AGES):
            arrival_luck, who_luck, later_luck = entrants_luck[3 * band : 3 * band + 3]
            started = _entrants(world, arrival_luck, who_luck, rates[band], month_ends, band, run, scenario)
            parts.append(started)
            streams.append((later_luck, len(started.time)))
    route = np.array(routes)
    drawn = Drawn(
        exit_rates=np.array(exits).reshape(-1),
        move_rates=np.array(moves).reshape(-1),
        exit_drift=np.array(drifts),
        odds=np.cumsum(route / np.maximum(route.sum(axis=3, keepdims=True), LEAST_RATE), axis=3),
    )
    return follow(
        _joined(parts),
        drawn,
        Luck(streams),
        runs=len(seeds),
        snapshots=snapshots,
        horizon=horizon,
        compiled=compiled and following_compiled.is_installed(),
    )


def _share_kept(bent: FloatArray, weights: FloatArray) -> FloatArray:
    """Return how much more often children move in all where some routes are taken more often and others as before.

    To multiply a table of rates. Shape (details, age bands, 1, 1); exactly 1 where nothing is bent.
    """
    before = weights.sum(axis=2)
    share = np.where(before > 0, bent.sum(axis=2) / np.maximum(before, LEAST_RATE), 1.0)
    return np.asarray(share[:, :, None, None])


def _of_run(children: Children, run: int) -> Children:
    return Children(
        run=np.full(len(children.time), run, dtype=np.int64),
        time=children.time,
        turns=children.turns,
        care_start=children.care_start,
        stay_start=children.stay_start,
        detail=children.detail,
    )


def _joined(parts: Sequence[Children]) -> Children:
    return Children(
        run=np.concatenate([part.run for part in parts]),
        time=np.concatenate([part.time for part in parts]),
        turns=np.concatenate([part.turns for part in parts]),
        care_start=np.concatenate([part.care_start for part in parts]),
        stay_start=np.concatenate([part.stay_start for part in parts]),
        detail=np.concatenate([part.detail for part in parts]),
    )


def _entrants(
    world: World,
    arrival_luck: np.random.Generator,
    who_luck: np.random.Generator,
    rate: FloatArray,
    month_ends: FloatArray,
    band: int,
    run: int,
    scenario: Scenario,
) -> Children:
    """Return the children who start in one age band of one run.

    A scenario bends the time at which each arrives, and may divert some; it does not redraw who arrives.
    """
    awaited = np.concatenate([[0.0], np.cumsum(rate * np.diff(month_ends, prepend=0.0))])
    total = float(awaited[-1])
    reached = 0.0
    blocks: list[FloatArray] = []
    while reached <= total:
        block = reached + np.cumsum(arrival_luck.standard_exponential(64))
        blocks.append(block)
        reached = float(block[-1])
    arrivals = np.concatenate(blocks)
    arrivals = arrivals[arrivals < total]
    count = len(arrivals)
    time = np.interp(arrivals, awaited, np.concatenate([[0.0], month_ends]))
    pool = world.starts.entrants[band]
    who = np.searchsorted(np.cumsum(pool.weight), who_luck.random(count), side="right")
    who = np.minimum(who, len(pool.weight) - 1)
    start = np.datetime64(world.start)
    detail = pool.detail[who]
    for diversion in scenario.divert:
        begun = start + np.floor(time).astype("timedelta64[D]") >= np.datetime64(
            diversion.begins_on or world.start
        )
        detail = diversion.redirected(
            detail, band=AGE_BANDS[band], on_or_after=begun, luck=who_luck.random(count)
        )
    born = start + (np.floor(time).astype(np.int64) - pool.age_days[who]).astype("timedelta64[D]")
    return Children(
        run=np.full(count, run, dtype=np.int64),
        time=time,
        turns=(birthdays(born) - start).astype(np.float64).reshape(count, N_AGES),
        care_start=time,
        stay_start=time,
        detail=detail,
    )
