"""How many children start to be looked after, of what age and into what placement, and how that drifts.

How long they stay is in ``stays.py``; playing it forward is in ``simulate.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sufficiency.drift import Drift, KindLevels, Level, kind_levels, level_today, steady_levels
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.following import YEAR_DAYS
from sufficiency.repair import CareHistory
from sufficiency.stays import (
    DAYS_A_YEAR,
    FULL_WEIGHT_LOST_YEARS,
    N_AGES,
    N_DETAILS,
    SUPPORTED_INDEX,
    UNDER_16,
    FloatArray,
    IntArray,
    birthdays,
)
from sufficiency.uncertainty import FULL, Uncertainty

CHANCE_OF_TREND = 0.4
"""Chance, before looking, that starts have a steady trend at all. A trend looked for where there is none doubles the
doubt about the level."""
TREND_A_YEAR = 0.06
"""Spread of a yearly trend where there is one."""
TREND_FADES_YEARS = 3.0
"""A trend is not extended for ever: its effect approaches this many years' worth."""
_TRENDS = np.linspace(-3 * TREND_A_YEAR, 3 * TREND_A_YEAR, 25)
_COUNTED_EACH_YEARS = 0.25
"""Starts are counted in stretches of so many years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrants:
    """The children who started in one age band, to draw new ones from.

    Parameters
    ----------
    age_days
        Age at the start in days. Shape (entrants,).
    detail
        Index of the first placement. Shape (entrants,).
    weight
        Chance of being drawn; sums to 1. Shape (entrants,).
    """

    age_days: IntArray
    detail: IntArray
    weight: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """Starts of periods of care: their level, trend, drift and mix, with doubt.

    Parameters
    ----------
    log_rate, log_rate_cov
        Log of starts a day at the end of the data and its yearly trend; their covariance. Shapes (2,), (2, 2).
    drift
        How the rate drifts.
    band_counts
        Weighted starts by age band plus a prior; the doubt of the mix. Shape (age bands,).
    entrants
        One pool for each age band.
    yearly
        Starts in successive years, oldest first, for the reader.
    bands
        How the age bands stand against each other, beside ``band_counts``: level, doubt and drift.
    trend_chance
        How likely the counts make it that starts have a trend at all.
    if_trend
        What ``log_rate`` is if they have one. Shape (2,).
    """

    log_rate: FloatArray
    log_rate_cov: FloatArray
    drift: Drift
    band_counts: FloatArray
    entrants: tuple[Entrants, ...]
    yearly: tuple[int, ...]
    trend_chance: float = 0.0
    if_trend: FloatArray | None = None
    bands: KindLevels = field(default_factory=lambda: steady_levels(N_AGES))


def fit_starts(history: CareHistory, *, prior_drift: float) -> Starts:
    """Return the starts of periods of care that the returns show, as a rate that can be played forward.

    Children already in care on the first day are not starts. The level follows the last years more than the
    first ones, and the trend is believed only as far as the counts support it.
    """
    first_stays = [
        stay
        for stay in history.stays
        if stay.started_on == stay.care_started_on
        and history.first_day <= stay.started_on <= history.known_to
    ]
    born = np.array([stay.date_of_birth for stay in first_stays], dtype="datetime64[D]")
    began = np.array([stay.started_on for stay in first_stays], dtype="datetime64[D]")
    detail = np.array([DETAILS.index(stay.detail) for stay in first_stays], dtype=np.int64)
    age_days = (began - born).astype(np.int64)
    band = (
        np.minimum((began[:, None] >= birthdays(born)).sum(axis=1), N_AGES - 1)
        if len(first_stays)
        else np.zeros(0, dtype=np.int64)
    )
    years_ago = (np.datetime64(history.known_to) - began).astype(np.float64) / DAYS_A_YEAR
    weight = 0.5 ** (years_ago / FULL_WEIGHT_LOST_YEARS)

    span_years = max((history.known_to - history.first_day).days + 1, 1) / DAYS_A_YEAR
    years_each = min(_COUNTED_EACH_YEARS, span_years)
    stretches = int(span_years / years_each + 0.05)
    ago = np.minimum((years_ago * 0.9999 / years_each).astype(np.int64), stretches)
    seen = np.bincount(ago, minlength=stretches + 1)[:stretches][::-1].astype(np.float64)
    whole_years = int(span_years + 0.01)
    yearly = np.bincount(
        np.minimum((years_ago * 0.9999).astype(np.int64), whole_years), minlength=whole_years + 1
    )
    yearly = yearly[:whole_years][::-1]
    trend = fit_trend(seen, years_each=years_each, prior_drift=prior_drift)
    band_counts = np.bincount(band, weight, minlength=N_AGES).astype(np.float64) + 0.2
    return Starts(
        log_rate=trend.log_rate,
        log_rate_cov=trend.covariance,
        drift=trend.drift,
        band_counts=band_counts,
        entrants=tuple(
            _entrants(age_days[band == b], detail[band == b], weight[band == b], b) for b in range(N_AGES)
        ),
        yearly=tuple(int(count) for count in yearly),
        trend_chance=trend.chance,
        if_trend=trend.if_trend,
        bands=_band_levels(band, years_ago.astype(np.int64), band_counts / band_counts.sum()),
    )


def _band_levels(band: IntArray, years_ago: IntArray, share: FloatArray) -> KindLevels:
    """Return how starts divide between age bands in the last year, against their usual shares."""
    if not len(band):
        return steady_levels(N_AGES)
    years = int(years_ago.max()) + 1
    happened = np.zeros((years, N_AGES))
    np.add.at(happened, (years - 1 - years_ago, band), 1.0)
    return kind_levels(happened, happened.sum(axis=1, keepdims=True) * share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Starts today and how they change.

    Parameters
    ----------
    log_rate, covariance
        Log of starts a day on the last day and its yearly trend. Shapes (2,), (2, 2).
    drift
        As in ``Starts``.
    chance, if_trend
        How likely a trend is, and what ``log_rate`` is if there is one.
    """

    log_rate: FloatArray
    covariance: FloatArray
    drift: Drift
    chance: float
    if_trend: FloatArray


def fit_trend(seen: FloatArray, *, years_each: float, prior_drift: float) -> Trend:
    """Return starts a day now and their yearly trend, averaged over no trend, many trends, and many drifts.

    Each is believed as far as the counts make it likely.

    Parameters
    ----------
    seen
        Starts in successive stretches of time, oldest first. Shape (stretches,).
    years_each
        Length of a stretch.
    prior_drift
        See ``drift.level_today``.

    References
    ----------
    Hoeting, Madigan, Raftery and Volinsky (1999), Bayesian model averaging: a tutorial. Statistical Science 14(4).
    """
    back = (np.arange(len(seen)) - len(seen) + 0.5) * years_each
    days = DAYS_A_YEAR * years_each

    def fitted(trend: float) -> Level:
        awaited = np.exp(trend * back) * days
        return level_today(seen, awaited, years_each=years_each, prior_drift=prior_drift)

    flat, bent = fitted(0.0), [fitted(float(trend)) for trend in _TRENDS]
    prior = np.exp(-((_TRENDS / TREND_A_YEAR) ** 2) / 2)
    prior = CHANCE_OF_TREND * prior / prior.sum()
    likely = np.array([level.log_likely for level in (flat, *bent)])
    weight = np.append(1 - CHANCE_OF_TREND, prior) * np.exp(likely - likely.max())
    weight = weight / weight.sum()
    found = np.array([[level.log_level for level in (flat, *bent)], np.append(0.0, _TRENDS)])
    mean = found @ weight
    apart = found - mean[:, None]
    covariance = (apart * weight) @ apart.T
    covariance[0, 0] += float(weight @ np.array([level.variance for level in (flat, *bent)]))
    drifts = weight @ np.array([level.drift.chances for level in (flat, *bent)])
    chance = float(weight[1:].sum())
    return Trend(
        log_rate=mean,
        covariance=covariance + np.diag([0.0, 1e-9]),
        drift=Drift(sizes=flat.drift.sizes, chances=drifts),
        chance=chance,
        if_trend=found[:, 1:] @ weight[1:] / chance,
    )


def _entrants(age_days: IntArray, detail: IntArray, weight: FloatArray, band: int) -> Entrants:
    if band < UNDER_16:
        # Supported accommodation is for 16 and over: no start under 16 is drawn into it.
        lawful = detail != SUPPORTED_INDEX
        age_days, detail, weight = age_days[lawful], detail[lawful], weight[lawful]
    if not len(age_days):
        middle = (0.5, 3.0, 7.5, 13.0, 17.0)[band]
        kind = PlacementDetail.SUPPORTED if band == UNDER_16 else PlacementDetail.IN_HOUSE_FOSTERING
        return Entrants(
            age_days=np.array([int(middle * DAYS_A_YEAR)], dtype=np.int64),
            detail=np.array([DETAILS.index(kind)], dtype=np.int64),
            weight=np.ones(1),
        )
    return Entrants(age_days=age_days, detail=detail, weight=weight / weight.sum())


def draw_start_rates(
    starts: Starts,
    rng: np.random.Generator,
    *,
    month_ends_days: FloatArray,
    uncertainty: Uncertainty = FULL,
) -> FloatArray:
    """Return starts a day in each month and age band of one drawn future.

    Parameters
    ----------
    month_ends_days
        Days from the end of the data to the end of each month of the simulation. Shape (months,).
    uncertainty
        What to leave out; as many random numbers are taken.

    Returns
    -------
    Shape (age bands, months), starts a day.
    """
    # Half the variance is taken off each logarithm, so that doubt widens the band and does not raise its mean.
    doubt = np.linalg.cholesky(starts.log_rate_cov) @ rng.standard_normal(2)
    level, trend = starts.log_rate + doubt * uncertainty.parameters
    drift_a_year = starts.drift.draw(rng) * uncertainty.drift
    edges = np.concatenate([[0.0], month_ends_days]) / DAYS_A_YEAR
    middle = (edges[1:] + edges[:-1]) / 2
    steps = rng.standard_normal(len(middle)) * drift_a_year * np.sqrt(np.diff(edges))
    fading = TREND_FADES_YEARS * -np.expm1(-middle / TREND_FADES_YEARS)
    drift = np.cumsum(steps) - drift_a_year**2 * edges[1:] / 2
    rate = np.exp(level - uncertainty.parameters * starts.log_rate_cov[0, 0] / 2 + trend * fading + drift)
    drawn = rng.gamma(starts.band_counts)
    counts = drawn if uncertainty.parameters else starts.band_counts
    year = (middle * DAYS_A_YEAR // YEAR_DAYS).astype(np.int64)
    levels = starts.bands.draw(
        rng, int(year.max()) + 1, parameters=uncertainty.parameters, drift=uncertainty.drift
    )
    mix = counts * np.exp(starts.bands.level) * levels
    mix = mix / mix.sum(axis=1, keepdims=True)
    return np.asarray(mix[year].T * rate[None, :])


def inflow_levels(history: CareHistory, destinations: FloatArray, starts: Starts) -> KindLevels:
    """Return how often children go to each kind of placement, at a start or a move, against what is usual for them.

    Parameters
    ----------
    destinations
        Counts of moves by kind left, age band and kind reached, from ``move_counts``.
    starts
        From ``fit_starts``.
    """
    begun = [
        stay
        for stay in history.stays
        if history.first_day <= stay.started_on <= history.known_to
        and stay.started_on == stay.care_started_on
    ]
    moved = [
        stay
        for stay in history.stays
        if stay.next_detail and stay.ended_on and history.first_day <= stay.ended_on <= history.known_to
    ]
    usual = np.zeros((N_AGES, N_DETAILS))
    for band, pool in enumerate(starts.entrants):
        usual[band] = np.bincount(pool.detail, pool.weight, minlength=N_DETAILS)
    odds = destinations / np.maximum(destinations.sum(axis=2, keepdims=True), 1e-12)
    days = [stay.started_on for stay in begun] + [stay.ended_on for stay in moved if stay.ended_on]
    if not days:
        return steady_levels(N_DETAILS)
    when = np.array(days, dtype="datetime64[D]")
    born = np.array([stay.date_of_birth for stay in (*begun, *moved)], dtype="datetime64[D]")
    band_then = np.minimum((when[:, None] >= birthdays(born)).sum(axis=1), N_AGES - 1)
    reached = np.array(
        [DETAILS.index(stay.detail) for stay in begun]
        + [DETAILS.index(stay.next_detail) for stay in moved if stay.next_detail]
    )
    left = np.array([DETAILS.index(stay.detail) for stay in moved], dtype=np.int64)
    likely = np.concatenate([usual[band_then[: len(begun)]], odds[left, band_then[len(begun) :]]])
    ago = ((np.datetime64(history.known_to) - when).astype(np.float64) / DAYS_A_YEAR).astype(np.int64)
    years = int(ago.max()) + 1
    happened, awaited = np.zeros((years, N_DETAILS)), np.zeros((years, N_DETAILS))
    np.add.at(happened, (years - 1 - ago, reached), 1.0)
    np.add.at(awaited, years - 1 - ago, likely)
    return kind_levels(happened, awaited)
