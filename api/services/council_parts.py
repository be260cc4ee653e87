"""What the council itself writes: paragraphs of its report, its action plan, targets, candidate actions, its name.

Every version is kept with who wrote it; the newest stands. An analysis made afterwards takes it up, and one made before
says that it has changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from reference_data.cells import CellError, parse_date
from reference_data.problems import ImportIssue, ImportRejected, InvalidInput, NotFound

if TYPE_CHECKING:
    from api.database.records import Records

SECTION = "section-"
LONGEST_TEXT = 20_000
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def write_part(
    records: Records, authority: str, part: str, fields: Mapping[str, str], *, on: date | None = None
) -> None:
    """Write one part of the council's own from the fields of its form.

    Parameters
    ----------
    part
        ``council``, ``targets``, ``actions``, ``milestones`` (one of them, added or changed by its number), or
        ``section-`` and the key of a section.
    on
        Today, which the day since when stays are complete may not be after.

    Raises
    ------
    NotFound
        If there is no such part.
    InvalidInput, ImportRejected
        If a field cannot be used; nothing is written.
    """
    kept = records.analyses_of(authority)
    name: str = part
    content: Any
    if part == "council":
        content = _council(fields, on)
    elif part == "targets":
        content = _targets(fields)
    elif part == "actions":
        content = _actions(fields.get("text", ""))
    elif part == "milestones":
        present = kept.parts().get(part)
        content = _with_milestone(list(present.content) if present else [], fields)
    else:
        name, content = _section(part, fields.get("text", ""))
    version = kept.write_part(name, content, written_by=records.scope.actor)
    records.note(
        "council_part_written",
        authority=authority,
        subject_kind="council_part",
        subject_id=name,
        detail={"version": version},
    )


def _section(part: str, text: str) -> tuple[str, str]:
    from sufficiency.report_words import SECTIONS

    key = part.removeprefix(SECTION)
    if not part.startswith(SECTION) or key not in SECTIONS:
        raise NotFound("no_such_part", "There is no part of that name.")
    return f"section:{key}", _text(text)


def _text(text: str) -> str:
    cleaned = text.replace("\r\n", "\n").strip()
    if len(cleaned) > LONGEST_TEXT:
        raise InvalidInput("text_too_long", f"Write at most {LONGEST_TEXT:,} letters.")
    return cleaned


def _council(fields: Mapping[str, str], on: date | None) -> dict[str, Any]:
    colour = fields.get("colour", "").strip()
    if colour and not _COLOUR.fullmatch(colour):
        raise InvalidInput("colour", "Write the colour as #rrggbb.")
    if len(name := fields.get("council", "").strip()) > 100:
        raise InvalidInput("name_too_long", "Give a name of at most 100 letters.")
    budget = fields.get("yearly_budget_pounds", "").replace(",", "").removeprefix("£").strip()
    if budget and not re.fullmatch(r"[0-9]{1,12}", budget):
        raise InvalidInput("budget", "Write the yearly budget in whole pounds, of 0 or more.")
    return {
        "council": name,
        "colour": colour,
        "yearly_budget_pounds": int(budget) if budget else None,
        "stays_complete_since": _past_day(fields.get("stays_complete_since", "").strip(), on),
    }


def _past_day(text: str, on: date | None) -> str | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except CellError as error:
        raise InvalidInput("stays_complete_since", error.what_to_do) from None
    if on is not None and day > on:
        raise InvalidInput(
            "stays_complete_since", "Stays cannot be complete since a day that is yet to come."
        )
    return day.isoformat()


def _targets(fields: Mapping[str, str]) -> dict[str, str]:
    from sufficiency.indicators import definitions

    issues = []
    found = {}
    for definition in definitions():
        text = fields.get(definition.id, "").strip().removesuffix("%").strip()
        if not text:
            continue
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal(-1)
        if not value.is_finite() or not 0 <= value <= 1_000_000:
            issues.append(
                ImportIssue(
                    file="request",
                    row=None,
                    column=definition.name,
                    rule="target",
                    what_to_do="Write a number of 0 or more, or leave it empty.",
                )
            )
        else:
            found[definition.id] = str(value)
    if issues:
        raise ImportRejected(issues)
    return found


def _actions(text: str) -> str:
    from sufficiency.action_values import actions_from_text

    cleaned = _text(text)
    if cleaned:
        actions_from_text(cleaned)
    return cleaned


def _with_milestone(present: list[dict[str, Any]], fields: Mapping[str, str]) -> list[dict[str, Any]]:
    from sufficiency.action_plan import Milestone, problems_of_milestone

    names = tuple(Milestone.__dataclass_fields__)
    values: dict[str, Any] = {name: _text(fields.get(name, "")) for name in names}
    others = [one for one in present if one["number"] != values["number"]]
    if fields.get("remove"):
        return others
    if values["due"]:
        try:
            values["due"] = parse_date(values["due"])
        except CellError as error:
            raise InvalidInput("due", error.what_to_do) from None
    else:
        del values["due"]
    if wrong := problems_of_milestone(values):
        raise ImportRejected(
            [
                ImportIssue(file="request", row=None, column="milestone", rule=rule, what_to_do=what)
                for rule, what in wrong
            ]
        )
    due: date = values["due"]
    return sorted([*others, {**values, "due": due.isoformat()}], key=lambda one: _in_order(one["number"]))


def _in_order(number: str) -> list[tuple[int, int, str]]:
    """Return a key by which 3.2 comes before 3.10."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"[.\s]+", number)]
