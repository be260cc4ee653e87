"""Who gets offered what: options by sex, ethnicity, disability and distance, and how often people choose another home.

It counts and judges nothing: a difference between groups is a question to the council, since children in different
groups need different homes. Small counts are for the council's own eyes; what leaves it goes through the
suppression of small numbers first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

from matching.home import Home
from matching.other_kinds import kind_of
from matching.policy import Policy
from matching.rank import Ranking, rank_homes
from matching.referral import Referral

NOT_RECORDED = "not recorded"
FAR_MILES = 20
"""The distance of the national indicator: more than twenty miles from home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOffered:
    """What the children of one group were offered.

    Parameters
    ----------
    options_median
        Lawful homes a child, in the middle; ``None`` never occurs since a group holds a child.
    known_to_fit
        Children whose first option has no question.
    without_option
        Children for whom no home is lawful.
    first_miles_median
        Miles to the first option, in the middle of those that can be measured; ``None`` where none can.
    first_far
        Children whose first option is more than ``FAR_MILES`` away.
    first_kinds
        Children by the broad kind of their first option.
    """

    characteristic: str
    group: str
    children: int
    options_median: float
    known_to_fit: int
    without_option: int
    first_miles_median: float | None
    first_far: int
    first_kinds: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the group ready for JSON."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "first_kinds": dict(self.first_kinds)
        }


def equality_report(
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy | None = None,
    characteristics: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[GroupOffered, ...]:
    """Return what each group of children on a list is offered, by characteristic and group in order.

    Sex comes from the referral, and a disability from the access or the communication the referral requires,
    which finds some disabled children and not all.

    Parameters
    ----------
    characteristics
        More about a child by child id, such as ``{"DEMO-C1": {"ethnicity": "WBRI", "disability": "yes"}}``: ethnicity
        is in no referral, and a value given here replaces the one told from the referral.
    """
    grouped: dict[tuple[str, str], list[Ranking]] = {}
    for referral in sorted(referrals, key=lambda one: one.child_id):
        ranking = rank_homes(referral, homes, as_of=as_of, policy=policy, others=referrals)
        for characteristic, group in _told(
            referral, (characteristics or {}).get(referral.child_id, {})
        ).items():
            grouped.setdefault((characteristic, group), []).append(ranking)
    return tuple(_offered(*names, rankings) for names, rankings in sorted(grouped.items()))


def _told(referral: Referral, given: Mapping[str, str]) -> dict[str, str]:
    access = bool(set(referral.requires) & {"step_free", "hoist", "wheelchair"} or referral.communication)
    told = {
        "sex": NOT_RECORDED if referral.sex is None else str(referral.sex),
        "ethnicity": NOT_RECORDED,
        "disability": "access or communication need" if access else "none told by the referral",
    }
    return {**told, **given}


def _offered(characteristic: str, group: str, rankings: list[Ranking]) -> GroupOffered:
    firsts = [ranking.options[0] for ranking in rankings if ranking.options]
    miles = [option.distance_miles for option in firsts if option.distance_miles is not None]
    kinds = sorted(kind_of(option.home) for option in firsts)
    return GroupOffered(
        characteristic=characteristic,
        group=group,
        children=len(rankings),
        options_median=float(median(len(ranking.options) for ranking in rankings)),
        known_to_fit=sum(not option.questions for option in firsts),
        without_option=len(rankings) - len(firsts),
        first_miles_median=float(median(miles)) if miles else None,
        first_far=sum(far > FAR_MILES for far in miles),
        first_kinds={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided for one child, beside what came first in the ranking they saw.

    Parameters
    ----------
    first_ranked
        The home that came first; ``None`` where there was no option.
    decided
        The home decided on; ``None`` where none was.
    reason
        Why, in the person's own words; empty where nobody wrote it down.
    """

    child_id: str
    first_ranked: str | None
    decided: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """How often people chose another home than the first.

    ``without_reason`` holds the ids of the children for whom nobody wrote down why.
    """

    decisions: int
    first_chosen: int
    another_chosen: int
    none_chosen: int
    without_reason: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the counts ready for JSON."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "without_reason": list(self.without_reason)
        }


def overrides_of_the_first(decisions: Iterable[Decision]) -> Overrides:
    """Return how often the home ranked first was chosen, another was, or none was.

    Choosing another home is no error: the ranking knows what is recorded, and people know more. Many overrides say
    that a weight or a record is wrong; none at all says that nobody decides.
    """
    rows = sorted(decisions, key=lambda one: one.child_id)
    another = [one for one in rows if one.decided is not None and one.decided != one.first_ranked]
    return Overrides(
        decisions=len(rows),
        first_chosen=sum(one.decided is not None and one.decided == one.first_ranked for one in rows),
        another_chosen=len(another),
        none_chosen=sum(one.decided is None for one in rows),
        without_reason=tuple(one.child_id for one in another if not one.reason.strip()),
    )
