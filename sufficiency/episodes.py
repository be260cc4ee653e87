"""The words of the SSDA903 return that a forecast uses: episodes, stays, and how each code is counted.

Reading the files is in ``returns.py``, mending them in ``repair.py``. A *stay* is an unbroken time in one
placement with one carer; a *period of care* is an unbroken run of stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reference_data.codelists import codes
from reference_data.vocabulary import PlacementGroup


class PlacementDetail(StrEnum):
    """The finer kinds of placement a forecast follows; each belongs to one placement group."""

    KINSHIP = "kinship"
    IN_HOUSE_FOSTERING = "in_house_fostering"
    AGENCY_FOSTERING = "agency_fostering"
    HOMES = "homes"
    SECURE = "secure"
    RESIDENTIAL_SCHOOLS = "residential_schools"
    SUPPORTED = "supported"
    PARENTS = "parents"
    ADOPTION = "adoption"
    OTHER = "other"

    @property
    def group(self) -> PlacementGroup:
        """Return the placement group it is counted in."""
        return _GROUP_OF_DETAIL[self]

    @property
    def words(self) -> str:
        """Return the kind as a person would say it, in lower case."""
        return _DETAIL_WORDS[self]


_GROUP_OF_DETAIL = {
    PlacementDetail.KINSHIP: PlacementGroup.FOSTERING,
    PlacementDetail.IN_HOUSE_FOSTERING: PlacementGroup.FOSTERING,
    PlacementDetail.AGENCY_FOSTERING: PlacementGroup.FOSTERING,
    PlacementDetail.HOMES: PlacementGroup.RESIDENTIAL,
    PlacementDetail.SECURE: PlacementGroup.RESIDENTIAL,
    PlacementDetail.RESIDENTIAL_SCHOOLS: PlacementGroup.RESIDENTIAL,
    PlacementDetail.SUPPORTED: PlacementGroup.SUPPORTED,
    PlacementDetail.PARENTS: PlacementGroup.OTHER,
    PlacementDetail.ADOPTION: PlacementGroup.OTHER,
    PlacementDetail.OTHER: PlacementGroup.OTHER,
}

_DETAIL_WORDS = {
    PlacementDetail.KINSHIP: "foster carers who are relatives or friends",
    PlacementDetail.IN_HOUSE_FOSTERING: "in-house foster carers",
    PlacementDetail.AGENCY_FOSTERING: "agency foster carers",
    PlacementDetail.HOMES: "children's homes",
    PlacementDetail.SECURE: "secure children's homes",
    PlacementDetail.RESIDENTIAL_SCHOOLS: "residential schools",
    PlacementDetail.SUPPORTED: "supported accommodation",
    PlacementDetail.PARENTS: "with parents",
    PlacementDetail.ADOPTION: "placed for adoption",
    PlacementDetail.OTHER: "other",
}

DETAILS = tuple(PlacementDetail)
GROUPS = tuple(PlacementGroup)
SUPPORTED_FROM_AGE = 16

SHORT_BREAK_STATUSES = frozenset({"V3", "V4"})
TEMPORARY_PLACES = frozenset({"T0", "T1", "T2", "T3", "T4"})

_FOSTERED_BY_OTHERS = "fostering"


def is_known_place(place: str) -> bool:
    """Say whether a placement code is one the return has ever used."""
    return place in codes("PLACE")


def may_be_the_same_place(earlier: str, later: str) -> bool:
    """Say whether a later return may give an open placement this code: its own, or one that took its place."""
    known = codes("PLACE").get(earlier)
    return later == earlier or (known is not None and later in known.may_become)


def placement_detail(place: str, provider: str) -> PlacementDetail:
    """Return how a placement is counted. Codes the return does not know count as other.

    Which group and kind a code belongs to is a column of the shipped list of PLACE codes.

    Parameters
    ----------
    place
        PLACE in capitals.
    provider
        PLACE_PROVIDER in capitals, or empty. Only the council's own carers (PR1) are in-house; a carer
        of another council or of nobody named is not ours to use, so counts with the agencies.
    """
    known = codes("PLACE").get(place)
    if known is None:
        return PlacementDetail.OTHER
    if known.detail == _FOSTERED_BY_OTHERS:
        in_house = provider == "PR1"
        return PlacementDetail.IN_HOUSE_FOSTERING if in_house else PlacementDetail.AGENCY_FOSTERING
    return _DETAIL_BY_NAME.get(known.detail, PlacementDetail.OTHER)


_DETAIL_BY_NAME = {str(detail): detail for detail in PlacementDetail}


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeRow:
    """One row of an episodes table, as returned.

    Parameters
    ----------
    file, row
        Where it stands.
    first_day, year_end
        The first day its return describes, and the 31 March on which it closed.
    child_id
        Empty when the row names no child.
    started_on, ended_on
        DECOM and DEC; ``None`` when empty or unreadable.
    reason_started, legal_status, place, provider, reason_ended
        RNE, LS, PLACE, PLACE_PROVIDER, REC in capitals; empty when not given.
    urn
        The home's registration number; empty when not given, and for the placeholder ``XXXXXX``.
    authority
        The council's DfE code where returns of several are read together; else empty.
    """

    file: str
    row: int
    first_day: date
    year_end: date
    child_id: str
    started_on: date | None
    ended_on: date | None
    reason_started: str
    legal_status: str
    place: str
    provider: str
    reason_ended: str
    urn: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """An unbroken time of one child in one placement with one carer.

    Parameters
    ----------
    care_started_on
        Start of the period of care the stay belongs to, as far back as the returns show.
    care_start_seen
        False when the returns may begin in the middle of the period of care.
    started_on, ended_on
        First day, and the day after the last night; ``None`` while it lasts.
    next_detail
        Where the child went when the stay ended, or ``None`` if care ended (or the stay lasts).
    place, provider, urn, legal_status, reason_started
        As its first row returns them.
    reason_ended
        REC of its last row: why care ended, or X1 where it went on.
    """

    child_id: str
    date_of_birth: date
    care_started_on: date
    care_start_seen: bool
    started_on: date
    ended_on: date | None
    detail: PlacementDetail
    next_detail: PlacementDetail | None
    place: str = ""
    provider: str = ""
    urn: str = ""
    legal_status: str = ""
    reason_started: str = ""
    reason_ended: str = ""
