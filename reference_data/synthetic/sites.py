"""Where a home stands: a postcode inside or outside an authority, up to or over 20 miles from a child's home.

Each answer keeps the department's straight-line formula, so what the returns say of a placement's distance
follows from its postcodes. Which home stands there is decided in ``whereabouts.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from reference_data.authorities import neighbours
from reference_data.postcode_areas import WALES, draw_postcode, draw_postcode_at_distance, postcodes_in
from reference_data.postcodes import Place, distances_miles, locate
from reference_data.synthetic.ofsted_places import authority_centres, registered_homes

FAR_MILES = 20.0
"""The published cross-table divides at 20 miles."""

_METRES_A_MILE = 1609.3
_GRID_METRES = 4_000
_WALES = ((300_000, 230_000), 60)
# The middle of Wales, and a weight like that of a large English region: nobody publishes how many children of
# the peninsula live there, only that some do.


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A postcode, its grid reference in metres, and the DfE code (or WAL) of the area it is in."""

    postcode: str
    easting: int
    northing: int
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What a placement's locality asks of a home.

    Parameters
    ----------
    inside
        In the responsible authority.
    far
        Over 20 miles from ``home``; ``None`` when the distance is not known or not asked.
    home
        The place of the child's home, or ``None``.
    """

    inside: bool
    far: bool | None
    home: Place | None


def where(locality: str, home: Place | None) -> Where:
    """Return what one of ``history.LOCALITIES`` asks of a home, for a child from a place."""
    boundary, _, distance = locality.partition("_")
    known = distance != "unknown" and home is not None
    return Where(
        inside=boundary == "in",
        far=distance.endswith("over_20") if known else None,
        home=home if known else None,
    )


def site_at(postcode: str) -> Site:
    """Return the site of a postcode that is in the directory."""
    place = locate(postcode)
    if place is None:
        raise ValueError("a site needs a postcode that the directory knows")
    area = place.authority_code or (WALES if place.nation == "Wales" else "SCO")
    return Site(postcode=postcode, easting=place.easting, northing=place.northing, authority=area)


@dataclass(slots=True, kw_only=True)
class Sites:
    """Draws sites; keeps what it has measured of the country.

    Parameters
    ----------
    decay_miles
        How fast places further away become rarer: at this distance, one in 2.7. The published counts say only
        how many are over 20 miles; 60 puts about half of the children whom Plymouth places outside its area
        outside Devon and Cornwall too, as the city reports (13% of its children, 44% outside the city).
    """

    rng: np.random.Generator
    decay_miles: float = 60.0

    def draw(self, council: str, asked: Where, *, decay_miles: float | None = None) -> Site | None:
        """Return a site as asked, or ``None`` where the map has none (over 20 miles inside a small city)."""
        if asked.inside:
            return self._in_area(council, asked)
        if asked.far is False and asked.home is not None:
            return self._outside_and_near(council, asked.home)
        return self._outside_and_far(council, asked.home, decay_miles or self.decay_miles)

    def nearest_to(self, council: str, asked: Where) -> Where:
        """Return what is asked, without its distance where the map has no such place."""
        if asked.home is None or asked.far is None or locality_is_possible(council, asked):
            return asked
        return Where(inside=asked.inside, far=None, home=None)

    def _in_area(self, area: str, asked: Where) -> Site | None:
        if asked.home is None:
            return site_at(draw_postcode(area, self.rng))
        low, high = (FAR_MILES + 0.1, math.inf) if asked.far else (0.0, FAR_MILES)
        found = draw_postcode_at_distance(
            area, self.rng, place=asked.home, at_least_miles=low, at_most_miles=high
        )
        return site_at(found) if found else None

    def _outside_and_near(self, council: str, home: Place) -> Site | None:
        areas, up_to = _areas_in_reach(council, *_square(home))
        for area in _in_turn(areas, up_to, self.rng):
            found = draw_postcode_at_distance(area, self.rng, place=home, at_most_miles=FAR_MILES)
            if found:
                return site_at(found)
        return None

    def _outside_and_far(self, council: str, home: Place | None, decay_miles: float) -> Site | None:
        east, north = authority_centres()[council] if home is None else (home.easting, home.northing)
        areas, up_to = _areas_by_distance(council, east // _GRID_METRES, north // _GRID_METRES, decay_miles)
        for area in _in_turn(areas, up_to, self.rng):
            if home is None:
                return site_at(draw_postcode(area, self.rng))
            found = draw_postcode_at_distance(area, self.rng, place=home, at_least_miles=FAR_MILES + 0.1)
            if found:
                return site_at(found)
        return None


def _in_turn(areas: tuple[str, ...], up_to: list[float], rng: np.random.Generator) -> list[str]:
    """Return the areas with one drawn by weight first, for the rare case that it has no such postcode."""
    if not areas:
        return []
    first = int(np.searchsorted(up_to, rng.random() * up_to[-1], side="right"))
    return [areas[first], *areas[:first], *areas[first + 1 :]]


def locality_is_possible(council: str, asked: Where) -> bool:
    """Say whether the map has a place as asked: nobody is over 20 miles from home inside Plymouth.

    It is judged from the middle of a square of four kilometres, so near the limit it may be a little wrong.
    """
    if asked.home is None or asked.far is None or (asked.far and not asked.inside):
        return True
    if not asked.inside:
        return bool(_areas_in_reach(council, *_square(asked.home))[0])
    return asked.far is False or _reaches_over_20(council, *_square(asked.home))


def _square(home: Place) -> tuple[int, int]:
    return home.easting // _GRID_METRES, home.northing // _GRID_METRES


def _middle_of(east: int, north: int) -> Place:
    return Place(
        easting=east * _GRID_METRES + _GRID_METRES // 2,
        northing=north * _GRID_METRES + _GRID_METRES // 2,
        authority_code=None,
        gss_code="",
    )


@cache
def _reaches_over_20(council: str, east: int, north: int) -> bool:
    known = postcodes_in(council)
    return bool((distances_miles(known.easting, known.northing, _middle_of(east, north)) > FAR_MILES).any())


@cache
def _areas_in_reach(council: str, east: int, north: int) -> tuple[tuple[str, ...], list[float]]:
    """Return the adjoining areas within 20 miles of a square, and their postcodes there, added up in order."""
    areas, weights = [], []
    for other in neighbours(council):
        known = postcodes_in(other.code)
        miles = distances_miles(known.easting, known.northing, _middle_of(east, north))
        near = int((miles <= FAR_MILES).sum())
        if near:
            areas.append(other.code)
            weights.append(float(near))
    return tuple(areas), np.cumsum(weights).tolist()


@cache
def _areas_by_distance(
    council: str, east: int, north: int, decay_miles: float
) -> tuple[tuple[str, ...], list[float]]:
    """Return all other areas, and their weights added up: homes registered there, fewer the further away."""
    homes: dict[str, int] = {}
    for row in registered_homes():
        if row.provision == "childrens_home":
            homes[row.authority] = homes.get(row.authority, 0) + row.number
    centre = _middle_of(east, north)
    areas, weights = [], []
    known = {area: (place, homes.get(area, 0) + 1) for area, place in authority_centres().items()}
    known[WALES] = _WALES
    for area, ((easting, northing), weight) in known.items():
        if area != council:
            miles = math.hypot(easting - centre.easting, northing - centre.northing) / _METRES_A_MILE
            areas.append(area)
            weights.append(weight * math.exp(-miles / decay_miles))
    return tuple(areas), np.cumsum(weights).tolist()
