"""Real postcodes near a real postcode: schools, grandparents and town centres of nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference_data.postcodes import distances_miles, locate, locate_many


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbourhood:
    """Postcodes to draw from, and where they are.

    Parameters
    ----------
    postcodes
        Shape (n,), as people write them.
    easting, northing
        Metres on the National Grid, shape (n,).
    """

    postcodes: tuple[str, ...]
    easting: NDArray[np.int32]
    northing: NDArray[np.int32]

    def draw(self, rng: np.random.Generator, near: str = "", low: float = 0.0, high: float = 5.0) -> str:
        """Return a postcode ``low`` to ``high`` miles from one, or the nearest there is; any without one."""
        place = locate(near) if near else None
        if place is None:
            return self.postcodes[int(rng.integers(len(self.postcodes)))]
        miles = distances_miles(self.easting, self.northing, place)
        wanted = np.flatnonzero((miles >= low) & (miles <= high))
        if not len(wanted):
            return self.postcodes[int(np.argmin(np.abs(miles - high)))]
        return self.postcodes[int(wanted[int(rng.integers(len(wanted)))])]


def neighbourhood(postcodes: tuple[str, ...]) -> Neighbourhood:
    """Return the postcodes that the directory can place, in order and each once.

    Raises
    ------
    ValueError
        If it can place none.
    """
    listed = sorted(set(postcodes))
    places = locate_many(listed)
    if not places.found.any():
        raise ValueError("no postcode of the authority is in the directory")
    return Neighbourhood(
        postcodes=tuple(code for code, found in zip(listed, places.found, strict=True) if found),
        easting=places.easting[places.found],
        northing=places.northing[places.found],
    )
