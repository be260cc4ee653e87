"""Who is in which home on which day, and which homes of one kind could take some children together.

One ``Occupancy`` holds the homes of one kind of provider as arrays, for there are tens of thousands of stays to
house. Where a home may be made when none fits is in ``whereabouts.py``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from reference_data.postcode_areas import SCOTLAND, WALES
from reference_data.postcodes import distances_miles
from reference_data.synthetic.homes import InventedHome
from reference_data.synthetic.sites import FAR_MILES, Where
from reference_data.synthetic.together import NEVER, StayTogether, most_at_once

_SEXES = {"any": 0, "F": 1, "M": 2}
_ROOM_FOR = 256
(
    _OPENS,
    _CLOSES,
    _YOUNGEST,
    _OLDEST,
    _SEX,
    _EASTING,
    _NORTHING,
    _AREA,
    _ONLY_FOR,
    _PLACES,
    _LAST_DAY,
) = range(11)
_ROWS = 11


class Occupancy:
    """The homes of one kind and the days on which their places are taken."""

    def __init__(self) -> None:
        self.homes: list[InventedHome] = []
        self._taken: list[list[tuple[int, int]]] = []
        # One column a home; the rows are named below.
        self._facts: NDArray[np.int32] = np.zeros((_ROWS, _ROOM_FOR), dtype=np.int32)

    def add(self, home: InventedHome) -> int:
        """Add a home and return its place in ``homes``."""
        index = len(self.homes)
        if index == self._facts.shape[1]:
            self._facts = np.concatenate([self._facts, np.zeros_like(self._facts)], axis=1)
        self.homes.append(home)
        self._taken.append([])
        self._facts[:, index] = (
            home.opens_on.toordinal(),
            home.closes_on.toordinal() if home.closes_on else NEVER,
            home.min_age,
            home.max_age,
            _SEXES[home.sexes],
            home.site.easting,
            home.site.northing,
            area_number(home.site.authority),
            area_number(home.block_of),
            home.places,
            0,
        )
        if home.short_breaks_only or home.family_id or home.role == "mockingbird_hub":
            self._facts[_CLOSES, index] = 0
        return index

    def fitting(self, group: StayTogether, asked: list[Where]) -> NDArray[np.intp]:
        """Return the homes whose place, days and limits of age and sex suit the children; room is not looked at."""
        facts = self._facts[:, : len(self.homes)]
        council = area_number(group.council)
        fits = (facts[_OPENS] <= group.start) & (facts[_CLOSES] > group.start)
        fits &= (facts[_YOUNGEST] <= group.youngest) & (facts[_OLDEST] >= group.oldest)
        fits &= (facts[_ONLY_FOR] == 0) | (facts[_ONLY_FOR] == council)
        sexes = facts[_SEX]
        fits &= (sexes == 0) if len(group.sexes) > 1 else (sexes == 0) | (sexes == _SEXES[group.sexes])
        indices = np.flatnonzero(fits)
        for one in asked:
            inside = facts[_AREA, indices] == council
            indices = indices[inside if one.inside else ~inside]
            if one.home is not None and one.far is not None and len(indices):
                miles = distances_miles(facts[_EASTING, indices], facts[_NORTHING, indices], one.home)
                indices = indices[(miles > FAR_MILES) == one.far]
        return indices

    def in_areas(self, indices: NDArray[np.intp], areas: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say of each home whether it stands in one of some areas, given as ``areas_as_table``."""
        found: NDArray[np.bool_] = areas[self._facts[_AREA, indices]]
        return found

    def has_room(self, index: int, group: StayTogether) -> bool:
        """Say whether there is a place for every child on every day of its stay."""
        start = group.start
        places = self.homes[index].places
        taken = self._taken[index]
        if len(taken) + len(group.stays) > places:
            taken = [stay for stay in taken if stay[1] > start]
            self._taken[index] = taken
        if len(taken) + len(group.stays) <= places:
            return True
        if group.most_at_once > places:
            return False
        days = [(max(first, start), end) for first, end in taken]
        return most_at_once(days + [(stay.start, stay.end) for stay in group.stays]) <= places

    def take(self, index: int, group: StayTogether) -> None:
        """Put the children in the home for the days of their stays."""
        self._taken[index] += [(stay.start, stay.end) for stay in group.stays]
        last = max(stay.end for stay in group.stays)
        self._facts[_LAST_DAY, index] = max(int(self._facts[_LAST_DAY, index]), last)

    def open_on(self, day: int) -> NDArray[np.intp]:
        """Return the homes that have opened and not closed, or that have closed and still have a child."""
        facts = self._facts[:, : len(self.homes)]
        standing = (facts[_CLOSES] > day) | (facts[_LAST_DAY] > day)
        return np.flatnonzero((facts[_OPENS] <= day) & standing)

    def places_of(self, indices: NDArray[np.intp]) -> NDArray[np.int32]:
        """Return the places of each home."""
        places: NDArray[np.int32] = self._facts[_PLACES, indices]
        return places

    def empty_on(self, indices: NDArray[np.intp], day: int) -> NDArray[np.bool_]:
        """Say of each home whether no child is in it from a day on."""
        empty: NDArray[np.bool_] = self._facts[_LAST_DAY, indices] <= day
        return empty

    def close(self, index: int, day: int) -> None:
        """Take no new child from a day on."""
        self._facts[_CLOSES, index] = day
        self.homes[index] = replace(self.homes[index], closes_on=date.fromordinal(day))


_AREA_NUMBERS = {"": 0, WALES: 1, SCOTLAND: 2}


def area_number(area: str) -> int:
    """Return a number for an area, for arrays compare numbers faster than texts."""
    return _AREA_NUMBERS[area] if area in _AREA_NUMBERS else int(area)


def areas_as_table(areas: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return whether each area, by its number, is one of some areas."""
    table = np.zeros(1_000, dtype=np.bool_)
    table[[area_number(area) for area in areas]] = True
    return table
