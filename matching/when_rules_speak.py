"""When a rule of eligibility can have anything to say about a child, whatever the home.

Many rules are about few children: an order, a place to avoid, company. A condition here says when a rule certainly
finds nothing, so that it need not be asked. The rules themselves decide; a test holds that no condition silences one.
"""

from __future__ import annotations

from collections.abc import Callable

from matching.alongside import company_wanted, high_risks_to_others
from matching.findings import Case
from matching.fit import continuity_matters, scores_are_old
from reference_data.vocabulary import AgeBasis, PlacementPurpose, SiblingsTogether, Suitability

_SPECIAL_PURPOSES = (PlacementPurpose.PARENT_AND_CHILD, PlacementPurpose.FOSTERING_FOR_ADOPTION)


OF_CHILD: dict[str, Callable[[Case], bool]] = {
    "age_disputed": lambda case: case.referral.age_basis is AgeBasis.DISPUTED,
    "settled_placement": lambda case: case.referral.current_home_id is not None,
    "lives_here_already": lambda case: case.referral.current_home_id is not None,
    "type_acceptable": lambda case: case.referral.acceptable_types is not None,
    "purpose_needs_foster_carers": lambda case: (
        case.referral.placement_purpose is PlacementPurpose.FOSTERING_FOR_ADOPTION
    ),
    "type_suitable": lambda case: Suitability.UNSUITABLE in case.referral.suitability.values(),
    "support_or_care": lambda case: case.referral.support_or_care != "support",
    "emergency_admission": lambda case: case.urgency is None or case.needed_at_once,
    "place_to_avoid": lambda case: bool(case.referral.avoid),
    "required_features": lambda case: bool(case.referral.requires),
    "not_with": lambda case: bool(case.apart),
    "alongside": lambda case: company_wanted(case.referral) is not None or bool(case.to_be_weighed_in),
    "peers_and_impact": lambda case: bool(high_risks_to_others(case.referral) or case.to_be_weighed_in),
    "scores_out_of_date": lambda case: scores_are_old(case) is not None,
    "staffing": lambda case: case.referral.adult_ratio not in (None, "standard"),
    "communication": lambda case: bool(case.referral.communication),
    "special_purpose": lambda case: case.referral.placement_purpose in _SPECIAL_PURPOSES,
    "continuity": lambda case: continuity_matters(case),
    "council_rules": lambda case: bool(case.context.policy.rules),
    "siblings_known": lambda case: (
        case.referral.siblings_together is SiblingsTogether.MUST and not case.group
    ),
}
"""By rule: whether it can find anything at any home. A rule that is not named may speak for every child."""


def silent_for(case: Case) -> frozenset[str]:
    """Return the rules of ``OF_CHILD`` that find nothing for a child at any home."""
    return frozenset(name for name, applies in OF_CHILD.items() if not applies(case))
