"""Whether a search still goes on: a placement answers its referral, and nobody is asked for that referral any more."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reference_data.problems import Conflict

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.referral import Referral


def require_searching(records: Records, authority: str, referral: Referral, start: date) -> None:
    """Refuse to search on for a referral that a placement has answered. A later move has a referral of its own.

    Parameters
    ----------
    start
        The first night that is searched for.

    Raises
    ------
    Conflict
        If a placement for this referral lasts into that night or begins later.
    """
    if any(
        one.kind == "placement" and one.overlaps(start, None)
        for one in records.beds_of(authority).claims(
            child_id=referral.child_id, referral_id=referral.referral_id
        )
    ):
        raise Conflict(
            "child_placed", "This child is placed already. End that placement, or open a referral for a move."
        )
