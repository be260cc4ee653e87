"""Two calculations of beds short side by side, and the difference between them drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from api.web.charts import Bar, bar_chart
from api.web.presenters.analyses import AnalysisView, present_analysis, settings_in_words
from api.web.words import british_date, number
from sufficiency.beds_tables import GROUP_WORDS
from sufficiency.beds_words import pounds

if TYPE_CHECKING:
    from api.database.analysis_records import Analysis


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPage:
    """Two calculations side by side; a difference is the second less the first.

    Parameters
    ----------
    caution
        That they were made from different records, or may have been; empty where from the same.
    """

    first: AnalysisView
    second: AnalysisView
    first_settings: str
    second_settings: str
    day: str
    caution: str
    sentences: tuple[str, ...]
    picture: Markup
    rows: tuple[tuple[str, str, str, str], ...]


def present_beds_compared(first: Analysis, second: Analysis) -> ComparedPage:
    """Return two calculations on the last day that both have."""
    one, other = first.answer or {}, second.answer or {}
    day = max(_days(one) & _days(other), default="")
    rows: list[tuple[str, str, str, str]] = []
    bars: list[Bar] = []
    sentences: list[str] = []
    for group, words in GROUP_WORDS.items():
        before, after = _row(one, group, day), _row(other, group, day)
        if before is None or after is None:
            continue
        for text, key in (
            ("chance of being short, %", "p_short"),
            ("beds short, middle", "beds_short_p50"),
            ("beds short, 9 in 10", "beds_short_p90"),
            ("lacking near home, mean", "short_local"),
            ("lacking anywhere, mean", "short_any"),
        ):
            scale = 100 if key == "p_short" else 1
            rows.append((f"{words}: {text}", *_three(before[key], after[key], scale)))
        bars.append(_bar(f"{words}: lacking near home", before["short_local"], after["short_local"]))
        bars.append(_bar(f"{words}: enough in 9 of 10", before["beds_short_p90"], after["beds_short_p90"]))
        change = after["short_any"] - before["short_any"]
        if abs(change) >= 0.05:
            sentences.append(
                f"{words}: {number(round(abs(change), 1))} {'more' if change > 0 else 'fewer'} lack a bed anywhere on "
                "average."
            )
    for group, words in GROUP_WORDS.items():
        before, after = _fit_row(one, group, day), _fit_row(other, group, day)
        if before is None or after is None:
            continue
        fits = (before["short_that_fit"], after["short_that_fit"])
        rows.append((f"{words}: short counting beds that fit, mean", *_three(*fits)))
        bars.append(_bar(f"{words}: short that fit", *fits))
    costs = [_cost(answer) for answer in (one, other)]
    if costs[0] is not None and costs[1] is not None:
        rows.append(
            (
                "Placements in the first year, mean",
                pounds(costs[0]),
                pounds(costs[1]),
                pounds(costs[1] - costs[0]),
            )
        )
        sentences.append(
            f"Placements in the first year cost {pounds(abs(costs[1] - costs[0]))} "
            f"{'more' if costs[1] > costs[0] else 'less'}."
            if round(costs[1] - costs[0])
            else "Placements in the first year cost the same."
        )
    return ComparedPage(
        first=present_analysis(first),
        second=present_analysis(second),
        first_settings=settings_in_words(first.settings),
        second_settings=settings_in_words(second.settings),
        day=british_date(day) if day else "",
        caution=_caution(first, second),
        sentences=tuple(sentences),
        picture=bar_chart(
            chart_id="difference",
            title="The second less the first",
            description="; ".join(f"{bar.label} {bar.words}" for bar in bars),
            bars=bars,
        ),
        rows=tuple(rows),
    )


def _caution(first: Analysis, second: Analysis) -> str:
    made_from = [str((one.answer or {}).get("records_digest") or "") for one in (first, second)]
    if not all(made_from):
        return (
            "It is not known whether both were made from the same records, so a difference may come from the records and "
            "not from the scenario. Work both out again before you compare them."
        )
    if made_from[0] != made_from[1]:
        days = " and ".join(british_date(one.as_of.isoformat()) for one in (first, second))
        when = f" (those of {days})" if first.as_of != second.as_of else ""
        return (
            f"They were made from different records{when}: digest {made_from[0][:8]} and {made_from[1][:8]}. A "
            "difference is not the scenario's alone. Work both out again before you compare them."
        )
    return ""


def _days(answer: Mapping[str, Any]) -> set[str]:
    return {row["date"] for row in answer["shortfall"]}


def _row(answer: Mapping[str, Any], group: str, day: str) -> Mapping[str, Any] | None:
    return next(
        (
            row
            for row in answer["shortfall"]
            if row["placement"] == group
            and row["date"] == day
            and row["age_band"] == "all"
            and row["p_short"] is not None
        ),
        None,
    )


def _fit_row(answer: Mapping[str, Any], group: str, day: str) -> Mapping[str, Any] | None:
    rows = answer["fit"].get("rows", ())
    return next((row for row in rows if row["placement"] == group and row["date"] == day), None)


def _cost(answer: Mapping[str, Any]) -> float | None:
    years = answer["costs"].get("years") or ()
    return float(years[0]["mean_pence"]) if years else None


def _three(before: float, after: float, scale: float = 1) -> tuple[str, str, str]:
    change = scale * (after - before)
    sign = "+" if round(change, 1) > 0 else ""
    return (
        number(round(scale * before, 1)),
        number(round(scale * after, 1)),
        f"{sign}{number(round(change, 1))}",
    )


def _bar(label: str, before: float, after: float) -> Bar:
    change = round(after - before, 1)
    return Bar(
        label=label, value=change, words=f"{'+' if change > 0 else ''}{number(change)}", stands_out=change > 0
    )
