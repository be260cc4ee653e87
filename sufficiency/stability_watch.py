"""Whom to look at before an indicator counts them: one move away, or long settled and under notice; and who met on it.

Names of children are ids, for those allowed to see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sufficiency.forecast import ASSESSED, NOT_ASSESSED
from sufficiency.indicator import Asked
from sufficiency.stability_indicators import LONG_YEARS, THREE_OR_MORE, placements_since, years_before

OPEN = "open"
NO_MEETINGS = "Give the stability meetings: when each was due, and when it was held."
WATCHED = ("one_move_away", "settled_under_notice", "meetings_overdue", "without_a_meeting")
"""The lists of the watch that name children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementNotice:
    """Notice that a placement must end, as far as it matters here.

    Parameters
    ----------
    outcome, outcome_on
        What came of it and when; ``None`` or ``open`` while it runs.
    """

    child_id: str
    given_on: date
    ends_on: date | None = None
    outcome: str | None = None
    outcome_on: date | None = None

    def runs_on(self, day: date) -> bool:
        """Say whether it ran on a day: given by then, and neither withdrawn nor carried out until after it."""
        if self.given_on > day:
            return False
        return self.outcome in (None, OPEN) or (self.outcome_on is not None and self.outcome_on > day)


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityMeeting:
    """A meeting on how to keep a child's placement, planned or held.

    Parameters
    ----------
    held_on
        ``None`` while it has not been held.
    """

    child_id: str
    due_on: date
    held_on: date | None = None

    def held_by(self, day: date) -> bool:
        """Say whether it had been held by a day."""
        return self.held_on is not None and self.held_on <= day


def notice_of(values: Mapping[str, Any]) -> PlacementNotice:
    """Return a notice from a record's values."""
    return PlacementNotice(**{name: values.get(name) for name in PlacementNotice.__dataclass_fields__})  # type: ignore[arg-type]


def meeting_of(values: Mapping[str, Any]) -> StabilityMeeting:
    """Return a stability meeting from a record's values."""
    return StabilityMeeting(**{name: values.get(name) for name in StabilityMeeting.__dataclass_fields__})  # type: ignore[arg-type]


def stability_watch(
    asked: Asked,
    notices: Iterable[PlacementNotice] = (),
    meetings: Iterable[StabilityMeeting] = (),
    *,
    with_children: bool = False,
) -> dict[str, Any]:
    """Return the children one move from counting as three placements, the settled ones under notice, and the meetings.

    Parameters
    ----------
    notices
        Notices given; those that ran on the last night counted are looked at.
    meetings
        Stability meetings of the children looked after, due or held.
    with_children
        Whether to name them.

    Returns
    -------
    ``one_move_away`` and ``settled_under_notice``, each with ``number`` and ``children`` (``child_id``, ``since``, the
    first day of the placement, and ``ends_on`` where notice says), ``None`` where not asked for; ``meetings``
    (``status``, ``reason``, ``held`` in the year, ``overdue``, ``to_come``); ``meetings_overdue`` (``since`` is the day
    one was due) and ``without_a_meeting``: those watched for whom none was held since their placement began, and none
    is to come. Without any meeting given the three are not assessed.
    """
    running = {one.child_id: one for one in notices if one.runs_on(asked.at)}
    one_away: list[Mapping[str, Any]] = []
    settled: list[Mapping[str, Any]] = []
    long_since = years_before(asked.at, LONG_YEARS)
    here = asked.records.looked_after_on(asked.at)
    for child, _ in here:
        own = placements_since(child, asked, asked.year_from)
        if len(own) == THREE_OR_MORE - 1:
            one_away.append({"child_id": child.child_id, "since": own[-1].started_on.isoformat()})
        notice = running.get(child.child_id)
        if notice is not None and own and own[-1].started_on <= long_since:
            settled.append(
                {
                    "child_id": child.child_id,
                    "since": own[-1].started_on.isoformat(),
                    "ends_on": notice.ends_on and notice.ends_on.isoformat(),
                }
            )
    ids = {child.child_id for child, _ in here}
    watched = {row["child_id"]: row for row in (*one_away, *settled)}
    return {
        "one_move_away": _listed(one_away, with_children),
        "settled_under_notice": _listed(settled, with_children),
        **_meetings(asked, [one for one in meetings if one.child_id in ids], watched, with_children),
    }


def _meetings(
    asked: Asked,
    meetings: list[StabilityMeeting],
    watched: Mapping[str, Mapping[str, Any]],
    with_children: bool,
) -> dict[str, Any]:
    if not meetings:
        nobody = {"number": None, "children": None}
        told = {"status": NOT_ASSESSED, "reason": NO_MEETINGS, "held": None, "overdue": None, "to_come": None}
        return {"meetings": told, "meetings_overdue": nobody, "without_a_meeting": nobody}
    open_ones = [one for one in meetings if not one.held_by(asked.at)]
    overdue = sorted(
        (one for one in open_ones if one.due_on <= asked.at), key=lambda one: (one.due_on, one.child_id)
    )
    to_come = [one for one in open_ones if one.due_on > asked.at]
    held = [one for one in meetings if one.held_by(asked.at)]
    seen_to = {one.child_id for one in to_come} | {
        one.child_id
        for one in held
        if one.child_id in watched
        and one.held_on
        and one.held_on.isoformat() >= watched[one.child_id]["since"]
    }
    return {
        "meetings": {
            "status": ASSESSED,
            "reason": "",
            "held": sum(one.held_on is not None and one.held_on >= asked.year_from for one in held),
            "overdue": len(overdue),
            "to_come": len(to_come),
        },
        "meetings_overdue": _listed(
            [{"child_id": one.child_id, "since": one.due_on.isoformat()} for one in overdue], with_children
        ),
        "without_a_meeting": _listed(
            [row for child_id, row in watched.items() if child_id not in seen_to], with_children
        ),
    }


def _listed(rows: list[Mapping[str, Any]], with_children: bool) -> dict[str, Any]:
    return {"number": len(rows), "children": [dict(row) for row in rows] if with_children else None}
