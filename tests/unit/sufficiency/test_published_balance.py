"""Starts, ages and placements of a published council are such that its numbers hold themselves or follow their course."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from reference_data.published import flows_by_age
from reference_data.vocabulary import AGE_BANDS
from sufficiency.published_balance import (
    FAR,
    NEAR,
    ages_of,
    balanced_starts,
    settled,
    starting_ages,
    still_in_care,
)
from sufficiency.published_council import published_council
from sufficiency.published_world import unaccompanied_world_of, world_of, worlds_of
from sufficiency.simulate import simulate

ENGLAND_2019 = np.array([4090.0, 10490.0, 14420.0, 30780.0, 18380.0])
LEAVING = np.array([2230, 6480, 3850, 4350, 2950]) / ENGLAND_2019
"""Ceases before 18 in the year to March 2019 to the children of that day (DfE)."""
ONE_KIND = ENGLAND_2019[:, None]


def after_months(found, months: int) -> float:
    """Return the children in care after some months, each month's starts coming in its middle."""
    starts = starting_ages(found.starts) / 12
    kept = still_in_care(starts, LEAVING, months)
    remaining = still_in_care(found.children.sum(axis=1), LEAVING, months)[months]
    return float(remaining + ((kept[1:] + kept[:-1]) / 2).sum())


def test_those_of_one_age_leave_at_their_rate_and_on_their_eighteenth_birthday() -> None:
    seventeen = np.zeros(216)
    seventeen[204] = 100.0
    left = still_in_care(seventeen, LEAVING, 12)
    assert left[:12] == pytest.approx(100 * np.exp(-LEAVING[-1] * np.arange(12) / 12))
    assert left[12] == 0


def test_ages_within_each_band_add_up_to_the_published_numbers() -> None:
    found = settled(ONE_KIND, LEAVING, 0.7)
    for band, (first, last) in enumerate(((0, 12), (12, 60), (60, 120), (120, 192), (192, 216))):
        assert found.children[first:last].sum() == pytest.approx(ENGLAND_2019[band])


def test_starts_that_the_stock_needs_are_near_those_published_for_england() -> None:
    needed = settled(ONE_KIND, LEAVING, 0.7).starts
    published = flows_by_age("england", "starts", 2021)
    assert needed == pytest.approx([published[band] or 0 for band in AGE_BANDS], rel=0.35)


def test_the_number_in_care_holds_itself_where_starts_are_those_it_needs() -> None:
    found = settled(ONE_KIND, LEAVING, 0.7)
    for months in (12, 60, 120):
        assert after_months(found, months) == pytest.approx(ENGLAND_2019.sum(), rel=0.02)


def test_a_band_that_more_children_grow_into_than_it_has_needs_no_starts() -> None:
    few = ONE_KIND.copy()
    few[2] = 100.0
    found = settled(few, LEAVING, 0.7)
    assert found.starts[2] == 0
    assert found.children[60:120].sum() == pytest.approx(100)


def test_those_who_start_or_move_at_16_go_to_supported_accommodation_more_often_than_its_share() -> None:
    counts = np.array([[50.0, 0.0], [100.0, 0.0], [150.0, 0.0], [300.0, 0.0], [100.0, 80.0]])
    found = settled(counts, LEAVING, 0.7)
    assert found.going[-1, 1] > 80 / 180
    assert found.going[:-1, 1].sum() == 0
    # Children grow into the band from foster care, so those in supported accommodation are the older ones.
    older, younger = ages_of(found.children[:, 1], 4, 80).mean(), ages_of(found.children[:, 0], 4, 100).mean()
    assert older > younger


def test_starts_carry_the_stock_to_the_numbers_asked_for() -> None:
    found = settled(ONE_KIND, LEAVING, 0.7)
    ages = found.children.sum(axis=1)
    total = ages.sum()
    level, trend = balanced_starts(ages, found.starts, LEAVING, near=1.03 * total, far=1.08 * total)
    months = np.arange(FAR)
    rate = np.exp(level + trend * 3.0 * -np.expm1(-(months + 0.5) / 12 / 3.0)) * 365.25 / 12
    kept = still_in_care(starting_ages(found.starts / found.starts.sum()), LEAVING, FAR)
    kept = (kept[1:] + kept[:-1]) / 2
    for number, asked in ((NEAR, 1.03), (FAR, 1.08)):
        arrived = (rate[:number] * kept[:number][::-1]).sum()
        assert still_in_care(ages, LEAVING, number)[number] + arrived == pytest.approx(
            asked * total, rel=1e-4
        )


@pytest.mark.parametrize("code", ["886", "879", "211"])
def test_the_futures_follow_the_course_on_average(code: str) -> None:
    start = date(2019, 3, 31)
    council = published_council(code, known_on=start)
    settled_children = simulate(world_of(council, start), snapshot_days=[0, 365, 1826], runs=400, seed=3)
    first, near, far = settled_children.sum(axis=(2, 3)).mean(axis=0)
    grown = np.exp(council.growth_a_year * 3 * -np.expm1(-np.array([1.0, 5.0]) / 3))
    assert near == pytest.approx(first * grown[0], rel=0.03)
    assert far == pytest.approx(first * grown[1], rel=0.10)


def test_a_council_with_more_unaccompanied_children_than_its_share_is_expected_to_have_fewer() -> None:
    start = date(2019, 3, 31)
    kent = published_council("886", known_on=start)
    assert kent.unaccompanied.sum() == 255
    assert 130 < kent.unaccompanied_share < 160
    counts = simulate(unaccompanied_world_of(kent, start), snapshot_days=[0, 365], runs=300, seed=1)
    first, later = counts.sum(axis=(2, 3)).mean(axis=0)
    assert first == 255
    assert later == pytest.approx(144 + (255 - 144) * 0.7, rel=0.08)


def test_the_worlds_together_hold_the_published_stock() -> None:
    start = date(2019, 3, 31)
    for code in ("886", "879", "201", "857"):
        council = published_council(code, known_on=start)
        worlds = worlds_of(council, start)
        assert sum(len(world.stock) for world in worlds) == council.stock.sum()
        assert (council.unaccompanied <= council.stock).all()
