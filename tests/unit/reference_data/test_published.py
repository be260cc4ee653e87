"""The published figures: the numbers of Plymouth known from the publications, and that the copies are whole."""

from __future__ import annotations

import json

import pytest

from reference_data.authorities import Authority, authorities, authority, former_authorities
from reference_data.problems import NotFound
from reference_data.published import GROUPS, MEASURES, annual_figures, flows_by_age, on_31_march
from reference_data.shipped_tables import shipped_path, shipped_rows
from reference_data.vocabulary import AGE_BANDS

PUBLISHES_NOTHING = "420"
"""The Isles of Scilly look after so few children that the department prints none of their figures."""


def present_authorities() -> list[Authority]:
    return [known for known in authorities() if known.code != PUBLISHES_NOTHING]


def by_year(authority_code: str, measure: str) -> dict[int, int | None]:
    return {figure.year: figure.value for figure in annual_figures(authority_code, measure)}


def test_plymouths_stock_starts_and_ceases_are_those_published() -> None:
    stock = by_year("879", "stock")
    assert [stock[year] for year in range(2018, 2026)] == [418, 412, 434, 485, 491, 500, 513, 527]
    starts = by_year("879", "starts")
    assert [starts[year] for year in range(2016, 2026)] == [203, 161, 213, 160, 165, 185, 173, 185, 193, 168]
    ceases = by_year("879", "ceases")
    assert [ceases[year] for year in range(2016, 2026)] == [189, 182, 190, 165, 146, 140, 168, 177, 184, 156]


def test_plymouths_children_of_2025_add_up_to_527_in_every_group_without_suppression() -> None:
    assert on_31_march("879", "age_band", 2025) == {
        "0": 28,
        "1-4": 56,
        "5-9": 82,
        "10-15": 232,
        "16-17": 129,
        "total": 527,
    }
    placement = on_31_march("879", "placement", 2025)
    assert (placement["fostering"], placement["homes"], placement["supported"]) == (342, 60, 54)
    for group in ("age_band", "sex", "legal_status", "uasc"):
        counts = on_31_march("879", group, 2025)
        parts = [value for name, value in counts.items() if name != "total"]
        if None not in parts:
            assert sum(value or 0 for value in parts) == counts["total"] == 527


def test_the_figures_of_2019_are_those_published_with_homes_and_semi_independent_living_as_one() -> None:
    assert on_31_march("879", "age_band", 2019) == {
        "0": 28,
        "1-4": 46,
        "5-9": 94,
        "10-15": 152,
        "16-17": 92,
        "total": 412,
    }
    placement = on_31_march("879", "placement", 2019)
    assert (placement["fostering"], placement["homes_and_semi_independent"]) == (307, 49)
    assert "homes" not in placement
    assert [on_31_march("886", "uasc", year)["yes"] for year in range(2014, 2020)] == [
        214,
        367,
        868,
        484,
        234,
        255,
    ]
    assert on_31_march("879", "uasc", 2015)["yes"] is None
    assert flows_by_age("879", "ceases", 2019)["18+"] == 35
    assert by_year("england", "population")[2019] == 11954620


def test_a_suppressed_number_is_neither_zero_nor_missing() -> None:
    counts = on_31_march("880", "placement", 2025)
    assert "adoption" in counts
    assert counts["adoption"] is None


def test_starts_by_age_are_the_published_ones_and_ceases_divide_the_oldest() -> None:
    starts = flows_by_age("879", "starts", 2025)
    assert [starts[band] for band in AGE_BANDS] == [36, 38, 18, 45, 31]
    assert {"16", "17", "18+"} <= set(flows_by_age("879", "ceases", 2025))


def test_the_parts_of_a_group_never_exceed_its_total() -> None:
    for known in present_authorities():
        for group in ("age_band", "placement", "sex"):
            counts = on_31_march(known.code, group, 2024)
            parts = sum(value or 0 for name, value in counts.items() if name != "total")
            total = counts.get("total")
            if total is not None:
                assert parts <= total


def test_every_authority_has_stock_for_every_year_it_existed_since_2021() -> None:
    for known in present_authorities():
        years = by_year(known.code, "stock")
        expected = {2024} if known.code in {"942", "943"} else {2021, 2022, 2023, 2024}
        if known.code in {"940", "941"}:
            expected -= {2021}
        assert expected <= set(years), known.name


def test_stock_moves_by_starts_less_ceases_within_what_double_counting_explains() -> None:
    compared = 0
    for known in present_authorities():
        stock, starts, ceases = (by_year(known.code, measure) for measure in ("stock", "starts", "ceases"))
        for year in (2023, 2024):
            before, after = stock.get(year - 1), stock.get(year)
            came, went = starts.get(year), ceases.get(year)
            if before is None or after is None or came is None or went is None:
                continue
            compared += 1
            # Children who start or cease twice in a year are counted once, so the identity is not exact.
            assert abs(after - before - (came - went)) <= 20, known.name
    assert compared > 280


def test_replaced_authorities_keep_their_figures() -> None:
    for former in former_authorities():
        assert annual_figures(former.code, "stock")


def test_figures_name_only_known_authorities_and_measures() -> None:
    known = {item.code for item in authorities()} | {item.code for item in former_authorities()}
    for row in shipped_rows("published", "annual.csv.gz"):
        assert row["authority"] in known | {"england", "south_west"}
        assert row["measure"] in MEASURES
        assert (row["value"] == "") == (row["mark"] == "c")
    assert {row["group"] for row in shipped_rows("published", "on_31_march.csv.gz")} == set(GROUPS)


def test_asking_for_what_was_not_published_is_refused() -> None:
    with pytest.raises(NotFound):
        annual_figures("879", "stocks")
    with pytest.raises(NotFound):
        on_31_march("879", "age_band", 2030)
    with pytest.raises(NotFound):
        flows_by_age("202", "starts", 2025)


def test_the_outlines_for_maps_are_of_the_peninsula() -> None:
    path = shipped_path("boundaries", "peninsula_authorities.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert {str(feature["properties"]["dfe_code"]) for feature in features} == {
        "879",
        "878",
        "880",
        "933",
        "908",
    }
    for feature in features:
        shown = feature["properties"]
        assert authority(str(shown["dfe_code"])).gss_code == shown["ons_code"]


def test_all_the_shipped_figures_and_tables_stay_small() -> None:
    size = sum(path.stat().st_size for path in shipped_path("", "").rglob("*") if path.is_file())
    assert size < 1_000_000
