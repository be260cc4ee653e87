"""Who gets offered what: options by sex, ethnicity, disability and distance, and how often people choose another home.

It counts and judges nothing: a difference between groups is a question to the council, since children in different
groups need different homes. Small counts are for the council's own eyes; what leaves it goes through
``small_numbers.py`` first. Decisions and the answers of homes are in ``decisions.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Any

from matching.decisions import Decision, Enquiry, Overrides, overrides_of_the_first
from matching.home import Home
from matching.option import Option
from matching.other_kinds import kind_of
from matching.policy import Policy, default_policy
from matching.rank import Ranking, rank_homes
from matching.referral import Referral
from matching.small_numbers import published
from reference_data.evidence import evidence
from reference_data.problems import InvalidInput

NOT_RECORDED = "not recorded"
FAR_MILES = 20
"""The distance of the national indicator: more than twenty miles from home."""
NEAR_MILES = 5
"""What is called near here. Professional judgement."""

DECIDED = ("decisions", "first_chosen", "another_chosen")
ASKED = ("homes_asked", "homes_offered")
OWN_EYES = "Not for publication: it holds counts of a few children."
PUBLISHED = "Counts are rounded to the nearest five, and those of one to five children are shown as c."


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOffered:
    """What the children of one group were offered.

    Parameters
    ----------
    options_median
        Lawful homes a child, in the middle.
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
    decisions, first_chosen, another_chosen
        Decisions recorded for the group; the home ranked first was chosen; another was. ``None`` where no
        decisions were given.
    homes_asked, homes_offered
        Children for whom a home was asked; for whom at least one home offered a place. ``None`` where no
        enquiries were given.
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
    decisions: int | None = None
    first_chosen: int | None = None
    another_chosen: int | None = None
    homes_asked: int | None = None
    homes_offered: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the group ready for JSON."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "first_kinds": dict(self.first_kinds)
        }


@dataclass(frozen=True, kw_only=True)
class EqualityReport:
    """What each group of children is offered, and what people decided.

    ``overrides`` is ``None`` where no decisions were given. ``not_an_option`` holds the children for whom a home was
    decided on that the rules do not offer, by the records given.
    """

    as_of: date
    children: int
    groups: tuple[GroupOffered, ...]
    overrides: Overrides | None
    first_worked_out: int
    not_an_option: tuple[str, ...]
    evidence: dict[str, Any]

    def as_dict(self, *, for_publication: bool = False) -> dict[str, Any]:
        """Return the report ready for JSON.

        Parameters
        ----------
        for_publication
            Suppress small counts and leave out the ids of children; without it the report says that it is not for
            publication.
        """
        groups = [group.as_dict() for group in self.groups]
        overrides = None if self.overrides is None else self.overrides.as_dict()
        answer = {
            "as_of": self.as_of.isoformat(),
            "for_publication": for_publication,
            "statement": PUBLISHED if for_publication else OWN_EYES,
            "children": self.children,
            "far_miles": FAR_MILES,
            "groups": groups,
            "overrides": overrides,
            "first_worked_out": self.first_worked_out,
            "not_an_option": list(self.not_an_option),
            "evidence": self.evidence,
        }
        return published(answer) if for_publication else answer


def equality_report(
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy | None = None,
    characteristics: Mapping[str, Mapping[str, str]] | None = None,
    decisions: Iterable[Decision] | None = None,
    enquiries: Iterable[Enquiry] | None = None,
) -> EqualityReport:
    """Return what each group of children on a list is offered, by characteristic and group in order.

    Sex comes from the referral, and a disability from the access or the communication the referral requires,
    which finds some disabled children and not all. Distance is that of the first option.

    Parameters
    ----------
    characteristics
        More about a child by child id, such as ``{"DEMO-C1": {"ethnicity": "WBRI", "disability": "yes"}}``: ethnicity
        is in no referral, and a value given here replaces the one told from the referral.
    decisions
        What people decided. Where the home ranked first is not recorded, it is worked out from the records given.
    enquiries
        Homes that were asked, with their answers.

    Raises
    ------
    InvalidInput
        If a decision is about a child without a referral here, or names a home that is not here.
    """
    policy = policy or default_policy()
    rankings = {
        referral.child_id: rank_homes(referral, homes, as_of=as_of, policy=policy, others=referrals)
        for referral in sorted(referrals, key=lambda one: one.child_id)
    }
    decided = None if decisions is None else list(decisions)
    _check(decided or (), rankings, {home.home_id for home in homes})
    told = None if decided is None else [_with_first(one, rankings[one.child_id]) for one in decided]
    asked = None if enquiries is None else list(enquiries)
    grouped: dict[tuple[str, str], list[str]] = {}
    for referral in sorted(referrals, key=lambda one: one.child_id):
        given = (characteristics or {}).get(referral.child_id, {})
        for names in _told(referral, rankings[referral.child_id], given).items():
            grouped.setdefault(names, []).append(referral.child_id)
    return EqualityReport(
        as_of=as_of,
        children=len(rankings),
        groups=tuple(
            _with_asked(
                _with_decisions(_offered(*names, [rankings[one] for one in ids]), ids, told), ids, asked
            )
            for names, ids in sorted(grouped.items(), key=lambda one: _in_order(*one[0]))
        ),
        overrides=None if told is None else overrides_of_the_first(told),
        first_worked_out=sum(one.first_ranked is None for one in decided or ()),
        not_an_option=tuple(sorted(one.child_id for one in told or () if _is_excluded(one, rankings))),
        evidence=evidence(
            inputs=(
                sorted(referrals, key=lambda one: one.child_id),
                sorted(homes, key=lambda one: one.home_id),
                as_of,
                policy,
                dict(sorted((characteristics or {}).items())),
                sorted(told or (), key=lambda one: (one.child_id, one.decided or "")),
                sorted(asked or (), key=lambda one: (one.child_id, one.home_id, one.answer or "")),
            ),
            policy_version=policy.version,
            data_date=as_of,
            seed=None,
        ),
    )


def _check(decisions: Iterable[Decision], rankings: Mapping[str, Ranking], home_ids: set[str]) -> None:
    for one in decisions:
        if one.child_id not in rankings:
            raise InvalidInput(
                "decision_unknown_child", "A decision is about a child without a referral here."
            )
        if not {one.decided, one.first_ranked} <= {None, *home_ids}:
            raise InvalidInput(
                "decision_unknown_home", "A decision names a home that is not among the homes."
            )


def _with_first(decision: Decision, ranking: Ranking) -> Decision:
    if decision.first_ranked is not None:
        return decision
    return replace(decision, first_ranked=ranking.first[0] if ranking.first else None)


def _is_excluded(decision: Decision, rankings: Mapping[str, Ranking]) -> bool:
    return any(home.home_id == decision.decided for home in rankings[decision.child_id].excluded)


def characteristics_of(referral: Referral) -> dict[str, str]:
    """Return sex, ethnicity and disability of a child as far as a referral tells them."""
    access = bool(set(referral.requires) & {"step_free", "hoist", "wheelchair"} or referral.communication)
    return {
        "sex": NOT_RECORDED if referral.sex is None else str(referral.sex),
        "ethnicity": NOT_RECORDED,
        "disability": "access or communication need" if access else "none told by the referral",
    }


def _told(referral: Referral, ranking: Ranking, given: Mapping[str, str]) -> dict[str, str]:
    distance = _distance(ranking.options[0] if ranking.options else None)
    return {**characteristics_of(referral), "distance": distance, **given}


_NEAR, _FURTHER, _FAR = (
    f"up to {NEAR_MILES} miles",
    f"{NEAR_MILES} to {FAR_MILES} miles",
    f"more than {FAR_MILES} miles",
)


def _in_order(characteristic: str, group: str) -> tuple[str, int, str]:
    nearest_first = (_NEAR, _FURTHER, _FAR)
    return characteristic, nearest_first.index(group) if group in nearest_first else len(nearest_first), group


def _distance(first: Option | None) -> str:
    if first is None:
        return "no option"
    miles = first.distance_miles
    if miles is None:
        return "cannot be measured"
    if miles > FAR_MILES:
        return _FAR
    return _NEAR if miles <= NEAR_MILES else _FURTHER


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


def _with_decisions(
    group: GroupOffered, child_ids: Sequence[str], decisions: Sequence[Decision] | None
) -> GroupOffered:
    if decisions is None:
        return group
    mine = [one for one in decisions if one.child_id in child_ids]
    return replace(
        group,
        decisions=len(mine),
        first_chosen=sum(one.is_first for one in mine),
        another_chosen=sum(one.is_another for one in mine),
    )


def _with_asked(
    group: GroupOffered, child_ids: Sequence[str], enquiries: Sequence[Enquiry] | None
) -> GroupOffered:
    if enquiries is None:
        return group
    mine = [one for one in enquiries if one.child_id in child_ids]
    return replace(
        group,
        homes_asked=len({one.child_id for one in mine}),
        homes_offered=len({one.child_id for one in mine if one.answer == "offered"}),
    )
