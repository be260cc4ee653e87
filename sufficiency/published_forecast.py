"""A forecast from the department's published figures only, where a council has given no return.

What the figures are made into is in ``published_world.py``; the forecast from returns is in ``forecast.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import date
from typing import TYPE_CHECKING

from sufficiency.change import change_explained
from sufficiency.forecast import DEFINITION, Forecast, beds_short_of, check_numbers, monthly_dates
from sufficiency.published_world import ASSUMPTIONS, published_council, world_of
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.simulate import simulate
from sufficiency.uncertainty import FULL, Uncertainty

if TYPE_CHECKING:
    from matching.home import Home


def forecast_published(
    authority: str,
    *,
    start: date,
    months: int,
    runs: int = 500,
    seed: int = 0,
    homes: Sequence[Home] | None = None,
    scenario: Scenario | None = None,
    uncertainty: Uncertainty = FULL,
    as_of: date | None = None,
    executor: Executor | None = None,
    explain: bool = False,
) -> Forecast:
    """Return a forecast from published figures, in the same form as one from returns and with wider bands.

    Parameters
    ----------
    authority
        DfE code.
    start
        The date forecast from. Figures of later years are not used; the children are played forward from the
        last published 31 March on or before it.
    months, runs, seed, homes, scenario, uncertainty, as_of, executor, explain
        As in ``forecast_need``.

    Raises
    ------
    NotFound
        If nothing is published for the authority.
    NotEnoughData
        If no child was ever published for it.
    InvalidInput
        If ``start`` lies before the first published stock, or a number is out of range.
    """
    check_numbers(months, runs, seed)
    scenario = scenario or UNCHANGED
    council = published_council(authority, known_on=start)
    known_to = date(council.year, 3, 31)
    world = world_of(council, start if (start - known_to).days <= 1 else known_to)
    dates = monthly_dates(start, months)
    counts = simulate(
        world,
        snapshot_days=[(day - world.start).days for day in dates],
        runs=runs,
        seed=seed,
        scenario=scenario,
        uncertainty=uncertainty,
        executor=executor,
    )
    change = (
        change_explained(
            world,
            counts,
            dates=dates,
            runs=runs,
            seed=seed,
            scenario=scenario,
            uncertainty=uncertainty,
            executor=executor,
        )
        if explain
        else None
    )
    status, reason, shortfall, bed_warnings = beds_short_of(
        counts, dates, homes, as_of=as_of or start, authority=authority
    )
    warnings = [
        ASSUMPTIONS,
        "Figures by age and placement rest on these assumptions more than the totals do.",
    ]
    if (start - known_to).days > 1:
        warnings.append(
            f"The figures end on {known_to.isoformat()}, {(start - known_to).days:,} days before the forecast starts."
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
        definition=f"{DEFINITION} {ASSUMPTIONS}",
        scenario=scenario.as_dict(),
        repairs={},
        needed_by_got=(),
        known_to=known_to,
        change=change,
        uncertainty=uncertainty,
        warnings=(*warnings, *uncertainty.warnings(), *bed_warnings),
        inputs=(
            authority,
            council.year,
            council.stock.tolist(),
            council.starts,
            council.exit_rate_a_year.tolist(),
            start,
            months,
            runs,
            seed,
            scenario.as_dict(),
            *uncertainty.left_out(),
            as_of,
            tuple(homes) if homes is not None else None,
        ),
    )
