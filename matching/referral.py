"""A referral: one child who needs a home, as the contract names it.

How a file becomes a referral is in ``files.py``; what a rule makes of it is in ``eligibility.py``.
``None`` and an absent key mean unknown: nothing here replaces the unknown by a guess, except where
the contract states the default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from reference_data.ages import age_on
from reference_data.law import legal_limits
from reference_data.vocabulary import (
    URGENCY_ORDER,
    AgeBasis,
    Alongside,
    NeedDomain,
    PlacementPurpose,
    PlacementType,
    RiskLevel,
    Sex,
    SiblingsTogether,
    Suitability,
    Urgency,
)

RISKS_TO_THE_CHILD = (
    "self_harm",
    "sexual_exploitation",
    "criminal_exploitation",
    "drugs_alcohol",
    "eating_disorder",
    "missing",
)
RISKS_TO_OTHERS = (
    "physical_harm",
    "sexual_harm",
    "fire_setting",
    "harm_to_animals",
    "criminal_exploitation_of_others",
)

TEMPORARY_PURPOSES = frozenset(
    {PlacementPurpose.STABILISE, PlacementPurpose.RESPITE, PlacementPurpose.SHORT_BREAK}
)
"""Purposes for which the child's own placement is kept open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceToAvoid:
    """A place to keep away from, by straight-line miles."""

    postcode: str | None = None
    miles: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportantPlace:
    """A place that matters to the child, and how often the child goes there."""

    what: str | None = None
    postcode: str | None = None
    how_often: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What is preferred for the child; it ranks and never excludes."""

    max_miles: float | None = None
    school_postcode: str | None = None
    keep_school: bool | None = None
    language: tuple[str, ...] = ()
    religion: tuple[str, ...] = ()
    ethnicity: tuple[str, ...] = ()
    pets: tuple[str, ...] = ()
    gender_of_carer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the child said, or why the child was not asked. Shown with every option, never scored."""

    text: str | None = None
    asked_on: date | None = None
    asked_by: str | None = None
    reason_not_asked: str | None = None
    advocate: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One child who needs a home.

    Field names are the contract's. Money is integer pence, dates are dates, lists are tuples;
    ``needs`` and ``risks`` hold only what is known. ``home_search`` and ``placement_found`` are carried for
    the South West needs standard; no rule reads them, and a yes there without its detail is a prompt.
    """

    referral_id: str
    child_id: str
    authority: str | None = None
    date_of_birth: date | None = None
    age_basis: AgeBasis | None = None
    sex: Sex | None = None
    legal_status: str | None = None
    uasc: bool | None = None
    home_postcode: str | None = None
    search_opened_at: date | None = None
    needed_by: date | None = None
    urgency: Urgency | None = None
    may_wait_days: int = 0
    placement_purpose: PlacementPurpose | None = None
    expected_stay_days: int | None = None
    acceptable_types: tuple[PlacementType, ...] | None = None
    suitability: Mapping[str, Suitability] = field(default_factory=dict, hash=False)
    support_or_care: str | None = None
    needs: Mapping[NeedDomain, int] = field(default_factory=dict, hash=False)
    needs_assessed_on: date | None = None
    needs_source: str | None = None
    risks: Mapping[str, RiskLevel] = field(default_factory=dict, hash=False)
    alongside: Alongside | None = None
    adult_ratio: str | None = None
    communication: tuple[str, ...] = ()
    sibling_group: str | None = None
    siblings_together: SiblingsTogether | None = None
    not_with: tuple[str, ...] = ()
    avoid: tuple[PlaceToAvoid, ...] = ()
    requires: tuple[str, ...] = ()
    important_places: tuple[ImportantPlace, ...] = ()
    prefers: Preferences = field(default_factory=Preferences)
    max_weekly_fee_pence: int | None = None
    wishes: Wishes | None = None
    secure_order: bool | None = None
    secure_order_until: date | None = None
    sos_approval_on: date | None = None
    dol_order_until: date | None = None
    current_home_id: str | None = None
    current_placement_started_on: date | None = None
    move_reason: str | None = None
    move_review_on: date | None = None
    home_search: Mapping[str, object] = field(default_factory=dict, hash=False)
    placement_found: Mapping[str, object] = field(default_factory=dict, hash=False)


def start_of_placement(referral: Referral, as_of: date) -> date:
    """Return the date the placement starts: ``needed_by``, but never before ``as_of``."""
    if referral.needed_by is None or referral.needed_by < as_of:
        return as_of
    return referral.needed_by


def age_at(referral: Referral, on: date) -> int | None:
    """Return the child's age in whole years on a date, or ``None`` without a birth date."""
    return None if referral.date_of_birth is None else age_on(referral.date_of_birth, on)


def stays_put(referral: Referral) -> bool:
    """Say whether the child is settled in a placement that no recorded decision ends.

    A placed child stays put unless both a reason and a review are recorded. Respite, a short
    break or a stay to stabilise keeps the child's own placement open, so nothing is ended.

    References
    ----------
    Care Planning, Placement and Case Review (England) Regulations 2010, regulation 14.
    """
    if referral.current_home_id is None or referral.placement_purpose in TEMPORARY_PURPOSES:
        return False
    return not (referral.move_reason and referral.move_review_on)


def sibling_members(referral: Referral, others: Iterable[Referral]) -> tuple[Referral, ...]:
    """Return the other referred children of the same sibling group, in order of child id."""
    if referral.sibling_group is None:
        return ()
    found = {
        other.child_id: other
        for other in others
        if other.sibling_group == referral.sibling_group and other.child_id != referral.child_id
    }
    return tuple(found[child_id] for child_id in sorted(found))


def must_stay_together(members: Iterable[Referral]) -> bool:
    """Say whether a sibling group is all or none: one member who says so is enough."""
    return any(member.siblings_together is SiblingsTogether.MUST for member in members)


def must_siblings(referral: Referral, others: Iterable[Referral]) -> tuple[Referral, ...]:
    """Return the brothers and sisters who must be placed with this child; empty when none must."""
    members = sibling_members(referral, others)
    return members if members and must_stay_together((referral, *members)) else ()


def most_urgent(members: Iterable[Referral]) -> Urgency | None:
    """Return the most urgent urgency recorded among members, or ``None`` when none is recorded."""
    found = {member.urgency for member in members}
    return next((urgency for urgency in URGENCY_ORDER if urgency in found), None)


AT_ONCE_DAYS = 2
"""A placement needed within so many days is needed at once, whatever the urgency says."""


def needed_at_once(referral: Referral, as_of: date) -> bool:
    """Say whether a placement is needed at once: by its urgency, or by the day it is needed by."""
    if referral.urgency in (Urgency.CRISIS, Urgency.EMERGENCY):
        return True
    return referral.needed_by is not None and (referral.needed_by - as_of).days <= AT_ONCE_DAYS


def urgency_contradiction(referral: Referral, as_of: date) -> str | None:
    """Return a sentence when ``urgency`` and ``needed_by`` contradict one another.

    ``urgency`` ranks and ``needed_by`` dates, so both are still used as they stand. The law of ages follows the
    date, which matters where a birthday lies between tonight and that day.
    """
    if referral.needed_by is None or referral.urgency is None:
        return None
    days = (referral.needed_by - as_of).days
    if referral.urgency is Urgency.CRISIS and days > 0:
        return (
            f"The referral says crisis, which means tonight, but the placement is needed in {_days(days)}: "
            f"check which is right.{_age_between(referral, as_of)}"
        )
    if referral.urgency is Urgency.EMERGENCY and days > 2:
        return (
            "The referral says emergency, which means within two days, but the placement is needed in "
            f"{_days(days)}: check which is right.{_age_between(referral, as_of)}"
        )
    if referral.urgency is Urgency.PLANNED and 0 <= days <= AT_ONCE_DAYS:
        when = "today" if days == 0 else f"in {_days(days)}"
        return (
            f"The referral says planned, but the placement is needed {when}, which is at once: check which is right. "
            "Until then it ranks as planned, and homes that admit nobody at once are left out."
        )
    if referral.urgency is Urgency.PLANNED and days < 0:
        return (
            "The referral says planned, but the day the placement was needed by has passed: "
            "check the urgency and the date. Until then homes that admit nobody at once are left out."
        )
    return None


def _age_between(referral: Referral, as_of: date) -> str:
    """Return what a birthday between today and the start changes, or nothing."""
    today, then = age_at(referral, as_of), age_at(referral, start_of_placement(referral, as_of))
    youngest = legal_limits("placement")["supported_from"].value
    if today is None or then is None or youngest is None or not today < youngest <= then:
        return ""
    return (
        f" The lawful age is judged on the day the placement starts, when the child is {then}; tonight the child is "
        f"{today}, and no kind of home that is lawful from {youngest} only may be used before the birthday, not for one "
        "night."
    )


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"
