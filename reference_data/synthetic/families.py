"""Who comes into care: how many in each year, which brothers and sisters together, and what each child is like.

In the years published, exactly as many start in each age band as the department counted. What then happens to
them is in ``careers.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from reference_data.postcode_areas import postcodes_in
from reference_data.synthetic.draws import Draws, running
from reference_data.synthetic.history import Child
from reference_data.synthetic.lives import year_ending
from reference_data.synthetic.rates import Rates
from reference_data.synthetic.targets import BANDS, counts

YEAR_DAYS = 365.25
BAND_YEARS = {
    "0": (0.0, 1.0),
    "1-4": (1.0, 5.0),
    "5-9": (5.0, 10.0),
    "10-15": (10.0, 16.0),
    "16-17": (16.0, 18.0),
}
_FAMILY_SIZES = running([0.60, 0.22, 0.11, 0.045, 0.017, 0.008])
_YEARS_BETWEEN_BIRTHS = 0.85
_FIRST_YEAR_OF_SEXES = 2021
"""Before it the sex of those who started is not published: it has a factor of its own, held to who was left in 2021."""
_ETHNIC_CODES: Mapping[str, tuple[tuple[str, ...], list[float]]] = {
    "white": (("WBRI", "WOTH", "WROM", "WIRI", "WIRT"), running([93, 4, 1, 1, 1])),
    "mixed": (("MWBC", "MWBA", "MWAS", "MOTH"), running([35, 15, 20, 30])),
    "asian": (("AOTH", "AIND", "APKN", "ABAN"), running([50, 20, 20, 10])),
    "black": (("BAFR", "BCRB", "BOTH"), running([75, 10, 15])),
    "other": (("OOTH", "CHNE"), running([95, 5])),
    "not_known": (("NOBT", "REFU"), running([80, 20])),
}
_UNACCOMPANIED_ETHNICITY = (("OOTH", "BAFR", "AOTH", "WOTH", "BOTH"), running([45, 28, 13, 9, 5]))
_UNACCOMPANIED_NEED = (("N8", "N4", "N1"), running([92, 4, 4]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Children who start to be looked after together on a day.

    Parameters
    ----------
    day
        Proleptic ordinal of the day.
    bands
        The age band of each.
    uasc
        A young person who came alone.
    """

    day: int
    bands: tuple[str, ...]
    uasc: bool


def arrivals_in_year(year: int, bands: Mapping[str, int], uasc: int, draws: Draws) -> list[Arrival]:
    """Return the arrivals of the year ending 31 March, in order of the day.

    Parameters
    ----------
    year
        The year in which it ends.
    bands
        Children starting by age band, unaccompanied young people among them.
    uasc
        How many of them are unaccompanied; most are 16 or 17, the others 14 or 15.
    """
    left = dict(bands)
    oldest = min(round(uasc * 0.78), left["16-17"])
    younger = min(uasc - oldest, left["10-15"])
    oldest = min(uasc - younger, left["16-17"])
    left["16-17"] -= oldest
    left["10-15"] -= younger
    first, last = date(year - 1, 4, 1).toordinal(), date(year, 3, 31).toordinal()
    days = last - first + 1
    together = [(band,) for band in ["16-17"] * oldest + ["10-15"] * younger]
    found = [Arrival(day=first + draws.below(days), bands=bands, uasc=True) for bands in together]
    slots = [band for band in BANDS for _ in range(left[band])]
    draws.shuffle(slots)
    while slots:
        size = min(draws.pick(_FAMILY_SIZES) + 1, len(slots))
        group = [slots.pop()]
        while len(group) < size:
            group.append(slots.pop(_near(slots, group[0], draws)))
        found.append(Arrival(day=first + draws.below(days), bands=tuple(sorted(group)), uasc=False))
    return sorted(found, key=lambda arrival: (arrival.day, arrival.bands))


def _near(slots: list[str], band: str, draws: Draws) -> int:
    """Return the position of a slot for a brother or sister: mostly of the same or the next age band."""
    here = BANDS.index(band)
    for _ in range(6):
        position = draws.below(len(slots))
        apart = abs(BANDS.index(slots[position]) - here)
        # Under 1 is one year wide: two in one family are twins.
        chance = (0.04 if band == "0" else 1.0) if apart == 0 else (0.7, 0.25, 0.08, 0.02)[apart - 1]
        if draws.uniform() < chance:
            return position
    return draws.below(len(slots))


def ages_of(bands: tuple[str, ...], uasc: bool, draws: Draws, young: float = 1.0) -> list[int]:
    """Return the ages in days of children who start together, each within its band.

    Parameters
    ----------
    young
        Above 1 those who came alone are younger than usual.
    """
    ages: list[float] = []
    for band in bands:
        age = _age(band, uasc, draws, young)
        for _ in range(12):
            # Twins share an age to the day; otherwise births lie at least this far apart.
            if all(abs(age - other) >= _YEARS_BETWEEN_BIRTHS for other in ages):
                break
            age = _age(band, uasc, draws, young)
        ages.append(age)
    return [int(age * YEAR_DAYS) for age in ages]


def _age(band: str, uasc: bool, draws: Draws, young: float) -> float:
    low, high = BAND_YEARS[band]
    u = draws.uniform()
    if band == "0":
        # More than half of those under 1 come in their first two weeks.
        return u * 0.07 if draws.uniform() < 0.55 else 0.04 + u * 0.95
    if uasc:
        return 14.3 + u * 1.69 if band == "10-15" else 16.01 + float(u**young) * 1.75
    if band == "10-15":
        return low + (high - low) * float(u**0.75) * 0.998 + 0.005
    if band == "16-17":
        return low + 1.85 * float(u**1.3) + 0.01
    return low + (high - low) * u * 0.998 + 0.002


class Inventor:
    """Invents the children of one authority, numbering them as they come.

    Parameters
    ----------
    authority
        Whose children they are.
    rates
        The authority's rates: they also hold which reasons for care and which sex are how common.
    draws
        The stream of random numbers.
    after
        Numbers up to this one are taken.
    """

    def __init__(self, authority: str, rates: Rates, draws: Draws, after: int = 0) -> None:
        self._authority = authority
        self._rates = rates
        self._draws = draws
        self._children = after
        self._families = after
        self._ethnicity = _ethnicities(authority)
        self._postcodes = postcodes_in(authority).postcode

    def family(self, day: int, bands: tuple[str, ...], uasc: bool) -> list[Child]:
        """Return the children of a family on the day they come into care, oldest last."""
        self._families += 1
        family_id = f"DEMO-F{self._authority}-{self._families:05d}"
        draws = self._draws
        postcode = "" if uasc else str(self._postcodes[draws.below(len(self._postcodes))])
        ethnicity = self._drawn_ethnicity(uasc)
        need = self._drawn_need(bands[-1], uasc)
        burden = draws.normal()
        young = self._rates.factor("start", "unaccompanied_young")
        early = year_ending(day) < _FIRST_YEAR_OF_SEXES
        return [
            self._child(family_id, day - age, band, uasc, ethnicity, need, postcode, burden, early)
            for age, band in zip(ages_of(bands, uasc, draws, young), bands, strict=True)
        ]

    @staticmethod
    def with_disability(child: Child) -> Child:
        """Return a child as one who needs short breaks because of a disability."""
        return replace(child, disabled=True, category_of_need="N2")

    def _drawn_ethnicity(self, uasc: bool) -> str:
        codes: tuple[str, ...]
        if uasc:
            codes, weights = _UNACCOMPANIED_ETHNICITY
        else:
            group = self._ethnicity[0][self._draws.pick(self._ethnicity[1])]
            codes, weights = _ETHNIC_CODES[group]
        return codes[self._draws.pick(weights)]

    def _drawn_need(self, band: str, uasc: bool) -> str:
        codes, weights = (
            _UNACCOMPANIED_NEED if uasc else self._rates.by_band("need_by_band", "start_need", band)
        )
        return codes[self._draws.pick(weights)]

    def _child(
        self,
        family_id: str,
        born: int,
        band: str,
        uasc: bool,
        ethnicity: str,
        need: str,
        postcode: str,
        burden: float,
        early: bool,
    ) -> Child:
        draws = self._draws
        self._children += 1
        disabled = draws.uniform() < (0.9 if need == "N2" else 0.02 if uasc else 0.07)
        own = 0.55 * burden + 0.835 * draws.normal()
        needs = true_needs(band, uasc, need, disabled, own, draws)
        spread = 0.55 * self._rates.factor("start", "frailty_spread")
        frailty = 2.718281828 ** (spread * (0.65 * own + 0.76 * draws.normal()) - spread**2 / 2)
        male = 0.95 if uasc else self._rates.factor("start", "male_early" if early else "male") / 2
        return Child(
            child_id=f"DEMO-{self._authority}-{self._children:05d}",
            authority=self._authority,
            family_id=family_id,
            date_of_birth=date.fromordinal(born),
            sex="M" if draws.uniform() < male else "F",
            ethnicity=ethnicity,
            uasc=uasc,
            disabled=disabled,
            home_postcode=postcode,
            category_of_need=need,
            needs=needs,
            frailty=round(min(frailty, 12.0), 4),
        )


def true_needs(
    band: str, uasc: bool, need: str, disabled: bool, own: float, draws: Draws
) -> tuple[int, int, int, int, int]:
    """Return the five true needs, 0-100, in the order of ``NEED_DOMAINS``.

    They share one burden of the child's (two thirds of the spread), rise with age, and lean with the reason
    for care.
    """
    older = {"0": -14.0, "1-4": -8.0, "5-9": 0.0, "10-15": 8.0, "16-17": 6.0}[band]
    means = [38.0 + older, 44.0 + older * 0.6, 44.0 + older * 0.5, 32.0 + older * 1.2, 34.0 + older * 0.4]
    if need == "N6":
        means[0] += 14
        means[3] += 16
    if need == "N2" or disabled:
        means[4] += 22
        means[0] += 6
    if need == "N1":
        means[1] += 4
        means[2] += 3
    if uasc:
        means = [20.0, 42.0, 30.0, 30.0, 26.0]
    one, two, three, four, five = (
        round(min(max(mean + 17.0 * (0.81 * own + 0.58 * draws.normal()), 0.0), 100.0)) for mean in means
    )
    return one, two, three, four, five


@cache
def _ethnicities(authority: str) -> tuple[tuple[str, ...], list[float]]:
    """Return the ethnic groups of children who did not come alone, as looked after in 2025.

    Those who came alone are nearly all Asian, Black or of another ethnic group: a third of these groups is
    left when they are taken away.
    """
    mix = counts("stock_by_ethnicity", authority, 2025)
    weights = {
        key: value * (0.33 if key in ("asian", "black", "other") else 1.0) for key, value in mix.items()
    }
    return tuple(weights), running(list(weights.values()))
