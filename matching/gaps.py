"""Where a home falls short of a child's needs, and the support that would close each gap.

A gap is what the placement plan has to answer before anybody moves. The rule that a very wide gap excludes is
``need_gap`` in ``statements.py``; how gaps rank is in ``aims.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from matching import aims
from matching.explain import SUPPORT
from matching.findings import Case
from matching.home import Home, is_fostering
from reference_data.vocabulary import NeedDomain

FOSTERING_STANDARD = "Fostering Services: National Minimum Standards, standard 15 (matching)"
JUDGEMENT = "professional judgement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One need that the home does not say it can meet.

    Parameters
    ----------
    points
        Points of 100 by which the need exceeds what the home says; ``None`` where it has not said.
    support
        What would close it: a suggestion for the placement plan, which people settle.
    source
        Where the duty to name it comes from.
    scored_on, needs_source, can_meet_source
        When and by what the need was scored, and where the home's ability comes from; ``None`` where not recorded.
    """

    domain: NeedDomain
    points: int | None
    support: str
    source: str
    scored_on: date | None
    needs_source: str | None
    can_meet_source: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the gap ready for JSON."""
        return {
            "domain": str(self.domain),
            "points": self.points,
            "support": self.support,
            "source": self.source,
            "scored_on": self.scored_on and self.scored_on.isoformat(),
            "needs_source": self.needs_source,
            "can_meet_source": self.can_meet_source,
        }


def gaps(case: Case, home: Home) -> tuple[Gap, ...]:
    """Return every gap between a child's scored needs and what a home says, widest first, unknown ones last.

    A need that nobody scored is a question about the child and no gap of the home.
    """
    source = FOSTERING_STANDARD if is_fostering(home) else JUDGEMENT
    found = [
        Gap(
            domain=domain,
            points=points,
            support=SUPPORT[domain],
            source=source,
            scored_on=case.referral.needs_assessed_on,
            needs_source=case.referral.needs_source,
            can_meet_source=home.can_meet_source,
        )
        for domain, points in aims.need_gaps(case, home).items()
        if points != 0 and domain in case.referral.needs
    ]
    return tuple(sorted(found, key=lambda gap: (gap.points is None, -(gap.points or 0))))
