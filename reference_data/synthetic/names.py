"""Invented names of homes, households and providers.

Every name ends in "(invented)" and a home's carries its number, so that none can be the name of a real one.
"""

from __future__ import annotations

import numpy as np

INVENTED = "(invented)"

COUNCIL_SERVICE = "Council {area} residential service (invented)"
COUNCIL_FOSTERING = "Council {area} fostering service (invented)"
PARTNERSHIP_PROVIDER = "Caring in Partnership: Longshore Nineteen Care (invented)"

AGENCIES = (
    ("Granite Way Foster Families (invented)", "private"),
    ("Headland Foster Families (invented)", "private"),
    ("Red Cliff Foster Families (invented)", "private"),
    ("Old Ferry Foster Families (invented)", "private"),
    ("Long Furrow Foster Families (invented)", "private"),
    ("Tin Lane Foster Families (invented)", "private"),
    ("Withy Bed Foster Families (invented)", "private"),
    ("Lamp and Hearth Foster Trust (invented)", "voluntary"),
    ("Three Bridges Foster Trust (invented)", "voluntary"),
    ("Quiet Water Foster Trust (invented)", "voluntary"),
)
"""Fostering agencies and their sectors; private and voluntary as the register of 2023 has them, about 4 to 1."""

_PROVIDERS = {
    "private": (
        "High Moor Nine Childcare (invented)",
        "Sea Pink Homes (invented)",
        "Levels and Moors Residential (invented)",
        "Bayside Young People (invented)",
        "Slate Roof Care (invented)",
        "Five Gates Childcare (invented)",
        "Estuary Eleven Care (invented)",
        "Beacon Fourteen Homes (invented)",
        "Stannary Row Childcare (invented)",
        "Far Lodge Residential (invented)",
    ),
    "voluntary": (
        "Sound and Shore Young People's Charity (invented)",
        "Threshold Sixteen Charity (invented)",
        "Cob Wall Children's Charity (invented)",
    ),
    "health": ("Invented health body (invented)",),
    "academy": ("Invented academy trust (invented)",),
}
_BIRDS = (
    "Wren",
    "Linnet",
    "Dunnock",
    "Kingfisher",
    "Merlin",
    "Dipper",
    "Plover",
    "Shearwater",
    "Whimbrel",
    "Fulmar",
    "Gannet",
    "Petrel",
    "Skua",
    "Fieldfare",
    "Cormorant",
    "Razorbill",
    "Avocet",
    "Bittern",
    "Bunting",
    "Chough",
    "Curlew",
    "Dotterel",
    "Egret",
    "Firecrest",
    "Goldcrest",
    "Heron",
    "Jackdaw",
    "Kestrel",
    "Lapwing",
    "Martin",
    "Nightjar",
    "Oriole",
    "Pipit",
    "Redstart",
    "Sandpiper",
    "Teal",
    "Turnstone",
    "Wagtail",
    "Wheatear",
    "Yellowhammer",
)
_TREES = (
    "Alder",
    "Aspen",
    "Bay",
    "Beech",
    "Birch",
    "Blackthorn",
    "Box",
    "Cedar",
    "Cherry",
    "Damson",
    "Elder",
    "Elm",
    "Fir",
    "Hazel",
    "Holly",
    "Hornbeam",
    "Juniper",
    "Larch",
    "Lime",
    "Maple",
    "Medlar",
    "Myrtle",
    "Oak",
    "Osier",
    "Pear",
    "Pine",
    "Plane",
    "Quince",
    "Rowan",
    "Sallow",
    "Sorrel",
    "Spindle",
    "Sycamore",
    "Walnut",
    "Willow",
    "Yew",
)


def household_name(home_id: str, rng: np.random.Generator) -> str:
    """Return a household's name: a bird and its number."""
    return f"Household {_BIRDS[rng.integers(len(_BIRDS))]} {_number(home_id)} {INVENTED}"


def home_name(kind: str, home_id: str, rng: np.random.Generator) -> str:
    """Return a home's name: a tree and its number, and what it is where that is no children's home."""
    what = {
        "residential_school": " school",
        "residential_family_centre": " family centre",
        "secure_childrens_home": " secure home",
        "supported_accommodation": " lodgings",
        "crisis_accommodation": " rooms",
        "unregistered_home": " flat",
    }.get(kind, "")
    return f"{_TREES[rng.integers(len(_TREES))]} {_number(home_id)}{what} {INVENTED}"


def provider_of_homes(sector: str, rng: np.random.Generator) -> str:
    """Return the name of an invented provider of a sector."""
    known = _PROVIDERS[sector]
    return known[int(rng.integers(len(known)))]


def _number(home_id: str) -> str:
    return home_id.removeprefix("DEMO-H").replace("-", "/")
