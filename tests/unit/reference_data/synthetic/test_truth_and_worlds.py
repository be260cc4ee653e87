"""The hidden truth and the further worlds: futures go on from the true state, and each world differs as it says."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from reference_data.synthetic.careers import (
    children_by_kind,
    council_intake,
    simulate_council,
    simulate_history,
)
from reference_data.synthetic.history import History, Placement
from reference_data.synthetic.truth import Futures, futures, truth_document
from reference_data.synthetic.worlds import BASE, CAPACITY, GROWTH, SHOCK, World

UNTIL = date(2026, 6, 15)
SIZE = 250
SEEDS = (1, 2, 3)
CHANGE = date(2024, 10, 1)


@pytest.fixture(scope="module")
def torbay() -> History:
    return simulate_history("880", seed=2026, until=UNTIL)


@pytest.fixture(scope="module")
def future(torbay: History) -> Futures:
    return futures(torbay, seed=3, months=12, runs=12)


def councils(world: World) -> list[History]:
    return [simulate_council(size=SIZE, seed=seed, until=UNTIL, world=world) for seed in SEEDS]


@pytest.fixture(scope="module")
def base() -> list[History]:
    return councils(BASE)


def in_care(history: History, on: date) -> int:
    short = {status.child_id for status in history.statuses if status.status in ("V3", "V4")}
    return sum(
        period.child_id not in short
        and period.started_on <= on
        and (period.ended_on is None or period.ended_on > on)
        for period in history.periods
    )


def test_the_first_month_of_every_future_is_the_true_stock(torbay: History, future: Futures) -> None:
    assert future.dates[0] == torbay.until
    totals = future.counts.sum(axis=(2, 3))
    assert set(totals[:, 0].tolist()) == {in_care(torbay, UNTIL)}
    assert (future.counts[:, 0] == future.counts[0, 0]).all()


def test_the_first_month_counts_each_age_as_the_history_has_it(torbay: History, future: Futures) -> None:
    there = {
        period.child_id for period in torbay.periods if period.started_on <= UNTIL and period.ended_on is None
    }
    short = {status.child_id for status in torbay.statuses if status.status in ("V3", "V4")}
    ages = [
        (UNTIL - child.date_of_birth).days / 365.25
        for child in torbay.children
        if child.child_id in there - short
    ]
    wanted = [sum(low <= age < high for age in ages) for low, high in pairwise((0, 1, 5, 10, 16, 18))]
    assert future.counts[0, 0].sum(axis=1).tolist() == wanted


def test_futures_differ_from_each_other_and_stay_near_what_starts_and_ceases_give(
    torbay: History, future: Futures
) -> None:
    totals = future.counts.sum(axis=(2, 3))
    assert len(set(totals[:, -1].tolist())) > 5
    a_year_before = UNTIL - timedelta(days=365)
    starts = sum(period.started_on > a_year_before for period in torbay.periods)
    assert abs(totals[:, -1].mean() - totals[0, 0]) < starts
    assert (abs(totals[:, 1:] - totals[:, :-1]) < starts).all()
    assert (future.counts >= 0).all()


def test_futures_of_one_seed_repeat_and_of_another_do_not(torbay: History, future: Futures) -> None:
    again = futures(torbay, seed=3, months=12, runs=12)
    assert again.counts.tobytes() == future.counts.tobytes()
    other = futures(torbay, seed=4, months=12, runs=12)
    assert other.counts.tobytes() != future.counts.tobytes()


def test_futures_of_a_growing_world_grow(torbay: History, future: Futures) -> None:
    growing = World(name="faster", growth_a_year=0.5, changes_on=UNTIL)
    more = futures(torbay, seed=3, months=12, runs=12, world=growing)
    assert more.mean()[-1].sum() > future.mean()[-1].sum() + 3


def test_what_is_needed_is_often_not_what_is_got(torbay: History) -> None:
    truth = truth_document(torbay)
    table = truth["needed_by_got"]
    assert isinstance(table, list)
    homes = [row for row in table if row["needed"] == "childrens_home"]
    got = sum(row["placements"] for row in homes if row["got"] == "K2")
    share = got / sum(row["placements"] for row in homes)
    assert 0.2 < share < 0.8
    children = truth["children"]
    assert isinstance(children, list)
    assert {child["child_id"] for child in children} == {child.child_id for child in torbay.children}


def test_more_children_come_in_a_growing_world(base: list[History]) -> None:
    growing = councils(GROWTH)
    before, now = date(2022, 3, 31), UNTIL
    assert [in_care(history, before) for history in growing] == [in_care(history, before) for history in base]
    assert sum(in_care(history, now) for history in growing) > 1.05 * sum(
        in_care(history, now) for history in base
    )


def new_supported(history: History) -> int:
    """Return the placements in supported accommodation after the change that are no return from a few days away."""
    count = 0
    before: Placement | None = None
    for placement in history.placements:
        goes_on = before is not None and before.child_id == placement.child_id and before.place[0] == "T"
        new = placement.place == "K3" and not placement.same_carer and not goes_on
        count += new and placement.started_on >= CHANGE
        before = placement
    return count


def test_a_shock_closes_supported_accommodation_and_starts_fall(base: list[History]) -> None:
    shocked = councils(SHOCK)
    assert all(new_supported(history) == 0 for history in shocked)
    assert all(new_supported(history) > 0 for history in base)

    def starts(history: History) -> int:
        return sum(period.started_on >= CHANGE for period in history.periods)

    assert sum(map(starts, shocked)) < 0.95 * sum(map(starts, base))


def test_where_beds_are_limited_no_more_children_than_beds_and_fewer_moves_of_other_causes(
    base: list[History],
) -> None:
    limited = councils(CAPACITY)
    beds = CAPACITY.beds(children_by_kind(council_intake(SIZE)))
    assert beds["H"] > 0
    most = [most_at_once(history, "K2", since=date(2018, 1, 1)) for history in limited]
    assert max(most) <= beds["H"]
    assert max(most_at_once(history, "K2", since=date(2018, 1, 1)) for history in base) > beds["H"]


def most_at_once(history: History, place: str, *, since: date) -> int:
    """Return the most children in one kind of place on the first of any month."""
    short = {status.child_id for status in history.statuses if status.status in ("V3", "V4")}
    days = [date(year, month, 1) for year in range(since.year, 2027) for month in range(1, 13)]
    own = [one for one in history.placements if one.place == place and one.child_id not in short]
    return max(
        sum(one.started_on <= day and (one.ended_on is None or one.ended_on > day) for one in own)
        for day in days
        if since <= day <= history.until
    )
