"""One child, every home: the lawful options in order with reasons, and the rest with why not.

The rules are in ``eligibility.py``, the aims in ``aims.py``, the sentences in ``explain.py``, the
signatures in ``approvals.py``, and what would have to change in ``relax.py``. A person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from matching import aims, explain
from matching.assumed import assumed
from matching.contradictions import contradictions
from matching.eligibility import assess_all, cases_of_group, exclusions_of_all
from matching.findings import Assessment, Case, Context, Exclusion, case_of
from matching.fingerprints import fingerprint
from matching.home import Home
from matching.home_list import Asked, HomeList, all_of, home_list
from matching.living_there import children_by_home, who_is_placed, with_residents
from matching.option import ExcludedHome, Option, excluded_as_dicts
from matching.other_kinds import OtherKind, other_kinds
from matching.places import miles_between
from matching.policy import Policy, default_policy
from matching.prompts import prompts_of, wishes
from matching.referral import Referral
from matching.relax import Relaxation, relaxations
from matching.rule_sources import law_not_yet_in_force
from matching.sensitivity import FIRST, MOVED_PERCENT, WeightMoved, sensitivity
from matching.surety import uncertainty
from matching.terms import measures
from reference_data.evidence import evidence
from reference_data.problems import InvalidInput

SortKey = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """The answer for one child: every home is in exactly one of ``options`` and ``excluded``.

    With a limit, ``options`` holds the first of them and ``options_not_shown`` says how many follow.

    Parameters
    ----------
    why_not
        Every home that may not be offered, and why: what ``excluded`` is made of.
    lawful
        Every option, shown or not, with the key it was sorted by."""

    referral_id: str
    as_of: date
    policy: str
    assumptions: tuple[str, ...]
    prompts: tuple[str, ...]
    options: tuple[Option, ...]
    options_not_shown: int
    why_not: tuple[tuple[Home, tuple[Exclusion, ...]], ...] = field(repr=False)
    relaxations: tuple[Relaxation, ...]
    evidence: dict[str, Any] = field(hash=False)
    lawful: tuple[tuple[Option, SortKey], ...] = field(repr=False)
    used_policy: Policy = field(repr=False)

    @property
    def first(self) -> tuple[str, ...]:
        """Return the homes that come first, up to three, whatever the limit."""
        return tuple(option.home_id for option, _ in self.lawful[:FIRST])

    @cached_property
    def excluded(self) -> tuple[ExcludedHome, ...]:
        """Return every home that may not be offered, with every reason."""
        return tuple(ExcludedHome(home_id=home.home_id, reasons=found) for home, found in self.why_not)

    @cached_property
    def sensitivity(self) -> tuple[WeightMoved, ...]:
        """Return each weight that, moved by a quarter, would change which three come first or their order."""
        ranked = [(option.home_id, key, option.penalties) for option, key in self.lawful]
        return sensitivity(ranked, self.used_policy, stages_at=STAGES_AT)

    @cached_property
    def alternatives_in_kind(self) -> tuple[OtherKind, ...]:
        """Return the best option of each other broad kind, with what it gives up and gains."""
        return other_kinds([option for option, _ in self.lawful])

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's answer, ready for JSON."""
        return {
            "referral_id": self.referral_id,
            "as_of": self.as_of.isoformat(),
            "policy": self.policy,
            "assumptions": list(self.assumptions),
            "prompts": list(self.prompts),
            "options": [option.as_dict() for option in self.options],
            "options_not_shown": self.options_not_shown,
            "excluded": excluded_as_dicts(self.why_not),
            "relaxations": [relaxation.as_dict() for relaxation in self.relaxations],
            "sensitivity": {
                "moved_by_percent": MOVED_PERCENT,
                "first": list(self.first),
                "changes": [moved.as_dict() for moved in self.sensitivity],
            },
            "alternatives_in_kind": [other.as_dict() for other in self.alternatives_in_kind],
            "aims": measures(self.used_policy),
            "evidence": self.evidence,
        }


def rank_homes(
    referral: Referral,
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy | None = None,
    others: Iterable[Referral] = (),
    limit: int | None = None,
    warnings: Iterable[str] = (),
) -> Ranking:
    """Return every lawful home for one child, ranked with reasons, and every other home with why not.

    Use it for a child who needs a home now; a whole waiting list is planned jointly by ``plan_list``.
    An answer without options is an answer: the reasons and ``relaxations`` say what would have to change.

    Parameters
    ----------
    referral
        The child.
    homes
        Homes with ids that are all different, in any order.
    as_of
        The day the question is asked.
    policy
        The council's policy; the shipped default when ``None``.
    others
        The other referrals on the list. Brothers and sisters who must stay with the child count for room
        and have to pass every rule themselves; the child itself may be among them.
    limit
        Show at most this many options, at least 1; the excluded homes are always all shown.
    warnings
        Sentences to carry in the evidence, without a child's data.

    Raises
    ------
    InvalidInput
        If two homes share an id, or the limit is below 1.

    References
    ----------
    Children Act 1989, section 22C.
    """
    if limit is not None and limit < 1:
        raise InvalidInput("limit_below_one", "The limit of options must be at least 1.")
    homes_in_order = home_list(homes)
    policy = policy or default_policy()
    given = referral
    case, asked = case_and_homes(given, homes_in_order, others, as_of=as_of, policy=policy)
    referral, listed = case.referral, case.context.others
    members = cases_of_group(case)
    barred = exclusions_of_all(case, asked, members)
    shut = [index for index, found in enumerate(barred) if found]
    excluded = list(zip(asked.some(shut).homes, (barred[index] for index in shut), strict=True))
    may_take = asked.some([index for index, found in enumerate(barred) if not found])
    lawful = _in_order(case, list(zip(may_take.homes, assess_all(case, may_take, members), strict=True)))
    options = [option for option, _ in lawful]
    shown = options if limit is None else options[:limit]
    noticed = [*warnings, *_warnings(as_of, policy)]
    return Ranking(
        referral_id=referral.referral_id,
        as_of=as_of,
        policy=policy.version,
        assumptions=(
            *explain.assumptions(case, options_not_shown=len(options) - len(shown)),
            *assumed(case),
        ),
        prompts=(
            *([] if referral is given else [IN_NO_PLACEMENT]),
            *contradictions(case, excluded),
            *prompts_of(referral, start=case.start),
        ),
        options=tuple(shown),
        options_not_shown=len(options) - len(shown),
        why_not=tuple(excluded),
        relaxations=relaxations(case, asked.some(shut), [found for _, found in excluded]),
        evidence=evidence(
            inputs=(
                fingerprint(given),
                homes_in_order.fingerprint,
                [fingerprint(other) for other in sorted(listed, key=lambda one: one.child_id)],
                as_of,
                policy,
                limit,
            ),
            policy_version=policy.version,
            data_date=as_of,
            seed=None,
            warnings=noticed,
        ),
        lawful=tuple(lawful),
        used_policy=policy,
    )


def case_and_homes(
    referral: Referral, homes: HomeList, others: Iterable[Referral], *, as_of: date, policy: Policy
) -> tuple[Case, Asked]:
    """Return the case of one child and all homes it is asked of, with the children of the list who live in them.

    A child who lives in no placement, the one asked about or another, is one who waits and lives nowhere. Use it
    wherever homes are counted or ranked for one child, so that both are asked the same.
    """

    def home_of(home_id: str) -> Home | None:
        place = homes.place_of.get(home_id)
        return None if place is None else homes.homes[place]

    child, *rest = who_is_placed((referral, *others), home_of)
    listed = tuple(other for other in rest if other.child_id != child.child_id)
    case = case_of(child, Context(as_of=as_of, policy=policy, others=listed))
    return case, all_of(homes, _where_others_live(homes, listed, as_of))


IN_NO_PLACEMENT = (
    "The child sleeps in a setting that is no placement (Children Act 1989, section 22C(6)): a home is needed, however "
    "the search is recorded."
)
STAGES_AT = 2
"""Where the stage totals stand in what options are sorted by."""


def sort_key(case: Case, home: Home, found: Assessment, penalties: dict[str, int]) -> SortKey:
    """Return what options are sorted by: known before unknown, the floor, the aims in order, then the id.

    Distance in full comes after the aims, so that a nearer home wins where nothing else decides.
    """
    miles = miles_between(case.referral.home_postcode, home.postcode)
    return (
        uncertainty(case, home, found),
        0 if aims.above_floor(case, home) else 1,
        aims.stage_totals(penalties, case.context.policy),
        miles is None,
        miles or 0.0,
        len(found.questions),
        home.home_id,
    )


def _warnings(as_of: date, policy: Policy) -> list[str]:
    found = []
    if policy.in_force_from is not None and policy.in_force_from > as_of:
        found.append("The policy is not in force yet on the day asked about.")
    if early := law_not_yet_in_force(as_of):
        found.append(early)
    return found


def _in_order(case: Case, lawful: list[tuple[Home, Assessment]]) -> list[tuple[Option, SortKey]]:
    weights = aims.penalties_of_all(case, [home for home, _ in lawful])
    weighed = [(home, found, costs) for (home, found), costs in zip(lawful, weights, strict=True)]
    wished = tuple(wishes(case.referral))
    keyed = sorted(((sort_key(case, *one), *one) for one in weighed), key=lambda one: one[0])
    return [
        (
            Option(
                home_id=home.home_id,
                rank=rank,
                weekly_fee_pence=home.weekly_fee_pence,
                penalties=penalties,
                questions=found.questions,
                wishes=wished,
                case=case,
                home=home,
            ),
            key,
        )
        for rank, (key, home, found, penalties) in enumerate(keyed, start=1)
    ]


def _where_others_live(listed: HomeList, others: Sequence[Referral], as_of: date) -> dict[int, Home]:
    """Return, by place in the list, the homes where a child on the list lives whom the home does not list."""
    found = {}
    for home_id, children in children_by_home(others).items():
        place = listed.place_of.get(home_id)
        if place is not None:
            home = with_residents(listed.homes[place], children, as_of)
            if home is not listed.homes[place]:
                found[place] = home
    return found
