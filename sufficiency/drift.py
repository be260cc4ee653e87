"""How rates change from year to year: by how much, and where the level of each kind of placement stands today.

A council's use of one kind of placement grows or falls against the others for years on end. A level learnt from all
years alike lags behind it; the last year alone is mostly chance. The filter here weighs them by what the years show.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

FloatArray = NDArray[np.float64]

PRIOR_DRIFT = 0.11
"""Yearly drift of the log of starts and of leaving before a council's own returns are looked at.

Policy default. Yearly changes of 149 councils' numbers in care (DfE 2014-2019) had 1.74 times the Poisson standard
deviation, which a drift near 0.11 in both gives.
"""
_GRID = np.arange(0.0, 0.5, 0.025)
"""Yearly drifts of a level that are thought possible."""
PRIOR_KIND_DRIFT = 0.08
"""Mean of an exponential prior on that drift. Policy default, by judgement; the years themselves soon outweigh it."""
PRIOR_KIND_SPREAD = 0.25
"""Spread of the log of a kind's level about what its rates say, before the years are looked at one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How much a rate may change from year to year: sizes that are possible, and how likely each is.

    Parameters
    ----------
    sizes
        Standard deviations of a year's change of the log of the rate. Shape (sizes,); at least 0.
    chances
        Of each; they add up to 1. Shape (sizes,).
    """

    sizes: FloatArray
    chances: FloatArray

    @staticmethod
    def of(size: float) -> Drift:
        """Return a drift whose size is known."""
        return Drift(sizes=np.array([size]), chances=np.ones(1))

    def root_mean_square(self) -> float:
        """Return the one size that gives the same variance."""
        return float(np.sqrt(self.chances @ self.sizes**2))

    def at_least(self, size: float) -> float:
        """Return how likely the drift is at least so large."""
        return float(self.chances[self.sizes >= size].sum())

    def draw(self, rng: np.random.Generator) -> float:
        """Return the size in one future. No random number is taken where it is known."""
        if len(self.sizes) == 1:
            return float(self.sizes[0])
        return float(self.sizes[np.searchsorted(np.cumsum(self.chances[:-1]), rng.random(), side="right")])


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLevels:
    """The level of each kind of placement against the others, as a logarithm.

    Parameters
    ----------
    level
        Best estimates on the last day. Shape (kinds,).
    variance
        Of that estimate, beyond what is in doubt of a level that never changes. Shape (kinds,); at least 0.
    drift_a_year
        Standard deviation of a year's change.
    """

    level: FloatArray
    variance: FloatArray
    drift_a_year: float

    def draw(self, rng: np.random.Generator, years: int, *, parameters: bool, drift: bool) -> FloatArray:
        """Return drawn factors on each kind in each year to come, about the best estimate. Shape (years, kinds).

        As many random numbers are taken whatever is left out.
        """
        doubt = rng.standard_normal(len(self.level)) * np.sqrt(self.variance) * parameters
        steps = rng.standard_normal((years, len(self.level))) * (self.drift_a_year * drift)
        return np.asarray(np.exp(doubt + np.cumsum(steps, axis=0)))


def steady_levels(kinds: int) -> KindLevels:
    """Return levels that never change and are not in doubt."""
    return KindLevels(level=np.zeros(kinds), variance=np.zeros(kinds), drift_a_year=0.0)


def kind_levels(happened: FloatArray, awaited: FloatArray) -> KindLevels:
    """Return where each kind's level stands in the last year, by a local-level filter of Poisson counts.

    The drift is common to all kinds and averaged over what the years make likely.

    Parameters
    ----------
    happened, awaited
        Events, and events expected at constant rates, by year (oldest first) and kind. Only how each year's events
        divide between kinds is looked at; how many there are in all is not. Shape (years, kinds).

    References
    ----------
    West, Harrison and Migon (1985), Dynamic generalized linear models and Bayesian forecasting. Journal of the
    American Statistical Association 80(389).
    """
    total = awaited.sum(axis=1, keepdims=True)
    shared = awaited * np.divide(
        happened.sum(axis=1, keepdims=True), total, out=np.ones_like(total), where=total > 0
    )
    drifts = _GRID[:, None]
    level = np.zeros((len(_GRID), happened.shape[1]))
    variance = np.full_like(level, PRIOR_KIND_SPREAD**2)
    likely = -_GRID / PRIOR_KIND_DRIFT
    for year, (seen, expected) in enumerate(zip(happened, shared, strict=True)):
        variance = variance + drifts**2 * (year > 0)
        mean = expected * np.exp(level)
        spread = mean + mean**2 * variance
        counts = expected > 0
        score = -0.5 * (np.log(np.maximum(spread, 1e-12)) + (seen - mean) ** 2 / np.maximum(spread, 1e-12))
        likely = likely + np.where(counts, score, 0.0).sum(axis=1)
        variance = 1 / (1 / variance + mean)
        level = level + variance * (seen - mean)
    weight = np.exp(likely - likely.max())[:, None]
    weight = weight / weight.sum()
    best = (weight * level).sum(axis=0)
    constant = 1 / (1 / PRIOR_KIND_SPREAD**2 + shared.sum(axis=0))
    spread = (weight * (variance + (level - best) ** 2)).sum(axis=0)
    return KindLevels(
        level=best,
        variance=np.maximum(spread - constant, 0.0),
        drift_a_year=float(np.sqrt((weight * drifts**2).sum())),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Where a rate stands on the last day, and how it drifts.

    Parameters
    ----------
    log_level, variance
        Logarithm of events over events awaited, and the variance of that estimate.
    drift
        How it drifts.
    log_likely
        How likely it makes the events, on the logarithm.
    """

    log_level: float
    variance: float
    drift: Drift
    log_likely: float


def level_today(
    happened: FloatArray,
    awaited: FloatArray,
    *,
    years_each: float,
    prior_drift: float,
    prior_events: float = 0.5,
) -> Level:
    """Return where a rate stands today, by a gamma filter of Poisson counts averaged over possible drifts.

    A rate that is not seen to drift rests on all years alike; one that is rests on the last ones.

    Parameters
    ----------
    happened, awaited
        Events, and events awaited at a constant rate, in successive stretches of time, oldest first. Shape (stretches,).
    years_each
        Length of a stretch.
    prior_drift
        Root mean square of an exponential prior on the yearly drift.
    prior_events
        Events that the prior, that events are as many as awaited, is worth. Below 1 the mean of the counts takes its
        place.

    References
    ----------
    West, Harrison and Migon (1985), Dynamic generalized linear models and Bayesian forecasting. Journal of the
    American Statistical Association 80(389).
    """
    about = 1.0 if prior_events >= 1 else (happened.sum() + 0.5) / (awaited.sum() + 0.5)
    shape = np.full(len(_GRID), float(prior_events))
    rate = shape / about
    likely = np.zeros(len(_GRID))
    for seen, expected in zip(happened, awaited, strict=True):
        # Drift widens what is known and leaves where it lies.
        wider = 1 / (1 + shape * _GRID**2 * years_each)
        shape, rate = shape * wider, rate * wider
        likely = likely + (
            gammaln(shape + seen)
            - gammaln(shape)
            - gammaln(seen + 1)
            + shape * np.log(rate / (rate + expected))
            + seen * np.log(max(float(expected), 1e-12) / (rate + expected))
        )
        shape, rate = shape + seen, rate + expected
    weighed = likely - _GRID * np.sqrt(2) / prior_drift
    weight = np.exp(weighed - weighed.max())
    evidence = float(weighed.max() + np.log(weight.sum()))
    weight = weight / weight.sum()
    level = np.log(shape / rate)
    best = float((weight * level).sum())
    # The last stretch shows its own mean; by its end the level has drifted a third of a stretch's variance further.
    spread = 1 / shape + _GRID**2 * years_each / 3 + (level - best) ** 2
    return Level(
        log_level=best,
        variance=float((weight * spread).sum()),
        drift=Drift(sizes=_GRID, chances=weight),
        log_likely=evidence,
    )
