"""What the social worker asks for: mostly what the child needs, with the hope of less than that, as in life.

The type truly needed is hidden truth (``needed.py``). What is asked for decides which homes are searched, so a child
who needs a children's home and is looked for among foster carers collects refusals (``enquiries.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_data.synthetic.choices import between, chance, weighted
from reference_data.synthetic.searches import Search
from reference_data.vocabulary import PlacementType

HOPES_FOR_LESS = 0.35
"""Chance that a child who needs a children's home is said to be suited to fostering as well. Our assumption."""
TYPES_LEFT_OPEN = 0.35
_FAMILY = (PlacementType.IN_HOUSE_FOSTER_CARER, PlacementType.AGENCY_FOSTER_CARER)
_FEES = {"fostering": (850, 1250), "residential": (6000, 8500), "supported": (1500, 2100)}
"""Pounds a week above which somebody must approve: around the outturn of 2024-25 (section 251) that the sample quotes."""
FEE_LIMIT_GIVEN = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """The types, the views and the limit of the fee that a referral states."""

    acceptable_types: tuple[PlacementType, ...]
    suitability: dict[str, str]
    support_or_care: str
    max_weekly_fee_pounds: int | None


def asked_for(search: Search, age: int, rng: np.random.Generator) -> AskedFor:
    """Return what the referral of a search asks for."""
    types, views = _by_need(search, age, rng)
    named = {
        "parent_and_child": (*_FAMILY, PlacementType.RESIDENTIAL_FAMILY_CENTRE),
        "stabilise": (PlacementType.CRISIS_ACCOMMODATION,),
        "fostering_for_adoption": _FAMILY,
        "secure_ends": (PlacementType.CHILDRENS_HOME,),
    }.get(search.situation.name)
    if search.needed is PlacementType.CONNECTED_FOSTER_CARER:
        # Nothing is named, so that the carer is found like any other home that suits.
        types, views = (), _views("preferred", "unsuitable", "unsuitable")
    elif named is not None:
        types = named
    elif chance(rng, TYPES_LEFT_OPEN):
        types = ()
    broad = max(views, key=lambda name: {"preferred": 2, "suitable": 1}.get(views[name], 0))
    limit = (
        between(rng, *(pounds // 50 for pounds in _FEES[broad])) * 50
        if chance(rng, FEE_LIMIT_GIVEN)
        else None
    )
    support = views.get("supported") == "preferred" or (
        age >= 16 and views.get("supported") == "suitable" and chance(rng, 0.5)
    )
    return AskedFor(
        acceptable_types=types,
        suitability=views,
        support_or_care="support" if support else "care",
        max_weekly_fee_pounds=limit,
    )


def _by_need(
    search: Search, age: int, rng: np.random.Generator
) -> tuple[tuple[PlacementType, ...], dict[str, str]]:
    needed = search.needed
    if needed in {PlacementType.SUPPORTED_ACCOMMODATION, PlacementType.CRISIS_ACCOMMODATION}:
        residential = "suitable" if chance(rng, 0.25) else "unsuitable"
        return (PlacementType.SUPPORTED_ACCOMMODATION,), _views("suitable", residential, "preferred")
    if needed in {PlacementType.CHILDRENS_HOME, PlacementType.RESIDENTIAL_SCHOOL}:
        supported = "suitable" if age >= 16 and chance(rng, 0.3) else "unsuitable"
        schools = (PlacementType.RESIDENTIAL_SCHOOL,) if search.child.disabled else ()
        if chance(rng, HOPES_FOR_LESS):
            wish = weighted(rng, {"suitable": 3, "preferred": 2})
            return (*_FAMILY, PlacementType.CHILDRENS_HOME, *schools), _views(wish, "suitable", supported)
        return (PlacementType.CHILDRENS_HOME, *schools), _views("unsuitable", "preferred", supported)
    supported = "suitable" if age >= 16 and chance(rng, 0.6) else "unsuitable"
    if age >= 10 and chance(rng, 0.5):
        views = _views(weighted(rng, {"preferred": 7, "suitable": 3}), "suitable", supported)
        types: tuple[PlacementType, ...] = (*_FAMILY, PlacementType.CHILDRENS_HOME)
    else:
        views, types = _views("preferred", "unsuitable", supported), _FAMILY
    if supported == "suitable":
        types = (*types, PlacementType.SUPPORTED_ACCOMMODATION)
    return types, views


def _views(fostering: str, residential: str, supported: str) -> dict[str, str]:
    return {"fostering": fostering, "residential": residential, "supported": supported}
