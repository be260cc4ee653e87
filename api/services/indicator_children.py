"""The children counted in one indicator, looked up when somebody asks.

Their ids are kept in no answer: a list of children is made for whoever may see it, from the records as that reader sees
them, and the audit keeps that it was shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from api.services.analyses import IndicatorSettings
from reference_data.problems import NotFound

if TYPE_CHECKING:
    from api.database.analysis_records import Analysis
    from api.database.records import Records

WATCHES = {
    "one_move_away": "One move from counting as three placements",
    "settled_under_notice": "Settled for long, and under notice",
    "meetings_overdue": "A stability meeting was due and has not been held",
    "without_a_meeting": "Watched, and no stability meeting held or to come",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedChildren:
    """Children behind one figure.

    Parameters
    ----------
    rows
        Id, and where known since when the child lives there and when the placement must end.
    withheld
        How many of them this reader may not see.
    """

    name: str
    at: date
    rows: tuple[tuple[str, str, str], ...]
    withheld: int


def children_counted(records: Records, authority: str, analysis: Analysis, indicator: str) -> CountedChildren:
    """Return the children counted in one indicator, or in one list of the stability watch.

    Raises
    ------
    NotFound
        If the analysis is not of indicators, or there is no such indicator.
    """
    from dataclasses import replace

    from api.services.analysis_inputs import indicator_question
    from sufficiency.indicators import children_of, definitions

    names = {one.id: one.name for one in definitions()} | WATCHES
    if analysis.kind != "indicators" or analysis.answer is None or indicator not in names:
        raise NotFound("no_such_indicator", "There is no indicator of that name.")
    settings = replace(IndicatorSettings.of(analysis.settings), at=date.fromisoformat(analysis.answer["at"]))
    returns = records.returns()
    # Notices and returns are looked up whole; what this reader may not see is left out of the rows.
    question = indicator_question(records, authority, returns, settings)
    found: list[Mapping[str, Any]] = children_of(returns, question, indicator)
    shown = [one for one in found if one["child_id"] not in records.seen.hidden]
    return CountedChildren(
        name=names[indicator],
        at=question.at,
        rows=tuple(
            (
                records.seen.child(one["child_id"]),
                one.get("since") or "",
                one.get("ends_on") or "",
            )
            for one in shown
        ),
        withheld=len(found) - len(shown),
    )
