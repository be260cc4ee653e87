"""Indicators counted again, slowly and from the CSV text of clean returns, by their definitions and nothing of ours.

Only for returns without errors: nothing is mended here.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, timedelta
from math import sqrt
from pathlib import Path

Row = dict[str, str]
OPEN = date(9999, 1, 1)


def day(text: str) -> date:
    days, months, years = map(int, text.split("/"))
    return date(years, months, days)


def end(row: Row) -> date:
    return day(row["DEC"]) if row["DEC"] else OPEN


def birthday(born: date, age: int) -> date:
    """Return a birthday; born on 29 February, it is 1 March in another year."""
    first = born if (born.month, born.day) != (2, 29) else date(born.year, 3, 1)
    return first.replace(year=born.year + age)


def _kind(row: Row) -> str:
    """Return what the guidance calls a PLACE code, by its letter and number."""
    place = row["PLACE"]
    if place in ("U4", "U5", "U6"):
        return "in_house_fostering" if row["PLACE_PROVIDER"] == "PR1" else "agency_fostering"
    named = {"K1": "secure", "K2": "homes", "S1": "residential_schools", "P1": "parents"}
    named |= dict.fromkeys(("K3", "H5", "P2"), "supported") | dict.fromkeys(("U1", "U2", "U3"), "kinship")
    return "adoption" if place.startswith("A") else named.get(place, "other")


class Counts:
    """Every child's episodes as known on a day, from the returns that had closed by then."""

    def __init__(self, folder: Path, year: int) -> None:
        self.at = date(year, 3, 31)
        self.year_from = date(year - 1, 4, 1)
        self.folder = folder
        known: dict[tuple[str, str], Row] = {}
        self.born: dict[str, date] = {}
        for closing in range(2010, year + 1):
            path = folder / f"{closing}-episodes.csv"
            if path.exists():
                for row in self.rows(f"{closing}-episodes.csv"):
                    known[row["CHILD"], row["DECOM"]] = row
                for row in self.rows(f"{closing}-header.csv"):
                    self.born[row["CHILD"]] = day(row["DOB"])
        self.alone = {
            row["CHILD"]
            for closing in range(2010, year + 1)
            if (folder / f"{closing}-uasc.csv").exists()
            for row in self.rows(f"{closing}-uasc.csv")
        }
        self.by_child: dict[str, list[Row]] = defaultdict(list)
        for row in known.values():
            if row["LS"] not in ("V3", "V4"):
                self.by_child[row["CHILD"]].append(row)
        for rows in self.by_child.values():
            rows.sort(key=lambda row: day(row["DECOM"]))

    def rows(self, name: str) -> list[Row]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def on_the_night(self) -> dict[str, Row]:
        return {
            child: row
            for child, rows in self.by_child.items()
            for row in rows
            if day(row["DECOM"]) <= self.at < end(row)
        }

    def care_since(self, child: str) -> date:
        """Walk back from the night for as long as one episode begins on the day another ends."""
        rows = [row for row in self.by_child[child] if day(row["DECOM"]) <= self.at]
        since = day(rows[-1]["DECOM"])
        for row in reversed(rows[:-1]):
            if end(row) != since:
                break
            since = day(row["DECOM"])
        return since

    def placements(self, child: str, new: str) -> list[tuple[date, date, str]]:
        """Return placements as first day, end and last code; ``new`` holds the RNE codes that begin one.

        A temporary place belongs to the placement before it, and so does the way back.
        """
        found: list[tuple[date, date, str]] = []
        away = False
        for row in self.by_child[child]:
            begins, ends, place = day(row["DECOM"]), end(row), row["PLACE"]
            back, away_now = away and found[-1][2] == place, place.startswith("T") and place != "T"
            away = away_now
            adopted_there = place in ("A3", "A5") and bool(found)
            touching = bool(found) and found[-1][1] == begins
            if touching and (away_now or back or adopted_there or row["RNE"] not in new):
                found[-1] = (found[-1][0], ends, found[-1][2] if away_now else place)
            else:
                found.append((begins, ends, place))
        return found

    def three_or_more(self, children: list[str], since: date) -> int:
        return sum(
            sum(begins <= self.at and ends > since for begins, ends, _ in self.placements(child, "SPB")) >= 3
            for child in children
        )

    def short_term(self) -> tuple[int, int]:
        children = list(self.on_the_night())
        return self.three_or_more(children, self.year_from), len(children)

    def two_years(self) -> tuple[int, int]:
        since = self.at.replace(year=self.at.year - 2)
        children = [child for child in self.on_the_night() if self.care_since(child) <= since]
        return self.three_or_more(children, since), len(children)

    def long_term(self, new: str) -> tuple[int, int]:
        long_since = date(self.at.year - 3, 9, 30)  # thirty months before a 31 March
        stayed = self.at.replace(year=self.at.year - 2)
        children = [
            child
            for child in self.on_the_night()
            if self._age(child) < 16 and self.care_since(child) <= long_since
        ]
        stable = 0
        for child in children:
            spans = self.placements(child, new)
            at = next(n for n, (begins, ends, _) in enumerate(spans) if begins <= self.at < ends)
            begins = spans[at][0]
            if spans[at][2].startswith("A") and at and spans[at - 1][1] == begins:
                begins = spans[at - 1][0]
            stable += begins <= stayed
        return stable, len(children)

    def _age(self, child: str) -> int:
        born = self.born[child]
        return self.at.year - born.year - ((self.at.month, self.at.day) < (born.month, born.day))

    def distances(
        self, points: dict[str, tuple[int, int, str | None]], authority: str
    ) -> Counter[tuple[str, str]]:
        """Return the six cells. ``points`` holds easting, northing and authority of postcodes."""
        cells: Counter[tuple[str, str]] = Counter()
        for child, row in self.on_the_night().items():
            there, home = points.get(row["PL_POST"]), points.get(row["HOME_POST"])
            side = "not known" if there is None else "inside" if there[2] == authority else "outside"
            far = "not known"
            if there and home and child not in self.alone:
                miles = sqrt((there[0] - home[0]) ** 2 + (there[1] - home[1]) ** 2) / 1000 / 1.6093
                far = "over 20 miles" if round(miles, 1) > 20 else "up to 20 miles"
            cells[side, far] += 1
        return cells

    def care_leavers(self, column: str, good: str, left_out: str) -> tuple[int, int, int]:
        """Return those whose code means ``good``, all, and those of whom nothing is known."""
        counted = unknown = all_ = 0
        for row in self.rows(f"{self.at.year}-oc3.csv"):
            born = day(row["DOB"])
            if not any(self.year_from <= birthday(born, age) <= self.at for age in (19, 20, 21)):
                continue
            if row["IN_TOUCH"] in ("DIED", "RHOM") or (row[column][:1] in left_out and left_out):
                continue
            all_ += 1
            unknown += row[column] == "0"
            counted += row[column][-1:] == good if column == "ACCOM" else row[column][:1] in good
        return counted, all_, unknown

    def kinds(self) -> Counter[str]:
        """Return the children by kind of placement; a temporary place counts as the one before it."""
        return Counter(_kind(row) for row in self._settled())

    def providers(self) -> Counter[str]:
        return Counter(row["PLACE_PROVIDER"] for row in self._settled())

    def other_places(self) -> int:
        """Return the children in other placements, or in ones that may not be lawful for them."""
        unregulated = self.at >= date(2023, 10, 28)
        found = 0
        for row in self._settled():
            found += (
                row["PLACE"].startswith("Z")
                or (row["PLACE"] == "K3" and self._age(row["CHILD"]) < 16)
                or (unregulated and (row["PLACE"] == "P2" or (row["PLACE"] == "H5" and not row["URN"])))
            )
        return found

    def staying_put(self) -> tuple[int, int]:
        """Return those who live with their former carer, of those in foster care on the night before 18."""
        first = min(day(row["DECOM"]) for rows in self.by_child.values() for row in rows)
        first = max(first, date(int(min(self.folder.glob("*-episodes.csv")).name[:4]) - 1, 4, 1))
        stayed = all_ = 0
        for leaver in self.rows(f"{self.at.year}-oc3.csv"):
            born = day(leaver["DOB"])
            turned = [birthday(born, age) for age in (18, 19, 20)]
            if leaver["IN_TOUCH"] in ("DIED", "RHOM") or not any(
                self.year_from <= one <= self.at for one in turned
            ):
                continue
            night = turned[0] - timedelta(days=1)
            rows = self.by_child.get(leaver["CHILD"], [])
            own = [row for row in rows if day(row["DECOM"]) <= night < end(row)]
            if night < first or not own:
                continue
            at = rows.index(own[0])
            while rows[at]["PLACE"].startswith("T") and at:
                at -= 1
            if rows[at]["PLACE"].startswith("U"):
                all_ += 1
                stayed += leaver["ACCOM"].startswith("Z")
        return stayed, all_

    def _settled(self) -> list[Row]:
        """Return the episodes of the night, or that before it where the place is a temporary one."""
        found = []
        for child, row in self.on_the_night().items():
            rows = self.by_child[child]
            at = rows.index(row)
            while rows[at]["PLACE"].startswith("T") and at:
                at -= 1
            found.append(rows[at])
        return found

    def moves(self) -> Counter[str]:
        return Counter(
            row["REASON_PLACE_CHANGE"]
            for rows in self.by_child.values()
            for row in rows
            if row["DEC"] and row["REASON_PLACE_CHANGE"] and self.year_from <= day(row["DEC"]) <= self.at
        )
