"""Who lives in a home: the residents it lists, and the children of the list who are placed there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from matching.home import Home, Resident
from matching.referral import Referral, age_at
from reference_data.vocabulary import EmergencySetting, PlacementType


def is_no_placement(home: Home) -> bool:
    """Say whether no child is ever placed in a home: an emergency setting, or recorded as not registered.

    A child who sleeps there is not settled in a placement, however the record calls it.

    References
    ----------
    Children Act 1989, section 22C(6); Care Standards Act 2000, section 11.
    """
    unregistered = home.registered is False and home.type is not PlacementType.WITH_PARENTS
    return isinstance(home.type, EmergencySetting) or unregistered


def who_is_placed(
    referrals: Iterable[Referral], home_of: Callable[[str], Home | None]
) -> tuple[Referral, ...]:
    """Return the referrals in their order; a child who lives in no placement is one who waits and lives nowhere.

    Parameters
    ----------
    home_of
        From a home's id to the home; ``None`` where it is not in the list.
    """

    def waits(one: Referral) -> bool:
        home = None if one.current_home_id is None else home_of(one.current_home_id)
        return home is not None and is_no_placement(home)

    return tuple(replace(one, current_home_id=None) if waits(one) else one for one in referrals)


def with_children_who_live_there(
    homes: Iterable[Home], referrals: Sequence[Referral], as_of: date
) -> tuple[Home, ...]:
    """Return the homes in order of id, with each referred child who lives in one among its residents.

    A home whose residents are unknown stays unknown: one known resident is not a list of all.
    """
    living = children_by_home(referrals)
    return tuple(
        with_residents(home, living.get(home.home_id, ()), as_of)
        for home in sorted(homes, key=lambda home: home.home_id)
    )


def children_by_home(referrals: Iterable[Referral]) -> dict[str, list[Referral]]:
    """Return the referred children who are placed, in order of id, by the home they live in."""
    living: dict[str, list[Referral]] = {}
    for one in sorted(referrals, key=lambda one: one.child_id):
        if one.current_home_id is not None:
            living.setdefault(one.current_home_id, []).append(one)
    return living


def with_residents(home: Home, children: Iterable[Referral], as_of: date) -> Home:
    """Return a home with these children among its residents; the very same record where that adds nobody."""
    known = {resident.child_id for resident in home.residents or ()}
    more = [one for one in children if one.child_id not in known]
    if home.residents is None or not more:
        return home
    added = tuple(
        Resident(
            child_id=one.child_id,
            age=age_at(one, as_of),
            sex=one.sex,
            sibling_group=one.sibling_group,
            authority=one.authority,
        )
        for one in more
    )
    return replace(home, residents=home.residents + added)
