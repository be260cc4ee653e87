"""The page of beds short: plain answers first, then each part with its picture and its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from api.web.charts import Bar, CurvePoint, bar_chart, curve_chart
from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.presenters.tables import TableView, present_table
from api.web.words import british_date, number, short_month
from sufficiency.beds_tables import GROUP_WORDS, PART_HEADINGS, beds_tables
from sufficiency.beds_words import beds_in_words_by_part, pounds

HOW_TO_ASSESS: Mapping[str, str] = {
    "fit": "Import the children referred to you, and this part appears.",
    "carers": "Work out a scenario with the number of people who enquire in a year, and this part appears.",
    "needed": "Write down on a child's page which homes were asked and what they answered, and this part appears.",
    "crisis": "Import stays in emergency and crisis accommodation, and write among the council’s own parts of the report "
    "since when they are complete.",
    "block": "Record the weekly fees of homes in a block contract and of homes bought by the place.",
    "actions": "Write down the candidates to compare among the council’s own parts of the report.",
    "costs": "Record the weekly fees of homes, and this part appears.",
}
MOST_BARS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of the answer.

    Parameters
    ----------
    sentences
        Its plain answers; of a part not assessed, why.
    """

    key: str
    heading: str
    assessed: bool
    sentences: tuple[str, ...]
    how_to_assess: str
    pictures: tuple[Markup, ...]
    tables: tuple[TableView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BedsPage:
    """Everything the page of beds short shows."""

    period: str
    answers: tuple[str, ...]
    parts: tuple[PartView, ...]
    runs: str
    evidence: EvidenceView


def present_beds(answer: Mapping[str, Any], files: str) -> BedsPage:
    """Return the page from the answer of ``sufficiency.plan_beds``.

    Parameters
    ----------
    files
        The address under which its tables can be fetched.
    """
    words = beds_in_words_by_part(answer)
    tables = beds_tables(answer)
    first = [*words["shortfall"], *words["fit"][:3], *words["crisis"][-1:], *words["costs"][:1]]
    return BedsPage(
        period=british_date(answer["from"]),
        answers=tuple(text for text in first if "not assessed" not in text),
        parts=tuple(
            PartView(
                key=key,
                heading=heading,
                assessed=_assessed(answer, key),
                sentences=tuple(words[key]),
                how_to_assess=HOW_TO_ASSESS.get(key, ""),
                pictures=_pictures(key, answer) if _assessed(answer, key) else (),
                tables=tuple(
                    present_table(table, f"{files}/{key}-{place}.csv")
                    for place, table in enumerate(tables.get(key, ()), start=1)
                ),
            )
            for key, heading in PART_HEADINGS.items()
        ),
        runs=number(answer["runs"]),
        evidence=present_evidence(answer["evidence"]),
    )


def _assessed(answer: Mapping[str, Any], key: str) -> bool:
    part = answer[key]
    return not isinstance(part, Mapping) or part.get("status", "ASSESSED") == "ASSESSED"


def _pictures(key: str, answer: Mapping[str, Any]) -> tuple[Markup, ...]:
    drawn: Mapping[str, Callable[[Any], tuple[Markup, ...]]] = {
        "shortfall": _shortfall,
        "capacity": _capacity,
        "fit": _fit,
        "crisis": _crisis,
        "block": _block,
        "actions": _actions,
        "leaving": _leaving,
        "costs": _costs,
    }
    return drawn[key](answer[key]) if key in drawn else ()


def _shortfall(rows: Sequence[Mapping[str, Any]]) -> tuple[Markup, ...]:
    pictures = []
    for group, words in GROUP_WORDS.items():
        own = [
            row
            for row in rows
            if row["placement"] == group and row["age_band"] == "all" and row["p_short"] is not None
        ]
        if any(row["beds_short_p95"] for row in own):
            last = own[-1]
            pictures.append(
                curve_chart(
                    chart_id=f"short-{group}",
                    title=f"{words}: beds short, month by month",
                    description=f"On {british_date(last['date'])} {number(last['beds_short_p50'])} in the middle future, "
                    f"and {number(last['beds_short_p95'])} or fewer in 19 futures of 20.",
                    points=[
                        CurvePoint(
                            at=float(month),
                            value=float(row["beds_short_p80"]),
                            low=float(row["beds_short_p50"]),
                            high=float(row["beds_short_p95"]),
                        )
                        for month, row in enumerate(own)
                    ],
                    across_words=f"{words}: months from {short_month(own[0]['date'])}",
                )
            )
    return tuple(pictures)


def _capacity(capacity: Mapping[str, Any]) -> tuple[Markup, ...]:
    bars = [
        Bar(label="Places in the list of homes", value=capacity["places"], words=number(capacity["places"])),
        *(
            Bar(
                label=f"less {row['reason'].replace('_', ' ')}",
                value=row["beds"],
                words=f"−{number(row['beds'])}",
                stands_out=True,
            )
            for row in capacity["less"]
        ),
        Bar(label="Beds we can use", value=capacity["usable"], words=number(capacity["usable"])),
    ]
    return (
        bar_chart(
            chart_id="capacity",
            title="From places to beds we can use",
            description=f"{number(capacity['places'])} places become {number(capacity['usable'])} beds that we can use.",
            bars=bars,
        ),
    )


def _fit(fit: Mapping[str, Any]) -> tuple[Markup, ...]:
    last = {row["placement"]: row for row in fit["rows"]}
    bars = []
    for group, row in last.items():
        words = GROUP_WORDS[group]
        bars += [
            Bar(
                label=f"{words}: counting any bed for the age", value=row["short"], words=number(row["short"])
            ),
            Bar(
                label=f"{words}: counting only beds that fit",
                value=row["short_that_fit"],
                words=number(row["short_that_fit"]),
                low=row["short_that_fit"],
                high=row["short_that_fit_p90"],
                stands_out=row["short_that_fit"] > row["short"],
            ),
        ]
    day = max(row["date"] for row in fit["rows"])
    return (
        bar_chart(
            chart_id="fit",
            title=f"Beds short on {british_date(day)}, on average",
            description="A bed that is free is not a bed for every child: more are short when only beds that fit count. "
            "The thin line goes to what nine futures of ten stay at or below.",
            bars=bars,
        ),
    )


def _crisis(crisis: Mapping[str, Any]) -> tuple[Markup, ...]:
    return (
        bar_chart(
            chart_id="crisis",
            title="How often a young person in crisis finds a bed, by number of beds",
            description="; ".join(
                f"{row['beds']} beds: {row['found']:.0%}" for row in crisis["rows"][1:MOST_BARS]
            ),
            bars=[
                Bar(
                    label=f"{row['beds']} {'bed' if row['beds'] == 1 else 'beds'}",
                    value=100 * row["found"],
                    words=f"{row['found']:.0%}",
                    low=100 * row["found_p2_5"],
                    high=100 * row["found_p97_5"],
                    stands_out=row["found"] < 0.95,
                )
                for row in crisis["rows"][1:MOST_BARS]
            ],
        ),
    )


def _block(block: Mapping[str, Any]) -> tuple[Markup, ...]:
    pictures = []
    for kind in block["kinds"]:
        words = GROUP_WORDS[kind["placement"]]
        best = kind["best"]["beds"]
        pictures.append(
            curve_chart(
                chart_id=f"block-{kind['placement']}",
                title=f"{words}: what a week costs by the beds in the block contract",
                description=f"{best} beds cost least, {pounds(kind['best']['weekly_pence'])} a week; there are "
                f"{kind['present_beds']:g}.",
                points=[
                    CurvePoint(
                        at=float(row["beds"]),
                        value=row["weekly_pence"] / 100,
                        low=row["weekly_p10_pence"] / 100,
                        high=row["weekly_p90_pence"] / 100,
                    )
                    for row in kind["curve"]
                ],
                across_words=f"{words}: beds in the contract",
                down_words=_thousands,
                marks=(
                    (float(best), f"{best} cost least"),
                    (float(kind["present_beds"]), f"{kind['present_beds']:g} now"),
                ),
            )
        )
    return tuple(pictures)


def _actions(actions: Mapping[str, Any]) -> tuple[Markup, ...]:
    rows = actions["actions"][:MOST_BARS]
    return (
        bar_chart(
            chart_id="actions",
            title="Child-nights with a bed near home, by action",
            description="; ".join(
                f"{row['name']}: {number(round(row['near_home']['mean']))}" for row in rows
            ),
            bars=[
                Bar(
                    label=f"{row['name'][:40]}: {pounds(row['pounds_pence']['mean'])}",
                    value=row["near_home"]["mean"],
                    words=number(round(row["near_home"]["mean"])),
                    low=row["near_home"]["p10"],
                    high=row["near_home"]["p90"],
                )
                for row in rows
            ],
        ),
    )


def _leaving(leaving: Mapping[str, Any]) -> tuple[Markup, ...]:
    months = leaving["months"]
    return (
        curve_chart(
            chart_id="leaving",
            title="Young people who turn 18 in care, month by month",
            description=f"About {number(round(leaving['total']['mean']))} in {len(months)} months.",
            points=[
                CurvePoint(at=float(place), value=row["mean"], low=row["p10"], high=row["p90"])
                for place, row in enumerate(months)
            ],
            across_words=f"Months from {short_month(date.fromisoformat(months[0]['from']))}",
        ),
    )


def _costs(costs: Mapping[str, Any]) -> tuple[Markup, ...]:
    return (
        bar_chart(
            chart_id="costs",
            title="What placements cost in a year",
            description="; ".join(
                f"year from {british_date(row['from'])}: {pounds(row['mean_pence'])}"
                for row in costs["years"]
            ),
            bars=[
                Bar(
                    label=f"Year from {british_date(row['from'])}",
                    value=row["mean_pence"] / 100,
                    words=pounds(row["mean_pence"]),
                    low=row["p10_pence"] / 100,
                    high=row["p90_pence"] / 100,
                )
                for row in costs["years"]
            ],
        ),
    )


def _thousands(value: float) -> str:
    return f"£{value / 1000:,.0f}k"
