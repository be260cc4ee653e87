"""What each section of the annual report says of today, and how it was made. No figure is typed or worked out twice.

Indicators are in ``report_indicators.py``, the sections about what comes in ``report_ahead.py``.

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
from sufficiency.looked_after import CareRecords, detail_of
from sufficiency.report import AreaMap, Cell, Section, Table, table_of
from sufficiency.report_withheld import SMALLEST_SHOWN, WITHHELD_NOTE, withheld_years
from sufficiency.report_words import RETURNS, SECTIONS

YEARS_SHOWN = 5
MOST_AREAS = 15


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
                lambda detail: str(detail.words).capitalize(),
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
            f"Of {capacity['places']:,.0f} places in {capacity['homes']:,} homes we can use about "
            f"{capacity['usable']:,.0f} beds.",
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
                [(PlacementType(kind).words.capitalize(), number) for kind, number in by_type.most_common()],
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
                source=RETURNS,
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
    return table_of(
        caption, (first, *[str(year) for year in years]), rows, source=RETURNS, note=WITHHELD_NOTE
    )


def _area(code: str | None) -> str:
    if code is None:
        return "Not recorded"
    try:
        return authority(code).name
    except NotFound:
        return code
