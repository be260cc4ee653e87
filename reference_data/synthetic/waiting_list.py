"""The waiting list of the invented partnership on a day: one referral for every open search, as the contract lays it out.

Which searches are open, and why, is in ``searches.py``; each part of a referral has a room of its own. Facts are missing
here and there on purpose, as they are in life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from reference_data.ages import age_on
from reference_data.synthetic.asked_for import AskedFor, asked_for
from reference_data.synthetic.choices import between, chance, shuffled, stream, weighted
from reference_data.synthetic.history import History, Whereabouts
from reference_data.synthetic.preferred import preferred
from reference_data.synthetic.scores import (
    NO_SCORES,
    OLD_SCORES,
    alongside_part,
    needs_part,
    rated_needs,
    risks_part,
)
from reference_data.synthetic.searches import Search, open_searches
from reference_data.synthetic.situations import turns_18
from reference_data.synthetic.what_matters import WhatMatters
from reference_data.synthetic.wishes import NOT_ASKED, YOUNGEST_ASKED, Wishes
from reference_data.vocabulary import Urgency

ROOM = 32
LEFT_BLANK = 0.05
"""Chance that one of the lesser facts has not been recorded. Our assumption."""
SECURE_WITHOUT_MINISTER_AGE = 13
_REQUIRED_BY_PURPOSE = {
    "parent_and_child": ["parent_and_child"],
    "fostering_for_adoption": ["fostering_for_adoption"],
}
_LEAST_DOL_AGE = 10

Row = dict[str, object]


def invent_referrals(
    histories: Mapping[str, History],
    homes: Sequence[Mapping[str, object]],
    whereabouts: Mapping[tuple[str, int], Whereabouts],
    on: date,
    seed: int,
) -> list[Row]:
    """Return the referrals of every authority that are open on a day, in the layout of the contract.

    Authorities come in order of their code, and the most urgent children first.

    Parameters
    ----------
    homes
        Home rows of that day, for the homes that are to close.
    """
    rows = []
    for authority in sorted(histories):
        searches = open_searches(histories[authority], homes, whereabouts, on=on, seed=seed)
        rows += referrals_of(searches, authority, on=on, seed=seed)
    return rows


def referrals_of(searches: Sequence[Search], authority: str, *, on: date, seed: int) -> list[Row]:
    """Return the referrals of one authority's searches, in their order."""
    rng = stream(seed, authority, ROOM)
    matters = WhatMatters(authority=authority, on=on, rng=rng)
    wishes = Wishes(on=on, rng=rng)
    unscored, old, unasked = _gaps(searches, on, rng)
    shared: dict[str, AskedFor] = {}
    rows = []
    for number, search in enumerate(searches, start=1):
        child_id = search.child.child_id
        age = age_on(search.child.date_of_birth, on)
        asked = _asked_for(search, searches, on, rng, shared)
        scores = rated_needs(search.child, rng)
        alongside, ratio = alongside_part(scores, search, rng)
        places, school = matters.places(search)
        row: Row = {
            "referral_id": f"DEMO-R{authority}-{number:03d}",
            "child_id": child_id,
            "authority": authority,
            "date_of_birth": search.child.date_of_birth.isoformat(),
            "age_basis": _age_basis(search, rng),
            "sex": search.child.sex,
        }
        _put(row, "legal_status", search.legal_status)
        if search.child.uasc:
            row["uasc"] = True
        _put(row, "home_postcode", search.child.home_postcode)
        row |= {
            "search_opened_at": search.opened_on.isoformat(),
            "needed_by": search.needed_by.isoformat(),
            "urgency": search.urgency.value,
        }
        if search.urgency is Urgency.PLANNED and chance(rng, 0.15):
            row["may_wait_days"] = between(rng, 1, 4) * 7
        row["placement_purpose"] = search.situation.purpose
        _put(row, "expected_stay_days", _expected_stay(search, on, rng))
        _put(row, "acceptable_types", [kind.value for kind in asked.acceptable_types])
        _put(row, "suitability", asked.suitability)
        _put(row, "support_or_care", _unless_blank(rng, asked.support_or_care))
        no_scores = child_id in unscored
        row |= needs_part(search, None if no_scores else scores, old=child_id in old, on=on, rng=rng)
        if not (no_scores and chance(rng, 0.5)):
            row["risks"] = risks_part(search, on, rng)
        _put(row, "alongside", _unless_blank(rng, alongside))
        _put(row, "adult_ratio", _unless_blank(rng, ratio))
        _put(row, "communication", _communication(search, rng))
        _put(row, "sibling_group", search.sibling_group)
        _put(row, "siblings_together", search.together)
        _put(row, "not_with", list(search.not_with))
        _put(row, "avoid", matters.avoid(search))
        _put(row, "requires", _requires(search, alongside, scores, rng))
        _put(row, "important_places", places)
        _put(row, "prefers", preferred(search, school, on, rng))
        _put(row, "max_weekly_fee_pounds", asked.max_weekly_fee_pounds)
        row |= _orders(search, scores, age, on, rng)
        row |= _where_now(search)
        row["wishes"] = wishes.of(search, keeps_school=bool(school), asked=child_id not in unasked)
        rows.append(row)
    return rows


def _gaps(
    searches: Sequence[Search], on: date, rng: np.random.Generator
) -> tuple[set[str], set[str], set[str]]:
    """Return the ids of children with no scores, with old ones, and not asked for their wishes yet."""

    def some(eligible: list[str], share: float) -> set[str]:
        return set(shuffled(rng, eligible)[: max(1, round(share * len(searches)))])

    by_age = {s.child.child_id: age_on(s.child.date_of_birth, on) for s in searches}
    unknown = {
        "parent_in_hospital",
        "bridging_ends",
        "planned_child",
        "child_in_two_days",
        "unaccompanied",
        "hospital",
    }
    unscored = some([s.child.child_id for s in searches if s.situation.name in unknown], NO_SCORES)
    old = some(
        [
            s.child.child_id
            for s in searches
            if s.in_care is not None
            and s.child.child_id not in unscored
            and (s.opened_on - s.in_care.care_started_on).days > 330
        ],
        OLD_SCORES,
    )
    said_already = {"siblings_apart", "settled", "connected_carer"}
    unasked = some(
        [
            s.child.child_id
            for s in searches
            if by_age[s.child.child_id] >= YOUNGEST_ASKED and s.situation.name not in said_already
        ],
        NOT_ASKED,
    )
    return unscored, old, unasked


def _asked_for(
    search: Search,
    searches: Sequence[Search],
    on: date,
    rng: np.random.Generator,
    shared: dict[str, AskedFor],
) -> AskedFor:
    age = age_on(search.child.date_of_birth, on)
    if search.together != "must":
        return asked_for(search, age, rng)
    if search.sibling_group not in shared:
        # One home for all of them: what can be asked for is what the youngest may have.
        group = [s for s in searches if s.sibling_group == search.sibling_group]
        youngest = max(group, key=lambda s: s.child.date_of_birth)
        shared[search.sibling_group] = asked_for(youngest, age_on(youngest.child.date_of_birth, on), rng)
    return shared[search.sibling_group]


def _age_basis(search: Search, rng: np.random.Generator) -> str:
    if not search.child.uasc:
        return "known"
    return weighted(rng, {"claimed": 60, "known": 28, "disputed": 12})


def _expected_stay(search: Search, on: date, rng: np.random.Generator) -> int | None:
    if search.situation.stay is None or chance(rng, LEFT_BLANK):
        return None
    days = between(rng, *search.situation.stay)
    # Nobody is expected to stay in care beyond the eighteenth birthday.
    return max(1, min(days, turns_18(search.child, max(on, search.needed_by))))


def _communication(search: Search, rng: np.random.Generator) -> list[str]:
    if search.child.uasc:
        return ["ESOL"] if chance(rng, 0.8) else []
    if search.child.disabled:
        way = weighted(rng, {"Makaton": 35, "BSL": 10, "": 55})
        return [way] if way else []
    return ["BSL"] if chance(rng, 0.005) else []


def _requires(
    search: Search, alongside: str, scores: Mapping[str, int], rng: np.random.Generator
) -> list[str]:
    found = list(_REQUIRED_BY_PURPOSE.get(search.situation.purpose, ()))
    if search.situation.name == "wheelchair":
        found += ["step_free", weighted(rng, {"ground_floor_bedroom": 5, "hoist": 5})]
    elif search.child.disabled and chance(rng, 0.25):
        found.append("step_free")
    if alongside == "solo" and chance(rng, 0.6):
        found.append("solo")
    if (alongside == "solo" or search.situation.name == "secure_ends" or scores["risk"] >= 85) and chance(
        rng, 0.6
    ):
        found.append("waking_night_staff")
    return found


def _orders(search: Search, scores: Mapping[str, int], age: int, on: date, rng: np.random.Generator) -> Row:
    if search.situation.name == "secure_ends":
        until = search.needed_by
        found: Row = {"secure_order": True, "secure_order_until": until.isoformat()}
        if search.in_care is not None and age < SECURE_WITHOUT_MINISTER_AGE:
            found["sos_approval_on"] = search.in_care.placed_on.isoformat()
        return found
    heavy = max(scores["behaviour"], scores["risk"])
    ordered = search.legal_status in {"C1", "C2"} and age >= _LEAST_DOL_AGE
    if ordered and search.situation.name == "unregistered" and heavy >= 75 and chance(rng, 0.6):
        return {"dol_order_until": (on + timedelta(days=between(rng, 8, 80))).isoformat()}
    return {}


def _where_now(search: Search) -> Row:
    there = search.in_care
    if there is None:
        return {}
    found: Row = {}
    _put(found, "current_home_id", there.home_id)
    found["current_placement_started_on"] = there.placed_on.isoformat()
    _put(found, "move_reason", search.move_reason)
    _put(found, "move_review_on", search.reviewed_on.isoformat() if search.reviewed_on else "")
    return found


def _unless_blank(rng: np.random.Generator, value: str) -> str:
    return "" if chance(rng, LEFT_BLANK) else value


def _put(row: Row, name: str, value: object) -> None:
    """Keep a fact that there is; what is empty is not known and is left out."""
    if value not in (None, "", [], {}):
        row[name] = value
