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
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from reference_data.vocabulary import AGE_BANDS
from sufficiency import following_compiled
from sufficiency.drift import KindLevels, steady_levels
from sufficiency.episodes import DETAILS, Stay
from sufficiency.flows import Starts, draw_start_rates
from sufficiency.following import LEAST_RATE, YEAR_DAYS, Children, Drawn, Luck, follow
from sufficiency.frailty import Paces
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.stays import (
    DAYS_A_YEAR,
    N_AGES,
    N_DETAILS,
    FloatArray,
    IntArray,
    Rates,
    birthdays,
    care_began_on,
    draw_rates,
)
from sufficiency.uncertainty import FULL, Uncertainty

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
    inflow
        How often children go to each kind, at a start or a move, against those counts and those who started.
    paces
        How children differ in how often they move, those of ``stock`` in its order; ``None`` where all are alike.
    destination_doubt
        Standard deviation of the log of how often each kind is moved to, whoever moves; 0 where counts tell it all.
    """

    start: date
    stock: tuple[Stay, ...]
    starts: Starts
    exits: Rates
    moves: Rates
    destinations: FloatArray
    inflow: KindLevels = field(default_factory=lambda: steady_levels(N_DETAILS))
    paces: Paces | None = None
    destination_doubt: float = 0.0


def simulate(
    world: World,
    *,
    snapshot_days: Sequence[int],
    runs: int,
    seed: int,
    scenario: Scenario = UNCHANGED,
    uncertainty: Uncertainty = FULL,
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
    uncertainty
        What the futures may differ in. One source left out changes no draw of the others.
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
    own = np.random.SeedSequence(seed).spawn(runs)
    seeds = [(one, one if uncertainty.chance else own[0]) for one in own]
    stock = _stock(world)
    if compiled is None:
        compiled = runs * (len(world.stock) + 1) * horizon >= CHILD_DAYS_WORTH_COMPILING
    counts = np.zeros((runs, len(snapshots), N_AGES, N_DETAILS), dtype=np.int64)
    firsts = range(0, runs, runs_together)
    chunks = [seeds[first : first + runs_together] for first in firsts]
    same = (snapshots, horizon, scenario, uncertainty, compiled)
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
        care_start=days([care_began_on(stay) for stay in world.stock]),
        stay_start=days([stay.started_on for stay in world.stock]),
        detail=np.array([DETAILS.index(stay.detail) for stay in world.stock], dtype=np.int64),
        pace=np.ones(count),
    )


def _simulate_chunk(
    world: World,
    stock: Children,
    seeds: Sequence[tuple[np.random.SeedSequence, np.random.SeedSequence]],
    snapshots: FloatArray,
    horizon: float,
    scenario: Scenario,
    uncertainty: Uncertainty,
    compiled: bool,
) -> IntArray:
    """Return the counts of some runs: a task by itself, which any process on any machine may do.

    Each run has two seeds: of its parameters and drift, and of its luck.
    """
    years = int(horizon // 365) + 1
    month_ends = np.minimum(np.arange(1, int(horizon * 12 // DAYS_A_YEAR) + 2) * DAYS_A_YEAR / 12, horizon)
    month_ends = np.unique(month_ends)
    middles = (np.concatenate([[0.0], month_ends[:-1]]) + month_ends) / 2
    start_factors = scenario.start_factors([world.start + timedelta(days=float(day)) for day in middles])
    month_days = np.diff(month_ends, prepend=0.0)
    from_start = np.concatenate([[0.0], month_ends])
    parts: list[Children] = []
    born: list[IntArray] = []
    streams: list[tuple[np.random.Generator, int]] = []
    exit_drifts, move_drifts, routes = [], [], []
    needed = _STREAMS if world.paces else _STREAMS - _STREAMS_OF_PACES
    luck = [_streams(shared, needed) for _, shared in seeds]
    of_parameters = [
        drawn[0] if own is shared else _streams(own, 1)[0]
        for (own, shared), drawn in zip(seeds, luck, strict=True)
    ]
    exits = (
        draw_rates(world.exits, of_parameters, parameters=uncertainty.parameters) * scenario.exit_factors()
    )
    moves = (
        draw_rates(world.moves, of_parameters, parameters=uncertainty.parameters) * scenario.move_factors()
    )
    for run, parameters in enumerate(of_parameters):
        _, stock_luck, *others = luck[run]
        entrants_luck, pace_luck = others[: 3 * N_AGES], others[3 * N_AGES :]
        exit_drifts.append(
            np.broadcast_to(_drift(world.exits, parameters, years, uncertainty), (years, N_DETAILS, N_AGES))
        )
        move_drift = _drift(world.moves, parameters, years, uncertainty)
        drawn_weights = parameters.gamma(world.destinations)
        weights = drawn_weights if uncertainty.parameters else world.destinations
        inflow = world.inflow.draw(
            parameters, years, parameters=uncertainty.parameters, drift=uncertainty.drift
        ) * np.exp(world.inflow.level)
        weights = weights * inflow[:, None, None, :]
        if world.destination_doubt:
            doubt = parameters.standard_normal(N_DETAILS) * (world.destination_doubt * uncertainty.parameters)
            weights = weights * np.exp(doubt)
        routes.append(weights * scenario.route_factors()[:, None, :])
        move_drifts.append(move_drift * _share_kept(routes[-1], weights))
        rates = start_factors * draw_start_rates(
            world.starts, parameters, month_ends_days=month_ends, uncertainty=uncertainty
        )
        paces = world.paces
        parts.append(_of_run(stock, run, paces.draw_stock(pace_luck[-1]) if paces else stock.pace))
        streams.append((stock_luck, len(stock.time)))
        for band, pool in enumerate(world.starts.entrants):
            arrival_luck, who_luck, later_luck = entrants_luck[3 * band : 3 * band + 3]
            # Doubt about who starts: each child seen may stand for more or fewer to come (Rubin's Bayesian bootstrap).
            stands_for = parameters.standard_exponential(len(pool.weight))
            weight = pool.weight * stands_for if uncertainty.parameters else pool.weight
            awaited = np.concatenate([[0.0], np.cumsum(rates[band] * month_days)])
            started, births = _entrants(
                world, arrival_luck, who_luck, awaited, weight, inflow, from_start, band, run, scenario
            )
            born.append(births)
            count = len(started.time)
            parts.append(replace(started, pace=paces.draw_new(pace_luck[band], count)) if paces else started)
            streams.append((later_luck, count))
    route = np.array(routes)
    drawn = Drawn(
        exit_rates=exits.reshape(-1),
        move_rates=moves.reshape(-1),
        exit_drift=np.array(exit_drifts),
        move_drift=np.array(move_drifts),
        odds=np.cumsum(route / np.maximum(route.sum(axis=4, keepdims=True), LEAST_RATE), axis=4),
    )
    # Birthdays of all who start are worked out at once: for each alone it takes longer than following them.
    starts_at = np.concatenate([np.full(len(part.time), len(part.turns) == 0) for part in parts])
    turns = np.concatenate([part.turns for part in parts if len(part.turns)] or [np.zeros((0, N_AGES))])
    all_turns = np.empty((len(starts_at), N_AGES))
    all_turns[~starts_at] = turns
    all_turns[starts_at] = _turns(np.concatenate(born), world.start)
    return follow(
        replace(_joined(parts), turns=all_turns),
        drawn,
        Luck(streams),
        runs=len(seeds),
        snapshots=snapshots,
        horizon=horizon,
        compiled=compiled and following_compiled.is_installed(),
    )


def _turns(born: IntArray, start: date) -> FloatArray:
    """Return the days from the start to each birthday that changes an age band. Shape (children, age bands).

    Many children share a birthday, so it is worked out once for each day between the first birth and the last.

    Parameters
    ----------
    born
        Days from the start to each birth.
    """
    if not len(born):
        return np.zeros((0, N_AGES))
    first = int(born.min())
    since = np.datetime64(start)
    days = birthdays(since + np.arange(first, int(born.max()) + 1).astype("timedelta64[D]")) - since
    return np.asarray(days.astype(np.float64)[born - first])


_STREAMS_OF_PACES = N_AGES + 1
_STREAMS = 2 + 3 * N_AGES + _STREAMS_OF_PACES


def _streams(seed: np.random.SeedSequence, needed: int) -> list[np.random.Generator]:
    """Return the first so many streams of a run; making one that nobody draws from costs as much as drawing."""
    # A copy is spawned from, since spawning counts: the same seed gives the same streams each time.
    fresh = np.random.SeedSequence(seed.entropy, spawn_key=seed.spawn_key)
    return [np.random.default_rng(child) for child in fresh.spawn(needed)]


def _drift(rates: Rates, parameters: np.random.Generator, years: int, uncertainty: Uncertainty) -> FloatArray:
    """Return factors on rates in each year, common to all kinds and of each. Shape (years, details, 1)."""
    steps = parameters.standard_normal(years) * (rates.drift.draw(parameters) * uncertainty.drift)
    kinds = rates.kinds.draw(parameters, years, parameters=uncertainty.parameters, drift=uncertainty.drift)
    return np.asarray((np.exp(np.cumsum(steps))[:, None] * kinds)[:, :, None])


def _share_kept(bent: FloatArray, weights: FloatArray) -> FloatArray:
    """Return how much more often children move in all where some routes are taken more often and others as before.

    Shape (years, details, age bands); exactly 1 where nothing is bent.
    """
    before = weights.sum(axis=3)
    return np.asarray(np.where(before > 0, bent.sum(axis=3) / np.maximum(before, LEAST_RATE), 1.0))


def _of_run(children: Children, run: int, pace: FloatArray) -> Children:
    return replace(children, run=np.full(len(children.time), run, dtype=np.int64), pace=pace)


def _joined(parts: Sequence[Children]) -> Children:
    return Children(
        run=np.concatenate([part.run for part in parts]),
        time=np.concatenate([part.time for part in parts]),
        turns=np.zeros((0, N_AGES)),
        care_start=np.concatenate([part.care_start for part in parts]),
        stay_start=np.concatenate([part.stay_start for part in parts]),
        detail=np.concatenate([part.detail for part in parts]),
        pace=np.concatenate([part.pace for part in parts]),
    )


def _entrants(
    world: World,
    arrival_luck: np.random.Generator,
    who_luck: np.random.Generator,
    awaited: FloatArray,
    weight: FloatArray,
    inflow: FloatArray,
    from_start: FloatArray,
    band: int,
    run: int,
    scenario: Scenario,
) -> tuple[Children, IntArray]:
    """Return the children who start in one age band of one run, with no birthdays yet, and the days to their births.

    ``awaited`` are the starts awaited from the first day to the end of each month, ``from_start`` the days. A
    scenario bends the time at which each arrives, and may divert some; it does not redraw who arrives.
    """
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
    time = np.interp(arrivals, awaited, from_start)
    pool = world.starts.entrants[band]
    who = _chosen(weight[None, :] * inflow[:, pool.detail], who_luck.random(count), time)
    day = time.astype(np.int64)
    detail = pool.detail[who]
    for diversion in scenario.divert:
        begun = day >= ((diversion.begins_on or world.start) - world.start).days
        detail = diversion.redirected(
            detail, band=AGE_BANDS[band], on_or_after=begun, luck=who_luck.random(count)
        )
    children = Children(
        run=np.full(count, run, dtype=np.int64),
        time=time,
        turns=np.zeros((0, N_AGES)),
        care_start=time,
        stay_start=time,
        detail=detail,
        pace=np.ones(count),
    )
    return children, day - pool.age_days[who]


def _chosen(weights: FloatArray, luck: FloatArray, time: FloatArray) -> IntArray:
    """Return who of a pool starts each time, by the weights of its year. Shapes (years, pool), (starts,), (starts,)."""
    years, members = weights.shape
    year = np.minimum((time // YEAR_DAYS).astype(np.int64), years - 1)
    reached = np.cumsum(weights, axis=1)
    # Each year's shares lie between its number and the next, so that one search serves all years.
    shares = (reached / reached[:, -1:] + np.arange(years)[:, None]).reshape(-1)
    chosen = np.searchsorted(shares, luck + year, side="right") - year * members
    return np.asarray(np.minimum(chosen, members - 1))
