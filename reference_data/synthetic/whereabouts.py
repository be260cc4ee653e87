"""In which home every placement was: the stays of all the councils' children, in order of their first day.

Children who must be together get one home. A home is taken that stands where the placement's locality says, is
of the right kind and provider, has opened and not closed, takes children of that age and sex and has a place on
every day of the stay. Where no home fits, one is made: carers for a family, a home further away, or one more
beside those of the register, which says of itself that it is ``beyond_register``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, pairwise

import numpy as np

from reference_data.postcode_areas import SCOTLAND, WALES
from reference_data.postcodes import Place, distance_miles, locate
from reference_data.synthetic.fostering_service import (
    OWN_CARERS_DECAY_MILES,
    FosteringService,
    wanted_sites,
)
from reference_data.synthetic.history import History, Whereabouts
from reference_data.synthetic.homes import COUNCILS, InventedHome, Numbers, Supply
from reference_data.synthetic.homes_made import USUAL_LIMIT, Maker
from reference_data.synthetic.occupancy import Occupancy, areas_as_table
from reference_data.synthetic.sites import FAR_MILES, Site, Sites, Where, site_at, where
from reference_data.synthetic.together import Stay, StayTogether, is_temporary, stays_together

KINSHIP = frozenset({"U1", "U2", "U3"})
CARERS = frozenset({"U4", "U5", "U6", "A3", "A5"})
"""Carers not known to the child before; A3 and A5 are adoption by the carers the child is with."""

TYPE_OF_PLACE = {
    "K1": "secure_childrens_home",
    "K2": "childrens_home",
    "K3": "supported_accommodation",
    "H5": "supported_accommodation",
    "S1": "residential_school",
    "R3": "residential_family_centre",
    "Z1": "unregistered_home",
    "Z11": "unassessed_friend",
    "Z12": "unregistered_home",
    "Z13": "unregistered_home",
    "Z14": "unregistered_supported_accommodation",
}
"""What the return means by Z11 to Z14 has not been published; each is recorded as a place never to be offered."""

_NO_URN = frozenset({"unregistered_home", "unassessed_friend", "unregistered_supported_accommodation"})
_ADOPTERS = frozenset({"A4", "A6"})
NUMBER_OF_A_REGIONAL_AGENCY = "XXXXXXX"
"""What the return writes for adopters of a regional adoption agency: all five councils adopt through one."""
_DECAY_MILES = {
    (True, "PR1"): OWN_CARERS_DECAY_MILES,
    (True, ""): OWN_CARERS_DECAY_MILES,
    (True, "PR2"): 40.0,
    (True, "PR4"): 40.0,
    (True, "PR5"): 40.0,
}
# Carers are found nearer than children's homes; by how much is not published.
_PARENTS_AT_HOME = 0.6
# Share of children placed with parents nearby who are at the address they came from; the rest have moved.
_PARTNER_AREA_FIRST = {True: 0.5, False: 0.35}
# How often a home over 20 miles away, carers or not, is looked for in the five authorities before elsewhere.
# Of Plymouth's children 13% live outside Devon and Cornwall (the city's figure of 2025); these shares give that.
_FIVE_AREAS = areas_as_table(COUNCILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Housing:
    """Where everybody was.

    Parameters
    ----------
    supply
        All homes: those given and those made.
    whereabouts
        By (authority, placement_id), one for every placement.
    not_as_asked
        Placements whose locality the map cannot give: over 20 miles inside a small city, or up to 20 miles and
        outside from the far end of a peninsula. They are inside or outside as asked, at another distance.
    """

    supply: Supply
    whereabouts: dict[tuple[str, int], Whereabouts]
    not_as_asked: frozenset[tuple[str, int]]


def house(histories: Mapping[str, History], supply: Supply, *, seed: int) -> Housing:
    """Return the home of every placement of every history, and the homes there are at the end.

    The same histories, supply and seed give the same answer, in whatever order the histories are given.
    """
    return _House(histories, supply, seed).everybody()


class _House:
    """What is known while children are housed, day by day."""

    def __init__(self, histories: Mapping[str, History], supply: Supply, seed: int) -> None:
        self.rng = np.random.default_rng(np.random.SeedSequence([seed, 0, 42]))
        self.histories = {code: histories[code] for code in sorted(histories)}
        self.sites = Sites(rng=self.rng)
        self.maker = Maker(rng=self.rng, numbers=Numbers(supply.homes))
        self.places: dict[str, Place | None] = {
            child.child_id: locate(child.home_postcode) if child.home_postcode else None
            for history in self.histories.values()
            for child in history.children
        }
        self.kinds: dict[tuple[str, str], Occupancy] = {}
        for home in supply.homes:
            self._add(home)
        self.services = [self._service(code) for code in sorted({*COUNCILS, *self.histories})]
        self.whereabouts: dict[tuple[str, int], Whereabouts] = {}
        self.not_as_asked: set[tuple[str, int]] = set()
        self.addresses: dict[tuple[str, str], Site | None] = {}
        self.localities: dict[tuple[str, str], Where] = {}
        self.next_to = {
            code: _placements_next_to_each_other(history) for code, history in self.histories.items()
        }

    def everybody(self) -> Housing:
        groups = sorted(
            chain.from_iterable(stays_together(history) for history in self.histories.values()),
            key=lambda group: (group.start, group.council, group.stays[0].placement.placement_id),
        )
        if groups:
            until = max(history.until for history in self.histories.values())
            months = _months(date.fromordinal(groups[0].start), until)
            month = next(months, None)
            for group in groups:
                while month is not None and month.toordinal() <= group.start:
                    self._begin(month)
                    month = next(months, None)
                self._house(group)
            while month is not None:
                self._begin(month)
                month = next(months, None)
        homes = tuple(home for kind in sorted(self.kinds) for home in self.kinds[kind].homes)
        return Housing(
            supply=Supply(homes=homes),
            whereabouts=self.whereabouts,
            not_as_asked=frozenset(self.not_as_asked),
        )

    def _begin(self, month: date) -> None:
        for service in self.services:
            service.begin_month(month)

    def _service(self, council: str) -> FosteringService:
        history = self.histories.get(council)
        return FosteringService(
            council=council,
            occupancy=self._of("in_house_foster_carer", council),
            numbers=self.maker.numbers,
            sites=self.sites,
            rng=self.rng,
            wanted_at=wanted_sites(history, self.places) if history else (),
        )

    def _of(self, kind: str, owner: str) -> Occupancy:
        return self.kinds.setdefault((kind, owner), Occupancy())

    def _add(self, home: InventedHome) -> tuple[Occupancy, int]:
        occupancy = self._of(home.type, home.council or home.provider_code)
        return occupancy, occupancy.add(home)

    def _house(self, group: StayTogether) -> None:
        asked = [self.sites.nearest_to(group.council, one) for one in self._asked(group)]
        home = self._home_for(group, asked)
        for stay in group.stays:
            if home is None or is_temporary(stay.placement):
                written = self._without_a_home(group.council, stay)
            else:
                written = self._at(home, stay)
                if not _stands(home.site, group.council, self._where(stay)):
                    self.not_as_asked.add((group.council, written.placement_id))
            self.whereabouts[group.council, written.placement_id] = written

    def _next_to(self, council: str, stays: Iterable[Stay]) -> set[Whereabouts]:
        """Return where the children are known to be just before and just after: nobody moves to where it is."""
        inside = {stay.placement.placement_id for stay in stays}
        near = chain.from_iterable(self.next_to[council].get(number, ()) for number in inside)
        known = (self.whereabouts.get((council, number)) for number in near if number not in inside)
        return {one for one in known if one is not None}

    def _place(self, stay: Stay) -> Place | None:
        return self.places[stay.child.child_id]

    def _where(self, stay: Stay) -> Where:
        """Return what the locality of a stay asks; most are asked again, by the next stay of a child."""
        key = (stay.placement.locality, stay.child.home_postcode)
        if key not in self.localities:
            self.localities[key] = where(key[0], self._place(stay))
        return self.localities[key]

    def _asked(self, group: StayTogether) -> list[Where]:
        """Return what the stays ask of the place, each different thing once."""
        settled = [stay for stay in group.stays if not is_temporary(stay.placement)]
        found = {(stay.placement.locality, stay.child.home_postcode): stay for stay in settled}
        return [self._where(stay) for stay in found.values()]

    def _home_for(self, group: StayTogether, asked: list[Where]) -> InventedHome | None:
        placement = group.main.placement
        if placement.place in KINSHIP:
            made = self.maker.connected_carers(group, self._site(group, asked))
        else:
            kind = self._kind(group)
            if kind is None:
                return None
            found = self._found(group, asked, kind)
            if found is not None:
                return found
            made = self._made(group, asked, kind)
        occupancy, index = self._add(made)
        occupancy.take(index, group)
        return made

    def _kind(self, group: StayTogether) -> str | None:
        placement = group.main.placement
        if placement.place not in CARERS:
            return TYPE_OF_PLACE.get(placement.place)
        agency = placement.provider in {"PR4", "PR5"}
        return "agency_foster_carer" if agency else "in_house_foster_carer"

    def _found(self, group: StayTogether, asked: list[Where], kind: str) -> InventedHome | None:
        """Return a home there is, with the children in it, or ``None``."""
        if kind.startswith("un"):
            return None
        left = {one.home_id for one in self._next_to(group.council, group.stays)}
        for owner in self._owners(group):
            occupancy = self.kinds.get((kind, owner))
            if occupancy is None:
                continue
            fitting = occupancy.fitting(group, asked)
            fitting = fitting[self.rng.permutation(len(fitting))]
            if any(one.far for one in asked) and not asked[0].inside:
                here = occupancy.in_areas(fitting, _FIVE_AREAS)
                first = here if self.rng.random() < _PARTNER_AREA_FIRST[kind.endswith("carer")] else ~here
                fitting = np.concatenate([fitting[first], fitting[~first]])
            candidates: list[int] = fitting.tolist()
            for index in candidates:
                if occupancy.homes[index].home_id not in left and occupancy.has_room(index, group):
                    occupancy.take(index, group)
                    return occupancy.homes[index]
        return None

    def _owners(self, group: StayTogether) -> list[str]:
        provider = group.main.placement.provider or ("PR1" if group.main.placement.place in CARERS else "PR4")
        if provider == "PR1":
            return [group.council]
        if provider == "PR2":
            others = sorted({owner for _, owner in self.kinds if owner.isdigit() and owner != group.council})
            return [others[index] for index in self.rng.permutation(len(others))]
        return [provider]

    def _made(self, group: StayTogether, asked: list[Where], kind: str) -> InventedHome:
        placement = group.main.placement
        if placement.provider == "PR2" and placement.place in CARERS:
            return self.maker.other_councils_carers(group, self._site(group, asked))
        if kind == "in_house_foster_carer":
            many = group.most_at_once > USUAL_LIMIT
            service = next(service for service in self.services if service.council == group.council)
            return service.join(
                date.fromordinal(group.start),
                site=self._site(group, asked),
                youngest=group.youngest,
                oldest=group.oldest,
                places=group.most_at_once,
                family_id=group.main.child.family_id if many else "",
            )
        site = self._site(group, asked)
        if kind == "agency_foster_carer":
            return self.maker.agency_carers(group, site, placement.provider)
        return self.maker.home(group, site, kind, placement.provider)

    def _site(self, group: StayTogether, asked: list[Where]) -> Site:
        """Return a site as asked by the first stay, or the nearest to it that the map has."""
        first = asked[0] if asked else Where(inside=True, far=None, home=None)
        anywhere = Where(inside=first.inside, far=None, home=None)
        decay = _DECAY_MILES.get((group.main.placement.place in CARERS, group.main.placement.provider))
        site = self.sites.draw(group.council, first, decay_miles=decay) or self.sites.draw(
            group.council, anywhere
        )
        if site is None:
            raise ValueError("every authority has postcodes, and so has every other")
        return site

    def _at(self, home: InventedHome, stay: Stay) -> Whereabouts:
        abroad = home.site.authority in {WALES, SCOTLAND}
        return Whereabouts(
            placement_id=stay.placement.placement_id,
            home_id=home.home_id,
            urn="" if abroad or home.type in _NO_URN else home.urn,
            postcode="" if self._unrecorded(stay) else home.site.postcode,
            authority=home.site.authority,
        )

    def _unrecorded(self, stay: Stay) -> bool:
        """Say whether the placement's postcode is why its distance is unknown; else the home's is missing."""
        return stay.placement.locality.endswith("unknown") and self._place(stay) is not None

    def _without_a_home(self, council: str, stay: Stay) -> Whereabouts:
        """Return the whereabouts of a child with parents or adopters, in hospital, in custody, or living alone."""
        site = None if self._unrecorded(stay) else self._address(council, stay)
        return Whereabouts(
            placement_id=stay.placement.placement_id,
            home_id="",
            urn=NUMBER_OF_A_REGIONAL_AGENCY if stay.placement.place in _ADOPTERS else "",
            postcode=site.postcode if site else "",
            authority=site.authority if site else "",
        )

    def _address(self, council: str, stay: Stay) -> Site | None:
        placement, asked = stay.placement, self._where(stay)
        # One family's parents, and one child's adopters, stay at one address for all its stays of one locality.
        whose = (
            stay.child.family_id if placement.place == "P1" else f"{stay.child.child_id} {placement.place}"
        )
        left = {one.postcode for one in self._next_to(council, [stay]) if not one.home_id}
        key = (whose, placement.locality)
        known = self.addresses.get(key)
        if known is not None and known.postcode in left and not placement.same_carer:
            # From one parent to the other, or to other adopters: the address of the move is another.
            key = (f"{whose} {placement.placement_id}", placement.locality)
            self.addresses[key] = self.sites.draw(council, self.sites.nearest_to(council, asked))
            self.addresses[whose, placement.locality] = self.addresses[key]
        elif known is None:
            at_home = placement.place == "P1" and asked.inside and asked.far is False
            if at_home and self.rng.random() < _PARENTS_AT_HOME:
                self.addresses[key] = site_at(stay.child.home_postcode)
            else:
                self.addresses[key] = self.sites.draw(council, self.sites.nearest_to(council, asked))
        site = self.addresses[key]
        if site is None or not _stands(site, council, asked):
            self.not_as_asked.add((council, placement.placement_id))
        return site


def _stands(site: Site, council: str, asked: Where) -> bool:
    if (site.authority == council) != asked.inside:
        return False
    if asked.home is None or asked.far is None:
        return True
    there = Place(easting=site.easting, northing=site.northing, authority_code=site.authority, gss_code="")
    return (distance_miles(there, asked.home) > FAR_MILES) == asked.far


def _placements_next_to_each_other(history: History) -> dict[int, tuple[int, ...]]:
    """Return for each placement the numbers of the child's placements that it follows and that follow it at once."""
    found: dict[int, tuple[int, ...]] = {}
    placements = sorted(history.placements, key=lambda one: (one.child_id, one.started_on, one.placement_id))
    for before, after in pairwise(placements):
        if before.child_id == after.child_id and before.ended_on == after.started_on:
            for one, other in ((before, after), (after, before)):
                found[one.placement_id] = (*found.get(one.placement_id, ()), other.placement_id)
    return found


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)
