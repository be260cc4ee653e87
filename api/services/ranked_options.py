"""Every lawful home for one child, ranked with reasons, and every other home with its reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from api.kept import Kept

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.policy import Policy
    from matching.rank import Ranking


def ranked_options(
    records: Records,
    referral_id: str,
    as_of: date,
    *,
    policy: Policy | None = None,
    kept: Kept | None = None,
) -> Ranking:
    """Return the ranking of every home in view for one child.

    The other referrals in view are told to the engine, since brothers and sisters count for places.

    Parameters
    ----------
    kept
        What the server remembers; ``None`` to work everything out. That the record was opened is noted either way.

    Raises
    ------
    NotFound
        If the referral is not in view.
    """
    from matching.policy import default_policy
    from matching.rank import rank_homes

    referral = records.referral(referral_id)
    policy = policy or default_policy()
    kept = kept or Kept()
    lists = kept.lists_of(records)

    def ranking() -> Ranking:
        others = tuple(other for other in lists.referrals if other.referral_id != referral.referral_id)
        return rank_homes(referral, lists.homes, as_of=as_of, policy=policy, others=others)

    return kept.rankings.answer((lists.version, referral_id, as_of, policy.version), ranking)
