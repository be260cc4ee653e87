"""Beds that free up while a child may wait: told for a child whom the plan leaves out, and never planned.

The plan itself places everybody on the day each is needed. Waiting is offered only where the referral says for how
many days, and never to a child who needs a bed tonight or within two days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from matching.eligibility import may_be_offered
from matching.findings import Case, case_of
from matching.home import Home
from matching.joint import JointProblem
from reference_data.vocabulary import Urgency

MOST_TOLD = 3


def beds_while_waiting(joint: JointProblem, plan: Sequence[int | None], unit: int) -> list[str]:
    """Return where a unit that the plan leaves out could start within the days it may wait, the earliest first.

    A bed is told where it is free by then after everybody whom the plan places in that home.
    """
    one = joint.units[unit]
    days = min(member.may_wait_days for member in one.members)
    if days <= 0 or one.urgency is not Urgency.PLANNED:
        return []
    first = max(case.start for case in one.cases)
    found: list[tuple[date, str]] = []
    for h, home in enumerate(joint.homes):
        taken = sum(joint.units[u].size for u, at in enumerate(plan) if at == h)
        for day in sorted(_freed(home, first, first + timedelta(days=days))):
            if _free_by(home, day) - taken >= one.size and may_be_offered(_starting(one.cases[0], day), home):
                found.append((day, home.home_id))
                break
    whom = "the child" if one.size == 1 else "these brothers and sisters"
    return [
        f"A place at {home_id} is free from {day.day} {day:%B %Y}, within the {days} days that {whom} may wait."
        for day, home_id in sorted(found)[:MOST_TOLD]
    ]


def _freed(home: Home, after: date, until: date) -> set[date]:
    return {
        bed.available_from
        for bed in home.beds or ()
        if bed.held_for is None and bed.available_from is not None and after < bed.available_from <= until
    }


def _free_by(home: Home, day: date) -> int:
    return sum(bed.held_for is None and (bed.available_from or date.min) <= day for bed in home.beds or ())


def _starting(case: Case, day: date) -> Case:
    """Return the case with a later start, for all who must move in together."""
    moving = case.child_ids
    others = tuple(
        replace(one, needed_by=day) if one.child_id in moving else one for one in case.context.others
    )
    return case_of(replace(case.referral, needed_by=day), replace(case.context, others=others))
