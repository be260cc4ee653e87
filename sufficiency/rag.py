"""Red, amber, green: how a figure stands to its target, and which way it travels.

"Amber means the figure is within 15% of the target" can be read as 15% of the target or as 15 points. Relative is the
default, since by points nothing is ever red; the other is one argument away.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from reference_data.problems import InvalidInput

AMBER_PERCENT = Decimal(15)
"""How near the target amber begins. Plymouth City Council, improvement plan of June 2019: policy default."""


class Rag(StrEnum):
    """How a figure stands to its target."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    NOT_ASSESSED = "NOT_ASSESSED"


class Travel(StrEnum):
    """Which way a figure went since the one before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NOT_ASSESSED = "NOT_ASSESSED"


def rag(
    value: Decimal | None,
    target: Decimal | None,
    better_when: str | None,
    *,
    amber_percent: Decimal = AMBER_PERCENT,
    points: bool = False,
) -> Rag:
    """Return green at the target or better, amber within a distance of it, red beyond.

    Parameters
    ----------
    value, target
        Percentages; without either, or without knowing which way is better, NOT_ASSESSED.
    better_when
        ``high`` or ``low``.
    amber_percent
        The distance, at least 0: of the target, or in points.
    points
        Whether the distance is in points.

    Raises
    ------
    InvalidInput
        If the distance is negative, or ``better_when`` is neither word.

    Examples
    --------
    >>> rag(Decimal("13.9"), Decimal(12), "low")
    <Rag.RED: 'RED'>
    >>> rag(Decimal("13.9"), Decimal(12), "low", points=True)
    <Rag.AMBER: 'AMBER'>
    """
    if amber_percent < 0:
        raise InvalidInput("amber_percent", "Give a distance of 0 or more.")
    if better_when not in ("high", "low", None):
        raise InvalidInput("better_when", "Write high or low.")
    if value is None or target is None or better_when is None:
        return Rag.NOT_ASSESSED
    short_by = target - value if better_when == "high" else value - target
    if short_by <= 0:
        return Rag.GREEN
    allowed = amber_percent if points else target * amber_percent / 100
    return Rag.AMBER if short_by <= allowed else Rag.RED


def travel(before: Decimal | None, value: Decimal | None, better_when: str | None) -> Travel:
    """Return whether a figure is better or worse than the one before it."""
    if before is None or value is None or better_when is None:
        return Travel.NOT_ASSESSED
    if value == before:
        return Travel.SAME
    return Travel.BETTER if (value > before) == (better_when == "high") else Travel.WORSE
