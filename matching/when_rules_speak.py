"""When a rule of eligibility can have anything to say: about this child, and about this home.

Most rules are about few children or few homes: a restriction notice, an order, a place to avoid. A condition
here says when a rule certainly finds nothing, so that ranking four hundred homes asks each home the eight or ten
rules that matter to it. The rules themselves decide; a test holds that no condition silences one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from matching.findings import Case
from matching.fit import continuity_matters, scores_are_old
from matching.home import Home, is_fostering
from matching.referral import RISKS_TO_OTHERS
from reference_data.vocabulary import (
    OFFERED_ONLY_WHEN_NAMED,
    SUPPORTED_TYPES,
    AgeBasis,
    Alongside,
    EmergencySetting,
    HomeStatus,
    PartnerConcern,
    PlacementPurpose,
    PlacementType,
    RiskLevel,
    SiblingsTogether,
    Suitability,
)

_SPECIAL_PURPOSES = (PlacementPurpose.PARENT_AND_CHILD, PlacementPurpose.FOSTERING_FOR_ADOPTION)
_WANTED_COMPANY = (Alongside.SOLO, Alongside.ONLY_OLDER, Alongside.ONLY_YOUNGER)


def _has_limits(home: Home) -> bool:
    return not isinstance(home.type, EmergencySetting) and home.type is not PlacementType.WITH_PARENTS


OF_CHILD: dict[str, Callable[[Case], bool]] = {
    "age_disputed": lambda case: case.referral.age_basis is AgeBasis.DISPUTED,
    "settled_placement": lambda case: case.referral.current_home_id is not None,
    "lives_here_already": lambda case: case.referral.current_home_id is not None,
    "type_acceptable": lambda case: case.referral.acceptable_types is not None,
    "type_suitable": lambda case: Suitability.UNSUITABLE in case.referral.suitability.values(),
    "support_or_care": lambda case: case.referral.support_or_care != "support",
    "emergency_admission": lambda case: case.urgency is None or case.is_urgent,
    "place_to_avoid": lambda case: bool(case.referral.avoid),
    "required_features": lambda case: bool(case.referral.requires),
    "not_with": lambda case: bool(case.apart),
    "alongside": lambda case: case.referral.alongside in _WANTED_COMPANY,
    "peers_and_impact": lambda case: any(
        case.referral.risks.get(name) is RiskLevel.HIGH for name in RISKS_TO_OTHERS
    ),
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

OF_HOME: dict[str, Callable[[Home], bool]] = {
    "never_offered": lambda home: isinstance(home.type, EmergencySetting),
    "type_named": lambda home: home.type in OFFERED_ONLY_WHEN_NAMED,
    "registered": lambda home: home.registered is not True,
    "restriction_notice": lambda home: (
        home.restriction_notice_from is not None or home.restriction_notice_to is not None
    ),
    "open_on_start": lambda home: (
        home.status is not HomeStatus.OPEN or home.opens_on is not None or home.closes_on is not None
    ),
    "registered_sex": lambda home: home.sexes != "any" and _has_limits(home),
    "named_approval": lambda home: (
        home.type is PlacementType.CONNECTED_FOSTER_CARER or bool(home.approved_for)
    ),
    "temporary_approval": lambda home: home.temporary_approval_until is not None,
    "secure_authority": lambda home: home.type is PlacementType.SECURE_CHILDRENS_HOME,
    "support_or_care": lambda home: home.type in SUPPORTED_TYPES,
    "crisis_use": lambda home: home.type is PlacementType.CRISIS_ACCOMMODATION,
    "emergency_admission": lambda home: not home.accepts_emergency,
    "written_exclusion": lambda home: home.will_not_take != (),
    "usual_fostering_limit": is_fostering,
    "registered_age": lambda home: _has_limits(home),
    "registered_number": lambda home: _has_limits(home),
    "place_free": lambda home: _has_limits(home),
    "embargo": lambda home: home.partner_concern is PartnerConcern.EMBARGO,
}
"""By rule: whether it can find anything for any child. A rule that is not named may speak of every home."""


@lru_cache(maxsize=20_000)
def rules_about(home: Home) -> frozenset[str]:
    """Return the rules of ``OF_HOME`` that can find something about a home, whoever the child is."""
    return frozenset(name for name, applies in OF_HOME.items() if applies(home))


def silent_for(case: Case) -> frozenset[str]:
    """Return the rules of ``OF_CHILD`` that find nothing for a child at any home."""
    return frozenset(name for name, applies in OF_CHILD.items() if not applies(case))
