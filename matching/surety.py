"""How far a home that may be offered is known to fit: the first line of one child's order and of the joint plan."""

from __future__ import annotations

from matching.eligibility import HARD_FACTS
from matching.findings import Assessment, Case
from matching.home import Home

KNOWN_TO_FIT, SOMETHING_TO_ASK, HARD_FACT_MISSING = 0, 1, 2


def uncertainty(case: Case, home: Home, found: Assessment) -> int:
    """Return how unsure it is that a home fits: 0 known to fit, 1 something to ask, 2 a hard fact missing.

    The ranking sorts by it and the joint plan adds it up, so that both put the same homes first.
    """
    if not found.questions:
        return KNOWN_TO_FIT
    if any(question.rule in HARD_FACTS for question in found.questions):
        return HARD_FACT_MISSING
    return SOMETHING_TO_ASK
