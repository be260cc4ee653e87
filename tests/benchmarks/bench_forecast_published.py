"""How far a forecast from published figures may be trusted: every English authority, fitted up to 2019, tested after.

Whatever is chosen in ``published_council.py`` and ``published_world.py`` was chosen on the years up to 2019. The test
is the forecast of 31 March 2019 against the years that followed, and, by the same rules, the forecasts of 2021 to
2023 against the years that followed each. It stands beside "same as today" throughout, and each year that is
forecast is told apart: the year to March 2021 is that of the pandemic. Intervals are over years, not councils, since
the councils of one year share what that year brought.
"""

from __future__ import annotations

import time
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from typing import Any

import numpy as np
from scipy.stats import t as student

from reference_data.authorities import authorities, former_authorities
from reference_data.problems import NotEnoughData, NotFound
from reference_data.published import annual_figures, on_31_march
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.published_council import COMPARABLE, comparable_kinds, filled
from sufficiency.published_forecast import forecast_published

FIT = 2019
LATER = (2021, 2022, 2023)
LAST = 2025
FEWEST = 31
"""Authorities with fewer children in any year compared are left out: the City of London and Rutland."""
PROCESSES = 2
RUNS = (300, 150)
"""Futures from 2019, and from each later year: enough for a mean and the ends of a band of 95 in 100."""
BANDS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
APART_FROM = 2021
APART = {
    "homes": (PlacementDetail.HOMES, PlacementDetail.SECURE),
    "supported": (PlacementDetail.SUPPORTED,),
}
"""Kinds that are published apart since 2021, and our own: a forecast from 2021 on is tested on each."""
KINDS = (*COMPARABLE, *APART)
Row = dict[str, float]


def measure(full: bool) -> dict[str, Any]:
    """Return errors, coverage and their intervals by year and horizon, and the time of all authorities."""
    codes = [known.code for known in (*authorities(), *former_authorities())]
    codes = codes if full else codes[::20]
    figures: dict[str, Any] = _same_as_today_to_2019(codes)
    runs, fewer = RUNS if full else (50, 50)
    rows: list[Row] = []
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        started = time.perf_counter()
        found = _forecasts(pool, codes, FIT, 60, runs)
        figures["authorities"] = sum(row is not None for row in found)
        figures["authorities_seconds_5_years"] = round(time.perf_counter() - started, 1)
        figures["authorities_child_years_per_second"] = round(
            sum(row[0]["child_years"] for row in found if row) / (time.perf_counter() - started)
        )
        rows += [row for some in found for row in some or []]
        for origin in LATER:
            found = _forecasts(pool, codes, origin, 36, fewer)
            rows += [row for some in found for row in some or []]
    return {
        "what": f"every authority's total and kinds from published figures: the forecast of {FIT} and those of "
        f"{LATER[0]} to {LATER[-1]}, whose rules were chosen up to {FIT}, against what was published after",
        "counts": {
            "authorities": figures["authorities"],
            "runs_from_2019": runs,
            "runs_from_later_years": fewer,
            "processes": PROCESSES,
            "compared": len(rows),
        },
        "figures": figures | _scores(rows),
    }


def _same_as_today_to_2019(codes: list[str]) -> dict[str, Any]:
    """Return the error of "same as today" in 2014 to 2019, by years ahead, with its interval over years."""
    series = [
        numbers for code in codes if (numbers := _stock(code)) and set(range(2014, 2020)) <= set(numbers)
    ]
    large = [numbers for numbers in series if min(numbers[y] for y in range(2014, 2020)) >= FEWEST]
    figures: dict[str, Any] = {"same_as_today_to_2019_authorities": len(large)}
    for ahead in (1, 2, 3):
        for name, some in (("", large), ("_with_the_smallest", series)):
            by_year = [
                np.mean([abs(numbers[y] - numbers[y + ahead]) / numbers[y + ahead] for numbers in some])
                for y in range(2014, 2020 - ahead)
            ]
            figures[f"same_as_today_to_2019{name}_error_percent_{ahead}_years"] = _percent(np.mean(by_year))
            if not name:
                figures[f"same_as_today_to_2019_interval_{ahead}_years"] = _interval(by_year)
    return figures


def _stock(code: str) -> dict[int, int]:
    try:
        return {figure.year: figure.value for figure in annual_figures(code, "stock") if figure.value}
    except NotFound:
        return {}


def _forecasts(
    pool: Executor, codes: list[str], origin: int, months: int, runs: int
) -> list[list[Row] | None]:
    return list(pool.map(_forecast, codes, *([value] * len(codes) for value in (origin, months, runs))))


def _forecast(code: str, origin: int, months: int, runs: int) -> list[Row] | None:
    """Return one row for each later year that was published; ``None`` where nothing can be forecast."""
    happened = _stock(code)
    if origin not in happened:
        return None
    try:
        forecast = forecast_published(code, start=date(origin, 3, 31), months=months, runs=runs)
    except (NotFound, NotEnoughData):
        return None
    if forecast.known_to.year != origin:
        return None
    kinds = comparable_kinds(code, origin)
    child_years = float(forecast.counts.sum(axis=(2, 3)).mean(axis=1).sum()) * months / 12
    rows = []
    for year in range(origin + 1, min(origin + months // 12, LAST) + 1):
        if year not in happened or min(happened[year], happened[origin]) < FEWEST:
            continue
        here = forecast.counts[:, 12 * (year - origin)]
        row = {"origin": origin, "year": year, "child_years": child_years}
        row |= _compared("total", here.sum(axis=(1, 2)), happened[origin], happened[year])
        then = comparable_kinds(code, year)
        for kind, (_, details) in COMPARABLE.items():
            if kinds and then:
                members = [DETAILS.index(detail) for detail in details]
                row |= _compared(kind, here[:, :, members].sum(axis=(1, 2)), kinds[kind], then[kind])
        if origin >= APART_FROM:
            apart_now, apart_then = _apart(code, origin), _apart(code, year)
            for kind, details in APART.items():
                members = [DETAILS.index(detail) for detail in details]
                if kind in apart_now and kind in apart_then:
                    counts = here[:, :, members].sum(axis=(1, 2))
                    row |= _compared(kind, counts, apart_now[kind], apart_then[kind])
        rows.append(row)
    return rows


def _apart(code: str, year: int) -> dict[str, float]:
    try:
        return filled(on_31_march(code, "placement", year))
    except NotFound:
        return {}


def _compared(what: str, runs: np.ndarray[Any, Any], today: float, happened: float) -> Row:
    ours = float(runs.mean())
    row = {
        f"{what}_happened": happened,
        f"{what}_error": abs(ours - happened),
        f"{what}_same": abs(today - happened),
        f"{what}_bias": ours - happened,
        f"{what}_bias_same": today - happened,
    }
    for band, levels in BANDS.items():
        low, high = np.quantile(runs, levels)
        row[f"{what}_in_{band}"] = float(low <= happened <= high)
        row[f"{what}_width_{band}"] = float(high - low)
    return row


def _scores(rows: list[Row]) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for year in sorted({row["year"] for row in rows}):
        some = [row for row in rows if row["origin"] == FIT and row["year"] == year]
        figures |= _score(some, f"from_{FIT}_to_{year:.0f}")
    for ahead in (1, 2, 3):
        years = [
            [row for row in rows if row["origin"] == origin and row["year"] == origin + ahead]
            for origin in LATER
        ]
        years = [some for some in years if len(some) > len(rows) / 100]
        name = f"later_{ahead}_years_ahead"
        figures |= _score([row for some in years for row in some], name)
        differences = [_mean_error(some, "error") - _mean_error(some, "same") for some in years]
        figures[f"{name}_years"] = len(years)
        figures[f"{name}_error_less_same_as_today_interval"] = _interval(differences)
        figures |= _kinds_over_years(years, name)
    years_after = [
        [row for row in rows if row["origin"] == FIT and row["year"] == year]
        for year in (2021, 2022, 2023, 2024)
    ]
    differences = [_mean_error(some, "error") - _mean_error(some, "same") for some in years_after if some]
    figures[f"from_{FIT}_error_less_same_as_today_percent"] = _percent(np.mean(differences))
    figures[f"from_{FIT}_error_less_same_as_today_interval"] = _interval(differences)
    return figures | _kinds_over_years([some for some in years_after if some], f"from_{FIT}")


def _kinds_over_years(years: list[list[Row]], name: str) -> dict[str, Any]:
    """Return, for each kind, its error less that of "same as today" with its interval over years."""
    figures: dict[str, Any] = {}
    for kind in KINDS:
        told = [[row for row in some if f"{kind}_error" in row] for some in years]
        differences = [
            sum(row[f"{kind}_error"] - row[f"{kind}_same"] for row in some)
            / sum(row[f"{kind}_happened"] for row in some)
            for some in told
            if some
        ]
        if differences:
            figures[f"{name}_{kind}_error_less_same_as_today_percent"] = _percent(np.mean(differences))
            figures[f"{name}_{kind}_error_less_same_as_today_interval"] = _interval(differences)
    return figures


def _mean_error(rows: list[Row], which: str) -> float:
    return float(np.mean([row[f"total_{which}"] / row["total_happened"] for row in rows]))


def _score(rows: list[Row], name: str) -> dict[str, Any]:
    """Return errors of totals as a mean over councils, of kinds as a share of all children, and coverage."""
    if not rows:
        return {}
    ours, same = _mean_error(rows, "error"), _mean_error(rows, "same")
    figures: dict[str, Any] = {
        f"{name}_authorities": len(rows),
        f"{name}_error_percent": _percent(ours),
        f"{name}_same_as_today_error_percent": _percent(same),
        f"{name}_error_to_same_as_today_ratio": round(ours / same, 3),
        f"{name}_bias_percent": _percent(
            np.mean([row["total_bias"] / row["total_happened"] for row in rows])
        ),
        f"{name}_same_as_today_bias_percent": _percent(
            np.mean([row["total_bias_same"] / row["total_happened"] for row in rows])
        ),
    }
    for what in ("total", *KINDS):
        told = [row for row in rows if f"{what}_error" in row]
        for band in BANDS if told else ():
            inside = np.mean([row[f"{what}_in_{band}"] for row in told])
            figures[f"{name}_{what}_inside_{band}_band_percent"] = round(100 * float(inside), 1)
        if told and what != "total":
            children = sum(row[f"{what}_happened"] for row in told)
            figures[f"{name}_{what}_error_percent"] = _percent(
                sum(row[f"{what}_error"] for row in told) / children
            )
            figures[f"{name}_{what}_same_as_today_error_percent"] = _percent(
                sum(row[f"{what}_same"] for row in told) / children
            )
    width = np.mean([row["total_width_95"] / row["total_happened"] for row in rows])
    return figures | {f"{name}_width_of_95_band_percent": _percent(width)}


def _interval(by_year: list[Any]) -> str:
    """Return the 95% interval of a mean over years (Student), in percent; too few years are said to be."""
    if len(by_year) < 2:
        return "one year: no interval"
    half = float(student.ppf(0.975, len(by_year) - 1)) * float(np.std(by_year, ddof=1)) / len(by_year) ** 0.5
    middle = float(np.mean(by_year))
    return f"{_percent(middle - half)} to {_percent(middle + half)} over {len(by_year)} years"


def _percent(value: Any) -> float:
    return round(100 * float(value), 2)
