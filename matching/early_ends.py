"""What would end a stay before it is expected to end, and how much of it would be lost.

Whatever stands here speaks against a home in the aim ``stability`` and is told as a flag; it excludes nothing. A
notice that a provider gave of one child's placement is no fact about the home for the next child: for that child it is
the reason for a move, and the day it ends is the day a home is needed by.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from matching.findings import Case
from matching.home import Home
from matching.words import day_words


class EarlyEnd(NamedTuple):
    """Something recorded that would end a stay early, and the day from which the child has no bed there."""

    what: str
    on: date


def early_ends(case: Case, home: Home) -> tuple[EarlyEnd, ...]:
    """Return what would end the stay early: ``longest_stay``, ``closes``, ``temporary_approval``.

    Where nobody said how long the stay is, each of them counts: a home that keeps a child for four weeks is no home
    for a stay without an end.
    """
    until = expected_end(case)
    days = home.max_stay_days
    found = {
        "longest_stay": None if days is None or case.lives_in(home) else case.start + timedelta(days=days),
        "closes": home.closes_on,
        "temporary_approval": home.temporary_approval_until,
    }
    return tuple(
        EarlyEnd(what, on) for what, on in found.items() if on is not None and (until is None or on < until)
    )


_ENDING_HERE = {
    "closes": "The home is to close",
    "temporary_approval": "The carer's temporary approval, unless it is extended or the carer approved, ends",
}


def ending_here(case: Case, home: Home) -> list[str]:
    """Return what will end the stay of a child who lives in the home, while a review can still be held in time."""
    return [
        f"{_ENDING_HERE[end.what]} on {day_words(end.on)}: hold a review in time and find the next home"
        for end in early_ends(case, home)
        if end.what in _ENDING_HERE and end.on > case.start
    ]


def expected_end(case: Case) -> date | None:
    """Return the day the stay is expected to end, or ``None`` when nobody said how long it is."""
    days = case.referral.expected_stay_days
    return None if days is None else case.start + timedelta(days=days)


def nights_lost(case: Case, home: Home, *, unknown_stay_days: int) -> int:
    """Return the nights of the stay expected that the child would not have in the home; 0 where nothing ends it early.

    Only the first of several ends counts: after it there is nothing left to lose. Where something ends the stay and
    nobody said how long it is, at least one night counts.

    Parameters
    ----------
    unknown_stay_days
        How long a stay is taken to be of which nobody said it.
    """
    ends = early_ends(case, home)
    if not ends:
        return 0
    until = expected_end(case) or case.start + timedelta(days=unknown_stay_days)
    return max(1, (until - max(case.start, min(end.on for end in ends))).days)
