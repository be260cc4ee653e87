"""Which type of home a child truly needs when a search opens: hidden truth, beside what is asked for and what is got."""

from __future__ import annotations

from reference_data.synthetic.history import Child
from reference_data.synthetic.on_the_day import InCare
from reference_data.vocabulary import PlacementType

HOME_FROM_SEVERITY = ((10, 62.0), (5, 74.0))
"""From an age in years: the severity at which a child needs a children's home, as in ``placing.py``."""
AGENCY_FROM_SEVERITY = 46.0
SUPPORTED_BELOW_SEVERITY = 58.0

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
    severe = severity(child)
    if not family_only:
        if any(age >= from_age and severe >= points for from_age, points in HOME_FROM_SEVERITY):
            return PlacementType.CHILDRENS_HOME
        # Whether a young person of sixteen wants support or care does not follow from scores: half and half.
        if age >= 16 and severe < SUPPORTED_BELOW_SEVERITY and (sum(child.needs) % 2 or child.uasc):
            return PlacementType.SUPPORTED_ACCOMMODATION
    if severe >= AGENCY_FROM_SEVERITY:
        return PlacementType.AGENCY_FOSTER_CARER
    return PlacementType.IN_HOUSE_FOSTER_CARER


def severity(child: Child) -> float:
    """Return one figure for five needs, 0-100: behaviour and risk count double."""
    behaviour, emotional, relationships, risk, indicators = child.needs
    return (behaviour + risk + 0.5 * (emotional + relationships + indicators)) / 3.5
