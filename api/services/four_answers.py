"""Homes possible tonight from the four answers known at night: age, when, legal status, risks. Nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from reference_data.cells import CellError, parse_date
from reference_data.codelists import codes
from reference_data.problems import InvalidInput
from reference_data.vocabulary import RiskLevel, Urgency

if TYPE_CHECKING:
    from api.kept import Lists
    from matching.policy import Policy
    from matching.rank import Ranking
    from matching.referral import Referral

NOBODY_YET = "TONIGHT"
"""The id that stands for a child who has no referral; no record has it."""

OLDEST_YEARS = 17
STATUS_LIST = "LS"


class UnusableAnswer(InvalidInput):
    """An answer that cannot be read; ``field`` says which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"unusable_{field}", message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class FourAnswers:
    """What was filled in, as it was filled in; an empty text or a risk that is left out is not known."""

    age: str
    urgency: str
    legal_status: str
    risks: Mapping[str, str]


def referral_of(answers: FourAnswers, *, authority: str, as_of: date) -> Referral:
    """Return the referral that the four answers make.

    Raises
    ------
    UnusableAnswer
        If the age is neither years nor a birth date of a child, or an answer is none of those offered.
    """
    from matching.assumed import referral_from_four_answers

    born, years = _age(answers.age.strip(), as_of)
    if answers.urgency not in (Urgency.CRISIS, Urgency.EMERGENCY):
        raise UnusableAnswer("urgency", "Choose when a bed is needed")
    if answers.legal_status and answers.legal_status not in codes(STATUS_LIST, as_of):
        raise UnusableAnswer("legal_status", "Choose a legal status from the list, or leave it as not known")
    try:
        risks = {name: RiskLevel(level) for name, level in answers.risks.items() if level}
    except ValueError:
        raise UnusableAnswer("risks", "Choose a level of risk from the list") from None
    return referral_from_four_answers(
        child_id=NOBODY_YET,
        authority=authority,
        as_of=as_of,
        urgency=Urgency(answers.urgency),
        legal_status=answers.legal_status or None,
        risks=risks,
        date_of_birth=born,
        age_years=years,
    )


def _age(given: str, as_of: date) -> tuple[date | None, int | None]:
    """Return a birth date, or an age in whole years, or neither where nobody knows."""
    from reference_data.ages import age_on

    unreadable = UnusableAnswer(
        "age", "Enter an age in whole years, like 15, or a birth date, like 27/3/2011"
    )
    if not given:
        return None, None
    if given.isascii() and given.isdigit() and len(given) <= 2:
        years, born = int(given), None
    else:
        # As people write it at night: 27/3/2011 as well as 27/03/2011.
        day = re.fullmatch(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})", given, re.ASCII)
        try:
            born = parse_date(f"{day[1]:0>2}/{day[2]:0>2}/{day[3]}" if day else given)
        except CellError:
            raise unreadable from None
        if born > as_of:
            raise UnusableAnswer("age", "The birth date must be in the past")
        years = age_on(born, as_of)
    if years > OLDEST_YEARS:
        raise UnusableAnswer("age", "The age must be under 18: these homes are for children")
    return born, None if born else years


def homes_tonight(referral: Referral, lists: Lists, *, as_of: date, policy: Policy) -> Ranking:
    """Return the ranking for a child who has no referral yet; the children of the list are told as they are."""
    from matching.rank import rank_homes

    return rank_homes(referral, lists.homes, as_of=as_of, policy=policy, others=lists.referrals)


def offered_statuses(as_of: date) -> list[tuple[str, str]]:
    """Return the legal statuses that may be recorded on a day, as code and words."""
    found: Mapping[str, Any] = codes(STATUS_LIST, as_of)
    return [(code, known.label) for code, known in found.items()]
