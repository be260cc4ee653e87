"""The hard rules for one child and one home in their plainest form, for the checker of plans.

They are read from the contract once more, apart from ``lawful.py``, ``room.py`` and ``fit.py``, so that a
slip in one shows against the other. A fact that is missing breaks nothing here: it is a question there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from matching.home import Home
from matching.pins import Pin
from matching.policy import Policy
from matching.referral import Referral
from reference_data.ages import age_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that is wrong with a plan, and where."""

    rule: str
    text: str
    child_id: str | None = None
    home_id: str | None = None

    def as_dict(self) -> dict[str, str | None]:
        """Return the violation ready for JSON."""
        return {"rule": self.rule, "text": self.text, "child_id": self.child_id, "home_id": self.home_id}


_RISKS_TO_OTHER_CHILDREN = (
    "physical_harm",
    "sexual_harm",
    "fire_setting",
    "criminal_exploitation_of_others",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    referrals: dict[str, Referral]
    homes: dict[str, Home]
    as_of: date
    policy: Policy
    pins: tuple[Pin, ...]
    found: list[Violation]

    def wrong(self, rule: str, text: str, child_id: str | None = None, home_id: str | None = None) -> None:
        self.found.append(Violation(rule=rule, text=text, child_id=child_id, home_id=home_id))

    def start(self, child_id: str) -> date:
        needed = self.referrals[child_id].needed_by
        return max(needed, self.as_of) if needed else self.as_of

    def dated(self, child_id: str) -> bool:
        return self.referrals[child_id].needed_by is not None

    def age(self, child_id: str) -> int | None:
        born = self.referrals[child_id].date_of_birth
        return None if born is None else age_on(born, self.start(child_id))

    def family(self, child_id: str) -> list[str]:
        """Return the children of the sibling group, this one included."""
        group = self.referrals[child_id].sibling_group
        if group is None:
            return [child_id]
        return sorted(one.child_id for one in self.referrals.values() if one.sibling_group == group)

    def must(self, child_id: str) -> list[str]:
        """Return the children who must live where this child lives, this one included."""
        family = self.family(child_id)
        together = any(self.referrals[one].siblings_together == "must" for one in family)
        return family if together and len(family) > 1 else [child_id]

    def moving(self, child_id: str) -> list[str]:
        """Return those of the children who must live together who would move; settled ones do not."""
        return [one for one in self.must(child_id) if not stays(self.referrals[one])]

    def pinned(self, child_id: str) -> set[str]:
        """Return the homes that a pin gives the child, or a child who must come too."""
        together = self.moving(child_id)
        return {pin.home_id for pin in self.pins if pin.child_id in together and not pin.ban}

    def apart(self, child_id: str) -> set[str]:
        """Return the children who may not live with this child, whichever of the two says so."""
        named_by = {other for other, referral in self.referrals.items() if child_id in referral.not_with}
        return named_by | set(self.referrals[child_id].not_with)

    def unsuited(self, child_id: str, other: str) -> bool:
        """Say whether it has to be asked what it means that this child and another one move in together.

        Either by whom this child can live alongside, or because it is a high risk to other children.
        """
        if self.is_high_risk(child_id):
            return True
        referral, mine, its = self.referrals[child_id], self.age(child_id), self.age(other)
        if referral.alongside == "solo" or "solo" in referral.requires:
            return True
        if referral.alongside not in ("only_older", "only_younger"):
            return False
        if mine is None or its is None:
            return True
        return its <= mine if referral.alongside == "only_older" else its >= mine

    def is_high_risk(self, child_id: str) -> bool:
        """Say whether the child is recorded as a high risk to other children."""
        risks = self.referrals[child_id].risks
        return any(risks.get(name) == "high" for name in _RISKS_TO_OTHER_CHILDREN)

    def raises_questions(self, child_id: str) -> bool:
        """Say whether it may have to be asked what it means for a stranger to live with the child, or for the child."""
        referral = self.referrals[child_id]
        company = ("solo", "only_older", "only_younger")
        return self.is_high_risk(child_id) or referral.alongside in company or "solo" in referral.requires

    def urgency(self, child_id: str) -> str | None:
        found = {self.referrals[one].urgency for one in self.must(child_id)}
        return next((word for word in ("crisis", "emergency", "planned") if word in found), None)

    def living(self, home_id: str) -> dict[str, str | None]:
        """Return who lives in a home: a name for each (ids where known) and the sibling group."""
        home = self.homes[home_id]
        named = {
            resident.child_id or f"resident {number}": resident.sibling_group
            for number, resident in enumerate(home.residents or ())
        }
        for one in self.referrals.values():
            if one.current_home_id == home_id:
                named[one.child_id] = one.sibling_group
        return named


def ours(referral: Referral, home: Home) -> bool:
    """Say whether the authority places the child itself, and has not to ask."""
    if home.control is not None:
        return home.control == "direct"
    in_house = home.contract == "in_house"
    approver = home.approved_by_authority
    if home.contract is None:
        in_house = home.type == "in_house_foster_carer"
        in_house |= home.type == "connected_foster_carer" and approver is not None
    # Carers whom another authority approved are that authority's to offer.
    return in_house and (None in (approver, referral.authority) or approver == referral.authority)


def below_floor(check: Check, child_id: str, home: Home) -> bool:
    """Say whether more need would be left unmet than the policy's floor allows, as far as it is known."""
    needs = check.referrals[child_id].needs
    gaps = (needs[domain] - met for domain, met in home.can_meet.items() if domain in needs)
    return sum(gap for gap in gaps if gap > 0) > check.policy.floor_unmet_need_points


def exempt(check: Check, child_id: str, home: Home) -> bool:
    """Say whether a written exemption from the usual fostering limit may count for the child.

    Only the authority where the carer lives may grant it; where that is not recorded it is asked, not barred.
    """
    return any(
        one.child_id == child_id
        and (one.granted_on is None or one.granted_on <= check.start(child_id))
        and (None in (one.authority, home.authority) or one.authority == home.authority)
        for one in home.exemptions
    )


def stays(referral: Referral) -> bool:
    if referral.current_home_id is None or referral.placement_purpose in (
        "stabilise",
        "respite",
        "short_break",
    ):
        return False
    return not referral.move_reason or referral.move_review_on is None


FOSTERING = ("connected_foster_carer", "in_house_foster_carer", "agency_foster_carer")
_HOMES = (
    "childrens_home",
    "secure_childrens_home",
    "residential_school",
    "residential_family_centre",
)
_SUPPORTED = ("supported_accommodation", "crisis_accommodation")
_ONLY_NAMED = ("secure_childrens_home", "residential_family_centre", "with_parents", "adoption")
_OFFERED = (*FOSTERING, *_HOMES, *_SUPPORTED, "with_parents", "adoption")


def _breaks_type(check: Check, child_id: str, home: Home) -> bool:
    referral = check.referrals[child_id]
    named = referral.acceptable_types or ()
    if home.type not in _OFFERED or (home.type in _ONLY_NAMED and home.type not in named):
        return True
    if named and home.type not in named:
        return True
    if referral.placement_purpose == "fostering_for_adoption" and home.type not in (*FOSTERING, "adoption"):
        return True
    kind = {**dict.fromkeys(FOSTERING, "fostering"), **dict.fromkeys(_HOMES, "residential")}
    kind |= dict.fromkeys(_SUPPORTED, "supported")
    if referral.suitability.get(kind.get(str(home.type), "")) == "unsuitable":
        return True
    return home.type in _SUPPORTED and referral.support_or_care == "care"


def waiting_where_nobody_may_be_placed(referral: Referral, homes: Mapping[str, Home]) -> Referral:
    """Return the referral; without a present home where that is a hotel or the like, or is not registered."""
    home = homes.get(referral.current_home_id or "")
    if home is None:
        return referral
    unregistered = home.registered is False and home.type != "with_parents"
    return replace(referral, current_home_id=None) if unregistered or home.type not in _OFFERED else referral


def _breaks_age(check: Check, child_id: str, home: Home) -> bool:
    age = check.age(child_id)
    if age is None:
        return False
    youngest = check.policy.limits.get("under_16_other_arrangements", 16)
    if age >= 18 or (home.type in _SUPPORTED and age < youngest):
        return True
    if home.type == "with_parents":
        return False
    return (home.min_age is not None and age < home.min_age) or (
        home.max_age is not None and age > home.max_age
    )


def _breaks_sex(check: Check, child_id: str, home: Home) -> bool:
    sex = check.referrals[child_id].sex
    if home.type == "with_parents" or home.sexes in (None, "any") or sex in (None, "U"):
        return False
    return sex != home.sexes


def _breaks_registration(check: Check, child_id: str, home: Home) -> bool:
    start = check.start(child_id)
    if home.registered is False and home.type != "with_parents":
        return True
    if home.status in ("suspended", "closed") or (home.opens_on and home.opens_on > start):
        return True
    if home.closes_on and home.closes_on <= start:
        return True
    if home.restriction_notice_from or home.restriction_notice_to:
        begun = home.restriction_notice_from is None or home.restriction_notice_from <= start
        ended = home.restriction_notice_to is not None and home.restriction_notice_to < start
        return begun and not ended
    return home.partner_concern == "embargo"


def _breaks_approval(check: Check, child_id: str, home: Home) -> bool:
    if home.type == "connected_foster_carer" or home.approved_for:
        return child_id not in (home.approved_for or ())
    return False


def _breaks_temporary_approval(check: Check, child_id: str, home: Home) -> bool:
    until = home.temporary_approval_until
    return until is not None and until < check.start(child_id)


def _breaks_secure(check: Check, child_id: str, home: Home) -> bool:
    if home.type != "secure_childrens_home":
        return False
    referral, age, start = check.referrals[child_id], check.age(child_id), check.start(child_id)
    if not referral.secure_order or (referral.secure_order_until and referral.secure_order_until < start):
        return True
    if age is None or age >= check.policy.limits.get("secure_under_13", 13):
        return False
    return age < 10 or referral.sos_approval_on is None or referral.sos_approval_on > start


def _breaks_urgency(check: Check, child_id: str, home: Home) -> bool:
    urgency = check.urgency(child_id)
    if home.type == "crisis_accommodation":
        stabilise = check.referrals[child_id].placement_purpose == "stabilise"
        if urgency in ("emergency", "planned") and not stabilise:
            return True
    days = [(check.start(one) - check.as_of).days for one in check.must(child_id) if check.dated(one)]
    at_once = urgency in ("crisis", "emergency") or any(within <= 2 for within in days)
    return at_once and home.type != "with_parents" and home.accepts_emergency is False


def _breaks_features(check: Check, child_id: str, home: Home) -> bool:
    if home.features is None:
        return False
    return not set(check.referrals[child_id].requires) <= set(home.features)


def _breaks_written_exclusion(check: Check, child_id: str, home: Home) -> bool:
    referral = check.referrals[child_id]
    if home.type == "with_parents":
        return False
    for written in home.will_not_take or ():
        name, _, level = written.partition(":")
        risk = referral.risks.get(name)
        if risk == "high" or (risk == "low" and level != "high"):
            return True
        need = {str(domain): score for domain, score in referral.needs.items()}.get(name)
        limit = int(level) if level.isdigit() else check.policy.written_exclusion_points
        if need is not None and need > limit:
            return True
        if name in referral.requires or (name == "uasc" and referral.uasc):
            return True
        if name == referral.placement_purpose:
            return True
    return False


def _breaks_need_gap(check: Check, child_id: str, home: Home) -> bool:
    if home.type == "with_parents":
        return False
    needs = check.referrals[child_id].needs
    return any(
        needs[domain] - met > check.policy.need_gap_points[domain]
        for domain, met in home.can_meet.items()
        if domain in needs
    )


def _breaks_avoid(check: Check, child_id: str, home: Home) -> bool:
    from reference_data.postcodes import distance_miles, locate

    here = locate(home.postcode) if home.postcode else None
    for place in check.referrals[child_id].avoid:
        there = locate(place.postcode) if place.postcode else None
        if here and there and place.miles is not None and distance_miles(here, there) <= place.miles:
            return True
    return False


def _breaks_settled(check: Check, child_id: str, home: Home) -> bool:
    referral = check.referrals[child_id]
    return stays(referral) or referral.current_home_id == home.home_id


HARD_RULES: dict[str, Callable[[Check, str, Home], bool]] = {
    "type": _breaks_type,
    "age": _breaks_age,
    "sex": _breaks_sex,
    "registration": _breaks_registration,
    "named_approval": _breaks_approval,
    "temporary_approval": _breaks_temporary_approval,
    "secure_authority": _breaks_secure,
    "urgency": _breaks_urgency,
    "required_features": _breaks_features,
    "written_exclusion": _breaks_written_exclusion,
    "need_gap": _breaks_need_gap,
    "place_to_avoid": _breaks_avoid,
    "settled": _breaks_settled,
}
