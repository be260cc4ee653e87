"""The page on which the council writes its own parts of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from api.services.analysis_inputs import milestones_of
from api.web.presenters.saved_plans import when_words
from api.web.words import british_date
from sufficiency.action_plan import STATUSES, on_track_percent
from sufficiency.indicators import definitions
from sufficiency.report_words import SECTIONS

if TYPE_CHECKING:
    from api.database.analysis_records import CouncilPart

STATUS_WORDS = {status: status.replace("_", " ").capitalize() for status in STATUSES}
STATUS_COLOURS = {
    "complete": "green",
    "on_track": "green",
    "at_risk": "yellow",
    "late": "red",
    "not_started": "grey",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionForm:
    """The paragraphs of one section."""

    key: str
    heading: str
    text: str
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneView:
    """One milestone of the action plan."""

    number: str
    text: str
    owner: str
    due: str
    due_iso: str
    status: str
    words: str
    colour: str
    impact: str
    evidence: str
    opens_home: str
    doubt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsPage:
    """Every part as it stands."""

    council: str
    colour: str
    budget: str
    stays_complete_since: str
    sections: tuple[SectionForm, ...]
    targets: tuple[tuple[str, str, str], ...]
    actions: str
    milestones: tuple[MilestoneView, ...]
    on_track: str
    statuses: tuple[tuple[str, str], ...]
    written: Mapping[str, str]


def present_parts(parts: Mapping[str, CouncilPart], *, on: date) -> PartsPage:
    """Return the page; a milestone says what speaks against its status."""
    contents: dict[str, Any] = {name: part.content for name, part in parts.items()}
    council = contents.get("council") or {}
    budget = council.get("yearly_budget_pounds")
    targets = contents.get("targets") or {}
    milestones = milestones_of(contents)
    share = on_track_percent(milestones)
    return PartsPage(
        council=council.get("council") or "",
        colour=council.get("colour") or "",
        budget="" if budget is None else str(budget),
        stays_complete_since=council.get("stays_complete_since") or "",
        sections=tuple(
            SectionForm(
                key=key,
                heading=heading,
                text=contents.get(f"section:{key}") or "",
                written=_written(parts.get(f"section:{key}")),
            )
            for key, heading in SECTIONS.items()
        ),
        targets=tuple((one.id, one.name, str(targets.get(one.id, ""))) for one in definitions()),
        actions=contents.get("actions") or "",
        milestones=tuple(
            MilestoneView(
                number=one.number,
                text=one.text,
                owner=one.owner,
                due=british_date(one.due),
                due_iso=one.due.isoformat(),
                status=one.status,
                words=STATUS_WORDS[one.status],
                colour=STATUS_COLOURS[one.status],
                impact=one.impact,
                evidence=one.evidence,
                opens_home=one.opens_home,
                # Whether its home is in the list is told in the report, which reads the list of that day.
                doubt="" if one.opens_home else one.contradiction(on, {}),
            )
            for one in milestones
        ),
        on_track="" if share is None else f"{share:g}% are complete or on track by their owners’ word.",
        statuses=tuple(STATUS_WORDS.items()),
        written={name: _written(part) for name, part in parts.items()},
    )


def _written(part: CouncilPart | None) -> str:
    return "" if part is None else f"Written {when_words(part.written_at)} by {part.written_by}"
