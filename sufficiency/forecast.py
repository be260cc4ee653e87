"""The forecast: children in care by placement group and age band, month by month, with how sure we are.

``forecast_need`` is the analyst's door. What it learns from is in ``stays.py`` and ``flows.py``, what it plays
forward in ``simulate.py``; beds are counted in ``capacity.py`` and ``shortfall.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from reference_data.evidence import evidence
from reference_data.problems import InvalidInput, NotEnoughData
from reference_data.vocabulary import AGE_BANDS, Suitability, placement_group
from sufficiency.calibration import calibrated
from sufficiency.capacity import usable_capacity
from sufficiency.change import Change
from sufficiency.drift import PRIOR_DRIFT
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.flows import fit_starts, inflow_levels
from sufficiency.margins import age_rows, placement_rows
from sufficiency.playing import played
from sufficiency.reading_report import warnings_of_reading
from sufficiency.repair import CareHistory, repaired_history
from sufficiency.returns import Returns
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.shortfall import shortfall_rows
from sufficiency.simulate import World
from sufficiency.stays import (
    PRIOR_EXITS_A_YEAR,
    PRIOR_MOVES_A_YEAR,
    IntArray,
    exposure,
    fit_moves,
    fit_rates,
    in_care_on,
    move_counts,
)
from sufficiency.unaccompanied import told_apart, unaccompanied_children
from sufficiency.uncertainty import FULL, Uncertainty

if TYPE_CHECKING:
    from matching.home import Home
    from matching.referral import Referral
    from sufficiency.track_record import TrackRecord

QUANTILES = {"p2_5": 0.025, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p97_5": 0.975}
ASSESSED = "ASSESSED"
NOT_ASSESSED = "NOT_ASSESSED"
MOST_MONTHS = 120
MOST_RUNS = 10_000
FEW_YEARS = 2
LARGE_FALL = 0.5
"""Starts of the last year below this share of the greatest year's are worth a question about the returns."""

DEFINITION = (
    "Children looked after on the night of each date, by age in whole years that day, counting each child once in "
    "the placement that holds them. Short breaks (V3, V4) are left out; a temporary place (T codes) counts where "
    "the bed is kept open; care ends on the eighteenth birthday. Fostering is U1-U6, residential K1, K2 and S1, "
    "supported H5, K3 and P2, other everything else (with parents, for adoption, other residential, custody). "
    "What children got is counted, not what they needed. Each band of percentiles holds chance, doubt about every "
    "rate, and drift of the rates from year to year."
)

APART = (
    "Unaccompanied children are learnt from and played forward apart from the others, and counted with them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Children in care on each date, run by run, and the beds short.

    Parameters
    ----------
    start
        The first date of the forecast.
    counts
        Children in care. Shape (runs, dates, age bands, details).
    shortfall
        Rows of the contract's ``shortfall``.
    warnings
        What a reader must know, in sentences.
    track_record
        Gives what past forecasts of the same council say of this one; made when first asked for, since it takes
        seconds. ``None`` where there is no history to check on.
    """

    start: date
    months: int
    runs: int
    seed: int
    dates: tuple[date, ...]
    counts: IntArray
    shortfall_status: str
    shortfall: tuple[dict[str, Any], ...]
    shortfall_reason: str
    definition: str
    scenario: dict[str, object]
    repairs: dict[str, int]
    needed_by_got: tuple[dict[str, Any], ...]
    known_to: date
    warnings: tuple[str, ...] = field(default=())
    inputs: tuple[object, ...] = field(default=())
    change: Change | None = None
    uncertainty: Uncertainty = FULL
    track_record: Callable[[], TrackRecord] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's ``forecast`` answer, with the track record of such forecasts."""
        from sufficiency.track_record import NONE_OF_ITS_OWN

        record = self.track_record() if self.track_record else NONE_OF_ITS_OWN
        caution = [record.caution()] if record.caution() else []
        return {
            "from": self.start.isoformat(),
            "months": self.months,
            "runs": self.runs,
            "seed": self.seed,
            "bins": self._bins(),
            "totals": self._totals(),
            "detail": self._detail(),
            "placements": placement_rows(self.counts, self.dates),
            "age_bands": age_rows(self.counts, self.dates),
            "shortfall_status": self.shortfall_status,
            "shortfall_reason": self.shortfall_reason,
            "shortfall": [dict(row) for row in self.shortfall],
            "needed_by_got": [dict(row) for row in self.needed_by_got],
            "scenario": self.scenario,
            "uncertainty": self.uncertainty.as_dict(),
            "repairs": self.repairs,
            "change": self.change and self.change.as_dict(),
            "track_record": record.as_dict(),
            "definition": self.definition,
            "evidence": evidence(
                inputs=self.inputs,
                policy_version=None,
                data_date=self.known_to,
                seed=self.seed,
                warnings=(*self.warnings, *caution),
            ),
        }

    def _bins(self) -> list[dict[str, Any]]:
        rows = []
        for position, group in enumerate(GROUPS):
            members = [index for index, detail in enumerate(DETAILS) if detail.group is group]
            summary = summarised(self.counts[:, :, :, members].sum(axis=3))
            for d, day in enumerate(self.dates):
                for a, band in enumerate(AGE_BANDS):
                    figures = {name: values[d, a] for name, values in summary.items()}
                    rows.append(
                        (
                            d,
                            a,
                            position,
                            {"date": day.isoformat(), "age_band": band, "placement": str(group), **figures},
                        )
                    )
        return [row for _, _, _, row in sorted(rows, key=lambda item: item[:3])]

    def _totals(self) -> list[dict[str, Any]]:
        summary = summarised(self.counts.sum(axis=(2, 3)))
        return [
            {"date": day.isoformat(), **{name: values[d] for name, values in summary.items()}}
            for d, day in enumerate(self.dates)
        ]

    def _detail(self) -> list[dict[str, Any]]:
        summary = summarised(self.counts.sum(axis=2))
        return [
            {
                "date": day.isoformat(),
                "placement": str(detail.group),
                "detail": str(detail),
                **{name: values[d, k] for name, values in summary.items()},
            }
            for d, day in enumerate(self.dates)
            for k, detail in enumerate(DETAILS)
        ]


def summarised(counts: IntArray) -> dict[str, Any]:
    """Return the mean and quantiles over runs, as nested lists of numbers with two decimals.

    Parameters
    ----------
    counts
        Shape (runs, ...).

    Returns
    -------
    ``mean`` and each of ``QUANTILES``; each indexable by the remaining axes.
    """
    levels = np.quantile(counts, list(QUANTILES.values()), axis=0)
    # A quantile between two counts is no count; rounding keeps the JSON short and the order of quantiles.
    figures = {"mean": _rounded(counts.mean(axis=0))}
    for name, values in zip(QUANTILES, levels, strict=True):
        figures[name] = _rounded(values)
    return figures


class _Rounded:
    """Plain floats of an array, by index."""

    def __init__(self, values: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        self.values = np.round(values, 4)

    def __getitem__(self, index: int | tuple[int, ...]) -> float:
        return float(self.values[index])


def _rounded(values: np.ndarray[Any, np.dtype[np.float64]]) -> _Rounded:
    return _Rounded(values)


def monthly_dates(start: date, months: int) -> tuple[date, ...]:
    """Return a date and the same day of each following month, the last day where a month is too short."""
    days = []
    for step in range(months + 1):
        years, month = divmod(start.month - 1 + step, 12)
        first = date(start.year + years, month + 1, 1)
        next_first = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
        days.append(min(first + timedelta(days=start.day - 1), next_first - timedelta(days=1)))
    return tuple(days)


def learnt_world(history: CareHistory, start: date) -> World:
    """Return everything a simulation from a day needs, learnt from a history.

    Raises
    ------
    NotEnoughData
        If the history has no stay at all.
    """
    if not history.stays:
        raise NotEnoughData("no_stays", "The returns hold no usable stay; nothing can be learnt from them.")
    seen = exposure(history)
    stock = in_care_on(history.stays, start)
    starts, destinations = fit_starts(history, prior_drift=PRIOR_DRIFT), move_counts(history)
    moves, paces = fit_moves(seen, stock, prior_a_year=PRIOR_MOVES_A_YEAR, prior_drift=PRIOR_DRIFT)
    world = World(
        start=start,
        stock=tuple(stock),
        starts=starts,
        exits=fit_rates(seen, seen.exited, prior_a_year=PRIOR_EXITS_A_YEAR, prior_drift=PRIOR_DRIFT),
        moves=moves,
        destinations=destinations,
        inflow=inflow_levels(history, destinations, starts),
        paces=paces,
    )
    return calibrated(world, history)


def forecast_need(
    returns: Returns,
    *,
    start: date,
    months: int,
    runs: int = 500,
    seed: int = 0,
    homes: Sequence[Home] | None = None,
    referrals: Sequence[Referral] = (),
    scenario: Scenario | None = None,
    uncertainty: Uncertainty = FULL,
    as_of: date | None = None,
    authority: str | None = None,
    executor: Executor | None = None,
    explain: bool = False,
    track_record: bool = True,
) -> Forecast:
    """Return the children expected in care by placement group and age band, and the beds short.

    Parameters
    ----------
    returns
        From ``read_returns``.
    start
        The date forecast from (``--from``). If it lies before the last record, nothing recorded after it is
        used; if after, the children are played forward from the end of the returns to it.
    months
        Months after ``start``, 0 to ``MOST_MONTHS``.
    runs
        Futures drawn, 1 to ``MOST_RUNS``.
    seed
        0 or more; the same seed gives the same answer to the byte.
    homes
        The homes to count beds in; without them the shortfall is NOT_ASSESSED.
    referrals
        Referrals that say what children need, set beside what they got.
    scenario
        What to change; nothing by default.
    uncertainty
        What the bands hold: chance, doubt about parameters, drift between years; all by default.
    as_of
        The date on which the homes' facts hold; ``start`` by default.
    authority
        The council whose beds are counted; by default the one most in-house homes name.
    executor
        Where to draw the futures: a process pool, or a Dask client's ``get_executor()``; the answer is the same.
    explain
        Whether to say why the number changes, which takes a few more simulations.
    track_record
        Whether the answer carries how past forecasts of this council did; made only when it is asked for.

    Raises
    ------
    InvalidInput
        If ``start`` lies before the first return, or a number is out of range.
    NotEnoughData
        If the returns hold no usable stay.
    """
    check_numbers(months, runs, seed)
    if start < returns.first_day:
        raise InvalidInput(
            "from_before_first_record",
            "The returns begin after this date. Forecast from a date on or after their first day.",
            {"first_day": returns.first_day.isoformat()},
        )
    scenario = scenario or UNCHANGED
    dates = monthly_dates(start, months)
    history = repaired_history(returns, known_on=start)
    # The morning after the last night known is that night's children, less those who came of age.
    known_to = history.known_to
    begins = start if (start - known_to).days <= 1 else known_to
    worlds = [learnt_world(own, begins) for own in told_apart(history, unaccompanied_children(returns))]
    counts, change = played(
        worlds,
        dates,
        runs=runs,
        seed=seed,
        scenario=scenario,
        uncertainty=uncertainty,
        executor=executor,
        explain=explain,
    )
    status, reason, shortfall, bed_warnings = beds_short_of(
        counts, dates, homes, as_of=as_of or start, authority=authority
    )
    return Forecast(
        start=start,
        months=months,
        runs=runs,
        seed=seed,
        dates=dates,
        counts=counts,
        shortfall_status=status,
        shortfall_reason=reason,
        shortfall=shortfall,
        definition=f"{DEFINITION} {APART}" if len(worlds) > 1 else DEFINITION,
        scenario=scenario.as_dict(),
        repairs=history.report.counts,
        needed_by_got=_needed_by_got(referrals, history),
        known_to=known_to,
        change=change,
        uncertainty=uncertainty,
        track_record=_track_record_of(returns, start, seed) if track_record else _left_out,
        warnings=(
            *_warnings(returns, history, worlds, start),
            *uncertainty.warnings(),
            *bed_warnings,
        ),
        inputs=(
            returns.episodes,
            returns.people,
            start,
            months,
            runs,
            seed,
            scenario.as_dict(),
            *uncertainty.left_out(),
            as_of,
            authority,
            tuple(homes) if homes is not None else None,
            tuple(referrals),
        ),
    )


def _track_record_of(returns: Returns, start: date, seed: int) -> Callable[[], TrackRecord]:
    """Return what makes the track record when it is first asked for. It forecasts too, so it is imported here."""
    from sufficiency.track_record import Promise, track_record

    return Promise(lambda: track_record(returns, known_on=start, seed=seed))


def _left_out() -> TrackRecord:
    from sufficiency.track_record import LEFT_OUT_ON_REQUEST

    return LEFT_OUT_ON_REQUEST


def check_numbers(months: int, runs: int, seed: int) -> None:
    if not 0 <= months <= MOST_MONTHS:
        raise InvalidInput("months", f"Give a number of months from 0 to {MOST_MONTHS}.")
    if not 1 <= runs <= MOST_RUNS:
        raise InvalidInput("runs", f"Give a number of runs from 1 to {MOST_RUNS:,}.")
    if seed < 0:
        raise InvalidInput("seed", "Give a seed of 0 or more.")


def _warnings(returns: Returns, history: CareHistory, worlds: Sequence[World], start: date) -> list[str]:
    warnings = warnings_of_reading(returns, history)
    gap_days = (start - history.known_to).days
    if gap_days > 1:
        warnings.append(
            f"The returns end on {history.known_to.isoformat()}, {gap_days:,} days before the forecast starts: the "
            "children in care on the first date are forecast too, and not counted."
        )
    yearly = [sum(year) for year in zip(*(world.starts.yearly for world in worlds), strict=True)]
    if len(yearly) < FEW_YEARS:
        warnings.append(
            f"The returns show {len(yearly)} whole years of starts; trend and drift rest mostly on assumptions."
        )
    elif yearly[-1] < LARGE_FALL * max(yearly):
        warnings.append(
            f"Starts fell from {max(yearly)} to {yearly[-1]} a year. Check that every return is complete: the "
            "forecast takes the fall as real."
        )
    return warnings


def beds_short_of(
    counts: IntArray,
    dates: Sequence[date],
    homes: Sequence[Home] | None,
    *,
    as_of: date,
    authority: str | None,
) -> tuple[str, str, tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Return the status of the shortfall, the reason, its rows, and what was assumed of the beds."""
    if not homes:
        return (
            NOT_ASSESSED,
            "No homes were given, so no beds can be counted.",
            shortfall_rows(counts, dates, None),
            (),
        )
    capacity = usable_capacity(homes, as_of=as_of, authority=authority)
    return ASSESSED, "", shortfall_rows(counts, dates, capacity), capacity.warnings


def _needed_by_got(referrals: Sequence[Referral], history: CareHistory) -> tuple[dict[str, Any], ...]:
    """Return how many children referred need each group, by the group of the placement they have.

    903 shows what children got; only referrals show what they needed. Who is not in the returns is waiting.
    """
    got = {stay.child_id: str(stay.detail.group) for stay in in_care_on(history.stays, history.known_to)}
    table = Counter(
        (needed, got.get(referral.child_id, "not in the returns"))
        for referral in referrals
        for needed in [_needed_group(referral)]
    )
    return tuple(
        {"needed": needed, "got": had, "children": children}
        for (needed, had), children in sorted(table.items())
    )


def _needed_group(referral: Referral) -> str:
    preferred = sorted(
        str(group) for group, view in (referral.suitability or {}).items() if view == Suitability.PREFERRED
    )
    if not preferred:
        preferred = sorted({str(placement_group(kind)) for kind in referral.acceptable_types or ()})
    return preferred[0] if len(preferred) == 1 else ("several" if preferred else "not recorded")
