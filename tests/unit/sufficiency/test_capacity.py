"""The beds a council can use: whole, shared, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.home import Bed, Home, Resident
from reference_data.vocabulary import (
    ContractKind,
    EmergencySetting,
    HomeStatus,
    PartnerConcern,
    PlacementGroup,
    PlacementType,
)
from sufficiency.capacity import Capacity, usable_capacity
from sufficiency.capacity_account import LESS_IN_WORDS, Less, reached_places
from tests.unit.sufficiency.a_block_home import BLOCK_HOME as OURS

AS_OF = date(2026, 6, 15)
SHARED = replace(OURS, home_id="DEMO-2", contract=ContractKind.SPOT, places=6, vacancies=2)


def capacity(*homes: Home, as_far_as_reached: bool = False) -> Capacity:
    return usable_capacity(homes, as_of=AS_OF, authority="879", as_far_as_reached=as_far_as_reached)


def beds(*homes: Home) -> float:
    return sum(supply.beds for supply in capacity(*homes).supplies)


def test_our_own_homes_count_whole_less_holds_adults_and_other_councils_children() -> None:
    assert beds(OURS) == 4
    full = replace(
        OURS,
        beds=(Bed(held_for="DEMO-C1"), Bed()),
        residents=(
            Resident(child_id="a", age=18, authority="879"),
            Resident(child_id="b", age=12, authority="878"),
            Resident(child_id="c", age=12, authority="879"),
        ),
    )
    assert beds(full) == 1


def test_shared_homes_count_our_residents_and_a_share_of_vacancies_never_places() -> None:
    assert beds(SHARED) == 1
    living = (
        Resident(child_id="a", age=12, authority="879"),
        Resident(child_id="b", age=12, authority="878"),
    )
    assert beds(replace(SHARED, residents=living)) == 2
    assert any("Assumed, not observed" in warning for warning in capacity(SHARED).warnings)
    observed = usable_capacity([SHARED], as_of=date(2026, 6, 1), authority="879", share_observed=True)
    assert not any("Assumed" in warning for warning in observed.warnings)


@pytest.mark.parametrize(
    "change",
    [
        {"registered": False},
        {"status": HomeStatus.SUSPENDED},
        {"status": HomeStatus.CLOSED},
        {"status": HomeStatus.PLANNED},
        {"type": PlacementType.CONNECTED_FOSTER_CARER},
        {"type": PlacementType.SECURE_CHILDRENS_HOME},
        {"restriction_notice_from": date(2026, 1, 1)},
        {"partner_concern": PartnerConcern.EMBARGO},
    ],
)
def test_beds_that_cannot_be_used_are_not_counted(change: dict[str, object]) -> None:
    assert beds(replace(OURS, **change)) == 0  # type: ignore[arg-type]


def test_a_planned_home_counts_from_the_day_it_opens_and_a_closing_one_until_it_closes() -> None:
    (planned,) = capacity(replace(OURS, status=HomeStatus.PLANNED, opens_on=date(2026, 9, 1))).supplies
    assert not planned.is_usable_on(date(2026, 8, 31))
    assert planned.is_usable_on(date(2026, 9, 1))
    (closing,) = capacity(replace(OURS, closes_on=date(2026, 9, 1))).supplies
    assert closing.is_usable_on(date(2026, 8, 31))
    assert not closing.is_usable_on(date(2026, 9, 1))


def test_ages_and_groups_follow_the_home() -> None:
    (home,) = capacity(OURS).supplies
    assert (home.group, home.first_band, home.last_band) == (PlacementGroup.RESIDENTIAL, 3, 4)
    supported = replace(OURS, type=PlacementType.SUPPORTED_ACCOMMODATION, min_age=None, max_age=None)
    (flat,) = capacity(supported).supplies
    assert (flat.group, flat.first_band, flat.last_band) == (PlacementGroup.SUPPORTED, 4, 4)


def test_own_and_adjoining_areas_are_local_and_others_are_not() -> None:
    codes = {"879": True, "878": True, "880": False, None: None}
    for code, local in codes.items():
        (supply,) = capacity(replace(OURS, authority=code)).supplies
        assert supply.local is local


def test_what_is_missing_is_said_by_home() -> None:
    bare = Home(home_id="DEMO-9", type=PlacementType.CHILDRENS_HOME)
    found = capacity(bare)
    assert found.supplies == ()
    assert any("DEMO-9" in warning and "contract" in warning for warning in found.warnings)


def test_25_places_are_10_beds_and_each_bed_that_falls_away_has_its_reason() -> None:
    """Our home of 8, a shared one of 6, a suspended one of 4, an unregistered opening of 3, supported flats of 4."""
    child = Resident(child_id="a", age=12, authority="879")
    ours = replace(
        OURS,
        places=8,
        beds=(Bed(held_for="DEMO-C1"), Bed()),
        residents=(child, replace(child, child_id="b", authority="878")),
    )
    flats = replace(
        OURS,
        home_id="DEMO-3",
        type=PlacementType.SUPPORTED_ACCOMMODATION,
        residents=(replace(child, child_id="c", age=18), replace(child, child_id="d", age=19)),
    )
    shared = replace(SHARED, vacancies=2, residents=(replace(child, child_id="e"),))
    suspended = replace(OURS, home_id="DEMO-4", status=HomeStatus.SUSPENDED)
    opening = replace(
        OURS,
        home_id="DEMO-5",
        places=3,
        registered=False,
        status=HomeStatus.PLANNED,
        opens_on=date(2026, 9, 1),
    )
    found = capacity(ours, shared, suspended, opening, flats)
    assert sum(account.places for account in found.accounts) == 25
    assert sum(account.usable for account in found.accounts) == 10
    assert {account.home_id: dict(account.less) for account in found.accounts} == {
        "DEMO-1": {Less.HELD: 1, Less.OTHER_COUNCILS: 1},
        "DEMO-2": {Less.SHARED_WITH_OTHERS: 1, Less.NOT_CONFIRMED_FREE: 3},
        "DEMO-4": {Less.SUSPENDED: 4},
        "DEMO-5": {Less.NOT_REGISTERED: 3},
        "DEMO-3": {Less.OVER_18: 2},
    }


def test_places_of_ours_that_are_never_reached_count_only_where_whole_places_are_asked_for() -> None:
    """Of four places one is lived in and one free; a second home does not record who lives there and counts whole."""
    half_used = replace(OURS, vacancies=1, residents=(Resident(child_id="a", age=12, authority="879"),))
    not_recorded = replace(OURS, home_id="DEMO-2", vacancies=1, residents=None)
    assert sum(one.usable for one in capacity(half_used, not_recorded).accounts) == 8
    first, second = capacity(half_used, not_recorded, as_far_as_reached=True).accounts
    assert (first.usable, dict(first.less)) == (2, {Less.NEITHER_LIVED_IN_NOR_FREE: 2})
    assert second.usable == 4
    a_held_bed = replace(half_used, vacancies=None, beds=(Bed(held_for="DEMO-C1"), Bed()))
    (held,) = capacity(a_held_bed, as_far_as_reached=True).accounts
    assert (held.usable, dict(held.less)) == (2, {Less.HELD: 1, Less.NEITHER_LIVED_IN_NOR_FREE: 1})
    assert reached_places(half_used) == (4, 1, 1)
    assert reached_places(not_recorded) is None


def test_more_registered_places_without_vacancies_change_no_bed() -> None:
    more = replace(SHARED, places=60)
    assert beds(more) == beds(SHARED)


@given(st.data())
@settings(deadline=None)
def test_places_less_every_reason_are_the_beds_we_can_use(data: st.DataObject) -> None:
    residents = st.lists(
        st.builds(
            Resident,
            child_id=st.just("a"),
            age=st.none() | st.integers(0, 20),
            authority=st.sampled_from([None, "879", "878"]),
        ),
        max_size=5,
    ).map(tuple)
    home = Home(
        home_id="DEMO-1",
        type=data.draw(st.sampled_from([*PlacementType, *EmergencySetting])),
        contract=data.draw(st.none() | st.sampled_from(ContractKind)),
        registered=data.draw(st.none() | st.booleans()),
        status=data.draw(st.none() | st.sampled_from(HomeStatus)),
        places=data.draw(st.none() | st.integers(0, 6)),
        vacancies=data.draw(st.none() | st.integers(0, 6)),
        residents=data.draw(st.none() | residents),
        restriction_notice_from=data.draw(st.sampled_from([None, AS_OF])),
        min_age=data.draw(st.none() | st.integers(0, 17)),
        max_age=data.draw(st.none() | st.integers(0, 17)),
    )
    found = capacity(home, as_far_as_reached=data.draw(st.booleans()))
    (account,) = found.accounts
    assert account.usable == sum(supply.beds for supply in found.supplies)
    assert account.places - sum(amount for _, amount in account.less) == pytest.approx(account.usable)
    assert all(amount > 0 for _, amount in account.less)
    assert set(LESS_IN_WORDS) == set(Less)
