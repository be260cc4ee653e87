"""What the form of a home search says that no rule can judge yet, as things to ask before any option.

A yes without its detail would otherwise fit every home silently.
"""

from __future__ import annotations

from matching.lawful import SOCIAL_WORKER
from matching.referral import Referral


def open_answers(referral: Referral) -> list[str]:
    """Return a sentence for each answer of the form whose detail the referral lacks."""
    said, prefers = referral.home_search, referral.prefers
    found = []
    if said.get("adaptations") is True and not referral.requires:
        found.append(f"The home must be adapted, and it is not recorded how: ask {SOCIAL_WORKER}.")
    if said.get("siblings_to_place_with") and referral.sibling_group is None:
        found.append(
            f"There are brothers or sisters to place with, and not recorded who: ask {SOCIAL_WORKER}."
        )
    if said.get("cultural_needs") == "required" and not (
        prefers.language or prefers.religion or prefers.ethnicity
    ):
        found.append(f"Cultural needs must be met, and it is not recorded which: ask {SOCIAL_WORKER}.")
    if said.get("communication_needs") is True and not referral.communication:
        found.append(f"The child has communication needs, and it is not recorded which: ask {SOCIAL_WORKER}.")
    if said.get("places_to_avoid") is True and not referral.avoid:
        found.append(f"There are places to avoid, and it is not recorded which: ask {SOCIAL_WORKER}.")
    if said.get("other_risk_to_child") or said.get("other_risk_to_others"):
        found.append("Another risk is recorded in words, which no rule reads: read the record.")
    if said.get("added_support"):
        found.append("Support beyond the usual is recorded in words, which no rule reads: read the record.")
    return found
