"""What a week of each kind of placement costs, how prices spread, and how fast they rise.

A council's own recorded fees come first; where there are too few, what councils reported having spent; where neither
is known there is no price, and whoever adds up costs says so. What a forecast costs is in ``budget.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.home import Home
from reference_data.benchmarks import UNIT_COSTS, indicator_values, weekly_unit_cost_pence
from reference_data.problems import InvalidInput, NotFound
from reference_data.vocabulary import HomeStatus, PlacementGroup, PlacementType
from sufficiency.episodes import DETAILS, PlacementDetail

FEWEST_FEES = 5
"""Own fees of a kind below this number are no picture of what such a place costs. Policy default."""
YEARS_OF_GROWTH = 6
_KIND_OF_TYPE = {
    PlacementType.CONNECTED_FOSTER_CARER: PlacementDetail.KINSHIP,
    PlacementType.IN_HOUSE_FOSTER_CARER: PlacementDetail.IN_HOUSE_FOSTERING,
    PlacementType.AGENCY_FOSTER_CARER: PlacementDetail.AGENCY_FOSTERING,
    PlacementType.CHILDRENS_HOME: PlacementDetail.HOMES,
    PlacementType.SECURE_CHILDRENS_HOME: PlacementDetail.SECURE,
    PlacementType.RESIDENTIAL_SCHOOL: PlacementDetail.RESIDENTIAL_SCHOOLS,
    PlacementType.SUPPORTED_ACCOMMODATION: PlacementDetail.SUPPORTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a week of one kind of placement costs.

    Parameters
    ----------
    weekly_pence
        The mean.
    low_pence, high_pence
        Of ten placements, one costs less and one more; equal to the mean where the spread is not known.
    source
        Where the figure is from, with its year or date.
    """

    weekly_pence: int
    low_pence: int
    high_pence: int
    source: str

    def __post_init__(self) -> None:
        if min(self.low_pence, self.weekly_pence) < 0 or self.low_pence > self.high_pence:
            raise InvalidInput("price", "Give prices of 0 or more, the low one no higher than the high one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How fast prices rise.

    Parameters
    ----------
    yearly
        Mean yearly growth of the logarithm: 0.05 is about 5% a year.
    doubt
        Standard deviation of one year's.
    source
        What it is learnt from.
    """

    yearly: float
    doubt: float
    source: str


Prices = Mapping[PlacementDetail, Price]


def prices_of(homes: Sequence[Home], authority: str | None) -> Prices:
    """Return a price for each kind of placement that has one.

    Parameters
    ----------
    homes
        Homes with the fees agreed with them. A home with children of ours counts once for each of them, any other once.
    authority
        DfE code, for our children and for what the council reported having spent.
    """
    found: dict[PlacementDetail, Price] = {}
    for detail in DETAILS:
        own = _own_price(detail, homes, authority)
        price = own or _published_price(detail, authority)
        if price is not None:
            found[detail] = price
    return found


def growth_of(group: PlacementGroup) -> Growth:
    """Return how fast what councils spend on a week of care has risen in England.

    Supported accommodation has no published series and takes the residential one.

    References
    ----------
    Section 251 outturn, by way of the Local Authority Interactive Tool, extract of April 2026.

    Examples
    --------
    >>> 0 < growth_of(PlacementGroup.FOSTERING).yearly < growth_of(PlacementGroup.RESIDENTIAL).yearly
    True
    """
    kind = "fostering" if group is PlacementGroup.FOSTERING else "residential"
    series = {
        year: float(value)
        for year, value in indicator_values(UNIT_COSTS[kind], "england").items()
        if value is not None
    }
    years = sorted(series)[-YEARS_OF_GROWTH - 1 :]
    steps = np.diff(np.log([series[year] for year in years])) / np.diff(years)
    return Growth(
        yearly=round(float(steps.mean()), 4),
        doubt=round(float(steps.std(ddof=1)), 4),
        source=f"what English councils spent on a week of {kind} care, {years[0]} to {years[-1]}",
    )


def _own_price(detail: PlacementDetail, homes: Sequence[Home], authority: str | None) -> Price | None:
    fees: list[int] = []
    for home in homes:
        if not isinstance(home.type, PlacementType) or _KIND_OF_TYPE.get(home.type) is not detail:
            continue
        if home.weekly_fee_pence is None or home.status in (HomeStatus.CLOSED, HomeStatus.PLANNED):
            continue
        ours = sum(
            authority is not None and resident.authority == authority for resident in home.residents or ()
        )
        fees += [home.weekly_fee_pence] * max(ours, 1)
    if len(fees) < FEWEST_FEES:
        return None
    low, high = np.quantile(fees, [0.1, 0.9])
    return Price(
        weekly_pence=round(float(np.mean(fees))),
        low_pence=round(float(low)),
        high_pence=round(float(high)),
        source=f"{len(fees)} fees of the homes given",
    )


def _published_price(detail: PlacementDetail, authority: str | None) -> Price | None:
    kind = str(detail.group)
    if kind not in UNIT_COSTS or authority is None:
        return None
    try:
        values = indicator_values(UNIT_COSTS[kind], authority)
    except NotFound:
        return None
    years = [year for year, value in values.items() if value is not None]
    if not years:
        return None
    pence = weekly_unit_cost_pence(kind, authority, max(years))
    if pence is None:
        return None
    return Price(
        weekly_pence=pence,
        low_pence=pence,
        high_pence=pence,
        source=f"what the council reported to have spent on a week of {kind} care in {max(years) - 1}-{max(years) % 100}",
    )
