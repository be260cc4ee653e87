"""Planned homes that open later than planned, or never: the day each opens, drawn for every future.

How late homes open is a judgement of whoever plans them until the council has recorded its own openings; the default is
written out below. It is never assumed unasked: ``forecast_need`` counts an opening on its day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.home import Home
from reference_data.problems import InvalidInput
from reference_data.vocabulary import HomeStatus
from sufficiency.stays import FloatArray, IntArray

NEVER_DAYS = 100_000
"""As late as never, within any forecast."""
_LARGEST_DIFFERENCE = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """How late planned homes open.

    Parameters
    ----------
    late_days
        Days after the day planned, each at least 0, paired with ``shares``.
    shares
        Share of openings so late; they add up to 1 with ``never``.
    never
        Share that never opens.
    """

    late_days: tuple[int, ...]
    shares: tuple[float, ...]
    never: float = 0.0

    def __post_init__(self) -> None:
        values = (*self.shares, self.never)
        if (
            len(self.late_days) != len(self.shares)
            or min((*values, *self.late_days), default=-1) < 0
            or abs(sum(values) - 1) > _LARGEST_DIFFERENCE
        ):
            raise InvalidInput(
                "slip", "Give days of 0 or more, and as many shares that add up to 1 with never."
            )


ON_THE_DAY = Slip(late_days=(0,), shares=(1.0,))
LIKELY_SLIP = Slip(late_days=(0, 91, 182, 365), shares=(0.3, 0.3, 0.2, 0.1), never=0.1)
"""Professional judgement. Registration alone is quoted as 6 to 18 months from end to end against a nominal 16 weeks."""


def drawn_slips(homes: Sequence[Home], slip: Slip, *, runs: int, seed: int) -> Mapping[str, IntArray]:
    """Return the days by which each planned home opens late in each future.

    Each home has a stream of its own, so another home in the list changes no other.

    Parameters
    ----------
    homes
        All homes; only planned ones with a day of opening are drawn.
    runs
        Number of futures.
    seed
        Any integer of 0 or more.

    Returns
    -------
    By home id, shape (runs,).
    """
    found: dict[str, IntArray] = {}
    days = np.array([*slip.late_days, NEVER_DAYS], dtype=np.int64)
    shares: FloatArray = np.array([*slip.shares, slip.never])
    for home in homes:
        if home.status is HomeStatus.PLANNED and home.opens_on is not None:
            own = np.random.SeedSequence(seed, spawn_key=tuple(home.home_id.encode()))
            found[home.home_id] = np.random.default_rng(own).choice(days, size=runs, p=shares / shares.sum())
    return found
