"""What a rule may find: an exclusion, a question, or nothing; and the case that rules look at.

The rules themselves are in ``lawful.py``, ``room.py``, ``fit.py``, ``statements.py`` and
``council_rules.py``; they are gathered and run in ``eligibility.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matching.home import Home
from matching.policy import Policy
from matching.referral import (
    Referral,
    age_at,
    most_urgent,
    must_siblings,
    start_of_placement,
    stays_put,
)
from reference_data.vocabulary import Alongside, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A reason why a home may not take the child, with the instrument it rests on."""

    rule: str
    text: str
    instrument: str

    def as_dict(self) -> dict[str, str]:
        """Return the contract's reason of an excluded home."""
        return {"rule": self.rule, "text": self.text, "instrument": self.instrument}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A fact that is not known, and the role to ask. It neither fits nor excludes."""

    rule: str
    text: str
    ask: str

    def as_dict(self) -> dict[str, str]:
        """Return the contract's question of an option."""
        return {"rule": self.rule, "text": self.text, "ask": self.ask}


Finding = Exclusion | Question | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything the rules found about one child and one home.

    The home is lawful and may be offered when there is no exclusion; it is known to fit when there
    is no question either.
    """

    exclusions: tuple[Exclusion, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def may_be_offered(self) -> bool:
        """Say whether nothing excludes the home."""
        return not self.exclusions


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What rules need beside the child and the home.

    Parameters
    ----------
    as_of
        The day the question is asked.
    others
        The other referrals on the list. Those of the same sibling group who must stay together count for
        room and lawfulness.
    """

    as_of: date
    policy: Policy
    others: tuple[Referral, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A referral with what follows from it on the day it starts, worked out once for all homes.

    Parameters
    ----------
    start
        The day the placement starts.
    age
        Whole years on that day; ``None`` without a birth date, or with one after that day.
    group
        The brothers and sisters who must be placed in the same home, this child left out.
    urgency
        The most urgent of the child and that group; ``None`` when none is recorded.
    """

    referral: Referral
    context: Context
    start: date
    age: int | None
    group: tuple[Referral, ...]
    urgency: Urgency | None

    @property
    def child_ids(self) -> frozenset[str]:
        """Return the ids of all who would move in together."""
        return frozenset((self.referral.child_id, *(member.child_id for member in self.group)))

    @property
    def is_urgent(self) -> bool:
        """Say whether the placement is needed at once."""
        return self.urgency in (Urgency.CRISIS, Urgency.EMERGENCY)

    def lives_in(self, home: Home) -> bool:
        """Say whether the home is the one the child lives in now."""
        return self.referral.current_home_id == home.home_id

    def settled_in(self, home: Home) -> bool:
        """Say whether the child lives in the home and stays put."""
        return self.lives_in(home) and stays_put(self.referral)

    @property
    def needs_solo(self) -> bool:
        """Say whether the referral asks for a home without other children."""
        return self.referral.alongside is Alongside.SOLO or "solo" in self.referral.requires


def case_of(referral: Referral, context: Context) -> Case:
    """Return the case that the rules look at."""
    group = must_siblings(referral, context.others)
    start = start_of_placement(referral, context.as_of)
    age = age_at(referral, start)
    return Case(
        referral=referral,
        context=context,
        start=start,
        age=None if age is not None and age < 0 else age,
        group=group,
        urgency=most_urgent((referral, *group)),
    )
