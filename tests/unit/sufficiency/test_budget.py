"""What a forecast costs: by hand, with prices that rise, with doubt, and what has no price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching.home import Home, Resident
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlacementGroup, PlacementType
from sufficiency.budget import budget
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.forecast import monthly_dates
from sufficiency.prices import Growth, Price, growth_of, prices_of

DATES = monthly_dates(date(2026, 4, 1), 24)
HOMES, AGENCY = PlacementDetail.HOMES, PlacementDetail.AGENCY_FOSTERING
FIXED = {HOMES: Price(weekly_pence=700_000, low_pence=700_000, high_pence=700_000, source="by hand")}


def children(number: int, detail: PlacementDetail = HOMES, runs: int = 400) -> np.ndarray:
    counts = np.zeros((runs, len(DATES), 5, len(DETAILS)), dtype=np.int64)
    counts[:, :, 3, DETAILS.index(detail)] = number
    return counts


def test_ten_children_for_two_years_by_hand() -> None:
    answer = budget(children(10), DATES, FIXED, {})
    # 365 days from April 2026, and 366 from April 2027, with a 29 February: 100,000 pence a night each.
    assert [row["mean_pence"] for row in answer["years"]] == [10 * 365 * 100_000, 10 * 366 * 100_000]
    assert answer["years"][0]["at_risk_pence"] == 0
    assert answer["by_kind"] == [
        {
            "kind": "homes",
            "weekly_pence": 700_000,
            "source": "by hand",
            "first_year_pence": 10 * 365 * 100_000,
        }
    ]


def test_prices_that_rise_cost_more_and_doubt_about_them_widens_the_answer() -> None:
    rising = {PlacementGroup.RESIDENTIAL: Growth(yearly=0.1, doubt=0.0, source="by hand")}
    unsure = {PlacementGroup.RESIDENTIAL: Growth(yearly=0.1, doubt=0.05, source="by hand")}
    first, second = budget(children(10), DATES, FIXED, rising)["years"]
    flat = budget(children(10), DATES, FIXED, {})["years"][1]
    months = np.exp(0.1 * np.array([(day - DATES[0]).days / 365.25 for day in DATES[12:24]]))
    assert second["mean_pence"] / flat["mean_pence"] == pytest.approx(months.mean(), abs=0.002)
    assert first["at_risk_pence"] == pytest.approx(0, abs=2)
    doubtful = budget(children(10), DATES, FIXED, unsure)["years"]
    assert 0 < doubtful[0]["at_risk_pence"] < doubtful[1]["at_risk_pence"]


def test_of_few_children_the_price_is_less_sure_than_of_many() -> None:
    spread = {HOMES: replace(FIXED[HOMES], low_pence=400_000, high_pence=1_200_000)}

    def relative(number: int) -> float:
        year = budget(children(number, runs=4_000), DATES, spread, {})["years"][0]
        return year["at_risk_pence"] / year["mean_pence"]

    assert relative(4) == pytest.approx(2 * relative(16), rel=0.1)


def test_the_chance_of_spending_more_than_there_is() -> None:
    counts = children(10)
    counts[:100] += counts[:100] // 5
    year = budget(counts, DATES, FIXED, {}, yearly_budget_pence=11 * 365 * 100_000)["years"][0]
    assert year["p_over_budget"] == 0.25


def test_a_kind_without_a_price_is_named_and_never_free_in_silence() -> None:
    answer = budget(children(6, AGENCY), DATES, FIXED, {})
    assert answer["not_priced"] == [{"kind": "agency_fostering", "children": 6.0}]
    with pytest.raises(InvalidInput):
        budget(children(6)[:, :1], DATES[:1], FIXED, {})


def test_own_fees_come_first_and_published_costs_where_they_are_too_few() -> None:
    home = Home(home_id="DEMO-1", type=PlacementType.CHILDRENS_HOME, weekly_fee_pence=500_000)
    ours = Resident(child_id="a", age=12, authority="879")
    homes = [replace(home, home_id=f"DEMO-{n}") for n in range(4)]
    lived_in = replace(home, home_id="DEMO-9", weekly_fee_pence=900_000, residents=(ours, ours))
    few = prices_of(homes, "879")
    assert few[HOMES].weekly_pence == 661_000
    assert "reported" in few[HOMES].source
    own = prices_of([*homes, lived_in], "879")[HOMES]
    assert own.weekly_pence == round((4 * 500_000 + 2 * 900_000) / 6)
    assert own.low_pence == 500_000 < own.high_pence
    assert PlacementDetail.SUPPORTED not in few
    assert prices_of([], None) == {}


def test_growth_is_that_of_the_published_series() -> None:
    found = growth_of(PlacementGroup.RESIDENTIAL)
    # England 2018-19 to 2024-25: from 3,945 to 7,385 pounds a week (domain facts, section 5.1).
    assert found.yearly == pytest.approx(np.log(7385 / 3945) / 6, abs=0.0005)
    assert growth_of(PlacementGroup.SUPPORTED) == found
