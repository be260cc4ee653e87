"""What a council's list says of an invented home: needs it can meet, staffing, features, fees, offers, gaps.

None of it is published by home. Fees follow published weekly costs; the rest is assumed in the shape of what
providers' statements say, and some of it is left unknown, as it is in life. Everything about a home is drawn
from its own stream, so it stays the same whoever lives there.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from reference_data.synthetic.history import NEED_DOMAINS
from reference_data.synthetic.homes import InventedHome

HOME_FEE_POUNDS = {"879": 6_610, "878": 7_130, "880": 8_720, "933": 6_280, "908": 11_325}
"""Weekly cost of residential care by authority, 2024-25 (section 251 outturn, Local Authority Interactive Tool)."""

OTHER_HOME_FEE_POUNDS = 7_385
"""The same for England, for homes elsewhere."""

SOLO_FEE_POUNDS = 12_000
OWN_CARERS_POUNDS = (450, 600)
AGENCY_CARERS_POUNDS = (900, 1_200)
SUPPORTED_POUNDS = (1_150, 1_822)
CRISIS_POUNDS = 2_600
SCHOOL_POUNDS = 5_900
FAMILY_CENTRE_POUNDS = 4_500
SECURE_POUNDS = 8_400
UNREGISTERED_POUNDS = (10_500, 16_000)
"""Solo, carers, supported and unregistered: council answers, press and the Children's Commissioner, 2021 to 2025.

Crisis beds, schools, family centres and secure homes are assumed, as in the hand-written sample.
"""

_MEETS = {
    "connected_foster_carer": (40, 10),
    "in_house_foster_carer": (48, 12),
    "agency_foster_carer": (55, 12),
    "childrens_home": (72, 10),
    "secure_childrens_home": (92, 4),
    "supported_accommodation": (45, 9),
    "crisis_accommodation": (70, 5),
    "residential_school": (72, 8),
    "residential_family_centre": (50, 8),
}
"""Mean and spread of the greatest need met, 0-100. Assumed: nobody publishes it."""

_HARD_TO_TAKE = ("fire_setting", "sexual_harm", "physical_harm:high", "fire_setting:high", "harm_to_animals")
_REFUSES = {"childrens_home": 0.3, "agency_foster_carer": 0.25}
_REFUSES_OTHERWISE = 0.18
"""How often a home says of one hard risk that it will not take it. Assumed."""
_TAKES_EMERGENCIES = {"childrens_home": 0.2, "agency_foster_carer": 0.3, "supported_accommodation": 0.3}
_TAKES_EMERGENCIES_OTHERWISE = 0.45
"""Assumed; councils say that few homes take a child whom they do not know on the same day."""
_SHARE_UNKNOWN = {"can_meet": 0.15, "will_not_take": 0.15, "features": 0.2, "offers": 0.1}
_GOES_ON_ORDINARY = ["ordinary", "stabilise", "remand", "pace", "parent_and_child", "fostering_for_adoption"]
_ETHNICITIES = (("WBRI",),) * 17 + (("WOTH",), ("MWBC",), ("BAFR",), ("AOTH",), ("WBRI", "OOTH"))
_LANGUAGES = (["English"],) * 16 + (
    ["English", "Makaton"],
    ["English", "BSL"],
    ["English", "Polish"],
    ["English", "Arabic"],
    ["English", "Kurdish Sorani"],
)
_RELIGIONS = (["none"],) * 5 + (["Church of England"],) * 3 + (["Roman Catholic"], ["Muslim"])
_PETS: tuple[list[str], ...] = ([], [], [], ["cat"], ["dog"], ["dog"], ["cat", "dog"], ["rabbit"], ["hens"])


def stream_of(home_id: str, seed: int, room: int) -> np.random.Generator:
    """Return the random stream of one home, the same whatever other homes there are."""
    return np.random.default_rng(np.random.SeedSequence([seed, room, crc32(home_id.encode("ascii"))]))


def details(home: InventedHome, rng: np.random.Generator) -> dict[str, Any]:
    """Return the fields of a contract Home that do not change with who lives there."""
    carers = home.type.endswith("foster_carer")
    row: dict[str, Any] = {"weekly_fee_pounds": weekly_fee_pounds(home, rng)}
    if home.block_of:
        # The whole fee is due whether or not the bed is used: a block contract pays for the bed.
        row["void_fee_pounds"] = row["weekly_fee_pounds"]
    unknown = {name: bool(rng.random() < share) for name, share in _SHARE_UNKNOWN.items()}
    if home.type in _MEETS and not unknown["can_meet"]:
        row["can_meet"] = _can_meet(home, rng)
        row["can_meet_source"] = _source(home, rng)
    if not unknown["will_not_take"]:
        row["will_not_take"] = _will_not_take(home, rng)
    row["accepts_emergency"] = _accepts_emergency(home, rng)
    if not unknown["features"]:
        row["features"] = _features(home, rng)
    row["staffing"] = _staffing(home, rng)
    if not unknown["offers"]:
        row["offers"] = _offers(carers, rng)
    return row


def weekly_fee_pounds(home: InventedHome, rng: np.random.Generator) -> int:
    """Return a weekly fee near the published cost for the kind of home and the area."""
    if home.type in {"in_house_foster_carer", "connected_foster_carer"}:
        return _between(OWN_CARERS_POUNDS, rng)
    if home.type == "agency_foster_carer":
        return _between(AGENCY_CARERS_POUNDS, rng)
    if home.type == "supported_accommodation":
        return _between(SUPPORTED_POUNDS, rng)
    if home.type.startswith("un"):
        return _between(UNREGISTERED_POUNDS, rng)
    middle = {
        "crisis_accommodation": CRISIS_POUNDS,
        "residential_school": SCHOOL_POUNDS,
        "residential_family_centre": FAMILY_CENTRE_POUNDS,
        "secure_childrens_home": SECURE_POUNDS,
    }.get(home.type)
    if middle is None:
        # A solo home costs about what is published for one, whatever the area's mean.
        group = HOME_FEE_POUNDS.get(home.site.authority, OTHER_HOME_FEE_POUNDS)
        middle = SOLO_FEE_POUNDS if home.role == "solo" else group
    return round(middle * float(rng.uniform(0.85, 1.15)) / 5) * 5


def _between(bounds: tuple[int, int], rng: np.random.Generator) -> int:
    return round(float(rng.uniform(*bounds)) / 5) * 5


def _can_meet(home: InventedHome, rng: np.random.Generator) -> dict[str, int]:
    middle, spread = _MEETS[home.type]
    if home.role == "solo":
        middle = 85
    level = float(rng.normal(middle, spread))
    scores = rng.normal(level, 6.0, size=len(NEED_DOMAINS))
    return {
        name: max(10, min(100, 5 * round(float(score) / 5)))
        for name, score in zip(NEED_DOMAINS, scores, strict=True)
    }


def _source(home: InventedHome, rng: np.random.Generator) -> str:
    month = ("January", "February", "March", "April", "May")[int(rng.integers(5))]
    if home.type == "agency_foster_carer":
        return f"Agency profile, {month} 2026"
    if home.type.endswith("foster_carer"):
        return f"Supervising social worker, {month} 2026"
    return f"Statement of purpose, {month} 2026" if rng.random() < 0.6 else "Statement of purpose, 2025"


def _will_not_take(home: InventedHome, rng: np.random.Generator) -> list[str]:
    if home.role == "mockingbird_hub":
        return list(_GOES_ON_ORDINARY)
    if home.type == "connected_foster_carer" or home.role == "solo":
        return []
    return [risk for risk in _HARD_TO_TAKE if rng.random() < _REFUSES.get(home.type, _REFUSES_OTHERWISE)]


def _accepts_emergency(home: InventedHome, rng: np.random.Generator) -> bool:
    if home.type in {"crisis_accommodation"} or home.type.startswith("un"):
        return True
    if home.type in {"connected_foster_carer", "secure_childrens_home", "residential_school"}:
        return False
    own = home.council or home.block_of
    share = (
        _TAKES_EMERGENCIES_OTHERWISE
        if own
        else _TAKES_EMERGENCIES.get(home.type, _TAKES_EMERGENCIES_OTHERWISE)
    )
    return bool(rng.random() < share)


def _features(home: InventedHome, rng: np.random.Generator) -> list[str]:
    def some(*names: tuple[str, float]) -> list[str]:
        return [name for name, share in names if rng.random() < share]

    kind = home.type
    if kind.endswith("foster_carer"):
        found = some(
            ("two_carers", 0.6), ("step_free", 0.12), ("ground_floor_bedroom", 0.08), ("garden", 0.6)
        )
        if kind != "connected_foster_carer":
            found += some(("uasc_experience", 0.06), ("parent_and_child", 0.03), ("large_vehicle", 0.08))
        return found + (["respite", "mockingbird_hub"] if home.role == "mockingbird_hub" else [])
    if kind == "supported_accommodation":
        own_door = ["own_front_door"] if home.role == "supported_1" else []
        return own_door + some(("staff_on_site_day_and_night", 0.6), ("ESOL", 0.2), ("step_free", 0.15))
    if kind == "crisis_accommodation":
        return ["staff_on_site_day_and_night", "waking_night_staff"]
    nights = ["waking_night_staff"] if rng.random() < 0.6 else ["sleep_in_staff"]
    return (
        (["solo"] if home.role == "solo" else [])
        + (["secure"] if kind == "secure_childrens_home" else [])
        + (["on_site_education"] if kind == "residential_school" else some(("on_site_education", 0.15)))
        + nights
        + some(("step_free", 0.2), ("ground_floor_bedroom", 0.25), ("hoist", 0.05), ("rural", 0.35))
    )


def _staffing(home: InventedHome, rng: np.random.Generator) -> list[str]:
    if home.type.endswith("foster_carer"):
        return ["standard", "agency_on_call"] if home.type == "agency_foster_carer" else ["standard"]
    if home.type == "supported_accommodation":
        return ["standard"]
    bought = ["1:1", "2:1"] if rng.random() < 0.6 or home.role == "solo" else ["1:1"]
    return ["standard", *bought]


def _offers(carers: bool, rng: np.random.Generator) -> dict[str, list[str]]:
    def one(of: tuple[Any, ...]) -> list[str]:
        return list(of[int(rng.integers(len(of)))])

    if not carers:
        return {"languages": one(_LANGUAGES), "pets": one(_PETS)}
    return {
        "languages": one(_LANGUAGES),
        "religions": one(_RELIGIONS),
        "ethnicities": one(_ETHNICITIES),
        "pets": one(_PETS),
        "carer_genders": one((["F", "M"], ["F", "M"], ["F"], ["F"], ["M"])),
    }
