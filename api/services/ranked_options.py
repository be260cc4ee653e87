"""Every lawful home for one stored child, ranked with reasons, and every other home with its reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.policy import Policy
    from matching.rank import Ranking


def ranked_options(
    records: Records, referral_id: str, as_of: date, *, policy: Policy | None = None
) -> Ranking:
    """Return the ranking of every home in view for one child.

    The other referrals in view are told to the engine, since brothers and sisters count for places.

    Raises
    ------
    NotFound
        If the referral is not in view.
    """
    from matching.rank import rank_homes

    referral = records.referral(referral_id)
    others = tuple(other for other in records.referrals() if other.referral_id != referral.referral_id)
    return rank_homes(referral, records.homes(), as_of=as_of, policy=policy, others=others)
