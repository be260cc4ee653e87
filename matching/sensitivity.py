"""Would the first three options change if a weight were a quarter larger or smaller?

Weights are judgements, so an order that hangs on one of them is no order to rely on. The answer is exact: every
option is ranked again with the one weight moved, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any

from matching.policy import Policy

FIRST = 3
MOVED_PERCENT = 25

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightMoved:
    """One weight, moved, and the first options then.

    Parameters
    ----------
    weight_then
        The weight moved by ``MOVED_PERCENT``; the policy itself holds whole weights only.
    first_then
        The ids of the homes that would come first, in their order then.
    """

    aim: str
    direction: str
    weight: int
    weight_then: float
    first_then: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the moved weight ready for JSON."""
        return {
            "aim": self.aim,
            "direction": self.direction,
            "weight": self.weight,
            "weight_then": self.weight_then,
            "first_then": list(self.first_then),
        }


def sensitivity(
    ranked: Sequence[tuple[str, Key, dict[str, int]]], policy: Policy, *, stages_at: int
) -> tuple[WeightMoved, ...]:
    """Return each weight that, moved by a quarter, would change which homes come first or their order.

    Parameters
    ----------
    ranked
        Every option in its order: home id, the key it was sorted by, and its penalties by aim.
    stages_at
        The place of the stage totals in the key.
    """
    first = tuple(home_id for home_id, _, _ in ranked[:FIRST])
    found = []
    for place, stage in enumerate(policy.stages):
        rivals = _rivals(ranked, stages_at, place)
        for aim in policy.aims:
            alike = len({penalties[aim.name] for *_, penalties in rivals}) < 2
            if aim.stage != stage or aim.weight == 0 or alike:
                continue
            for direction, sign in (("up", 1), ("down", -1)):
                # Four times the total, plus or minus the penalty, is the total with the weight moved by a quarter.
                then = nsmallest(
                    FIRST,
                    [
                        (before, 4 * total + sign * penalties[aim.name], after)
                        for before, total, after, penalties in rivals
                    ],
                )
                first_then = tuple(after[-1] for _, _, after in then)
                if first_then != first:
                    found.append(
                        WeightMoved(
                            aim=aim.name,
                            direction=direction,
                            weight=aim.weight,
                            weight_then=aim.weight * (100 + sign * MOVED_PERCENT) / 100,
                            first_then=first_then,
                        )
                    )
    return tuple(found)


def _rivals(
    ranked: Sequence[tuple[str, Key, dict[str, int]]], stages_at: int, place: int
) -> list[tuple[Key, int, Key, dict[str, int]]]:
    """Return the options that a weight of one stage could bring among the first: sorted alike up to that stage.

    Each with what it is sorted by before the stage, the stage's total, and what it is sorted by after it, the id last.
    """

    def before(key: Key) -> Key:
        return (*key[:stages_at], *key[stages_at][:place])

    last = before(ranked[:FIRST][-1][1]) if ranked else ()
    found = []
    for home_id, key, penalties in ranked:
        if before(key) > last:
            break
        totals = key[stages_at]
        after = (*totals[place + 1 :], *key[stages_at + 1 :], home_id)
        found.append((before(key), totals[place], after, penalties))
    return found
