"""The situations in which a home is sought: why, how soon, for how long, and which children can be in each.

Shares and days stand in ``stock/situations.csv``; which children are chosen is in ``searches.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from reference_data.synthetic.choices import stock
from reference_data.synthetic.history import Child
from reference_data.synthetic.on_the_day import InCare
from reference_data.vocabulary import FOSTERING_TYPES, PlacementType, Urgency

_HOMES_WITH_NOTICE = frozenset(
    {PlacementType.CHILDRENS_HOME, PlacementType.AGENCY_FOSTER_CARER, PlacementType.SUPPORTED_ACCOMMODATION}
)
_GENERAL_FOSTERING = frozenset({PlacementType.IN_HOUSE_FOSTER_CARER, PlacementType.AGENCY_FOSTER_CARER})
_BAD_PLACES = ("Z",)
_TWO_YEARS_DAYS = 730
_SHORT_PLACEMENT_DAYS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One row of ``stock/situations.csv``."""

    name: str
    in_care: bool
    share: float
    always: bool
    urgency: Urgency
    opened: tuple[int, int]
    needed: tuple[int, int]
    purpose: str
    stay: tuple[int, int] | None


@cache
def situations() -> dict[str, Situation]:
    """Return the situations by name, in the order of the file."""
    return {
        row["situation"]: Situation(
            name=row["situation"],
            in_care=row["where"] == "in_care",
            share=float(row["share"]),
            always=bool(row["always"]),
            urgency=Urgency(row["urgency"]),
            opened=(int(row["opened_from"]), int(row["opened_to"])),
            needed=(int(row["needed_from"]), int(row["needed_to"])),
            purpose=row["purpose"],
            stay=(int(row["stay_from"]), int(row["stay_to"])) if row["stay_from"] else None,
        )
        for row in stock("situations")
    }


def _in_a_home(c: InCare) -> bool:
    return not c.placement.place.startswith(("T", "Z")) and c.kind is not None


LEGAL_STATUSES_COMING_IN: dict[str, dict[str, float]] = {
    "family_tonight": {"L1": 3, "L2": 3, "V2": 2},
    "child_tonight": {"L1": 5, "V2": 4, "L2": 1},
    "child_in_two_days": {"V2": 5, "L2": 2, "C1": 2},
    "planned_child": {"C1": 6, "V2": 4},
    "planned_pair": {"C1": 7, "V2": 3},
    "remand": {"J1": 1},
    "police_station": {"J2": 1},
    "parent_and_child": {"C1": 7, "V2": 3},
    "fostering_for_adoption": {"C1": 8, "V2": 2},
    "short_break": {"V4": 1},
    "siblings_apart": {"C1": 1},
    "hospital": {"": 1},
}
AGES_COMING_IN = {
    "child_tonight": (10, 15),
    "child_in_two_days": (4, 15),
    "young_person_tonight": (16, 17),
    "in_a_hotel": (16, 17),
    "remand": (14, 17),
    "police_station": (13, 16),
    "parent_and_child": (0, 0),
    "fostering_for_adoption": (0, 0),
    "short_break": (5, 14),
    "hospital": (12, 16),
    "parent_in_hospital": (2, 9),
    "exploited": (13, 16),
    "wheelchair": (8, 15),
    "connected_carer": (4, 10),
}

CAN_BE_IN: dict[str, Callable[[InCare], bool]] = {
    "provider_notice": lambda c: c.kind in _HOMES_WITH_NOTICE and c.placed_days > 30,
    "breakdown": lambda c: (
        c.kind in (_GENERAL_FOSTERING | {PlacementType.CHILDRENS_HOME})
        and 6 <= c.age <= 17
        and c.placed_days > 10
    ),
    "carer_stops": lambda c: c.kind is PlacementType.IN_HOUSE_FOSTER_CARER and c.placed_days > 300,
    "gcse_year": lambda c: (
        c.kind in FOSTERING_TYPES and in_year_11(c.child.date_of_birth, c.on) and c.placed_days > 30
    ),
    "step_down": lambda c: (
        c.kind is PlacementType.CHILDRENS_HOME and 8 <= c.age <= 15 and c.placed_days > 180
    ),
    "to_supported": lambda c: (
        c.kind in (FOSTERING_TYPES | {PlacementType.CHILDRENS_HOME})
        and c.age >= 16
        and turns_18(c.child, c.on) > 60
    ),
    "long_term": lambda c: (
        c.kind in _GENERAL_FOSTERING
        and c.placement.place == "U6"
        and 1 <= c.age <= 13
        and c.placed_days > 120
        and c.legal_status in {"C2", "E1"}
    ),
    "come_back": lambda c: (
        c.placement.locality == "out_over_20"
        and c.kind in (_GENERAL_FOSTERING | {PlacementType.CHILDRENS_HOME})
        and c.age >= 6
        and c.placed_days > 120
    ),
    "secure_ends": lambda c: c.kind is PlacementType.SECURE_CHILDRENS_HOME,
    "unregistered": lambda c: c.placement.place.startswith(_BAD_PLACES) and c.age >= 6,
    "settled": lambda c: (
        c.kind in (_GENERAL_FOSTERING | {PlacementType.CHILDRENS_HOME})
        and bool(c.home_id)
        and 6 <= c.age <= 16
        and c.placed_days > _TWO_YEARS_DAYS
    ),
    "respite": lambda c: (
        c.kind in FOSTERING_TYPES and bool(c.home_id) and 4 <= c.age <= 16 and c.placed_days > 200
    ),
    "stabilise": lambda c: (
        c.kind is PlacementType.SUPPORTED_ACCOMMODATION
        and c.age >= 16
        and turns_18(c.child, c.on) > 40
        and bool(c.home_id)
    ),
    "connected_carer": lambda c: c.kind in _GENERAL_FOSTERING and 3 <= c.age <= 12 and c.placed_days < 500,
    "siblings_apart": lambda c: _in_a_home(c) and 7 <= c.age <= 16 and c.kind in _GENERAL_FOSTERING,
    "approval_ends": lambda c: c.placement.place == "U3" and c.placed_days < 190,
    "bridging_ends": lambda c: (
        c.kind in _GENERAL_FOSTERING
        and not c.placement.planned
        and 7 <= c.placed_days <= _SHORT_PLACEMENT_DAYS
    ),
    "exploited": lambda c: (
        _in_a_home(c)
        and 13 <= c.age <= 16
        and c.placement.locality == "in_up_to_20"
        and c.child.needs[3] >= 50
        and bool(c.child.home_postcode)
    ),
    "wheelchair": lambda c: (
        _in_a_home(c) and c.child.disabled and 5 <= c.age <= 16 and c.kind in FOSTERING_TYPES
    ),
}


def in_year_11(born: date, on: date) -> bool:
    """Say whether a child of this birth date is in the year of the GCSE examinations on a day."""
    school_year = on.year if on.month >= 9 else on.year - 1
    return date(school_year - 16, 9, 1) <= born <= date(school_year - 15, 8, 31)


def turns_18(child: Child, on: date) -> int:
    """Return the days from a day until the child is of age."""
    born = child.date_of_birth
    return (date(born.year + 18, born.month, min(born.day, 28)) - on).days
