"""The sufficiency page: children expected in care, and beds short, over the months ahead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any, TypeVar

from markupsafe import Markup

from api.web.charts import FanPoint, fan_chart, small_line_chart
from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.presenters.track_record import (
    ChangeView,
    TrackRecordView,
    present_change,
    present_track_record,
)
from api.web.words import british_date, chance, group_words, month_words, number, sentence, short_month

ALL_AGES = "all"
"""The row of every age together; beds serve several ages, so rows by age do not add up to it."""

T = TypeVar("T")

TABLE_EVERY_MONTHS = 3
SHORTFALL_EVERY_MONTHS = 6
"""The tables show every third or sixth month; the full grid is in the JSON answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """Children in care on one date."""

    month: str
    middle: str
    half: str
    four_in_five: str
    nineteen_in_twenty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """The mean number of children in one placement group over time."""

    name: str
    picture: Markup
    rows: tuple[tuple[str, str], ...]
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortCell:
    """Beds short for one age band on one date."""

    beds: str
    chance: str
    up_to: str
    capacity: str
    likely: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRow:
    """Beds short for one age band at the dates shown."""

    ages: str
    cells: tuple[ShortCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortTable:
    """Beds short in one group of homes, by age band, at a few dates."""

    name: str
    months: tuple[str, ...]
    all_ages: ShortRow
    rows: tuple[ShortRow, ...]
    in_brief: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SufficiencyPage:
    """Everything the sufficiency page shows."""

    first: str
    last: str
    period: str
    runs: str
    in_brief: str
    fan: Markup
    totals: tuple[TotalRow, ...]
    track_record: TrackRecordView
    change: ChangeView | None
    groups: tuple[GroupView, ...]
    shortfall_assessed: bool
    shortfall_reason: str
    shortfall: tuple[ShortTable, ...]
    definition: str
    evidence: EvidenceView


def present_sufficiency(forecast: Mapping[str, Any]) -> SufficiencyPage:
    """Return the sufficiency page from the contract's ``forecast`` answer."""
    totals = [fan_point(item) for item in forecast["totals"]]
    first, last = totals[0], totals[-1]
    brief = (
        f"{number(round(first.p50))} children are in care on {british_date(first.on)}. "
        f"By {british_date(last.on)} we expect {number(round(last.p50))}, "
        f"and in 80 futures of 100 between {number(round(last.p10))} and {number(round(last.p90))}."
    )
    return SufficiencyPage(
        first=british_date(first.on),
        last=british_date(last.on),
        period=f"{month_words(first.on)} to {month_words(last.on)}",
        runs=number(forecast["runs"]),
        in_brief=brief,
        fan=fan_chart(
            chart_id="children-in-care",
            title=f"Children in care, {short_month(first.on)} to {short_month(last.on)}",
            description=brief,
            points=totals,
        ),
        totals=tuple(_total_row(point) for point in _spaced(totals)),
        track_record=present_track_record(forecast.get("track_record")),
        change=present_change(forecast.get("change")),
        groups=_groups(forecast["bins"]),
        shortfall_assessed=forecast["shortfall_status"] != "NOT_ASSESSED",
        shortfall=_shortfall(forecast["shortfall"]) if forecast["shortfall_status"] != "NOT_ASSESSED" else (),
        shortfall_reason=sentence(str(forecast.get("shortfall_reason") or "")),
        definition=sentence(str(forecast["definition"])),
        evidence=present_evidence(forecast["evidence"]),
    )


def fan_point(item: Mapping[str, Any]) -> FanPoint:
    """Return a row of the contract's ``totals`` as a point of the chart."""
    return FanPoint(
        on=date.fromisoformat(item["date"]),
        **{name: float(item[name]) for name in ("mean", "p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5")},
    )


def _spaced(items: Sequence[T]) -> list[T]:
    return [item for place, item in enumerate(items) if place % TABLE_EVERY_MONTHS == 0]


def _range(low: float, high: float) -> str:
    return f"{number(round(low))} to {number(round(high))}"


def _total_row(point: FanPoint) -> TotalRow:
    return TotalRow(
        month=short_month(point.on),
        middle=number(round(point.p50)),
        half=_range(point.p25, point.p75),
        four_in_five=_range(point.p10, point.p90),
        nineteen_in_twenty=_range(point.p2_5, point.p97_5),
    )


def _groups(bins: Iterable[Mapping[str, Any]]) -> tuple[GroupView, ...]:
    """Add up means over age bands: means add, the bands of a forecast do not."""
    means: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for item in bins:
        means[item["placement"]][date.fromisoformat(item["date"])] += float(item["mean"])
    views = []
    for place, (group, by_date) in enumerate(means.items()):
        series = sorted(by_date.items())
        change = series[-1][1] - series[0][1]
        direction = "more" if round(change) > 0 else "fewer"
        words = (
            "About the same at the end as at the start."
            if round(change) == 0
            else f"{number(abs(round(change)))} {direction} at the end than at the start."
        )
        views.append(
            GroupView(
                name=group_words(group),
                picture=small_line_chart(
                    chart_id=f"group-{place}",
                    title=f"{group_words(group)}: children expected",
                    description=words,
                    series=series,
                ),
                rows=tuple((short_month(on), number(round(mean, 1))) for on, mean in _spaced(series)),
                change=words,
            )
        )
    return tuple(views)


def _shortfall(rows: Iterable[Mapping[str, Any]]) -> tuple[ShortTable, ...]:
    by_group: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_group[row["placement"]].append(row)
    return tuple(_short_table(group, members) for group, members in by_group.items())


def _short_table(group: str, members: Sequence[Mapping[str, Any]]) -> ShortTable:
    dates = sorted({str(row["date"]) for row in members})
    shown = dates[::SHORTFALL_EVERY_MONTHS][1:] or dates[-1:]
    by_place = {(str(row["age_band"]), str(row["date"])): row for row in members}
    bands = [band for band in dict.fromkeys(str(row["age_band"]) for row in members) if band != ALL_AGES]
    likely = [str(row["date"]) for row in members if row["age_band"] == ALL_AGES and _likely(row)]
    if likely:
        brief = f"More likely short than not from {british_date(min(likely))}."
    elif any(row["p_short"] is None for row in members):
        brief = "Not every month could be assessed."
    else:
        brief = "In no month is a shortage more likely than not."

    def row_of(band: str) -> ShortRow:
        return ShortRow(
            ages="All ages" if band == ALL_AGES else band,
            cells=tuple(_short_cell(by_place[band, day]) for day in shown),
        )

    return ShortTable(
        name=group_words(group),
        months=tuple(short_month(day) for day in shown),
        all_ages=row_of(ALL_AGES),
        rows=tuple(row_of(band) for band in bands),
        in_brief=brief,
    )


def _likely(row: Mapping[str, Any]) -> bool:
    return row["p_short"] is not None and row["p_short"] >= 0.5


def _short_cell(row: Mapping[str, Any]) -> ShortCell:
    if row["p_short"] is None:
        return ShortCell(beds="Not assessed", chance="", up_to="", capacity="", likely=False)
    return ShortCell(
        beds=_beds(row["beds_short_p50"]),
        chance=chance(row["p_short"]),
        up_to=_beds(row["beds_short_p90"]),
        capacity=number(row["capacity"]),
        likely=_likely(row),
    )


def _beds(value: float | None) -> str:
    """Return beds as a whole number; rounded up, so that as many futures stay at or below it as is said."""
    return "Not assessed" if value is None else number(ceil(value - 1e-9))
