"""Beds that free up while a child may wait: told for a child whom the plan leaves out, and never planned.

The plan itself places everybody on the day each is needed. Waiting is offered only where the referral says for how
many days, and never to a child who needs a bed tonight or within two days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from matching import aims
from matching.allocation_greedy import place_one_by_one
from matching.findings import Case, case_of
from matching.home import Home
from matching.joint import JointProblem, build
from matching.pins import Pin
from matching.referral import Referral
from matching.shared_room import without_own_bed
from matching.waiting import Unit
from reference_data.vocabulary import Urgency

MOST_TOLD = 3


def beds_while_waiting(joint: JointProblem, plan: Sequence[int | None], unit: int) -> list[str]:
    """Return where a unit that the plan leaves out could start within the days it may wait, the earliest first.

    A bed is told where the unit could really have it then, beside everybody whom the plan places in that home.
    """
    one = joint.units[unit]
    days = min(member.may_wait_days for member in one.members)
    if days <= 0 or one.urgency is not Urgency.PLANNED:
        return []
    first = max(case.start for case in one.cases)
    last = first + timedelta(days=days)
    frees = [
        (day, home.home_id, h) for h, home in enumerate(joint.homes) for day in _freed(home, first, last)
    ]
    found: dict[str, date] = {}
    for day, home_id, h in sorted(frees):
        if len(found) == MOST_TOLD:
            break
        there = [joint.units[u] for u, at in enumerate(plan) if at == h]
        if home_id not in found and _could_join(joint, _starting(one, day), there, joint.homes[h]):
            found[home_id] = day
    whom = "the child" if one.size == 1 else "these brothers and sisters"
    return [
        f"A place at {home_id} is free from {day.day} {day:%B %Y}, within the {days} days that {whom} may wait."
        for home_id, day in found.items()
    ]


def _freed(home: Home, after: date, until: date) -> set[date]:
    return {
        bed.available_from
        for bed in home.beds or ()
        if bed.held_for is None and bed.available_from is not None and after < bed.available_from <= until
    }


def _could_join(joint: JointProblem, later: Unit, there: Sequence[Unit], home: Home) -> bool:
    """Say whether a unit may move into a home and has room in it beside those whom the plan places there."""
    policy, day = later.cases[0].context.policy, later.cases[0].start
    free = sum(bed.held_for is None and (bed.available_from or day) <= day for bed in home.beds or ())
    if sum(len(without_own_bed(unit, home)) for unit in (*there, later)) > free:
        return False
    if not all(aims.above_floor(case, home) for case in later.cases):
        return False
    together = sorted((*there, later), key=lambda unit: unit.child_ids)
    all_here = [Pin(child_id=name, home_id=home.home_id) for unit in together for name in unit.child_ids]
    decided = [pin for pin in joint.pins if pin.home_id == home.home_id]
    small = build(together, (home,), joint.settled, policy=policy, pins=(*decided, *all_here))
    # In one home it does not matter who goes first: all fit together, or somebody finds no place.
    return place_one_by_one(small.problem, (), ()) is not None


def _starting(unit: Unit, day: date) -> Unit:
    """Return the unit with a later start for all of it."""
    moved = {one.child_id: replace(one, needed_by=day) for one in unit.members}
    return replace(unit, cases=tuple(_case_starting(case, moved) for case in unit.cases))


def _case_starting(case: Case, moved: Mapping[str, Referral]) -> Case:
    others = tuple(moved.get(one.child_id, one) for one in case.context.others)
    return case_of(moved[case.referral.child_id], replace(case.context, others=others))
