"""The evidence line at the foot of every answer: which version, policy, date, seed and input made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.web.words import british_date, capital, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """What made the answer, ready to show."""

    rows: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]


def present_evidence(evidence: Mapping[str, Any]) -> EvidenceView:
    """Return the rows of the evidence footer; a fact that is absent is said to be absent."""
    seed = evidence["seed"]
    rows = (
        ("Righthome version", str(evidence["product_version"])),
        ("Policy", str(evidence["policy_version"] or "None used")),
        ("Data as of", british_date(evidence["data_date"])),
        ("Random seed", "None used" if seed is None else str(seed)),
        ("Fingerprint of the input", str(evidence["input_hash"])[:16]),
    )
    return EvidenceView(
        rows=rows, warnings=tuple(sentence(capital(str(warning))) for warning in evidence["warnings"])
    )
