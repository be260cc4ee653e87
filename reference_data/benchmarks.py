"""Indicators of the Local Authority Interactive Tool, to compare an authority with others: rates, shares, unit costs.

They ship for Plymouth, its statistical neighbours of May 2025, the Peninsula, the South West and England. The tool rounds
percentages to whole numbers. A value that is not published is ``None``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows
from reference_data.statistical_neighbours import MODELS, statistical_neighbours

UNIT_COSTS: Mapping[str, str] = {"residential": "RescareFinance", "fostering": "FosteringFinance"}
"""The indicators that are weekly costs, by the kind of care they are for."""

_FOLDER = "published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator as the tool's dictionary defines it.

    Parameters
    ----------
    name
        The tool's short name, such as ``LACStable_2016on``.
    title, unit
        What it shows.
    better
        ``higher``, ``lower``, or empty where neither is better.
    year_type
        What a year means: ``Financial Year``, ``Academic Year``, ``Annual``.
    definition, method
        As published, and how it is worked out; either may be empty.
    published_at
        The address of the publication.
    """

    name: str
    title: str
    better: str
    unit: str
    year_type: str
    definition: str
    method: str
    published_at: str


def indicators() -> tuple[Indicator, ...]:
    """Return every indicator that ships, in the order of their names."""
    return tuple(_indicators().values())


def indicator(name: str) -> Indicator:
    """Return an indicator by the tool's short name.

    Raises
    ------
    NotFound
        If no indicator of that name ships.
    """
    found = _indicators().get(name)
    if found is None:
        raise NotFound("indicator_not_found", f"The indicators are {', '.join(_indicators())}.")
    return found


def indicator_values(name: str, authority_code: str) -> Mapping[int, Decimal | None]:
    """Return the published values of an indicator for one authority, by the year that each is for or that ends it.

    Parameters
    ----------
    name
        The tool's short name.
    authority_code
        A DfE code, or ``"england"`` or ``"south_west"``.

    Raises
    ------
    NotFound
        If no indicator of that name ships, or none of its values for the authority.

    Examples
    --------
    >>> indicator_values("LAC", "879")[2025]
    Decimal('101')
    """
    indicator(name)
    found = _values().get((name, authority_code))
    if found is None:
        raise NotFound("figures_not_found", "No benchmark is shipped for this authority.")
    return found


def neighbour_mean(name: str, authority_code: str, year: int, model: str = MODELS[-1]) -> Decimal | None:
    """Return the mean of an indicator over an authority's statistical neighbours, or ``None`` if one has no value.

    Parameters
    ----------
    model
        One of ``statistical_neighbours.MODELS``.

    Raises
    ------
    NotFound
        If the indicator or the model does not ship for the authority, or not for one of its neighbours.

    Examples
    --------
    >>> neighbour_mean("LACStable_2016on", "879", 2025)
    Decimal('11')
    """
    found = [
        indicator_values(name, each.code).get(year) for each in statistical_neighbours(authority_code, model)
    ]
    known = [value for value in found if value is not None]
    return sum(known, Decimal(0)) / len(known) if len(known) == len(found) else None


def weekly_unit_cost_pence(kind: str, authority_code: str, year: int) -> int | None:
    """Return the mean cost of a child a week, in pence, or ``None`` where it is not published.

    Own and bought places together, from what councils report having spent; the tool rounds to the nearest
    5 pounds. It is no price of any placement.

    Parameters
    ----------
    kind
        ``residential`` or ``fostering``.
    year
        The year in which the financial year ends: 2025 for 2024-25.

    Raises
    ------
    NotFound
        If there is no such kind, or nothing ships for the authority.

    References
    ----------
    Section 251 outturn, by way of the Local Authority Interactive Tool, extract of April 2026.

    Examples
    --------
    >>> weekly_unit_cost_pence("residential", "879", 2025)
    661000
    """
    if kind not in UNIT_COSTS:
        raise NotFound("figures_not_found", f"Unit costs are shipped for {', '.join(UNIT_COSTS)}.")
    pounds = indicator_values(UNIT_COSTS[kind], authority_code).get(year)
    return None if pounds is None else int(pounds * 100)


@cache
def _indicators() -> Mapping[str, Indicator]:
    rows = sorted(shipped_rows(_FOLDER, "lait_indicators.csv"), key=lambda row: row["indicator"])
    return {
        row["indicator"]: Indicator(
            name=row["indicator"],
            title=row["title"],
            better=row["better"],
            unit=row["unit"],
            year_type=row["year_type"],
            definition=row["definition"],
            method=row["method"],
            published_at=row["published_at"],
        )
        for row in rows
    }


@cache
def _values() -> Mapping[tuple[str, str], Mapping[int, Decimal | None]]:
    found: dict[tuple[str, str], dict[int, Decimal | None]] = {}
    for row in shipped_rows(_FOLDER, "lait_values.csv.gz"):
        value = Decimal(row["value"]) if row["value"] else None
        found.setdefault((row["indicator"], row["authority"]), {})[int(row["year"])] = value
    return found
