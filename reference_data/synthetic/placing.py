"""Finding a placement: what a child needs, what was got, from whom and where.

What is needed follows from the child. What is got follows from what is needed and what an authority has: the
two often differ, and only the second is ever returned.
"""

from __future__ import annotations

from math import exp

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.lives import Life
from reference_data.synthetic.rates import Rates
from reference_data.vocabulary import PlacementType

FAMILY_KINDS = frozenset("KFP")
"""Kinds in which brothers and sisters live together as one household."""

_OTHER_PLACES = ("Z11", "Z12", "Z13", "Z14")
_HOME_FROM_SEVERITY = (200.0, 92.0, 74.0, 62.0, 64.0)
"""By age band: the severity at which half of the children need a children's home."""
_UNACCOMPANIED_ELSEWHERE = 0.62
"""Share placed outside the authority's area is published; this is the share inside for those who came alone."""


def needed_type(life: Life, day: int, first: bool, draws: Draws) -> str:
    """Return the type of home a child needs when a new one is sought.

    Parameters
    ----------
    first
        It is the first of the period of care.
    """
    band = life.band(day)
    status = life.status
    if status in ("J1", "J2"):
        secure = draws.uniform() < 0.4
        return PlacementType.SECURE_CHILDRENS_HOME if secure else PlacementType.CHILDRENS_HOME
    if life.child.uasc:
        if band >= 4 and draws.uniform() < 0.7:
            return PlacementType.SUPPORTED_ACCOMMODATION
        return PlacementType.AGENCY_FOSTER_CARER
    home = 1 / (1 + exp((_HOME_FROM_SEVERITY[band] - life.severity) / 5))
    if draws.uniform() < home:
        school = life.child.disabled and draws.uniform() < 0.1
        return PlacementType.RESIDENTIAL_SCHOOL if school else PlacementType.CHILDRENS_HOME
    if band >= 4 and draws.uniform() < 0.55:
        return PlacementType.SUPPORTED_ACCOMMODATION
    u = draws.uniform()
    if band == 0 and first and u < 0.05:
        return PlacementType.RESIDENTIAL_FAMILY_CENTRE
    if status in ("C1", "C2") and u < (0.03 if first else 0.09):
        return PlacementType.WITH_PARENTS
    if draws.uniform() < (0.24 if first else 0.16):
        return PlacementType.CONNECTED_FOSTER_CARER
    return PlacementType.IN_HOUSE_FOSTER_CARER if life.severity < 46 else PlacementType.AGENCY_FOSTER_CARER


def allowed_kinds(life: Life, day: int) -> tuple[str, ...]:
    """Return the kinds of placement that are possible at the child's age and under its legal status."""
    band = life.band(day)
    age = life.age_years(day)
    kinds = ["F", "R"]
    if not life.child.uasc:
        kinds.append("K")
        if life.status in ("C1", "C2"):
            kinds.append("P")
    if band >= 1:
        kinds.append("H")
    if band >= 4:
        kinds.append("G")
    if age >= 10:
        kinds.append("Z")
    if band >= 2 and not life.child.uasc:
        kinds.append("B")
    if age >= 13 and life.status in ("J1", "C2"):
        kinds.append("S")
    if age >= 15 and life.status == "J1":
        kinds.append("Y")
    return tuple(kinds)


def drawn_kind(needed: str, life: Life, day: int, year: int, rates: Rates, draws: Draws) -> str:
    """Return the kind that is got."""
    options, weights = rates.choice("got", needed, year, allowed_kinds(life, day))
    return options[draws.pick(weights)]


def drawn_provider(kind: str, year: int, rates: Rates, draws: Draws) -> str:
    """Return whose provision a placement is."""
    options, weights = rates.choice("provider_by_kind", kind, year)
    return options[draws.pick(weights)]


def drawn_locality(kind: str, uasc: bool, year: int, rates: Rates, draws: Draws) -> str:
    """Return where a placement is; from a home nobody knows, no distance is known."""
    if uasc:
        inside = _UNACCOMPANIED_ELSEWHERE * rates.factor("start", "unaccompanied_inside")
        return "in_unknown" if draws.uniform() < inside else "out_unknown"
    options, weights = rates.choice("locality_by_kind", kind, year)
    return options[draws.pick(weights)]


def place_code(kind: str, life: Life, day: int, draws: Draws) -> str:
    """Return the PLACE code of a new placement, as the latest code list has it."""
    u = draws.uniform()
    if kind == "K":
        return "U1" if life.status == "C2" and u < 0.3 else "U3"
    if kind == "F":
        if life.band(day) <= 1 and life.status in ("C1", "E1") and u < 0.06:
            return "U5"
        return "U4" if life.status == "C2" and u < 0.3 else "U6"
    if kind == "R":
        if life.band(day) == 0:
            return "R3"
        return "R2" if u < 0.4 or life.band(day) < 3 else "R1"
    if kind == "Z":
        return _OTHER_PLACES[int(u * 4)]
    return {"H": "K2", "S": "K1", "G": "K3", "P": "P1", "A": "A6", "B": "S1", "Y": "R5"}[kind]


def kind_of(place: str) -> str:
    """Return the kind of a PLACE code; a temporary move has none."""
    if place in ("U1", "U2", "U3"):
        return "K"
    if place in ("R1", "R2", "R3"):
        return "R"
    first = {"K1": "S", "K2": "H", "K3": "G", "S1": "B", "R5": "Y"}.get(place)
    return first or {"U": "F", "P": "P", "A": "A", "Z": "Z"}.get(place[:1], "")


def same_carer_place(place: str) -> str:
    """Return the PLACE code after a change of the placement's status with the same carer."""
    if place in ("U3", "U2"):
        return "U1"
    if place in ("U6", "U5"):
        return "U4"
    if place in ("U1", "U4"):
        return {"U1": "U3", "U4": "U6"}[place]
    return place
