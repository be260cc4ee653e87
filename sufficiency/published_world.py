"""A published council as worlds that can be played forward: its settled children, and unaccompanied children apart.

What the figures say of the council is in ``published_council.py``, and how starts are balanced to its stock in
``published_balance.py``. Every assumption is stated in ``ASSUMPTIONS``. The forecast itself is made in
``published_forecast.py``.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from sufficiency.drift import Drift
from sufficiency.episodes import DETAILS, PlacementDetail, Stay
from sufficiency.flows import TREND_FADES_YEARS, Entrants, Starts
from sufficiency.published_balance import (
    FAR,
    NEAR,
    Settled,
    ages_of,
    balanced_starts,
    settled,
    starting_ages,
)
from sufficiency.published_council import UNACCOMPANIED_AGES, PublishedCouncil
from sufficiency.simulate import World
from sufficiency.stays import (
    DAYS_A_YEAR,
    N_AGES,
    N_DETAILS,
    PRIOR_MOVES_A_YEAR,
    RATE_SHAPE,
    SUPPORTED_INDEX,
    UNDER_16,
    FloatArray,
    IntArray,
    Rates,
)

LEVEL_DOUBT = 0.2
"""Standard deviation of the log of the level of starts. With ``YEARLY_DRIFT`` and ``TREND_DOUBT`` set on the forecasts
of 2016 to 2019, so that bands of 80 and 95 in 100 hold about as many of the totals that followed."""
YEARLY_DRIFT = 0.15
"""Standard deviation of a year's change in the log of starts: wider than a council's own returns would show, since it
stands for all that a stock may do which its published figures do not tell."""
TREND_DOUBT = 0.05
LEAVING_DOUBT = 0.05
"""Standard deviation of the log of the rate of leaving, and of its yearly change."""
DESTINATION_EVENTS = 20.0
"""How surely it is known where children of an age go: as from so many moves."""
DESTINATION_DOUBT = 1.2
"""Standard deviation of the log of how often each kind of placement is moved to: set on the year to March 2019."""
MIX_EVENTS = 100.0
"""How surely starts by age are known: as from so many."""
UNACCOMPANIED_KEPT_A_YEAR = 0.7
"""How much of the difference from its share of England's unaccompanied children a council has left after a year:
children are transferred between councils. Chosen on 149 councils' numbers of 2014 to 2019 (DfE)."""
UNACCOMPANIED_LEAVING = 0.15
"""Rate a year at which they leave before 18: policy default, by judgement; starts are balanced to it."""
UNACCOMPANIED_DOUBT = 0.35
"""Standard deviation of the log of their starts, and of its yearly change."""

ASSUMPTIONS = (
    "Published figures only. The total follows the trend of the last years, England's more than the council's own, and "
    "the trend fades; starts are what the stock then needs, since published starts and ceases do not add up to its "
    "change. Unaccompanied children are played apart, and a council's number of them moves towards its share of "
    "England's. Ages within each band, and starts by age, are those at which the published numbers by age would hold "
    "themselves; age by placement is fitted to the published totals of each; children who start or move go where the "
    "mix of placements then holds itself, or goes on changing as England's did. Rates of leaving depend on age alone. "
    "Kinship is England's share of fostering; in-house and agency are told by provider. "
    "Suppressed numbers share what is left of their total. The bands are wide and a council's own returns are "
    "better."
)

_POOL = 97
_FOSTERING_INDEX = DETAILS.index(PlacementDetail.IN_HOUSE_FOSTERING)
LEAST_SHARE = 0.01
"""Of where children of every age are, in where each age's go: no kind of placement is wholly out of reach."""


def worlds_of(council: PublishedCouncil, start: date) -> tuple[World, ...]:
    """Return the council's worlds to play forward from a day: settled children, and unaccompanied ones if any.

    Their counts add up to the council's.
    """
    alone = council.unaccompanied.sum()
    some = alone > 0 or council.unaccompanied_share >= 1
    return (world_of(council, start), *([unaccompanied_world_of(council, start)] if some else []))


def world_of(council: PublishedCouncil, start: date) -> World:
    """Return the council's children who are not unaccompanied, as a world to play forward from a day."""
    counts = council.stock - council.unaccompanied
    number = float(counts.sum())
    near, far = (number * np.exp(council.growth_a_year * _faded(months)) for months in (NEAR, FAR))
    return _world(
        council,
        start,
        counts,
        leaving=council.exit_rate_a_year,
        leaving_events=council.exit_events,
        near=near,
        far=far,
        doubt=LEVEL_DOUBT,
        drift=YEARLY_DRIFT,
    )


def unaccompanied_world_of(council: PublishedCouncil, start: date) -> World:
    """Return the council's unaccompanied children as a world to play forward from a day."""
    counts = council.unaccompanied
    number, share = float(counts.sum()), council.unaccompanied_share
    near, far = (
        (share + (number - share) * UNACCOMPANIED_KEPT_A_YEAR ** (months / 12))
        * np.exp(council.england_growth_a_year * _faded(months))
        for months in (NEAR, FAR)
    )
    return _world(
        council,
        start,
        counts,
        leaving=np.full(N_AGES, UNACCOMPANIED_LEAVING),
        leaving_events=np.full(N_AGES, 20.0),
        near=near,
        far=far,
        doubt=UNACCOMPANIED_DOUBT,
        drift=UNACCOMPANIED_DOUBT,
    )


def _faded(months: int) -> float:
    """Return how many years' worth of a trend have come about after some months."""
    return TREND_FADES_YEARS * -float(np.expm1(-months / 12 / TREND_FADES_YEARS))


def _world(
    council: PublishedCouncil,
    start: date,
    counts: IntArray,
    *,
    leaving: FloatArray,
    leaving_events: FloatArray,
    near: float,
    far: float,
    doubt: float,
    drift: float,
) -> World:
    some = bool(counts.any())
    found = settled(
        (counts if some else _where_they_would_be(council)).astype(np.float64),
        leaving,
        PRIOR_MOVES_A_YEAR,
        council.changing_kinds,
    )
    ages, starts = found.children.sum(axis=1) * some, found.starts
    mix = _placement_mix(counts if some else council.stock, found)
    log_rate = balanced_starts(ages, starts, leaving, near=near, far=far)
    exits = np.broadcast_to((leaving / DAYS_A_YEAR)[None, :, None, None], RATE_SHAPE).copy()
    seen = np.broadcast_to((leaving_events * N_AGES / exits.size)[None, :, None, None], RATE_SHAPE).copy()
    return World(
        start=start,
        stock=_stays(counts, found.children, date(council.year, 3, 31)),
        starts=Starts(
            log_rate=log_rate,
            log_rate_cov=np.diag([doubt**2, TREND_DOUBT**2]),
            drift=Drift.of(drift),
            band_counts=MIX_EVENTS * starts / starts.sum() + 0.2,
            entrants=tuple(_entrants(band, mix[band]) for band in range(N_AGES)),
            yearly=council.starts,
        ),
        exits=Rates(
            per_day=exits,
            factor_shapes=(leaving_events.reshape(1, N_AGES, 1, 1) + 1.0,),
            expected=seen + 1e-12,
            level_events=1 / LEAVING_DOUBT**2,
            drift=Drift.of(LEAVING_DOUBT),
        ),
        # Nobody publishes moves by council: England's rate, and doubt of about a quarter either way.
        moves=Rates(
            per_day=np.full(RATE_SHAPE, PRIOR_MOVES_A_YEAR / DAYS_A_YEAR),
            factor_shapes=(np.full((1, N_AGES, 1, 1), 50.0),),
            expected=np.ones(RATE_SHAPE),
            level_events=16.0,
            drift=Drift.of(0.02),
        ),
        destination_doubt=DESTINATION_DOUBT,
        destinations=np.broadcast_to(DESTINATION_EVENTS * mix[None], (N_DETAILS, N_AGES, N_DETAILS)).copy(),
    )


def _where_they_would_be(council: PublishedCouncil) -> FloatArray:
    """Return one unaccompanied child, where the council has none, by the placements of its others of their age."""
    mix = council.stock / np.maximum(council.stock.sum(axis=1, keepdims=True), 1)
    return np.asarray(mix * UNACCOMPANIED_AGES[:, None])


def _placement_mix(counts: IntArray, found: Settled) -> FloatArray:
    """Return where children of each age who start or move go. Shape (age bands, details); rows add up to 1."""
    everywhere = counts.sum(axis=0) / max(counts.sum(), 1)
    mix = (1 - LEAST_SHARE) * found.going + LEAST_SHARE * everywhere[None, :]
    mix[:UNDER_16, SUPPORTED_INDEX] = 0.0
    # Where all are in supported accommodation, younger children go to foster carers.
    mix[mix.sum(axis=1) == 0, _FOSTERING_INDEX] = 1.0
    return np.asarray(mix / mix.sum(axis=1, keepdims=True))


def _days(years: FloatArray) -> IntArray:
    return np.floor(years * DAYS_A_YEAR).astype(np.int64)


def _entrants(band: int, mix: FloatArray) -> Entrants:
    """Return those who start in a band, and where they go."""
    ages = _days(ages_of(starting_ages(np.ones(N_AGES)), band, _POOL))
    share = np.repeat(mix[None, :] / _POOL, _POOL, axis=0)
    return Entrants(
        age_days=np.repeat(ages, N_DETAILS),
        detail=np.tile(np.arange(N_DETAILS), _POOL),
        weight=share.reshape(-1) / share.sum(),
    )


def _stays(counts: IntArray, children: FloatArray, counted_on: date) -> tuple[Stay, ...]:
    """Return invented children with the published numbers: nobody real, and no record of anybody."""
    stays: list[Stay] = []
    for band, kind in np.argwhere(counts > 0):
        for age in _days(ages_of(children[:, kind], band, int(counts[band, kind]))):
            born = counted_on - timedelta(days=int(age))
            entered = max(born, counted_on - timedelta(days=730))
            stays.append(
                Stay(
                    child_id=f"PUBLISHED-{len(stays) + 1}",
                    date_of_birth=born,
                    care_started_on=entered,
                    care_start_seen=False,
                    started_on=entered,
                    ended_on=None,
                    detail=DETAILS[kind],
                    next_detail=None,
                )
            )
    return tuple(stays)
