"""How many children are expected to start in each year: published, run in, or as in the last years known."""

from __future__ import annotations

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


def usual_starts(authority: str) -> tuple[dict[str, float], float]:
    """Return the mean yearly starts of the last three years published, by age band, and of the unaccompanied."""
    years = YEARS_TAKEN_AS_USUAL
    bands = [starts_by_band(authority, year) for year in years]
    return (
        {band: sum(found[band] for found in bands) / len(years) for band in BANDS},
        sum(unaccompanied_starts(authority, year) for year in years) / len(years),
    )


def planned_arrivals(authority: str, rates: Rates, world: World, until: date, draws: Draws) -> list[Arrival]:
    """Return everybody who will start to be looked after from the first run-in year to a day.

    To the child as published where it is published; by chance, around the last years' mean, after that.
    """
    first = starts_by_band(authority, FIRST_PUBLISHED_YEAR)
    found: list[Arrival] = []
    for year in range(FIRST_RUN_IN_YEAR, until.year + 2):
        if date(year - 1, 4, 1) > until:
            break
        factor = world.starts_factor(year)
        if year < FIRST_PUBLISHED_YEAR:
            run_in = {
                band: first[band] * rates.factor("run_in", band) * rates.factor("run_in", "all")
                for band in BANDS
            }
            bands = shared_out(round(sum(run_in.values())), run_in)
            uasc = unaccompanied_starts(authority, FIRST_PUBLISHED_YEAR)
        elif year <= LAST_PUBLISHED_YEAR:
            mix = starts_by_band(authority, year)
            if year <= 2020:
                early = {band: mix[band] * rates.factor("start_early", band) for band in BANDS}
                mix = shared_out(headline(authority, "starts")[year], early)
            bands = {band: round(count * factor) for band, count in mix.items()}
            uasc = round(unaccompanied_starts(authority, year) * factor)
        else:
            means, mean_uasc = usual_starts(authority)
            bands = {band: draws.poisson(means[band] * factor) for band in BANDS}
            uasc = min(draws.poisson(mean_uasc * factor), bands["16-17"])
        found += arrivals_in_year(year, bands, uasc, draws)
    return found
