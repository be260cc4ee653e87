"""The page of indicators: each with its fraction, colour, direction, and what is published beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.words import british_date, counted, number, plain

RAG_TAGS = {"GREEN": ("green", "Green"), "AMBER": ("yellow", "Amber"), "RED": ("red", "Red")}
WHO_WORDS = {
    "own_published": "Ours, as published",
    "statistical_neighbours": "Statistical neighbours",
    "south_west": "South West",
    "england": "England",
}
WATCH_WORDS = {
    "one_move_away": "one move from counting as three placements",
    "settled_under_notice": "settled for long and under notice",
    "meetings_overdue": "with a stability meeting overdue",
    "without_a_meeting": "watched, with no stability meeting held or to come",
}
TRAVEL_WORDS = {"better": "Better than", "worse": "Worse than", "same": "The same as"}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorView:
    """One indicator.

    Parameters
    ----------
    value
        Its value in words, or why there is none.
    published
        Rows of who, year and figure.
    table
        Rows behind it, with headings first; empty where there are none.
    counted
        How many children are counted, where they may be looked at one by one.
    """

    id: str
    name: str
    assessed: bool
    value: str
    reason: str
    fraction: str
    missing: str
    target: str
    rag: tuple[str, str] | None
    travel: str
    definition: str
    population: str
    source: str
    published: tuple[tuple[str, str, str, str], ...]
    headings: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorsPage:
    """Everything the page of indicators shows.

    Parameters
    ----------
    watched
        Each list of the stability watch: its name in an address, and how many children in words.
    """

    period: str
    in_brief: str
    assessed: tuple[IndicatorView, ...]
    not_assessed: tuple[IndicatorView, ...]
    watched: tuple[tuple[str, str], ...]
    meetings: str
    sees_children: bool
    evidence: EvidenceView
    file: str


def present_indicators(answer: Mapping[str, Any], files: str, *, sees_children: bool) -> IndicatorsPage:
    """Return the page from the answer of ``sufficiency.indicators_of``."""
    views = [_indicator(one) for one in answer["indicators"]]
    assessed = tuple(view for view in views if view.assessed)
    with_target = [view for view in assessed if view.rag]
    red = sum(view.rag == RAG_TAGS["RED"] for view in with_target)
    return IndicatorsPage(
        period=f"{british_date(answer['year_from'])} to {british_date(answer['at'])}",
        in_brief=f"{len(assessed)} of {len(views)} indicators are assessed."
        + (
            f" Of {len(with_target)} with a target, {red} {'is' if red == 1 else 'are'} red."
            if with_target
            else " None has a target yet."
        ),
        assessed=assessed,
        not_assessed=tuple(view for view in views if not view.assessed),
        watched=_watched(answer["stability_watch"]),
        meetings=_meetings(answer["stability_watch"]),
        sees_children=sees_children,
        evidence=present_evidence(answer["evidence"]),
        file=f"{files}/indicators.csv",
    )


def _watched(watch: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the lists of the stability watch: the name of each in an address, and how many, in words."""
    told = {name: watch.get(name, {}).get("number") for name in WATCH_WORDS}
    return tuple(
        (name, f"{counted(told[name] or 0, 'child', 'children')} {words}".capitalize())
        for name, words in WATCH_WORDS.items()
        if told[name] is not None
    )


def _meetings(watch: Mapping[str, Any]) -> str:
    told = watch.get("meetings")
    if told is None or told["status"] != "ASSESSED":
        return "Stability meetings: not assessed. None is recorded."
    return (
        f"Stability meetings: {number(told['held'])} held in this time, {number(told['overdue'])} overdue, "
        f"{number(told['to_come'])} to come."
    )


def _indicator(one: Mapping[str, Any]) -> IndicatorView:
    assessed = one["status"] == "ASSESSED"
    rows: Sequence[Mapping[str, Any]] = one["table"]
    headings = tuple(dict.fromkeys(key for row in rows for key in row))
    return IndicatorView(
        id=one["id"],
        name=one["name"],
        assessed=assessed,
        value=_value(one["value"], one["unit"]) if assessed else "Not assessed",
        reason=one["reason"],
        fraction=_fraction(one),
        missing=f"{number(one['missing'])} without the fact ({one['missing_share']:.0%})"
        if one["missing"] and one["missing_share"] is not None
        else "",
        target="" if one["target"] is None else _value(one["target"], one["unit"]),
        rag=RAG_TAGS.get(one["rag"]) if assessed else None,
        travel=_travel(one),
        definition=one["definition"],
        population=one["population"],
        source=one["source"],
        published=tuple(
            (WHO_WORDS[row["who"]], str(row["year"]), f"{row['percent']:g}%", row["source"])
            for row in one["comparators"]
        ),
        headings=tuple(plain(name) for name in headings),
        table=tuple(tuple(_cell(row.get(name)) for name in headings) for row in rows),
        counted=one["numerator"] or 0,
    )


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "Nobody to count"
    return f"{value:g}%" if unit == "percent" else f"{number(value)}{' days' if unit == 'days' else ''}"


def _fraction(one: Mapping[str, Any]) -> str:
    if one["numerator"] is None or one["denominator"] is None:
        return ""
    return f"{number(one['numerator'])} of {number(one['denominator'])}"


def _travel(one: Mapping[str, Any]) -> str:
    if one["before"] is None or one["travel"] == "NOT_ASSESSED":
        return ""
    return f"{TRAVEL_WORDS[one['travel']]} {_value(one['before'], one['unit'])} a year before"


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value)
    return str(value)
