"""Every invented placement is in a home that fits it, and no home ever has more children than places."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from reference_data.ages import age_on
from reference_data.postcodes import locate
from reference_data.shipped_tables import shipped_rows
from reference_data.synthetic.history import History, Placement
from reference_data.synthetic.homes import InventedHome, invent_homes
from reference_data.synthetic.sites import locality_is_possible, where
from reference_data.synthetic.whereabouts import Housing, house

sys.path.insert(0, str(Path(__file__).parent))
from random_histories import UNTIL, random_history

COUNCILS = ("878", "879", "880", "908", "933")


@pytest.fixture(scope="module")
def histories() -> dict[str, History]:
    return {code: random_history(code, seed=3) for code in COUNCILS}


@pytest.fixture(scope="module")
def housing(histories: dict[str, History]) -> Housing:
    return house(histories, invent_homes(histories, seed=3), seed=3)


def homes_of(housing: Housing) -> dict[str, InventedHome]:
    return {home.home_id: home for home in housing.supply.homes}


def all_placements(histories: dict[str, History]) -> dict[tuple[str, int], Placement]:
    return {
        (code, placement.placement_id): placement
        for code, history in histories.items()
        for placement in history.placements
    }


def last_night(placement: Placement) -> date:
    return placement.ended_on - timedelta(days=1) if placement.ended_on else UNTIL


def test_every_placement_has_whereabouts(histories: dict[str, History], housing: Housing) -> None:
    assert set(housing.whereabouts) == set(all_placements(histories))
    assert len(housing.whereabouts) > 800


def test_no_home_has_more_children_than_places_on_any_day(
    histories: dict[str, History], housing: Housing
) -> None:
    changes: dict[str, Counter[date]] = defaultdict(Counter)
    for key, placement in all_placements(histories).items():
        home_id = housing.whereabouts[key].home_id
        if home_id:
            changes[home_id][placement.started_on] += 1
            changes[home_id][placement.ended_on or date.max] -= 1
    homes = homes_of(housing)
    fullest = 0
    for home_id, by_day in changes.items():
        there = 0
        for day in sorted(by_day):
            there += by_day[day]
            assert there <= homes[home_id].places, home_id
            fullest = max(fullest, there)
    assert fullest > 3


def test_carers_have_more_than_three_children_only_of_one_family_or_with_an_exemption(
    histories: dict[str, History], housing: Housing
) -> None:
    family = {child.child_id: child.family_id for one in histories.values() for child in one.children}
    stays: dict[str, list[Placement]] = defaultdict(list)
    for key, placement in all_placements(histories).items():
        stays[housing.whereabouts[key].home_id].append(placement)
    for home in housing.supply.homes:
        if home.type.endswith("foster_carer") and home.places > 3:
            families = {family[stay.child_id] for stay in stays[home.home_id]}
            assert home.exempt or len(families) <= 1


def test_the_locality_holds_when_the_distance_is_measured_again(
    histories: dict[str, History], housing: Housing
) -> None:
    children = {child.child_id: child for one in histories.values() for child in one.children}
    measured = 0
    for key, placement in all_placements(histories).items():
        there = locate(housing.whereabouts[key].postcode)
        home = locate(children[placement.child_id].home_postcode)
        if there is None or placement.place.startswith("T") or key in housing.not_as_asked:
            continue
        assert (there.authority_code == key[0]) == placement.locality.startswith("in"), placement
        if home is not None:
            miles = round(
                math.hypot(there.easting - home.easting, there.northing - home.northing) / 1000 / 1.6093, 1
            )
            assert placement.locality.endswith("over_20" if miles > 20 else "up_to_20"), placement
            measured += 1
    assert measured > 500


def test_a_placement_is_not_as_asked_only_where_the_map_has_no_such_place(
    histories: dict[str, History], housing: Housing
) -> None:
    children = {child.child_id: child for one in histories.values() for child in one.children}
    placements = all_placements(histories)
    for key in housing.not_as_asked:
        placement = placements[key]
        asked = where(placement.locality, locate(children[placement.child_id].home_postcode))
        assert not locality_is_possible(key[0], asked), placement


def test_where_the_distance_is_not_known_no_postcode_is_recorded_or_the_child_has_none(
    histories: dict[str, History], housing: Housing
) -> None:
    children = {child.child_id: child for one in histories.values() for child in one.children}
    seen = Counter[bool]()
    for key, placement in all_placements(histories).items():
        if placement.locality.endswith("unknown") and not placement.place.startswith("T"):
            has_home = bool(children[placement.child_id].home_postcode)
            assert bool(housing.whereabouts[key].postcode) == (not has_home)
            seen[has_home] += 1
    assert min(seen[True], seen[False]) > 10


def test_the_home_is_of_the_kind_and_provider_of_the_placement(
    histories: dict[str, History], housing: Housing
) -> None:
    homes = homes_of(housing)
    kind_of = {
        "U3": "connected_foster_carer",
        "U1": "connected_foster_carer",
        "K1": "secure_childrens_home",
        "K2": "childrens_home",
        "K3": "supported_accommodation",
        "S1": "residential_school",
        "R3": "residential_family_centre",
        "Z13": "unregistered_home",
    }
    for key, placement in all_placements(histories).items():
        home = homes.get(housing.whereabouts[key].home_id)
        if (placement.place[0] in "PRT" and placement.place != "R3") or placement.place == "A6":
            assert home is None
        elif placement.place in {"U4", "U6"}:
            assert home is not None
            agency = placement.provider in {"PR4", "PR5"}
            assert home.type == ("agency_foster_carer" if agency else "in_house_foster_carer")
            if agency:
                assert home.provider_code == placement.provider
            else:
                assert (home.council == key[0]) == (placement.provider == "PR1")
        else:
            assert home is not None
            assert home.type == kind_of[placement.place]
            if placement.place == "K2":
                own = home.council == key[0]
                assert own == (placement.provider == "PR1")
                assert bool(home.council) == (placement.provider in {"PR1", "PR2"})


def test_nobody_is_in_a_home_that_has_not_opened_or_that_takes_no_more_children(
    histories: dict[str, History], housing: Housing
) -> None:
    homes = homes_of(housing)
    first: dict[tuple[str, str], date] = {}
    for key, placement in sorted(all_placements(histories).items()):
        home_id = housing.whereabouts[key].home_id
        if home_id:
            home = homes[home_id]
            assert home.opens_on <= placement.started_on
            moved_in = first.setdefault((home_id, placement.child_id), placement.started_on)
            together = placement.with_placement_id is not None or placement.same_carer
            if home.closes_on is not None and moved_in == placement.started_on and not together:
                assert placement.started_on < home.closes_on
            assert not home.short_breaks_only
            assert home.role != "mockingbird_hub"


def test_ages_and_sexes_are_within_the_limits_of_the_home(
    histories: dict[str, History], housing: Housing
) -> None:
    homes = homes_of(housing)
    children = {child.child_id: child for one in histories.values() for child in one.children}
    for key, placement in all_placements(histories).items():
        home = homes.get(housing.whereabouts[key].home_id)
        if home is not None:
            child = children[placement.child_id]
            assert home.min_age <= age_on(child.date_of_birth, placement.started_on)
            assert age_on(child.date_of_birth, last_night(placement)) <= home.max_age
            assert home.sexes in {"any", child.sex}


def test_brothers_and_sisters_placed_together_are_in_one_household(
    histories: dict[str, History], housing: Housing
) -> None:
    pairs = 0
    for key, placement in all_placements(histories).items():
        if placement.with_placement_id is not None:
            other = housing.whereabouts[key[0], placement.with_placement_id]
            assert housing.whereabouts[key].home_id == other.home_id != ""
            pairs += 1
    assert pairs > 20


def test_the_same_carer_goes_on_being_the_same_and_a_child_comes_back_from_hospital(
    histories: dict[str, History], housing: Housing
) -> None:
    same = back = 0
    for code, history in histories.items():
        by_child: dict[str, list[Placement]] = defaultdict(list)
        for placement in history.placements:
            by_child[placement.child_id].append(placement)
        for stays in by_child.values():
            for before, after in pairwise(stays):
                homes = [housing.whereabouts[code, stay.placement_id].home_id for stay in (before, after)]
                if after.same_carer:
                    assert homes[0] == homes[1] != ""
                    same += 1
            for settled, away, after in zip(stays, stays[1:], stays[2:], strict=False):
                if away.place == "T1":
                    there = [
                        housing.whereabouts[code, stay.placement_id].home_id
                        for stay in (settled, away, after)
                    ]
                    assert there[0] == there[2] != there[1]
                    back += 1
    assert min(same, back) > 10


def test_connected_carers_take_one_family_only(histories: dict[str, History], housing: Housing) -> None:
    homes = homes_of(housing)
    family = {child.child_id: child.family_id for one in histories.values() for child in one.children}
    for key, placement in all_placements(histories).items():
        home = homes.get(housing.whereabouts[key].home_id)
        if home is not None and home.type == "connected_foster_carer":
            assert family[placement.child_id] == home.family_id


def test_only_plymouths_children_are_in_its_block_beds(
    histories: dict[str, History], housing: Housing
) -> None:
    homes = homes_of(housing)
    for key in all_placements(histories):
        home = homes.get(housing.whereabouts[key].home_id)
        if home is not None and home.block_of:
            assert key[0] == home.block_of == "879"


def test_every_home_stands_in_the_area_it_says(housing: Housing) -> None:
    for home in housing.supply.homes:
        place = locate(home.site.postcode)
        assert place is not None
        assert (place.easting, place.northing) == (home.site.easting, home.site.northing)
        assert place.authority_code == home.site.authority or home.site.authority == "WAL"
        assert home.home_id.startswith(f"DEMO-H{home.site.authority}-")


def test_no_two_homes_share_an_id_and_no_urn_could_be_a_registration(housing: Housing) -> None:
    homes = housing.supply.homes
    assert len({home.home_id for home in homes}) == len(homes)
    # Registrations have SC and six figures, or seven figures counted up from 1; none is near 9,900,000.
    assert all(home.urn.isdigit() and len(home.urn) == 7 and home.urn.startswith("99") for home in homes)
    registered = Counter(home.urn for home in homes if not home.type.endswith("foster_carer"))
    assert set(registered.values()) == {1}


def test_every_name_says_that_it_is_invented(housing: Housing) -> None:
    for home in housing.supply.homes:
        assert home.name.endswith("(invented)")
        assert home.provider.endswith("(invented)")
        number = home.home_id.removeprefix("DEMO-H").replace("-", "/")
        assert number in home.name


def test_the_order_in_which_histories_are_given_changes_nothing(
    histories: dict[str, History], housing: Housing
) -> None:
    other = dict(reversed(histories.items()))
    again = house(other, invent_homes(other, seed=3), seed=3)

    def written(one: Housing) -> str:
        homes = [asdict(home) for home in one.supply.homes]
        stays = sorted((key, asdict(value)) for key, value in one.whereabouts.items())
        return json.dumps([homes, stays], default=str)

    assert written(again) == written(housing)


def test_another_seed_gives_other_homes(histories: dict[str, History], housing: Housing) -> None:
    other = house(histories, invent_homes(histories, seed=4), seed=4)
    assert other.supply != housing.supply


@pytest.mark.parametrize("council", COUNCILS)
@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_a_councils_own_carers_have_the_approved_places_that_are_published(
    histories: dict[str, History], housing: Housing, council: str, year: int
) -> None:
    on = date(year, 3, 31)
    lived_in = {
        housing.whereabouts[key].home_id
        for key, placement in all_placements(histories).items()
        if placement.started_on <= on and (placement.ended_on is None or placement.ended_on > on)
    }
    places = 0
    for home in housing.supply.homes:
        if home.type == "in_house_foster_carer" and home.council == council and home.opens_on <= on:
            takes_more = not home.family_id and (home.closes_on is None or home.closes_on > on)
            if home.role != "mockingbird_hub" and (takes_more or home.home_id in lived_in):
                places += home.places
    published = {
        (row["authority"], int(row["year"])): float(row["approved"])
        for row in shipped_rows("synthetic_supply", "fostering_places.csv")
        if row["scope"] == "mainstream"
    }[council, year]
    # The day lies between two beginnings of a month, and the published figure is rounded to 5.
    assert places == pytest.approx(published, rel=0.04)
