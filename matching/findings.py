"""What a rule may find: an exclusion, a question, or nothing; and the case that rules look at.

The rules themselves are in ``lawful.py``, ``room.py``, ``fit.py``, ``statements.py`` and
``council_rules.py``; they are gathered and run in ``eligibility.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from matching.alongside import are_kin, company_wanted, high_risks_to_others
from matching.home import Home
from matching.policy import Policy
from matching.referral import (
    Referral,
    age_at,
    most_urgent,
    must_siblings,
    needed_at_once,
    sibling_members,
    start_of_placement,
    stays_put,
)
from reference_data.vocabulary import Alongside, NeedDomain, Urgency


class Exclusion(NamedTuple):
    """A reason why a home may not take the child, with the instrument it rests on.

    A named tuple, not a dataclass as elsewhere, and so is a question: ranking a child makes a thousand of them.
    """

    rule: str
    text: str
    instrument: str

    def as_dict(self) -> dict[str, str]:
        """Return the contract's reason of an excluded home."""
        return {"rule": self.rule, "text": self.text, "instrument": self.instrument}


class Question(NamedTuple):
    """A fact that is not known, and the role to ask. It neither fits nor excludes."""

    rule: str
    text: str
    ask: str

    def as_dict(self) -> dict[str, str]:
        """Return the contract's question of an option."""
        return {"rule": self.rule, "text": self.text, "ask": self.ask}


Finding = Exclusion | Question | None

TO_BE_ASKED = "To be asked: "
"""How a question begins where it stands among the reasons of a plan."""


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
    siblings
        The other referred children of its sibling group, whether or not they must come too.
    child_ids
        The ids of all who would move in together.
    starts
        Those ids, each with the day the child moves in and the home the child lives in now.
    scored
        By domain of need: the score, ``None`` when there is none, and the largest gap that does not exclude.
    apart
        The ids of the children this child may not live with, whichever of the two referrals says so.
    apart_live_in
        The ids of the homes in which those of them on the list are placed.
    to_be_weighed_in
        By home: the children of the list who are placed there and are a high risk to others or are to have certain
        company only. Brothers and sisters of this child are not among them.
    """

    referral: Referral
    context: Context
    start: date
    age: int | None
    group: tuple[Referral, ...]
    urgency: Urgency | None
    siblings: tuple[Referral, ...] = field(init=False, repr=False, compare=False)
    child_ids: frozenset[str] = field(init=False, repr=False, compare=False)
    starts: tuple[tuple[str, date, str | None], ...] = field(init=False, repr=False, compare=False)
    scored: tuple[tuple[NeedDomain, int | None, int], ...] = field(init=False, repr=False, compare=False)
    apart: frozenset[str] = field(init=False, repr=False, compare=False)
    apart_live_in: frozenset[str] = field(init=False, repr=False, compare=False)
    to_be_weighed_in: Mapping[str, tuple[Referral, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what every home is asked."""
        movers = (self.referral, *self.group)
        child_id = self.referral.child_id
        named_by = (other.child_id for other in self.context.others if child_id in other.not_with)
        as_of = self.context.as_of
        set_once = object.__setattr__
        set_once(self, "siblings", sibling_members(self.referral, self.context.others))
        set_once(self, "child_ids", frozenset(one.child_id for one in movers))
        set_once(
            self,
            "starts",
            tuple((one.child_id, start_of_placement(one, as_of), one.current_home_id) for one in movers),
        )
        needs, tolerance = self.referral.needs, self.context.policy.need_gap_points
        set_once(
            self, "scored", tuple((domain, needs.get(domain), tolerance[domain]) for domain in NeedDomain)
        )
        apart = frozenset((*self.referral.not_with, *named_by))
        set_once(self, "apart", apart)
        elsewhere = apart - self.child_ids
        set_once(
            self,
            "apart_live_in",
            frozenset(
                other.current_home_id
                for other in (self.context.others if elsewhere else ())
                if other.child_id in elsewhere and other.current_home_id is not None
            ),
        )
        weighed: dict[str, tuple[Referral, ...]] = {}
        for other in self.context.others:
            home_id = other.current_home_id
            if home_id is not None and has_to_be_weighed(other) and not are_kin(self.referral, other):
                weighed[home_id] = (*weighed.get(home_id, ()), other)
        set_once(self, "to_be_weighed_in", weighed)

    @property
    def is_urgent(self) -> bool:
        """Say whether the urgency recorded is crisis or emergency."""
        return self.urgency in (Urgency.CRISIS, Urgency.EMERGENCY)

    @property
    def needed_at_once(self) -> bool:
        """Say whether the home has to admit at once: by the urgency or the date of anybody who moves in."""
        if self.is_urgent:
            return True
        as_of = self.context.as_of
        return any(needed_at_once(one, as_of) for one in (self.referral, *self.group))

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


def has_to_be_weighed(resident: Referral) -> bool:
    """Say whether what is recorded of a child has to be weighed before a stranger moves in with the child."""
    return bool(high_risks_to_others(resident)) or company_wanted(resident) is not None


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
