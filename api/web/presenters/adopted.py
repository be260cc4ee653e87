"""The pages beside the forecast: one that was adopted against what happened, and a change that is tried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from api.database.forecast_records import KeptForecast
from api.web.charts import fan_chart
from api.web.presenters.alerts import moment
from api.web.presenters.sufficiency import fan_point
from api.web.presenters.track_record import signed
from api.web.words import british_date, group_words, number, sentence, short_month
from reference_data.vocabulary import PlacementGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """One month of an adopted forecast and what happened."""

    month: str
    middle: str
    four_in_five: str
    happened: str
    held: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """How far a forecast was out for one kind of home."""

    name: str
    error: str
    same_as_today: str
    held: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedPage:
    """One adopted forecast beside what happened; ``lacking`` says why there is nothing to set beside it yet."""

    forecast_id: str
    title: str
    adopted: str
    sentences: tuple[str, ...]
    lacking: str
    picture: Markup
    months: tuple[MonthRow, ...]
    kinds: tuple[KindRow, ...]
    others: tuple[tuple[str, str], ...]


def present_adopted(
    kept: KeptForecast, found: Mapping[str, Any] | None, lacking: str, others: Sequence[KeptForecast]
) -> AdoptedPage:
    """Return the page of an adopted forecast.

    Parameters
    ----------
    found
        What ``AgainstActual.as_dict`` returned, or ``None`` with the reason in ``lacking``.
    others
        Every adopted forecast, for the list of links.
    """
    months = () if found is None else found["months"]
    sentences = () if found is None else tuple(sentence(text) for text in found["text"])
    return AdoptedPage(
        forecast_id=kept.forecast_id,
        title=f"The forecast of {british_date(kept.starts_on)}",
        adopted=_adopted(kept),
        sentences=sentences,
        lacking=sentence(lacking) if lacking else "",
        picture=fan_chart(
            chart_id="against-actual",
            title=f"Children in care: the forecast of {british_date(kept.starts_on)} and what happened",
            description=" ".join(sentences[:2]) or lacking,
            points=[fan_point(row) for row in kept.answer["totals"]],
            happened=[(date.fromisoformat(row["date"]), float(row["happened"])) for row in months],
        ),
        months=tuple(_month(row) for row in months),
        kinds=()
        if found is None
        else tuple(_kind(row) for row in (found["total"], *found["placements"]) if row["months"]),
        others=tuple(
            (one.forecast_id, f"{british_date(one.starts_on)}. {_adopted(one)}")
            for one in others
            if one.forecast_id != kept.forecast_id
        ),
    )


def _adopted(kept: KeptForecast) -> str:
    if kept.adopted_at is None:
        return ""
    return f"Adopted {moment(kept.adopted_at.isoformat())} by {kept.adopted_by}."


def _month(row: Mapping[str, Any]) -> MonthRow:
    return MonthRow(
        month=short_month(row["date"]),
        middle=number(round(row["p50"])),
        four_in_five=f"{number(round(row['p10']))} to {number(round(row['p90']))}",
        happened=number(row["happened"]),
        held="Yes" if row["inside"]["80"] else "No",
    )


def _kind(row: Mapping[str, Any]) -> KindRow:
    held = row["held_percent"]["80"]
    return KindRow(
        name="All children" if row["placement"] == "all" else group_words(row["placement"]),
        error=number(round(row["mean_absolute_error"], 1)),
        same_as_today=number(round(row["mean_absolute_error_same_as_today"], 1)),
        held="No children" if held is None else f"{held:.0f}%",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfRow:
    """One number at the end of the forecast, as it is and with the change."""

    name: str
    base: str
    base_range: str
    changed: str
    changed_range: str
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfPage:
    """A change that is tried out; without ``rows`` nothing has been tried yet."""

    starts: str
    leaving: str
    problems: tuple[dict[str, str], ...]
    starts_problem: str
    leaving_problem: str
    in_brief: str
    end: str
    rows: tuple[WhatIfRow, ...]
    short_rows: tuple[tuple[str, str, str], ...]


def present_what_if(
    *,
    starts: str,
    leaving: str,
    problems: Mapping[str, str],
    base: Mapping[str, Any] | None = None,
    changed: Mapping[str, Any] | None = None,
) -> WhatIfPage:
    """Return the page that sets a forecast beside itself with a change, on the same luck."""
    rows: tuple[WhatIfRow, ...] = ()
    short: tuple[tuple[str, str, str], ...] = ()
    brief = end = ""
    if base is not None and changed is not None:
        end = british_date(base["totals"][-1]["date"])
        rows = tuple(_what_if_rows(base, changed))
        short = tuple(_short_rows(base, changed))
        brief = (
            f"With this change there are on average {_more_or_fewer(base, changed)} on {end}, in the same futures: what "
            "differs is the change and not chance."
        )
    return WhatIfPage(
        starts=starts,
        leaving=leaving,
        problems=tuple({"text": text, "href": f"#{name}"} for name, text in problems.items()),
        starts_problem=problems.get("starts", ""),
        leaving_problem=problems.get("leaving", ""),
        in_brief=brief,
        end=end,
        rows=rows,
        short_rows=short,
    )


def _more_or_fewer(base: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    difference = round(changed["totals"][-1]["mean"] - base["totals"][-1]["mean"])
    if difference == 0:
        return "as many children"
    noun = "child" if abs(difference) == 1 else "children"
    return f"{abs(difference):,} {'more' if difference > 0 else 'fewer'} {noun}"


def _what_if_rows(base: Mapping[str, Any], changed: Mapping[str, Any]) -> list[WhatIfRow]:
    pairs = [("All children", base["totals"][-1], changed["totals"][-1])]
    for group in PlacementGroup:
        before = [row for row in base["placements"] if row["placement"] == group][-1]
        after = [row for row in changed["placements"] if row["placement"] == group][-1]
        pairs.append((group_words(group), before, after))
    return [
        WhatIfRow(
            name=name,
            base=number(round(before["p50"])),
            base_range=f"{number(round(before['p10']))} to {number(round(before['p90']))}",
            changed=number(round(after["p50"])),
            changed_range=f"{number(round(after['p10']))} to {number(round(after['p90']))}",
            difference=signed(after["mean"] - before["mean"]),
        )
        for name, before, after in pairs
    ]


def _short_rows(base: Mapping[str, Any], changed: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return beds short at the end in nine futures of ten, as it is and with the change, where beds were counted."""
    if base["shortfall_status"] == "NOT_ASSESSED":
        return []
    last = base["totals"][-1]["date"]

    def short(answer: Mapping[str, Any], group: str) -> str:
        row = next(
            row
            for row in answer["shortfall"]
            if (row["placement"], row["age_band"], row["date"]) == (group, "all", last)
        )
        return (
            "Not assessed" if row["beds_short_p90"] is None else number(round(row["beds_short_p90"] + 0.499))
        )

    groups = dict.fromkeys(row["placement"] for row in base["shortfall"])
    return [(group_words(group), short(base, group), short(changed, group)) for group in groups]
