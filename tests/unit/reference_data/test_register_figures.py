"""Ofsted's register and fostering figures, against what is known of the published lists."""

from __future__ import annotations

from statistics import median, mode

import pytest

from reference_data.authorities import authorities, former_authorities
from reference_data.problems import NotFound
from reference_data.register_figures import (
    HOME_TYPES,
    RegisteredProviders,
    fostering_places,
    joiners_leavers,
    registered_providers,
)
from reference_data.shipped_tables import shipped_rows


def homes_and_places(found: tuple[RegisteredProviders, ...]) -> tuple[int, int]:
    return sum(each.providers for each in found), sum(
        each.providers * (each.places_each or 0) for each in found
    )


@pytest.mark.parametrize(
    ("code", "homes", "places"),
    [("879", 15, 29), ("878", 51, 147), ("880", 6, 10), ("933", 37, 114), ("908", 19, 59)],
)
def test_the_homes_and_places_of_the_peninsula_are_those_of_the_register(
    code: str, homes: int, places: int
) -> None:
    assert homes_and_places(registered_providers(code)) == (homes, places)


def test_the_grades_of_englands_homes_are_those_of_the_register() -> None:
    found = registered_providers("england")
    grades: dict[str | None, int] = {}
    for each in found:
        grades[each.grade] = grades.get(each.grade, 0) + each.providers
    assert grades == {"outstanding": 294, "good": 2008, "requires_improvement": 525, "inadequate": 63}


def test_the_usual_childrens_home_has_four_places_and_the_commonest_three() -> None:
    places = [
        each.places_each
        for each in registered_providers("england", ("childrens_home",))
        for _ in range(each.providers)
    ]
    assert len(places) == 2_821
    assert (median(places), mode(places)) == (4, 3)


def test_about_four_in_five_homes_are_private() -> None:
    found = registered_providers("england", ("childrens_home",))
    private = sum(each.providers for each in found if each.sector == "private")
    assert 0.8 < private / 2_821 < 0.87


def test_all_3546_providers_of_the_list_are_counted_and_none_is_named() -> None:
    rows = list(shipped_rows("published", "ofsted_register_2023.csv.gz"))
    assert sum(int(row["providers"]) for row in rows) == 3_546
    assert set(rows[0]) == {
        "authority",
        "type",
        "sector",
        "short_breaks_only",
        "grade",
        "places_each",
        "providers",
    }
    known = {each.code for each in authorities()} | {each.code for each in former_authorities()}
    assert {row["authority"] for row in rows} <= known
    assert set(HOME_TYPES) <= {row["type"] for row in rows}


def test_the_joiners_and_leavers_of_the_year_are_all_counted() -> None:
    rows = list(shipped_rows("published", "ofsted_joiners_leavers_2023.csv"))
    assert (sum(int(row["joined"]) for row in rows), sum(int(row["left"]) for row in rows)) == (410, 168)
    devon = joiners_leavers("878")
    assert devon
    assert all(each.joined + each.left > 0 for each in devon)
    assert joiners_leavers("420") == ()


@pytest.mark.parametrize(
    ("code", "approved", "filled", "vacant", "not_available", "households"),
    [
        ("879", 295, 170, 30, 70, 155),
        ("878", 640, 415, 140, 90, 355),
        ("880", 220, 170, 50, 0, 135),
        ("933", 385, 225, 45, 80, 225),
        ("908", 490, 270, 10, 110, 265),
        ("england", 88_370, 54_870, 16_080, 15_845, 44_450),
    ],
)
def test_fostering_places_are_those_published(
    code: str, approved: int, filled: int, vacant: int, not_available: int, households: int
) -> None:
    found = fostering_places(code)
    assert found["places_approved"] == approved
    assert found["places_filled"] == found["children_placed"] == filled
    assert (found["places_vacant"], found["places_not_available"]) == (vacant, not_available)
    assert found["households"] == households


def test_an_authority_that_reports_with_others_has_unknown_figures_and_not_zeros() -> None:
    assert fostering_places("205")["places_approved"] is None
    assert fostering_places("london_tri_borough")["places_approved"] == 385
    with pytest.raises(NotFound):
        fostering_places("839")
