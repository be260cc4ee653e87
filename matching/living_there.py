"""Who lives in a home: the residents it lists, and the children of the list who are placed there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from matching.home import Home, Resident
from matching.referral import Referral, age_at


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
