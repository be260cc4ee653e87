"""What happened to the invented children: the plain records that the generator passes from room to room.

``families`` invents who comes into care, ``careers`` what happens to them, ``whereabouts`` in which home each
placement was; ``returns`` writes it all down as a council would. Nothing is drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LOCALITIES = (
    "in_up_to_20",
    "out_up_to_20",
    "in_over_20",
    "out_over_20",
    "in_unknown",
    "out_unknown",
)
"""Inside or outside the responsible authority, and straight-line miles from home: the published cross-table."""

NEED_DOMAINS = ("behaviour", "emotional", "relationships", "risk", "indicators")


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One invented child, as it is when it first comes into care.

    Parameters
    ----------
    child_id
        ``DEMO-879-00001``: the responsible authority's code, then a number.
    authority
        Responsible authority, DfE code.
    family_id
        Brothers and sisters share it: ``DEMO-F879-0001``.
    date_of_birth, sex, ethnicity
        Sex is F or M; ethnicity a code of the return.
    uasc
        Unaccompanied and seeking asylum.
    disabled
        Has a disability that a home must meet.
    home_postcode
        A real postcode in the authority, nobody's home in particular; empty for an unaccompanied child.
    category_of_need
        CIN code of the return.
    needs
        True needs in the order of ``NEED_DOMAINS``, 0-100, 100 greatest. Part of the hidden truth: what a
        referral says of them is somebody's score on a day.
    frailty
        How much faster than average this child's placements end; mean 1. Hidden truth.
    """

    child_id: str
    authority: str
    family_id: str
    date_of_birth: date
    sex: str
    ethnicity: str
    uasc: bool
    disabled: bool
    home_postcode: str
    category_of_need: str
    needs: tuple[int, int, int, int, int]
    frailty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodOfCare:
    """From coming into care to leaving it; a child may have several.

    Parameters
    ----------
    ended_on
        The day care ended, or ``None`` if it had not by the end of the history.
    reason_ended
        REC code of the return; empty while it goes on.
    """

    child_id: str
    started_on: date
    ended_on: date | None
    reason_ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalStatus:
    """A legal status held without a break; LS code of the return as it is used to-day."""

    child_id: str
    status: str
    started_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """One stay in one place, before anybody has said in which home.

    Parameters
    ----------
    placement_id
        A number that is unique within the authority, in order of the start.
    place
        PLACE code as the latest code list has it (``K3`` for supported accommodation, ``Z11`` to ``Z14`` for
        other); ``returns`` writes the code of the year.
    provider
        PLACE_PROVIDER code, or empty where the return has none.
    locality
        One of ``LOCALITIES``.
    planned
        ``False`` for a placement made in an emergency.
    same_carer
        The carer is that of the placement before (RNE T), only the placement or its status changed.
    with_placement_id
        The placement of a brother or sister in whose household this one is, or ``None``.
    needed
        ``vocabulary.PlacementType`` the child needed when this was found: hidden truth, often not what was got.
    reason_ended
        REASON_PLACE_CHANGE code; empty while it goes on, when care ended with it, and for temporary moves.
    """

    placement_id: int
    child_id: str
    started_on: date
    ended_on: date | None
    place: str
    provider: str
    locality: str
    planned: bool
    same_carer: bool
    with_placement_id: int | None
    needed: str
    reason_ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that happened to one authority's children up to and including a day.

    Each sequence is in order of child and date; placements and legal statuses of a period of care cover it
    without a gap and without an overlap.
    """

    authority: str
    until: date
    children: tuple[Child, ...]
    periods: tuple[PeriodOfCare, ...]
    statuses: tuple[LegalStatus, ...]
    placements: tuple[Placement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """The home in which one placement was.

    Parameters
    ----------
    home_id
        ``DEMO-H...`` of a home in the partnership's file or of one elsewhere; empty for parents, adopters
        and others who are no home.
    urn
        The home's or agency's invented number; empty where the return has none.
    postcode
        Of the placement; empty where it is not recorded.
    authority
        DfE code of the authority it stands in; ``WAL`` or ``SCO`` outside England; empty if not known.
    """

    placement_id: int
    home_id: str
    urn: str
    postcode: str
    authority: str
