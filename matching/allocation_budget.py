"""What a search may spend: deterministic work first, the clock as a guard.

Work is counted in the solver's own units, which do not depend on the machine, so that the same limit gives the
same answer everywhere. The clock stops a search only where something is badly wrong, and the answer says so.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from reference_data.problems import InvalidInput

WORK_PER_SECOND = 0.6
"""Deterministic units allowed per second of the limit; a unit takes about a second of an ordinary core."""

LEAST_GUARD_SECONDS = 2.0
"""The clock stops nothing before this, so that a short limit is one of work too, even on a busy machine."""


@dataclass(slots=True, kw_only=True)
class Budget:
    """What is left to spend: deterministic work first, the clock as a guard."""

    started: float
    deadline: float
    work_left: float

    @classmethod
    def of(cls, time_limit_seconds: float, *, share: float = 1.0) -> Budget:
        """Return a fresh budget, started now, with a share of the work of a limit and all of its time."""
        number = isinstance(time_limit_seconds, int | float) and not isinstance(time_limit_seconds, bool)
        if not number or not time_limit_seconds >= 0:
            raise InvalidInput("time_limit", "The time limit must be a number of seconds, at least 0.")
        now = time.perf_counter()
        limit = min(float(time_limit_seconds), 1e6)
        return cls(
            started=now,
            deadline=now + max(limit, LEAST_GUARD_SECONDS),
            work_left=limit * share * WORK_PER_SECOND,
        )

    def part(self, work: float) -> Budget:
        """Return a budget of at most this much work until the same deadline; what it spends is the caller's to
        take off here."""
        return Budget(started=self.started, deadline=self.deadline, work_left=min(work, self.work_left))

    def seconds_used(self) -> float:
        """Return the wall-clock seconds since the start."""
        return time.perf_counter() - self.started

    def seconds_left(self) -> float:
        """Return the wall-clock seconds before the guard; at least 0."""
        return max(0.0, self.deadline - time.perf_counter())

    def spend(self, work: float) -> None:
        """Take deterministic work off what is left."""
        self.work_left = max(0.0, self.work_left - work)

    def spent(self) -> bool:
        """Say whether nothing is left of either."""
        return self.work_left <= 0 or self.seconds_left() <= 0
