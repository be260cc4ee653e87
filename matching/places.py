"""Where a child's places and a home stand to one another: straight-line miles and authorities.

Postcodes are located in ``reference_data.postcodes``, and who adjoins whom is in
``reference_data.authorities``. Nothing here ever returns a postcode.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from matching.home import Home
from reference_data.authorities import adjoins
from reference_data.authorities import authority as find_authority
from reference_data.postcodes import distance_miles, locate
from reference_data.problems import NotFound


class Where(StrEnum):
    """Where a home stands, seen from the responsible authority."""

    IN_AREA = "in_area"
    ADJOINING = "adjoining"
    AT_A_DISTANCE = "at_a_distance"
    UNKNOWN = "unknown"


@lru_cache(maxsize=200_000)
def miles_between(postcode: str | None, other: str | None) -> float | None:
    """Return straight-line miles to one decimal by DfE's formula, or ``None`` when either is unknown."""
    if postcode is None or other is None:
        return None
    here, there = locate(postcode), locate(other)
    return None if here is None or there is None else distance_miles(here, there)


@lru_cache(maxsize=200_000)
def is_located(postcode: str | None) -> bool:
    """Say whether a postcode is given and in the directory."""
    return postcode is not None and locate(postcode) is not None


def why_no_distance(child_postcode: str | None, home_postcode: str | None) -> str | None:
    """Return why the miles between child and home are unknown, or ``None`` when they are known."""
    if child_postcode is None:
        return "The distance is unknown: the referral gives no home postcode."
    if home_postcode is None:
        return "The distance is unknown: the home's postcode is not recorded."
    if not is_located(child_postcode):
        return "The distance is unknown: the child's home postcode is not in the directory."
    if not is_located(home_postcode):
        return "The distance is unknown: the home's postcode is not in the directory."
    return None


def authority_of(home: Home) -> str | None:
    """Return the code of the authority the home stands in: as recorded, else as its postcode says."""
    if home.authority is not None:
        return home.authority
    place = locate(home.postcode) if home.postcode else None
    return None if place is None else place.authority_code


@lru_cache(maxsize=10_000)
def authority_name(code: str) -> str:
    """Return an authority's name, or words for a code that the shipped list does not hold."""
    try:
        return find_authority(code).name
    except NotFound:
        return f"authority {code}"


@lru_cache(maxsize=100_000)
def where_is(responsible: str | None, home_authority: str | None) -> Where:
    """Return where an authority's area lies, seen from the responsible authority.

    Adjoining is a hand-checked table and not a matter of miles or of partnership.
    """
    if responsible is None or home_authority is None:
        return Where.UNKNOWN
    if responsible == home_authority:
        return Where.IN_AREA
    try:
        near = adjoins(responsible, home_authority)
    except NotFound:
        return Where.UNKNOWN
    return Where.ADJOINING if near else Where.AT_A_DISTANCE
