"""Beds that fit: the largest flow against trying every seating, and what the waiting list says of a bed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.home import Home, Resident
from matching.referral import Referral
from reference_data.vocabulary import (
    NeedDomain,
    PlacementGroup,
    Urgency,
)
from sufficiency.capacity import usable_capacity
from sufficiency.episodes import DETAILS, PlacementDetail, Stay
from sufficiency.fit_of_beds import beds_short_that_fit, fewest_without, fit_table, still_there
from sufficiency.forecast import monthly_dates
from tests.unit.sufficiency.a_block_home import BLOCK_HOME, CHILD

AS_OF = date(2026, 6, 15)
DATES = monthly_dates(date(2026, 6, 15), 12)
HOME = replace(
    BLOCK_HOME,
    places=3,
    vacancies=3,
    sexes="any",
    can_meet=dict.fromkeys(NeedDomain, 40),
    accepts_emergency=True,
)
NOBODY_STAYS = {group: np.zeros(len(DATES)) for group in PlacementGroup}
EVERYBODY_STAYS = {group: np.ones(len(DATES)) for group in PlacementGroup}


def in_homes(number: int, runs: int = 3) -> np.ndarray:
    counts = np.zeros((runs, len(DATES), 5, len(DETAILS)), dtype=np.int64)
    counts[:, :, 3, DETAILS.index(PlacementDetail.HOMES)] = number
    return counts


def short(number: int, homes: list[Home], referrals: list[Referral], staying: dict = NOBODY_STAYS) -> dict:
    found = beds_short_that_fit(
        in_homes(number),
        DATES,
        usable_capacity(homes, as_of=AS_OF, authority="879"),
        homes,
        referrals,
        staying,
        as_of=AS_OF,
    )
    return [row for row in found["rows"] if row["placement"] == "residential"][-1]


def test_a_bed_beyond_whose_means_the_child_is_counts_and_does_not_fit() -> None:
    hard = replace(CHILD, needs=dict.fromkeys(NeedDomain, 90))
    assert short(3, [HOME], [CHILD])["short_that_fit"] == 0
    row = short(3, [HOME], [hard])
    assert (row["coming"], row["free_beds"], row["short"], row["short_that_fit"]) == (3, 3, 0, 3)
    found = fit_table([CHILD, hard], [HOME], as_of=AS_OF)
    assert found.fits.tolist() == [[True], [False]]
    assert found.first_rule[1] == ("need_gap",)


def test_room_now_says_nothing_of_a_bed_that_will_be_free() -> None:
    full = replace(HOME, vacancies=0, residents=(Resident(child_id="a", age=12, authority="879"),) * 3)
    assert fit_table([CHILD], [full], as_of=AS_OF).fits.all()


def test_where_the_list_has_nobody_of_that_age_any_bed_for_the_age_fits() -> None:
    young = replace(CHILD, date_of_birth=date(2024, 1, 1))
    row = short(2, [HOME], [young])
    assert row["short_that_fit"] == row["short"] == 0


def test_an_old_list_makes_nobody_an_emergency_and_nobody_older() -> None:
    calm = replace(HOME, accepts_emergency=False, max_age=13)
    months_later = date(2026, 11, 29)
    assert fit_table([CHILD], [calm], as_of=AS_OF).fits.all()
    assert fit_table([CHILD], [calm], as_of=months_later).fits.all()
    nearly_14 = replace(CHILD, date_of_birth=date(2012, 8, 1))
    assert fit_table([nearly_14], [calm], as_of=months_later).fits.all()
    by_urgency = replace(CHILD, urgency=Urgency.EMERGENCY)
    by_date = replace(CHILD, urgency=None, search_opened_at=CHILD.needed_by)
    assert not fit_table([by_urgency, by_date], [calm], as_of=months_later).fits.any()


def test_children_who_stay_keep_their_beds_and_need_no_other() -> None:
    lived_in = replace(HOME, residents=(Resident(child_id="a", age=12, authority="879"),) * 2)
    row = short(2, [lived_in], [CHILD], EVERYBODY_STAYS)
    assert (row["coming"], row["free_beds"], row["short_that_fit"]) == (0, 1, 0)


@given(st.data())
@settings(deadline=None)
def test_the_flow_leaves_as_few_as_any_seating(data: st.DataObject) -> None:
    kinds, classes = data.draw(st.integers(1, 3)), data.draw(st.integers(0, 3))
    fit = np.array(
        data.draw(
            st.lists(
                st.lists(st.booleans(), min_size=classes, max_size=classes), min_size=kinds, max_size=kinds
            )
        ),
        dtype=np.bool_,
    ).reshape(kinds, classes)
    beds = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=classes, max_size=classes)), dtype=np.int64
    )
    wanted = data.draw(st.lists(st.integers(0, 2), min_size=kinds, max_size=kinds))
    children = [kind for kind, number in enumerate(wanted) for _ in range(number)]
    each = [home for home, number in enumerate(beds) for _ in range(number)] + [None] * len(children)
    best = min(
        (
            sum(home is None or not fit[child, home] for child, home in zip(children, seats, strict=True))
            for seats in set(permutations(each, len(children)))
        ),
        default=0,
    )
    assert fewest_without(np.array([wanted]), (fit, beds)).tolist() == [best]


def test_how_many_stay_is_what_past_years_show() -> None:
    """Ten children, each staying 100 days from the first of a year: half of those seen on a day are there 50 days on."""
    stays = [
        Stay(
            child_id=f"{year}-{n}",
            date_of_birth=date(2010, 1, 1),
            care_started_on=day,
            care_start_seen=True,
            started_on=day,
            ended_on=date.fromordinal(day.toordinal() + 400),
            detail=PlacementDetail.HOMES,
            next_detail=None,
        )
        for year in range(2018, 2027)
        for n, day in enumerate([date(year, month, 1) for month in range(1, 13)])
    ]
    found = still_there(stays, known_to=date(2026, 6, 15), months=(0, 6, 12, 24))[PlacementGroup.RESIDENTIAL]
    assert found[0] == 1
    # In the long run, of stays of 400 days the share still there t days later is 1 - t / 400.
    assert found[1] == pytest.approx(1 - 182.6 / 400, abs=0.04)
    assert found[2] == pytest.approx(1 - 365.25 / 400, abs=0.04)
    assert found[3] == 0
