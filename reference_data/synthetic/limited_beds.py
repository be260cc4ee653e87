"""Beds that run out: in some worlds a kind of placement has only so many, and children wait for one elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from reference_data.synthetic.lives import NEVER, Life


class LimitedBeds:
    """How many beds of each kind are used, and who waits for one, first come first served.

    Parameters
    ----------
    beds
        Beds by kind of placement. A kind that is not named never runs out; no kind at all switches this off.
    """

    def __init__(self, beds: Mapping[str, int]) -> None:
        self._beds = beds
        self._used: dict[str, int] = {}
        self._queues: dict[str, list[Life]] = {}

    def __bool__(self) -> bool:
        return bool(self._beds)

    def has_room(self, kind: str) -> bool:
        """Say whether a bed of a kind is free."""
        return self._used.get(kind, 0) < self._beds.get(kind, NEVER)

    def take(self, kind: str) -> None:
        """Count one more child in a kind of placement."""
        self._used[kind] = self._used.get(kind, 0) + 1

    def give_up(self, kind: str) -> Life | None:
        """Count one child fewer, and return who waited longest for the bed and still does."""
        self._used[kind] = self._used.get(kind, 0) - 1
        queue = self._queues.get(kind, [])
        while queue:
            life = queue.pop(0)
            if life.in_care and life.waiting_for == kind:
                return life
        return None

    def wait(self, life: Life, kind: str) -> None:
        """Let a child wait for a bed, behind all others."""
        life.waiting_for = kind
        self._queues.setdefault(kind, []).append(life)

    def wait_first(self, life: Life, kind: str) -> None:
        """Let a child who missed a bed have the next one."""
        self._queues.setdefault(kind, []).insert(0, life)
