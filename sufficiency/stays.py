"""How long stays last and where children go next: rates of leaving care and of moving, with their doubt.

A rate is events a day of exposure, by kind of placement, age band, time in care and time in the placement.
Exposure is counted only while the returns are complete, so a stay that began before the first return is
entered late, and one that still lasts is left open: neither biases a rate. Starts are in ``flows.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from reference_data.vocabulary import AGE_BANDS
from sufficiency.drift import Drift, KindLevels, Level, kind_levels, level_today, steady_levels
from sufficiency.episodes import DETAILS, PlacementDetail, Stay
from sufficiency.frailty import ALIKE, Paces, spread_of_paces
from sufficiency.repair import CareHistory

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

AGE_BOUNDARIES_YEARS = (1, 5, 10, 16, 18)
"""Birthdays on which a child changes age band; the last ends care."""
DURATION_CUTS_DAYS = (30, 91, 182, 365, 730, 1460)
"""Where rates may change with time in care and with time in a placement."""

N_DETAILS = len(DETAILS)
N_AGES = len(AGE_BANDS)
N_DURATIONS = len(DURATION_CUTS_DAYS) + 1
RATE_SHAPE = (N_DETAILS, N_AGES, N_DURATIONS, N_DURATIONS)
"""Axes of a table of rates: placement detail, age band, time in care, time in the placement."""

SUPPORTED_INDEX = DETAILS.index(PlacementDetail.SUPPORTED)
UNDER_16 = N_AGES - 1

DAYS_A_YEAR = 365.25
UNSEEN_CARE_DAYS = 730
"""Time in care before the first stay on record, where the returns begin in the middle of a period of care.

Policy default, by judgement. Taken as none, children long in care would be counted among those who just came, who
leave far sooner.
"""
FULL_WEIGHT_LOST_YEARS = 3.0
"""Half-life of old evidence on the level of a rate: what happened so long ago counts half."""

# Policy defaults, used only where a council's own returns say too little. England 2025: 34,450 children ceased
# and about 59,000 placements changed among about 82,000 (DfE, Children looked after in England, 2025).
PRIOR_EXITS_A_YEAR = 0.42
PRIOR_MOVES_A_YEAR = 0.72
PRIOR_EVENTS = 4.0

_FACTORS: tuple[tuple[tuple[int, ...], float], ...] = (
    # Axes that a factor keeps, and the events of prior weight that pull it towards 1.
    ((1,), 5.0),
    ((0,), 5.0),
    ((2,), 5.0),
    ((3,), 5.0),
    ((0, 1), 10.0),
    ((1, 2), 10.0),
    ((0, 2), 10.0),
)
_ROUNDS = 25
PACE_ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Events a day of one kind (leaving care, or moving), with what is needed to draw their doubt.

    Parameters
    ----------
    per_day
        Best estimates. Shape ``RATE_SHAPE``; above 0.
    factor_shapes
        For each factor, the gamma shape of its doubt (events seen plus prior), by the axes it keeps.
    expected
        Events expected in the exposure seen. Shape ``RATE_SHAPE``.
    level_events
        Events that the overall level rests on, old ones counting less.
    drift
        How the level drifts.
    kinds
        The levels of the kinds of placement against each other: their doubt and drift. ``per_day`` holds the level.
    """

    per_day: FloatArray
    factor_shapes: tuple[FloatArray, ...]
    expected: FloatArray
    level_events: float
    drift: Drift
    kinds: KindLevels = field(default_factory=lambda: steady_levels(N_DETAILS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The days lived in every cell, and how each ended.

    Parameters
    ----------
    cell
        Flat index into ``RATE_SHAPE`` of each piece of a stay. Shape (pieces,).
    days
        Length of each piece in days. Shape (pieces,); above 0.
    years_ago
        Years from the middle of each piece to the end of the data. Shape (pieces,); at least 0.
    exited, moved
        1 where the piece ended with care, or with a move. Shape (pieces,).
    child
        Index into ``children`` of who lived each piece. Shape (pieces,).
    children
        Ids.
    """

    cell: IntArray
    days: FloatArray
    years_ago: FloatArray
    exited: FloatArray
    moved: FloatArray
    child: IntArray
    children: tuple[str, ...]


def birthdays(born: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    """Return the days on which each child changes age band, the eighteenth birthday last.

    A child born on 29 February has birthdays on 1 March of other years, as in ``reference_data.ages``.

    Parameters
    ----------
    born
        Birth dates, unit day. Shape (children,).
    """
    months = born.astype("datetime64[M]")
    offset = born - months.astype("datetime64[D]")
    columns = [
        (months + np.timedelta64(12 * years, "M")).astype("datetime64[D]") + offset
        for years in AGE_BOUNDARIES_YEARS
    ]
    return np.stack(columns, axis=-1)


def care_began_on(stay: Stay) -> date:
    """Return the day care began, guessed where the returns do not show it; never before birth."""
    if stay.care_start_seen:
        return stay.care_started_on
    return max(stay.date_of_birth, stay.care_started_on - timedelta(days=UNSEEN_CARE_DAYS))


def exposure(history: CareHistory) -> Exposure:
    """Return the days lived in every cell between the first and last day the returns describe."""
    stays = [stay for stay in history.stays if stay.started_on < history.known_to]
    origin = history.known_to
    start = _days([stay.started_on for stay in stays], origin)
    care = _days([care_began_on(stay) for stay in stays], origin)
    ended = [stay.ended_on is not None and stay.ended_on <= origin for stay in stays]
    end = _days(
        [
            stay.ended_on if done and stay.ended_on else origin
            for stay, done in zip(stays, ended, strict=True)
        ],
        origin,
    )
    first = float((history.first_day - origin).days)
    born = np.array([stay.date_of_birth for stay in stays], dtype="datetime64[D]")
    turns = (birthdays(born) - np.datetime64(origin)).astype(np.float64).reshape(len(stays), -1)

    cuts = np.array(DURATION_CUTS_DAYS, dtype=np.float64)
    entered = np.maximum(start, first)
    # Pieces are cut at whole years too, so that each piece's exposure belongs to the year it was lived in.
    years = np.arange(1, int(-first // DAYS_A_YEAR) + 1) * -DAYS_A_YEAR
    edges = np.concatenate(
        [
            turns,
            care[:, None] + cuts,
            start[:, None] + cuts,
            np.broadcast_to(years, (len(stays), len(years))),
            entered[:, None],
            end[:, None],
        ],
        axis=1,
    )
    edges = np.sort(np.clip(edges, entered[:, None], np.maximum(end, entered)[:, None]), axis=1)
    low, high = edges[:, :-1], edges[:, 1:]
    middle = (low + high) / 2
    age = (middle[:, :, None] >= turns[:, None, :-1]).sum(axis=2)
    in_care = np.searchsorted(cuts, middle - care[:, None], side="right")
    in_stay = np.searchsorted(cuts, middle - start[:, None], side="right")
    detail = np.array([DETAILS.index(stay.detail) for stay in stays], dtype=np.int64)[:, None]
    cell = np.ravel_multi_index((np.broadcast_to(detail, age.shape), age, in_care, in_stay), RATE_SHAPE)
    # An end on the eighteenth birthday is certain and says nothing about a rate.
    is_event = np.array(ended, dtype=bool) & (end < turns[:, -1]) & (end > entered)
    moves_on = np.array([stay.next_detail is not None for stay in stays], dtype=bool)
    is_last = (high >= end[:, None]) & (low < end[:, None])
    lived = high > low
    names = tuple(sorted({stay.child_id for stay in stays}))
    place = {name: position for position, name in enumerate(names)}
    child = np.array([place[stay.child_id] for stay in stays], dtype=np.int64)[:, None]
    return Exposure(
        cell=cell[lived],
        days=(high - low)[lived],
        years_ago=(-middle / DAYS_A_YEAR)[lived],
        exited=(is_last & (is_event & ~moves_on)[:, None])[lived].astype(np.float64),
        moved=(is_last & (is_event & moves_on)[:, None])[lived].astype(np.float64),
        child=np.broadcast_to(child, lived.shape)[lived],
        children=names,
    )


def _days(days: list[date], origin: date) -> FloatArray:
    return np.array([(day - origin).days for day in days], dtype=np.float64)


def fit_rates(seen: Exposure, events: FloatArray, *, prior_a_year: float, prior_drift: float) -> Rates:
    """Return rates as a product of factors, each pulled towards 1 by a few events of prior weight.

    Small cells so borrow from their margins; a council with much data is believed, one with little is not.

    Parameters
    ----------
    seen
        Exposure in pieces.
    events
        1 for each piece that ended with the event. Shape (pieces,).
    prior_a_year
        Events a child-year, worth ``PRIOR_EVENTS`` events.
    prior_drift
        See ``drift.level_today``.
    """
    size = int(np.prod(RATE_SHAPE))
    days = np.bincount(seen.cell, seen.days, minlength=size).reshape(RATE_SHAPE).astype(np.float64)
    counts = np.bincount(seen.cell, events, minlength=size).reshape(RATE_SHAPE).astype(np.float64)
    prior_days = PRIOR_EVENTS * DAYS_A_YEAR / prior_a_year
    level = (counts.sum() + PRIOR_EVENTS) / (days.sum() + prior_days)
    factors = [np.ones(_kept_shape(axes)) for axes, _ in _FACTORS]
    for _ in range(_ROUNDS):
        for position, (axes, weight) in enumerate(_FACTORS):
            others = level * np.prod(
                np.broadcast_arrays(*[f for p, f in enumerate(factors) if p != position]), axis=0
            )
            expected = _summed(days * others, axes)
            factors[position] = (_summed(counts, axes) + weight) / (expected + weight)
        product = np.prod(np.broadcast_arrays(*factors), axis=0)
        expected_all = (days * product).sum() + prior_days
        level = (counts.sum() + PRIOR_EVENTS) / expected_all
    per_day = level * np.prod(np.broadcast_arrays(*factors), axis=0)
    today = _level(seen, events, per_day, prior_drift)
    kinds = _kinds(seen, events, per_day)
    per_day = per_day * np.exp(today.log_level) * np.exp(kinds.level).reshape(-1, 1, 1, 1)
    return Rates(
        per_day=per_day,
        factor_shapes=tuple(_summed(counts, axes) + weight for axes, weight in _FACTORS),
        expected=days * per_day + 1e-12,
        level_events=1 / today.variance,
        drift=today.drift,
        kinds=kinds,
    )


def _kept_shape(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size if axis in axes else 1 for axis, size in enumerate(RATE_SHAPE))


def _summed(values: FloatArray, axes: tuple[int, ...]) -> FloatArray:
    dropped = tuple(axis for axis in range(len(RATE_SHAPE)) if axis not in axes)
    return np.asarray(values.sum(axis=dropped, keepdims=True))


def _level(seen: Exposure, events: FloatArray, per_day: FloatArray, prior_drift: float) -> Level:
    """Return how the last day compares with the whole time."""
    expected = per_day.reshape(-1)[seen.cell] * seen.days
    year = np.floor(seen.years_ago).astype(np.int64)
    happened = np.bincount(year, events).astype(np.float64)
    awaited = np.bincount(year, expected).astype(np.float64)
    return level_today(
        happened[::-1], awaited[::-1], years_each=1.0, prior_drift=prior_drift, prior_events=PRIOR_EVENTS
    )


def _kinds(seen: Exposure, events: FloatArray, per_day: FloatArray) -> KindLevels:
    kind = seen.cell // (RATE_SHAPE[1] * RATE_SHAPE[2] * RATE_SHAPE[3])
    expected = per_day.reshape(-1)[seen.cell] * seen.days
    year = np.floor(seen.years_ago).astype(np.int64)
    years = int(year.max()) + 1 if len(year) else 1
    cell = (years - 1 - year) * N_DETAILS + kind
    happened = np.bincount(cell, events, minlength=years * N_DETAILS).reshape(years, N_DETAILS)
    awaited = np.bincount(cell, expected, minlength=years * N_DETAILS).reshape(years, N_DETAILS)
    return kind_levels(happened.astype(np.float64), awaited.astype(np.float64))


def draw_rates(
    rates: Rates, streams: Sequence[np.random.Generator], *, parameters: bool = True
) -> FloatArray:
    """Return a drawn table of rates from each stream, whose doubt is that of the counts they rest on.

    Each factor's draw keeps the expected total, so that only the level's draw moves it. Without doubt about
    parameters the best estimates come back, and as many random numbers are taken.

    Returns
    -------
    Shape (streams, *RATE_SHAPE).
    """
    runs = len(streams)
    factors = [np.empty((runs, *shapes.shape)) for shapes in rates.factor_shapes]
    level = np.empty((runs, 1, 1, 1, 1))
    for run, rng in enumerate(streams):
        for factor, shapes in zip(factors, rates.factor_shapes, strict=True):
            factor[run] = rng.gamma(shapes)
        level[run] = rng.gamma(rates.level_events) / rates.level_events
    if not parameters:
        return np.broadcast_to(rates.per_day, (runs, *RATE_SHAPE)).copy()
    total = rates.expected.sum()
    drawn = rates.per_day * level
    for factor, shapes in zip(factors, rates.factor_shapes, strict=True):
        kept = tuple(axis for axis, size in enumerate(shapes.shape) if size > 1)
        factor /= shapes
        mean = (factor * _summed(rates.expected, kept)).reshape(runs, -1).sum(axis=1) / total
        drawn *= factor / mean.reshape(runs, 1, 1, 1, 1)
    return drawn


def fit_moves(
    seen: Exposure, stock: Sequence[Stay], *, prior_a_year: float, prior_drift: float
) -> tuple[Rates, Paces]:
    """Return rates of moving of a child of pace 1, and how the paces of children differ.

    Rates and paces are fitted in turn: a rate is what children of their paces would make of the days they lived.

    Parameters
    ----------
    stock
        Stays of the children in care today, in the order in which their paces are wanted.
    prior_a_year, prior_drift
        As in ``fit_rates``.
    """
    rates = fit_rates(seen, seen.moved, prior_a_year=prior_a_year, prior_drift=prior_drift)
    count = len(seen.children)
    moved = np.bincount(seen.child, seen.moved, minlength=count).astype(np.float64)
    awaited = np.zeros(count)
    shape = ALIKE
    for _ in range(PACE_ROUNDS):
        expected = rates.per_day.reshape(-1)[seen.cell] * seen.days
        awaited = np.bincount(seen.child, expected, minlength=count).astype(np.float64)
        shape = spread_of_paces(moved, awaited)
        if np.isinf(shape):
            break
        pace = ((shape + moved) / (shape + awaited))[seen.child]
        paced = replace(seen, days=seen.days * pace)
        rates = fit_rates(paced, seen.moved, prior_a_year=prior_a_year, prior_drift=prior_drift)
    place = {name: position for position, name in enumerate(seen.children)}
    # A child who came on the last day has lived no day yet that could show a pace.
    who = np.array([place.get(stay.child_id, -1) for stay in stock], dtype=np.int64)
    known = who >= 0
    return rates, Paces(
        shape=shape,
        moved=np.where(known, moved[who], 0.0) if count else np.zeros(len(stock)),
        awaited=np.where(known, awaited[who], 0.0) if count else np.zeros(len(stock)),
    )


def move_counts(history: CareHistory) -> FloatArray:
    """Return prior-smoothed counts of moves, from and to each kind of placement.

    Under 16 nobody moves to supported accommodation: whatever the returns say, its count there is 0.

    Returns
    -------
    Shape (details from, age bands, details to), at least 0; every row has a positive sum.
    """
    counts = np.zeros((N_DETAILS, N_AGES, N_DETAILS))
    moved = [
        stay
        for stay in history.stays
        if stay.next_detail and stay.ended_on and history.first_day <= stay.ended_on <= history.known_to
    ]
    if moved:
        born = np.array([stay.date_of_birth for stay in moved], dtype="datetime64[D]")
        when = np.array([stay.ended_on for stay in moved], dtype="datetime64[D]")
        age = np.minimum((when[:, None] >= birthdays(born)).sum(axis=1), N_AGES - 1)
        origin = [DETAILS.index(stay.detail) for stay in moved]
        to = [DETAILS.index(stay.next_detail) for stay in moved if stay.next_detail]
        np.add.at(counts, (np.array(origin), age, np.array(to)), 1.0)
    everywhere = counts.sum(axis=(0, 1)) + 0.5
    by_age = counts.sum(axis=0) + 4 * everywhere / everywhere.sum()
    by_origin = counts.sum(axis=1) + 4 * everywhere / everywhere.sum()
    prior = (
        by_age[None]
        / by_age.sum(axis=1)[None, :, None]
        * by_origin[:, None]
        / by_origin.sum(axis=1)[:, None, None]
    )
    prior = np.sqrt(prior)
    smoothed = counts + 4 * prior / prior.sum(axis=2, keepdims=True)
    smoothed[:, :UNDER_16, SUPPORTED_INDEX] = 0.0
    return np.asarray(smoothed)


def in_care_on(stays: tuple[Stay, ...], day: date) -> list[Stay]:
    """Return the stays that hold a child on the night of a day."""
    return [
        stay for stay in stays if stay.started_on <= day and (stay.ended_on is None or stay.ended_on > day)
    ]
