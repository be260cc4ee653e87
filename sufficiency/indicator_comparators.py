"""What is published beside a local indicator: the council's own published figure, its neighbours', region and England.

A published figure has its own cohort, date and rounding. It is a row of its own and never joined to a local one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from reference_data.benchmarks import indicator_values, neighbour_mean
from reference_data.care_leaver_figures import care_leavers
from reference_data.placement_figures import STABILITY_WHOLES, stability
from reference_data.problems import NotFound
from reference_data.statistical_neighbours import MODELS

FIRST_YEAR, MOST_YEARS = 2010, 8
"""The first year looked at, and how many published years of the council's own are told, the newest first."""
ENGLAND, SOUTH_WEST = "england", "south_west"
_LAIT = {
    "short_term_stability": "LACStable_2016on",
    "long_term_stability_same_carer": "LAC_LongStable%",
    "distance_over_20_miles_and_outside": "LACDistance",
    "care_leavers_suitable_accommodation": "CareLeaverAcc",
    "care_leavers_eet": "CareLeaverEET",
}
"""Indicators by their name in the Local Authority Interactive Tool.

The tool says "same placement", but its percentages are those of the department's "same carer" counts, rounded.
"""
_MEASURES = {
    "short_term_stability": "three_or_more_placements",
    "three_or_more_in_2_years": "three_or_more_in_2_years",
    "long_term_stability_same_carer": "same_carer_2_years",
}
_LAIT_SOURCE = "Department for Education, Local Authority Interactive Tool, extract of April 2026"
_DFE_SOURCE = "Department for Education, Children looked after in England including adoptions 2025"


def comparators(indicator: str, authority: str | None, year: int) -> list[dict[str, Any]]:
    """Return published figures for a year and those before it, the newest first.

    Parameters
    ----------
    indicator
        The id of a local indicator; one that nobody publishes has none.
    authority
        DfE code; without it only England and the region are told.
    year
        The year to 31 March up to which figures are told.

    Returns
    -------
    Rows of ``who`` (``own_published``, ``statistical_neighbours``, ``south_west``, ``england``), ``year``, ``percent``,
    ``numerator`` and ``denominator`` (where published) and ``source``.
    """
    years = range(year, FIRST_YEAR - 1, -1)
    own = [row for each in years for row in _row("own_published", indicator, authority, each)][:MOST_YEARS]
    others = next((rows for each in years if (rows := _others(indicator, authority, each))), [])
    # The rows of one year stand together, the newest first.
    return sorted([*own, *others], key=lambda row: (-row["year"], row["who"] != "own_published"))


def _others(indicator: str, authority: str | None, year: int) -> list[dict[str, Any]]:
    """Return the neighbours', the region's and England's figures of a year, as far as they are published."""
    rows: list[dict[str, Any]] = []
    if authority is not None and indicator in _LAIT:
        mean = _quiet(lambda: neighbour_mean(_LAIT[indicator], authority, year))
        if mean is not None:
            source = f"{_LAIT_SOURCE}; neighbours of the model of {MODELS[-1]}"
            rows.append(_told("statistical_neighbours", year, round(mean, 1), None, source))
    for who in (SOUTH_WEST, ENGLAND):
        rows.extend(_row(who, indicator, who, year))
    return rows


def _row(who: str, indicator: str, code: str | None, year: int) -> Iterator[dict[str, Any]]:
    """Give the published fraction where there is one, else the published percentage."""
    if code is None:
        return
    fraction = _fraction(indicator, code, year)
    if fraction is not None:
        part, whole = fraction
        yield _told(who, year, Decimal(100 * part) / whole, fraction, _DFE_SOURCE)
        return
    value = _lait(indicator, code, year)
    if value is not None:
        yield _told(who, year, value, None, _LAIT_SOURCE)


def _told(
    who: str, year: int, percent: Decimal, fraction: tuple[int, int] | None, source: str
) -> dict[str, Any]:
    return {
        "who": who,
        "year": year,
        "percent": round(float(percent), 1),
        "numerator": fraction and fraction[0],
        "denominator": fraction and fraction[1],
        "source": source,
    }


def _fraction(indicator: str, who: str, year: int) -> tuple[int, int] | None:
    """Return a published fraction, or ``None`` where it is not published or suppressed."""
    if indicator in _MEASURES:
        measure = _MEASURES[indicator]
        counts = _quiet(lambda: stability(who, year))
        part, whole = (counts or {}).get(measure), (counts or {}).get(STABILITY_WHOLES[measure])
    elif indicator == "care_leavers_suitable_accommodation":
        part, whole = _leavers(who, "accommodation", "suitable", year)
    elif indicator == "care_leavers_eet":
        part, whole = _leavers(who, "activity", "in_activity", year)
    else:
        return None
    return (part, whole) if part is not None and whole else None


def _leavers(who: str, group: str, part: str, year: int) -> tuple[int | None, int | None]:
    counts: Mapping[str, int | None] = _quiet(lambda: care_leavers(who, group, "19-21", year)) or {}
    return counts.get(part), counts.get("total")


def _lait(indicator: str, who: str, year: int) -> Decimal | None:
    name = _LAIT.get(indicator)
    if name is None:
        return None
    values = _quiet(lambda: indicator_values(name, who))
    return None if values is None else values.get(year)


def _quiet(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except NotFound:
        return None
