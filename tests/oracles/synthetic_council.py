"""A council whose truth is known: children start, move and leave by simple laws that the forecast is not told.

Stays are Weibull and depend on the kind of placement; what follows a stay depends on age and time in care. None
of the forecast's code is used, and none of its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from reference_data.sheets import RawRow, RawTable

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
HEADER = ("CHILD", "DECOM", "RNE", "LS", "PLACE", "PLACE_PROVIDER", "DEC", "REC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Every placement that ever was: child, kind, first day and the day after the last."""

    born: dict[str, date]
    placements: tuple[tuple[str, int, date, date, str], ...]

    def in_care(self, day: date) -> int:
        """Return the children in care on the night of a day."""
        return sum(start <= day < end for _, _, start, end, _ in self.placements)

    def in_group(self, day: date, group: str) -> int:
        """Return the children of a placement group on the night of a day."""
        return sum(start <= day < end and GROUPS[kind] == group for _, kind, start, end, _ in self.placements)

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
                    "PLACE": KINDS[kind][0],
                    "PLACE_PROVIDER": KINDS[kind][1],
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
    """Return one council's whole history, starting empty on the first day."""
    rng = np.random.default_rng(seed)
    days = (last_day - first_day).days
    born: dict[str, date] = {}
    placements: list[tuple[str, int, date, date, str]] = []
    for day in range(days):
        rate = starts_a_year / 365.25 * np.exp(growth_a_year * (day - days) / 365.25)
        for _ in range(rng.poisson(rate)):
            child = f"DEMO-{len(born) + 1}"
            low, high = ((0.0, 1.0), (1, 5), (5, 10), (10, 16), (16, 17.9))[
                rng.choice(5, p=[0.2, 0.17, 0.2, 0.28, 0.15])
            ]
            entered = first_day + timedelta(days=day)
            birth = entered - timedelta(days=int(rng.uniform(low, high) * 365.25))
            # Days 29 to 31 are avoided so that this clock needs no rule for leap years.
            birth = birth.replace(day=min(birth.day, 28))
            born[child] = birth
            _live(rng, child, birth, entered, last_day, placements)
    return Truth(born=born, placements=tuple(placements))


def _live(
    rng: np.random.Generator,
    child: str,
    birth: date,
    entered: date,
    last_day: date,
    placements: list[tuple[str, int, date, date, str]],
) -> None:
    now, reason = entered, "S"
    eighteen = birth.replace(year=birth.year + 18)
    while now < last_day and now < eighteen:
        kind = _next_kind(rng, (now - birth).days / 365.25)
        end = now + timedelta(days=1 + int(rng.weibull(0.7) * MEAN_SCALE_DAYS[kind]))
        placements.append((child, kind, now, min(end, eighteen), reason))
        leaving = 0.8 if kind == 6 else 0.7 if kind == 5 else 0.55 if (now - entered).days < 183 else 0.33
        if rng.random() < leaving:
            return
        now, reason = end, "P"


def _next_kind(rng: np.random.Generator, age: float) -> int:
    if age < 10:
        odds = [0.2, 0.4, 0.25, 0.02, 0, 0.08, 0.05]
    elif age < 16:
        odds = [0.12, 0.33, 0.28, 0.2, 0, 0.07, 0]
    else:
        odds = [0.05, 0.2, 0.2, 0.2, 0.3, 0.05, 0]
    return int(rng.choice(7, p=odds))
