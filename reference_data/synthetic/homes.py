"""The homes of the invented partnership before any child is put in them, with the days they open and close.

Children's homes, schools and family centres follow the real register's numbers, sectors, places and grades by
authority. Foster carers, homes further away and supported accommodation come as children need them, in
``whereabouts.py``; a council's own carers grow to the published places in ``fostering_service.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from reference_data.postcode_areas import draw_postcode
from reference_data.synthetic.history import History
from reference_data.synthetic.names import (
    AGENCIES,
    COUNCIL_FOSTERING,
    COUNCIL_SERVICE,
    PARTNERSHIP_PROVIDER,
    home_name,
    household_name,
    provider_of_homes,
)
from reference_data.synthetic.ofsted_places import (
    GROWTH_A_YEAR,
    REGISTER_DATE,
    RegisteredHomes,
    homes_by_year_registered,
    registered_homes,
    share_leaving_a_year,
)
from reference_data.synthetic.sites import Site, site_at

COUNCILS = ("878", "879", "880", "908", "933")
PLYMOUTH = "879"
FIRST_YEAR = 2005
"""Homes that closed before this year are not invented: few stays of a history reach back so far."""

BLOCK_BEDS = 20
"""The most beds of Caring in Partnership (tender notice of 2023)."""

AGES_OF_HOMES = ((8, 17), (8, 17), (10, 17), (7, 17), (6, 17), (5, 17))
SEXES_OF_HOMES = ("any", "any", "any", "any", "any", "any", "F", "M")
"""Limits of age and sex of children's homes: the register of 2023 publishes none, so these are assumed."""

_PROVIDER_CODE = {
    "private": "PR4",
    "voluntary": "PR5",
    "local_authority": "PR1",
    "health": "PR3",
    "academy": "PR3",
}
_TYPE = {
    "childrens_home": "childrens_home",
    "school_registered_as_childrens_home": "childrens_home",
    "residential_school": "residential_school",
    "residential_family_centre": "residential_family_centre",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedHome:
    """One invented home or carers' household.

    Parameters
    ----------
    home_id
        ``DEMO-H879-0001``: the area it stands in, then a number.
    type
        ``vocabulary.PlacementType``, or ``EmergencySetting`` for what may not be offered.
    provider_code
        PLACE_PROVIDER of a child in it: PR1 if its own council places there.
    council
        The council that runs it or approved the carers; empty for others.
    provider, name, urn
        Invented; the URN is the agency's or fostering service's for carers. All URNs have seven figures and
        begin with 99, which no registration does.
    site
        Where it stands.
    places
        Registered or approved; never fewer than the children in it.
    opens_on, closes_on
        First day, and the first day it takes no more children; it stays until the last has left.
    min_age, max_age, sexes
        Limits: whole years, and F, M or any.
    grade
        Ofsted's overall outcome; empty where not inspected or not graded.
    short_breaks_only
        No child lives there.
    block_of
        The council whose block contract it is under; only that council's children are placed there.
    role
        What is particular: ``solo``, ``mockingbird_hub``, ``planned``, ``supported_1`` to ``supported_4`` (the
        category of the regulations), or empty.
    family_id
        The only family it takes: connected carers, and households approved for one large group of siblings.
    exempt
        Approved for four with a written exemption from the usual limit.
    beyond_register
        Made because no home of the register's number had room.
    """

    home_id: str
    type: str
    provider_code: str
    council: str
    provider: str
    name: str
    urn: str
    site: Site
    places: int
    opens_on: date
    closes_on: date | None = None
    min_age: int = 0
    max_age: int = 17
    sexes: str = "any"
    grade: str = ""
    short_breaks_only: bool = False
    block_of: str = ""
    role: str = ""
    family_id: str = ""
    exempt: bool = False
    beyond_register: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Homes in the order in which they were invented."""

    homes: tuple[InventedHome, ...]


class Numbers:
    """Counts homes by area, and URNs: the next id is never one given before."""

    def __init__(self, homes: tuple[InventedHome, ...] = ()) -> None:
        self._by_area: dict[str, int] = {}
        self._urns = 0
        for home in homes:
            self.home_id(home.site.authority)
            self._urns += 1

    def home_id(self, area: str) -> str:
        """Return the next id in an area."""
        number = self._by_area.get(area, 0) + 1
        self._by_area[area] = number
        return f"DEMO-H{area}-{number:04d}"

    def urn(self) -> str:
        """Return the next invented URN of a home."""
        self._urns += 1
        return f"99{self._urns + 10_000:05d}"


def service_urn(council: str) -> str:
    """Return the invented URN of a council's fostering service."""
    return f"9900{council}"


def agency_urn(number: int) -> str:
    """Return the invented URN of the agency at a place in ``names.AGENCIES``."""
    return f"99090{number:02d}"


def invent_homes(histories: Mapping[str, History], *, seed: int) -> Supply:
    """Return the registered homes of the five authorities over time.

    Parameters
    ----------
    histories
        By authority. Only the last day matters here: homes planned for after it are there too.
    """
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0, 41]))
    until = max((history.until for history in histories.values()), default=REGISTER_DATE)
    numbers = Numbers()
    homes: list[InventedHome] = []
    for council in COUNCILS:
        rows = [row for row in registered_homes() if row.authority == council and row.provision in _TYPE]
        for row in rows:
            for _ in range(row.number):
                homes.append(_registered(row, _opening_day(rng), numbers, rng))
        mainstream = [row for row in rows if row.provision == "childrens_home" and not row.short_breaks_only]
        homes += _closed_before_the_register(mainstream, numbers, rng)
        homes += _since_the_register(mainstream, until, numbers, rng)
    homes = _with_closing_days(homes, until, rng)
    homes = _with_block_contract(homes)
    homes += _planned(until, numbers, rng)
    homes += _mockingbird_hubs(until, numbers, rng)
    return Supply(homes=tuple(homes))


def _registered(
    row: RegisteredHomes, opens_on: date, numbers: Numbers, rng: np.random.Generator
) -> InventedHome:
    site = site_at(draw_postcode(row.authority, rng))
    home_id = numbers.home_id(row.authority)
    own = row.sector == "local_authority"
    kind = _TYPE[row.provision]
    low, high = (
        (0, 17) if kind == "residential_family_centre" else AGES_OF_HOMES[rng.integers(len(AGES_OF_HOMES))]
    )
    if kind == "residential_school":
        low, high = 8, 17
    sexes = SEXES_OF_HOMES[rng.integers(len(SEXES_OF_HOMES))] if kind == "childrens_home" else "any"
    if row.short_breaks_only:
        low, high, sexes = 5, 17, "any"
    return InventedHome(
        home_id=home_id,
        type=kind,
        provider_code=_PROVIDER_CODE[row.sector],
        council=row.authority if own else "",
        provider=COUNCIL_SERVICE.format(area=row.authority) if own else provider_of_homes(row.sector, rng),
        name=home_name(kind, home_id, rng),
        urn=numbers.urn(),
        site=site,
        places=row.places,
        opens_on=opens_on,
        min_age=low,
        max_age=high,
        sexes=sexes,
        grade=row.grade,
        short_breaks_only=row.short_breaks_only,
        role="solo" if row.places == 1 and kind == "childrens_home" else "",
    )


def _opening_day(rng: np.random.Generator) -> date:
    """Return a day on which a home of the register was registered, as England's were by year."""
    years = list(homes_by_year_registered())
    weights = np.array(list(homes_by_year_registered().values()), dtype=np.float64)
    year = years[int(np.searchsorted(np.cumsum(weights), rng.random() * weights.sum(), side="right"))]
    last = 89 if year == REGISTER_DATE.year else 364
    return date(year, 1, 1) + timedelta(days=int(rng.integers(last)))


def _closed_before_the_register(
    rows: list[RegisteredHomes], numbers: Numbers, rng: np.random.Generator
) -> list[InventedHome]:
    """Return homes that left the register before its date: as many a year as the share that left in 2022-23."""
    found = []
    standing = sum(row.number for row in rows)
    for year in range(FIRST_YEAR, REGISTER_DATE.year):
        for _ in range(int(rng.poisson(share_leaving_a_year() * standing))):
            closes_on = date(year, 4, 1) + timedelta(days=int(rng.integers(364)))
            opens_on = closes_on - timedelta(days=365 + int(rng.exponential(6 * 365)))
            home = _registered(_one_of(rows, rng), opens_on, numbers, rng)
            found.append(replace(home, closes_on=closes_on))
    return found


def _since_the_register(
    rows: list[RegisteredHomes], until: date, numbers: Numbers, rng: np.random.Generator
) -> list[InventedHome]:
    """Return homes that joined after the register's date: net growth, and one for each that leaves."""
    found = []
    standing = float(sum(row.number for row in rows))
    day = REGISTER_DATE + timedelta(days=1)
    while day < until + timedelta(days=180):
        growth = GROWTH_A_YEAR.get(day.year, GROWTH_A_YEAR[max(GROWTH_A_YEAR)])
        for _ in range(int(rng.poisson(standing * (growth + share_leaving_a_year())))):
            opens_on = day + timedelta(days=int(rng.integers(365)))
            if opens_on > until + timedelta(days=180):
                continue
            home = _registered(_one_of(rows, rng), opens_on, numbers, rng)
            new = until - opens_on < timedelta(days=240)
            found.append(
                replace(
                    home, grade="" if new else home.grade, role=home.role if opens_on <= until else "planned"
                )
            )
        standing *= 1 + growth
        day = day.replace(year=day.year + 1)
    return found


def _one_of(rows: list[RegisteredHomes], rng: np.random.Generator) -> RegisteredHomes:
    weights = np.cumsum([row.number for row in rows])
    return rows[int(np.searchsorted(weights, rng.random() * weights[-1], side="right"))]


def _with_closing_days(
    homes: list[InventedHome], until: date, rng: np.random.Generator
) -> list[InventedHome]:
    """Give each home that outlived the register a day to close on, by England's rate; most are after the end."""
    found = []
    for home in homes:
        if home.closes_on is None and home.type == "childrens_home":
            years = float(rng.exponential(1 / share_leaving_a_year()))
            first = max(REGISTER_DATE, home.opens_on + timedelta(days=365))
            closes_on = first + timedelta(days=int(min(years, 40) * 365))
            home = replace(home, closes_on=closes_on if closes_on < until + timedelta(days=90) else None)
        found.append(home)
    return found


def _with_block_contract(homes: list[InventedHome]) -> list[InventedHome]:
    """Put private homes in Plymouth under Caring in Partnership until its beds and those planned make 20."""
    beds = _SOLO_PLACES + _THREE_PLACES
    found = []
    for home in homes:
        fits = (
            home.site.authority == PLYMOUTH
            and home.provider_code == "PR4"
            and home.type == "childrens_home"
            and home.closes_on is None
            and home.role != "planned"
            and home.opens_on <= REGISTER_DATE
            and beds + home.places <= BLOCK_BEDS
        )
        if fits:
            beds += home.places
            home = replace(home, block_of=PLYMOUTH, provider=PARTNERSHIP_PROVIDER)
        found.append(home)
    return found


_SOLO_PLACES = 1
_THREE_PLACES = 3
_CRISIS_PLACES = 4


def _planned(until: date, numbers: Numbers, rng: np.random.Generator) -> list[InventedHome]:
    """Return what Plymouth plans: a solo home, a three-bed home and four crisis beds for 16-17.

    The plan is that of 2019 (a solo home in July, three beds in the autumn, up to four crisis beds by October),
    moved to the year of the partnership's date.
    """
    plans = (
        ("childrens_home", "solo home", _SOLO_PLACES, 35, 10, "solo"),
        ("childrens_home", "three beds", _THREE_PLACES, 112, 11, "planned"),
        ("crisis_accommodation", "four crisis beds", _CRISIS_PLACES, 108, 16, "planned"),
    )
    found = []
    for kind, words, places, in_days, youngest, role in plans:
        home_id = numbers.home_id(PLYMOUTH)
        found.append(
            InventedHome(
                home_id=home_id,
                type=kind,
                provider_code="PR4",
                council="",
                provider=PARTNERSHIP_PROVIDER
                if kind == "childrens_home"
                else provider_of_homes("voluntary", rng),
                name=home_name(kind, home_id, rng).replace(" (invented)", f", {words} (invented)"),
                urn=numbers.urn(),
                site=site_at(draw_postcode(PLYMOUTH, rng)),
                places=places,
                opens_on=until + timedelta(days=in_days),
                min_age=youngest,
                block_of=PLYMOUTH,
                role=role,
            )
        )
    return found


MOCKINGBIRD_HUBS = {"879": 1, "878": 5}
"""Constellations: Plymouth's first, and Devon's five, as the councils have published."""


def _mockingbird_hubs(until: date, numbers: Numbers, rng: np.random.Generator) -> list[InventedHome]:
    """Return hub households: sleepovers and respite for six to ten satellite families, and no child's home."""
    found = []
    for council, count in MOCKINGBIRD_HUBS.items():
        for _ in range(count):
            home_id = numbers.home_id(council)
            found.append(
                InventedHome(
                    home_id=home_id,
                    type="in_house_foster_carer",
                    provider_code="PR1",
                    council=council,
                    provider=COUNCIL_FOSTERING.format(area=council),
                    name=household_name(home_id, rng),
                    urn=service_urn(council),
                    site=site_at(draw_postcode(council, rng)),
                    places=2,
                    opens_on=until - timedelta(days=int(rng.integers(300, 1_500))),
                    role="mockingbird_hub",
                )
            )
    return found


def agency_for(sector: str, rng: np.random.Generator) -> tuple[str, str]:
    """Return the name and URN of an invented fostering agency of a sector, private or voluntary."""
    known = [number for number, (_, its_sector) in enumerate(AGENCIES) if its_sector == sector]
    number = known[int(rng.integers(len(known)))]
    return AGENCIES[number][0], agency_urn(number)
