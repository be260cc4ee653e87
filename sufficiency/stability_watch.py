"""Whom to look at before an indicator counts them: one move away, or long settled and under notice.

Names of children are ids, for those allowed to see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sufficiency.indicator import Asked
from sufficiency.stability_indicators import LONG_YEARS, THREE_OR_MORE, placements_since, years_before


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementNotice:
    """Notice that a placement must end, as far as it matters here."""

    child_id: str
    given_on: date
    ends_on: date | None
    outcome: str | None


def stability_watch(
    asked: Asked, notices: Iterable[PlacementNotice] = (), *, with_children: bool = False
) -> dict[str, Any]:
    """Return the children one move from counting as three placements, and the settled ones under notice.

    Parameters
    ----------
    notices
        Notices given; those without an outcome are open.
    with_children
        Whether to name them.

    Returns
    -------
    ``one_move_away`` and ``settled_under_notice``, each with ``number`` and ``children`` (``child_id``, ``since``, the
    first day of the placement, and ``ends_on`` where notice says), ``None`` where not asked for.
    """
    open_notices = {one.child_id: one for one in notices if one.outcome is None and one.given_on <= asked.at}
    one_away: list[Mapping[str, Any]] = []
    settled: list[Mapping[str, Any]] = []
    for child, _ in asked.records.looked_after_on(asked.at):
        own = placements_since(child, asked, asked.year_from)
        if len(own) == THREE_OR_MORE - 1:
            one_away.append({"child_id": child.child_id, "since": own[-1].started_on.isoformat()})
        notice = open_notices.get(child.child_id)
        long_since = years_before(asked.at, LONG_YEARS)
        if notice is not None and own and own[-1].started_on <= long_since:
            settled.append(
                {
                    "child_id": child.child_id,
                    "since": own[-1].started_on.isoformat(),
                    "ends_on": notice.ends_on and notice.ends_on.isoformat(),
                }
            )
    return {
        "one_move_away": _listed(one_away, with_children),
        "settled_under_notice": _listed(settled, with_children),
    }


def _listed(rows: list[Mapping[str, Any]], with_children: bool) -> dict[str, Any]:
    return {"number": len(rows), "children": [dict(row) for row in rows] if with_children else None}
