"""Where a record contradicts itself so that no ranking can be right until somebody says which half holds.

Nothing here ranks or excludes. What is only missing is in ``assumed.py``; what to ask oneself first is in
``prompts.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from matching.findings import Case, Exclusion
from matching.home import Home
from matching.referral import Referral, stays_put, urgency_contradiction
from matching.words import day_words


def contradicting_dates(referrals: Iterable[Referral], as_of: date) -> list[str]:
    """Return one sentence of how many referrals contradict themselves about urgency and date; none where none does."""
    number = sum(urgency_contradiction(one, as_of) is not None for one in referrals)
    return [f"{number} referrals contradict themselves about urgency and date; check them."] if number else []


def contradictions(case: Case, excluded: Iterable[tuple[Home, tuple[Exclusion, ...]]]) -> list[str]:
    """Return what in the record cannot both be true, as sentences to read before any option."""
    found = [
        *_cannot_stay(case, excluded),
        *(_settled_and_needed_at_once(case) or half_recorded(case.referral)),
    ]
    about_dates = urgency_contradiction(case.referral, case.context.as_of)
    return found if about_dates is None else [*found, about_dates]


def _cannot_stay(case: Case, excluded: Iterable[tuple[Home, tuple[Exclusion, ...]]]) -> list[str]:
    """Return that a child recorded as settled lives where the child may not, which no list of options would show."""
    reasons = [exclusion.text for home, found in excluded if case.settled_in(home) for exclusion in found]
    if not reasons:
        return []
    return [
        "The child is recorded as settled, and the home the child lives in may not go on taking the child: "
        f"{' '.join(reasons)} Hold a review now, and record it and the reason for a move: until then no home is an "
        "option."
    ]


def half_recorded(referral: Referral) -> list[str]:
    """Return which half of a decided move is missing where the other one is recorded: until then the child stays put."""
    if not stays_put(referral) or not (referral.move_reason or referral.move_review_on):
        return []
    if referral.move_reason:
        by = f" before {day_words(referral.needed_by)}, when a home is needed" if referral.needed_by else ""
        return [
            f"A reason for a move is recorded and no review: hold it{by}. Until it is recorded the child stays put."
        ]
    return [
        "A review is recorded and no reason for a move: record it if the child is to move, who stays put until then."
    ]


def _settled_and_needed_at_once(case: Case) -> list[str]:
    """Return that a home is asked for at once for a child who by the record stays where the child is.

    References
    ----------
    Care Planning, Placement and Case Review (England) Regulations 2010, regulation 14 (read second-hand).
    """
    referral = case.referral
    # A date alone is no wish to move: only an urgency or a reason says that somebody means the child to.
    if not stays_put(referral) or not case.needed_at_once or not (case.is_urgent or referral.move_reason):
        return []
    if referral.move_review_on is not None:
        missing = "the reason for the move is not recorded"
    elif referral.move_reason:
        missing = "the review of the move is not recorded"
    else:
        missing = "neither a reason for a move nor its review is recorded"
    return [
        f"The record contradicts itself: a home is needed at once, and the child is settled because {missing}, "
        "so only the home the child lives in is shown. A placement ends only after a review, except where "
        "there is an immediate risk (Care Planning, Placement and Case Review (England) Regulations 2010, regulation 14; "
        "read second-hand, so check the regulation). If the child cannot stay tonight, the responsible authority "
        "decides: record the reason, and the day the review was held or, at immediate risk, the day it follows. The "
        "other homes are then ranked at once."
    ]
