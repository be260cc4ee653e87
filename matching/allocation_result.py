"""What the solver answers: an allocation, its worth, and how good it is known to be."""

from __future__ import annotations

from dataclasses import dataclass

from reference_data.vocabulary import PlanStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """What one aim reached, the best it could reach given the aims before it, and whether that is proved."""

    aim: str
    value: int
    bound: int
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationResult:
    """An allocation and how good it is known to be.

    Parameters
    ----------
    status
        ``OPTIMAL``: no allocation is worth more. ``FEASIBLE``: a lawful one, at least as good as placing
        units one by one, stopped before a proof. ``INFEASIBLE``: the required units cannot all be placed.
        ``TIME_LIMIT_NO_SOLUTION``: stopped before one was found (only possible with required units).
    home_of_unit
        Index of the home of each unit, ``None`` for unplaced. Shape (units,).
    value, bound
        Total score reached, and a total no allocation exceeds; ``None`` where there is no allocation.
    gap
        ``(bound - value) / max(1, |value|, |bound|)``; 0.0 when optimal.
    seconds
        Wall-clock time taken; the only part of a result that differs between equal runs.
    stopped_by
        ``proof``, ``work`` (the deterministic limit) or ``clock`` (the guard: another machine may answer
        differently). Where an optimal answer was stopped by anything but ``proof``, not all allocations of its worth
        were compared: it is the same for every seed and order of rows, but perhaps not for units listed in another
        order.
    """

    status: PlanStatus
    home_of_unit: tuple[int | None, ...]
    value: int | None
    bound: int | None
    gap: float | None
    seconds: float
    stopped_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedResult:
    """An allocation that is best in several aims, each fixed before the next."""

    status: PlanStatus
    home_of_unit: tuple[int | None, ...]
    stages: tuple[StageResult, ...]
    gap: float | None
    seconds: float
    stopped_by: str


def relative_gap(value: int, bound: int) -> float:
    """Return how far a value may be from the best, as a share of the larger of the two; 0.0 if they meet."""
    return (bound - value) / max(1, abs(value), abs(bound))
