"""A council whose truth is known: children start, move and leave by simple laws that the forecast is not told.

Stays are Weibull and depend on the kind of placement; what follows a stay depends on age and time in care. None
of the forecast's code is used, and none of its cells. How starts and placements change over the years, and how
much children differ, is a ``Law``; the worlds a forecast is measured in are in ``forecast_worlds.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from reference_data.ages import age_on
from reference_data.sheets import RawRow, RawTable
from reference_data.vocabulary import AGE_BANDS, PlacementGroup, age_band

KINDS = (
    ("U3", "PR1"),
    ("U6", "PR1"),
    ("U6", "PR4"),
    ("K2", "PR4"),
    ("K3", "PR4"),
    ("P1", "PR0"),
    ("A5", "PR1"),
)
GROUPS = ("fostering", "fostering", "fostering", "residential", "supported", "other", "other")
MEAN_SCALE_DAYS = (500, 420, 380, 330, 250, 300, 350)
RESIDENTIAL = 3
HEADER = ("CHILD", "DECOM", "RNE", "LS", "PLACE", "PLACE_PROVIDER", "DEC", "REC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """How an invented council differs from one in which nothing changes and all children are alike.

    Parameters
    ----------
    starts_a_year
        Starts a year on the last day.
    growth_a_year
        Growth of the log of starts, from the first day to the last.
    steps_on, step
        From a day on, starts are so many times as many; never by default.
    residential_a_year
        Growth of the log of the odds of a children's home from 2012 on.
    spread
        Standard deviation of the log of how long each child's placements last, against others' of its kind.
    brothers_and_sisters
        Share of starts that bring a brother or sister of another age on the same day.
    drift_a_year
        Standard deviation of a year's change of the log of starts, and of how long placements last that begin then,
        each on a walk of its own that ends at nothing on the last day.
    """

    starts_a_year: float
    growth_a_year: float = 0.0
    steps_on: date | None = None
    step: float = 1.0
    residential_a_year: float = 0.0
    spread: float = 0.0
    brothers_and_sisters: float = 0.0
    drift_a_year: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Every placement that ever was: child, kind, first day and the day after the last.

    Parameters
    ----------
    kinds, groups
        PLACE and PLACE_PROVIDER of each kind, and the placement group it counts in.
    """

    born: dict[str, date]
    placements: tuple[tuple[str, int, date, date, str], ...]
    kinds: Sequence[tuple[str, str]] = KINDS
    groups: Sequence[str] = GROUPS

    def in_care(self, day: date) -> int:
        """Return the children in care on the night of a day."""
        return sum(start <= day < end for _, _, start, end, _ in self.placements)

    def in_group(self, day: date, group: str) -> int:
        """Return the children of a placement group on the night of a day."""
        return sum(
            start <= day < end and self.groups[kind] == group for _, kind, start, end, _ in self.placements
        )

    def counted(self, day: date) -> NDArray[np.int64]:
        """Return the children in care on the night of a day. Shape (age bands, placement groups)."""
        table = np.zeros((len(AGE_BANDS), len(PlacementGroup)), dtype=np.int64)
        groups = [str(group) for group in PlacementGroup]
        for child, kind, start, end, _ in self.placements:
            if start <= day < end:
                band = AGE_BANDS.index(age_band(age_on(self.born[child], day)))
                table[band, groups.index(self.groups[kind])] += 1
        return table

    def returns(self, last_year_end: date, years: int) -> list[RawTable]:
        """Return the annual returns a careful council would have made."""
        tables = []
        for back in reversed(range(years)):
            year_end = date(last_year_end.year - back, 3, 31)
            year_start = date(year_end.year - 1, 4, 1)
            rows = []
            for child, kind, start, end, reason in self.placements:
                if start > year_end or end < year_start:
                    continue
                cells: dict[str, object] = {
                    "CHILD": child,
                    "DECOM": start.strftime("%d/%m/%Y"),
                    "RNE": reason,
                    "LS": "C2",
                    "PLACE": self.kinds[kind][0],
                    "PLACE_PROVIDER": self.kinds[kind][1],
                }
                if end <= year_end:
                    cells["DEC"] = end.strftime("%d/%m/%Y")
                rows.append(RawRow(number=len(rows) + 2, cells=cells))
            tables.append(RawTable(file=f"{year_end.year}-episodes.csv", header=HEADER, rows=tuple(rows)))
        people = tuple(
            RawRow(number=number, cells={"CHILD": child, "DOB": born.strftime("%d/%m/%Y")})
            for number, (child, born) in enumerate(self.born.items(), start=2)
        )
        return [*tables, RawTable(file="header.csv", header=("CHILD", "DOB"), rows=people)]


def council(
    seed: int, *, starts_a_year: float, growth_a_year: float, first_day: date, last_day: date
) -> Truth:
    """Return one council's whole history, starting empty on the first day, where only starts may grow."""
    law = Law(starts_a_year=starts_a_year, growth_a_year=growth_a_year)
    return council_under(law, seed, first_day=first_day, last_day=last_day)


def council_under(law: Law, seed: int, *, first_day: date, last_day: date) -> Truth:
    """Return one council's whole history under a law, starting empty on the first day."""
    rng = np.random.default_rng(seed)
    days = (last_day - first_day).days
    born: dict[str, date] = {}
    placements: list[tuple[str, int, date, date, str]] = []
    walks = np.zeros((2, days + 1))
    if law.drift_a_year:
        walks = np.cumsum(rng.normal(0.0, law.drift_a_year / 365.25**0.5, walks.shape), axis=1)
        walks -= walks[:, -1:]
    lasting_from = {first_day + timedelta(days=day): np.exp(walk) for day, walk in enumerate(walks[1])}
    for day in range(days):
        entered = first_day + timedelta(days=day)
        rate = law.starts_a_year / 365.25 * np.exp(law.growth_a_year * (day - days) / 365.25 + walks[0, day])
        if law.steps_on and entered < law.steps_on:
            rate /= law.step
        rate /= 1 + law.brothers_and_sisters
        for _ in range(rng.poisson(rate)):
            together = 1 + int(law.brothers_and_sisters > 0 and rng.random() < law.brothers_and_sisters)
            for _ in range(together):
                child = f"DEMO-{len(born) + 1}"
                low, high = ((0.0, 1.0), (1, 5), (5, 10), (10, 16), (16, 17.9))[
                    rng.choice(5, p=[0.2, 0.17, 0.2, 0.28, 0.15])
                ]
                birth = entered - timedelta(days=int(rng.uniform(low, high) * 365.25))
                # Days 29 to 31 are avoided so that this clock needs no rule for leap years.
                birth = birth.replace(day=min(birth.day, 28))
                born[child] = birth
                _live(law, rng, child, birth, entered, last_day, placements, lasting_from)
    return Truth(born=born, placements=tuple(placements))


def _live(
    law: Law,
    rng: np.random.Generator,
    child: str,
    birth: date,
    entered: date,
    last_day: date,
    placements: list[tuple[str, int, date, date, str]],
    lasting_from: Mapping[date, float],
) -> None:
    now, reason = entered, "S"
    eighteen = birth.replace(year=birth.year + 18)
    lasting = np.exp(law.spread * rng.standard_normal()) if law.spread else 1.0
    while now < last_day and now < eighteen:
        kind = _next_kind(law, rng, now, (now - birth).days / 365.25)
        scale = MEAN_SCALE_DAYS[kind] * lasting * lasting_from[now]
        end = now + timedelta(days=1 + int(rng.weibull(0.7) * scale))
        placements.append((child, kind, now, min(end, eighteen), reason))
        leaving = 0.8 if kind == 6 else 0.7 if kind == 5 else 0.55 if (now - entered).days < 183 else 0.33
        if rng.random() < leaving:
            return
        now, reason = end, "P"


def _next_kind(law: Law, rng: np.random.Generator, now: date, age: float) -> int:
    if age < 10:
        odds = [0.2, 0.4, 0.25, 0.02, 0, 0.08, 0.05]
    elif age < 16:
        odds = [0.12, 0.33, 0.28, 0.2, 0, 0.07, 0]
    else:
        odds = [0.05, 0.2, 0.2, 0.2, 0.3, 0.05, 0]
    if law.residential_a_year and now.year >= 2012:
        odds[RESIDENTIAL] *= np.exp(law.residential_a_year * (now - date(2012, 1, 1)).days / 365.25)
        odds = [share / sum(odds) for share in odds]
    return int(rng.choice(7, p=odds))
