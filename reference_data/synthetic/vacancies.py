"""Which beds of a home are free as far as the councils know, since when they know it, and why some are not.

A place without a child is not always a vacancy: carers are on hold or give respite only, a bed is held, a place
cannot be staffed, or nobody has said. The rest of a home's row is in ``homes_file.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from reference_data.ages import age_on, birthday
from reference_data.synthetic.homes import COUNCILS, InventedHome
from reference_data.synthetic.ofsted_places import fostering_households
from reference_data.synthetic.residents import OutsideChild, ResidentChild

NOTICE = timedelta(days=90)
"""A home that closes within this time is known to, and takes no more children."""

USABLE_OF_EMPTY = {
    "childrens_home": 0.12,
    "residential_school": 0.3,
    "residential_family_centre": 0.4,
    "agency_foster_carer": 0.7,
    "supported_accommodation": 0.5,
}
"""Share of the empty places of shared homes that a council can have. The rest cannot be staffed, are kept for those who
live there, or are promised to another council. Assumed: with it about nine in ten of the places that can be used are
taken, where of all registered places 80-85% are (Independent Children's Homes Association, 2020)."""

NOT_TOLD, NOT_TOLD_FROM_AFAR = 0.1, 0.75
"""How often nobody has told us of a home's empty places; from outside the five areas hardly anybody does. Assumed."""

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
ONLY_RESPITE = ["ordinary", "stabilise", "remand", "pace", "parent_and_child", "fostering_for_adoption"]
"""The purposes that carers who give respite only, and homes for short breaks, do not take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    """A home and who is in it on the day.

    Parameters
    ----------
    families
        Families of which more than one child is in a home on the day.
    hub
        Id of the Mockingbird hub whose satellite it is, or empty.
    held_for
        Id of the child a free bed is held for, or empty.
    """

    home: InventedHome
    ours: list[ResidentChild]
    others: list[OutsideChild]
    families: frozenset[str]
    hub: str
    held_for: str

    @property
    def free(self) -> int:
        """Return the places without a child."""
        return self.home.places - len(self.ours) - len(self.others)


def beds_held(
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


def add_vacancies(row: dict[str, Any], lived: Lived, on: date, rng: np.random.Generator) -> None:
    """Add what is known of free beds: with the day it was confirmed and by whom, or nothing at all."""
    home, free = lived.home, lived.free
    drawn = rng.random(6)
    share = USABLE_OF_EMPTY.get(home.type, 1.0)
    usable = free if home.council or home.block_of else int((rng.random(max(free, 0)) < share).sum())
    stale = drawn[0] < 0.12
    days = int(20 + drawn[1] * 70) if stale else int(drawn[1] * 9)
    confirmed = {
        "vacancies_confirmed_on": (on - timedelta(days=days)).isoformat(),
        "vacancies_confirmed_by": _CONFIRMED_BY.get(
            home.type, "home's manager" if home.council or home.block_of else "provider's referrals desk"
        ),
    }
    own = home.type == "in_house_foster_carer" and home.council in COUNCILS
    if home.closes_on is not None and home.closes_on <= on + NOTICE:
        row.update(vacancies=0, **confirmed)
        if home.type.endswith("foster_carer"):
            row["approval_terms"].append("Takes no other child; stops when the child who lives there leaves.")
        return
    usual = own and free > 0 and not home.role and not lived.held_for
    if usual and drawn[2] < fostering_households(home.council).not_available_of_unfilled:
        _not_available(row, float(drawn[3]), on)
        row.update(vacancies=0 if "max_stay_days" not in row else free, **confirmed)
        return
    if lived.held_for:
        row.update(beds=[{"held_for": lived.held_for}, *({} for _ in range(free - 1))], **confirmed)
        return
    unheard = NOT_TOLD if home.site.authority in COUNCILS else NOT_TOLD_FROM_AFAR
    if not own and free > 0 and drawn[2] < unheard and home.type != "connected_foster_carer":
        # Nobody has told us: the places are not taken, and whether they are free is not known.
        return
    leaving = sorted(birthday(one.child.date_of_birth, 18) for one in lived.ours)
    if leaving and leaving[0] <= on + timedelta(days=120) and drawn[4] < 0.5:
        beds: list[dict[str, Any]] = [{} for _ in range(usable)]
        row.update(beds=[*beds, {"available_from": leaving[0].isoformat()}], **confirmed)
        return
    if home.council and home.type == "childrens_home" and free > 0 and home.places > 1 and drawn[5] < 0.2:
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
        row["will_not_take"] = list(ONLY_RESPITE)
        row["max_stay_days"] = 14
    elif state == "review_overdue":
        row["approval_terms"].append("Annual review overdue: no new child until it is held.")
    else:
        row["status"] = "suspended"
        row["approval_terms"].append("No new child while an allegation is looked into.")
