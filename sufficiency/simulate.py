"""Play one council's children forward many times: ageing, moving, leaving and starting, day by day.

Each child is followed in continuous time. Between birthdays and changes of a rate every rate is constant,
so the time to the next event is drawn exactly and no step length matters. Every run draws from streams of
its own, in an order that does not depend on the other runs: runs may be computed together or apart, and a
scenario meets the same luck as its base.

What is drawn from is learnt in ``stays.py`` and ``flows.py``; counting beds is in ``shortfall.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sufficiency.episodes import DETAILS, Stay
from sufficiency.flows import Starts, draw_start_rates
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.stays import (
    DAYS_A_YEAR,
    DURATION_CUTS_DAYS,
    N_AGES,
    N_DETAILS,
    N_DURATIONS,
    RATE_SHAPE,
    FloatArray,
    IntArray,
    Rates,
    birthdays,
    draw_rates,
)

RUNS_TOGETHER = 64
"""Runs computed at once; it bounds memory and changes no result."""
_HOPS_DRAWN = 16
_CUTS = np.array([*DURATION_CUTS_DAYS, np.inf])


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
    """

    start: date
    stock: tuple[Stay, ...]
    starts: Starts
    exits: Rates
    moves: Rates
    destinations: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Children:
    """Children of several runs, one entry for each child of each run. All arrays have shape (children,).

    Parameters
    ----------
    run
        Position of the run among those computed together.
    time
        Days from the start of the simulation to where the child is now.
    turns
        Days to each birthday that changes the age band. Shape (children, age bands).
    care_start, stay_start
        Days (negative before the simulation) to the start of the period of care and of the stay.
    detail
        Index of the placement detail.
    """

    run: IntArray
    time: FloatArray
    turns: FloatArray
    care_start: FloatArray
    stay_start: FloatArray
    detail: IntArray


def simulate(
    world: World,
    *,
    snapshot_days: Sequence[int],
    runs: int,
    seed: int,
    scenario: Scenario = UNCHANGED,
    runs_together: int = RUNS_TOGETHER,
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

    Returns
    -------
    Shape (runs, snapshots, age bands, details); children in care that night.
    """
    snapshots = np.asarray(snapshot_days, dtype=np.float64)
    horizon = float(snapshots[-1]) + 1.0
    seeds = np.random.SeedSequence(seed).spawn(runs)
    stock = _stock(world)
    counts = np.zeros((runs, len(snapshots), N_AGES, N_DETAILS), dtype=np.int64)
    for first in range(0, runs, runs_together):
        chunk = seeds[first : first + runs_together]
        counts[first : first + len(chunk)] = _simulate_chunk(
            world, stock, chunk, snapshots, horizon, scenario
        )
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """One chunk's drawn rates, and the luck of every child in it."""

    exit_rates: FloatArray
    move_rates: FloatArray
    exit_drift: FloatArray
    destinations: FloatArray
    luck: Iterator[tuple[FloatArray, FloatArray]]


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
) -> IntArray:
    years = int(horizon // 365) + 1
    month_ends = np.minimum(np.arange(1, int(horizon * 12 // DAYS_A_YEAR) + 2) * DAYS_A_YEAR / 12, horizon)
    month_ends = np.unique(month_ends)
    parts: list[Children] = []
    streams: list[tuple[np.random.Generator, int]] = []
    exits, moves, drifts, routes = [], [], [], []
    for run, seed in enumerate(seeds):
        parameters, stock_luck, *entrants_luck = (
            np.random.default_rng(s) for s in seed.spawn(2 + 3 * N_AGES)
        )
        exits.append(draw_rates(world.exits, parameters, 1)[0] * scenario.exit_factors())
        moves.append(draw_rates(world.moves, parameters, 1)[0] * scenario.move_factor)
        drift = world.exits.drift_a_year
        drifts.append(np.exp(np.cumsum(parameters.standard_normal(years) * drift - drift**2 / 2)))
        routes.append(parameters.gamma(world.destinations))
        rates = draw_start_rates(
            world.starts,
            parameters,
            month_ends_days=month_ends,
            factor_by_band=scenario.start_factors(),
        )
        parts.append(_of_run(stock, run))
        streams.append((stock_luck, len(stock.time)))
        for band in range(N_AGES):
            arrival_luck, who_luck, later_luck = entrants_luck[3 * band : 3 * band + 3]
            started = _entrants(world, arrival_luck, who_luck, rates[band], month_ends, band, run)
            parts.append(started)
            streams.append((later_luck, len(started.time)))
    route = np.array(routes)
    cumulated = np.cumsum(route / np.maximum(route.sum(axis=3, keepdims=True), 1e-300), axis=3)
    drawn = _Drawn(
        exit_rates=np.array(exits).reshape(-1),
        move_rates=np.array(moves).reshape(-1),
        exit_drift=np.array(drifts),
        destinations=cumulated,
        luck=_luck(streams),
    )
    return _follow(_joined(parts), drawn, len(seeds), snapshots, horizon)


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


def _luck(streams: Sequence[tuple[np.random.Generator, int]]) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield, hop by hop, a waiting time and a choice for every child.

    A child's luck is a row of its stream's block, so one more child in a run changes no other's luck.
    """
    while True:
        waits = np.concatenate([rng.standard_exponential((size, _HOPS_DRAWN)) for rng, size in streams])
        choices = np.concatenate([rng.random((size, _HOPS_DRAWN)) for rng, size in streams])
        for hop in range(_HOPS_DRAWN):
            yield waits[:, hop], choices[:, hop]


def _entrants(
    world: World,
    arrival_luck: np.random.Generator,
    who_luck: np.random.Generator,
    rate: FloatArray,
    month_ends: FloatArray,
    band: int,
    run: int,
) -> Children:
    """Return the children who start in one age band of one run.

    A scenario bends the time at which each arrives; it does not redraw who arrives.
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
    born = start + (np.floor(time).astype(np.int64) - pool.age_days[who]).astype("timedelta64[D]")
    return Children(
        run=np.full(count, run, dtype=np.int64),
        time=time,
        turns=(birthdays(born) - start).astype(np.float64).reshape(count, N_AGES),
        care_start=time,
        stay_start=time,
        detail=pool.detail[who],
    )


def _follow(children: Children, drawn: _Drawn, runs: int, snapshots: FloatArray, horizon: float) -> IntArray:
    """Return the children on each snapshot, following every child from event to event."""
    shape = (runs, len(snapshots) + 1, N_AGES, N_DETAILS)
    change = np.zeros(int(np.prod(shape)), dtype=np.int64)
    time = children.time.copy()
    detail = children.detail.copy()
    stay_start = children.stay_start.copy()
    age = (time[:, None] >= children.turns).sum(axis=1)
    in_care = np.searchsorted(_CUTS[:-1], time - children.care_start, side="right")
    in_stay = np.searchsorted(_CUTS[:-1], time - stay_start, side="right")
    year = np.floor(time / 365.0).astype(np.int64)
    years = drawn.exit_drift.shape[1]
    active = np.flatnonzero((age < N_AGES) & (time < horizon))
    for waits, choices in drawn.luck:
        if not len(active):
            break
        i = active
        now, run, kind, band = time[i], children.run[i], detail[i], age[i]
        to_age = children.turns[i, band]
        to_care = children.care_start[i] + _CUTS[in_care[i]]
        to_stay = stay_start[i] + _CUTS[in_stay[i]]
        to_year = np.minimum((year[i] + 1) * 365.0, horizon)
        bound = np.minimum(np.minimum(to_age, to_care), np.minimum(to_stay, to_year))
        cell = np.ravel_multi_index((run, kind, band, in_care[i], in_stay[i]), (runs, *RATE_SHAPE))
        leaving = drawn.exit_rates[cell] * drawn.exit_drift[run, np.minimum(year[i], years - 1)]
        total = leaving + drawn.move_rates[cell]
        happens_at = now + waits[i] / np.maximum(total, 1e-300)
        happens = happens_at < bound
        until = np.where(happens, happens_at, bound)

        first = np.searchsorted(snapshots, now, side="left")
        after = np.searchsorted(snapshots, until, side="left")
        counted = after > first
        where = (run[counted], first[counted], band[counted], kind[counted])
        change += np.bincount(np.ravel_multi_index(where, shape), minlength=len(change))
        where = (run[counted], after[counted], band[counted], kind[counted])
        change -= np.bincount(np.ravel_multi_index(where, shape), minlength=len(change))

        choice = choices[i] * total
        leaves = happens & (choice < leaving)
        moves = happens & ~leaves
        if moves.any():
            m = i[moves]
            picked = (choice[moves] - leaving[moves]) / (total[moves] - leaving[moves])
            odds = drawn.destinations[run[moves], kind[moves], band[moves]]
            detail[m] = np.minimum((picked[:, None] >= odds).sum(axis=1), N_DETAILS - 1)
            stay_start[m] = until[moves]
            in_stay[m] = 0
        time[i] = until
        age[i] += ~happens & (until >= to_age)
        in_care[i] += ~happens & (until >= to_care) & (in_care[i] < N_DURATIONS - 1)
        in_stay[i] += ~happens & (until >= to_stay) & (in_stay[i] < N_DURATIONS - 1)
        year[i] += ~happens & (until >= (year[i] + 1) * 365.0)
        active = i[~leaves & (age[i] < N_AGES) & (until < horizon)]
    return np.cumsum(change.reshape(shape), axis=1)[:, :-1]
