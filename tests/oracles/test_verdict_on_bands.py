"""The verdict on bands where the truth is known: honest bands are seldom called too narrow, narrow ones often."""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy.stats import norm

from sufficiency.backtest import CENTRAL_BANDS, BacktestPoint
from sufficiency.track_record import CALIBRATED, ENOUGH_DATES, TOO_NARROW, verdict_of
from tests.counts import count

SAME_DATE, SAME_COUNCIL = 0.4, 0.3
"""How far the kinds of home on one date, and the dates of one council, go together."""


def drawn(rng: np.random.Generator, dates: int, spread: float) -> list[BacktestPoint]:
    """Past forecasts of a council whose truth is spread so many times wider than its bands say."""
    luck = np.sqrt(SAME_COUNCIL) * rng.normal() + np.sqrt(1 - SAME_COUNCIL) * rng.normal(size=dates)
    kinds = np.sqrt(SAME_DATE) * luck[:, None] + np.sqrt(1 - SAME_DATE) * rng.normal(size=(dates, 4))
    children = np.full((5, 4), 20)
    points = []
    for n in range(dates):
        total, each = norm.cdf(luck[n] * spread), norm.cdf(kinds[n] * spread)
        points.append(
            BacktestPoint(
                origin=date(2000 + n, 3, 31),
                months=12,
                forecast_mean=children.astype(float),
                same_as_today=children,
                same_change=None,
                happened=children,
                inside={name: bool(low < total < high) for name, (low, high) in CENTRAL_BANDS.items()},
                groups_inside={
                    name: float(((low < each) & (each < high)).mean())
                    for name, (low, high) in CENTRAL_BANDS.items()
                },
                cells_inside={},
                pit=float(total),
                crps=0.0,
            )
        )
    return points


def share(verdict: str, *, dates: int, spread: float) -> float:
    rng = np.random.default_rng([dates, round(10 * spread)])
    cases = count("verdicts on bands")
    return sum(verdict_of(drawn(rng, dates, spread)) == verdict for _ in range(cases)) / cases


def test_honest_bands_are_seldom_called_too_narrow() -> None:
    for dates in (2, 3, 4, 8):
        assert share(TOO_NARROW, dates=dates, spread=1.0) <= 0.15


def test_narrow_bands_are_found_out_the_sooner_the_narrower_they_are() -> None:
    assert share(TOO_NARROW, dates=4, spread=1.5) >= 0.35
    assert share(TOO_NARROW, dates=4, spread=3.0) >= 0.85
    assert share(TOO_NARROW, dates=8, spread=1.5) > share(TOO_NARROW, dates=3, spread=1.5)


def test_only_many_dates_make_bands_calibrated() -> None:
    assert share(CALIBRATED, dates=ENOUGH_DATES - 1, spread=1.0) == 0
    assert share(CALIBRATED, dates=ENOUGH_DATES, spread=1.0) >= 0.7
