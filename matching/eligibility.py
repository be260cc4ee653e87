"""May this home be offered to this child? Every rule, run in one order, with every reason kept.

The rules stand in ``lawful.py`` (law and registration), ``room.py`` (places and company), ``fit.py``
(this child), ``statements.py`` (what the home has stated) and ``council_rules.py``. What is better or
worse, and excludes nothing, is in ``aims.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from matching import council_rules, fit, lawful, room, statements
from matching.asking_in_bulk import Rule, findings_of_all, shut_by
from matching.findings import Assessment, Case, Context, Exclusion, Question, case_of
from matching.home import Home
from matching.home_list import Asked, HomeList, all_of
from matching.referral import Referral

__all__ = [
    "RULES",
    "Assessment",
    "Context",
    "Exclusion",
    "Question",
    "assess",
    "assess_all",
    "assess_case",
    "cases_of_group",
    "may_be_offered",
]

RULES_FOR_EACH_CHILD: tuple[Rule, ...] = (
    lawful.never_offered,
    lawful.type_named,
    lawful.lawful_age,
    lawful.age_disputed,
    lawful.registered,
    lawful.restriction_notice,
    lawful.open_on_start,
    lawful.registered_age,
    lawful.registered_sex,
    lawful.named_approval,
    lawful.temporary_approval,
    lawful.secure_authority,
    fit.settled_placement,
    fit.lives_here_already,
    fit.type_acceptable,
    fit.purpose_needs_foster_carers,
    fit.type_suitable,
    fit.support_or_care,
    fit.crisis_use,
    fit.emergency_admission,
    fit.place_to_avoid,
    statements.required_features,
    statements.written_exclusion,
    statements.need_gap,
    room.not_with,
    room.alongside,
    room.peers_and_impact,
    fit.scores_out_of_date,
    statements.staffing,
    statements.communication,
    statements.special_purpose,
    fit.continuity,
)
"""Rules that each child of a sibling group who must stay together has to pass."""

RULES_FOR_THE_GROUP: tuple[Rule, ...] = (
    room.registered_number,
    room.place_free,
    room.usual_fostering_limit,
    fit.embargo,
    council_rules.council_rules,
    fit.siblings_known,
)
"""Rules that are asked once: of the home, or of all who would move in together."""

RULES: tuple[Rule, ...] = RULES_FOR_EACH_CHILD + RULES_FOR_THE_GROUP

HARD_FACTS = frozenset(
    {
        "lawful_age",
        "registered",
        "restriction_notice",
        "open_on_start",
        "registered_age",
        "registered_sex",
        "secure_authority",
        "settled_placement",
        "type_acceptable",
        "support_or_care",
        "crisis_use",
        "emergency_admission",
        "place_to_avoid",
        "required_features",
        "written_exclusion",
        "need_gap",
        "not_with",
        "registered_number",
        "place_free",
        "usual_fostering_limit",
        "embargo",
        "council_rule",
        "siblings_known",
    }
)
"""Rules that can exclude: a question of theirs means that a hard fact is missing."""

ASKS_ONLY = frozenset(
    {
        "age_disputed",
        "alongside",
        "peers_and_impact",
        "scores_out_of_date",
        "staffing",
        "communication",
        "special_purpose",
        "continuity",
        "siblings_known",
    }
)
"""Rules that never exclude: they need not be asked of a home that something else excludes."""

RULES_THAT_EXCLUDE: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.__name__ not in ASKS_ONLY)
RULES_THAT_EXCLUDE_EACH_CHILD: tuple[Rule, ...] = tuple(
    rule for rule in RULES_FOR_EACH_CHILD if rule.__name__ not in ASKS_ONLY
)


_LOOK_AT_COMPANY_OF_EACH: tuple[Rule, ...] = (fit.emergency_admission, room.not_with)

RULES_THAT_LOOK_AT_WHO_COMES: tuple[Rule, ...] = (*_LOOK_AT_COMPANY_OF_EACH, *RULES_FOR_THE_GROUP)
"""Rules whose finding about a child may be another when other brothers and sisters come too."""

_RULES_BUT_FOR_COMPANY = tuple(
    rule for rule in RULES_THAT_EXCLUDE_EACH_CHILD if rule not in RULES_THAT_LOOK_AT_WHO_COMES
)

_LOOK_AT_WHO_COMES = frozenset(rule.__name__ for rule in RULES_THAT_LOOK_AT_WHO_COMES) | {"council_rule"}


def assess(referral: Referral, home: Home, context: Context) -> Assessment:
    """Return everything that excludes a home for a child, and everything that has to be asked first.

    Use it for one pair; for one child and many homes make the case once and call ``assess_case``. The
    brothers and sisters in ``context.others`` who must be placed with the child have to pass too.

    Parameters
    ----------
    referral
        The child.
    home
        The home.
    context
        The day the question is asked, the policy, and the other referrals on the list.
    """
    return assess_case(case_of(referral, context), home)


def assess_case(case: Case, home: Home, members: tuple[Case, ...] | None = None) -> Assessment:
    """Return everything that excludes a home in a case, and everything that has to be asked first.

    Parameters
    ----------
    members
        What ``cases_of_group`` gives, where many homes are assessed in turn.
    """
    members = cases_of_group(case) if members is None else members
    return assess_all(case, all_of(HomeList((home,))), members)[0]


def assess_all(case: Case, asked: Asked, members: tuple[Case, ...] | None = None) -> list[Assessment]:
    """Return what ``assess_case`` says of each home that is asked about, in their order."""
    members = cases_of_group(case) if members is None else members
    exclusions: list[dict[str, Exclusion]] = [{} for _ in range(len(asked))]
    questions: list[dict[str, Question]] = [{} for _ in range(len(asked))]
    for one, rules in ((case, RULES), *((member, RULES_FOR_EACH_CHILD) for member in members)):
        for findings in findings_of_all(one, rules, asked):
            for found, indices in findings:
                if isinstance(found, Exclusion):
                    _add(found, indices, exclusions, of_a_sibling=one is not case)
                else:
                    _add(found, indices, questions, of_a_sibling=one is not case)
    return [
        Assessment(exclusions=tuple(barred.values()), questions=tuple(not_known.values()))
        for barred, not_known in zip(exclusions, questions, strict=True)
    ]


def exclusions_of_all(
    case: Case, asked: Asked, members: tuple[Case, ...] | None = None
) -> list[tuple[Exclusion, ...]]:
    """Return what excludes each home, in their order: the exclusions of ``assess_case``, without questions.

    Use it to part the homes of a list into those that may be offered and those that may not.
    """
    exclusions: list[dict[str, Exclusion]] = [{} for _ in range(len(asked))]
    for one, rules in _rules_that_exclude(case, members):
        _add_exclusions(one, rules, asked, exclusions, of_a_sibling=one is not case)
    return [tuple(found.values()) for found in exclusions]


def exclusions_without_siblings(
    alone: Case, asked: Asked, together: Sequence[tuple[Exclusion, ...]]
) -> list[tuple[Exclusion, ...]]:
    """Return what excludes each home for a child alone, where it is known what does with brothers and sisters.

    Use it for a child whom ``exclusions_of_all`` has answered with its group: only rules that look at who comes too
    are asked again. In another order than there.

    Parameters
    ----------
    alone
        The same child, without a group.
    together
        What ``exclusions_of_all`` gives for the child with its group, of the homes asked about.
    """
    exclusions: list[dict[str, Exclusion]] = [
        {
            one.rule: one
            for one in found
            if one.rule not in _LOOK_AT_WHO_COMES and not one.text.startswith(OF_A_SIBLING)
        }
        for found in together
    ]
    _add_exclusions(alone, RULES_THAT_LOOK_AT_WHO_COMES, asked, exclusions, of_a_sibling=False)
    return [tuple(found.values()) for found in exclusions]


def _add_exclusions(
    one: Case,
    rules: tuple[Rule, ...],
    asked: Asked,
    exclusions: list[dict[str, Exclusion]],
    *,
    of_a_sibling: bool,
) -> None:
    for findings in findings_of_all(one, rules, asked):
        for found, indices in findings:
            if isinstance(found, Exclusion):
                _add(found, indices, exclusions, of_a_sibling=of_a_sibling)


def open_to(case: Case, asked: Asked, members: tuple[Case, ...] | None = None) -> list[int]:
    """Return the indices of the homes that nothing excludes; a home is asked no more once something does.

    Use it where only that matters; ``exclusions_of_all`` gives the reasons.
    """
    shut: set[int] = set()
    for one, rules in _rules_that_exclude(case, members):
        left = [index for index in range(len(asked)) if index not in shut]
        # Room for all is what most homes lack, so it is asked first.
        shut.update(left[index] for index in shut_by(one, rules[::-1], asked.some(left)))
    return [index for index in range(len(asked)) if index not in shut]


def open_but_for_company(case: Case, asked: Asked) -> list[int]:
    """Return the indices of the homes that no rule about the child shuts, apart from those about who comes too."""
    shut = shut_by(case, _RULES_BUT_FOR_COMPANY, asked)
    return [index for index in range(len(asked)) if index not in shut]


def open_to_company(case: Case, asked: Asked) -> list[int]:
    """Return the indices of the homes that no rule about who comes too shuts, for the child or anybody of the group."""
    shut: set[int] = set()
    members = ((member, _LOOK_AT_COMPANY_OF_EACH) for member in cases_of_group(case))
    for one, rules in ((case, RULES_THAT_LOOK_AT_WHO_COMES[::-1]), *members):
        left = [index for index in range(len(asked)) if index not in shut]
        shut.update(left[index] for index in shut_by(one, rules, asked.some(left)))
    return [index for index in range(len(asked)) if index not in shut]


def _rules_that_exclude(
    case: Case, members: tuple[Case, ...] | None
) -> tuple[tuple[Case, tuple[Rule, ...]], ...]:
    members = cases_of_group(case) if members is None else members
    return (
        (case, RULES_THAT_EXCLUDE),
        *((member, RULES_THAT_EXCLUDE_EACH_CHILD) for member in members),
    )


OF_A_SIBLING = "For a brother or sister who must come too: "
"""How a finding begins that is not about the child."""

_Found = TypeVar("_Found", Exclusion, Question)


def _add(
    found: _Found, indices: Iterable[int], so_far: list[dict[str, _Found]], *, of_a_sibling: bool
) -> None:
    """Add a finding to homes by its rule; one of a brother or sister only where the rule has found nothing before."""
    if not of_a_sibling:
        for index in indices:
            so_far[index][found.rule] = found
        return
    of_them = found._replace(text=f"{OF_A_SIBLING}{found.text}")
    for index in indices:
        so_far[index].setdefault(found.rule, of_them)


def may_be_offered(case: Case, home: Home) -> bool:
    """Say whether nothing excludes a home, stopping at the first rule that does.

    Use it to find the eligible pairs of a whole list; ``assess_case`` gives the reasons.
    """
    if any(isinstance(rule(case, home), Exclusion) for rule in RULES):
        return False
    return not any(
        isinstance(rule(member, home), Exclusion)
        for member in cases_of_group(case)
        for rule in RULES_FOR_EACH_CHILD
    )


def cases_of_group(case: Case) -> tuple[Case, ...]:
    """Return the cases of the brothers and sisters who must come too; the group has one urgency."""
    return tuple(
        replace(case_of(member, case.context), urgency=case.urgency, group=_rest(case, member))
        for member in case.group
    )


def _rest(case: Case, member: Referral) -> tuple[Referral, ...]:
    return tuple(one for one in (case.referral, *case.group) if one.child_id != member.child_id)
