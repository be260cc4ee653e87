"""Sections of the report: what is withheld, what is published beside it, the partnership, and room for every column."""

from __future__ import annotations

from typing import Any

import pytest

from sufficiency.indicator_comparators import comparators
from sufficiency.report import WITHHELD, table_of
from sufficiency.report_indicators import far_or_unsuitable, how_well, indicator_table
from sufficiency.report_partnership import our_partnership

PUBLISHED_OF_PLYMOUTH = {
    "long_term_stability_same_carer": [63, 69, 65, 68, 69, 73, 74, 73],
    "care_leavers_suitable_accommodation": [86, 91, 76, 85, 89, 88, 85, 83],
    "care_leavers_eet": [44, 51, 47, 39, 49, 47, 45, 41],
}
"""Plymouth's whole percentages of 2018 to 2025 in the Local Authority Interactive Tool, as noted in the domain facts."""


def indicator(name: str, **given: Any) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "status": "ASSESSED",
        "reason": "",
        "unit": "percent",
        "value": 10.0,
        "numerator": 50,
        "denominator": 500,
        "missing": 0,
        "target": None,
        "rag": "NOT_ASSESSED",
        "travel": "better",
        "comparators": [],
        "table": [],
        **given,
    }


def answer(*some: dict[str, Any]) -> dict[str, Any]:
    names = {
        *("provider_mix", "moves_by_reason", "distance_over_20_miles_and_outside", "offers_per_enquiry"),
    } - {one["id"] for one in some}
    absent = [indicator(name, status="NOT_ASSESSED", value=None) for name in sorted(names)]
    return {"at": "2026-03-31", "indicators": [*some, *absent]}


@pytest.mark.parametrize("name", sorted(PUBLISHED_OF_PLYMOUTH))
def test_what_was_published_of_plymouth_from_2018_to_2025_stands_beside_with_its_years(name: str) -> None:
    own = {
        row["year"]: row["percent"] for row in comparators(name, "879", 2026) if row["who"] == "own_published"
    }
    assert sorted(own) == list(range(2018, 2026))
    for year, whole in zip(range(2018, 2026), PUBLISHED_OF_PLYMOUTH[name], strict=True):
        assert abs(own[year] - whole) <= 0.5
    one = indicator(name, comparators=comparators(name, "879", 2026))
    newest, by_year = how_well(answer(one)).tables[1:3]
    assert newest.rows[0][:2] == (name, "2025")
    assert by_year.columns[1:] == tuple(map(str, range(2018, 2026)))


def test_a_small_part_or_a_small_rest_is_withheld_and_nothing_tells_it_in_words() -> None:
    few = indicator("distance_over_20_miles_and_outside", numerator=5, value=1.0)
    nearly_all = indicator("outside_boundary", numerator=497, value=99.4)
    enough = indicator("short_term_stability", missing=3)
    rows = {row[0]: row for row in indicator_table(answer(few, nearly_all, enough)).rows}
    assert rows["distance_over_20_miles_and_outside"][1:4] == (WITHHELD,) * 3
    assert rows["outside_boundary"][1:4] == (WITHHELD,) * 3
    assert rows["short_term_stability"][1:5] == (10.0, 50, 500, WITHHELD)
    few["table"] = [
        {"boundary": side, "distance": distance, "number": number}
        for side, distance, number in (
            *(("inside", "up to 20 miles", 480), ("inside", "over 20 miles", 0)),
            *(("outside", "up to 20 miles", 15), ("outside", "over 20 miles", 5)),
        )
    ]
    section = far_or_unsuitable(answer(few), [])
    assert not any("%" in text for text in section.paragraphs)
    shown = {row[0]: row[1:] for row in section.tables[0].rows}
    assert shown["Outside"][1] == WITHHELD
    assert 5 not in {cell for row in shown.values() for cell in row}


def test_why_homes_said_no_is_told_with_small_numbers_withheld_and_never_one_alone() -> None:
    table = [
        {"type": "childrens_home", "reasons": {"full": 40, "staffing": 3, "too_far": 8}},
        {"type": "agency_foster_carer", "reasons": {"full": 20}},
    ]
    said_no = far_or_unsuitable(answer(indicator("offers_per_enquiry", table=table)), []).tables[-1]
    rows = dict(said_no.rows)
    assert rows["Full"] == 60
    assert rows["All"] == 71
    # The withheld number would follow from the total if it stood alone.
    assert [rows["Staffing"], rows["Too far"]] == [WITHHELD, WITHHELD]


def test_targets_have_columns_only_where_there_is_one() -> None:
    assert "Target" not in indicator_table(answer(indicator("short_term_stability"))).columns
    with_one = indicator_table(answer(indicator("short_term_stability", target=12.0, rag="GREEN")))
    assert with_one.rows[0][5:7] == (12.0, "Green")


def test_the_partnership_is_told_by_authority_and_as_a_whole_in_published_figures() -> None:
    (section,) = our_partnership("879", 2025)
    children, settled = section.tables
    rows = {row[0]: row[1:] for row in children.rows}
    assert set(rows) == {"Devon", "Plymouth", "Somerset", "Torbay", "The partnership"}
    newest = [rows[name][-1] for name in ("Devon", "Plymouth", "Somerset", "Torbay")]
    assert newest == [849, 527, 624, 282]
    assert rows["The partnership"][-1] == sum(newest)
    # Of 2025: 121 + 61 + 110 + 44 children of 2,282 had three or more placements.
    assert {row[0]: row[1] for row in settled.rows}["The partnership"] == pytest.approx(
        100 * 336 / 2282, abs=0.05
    )
    assert our_partnership("301", 2025) == ()
    assert our_partnership(None, 2025) == ()


def test_every_column_has_room_for_its_longest_word_and_long_cells_get_the_rest() -> None:
    table = table_of(
        "t", ("Home", "Responsibility", "Why"), [("A", "x", "a long reason of many words, " * 3)], source="s"
    )
    assert sum(table.widths) == pytest.approx(1)
    name, word, sentence = table.widths
    assert sentence > word > name
    assert word * 96 >= len("Responsibility")
