"""Which type of home a child truly needs when a search opens: hidden truth, beside what is asked for and what is got."""

from __future__ import annotations

from reference_data.synthetic.history import Child
from reference_data.synthetic.on_the_day import InCare
from reference_data.vocabulary import PlacementType

RESIDENTIAL_NEED = 72
"""Behaviour or risk from which a child of eight or more needs a children's home: the middle of what homes in the sample
can meet and foster carers cannot. Our assumption."""
AGENCY_NEED = 48
SUPPORTED_NEED = 55

_BY_SITUATION = {
    "to_supported": PlacementType.SUPPORTED_ACCOMMODATION,
    "stabilise": PlacementType.CRISIS_ACCOMMODATION,
    "connected_carer": PlacementType.CONNECTED_FOSTER_CARER,
    "secure_ends": PlacementType.CHILDRENS_HOME,
    "parent_and_child": PlacementType.IN_HOUSE_FOSTER_CARER,
    "fostering_for_adoption": PlacementType.IN_HOUSE_FOSTER_CARER,
    "respite": PlacementType.IN_HOUSE_FOSTER_CARER,
}
_AS_WHEN_LAST_PLACED = frozenset(
    {"provider_notice", "breakdown", "carer_stops", "bridging_ends", "come_back"}
)
_OFFERED = frozenset(
    {
        PlacementType.IN_HOUSE_FOSTER_CARER,
        PlacementType.AGENCY_FOSTER_CARER,
        PlacementType.CHILDRENS_HOME,
        PlacementType.SUPPORTED_ACCOMMODATION,
        PlacementType.RESIDENTIAL_SCHOOL,
    }
)


def needed_now(child: Child, age: int, situation: str, there: InCare | None) -> PlacementType:
    """Return the type of home that a child needs.

    Parameters
    ----------
    there
        Where a child in care lives: a child whose home gives notice needs what was needed when it was found.
    """
    if situation in _BY_SITUATION:
        return _BY_SITUATION[situation]
    if there is not None and situation in _AS_WHEN_LAST_PLACED:
        before = there.placement.needed
        if before in _OFFERED and not (before == PlacementType.SUPPORTED_ACCOMMODATION and age < 16):
            return PlacementType(before)
    return needed_by_scores(child, age, family_only=situation in {"step_down", "long_term", "gcse_year"})


def needed_by_scores(child: Child, age: int, *, family_only: bool = False) -> PlacementType:
    """Return the type of home that five true scores and an age ask for."""
    behaviour, _, _, risk, _ = child.needs
    mean = sum(child.needs) / len(child.needs)
    if not family_only:
        if age >= 8 and max(behaviour, risk) >= RESIDENTIAL_NEED:
            return PlacementType.CHILDRENS_HOME
        # Whether a young person of sixteen wants support or care does not follow from scores: half and half.
        if age >= 16 and max(behaviour, risk) < SUPPORTED_NEED and (sum(child.needs) % 2 or child.uasc):
            return PlacementType.SUPPORTED_ACCOMMODATION
    if mean >= AGENCY_NEED:
        return PlacementType.AGENCY_FOSTER_CARER
    return PlacementType.IN_HOUSE_FOSTER_CARER
