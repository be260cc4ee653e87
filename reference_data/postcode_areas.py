"""All the postcodes of an authority, with coordinates, and drawing one of them by chance.

The generator of the invented partnership puts homes and families there. The directory does not say which
postcodes are terminated, so a postcode drawn here is real and in its authority, and may no longer be in use.
Where one given postcode is stands in ``postcodes.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from reference_data.postcodes import Place, distances_miles, located_postcodes
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows

WALES = "WAL"
SCOTLAND = "SCO"
_FIRST_TRIES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PostcodesOfArea:
    """Every located postcode of one area, in the order of the directory.

    Parameters
    ----------
    postcode
        As it is written: outward part, space, inward part. Texts, shape (n,).
    easting, northing
        Metres on the National Grid. Whole numbers, shape (n,).
    """

    postcode: NDArray[np.str_]
    easting: NDArray[np.int32]
    northing: NDArray[np.int32]


@cache
def postcodes_in(area: str) -> PostcodesOfArea:
    """Return the postcodes of an English authority, or of Wales or Scotland, with their coordinates.

    The arrays are kept and shared between callers: do not change them. The first call for an area opens
    the few letters of the directory it needs (a tenth of a second each).

    Parameters
    ----------
    area
        The authority's DfE code, or ``"WAL"`` or ``"SCO"``.

    Raises
    ------
    NotFound
        If there is no such area.

    Examples
    --------
    >>> str(postcodes_in("879").postcode[0])
    'PL1 1AA'
    """
    letters = _letters().get(area)
    if letters is None:
        raise NotFound(
            "authority_not_found",
            "There are no postcodes under this code: give the department's three figures, for example 879 "
            "for Plymouth, or WAL or SCO.",
        )
    texts, eastings, northings = [], [], []
    for letter in letters:
        text, places = located_postcodes(letter, area)
        # NPT, an outward part of the past in Wales, is in the directory and is no postcode that a form accepts.
        kept = ~np.char.startswith(text, "NPT")
        texts.append(text[kept])
        eastings.append(places.easting[kept])
        northings.append(places.northing[kept])
    return PostcodesOfArea(
        postcode=np.concatenate(texts),
        easting=np.concatenate(eastings),
        northing=np.concatenate(northings),
    )


def draw_postcode(area: str, rng: np.random.Generator) -> str:
    """Return one postcode of an area, each as likely as any other.

    Towns have more postcodes than moors, so places are drawn roughly as people live.
    """
    known = postcodes_in(area).postcode
    return str(known[rng.integers(len(known))])


def draw_postcode_at_distance(
    area: str,
    rng: np.random.Generator,
    *,
    place: Place,
    at_least_miles: float = 0.0,
    at_most_miles: float = math.inf,
) -> str | None:
    """Return one postcode of an area at a distance from a place, or ``None`` where there is none.

    Every postcode at that distance is as likely as any other.

    Parameters
    ----------
    at_least_miles, at_most_miles
        Bounds, both included, on the straight-line miles by the department's formula, which rounds to one
        decimal place: "over 20 miles" is at least 20.1.
    """
    known = postcodes_in(area)
    # Most distances asked for are common, so a handful drawn blindly nearly always holds one. Taking the
    # first that fits is as fair as drawing among all that fit.
    tries = rng.integers(len(known.postcode), size=_FIRST_TRIES)
    miles = distances_miles(known.easting[tries], known.northing[tries], place)
    fits = np.flatnonzero((miles >= at_least_miles) & (miles <= at_most_miles))
    if len(fits):
        return str(known.postcode[tries[fits[0]]])
    miles = distances_miles(known.easting, known.northing, place)
    fits = np.flatnonzero((miles >= at_least_miles) & (miles <= at_most_miles))
    return str(known.postcode[fits[rng.integers(len(fits))]]) if len(fits) else None


@cache
def _letters() -> dict[str, str]:
    """Return the first letters of each area's postcodes, so that only those files are opened."""
    return {
        row["area"]: row["letters"] for row in shipped_rows("authorities", "first_letters_of_postcodes.csv")
    }
