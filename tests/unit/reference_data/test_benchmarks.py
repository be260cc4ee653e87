"""Benchmarks and statistical neighbours, against the figures known from the tool itself."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reference_data.authorities import authorities, authority, former_authorities
from reference_data.benchmarks import (
    indicator,
    indicator_values,
    indicators,
    neighbour_mean,
    weekly_unit_cost_pence,
)
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows
from reference_data.statistical_neighbours import MODELS, statistical_neighbours

PENINSULA = {"Plymouth": "879", "Devon": "878", "Torbay": "880", "Somerset": "933", "Cornwall": "908"}


@pytest.mark.parametrize(
    ("name", "where", "values"),
    [
        (
            "LACStable_2016on",
            "879",
            {2018: 13, 2019: 10, 2020: 12, 2021: 12, 2022: 13, 2023: 10, 2024: 12, 2025: 12},
        ),
        (
            "LACStableNum_2016on",
            "879",
            {2018: 54, 2019: 43, 2021: 58, 2022: 64, 2023: 48, 2024: 64, 2025: 61},
        ),
        ("LACStable_2016on", "england", {2025: 10}),
        ("LACStable_2016on", "south_west", {2025: 12}),
        ("LACStable_2016on", "880", {2025: 16}),
        ("LACStable_2016on", "933", {2025: 18}),
        ("LACStable_2016on", "878", {2025: 14}),
        ("LACStable_2016on", "908", {2025: 12}),
        (
            "LAC_LongStable%",
            "879",
            {2018: 63, 2019: 69, 2020: 65, 2021: 68, 2022: 69, 2023: 73, 2024: 74, 2025: 73},
        ),
        ("LAC_LongStable%", "england", {2025: 69}),
        ("LACDistance", "879", {2018: 18, 2021: 25, 2022: 23, 2023: 25, 2024: 23, 2025: 24}),
        ("LACDistance", "england", {2025: 18}),
        ("LACDistance", "south_west", {2025: 26}),
        (
            "CareLeaverAcc",
            "879",
            {2018: 86, 2019: 91, 2020: 76, 2021: 85, 2022: 89, 2023: 88, 2024: 85, 2025: 83},
        ),
        (
            "CareLeaverEET",
            "879",
            {2018: 44, 2019: 51, 2020: 47, 2021: 39, 2022: 49, 2023: 47, 2024: 45, 2025: 41},
        ),
        ("LAC", "879", {2018: 80, 2019: 80, 2020: 84, 2021: 93, 2022: 95, 2023: 96, 2024: 98, 2025: 101}),
        ("LAC", "england", {2025: 67}),
        ("Number_Foster_Places(New)", "879", {2022: 215, 2023: 210, 2024: 210, 2025: 240}),
        ("Number_Foster_Places_Filled(New)", "879", {2022: 125, 2023: 120, 2024: 140, 2025: 150}),
    ],
)
def test_the_indicators_are_those_the_tool_prints(name: str, where: str, values: dict[int, int]) -> None:
    published = indicator_values(name, where)
    assert {year: published[year] for year in values} == values


def test_the_mean_of_the_difficulties_score_keeps_its_decimal() -> None:
    assert indicator_values("Emotional_LAC", "879")[2025] == Decimal("18.2")
    assert indicator_values("Emotional_LAC", "england")[2025] == Decimal("14.9")


@pytest.mark.parametrize(
    ("name", "mean"),
    [
        ("LACStable_2016on", "11.0"),
        ("LAC_LongStable%", "66.3"),
        ("LACDistance", "17.4"),
        ("CareLeaverAcc", "90.7"),
        ("CareLeaverEET", "52"),
    ],
)
def test_the_mean_of_plymouths_neighbours_of_2025_is_as_known(name: str, mean: str) -> None:
    assert neighbour_mean(name, "879", 2025) == Decimal(mean)


@pytest.mark.parametrize(
    ("kind", "where", "pounds"),
    [
        ("residential", "879", {2019: 4195, 2021: 5195, 2023: 6525, 2024: 6895, 2025: 6610}),
        ("residential", "england", {2019: 3945, 2021: 4575, 2023: 5980, 2024: 6775, 2025: 7385}),
        ("residential", "south_west", {2019: 4000, 2021: 5240, 2023: 6750, 2024: 7420, 2025: 7895}),
        ("residential", "878", {2025: 7130}),
        ("residential", "880", {2025: 8720}),
        ("residential", "933", {2025: 6280}),
        ("residential", "908", {2025: 11325}),
        ("fostering", "879", {2019: 715, 2021: 810, 2023: 830, 2024: 665, 2025: 790}),
        ("fostering", "england", {2019: 580, 2021: 615, 2023: 665, 2024: 720, 2025: 765}),
        ("fostering", "878", {2025: 875}),
        ("fostering", "880", {2025: 1005}),
        ("fostering", "933", {2025: 745}),
        ("fostering", "908", {2025: 730}),
    ],
)
def test_unit_costs_are_those_published_and_in_pence(kind: str, where: str, pounds: dict[int, int]) -> None:
    for year, known in pounds.items():
        assert weekly_unit_cost_pence(kind, where, year) == known * 100


def test_every_value_belongs_to_an_indicator_that_is_defined() -> None:
    named = {each.name for each in indicators()}
    rows = list(shipped_rows("published", "lait_values.csv.gz"))
    assert {row["indicator"] for row in rows} == named
    for row in rows:
        assert (row["value"] == "") == (row["mark"] != "")
        assert row["source"] == "lait_2026"
    for each in indicators():
        assert each.title
        assert each.definition
        assert each.better in {"", "higher", "lower"}
        assert each.published_at.startswith("https://")
    assert indicator("LACStable_2016on").better == "lower"


def test_what_does_not_ship_is_refused() -> None:
    with pytest.raises(NotFound, match="LACDistance"):
        indicator("Stability")
    with pytest.raises(NotFound):
        indicator_values("LAC", "202")
    with pytest.raises(NotFound):
        weekly_unit_cost_pence("adoption", "879", 2025)
    with pytest.raises(NotFound):
        neighbour_mean("LAC", "879", 2025, "2021-04")
    with pytest.raises(NotFound):
        statistical_neighbours("879", "2014-01")
    assert weekly_unit_cost_pence("residential", "879", 2030) is None


def test_plymouths_neighbours_are_those_of_each_model_the_closest_first() -> None:
    def names(model: str) -> list[str]:
        return [authority(each.code).name for each in statistical_neighbours("879", model)]

    assert names("2025-05") == [
        "Tameside",
        "Torbay",
        "Telford and Wrekin",
        "Dudley",
        "Rotherham",
        "Wakefield",
        "Kirklees",
        "Gateshead",
        "Medway",
        "Cornwall",
    ]
    assert names("2021-04") == [
        "Torbay",
        "Portsmouth",
        "Telford and Wrekin",
        "Isle of Wight",
        "Southend-on-Sea",
        "Rotherham",
        "Bournemouth, Christchurch and Poole",
        "Medway",
        "Peterborough",
        "Tameside",
    ]


@pytest.mark.parametrize("model", MODELS)
def test_every_authority_of_the_models_day_has_ten_neighbours_and_is_none_of_its_own(model: str) -> None:
    known = {each.code for each in authorities()} | {each.code for each in former_authorities()}
    newer = {"942", "943"} if model == "2021-04" else set()
    for each in authorities():
        if each.code in newer:
            with pytest.raises(NotFound):
                statistical_neighbours(each.code, model)
            continue
        found = statistical_neighbours(each.code, model)
        assert [one.rank for one in found] == list(range(1, 11))
        assert len({one.code for one in found} - {each.code}) == 10
        assert {one.code for one in found} <= known
        closeness = ["extremely_close", "very_close", "close", "somewhat_close", "not_close"]
        places = [closeness.index(one.closeness) for one in found]
        assert places == sorted(places), each.name
