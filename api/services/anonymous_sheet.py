"""What a provider is told of a child before it is chosen: needs and circumstances, and nothing that says who.

No id, birth date, postcode, school, place or wish in the child's own words leaves by this sheet. Its
reference is a digest that nobody outside can turn back.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from api.services.desk import Desk

if TYPE_CHECKING:
    from matching.referral import Referral


def anonymous_sheet(desk: Desk, referral_id: str) -> dict[str, Any]:
    """Return the anonymous sheet of a referral, and write down that it was made.

    Raises
    ------
    NotFound
        If the referral is not in view.
    """
    referral = desk.records.referral(referral_id)
    first = desk.records.kept("referrals", desk.authority).states(referral_id)[0]
    # Written down with the other views, once the answer is sent: looking changes nothing.
    desk.records.viewed.append(("anonymous_sheet", referral_id))
    return sheet_of(referral, desk, reference_of(referral_id, first.record_digest))


def sheet_of(referral: Referral, desk: Desk, reference: str) -> dict[str, Any]:
    """Return the anonymous sheet of a referral."""
    from matching.referral import age_at
    from reference_data.authorities import authority

    age = age_at(referral, desk.today)
    return {
        "reference": reference,
        "council": authority(desk.authority).name,
        "age_years": age,
        "sex": None if referral.sex is None else str(referral.sex),
        "needed_by": None if referral.needed_by is None else referral.needed_by.isoformat(),
        "urgency": None if referral.urgency is None else str(referral.urgency),
        "legal_status": referral.legal_status,
        "purpose": None if referral.placement_purpose is None else str(referral.placement_purpose),
        "expected_stay_days": referral.expected_stay_days,
        "needs": {str(domain): score for domain, score in referral.needs.items()},
        "needs_assessed_on": None
        if referral.needs_assessed_on is None
        else referral.needs_assessed_on.isoformat(),
        "risks": {str(risk): str(level) for risk, level in referral.risks.items()},
        "alongside": None if referral.alongside is None else str(referral.alongside),
        "adult_ratio": None if referral.adult_ratio is None else str(referral.adult_ratio),
        "communication": [str(one) for one in referral.communication or ()],
        "requires": [str(one) for one in referral.requires or ()],
        "with_brothers_or_sisters": referral.sibling_group is not None,
    }


def reference_of(referral_id: str, first_digest: str) -> str:
    """Return the reference under which a provider speaks of a child it does not know.

    The digest of the whole record as it first was goes in: an id alone could be guessed.
    """
    return sha256(f"{referral_id}|{first_digest}".encode()).hexdigest()[:10].upper()
