"""How far a home that may be offered is known to fit: the order both of one child's options and of the joint plan.

What excludes a home and what has to be asked is in ``eligibility.py``.
"""

from __future__ import annotations

from matching import aims
from matching.eligibility import HARD_FACTS
from matching.findings import Assessment, Case
from matching.home import Home
from reference_data.vocabulary import SUPPORTED_TYPES

KNOWN_TO_FIT, SOMETHING_TO_ASK, HARD_FACT_MISSING, PERHAPS_UNLAWFUL = range(4)


def uncertainty(case: Case, home: Home, found: Assessment) -> int:
    """Return how far a home is known to fit a child: less is surer.

    0 known to fit, 1 a question that is no hard fact, 2 a hard fact missing, 3 an age missing that decides whether the
    home is lawful at all.
    """
    # How long the stay will be decides whether a home with a longest stay is one at all.
    stays = "longest_stay" in aims.early_ends(case, home) and aims.expected_end(case) is None
    least = HARD_FACT_MISSING if stays else KNOWN_TO_FIT
    if not found.questions:
        return least
    if case.age is None and home.type in SUPPORTED_TYPES:
        # Without an age every home has a question; here the answer decides whether it is lawful at all.
        return PERHAPS_UNLAWFUL
    if any(question.rule in HARD_FACTS for question in found.questions):
        return HARD_FACT_MISSING
    return max(least, SOMETHING_TO_ASK)
