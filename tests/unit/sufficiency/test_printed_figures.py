"""Printed percentages held to their fractions: the June 2019 plan, the two readings of amber, and direction of travel."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from reference_data.problems import ImportRejected, InvalidInput
from sufficiency.printed_figures import checked, printed_figures_from_values, read_printed_figures
from sufficiency.rag import Rag, Travel, rag, travel

PLAN = Path(__file__).parents[3] / "docs/examples/plymouth_2019_indicators.csv"
SHORT, LONG = "short_term_stability", "long_term_stability"
EET, SUITABLE = "care_leavers_eet", "care_leavers_suitable_accommodation"


def plan(**options: object) -> dict:
    found, warnings = read_printed_figures(PLAN)
    assert warnings == ()
    return checked(found, **options)  # type: ignore[arg-type]


def monthly(answer: dict) -> list[dict]:
    return [row for row in answer["figures"] if "LAIT" not in row["basis"]]


def test_exactly_the_six_cells_that_do_not_follow_are_reported() -> None:
    """Named in the improvement plan of June 2019 as it was printed (domain facts, section 6.3)."""
    answer = plan()
    assert len(monthly(answer)) == 60
    assert [(row["indicator"], row["period"], row["printed_pct"]) for row in answer["do_not_follow"]] == [
        (SHORT, "2018-10", 12.7),
        (EET, "2018-04", 52),
        (EET, "2018-05", 55),
        (SUITABLE, "2019-04", 94.3),
        (SUITABLE, "2019-05", 96),
        (SUITABLE, "2019-06", 95.7),
    ]
    assert {row["computed_pct"] for row in answer["do_not_follow"]} == {12.6, 51.8, 54.7, 55.1, 56.4}


def test_the_colours_are_those_of_the_plan_by_either_reading() -> None:
    by_share = Counter((row["indicator"], row["rag"]) for row in monthly(plan()))
    assert by_share == {
        (SHORT, "GREEN"): 7,
        (SHORT, "AMBER"): 7,
        (SHORT, "RED"): 1,
        (LONG, "AMBER"): 11,
        (LONG, "RED"): 4,
        (EET, "AMBER"): 7,
        (EET, "RED"): 8,
        (SUITABLE, "GREEN"): 15,
    }
    by_points = Counter(row["rag"] for row in monthly(plan(points=True)))
    assert by_points["RED"] == 0


def test_a_copied_fraction_has_a_colour_of_its_own() -> None:
    (row,) = [r for r in plan()["figures"] if (r["indicator"], r["period"]) == (SUITABLE, "2019-05")]
    assert (row["rag"], row["rag_of_fraction"]) == ("GREEN", "RED")


def test_direction_follows_the_fractions_and_not_a_wrongly_printed_figure() -> None:
    figures = [
        {
            "indicator": "a",
            "period": period,
            "numerator": n,
            "denominator": 227,
            "printed_pct": p,
            "better_when": "high",
        }
        for period, n, p in (("2026-01", 130, 57.3), ("2026-02", 125, 94.3), ("2026-03", 128, 56.4))
    ]
    found = checked(printed_figures_from_values(figures)[0])
    assert [row["travel"] for row in found["figures"]] == ["NOT_ASSESSED", "worse", "better"]


def test_direction_stays_within_one_basis() -> None:
    rows = {(row["indicator"], row["period"]): row["travel"] for row in plan()["figures"]}
    assert rows[SHORT, "2018-04"] == "NOT_ASSESSED"
    assert rows[SHORT, "2018-05"] == "worse"
    assert rows[SHORT, "2018-11"] == "better"
    assert rows[LONG, "2018-05"] == "same"
    assert rows[LONG, "2018-07"] == "worse"


@pytest.mark.parametrize(
    ("value", "colour"), [("11.9", "GREEN"), ("12", "GREEN"), ("13.8", "AMBER"), ("13.81", "RED")]
)
def test_amber_reaches_exactly_15_in_100_of_the_target(value: str, colour: str) -> None:
    assert rag(Decimal(value), Decimal(12), "low") == colour
    mirrored = Decimal(88) * Decimal("0.85")
    assert rag(mirrored, Decimal(88), "high") is Rag.AMBER
    assert rag(mirrored - Decimal("0.01"), Decimal(88), "high") is Rag.RED


def test_what_is_missing_is_not_assessed_and_what_is_wrong_refused() -> None:
    assert rag(None, Decimal(12), "low") is Rag.NOT_ASSESSED
    assert rag(Decimal(12), None, "low") is Rag.NOT_ASSESSED
    assert rag(Decimal(12), Decimal(12), None) is Rag.NOT_ASSESSED
    assert travel(None, Decimal(1), "low") is Travel.NOT_ASSESSED
    with pytest.raises(InvalidInput):
        rag(Decimal(1), Decimal(1), "low", amber_percent=Decimal(-1))
    with pytest.raises(InvalidInput):
        rag(Decimal(1), Decimal(1), "sideways")


def test_a_figure_without_a_fraction_or_of_nobody_is_told_and_not_guessed() -> None:
    found, _ = printed_figures_from_values(
        [
            {"indicator": "a", "period": "2026", "printed_pct": 12},
            {"indicator": "a", "period": "2027", "numerator": 0, "denominator": 0, "printed_pct": 0},
            {"indicator": "a", "period": "2028", "numerator": 1, "denominator": 3},
        ]
    )
    answer = checked(found)
    assert [row["follows"] for row in answer["figures"]] == [None, None, None]
    assert answer["figures"][2]["computed_pct"] == 33.3
    with pytest.raises(ImportRejected):
        printed_figures_from_values([{"indicator": "a", "period": "2026", "printed_pct": 120}])
