"""Where each rule of eligibility comes from: the provisions of law it rests on, or the record that binds.

The table of rules in the documentation is made from it. What a provision says, its dates in force and how certain
its wording is stand in ``reference_data/shipped/law``; the sentence an answer shows is in ``instruments.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from reference_data.law import Provision, all_provisions


class RestsOn(StrEnum):
    """What gives a rule its force."""

    LAW = "law"
    RECORD = "record"
    POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSource:
    """Where a rule comes from.

    Parameters
    ----------
    provisions
        Names of provisions in the shipped law, the one it rests on first. A rule that rests on a record or on
        policy may name the duty that makes the record matter.
    why
        Why the rule stands as it does, in a sentence.
    """

    rests_on: RestsOn
    provisions: tuple[str, ...]
    why: str


def _law(*provisions: str, why: str) -> RuleSource:
    return RuleSource(rests_on=RestsOn.LAW, provisions=provisions, why=why)


def _record(*provisions: str, why: str) -> RuleSource:
    return RuleSource(rests_on=RestsOn.RECORD, provisions=provisions, why=why)


def _policy(*provisions: str, why: str) -> RuleSource:
    return RuleSource(rests_on=RestsOn.POLICY, provisions=provisions, why=why)


SOURCES: dict[str, RuleSource] = {
    "never_offered": _law(
        "kinds_of_placement",
        "under_16_other_arrangements",
        "age_16_17_other_arrangements",
        why="A hotel or an unregistered home is none of the placements the Act names.",
    ),
    "type_named": _record(
        "most_appropriate_placement",
        "secure_criteria",
        why="Such a home is used only by a decision made first.",
    ),
    "lawful_age": _law(
        "child",
        "under_16_other_arrangements",
        "age_16_17_other_arrangements",
        why="Supported accommodation is lawful at 16 and 17, and only a child is placed.",
    ),
    "age_disputed": _record(why="The recorded birth date is used until the dispute is decided."),
    "registered": _law(
        "registration",
        "registered_childrens_home",
        "kinds_of_placement",
        why="Unregistered is unlawful at any age.",
    ),
    "restriction_notice": _law(
        "restriction_notice",
        why="No child moves in while the notice runs; one who was there when it was served may stay.",
    ),
    "open_on_start": _record(why="A home that is shut, suspended or not open yet takes nobody."),
    "registered_age": _law(
        "registration_conditions",
        "registration_over_statement",
        "statement_age_number_sex",
        "foster_terms_of_approval",
        why="Conditions of registration and terms of approval are fixed; a statement of purpose may be revised.",
    ),
    "registered_sex": _law(
        "registration_conditions",
        "statement_age_number_sex",
        "foster_terms_of_approval",
        why="As for the ages.",
    ),
    "named_approval": _law(
        "connected_carer_preference",
        "temporary_approval",
        why="A connected carer is approved for named children and for no others.",
    ),
    "temporary_approval": _law(
        "temporary_approval",
        "temporary_approval_extension",
        "temporary_approval_ended",
        why="When the time has run out the placement must end unless the carer is approved.",
    ),
    "secure_authority": _law(
        "secure_criteria",
        "secure_order",
        "secure_under_13",
        why="The order permits and never obliges; the house asks for the order before it looks for a place.",
    ),
    "settled_placement": _law(
        "ending_a_placement", why="A placement ends only after a review, and nobody is moved for sufficiency."
    ),
    "lives_here_already": _record(
        why="The stay is to be elsewhere while the child's own place is kept open, or a review decided on a move."
    ),
    "type_acceptable": _record(
        "most_appropriate_placement", why="The social worker says which types would do."
    ),
    "purpose_needs_foster_carers": _record(
        "fostering_for_adoption",
        why="The purpose recorded is a foster placement by its name; the law on it is for reading.",
    ),
    "type_suitable": _record(
        "most_appropriate_placement", why="The social worker says which kinds would not do."
    ),
    "support_or_care": _record(
        "age_16_17_other_arrangements", why="Supported accommodation gives support and not care."
    ),
    "crisis_use": _policy(
        "age_16_17_other_arrangements", why="A crisis bed that is used for something else is gone tonight."
    ),
    "emergency_admission": _record(
        "statement_of_purpose", why="A home's statement of purpose says whether it admits at once."
    ),
    "place_to_avoid": _record(
        "most_appropriate_placement", why="The danger is known to those who wrote it down."
    ),
    "required_features": _record(
        "suitable_for_disability", why="What a child cannot do without is no preference."
    ),
    "written_exclusion": _record(
        "admission_within_statement",
        why="Only what a provider has put in writing excludes; a high risk never does.",
    ),
    "need_gap": _policy(
        "most_appropriate_placement", why="A small gap is no fact, since raters differ; a very wide one is."
    ),
    "not_with": _record("protection_of_residents", why="Whichever of the two referrals says so."),
    "alongside": _record("protection_of_residents", why="Only people who know the children can weigh it."),
    "peers_and_impact": _record(
        "protection_of_residents", why="The impact is weighed before anything is agreed."
    ),
    "scores_out_of_date": _policy(why="Profiles are repeated about quarterly; an old score is a question."),
    "staffing": _record(
        "most_appropriate_placement", why="Staff can be bought, so it is asked and never excludes."
    ),
    "communication": _record("suitable_for_disability", why="A child whom nobody understands is alone."),
    "special_purpose": _record(
        "fostering_for_adoption",
        "foster_terms_of_approval",
        why="Some purposes need an approval of their own.",
    ),
    "continuity": _record(
        "education_not_disrupted", "key_stage_4", why="Somebody has to carry on school and health care."
    ),
    "registered_number": _law(
        "registration_conditions",
        "statement_age_number_sex",
        "foster_terms_of_approval",
        why="As for the ages.",
    ),
    "place_free": _record(why="A place that is full or held for another child is no place."),
    "usual_fostering_limit": _law(
        "usual_fostering_limit",
        "fostering_limit_siblings",
        "fostering_limit_exemption",
        "fostering_limit_exceeded",
        why="Three children, unless all are siblings or the authority where the carer lives exempts by name.",
    ),
    "embargo": _record(why="Partner councils that stopped placing said so with their evidence."),
    "council_rules": _policy(why="A council may forbid more than the law does, and never less."),
    "siblings_known": _record(
        "siblings_together", why="Room for all cannot be told when nobody knows who they are."
    ),
}
"""Every rule of eligibility by its function's name."""


def provisions_of(rule: str) -> tuple[Provision, ...]:
    """Return the provisions a rule rests on, each in every version there has been, as ``SOURCES`` names them.

    Raises
    ------
    KeyError
        If there is no such rule.
    """
    known = all_provisions()
    return tuple(one for key in SOURCES[rule].provisions for one in known if one.key == key)


@cache
def _law_applied() -> tuple[Provision, ...]:
    keys = {key for source in SOURCES.values() if source.rests_on is RestsOn.LAW for key in source.provisions}
    first = {
        one.key: one for one in sorted(all_provisions(), key=lambda one: one.in_force_from, reverse=True)
    }
    return tuple(
        sorted(
            (first[key] for key in keys), key=lambda one: (one.in_force_from, one.instrument, one.paragraph)
        )
    )


def law_not_yet_in_force(on: date) -> str | None:
    """Return which of the law that the rules apply was not in force on a day; ``None`` where all of it was.

    The rules always apply the law as it stands, so an answer about an earlier day has to say so.
    """
    later = [one for one in _law_applied() if one.in_force_from > on]
    if not later:
        return None
    named = "; ".join(
        f"{one.instrument}, {one.paragraph} (from {one.in_force_from.day} {one.in_force_from:%B %Y})"
        for one in later
    )
    return f"The answer applies the law as it stands now to a day when not all of it was in force: {named}."
