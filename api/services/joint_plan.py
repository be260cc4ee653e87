"""The joint plan over everyone who waits, from the stored records."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.plan import Plan
    from matching.policy import Policy


def joint_plan(
    records: Records,
    as_of: date,
    *,
    policy: Policy | None = None,
    time_limit_seconds: float = 20.0,
    seed: int = 0,
) -> Plan:
    """Return the best plan for all waiting children in view, with its proof or its gap."""
    from matching.plan import plan_list

    return plan_list(
        records.referrals(),
        records.homes(),
        as_of=as_of,
        policy=policy,
        time_limit_seconds=time_limit_seconds,
        seed=seed,
    )
