"""The rates of leaving, as a survival curve, against Kaplan and Meier's product worked out here death by death."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from sufficiency.episodes import DETAILS, PlacementDetail, Stay
from sufficiency.repair import CareHistory, RepairReport
from sufficiency.stays import DURATION_CUTS_DAYS, exposure, fit_rates

FIRST, LAST = date(2019, 3, 31), date(2021, 3, 31)
BORN = date(2011, 1, 1)
"""Aged eight to ten all the while, so that only the time in care tells children apart."""


def product_limit(days: list[int], left: list[bool], at: int) -> float:
    """Return the share still in care after ``at`` days (Kaplan and Meier 1958), one child at a time."""
    surviving = 1.0
    for moment in sorted({day for day, gone in zip(days, left, strict=True) if gone and day <= at}):
        at_risk = sum(day >= moment for day in days)
        leaving = sum(gone and day == moment for day, gone in zip(days, left, strict=True))
        surviving *= 1 - leaving / at_risk
    return surviving


def test_the_product_limit_is_that_of_a_case_worked_by_hand() -> None:
    # Four children: one leaves after 20 days, one after 60, one after 120; one is last seen, in care, at 50.
    days, left = [20, 60, 50, 120], [True, True, False, True]
    assert product_limit(days, left, 20) == pytest.approx(3 / 4)
    assert product_limit(days, left, 60) == pytest.approx(3 / 4 * 1 / 2)
    assert product_limit(days, left, 120) == 0


def test_rates_learnt_with_children_still_in_care_give_the_product_limits_curve() -> None:
    rng = np.random.default_rng(11)
    stays, days, left = [], [], []
    for child in range(2500):
        began = FIRST + timedelta(days=int(rng.integers(1, 720)))
        # No exponential law: many leave soon, the others late.
        stay = int(rng.integers(2, 80)) if rng.random() < 0.4 else int(rng.integers(80, 1400))
        ended = began + timedelta(days=stay)
        gone = ended <= LAST
        days.append(stay if gone else (LAST - began).days)
        left.append(gone)
        stays.append(
            Stay(
                child_id=f"DEMO-{child}",
                date_of_birth=BORN,
                care_started_on=began,
                care_start_seen=True,
                started_on=began,
                ended_on=ended if gone else None,
                detail=PlacementDetail.IN_HOUSE_FOSTERING,
                next_detail=None,
            )
        )
    history = CareHistory(stays=tuple(stays), first_day=FIRST, known_to=LAST, report=RepairReport(rows=()))
    seen = exposure(history)
    rates = fit_rates(seen, seen.exited, prior_a_year=0.42, prior_drift=0.11).per_day
    kind = DETAILS.index(PlacementDetail.IN_HOUSE_FOSTERING)
    awaited, since = 0.0, 0
    for band, cut in enumerate(DURATION_CUTS_DAYS[:4]):
        awaited += rates[kind, 2, band, band] * (cut - since)
        since = cut
        assert math.exp(-awaited) == pytest.approx(product_limit(days, left, cut), abs=0.03)
