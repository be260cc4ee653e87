"""Stability, new placements and distance, against the figures known from the publications."""

from __future__ import annotations

import pytest

from reference_data.codelists import codes
from reference_data.placement_figures import (
    NEW_PLACEMENT_GROUPS,
    STABILITY_WHOLES,
    distance_by_placement,
    new_placements,
    stability,
    stability_percent,
)
from reference_data.problems import NotFound
from reference_data.published import annual_figures
from reference_data.shipped_tables import shipped_rows


@pytest.mark.parametrize(
    ("measure", "years"),
    [
        (
            "three_or_more_placements",
            {2021: (58, 485), 2022: (64, 491), 2023: (48, 500), 2024: (64, 513), 2025: (61, 527)},
        ),
        (
            "three_or_more_in_2_years",
            {2021: (78, 340), 2022: (80, 361), 2023: (74, 357), 2024: (84, 361), 2025: (90, 400)},
        ),
        (
            "same_carer_2_years",
            {2021: (120, 177), 2022: (122, 177), 2023: (139, 190), 2024: (137, 186), 2025: (134, 183)},
        ),
    ],
)
def test_plymouths_stability_is_as_published(measure: str, years: dict[int, tuple[int, int]]) -> None:
    for year, (part, whole) in years.items():
        counts = stability("879", year)
        assert (counts[measure], counts[STABILITY_WHOLES[measure]]) == (part, whole)


def test_the_percentages_are_those_printed() -> None:
    printed = [stability_percent("879", "three_or_more_in_2_years", year) for year in range(2021, 2026)]
    assert printed == [23, 22, 21, 23, 23]
    assert stability("england", 2025)["same_carer_2_years"] == 19_680
    assert stability_percent("england", "same_carer_2_years", 2025) == 69
    assert stability_percent("england", "three_or_more_placements", 2025) == 10


def test_every_authority_has_its_short_term_stability_of_2018_and_2019() -> None:
    assert stability("879", 2018) == {
        "looked_after": 417,
        "three_or_more_placements": 52,
        "looked_after_2_5_years_under_16": 109,
        "same_placement_2_years": 69,
    }
    assert stability_percent("879", "same_placement_2_years", 2018) == 63
    assert stability("england", 2018)["three_or_more_placements"] == 7_890
    assert stability("879", 2019)["three_or_more_placements"] == 43
    rows = list(shipped_rows("published", "stability.csv.gz"))
    for year in ("2018", "2019"):
        assert len({row["authority"] for row in rows if row["year"] == year}) >= 150
    with pytest.raises(NotFound):
        stability_percent("879", "same_carer_2_years", 2018)


def test_over_a_third_of_plymouths_children_had_three_or_more_social_workers_in_2024() -> None:
    assert stability_percent("879", "three_or_more_social_workers", 2024) == 37
    assert stability_percent("england", "three_or_more_social_workers", 2024) == 27


def test_the_children_a_share_is_of_are_the_stock() -> None:
    for figure in annual_figures("879", "stock"):
        if figure.year >= 2021:
            assert stability("879", figure.year)["looked_after"] == figure.value


def test_plymouths_new_placements_of_2025_are_as_published() -> None:
    where = new_placements("879", "distance_and_locality", 2025)
    assert (where["total"], where["in_up_to_20"], where["out_up_to_20"], where["out_over_20"]) == (
        533,
        299,
        77,
        135,
    )
    why = new_placements("879", "reason_for_change", 2025)
    assert why["total"] == 358
    expected = {"CARPL": 126, "PLACE": 61, "CREQB": 58, "OTHER": 47, "CREQO": 46, "CHILD": 7}
    assert {code: why[code] for code in expected} == expected


def test_englands_reasons_for_change_of_2025_are_as_published() -> None:
    why = new_placements("england", "reason_for_change", 2025)
    total = why["total"]
    assert total == 59_140
    shares = {
        code: round(100 * (why[code] or 0) / total)
        for code in ("CARPL", "OTHER", "PLACE", "CREQB", "CREQO", "CHILD")
    }
    assert shares == {"CARPL": 34, "OTHER": 25, "PLACE": 18, "CREQB": 8, "CREQO": 7, "CHILD": 3}


def test_the_reasons_are_codes_of_the_return() -> None:
    for row in shipped_rows("published", "new_placements.csv.gz"):
        assert row["group"] in NEW_PLACEMENT_GROUPS
        if row["group"] == "reason_for_change":
            assert row["characteristic"] in {*codes("REASON_PLACE_CHANGE"), "total"}


@pytest.mark.parametrize(("placement", "percent"), [("all", 22), ("homes", 49), ("foster", 19)])
def test_the_share_of_englands_children_over_20_miles_from_home_is_as_published(
    placement: str, percent: int
) -> None:
    counts = distance_by_placement(placement, 2024)
    over, total = counts["over_20"], counts["total"]
    assert over is not None
    assert total is not None
    assert round(100 * over / total) == percent


def test_what_is_suppressed_is_none_and_no_part_exceeds_its_whole() -> None:
    for name in ("stability.csv.gz", "new_placements.csv.gz", "distance_by_placement.csv"):
        for row in shipped_rows("published", name):
            assert (row["value"] == "") == (row["mark"] != "")
    reasons = [new_placements("880", "reason_for_change", year) for year in range(2021, 2026)]
    assert any(value is None for counts in reasons for value in counts.values())
    for year in range(2021, 2026):
        counts = stability("880", year)
        for measure, whole in STABILITY_WHOLES.items():
            part, of = counts.get(measure), counts[whole]
            assert part is None or of is None or part <= of


def test_what_does_not_ship_is_refused() -> None:
    with pytest.raises(NotFound):
        stability("202", 2025)
    with pytest.raises(NotFound):
        stability("879", 2020)
    with pytest.raises(NotFound, match="same_carer"):
        stability_percent("879", "looked_after", 2025)
    with pytest.raises(NotFound):
        new_placements("879", "distance", 2025)
    with pytest.raises(NotFound):
        distance_by_placement("hotel", 2024)
