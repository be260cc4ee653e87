"""A plain check of a joint plan, with no solver: is it lawful, does it fit, and do its numbers add up?

Each rule is read again from the contract and written out here in its plainest form, apart from the code
that made the plan; only the soft aims' measure of one child in one home is taken from ``aims.py``. It
cannot say that a plan is best: ``test_plan_against_enumeration.py`` does that for small lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matching import aims
from matching.findings import Context, case_of
from matching.home import Home
from matching.pins import Pin, read_as_pins
from matching.policy import Policy, default_policy
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


def verify_plan(
    plan: Any,
    referrals: Sequence[Referral],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy | None = None,
    pins: Iterable[Pin | Mapping[str, Any] | tuple[str, str]] = (),
) -> list[Violation]:
    """Return everything that is wrong with a plan; an empty list when nothing is.

    Parameters
    ----------
    plan
        A ``Plan``, or its contract JSON as a mapping.
    referrals, homes, as_of, policy, pins
        What the plan was made from.
    """
    answer: Mapping[str, Any] = plan if isinstance(plan, Mapping) else plan.as_dict()
    check = _Check(
        referrals={one.child_id: one for one in referrals},
        homes={home.home_id: home for home in homes},
        as_of=as_of,
        policy=policy or default_policy(),
        found=[],
    )
    placed = _placed(check, answer)
    if answer["status"] in ("INFEASIBLE", "TIME_LIMIT_NO_SOLUTION"):
        if placed:
            check.wrong("status", f"The status is {answer['status']}, and children are placed all the same.")
        return check.found
    _everybody_is_answered(check, answer, placed)
    for child_id, home_id in placed.items():
        _pair(check, answer, placed, child_id, home_id)
    for home_id in sorted(set(placed.values())):
        _home(check, placed, home_id)
    _groups(check, placed)
    kept = read_as_pins(pins, set(check.referrals), set(check.homes))
    for pin in kept:
        settled = _stays(check.referrals[pin.child_id])
        lives = check.referrals[pin.child_id].current_home_id if settled else placed.get(pin.child_id)
        if (lives == pin.home_id) == pin.ban:
            check.wrong("pin", "A pinned decision is not kept.", pin.child_id, pin.home_id)
    _stages(check, answer, placed)
    return check.found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    referrals: dict[str, Referral]
    homes: dict[str, Home]
    as_of: date
    policy: Policy
    found: list[Violation]

    def wrong(self, rule: str, text: str, child_id: str | None = None, home_id: str | None = None) -> None:
        self.found.append(Violation(rule=rule, text=text, child_id=child_id, home_id=home_id))

    def start(self, child_id: str) -> date:
        needed = self.referrals[child_id].needed_by
        return max(needed, self.as_of) if needed else self.as_of

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


def _stays(referral: Referral) -> bool:
    if referral.current_home_id is None or referral.placement_purpose in (
        "stabilise",
        "respite",
        "short_break",
    ):
        return False
    return not referral.move_reason or referral.move_review_on is None


def _placed(check: _Check, answer: Mapping[str, Any]) -> dict[str, str]:
    placed: dict[str, str] = {}
    for one in answer["assignments"]:
        child_id, home_id = one["child_id"], one["home_id"]
        if child_id not in check.referrals or home_id not in check.homes:
            check.wrong("unknown", "An assignment names a child or a home that was not given.")
            continue
        if child_id in placed:
            check.wrong("twice", "A child is given two homes.", child_id, home_id)
        placed[child_id] = home_id
        direct = check.homes[home_id].control
        contract = check.homes[home_id].contract
        ours = direct == "direct" if direct is not None else contract == "in_house"
        if one["subject_to_offer"] == ours:
            check.wrong("subject_to_offer", "Who decides is not told rightly.", child_id, home_id)
    return placed


def _everybody_is_answered(check: _Check, answer: Mapping[str, Any], placed: Mapping[str, str]) -> None:
    unplaced = [one["child_id"] for one in answer["unplaced"]]
    for child_id, referral in check.referrals.items():
        told = (child_id in placed) + unplaced.count(child_id)
        if _stays(referral):
            if told:
                check.wrong("settled", "A settled child is planned.", child_id)
        elif told != 1:
            check.wrong("answered", "A waiting child must be placed or unplaced, once.", child_id)
    if answer["status"] == "OPTIMAL" and not all(stage["proved"] for stage in answer["stages"]):
        check.wrong("status", "The plan is called optimal and an aim is not proved.")
    proved = [stage["proved"] for stage in answer["stages"]]
    if proved != sorted(proved, reverse=True):
        check.wrong("status", "An aim is called proved after one that is not.")


def _pair(
    check: _Check, answer: Mapping[str, Any], placed: Mapping[str, str], child_id: str, home_id: str
) -> None:
    if [child_id, home_id] not in [list(pair) for pair in answer["eligible_pairs"]]:
        check.wrong("eligible_pairs", "The pair is not among the eligible pairs.", child_id, home_id)
    for rule, breaks in _HARD.items():
        if breaks(check, child_id, check.homes[home_id]):
            check.wrong(rule, "A hard rule is broken.", child_id, home_id)
    apart = {
        other
        for other, referral in check.referrals.items()
        if other in check.referrals[child_id].not_with or child_id in referral.not_with
    } | set(check.referrals[child_id].not_with)
    company = {other for other, where in placed.items() if where == home_id and other != child_id}
    living = set(check.living(home_id)) - {child_id}
    if apart & (company | living):
        check.wrong("not_with", "Children who may not live together would.", child_id, home_id)


def _home(check: _Check, placed: Mapping[str, str], home_id: str) -> None:
    home = check.homes[home_id]
    if home.type == "with_parents":
        return
    coming = sorted(child_id for child_id, where in placed.items() if where == home_id)
    living = {name: group for name, group in check.living(home_id).items() if name not in coming}
    if not _beds_suffice(check, home, coming):
        check.wrong("places", "More children would move in than there are free beds.", None, home_id)
    known = len(living) if home.residents is not None else 0
    if home.places is not None and known + len(coming) > home.places:
        check.wrong("registered_number", "More children than registered places.", None, home_id)
    if home.type in _FOSTERING and known + len(coming) > 3:
        groups = {check.referrals[child_id].sibling_group for child_id in coming}
        # Residents of whom only the id is known may be brothers and sisters: that is asked, not barred.
        groups |= {
            one.sibling_group
            for one in home.residents or ()
            if (one.age, one.sex, one.sibling_group, one.authority) != (None, None, None, None)
        }
        groups |= {
            one.sibling_group
            for one in check.referrals.values()
            if one.current_home_id == home_id and one.child_id not in coming
        }
        one_family = len(groups) == 1 and (None not in groups or len(coming) == 1)
        exempt = all(
            any(
                one.child_id == child_id and (one.authority is None or one.authority == home.authority)
                for one in home.exemptions
            )
            for child_id in coming
        )
        if not one_family and not exempt:
            check.wrong("usual_fostering_limit", "More than three who are not one family.", None, home_id)


def _beds_suffice(check: _Check, home: Home, coming: Sequence[str]) -> bool:
    if home.beds is None:
        return home.vacancies is None or len(coming) <= home.vacancies
    early = date.min
    free = sorted((bed.available_from or early) for bed in home.beds if not bed.held_for)
    need = []
    for child_id in coming:
        own = [bed for bed in home.beds if bed.held_for == child_id]
        if not any((bed.available_from or early) <= check.start(child_id) for bed in own):
            need.append(check.start(child_id))
    # Whoever starts first takes the bed that is free first.
    return len(need) <= len(free) and all(bed <= day for bed, day in zip(free, sorted(need), strict=False))


def _groups(check: _Check, placed: Mapping[str, str]) -> None:
    for child_id in sorted(placed):
        homes = {
            check.referrals[one].current_home_id if _stays(check.referrals[one]) else placed.get(one)
            for one in check.must(child_id)
        }
        if len(homes) != 1:
            check.wrong(
                "siblings", "Brothers and sisters who must stay together are not.", child_id, placed[child_id]
            )


_FOSTERING = ("connected_foster_carer", "in_house_foster_carer", "agency_foster_carer")
_HOMES = (
    "childrens_home",
    "secure_childrens_home",
    "residential_school",
    "residential_family_centre",
)
_SUPPORTED = ("supported_accommodation", "crisis_accommodation")
_ONLY_NAMED = ("secure_childrens_home", "residential_family_centre", "with_parents", "adoption")
_OFFERED = (*_FOSTERING, *_HOMES, *_SUPPORTED, "with_parents", "adoption")


def _breaks_type(check: _Check, child_id: str, home: Home) -> bool:
    referral = check.referrals[child_id]
    named = referral.acceptable_types or ()
    if home.type not in _OFFERED or (home.type in _ONLY_NAMED and home.type not in named):
        return True
    if named and home.type not in named:
        return True
    kind = {**dict.fromkeys(_FOSTERING, "fostering"), **dict.fromkeys(_HOMES, "residential")}
    kind |= dict.fromkeys(_SUPPORTED, "supported")
    if referral.suitability.get(kind.get(str(home.type), "")) == "unsuitable":
        return True
    return home.type in _SUPPORTED and referral.support_or_care == "care"


def _breaks_age(check: _Check, child_id: str, home: Home) -> bool:
    age = check.age(child_id)
    if age is None:
        return False
    if age >= 18 or (home.type in _SUPPORTED and age < 16):
        return True
    if home.type == "with_parents":
        return False
    return (home.min_age is not None and age < home.min_age) or (
        home.max_age is not None and age > home.max_age
    )


def _breaks_sex(check: _Check, child_id: str, home: Home) -> bool:
    sex = check.referrals[child_id].sex
    if home.type == "with_parents" or home.sexes in (None, "any") or sex in (None, "U"):
        return False
    return sex != home.sexes


def _breaks_registration(check: _Check, child_id: str, home: Home) -> bool:
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


def _breaks_approval(check: _Check, child_id: str, home: Home) -> bool:
    if home.type == "connected_foster_carer" or home.approved_for:
        return child_id not in (home.approved_for or ())
    return False


def _breaks_temporary_approval(check: _Check, child_id: str, home: Home) -> bool:
    until = home.temporary_approval_until
    return until is not None and until < check.start(child_id)


def _breaks_secure(check: _Check, child_id: str, home: Home) -> bool:
    if home.type != "secure_childrens_home":
        return False
    referral, age, start = check.referrals[child_id], check.age(child_id), check.start(child_id)
    if not referral.secure_order or (referral.secure_order_until and referral.secure_order_until < start):
        return True
    if age is None or age >= 13:
        return False
    return age < 10 or referral.sos_approval_on is None or referral.sos_approval_on > start


def _breaks_urgency(check: _Check, child_id: str, home: Home) -> bool:
    urgency = check.urgency(child_id)
    if home.type == "crisis_accommodation":
        stabilise = check.referrals[child_id].placement_purpose == "stabilise"
        if urgency in ("emergency", "planned") and not stabilise:
            return True
    at_once = urgency in ("crisis", "emergency") and home.type != "with_parents"
    return at_once and home.accepts_emergency is False


def _breaks_features(check: _Check, child_id: str, home: Home) -> bool:
    if home.features is None:
        return False
    return not set(check.referrals[child_id].requires) <= set(home.features)


def _breaks_written_exclusion(check: _Check, child_id: str, home: Home) -> bool:
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


def _breaks_need_gap(check: _Check, child_id: str, home: Home) -> bool:
    if home.type == "with_parents":
        return False
    needs = check.referrals[child_id].needs
    return any(
        needs[domain] - met > check.policy.need_gap_points[domain]
        for domain, met in home.can_meet.items()
        if domain in needs
    )


def _breaks_avoid(check: _Check, child_id: str, home: Home) -> bool:
    from reference_data.postcodes import distance_miles, locate

    here = locate(home.postcode) if home.postcode else None
    for place in check.referrals[child_id].avoid:
        there = locate(place.postcode) if place.postcode else None
        if here and there and place.miles is not None and distance_miles(here, there) <= place.miles:
            return True
    return False


def _breaks_settled(check: _Check, child_id: str, home: Home) -> bool:
    referral = check.referrals[child_id]
    return _stays(referral) or referral.current_home_id == home.home_id


_HARD: dict[str, Callable[[_Check, str, Home], bool]] = {
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


def _stages(check: _Check, answer: Mapping[str, Any], placed: Mapping[str, str]) -> None:
    """Count again what each aim reached, and hold the plan's own numbers to it."""
    counted: dict[str, int] = defaultdict(int)
    for child_id in placed:
        counted[f"{check.urgency(child_id) or 'planned'}_placed"] += 1
    terms = _penalties(check, placed)
    for stage in answer["stages"]:
        aim, value = stage["aim"], stage["value"]
        if stage["proved"] and stage["value"] != stage["bound"]:
            check.wrong("stage", f"The aim {aim} is called proved and its bound differs.")
        if aim.endswith("_placed"):
            if value != counted[aim]:
                check.wrong("stage", f"The aim {aim} is {counted[aim]}, not {value}.")
            continue
        for name, told in stage.get("terms", {}).items():
            if told != terms[name]:
                check.wrong("stage", f"The term {name} of {aim} is {terms[name]}, not {told}.")
        if stage.get("terms") and value != sum(terms[name] for name in stage["terms"]):
            check.wrong("stage", f"The aim {aim} is not the sum of its terms.")
        better = stage["bound"] <= value
        if not better:
            check.wrong("stage", f"The aim {aim} is better than its bound.")


def _penalties(check: _Check, placed: Mapping[str, str]) -> dict[str, int]:
    totals: dict[str, int] = defaultdict(int)
    others = tuple(check.referrals[child_id] for child_id in sorted(check.referrals))
    for child_id, home_id in placed.items():
        referral = check.referrals[child_id]
        home = check.homes[home_id]
        case = case_of(referral, Context(as_of=check.as_of, policy=check.policy, others=others))
        for name, penalty in aims.penalties(case, home).items():
            if name != "siblings":
                totals[name] += penalty
        totals["siblings"] += check.policy.aim("siblings").weight * _alone(check, placed, child_id)
    for aim in check.policy.aims:
        totals.setdefault(aim.name, 0)
    return totals


def _alone(check: _Check, placed: Mapping[str, str], child_id: str) -> int:
    """Return 0 with all brothers and sisters, 1 with at least one, 3 with none; 0 where it is not sought."""
    referral = check.referrals[child_id]
    if referral.sibling_group is None or referral.siblings_together == "no":
        return 0
    home_id = placed[child_id]
    where = {
        one: check.referrals[one].current_home_id if _stays(check.referrals[one]) else placed.get(one)
        for one in check.family(child_id)
        if one != child_id
    }
    here = [one for one, place in where.items() if place == home_id]
    living = [
        name
        for name, group in check.living(home_id).items()
        if group == referral.sibling_group and name != child_id
    ]
    if not here and not living:
        return 3
    return 0 if len(here) == len(where) else 1
