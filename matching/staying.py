"""The settled children of a list: who may not go on living where they live, and who needs a move at once.

A settled child is not planned, so what is wrong with the present home would show nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from matching.contradictions import half_recorded
from matching.early_ends import ending_here
from matching.eligibility import assess_case
from matching.findings import TO_BE_ASKED, Context, case_of
from matching.home import Home
from matching.plan_result import Staying
from matching.policy import Policy
from matching.referral import Referral
from reference_data.vocabulary import Urgency

STAYS_PUT = (
    "Lives here now and stays put: a move needs a reason and a review, and they are not both recorded."
)
NOT_IN_THE_LIST = (
    "The home the child lives in is not in the list of homes, so nothing says that the child may live there."
)

ABOUT_NEWCOMERS = frozenset(
    {"restriction_notice", "embargo", "type_acceptable", "written_exclusion", "council_rule"}
)
"""Rules about whom a home may take or is sought for: of a child who is settled there they ask, and are told."""


def staying(
    settled: Iterable[Referral],
    homes: Sequence[Home],
    referrals: Sequence[Referral],
    *,
    as_of: date,
    policy: Policy,
) -> tuple[Staying, ...]:
    """Return each settled child with the home, and every rule by which the child may not go on living there.

    Parameters
    ----------
    homes
        With the referred children who live in them among the residents.
    referrals
        All children on the list: some may be recorded as not to live with a settled one.
    """
    home_of = {home.home_id: home for home in homes}
    return tuple(
        Staying(
            child_id=one.child_id,
            home_id=one.current_home_id,
            reasons=(STAYS_PUT, *asked),
            may_not_go_on=against,
            urgency=one.urgency,
        )
        for one in settled
        if one.current_home_id is not None
        for against, asked in [_found(one, home_of.get(one.current_home_id), referrals, as_of, policy)]
    )


def _found(
    child: Referral, home: Home | None, referrals: Sequence[Referral], as_of: date, policy: Policy
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return why the child may not go on living there, and what is coming or has to be asked about it."""
    if home is None:
        return (NOT_IN_THE_LIST,), ()
    apart = [
        other for other in referrals if other.child_id in child.not_with or child.child_id in other.not_with
    ]
    # Whether brothers and sisters could move in too says nothing about this child.
    case = replace(case_of(child, Context(as_of=as_of, policy=policy, others=tuple(apart))), group=())
    found = assess_case(case, home, ())
    asked = [question.text for question in found.questions if question.rule in ABOUT_NEWCOMERS]
    coming = [*half_recorded(child), *(f"{text}." for text in ending_here(case, home))]
    return (
        tuple(exclusion.text for exclusion in found.exclusions),
        (*coming, *(f"{TO_BE_ASKED}{text}" for text in asked)),
    )


def needs_a_move(row: Mapping[str, Any]) -> bool:
    """Say of a settled child in a plan's answer whether the child may not stay, or needs a move at once."""
    urgent = (Urgency.CRISIS.value, Urgency.EMERGENCY.value)
    return bool(row.get("may_not_go_on")) or row.get("urgency") in urgent


def warnings_about(rows: Iterable[Staying], not_placed: int) -> list[str]:
    """Return what the evidence has to say of settled children, and of those who live in no placement at all."""
    found = []
    moves = sum(needs_a_move(one.as_dict()) for one in rows)
    if moves:
        found.append(
            f"{stay_where_they_may_not(moves)}: hold a review now, and record it and the "
            "reason for a move. Until then nothing else is planned."
        )
    if not_placed:
        found.append(
            f"{not_placed} {'child lives' if not_placed == 1 else 'children live'} where nobody may be placed (a hotel "
            "or another emergency setting, or a home that is not registered): planned as children who wait."
        )
    return found


def stay_where_they_may_not(count: int) -> str:
    """Return how many settled children may not stay or need a move at once, in words.

    Examples
    --------
    >>> stay_where_they_may_not(1)
    '1 settled child stays where the child may not live, or needs a move at once'
    >>> stay_where_they_may_not(2)
    '2 settled children stay where they may not live, or need a move at once'
    """
    if count == 1:
        return "1 settled child stays where the child may not live, or needs a move at once"
    return f"{count} settled children stay where they may not live, or need a move at once"
