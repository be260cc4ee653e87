"""A home that may be offered to a child, as the contract names it, and what it can take on a day.

How a file becomes a home is in ``files.py``; what a rule makes of it is in ``eligibility.py``.
``None`` means unknown; an empty tuple means that somebody looked and there is nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from reference_data.vocabulary import (
    FOSTERING_TYPES,
    ContractKind,
    Control,
    EmergencySetting,
    HomeStatus,
    LimitSource,
    NeedDomain,
    PartnerConcern,
    PlacementType,
    Sex,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bed:
    """One bed that is or becomes free. ``held_for`` is the id of the child it is promised to."""

    available_from: date | None = None
    held_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A child who lives in the home. Of a bare id everything but the id is unknown."""

    child_id: str | None = None
    age: int | None = None
    sex: Sex | None = None
    sibling_group: str | None = None
    authority: str | None = None

    @property
    def is_bare(self) -> bool:
        """Say whether nothing but the id is recorded."""
        return self.age is None and self.sex is None and self.sibling_group is None and self.authority is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A written exemption from the usual fostering limit, naming a child."""

    child_id: str | None = None
    authority: str | None = None
    granted_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What a home offers to a child's identity, school and daily life. ``None`` is unknown."""

    languages: tuple[str, ...] | None = None
    religions: tuple[str, ...] | None = None
    ethnicities: tuple[str, ...] | None = None
    pets: tuple[str, ...] | None = None
    schools: tuple[str, ...] | None = None
    carer_genders: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One home, carer household or setting.

    Field names are the contract's. Money is integer pence, dates are dates, lists are tuples;
    ``can_meet`` holds only the domains that the home has stated.
    """

    home_id: str
    type: PlacementType | EmergencySetting
    name: str | None = None
    provider: str | None = None
    urn: str | None = None
    postcode: str | None = None
    authority: str | None = None
    approved_by_authority: str | None = None
    contract: ContractKind | None = None
    control: Control | None = None
    weekly_fee_pence: int | None = None
    void_fee_pence: int | None = None
    registered: bool | None = None
    status: HomeStatus | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    restriction_notice_from: date | None = None
    restriction_notice_to: date | None = None
    judgement: str | None = None
    judged_on: date | None = None
    partner_concern: PartnerConcern | None = None
    partner_concern_evidence: str | None = None
    partner_concern_reply: str | None = None
    places: int | None = None
    vacancies: int | None = None
    vacancies_confirmed_on: date | None = None
    vacancies_confirmed_by: str | None = None
    beds: tuple[Bed, ...] | None = None
    residents: tuple[Resident, ...] | None = None
    min_age: int | None = None
    max_age: int | None = None
    sexes: str | None = None
    limit_source: LimitSource | None = None
    approved_for: tuple[str, ...] | None = None
    approval_terms: tuple[str, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    temporary_approval_until: date | None = None
    can_meet: Mapping[NeedDomain, int] = field(default_factory=dict, hash=False)
    can_meet_source: str | None = None
    will_not_take: tuple[str, ...] | None = None
    accepts_emergency: bool | None = None
    max_stay_days: int | None = None
    features: tuple[str, ...] | None = None
    staffing: tuple[str, ...] | None = None
    offers: Offers = field(default_factory=Offers)


def is_in_house(home: Home) -> bool:
    """Say whether the home is in-house: as its contract says, else as its type does."""
    if home.contract is None:
        return home.type is PlacementType.IN_HOUSE_FOSTER_CARER
    return home.contract is ContractKind.IN_HOUSE


def control_of(home: Home, *, authority: str | None = None) -> Control:
    """Return who decides: as recorded, else direct for in-house, nominate for block, offer otherwise.

    In-house means ours: carers whom another authority approved are that authority's to offer. Connected
    carers without a contract are ours where we are recorded to have approved them.

    Parameters
    ----------
    authority
        The code of the responsible authority; ``None`` leaves the carers' approval out of it.
    """
    if home.control is not None:
        return home.control
    approver = home.approved_by_authority
    if is_in_house(home):
        ours = approver is None or authority is None or approver == authority
        return Control.DIRECT if ours else Control.OFFER
    if home.type is PlacementType.CONNECTED_FOSTER_CARER and home.contract is None and approver is not None:
        return Control.DIRECT if authority in (None, approver) else Control.OFFER
    if home.contract is ContractKind.BLOCK:
        return Control.NOMINATE
    return Control.OFFER


def is_fostering(home: Home) -> bool:
    """Say whether the home is a foster carer's household, connected or not."""
    return home.type in FOSTERING_TYPES


def other_residents(home: Home, child_ids: Collection[str]) -> tuple[Resident, ...] | None:
    """Return the residents other than the children named, or ``None`` when residents are unknown."""
    if home.residents is None:
        return None
    return tuple(resident for resident in home.residents if resident.child_id not in child_ids)


def beds_open_to(home: Home, child_ids: Collection[str], on: date) -> int | None:
    """Return how many of the children could have a bed on a date, or ``None`` when that is unknown.

    Beds win over vacancies. A bed held for another child is not free; a bed held for one of these
    children serves that child only. A vacancy has no date: it is free now and stays so.

    Parameters
    ----------
    child_ids
        The children who are to move in together.
    on
        The day they move in.
    """
    if home.beds is None:
        return home.vacancies
    free = [bed for bed in home.beds if bed.available_from is None or bed.available_from <= on]
    own = {bed.held_for for bed in free if bed.held_for in child_ids}
    return len(own) + sum(bed.held_for is None for bed in free)


def enough_beds_on(home: Home, starts: Sequence[tuple[str, date]]) -> bool | None:
    """Say whether every child could have a bed on that child's own start date; ``None`` is unknown.

    Parameters
    ----------
    starts
        ``(child_id, start)`` of children who must all be placed here.
    """
    if home.beds is None:
        return None if home.vacancies is None else home.vacancies >= len(starts)
    held: dict[str, date] = {}
    for bed in home.beds:
        if bed.held_for:
            held[bed.held_for] = min(held.get(bed.held_for, date.max), bed.available_from or date.min)
    unheld = sorted(bed.available_from or date.min for bed in home.beds if bed.held_for is None)
    waiting = sorted(start for child_id, start in starts if held.get(child_id, date.max) > start)
    # The earliest bed goes to the earliest start: if that fails, no other pairing succeeds.
    return len(waiting) <= len(unheld) and all(
        free_from <= start for free_from, start in zip(unheld, waiting, strict=False)
    )
