"""The waiting list: every child in view who waits for a home, the most urgent first.

How many homes could take each child now is asked of the engine, one child at a time, only where
the caller wants it: over a long list it is the slow part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reference_data.ages import age_on
from reference_data.vocabulary import URGENCY_ORDER

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.home import Home
    from matching.policy import Policy
    from matching.referral import Referral


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEntry:
    """One child who waits. No birth date, postcode or name is among it.

    Parameters
    ----------
    days_waiting
        Days since the search was opened; ``None`` when that is not known.
    options
        Homes that could take the child, as far as is known; ``None`` when not asked.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingListView:
    """Everyone who waits on a date, in the order they should be looked at."""

    as_of: date
    entries: tuple[WaitingEntry, ...]


def waiting_list(
    records: Records, as_of: date, *, policy: Policy | None = None, count_options: bool = False
) -> WaitingListView:
    """Return everyone in view who waits: most urgent first, then needed soonest, then by id."""
    referrals = records.referrals()
    homes = records.homes() if count_options else ()
    entries = [
        _entry(
            referral,
            as_of,
            options=_options(referral, referrals, homes, as_of, policy) if count_options else None,
        )
        for referral in referrals
    ]
    order = {str(urgency): place for place, urgency in enumerate(URGENCY_ORDER)}
    entries.sort(
        key=lambda entry: (
            order.get(entry.urgency or "", len(order)),
            entry.needed_by or date.max,
            entry.referral_id,
        )
    )
    return WaitingListView(as_of=as_of, entries=tuple(entries))


def _entry(referral: Referral, as_of: date, *, options: int | None) -> WaitingEntry:
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
    )


def _options(
    referral: Referral,
    referrals: tuple[Referral, ...],
    homes: tuple[Home, ...],
    as_of: date,
    policy: Policy | None,
) -> int:
    from matching.rank import rank_homes

    others = tuple(other for other in referrals if other is not referral)
    return len(rank_homes(referral, homes, as_of=as_of, policy=policy, others=others).options)
