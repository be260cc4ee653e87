"""Who lives in each home on a day: the councils' own children, and children of councils outside.

Every child of ours who is there by its open placement is there, and so is one who is away for some days and
whose bed is kept. Other councils' children are put into shared homes so that, with the partners' own children,
as many live in each area as published; those with relatives or their own council's carers are in no home of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_data.synthetic.history import Child, History, Placement
from reference_data.synthetic.homes import COUNCILS, InventedHome
from reference_data.synthetic.whereabouts import Housing

OTHER_COUNCILS_CHILDREN = {"879": 93, "878": 352, "880": 72, "933": 227, "908": 187}
"""Children of other authorities placed in the area on 31 March 2025 (DfE, looked after children, 2025)."""

OCCUPANCY = {"childrens_home": 0.83, "agency_foster_carer": 0.75, "supported_accommodation": 0.75}
"""Share of places taken beyond which no child of another council is put there.

Children's homes: 80-85% (Independent Children's Homes Association, 2020). The other two are assumed.
"""

_ELSEWHERE = ("801", "802", "839", "838", "865", "916", "330", "850", "886", "925", "WAL")
_FIRST_AGES = {"childrens_home": 9, "agency_foster_carer": 1, "supported_accommodation": 16}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentChild:
    """A child of ours in a home on a day.

    Parameters
    ----------
    council
        Responsible authority.
    placement
        Its open placement, or the one it comes back to.
    """

    child: Child
    council: str
    placement: Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideChild:
    """A child of a council outside the partnership, of whom we know what its home tells us."""

    child_id: str
    age: int
    sex: str
    authority: str


def our_residents(
    housing: Housing, histories: Mapping[str, History], on: date
) -> dict[str, list[ResidentChild]]:
    """Return our children by home, in order of council and placement."""
    found: dict[str, list[ResidentChild]] = {}
    for council in sorted(histories):
        history = histories[council]
        children = {child.child_id: child for child in history.children}
        bed: dict[str, Placement] = {}
        for placement in sorted(history.placements, key=lambda one: (one.started_on, one.placement_id)):
            if placement.started_on > on:
                continue
            if not placement.place.startswith("T"):
                bed[placement.child_id] = placement
            if placement.ended_on is not None and placement.ended_on <= on:
                continue
            kept = bed.get(placement.child_id, placement)
            home_id = housing.whereabouts[council, kept.placement_id].home_id
            if home_id:
                one = ResidentChild(child=children[placement.child_id], council=council, placement=kept)
                found.setdefault(home_id, []).append(one)
    return found


def others_in_area(housing: Housing, histories: Mapping[str, History], on: date) -> dict[str, int]:
    """Return how many partners' children live in each of the five areas without being that council's."""
    count = dict.fromkeys(COUNCILS, 0)
    for council in sorted(histories):
        for placement in histories[council].placements:
            open_then = placement.started_on <= on and (placement.ended_on is None or placement.ended_on > on)
            area = housing.whereabouts[council, placement.placement_id].authority
            if open_then and area != council and area in count:
                count[area] += 1
    return count


def outside_residents(
    homes: list[InventedHome],
    ours: Mapping[str, list[ResidentChild]],
    already: Mapping[str, int],
    rng: np.random.Generator,
) -> dict[str, list[OutsideChild]]:
    """Return the children of councils outside the partnership by home, never more than its free places.

    Parameters
    ----------
    homes
        Those open on the day.
    already
        Partners' children in each area who are not that council's.
    """
    found: dict[str, list[OutsideChild]] = {}
    for area in COUNCILS:
        left = OTHER_COUNCILS_CHILDREN[area] - already[area]
        for kind, share in OCCUPANCY.items():
            shared = [
                home
                for home in homes
                if home.site.authority == area and home.type == kind and _is_shared(home)
            ]
            places = sum(home.places for home in shared)
            taken = sum(len(ours.get(home.home_id, ())) for home in shared)
            beds = [home for home in shared for _ in range(home.places - len(ours.get(home.home_id, ())))]
            wanted = max(0, min(left, round(places * share) - taken, len(beds)))
            left -= wanted
            for index in sorted(rng.permutation(len(beds))[:wanted].tolist()):
                home = beds[index]
                there = found.setdefault(home.home_id, [])
                there.append(_outsider(home, len(there) + 1, rng))
    return found


def _is_shared(home: InventedHome) -> bool:
    special = (
        home.council or home.block_of or home.family_id or home.short_breaks_only or home.role == "planned"
    )
    return not special


def _outsider(home: InventedHome, number: int, rng: np.random.Generator) -> OutsideChild:
    youngest = max(home.min_age, min(_FIRST_AGES[home.type], home.max_age))
    return OutsideChild(
        child_id=f"DEMO-X{home.home_id.removeprefix('DEMO-H')}-{number}",
        age=int(rng.integers(youngest, home.max_age + 1)),
        sex=home.sexes if home.sexes != "any" else ("F", "M")[int(rng.integers(2))],
        authority=_ELSEWHERE[int(rng.integers(len(_ELSEWHERE)))],
    )
