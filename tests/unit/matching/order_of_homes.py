"""What tests of the ranking share: a near and a far postcode, the domains of need, and the order of an answer."""

from __future__ import annotations

from matching.rank import Ranking

DOMAINS = ("behaviour", "emotional", "relationships", "risk", "indicators")
NEAR, FAR = {"postcode": "PL1 3BJ"}, {"postcode": "EX4 3LS", "authority": "878"}


def order(answer: Ranking) -> list[str]:
    """Return the homes offered, best first."""
    return [option.home_id for option in answer.options]
