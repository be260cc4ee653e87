"""A council's own mainstream carers over time: as many approved places as published, joining and leaving.

Carers leave as England's do. A household that still has a child stays until the child goes; it takes no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from reference_data.postcodes import Place
from reference_data.synthetic.history import History
from reference_data.synthetic.homes import InventedHome, Numbers, service_urn
from reference_data.synthetic.names import COUNCIL_FOSTERING, household_name
from reference_data.synthetic.occupancy import Occupancy
from reference_data.synthetic.ofsted_places import fostering_households, fostering_places
from reference_data.synthetic.sites import Site, Sites, Where, where

LEAVING_A_YEAR = 0.13
"""Share of households that stop in a year: 4,820 left in England in 2023-24 of about 37,000 (Ofsted)."""

OWN_CARERS_DECAY_MILES = 20.0
"""Those of a council's own carers who live far away mostly live in the next areas; how many is not published."""

EXEMPT_SHARE = 0.01
"""Share of households with four places and an exemption; published counts of four or more round to none."""

_AGES = ((0, 17),) * 12 + ((0, 4), (0, 8), (0, 11), (4, 17), (8, 17), (10, 17))
# Terms of approval by age are not published; most carers are approved for all ages.


def approved_places(council: str, on: date) -> float:
    """Return the approved places published for a council, in between by straight line, flat beyond either end."""
    known = fostering_places(council)
    years = sorted(known)
    when = on.year + (on - date(on.year, 3, 31)).days / 365.25
    return float(np.interp(when, years, [known[year].approved for year in years]))


def household_ages(youngest: int, oldest: int, rng: np.random.Generator) -> tuple[int, int]:
    """Return ages that carers are approved for and that take in children of the ages given."""
    fits = [ages for ages in _AGES if ages[0] <= youngest and ages[1] >= oldest] or [(0, 17)]
    return fits[int(rng.integers(len(fits)))]


@dataclass(slots=True, kw_only=True)
class FosteringService:
    """The carers of one council and the rules by which their number follows the published one."""

    council: str
    occupancy: Occupancy
    numbers: Numbers
    sites: Sites
    rng: np.random.Generator
    wanted_at: tuple[Where, ...]

    def begin_month(self, day: date) -> None:
        """Let carers leave and join, so that approved places come to what is published."""
        ordinal = day.toordinal()
        standing = self.occupancy.open_on(ordinal)
        leaving = self.rng.random(len(standing)) < LEAVING_A_YEAR / 12
        for index in standing[leaving].tolist():
            if self.occupancy.homes[index].closes_on is None:
                self.occupancy.close(index, ordinal)
        standing = self.occupancy.open_on(ordinal)
        missing = approved_places(self.council, day) - int(self.occupancy.places_of(standing).sum())
        while missing > 0.5:
            home = self.join(day, site=None)
            missing -= home.places
            self.occupancy.add(home)
        if missing < -0.5:
            self._let_go(standing[self.occupancy.empty_on(standing, ordinal)], -missing, ordinal)

    def _let_go(self, empty: NDArray[np.intp], places: float, day: int) -> None:
        """Close carers without a child until their places are gone: who is never asked does not stay."""
        for index in self.rng.permutation(empty).tolist():
            if places <= 0.5:
                break
            places -= self.occupancy.homes[index].places
            self.occupancy.close(index, day)

    def join(
        self,
        day: date,
        *,
        site: Site | None,
        youngest: int = 4,
        oldest: int = 8,
        places: int = 0,
        family_id: str = "",
    ) -> InventedHome:
        """Return a household approved on a day, where one of the council's children needs or needed one."""
        if site is None:
            site = self._site()
        share = fostering_households(self.council).share_by_places
        exempt = places == 0 and bool(self.rng.random() < EXEMPT_SHARE)
        drawn = 1 + int(np.searchsorted(np.cumsum(share)[:2], self.rng.random(), side="right"))
        low, high = household_ages(youngest, oldest, self.rng) if family_id == "" else (0, 17)
        home_id = self.numbers.home_id(site.authority)
        return InventedHome(
            home_id=home_id,
            type="in_house_foster_carer",
            provider_code="PR1",
            council=self.council,
            provider=COUNCIL_FOSTERING.format(area=self.council),
            name=household_name(home_id, self.rng),
            urn=service_urn(self.council),
            site=site,
            places=4 if exempt else max(places, drawn),
            opens_on=day,
            min_age=low,
            max_age=high,
            exempt=exempt,
            family_id=family_id,
        )

    def _site(self) -> Site:
        anywhere = Where(inside=True, far=None, home=None)
        wanted = self.wanted_at[int(self.rng.integers(len(self.wanted_at)))] if self.wanted_at else anywhere
        site = self.sites.draw(self.council, wanted, decay_miles=OWN_CARERS_DECAY_MILES) or self.sites.draw(
            self.council, anywhere
        )
        if site is None:
            raise ValueError("every authority has postcodes")
        return site


def wanted_sites(history: History, homes: Mapping[str, Place | None]) -> tuple[Where, ...]:
    """Return where the council's own carers had to live for each stay with one of them."""
    return tuple(
        where(placement.locality, homes.get(placement.child_id))
        for placement in history.placements
        if placement.place in {"U4", "U5", "U6"} and placement.provider == "PR1"
    )
