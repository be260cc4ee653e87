"""What each section of the annual report says of today, and how it was made. No figure is typed or worked out twice.

The sections about what comes are in ``report_ahead.py``.

Small numbers are withheld in tables of children, and whatever would give them away (``withheld``): a report leaves the
authority.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matching.home import Home
from reference_data.authorities import authority
from reference_data.problems import NotFound
from reference_data.vocabulary import AGE_BANDS, HomeStatus, PlacementType, age_band
from sufficiency.episodes import DETAILS
from sufficiency.forecast import ASSESSED
from sufficiency.looked_after import CareRecords, detail_of
from sufficiency.report import AreaMap, Cell, Section, Table, table_of
from sufficiency.report_withheld import withheld_rows, withheld_years

SMALLEST_SHOWN = 6
"""Numbers from 1 to 5 are withheld, as the department withholds them for authorities."""
YEARS_SHOWN = 5
MOST_AREAS = 15
SECTIONS: Mapping[str, str] = {
    "children": "Who our children are",
    "homes": "What homes we have, and where",
    "indicators": "How well homes serve our children",
    "distance": "Who was placed far away or unsuitably",
    "forecast": "What is coming",
    "beds": "Beds short",
    "actions": "What we will do",
    "costs": "Cost",
    "voices": "What children say",
    "method": "Method, data quality and limits",
}
"""The sections' keys and headings, in the order of the report: to each, people may add paragraphs."""
_RETURNS = "the council's SSDA903 returns"
_WITHHELD = "c: a number from 1 to 5, or one that would give such a number away."
_COMPARED = {
    "own_published": "published",
    "statistical_neighbours": "neighbours",
    "south_west": "South West",
    "england": "England",
}


def who_our_children_are(records_by_year: Mapping[int, CareRecords]) -> Section:
    """Return the children on each 31 March by age and by kind of placement, and how many started and left."""
    years = sorted(records_by_year)
    nights = {year: records_by_year[year].looked_after_on(date(year, 3, 31)) for year in years}
    ages = {
        year: Counter(age_band(child.age_on(date(year, 3, 31))) for child, _ in nights[year])
        for year in years
    }
    kinds = {year: Counter(detail_of(row) for _, row in nights[year]) for year in years}
    totals = {year: len(nights[year]) for year in years}
    last = years[-1]
    change = totals[last] - totals[years[0]]
    direction = "more" if change > 0 else "fewer"
    return Section(
        key="children",
        heading=SECTIONS["children"],
        paragraphs=(
            f"On 31 March {last} we looked after {totals[last]:,} children"
            + (
                f", {abs(change):,} {direction} than on 31 March {years[0]}."
                if len(years) > 1 and change
                else "."
            ),
        ),
        tables=(
            _years_table(
                "Children looked after on 31 March by age", "Age", years, list(AGE_BANDS), ages, str
            ),
            _years_table(
                "Children looked after on 31 March by kind of placement",
                "Placement",
                years,
                list(DETAILS),
                kinds,
                lambda detail: str(detail).replace("_", " ").capitalize(),
            ),
        ),
    )


def homes_we_have(homes: Sequence[Home], capacity: Mapping[str, Any], as_of: date) -> Section:
    """Return the homes by type and area, and how their places become beds we can use."""
    listed = [
        home
        for home in homes
        if isinstance(home.type, PlacementType) and home.status is not HomeStatus.CLOSED
    ]
    by_type: Counter[str] = Counter(str(home.type) for home in listed)
    by_area: Counter[str] = Counter(_area(home.authority) for home in listed)
    source = f"the council's list of homes, {as_of:%-d %B %Y}"
    return Section(
        key="homes",
        heading=SECTIONS["homes"],
        paragraphs=(
            f"Of {capacity['places']:,g} places in {capacity['homes']:,} homes we can use "
            f"{capacity['usable']:,g} beds.",
            "Registered places are not beds that we can use. The table follows each bed that falls away.",
        ),
        tables=(
            table_of(
                "From places to beds we can use",
                ("", "Beds", "Homes"),
                [
                    ("Places in the list of homes", capacity["places"], capacity["homes"]),
                    *[(f"Less {row['text']}", -row["beds"], row["homes"]) for row in capacity["less"]],
                    ("Beds we can use", capacity["usable"], None),
                ],
                source=source,
            ),
            table_of(
                "Homes by type",
                ("Type", "Homes"),
                [(kind.replace("_", " ").capitalize(), number) for kind, number in by_type.most_common()],
                source=source,
            ),
        ),
        charts=(
            AreaMap(
                title="Homes by the area they stand in",
                description="Most: "
                + ", ".join(f"{area} {count:,}" for area, count in by_area.most_common(3))
                + ". The council's own area has the thicker line.",
                values=Counter(home.authority for home in listed if home.authority is not None),
                own=capacity.get("authority"),
                table=table_of(
                    "Homes by area", ("Area", "Homes"), by_area.most_common(MOST_AREAS), source=source
                ),
            ),
        ),
    )


def how_well(indicators: Mapping[str, Any]) -> Section:
    """Return every indicator that has a value, with its fraction, target and what is published beside it."""
    rows: list[tuple[Cell, ...]] = []
    not_assessed = []
    for one in indicators["indicators"]:
        if one["status"] != ASSESSED:
            not_assessed.append(f"{one['name']}: {one['reason']}")
        elif one["value"] is not None:
            small = one["numerator"] is not None and 0 < one["numerator"] < SMALLEST_SHOWN
            near_all = (
                one["numerator"] is not None and 0 < one["denominator"] - one["numerator"] < SMALLEST_SHOWN
            )
            hidden = (small or near_all) and one["unit"] == "percent"
            rows.append(
                (
                    one["name"],
                    "c" if hidden else one["value"],
                    "c" if hidden else _fraction(one),
                    one["missing"] if not one["missing"] or one["missing"] >= SMALLEST_SHOWN else "c",
                    one["target"],
                    "" if one["target"] is None else one["rag"].capitalize(),
                    "" if hidden or one["travel"] == "NOT_ASSESSED" else one["travel"],
                    _published(one["comparators"]),
                )
            )
    return Section(
        key="indicators",
        heading=SECTIONS["indicators"],
        paragraphs=(
            "Local figures are counted from our returns. Published ones stand beside them with their year: "
            "their cohorts and "
            "rounding differ, so the two are never joined.",
            *(f"Not assessed. {text}" for text in not_assessed),
        ),
        tables=(
            table_of(
                f"Indicators for the year to {date.fromisoformat(indicators['at']):%-d %B %Y}",
                (
                    "Indicator",
                    "Percent or days",
                    "Fraction",
                    "No information",
                    "Target",
                    "Colour",
                    "Since the year before",
                    "Published",
                ),
                rows,
                source=f"{_RETURNS}; comparators from the Department for Education as published",
                note=_WITHHELD,
            ),
        ),
    )


def far_or_unsuitable(indicators: Mapping[str, Any], months: Sequence[Mapping[str, Any]]) -> Section:
    """Return who was placed far away, in other placements, and nights in unsuitable accommodation."""
    by_id = {one["id"]: one for one in indicators["indicators"]}
    tables: list[Table] = []
    paragraphs: list[str] = []
    far = by_id["distance_over_20_miles_and_outside"]
    if far["status"] == ASSESSED:
        sides = list(dict.fromkeys(row["boundary"] for row in far["table"]))
        columns = list(dict.fromkeys(row["distance"] for row in far["table"]))
        cells = {(row["boundary"], row["distance"]): row["number"] for row in far["table"]}
        rows = withheld_rows(
            [[cells[side, column] for column in columns] for side in sides], smallest_shown=SMALLEST_SHOWN
        )
        tables.append(
            table_of(
                "Children by distance from home and boundary",
                ("Boundary", *[column.capitalize() for column in columns], "All"),
                [(name.capitalize(), *row) for name, row in zip([*sides, "All"], rows, strict=True)],
                source=_RETURNS,
                note="Straight lines by the department's formula. " + _WITHHELD,
            )
        )
        paragraphs.append(
            f"{far['value']:g}% of our children lived over 20 miles from home and outside our area on the last "
            f"night of the "
            "year."
        )
    else:
        paragraphs.append(f"Distance: not assessed. {far['reason']}")
    if months:
        tables.append(
            table_of(
                "Nights of 16 and 17-year-olds in unsuitable accommodation, by month",
                ("Month", "Children", "Nights", "Over 14 nights", "In a setting the law bars"),
                [
                    (
                        f"{date.fromisoformat(row['month']):%B %Y}",
                        _small(row["children"]),
                        row["nights"] if not _is_small(row["children"]) else "c",
                        _small(row["over_14_nights"]),
                        _small(row["unlawful"]),
                    )
                    for row in months
                ],
                source="the council's record of emergency stays",
                note=_WITHHELD,
            )
        )
    else:
        paragraphs.append("Nights in unsuitable accommodation: not assessed. Give the stays.")
    return Section(
        key="distance",
        heading=SECTIONS["distance"],
        paragraphs=tuple(paragraphs),
        tables=tuple(tables),
        to_write="why these children were placed where they were, and what was tried before.",
    )


def what_children_say(written: Sequence[str] = ()) -> Section:
    """Return the section that only people can write."""
    return Section(
        key="voices",
        heading=SECTIONS["voices"],
        to_write="what children and young people have said about their homes, and what changed because of it.",
        written=tuple(written),
    )


def method_and_quality(
    repairs: Mapping[str, int], warnings: Sequence[str], evidence: Mapping[str, Any]
) -> Section:
    """Return what was mended, what to know, and what the figures rest on."""
    return Section(
        key="method",
        heading=SECTIONS["method"],
        paragraphs=(
            "Figures are counted and simulated by Righthome from the council's returns, its list of homes and "
            "its records. A "
            "return shows what children got, not what they needed. Prices, acceptance of offers and who fits "
            "where rest on what "
            "is recorded. A person decides; these figures inform.",
            f"Made with version {evidence.get('product_version')}, from data to {evidence.get('data_date')}; "
            f"the inputs' "
            f"fingerprint is {str(evidence.get('input_hash'))[:16]}.",
            *dict.fromkeys(warnings),
        ),
        tables=(
            table_of(
                "Rows of the returns that were mended or set aside",
                ("Rule", "Rows"),
                [(rule.replace("_", " "), number) for rule, number in sorted(repairs.items())],
                source=_RETURNS,
            ),
        ),
    )


def _years_table(
    caption: str,
    first: str,
    years: Sequence[int],
    names: Sequence[Any],
    counts: Mapping[int, Counter[Any]],
    words: Any,
) -> Table:
    used = [name for name in names if any(counts[year][name] for year in years)]
    shown = withheld_years(
        [[counts[year][name] for year in years] for name in used], smallest_shown=SMALLEST_SHOWN
    )
    rows: list[tuple[Cell, ...]] = [
        (name, *row) for name, row in zip([*map(words, used), "All"], shown, strict=True)
    ]
    return table_of(caption, (first, *[str(year) for year in years]), rows, source=_RETURNS, note=_WITHHELD)


def _area(code: str | None) -> str:
    if code is None:
        return "Not recorded"
    try:
        return authority(code).name
    except NotFound:
        return code


def _fraction(one: Mapping[str, Any]) -> str:
    if one["numerator"] is None:
        return f"of {one['denominator']:,}"
    return f"{one['numerator']:,}/{one['denominator']:,}"


def _published(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    newest = rows[0]["year"]
    return f"{newest}: " + ", ".join(
        f"{_COMPARED[row['who']]} {row['percent']:g}" for row in rows if row["year"] == newest
    )


def _is_small(number: int) -> bool:
    return 0 < number < SMALLEST_SHOWN


def _small(number: int) -> Cell:
    return "c" if _is_small(number) else number
