"""One home in the answer for one child: an option with everything a person needs, or a home with why not.

The order of options is in ``rank.py``. An option's sentences are written when they are first asked for: of
thousands of lawful homes a person reads a few.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from matching import explain
from matching.approvals import Approval, approvals
from matching.findings import Case, Exclusion, Question
from matching.gaps import Gap, gaps
from matching.home import Home
from matching.order_flags import order_flags
from matching.places import miles_between, why_no_distance
from matching.terms import Speaks, Term, terms


@dataclass(frozen=True, kw_only=True)
class Option:
    """One lawful home for the child, with everything a person needs to decide.

    Parameters
    ----------
    rank
        From 1. Homes known to fit come before homes with a question.
    penalties
        Weighted penalty of each aim, in the policy's order; comparable within a stage only.
    wishes
        What the child said, or that nobody recorded it: shown with every option, never scored.
    case, home
        What the sentences are written from. They hold a birth date and postcodes, so they are never printed.
    """

    home_id: str
    rank: int
    weekly_fee_pence: int | None
    penalties: dict[str, int] = field(hash=False)
    questions: tuple[Question, ...]
    wishes: tuple[str, ...]
    case: Case = field(repr=False)
    home: Home = field(repr=False)

    @property
    def distance_miles(self) -> float | None:
        """Return the straight line from home to home, to one decimal; ``None`` when unknown."""
        return miles_between(self.case.referral.home_postcode, self.home.postcode)

    @property
    def distance_note(self) -> str | None:
        """Return why the distance is unknown, or ``None``."""
        return why_no_distance(self.case.referral.home_postcode, self.home.postcode)

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Return why the home stands where it does, what speaks for it first."""
        return tuple(explain.reasons(self.case, self.home))

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """Return what each aim says of the home, in the policy's order."""
        return terms(self.case, self.home, self.penalties)

    @property
    def speaks_for(self) -> tuple[str, ...]:
        """Return what speaks for the home, in the order of the aims."""
        return tuple(term.text for term in self.terms if term.speaks is Speaks.FOR)

    @property
    def speaks_against(self) -> tuple[str, ...]:
        """Return what speaks against the home, in the order of the aims."""
        return tuple(term.text for term in self.terms if term.speaks is Speaks.AGAINST)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Return each need the home does not say it can meet, with the support that would close it."""
        return gaps(self.case, self.home)

    @cached_property
    def flags(self) -> tuple[str, ...]:
        """Return what to watch with this home; a flag neither ranks nor excludes."""
        return (*explain.flags(self.case, self.home), *order_flags(self.case, self.home))

    @cached_property
    def approvals(self) -> tuple[Approval, ...]:
        """Return what must be approved, planned or notified, by whom and when."""
        return approvals(self.case, self.home)

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's option."""
        return {
            "home_id": self.home_id,
            "rank": self.rank,
            "distance_miles": self.distance_miles,
            "distance_note": self.distance_note,
            "weekly_fee_pence": self.weekly_fee_pence,
            "penalties": dict(self.penalties),
            "reasons": list(self.reasons),
            "questions": [question.as_dict() for question in self.questions],
            "flags": list(self.flags),
            "approvals": [approval.as_dict() for approval in self.approvals],
            "wishes": list(self.wishes),
            "for": list(self.speaks_for),
            "against": list(self.speaks_against),
            "gaps": [gap.as_dict() for gap in self.gaps],
            "terms": [
                term.as_dict() for term in self.terms if term.speaks is not Speaks.NEITHER or term.penalty
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedHome:
    """A home that may not be offered, with every reason."""

    home_id: str
    reasons: tuple[Exclusion, ...]


def excluded_as_dicts(why_not: Iterable[tuple[Home, tuple[Exclusion, ...]]]) -> list[dict[str, Any]]:
    """Return the contract's excluded homes. Homes that a rule excludes in the same words share one reason."""
    said: dict[Exclusion, dict[str, str]] = {}
    found = []
    for home, reasons in why_not:
        for reason in reasons:
            if reason not in said:
                said[reason] = reason.as_dict()
        found.append({"home_id": home.home_id, "reasons": [said[reason] for reason in reasons]})
    return found
