"""How many homes refuse a child and why: more the heavier the needs, and for other reasons in each kind of home."""

from __future__ import annotations

from collections.abc import Mapping

from reference_data.vocabulary import FOSTERING_TYPES, RESIDENTIAL_TYPES, PlacementType

REFUSED_BEFORE_A_PLACE: Mapping[str, float] = {"residential": 4.2, "fostering": 1.5, "supported": 2.0}
"""Homes asked in vain for a child of usual needs, before the one that takes it. Children who need a children's home have
heavier needs than usual, so with that one a search in residential care asks six to eight homes, and one in fostering two
or three. Our assumption."""
NEEDS_DOUBLE_REFUSALS_POINTS = 30
"""Points of behaviour or risk above the usual for which twice as many homes refuse."""
_USUAL_POINTS: Mapping[str, int] = {"residential": 66, "fostering": 50, "supported": 50}
_OWN_CARERS_SHARE = 0.6


def expected_refusals(kind: PlacementType, heavy: int) -> float:
    """Return how many homes of a type are asked in vain, on average.

    Parameters
    ----------
    heavy
        The greater of the true needs in behaviour and in risk, 0-100.
    """
    group = _group(kind)
    mean = REFUSED_BEFORE_A_PLACE[group] * 2 ** (
        (heavy - _USUAL_POINTS[group]) / NEEDS_DOUBLE_REFUSALS_POINTS
    )
    # The council knows its own carers' places and asks few in vain.
    return mean * (_OWN_CARERS_SHARE if kind is PlacementType.IN_HOUSE_FOSTER_CARER else 1.0)


def refusal_reasons(kind: PlacementType, heavy: int, urgent: bool) -> dict[str, float]:
    """Return the weights of the reasons that a home of a type gives."""
    strain = max(0.0, (heavy - 40) / 20)
    if kind in FOSTERING_TYPES:
        return {
            "full": 5,
            "needs_beyond": 2.2 * strain,
            "matching_with_residents": 1 + 0.6 * strain,
            "carer_circumstances": 2,
            "age_or_sex": 1.4,
            "too_far": 0.8,
            "short_notice": 1.2 if urgent else 0.2,
            "no_reason_given": 0.6,
        }
    if kind in RESIDENTIAL_TYPES:
        return {
            "full": 4,
            "needs_beyond": 1.6 * strain,
            "matching_with_residents": 1.6 + 1.1 * strain,
            "staffing": 1 + 0.4 * strain,
            "age_or_sex": 1,
            "location_risk": 0.4 + 0.3 * strain,
            "too_far": 0.3,
            "short_notice": 1.0 if urgent else 0.1,
            "fee_not_agreed": 0.3,
            "no_reason_given": 0.5,
        }
    return {
        "full": 5,
        "needs_beyond": 1.8 * strain,
        "matching_with_residents": 1,
        "location_risk": 0.7,
        "age_or_sex": 0.6,
        "short_notice": 0.8 if urgent else 0.1,
        "no_reason_given": 0.5,
    }


def _group(kind: PlacementType) -> str:
    if kind in FOSTERING_TYPES:
        return "fostering"
    return "residential" if kind in RESIDENTIAL_TYPES else "supported"
