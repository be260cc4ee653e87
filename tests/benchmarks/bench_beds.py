"""What is promised about beds beside what comes true, on invented councils whose true futures are known.

Two families of councils: the five of the invented partnership as they stood two years before it ends, each drawn anew
from several seeds, and many made-up ones of one size. For each council the returns up to a day are forecast, and beds are
set against it: as many as children need today, a few fewer, a few more. What happens is drawn from the law the children
really live by. Promised are the chance of being short, the beds that are enough in so many futures of a hundred, and the
cost; each is held against the share of true futures. Residential and supported care, where beds are bought: the truth
counts children by group, and of fostering the product counts no kinship. The speed of the whole answer stands beside.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np

from api.beds_planning import beds_answer
from matching.policy import default_policy
from reference_data.sample import PARTNERSHIP_ARCHIVE, PARTNERSHIP_AUTHORITY, PARTNERSHIP_SEED, SAMPLE_DATE
from reference_data.synthetic.careers import council_intake, simulate_council, simulate_history
from reference_data.synthetic.history import History
from reference_data.synthetic.intake import Intake
from reference_data.synthetic.returns import write_returns
from reference_data.synthetic.targets import AUTHORITIES
from reference_data.synthetic.truth import futures
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency import forecast_need, read_returns
from sufficiency.episodes import DETAILS
from sufficiency.shortfall import beds_short

ORIGIN = date(2024, 3, 31)
MONTHS = 24
AT = (12, 24)
SIZE = 350
GROUPS = (PlacementGroup.RESIDENTIAL, PlacementGroup.SUPPORTED)
BEDS_BESIDE_NEED = (0.9, 1.0, 1.1, 1.25)
ENOUGH_IN = (50, 80, 90, 95)
FIRST_YEAR = 2019
WEEKLY_PENCE = 500_000
FIRST_SEED = 7_000
_Known = tuple[History, Intake]


def measure(full: bool) -> dict[str, Any]:
    """Return how far promises about beds hold, over many councils (few when quick)."""
    seeds, councils, true_runs, runs = (1, 6, 50, 200) if full else (1, 1, 12, 60)
    partners = AUTHORITIES if full else (PARTNERSHIP_AUTHORITY,)
    return {
        "what": f"promises about residential and supported beds {MONTHS} months ahead, against {true_runs} true futures "
        f"of each council: partnership: {len(partners)} councils of the invented partnership on {ORIGIN:%-d %B %Y}, each "
        f"of {seeds} seeds; councils: {councils} made-up ones of about {SIZE} children",
        "counts": {
            "partnership_councils": len(partners) * seeds,
            "councils": councils,
            "true_futures": true_runs,
            "runs": runs,
        },
        "figures": {
            **_figures("partnership", _partnership(partners, seeds), runs, true_runs),
            **_figures("councils", _made_up(councils), runs, true_runs),
            **_speed(),
        },
    }


def _partnership(partners: tuple[str, ...], seeds: int) -> Iterator[_Known]:
    for number in range(seeds):
        for code in partners:
            seed = PARTNERSHIP_SEED if number == 0 else FIRST_SEED + number
            yield simulate_history(code, seed=seed, until=ORIGIN), Intake(authority=code)


def _made_up(councils: int) -> Iterator[_Known]:
    for number in range(councils):
        yield (
            simulate_council(size=SIZE, seed=FIRST_SEED + number, until=ORIGIN),
            council_intake(SIZE),
        )


def _figures(family: str, councils: Iterator[_Known], runs: int, true_runs: int) -> dict[str, Any]:
    promised: list[float] = []
    true: list[float] = []
    enough: dict[int, list[float]] = defaultdict(list)
    inside: list[float] = []
    cost_error: list[float] = []
    for number, (history, intake) in enumerate(councils):
        forecast, real, dates = _children(history, intake, FIRST_SEED + number, runs, true_runs)
        for group in GROUPS:
            ours, theirs = forecast[group], real[group]
            today = int(ours[0, 0].sum())
            for beside in BEDS_BESIDE_NEED:
                beds = {(0, len(AGE_BANDS) - 1): float(round(today * beside))}
                for month in AT:
                    short = beds_short(ours[:, month], beds).sum(axis=1)
                    happened = beds_short(theirs[:, month], beds).sum(axis=1)
                    promised.append(float((short > 0).mean()))
                    true.append(float((happened > 0).mean()))
            for month in AT:
                # Counted from no bed, so that no level holds only because enough beds are there already.
                for level in ENOUGH_IN:
                    beds_enough = np.quantile(ours[:, month].sum(axis=1), level / 100)
                    enough[level].append(float((theirs[:, month].sum(axis=1) <= beds_enough).mean()))
        low, high, mean, costs = _costs(forecast, real, dates)
        inside.append(float(((costs >= low) & (costs <= high)).mean()))
        cost_error.append((mean - costs.mean()) / costs.mean())
    chances, happens = np.array(promised), np.array(true)
    figures = {
        "p_short_mean_promised": round(float(chances.mean()), 3),
        "p_short_mean_true": round(float(happens.mean()), 3),
        "p_short_mean_absolute_error": round(float(np.abs(chances - happens).mean()), 3),
        **{
            f"p_short_true_where_promised_{low}_to_{high}_percent": _mean(
                happens[(chances >= low / 100) & (chances < high / 100 + (high == 100))]
            )
            for low, high in ((0, 20), (20, 40), (40, 60), (60, 80), (80, 100))
        },
        **{
            f"beds_for_{level}_percent_were_enough_in_percent": round(100 * float(np.mean(enough[level])), 1)
            for level in ENOUGH_IN
        },
        "cost_of_24_months_inside_80_band_percent": round(100 * float(np.mean(inside)), 1),
        "cost_of_24_months_bias_percent": round(100 * float(np.mean(cost_error)), 2),
    }
    return {f"{family}_{name}": value for name, value in figures.items()}


def _children(
    history: History, intake: Intake, seed: int, runs: int, true_runs: int
) -> tuple[dict[Any, Any], dict[Any, Any], tuple[date, ...]]:
    """Return children by group, run, date and age band: as forecast from the returns, and as they may truly be."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in write_returns(history, years=range(FIRST_YEAR, ORIGIN.year + 1)).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        returns = read_returns(folder)
    found = forecast_need(returns, start=ORIGIN, months=MONTHS, runs=runs, seed=seed, track_record=False)
    real = futures(history, seed=seed, months=MONTHS, runs=true_runs, intake=intake)
    places = {group: [k for k, detail in enumerate(DETAILS) if detail.group is group] for group in GROUPS}
    order = list(PlacementGroup)
    return (
        {group: found.counts[..., places[group]].sum(axis=3) for group in GROUPS},
        {group: real.counts[..., order.index(group)].astype(np.int64) for group in GROUPS},
        found.dates,
    )


def _costs(
    forecast: dict[Any, Any], real: dict[Any, Any], dates: tuple[date, ...]
) -> tuple[float, float, float, np.ndarray[Any, Any]]:
    """Return the 80 in 100 band and mean of the promised cost of both years, and the cost of each true future."""

    def years(children: dict[Any, Any]) -> np.ndarray[Any, Any]:
        nights = np.diff([day.toordinal() for day in dates])
        total = sum(children[group].sum(axis=2) for group in GROUPS)
        return np.asarray((total[:, :-1] * nights).sum(axis=1) * WEEKLY_PENCE / 7)

    ours, theirs = years(forecast), years(real)
    low, high = np.quantile(ours, [0.1, 0.9])
    return float(low), float(high), float(ours.mean()), theirs


def _speed() -> dict[str, float]:
    """Return how long a commissioner waits for the whole answer about the council of the partnership that ships."""
    with tempfile.TemporaryDirectory() as folder, ZipFile(PARTNERSHIP_ARCHIVE) as archive:
        archive.extractall(folder)
        files = Path(folder)
        began, processor = time.perf_counter(), time.process_time()
        beds_answer(
            returns=files / "returns",
            homes=files / "homes.json",
            stays=files / "stays.json",
            stays_from=date(2024, 4, 1),
            referrals=files / "referrals.json",
            enquiries=files / "enquiries.json",
            actions=Path(__file__).parents[2] / "docs" / "examples" / "actions.toml",
            voids=None,
            contracts=None,
            start=None,
            months=MONTHS,
            runs=300,
            seed=0,
            authority=PARTNERSHIP_AUTHORITY,
            as_of=SAMPLE_DATE,
            action_budget_pence=None,
            yearly_budget_pence=None,
            late_openings=True,
            carer_enquiries=None,
            carer_loss=None,
            constellations=0,
            kept_by_constellation=0.0,
            as_far_as_reached=False,
            breathing_space=None,
            policy=default_policy(),
        )
        return {
            "whole_answer_seconds": round(time.perf_counter() - began, 1),
            "whole_answer_processor_s": round(time.process_time() - processor, 1),
        }


def _mean(values: np.ndarray[Any, Any]) -> float | None:
    return round(float(values.mean()), 3) if len(values) else None
