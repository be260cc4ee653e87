"""Which nights of a stay are unsuitable or unlawful, by the law of each night.

A stay is cut into runs of nights under one law: at the dates on which the regulations came into
force and at the child's 16th and 18th birthdays. Joining the runs of several stays is in
``spells.py``; what the watch says about them is in ``emergency_rules.py``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Literal

from reference_data.ages import birthday
from reference_data.law import law_number, legal_limits
from reference_data.vocabulary import FOSTERING_TYPES, EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency_stay import Setting, Stay

AgeGroup = Literal["under_16", "16_17", "adult"]


class Answer(Enum):
    """Whether something holds of a night: yes, no, or not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer, with the fields whose absence keeps it unknown."""

    answer: Answer
    missing: tuple[str, ...] = ()


YES = Finding(Answer.YES)
NO = Finding(Answer.NO)


@dataclass(frozen=True, slots=True)
class Nights:
    """A run of nights of one stay under one law.

    Nights are proleptic ordinals of the evening's date. ``end`` is the morning after the last
    night judged. An open stay is judged up to and including tonight, but tonight is not yet
    counted: ``counted_end`` is then one less than ``end`` in the last run.
    """

    stay: Stay
    first: int
    end: int
    counted_end: int
    open: bool
    age_group: AgeGroup | None
    unsuitable: Finding
    unlawful: Finding
    unregistered: Finding


LOOKED_AFTER_BASES = frozenset({LegalBasis.SECTION_20, LegalBasis.CARE_ORDER, LegalBasis.REMAND})
NOT_LOOKED_AFTER_BASES = frozenset({LegalBasis.SECTION_17, LegalBasis.PART_7, LegalBasis.RELEVANT_CHILD})
HOMELESS_BASES = frozenset({LegalBasis.SECTION_17, LegalBasis.PART_7})

SUPPORTED_SETTINGS: frozenset[Setting] = frozenset(
    {
        EmergencySetting.HOSTEL,
        PlacementType.SUPPORTED_ACCOMMODATION,
        PlacementType.CRISIS_ACCOMMODATION,
    }
)
"""Lawful at 16 and 17 where the provider is registered. A foyer is recorded as a hostel."""

HOME_SETTINGS: frozenset[Setting] = frozenset(
    {PlacementType.CHILDRENS_HOME, PlacementType.SECURE_CHILDRENS_HOME}
)
ALWAYS_LAWFUL_SETTINGS: frozenset[Setting] = frozenset(FOSTERING_TYPES) | {
    PlacementType.RESIDENTIAL_SCHOOL,
    PlacementType.RESIDENTIAL_FAMILY_CENTRE,
    PlacementType.WITH_PARENTS,
    PlacementType.ADOPTION,
}
"""Settings that other law governs; the watch lists them and raises only their own clocks."""

NO_PROVIDER: frozenset[Setting] = frozenset(
    {
        EmergencySetting.COUNCIL_OFFICE,
        EmergencySetting.UNASSESSED_FRIEND,
        EmergencySetting.POLICE_CELL,
        EmergencySetting.HOSPITAL_FIT_FOR_DISCHARGE,
    }
)
"""Nobody runs these as accommodation for children, so there is no registration to ask for."""

NO_OFSTED_REGISTRATION: frozenset[Setting] = ALWAYS_LAWFUL_SETTINGS | NO_PROVIDER

UNREGISTERED_BY_NATURE: frozenset[Setting] = frozenset({EmergencySetting.CARAVAN})
"""Where a looked after child in a caravan is cared for, nobody is registered unless the record says so."""


@dataclass(frozen=True, slots=True)
class _InForce:
    under_16: int
    at_16_17: int


@cache
def _other_arrangements_law() -> _InForce:
    limits = legal_limits("emergency")
    under_16 = limits["other_arrangements_under_16"].in_force_from
    at_16_17 = limits["other_arrangements_16_17"].in_force_from
    if under_16 is None or at_16_17 is None:
        raise ValueError("regulations 27A and 27C need a first day in the table of law")
    return _InForce(under_16.toordinal(), at_16_17.toordinal())


def looked_after(stay: Stay) -> Finding:
    """Return whether the child is looked after during the stay.

    Either fact is enough for yes: a child recorded under section 20 is looked after whatever the
    tick-box says. Police bail or custody (``pace``) settles nothing by itself.
    """
    return _looked_after(stay.in_care, stay.legal_basis)


@cache
def _looked_after(in_care: bool | None, legal_basis: LegalBasis | None) -> Finding:
    if in_care or legal_basis in LOOKED_AFTER_BASES:
        return YES
    if in_care is False or legal_basis in NOT_LOOKED_AFTER_BASES:
        return NO
    told = (("legal_basis", legal_basis), ("in_care", in_care))
    return Finding(Answer.UNKNOWN, tuple(name for name, value in told if value is None))


def nights_of(stay: Stay, date_of_birth: date | None, as_of: date) -> tuple[Nights, ...]:
    """Return the stay's nights up to ``as_of`` in runs under one law; empty if it has none.

    Parameters
    ----------
    date_of_birth
        The child's, which another stay of the child may have supplied.
    """
    today = as_of.toordinal()
    first = stay.started_on.toordinal()
    ended = stay.ended_on.toordinal() if stay.ended_on else None
    still_there = ended is None or ended > today
    end = today + 1 if ended is None or ended > today else ended
    if first >= end:
        return ()
    law = _other_arrangements_law()
    ages = (law_number("under_16_other_arrangements"), law_number("child"))
    birthdays = [birthday(date_of_birth, age).toordinal() for age in ages] if date_of_birth else []
    cuts = sorted({day for day in (law.under_16, law.at_16_17, *birthdays) if first < day < end})
    edges = [first, *cuts, end]
    in_care = looked_after(stay)
    runs = []
    for start, stop in itertools.pairwise(edges):
        group: AgeGroup | None = None
        if birthdays:
            group = "under_16" if start < birthdays[0] else "16_17" if start < birthdays[1] else "adult"
        last = stop == end
        runs.append(
            Nights(
                stay=stay,
                first=start,
                end=stop,
                counted_end=today if last and still_there else stop,
                open=last and still_there,
                age_group=group,
                unsuitable=_by_age(_unsuitable, stay, group, start, in_care),
                unlawful=NO if group == "adult" else _by_age(_unlawful, stay, group, start, in_care),
                unregistered=NO if group == "adult" else _by_age(_unregistered, stay, group, start, in_care),
            )
        )
    return tuple(runs)


NightRule = Callable[[Stay, AgeGroup, int, Finding], Finding]


def _by_age(rule: NightRule, stay: Stay, group: AgeGroup | None, night: int, in_care: Finding) -> Finding:
    """Judge by the age, or by both ages of childhood where the birth date is unknown."""
    # A young person who turns 18 there goes on being counted, as at 17: see ``spells.py``.
    if group is not None:
        return rule(stay, "16_17" if group == "adult" else group, night, in_care)
    younger = rule(stay, "under_16", night, in_care)
    older = rule(stay, "16_17", night, in_care)
    if younger.answer is older.answer and set(younger.missing) == set(older.missing):
        return younger
    return Finding(Answer.UNKNOWN, tuple(dict.fromkeys(("date_of_birth", *younger.missing, *older.missing))))


def _unsuitable(stay: Stay, group: AgeGroup, night: int, in_care: Finding) -> Finding:
    """Return whether the setting is unsuitable: by its kind, or because the law bars it that night."""
    setting = stay.setting
    if setting is None:
        return Finding(Answer.UNKNOWN, ("setting",))
    if setting in ALWAYS_LAWFUL_SETTINGS:
        return NO
    if setting in HOME_SETTINGS:
        return _registered(stay, otherwise=YES)
    if setting not in SUPPORTED_SETTINGS:
        return YES
    if setting is EmergencySetting.HOSTEL and stay.provider_registered is False:
        return YES
    barred = _unlawful(stay, group, night, in_care)
    if barred.answer is not Answer.NO:
        return barred
    if setting is EmergencySetting.HOSTEL:
        return _registered(stay, otherwise=YES)
    return _unregistered(stay, group, night, in_care)


def _registered(stay: Stay, *, otherwise: Finding) -> Finding:
    if stay.provider_registered is None:
        return Finding(Answer.UNKNOWN, ("provider_registered",))
    return NO if stay.provider_registered else otherwise


def _unlawful(stay: Stay, group: AgeGroup, night: int, in_care: Finding) -> Finding:
    """Return whether regulation 27A or 27C bars the setting for a looked after child that night."""
    law = _other_arrangements_law()
    if night < (law.under_16 if group == "under_16" else law.at_16_17):
        return NO
    setting = stay.setting
    barred: Finding
    if setting is None:
        barred = Finding(Answer.UNKNOWN, ("setting",))
    elif setting in ALWAYS_LAWFUL_SETTINGS or setting is EmergencySetting.HOSPITAL_FIT_FOR_DISCHARGE:
        barred = NO
    elif setting is EmergencySetting.POLICE_CELL and stay.legal_basis is LegalBasis.PACE:
        # Custody under arrest is not a placement by the authority.
        barred = NO
    elif setting in HOME_SETTINGS or (setting in SUPPORTED_SETTINGS and group == "16_17"):
        barred = _registered(stay, otherwise=YES)
    else:
        barred = YES
    return both(barred, in_care)


def _unregistered(stay: Stay, group: AgeGroup, night: int, in_care: Finding) -> Finding:
    """Return whether somebody runs, without registration, what must be registered for this child."""
    setting = stay.setting
    if setting is None:
        return Finding(Answer.UNKNOWN, ("setting",))
    if setting is EmergencySetting.UNREGISTERED_HOME:
        return YES
    if setting in NO_OFSTED_REGISTRATION:
        return NO
    if setting in HOME_SETTINGS:
        return _registered(stay, otherwise=YES)
    law = _other_arrangements_law()
    if night < (law.under_16 if group == "under_16" else law.at_16_17):
        return NO
    covered = YES if stay.legal_basis is LegalBasis.RELEVANT_CHILD else in_care
    if setting is EmergencySetting.UNREGISTERED_SUPPORTED_ACCOMMODATION:
        return covered
    if setting in UNREGISTERED_BY_NATURE and stay.provider_registered is None:
        return covered
    return both(_registered(stay, otherwise=YES), covered)


def both(one: Finding, other: Finding) -> Finding:
    """Return yes only where both hold; one certain no is enough for no."""
    if NO.answer in (one.answer, other.answer):
        return NO
    if one.answer is other.answer is Answer.YES:
        return YES
    return Finding(Answer.UNKNOWN, tuple(dict.fromkeys(one.missing + other.missing)))
