"""How far a home that may be offered is known to fit: the first line of one child's order and of the joint plan."""

from __future__ import annotations

from matching.early_ends import early_ends, expected_end
from matching.eligibility import HARD_FACTS
from matching.findings import Assessment, Case
from matching.home import Home
from reference_data.vocabulary import SUPPORTED_TYPES

KNOWN_TO_FIT, SOMETHING_TO_ASK, HARD_FACT_MISSING, LAWFULNESS_UNKNOWN = 0, 1, 2, 3


def uncertainty(case: Case, home: Home, found: Assessment) -> int:
    """Return how unsure it is that a home fits: 0 known to fit, 1 something to ask, 2 a hard fact missing.

    The ranking sorts by it and the joint plan adds it up, so that both put the same homes first.
    """
    # How long the stay will be decides whether a home with a longest stay is one at all.
    stay = expected_end(case) is None and any(end.what == "longest_stay" for end in early_ends(case, home))
    if found.questions and case.age is None and home.type in SUPPORTED_TYPES:
        # Without an age every home has a question; here the answer decides whether it is lawful at all.
        return LAWFULNESS_UNKNOWN
    if stay or any(question.rule in HARD_FACTS for question in found.questions):
        return HARD_FACT_MISSING
    return SOMETHING_TO_ASK if found.questions else KNOWN_TO_FIT
