"""Analyses that are kept: one in a line, a list of them, and the files of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.services.analyses import BedsSettings
from api.web.presenters.saved_plans import STATE_TAGS, when_words
from api.web.words import british_date, counted
from sufficiency.beds_tables import beds_tables
from sufficiency.report import Table
from sufficiency.report_indicators import indicator_table

if TYPE_CHECKING:
    from api.database.analysis_records import Analysis

_DONE = ("green", "Done")
_MORE_BEDS = {
    "fostering": ("more foster bed", "more foster beds"),
    "residential": ("more children's home bed", "more children's home beds"),
    "supported": ("more supported accommodation bed", "more supported accommodation beds"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisView:
    """One analysis in a line."""

    analysis_id: str
    kind: str
    name: str
    title: str
    about: str
    when: str
    by: str
    colour: str
    tag: str
    done: bool


def present_analysis(analysis: Analysis) -> AnalysisView:
    """Return one analysis in a line."""
    done = analysis.status == "done"
    colour, tag = _DONE if done else STATE_TAGS[analysis.status]
    when = when_words(analysis.asked_at)
    return AnalysisView(
        analysis_id=analysis.analysis_id,
        kind=analysis.kind,
        name=analysis.name or "",
        title=analysis.name or when,
        about=_about(analysis),
        when=when,
        by=analysis.asked_by,
        colour=colour,
        tag=tag,
        done=done,
    )


def present_list(found: Iterable[Analysis]) -> tuple[AnalysisView, ...]:
    """Return analyses in lines."""
    return tuple(map(present_analysis, found))


def present_files(kind: str, answer: Mapping[str, Any]) -> dict[str, Table]:
    """Return the tables of an analysis by the name of their files, small numbers withheld where they are children's."""
    if kind == "indicators":
        return {"indicators.csv": indicator_table(answer)}
    return {
        f"{part}-{place}.csv": table
        for part, tables in beds_tables(answer).items()
        for place, table in enumerate(tables, start=1)
    }


def settings_in_words(settings: Mapping[str, Any]) -> str:
    """Return what beds short were asked for, in words."""
    asked = BedsSettings.of(settings)
    said = [f"{asked.months} months"]
    if asked.late_openings:
        said.append("planned homes open late as often they do")
    if asked.starts_percent:
        said.append(f"{asked.starts_percent:+d}% children starting")
    if asked.leaving_percent:
        said.append(f"{asked.leaving_percent:+d}% leaving care at each age")
    said += [counted(beds, *_MORE_BEDS[group]) for group, beds in asked.more_beds.items() if beds]
    if asked.carers_come_and_go:
        loss = asked.carer_loss_percent
        said.append(
            f"foster carers come of {asked.carer_enquiries:,} enquiries a year, and "
            + ("stop as in England" if loss is None else f"{loss} in 100 stop in a year")
        )
    if asked.constellations:
        said.append(
            f"{counted(asked.constellations, 'Mockingbird constellation', 'Mockingbird constellations')} keeping "
            f"{asked.kept_by_constellation_percent} in 100 of those who would stop"
        )
    if not asked.is_scenario:
        said.append("as the records have it")
    return ", ".join(said)


def _about(analysis: Analysis) -> str:
    brief: Mapping[str, Any] = analysis.in_brief or {}
    if analysis.kind == "beds":
        return settings_in_words(analysis.settings)
    if analysis.kind == "indicators":
        return f"Year to {british_date(brief['at'])}" if "at" in brief else "Indicators"
    return str(brief.get("title") or "Annual report")
