"""The worlds a forecast is measured in: many invented councils each, their returns, and what then happened.

Ten worlds follow the laws of ``synthetic_council.py``; three are lived by the generator of ``reference_data.synthetic``,
which follows families, legal statuses and needs, so that one of them (capacity) moves children when beds fall free.
None shares its structure with the model. Seeds up to ``TUNING_SEED`` are reported; those from it on are for whoever
changes the model to look at, so that it is never tuned on what is reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reference_data.sheets import RawTable
from reference_data.synthetic.careers import simulate_council
from reference_data.synthetic.history import History
from reference_data.synthetic.placing import kind_of
from reference_data.synthetic.targets import AUTHORITIES
from reference_data.synthetic.worlds import BASE, CAPACITY, GROWTH, World
from tests.oracles.synthetic_council import Law, Truth, council_under

HORIZONS_MONTHS = (12, 24)
TUNING_SEED = 50_000
FIRST_DAY = date(2000, 1, 1)
"""Long before the first return, so that the longest stays have filled up."""
_ORIGIN = date(2019, 3, 31)
_GENERATOR_ORIGINS = (2021, 2022, 2023, 2024, 2025, 2026)
_GROUP_OF_KIND = {
    **dict.fromkeys("KF", "fostering"),
    **dict.fromkeys("HSB", "residential"),
    "G": "supported",
    **dict.fromkeys("PARYZ", "other"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """One invented council: what it returned up to a day, and what was true.

    Parameters
    ----------
    origin
        The day forecast from.
    returns
        Tables of its annual returns up to that day.
    today, happened
        Children in care on that day, and after each of ``HORIZONS_MONTHS``. Shapes (age bands, placement groups) and
        (horizons, age bands, placement groups).
    """

    origin: date
    returns: list[RawTable]
    today: NDArray[np.int64]
    happened: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorld:
    """A world with many councils.

    Parameters
    ----------
    what
        In a few words.
    invent
        Returns the council of a seed.
    nothing_changes
        Whether the laws stay as they are, so that "same as today" is hard to beat.
    councils
        How many are measured in a full run.
    """

    what: str
    invent: Callable[[int], Council]
    nothing_changes: bool
    councils: int = 18


def _observed(truth: Truth, origin: date, years: int) -> Council:
    later = [date(origin.year + months // 12, origin.month, origin.day) for months in HORIZONS_MONTHS]
    return Council(
        origin=origin,
        returns=truth.returns(origin, years),
        today=truth.counted(origin),
        happened=np.array([truth.counted(day) for day in later]),
    )


def _simple(law: Law, seed: int, *, years: int = 5) -> Council:
    last_day = date(_ORIGIN.year + 2, 4, 1)
    return _observed(council_under(law, seed, first_day=FIRST_DAY, last_day=last_day), _ORIGIN, years)


def _generated(world: World, seed: int, *, size: int = 300) -> Council:
    # Every council of the generator meets the same good and bad years, so origins and authorities are spread.
    origin = date(_GENERATOR_ORIGINS[seed % len(_GENERATOR_ORIGINS)], 3, 31)
    like = AUTHORITIES[seed % len(AUTHORITIES)]
    until = date(origin.year + 2, 4, 1)
    history = simulate_council(size=size, seed=seed, until=until, like=like, world=world)
    return _observed(_truth_of(history), origin, years=min(5, origin.year - 2016))


def _truth_of(history: History) -> Truth:
    """Return the generator's history as plain placements. A temporary place counts where the bed is kept."""
    kinds: dict[tuple[str, str], int] = {}
    groups: list[str] = []
    rows: list[tuple[str, int, date, date, str]] = []
    short_breaks = {status.child_id for status in history.statuses if status.status in ("V3", "V4")}
    end_of_time = date(history.until.year + 1, 1, 1)
    for placement in history.placements:
        if placement.child_id in short_breaks:
            continue
        end = placement.ended_on or end_of_time
        before = rows[-1] if rows and rows[-1][0] == placement.child_id else None
        follows = before is not None and before[3] == placement.started_on
        code = (placement.place, placement.provider)
        if placement.place.startswith("T") and before and follows:
            rows[-1] = (*before[:3], end, before[4])
            continue
        if before and follows and placement.same_carer and kinds.get(code) == before[1]:
            rows[-1] = (*before[:3], end, before[4])
            continue
        if code not in kinds:
            kinds[code] = len(kinds)
            groups.append(_GROUP_OF_KIND[kind_of(placement.place) or "Z"])
        reason = "S" if not follows else "T" if placement.same_carer else "P"
        rows.append((placement.child_id, kinds[code], placement.started_on, end, reason))
    born = {child.child_id: child.date_of_birth for child in history.children}
    return Truth(born=born, placements=tuple(rows), kinds=tuple(kinds), groups=tuple(groups))


STARTS_OF_300 = 154.0
"""Starts a year that keep about 300 children in care where nothing changes."""

DRIFT_OF_ENGLAND = 0.1
"""Yearly drift of ceases among the children of 149 councils, beyond chance and what all England shared (DfE, years to
31 March 2015 to 2019: 0.096)."""

WORLDS: dict[str, KnownWorld] = {
    "steady": KnownWorld(
        what="about 300 children; nothing changes",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300)),
        nothing_changes=True,
        councils=28,
    ),
    "growing": KnownWorld(
        what="starts grow 6% a year",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300, growth_a_year=0.06)),
        nothing_changes=False,
    ),
    "shrinking": KnownWorld(
        what="starts fall 6% a year",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300, growth_a_year=-0.06)),
        nothing_changes=False,
    ),
    "step": KnownWorld(
        what="starts were a quarter fewer until 18 months ago",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300, steps_on=date(2017, 10, 1), step=4 / 3)),
        nothing_changes=False,
    ),
    "drifting": KnownWorld(
        what="starts, and how long placements last, drift from year to year",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300, drift_a_year=DRIFT_OF_ENGLAND)),
        nothing_changes=False,
    ),
    "mixing": KnownWorld(
        what="the odds of a children's home grow 12% a year",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300, residential_a_year=0.12)),
        nothing_changes=False,
    ),
    "uneven": KnownWorld(
        what="some children's placements last far longer than others', and brothers and sisters start together",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300, spread=0.8, brothers_and_sisters=0.4)),
        nothing_changes=True,
    ),
    "short": KnownWorld(
        what="two years of returns only",
        invent=partial(_simple, Law(starts_a_year=STARTS_OF_300), years=2),
        nothing_changes=True,
    ),
    "small": KnownWorld(
        what="about 60 children",
        invent=partial(_simple, Law(starts_a_year=31.0)),
        nothing_changes=True,
        councils=28,
    ),
    "large": KnownWorld(
        what="about 1,500 children",
        invent=partial(_simple, Law(starts_a_year=770.0)),
        nothing_changes=True,
        councils=14,
    ),
    "generator": KnownWorld(
        what="the generator's base world: families, legal statuses and needs; rates of leaving change from year to year",
        invent=partial(_generated, BASE),
        nothing_changes=True,
        councils=22,
    ),
    "capacity": KnownWorld(
        what="the generator's world of few beds: children move when a bed falls free",
        invent=partial(_generated, CAPACITY),
        nothing_changes=True,
        councils=22,
    ),
    "arrivals": KnownWorld(
        what="the generator's world in which starts grow 6% a year from April 2022",
        invent=partial(_generated, GROWTH),
        nothing_changes=False,
    ),
}
"""Every world, by the name its figures carry."""
