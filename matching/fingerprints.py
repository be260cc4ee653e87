"""A fingerprint of each record an answer was made from, worked out once and kept by the record's value.

The evidence of an answer names its whole input. Reading four hundred homes anew for every child would cost
more than ranking them; a record is frozen, so its fingerprint never changes.
"""

from __future__ import annotations

from functools import lru_cache

from matching.home import Home
from matching.referral import Referral
from reference_data.evidence import input_hash


@lru_cache(maxsize=20_000)
def fingerprint(record: Referral | Home) -> str:
    """Return a SHA-256 of a record's content, the same on every machine."""
    return input_hash((record,))
