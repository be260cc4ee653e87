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
    living: dict[str, list[Referral]] = {}
    for one in sorted(referrals, key=lambda one: one.child_id):
        if one.current_home_id is not None:
            living.setdefault(one.current_home_id, []).append(one)
    found = []
    for home in sorted(homes, key=lambda home: home.home_id):
        if home.home_id not in living:
            found.append(home)
            continue
        known = {resident.child_id for resident in home.residents or ()}
        more = [one for one in living.get(home.home_id, ()) if one.child_id not in known]
        if home.residents is not None and more:
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
            home = replace(home, residents=home.residents + added)
        found.append(home)
    return tuple(found)
