"""What to ask oneself before looking at any option, and what the child said.

Nothing here ranks or excludes. The sentences about an option are in ``explain.py``.
"""

from __future__ import annotations

from matching.lawful import SOCIAL_WORKER
from matching.open_answers import open_answers
from matching.referral import RISKS_TO_OTHERS, RISKS_TO_THE_CHILD, Referral
from matching.words import risk_words
from reference_data.vocabulary import RiskLevel

PARENTS_FIRST = (
    "Has a placement with a parent, or with somebody who has parental responsibility, been considered first "
    "(Children Act 1989, section 22C(2) to (4))?"
)
SHORT_BREAK_STATUSES = frozenset({"V3", "V4"})
"""Legal statuses of a child who lives with the parents and is away for short breaks."""


def prompts_of(referral: Referral) -> list[str]:
    """Return what to ask oneself before looking at any option, the Act's first question first."""
    found = [] if referral.legal_status in SHORT_BREAK_STATUSES else [PARENTS_FIRST]
    found += _risks(referral)
    prefers = referral.prefers
    if not (prefers.language or prefers.religion or prefers.ethnicity):
        found.append(
            "No wish about religion, origin, culture or language is recorded; they must be considered all the same "
            "(Children Act 1989, section 22(5)(c))."
        )
    found += open_answers(referral)
    found += wishes(referral)
    if referral.dol_order_until is not None or referral.secure_order:
        found.append("An order permits and never obliges: what is the least restrictive home that is safe?")
    return found


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
