"""From generated returns each indicator equals a slow count written from its definition."""

from __future__ import annotations

import zipfile
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from matching.files import read_homes, read_referrals
from reference_data.codelists import codes
from reference_data.postcodes import locate
from sufficiency import read_returns
from sufficiency.enquiries import read_enquiries
from sufficiency.indicator import Asked, Found
from sufficiency.indicators import IndicatorQuestion, definitions, indicators_of
from sufficiency.looked_after import CareRecords
from sufficiency.returns import Returns
from sufficiency.search_indicators import SEARCH_INDICATORS
from tests.oracles.indicator_counts import Counts
from tests.oracles.search_counts import Searches

ARCHIVE = Path(__file__).parents[2] / "reference_data" / "synthetic" / "partnership_plymouth.zip"
YEARS = (2021, 2024, 2026)


@cache
def council() -> Path:
    where = Path(mkdtemp())
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(where)
    return where


@cache
def returns() -> Returns:
    return read_returns(council() / "returns")


@cache
def found(year: int) -> dict[str, dict]:
    answer = indicators_of(returns(), IndicatorQuestion(at=date(year, 3, 31), authority="879"))
    return {row["id"]: row for row in answer["indicators"]}


@cache
def found_in_records() -> dict[str, Found]:
    """Return what is counted of homes, enquiries and referrals in the year to 31 March 2026."""
    referrals = read_referrals(council() / "referrals.json")[0]
    enquiries = read_enquiries(council() / "enquiries.json")[0]
    asked = Asked(
        records=CareRecords(returns(), known_on=date(2026, 3, 31)),
        at=date(2026, 3, 31),
        year_from=date(2025, 4, 1),
        authority="879",
        count_temporary=False,
        homes=read_homes(council() / "homes.json")[0],
        enquiries=enquiries,
        referrals=referrals,
    )
    return {definition.id: count(asked) for definition, count in SEARCH_INDICATORS.items()}


@cache
def counts(year: int) -> Counts:
    return Counts(council() / "returns", year)


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


@pytest.mark.parametrize("year", YEARS)
def test_kinds_of_placement_providers_and_other_places(year: int) -> None:
    own = counts(year)
    kinds = {row["kind_of_placement"]: row["number"] for row in found(year)["placement_mix"]["table"]}
    assert kinds == dict(own.kinds())
    labels = codes("PLACE_PROVIDER")
    providers = {row["provider"]: row["number"] for row in found(year)["provider_mix"]["table"]}
    assert providers == {
        labels[code].label if code else "not recorded": number for code, number in own.providers().items()
    }
    assert fraction(year, "other_or_unregistered") == (own.other_places(), len(own.on_the_night()))


@pytest.mark.parametrize("year", YEARS)
def test_staying_put(year: int) -> None:
    assert fraction(year, "staying_put") == counts(year).staying_put()


def test_searches_homes_and_prices() -> None:
    own = Searches(council(), "879", date(2025, 4, 1), date(2026, 3, 31))
    told = found_in_records()

    def numbers(name: str) -> tuple[int | None, int | None]:
        return told[name].numerator, told[name].denominator

    assert numbers("placed_by_the_first_home_asked") == own.by_the_first()
    assert (*numbers("offers_per_enquiry"), told["offers_per_enquiry"].missing) == own.offers()
    refused = Counter[str]()
    for row in told["offers_per_enquiry"].table:
        refused.update(row["reasons"])
    assert refused == own.refusals()
    assert float(told["days_to_placement"].amount or -1) == own.days()
    assert numbers("siblings_separated") == own.apart()
    assert numbers("occupancy") == own.occupancy()
    prices = {row["type"]: (row["homes"], row["median_pence"]) for row in told["weekly_price"].table}
    assert prices == own.prices()


def test_every_indicator_is_counted_again_here_or_by_hand() -> None:
    """The one of "planned_placements" is counted by hand in ``tests/unit/sufficiency/test_siblings_and_planned.py``."""
    tests = Path(__file__).read_text(encoding="utf-8")
    assert not [one.id for one in definitions() if f'"{one.id}"' not in tests]
