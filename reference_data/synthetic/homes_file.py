"""The list of homes as the councils hold it on a day: rows of the contract's Home record.

What is known of a home is uneven, as in life: some vacancies are weeks old, some are not known, some carers are
on hold, and of other councils' children there is often only an id. What a home is like is in
``home_details.py``; who lives there in ``residents.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from reference_data.ages import age_on, birthday
from reference_data.synthetic.history import History
from reference_data.synthetic.home_details import details, stream_of
from reference_data.synthetic.homes import COUNCILS, InventedHome
from reference_data.synthetic.homes_made import USUAL_LIMIT
from reference_data.synthetic.ofsted_places import fostering_households
from reference_data.synthetic.residents import (
    OutsideChild,
    ResidentChild,
    others_in_area,
    our_residents,
    outside_residents,
)
from reference_data.synthetic.whereabouts import Housing

_ROOM = 43
_TEMPORARY_DAYS, _EXTENDED_DAYS = 16 * 7, 24 * 7
# Regulations 24 and 25 of the Care Planning, Placement and Case Review (England) Regulations 2010.
_STILL_LISTED_DAYS = 365
_NOTICE = timedelta(days=90)
_SATELLITES = (6, 10)
# A Mockingbird constellation is a hub and six to ten satellite families.
_NOT_AVAILABLE = (
    ("on_hold", 0.55),
    ("respite_only", 0.25),
    ("review_overdue", 0.1),
    ("allegation", 0.1),
)
_CONFIRMED_BY = {
    "in_house_foster_carer": "supervising social worker",
    "connected_foster_carer": "supervising social worker",
    "agency_foster_carer": "agency's placements desk",
}
_CONCERNS = (
    (
        "embargo",
        0.004,
        "Notifications to the placing council not made; no new placements by any partner.",
        "The provider disputes it and has asked for a meeting.",
    ),
    (
        "caution",
        0.016,
        "High turnover of staff seen on a joint visit in the spring of 2026.",
        "A deputy manager has been appointed; a second visit is booked.",
    ),
    (
        "note",
        0.03,
        "Monthly reports to a partner came late in the spring of 2026.",
        "Reports are up to date.",
    ),
)
_ONLY_RESPITE = ["ordinary", "stabilise", "remand", "pace", "parent_and_child", "fostering_for_adoption"]


def homes_on(
    housing: Housing,
    histories: Mapping[str, History],
    on: date,
    *,
    seed: int,
    council: str | None = None,
) -> list[dict[str, Any]]:
    """Return the rows of the list of homes on a day, in order of home id.

    Parameters
    ----------
    on
        The day the list is written; nothing later is known. Not after the end of the histories.
    council
        Whose list: its own carers and homes, shared homes in its area and in adjoining ones of the five, and
        wherever else its children are; other councils' homes are then ``partner``. ``None`` is the list of the
        whole partnership, on which each council's homes are in-house.
    """
    ours = our_residents(housing, histories, on)
    homes = sorted(_listed(housing, ours, histories, on), key=lambda home: home.home_id)
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0, _ROOM]))
    standing = [home for home in homes if home.opens_on <= on]
    others = outside_residents(standing, ours, others_in_area(housing, histories, on), rng)
    together = _families_in_care(ours)
    hub_of = _satellites(standing, rng)
    held_for = _bed_held(standing, ours, others, on, rng)
    rows = []
    for home in homes:
        if council is None or _on_the_list_of(council, home, ours.get(home.home_id, [])):
            facts = _Facts(
                home=home,
                ours=ours.get(home.home_id, []),
                others=others.get(home.home_id, []),
                families=together,
                hub=hub_of.get(home.home_id, ""),
                held_for=held_for.get(home.home_id, ""),
            )
            rows.append(_row(facts, on, council, stream_of(home.home_id, seed, _ROOM)))
    return rows


class _Facts:
    """What a row is written from."""

    __slots__ = ("families", "held_for", "home", "hub", "others", "ours")

    def __init__(
        self,
        *,
        home: InventedHome,
        ours: list[ResidentChild],
        others: list[OutsideChild],
        families: frozenset[str],
        hub: str,
        held_for: str,
    ) -> None:
        self.home, self.ours, self.others = home, ours, others
        self.families, self.hub, self.held_for = families, hub, held_for

    @property
    def free(self) -> int:
        """Return the places without a child."""
        return self.home.places - len(self.ours) - len(self.others)


def _listed(
    housing: Housing, ours: Mapping[str, list[ResidentChild]], histories: Mapping[str, History], on: date
) -> list[InventedHome]:
    recent = set()
    for code, history in histories.items():
        for placement in history.placements:
            if placement.ended_on is not None and (on - placement.ended_on).days <= _STILL_LISTED_DAYS:
                recent.add(housing.whereabouts[code, placement.placement_id].home_id)
    found = []
    for home in housing.supply.homes:
        if home.home_id in ours:
            found.append(home)
            continue
        if home.family_id:
            continue
        closed_days = (on - home.closes_on).days if home.closes_on else -1
        # A children's home that has just closed stays on the list as closed; carers who have left do not.
        just_closed = 0 <= closed_days <= 60 and home.type == "childrens_home"
        here = home.site.authority in COUNCILS
        if (closed_days < 0 or just_closed) and (here or home.home_id in recent):
            found.append(home)
    return [home for home in found if home.opens_on <= on or _planned_and_known(home, on)]


def _planned_and_known(home: InventedHome, on: date) -> bool:
    shared = home.type in {"childrens_home", "crisis_accommodation"}
    return shared and on < home.opens_on <= on + timedelta(days=180)


def _on_the_list_of(council: str, home: InventedHome, ours: list[ResidentChild]) -> bool:
    if any(one.council == council for one in ours) or council in {home.council, home.block_of}:
        return True
    if home.council or home.family_id or home.block_of:
        return False
    return home.site.authority in _WITHIN_REACH[council] or home.site.authority not in COUNCILS


_WITHIN_REACH = {
    "879": ("879", "878", "908"),
    "878": ("878", "879", "880", "933", "908"),
    "880": ("880", "878"),
    "933": ("933", "878"),
    "908": ("908", "879", "878"),
}
# Each council and those of the five that adjoin it.


def _families_in_care(ours: Mapping[str, list[ResidentChild]]) -> frozenset[str]:
    """Return the families of which more than one child is in a home on the day."""
    seen: set[str] = set()
    twice: set[str] = set()
    for there in ours.values():
        for one in there:
            (twice if one.child.family_id in seen else seen).add(one.child.family_id)
    return frozenset(twice)


def _satellites(homes: list[InventedHome], rng: np.random.Generator) -> dict[str, str]:
    """Return each satellite family's hub: the six to ten nearest of the council's own carers."""
    found: dict[str, str] = {}
    for hub in (home for home in homes if home.role == "mockingbird_hub"):
        near = sorted(
            (
                (home.site.easting - hub.site.easting) ** 2 + (home.site.northing - hub.site.northing) ** 2,
                home.home_id,
            )
            for home in homes
            if home.type == "in_house_foster_carer"
            and home.council == hub.council
            and home.role == ""
            and home.home_id not in found
            and home.closes_on is None
        )
        for _, home_id in near[: int(rng.integers(_SATELLITES[0], _SATELLITES[1] + 1))]:
            found[home_id] = hub.home_id
    return found


def _bed_held(
    homes: list[InventedHome],
    ours: Mapping[str, list[ResidentChild]],
    others: Mapping[str, list[OutsideChild]],
    on: date,
    rng: np.random.Generator,
) -> dict[str, str]:
    """Return a few carers' free beds held for a child of the same council who is in a children's home now."""
    waiting = {
        council: [
            one.child
            for home in homes
            if home.type == "childrens_home"
            for one in ours.get(home.home_id, [])
            if one.council == council
        ]
        for council in COUNCILS
    }
    found: dict[str, str] = {}
    for home in homes:
        free = home.places - len(ours.get(home.home_id, ())) - len(others.get(home.home_id, ()))
        usual = home.type == "in_house_foster_carer" and not home.role and not home.family_id
        if not usual or free < 1 or home.closes_on or rng.random() > 0.03:
            continue
        for child in waiting.get(home.council, []):
            age = age_on(child.date_of_birth, on)
            if home.min_age <= age <= home.max_age and home.sexes in {"any", child.sex}:
                found[home.home_id] = child.child_id
                waiting[home.council].remove(child)
                break
    return found


def _row(facts: _Facts, on: date, council: str | None, rng: np.random.Generator) -> dict[str, Any]:
    home = facts.home
    row: dict[str, Any] = {
        "home_id": home.home_id,
        "name": home.name,
        "provider": home.provider,
        "urn": home.urn,
        "type": home.type,
        "postcode": home.site.postcode,
        "authority": home.site.authority,
    }
    carers = home.type.endswith("foster_carer")
    if carers and home.council:
        row["approved_by_authority"] = home.council
    row["contract"] = _contract(home, council, rng)
    _add_standing(row, home, on, bool(facts.ours or facts.others), rng)
    row["places"] = home.places
    row["min_age"], row["max_age"], row["sexes"] = home.min_age, home.max_age, home.sexes
    row["limit_source"] = "registration" if carers or rng.random() < 0.6 else "statement"
    row.update(details(home, rng))
    row["residents"] = [_resident(one, facts, on) for one in facts.ours] + [
        _outside(one, rng) for one in facts.others
    ]
    row["approval_terms"] = []
    _add_approval(row, facts, on, rng)
    _add_stay(row, home)
    _add_vacancies(row, facts, on, rng)
    _add_concern(row, home, rng)
    if facts.hub:
        row["features"] = [*row.get("features", []), "mockingbird_satellite"]
        row["approval_terms"].append(f"Satellite family of the hub household {facts.hub}.")
    if not row["approval_terms"]:
        del row["approval_terms"]
    return row


def _contract(home: InventedHome, council: str | None, rng: np.random.Generator) -> str:
    drawn = float(rng.random())
    if home.council:
        return "in_house" if council in {None, home.council} and home.council in COUNCILS else "partner"
    if home.block_of:
        return "block" if council in {None, home.block_of} else "partner"
    framework = {"agency_foster_carer": 0.75, "supported_accommodation": 0.6}.get(home.type, 0.5)
    return "framework" if drawn < framework and home.site.authority in COUNCILS else "spot"


def _add_standing(
    row: dict[str, Any], home: InventedHome, on: date, lived_in: bool, rng: np.random.Generator
) -> None:
    """Add registration, status, the days it opens and closes, and what the inspectors found."""
    unregistered = home.type.startswith("un")
    drawn = rng.random(3)
    if home.opens_on > on:
        row["status"], row["opens_on"] = "planned", home.opens_on.isoformat()
        return
    row["registered"] = not unregistered
    closed = home.closes_on is not None and home.closes_on <= on and not lived_in
    row["status"] = "closed" if closed else "open"
    if home.closes_on is not None and (closed or on < home.closes_on <= on + _NOTICE):
        row["closes_on"] = home.closes_on.isoformat()
    if home.grade:
        row["judgement"] = home.grade
        row["judged_on"] = (on - timedelta(days=int(30 + drawn[0] * 500))).isoformat()
    if home.type == "agency_foster_carer":
        row["judgement"] = "Outstanding" if home.urn.endswith(("2", "7")) else "Good"
    if home.grade == "Inadequate" and not closed and drawn[1] < 0.5 and home.site.authority in COUNCILS:
        row["status"] = "suspended"
        row["restriction_notice_from"] = (on - timedelta(days=int(5 + drawn[2] * 60))).isoformat()
        row["restriction_notice_to"] = (on + timedelta(days=int(10 + drawn[2] * 60))).isoformat()


def _resident(one: ResidentChild, facts: _Facts, on: date) -> dict[str, Any]:
    found: dict[str, Any] = {
        "child_id": one.child.child_id,
        "age": age_on(one.child.date_of_birth, on),
        "sex": one.child.sex,
        "authority": one.council,
    }
    if one.child.family_id in facts.families:
        found["sibling_group"] = one.child.family_id
    return found


def _outside(one: OutsideChild, rng: np.random.Generator) -> dict[str, Any]:
    known = rng.random() < 0.4
    if not known:
        return {"child_id": one.child_id}
    return {"child_id": one.child_id, "age": one.age, "sex": one.sex, "authority": one.authority}


def _add_approval(row: dict[str, Any], facts: _Facts, on: date, rng: np.random.Generator) -> None:
    home, drawn = facts.home, float(rng.random())
    if home.type == "connected_foster_carer":
        row["approved_for"] = [one.child.child_id for one in facts.ours]
        row["approval_terms"].append("Approved for the children named only.")
        days = (on - home.opens_on).days
        until = _TEMPORARY_DAYS if days < _TEMPORARY_DAYS else _EXTENDED_DAYS
        if days < until and drawn < (0.7 if until == _TEMPORARY_DAYS else 0.35):
            row["temporary_approval_until"] = (home.opens_on + timedelta(days=until)).isoformat()
            row["approval_terms"].append("Temporary approval while the full assessment is finished.")
    elif home.type.endswith("foster_carer") and home.family_id:
        row["approval_terms"].append(f"{home.places} places for one family of brothers and sisters.")
        row["approved_for"] = [one.child.child_id for one in facts.ours]
    if home.exempt:
        row["approval_terms"].append(
            "Four places, with an exemption from the usual limit for named children."
        )
        families = {one.child.family_id for one in facts.ours}
        if len(facts.ours) > USUAL_LIMIT and len(families) > 1:
            newest = sorted(facts.ours, key=lambda one: (one.placement.started_on, one.child.child_id))
            row["exemptions"] = [
                {
                    "child_id": one.child.child_id,
                    "authority": home.site.authority,
                    "granted_on": one.placement.started_on.isoformat(),
                }
                for one in newest[USUAL_LIMIT:]
            ]


def _add_stay(row: dict[str, Any], home: InventedHome) -> None:
    longest = {"crisis_accommodation": 28, "residential_family_centre": 84}.get(home.type)
    if home.short_breaks_only:
        # A short break lasts at most 17 days.
        longest = 17
        row["features"] = ["short_breaks_only"]
        row["will_not_take"] = list(_ONLY_RESPITE)
    if home.role == "mockingbird_hub":
        longest = 14
        row["approval_terms"].append("Hub household: sleepovers and respite for its satellite families only.")
    if longest is not None:
        row["max_stay_days"] = longest


def _add_vacancies(row: dict[str, Any], facts: _Facts, on: date, rng: np.random.Generator) -> None:
    """Add what is known of free beds: with the day it was confirmed and by whom, or nothing at all."""
    home, free = facts.home, facts.free
    drawn = rng.random(6)
    stale = drawn[0] < 0.12
    days = int(20 + drawn[1] * 70) if stale else int(drawn[1] * 9)
    confirmed = {
        "vacancies_confirmed_on": (on - timedelta(days=days)).isoformat(),
        "vacancies_confirmed_by": _CONFIRMED_BY.get(
            home.type, "home's manager" if home.council or home.block_of else "provider's referrals desk"
        ),
    }
    own = home.type == "in_house_foster_carer" and home.council in COUNCILS
    if home.closes_on is not None and home.closes_on <= on + _NOTICE:
        row.update(vacancies=0, **confirmed)
        if home.type.endswith("foster_carer"):
            row["approval_terms"].append("Takes no other child; stops when the child who lives there leaves.")
        return
    usual = own and free > 0 and not home.role and not facts.held_for
    if usual and drawn[2] < fostering_households(home.council).not_available_of_unfilled:
        _not_available(row, float(drawn[3]), on)
        row.update(vacancies=0 if "max_stay_days" not in row else free, **confirmed)
        return
    if facts.held_for:
        row.update(beds=[{"held_for": facts.held_for}, *({} for _ in range(free - 1))], **confirmed)
        return
    if not own and free > 0 and drawn[2] < 0.1 and home.type != "connected_foster_carer":
        # Nobody has told us: the places are not taken, and whether they are free is not known.
        return
    leaving = sorted(birthday(one.child.date_of_birth, 18) for one in facts.ours)
    if leaving and leaving[0] <= on + timedelta(days=120) and drawn[4] < 0.5:
        beds: list[dict[str, Any]] = [{} for _ in range(free)]
        row.update(beds=[*beds, {"available_from": leaving[0].isoformat()}], **confirmed)
        return
    usable = free
    if home.type == "childrens_home" and free > 0 and home.places > 1 and drawn[5] < 0.2:
        # A place that cannot be staffed, or that the children there could not share.
        usable = free - 1
    row.update(vacancies=usable, **confirmed)


def _not_available(row: dict[str, Any], drawn: float, on: date) -> None:
    up_to = np.cumsum([share for _, share in _NOT_AVAILABLE])
    state = _NOT_AVAILABLE[int(np.searchsorted(up_to[:-1], drawn, side="right"))][0]
    if state == "on_hold":
        since = (on - timedelta(days=int(10 + drawn * 200))).isoformat()
        row["approval_terms"].append(f"On hold since {since} at the carers' own request.")
    elif state == "respite_only":
        row["approval_terms"].append("Respite only for now.")
        row["will_not_take"] = list(_ONLY_RESPITE)
        row["max_stay_days"] = 14
    elif state == "review_overdue":
        row["approval_terms"].append("Annual review overdue: no new child until it is held.")
    else:
        row["status"] = "suspended"
        row["approval_terms"].append("No new child while an allegation is looked into.")


def _add_concern(row: dict[str, Any], home: InventedHome, rng: np.random.Generator) -> None:
    drawn, passed = float(rng.random()), 0.0
    row["partner_concern"] = "none"
    if home.council:
        return
    for level, share, evidence, reply in _CONCERNS:
        passed += share
        if drawn < passed:
            row.update(partner_concern=level, partner_concern_evidence=evidence, partner_concern_reply=reply)
            return
