"""What the invented children are held to: the published totals of one authority, made complete.

A number the department suppressed lies between 1 and 5, so what a table's total leaves over is shared out among
its suppressed cells. Such a filled cell steers the calibration and is never printed as published.
"""

from __future__ import annotations

from collections.abc import Mapping

from reference_data.problems import NotFound
from reference_data.published import annual_figures, flows_by_age, on_31_march
from reference_data.published_flows import children_by

AUTHORITIES = ("878", "879", "880", "908", "933")
"""Devon, Plymouth, Torbay, Cornwall, Somerset."""

BANDS = ("0", "1-4", "5-9", "10-15", "16-17")
PUBLISHED_YEARS = (2021, 2022, 2023, 2024, 2025)
KINSHIP_SHARE_OF_FOSTERING = 0.24
"""England, 31 March 2024: 13,670 of 56,390 fostered children live with relatives or friends. No authority's own
figure is published in these tables."""
SUPPRESSED_MEAN = 3.0
"""A suppressed number where its table's total is not known either: the middle of 1 to 5."""


def filled(
    published: Mapping[str, int | None], like: Mapping[str, int | None] | None = None
) -> dict[str, float]:
    """Return a table with each suppressed cell filled from what its total leaves over.

    Parameters
    ----------
    published
        Numbers by characteristic, ``None`` where suppressed, with a ``total``.
    like
        The same table of a larger area: what is left over is shared out in its proportions, because a cell
        may be suppressed only to hide another. ``None`` shares it out evenly.
    """
    parts = {key: value for key, value in published.items() if key != "total"}
    hidden = [key for key, value in parts.items() if value is None]
    known = sum(value for value in parts.values() if value is not None)
    total = published.get("total")
    left = max((total or 0) - known, 0) if total is not None else SUPPRESSED_MEAN * len(hidden)
    weights = {key: float((like or {}).get(key) or 1) for key in hidden}
    whole = sum(weights.values())
    return {
        key: float(value) if value is not None else left * weights[key] / whole
        for key, value in parts.items()
    }


def summed(subject: str, authority: str, years: tuple[int, ...]) -> dict[str, float]:
    """Return a table of ``published_flows.SUBJECTS``, or ``starts`` or ``ceases`` by age, summed over years."""
    total: dict[str, float] = {}
    for year in years:
        by_age = subject in ("starts", "ceases")
        table = by_band(authority, subject, year) if by_age else counts(subject, authority, year)
        for key, value in table.items():
            total[key] = total.get(key, 0.0) + value
    return total


def by_band(authority: str, measure: str, year: int) -> dict[str, float]:
    """Return ``starts`` or ``ceases`` by age."""
    return filled(flows_by_age(authority, measure, year), flows_by_age("england", measure, year))


def headline(authority: str, measure: str) -> dict[int, int]:
    """Return the stock, starts or ceases of every year published."""
    return {figure.year: figure.value for figure in annual_figures(authority, measure) if figure.value}


def stock(authority: str, group: str, year: int) -> dict[str, float]:
    """Return the children looked after on 31 March by a group of ``published.GROUPS``."""
    if group == "uasc":
        alone = unaccompanied_stock(authority, year)
        return {"yes": float(alone), "no": headline(authority, "stock")[year] - float(alone)}
    return filled(on_31_march(authority, group, year), on_31_march("england", group, year))


def counts(subject: str, authority: str, year: int) -> dict[str, float]:
    """Return a table of ``published_flows.SUBJECTS``."""
    if subject == "starts_by_uasc":
        alone = unaccompanied_starts(authority, year)
        return {"uasc": float(alone), "not_uasc": headline(authority, "starts")[year] - float(alone)}
    if subject == "ceases_by_uasc":
        alone = _small_part(children_by(subject, authority, year), "uasc", "not_uasc")
        return {"uasc": float(alone), "not_uasc": headline(authority, "ceases")[year] - float(alone)}
    return filled(children_by(subject, authority, year), children_by(subject, "england", year))


def starts_by_band(authority: str, year: int) -> dict[str, int]:
    """Return how many children of each age band started in a year, to the whole child.

    Before 2021 only totals are published: they are shared out as in 2021 to 2023.
    """
    total = headline(authority, "starts")[year]
    try:
        mix = by_band(authority, "starts", year)
    except NotFound:
        mix = summed("starts", authority, (2021, 2022, 2023))
    return shared_out(total, mix)


def unaccompanied_starts(authority: str, year: int) -> int:
    """Return how many unaccompanied young people started in a year.

    Before 2021 it is not published; half of those looked after in March 2021 is what keeps their number up.
    """
    if year not in PUBLISHED_YEARS:
        return round(unaccompanied_stock(authority, 2021) / 2)
    published = children_by("starts_by_uasc", authority, year)
    return _small_part(published, "uasc", "not_uasc")


def unaccompanied_stock(authority: str, year: int) -> int:
    """Return how many of the children looked after on 31 March are unaccompanied."""
    return _small_part(on_31_march(authority, "uasc", year), "yes", "no")


def _small_part(published: Mapping[str, int | None], part: str, rest: str) -> int:
    value, others, total = published.get(part), published.get(rest), published["total"]
    if value is not None:
        return value
    return round(SUPPRESSED_MEAN) if others is None or total is None else total - others


def shared_out(total: int, mix: Mapping[str, float]) -> dict[str, int]:
    """Return whole numbers in the proportions of a mix that add up to a total (largest remainders)."""
    whole = sum(mix.values())
    exact = {key: total * weight / whole for key, weight in mix.items()}
    shares = {key: int(value) for key, value in exact.items()}
    largest = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in largest[: total - sum(shares.values())]:
        shares[key] += 1
    return shares
