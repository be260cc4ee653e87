"""Who is in care on a day, where and since when: one child's part of a history, seen from that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reference_data.ages import age_on
from reference_data.synthetic.history import Child, History, LegalStatus, PeriodOfCare, Placement, Whereabouts
from reference_data.vocabulary import PlacementType

_OWN_CARERS = frozenset({"PR1", "PR2", "PR3"})
_KINDS = {
    "K1": PlacementType.SECURE_CHILDRENS_HOME,
    "K2": PlacementType.CHILDRENS_HOME,
    "K3": PlacementType.SUPPORTED_ACCOMMODATION,
    "H5": PlacementType.SUPPORTED_ACCOMMODATION,
    "P2": PlacementType.SUPPORTED_ACCOMMODATION,
    "S1": PlacementType.RESIDENTIAL_SCHOOL,
    "R3": PlacementType.RESIDENTIAL_FAMILY_CENTRE,
    "P1": PlacementType.WITH_PARENTS,
}
SHORT_BREAK_STATUSES = frozenset({"V3", "V4"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InCare:
    """One child in care on a day.

    Parameters
    ----------
    on
        The day.
    placement
        The one that goes on.
    placed_on
        When the child came to this carer or home: earlier than the placement's own start where only its
        status changed.
    kind
        The type of home, or ``None`` for a place that is never offered.
    home_id
        The home, or empty.
    postcode
        Of the placement, or empty.
    """

    child: Child
    on: date
    age: int
    care_started_on: date
    legal_status: str
    placement: Placement
    placed_on: date
    kind: PlacementType | None
    home_id: str
    postcode: str
    home_authority: str

    @property
    def placed_days(self) -> int:
        """Return the days the child has been with this carer or in this home."""
        return (self.on - self.placed_on).days

    @property
    def household(self) -> str:
        """Return what children of one home have in common; a home without an id stands for itself."""
        return self.home_id or f"placement {self.placement.with_placement_id or self.placement.placement_id}"


def kind_of(place: str, provider: str) -> PlacementType | None:
    """Return the type of home of a PLACE and a PLACE_PROVIDER code, or ``None`` where it is never offered."""
    if place in {"U1", "U2", "U3"}:
        return PlacementType.CONNECTED_FOSTER_CARER
    if place in {"U4", "U5", "U6"}:
        own = provider in _OWN_CARERS
        return PlacementType.IN_HOUSE_FOSTER_CARER if own else PlacementType.AGENCY_FOSTER_CARER
    if place.startswith("A"):
        return PlacementType.ADOPTION
    return _KINDS.get(place)


def children_in_care(
    history: History, whereabouts: Mapping[tuple[str, int], Whereabouts], on: date
) -> tuple[InCare, ...]:
    """Return everybody in care on a day, in order of child, short breaks left out."""
    children = {child.child_id: child for child in history.children}
    periods = {period.child_id: period for period in history.periods if _covers(period, on)}
    statuses = {status.child_id: status for status in history.statuses if _covers(status, on)}
    runs: dict[str, list[Placement]] = defaultdict(list)
    for placement in history.placements:
        if placement.child_id in periods and placement.started_on <= on:
            runs[placement.child_id].append(placement)
    found = []
    for child_id in sorted(periods):
        status = statuses.get(child_id)
        run = sorted(runs[child_id], key=lambda placement: placement.started_on)
        if status is None or status.status in SHORT_BREAK_STATUSES or not run or not _covers(run[-1], on):
            continue
        now = run[-1]
        where = whereabouts.get((history.authority, now.placement_id))
        found.append(
            InCare(
                child=children[child_id],
                on=on,
                age=age_on(children[child_id].date_of_birth, on),
                care_started_on=periods[child_id].started_on,
                legal_status=status.status,
                placement=now,
                placed_on=_came_to_the_carer(run, periods[child_id].started_on),
                kind=kind_of(now.place, now.provider),
                home_id=where.home_id if where else "",
                postcode=where.postcode if where else "",
                home_authority=where.authority if where else "",
            )
        )
    return tuple(found)


def _came_to_the_carer(run: list[Placement], care_started_on: date) -> date:
    index = len(run) - 1
    while index > 0 and run[index].same_carer and run[index - 1].started_on >= care_started_on:
        index -= 1
    return run[index].started_on


def _covers(record: PeriodOfCare | LegalStatus | Placement, on: date) -> bool:
    return record.started_on <= on and (record.ended_on is None or record.ended_on > on)
