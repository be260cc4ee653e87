"""Which stays must be in one and the same home, and on which days each child has a bed there.

The same carer goes on (a change of status only), a child comes back from hospital, a brother or sister is put
in the household: all of these join stays. What home they get is decided in ``whereabouts.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reference_data.ages import age_on
from reference_data.synthetic.history import Child, History, Placement

NEVER = date.max.toordinal()
"""The last day of a stay that had not ended when the history did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One placement with its days as numbers: from ``start`` up to but not including ``end``."""

    child: Child
    placement: Placement
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StayTogether:
    """Stays that share one home.

    Parameters
    ----------
    council
        Responsible authority.
    stays
        In order of start and number; temporary moves away (T codes) are among them, for the bed is kept.
    start
        First day of the first.
    most_at_once
        The greatest number of these children on one day.
    youngest, oldest
        Whole years: the youngest at the start of a stay, the oldest on the last day of one.
    sexes
        Those of the children, sorted: F, M or both.
    """

    council: str
    stays: tuple[Stay, ...]
    start: int
    most_at_once: int
    youngest: int
    oldest: int
    sexes: str

    @property
    def main(self) -> Stay:
        """Return the first stay that is not a temporary move: its code and provider choose the kind of home."""
        return next((stay for stay in self.stays if not is_temporary(stay.placement)), self.stays[0])


def is_temporary(placement: Placement) -> bool:
    """Say whether the stay is a temporary move, after which the child goes back."""
    return placement.place.startswith("T")


def stays_together(history: History) -> list[StayTogether]:
    """Return the stays of one council's children joined by home, in order of their first day."""
    children = {child.child_id: child for child in history.children}
    placements = sorted(history.placements, key=lambda stay: (stay.started_on, stay.placement_id))
    parent = {placement.placement_id: placement.placement_id for placement in placements}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(one: int, other: int) -> None:
        first, second = sorted((root(one), root(other)))
        parent[second] = first

    last: dict[str, Placement] = {}
    lived_at: dict[str, Placement] = {}
    for placement in placements:
        child_id = placement.child_id
        before = last.get(child_id)
        if before is not None and before.ended_on == placement.started_on:
            settled = lived_at.get(child_id)
            back = is_temporary(before) and settled is not None and _same_kind(settled, placement)
            if placement.same_carer or is_temporary(placement) or back:
                join(before.placement_id, placement.placement_id)
        last[child_id] = placement
        if not is_temporary(placement):
            lived_at[child_id] = placement
        if placement.with_placement_id in parent:
            join(placement.with_placement_id, placement.placement_id)

    groups: dict[int, list[Placement]] = {}
    for placement in placements:
        groups.setdefault(root(placement.placement_id), []).append(placement)
    return sorted(
        (_group(history, children, members) for members in groups.values()),
        key=lambda group: (group.start, group.stays[0].placement.placement_id),
    )


def _same_kind(before: Placement, after: Placement) -> bool:
    return (before.place, before.provider) == (after.place, after.provider)


def _group(history: History, children: Mapping[str, Child], members: list[Placement]) -> StayTogether:
    stays = tuple(
        Stay(
            child=children[placement.child_id],
            placement=placement,
            start=placement.started_on.toordinal(),
            end=placement.ended_on.toordinal() if placement.ended_on else NEVER,
        )
        for placement in members
    )
    # The last night is the one before the day a placement ends, often an eighteenth birthday.
    last_days = (
        placement.ended_on - timedelta(days=1) if placement.ended_on else history.until
        for placement in members
    )
    return StayTogether(
        council=history.authority,
        stays=stays,
        start=stays[0].start,
        most_at_once=most_at_once([(stay.start, stay.end) for stay in stays]),
        youngest=min(age_on(stay.child.date_of_birth, stay.placement.started_on) for stay in stays),
        oldest=max(age_on(stay.child.date_of_birth, day) for stay, day in zip(stays, last_days, strict=True)),
        sexes="".join(sorted({stay.child.sex for stay in stays})),
    )


def most_at_once(days: list[tuple[int, int]]) -> int:
    """Return the greatest number of stays on one day; each is from its first day up to its last."""
    if len(days) == 1:
        return 1
    return max(sum(start <= day < end for start, end in days) for day, _ in days)
