"""How good the forecast would have been: made from past dates, set beside what happened and "same as today".

Each origin is a past 31 March. Nothing recorded after it is used to forecast; what happened is counted from all
the returns. A figure over few origins says little, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference_data.evidence import evidence
from reference_data.problems import InvalidInput, NotEnoughData
from reference_data.vocabulary import AGE_BANDS
from sufficiency.episodes import DETAILS, GROUPS, Stay
from sufficiency.forecast import forecast_need, monthly_dates
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns
from sufficiency.stays import N_AGES, N_DETAILS, FloatArray, IntArray, birthdays, in_care_on

HORIZONS_MONTHS = (12, 24)
CENTRAL_BANDS = {"50": (0.25, 0.75), "80": (0.10, 0.90), "95": (0.025, 0.975)}
FEW_POINTS = 8
MOST_ORIGINS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestPoint:
    """One forecast of one past origin at one horizon, and what happened.

    Parameters
    ----------
    forecast_mean, same_as_today, same_change, happened
        Children in care. Shape (age bands, groups). ``same_change`` repeats the change of the year before
        the origin; ``None`` where the returns do not show that year.
    inside
        Whether the total that happened lay inside each central band, by the band's name.
    groups_inside
        Share of the placement groups with children that lay inside each band.
    cells_inside
        Share of age band by group cells, among those with children, inside each band.
    kinds_inside
        For each band, whether each placement group that happened lay inside it; ``None`` for a group without children.
    pit
        Probability integral transform: share of the futures whose total was below what happened, equals
        counting half. Even over 0-1 if the bands are honest.
    crps
        Continuous ranked probability score of the total, in children; for a single number it is the
        absolute error, so it compares with "same as today" directly.
    """

    origin: date
    months: int
    forecast_mean: FloatArray
    same_as_today: IntArray
    same_change: IntArray | None
    happened: IntArray
    inside: dict[str, bool]
    groups_inside: dict[str, float]
    cells_inside: dict[str, float]
    pit: float
    crps: float
    kinds_inside: dict[str, tuple[bool | None, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """Accuracy and coverage over every origin and horizon that the returns allow."""

    points: tuple[BacktestPoint, ...]
    runs: int
    seed: int
    data_date: date
    inputs: tuple[object, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures by horizon, each origin's, and the evidence."""
        horizons = sorted({point.months for point in self.points})
        return {
            "origins": sorted({point.origin.isoformat() for point in self.points}),
            "runs": self.runs,
            "seed": self.seed,
            "horizons": [_scores([p for p in self.points if p.months == months]) for months in horizons],
            "points": [_point(point) for point in self.points],
            "definition": (
                "Error of the total: mean absolute difference from what happened, as a percentage of it. Error by group, "
                "and by group and age: sum of absolute differences over the sum of children. Coverage: percentage of "
                "origins whose total, and of groups and cells with children, that lay inside each central band. CRPS: "
                "continuous ranked probability score of the total in children, smaller is better. PIT: share of futures "
                "below what happened; even between 0 and 1 if the bands are honest. By placement and age band: mean "
                "absolute differences in children, and the percentage of origins with children whose band held."
            ),
            "evidence": evidence(
                inputs=self.inputs,
                policy_version=None,
                data_date=self.data_date,
                seed=self.seed,
                warnings=self._warnings(),
            ),
        }

    def _warnings(self) -> list[str]:
        if len(self.points) >= FEW_POINTS:
            return []
        forecasts = "1 forecast" if len(self.points) == 1 else f"{len(self.points)} forecasts"
        return [f"Only {forecasts} could be checked; coverage of so few is a rough guide."]


def backtest_forecast(
    returns: Returns,
    *,
    origins: int = 3,
    runs: int = 300,
    seed: int = 0,
    horizons: Sequence[int] = HORIZONS_MONTHS,
) -> Backtest:
    """Return how forecasts from past dates compare with what happened, and with two plain rules.

    The rules are "same as today" and "last year's change again".

    Parameters
    ----------
    returns
        From ``read_returns``; at least two years.
    origins
        How many past 31 Marches to forecast from, the latest ones first. 1 to ``MOST_ORIGINS``.
    runs, seed
        As in ``forecast_need``.
    horizons
        Months ahead to check. Only those that lie within the returns are.

    Raises
    ------
    InvalidInput
        If ``origins`` is out of range.
    NotEnoughData
        If no origin has both a year of returns before it and a horizon within them after it.

    References
    ----------
    Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102(477).
    """
    if not 1 <= origins <= MOST_ORIGINS:
        raise InvalidInput("origins", f"Give a number of origins from 1 to {MOST_ORIGINS}.")
    past = [
        day
        for day in returns.year_ends
        if (day - returns.first_day).days >= 364 and _later(day, min(horizons)) <= returns.last_day
    ][-origins:]
    if not past:
        raise NotEnoughData(
            "too_few_returns",
            "A check needs returns for a year before and a year after a 31 March. Add years.",
        )
    happened_stays = repaired_history(returns).stays
    points = [
        point
        for origin in past
        for point in _points(returns, happened_stays, origin, runs, seed, sorted(horizons))
    ]
    return Backtest(
        points=tuple(points),
        runs=runs,
        seed=seed,
        data_date=returns.last_day,
        inputs=(returns.episodes, returns.people, origins, runs, seed, tuple(horizons)),
    )


def _later(day: date, months: int) -> date:
    # Origins and horizons are whole years after 31 March or months within; the 31st is cut to the month's end.
    return monthly_dates(day, months)[-1]


def _points(
    returns: Returns, stays: tuple[Stay, ...], origin: date, runs: int, seed: int, horizons: Sequence[int]
) -> list[BacktestPoint]:
    reachable = [months for months in horizons if _later(origin, months) <= returns.last_day]
    forecast = forecast_need(
        returns, start=origin, months=max(reachable), runs=runs, seed=seed, track_record=False
    )
    grouped = by_group(forecast.counts)
    before = _year_before(origin)
    a_year_ago = counted(stays, before) if before >= returns.first_day else None
    points = []
    for months in reachable:
        drawn = grouped[:, months]
        happened = counted(stays, forecast.dates[months])
        totals = drawn.sum(axis=(1, 2))
        seen = (happened + drawn.mean(axis=0)) >= 1
        by_kind = drawn.sum(axis=1)
        seen_kinds = happened.sum(axis=0) + by_kind.mean(axis=0) >= 1
        inside: dict[str, bool] = {}
        groups_inside: dict[str, float] = {}
        cells_inside: dict[str, float] = {}
        kinds_inside: dict[str, tuple[bool | None, ...]] = {}
        for name, levels in CENTRAL_BANDS.items():
            low, high = np.quantile(totals, levels)
            inside[name] = bool(low <= happened.sum() <= high)
            groups_inside[name] = _share_inside(by_kind, happened.sum(axis=0), levels, seen_kinds)
            cells_inside[name] = _share_inside(drawn, happened, levels, seen)
            kinds_inside[name] = _each_inside(by_kind, happened.sum(axis=0), levels, seen_kinds)
        points.append(
            BacktestPoint(
                origin=origin,
                months=months,
                forecast_mean=drawn.mean(axis=0),
                same_as_today=grouped[0, 0],
                same_change=None if a_year_ago is None else _same_change(grouped[0, 0], a_year_ago, months),
                happened=happened,
                inside=inside,
                groups_inside=groups_inside,
                cells_inside=cells_inside,
                kinds_inside=kinds_inside,
                pit=_pit(totals, int(happened.sum())),
                crps=_crps(totals, int(happened.sum())),
            )
        )
    return points


def _year_before(day: date) -> date:
    return monthly_dates(day.replace(year=day.year - 1), 0)[0]


def _same_change(today: IntArray, a_year_ago: IntArray, months: int) -> IntArray:
    """Return today's children plus the change of the last year for each year ahead, nowhere below 0."""
    change = np.rint((today - a_year_ago) * (months / 12)).astype(np.int64)
    return np.asarray(np.maximum(today + change, 0))


def _share_inside(
    drawn: IntArray, happened: IntArray, levels: tuple[float, float], seen: NDArray[np.bool_]
) -> float:
    low, high = np.quantile(drawn, levels, axis=0)
    within = (low <= happened) & (happened <= high)
    return float(within[seen].mean()) if seen.any() else 1.0


def _each_inside(
    drawn: IntArray, happened: IntArray, levels: tuple[float, float], seen: NDArray[np.bool_]
) -> tuple[bool | None, ...]:
    low, high = np.quantile(drawn, levels, axis=0)
    within = (low <= happened) & (happened <= high)
    return tuple(bool(inside) if counts else None for inside, counts in zip(within, seen, strict=True))


def _pit(totals: IntArray, happened: int) -> float:
    return float((totals < happened).mean() + (totals == happened).mean() / 2)


def _crps(totals: IntArray, happened: int) -> float:
    """Return the mean distance of the futures from what happened, less half their mean distance apart."""
    drawn = np.sort(totals).astype(np.float64)
    count = len(drawn)
    # Of sorted values the mean distance of two drawn apart is a weighted sum.
    apart = 2.0 * float(((2 * np.arange(1, count + 1) - count - 1) * drawn).sum()) / count**2
    return float(np.abs(drawn - happened).mean()) - apart / 2


def by_group(counts: IntArray) -> IntArray:
    """Return counts by placement group. The last axis goes from details to groups."""
    grouped = np.zeros((*counts.shape[:-1], len(GROUPS)), dtype=np.int64)
    for index, detail in enumerate(DETAILS):
        grouped[..., GROUPS.index(detail.group)] += counts[..., index]
    return grouped


def counted(stays: tuple[Stay, ...], day: date) -> IntArray:
    """Return the children in care on the night of a day. Shape (age bands, groups)."""
    table = np.zeros((N_AGES, N_DETAILS), dtype=np.int64)
    present = in_care_on(stays, day)
    if present:
        born = np.array([stay.date_of_birth for stay in present], dtype="datetime64[D]")
        age = (np.datetime64(day) >= birthdays(born)).sum(axis=1)
        detail = np.array([DETAILS.index(stay.detail) for stay in present])
        np.add.at(table, (np.minimum(age, N_AGES - 1), detail), 1)
    return by_group(table)


def _scores(points: Sequence[BacktestPoint]) -> dict[str, Any]:
    return {
        "months": points[0].months,
        "origins": len(points),
        "total_error_percent": _percent([_total_error(p.forecast_mean, p.happened) for p in points]),
        "total_error_percent_same_as_today": _percent(
            [_total_error(p.same_as_today, p.happened) for p in points]
        ),
        "total_error_percent_last_years_change": _percent(
            [_total_error(p.same_change, p.happened) for p in points if p.same_change is not None]
        ),
        "group_error_percent": _percent([_error(p.forecast_mean.sum(0), p.happened.sum(0)) for p in points]),
        "group_error_percent_same_as_today": _percent(
            [_error(p.same_as_today.sum(0), p.happened.sum(0)) for p in points]
        ),
        "age_and_group_error_percent": _percent([_error(p.forecast_mean, p.happened) for p in points]),
        "age_and_group_error_percent_same_as_today": _percent(
            [_error(p.same_as_today, p.happened) for p in points]
        ),
        "coverage_of_total_percent": {
            name: _percent([float(p.inside[name]) for p in points]) for name in CENTRAL_BANDS
        },
        "coverage_of_groups_percent": {
            name: _percent([p.groups_inside[name] for p in points]) for name in CENTRAL_BANDS
        },
        "coverage_of_cells_percent": {
            name: _percent([p.cells_inside[name] for p in points]) for name in CENTRAL_BANDS
        },
        "crps": round(sum(p.crps for p in points) / len(points), 2),
        "crps_same_as_today": round(
            sum(abs(int(p.same_as_today.sum()) - int(p.happened.sum())) for p in points) / len(points), 2
        ),
        "pit": [round(p.pit, 3) for p in points],
        "total_error": errors_in_children(points, slice(None), slice(None)),
        "placements": [
            {
                "placement": str(group),
                **errors_in_children(points, slice(None), [k]),
                "coverage_percent": {name: _held_percent(points, name, k) for name in CENTRAL_BANDS},
            }
            for k, group in enumerate(GROUPS)
        ],
        "age_bands": [
            {"age_band": band, **errors_in_children(points, [a], slice(None))}
            for a, band in enumerate(AGE_BANDS)
        ],
    }


def errors_in_children(points: Sequence[BacktestPoint], ages: Any, kinds: Any) -> dict[str, float | None]:
    """Return the mean absolute error in children of the forecast and of the two plain rules, of some ages and kinds."""

    def part(table: FloatArray | IntArray) -> float:
        return float(np.asarray(table)[ages][:, kinds].sum())

    def mean(values: Sequence[float]) -> float:
        return round(sum(values) / len(values), 2)

    changes = [abs(part(p.same_change) - part(p.happened)) for p in points if p.same_change is not None]
    return {
        "error": mean([abs(part(p.forecast_mean) - part(p.happened)) for p in points]),
        "same_as_today": mean([abs(part(p.same_as_today) - part(p.happened)) for p in points]),
        "last_years_change": mean(changes) if changes else None,
    }


def _held_percent(points: Sequence[BacktestPoint], band: str, kind: int) -> float | None:
    told = [point.kinds_inside[band][kind] for point in points if band in point.kinds_inside]
    return _percent([float(one) for one in told if one is not None])


def _total_error(guess: FloatArray | IntArray, happened: IntArray) -> float:
    return abs(float(guess.sum()) - float(happened.sum())) / max(float(happened.sum()), 1.0)


def _error(guess: FloatArray | IntArray, happened: IntArray) -> float:
    return float(np.abs(guess - happened).sum()) / max(float(happened.sum()), 1.0)


def _percent(shares: Sequence[float]) -> float | None:
    """Return the mean as a percentage, or ``None`` where nothing could be compared."""
    return round(100 * sum(shares) / len(shares), 1) if shares else None


def _point(point: BacktestPoint) -> dict[str, Any]:
    return {
        "origin": point.origin.isoformat(),
        "months": point.months,
        "forecast": round(float(point.forecast_mean.sum()), 2),
        "same_as_today": int(point.same_as_today.sum()),
        "last_years_change": None if point.same_change is None else int(point.same_change.sum()),
        "happened": int(point.happened.sum()),
        "pit": round(point.pit, 3),
        "crps": round(point.crps, 2),
        "inside": dict(point.inside),
    }
