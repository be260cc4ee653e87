"""The report's sections of indicators: how well homes serve children, and who was placed far away or unsuitably.

Small numbers are withheld, and with them whatever would give them away. A published figure stands in a table of its own
with its year, and is never joined to a local one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sufficiency.forecast import ASSESSED
from sufficiency.report import WITHHELD, Cell, Section, Table, table_of
from sufficiency.report_withheld import (
    SMALLEST_SHOWN,
    WITHHELD_NOTE,
    is_small,
    withheld_list,
    withheld_rows,
    withheld_small,
)
from sufficiency.report_words import RETURNS, SECTIONS

_WHO = ("own_published", "statistical_neighbours", "south_west", "england")
_DFE = "the Department for Education, as published: each year's own cohort and rounding"


def how_well(indicators: Mapping[str, Any]) -> Section:
    """Return every indicator that has a value, with its fraction and target, and beside it what is published."""
    not_assessed = [
        f"{one['name']}: {one['reason']}" for one in indicators["indicators"] if one["status"] != ASSESSED
    ]
    return Section(
        key="indicators",
        heading=SECTIONS["indicators"],
        paragraphs=(
            "Local figures are counted from our returns. Published ones stand beside them with their year: "
            "their cohorts and rounding differ, so the two are never joined.",
            *(f"Not assessed. {text}" for text in not_assessed),
        ),
        tables=(
            indicator_table(indicators),
            *_published(indicators["indicators"]),
            *_mix(indicators, "provider_mix", "provider", "Who provides the homes our children live in"),
            *_mix(indicators, "moves_by_reason", "reason", "Why placements of the year ended in a move"),
        ),
    )


def indicator_table(indicators: Mapping[str, Any]) -> Table:
    """Return the indicators that have a value: fraction, target and colour where there is one, and direction."""
    found = [
        one for one in indicators["indicators"] if one["status"] == ASSESSED and one["value"] is not None
    ]
    with_target = any(one["target"] is not None for one in found)
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        hidden = is_withheld(one)
        travel = "" if hidden or one["travel"] == "NOT_ASSESSED" else one["travel"]
        target = (one["target"], "" if one["target"] is None or hidden else one["rag"].capitalize())
        rows.append(
            (
                one["name"],
                WITHHELD if hidden else one["value"],
                WITHHELD if hidden else one["numerator"],
                WITHHELD if hidden else one["denominator"],
                None if one["missing"] is None else withheld_small(one["missing"]),
                *(target if with_target else ()),
                travel,
            )
        )
    return table_of(
        f"Indicators for the year to {date.fromisoformat(indicators['at']):%-d %B %Y}",
        (
            "Indicator",
            "Percent or days",
            "Counted",
            "Of",
            "No information",
            *(("Target", "Colour") if with_target else ()),
            "Since the year before",
        ),
        rows,
        source=f"{RETURNS}, its list of homes and its record of enquiries; the definitions are "
        "those of the reference page of indicators",
        note=WITHHELD_NOTE,
    )


def is_withheld(one: Mapping[str, Any]) -> bool:
    """Say whether an indicator's value would show that few children are counted, or that few are not."""
    part, whole = one["numerator"], one["denominator"]
    return (
        one["unit"] == "percent"
        and part is not None
        and (is_small(part) or is_small(whole - part) or is_small(whole))
    )


def far_or_unsuitable(indicators: Mapping[str, Any], months: Sequence[Mapping[str, Any]]) -> Section:
    """Return who was placed far away or in other placements, nights in unsuitable places, and why homes said no."""
    by_id = {one["id"]: one for one in indicators["indicators"]}
    tables: list[Table] = []
    paragraphs: list[str] = []
    far = by_id["distance_over_20_miles_and_outside"]
    if far["status"] == ASSESSED:
        tables.append(_distances(far["table"]))
        if not is_withheld(far):
            paragraphs.append(
                f"{far['value']:g}% of our children lived over 20 miles from home and outside our area on the last "
                "night of the year."
            )
    else:
        paragraphs.append(f"Distance: not assessed. {far['reason']}")
    if months:
        tables.append(_nights(months))
    else:
        paragraphs.append("Nights in unsuitable accommodation: not assessed. Give the stays.")
    searches = by_id["offers_per_enquiry"]
    if searches["status"] == ASSESSED:
        tables.append(_refusals(searches["table"]))
    else:
        paragraphs.append(f"Why homes said no: not assessed. {searches['reason']}")
    return Section(
        key="distance",
        heading=SECTIONS["distance"],
        paragraphs=tuple(paragraphs),
        tables=tuple(tables),
        to_write="why these children were placed where they were, and what was tried before.",
    )


def _published(rows: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
    """Return the newest published figures side by side, and the council's own year by year."""
    told = {one["name"]: one["comparators"] for one in rows if one["comparators"]}
    if not told:
        return ()
    newest: list[tuple[Cell, ...]] = []
    for name, found in told.items():
        year = found[0]["year"]
        of_year = {row["who"]: row["percent"] for row in found if row["year"] == year}
        newest.append((name, str(year), *(of_year.get(who) for who in _WHO)))
    own = {
        name: {row["year"]: row["percent"] for row in found if row["who"] == "own_published"}
        for name, found in told.items()
    }
    years = sorted({year for values in own.values() for year in values})
    return (
        table_of(
            "The newest published figures, in percent",
            ("Indicator", "Year to 31 March", "Ours", "Statistical neighbours", "South West", "England"),
            newest,
            source=_DFE,
        ),
        table_of(
            "Our published figures by year to 31 March, in percent",
            ("Indicator", *map(str, years)),
            [(name, *(values.get(year) for year in years)) for name, values in own.items() if values],
            source=_DFE,
        ),
    )


def _mix(indicators: Mapping[str, Any], name: str, of: str, caption: str) -> tuple[Table, ...]:
    one = next(row for row in indicators["indicators"] if row["id"] == name)
    if one["status"] != ASSESSED:
        return ()
    numbers = withheld_list([row["number"] for row in one["table"]], smallest_shown=SMALLEST_SHOWN)
    words = [*[str(row[of])[:1].upper() + str(row[of])[1:] for row in one["table"]], "All"]
    return (
        table_of(
            caption,
            (of.capitalize(), "Number"),
            list(zip(words, numbers, strict=True)),
            source=RETURNS,
            note=WITHHELD_NOTE,
        ),
    )


def _distances(table: Sequence[Mapping[str, Any]]) -> Table:
    sides = list(dict.fromkeys(row["boundary"] for row in table))
    columns = list(dict.fromkeys(row["distance"] for row in table))
    cells = {(row["boundary"], row["distance"]): row["number"] for row in table}
    rows = withheld_rows(
        [[cells[side, column] for column in columns] for side in sides], smallest_shown=SMALLEST_SHOWN
    )
    return table_of(
        "Children by distance from home and boundary",
        ("Boundary", *[column.capitalize() for column in columns], "All"),
        [(name.capitalize(), *row) for name, row in zip([*sides, "All"], rows, strict=True)],
        source=RETURNS,
        note=f"Straight lines by the department's formula. {WITHHELD_NOTE}",
    )


def _nights(months: Sequence[Mapping[str, Any]]) -> Table:
    return table_of(
        "Nights of 16 and 17-year-olds in unsuitable accommodation, by month",
        ("Month", "Children", "Nights", "Over 14 nights", "In a setting the law bars"),
        [
            (
                f"{date.fromisoformat(row['month']):%B %Y}",
                withheld_small(row["children"]),
                WITHHELD if is_small(row["children"]) else row["nights"],
                withheld_small(row["over_14_nights"]),
                withheld_small(row["unlawful"]),
            )
            for row in months
        ],
        source="the council's record of emergency stays",
        note=WITHHELD_NOTE,
    )


def _refusals(rows: Sequence[Mapping[str, Any]]) -> Table:
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons.update(row["reasons"])
    found = reasons.most_common()
    numbers = withheld_list([number for _, number in found], smallest_shown=SMALLEST_SHOWN)
    words = [*[reason.replace("_", " ").capitalize() for reason, _ in found], "All"]
    return table_of(
        "Why homes said no to our children in the year",
        ("Reason", "Times"),
        list(zip(words, numbers, strict=True)),
        source="the council's record of enquiries",
        note=WITHHELD_NOTE,
    )
