"""A forecast from the department's published figures only, where a council has given no return.

What the figures are made into is in ``published_world.py``; the forecast from returns is in ``forecast.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from datetime import date
from typing import TYPE_CHECKING, Any

from reference_data.authorities import authorities
from reference_data.problems import NotEnoughData, NotFound
from sufficiency.forecast import DEFINITION, Forecast, beds_short_of, check_numbers, monthly_dates
from sufficiency.playing import played
from sufficiency.published_council import published_council
from sufficiency.published_world import ASSUMPTIONS, worlds_of
from sufficiency.scenario import UNCHANGED, Scenario
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
    worlds = worlds_of(council, start if (start - known_to).days <= 1 else known_to)
    dates = monthly_dates(start, months)
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
            council.unaccompanied.tolist(),
            council.unaccompanied_share,
            council.changing_kinds.tolist(),
            council.exit_rate_a_year.tolist(),
            council.growth_a_year,
            council.england_growth_a_year,
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


def forecast_every_authority(
    *,
    start: date,
    months: int,
    runs: int = 500,
    seed: int = 0,
    codes: Sequence[str] | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Give each authority's code and its forecast from published figures, one after another.

    Parameters
    ----------
    start, months, runs, seed
        As in ``forecast_published``.
    codes
        DfE codes; every authority of England by default.
    executor
        Where to compute, an authority a task: a process pool, or a Dask client's ``get_executor()``. A worker that is
        lost is made good by another, and the answers are the same. By default here.

    Yields
    ------
    The code, and the contract's ``forecast`` answer, or a sentence that says why there is none.
    """
    check_numbers(months, runs, seed)
    chosen = [known.code for known in authorities()] if codes is None else list(codes)
    if executor is None:
        yield from ((code, _answer_for(code, start, months, runs, seed)) for code in chosen)
        return
    tasks = [executor.submit(_answer_for, code, start, months, runs, seed) for code in chosen]
    for code in chosen:
        # A task is let go when its answer is given, so that not all are held at once.
        yield code, tasks.pop(0).result()


def _answer_for(code: str, start: date, months: int, runs: int, seed: int) -> dict[str, Any] | str:
    try:
        return forecast_published(code, start=start, months=months, runs=runs, seed=seed).as_dict()
    except (NotEnoughData, NotFound) as error:
        return error.message
