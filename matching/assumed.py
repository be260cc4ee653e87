"""What a ranking took for granted because nobody recorded it, above all at two in the morning.

A fact that is missing is a question at the homes where it matters (``eligibility.py``). Some absences would pass
unseen: an empty list of places to avoid looks like a child in no danger. They are said here, once, before any option.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from matching.aims import must_keep_away_from_home
from matching.findings import Case
from matching.referral import RISKS_TO_OTHERS, RISKS_TO_THE_CHILD, Referral
from matching.words import listed
from reference_data.problems import InvalidInput
from reference_data.vocabulary import AgeBasis, RiskLevel, Urgency

FOUR_ANSWERS = ("how old the child is", "when a bed is needed", "the legal status", "which risks are known")
"""What must be known before anybody is rung at night; the rest is asked of the homes that look possible."""


def assumed(case: Case) -> list[str]:
    """Return what was assumed for want of a record; nothing where everything was recorded.

    The sentences name fields and never a child's data.
    """
    referral = case.referral
    found = []
    unrecorded = [
        words
        for words, held in (
            ("places to keep away from", referral.avoid),
            ("children to keep apart from", referral.not_with),
            ("brothers or sisters who must come too", referral.sibling_group),
            ("features the home must have", referral.requires),
        )
        if not held
    ]
    if unrecorded:
        found.append(f"Nothing is recorded of {listed(unrecorded)}; the answer takes it that there are none.")
    if must_keep_away_from_home(case):
        found.append("The child must keep away from where home is, so being near home counts for no home.")
    if age_alone(referral, case.context.as_of):
        found += _age_alone(case)
    if case.is_urgent:
        found += _at_night(referral)
    return found


def age_alone(referral: Referral, as_of: date) -> bool:
    """Say whether only an age was given, at night, so that the birth date is the latest it can be and nobody's word.

    Such a child has no referral of its own yet, so the two ids are one, and the birthday is taken to be that day.
    """
    born = referral.date_of_birth
    return (
        born is not None
        and referral.age_basis is AgeBasis.CLAIMED
        and referral.referral_id == referral.child_id
        and born == _youngest_at(as_of, as_of.year - born.year)
    )


def _age_alone(case: Case) -> list[str]:
    age = case.age
    found = [
        f"Only an age is known, {age}: the child is taken to have turned {age} today, the youngest possible."
    ]
    changes = {
        15: "From then supported accommodation may be lawful; until then it is not",
        17: "From then the young person is no longer a child",
    }
    if age in changes:
        found.append(
            f"The {age + 1}th birthday may be as near as tomorrow: ask for the birth date. {changes[age]}."
        )
    return found


def _youngest_at(as_of: date, years: int) -> date:
    # A child born on 29 February has no birthday today in most years: the day after makes nobody older.
    leap = (as_of.month, as_of.day) == (2, 29)
    return as_of.replace(
        year=as_of.year - years, month=3 if leap else as_of.month, day=1 if leap else as_of.day
    )


def _at_night(referral: Referral) -> list[str]:
    """Return what an urgent answer lacks, in the words of somebody who has to ring a home."""
    found = []
    missing = [
        words
        for words, known in zip(
            FOUR_ANSWERS,
            (
                referral.date_of_birth is not None,
                referral.urgency is not None,
                referral.legal_status is not None,
                bool(referral.risks),
            ),
            strict=True,
        )
        if not known
    ]
    if missing:
        found.append(f"Ask first, before any home is rung: {listed(missing)}.")
    if not referral.needs:
        found.append(
            "No need is scored, so whether a home can meet the needs is asked of every home and ranks none."
        )
    if referral.authority is None:
        found.append(
            "The responsible authority is not recorded, so every home is counted as outside its area."
        )
    if referral.home_postcode is None:
        found.append("Where the child's home is, is not recorded, so being near it ranks no home.")
    if referral.legal_status is None:
        found.append(
            "The legal status is not recorded; the answer is for a child whom the authority looks after or is about to."
        )
    if referral.placement_purpose is None:
        found.append("The purpose is not recorded, so homes that take some purposes only have to be asked.")
    return found


def referral_from_four_answers(
    *,
    child_id: str,
    authority: str | None,
    as_of: date,
    urgency: Urgency,
    legal_status: str | None,
    risks: Mapping[str, RiskLevel],
    date_of_birth: date | None = None,
    age_years: int | None = None,
) -> Referral:
    """Return a referral from what is known at night: age, urgency, legal status and risks.

    An age in whole years is taken as a birthday today: the youngest the child can be, so that no home is shown that
    is lawful only after the next birthday. The age is then marked as claimed.

    Parameters
    ----------
    risks
        Those that somebody knows, by their names in the contract; the others stay unknown.
    date_of_birth, age_years
        One of the two, or neither where nobody knows.

    Raises
    ------
    InvalidInput
        If both are given, or a risk has a name that the contract does not know.
    """
    if date_of_birth is not None and age_years is not None:
        raise InvalidInput("age_twice", "Give the birth date or the age, not both.")
    if not risks.keys() <= {*RISKS_TO_THE_CHILD, *RISKS_TO_OTHERS}:
        raise InvalidInput("unknown_risk", "A risk has a name that the contract does not know.")
    born = date_of_birth
    if age_years is not None:
        born = _youngest_at(as_of, age_years)
    return Referral(
        referral_id=child_id,
        child_id=child_id,
        authority=authority,
        date_of_birth=born,
        age_basis=AgeBasis.CLAIMED if age_years is not None else None,
        urgency=urgency,
        needed_by=as_of,
        legal_status=legal_status,
        risks=dict(risks),
    )
