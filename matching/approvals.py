"""Who must approve, plan or be told before a child moves into a home, and by when.

Distance and fee never exclude: they bring approvals. What must be approved is law or the policy's
limit; the role that signs here is the council's to name (``policy.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from matching import instruments as law
from matching.findings import Case
from matching.fit import in_key_stage_4
from matching.home import Home, is_fostering, other_residents
from matching.places import Where, authority_of, miles_between, where_is
from matching.room import usual_limit
from matching.words import number_word
from reference_data.codelists import codes
from reference_data.vocabulary import FOSTERING_TYPES, SUPPORTED_TYPES, PlacementType
from reference_data.working_days import working_days_after

EVERY_PLACEMENT = frozenset({"placement_plan", "notification"})
"""Codes of what the social worker does for every placement; the others are somebody else's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Something a named role must sign or send, and the last day for it."""

    code: str
    who: str
    why: str
    instrument: str
    due_on: date

    def as_dict(self) -> dict[str, str]:
        """Return the contract's approval."""
        return {
            "code": self.code,
            "who": self.who,
            "why": self.why,
            "instrument": self.instrument,
            "due_on": self.due_on.isoformat(),
        }


def approvals(case: Case, home: Home) -> tuple[Approval, ...]:
    """Return everything that must be approved, planned or notified for this child in this home.

    A child who lives there already is not placed there again: only what has to be looked at while a
    stay goes on is left.
    """
    going_on = [_temporary_approval(case, home), _usual_fostering_limit(case, home), _secure(case, home)]
    if case.lives_in(home):
        return tuple(one for one in going_on if one is not None)
    found = [
        _where(case, home),
        _key_stage_4(case, home),
        _supported_accommodation_review(case, home),
        _other_arrangements(case, home),
        _with_parents(case, home),
        *going_on,
        _fee(case, home),
        _plan(case),
        _notification(case, home),
    ]
    return tuple(one for one in found if one is not None)


def area_signature_excepted(case: Case, home: Home) -> bool:
    """Say whether a placement outside the area needs no signature: connected carers, and carers we approved.

    The exception is read as written in our table of law (``out_of_area_exceptions``, secondary): it
    names no distance, so it is taken to hold in an adjoining authority as well as at a distance. Notice
    is given all the same.

    References
    ----------
    Care Planning, Placement and Case Review (England) Regulations 2010, regulation 11(4).
    """
    return home.type is PlacementType.CONNECTED_FOSTER_CARER or _is_ours(case, home)


def _is_ours(case: Case, home: Home) -> bool:
    if not is_fostering(home):
        return False
    approver = home.approved_by_authority
    if approver is None:
        return home.type is PlacementType.IN_HOUSE_FOSTER_CARER
    return approver == case.referral.authority


def _make(case: Case, code: str, why: str, instrument: str, due_on: date | None = None) -> Approval:
    who = case.context.policy.approvers[code]
    return Approval(code=code, who=who, why=why, instrument=instrument, due_on=due_on or case.start)


def _where(case: Case, home: Home) -> Approval | None:
    where = where_is(case.referral.authority, authority_of(home))
    if where is Where.IN_AREA or area_signature_excepted(case, home):
        return None
    if where is Where.UNKNOWN:
        return _make(
            case,
            "outside_area",
            "Whether the home is in the authority's area is not known; find out before anybody signs.",
            law.OUTSIDE_AREA,
        )
    # At a distance is outside the area and not in an adjoining authority, however many miles it is.
    if where is Where.AT_A_DISTANCE:
        return _make(
            case,
            "at_a_distance",
            "Outside the authority's area and not in an adjoining authority: approve it before the child moves; the "
            "area's authority, with the care plan, and the independent reviewing officer are consulted "
            + ("within five working days, since it is urgent." if case.is_urgent else "first."),
            law.OUTSIDE_AREA,
        )
    return _make(
        case,
        "outside_area",
        "Approves the placement: it is outside the authority's area, in an adjoining authority.",
        law.OUTSIDE_AREA,
    )


def _key_stage_4(case: Case, home: Home) -> Approval | None:
    if not in_key_stage_4(case) or case.is_urgent:
        return None
    miles = miles_between(case.referral.prefers.school_postcode, home.postcode)
    if miles is not None and miles <= case.context.policy.school_miles:
        return None
    return _make(
        case,
        "key_stage_4",
        "By age the child is in the fourth key stage: a placement that disrupts education needs approval first.",
        law.KEY_STAGE_4,
    )


def _supported_accommodation_review(case: Case, home: Home) -> Approval | None:
    if home.type not in SUPPORTED_TYPES or case.referral.current_home_id is None:
        return None
    return _make(
        case,
        "supported_accommodation_review",
        "Moving to supported accommodation from a foster home or a children's home needs a review first.",
        law.OTHER_ARRANGEMENTS,
    )


def _other_arrangements(case: Case, home: Home) -> Approval | None:
    if home.type not in SUPPORTED_TYPES:
        return None
    return _make(
        case,
        "other_arrangements",
        "Be satisfied that the accommodation is suitable, let the young person see it first unless that is not "
        "practicable, and tell the independent reviewing officer.",
        law.OTHER_ARRANGEMENTS_SUITABLE,
    )


@cache
def _care_orders() -> frozenset[str]:
    """Return the legal statuses, by their 903 code, of a child under an interim or a full care order."""
    return frozenset(status for status, one in codes("LS").items() if one.maps_to == "care_order")


def _with_parents(case: Case, home: Home) -> Approval | None:
    if home.type is not PlacementType.WITH_PARENTS:
        return None
    status = case.referral.legal_status
    known_without = status is not None and status not in _care_orders()
    rests_on = "The referral records no care order: see what it rests on. " if known_without else ""
    return _make(
        case,
        "with_parents",
        f"{rests_on}A child under a care order is placed with parents only after an assessment and a recorded decision.",
        law.WITH_PARENTS,
    )


def _temporary_approval(case: Case, home: Home) -> Approval | None:
    if home.temporary_approval_until is None or home.type not in FOSTERING_TYPES:
        return None
    return _make(
        case,
        "temporary_approval",
        "The carer is approved for a time only: 16 weeks, extended once by up to 8. Decide before it ends.",
        law.TEMPORARY_APPROVAL,
        home.temporary_approval_until,
    )


def _usual_fostering_limit(case: Case, home: Home) -> Approval | None:
    residents = other_residents(home, case.child_ids)
    if not is_fostering(home) or residents is None:
        return None
    limit = usual_limit(case.context.policy)
    over = len(residents) + len(case.child_ids) > limit
    if not over or not any(one.child_id in case.child_ids for one in home.exemptions):
        return None
    return _make(
        case,
        "usual_fostering_limit",
        f"More than {number_word(limit)} children would live there: see that the written exemption is still in "
        "force and names this child.",
        law.USUAL_FOSTERING_LIMIT,
    )


def _secure(case: Case, home: Home) -> Approval | None:
    if home.type is not PlacementType.SECURE_CHILDRENS_HOME:
        return None
    return _make(
        case,
        "secure",
        "The order permits secure accommodation and never obliges: record why nothing less would do.",
        law.SECURE,
    )


def _fee(case: Case, home: Home) -> Approval | None:
    most = case.referral.max_weekly_fee_pence
    if most is None or home.weekly_fee_pence is None or home.weekly_fee_pence <= most:
        return None
    return _make(case, "fee", "The weekly fee is above the limit set for this referral.", law.COUNCIL_POLICY)


def _plan(case: Case) -> Approval:
    return _make(
        case,
        "placement_plan",
        f"Agree the placement plan before the start, or within {number_word(_late(case, 'latest_plan'))} working days "
        "when that is not practicable.",
        law.PLACEMENT_PLAN,
        _due(case, "latest_plan"),
    )


def _notification(case: Case, home: Home) -> Approval:
    elsewhere = where_is(case.referral.authority, authority_of(home)) in (
        Where.ADJOINING,
        Where.AT_A_DISTANCE,
    )
    also = ", to the authority of the area too," if elsewhere else ""
    return _make(
        case,
        "notification",
        f"Give written notice of the placement{also} before it starts, or within "
        f"{number_word(_late(case, 'latest_notice'))} working days in an emergency.",
        law.NOTIFICATION,
        _due(case, "latest_notice"),
    )


def _late(case: Case, limit: str) -> int:
    return law.legal_number(limit, case.context.policy.limits)


def _due(case: Case, limit: str) -> date:
    return working_days_after(case.start, _late(case, limit)) if case.is_urgent else case.start
