"""Homes as they stand today: what a home said of itself, with our promises, placements and concerns laid over it.

Pure: values in, values out. The engines read homes through this, so that a bed that is promised is not
offered again and a child who has moved in counts among the residents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from reference_data.ages import age_on
from reference_data.vocabulary import PartnerConcern

Values = dict[str, Any]
Slot = tuple[date | None, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BedRow:
    """One bed of a home. ``held_for`` is the child the home itself keeps it for."""

    bed_number: int
    bed_id: str
    home_id: str
    available_from: date | None
    held_for: str | None
    withdrawn_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A bed promised to a child from a day on.

    Parameters
    ----------
    kind
        ``hold`` (runs out at ``expires_at``), ``reservation`` or ``placement``.
    until_on
        The day the bed is free again; ``None`` while nobody knows.
    released_because
        ``expired``, ``let_go``, ``refused``, ``withdrawn``; ``None`` while the promise stands.
    """

    claim_id: str
    bed_number: int
    authority: str
    home_id: str
    child_id: str
    referral_id: str
    enquiry_id: str | None
    kind: str
    from_on: date
    until_on: date | None
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    released_at: datetime | None
    released_because: str | None
    identity_shared_at: datetime | None
    version: int

    def stands(self, at: datetime) -> bool:
        """Say whether the promise stands at an instant: not released, and not a hold that has run out."""
        return self.released_at is None and (self.expires_at is None or self.expires_at > at)

    def overlaps(self, from_on: date, until_on: date | None) -> bool:
        """Say whether it promises any night of a time."""
        return self.from_on < (until_on or date.max) and from_on < (self.until_on or date.max)

    def is_over(self, on: date) -> bool:
        """Say whether its last night lies before a day."""
        return self.until_on is not None and self.until_on <= on


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A child whom we placed: where, since when, until when, and what a neighbour in the home must know."""

    child_id: str
    home_id: str
    starts_on: date
    ended_on: date | None
    date_of_birth: date | None
    sex: str | None
    sibling_group: str | None
    authority: str


def statement(home: Mapping[str, Any]) -> dict[str, str]:
    """Return what a home says of its places, in a form of which a digest can be made."""
    return {
        name: str(home.get(name)) for name in ("vacancies", "vacancies_confirmed_on", "beds", "residents")
    }


def slots_left(home: Mapping[str, Any], standing: Sequence[Claim]) -> list[Slot]:
    """Return the free places by a home's statement, less the promises that it does not count yet."""
    slots = _slots(home)
    for claim in standing:
        if _is_counted(claim, home) or not slots:
            continue
        own = [slot for slot in slots if slot[1] == claim.child_id]
        unkept = [slot for slot in slots if slot[1] is None]
        taken = own or unkept
        if taken:
            slots.remove(taken[0])
    return slots


def free_bed(
    beds: Iterable[BedRow], standing: Sequence[Claim], child_id: str, from_on: date, until_on: date | None
) -> BedRow | None:
    """Return the bed that a child gets: one kept for the child first, then the one free longest."""
    free = [
        bed
        for bed in beds
        if bed.withdrawn_on is None
        and (bed.available_from is None or bed.available_from <= from_on)
        and bed.held_for in (None, child_id)
        and not any(one.bed_number == bed.bed_number and one.overlaps(from_on, until_on) for one in standing)
    ]
    return min(
        free,
        key=lambda bed: (bed.held_for != child_id, bed.available_from or date.min, bed.bed_number),
        default=None,
    )


def with_promises(
    home: Values, beds: Sequence[BedRow], claims: Sequence[Claim], *, set_out: bool, today: date
) -> Values:
    """Return a home with its free beds as our promises leave them.

    Parameters
    ----------
    beds
        The home's beds set out one by one.
    claims
        The promises that stand, placements that are over among them.
    set_out
        Whether the beds were set out after the home's last statement; if not, the statement is newer.
    """
    live = [claim for claim in claims if not claim.is_over(today)]
    if set_out:
        free: list[Slot] = []
        for bed in beds:
            if bed.withdrawn_on is None:
                free += _free_of(bed, [claim for claim in live if claim.bed_number == bed.bed_number])
    else:
        held = [claim for claim in live if claim.kind != "placement" and not _is_counted(claim, home)]
        free = slots_left(home, live) + [(claim.from_on, claim.child_id) for claim in held]
    values = [
        {
            name: value
            for name, value in (("available_from", slot[0]), ("held_for", slot[1]))
            if value is not None
        }
        for slot in free
    ]
    now = [slot for slot in free if slot[1] is None and (slot[0] is None or slot[0] <= today)]
    return {**home, "beds": values, "vacancies": len(now)}


def with_residents(home: Values, movers: Iterable[Mover], *, today: date) -> Values:
    """Return a home with those who moved in since, and without those who left or were placed elsewhere.

    A home whose residents are unknown stays unknown: one child of whom we know is not the whole house.
    """
    residents = home.get("residents")
    if residents is None:
        return home
    here = {one.get("child_id") for one in residents}
    arriving: list[Values] = []
    gone: set[str] = set()
    for mover in movers:
        ended = mover.ended_on is not None and mover.ended_on <= today
        if mover.home_id == home["home_id"]:
            if ended:
                gone.add(mover.child_id)
            elif mover.child_id not in here:
                arriving.append(_resident(mover, today))
        elif not ended and mover.starts_on <= today:
            gone.add(mover.child_id)
    staying = {one["child_id"] for one in arriving}
    return {
        **home,
        "residents": [
            *(one for one in residents if one.get("child_id") not in gone - staying),
            *arriving,
        ],
    }


def with_concerns(home: Values, concerns: Iterable[Mapping[str, Any]], *, today: date) -> Values:
    """Return a home with the gravest concern that stands: its own record's, ours, or one a partner shares."""
    order = {str(level): place for place, level in enumerate(PartnerConcern)}
    level = str(home.get("partner_concern") or PartnerConcern.NONE)
    found = home
    for concern in concerns:
        same = concern["home_id"] == home["home_id"] or (
            concern.get("urn") is not None and concern.get("urn") == home.get("urn")
        )
        over = concern.get("ended_on") is not None and concern["ended_on"] <= today
        if same and not over and order[str(concern["level"])] > order[level]:
            level = str(concern["level"])
            found = {
                **home,
                "partner_concern": level,
                "partner_concern_evidence": concern["evidence"],
                "partner_concern_reply": concern.get("reply"),
            }
    return found


def _slots(home: Mapping[str, Any]) -> list[Slot]:
    """Return the places that a home says are free: from when, and for whom it keeps each."""
    if home.get("beds") is not None:
        found = [(bed.get("available_from"), bed.get("held_for")) for bed in home["beds"]]
        return sorted(found, key=lambda slot: slot[0] or date.min)
    return [(None, None)] * int(home.get("vacancies") or 0)


def _is_counted(claim: Claim, home: Mapping[str, Any]) -> bool:
    """Say whether a home's statement of its places counts a promise already: the child is there."""
    if claim.child_id in {one.get("child_id") for one in home.get("residents") or ()}:
        return True
    confirmed = home.get("vacancies_confirmed_on")
    # Only a child who had moved in before the day on which the home counted is surely counted.
    return (
        claim.kind == "placement"
        and confirmed is not None
        and claim.made_at.date() < confirmed
        and claim.from_on < confirmed
    )


def _free_of(bed: BedRow, claims: Sequence[Claim]) -> list[Slot]:
    if not claims:
        return [(bed.available_from, bed.held_for)]
    last = max(claims, key=lambda claim: claim.from_on)
    if last.kind != "placement":
        return [(bed.available_from, last.child_id)]
    return [] if last.until_on is None else [(last.until_on, bed.held_for)]


def _resident(mover: Mover, today: date) -> Values:
    born = mover.date_of_birth
    known = {
        "child_id": mover.child_id,
        "age": None if born is None else age_on(born, max(today, born)),
        "sex": mover.sex,
        "sibling_group": mover.sibling_group,
        "authority": mover.authority,
    }
    return {name: value for name, value in known.items() if value is not None}
