"""Which facts of a home each rule looks at, and where a rule certainly has nothing to say.

Homes that are alike in these facts get one answer; see ``home_list.py``. The facts hold for a home where nobody
lives who is to move in: those few homes are always asked themselves. A rule that is not named here is asked of every
home. The rules themselves decide; tests hold that no rule looks at anything else, and that asking in bulk and
asking home by home find the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from matching.alongside import company_wanted, high_risks_to_others
from matching.findings import Case
from matching.home_list import UNKNOWN, Flags, HomeList
from matching.room import usual_limit

_LIMITS = ("type", "min_age", "max_age", "sexes", "approved_for", "limit_source")

FACTS: Mapping[str, tuple[str, ...]] = {
    "never_offered": ("type",),
    "type_named": ("type",),
    "lawful_age": ("type",),
    "age_disputed": (),
    "registered": (
        "type",
        "registered",
        "approved_by_authority",
        "approved_for",
        "temporary_approval_until",
    ),
    "restriction_notice": ("restriction_notice_from", "restriction_notice_to"),
    "open_on_start": ("type", "status", "opens_on", "closes_on"),
    "registered_age": _LIMITS,
    "registered_sex": _LIMITS,
    "named_approval": ("type", "approved_for"),
    "temporary_approval": ("temporary_approval_until",),
    "secure_authority": ("type",),
    "settled_placement": (),
    "lives_here_already": (),
    "type_acceptable": ("type",),
    "purpose_needs_foster_carers": ("type",),
    "type_suitable": ("type",),
    "support_or_care": ("type",),
    "crisis_use": ("type",),
    "emergency_admission": ("type", "accepts_emergency"),
    "place_to_avoid": ("type", "postcode"),
    "required_features": ("type", "features"),
    "written_exclusion": ("type", "will_not_take"),
    "scores_out_of_date": (),
    "staffing": ("type", "staffing", "features"),
    "communication": ("type", "offers", "features", "staffing"),
    "special_purpose": ("type", "features"),
    "continuity": ("postcode",),
    "registered_number": ("type", "places", "resident_count", "limit_source"),
    "place_free": ("type", "beds", "vacancies"),
    "embargo": ("partner_concern",),
}
"""By rule: the facts of a home that its finding follows from."""


def _need_gap(case: Case, homes: HomeList) -> Flags:
    speaks = np.zeros(len(homes.homes), dtype=np.bool_)
    for column, (_, need, tolerance) in zip(homes.able.T, case.scored, strict=True):
        if need is None:
            return np.ones(len(homes.homes), dtype=np.bool_)
        speaks |= (need - column > tolerance) | ((column == UNKNOWN) & (need > 0))
    return speaks


def _usual_fostering_limit(case: Case, homes: HomeList) -> Flags:
    room = usual_limit(case.context.policy) - len(case.child_ids)
    speaks: Flags = (homes.resident_counts == UNKNOWN) | (homes.resident_counts > room)
    return speaks & homes.fostering


def _alongside(case: Case, homes: HomeList) -> Flags:
    return _company(case, homes, asks_everywhere=company_wanted(case.referral) is not None)


def _peers_and_impact(case: Case, homes: HomeList) -> Flags:
    return _company(case, homes, asks_everywhere=bool(high_risks_to_others(case.referral)))


def _company(case: Case, homes: HomeList, *, asks_everywhere: bool) -> Flags:
    """Say where company can have to be asked about: wherever anybody may live, or where such a child of the list does."""
    speaks: Flags = (homes.resident_counts != 0) & asks_everywhere
    speaks[[homes.place_of[one] for one in case.to_be_weighed_in if one in homes.place_of]] = True
    return speaks


MAY_SPEAK: Mapping[str, Callable[[Case, HomeList], Flags]] = {
    "alongside": _alongside,
    "peers_and_impact": _peers_and_impact,
    "need_gap": _need_gap,
    "usual_fostering_limit": _usual_fostering_limit,
}
"""By rule whose facts are different in nearly every home: the homes of which it can have something to say."""
