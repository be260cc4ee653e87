"""A forecast that was adopted, beside what happened: month by month, from the returns made since.

The forecast is its saved JSON; nothing is forecast again. Past forecasts made anew are in ``backtest.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from reference_data.evidence import evidence
from reference_data.problems import ImportIssue, ImportRejected, NotEnoughData
from reference_data.vocabulary import AGE_BANDS
from sufficiency.backtest import counted
from sufficiency.episodes import GROUPS
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns
from sufficiency.stays import IntArray
from sufficiency.track_record import KIND_WORDS

LEVELS = {"p2_5": 0.025, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p97_5": 0.975}
WEIGHTS = {"p2_5": 0.0625, "p10": 0.1125, "p25": 0.2, "p50": 0.25, "p75": 0.2, "p90": 0.1125, "p97_5": 0.0625}
"""The share of all percentiles that lie nearest to each of those saved."""
BANDS = {"50": ("p25", "p75"), "80": ("p10", "p90"), "95": ("p2_5", "p97_5")}
NEEDED_KEYS = ("from", "months", "totals", "bins", "evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One forecast figure on one date, and what happened.

    Parameters
    ----------
    placement, age_band
        ``all`` where it is not divided.
    mean, levels
        What was forecast: the mean of the futures, and each percentile by name.
    at_start
        The children on the first date, which "same as today" repeats.
    happened
        The children there were.
    """

    on: date
    placement: str
    age_band: str
    mean: float
    levels: Mapping[str, float]
    at_start: float
    happened: int

    @property
    def error(self) -> float:
        """Return what happened less what was forecast, in children."""
        return self.happened - self.mean

    def inside(self, band: str) -> bool:
        """Say whether what happened lay inside a central band."""
        low, high = BANDS[band]
        return self.levels[low] <= self.happened <= self.levels[high]

    @property
    def score(self) -> float:
        """Return the continuous ranked probability score as far as the percentiles tell it, in children."""
        return 2 * sum(
            WEIGHTS[name]
            * (self.happened - self.levels[name])
            * (level - (self.happened < self.levels[name]))
            for name, level in LEVELS.items()
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "date": self.on.isoformat(),
            "placement": self.placement,
            "age_band": self.age_band,
            "mean": self.mean,
            **self.levels,
            "happened": self.happened,
            "error": round(self.error, 2),
            "same_as_today": self.at_start,
            "inside": {band: self.inside(band) for band in BANDS},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstActual:
    """A saved forecast beside what happened.

    Parameters
    ----------
    outcomes
        Every figure of every date that the returns reach, the total first. The first date is left out: it was known.
    to_come
        Dates of the forecast that the returns do not reach yet.
    corrected
        How many children more there were on the first date than the forecast took for known, by the returns of now.
    """

    start: date
    known_to: date
    outcomes: tuple[Outcome, ...]
    to_come: tuple[date, ...]
    corrected: float
    inputs: tuple[object, ...]
    forecast_evidence: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the answer: month by month, the scores, and sentences."""
        totals = self.of("all", "all")
        return {
            "from": self.start.isoformat(),
            "known_to": self.known_to.isoformat(),
            "text": list(self.sentences()),
            "months": [one.as_dict() for one in totals],
            "placements": [_scores(str(group), self.of(str(group), "all")) for group in GROUPS],
            "total": _scores("all", totals),
            "cells": [one.as_dict() for one in self.outcomes if one.age_band != "all"],
            "cells_held_percent": _held([one for one in self.outcomes if one.age_band != "all"]),
            "still_to_come": [day.isoformat() for day in self.to_come],
            "children_on_the_first_date_corrected_by": self.corrected,
            "forecast": {
                name: self.forecast_evidence.get(name)
                for name in ("product_version", "data_date", "seed", "input_hash")
            },
            "definition": DEFINITION,
            "evidence": evidence(
                inputs=self.inputs, policy_version=None, data_date=self.known_to, seed=None, warnings=()
            ),
        }

    def of(self, placement: str, age_band: str) -> list[Outcome]:
        """Return the outcomes of one series, by date."""
        return [one for one in self.outcomes if (one.placement, one.age_band) == (placement, age_band)]

    def sentences(self) -> tuple[str, ...]:
        """Return what a commissioner reads."""
        totals = self.of("all", "all")
        last = totals[-1]
        held = sum(one.inside("80") for one in totals)
        side = "inside" if last.inside("80") else "above" if last.error > 0 else "below"
        told = [
            f"On {_spoken(last.on)} there were {last.happened} children; the forecast of {_spoken(self.start)} said "
            f"{last.mean:.0f}, in 80 futures of 100 between {last.levels['p10']:.0f} and {last.levels['p90']:.0f}. "
            f"What happened is {side} {'it' if side == 'inside' else 'that'}.",
            f"Over {_months(len(totals))} the forecast was out by {_mean([abs(o.error) for o in totals]):.1f} children "
            f'on average, "same as today" by {_mean([abs(o.happened - o.at_start) for o in totals]):.1f}. '
            f"The 80 in 100 band held what happened in {held} of {_months(len(totals))}; the months of one forecast go "
            "together, so they count almost as one.",
        ]
        far = [
            KIND_WORDS[str(group)]
            for group in GROUPS
            if len(series := self.of(str(group), "all")) >= 3
            and not any(one.inside("95") for one in series[-3:])
        ]
        if far:
            told.append(
                f"Outside the 95 in 100 band in every one of the last three months: {', '.join(far)}. Ask what changed, "
                "and make the forecast again."
            )
        if self.corrected:
            told.append(
                f"By the returns of now the forecast began with {abs(self.corrected):.0f} too "
                f"{'few' if self.corrected > 0 else 'many'}: records of its first date were corrected since."
            )
        return tuple(told)


DEFINITION = (
    "Each date of the saved forecast that later returns reach, beside the children there were. Error: what happened "
    'less the mean of the futures. "Same as today": the children of the first date. Held: whether what happened lay '
    "inside the central band. Score: twice the mean pinball loss over the saved percentiles, each counting for those "
    "nearest to it, which approaches the continuous ranked probability score; smaller is better. Figures by kind of "
    "home have bands where the saved forecast has them."
)


def check_forecast(forecast: Mapping[str, Any], returns: Returns, *, file: str = "forecast") -> AgainstActual:
    """Return a saved forecast beside what happened.

    Parameters
    ----------
    forecast
        What ``Forecast.as_dict`` returned, or the JSON of ``righthome forecast --json`` read back.
    returns
        Returns that reach beyond the forecast's first date; earlier ones help to close what vanished.
    file
        What to call the forecast in a problem.

    Raises
    ------
    ImportRejected
        If it is no forecast.
    NotEnoughData
        If the returns end before the second date of the forecast, or begin after its first.

    References
    ----------
    Bracher and others (2021), Evaluating epidemic forecasts in an interval format. PLOS Computational Biology
    17(2): scores from saved percentiles.
    """
    start, totals, bins, groups = _parts(forecast, file)
    history = repaired_history(returns)
    dates = [date.fromisoformat(row["date"]) for row in totals]
    reached = [day for day in dates[1:] if day <= history.known_to]
    if returns.first_day > start:
        raise NotEnoughData(
            "returns_begin_later", "The returns begin after the forecast's first date. Add the years before."
        )
    if not reached:
        raise NotEnoughData(
            "nothing_happened_yet",
            f"The returns end on {_spoken(history.known_to)}, before the second date of the forecast. Add later ones.",
        )
    actual = {day: counted(history.stays, day) for day in (start, *reached)}
    outcomes: list[Outcome] = []
    for rows in (totals, groups, bins):
        first = {_key(row): float(row["mean"]) for row in rows if row["date"] == start.isoformat()}
        for row in rows:
            day = date.fromisoformat(row["date"])
            if day in reached:
                placement, age = _key(row)
                outcomes.append(
                    Outcome(
                        on=day,
                        placement=placement,
                        age_band=age,
                        mean=float(row["mean"]),
                        levels={name: float(row[name]) for name in LEVELS},
                        at_start=first[placement, age],
                        happened=_children(actual[day], placement, age),
                    )
                )
    return AgainstActual(
        start=start,
        known_to=history.known_to,
        outcomes=tuple(outcomes),
        to_come=tuple(day for day in dates if day > history.known_to),
        corrected=round(float(actual[start].sum()) - float(totals[0]["mean"]), 2),
        inputs=(dict(forecast["evidence"]), returns.episodes, returns.people),
        forecast_evidence=forecast["evidence"],
    )


def _parts(
    forecast: Mapping[str, Any], file: str
) -> tuple[date, list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the parts of a saved forecast, looked at before they are used."""
    try:
        if not all(name in forecast for name in NEEDED_KEYS):
            raise KeyError
        totals, bins = list(forecast["totals"]), list(forecast["bins"])
        groups = list(forecast.get("placements") or ())
        start = date.fromisoformat(forecast["from"])
        if not totals or totals[0]["date"] != start.isoformat():
            raise ValueError
        for row in (*totals, *bins, *groups):
            date.fromisoformat(row["date"])
            placement, age = _key(row)
            if placement not in {"all", *map(str, GROUPS)} or age not in {"all", *AGE_BANDS}:
                raise ValueError
            if not all(np.isfinite(float(row[name])) for name in ("mean", *LEVELS)):
                raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        what_to_do = "Give the JSON that righthome forecast --json printed."
        issue = ImportIssue(file=file, row=None, column=None, rule="not_a_forecast", what_to_do=what_to_do)
        raise ImportRejected([issue]) from None
    return start, totals, bins, groups


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    return str(row.get("placement", "all")), str(row.get("age_band", "all"))


def _children(table: IntArray, placement: str, age_band: str) -> int:
    ages = slice(None) if age_band == "all" else [AGE_BANDS.index(age_band)]
    kinds = slice(None) if placement == "all" else [[str(group) for group in GROUPS].index(placement)]
    return int(table[ages][:, kinds].sum())


def _scores(placement: str, series: Sequence[Outcome]) -> dict[str, Any]:
    if not series:
        return {"placement": placement, "months": 0}
    last = series[-1]
    return {
        "placement": placement,
        "months": len(series),
        "mean_absolute_error": _mean([abs(one.error) for one in series]),
        "mean_absolute_error_same_as_today": _mean([abs(one.happened - one.at_start) for one in series]),
        "mean_error": _mean([one.error for one in series]),
        "held_percent": _held(series),
        "score": _mean([one.score for one in series]),
        "score_same_as_today": _mean([abs(one.happened - one.at_start) for one in series]),
        "last": last.as_dict(),
    }


def _held(series: Sequence[Outcome]) -> dict[str, float | None]:
    """Return how often each band held, in percent, among figures with children; ``None`` where there are none."""
    seen = [one for one in series if one.happened + one.mean >= 1]
    return {
        band: round(100 * sum(one.inside(band) for one in seen) / len(seen), 1) if seen else None
        for band in BANDS
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2)


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"
