"""From the places of one home to the beds we can use: every subtraction, with its reason.

A commissioner who reads "25 places, 10 beds" must be able to follow each bed that fell away. Which days a home counts
and which ages it takes is in ``capacity.py``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import ceil
from typing import Any

from matching.home import Home, Resident
from reference_data.law import law_number
from reference_data.vocabulary import (
    ContractKind,
    EmergencySetting,
    HomeStatus,
    PartnerConcern,
    PlacementGroup,
    PlacementType,
    placement_group,
)

OWN_CONTRACTS = frozenset({ContractKind.IN_HOUSE, ContractKind.BLOCK})


class Less(StrEnum):
    """Why places of a home are no beds of ours."""

    NEVER_A_PLACEMENT = "never_a_placement"
    BRINGS_ITS_OWN_BED = "brings_its_own_bed"
    FOUND_NATIONALLY = "found_nationally"
    NO_SHORTFALL_COUNTED = "no_shortfall_counted"
    NOT_REGISTERED = "not_registered"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    NO_OPENING_DATE = "no_opening_date"
    TOO_FEW_AGES = "too_few_ages"
    HELD = "held"
    OVER_18 = "over_18"
    OTHER_COUNCILS = "other_councils"
    NO_NEW_CHILDREN = "no_new_children"
    NEITHER_LIVED_IN_NOR_FREE = "neither_lived_in_nor_free"
    NOT_CONFIRMED_FREE = "not_confirmed_free"
    SHARED_WITH_OTHERS = "shared_with_others"


LESS_IN_WORDS = {
    Less.NEVER_A_PLACEMENT: "a hotel or another setting that is never a placement",
    Less.BRINGS_ITS_OWN_BED: "connected carers, approved for children by name: the bed comes with the child",
    Less.FOUND_NATIONALLY: "secure beds, which need an order and are found nationally",
    Less.NO_SHORTFALL_COUNTED: "a kind of placement of which no beds are counted",
    Less.NOT_REGISTERED: "a home that is not registered",
    Less.SUSPENDED: "a suspended home",
    Less.CLOSED: "a closed home",
    Less.NO_OPENING_DATE: "a planned home without an opening date",
    Less.TOO_FEW_AGES: "a home that takes less than half the ages of every age band",
    Less.HELD: "beds held for a child by name",
    Less.OVER_18: "places of residents who are 18 or over",
    Less.OTHER_COUNCILS: "places of other councils' children",
    Less.NO_NEW_CHILDREN: "empty places of a home that may take no new children",
    Less.NEITHER_LIVED_IN_NOR_FREE: "places of ours where nobody lives and that nobody confirmed as free",
    Less.NOT_CONFIRMED_FREE: "registered places of shared homes that nobody confirmed as free for us",
    Less.SHARED_WITH_OTHERS: "confirmed vacancies of shared homes that other councils' children get",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeAccount:
    """How many of a home's places are beds of ours.

    Parameters
    ----------
    places
        Registered or approved places; where none are recorded, as many as are accounted for.
    less
        Places that fell away, by reason; above 0 each. ``places`` less all of them is ``usable``.
    usable
        Beds we can use; a share of a vacancy is a fraction.
    unknown
        What is not recorded and was assumed or left out, each in words that follow "homes".
    """

    home_id: str
    places: float
    less: tuple[tuple[Less, float], ...]
    usable: float
    unknown: tuple[str, ...] = ()


def account_of(
    home: Home,
    *,
    authority: str | None,
    as_of: date,
    shared_share: float,
    as_far_as_reached: bool = False,
) -> HomeAccount:
    """Return how many of a home's places are beds that a council can use.

    Parameters
    ----------
    authority
        The council's DfE code; ``None`` when it cannot be told.
    as_of
        The date on which residents and vacancies are known.
    shared_share
        Share of confirmed vacancies in shared homes that our children get, 0 to 1.
    as_far_as_reached
        Whether places of our own count only where somebody lives or that are confirmed as free; where either is not
        recorded they count whole.
    """
    unknown: list[str] = []
    none_at_all = _counts_for_nothing(home)
    if none_at_all is not None:
        if none_at_all is Less.NO_OPENING_DATE:
            unknown.append("that are planned and have no opening date, not counted")
        return _account(home, [(none_at_all, None)], 0.0, unknown)
    if home.registered is None and home.status is not HomeStatus.PLANNED:
        unknown.append("whose registration is not recorded, counted as registered")
    if home.status is None:
        unknown.append("without a status, counted as open")
    if home.contract is None:
        unknown.append("without a kind of contract, counted as shared")
    own = home.contract in OWN_CONTRACTS
    if authority is not None and any(resident.authority is None for resident in home.residents or ()):
        # In a home of ours a child is ours unless recorded otherwise; in a shared home the reverse.
        words = "ours" if own else "not ours"
        unknown.append(f"with residents whose council is not recorded, counted as {words}")
    if own:
        return _own(home, authority, as_of, unknown, as_far_as_reached=as_far_as_reached)
    return _shared(home, authority, as_of, shared_share, unknown)


def may_take_new_children(home: Home, as_of: date) -> bool:
    """Say whether no restriction notice and no embargo keeps new children out on a date."""
    notice = home.restriction_notice_from is not None and home.restriction_notice_from <= as_of
    lifted = home.restriction_notice_to is not None and home.restriction_notice_to <= as_of
    return (not notice or lifted) and home.partner_concern is not PartnerConcern.EMBARGO


def without_beds(account: HomeAccount) -> HomeAccount:
    """Return the account of a home that takes too few ages of any age band for its beds to count."""
    return replace(account, less=(*account.less, (Less.TOO_FEW_AGES, account.usable)), usable=0.0)


def _counts_for_nothing(home: Home) -> Less | None:
    if isinstance(home.type, EmergencySetting):
        return Less.NEVER_A_PLACEMENT
    if home.type is PlacementType.CONNECTED_FOSTER_CARER:
        return Less.BRINGS_ITS_OWN_BED
    if home.type is PlacementType.SECURE_CHILDRENS_HOME:
        return Less.FOUND_NATIONALLY
    if placement_group(home.type) is PlacementGroup.OTHER:
        return Less.NO_SHORTFALL_COUNTED
    if home.registered is False:
        return Less.NOT_REGISTERED
    if home.status is HomeStatus.SUSPENDED:
        return Less.SUSPENDED
    if home.status is HomeStatus.CLOSED:
        return Less.CLOSED
    if home.status is HomeStatus.PLANNED and home.opens_on is None:
        return Less.NO_OPENING_DATE
    return None


def reached_places(home: Home) -> tuple[int, int, int] | None:
    """Return the places of a home, those lived in and those free; ``None`` where any of them is not recorded.

    What lies between is approved and neither used nor to be had: a room kept for a brother, a carer who rests, a child
    who must live alone.
    """
    free = _vacancies(home)
    if home.places is None or home.residents is None or free is None:
        return None
    held = sum(bed.held_for is not None for bed in home.beds or ())
    return home.places, len(home.residents), min(free + held, max(home.places - len(home.residents), 0))


def reached_by_type(homes: Sequence[Home]) -> list[dict[str, Any]]:
    """Return how many places of our own homes of each type are lived in, and how many could be, where all is recorded."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for home in homes:
        counted = home.contract in OWN_CONTRACTS and home.status in (None, HomeStatus.OPEN)
        reached = reached_places(home) if counted else None
        if reached is not None and home.type is not PlacementType.CONNECTED_FOSTER_CARER:
            found[str(home.type)] = [a + b for a, b in zip(found[str(home.type)], reached, strict=True)]
    return [
        {
            "type": kind,
            "places": places,
            "lived_in": lived_in,
            "free": free,
            "occupancy": round(lived_in / places, 4) if places else None,
            "reached": round((lived_in + free) / places, 4) if places else None,
        }
        for kind, (places, lived_in, free) in sorted(found.items())
    ]


def _own(
    home: Home, authority: str | None, as_of: date, unknown: list[str], *, as_far_as_reached: bool
) -> HomeAccount:
    """Whole, less beds we cannot fill."""
    children, adults = _by_age(home.residents or ())
    theirs = sum(child.authority not in (None, authority) for child in children)
    held = sum(bed.held_for is not None for bed in home.beds or ())
    places = home.places
    if places is None:
        free = _vacancies(home)
        if home.residents is None or free is None:
            return _account(home, [], 0.0, [*unknown, "of ours without a number of places, not counted"])
        places = len(home.residents) + free + held
    less: list[tuple[Less, float | None]] = [
        (Less.OVER_18, adults),
        (Less.OTHER_COUNCILS, theirs),
    ]
    if may_take_new_children(home, as_of):
        less.insert(0, (Less.HELD, held))
        usable = float(max(places - held - adults - theirs, 0))
        reached = reached_places(home) if as_far_as_reached else None
        if reached is not None:
            usable = min(usable, float(max(reached[1] + reached[2] - held - adults - theirs, 0)))
            less.append((Less.NEITHER_LIVED_IN_NOR_FREE, None))
    else:
        usable = float(len(children) - theirs)
        less.append((Less.NO_NEW_CHILDREN, None))
    return _account(home, less, usable, unknown)


def _shared(
    home: Home, authority: str | None, as_of: date, shared_share: float, unknown: list[str]
) -> HomeAccount:
    """Our own residents, and a share of the vacancies that are confirmed."""
    children, adults = _by_age(home.residents or ())
    ours = sum(child.authority == authority and authority is not None for child in children)
    theirs = len(children) - ours
    if home.residents is None:
        unknown.append("whose residents are not recorded and that are shared, counted by vacancies only")
    less: list[tuple[Less, float | None]] = [(Less.OVER_18, adults), (Less.OTHER_COUNCILS, theirs)]
    if not may_take_new_children(home, as_of):
        return _account(home, [*less, (Less.NO_NEW_CHILDREN, None)], float(ours), unknown)
    free = _vacancies(home)
    if free is None:
        unknown.append("without confirmed vacancies that are shared, counted by residents only")
    vacant = free or 0
    less += [(Less.SHARED_WITH_OTHERS, (1 - shared_share) * vacant), (Less.NOT_CONFIRMED_FREE, None)]
    return _account(home, less, ours + shared_share * vacant, unknown)


def _account(
    home: Home, less: Sequence[tuple[Less, float | None]], usable: float, unknown: Sequence[str]
) -> HomeAccount:
    """Return the account; an amount of ``None`` is all that is left, and no amount is more than that."""
    recorded = home.places if home.places is not None else len(home.residents or ()) + (_vacancies(home) or 0)
    # Records contradict each other: more children and vacancies than places. A place is a whole one all the same.
    places = max(float(recorded), float(ceil(usable)))
    left = places - usable
    found: list[tuple[Less, float]] = []
    for reason, amount in less:
        taken = left if amount is None else min(float(amount), left)
        if taken > 0:
            found.append((reason, taken))
            left -= taken
    # More residents and holds than places, or facts left out: what is told must still add up.
    return HomeAccount(
        home_id=home.home_id, places=places - left, less=tuple(found), usable=usable, unknown=tuple(unknown)
    )


def _by_age(residents: Sequence[Resident]) -> tuple[list[Resident], int]:
    adult_age = law_number("child")
    children = [resident for resident in residents if resident.age is None or resident.age < adult_age]
    return children, len(residents) - len(children)


def _vacancies(home: Home) -> int | None:
    if home.beds is not None:
        return sum(bed.held_for is None for bed in home.beds)
    return home.vacancies
