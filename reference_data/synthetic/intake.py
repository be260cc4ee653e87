"""How many children start to be looked after in each year: published, run in, or as in the last years known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.families import Arrival, arrivals_in_year
from reference_data.synthetic.rates import Rates
from reference_data.synthetic.targets import (
    BANDS,
    headline,
    shared_out,
    starts_by_band,
    unaccompanied_starts,
)
from reference_data.synthetic.worlds import World

FIRST_RUN_IN_YEAR = 2006
"""Nobody is in care before 1 April 2005; ten years later the long stays have filled up."""
FIRST_PUBLISHED_YEAR, LAST_PUBLISHED_YEAR = 2016, 2025
YEARS_TAKEN_AS_USUAL = (2023, 2024, 2025)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The law by which children start to be looked after.

    Parameters
    ----------
    authority
        Whose published starts it goes by.
    scale
        How much larger an invented council is than the authority it is like.
    published
        The years published are kept to the child; otherwise every year is drawn by chance around the mean of
        the last three published.
    """

    authority: str
    scale: float = 1.0
    published: bool = True

    def expected(self, year: int, world: World, rates: Rates) -> tuple[dict[str, float], float]:
        """Return the starts expected in the year ending 31 March, by age band, and of those who came alone."""
        factor = self.scale * world.starts_factor(year)
        if not self.published or year > LAST_PUBLISHED_YEAR:
            bands, alone = usual_starts(self.authority)
        elif year < FIRST_PUBLISHED_YEAR:
            first = starts_by_band(self.authority, FIRST_PUBLISHED_YEAR)
            bands = {
                band: first[band] * rates.factor("run_in", band) * rates.factor("run_in", "all")
                for band in BANDS
            }
            alone = unaccompanied_starts(self.authority, FIRST_PUBLISHED_YEAR)
        else:
            counted = starts_by_band(self.authority, year)
            if year <= 2020:
                early = {band: counted[band] * rates.factor("start_early", band) for band in BANDS}
                counted = shared_out(headline(self.authority, "starts")[year], early)
            bands = {band: float(count) for band, count in counted.items()}
            alone = unaccompanied_starts(self.authority, year)
        return {band: mean * factor for band, mean in bands.items()}, alone * factor

    def is_known(self, year: int) -> bool:
        """Say whether the numbers of a year are kept to the child."""
        return self.published and year <= LAST_PUBLISHED_YEAR


def usual_starts(authority: str) -> tuple[dict[str, float], float]:
    """Return the mean yearly starts of the last three years published, by age band, and of those who came alone."""
    years = YEARS_TAKEN_AS_USUAL
    bands = [starts_by_band(authority, year) for year in years]
    return (
        {band: sum(found[band] for found in bands) / len(years) for band in BANDS},
        sum(unaccompanied_starts(authority, year) for year in years) / len(years),
    )


def planned_arrivals(
    intake: Intake,
    rates: Rates,
    world: World,
    draws: Draws,
    *,
    until: date,
    after: date | None = None,
) -> list[Arrival]:
    """Return everybody who will start to be looked after up to a day.

    Parameters
    ----------
    after
        Only those who start after this day, and by chance even where the year is published: for a future nobody
        knows yet. ``None`` starts with the run-in.
    """
    found: list[Arrival] = []
    first_year = FIRST_RUN_IN_YEAR if after is None else after.year
    for year in range(first_year, until.year + 2):
        if date(year - 1, 4, 1) > until:
            break
        means, mean_alone = intake.expected(year, world, rates)
        if after is None and (intake.is_known(year) or year < FIRST_PUBLISHED_YEAR):
            bands = shared_out(round(sum(means.values())), means)
            alone = round(mean_alone)
        else:
            bands = {band: draws.poisson(means[band]) for band in BANDS}
            alone = draws.poisson(mean_alone)
        found += arrivals_in_year(year, bands, _at_most(alone, bands), draws)
    first = 0 if after is None else after.toordinal() + 1
    return [arrival for arrival in found if first <= arrival.day]


def _at_most(alone: int, bands: Mapping[str, int]) -> int:
    return min(alone, bands["16-17"] + bands["10-15"])
