"""Who may come next: how many, how old, with whom, and never a child who is on the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.referral import Referral
from reference_data.ages import age_on
from reference_data.problems import InvalidInput, NotEnoughData
from reference_data.vocabulary import SiblingsTogether
from sufficiency.next_arrivals import LEAST_SEARCHES, sample_arrivals

DAY = date(2026, 6, 15)


def search(number: int, days_ago: int, **changes: object) -> Referral:
    opened = DAY - timedelta(days=days_ago)
    one = Referral(
        referral_id=f"R{number:03}",
        child_id=f"C{number:03}",
        date_of_birth=opened - timedelta(days=365 * (5 + number % 12) + 40),
        search_opened_at=opened,
        needed_by=opened + timedelta(days=number % 10),
        current_home_id="H1",
        not_with=("C000",),
    )
    return replace(one, **changes)  # type: ignore[arg-type]


YEAR_OF_ONE_A_WEEK = [search(number, 7 * number) for number in range(52)]


def test_as_many_come_as_came_on_average_and_not_always_as_many() -> None:
    found = sample_arrivals(YEAR_OF_ONE_A_WEEK, as_of=DAY, samples=400)
    counts = [len(sample) for sample in found.samples]
    expected = 52 * 28 / (51 * 7 + 1)
    # Four standard errors of a Poisson mean over 400 samples.
    assert abs(sum(counts) / 400 - expected) < 4 * (expected / 400) ** 0.5
    variance = sum((count - expected) ** 2 for count in counts) / 400
    assert 0.7 * expected < variance < 1.4 * expected
    assert found.children_a_month == pytest.approx(52 * 30 / (51 * 7 + 1))


def test_each_is_as_old_as_on_the_day_they_came_and_needs_a_home_as_soon() -> None:
    ages = {age_on(one.date_of_birth, one.search_opened_at) for one in YEAR_OF_ONE_A_WEEK}
    waits = {(one.needed_by - one.search_opened_at).days for one in YEAR_OF_ONE_A_WEEK}
    drawn = [child for sample in sample_arrivals(YEAR_OF_ONE_A_WEEK, as_of=DAY).samples for child in sample]
    for child in drawn:
        assert DAY < child.search_opened_at <= DAY + timedelta(days=28)
        assert age_on(child.date_of_birth, child.search_opened_at) in ages
        assert (child.needed_by - child.search_opened_at).days in waits
        assert child.current_home_id is None
        assert child.not_with == ()


def test_nobody_on_the_list_is_named_and_every_id_is_its_own() -> None:
    found = sample_arrivals(YEAR_OF_ONE_A_WEEK, as_of=DAY)
    names = [child.child_id for sample in found.samples for child in sample]
    assert len(set(names)) == len(names)
    assert not set(names) & {one.child_id for one in YEAR_OF_ONE_A_WEEK}
    assert "C0" not in str(found.told())


def test_brothers_and_sisters_come_together() -> None:
    pair = [
        replace(one, sibling_group="G", siblings_together=SiblingsTogether.MUST)
        for one in YEAR_OF_ONE_A_WEEK[:2]
    ]
    found = sample_arrivals([*pair, *YEAR_OF_ONE_A_WEEK[2:]], as_of=DAY, samples=100)
    for sample in found.samples:
        groups = [child.sibling_group for child in sample if child.sibling_group]
        assert all(groups.count(group) == 2 for group in groups)
    assert any(child.sibling_group for sample in found.samples for child in sample)


def test_the_same_seed_draws_the_same_children_whatever_the_order_of_the_searches() -> None:
    first = sample_arrivals(YEAR_OF_ONE_A_WEEK, as_of=DAY, seed=3)
    assert first == sample_arrivals(reversed(YEAR_OF_ONE_A_WEEK), as_of=DAY, seed=3)
    assert first != sample_arrivals(YEAR_OF_ONE_A_WEEK, as_of=DAY, seed=4)


def test_searches_of_before_the_year_of_tomorrow_and_without_a_day_are_left_out() -> None:
    others = [search(100, 365), search(101, -1), search(102, 0, search_opened_at=None)]
    assert sample_arrivals([*YEAR_OF_ONE_A_WEEK, *others], as_of=DAY) == sample_arrivals(
        YEAR_OF_ONE_A_WEEK, as_of=DAY
    )


def test_a_list_of_a_few_days_is_no_rate_and_few_searches_are_none_at_all() -> None:
    today = [search(number, 0) for number in range(LEAST_SEARCHES)]
    # All of one day: taken as what came in a whole period, and not in every day of it.
    assert sample_arrivals(today, as_of=DAY).children_a_month == pytest.approx(LEAST_SEARCHES * 30 / 28)
    with pytest.raises(NotEnoughData):
        sample_arrivals(today[1:], as_of=DAY)
    with pytest.raises(InvalidInput):
        sample_arrivals(today, as_of=DAY, samples=0)
