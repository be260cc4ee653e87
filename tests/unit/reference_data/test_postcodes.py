"""Postcodes: the places known by hand, the six answers, and agreement of the one and the many."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from reference_data.postcodes import (
    Place,
    PostcodeStatus,
    directory_version,
    distance_miles,
    distances_miles,
    locate,
    locate_many,
    look_up,
)


def place_of(postcode: str) -> Place:
    place = locate(postcode)
    assert place is not None
    return place


def test_the_civic_centre_of_plymouth_is_where_the_map_says() -> None:
    assert place_of("PL1 2AA") == Place(
        easting=247696, northing=54383, authority_code="879", gss_code="E06000026"
    )


@pytest.mark.parametrize("written", ["pl1 2aa", "PL12AA", " PL1  2AA ", "Pl1\u00a02aA", "p l 1 2 a a"])
def test_case_and_spaces_do_not_matter(written: str) -> None:
    assert locate(written) == place_of("PL1 2AA")


def test_a_postcode_in_a_two_tier_county_belongs_to_the_county() -> None:
    exeter = place_of("EX1 1JN")
    assert exeter.authority_code == "878"
    assert exeter.gss_code == "E07000041"


@pytest.mark.parametrize(
    ("postcode", "code"),
    [("TA1 1HE", "933"), ("CA3 8QG", "942"), ("NN1 1ED", "941"), ("HG1 2SG", "815"), ("S1 2HH", "373")],
)
def test_areas_reorganised_in_recent_years_belong_to_the_new_authority(postcode: str, code: str) -> None:
    assert place_of(postcode).authority_code == code


def test_plymouth_to_exeter_is_36_point_2_miles_by_the_departments_formula() -> None:
    assert distance_miles(place_of("PL4 8AA"), place_of("EX1 1JN")) == 36.2


def test_a_welsh_place_is_found_but_belongs_to_no_english_authority() -> None:
    cardiff = place_of("CF10 1AA")
    assert cardiff.authority_code is None
    assert cardiff.nation == "Wales"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("PL1 2AA", PostcodeStatus.FOUND),
        ("PL1 2ZZ", PostcodeStatus.NOT_IN_DIRECTORY),
        ("QQ1 1QQ", PostcodeStatus.NOT_IN_DIRECTORY),
        ("PL1", PostcodeStatus.PARTIAL),
        ("EC1A", PostcodeStatus.PARTIAL),
        ("pl1 2", PostcodeStatus.PARTIAL),
        ("JE2 3AB", PostcodeStatus.NO_GRID_REFERENCE),
        ("BT1 1AA", PostcodeStatus.NO_GRID_REFERENCE),
        ("", PostcodeStatus.EMPTY),
        ("  ", PostcodeStatus.EMPTY),
        ("N/A", PostcodeStatus.MALFORMED),
        ("not known", PostcodeStatus.MALFORMED),
        ("PL1 2AAA", PostcodeStatus.MALFORMED),
        ("12345", PostcodeStatus.MALFORMED),
    ],
)
def test_each_kind_of_text_gets_its_own_answer(text: str, status: PostcodeStatus) -> None:
    answer = look_up(text)
    assert answer.status is status
    assert (answer.place is None) == (status is not PostcodeStatus.FOUND)
    assert locate(text) == answer.place


def test_every_answer_says_what_to_do() -> None:
    for status in PostcodeStatus:
        assert status.what_to_do.endswith(".")


def test_many_places_at_once_are_the_places_one_by_one() -> None:
    asked = ["PL1 2AA", "nonsense", "EX1 1JN", "", "CF10 1AA", "PL1", "TQ1 1BG", "JE2 3AB", "pl48aa"]
    many = locate_many(asked)
    for index, postcode in enumerate(asked):
        place = locate(postcode)
        assert many.found[index] == (place is not None)
        if place is None:
            assert (many.easting[index], many.gss_code[index], many.authority_code[index]) == (-1, "", "")
        else:
            assert many.easting[index] == place.easting
            assert many.northing[index] == place.northing
            assert many.gss_code[index] == place.gss_code
            assert many.authority_code[index] == (place.authority_code or "")


def test_no_places_at_all_is_an_empty_answer() -> None:
    assert locate_many([]).found.shape == (0,)


def test_distances_in_bulk_are_the_distances_one_by_one() -> None:
    random = np.random.default_rng(903)
    east = random.integers(80_000, 655_000, 5_000).astype(np.int32)
    north = random.integers(5_000, 1_220_000, 5_000).astype(np.int32)
    home = place_of("PL1 2AA")
    bulk = distances_miles(east, north, home)
    for index in range(len(east)):
        there = Place(
            easting=int(east[index]), northing=int(north[index]), authority_code=None, gss_code="S12000033"
        )
        assert bulk[index] == distance_miles(home, there)


def test_looking_up_a_postcode_does_not_import_pandas() -> None:
    script = (
        "import sys; from reference_data.postcodes import locate; "
        "assert locate('PL1 2AA'); assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_directory_names_its_version() -> None:
    assert int(directory_version().split(".")[0]) >= 2026
