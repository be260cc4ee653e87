"""Who would move into one home at the same time, and what has to be weighed because of it.

Rules look at the children who live in a home already; that several children arrive together exists only in a
joint plan. It excludes nothing: people who know the children weigh it.
"""

from __future__ import annotations

from collections.abc import Sequence

from matching.referral import RISKS_TO_OTHERS
from matching.waiting import Unit
from matching.words import listed
from reference_data.vocabulary import RiskLevel


def arriving_together(unit: Unit, others: Sequence[Unit]) -> list[str]:
    """Return what to tell about the other units that would move into the same home; nothing without any.

    Children of one unit must live together in any case and are not told apart.
    """
    if not others:
        return []
    with_whom = sorted(child_id for other in others for child_id in other.child_ids)
    found = [f"Would move in at the same time as {listed(with_whom)}"]
    risky = sorted(child_id for one in (unit, *others) for child_id in _with_high_risk(one))
    if risky:
        found.append(
            f"To be asked: a high risk to others is recorded for {listed(risky)}; the impact on all who would move "
            "in together must be weighed first"
        )
    return found


def _with_high_risk(unit: Unit) -> list[str]:
    return [
        member.child_id
        for member in unit.members
        if any(member.risks.get(name) is RiskLevel.HIGH for name in RISKS_TO_OTHERS)
    ]
