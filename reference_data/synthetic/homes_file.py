"""The list of homes as the councils hold it on a day: rows of the contract's Home record.

What is known of a home is uneven, as in life: some vacancies are weeks old, some are not known, some carers are
on hold, and of other councils' children there is often only an id. What a home is like is in
``home_details.py``; who lives there in ``residents.py``; which beds are free in ``vacancies.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from reference_data.ages import age_on
from reference_data.synthetic.chances import chance
from reference_data.synthetic.history import History
from reference_data.synthetic.home_details import details, stream_of
from reference_data.synthetic.homes import COUNCILS, InventedHome
from reference_data.synthetic.homes_made import USUAL_LIMIT
from reference_data.synthetic.residents import (
    OutsideChild,
    ResidentChild,
    others_in_area,
    our_residents,
    outside_residents,
)
from reference_data.synthetic.vacancies import NOTICE, ONLY_RESPITE, Lived, add_vacancies, beds_held
from reference_data.synthetic.whereabouts import Housing

_ROOM = 43
_TEMPORARY_DAYS, _EXTENDED_DAYS = 16 * 7, 24 * 7
# Regulations 24 and 25 of the Care Planning, Placement and Case Review (England) Regulations 2010.
_STILL_LISTED_DAYS = 365
_TOLD_EARLY = 0.15
# Share of providers who tell the councils of a home before it is registered. Assumed.
_SATELLITES = (6, 10)
# A Mockingbird constellation is a hub and six to ten satellite families.
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
    held_for = beds_held(standing, ours, others, on, rng)
    rows = []
    for home in homes:
        if council is None or _on_the_list_of(council, home, ours.get(home.home_id, [])):
            lived = Lived(
                home=home,
                ours=ours.get(home.home_id, []),
                others=others.get(home.home_id, []),
                families=together,
                hub=hub_of.get(home.home_id, ""),
                held_for=held_for.get(home.home_id, ""),
            )
            rows.append(_row(lived, on, council, stream_of(home.home_id, seed, _ROOM)))
    return rows


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
    if not (home.council or home.block_of) and chance(home.home_id, "tells before it opens") >= _TOLD_EARLY:
        return False
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


def _row(lived: Lived, on: date, council: str | None, rng: np.random.Generator) -> dict[str, Any]:
    home = lived.home
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
    _add_standing(row, home, on, bool(lived.ours or lived.others), rng)
    row["places"] = home.places
    row["min_age"], row["max_age"], row["sexes"] = home.min_age, home.max_age, home.sexes
    row["limit_source"] = "registration" if carers or rng.random() < 0.6 else "statement"
    row.update(details(home, rng))
    row["residents"] = [_resident(one, lived, on) for one in lived.ours] + [
        _outside(one, rng) for one in lived.others
    ]
    row["approval_terms"] = []
    _add_approval(row, lived, on, rng)
    _add_stay(row, home)
    add_vacancies(row, lived, on, rng)
    _add_concern(row, home, rng)
    if lived.hub:
        row["features"] = [*row.get("features", []), "mockingbird_satellite"]
        row["approval_terms"].append(f"Satellite family of the hub household {lived.hub}.")
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
    if home.closes_on is not None and (closed or on < home.closes_on <= on + NOTICE):
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


def _resident(one: ResidentChild, lived: Lived, on: date) -> dict[str, Any]:
    found: dict[str, Any] = {
        "child_id": one.child.child_id,
        "age": age_on(one.child.date_of_birth, on),
        "sex": one.child.sex,
        "authority": one.council,
    }
    if one.child.family_id in lived.families:
        found["sibling_group"] = one.child.family_id
    return found


def _outside(one: OutsideChild, rng: np.random.Generator) -> dict[str, Any]:
    known = rng.random() < 0.4
    if not known:
        return {"child_id": one.child_id}
    return {"child_id": one.child_id, "age": one.age, "sex": one.sex, "authority": one.authority}


def _add_approval(row: dict[str, Any], lived: Lived, on: date, rng: np.random.Generator) -> None:
    home, drawn = lived.home, float(rng.random())
    if home.type == "connected_foster_carer":
        row["approved_for"] = [one.child.child_id for one in lived.ours]
        row["approval_terms"].append("Approved for the children named only.")
        days = (on - home.opens_on).days
        until = _TEMPORARY_DAYS if days < _TEMPORARY_DAYS else _EXTENDED_DAYS
        if days < until and drawn < (0.7 if until == _TEMPORARY_DAYS else 0.35):
            row["temporary_approval_until"] = (home.opens_on + timedelta(days=until)).isoformat()
            row["approval_terms"].append("Temporary approval while the full assessment is finished.")
    elif home.type.endswith("foster_carer") and home.family_id:
        row["approval_terms"].append(f"{home.places} places for one family of brothers and sisters.")
        row["approved_for"] = [one.child.child_id for one in lived.ours]
    if home.exempt:
        row["approval_terms"].append(
            "Four places, with an exemption from the usual limit for named children."
        )
        families = {one.child.family_id for one in lived.ours}
        if len(lived.ours) > USUAL_LIMIT and len(families) > 1:
            newest = sorted(lived.ours, key=lambda one: (one.placement.started_on, one.child.child_id))
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
        row["will_not_take"] = list(ONLY_RESPITE)
    if home.role == "mockingbird_hub":
        longest = 14
        row["approval_terms"].append("Hub household: sleepovers and respite for its satellite families only.")
    if longest is not None:
        row["max_stay_days"] = longest


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
