"""The waiting list: every child in view who waits for a home, the most urgent first.

How many homes could take each child now is asked of the engine, one child at a time, only where
the caller wants it: over a long list it is the slow part. Only the rules are asked, not the ranking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from api.kept import Kept, Lists
from reference_data.ages import age_on
from reference_data.vocabulary import URGENCY_ORDER

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.policy import Policy
    from matching.referral import Referral

NOBODY: Mapping[str, date] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEntry:
    """One child who waits. No birth date, postcode or name is among it.

    Parameters
    ----------
    days_waiting
        Days since the search was opened; ``None`` when that is not known.
    options
        Homes that could take the child, as far as is known; ``None`` when not asked.
    notice_ends_on
        The day by which the home that the child lives in now must be left, where notice runs.
    """

    referral_id: str
    child_id: str
    age_years: int | None
    urgency: str | None
    needed_by: date | None
    days_waiting: int | None
    legal_status: str | None
    sibling_group: str | None
    siblings_together: str | None
    options: int | None
    notice_ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingListView:
    """Everyone who waits on a date, in the order they should be looked at."""

    as_of: date
    entries: tuple[WaitingEntry, ...]


def waiting_list(
    records: Records,
    as_of: date,
    *,
    policy: Policy | None = None,
    options_of: range = range(0),
    kept: Kept | None = None,
) -> WaitingListView:
    """Return everyone in view who waits: most urgent first, then needed soonest, then by id.

    Parameters
    ----------
    options_of
        The places in the list, from 0, whose options are counted; nobody's by default.
    kept
        What the server remembers; ``None`` to work everything out.
    """
    kept = kept or Kept()
    order = {str(urgency): place for place, urgency in enumerate(URGENCY_ORDER)}

    def soonest(referral: Referral) -> tuple[int, date, str]:
        urgency = order.get(str(referral.urgency), len(order))
        return (urgency, referral.needed_by or date.max, referral.referral_id)

    if not options_of:
        in_order = sorted(records.referrals(), key=soonest)
        return WaitingListView(as_of=as_of, entries=tuple(_entry(one, as_of) for one in in_order))
    ends = _notice_ends(records)
    lists = kept.lists_of(records)
    in_order = sorted(lists.referrals, key=soonest)
    asked = [one for place, one in enumerate(in_order) if place in options_of]
    options = _counted(asked, kept, lists, as_of, policy)
    return WaitingListView(
        as_of=as_of,
        entries=tuple(
            _entry(one, as_of, options=options.get(one.referral_id), ends=ends) for one in in_order
        ),
    )


def _notice_ends(records: Records) -> dict[str, date]:
    """Return by child the first day on which notice that runs would end the child's placement."""
    found: dict[str, date] = {}
    for one in records.contract_values("notices"):
        ends = one.get("ends_on")
        if ends is not None and one.get("outcome") in (None, "open"):
            found[one["child_id"]] = min(ends, found.get(one["child_id"], ends))
    return found


def _entry(
    referral: Referral, as_of: date, *, options: int | None = None, ends: Mapping[str, date] = NOBODY
) -> WaitingEntry:
    opened = referral.search_opened_at
    return WaitingEntry(
        referral_id=referral.referral_id,
        child_id=referral.child_id,
        age_years=None if referral.date_of_birth is None else age_on(referral.date_of_birth, as_of),
        urgency=None if referral.urgency is None else str(referral.urgency),
        needed_by=referral.needed_by,
        days_waiting=None if opened is None else (as_of - opened).days,
        legal_status=referral.legal_status,
        sibling_group=referral.sibling_group,
        siblings_together=None if referral.siblings_together is None else str(referral.siblings_together),
        options=options,
        notice_ends_on=ends.get(referral.child_id),
    )


def _counted(
    asked: Sequence[Referral], kept: Kept, lists: Lists, as_of: date, policy: Policy | None
) -> dict[str, int]:
    """Return by referral how many homes nothing excludes."""
    from matching.policy import default_policy

    chosen = policy or default_policy()
    return {
        one.referral_id: kept.option_counts.answer(
            (lists.version, one.referral_id, as_of, chosen.version),
            lambda one=one: _options(one, lists, as_of, chosen),  # type: ignore[misc]
        )
        for one in asked
    }


def _options(referral: Referral, lists: Lists, as_of: date, policy: Policy) -> int:
    """Return how many homes a ranking would show, without its sentences: a home is left at the first rule against it."""
    from matching.eligibility import open_to
    from matching.home_list import home_list
    from matching.rank import case_and_homes

    return len(
        open_to(
            *case_and_homes(referral, home_list(lists.homes), lists.referrals, as_of=as_of, policy=policy)
        )
    )
