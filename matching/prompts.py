"""What to ask oneself before looking at any option, and what the child said.

Nothing here ranks or excludes. The sentences about an option are in ``explain.py``.
"""

from __future__ import annotations

from datetime import date, timedelta

from matching.lawful import SOCIAL_WORKER
from matching.open_answers import open_answers
from matching.referral import RISKS_TO_OTHERS, RISKS_TO_THE_CHILD, Referral
from matching.words import risk_words
from reference_data.ages import birthday
from reference_data.law import legal_limits
from reference_data.vocabulary import RiskLevel

PARENTS_FIRST = (
    "Has a placement with a parent, or with somebody who has parental responsibility, been considered first "
    "(Children Act 1989, section 22C(2) to (4))?"
)
SHORT_BREAK_STATUSES = frozenset({"V3", "V4"})
"""Legal statuses of a child who lives with the parents and is away for short breaks."""


def prompts_of(referral: Referral, *, start: date | None = None) -> list[str]:
    """Return what to ask oneself before looking at any option, the Act's first question first.

    Parameters
    ----------
    start
        The day the placement starts; ``None`` leaves out what turns on a day.
    """
    found = [] if referral.legal_status in SHORT_BREAK_STATUSES else [PARENTS_FIRST]
    if found and referral.uasc:
        found.append(
            "The child is recorded as unaccompanied: is there a relative or another connected person here who could "
            "care for the child?"
        )
    if referral.date_of_birth is None:
        found.append(
            "The birth date is not recorded: ask for it first. The age decides which homes are lawful and whether the "
            "child is owed a home as a child at all."
        )
    found += _status_that_ends(referral)
    found += [] if start is None else _days_that_matter(referral, start)
    found += _risks(referral)
    prefers = referral.prefers
    if not (prefers.language or prefers.religion or prefers.ethnicity):
        found.append(
            "No wish about religion, origin, culture or language is recorded; they must be considered all the same "
            "(Children Act 1989, section 22(5)(c))."
        )
    found += open_answers(referral)
    found += wishes(referral)
    if _has_an_order(referral, start):
        found.append("An order permits and never obliges: what is the least restrictive home that is safe?")
    return found


def _has_an_order(referral: Referral, start: date | None) -> bool:
    """Say whether an order that permits secure accommodation or a deprivation of liberty has not ended by the start."""
    ends: list[date | None] = [referral.dol_order_until] if referral.dol_order_until is not None else []
    ends += [referral.secure_order_until] if referral.secure_order else []
    return any(until is None or start is None or until >= start for until in ends)


_STATUS_ENDS = {
    "L1": "Police protection lasts 72 hours at most: record the day and hour it began, and what is to follow it",
    "L2": "An emergency protection order is recorded for 21 days at most: record the day it ends, any extension by the "
    "court, and what is to follow it",
    "L3": "A child assessment order lasts 7 days at most: record the day it ends and what is to follow it",
    "J1": "The child is on remand: record the day it is next decided on, and what is to follow it",
    "J2": "The child is detained under PACE: record the day and hour it ends, and what is to follow it",
}
"""What to record of a legal status that ends by itself, by its 903 code. The limits are those of the code list."""


def _status_that_ends(referral: Referral) -> list[str]:
    told = _STATUS_ENDS.get(referral.legal_status or "")
    if told is None:
        return []
    return [f"{told}. After that the placement needs another legal basis."]


def _days_that_matter(referral: Referral, start: date) -> list[str]:
    found = []
    born = referral.date_of_birth
    youngest = legal_limits("placement")["supported_from"].value
    if (
        born is not None
        and youngest is not None
        and start < birthday(born, youngest) <= start + timedelta(days=_SOON_DAYS)
    ):
        found.append(
            f"The child turns {youngest} within a month of the start. Until then supported accommodation is unlawful, "
            "for one night as for many (Care Planning, Placement and Case Review (England) Regulations 2010, "
            "regulation 27A)."
        )
    until = referral.secure_order_until
    if referral.secure_order and until is not None and until < start:
        found.append(
            "The secure accommodation order ends before the start. From then it gives no authority to keep the child in "
            "a secure home; without a new order that is lawful only for the short time that needs no court (Children Act "
            "1989, section 25; Children (Secure Accommodation) Regulations 1991, regulation 10)."
        )
    return found


_SOON_DAYS = 31
"""How near a birthday is told: a month says enough to plan by and is no birth date."""


def _risks(referral: Referral) -> list[str]:
    if not referral.risks:
        return [f"No risk is recorded, neither present nor absent: ask {SOCIAL_WORKER}."]
    found = []
    every = (*RISKS_TO_THE_CHILD, *RISKS_TO_OTHERS)
    high = [risk_words(name) for name in every if referral.risks.get(name) is RiskLevel.HIGH]
    if high:
        found.append(f"High risk is recorded of: {'; '.join(high)}. It excludes no home by itself.")
    missing = sum(name not in referral.risks for name in every)
    if missing:
        are = "is" if missing == 1 else "are"
        found.append(f"{missing} of {len(every)} risks {are} not recorded: ask {SOCIAL_WORKER}.")
    return found


def wishes(referral: Referral) -> list[str]:
    """Return what the child said, or that nobody recorded it. It is shown with every option, never scored."""
    given = referral.wishes
    if given is None or not (given.text or given.reason_not_asked):
        return ["The child's wishes are not recorded: ask the child, with an advocate where wanted."]
    if not given.text:
        return [f"The child was not asked: {given.reason_not_asked}"]
    by = f", asked by {given.asked_by}" if given.asked_by else ""
    on = f" on {given.asked_on.day} {given.asked_on:%B %Y}" if given.asked_on else ""
    return [f"The child's wishes{by}{on}: “{given.text}”"]
