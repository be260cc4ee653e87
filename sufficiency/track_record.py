"""What a forecast's own past says of it: how far past forecasts were out, and whether their bands held.

``backtest.py`` makes the past forecasts; here they are put into the words and the verdict that every forecast
carries. A few past dates prove little, and the verdict says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scipy.stats import binom

from reference_data.problems import NotEnoughData
from reference_data.vocabulary import AGE_BANDS
from sufficiency.backtest import (
    CENTRAL_BANDS,
    Backtest,
    BacktestPoint,
    backtest_forecast,
    errors_in_children,
)
from sufficiency.episodes import GROUPS
from sufficiency.repair import returns_known_on
from sufficiency.returns import Returns

ORIGINS = 4
"""Past 31 Marches that a forecast is checked from, where the returns allow. Policy default: cheap, and recent."""
RUNS = 100
"""Futures of each past forecast. Policy default: fewer than the forecast's own, so that checking stays cheap."""
ENOUGH_DATES = 20
"""From so many past dates on, bands that were not refuted are called calibrated. Policy default: at 20 dates an 80 in
100 band that holds only half of the time is found out nearly nine times in ten."""
DOUBT = 0.05
DOUBT_OF_KINDS = 0.01
"""A band is called too narrow, or too wide, where an honest one would do as badly less often than this. Kinds of
home on one date are not independent, so more is asked of them."""

ASSESSED, NOT_ASSESSED, LEFT_OUT = "ASSESSED", "NOT_ASSESSED", "LEFT_OUT"
CALIBRATED = "calibrated"
TOO_FEW = "too_few_to_judge"
TOO_NARROW = "too_narrow"
TOO_WIDE = "too_wide"
_VERDICT_WORDS = {
    CALIBRATED: "the bands have held as often as they say",
    TOO_FEW: "too few to judge",
    TOO_NARROW: "the bands are too narrow here: plan for more spread than they show",
    TOO_WIDE: "the bands are wider than they need to be here",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
KIND_WORDS = {
    "fostering": "fostering",
    "residential": "children's homes",
    "supported": "supported accommodation",
    "other": "other placements",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """What past forecasts of the same council say of this one.

    Parameters
    ----------
    status
        ASSESSED; NOT_ASSESSED where no past date could be checked; LEFT_OUT where the caller did not want it.
    reason
        Why there is none; empty where there is one.
    verdict
        One of ``calibrated``, ``too_few_to_judge``, ``too_narrow``, ``too_wide``; ``None`` without a record.
    backtest
        The past forecasts and what happened.
    """

    status: str
    reason: str = ""
    verdict: str | None = None
    backtest: Backtest | None = None

    def sentences(self) -> tuple[str, ...]:
        """Return what a commissioner reads: a sentence or two for each horizon, and one on the kinds of home."""
        if self.backtest is None:
            return (self.reason,)
        near, *further = _by_months(self.backtest)
        # Further ahead the futures overlap and count the same luck several times, so they are told and not judged.
        return (
            f"{_told(near)}: {_VERDICT_WORDS[verdict_of(near)]}.",
            *(f"{_told(points)}." for points in further),
            *_kinds_told(near),
        )

    def caution(self) -> str:
        """Return the sentence that an uncalibrated forecast carries on every surface; empty for a calibrated one."""
        if self.status == LEFT_OUT:
            return (
                "The forecast's track record was left out on request: nothing here says how far its bands can be "
                "trusted."
            )
        if self.backtest is None:
            return f"The bands have not been checked against this council's own past. {self.reason}"
        if self.verdict == CALIBRATED:
            return ""
        dates = len({point.origin for point in self.backtest.points})
        if self.verdict == TOO_FEW:
            return (
                f"The bands are not proved on this council's own past: {_word(dates)} past "
                f"{_plural(dates, 'date', 'dates')} {_plural(dates, 'is', 'are')} too few to judge them."
            )
        if self.verdict == TOO_NARROW:
            return (
                "The bands were too narrow on this council's own past: plan for more spread than they show."
            )
        return "The bands were wider than they needed to be on this council's own past."

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; numbers only of children in whole groups, never of one child."""
        return {
            "status": self.status,
            "reason": self.reason,
            "verdict": self.verdict,
            "text": list(self.sentences()),
            "caution": self.caution(),
            "origins": [] if self.backtest is None else _origins(self.backtest),
            "runs": None if self.backtest is None else self.backtest.runs,
            "horizons": []
            if self.backtest is None
            else [_figures(points) for points in _by_months(self.backtest)],
            "definition": DEFINITION,
        }


def _kinds_told(points: Sequence[BacktestPoint]) -> tuple[str, ...]:
    held, of = _kinds_held(points, "80")
    if not of:
        return ()
    kinds = [KIND_WORDS[str(group)] for k, group in enumerate(GROUPS) if _does_worse(points, k)]
    worse = (
        f'"Same as today" was nearer for {_listed(kinds)}.'
        if kinds
        else 'For none was "same as today" nearer.'
    )
    months = _ahead(points[0].months)
    return (f"By kind of home, {months}, the 80 in 100 band held {held} of {of} figures. {worse}",)


DEFINITION = (
    "Forecasts made from past 31 Marches with nothing recorded later, set beside what happened. Errors are mean absolute "
    'differences in children. "Same as today" repeats the children of that 31 March; "last year\'s change" adds the '
    "change of the year before it. Held: on how many of the dates what happened lay inside the central band. PIT: share "
    "of futures below what happened, one for each date; even between 0 and 1 if the bands are honest. CRPS: continuous "
    'ranked probability score of the total in children; for "same as today" it is the absolute error. Verdict: too '
    f"narrow (or too wide) where an honest band would hold so seldom (or so often) in fewer than {DOUBT:.0%} of cases; "
    f"calibrated from {ENOUGH_DATES} dates on; too few to judge before."
)


@dataclass(slots=True)
class Promise:
    """A track record that is made when it is first asked for, and kept: checking takes seconds.

    Not for two threads at once; the worst that can happen is that it is made twice, alike.
    """

    make: Callable[[], TrackRecord]
    _made: TrackRecord | None = field(default=None, init=False)

    def __call__(self) -> TrackRecord:
        """Return the track record."""
        if self._made is None:
            self._made = self.make()
        return self._made


NONE_OF_ITS_OWN = TrackRecord(
    status=NOT_ASSESSED,
    reason="No returns were given, so there is no history of this council's own to check the forecast on.",
)
LEFT_OUT_ON_REQUEST = TrackRecord(
    status=LEFT_OUT, reason="The track record was left out on request, for speed."
)


def track_record(
    returns: Returns, *, known_on: date, origins: int = ORIGINS, runs: int = RUNS, seed: int = 0
) -> TrackRecord:
    """Return how forecasts from past 31 Marches compare with what happened up to a day.

    Parameters
    ----------
    returns
        From ``read_returns``.
    known_on
        The day the forecast starts on: what was recorded after it is used neither to forecast nor to judge.
    origins, runs, seed
        As in ``backtest_forecast``.

    Raises
    ------
    InvalidInput
        If ``origins`` is out of range.

    References
    ----------
    Dawid (1984), Present position and potential developments: some personal views. Statistical theory, the
    prequential approach. Journal of the Royal Statistical Society A 147(2): forecasts are judged by what came after.
    """
    try:
        checked = backtest_forecast(
            returns_known_on(returns, known_on), origins=origins, runs=runs, seed=seed
        )
    except NotEnoughData as lacking:
        return TrackRecord(
            status=NOT_ASSESSED, reason=f"No forecast from a past date could be checked. {lacking.message}"
        )
    return TrackRecord(status=ASSESSED, verdict=verdict_of(checked.points), backtest=checked)


def verdict_of(points: Sequence[BacktestPoint]) -> str:
    """Return what the shortest horizon's points say of the bands: refuted, not refuted, or too few to say.

    Longer horizons overlap each other and so count the same luck several times; they are told and not judged.
    """
    months = min(point.months for point in points)
    near = [point for point in points if point.months == months]
    narrow = wide = False
    for name, (low, high) in CENTRAL_BANDS.items():
        held, share = sum(point.inside[name] for point in near), high - low
        narrow |= bool(binom.cdf(held, len(near), share) < DOUBT)
        wide |= bool(binom.sf(held - 1, len(near), share) < DOUBT)
        kinds_held, kinds = _kinds_held(near, name)
        narrow |= bool(kinds and binom.cdf(kinds_held, kinds, share) < DOUBT_OF_KINDS)
    if narrow:
        return TOO_NARROW
    # Whole numbers of few children make a band hold more than its name says, so wide is believed of many dates only.
    if len(near) < ENOUGH_DATES:
        return TOO_FEW
    return TOO_WIDE if wide else CALIBRATED


def _by_months(backtest: Backtest) -> list[list[BacktestPoint]]:
    horizons = sorted({point.months for point in backtest.points})
    return [[point for point in backtest.points if point.months == months] for months in horizons]


def _origins(backtest: Backtest) -> list[str]:
    return sorted({point.origin.isoformat() for point in backtest.points})


def _kinds_held(points: Sequence[BacktestPoint], band: str) -> tuple[int, int]:
    """Return how many figures by kind of home lay inside a band, and of how many; kinds without children are none."""
    held = of = 0
    for point in points:
        seen = int((point.happened.sum(axis=0) + point.forecast_mean.sum(axis=0) >= 1).sum())
        held += round(point.groups_inside[band] * seen) if seen else 0
        of += seen
    return held, of


def _does_worse(points: Sequence[BacktestPoint], kind: int) -> bool:
    ours = sum(abs(p.forecast_mean[:, kind].sum() - p.happened[:, kind].sum()) for p in points)
    same = sum(abs(int(p.same_as_today[:, kind].sum()) - int(p.happened[:, kind].sum())) for p in points)
    return bool(ours > same)


def _figures(points: Sequence[BacktestPoint]) -> dict[str, Any]:
    kinds = [_kinds_held(points, name) for name in CENTRAL_BANDS]
    return {
        "months": points[0].months,
        "dates": len(points),
        "total": errors_in_children(points, slice(None), slice(None)),
        "placements": [
            {"placement": str(group), **errors_in_children(points, slice(None), [k])}
            for k, group in enumerate(GROUPS)
        ],
        "age_bands": [
            {"age_band": band, **errors_in_children(points, [a], slice(None))}
            for a, band in enumerate(AGE_BANDS)
        ],
        "held": {name: sum(point.inside[name] for point in points) for name in CENTRAL_BANDS},
        "placements_held": {
            name: {"held": held, "of": of} for name, (held, of) in zip(CENTRAL_BANDS, kinds, strict=True)
        },
        "pit": [round(point.pit, 3) for point in points],
        "crps": _mean([point.crps for point in points]),
        "crps_same_as_today": errors_in_children(points, slice(None), slice(None))["same_as_today"],
        "crps_last_years_change": errors_in_children(points, slice(None), slice(None))["last_years_change"],
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2)


def _told(points: Sequence[BacktestPoint]) -> str:
    figures = _figures(points)
    total = figures["total"]
    dates = len(points)
    years = sorted(point.origin.year for point in points)
    span = f"{years[0]} to {years[-1]}" if dates > 1 else f"{years[0]}"
    last = total["last_years_change"]
    rules = f'"same as today" by {_children(total["same_as_today"])}'
    if last is not None:
        rules += f", last year's change again by {_children(last)}"
    worse = (
        ' It was no better than "same as today": give it no more weight than that.'
        if total["error"] >= total["same_as_today"]
        else ""
    )
    start = f"At the last {_word(dates)} 31 Marches ({span})" if dates > 1 else f"On 31 March {span}"
    average = " on average" if dates > 1 else ""
    held = figures["held"]["80"]
    return (
        f"{start} the forecast of the total was out by {_children(total['error'], noun=True)}{average} "
        f"{_ahead(points[0].months)}; {rules}.{worse} The 80 in 100 band held what happened "
        f"{_times(held)} in {dates}"
    )


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _ahead(months: int) -> str:
    if months % 12:
        return f"{months} months ahead"
    return "a year ahead" if months == 12 else f"{_word(months // 12)} years ahead"


def _children(number: float, *, noun: bool = False) -> str:
    whole = round(number)
    if not noun:
        return "less than 1" if whole == 0 and number > 0 else str(whole)
    if whole == 0:
        return "less than 1 child"
    return f"{whole} {_plural(whole, 'child', 'children')}"


def _plural(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _word(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
