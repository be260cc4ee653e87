"""What the department's published figures say of one council up to a day, made into children by age and placement.

Published figures give margins: children by age, children by placement, ceases by age, unaccompanied children. What
lies between the margins is fitted to them. How the council is played forward is in ``published_world.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_data.problems import InvalidInput, NotEnoughData, NotFound
from reference_data.published import annual_figures, flows_by_age, on_31_march
from reference_data.vocabulary import AGE_BANDS
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.stays import N_AGES, N_DETAILS, FloatArray, IntArray

ENGLAND = "england"
FIRST_YEAR = 2019
"""The first 31 March whose stock by age and placement, and ceases by age, are published for every authority."""
RATE_YEARS = 3
"""Years of ceases that the rates of leaving rest on."""
TREND_YEARS = 5
"""Years of stock that a trend rests on."""
ENGLAND_WEIGHT_EVENTS = 20.0
"""Events of England's rates that a council's own small numbers are pulled towards."""
OWN_TREND_WEIGHT = 0.1
"""How much of a council's own trend, beyond England's, is believed: successive yearly changes of 149 councils hardly
correlate (0.08, DfE 2014-2019), and no more than this made the forecasts of those years better."""
SUPPRESSED = 3.0
"""Stands for an unaccompanied number that is suppressed: it is between 1 and 5."""
UNACCOMPANIED_AGES = np.array([0.0, 0.0, 0.0, 0.15, 0.85])
"""Unaccompanied children by age band: policy default, by judgement; most are 16 or 17."""
KINSHIP_SHARE_OF_FOSTERING = 0.24
"""England, 31 March 2024: 13,670 of 55,960 children in foster placements (DfE)."""

# How likely each placement is at each age before the totals are fitted: policy default, by judgement. Until 2019 homes
# and semi-independent living were published as one number, and independent living as "other placement in the community".
_AGE_PATTERN = {
    "fostering": [1.0, 1.0, 1.0, 0.85, 0.5],
    "homes": [0.005, 0.005, 0.05, 0.2, 0.25],
    "homes_and_semi_independent": [0.005, 0.005, 0.05, 0.2, 0.65],
    "residential_schools": [0.0001, 0.0001, 0.002, 0.005, 0.005],
    "supported": [0.0, 0.0, 0.0, 0.0, 1.0],
    "other_community": [0.0, 0.0, 0.0, 0.0, 1.0],
    "parents": [0.1, 0.08, 0.08, 0.06, 0.05],
    "adoption": [0.1, 0.2, 0.05, 0.001, 0.0001],
    "other_residential": [0.05, 0.01, 0.005, 0.01, 0.03],
    "other": [0.005, 0.005, 0.005, 0.01, 0.05],
}
_SEMI_INDEPENDENT = np.array([0.0, 0.0, 0.0, 0.0, 0.4 / 0.65])
"""Of the one number, the part that is not in homes, by age band."""
COMPARABLE = {
    "fostering": (
        ("fostering",),
        (PlacementDetail.KINSHIP, PlacementDetail.IN_HOUSE_FOSTERING, PlacementDetail.AGENCY_FOSTERING),
    ),
    "homes_and_supported": (
        ("homes", "supported", "homes_and_semi_independent", "other_community"),
        (PlacementDetail.HOMES, PlacementDetail.SECURE, PlacementDetail.SUPPORTED),
    ),
}
"""Kinds that are published alike before and after 2019: the published placements of each, and our own."""
# Kinds in which unaccompanied children are found.
_UNACCOMPANIED_IN = np.isin(
    np.arange(N_DETAILS),
    [
        DETAILS.index(detail)
        for detail in (
            PlacementDetail.IN_HOUSE_FOSTERING,
            PlacementDetail.AGENCY_FOSTERING,
            PlacementDetail.HOMES,
            PlacementDetail.SUPPORTED,
            PlacementDetail.OTHER,
        )
    ],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCouncil:
    """A council's figures up to one year.

    Parameters
    ----------
    year
        The 31 March the stock is of.
    stock
        Children by age band and detail, whole, the unaccompanied among them. Shape (age bands, details).
    unaccompanied
        The unaccompanied asylum-seeking children of the stock. Shape (age bands, details).
    unaccompanied_share
        What the council would have of England's unaccompanied children by its population under 18.
    starts
        Starts by year, oldest first, as published: for the reader, since starts are balanced to the stock.
    exit_rate_a_year, exit_events
        Rate of leaving before 18 by age band, and the ceases each rests on. Shape (age bands,).
    changing_kinds
        Yearly change of the log of the share of each kind of placement, in England over the last years. Shape
        (details,).
    growth_a_year, england_growth_a_year
        Yearly change of the log of the stock over the last years, unaccompanied children apart, pulled towards
        England's; and England's.
    """

    authority: str
    year: int
    stock: IntArray
    changing_kinds: FloatArray
    unaccompanied: IntArray
    unaccompanied_share: float
    starts: tuple[int, ...]
    exit_rate_a_year: FloatArray
    exit_events: FloatArray
    growth_a_year: float
    england_growth_a_year: float


def published_council(authority: str, *, known_on: date) -> PublishedCouncil:
    """Return what was published of a council up to a day.

    Raises
    ------
    NotFound
        If nothing is published for the authority.
    NotEnoughData
        If no child was ever published for it, as for the Isles of Scilly.
    InvalidInput
        If the day lies before the first 31 March whose stock is published by age and placement.
    """
    latest = known_on.year - (known_on < date(known_on.year, 3, 31))
    known = annual_figures(authority, "stock")
    if not any(figure.value for figure in known):
        raise NotEnoughData(
            "no_children_published",
            "The department publishes no child looked after by this authority, or suppresses the number. Nothing can "
            "be forecast from published figures; give the council's own returns with --returns.",
            {"authority": authority},
        )
    year = next((year for year in range(latest, FIRST_YEAR - 1, -1) if _has_stock(authority, year)), None)
    if year is None:
        raise InvalidInput(
            "from_before_first_record",
            "Figures by age and placement are not published that early for this authority.",
            {"authority": authority, "first_year": FIRST_YEAR},
        )
    rate, events = _exit_rates(authority, year)
    stock = _stock_by_detail(authority, year)
    starts = _annual(authority, "starts", year)
    growth, england = _growth(authority, year)
    return PublishedCouncil(
        authority=authority,
        year=year,
        stock=stock,
        unaccompanied=_unaccompanied_by_detail(stock, unaccompanied(authority, year) or 0.0),
        unaccompanied_share=_unaccompanied_share(authority, year),
        changing_kinds=_changing_kinds(year),
        starts=tuple(starts[y] for y in sorted(starts)),
        exit_rate_a_year=rate,
        exit_events=events,
        growth_a_year=growth,
        england_growth_a_year=england,
    )


def filled(counts: Mapping[str, int | None]) -> dict[str, float]:
    """Return counts in which suppressed parts share equally what the total leaves over."""
    known = {name: float(value) for name, value in counts.items() if value is not None and name != "total"}
    hidden = [name for name, value in counts.items() if value is None and name != "total"]
    left = max(float(counts.get("total") or 0) - sum(known.values()), 0.0)
    return {**known, **{name: left / len(hidden) for name in hidden}}


def unaccompanied(authority: str, year: int) -> float | None:
    """Return the unaccompanied children looked after on 31 March, ``SUPPRESSED`` for a suppressed number.

    ``None`` if nothing was published for the year.
    """
    try:
        number = on_31_march(authority, "uasc", year).get("yes")
    except NotFound:
        return None
    return SUPPRESSED if number is None else float(number)


def _has_stock(authority: str, year: int) -> bool:
    try:
        total = on_31_march(authority, "age_band", year).get("total")
        on_31_march(authority, "placement", year)
    except NotFound:
        return False
    return total is not None and total > 0


def _annual(authority: str, measure: str, last_year: int) -> dict[int, int]:
    """Return the figures up to a year that are known."""
    try:
        figures = annual_figures(authority, measure)
    except NotFound:
        return {}
    return {
        figure.year: figure.value
        for figure in figures
        if figure.value is not None and figure.year <= last_year
    }


def _growth(authority: str, year: int) -> tuple[float, float]:
    """Return the yearly change of the log of a council's stock, pulled towards England's, and England's."""
    england = _change_a_year(_annual(ENGLAND, "stock", year), year)
    own, everywhere = (_change_a_year(_settled(place, year), year) for place in (authority, ENGLAND))
    beyond = own - everywhere if own is not None and everywhere is not None else 0.0
    return (england or 0.0) + OWN_TREND_WEIGHT * beyond, england or 0.0


def _settled(authority: str, year: int) -> dict[int, float]:
    """Return the children of each year who are not unaccompanied."""
    apart = {
        y: (total, unaccompanied(authority, y)) for y, total in _annual(authority, "stock", year).items()
    }
    return {y: total - alone for y, (total, alone) in apart.items() if alone is not None and total > alone}


def comparable_kinds(authority: str, year: int) -> dict[str, float]:
    """Return the children of each of ``COMPARABLE``, and the rest as ``other``; empty if it was not published."""
    try:
        placements = filled(on_31_march(authority, "placement", year))
    except NotFound:
        return {}
    counts = {
        kind: sum(placements.get(name, 0.0) for name in names) for kind, (names, _) in COMPARABLE.items()
    }
    return counts | {"other": sum(placements.values()) - sum(counts.values())}


def _changing_kinds(year: int) -> FloatArray:
    shares: dict[str, dict[int, float]] = {}
    for y in range(year - TREND_YEARS, year + 1):
        counts = comparable_kinds(ENGLAND, y)
        for kind, count in counts.items():
            shares.setdefault(kind, {})[y] = count / sum(counts.values())
    changes = {kind: _change_a_year(share, year) or 0.0 for kind, share in shares.items()}
    found = np.full(N_DETAILS, changes.get("other", 0.0))
    for kind, (_, details) in COMPARABLE.items():
        found[[DETAILS.index(detail) for detail in details]] = changes.get(kind, 0.0)
    return found


def _change_a_year(numbers: Mapping[int, float], year: int) -> float | None:
    first = min((y for y in numbers if year - TREND_YEARS <= y < year), default=None)
    if first is None or year not in numbers:
        return None
    return float(np.log(numbers[year] / numbers[first])) / (year - first)


def _unaccompanied_share(authority: str, year: int) -> float:
    children, everywhere = (_annual(place, "population", year) for place in (authority, ENGLAND))
    known = max(set(children) & set(everywhere), default=None)
    if known is None:
        return unaccompanied(authority, year) or 0.0
    return (unaccompanied(ENGLAND, year) or 0.0) * children[known] / everywhere[known]


def _unaccompanied_by_detail(stock: IntArray, number: float) -> IntArray:
    """Return which of the stock are unaccompanied: of their ages, in kinds of placement where they are found."""
    could_be = stock * _UNACCOMPANIED_IN[None, :]
    found = np.zeros_like(stock)
    for band, share in enumerate(UNACCOMPANIED_AGES):
        here = min(number * share, float(could_be[band].sum()))
        if here:
            found[band] = np.minimum(_whole(could_be[band] * here / could_be[band].sum()), could_be[band])
    return found


def _flows(authority: str, measure: str, year: int) -> Mapping[str, int | None] | None:
    try:
        return flows_by_age(authority, measure, year)
    except NotFound:
        return None


def _exit_rates(authority: str, year: int) -> tuple[FloatArray, FloatArray]:
    """Return rates of leaving before 18 a year by age band, and the ceases each rests on."""
    england_ceases, england_years = _ceases_and_children(ENGLAND, year)
    england = england_ceases / np.maximum(england_years, 1.0)
    ceases, children = _ceases_and_children(authority, year)
    if not children.sum():
        own, everywhere = (_share_ceasing(place, year) for place in (authority, ENGLAND))
        ratio = float(np.clip(own / everywhere, 0.5, 2.0)) if own and everywhere else 1.0
        return england * ratio, np.full(N_AGES, ENGLAND_WEIGHT_EVENTS)
    pulled = (ceases + ENGLAND_WEIGHT_EVENTS) / (children + ENGLAND_WEIGHT_EVENTS / np.maximum(england, 1e-6))
    return pulled, ceases + ENGLAND_WEIGHT_EVENTS


def _share_ceasing(authority: str, year: int) -> float | None:
    """Return ceases of the last years to the children of the 31 March before each."""
    ceases, stock = (_annual(authority, measure, year) for measure in ("ceases", "stock"))
    counted = [y for y in range(year - RATE_YEARS + 1, year + 1) if y in ceases and y - 1 in stock]
    if not counted:
        return None
    return sum(ceases[y] for y in counted) / sum(stock[y - 1] for y in counted)


def _ceases_and_children(authority: str, year: int) -> tuple[FloatArray, FloatArray]:
    ceases, children = np.zeros(N_AGES), np.zeros(N_AGES)
    for y in range(year - RATE_YEARS + 1, year + 1):
        flow = _flows(authority, "ceases", y)
        if flow is None or not _has_stock(authority, y):
            continue
        left, stock = filled(flow), filled(on_31_march(authority, "age_band", y))
        # Those of 18 left on their birthday, which the simulation knows without a rate.
        ceases += np.array([*(left[band] for band in AGE_BANDS[:-1]), left["16"] + left["17"]])
        children += np.array([stock[band] for band in AGE_BANDS])
    return ceases, children


def _stock_by_detail(authority: str, year: int) -> IntArray:
    ages = filled(on_31_march(authority, "age_band", year))
    placements = filled(on_31_march(authority, "placement", year))
    by_age = _whole(np.array([ages[band] for band in AGE_BANDS])).astype(np.float64)
    names = [name for name in _AGE_PATTERN if name in placements]
    by_placement = np.array([placements[name] for name in names])
    by_placement = by_placement * by_age.sum() / max(by_placement.sum(), 1e-9)
    raked_rows = raked(np.array([_AGE_PATTERN[name] for name in names]), by_placement, by_age)
    table = dict.fromkeys(_AGE_PATTERN, np.zeros(N_AGES)) | dict(zip(names, raked_rows, strict=True))
    semi = table["homes_and_semi_independent"] * _SEMI_INDEPENDENT
    fostering = table["fostering"]
    kinship = KINSHIP_SHARE_OF_FOSTERING * fostering
    own_share = _in_house_share(authority, year, float(fostering.sum()))
    parts = {
        PlacementDetail.KINSHIP: kinship,
        PlacementDetail.IN_HOUSE_FOSTERING: own_share * (fostering - kinship),
        PlacementDetail.AGENCY_FOSTERING: (1 - own_share) * (fostering - kinship),
        PlacementDetail.HOMES: table["homes"] + table["homes_and_semi_independent"] - semi,
        PlacementDetail.SECURE: np.zeros(N_AGES),
        PlacementDetail.RESIDENTIAL_SCHOOLS: table["residential_schools"],
        PlacementDetail.SUPPORTED: table["supported"] + table["other_community"] + semi,
        PlacementDetail.PARENTS: table["parents"],
        PlacementDetail.ADOPTION: table["adoption"],
        PlacementDetail.OTHER: table["other_residential"] + table["other"],
    }
    whole = [_whole(np.array([parts[detail][band] for detail in DETAILS])) for band in range(N_AGES)]
    return np.array(whole, dtype=np.int64)


def _in_house_share(authority: str, year: int, fostering: float) -> float:
    """Return the in-house share of foster care that is not kinship: what the council provides less kinship."""
    try:
        own = on_31_march(authority, "provider", year).get("PR1")
    except NotFound:
        own = None
    others = (1 - KINSHIP_SHARE_OF_FOSTERING) * fostering
    if own is None or others <= 0:
        return 0.5
    return float(np.clip((own - KINSHIP_SHARE_OF_FOSTERING * fostering) / others, 0.2, 0.8))


def raked(pattern: FloatArray, by_row: FloatArray, by_column: FloatArray) -> FloatArray:
    """Return a table nearest to a pattern whose rows and columns add up to given totals.

    Parameters
    ----------
    pattern
        At least 0. Shape (rows, columns).
    by_row, by_column
        Totals with equal sums. Where a pattern's zeros make both impossible, columns are met.

    References
    ----------
    Deming and Stephan (1940), On a least squares adjustment of a sampled frequency table. Annals of Mathematical
    Statistics 11(4).
    """
    table = pattern.astype(np.float64)
    for _ in range(300):
        table = table * (by_row / np.maximum(table.sum(axis=1), 1e-12))[:, None]
        table = table * (by_column / np.maximum(table.sum(axis=0), 1e-12))[None, :]
    return table


def _whole(values: FloatArray) -> IntArray:
    """Return whole numbers with the same sum: the largest remainders are rounded up."""
    low = np.floor(values + 1e-9).astype(np.int64)
    missing = round(float(values.sum())) - int(low.sum())
    order = np.argsort(-(values - low), kind="stable")
    low[order[: max(missing, 0)]] += 1
    return low
