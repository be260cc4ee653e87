"""May this home be offered to this child? Every rule, run in one order, with every reason kept.

The rules stand in ``lawful.py`` (law and registration), ``room.py`` (places and company), ``fit.py``
(this child), ``statements.py`` (what the home has stated) and ``council_rules.py``. What is better or
worse, and excludes nothing, is in ``aims.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from matching import council_rules, fit, lawful, room, statements
from matching.findings import Assessment, Case, Context, Exclusion, Finding, Question, case_of
from matching.home import Home
from matching.home_columns import MAY_SPEAK, columns_of
from matching.referral import Referral
from matching.when_rules_speak import OF_HOME, rules_about, silent_for

Rule = Callable[[Case, Home], Finding]

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
        "open_on_start",
        "registered_age",
        "registered_sex",
        "secure_authority",
        "settled_placement",
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
    return assess_all(case, (home,), members)[0]


def assess_all(
    case: Case, homes: Sequence[Home], members: tuple[Case, ...] | None = None
) -> list[Assessment]:
    """Return what ``assess_case`` says of each home, in the order of the homes.

    Rules that can have nothing to say about the child, or about a home, are left out: see
    ``when_rules_speak.py``.
    """
    members = cases_of_group(case) if members is None else members
    own_rules = speaking_rules(case, RULES, homes)
    for_members = [(one, speaking_rules(one, RULES_FOR_EACH_CHILD, homes)) for one in members]
    return [
        _assessment(case, home, own_rules[place], [(one, rules[place]) for one, rules in for_members])
        for place, home in enumerate(homes)
    ]


def exclusions_of_all(
    case: Case,
    homes: Sequence[Home],
    members: tuple[Case, ...] | None = None,
    *,
    as_listed: tuple[Home, ...] | None = None,
) -> list[tuple[Exclusion, ...]]:
    """Return what excludes each home, in the order of the homes: the exclusions of ``assess_case``, without questions.

    Use it to part the homes of a list into those that may be offered and those that may not.

    Parameters
    ----------
    as_listed
        The same homes in the same order as they were listed for every child. A home that is the very same record
        is looked up in columns made once for the list, which pays for a list ranked for child after child.
    """
    members = cases_of_group(case) if members is None else members
    own_rules = speaking_rules(case, RULES_THAT_EXCLUDE, homes, as_listed)
    found = [
        [said for rule in rules if isinstance(said := rule(case, home), Exclusion)]
        for home, rules in zip(homes, own_rules, strict=True)
    ]
    for member in members:
        rules_of_member = speaking_rules(member, RULES_THAT_EXCLUDE_EACH_CHILD, homes, as_listed)
        for home, rules, exclusions in zip(homes, rules_of_member, found, strict=True):
            known = {exclusion.rule for exclusion in exclusions}
            exclusions += [
                _of_a_sibling(said)
                for rule in rules
                if isinstance(said := rule(member, home), Exclusion) and said.rule not in known
            ]
    return [tuple(exclusions) for exclusions in found]


_Found = TypeVar("_Found", Exclusion, Question)


def _of_a_sibling(found: _Found) -> _Found:
    return found._replace(text=f"For a brother or sister who must come too: {found.text}")


def speaking_rules(
    case: Case, rules: Sequence[Rule], homes: Sequence[Home], as_listed: tuple[Home, ...] | None = None
) -> list[tuple[Rule, ...]]:
    """Return for each home those of the rules, in their order, that can have something to say."""
    silent = silent_for(case)
    rules = [rule for rule in rules if rule.__name__ not in silent]
    picked: dict[tuple[frozenset[str], int], tuple[Rule, ...]] = {}
    columns = None if as_listed is None else columns_of(as_listed)
    in_bulk = [rule.__name__ for rule in rules if rule.__name__ in MAY_SPEAK]
    bits = np.zeros(len(homes), dtype=np.int64)
    if columns is not None:
        for bit, name in enumerate(in_bulk):
            bits |= ~MAY_SPEAK[name](case, columns) * np.int64(1 << bit)
    found = []
    for place, (home, quiet) in enumerate(zip(homes, bits.tolist(), strict=True)):
        if as_listed is None or columns is None or as_listed[place] is not home:
            about, quiet = rules_about(home), 0
        else:
            about = columns.about[place]
        chosen = picked.get((about, quiet))
        if chosen is None:
            quiet_names = {name for bit, name in enumerate(in_bulk) if quiet >> bit & 1}
            chosen = tuple(
                rule
                for rule in rules
                if (rule.__name__ in about or rule.__name__ not in OF_HOME)
                and rule.__name__ not in quiet_names
            )
            picked[about, quiet] = chosen
        found.append(chosen)
    return found


def _assessment(
    case: Case, home: Home, own_rules: tuple[Rule, ...], for_members: list[tuple[Case, tuple[Rule, ...]]]
) -> Assessment:
    exclusions: list[Exclusion] = []
    questions: list[Question] = []
    _gather(own_rules, case, home, exclusions, questions)
    for member, rules in for_members:
        more: list[Exclusion] = []
        asked: list[Question] = []
        _gather(rules, member, home, more, asked)
        known = {found.rule for found in exclusions}
        exclusions += [_of_a_sibling(found) for found in more if found.rule not in known]
        known = {found.rule for found in questions}
        questions += [_of_a_sibling(found) for found in asked if found.rule not in known]
    return Assessment(exclusions=tuple(exclusions), questions=tuple(questions))


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


def _gather(
    rules: Iterable[Rule], case: Case, home: Home, exclusions: list[Exclusion], questions: list[Question]
) -> None:
    for rule in rules:
        found = rule(case, home)
        if found is None:
            continue
        if isinstance(found, Exclusion):
            exclusions.append(found)
        else:
            questions.append(found)
