"""Homes made because no home there is fits some children: carers, and homes near them or far away.

Number, sector and places of a children's home, a school or a family centre are drawn from the register of the
area it is in; those of supported accommodation are assumed. Which children go there is in ``whereabouts.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from reference_data.authorities import neighbours
from reference_data.synthetic.fostering_service import household_ages
from reference_data.synthetic.homes import (
    AGES_OF_HOMES,
    COUNCILS,
    InventedHome,
    Numbers,
    agency_for,
    service_urn,
)
from reference_data.synthetic.names import (
    COUNCIL_FOSTERING,
    COUNCIL_SERVICE,
    home_name,
    household_name,
    provider_of_homes,
)
from reference_data.synthetic.ofsted_places import RegisteredHomes, registered_homes
from reference_data.synthetic.sites import Site
from reference_data.synthetic.together import StayTogether

USUAL_LIMIT = 3

SUPPORTED_PLACES = (1, 1, 2, 3, 4, 4, 5, 6, 8)
"""Places of supported accommodation, from lodgings to a foyer; none are published by home."""

_UNREGISTERED = frozenset({"unregistered_home", "unassessed_friend", "unregistered_supported_accommodation"})
_REGISTERED = frozenset({"childrens_home", "residential_school", "residential_family_centre"})
AGENCY_YEARS = 4.0
HOME_YEARS = 1.0
"""Mean years that a household or home made here goes on taking children of the five councils."""

_OPEN_BEFORE_DAYS = 1_500
_SECTORS = {"PR1": "local_authority", "PR2": "local_authority", "PR4": "private", "PR5": "voluntary"}
_AGENCY_PLACES = (1, 2, 2, 2, 3, 3)
# England's households of 2018-19 are approved for one, two and three children about equally often; agencies, which
# take more brothers and sisters, are assumed to have somewhat more places.


@dataclass(slots=True, kw_only=True)
class Maker:
    """Makes homes for children for whom there is none."""

    rng: np.random.Generator
    numbers: Numbers
    _rows: dict[tuple[str, str, str], list[RegisteredHomes]] = field(default_factory=dict)

    def connected_carers(self, group: StayTogether, site: Site) -> InventedHome:
        """Return a household approved for one family's children only, from the first day of their stay."""
        home_id = self.numbers.home_id(site.authority)
        # PR2: relatives whom the council of their own area approved.
        other = group.main.placement.provider == "PR2"
        council = self._other_council(group, site) if other else group.council
        return InventedHome(
            home_id=home_id,
            type="connected_foster_carer",
            provider_code="PR1",
            council=council,
            provider=COUNCIL_FOSTERING.format(area=council),
            name=household_name(home_id, self.rng),
            urn=service_urn(council),
            site=site,
            places=group.most_at_once,
            opens_on=date.fromordinal(group.start),
            family_id=group.main.child.family_id,
        )

    def agency_carers(self, group: StayTogether, site: Site, provider_code: str) -> InventedHome:
        """Return an agency's household with room for the children."""
        sector = _SECTORS.get(provider_code, "private")
        agency, urn = agency_for(sector, self.rng)
        home_id = self.numbers.home_id(site.authority)
        many = group.most_at_once > USUAL_LIMIT
        low, high = (0, 17) if many else household_ages(group.youngest, group.oldest, self.rng)
        drawn = _AGENCY_PLACES[int(self.rng.integers(len(_AGENCY_PLACES)))]
        return InventedHome(
            home_id=home_id,
            type="agency_foster_carer",
            provider_code=provider_code,
            council="",
            provider=agency,
            name=household_name(home_id, self.rng),
            urn=urn,
            site=site,
            places=max(drawn, group.most_at_once),
            opens_on=self._opened(group.start),
            closes_on=self._stops(group.start, mean_years=AGENCY_YEARS),
            min_age=low,
            max_age=high,
            family_id=group.main.child.family_id if many else "",
        )

    def other_councils_carers(self, group: StayTogether, site: Site) -> InventedHome:
        """Return a household of the council in whose area it is, or of a neighbour if that is the child's own."""
        home_id = self.numbers.home_id(site.authority)
        many = group.most_at_once > USUAL_LIMIT
        council = self._other_council(group, site)
        return InventedHome(
            home_id=home_id,
            type="in_house_foster_carer",
            provider_code="PR1",
            council=council,
            provider=COUNCIL_FOSTERING.format(area=council),
            name=household_name(home_id, self.rng),
            urn=service_urn(council),
            site=site,
            places=max(2, group.most_at_once),
            opens_on=self._opened(group.start),
            family_id=group.main.child.family_id if many else "",
        )

    def home(self, group: StayTogether, site: Site, kind: str, provider_code: str) -> InventedHome:
        """Return a children's home, school, family centre, supported accommodation or unregistered place."""
        home_id = self.numbers.home_id(site.authority)
        sector = _SECTORS.get(provider_code, "private")
        own = sector == "local_authority"
        council = ""
        if own:
            council = group.council if provider_code == "PR1" else self._other_council(group, site)
        row = self._row(site.authority, kind, sector)
        places, grade = (row.places, row.grade) if row else (1, "")
        low, high = 0, 17
        role = ""
        if kind == "childrens_home":
            low, high = self._ages(group)
            role = "solo" if max(places, group.most_at_once) == 1 else ""
        elif kind == "residential_school":
            low = min(8, group.youngest)
        elif kind == "secure_childrens_home":
            low, places = min(10, group.youngest), max(places, 8)
        elif kind == "supported_accommodation":
            low = min(16, group.youngest)
            places = SUPPORTED_PLACES[int(self.rng.integers(len(SUPPORTED_PLACES)))]
            role = self._category(places)
        return InventedHome(
            home_id=home_id,
            type=kind,
            provider_code="PR1" if own else provider_code or "PR4",
            council=council,
            provider=COUNCIL_SERVICE.format(area=council) if own else provider_of_homes(sector, self.rng),
            name=home_name(kind, home_id, self.rng),
            urn=self.numbers.urn(),
            site=site,
            places=group.most_at_once if kind in _UNREGISTERED else max(places, group.most_at_once),
            opens_on=date.fromordinal(group.start) if kind in _UNREGISTERED else self._opened(group.start),
            closes_on=None if kind in _UNREGISTERED else self._stops(group.start, mean_years=HOME_YEARS),
            min_age=low,
            max_age=high,
            grade=grade,
            role=role,
            family_id=group.main.child.family_id if kind in _UNREGISTERED else "",
            beyond_register=site.authority in COUNCILS and kind in _REGISTERED,
        )

    def _other_council(self, group: StayTogether, site: Site) -> str:
        if site.authority != group.council:
            return site.authority
        near = neighbours(group.council)
        return near[int(self.rng.integers(len(near)))].code

    def _ages(self, group: StayTogether) -> tuple[int, int]:
        fits = [ages for ages in AGES_OF_HOMES if ages[0] <= group.youngest and ages[1] >= group.oldest]
        return fits[int(self.rng.integers(len(fits)))] if fits else (min(5, group.youngest), 17)

    def _category(self, places: int) -> str:
        if places == 1:
            return ("supported_1", "supported_4")[int(self.rng.integers(2))]
        return ("supported_1", "supported_2", "supported_3")[int(self.rng.integers(3))]

    def _opened(self, day: int) -> date:
        return date.fromordinal(day - int(self.rng.integers(1, _OPEN_BEFORE_DAYS)))

    def _stops(self, day: int, *, mean_years: float) -> date:
        return date.fromordinal(day + 1) + timedelta(
            days=int(min(self.rng.exponential(mean_years), 60) * 365)
        )

    def _row(self, area: str, kind: str, sector: str) -> RegisteredHomes | None:
        """Return a row of the register: of the area and sector if there is one, else of the sector, else any."""
        key = (area, kind, sector)
        if key not in self._rows:
            of_kind = [
                row
                for row in registered_homes()
                if row.provision == kind and row.places and not row.short_breaks_only
            ]
            tests: tuple[Callable[[RegisteredHomes], bool], ...] = (
                lambda row: row.authority == area and row.sector == sector,
                lambda row: row.sector == sector,
                lambda _row: True,
            )
            self._rows[key] = next(
                (found for test in tests if (found := [row for row in of_kind if test(row)])), []
            )
        rows = self._rows[key]
        if not rows:
            return None
        weights = np.cumsum([row.number for row in rows])
        return rows[int(np.searchsorted(weights, self.rng.random() * weights[-1], side="right"))]
