"""Room when several children move in at once: beds by date, registered numbers, the usual fostering limit.

For one child alone these are rules in ``room.py``; here they are side rules of the allocation, by the
indices of units. What they mean to the solver is said in ``allocation_problem.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matching.allocation_problem import Pair
from matching.home import Home, is_fostering
from matching.policy import Policy
from matching.room import counts_places, usual_limit
from matching.waiting import Unit


def _starts(unit: Unit) -> list[tuple[str, date]]:
    return [(case.referral.child_id, case.start) for case in unit.cases]


def without_own_bed(unit: Unit, home: Home) -> list[date]:
    """Return the start dates of the members who need a bed that is not held for them."""
    held = [(bed.held_for, bed.available_from or date.min) for bed in home.beds or ()]
    return [
        start
        for child_id, start in _starts(unit)
        if not any(owner == child_id and free_from <= start for owner, free_from in held)
    ]


def has_room_for_somebody(home: Home, units: Sequence[Unit]) -> bool:
    """Say whether a home has a bed, free now or later, that somebody on the list could have; unknown counts as yes.

    Most homes of a partnership are full. The rule of a free place excludes them for everybody who does not live
    there, so that no other rule has to be asked.
    """
    if not counts_places(home):
        return True
    if home.beds is None:
        return home.vacancies is None or home.vacancies > 0
    moving = {child_id for unit in units for child_id in unit.child_ids}
    return any(bed.held_for is None or bed.held_for in moving for bed in home.beds)


def capacity(home: Home, units: Sequence[Unit], here: Sequence[int]) -> int:
    """Return the places that are free for anybody, at some date."""
    if not counts_places(home):
        return sum(unit.size for unit in units)
    if home.beds is not None:
        return sum(bed.held_for is None for bed in home.beds)
    if home.vacancies is not None:
        return max(0, home.vacancies)
    if home.places is not None and home.residents is not None:
        return max(0, home.places - len(home.residents))
    # Whether a place is free is a question for one family at most: the plan cannot ask for a second.
    return max((units[u].size for u in here), default=0)


def limits_by_date(
    home: Home, h: int, units: Sequence[Unit], here: Sequence[int]
) -> list[tuple[int, list[Pair], int]]:
    """Return "of those who start by then, no more than the beds free by then" for each date that binds."""
    if home.beds is None or not counts_places(home):
        return []
    free_from = [bed.available_from or date.min for bed in home.beds if bed.held_for is None]
    waiting = {u: without_own_bed(units[u], home) for u in here}
    limits = []
    for day in sorted({start for starts in waiting.values() for start in starts}):
        beds = sum(free <= day for free in free_from)
        shares = [(u, sum(start <= day for start in starts)) for u, starts in waiting.items()]
        if beds < len(free_from) and sum(n for _, n in shares) > beds:
            limits.append((h, [(u, n) for u, n in shares if n], beds))
    return limits


def head_counts(
    home: Home, h: int, units: Sequence[Unit], here: Sequence[int], policy: Policy
) -> list[tuple[int, int, list[list[int]]]]:
    """Return the registered number and the usual fostering limit, as children who may still move in."""
    if not counts_places(home):
        return []
    limits: list[tuple[int, int, list[list[int]]]] = []
    residents = home.residents or ()

    if home.places is not None:
        limits.append((h, max(0, home.places - len(residents)), []))
    elif home.vacancies is None and home.beds is None:
        limits.append((h, 0, [[u] for u in here]))
    if not is_fostering(home):
        return limits
    living = len(residents)
    if home.residents is None and home.places is not None:
        free = home.vacancies if home.beds is None else len(home.beds)
        living = max(0, home.places - free) if free is not None else 0
    room = max(0, usual_limit(policy) - living)
    group_of = {u: units[u].cases[0].referral.sibling_group for u in here}
    groups = set(group_of.values()) - {None}
    families = [
        [u for u in here if group_of[u] == group]
        for group in sorted(group for group in groups if group)
        if all(one.is_bare or one.sibling_group == group for one in residents)
    ]
    families.append([u for u in here if _all_exempt(units[u], home)])
    # A unit larger than the room has passed the rule for one child already, if only with a question.
    families += [[u] for u in here if units[u].size > room]
    limits.append((h, room, [family for family in families if family]))
    return limits


def _all_exempt(unit: Unit, home: Home) -> bool:
    return all(
        any(
            one.child_id == case.referral.child_id
            and (one.authority is None or one.authority == home.authority)
            and (one.granted_on is None or one.granted_on <= case.start)
            for one in home.exemptions
        )
        for case in unit.cases
    )
