"""What a forecast costs, year by year, and what could be overspent.

Children of each future, times the price of each kind, rising by a growth that is drawn for every future as well. Prices
are in ``prices.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from reference_data.ages import age_on
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlacementGroup
from sufficiency.episodes import DETAILS
from sufficiency.prices import Growth, Price, Prices
from sufficiency.stays import DAYS_A_YEAR, FloatArray, IntArray

QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9, "p97_5": 0.975}
_WITHIN_80 = 2 * 1.2816
"""Standard deviations between the tenth and the ninetieth percentile of a normal distribution."""
_DAYS_A_WEEK = 7


def budget(
    counts: IntArray,
    dates: Sequence[date],
    prices: Prices,
    growth: Mapping[PlacementGroup, Growth],
    *,
    seed: int = 0,
    yearly_budget_pence: int | None = None,
) -> dict[str, Any]:
    """Return what the children of a forecast cost in each year of it.

    Parameters
    ----------
    counts
        Children in care. Shape (runs, dates, age bands, details); each count holds until the next date.
    dates
        The dates of the counts, increasing; at least 2.
    prices
        Prices on the first date; kinds without one are left out and named.
    growth
        How fast the prices of each group rise; a group left out does not.
    seed
        Where random numbers start.
    yearly_budget_pence
        The money there is for a year; tells the chance of spending more.

    Returns
    -------
    ``years`` (``from``, ``until``, ``mean_pence``, the quantiles, ``at_risk_pence``: what a bad year, one of ten, costs
    above the mean; ``p_over_budget``), ``by_kind`` (mean pence of the first year, its price and source) and
    ``not_priced`` (kinds, and the mean number of children in them).

    Raises
    ------
    InvalidInput
        If fewer than two dates are given.
    """
    if len(dates) < 2:
        raise InvalidInput("budget_dates", "Give a forecast of at least one month.")
    children = counts.sum(axis=2).astype(np.float64)
    nights = np.diff([day.toordinal() for day in dates]).astype(np.float64)
    random = np.random.default_rng(np.random.SeedSequence(seed))
    weekly = np.zeros((len(counts), len(nights)))
    by_kind: list[dict[str, Any]] = []
    not_priced: list[dict[str, Any]] = []
    years_on = np.array([_years_since(dates[0], day) for day in dates[:-1]])
    level = {group: _levels(growth[group], years_on, len(counts), random) for group in sorted(growth)}
    for k, detail in enumerate(DETAILS):
        price = prices.get(detail)
        here = children[:, :-1, k]
        if price is None:
            if here.any():
                not_priced.append({"kind": str(detail), "children": round(float(here.mean()), 1)})
            continue
        paid = here * price.weekly_pence * _chance_of_the_mix(price, here, random)
        paid *= level.get(detail.group, 1.0)
        weekly += paid
        first_year = years_on < 1
        by_kind.append(
            {
                "kind": str(detail),
                "weekly_pence": price.weekly_pence,
                "source": price.source,
                "first_year_pence": round(
                    float((paid * nights)[:, first_year].sum(axis=1).mean() / _DAYS_A_WEEK)
                ),
            }
        )
    pence = weekly * nights / _DAYS_A_WEEK
    return {
        "years": _years(pence, dates, years_on, yearly_budget_pence),
        "by_kind": by_kind,
        "not_priced": not_priced,
        "growth": [
            {"placement": str(group), "yearly": one.yearly, "doubt": one.doubt, "source": one.source}
            for group, one in sorted(growth.items())
        ],
    }


def _levels(growth: Growth, years_on: FloatArray, runs: int, random: np.random.Generator) -> FloatArray:
    """Return the level of prices beside the first date's. Shape (runs, dates). Each year's growth is drawn once."""
    whole = int(np.floor(years_on[-1])) + 1
    steps = random.normal(growth.yearly, growth.doubt, size=(runs, whole))
    grown = np.concatenate([np.zeros((runs, 1)), np.cumsum(steps, axis=1)], axis=1)
    at = np.floor(years_on).astype(np.int64)
    return np.asarray(np.exp(grown[:, at] + (years_on - at) * steps[:, at]), dtype=np.float64)


def _years_since(start: date, day: date) -> float:
    """Return years and the part of the running one, so that an anniversary begins a year whatever its length."""
    whole = age_on(start, day)
    began = start.toordinal() + round(whole * DAYS_A_YEAR)
    return whole + min(max(day.toordinal() - began, 0) / DAYS_A_YEAR, 0.999)


def _chance_of_the_mix(price: Price, children: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return the mean price of as many placements beside the mean of all. Shape (runs, 1).

    Prices differ from child to child; of few children the mean may be far from the list's.
    """
    spread = (price.high_pence - price.low_pence) / _WITHIN_80 / max(price.weekly_pence, 1)
    many = np.maximum(children.mean(axis=1, keepdims=True), 1.0)
    luck: FloatArray = random.standard_normal((len(children), 1))
    return np.maximum(np.asarray(1 + luck * spread / np.sqrt(many), dtype=np.float64), 0.0)


def _years(
    pence: FloatArray, dates: Sequence[date], years_on: FloatArray, budget_pence: int | None
) -> list[dict[str, Any]]:
    rows = []
    for year in range(int(np.floor(years_on[-1])) + 1):
        inside = np.flatnonzero(np.floor(years_on).astype(np.int64) == year)
        cost = pence[:, inside].sum(axis=1)
        mean = float(cost.mean())
        levels = np.quantile(cost, list(QUANTILES.values()))
        rows.append(
            {
                "from": dates[inside[0]].isoformat(),
                "until": dates[inside[-1] + 1].isoformat(),
                "mean_pence": round(mean),
                **{
                    f"{name}_pence": round(float(value))
                    for name, value in zip(QUANTILES, levels, strict=True)
                },
                "at_risk_pence": round(float(levels[list(QUANTILES).index("p90")]) - mean),
                "p_over_budget": None
                if budget_pence is None
                else round(float((cost > budget_pence).mean()), 4),
            }
        )
    return rows
