"""What is recorded of one child, or of one home, brought together in the order of days.

Nothing here is written: each entry is a record of its own, kept and changed where its kind is. A record that is
restricted to others, or another council's, is not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from api.alert_policy import LONDON
from api.database.kinds import KINDS
from api.database.provider_records import messages_of
from api.services.kept_records import as_json

if TYPE_CHECKING:
    from api.services.desk import Desk

OF_A_CHILD = {
    "stays": ("started_on",),
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
    at
        The instant at which it was recorded; ``None`` where that is not known.
    record_id
        Its own id; of a provider's link, and of what was said over it, the referral's.
    values
        What it holds, as JSON.
    """

    on: date | None
    at: datetime | None
    kind: str
    record_id: str
    values: dict[str, Any]


def story_of_child(desk: Desk, child_id: str) -> tuple[Entry, ...]:
    """Return what is recorded of a child in view, the newest first, records without a day last.

    Links by which providers were asked, and what was said over them, are among it, without anybody's free words.
    """
    return _newest_first(
        [*_kept(desk, OF_A_CHILD, child_id=child_id), *_said_over_links(desk, child_id=child_id)]
    )


def story_of_home(desk: Desk, home_id: str) -> tuple[Entry, ...]:
    """Return what is recorded of a home, the newest first, records without a day last."""
    return _newest_first(_kept(desk, OF_A_HOME, home_id=home_id))


def _kept(desk: Desk, kinds: Mapping[str, tuple[str, ...]], **of: str) -> list[Entry]:
    found: list[Entry] = []
    for kind, days in kinds.items():
        records = desk.records.kept(kind, desk.authority)
        of_kind = records.all(**of)
        written = records.first_written(of_kind) if of_kind else {}
        for one in of_kind:
            told = as_json(one)
            day = next((one.values[name] for name in days if one.values.get(name)), None)
            found.append(
                Entry(
                    on=day,
                    at=written.get(one.record_id),
                    kind=kind,
                    record_id=told["id"],
                    values=told["values"],
                )
            )
            if KINDS[kind].about_a_child:
                desk.records.viewed.append((KINDS[kind].record, told["id"]))
    return found


def _said_over_links(desk: Desk, **of: str) -> list[Entry]:
    found: list[Entry] = []

    def told(kind: str, at: datetime, **values: Any) -> None:
        day = at.astimezone(LONDON).date()
        found.append(Entry(on=day, at=at, kind=kind, record_id=referral.record_id, values=values))

    for referral in desk.records.kept("referrals", desk.authority).all(**of):
        for link in desk.records.links_of(desk.authority).of_referral(referral.record_id):
            told("provider_links", link.created_at, home_id=link.home_id)
            for said in messages_of(desk.records.connection, link):
                told(said.kind, said.at, home_id=link.home_id, reason=said.reason, vacancies=said.vacancies)
    return found


def _newest_first(found: list[Entry]) -> tuple[Entry, ...]:
    """Return entries by their day and, within one day, by the moment at which they were recorded."""

    def standing(one: Entry) -> tuple[Any, ...]:
        moment = 0.0 if one.at is None else one.at.timestamp()
        return (one.on is not None, one.on or date.min, moment, one.kind, one.record_id)

    return tuple(sorted(found, key=standing, reverse=True))
