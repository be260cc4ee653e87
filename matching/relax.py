"""What would have to change: each single change that would open a home, and who could make it.

For one child no solver is needed: a home that breaks exactly one rule, and that rule is one a
person may change, is opened by that change. What the law or a registration forbids is never offered
as a change. The rules are in ``eligibility.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from matching.eligibility import assess_case, may_be_offered
from matching.findings import Assessment, Case, case_of
from matching.home import Home, is_fostering
from matching.places import authority_name, authority_of
from matching.statements import lacking_features
from reference_data.vocabulary import (
    FOSTERING_TYPES,
    LimitSource,
    NeedDomain,
    PlacementType,
    Urgency,
)

STAFF_FEATURES = frozenset(
    {"waking_night_staff", "sleep_in_staff", "1:1", "2:1", "extra_staff", "male_staff", "female_staff"}
)
"""Features that are people, and so can be bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One change, what it takes, and the homes it would open."""

    change: str
    text: str
    homes_gained: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's relaxation."""
        return {"change": self.change, "text": self.text, "homes_gained": list(self.homes_gained)}


def relaxations(case: Case, assessed: Iterable[tuple[Home, Assessment]]) -> tuple[Relaxation, ...]:
    """Return each single change that opens at least one home, most homes first.

    Parameters
    ----------
    case
        The child.
    assessed
        Every home with what the rules found about it.
    """
    excluded = [(home, found) for home, found in assessed if found.exclusions]
    gained: dict[tuple[str, str], list[str]] = {}
    for home, found in excluded:
        rules = {exclusion.rule for exclusion in found.exclusions}
        if len(rules) == 1 and (change := _CHANGES.get(next(iter(rules)))) is not None:
            named = change(case, home)
            if named is not None:
                gained.setdefault(named, []).append(home.home_id)
    found_changes = [
        Relaxation(change=change, text=text, homes_gained=tuple(sorted(ids)))
        for (change, text), ids in gained.items()
    ]
    found_changes += _later_start(case, [home for home, _ in excluded])
    found_changes += _split_siblings(case, [home for home, _ in excluded])
    return tuple(sorted(found_changes, key=lambda one: (-len(one.homes_gained), one.change)))


Change = Callable[[Case, Home], tuple[str, str] | None]


def _accept_type(case: Case, home: Home) -> tuple[str, str] | None:
    if not isinstance(home.type, PlacementType):
        return None
    return (
        f"accept_type:{home.type.value}",
        f"The social worker accepts this type too: {home.type.words}.",
    )


def _reconsider_suitability(case: Case, home: Home) -> tuple[str, str] | None:
    kind = "fostering" if home.type in FOSTERING_TYPES else "this kind of home"
    return ("reconsider_suitability", f"The social worker reconsiders the view that {kind} is unsuitable.")


def _exemption(case: Case, home: Home) -> tuple[str, str] | None:
    code = authority_of(home)
    who = "The authority where the carer lives" if code is None else authority_name(code)
    return (
        f"fostering_exemption:{code or 'unknown'}",
        f"{who} grants a written exemption from the usual fostering limit of three that names the child: only the "
        "authority where the carer lives may do so.",
    )


def _statement(case: Case, home: Home) -> tuple[str, str] | None:
    # Terms of a carer's approval are no statement of purpose, and a registration is fixed.
    if is_fostering(home) or home.limit_source is not LimitSource.STATEMENT:
        return None
    return (
        "statement_revised",
        "The provider revises its statement of purpose, within its registration, and tells the inspectorate.",
    )


def _features(case: Case, home: Home) -> tuple[str, str] | None:
    lacking = lacking_features(case, home)
    if not lacking or not set(lacking) <= STAFF_FEATURES:
        return None
    words = " and ".join(feature.replace("_", " ") for feature in lacking)
    return (
        f"staffing:{'+'.join(sorted(lacking))}",
        f"The home staffs it and the council agrees the fee: {words}.",
    )


def _support(case: Case, home: Home) -> tuple[str, str] | None:
    tolerance = case.context.policy.need_gap_points
    needed = []
    for domain in NeedDomain:
        need, can_meet = case.referral.needs.get(domain), home.can_meet.get(domain)
        if need is not None and can_meet is not None and need - can_meet > tolerance[domain]:
            needed.append(domain)
    if not needed:
        return None
    words = " and ".join(domain.words for domain in needed)
    return (
        f"support:{'+'.join(needed)}",
        f"Support is added that brings the gap within the policy's limit, in {words}, and the provider agrees in "
        "writing that it can meet the need with it.",
    )


def _own_rule(case: Case, home: Home) -> tuple[str, str] | None:
    return ("council_rule", "The council makes an exception from its own rule; nothing in law forbids it.")


_CHANGES: dict[str, Change] = {
    "type_acceptable": _accept_type,
    "type_suitable": _reconsider_suitability,
    "usual_fostering_limit": _exemption,
    "registered_age": _statement,
    "registered_sex": _statement,
    "registered_number": _statement,
    "required_features": _features,
    "need_gap": _support,
    "council_rule": _own_rule,
}
"""Rules that a person may change, and how. A rule that is missing here is never offered as a change."""


def _later_start(case: Case, homes: list[Home]) -> list[Relaxation]:
    # A child with nowhere to sleep tonight does not wait for a bed.
    if case.urgency in (Urgency.CRISIS, Urgency.EMERGENCY):
        return []
    opening: dict[date, list[str]] = {}
    for home in homes:
        opens = next(
            (on for on in _later_dates(case, home) if may_be_offered(_starting(case, on), home)), None
        )
        if opens is not None:
            opening.setdefault(opens, []).append(home.home_id)
    found, gained = [], []
    for on in sorted(opening):
        gained += opening[on]
        days = (on - case.start).days
        allowed = case.referral.may_wait_days
        wait = "within" if days <= allowed else "beyond"
        found.append(
            Relaxation(
                change=f"later_start:{on.isoformat()}",
                text=f"The placement starts on {on.day} {on:%B %Y}, {days} day{'' if days == 1 else 's'} later, "
                f"{wait} the {allowed} the referral may wait.",
                homes_gained=tuple(sorted(gained)),
            )
        )
    return found


def _later_dates(case: Case, home: Home) -> list[date]:
    dates = [home.opens_on, *(bed.available_from for bed in home.beds or () if bed.held_for is None)]
    return sorted({on for on in dates if on is not None and on > case.start})


def _starting(case: Case, on: date) -> Case:
    """Return the case with everybody in it starting no earlier than a date."""

    def later(needed_by: date | None) -> date:
        return on if needed_by is None else max(on, needed_by)

    others = tuple(
        replace(other, needed_by=later(other.needed_by)) if other in case.group else other
        for other in case.context.others
    )
    referral = replace(case.referral, needed_by=later(case.referral.needed_by))
    return case_of(referral, replace(case.context, others=others))


def _split_siblings(case: Case, homes: list[Home]) -> list[Relaxation]:
    if not case.group:
        return []
    alone = replace(case, group=(), referral=replace(case.referral, siblings_together=None))
    gained = tuple(sorted(home.home_id for home in homes if assess_case(alone, home).may_be_offered))
    if not gained:
        return []
    return [
        Relaxation(
            change="split_siblings",
            text="The brothers and sisters are placed apart: the social worker and the independent reviewing officer "
            "decide that with the children, and contact is planned first (Children Act 1989, section 22C(8)(c)).",
            homes_gained=gained,
        )
    ]
