"""The report's sections about what comes: children, beds short, what will be done, and the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matching.home import Home
from reference_data.vocabulary import HomeStatus, PlacementType
from sufficiency.action_plan import Milestone, on_track_percent
from sufficiency.beds_tables import actions_alone
from sufficiency.episodes import PlacementDetail
from sufficiency.forecast import ASSESSED
from sufficiency.report import FanChart, Section, Table, table_of
from sufficiency.report_words import SECTIONS

_GROUP_WORDS = {
    "fostering": "Foster care",
    "residential": "Residential",
    "supported": "Supported accommodation",
}


def what_is_coming(forecast: Mapping[str, Any]) -> Section:
    """Return the forecast of all children with its bands, and what it says of its own record."""
    totals = forecast["totals"]
    every = [totals[n] for n in range(0, len(totals), 6)]
    if every[-1] is not totals[-1]:
        every.append(totals[-1])
    last = totals[-1]
    source = f"our forecast from the returns, {forecast['runs']:,} simulated futures"
    table = table_of(
        "Children looked after, forecast",
        ("Date", "Middle", "8 futures in 10", "19 futures in 20"),
        [
            (
                f"{date.fromisoformat(row['date']):%-d %B %Y}",
                round(row["p50"]),
                f"{row['p10']:,.0f} to {row['p90']:,.0f}",
                f"{row['p2_5']:,.0f} to {row['p97_5']:,.0f}",
            )
            for row in every
        ],
        source=source,
    )
    record = forecast["track_record"]
    return Section(
        key="forecast",
        heading=SECTIONS["forecast"],
        paragraphs=(
            f"By {date.fromisoformat(last['date']):%B %Y} we expect to look after about {last['p50']:,.0f} "
            f"children; in eight "
            f"futures of ten between {last['p10']:,.0f} and {last['p90']:,.0f}.",
            *record["text"],
            *([record["caution"]] if record["caution"] else []),
        ),
        charts=(
            FanChart(
                title="Children looked after, forecast",
                description=(
                    f"The middle of the forecast goes from {totals[0]['p50']:,.0f} to {last['p50']:,.0f} "
                    f"children. Bands hold "
                    "50, 80 and 95 futures in 100."
                ),
                points=tuple(totals),
                table=table,
            ),
        ),
    )


def beds_short(beds: Mapping[str, Any]) -> Section:
    """Return beds short by kind of home at the end of each year, and what the answer says in words."""
    rows = [row for row in beds["shortfall"] if row["age_band"] == "all" and row["p_short"] is not None]
    dates = sorted({row["date"] for row in rows})
    picked = [day for n, day in enumerate(dates) if n and n % 12 == 0] or dates[-1:]
    said = [text for text in beds["answers"] if "beds" in text and "places in" not in text]
    return Section(
        key="beds",
        heading=SECTIONS["beds"],
        paragraphs=tuple(said[:6]),
        tables=(
            table_of(
                "Beds short, counting beds anywhere",
                (
                    "Kind of home",
                    "Date",
                    "Beds we can use",
                    "Chance of being short",
                    "Short in the middle future",
                    "Enough in 9 of 10",
                    "Lacking near home (mean)",
                ),
                [
                    (
                        _GROUP_WORDS[row["placement"]],
                        f"{date.fromisoformat(row['date']):%B %Y}",
                        row["capacity"],
                        _chance(row["p_short"]),
                        row["beds_short_p50"],
                        row["beds_short_p90"],
                        round(row["short_local"], 1),
                    )
                    for group in _GROUP_WORDS
                    for row in rows
                    if row["placement"] == group and row["date"] in picked
                ],
                source="our forecast set against the list of homes",
                note="A bed short is a child-night due for which no bed that we can use is free.",
            ),
        ),
    )


def what_we_will_do(
    milestones: Sequence[Milestone], homes: Sequence[Home], beds: Mapping[str, Any], on: date
) -> Section:
    """Return the action plan with the share on track, planned openings, and the actions compared."""
    by_id = {home.home_id: home for home in homes}
    tables: list[Table] = []
    paragraphs: list[str] = []
    share = on_track_percent(milestones)
    if share is not None:
        good = sum(one.status in ("complete", "on_track") for one in milestones)
        doubtful = sum(bool(one.contradiction(on, by_id)) for one in milestones)
        paragraphs.append(
            f"{good} of {len(milestones)} milestones ({float(share):g}%) are complete or on track by their owners' word."
            + (
                f" The records speak against {doubtful} of the milestones; the last column says how."
                if doubtful
                else ""
            )
        )
        tables.append(
            table_of(
                "Action plan",
                ("Milestone", "Owner", "Due", "Status", "Impact", "Evidence", "To look at"),
                [
                    (
                        f"{one.number} {one.text}",
                        one.owner,
                        f"{one.due:%-d %B %Y}",
                        one.status.replace("_", " "),
                        one.impact,
                        one.evidence,
                        one.contradiction(on, by_id),
                    )
                    for one in milestones
                ],
                source="the council's action plan",
            )
        )
    planned = sorted(
        (home for home in homes if home.status is HomeStatus.PLANNED),
        key=lambda home: (home.opens_on or date.max, home.home_id),
    )
    if planned:
        tables.append(
            table_of(
                "Planned openings",
                ("Home", "Type", "Places", "Opens"),
                [
                    (
                        home.home_id,
                        home.type.words if isinstance(home.type, PlacementType) else "not recorded",
                        home.places,
                        f"{home.opens_on:%-d %B %Y}" if home.opens_on else "no date: not counted",
                    )
                    for home in planned
                ],
                source="the council's list of homes",
                note="The forecast counts an opening from its day.",
            )
        )
    actions = beds["actions"]
    if actions["status"] == ASSESSED:
        tables.append(actions_alone(actions))
    return Section(
        key="actions",
        heading=SECTIONS["actions"],
        paragraphs=tuple(paragraphs),
        tables=tuple(tables),
        to_write="what the council has decided, and why.",
    )


def costs(beds: Mapping[str, Any]) -> Section:
    """Return what placements cost, what a bad year costs more, and what has no price."""
    found = beds["costs"]
    if found["status"] != ASSESSED:
        return Section(
            key="costs", heading=SECTIONS["costs"], paragraphs=(f"Not assessed. {found['reason']}",)
        )
    missing = ", ".join(PlacementDetail(row["kind"]).words for row in found["not_priced"])
    return Section(
        key="costs",
        heading=SECTIONS["costs"],
        paragraphs=(f"Without a price, so not in these figures: {missing}.",) if missing else (),
        tables=(
            table_of(
                "Cost of placements, pounds",
                ("Year", "Mean", "One year in ten costs more than"),
                [
                    (
                        f"{date.fromisoformat(row['from']):%B %Y} to {date.fromisoformat(row['until']):%B %Y}",
                        round(row["mean_pence"] / 100),
                        round(row["p90_pence"] / 100),
                    )
                    for row in found["years"]
                ],
                source="our forecast times prices",
            ),
            table_of(
                "Prices used",
                ("Kind of home", "Pounds a week", "From"),
                [
                    (
                        PlacementDetail(row["kind"]).words.capitalize(),
                        round(row["weekly_pence"] / 100),
                        row["source"],
                    )
                    for row in found["by_kind"]
                ],
                source="as the last column says",
            ),
        ),
    )


def _chance(share: float) -> str:
    """Return a chance in words that no number of futures can make certain."""
    if share < 0.01:
        return "under 1%"
    return "over 99%" if share > 0.99 else f"{share:.0%}"
