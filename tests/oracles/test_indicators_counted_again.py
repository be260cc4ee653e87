"""From generated returns each indicator equals a slow count written from its definition."""

from __future__ import annotations

import zipfile
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from reference_data.codelists import codes
from reference_data.postcodes import locate
from sufficiency import read_returns
from sufficiency.indicators import IndicatorQuestion, indicators_of
from sufficiency.returns import Returns
from tests.oracles.indicator_counts import Counts

ARCHIVE = Path(__file__).parents[2] / "reference_data" / "synthetic" / "partnership_plymouth.zip"
YEARS = (2021, 2024, 2026)


@cache
def folder() -> Path:
    where = Path(mkdtemp())
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(where, [name for name in archive.namelist() if name.startswith("returns/")])
    return where / "returns"


@cache
def returns() -> Returns:
    return read_returns(folder())


@cache
def found(year: int) -> dict[str, dict]:
    answer = indicators_of(returns(), IndicatorQuestion(at=date(year, 3, 31), authority="879"))
    return {row["id"]: row for row in answer["indicators"]}


@cache
def counts(year: int) -> Counts:
    return Counts(folder(), year)


def fraction(year: int, indicator: str) -> tuple[int, int]:
    row = found(year)[indicator]
    return row["numerator"], row["denominator"]


@pytest.mark.parametrize("year", YEARS)
def test_stability(year: int) -> None:
    assert fraction(year, "short_term_stability") == counts(year).short_term()
    assert fraction(year, "three_or_more_in_2_years") == counts(year).two_years()
    assert fraction(year, "long_term_stability_same_carer") == counts(year).long_term("SPB")
    assert fraction(year, "long_term_stability_same_placement") == counts(year).long_term("SPBTU")


@pytest.mark.parametrize("year", YEARS)
def test_distance_and_boundary(year: int) -> None:
    own = counts(year)
    postcodes = {row[name] for row in own.on_the_night().values() for name in ("HOME_POST", "PL_POST")}
    points = {
        text: (place.easting, place.northing, place.authority_code)
        for text in postcodes
        if (place := locate(text)) is not None
    }
    cells = own.distances(points, "879")
    table = {
        (row["boundary"], row["distance"]): row["number"]
        for row in found(year)["distance_over_20_miles_and_outside"]["table"]
    }
    assert {key: number for key, number in table.items() if number} == dict(cells)
    everybody = len(own.on_the_night())
    assert fraction(year, "distance_over_20_miles_and_outside") == (
        cells["outside", "over 20 miles"],
        everybody,
    )
    outside = sum(number for (side, _), number in cells.items() if side == "outside")
    assert fraction(year, "outside_boundary") == (outside, everybody)


@pytest.mark.parametrize("year", YEARS)
def test_care_leavers(year: int) -> None:
    own = counts(year)
    for indicator, counted in (
        ("care_leavers_suitable_accommodation", own.care_leavers("ACCOM", "1", "GHR")),
        ("care_leavers_eet", own.care_leavers("ACTIV", "FP", "")),
    ):
        row = found(year)[indicator]
        assert (row["numerator"], row["denominator"], row["missing"]) == counted


@pytest.mark.parametrize("year", YEARS)
def test_moves_by_reason(year: int) -> None:
    labels = codes("REASON_PLACE_CHANGE")
    table = {row["reason"]: row["number"] for row in found(year)["moves_by_reason"]["table"]}
    assert table == {labels[code].label: number for code, number in counts(year).moves().items()}
