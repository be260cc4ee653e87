"""What is recorded of one child, or of one home, brought together in the order of days.

Nothing here is written: each entry is a record of its own, kept and changed where its kind is. A record that is
restricted to others, or another council's, is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from api.database.kinds import KINDS
from api.services.kept_records import as_json

if TYPE_CHECKING:
    from api.services.desk import Desk

OF_A_CHILD = {
    "needs_assessments": ("assessed_on",),
    "enquiries": ("asked_on",),
    "nominations": ("nominated_on",),
    "notices": ("given_on",),
    "stability_meetings": ("held_on", "due_on"),
    "decisions": ("decided_on",),
    "placements": ("starts_on",),
    "moves": ("moved_on",),
}
"""The kinds of record about a child, and the field that dates one: the first that is filled."""
OF_A_HOME = {
    "concerns": ("raised_on",),
    "quality_visits": ("visited_on",),
    "voids": ("from_on",),
}
"""The kinds of record about a home, and what dates one. None of them names a child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record of a story.

    Parameters
    ----------
    on
        Its day; ``None`` where none is recorded.
    values
        What it holds, as JSON.
    """

    on: date | None
    kind: str
    record_id: str
    values: dict[str, Any]


def story_of_child(desk: Desk, child_id: str) -> tuple[Entry, ...]:
    """Return what is recorded of a child in view, the newest first, records without a day last."""
    return _story(desk, OF_A_CHILD, child_id=child_id)


def story_of_home(desk: Desk, home_id: str) -> tuple[Entry, ...]:
    """Return what is recorded of a home, the newest first, records without a day last."""
    return _story(desk, OF_A_HOME, home_id=home_id)


def _story(desk: Desk, kinds: Mapping[str, tuple[str, ...]], **of: str) -> tuple[Entry, ...]:
    found: list[Entry] = []
    for kind, days in kinds.items():
        for one in desk.records.kept(kind, desk.authority).all(**of):
            told = as_json(one)
            day = next((one.values[name] for name in days if one.values.get(name)), None)
            found.append(Entry(on=day, kind=kind, record_id=told["id"], values=told["values"]))
            if KINDS[kind].about_a_child:
                desk.records.viewed.append((KINDS[kind].record, told["id"]))
    return tuple(
        sorted(
            found,
            key=lambda one: (one.on is not None, one.on or date.min, one.kind, one.record_id),
            reverse=True,
        )
    )
