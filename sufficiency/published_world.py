"""A council as the department's published figures show it, ready to be played forward without any return.

Published figures give margins: children by age, children by placement, starts and ceases by age. What lies between
the margins is assumed and every assumption is stated in ``ASSUMPTIONS``. The forecast itself is made in
``published_forecast.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from reference_data.problems import InvalidInput, NotEnoughData, NotFound
from reference_data.published import annual_figures, flows_by_age, on_31_march
from reference_data.vocabulary import AGE_BANDS
from sufficiency.episodes import DETAILS, PlacementDetail, Stay
from sufficiency.flows import Entrants, Starts, fit_trend
from sufficiency.simulate import World
from sufficiency.stays import (
    DAYS_A_YEAR,
    N_AGES,
    N_DETAILS,
    PRIOR_MOVES_A_YEAR,
    RATE_SHAPE,
    UNDER_16,
    FloatArray,
    IntArray,
    Rates,
    yearly_drift,
)

ENGLAND = "england"
FIRST_YEAR = 2021
RATE_YEARS = 3
"""Years of ceases that the rates of leaving rest on."""
ENGLAND_WEIGHT_EVENTS = 20.0
"""Events of England's rates that a council's own small numbers are pulled towards."""
PRIOR_DRIFT = 0.18
"""Yearly drift of starts and of leaving, above the 0.11 that yearly changes of councils show (DfE 2014-2019), since
what is assumed between the published totals errs too. Set on the year to March 2023, where it made the bands of 80 and
95 in 100 hold at least as many of 150 authorities' totals; the year to March 2024 is the test."""
KINSHIP_SHARE_OF_FOSTERING = 0.24
"""England, 31 March 2024: 13,670 of 55,960 children in foster placements (DfE)."""

ASSUMPTIONS = (
    "Published figures only: ages are spread evenly within each band, and age by placement is fitted to the published "
    "totals of each. New children, and children who move, go to placements as children of their age now do. Rates of "
    "leaving depend on age alone. Kinship is England's share of fostering; in-house and agency are told by provider. "
    "Suppressed numbers share what is left of their total. The bands are wide and a council's own returns are "
    "better."
)

_PUBLISHED_PLACEMENTS = (
    "fostering",
    "homes",
    "residential_schools",
    "supported",
    "parents",
    "adoption",
    "other_residential",
    "other",
)
# How likely each placement is at each age before the totals are fitted: policy default, by judgement.
_AGE_PATTERN = np.array(
    [
        [1.0, 1.0, 1.0, 0.85, 0.5],
        [0.005, 0.005, 0.05, 0.2, 0.25],
        [0.0001, 0.0001, 0.002, 0.005, 0.005],
        [0.0, 0.0, 0.0, 0.0, 1.0],
        [0.1, 0.08, 0.08, 0.06, 0.05],
        [0.1, 0.2, 0.05, 0.001, 0.0001],
        [0.05, 0.01, 0.005, 0.01, 0.03],
        [0.005, 0.005, 0.005, 0.01, 0.05],
    ]
)
_BAND_YEARS = ((0.0, 1.0), (1.0, 5.0), (5.0, 10.0), (10.0, 16.0), (16.0, 18.0))
_POOL = 97


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCouncil:
    """A council's figures up to one year.

    Parameters
    ----------
    year
        The 31 March the stock is of.
    stock
        Children by age band and detail, whole. Shape (age bands, details).
    starts
        Starts by year, oldest first.
    start_mix
        Starts by age band of the last years. Shape (age bands,).
    exit_rate_a_year, exit_events
        Rate of leaving before 18 by age band, and the ceases each rests on. Shape (age bands,).
    ceases_by_year, stock_by_year
        Ceases, and the stock they came from, oldest first. Shape (years,).
    """

    authority: str
    year: int
    stock: IntArray
    starts: tuple[int, ...]
    start_mix: FloatArray
    exit_rate_a_year: FloatArray
    exit_events: FloatArray
    ceases_by_year: FloatArray
    stock_by_year: FloatArray


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
    stock = {figure.year: figure.value for figure in annual_figures(authority, "stock") if figure.value}
    ceases = _annual(authority, "ceases", year)
    both = [y for y in sorted(ceases) if y - 1 in stock]
    starts = _annual(authority, "starts", year)
    return PublishedCouncil(
        authority=authority,
        year=year,
        stock=_stock_by_detail(authority, year),
        starts=tuple(starts[y] for y in sorted(starts)) or (_balanced_starts(stock, year),),
        start_mix=_start_mix(authority, year),
        exit_rate_a_year=rate,
        exit_events=events,
        ceases_by_year=np.array([float(ceases[y]) for y in both]),
        stock_by_year=np.array([float(stock[y - 1]) for y in both]),
    )


def world_of(council: PublishedCouncil, start: date) -> World:
    """Return the council as a world that can be played forward from a day."""
    counts = council.stock
    mix = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    everywhere = counts.sum(axis=0) / max(counts.sum(), 1)
    mix = 0.95 * mix + 0.05 * everywhere[None, :]
    mix[:UNDER_16, DETAILS.index(PlacementDetail.SUPPORTED)] = 0.0
    mix = mix / mix.sum(axis=1, keepdims=True)
    # Reversed so that the latest year comes first, spread over its months.
    monthly = np.repeat(np.array(council.starts[::-1], dtype=np.float64) / 12, 12)
    log_rate, covariance = fit_trend(monthly)
    drift = _drift(np.array(council.starts, dtype=np.float64), np.ones(len(council.starts)))
    exits = np.broadcast_to((council.exit_rate_a_year / DAYS_A_YEAR)[None, :, None, None], RATE_SHAPE).copy()
    exit_drift = _drift(council.ceases_by_year, council.stock_by_year)
    expected = np.zeros(RATE_SHAPE)
    expected += (council.exit_events / (expected.size / N_AGES))[None, :, None, None]
    moves = np.full(RATE_SHAPE, PRIOR_MOVES_A_YEAR / DAYS_A_YEAR)
    return World(
        start=start,
        stock=_stays(council),
        starts=Starts(
            log_rate=log_rate,
            log_rate_cov=covariance + np.diag([drift**2, 0.0]),
            drift_a_year=drift,
            band_counts=council.start_mix + 0.2,
            entrants=tuple(_entrants(band, mix[band]) for band in range(N_AGES)),
            yearly=council.starts,
        ),
        exits=Rates(
            per_day=exits,
            factor_shapes=(council.exit_events.reshape(1, N_AGES, 1, 1) + 1.0,),
            expected=expected + 1e-12,
            level_events=1 / (1 / (float(council.exit_events.sum()) + 1.0) + exit_drift**2),
            drift_a_year=exit_drift,
        ),
        # Nobody publishes moves by council: England's rate, and doubt of about a quarter either way.
        moves=Rates(
            per_day=moves,
            factor_shapes=(np.full((1, N_AGES, 1, 1), 50.0),),
            expected=np.ones(RATE_SHAPE),
            level_events=16.0,
            drift_a_year=0.02,
        ),
        destinations=np.broadcast_to(20 * mix[None], (N_DETAILS, N_AGES, N_DETAILS)).copy(),
    )


def filled(counts: Mapping[str, int | None]) -> dict[str, float]:
    """Return counts in which suppressed parts share equally what the total leaves over."""
    known = {name: float(value) for name, value in counts.items() if value is not None and name != "total"}
    hidden = [name for name, value in counts.items() if value is None and name != "total"]
    left = max(float(counts.get("total") or 0) - sum(known.values()), 0.0)
    return {**known, **{name: left / len(hidden) for name in hidden}}


def _has_stock(authority: str, year: int) -> bool:
    try:
        total = on_31_march(authority, "age_band", year).get("total")
        on_31_march(authority, "placement", year)
    except NotFound:
        return False
    return total is not None and total > 0


def _annual(authority: str, measure: str, last_year: int) -> dict[int, int]:
    try:
        figures = annual_figures(authority, measure)
    except NotFound:
        return {}
    known = {figure.year: figure.value for figure in figures if figure.value is not None}
    # Only an unbroken run of years up to the last one can show a trend.
    run: dict[int, int] = {}
    for year in range(last_year, 0, -1):
        if year not in known:
            break
        run[year] = known[year]
    return run


def _balanced_starts(stock: Mapping[int, int | None], year: int) -> int:
    """Return the starts that would hold the stock, at England's rate, where none are published."""
    england = annual_figures(ENGLAND, "starts")[-1].value or 0
    children = (
        on_31_march(ENGLAND, "age_band", min(year, annual_figures(ENGLAND, "stock")[-1].year))["total"] or 1
    )
    return round(float(stock.get(year) or 0) * england / children)


def _start_mix(authority: str, year: int) -> FloatArray:
    for place in (authority, ENGLAND):
        found = [_flows(place, "starts", y) for y in range(year - RATE_YEARS + 1, year + 1)]
        rows = [filled(row) for row in found if row]
        if rows:
            mix = np.array([sum(row[band] for row in rows) for band in AGE_BANDS])
            # England's numbers tell the mix, but not with England's certainty.
            return mix if place == authority else mix / mix.sum() * 100.0
    return np.ones(N_AGES)


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
        own = _annual(authority, "ceases", year)
        stock = {figure.year: figure.value for figure in annual_figures(authority, "stock") if figure.value}
        pairs = [(own[y], stock[y - 1]) for y in own if y - 1 in stock][:RATE_YEARS]
        ratio = 1.0
        if pairs:
            all_england = {f.year: f.value or 0 for f in annual_figures(ENGLAND, "ceases")}
            rate = all_england[max(all_england)] / (annual_figures(ENGLAND, "stock")[-1].value or 1)
            ratio = float(np.clip(sum(c for c, _ in pairs) / sum(s for _, s in pairs) / rate, 0.5, 2.0))
        return england * ratio, np.full(N_AGES, ENGLAND_WEIGHT_EVENTS)
    pulled = (ceases + ENGLAND_WEIGHT_EVENTS) / (children + ENGLAND_WEIGHT_EVENTS / np.maximum(england, 1e-6))
    return pulled, ceases + ENGLAND_WEIGHT_EVENTS


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
    by_placement = np.array([placements.get(name, 0.0) for name in _PUBLISHED_PLACEMENTS])
    by_placement = by_placement * by_age.sum() / max(by_placement.sum(), 1e-9)
    table = raked(_AGE_PATTERN, by_placement, by_age)
    fostering = table[0]
    kinship = KINSHIP_SHARE_OF_FOSTERING * fostering
    own_share = _in_house_share(authority, year, float(fostering.sum()))
    parts = {
        PlacementDetail.KINSHIP: kinship,
        PlacementDetail.IN_HOUSE_FOSTERING: own_share * (fostering - kinship),
        PlacementDetail.AGENCY_FOSTERING: (1 - own_share) * (fostering - kinship),
        PlacementDetail.HOMES: table[1],
        PlacementDetail.SECURE: np.zeros(N_AGES),
        PlacementDetail.RESIDENTIAL_SCHOOLS: table[2],
        PlacementDetail.SUPPORTED: table[3],
        PlacementDetail.PARENTS: table[4],
        PlacementDetail.ADOPTION: table[5],
        PlacementDetail.OTHER: table[6] + table[7],
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


def _drift(events: FloatArray, exposure: FloatArray) -> float:
    if len(events) < 2:
        return PRIOR_DRIFT
    return yearly_drift(events, exposure * events.sum() / exposure.sum(), prior=PRIOR_DRIFT)


def _ages_days(band: int, count: int) -> IntArray:
    low, high = _BAND_YEARS[band]
    return np.floor((low + (high - low) * (np.arange(count) + 0.5) / max(count, 1)) * DAYS_A_YEAR).astype(
        np.int64
    )


def _entrants(band: int, mix: FloatArray) -> Entrants:
    ages = _ages_days(band, _POOL)
    share = np.repeat(mix[None, :] / _POOL, _POOL, axis=0)
    return Entrants(
        age_days=np.repeat(ages, N_DETAILS),
        detail=np.tile(np.arange(N_DETAILS), _POOL),
        weight=share.reshape(-1) / share.sum(),
    )


def _stays(council: PublishedCouncil) -> tuple[Stay, ...]:
    """Return invented children with the published numbers: nobody real, and no record of anybody."""
    counted_on = date(council.year, 3, 31)
    stays: list[Stay] = []
    for band in range(N_AGES):
        kinds = np.repeat(np.arange(N_DETAILS), council.stock[band])
        ages = _ages_days(band, len(kinds))
        # Ages are dealt out so that each kind of placement has young and old of the band.
        order = np.argsort((np.arange(len(kinds)) * 0.6180339887) % 1.0, kind="stable")
        for kind, age in zip(kinds, ages[order], strict=True):
            born = counted_on - timedelta(days=int(age))
            entered = max(born, counted_on - timedelta(days=730))
            stays.append(
                Stay(
                    child_id=f"PUBLISHED-{len(stays) + 1}",
                    date_of_birth=born,
                    care_started_on=entered,
                    care_start_seen=False,
                    started_on=entered,
                    ended_on=None,
                    detail=DETAILS[kind],
                    next_detail=None,
                )
            )
    return tuple(stays)
