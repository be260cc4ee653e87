"""Follow children from event to event: the next birthday, change of a rate, move or end of care, whichever is first.

The events of all children are worked out side by side here. ``following_compiled.py`` does the same one child after
another in machine code, to the same byte. Who is followed, and with what luck, is in ``simulate.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sufficiency.stays import (
    DURATION_CUTS_DAYS,
    N_AGES,
    N_DETAILS,
    N_DURATIONS,
    RATE_SHAPE,
    FloatArray,
    IntArray,
)

EVENTS_DRAWN = 16
"""Events whose luck is drawn at once for a child."""
DRAWS_BETWEEN_BLOCKS = 2**48
"""Far more than one block of any council takes from a stream."""
CUTS_DAYS = np.array([*DURATION_CUTS_DAYS, np.inf])
YEAR_DAYS = 365.0
"""After so many days the next year's drift holds."""
LEAST_RATE = 1e-300
"""Stands for a rate of nothing where one is divided by."""


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
    pace
        How many times as often the child moves as others like it.
    """

    run: IntArray
    time: FloatArray
    turns: FloatArray
    care_start: FloatArray
    stay_start: FloatArray
    detail: IntArray
    pace: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The rates drawn for several runs.

    Parameters
    ----------
    exit_rates, move_rates
        Events a day. Shape (runs x cells of ``RATE_SHAPE``,).
    exit_drift, move_drift
        Factor on leaving care and on moving in each year. Shape (runs, years, details, age bands).
    odds
        Chance of moving to a kind of placement or one before it. Shape (runs, years, from, age bands, to).
    """

    exit_rates: FloatArray
    move_rates: FloatArray
    exit_drift: FloatArray
    move_drift: FloatArray
    odds: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where each child has got to; the arrays change in place. All have shape (children,).

    Parameters
    ----------
    time, detail, stay_start
        As in ``Children``.
    age, in_care, in_stay
        Index of the age band, of the time in care and of the time in the placement.
    year
        Index of the year whose drift holds.
    """

    time: FloatArray
    detail: IntArray
    stay_start: FloatArray
    age: IntArray
    in_care: IntArray
    in_stay: IntArray
    year: IntArray


class Luck:
    """A waiting time and a choice for each of the next events of every child, drawn block by block.

    A child's luck is a row of its stream's block, and each block begins at a place of its own in the stream. So one
    more child at the end of a stream changes no other's luck.
    """

    def __init__(self, streams: Sequence[tuple[np.random.Generator, int]]) -> None:
        self._streams = streams
        self._children = sum(size for _, size in streams)
        self._beginnings = [rng.bit_generator.state for rng, _ in streams]
        self._blocks = 0
        self._waits = np.zeros((self._children, EVENTS_DRAWN))
        self._choices = np.zeros((self._children, EVENTS_DRAWN))

    def next_block(self, active: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return waits and choices. Shape (children, ``EVENTS_DRAWN``); a stream nobody follows is not drawn."""
        followed = np.zeros(self._children, dtype=bool)
        followed[active] = True
        first = 0
        for (rng, size), beginning in zip(self._streams, self._beginnings, strict=True):
            rows = slice(first, first + size)
            first += size
            if not followed[rows].any():
                continue
            for place, draw, into in (
                (2 * self._blocks, rng.standard_exponential, self._waits),
                (2 * self._blocks + 1, rng.random, self._choices),
            ):
                rng.bit_generator.state = beginning
                # default_rng is a PCG64, which can step ahead any number of draws at once.
                rng.bit_generator.advance(place * DRAWS_BETWEEN_BLOCKS)  # type: ignore[attr-defined]
                draw(out=into[rows])
        self._blocks += 1
        return self._waits, self._choices


def follow(
    children: Children,
    drawn: Drawn,
    luck: Luck,
    *,
    runs: int,
    snapshots: FloatArray,
    horizon: float,
    compiled: bool,
) -> IntArray:
    """Return the children in care on each snapshot, following every child until it leaves or the horizon.

    Returns
    -------
    Shape (runs, snapshots, age bands, details).
    """
    at = _first_whereabouts(children)
    shape = (runs, len(snapshots) + 1, N_AGES, N_DETAILS)
    # A child adds one where its time in a cell begins and takes one off where it ends.
    change = np.zeros(shape, dtype=np.int64)
    active = np.flatnonzero((at.age < N_AGES) & (at.time < horizon))
    events = _side_by_side
    if compiled:
        from sufficiency.following_compiled import one_after_another as events
    while len(active):
        waits, choices = luck.next_block(active)
        active = events(children, drawn, at, active, waits, choices, snapshots, horizon, change)
    return np.cumsum(change, axis=1)[:, :-1]


def _first_whereabouts(children: Children) -> Whereabouts:
    time = children.time
    cuts = CUTS_DAYS[:-1]
    return Whereabouts(
        time=time.copy(),
        detail=children.detail.copy(),
        stay_start=children.stay_start.copy(),
        age=(time[:, None] >= children.turns).sum(axis=1),
        in_care=np.searchsorted(cuts, time - children.care_start, side="right"),
        in_stay=np.searchsorted(cuts, time - children.stay_start, side="right"),
        year=np.floor(time / YEAR_DAYS).astype(np.int64),
    )


def _side_by_side(
    children: Children,
    drawn: Drawn,
    at: Whereabouts,
    active: IntArray,
    waits: FloatArray,
    choices: FloatArray,
    snapshots: FloatArray,
    horizon: float,
    change: IntArray,
) -> IntArray:
    """Carry the active children through one block of events, all at once; return who is still active."""
    runs, years = drawn.exit_drift.shape[:2]
    flat = change.reshape(-1)
    for event in range(EVENTS_DRAWN):
        if not len(active):
            break
        i = active
        now, run, kind, band = at.time[i], children.run[i], at.detail[i], at.age[i]
        to_age = children.turns[i, band]
        to_care = children.care_start[i] + CUTS_DAYS[at.in_care[i]]
        to_stay = at.stay_start[i] + CUTS_DAYS[at.in_stay[i]]
        to_year = np.minimum((at.year[i] + 1) * YEAR_DAYS, horizon)
        bound = np.minimum(np.minimum(to_age, to_care), np.minimum(to_stay, to_year))
        cell = np.ravel_multi_index((run, kind, band, at.in_care[i], at.in_stay[i]), (runs, *RATE_SHAPE))
        year = np.minimum(at.year[i], years - 1)
        leaving = drawn.exit_rates[cell] * drawn.exit_drift[run, year, kind, band]
        total = leaving + drawn.move_rates[cell] * drawn.move_drift[run, year, kind, band] * children.pace[i]
        happens_at = now + waits[i, event] / np.maximum(total, LEAST_RATE)
        happens = happens_at < bound
        until = np.where(happens, happens_at, bound)

        first = np.searchsorted(snapshots, now, side="left")
        after = np.searchsorted(snapshots, until, side="left")
        counted = after > first
        where = (run[counted], first[counted], band[counted], kind[counted])
        flat += np.bincount(np.ravel_multi_index(where, change.shape), minlength=len(flat))
        where = (run[counted], after[counted], band[counted], kind[counted])
        flat -= np.bincount(np.ravel_multi_index(where, change.shape), minlength=len(flat))

        choice = choices[i, event] * total
        leaves = happens & (choice < leaving)
        moves = happens & ~leaves
        if moves.any():
            m = i[moves]
            picked = (choice[moves] - leaving[moves]) / (total[moves] - leaving[moves])
            odds = drawn.odds[run[moves], year[moves], kind[moves], band[moves]]
            at.detail[m] = np.minimum((picked[:, None] >= odds).sum(axis=1), N_DETAILS - 1)
            at.stay_start[m] = until[moves]
            at.in_stay[m] = 0
        at.time[i] = until
        at.age[i] += ~happens & (until >= to_age)
        at.in_care[i] += ~happens & (until >= to_care) & (at.in_care[i] < N_DURATIONS - 1)
        at.in_stay[i] += ~happens & (until >= to_stay) & (at.in_stay[i] < N_DURATIONS - 1)
        at.year[i] += ~happens & (until >= (at.year[i] + 1) * YEAR_DAYS)
        active = i[~leaves & (at.age[i] < N_AGES) & (until < horizon)]
    return active
