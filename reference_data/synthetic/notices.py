"""Notices that homes and carers gave in the year before a day: those that run, those withdrawn, those that ended a stay.

Twenty-eight days is the usual term of a contract and no law. Who must move now and why is in ``searches.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from reference_data.synthetic.choices import between, chance, one_of, stock, stream, weighted
from reference_data.synthetic.history import History, Placement, Whereabouts
from reference_data.synthetic.on_the_day import InCare, children_in_care, kind_of
from reference_data.synthetic.searches import NOTICE_DAYS, Search, open_searches
from reference_data.vocabulary import PlacementType

ROOM = 33
YEAR_DAYS = 365
IMMEDIATE = 0.22
"""Share of the notices that end a placement at once. Our assumption."""
WITHDRAWN = 0.12
"""Notices withdrawn for each that ended a placement. Our assumption."""

Row = dict[str, object]

_REASONS_BY_CODE: Mapping[str, Mapping[str, float]] = {
    "CREQB": {"behaviour": 5, "needs_not_met": 3, "missing_episodes": 2, "impact_on_residents": 3},
    "CREQO": {"carer_circumstances": 6, "staffing": 2, "end_of_terms": 2},
    "CLOSE": {"closing": 1},
    "STAND": {"closing": 1, "staffing": 2},
    "APPRR": {"end_of_terms": 1},
    "ALLEG": {"allegation": 1},
}
"""From the reason that the return gives for a change of placement to the reason of the notice."""
_AT_ONCE = frozenset({"allegation"})
_CARERS_HAVE_NO = frozenset({"staffing", "impact_on_residents"})
_FOSTERING_HAS_NO_NOTICE_FROM = frozenset({PlacementType.WITH_PARENTS, PlacementType.ADOPTION})
_SAID: Mapping[str, tuple[str, ...]] = {
    "needs_not_met": (
        "We can no longer keep the child safe with what we have",
        "The needs are greater than the referral said",
        "Respite and therapy have not been enough",
    ),
    "impact_on_residents": (
        "The others in the home are frightened",
        "Two residents cannot be in the same room",
        "The match was wrong from the start and the review agreed",
    ),
    "behaviour": (
        "Damage to the house for the third time this month",
        "Threats with a kitchen knife",
        "Nobody in the house has slept for a week",
    ),
    "missing_episodes": ("Missing eleven times in four weeks", "Adults wait outside in cars"),
    "staffing": ("The manager has left and two posts are empty", "No waking night staff from next month"),
    "closing": ("The provider is closing the home", "The home's registration is to end"),
    "carer_circumstances": (
        "Retiring after many years",
        "Illness in the family",
        "Moving house and will have one room fewer",
    ),
    "allegation": ("An allegation is being looked into; the child may not stay meanwhile",),
    "end_of_terms": ("Agreed for a fixed time and that is over", "Outside the terms of approval"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notice:
    child_id: str
    home_id: str
    kind: PlacementType | None
    given_on: date
    days: int
    reason: str
    outcome: str
    outcome_on: date | None


def invent_notices(
    histories: Mapping[str, History],
    homes: Sequence[Mapping[str, object]],
    whereabouts: Mapping[tuple[str, int], Whereabouts],
    on: date,
    seed: int,
) -> list[Row]:
    """Return a year's notices of every authority in the layout of the record ``notice``, oldest first."""
    providers = {str(home["home_id"]): str(home.get("provider", "")) for home in homes}
    rows = []
    for authority in sorted(histories):
        history = histories[authority]
        rng = stream(seed, authority, ROOM)
        searches = open_searches(history, homes, whereabouts, on=on, seed=seed)
        notices = [
            *_that_ended_a_stay(history, whereabouts, on, rng),
            *_that_run(searches),
        ]
        ended = sum(notice.outcome == "moved" for notice in notices)
        sought = {search.child.child_id for search in searches}
        staying = [
            one for one in children_in_care(history, whereabouts, on) if one.child.child_id not in sought
        ]
        notices += _withdrawn(staying, round(WITHDRAWN * ended), on, rng)
        notices.sort(key=lambda notice: (notice.given_on, notice.child_id))
        rows += [
            _row(notice, authority, number, providers, rng) for number, notice in enumerate(notices, start=1)
        ]
    return rows


def _that_ended_a_stay(
    history: History, whereabouts: Mapping[tuple[str, int], Whereabouts], on: date, rng: np.random.Generator
) -> list[_Notice]:
    found = []
    for placement in history.placements:
        kind = kind_of(placement.place, placement.provider)
        ended = placement.ended_on
        weights = _REASONS_BY_CODE.get(placement.reason_ended)
        if weights is None or kind is None or kind in _FOSTERING_HAS_NO_NOTICE_FROM or ended is None:
            continue
        if not on - timedelta(days=YEAR_DAYS) < ended <= on:
            continue
        reason = weighted(rng, weights)
        if reason in _CARERS_HAVE_NO and placement.place.startswith("U"):
            reason = "needs_not_met"
        days = _days(reason, rng)
        given = max(placement.started_on, ended - timedelta(days=days))
        found.append(
            _Notice(
                child_id=placement.child_id,
                home_id=_home(whereabouts, history, placement),
                kind=kind,
                given_on=given,
                days=(ended - given).days,
                reason=reason,
                outcome="moved",
                outcome_on=ended,
            )
        )
    return found


def _that_run(searches: Sequence[Search]) -> list[_Notice]:
    reasons = {row["reason"]: row["notice"] for row in stock("move_reasons")}
    found = []
    for search in searches:
        reason = reasons.get(search.move_reason, "")
        if reason and search.in_care is not None:
            at_once = search.situation.name == "breakdown"
            found.append(
                _Notice(
                    child_id=search.child.child_id,
                    home_id=search.in_care.home_id,
                    kind=search.in_care.kind,
                    given_on=search.opened_on,
                    days=0 if at_once else (search.needed_by - search.opened_on).days,
                    reason=reason,
                    outcome="open",
                    outcome_on=None,
                )
            )
    return found


def _withdrawn(staying: Sequence[InCare], count: int, on: date, rng: np.random.Generator) -> list[_Notice]:
    able = [
        one
        for one in staying
        if one.placed_days > 120
        and one.kind in {PlacementType.CHILDRENS_HOME, PlacementType.AGENCY_FOSTER_CARER}
    ]
    found = []
    for index in rng.permutation(len(able))[:count]:
        one = able[int(index)]
        given = on - timedelta(days=between(rng, 35, min(YEAR_DAYS - 1, one.placed_days - 30)))
        reasons = ("needs_not_met", "behaviour", "missing_episodes")
        found.append(
            _Notice(
                child_id=one.child.child_id,
                home_id=one.home_id,
                kind=one.kind,
                given_on=given,
                days=NOTICE_DAYS,
                reason=one_of(rng, reasons),
                outcome="withdrawn",
                outcome_on=given + timedelta(days=between(rng, 4, NOTICE_DAYS - 1)),
            )
        )
    return found


def _row(
    notice: _Notice, authority: str, number: int, providers: Mapping[str, str], rng: np.random.Generator
) -> Row:
    row: Row = {
        "notice_id": f"DEMO-T{authority}-{number:04d}",
        "child_id": notice.child_id,
        "authority": authority,
    }
    if notice.home_id:
        row["home_id"] = notice.home_id
        if providers.get(notice.home_id):
            row["provider"] = providers[notice.home_id]
    if notice.kind is not None:
        row["type_of_home"] = notice.kind.value
        row["given_by"] = _giver(notice.kind, rng)
    row["given_on"] = notice.given_on.isoformat()
    row["notice_days"] = notice.days
    row["ends_on"] = (notice.given_on + timedelta(days=notice.days)).isoformat()
    if chance(rng, 0.94):
        row["reason"] = notice.reason
        row["said"] = one_of(rng, _SAID[notice.reason])
    else:
        row["reason"] = "no_reason_given"
    row["outcome"] = notice.outcome
    if notice.outcome_on is not None:
        row["outcome_on"] = notice.outcome_on.isoformat()
    return row


def _giver(kind: PlacementType, rng: np.random.Generator) -> str:
    if kind is PlacementType.IN_HOUSE_FOSTER_CARER or kind is PlacementType.CONNECTED_FOSTER_CARER:
        return "foster carer"
    if kind is PlacementType.AGENCY_FOSTER_CARER:
        return weighted(rng, {"agency's social worker": 7, "foster carer": 3})
    return weighted(rng, {"registered manager": 7, "provider's responsible individual": 3})


def _days(reason: str, rng: np.random.Generator) -> int:
    if reason in _AT_ONCE or chance(rng, IMMEDIATE):
        return 0
    if reason in {"closing", "carer_circumstances"} and chance(rng, 0.3):
        return between(rng, 6, 12) * 7
    return NOTICE_DAYS


def _home(whereabouts: Mapping[tuple[str, int], Whereabouts], history: History, placement: Placement) -> str:
    where = whereabouts.get((history.authority, placement.placement_id))
    return where.home_id if where else ""
