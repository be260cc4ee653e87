"""What people decided, beside what the ranking put first; and what homes answered when they were asked.

Counted here and judged nowhere: choosing another home is no error. The groups of children over which it is counted
are in ``equality.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided for one child, beside what came first in the ranking they saw.

    Parameters
    ----------
    first_ranked
        The home that came first; ``None`` where there was no option, or it was not kept.
    decided
        The home decided on; ``None`` where none was.
    reason
        Why, in the person's own words; empty where nobody wrote it down.
    """

    child_id: str
    first_ranked: str | None
    decided: str | None
    reason: str = ""

    @property
    def is_first(self) -> bool:
        """Say whether the home that came first was chosen."""
        return self.decided is not None and self.decided == self.first_ranked

    @property
    def is_another(self) -> bool:
        """Say whether a home was chosen and it was not the one that came first."""
        return self.decided is not None and self.decided != self.first_ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """How often people chose another home than the first.

    ``without_reason`` holds the ids of the children for whom nobody wrote down why.
    """

    decisions: int
    first_chosen: int
    another_chosen: int
    none_chosen: int
    without_reason: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the counts ready for JSON."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "without_reason": list(self.without_reason)
        }


def overrides_of_the_first(decisions: Iterable[Decision]) -> Overrides:
    """Return how often the home ranked first was chosen, another was, or none was.

    Choosing another home is no error: the ranking knows what is recorded, and people know more. Many overrides say
    that a weight or a record is wrong; none at all says that nobody decides.
    """
    rows = sorted(decisions, key=lambda one: one.child_id)
    another = [one for one in rows if one.is_another]
    return Overrides(
        decisions=len(rows),
        first_chosen=sum(one.is_first for one in rows),
        another_chosen=len(another),
        none_chosen=sum(one.decided is None for one in rows),
        without_reason=tuple(one.child_id for one in another if not one.reason.strip()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Enquiry:
    """One home asked for one child, and what it said: ``offered``, ``declined``, ``no_answer``, ``withdrawn``.

    ``answer`` is ``None`` while it is awaited.
    """

    child_id: str
    home_id: str
    answer: str | None
