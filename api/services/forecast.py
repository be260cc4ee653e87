"""Children and beds short, month by month, from the stored returns and homes; made once and kept.

A forecast takes seconds and the records behind it change seldom. What was asked and the records it is made from have
one digest; an answer under that digest is shown again and not made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from reference_data.evidence import PRODUCT_VERSION
from reference_data.problems import NotEnoughData

if TYPE_CHECKING:
    from api.database.engine import Database
    from api.database.forecast_records import KeptForecast
    from api.database.records import Records
    from sufficiency.against_actual import AgainstActual
    from sufficiency.forecast import Forecast
    from sufficiency.scenario import Scenario

KEPT_RUNS = 300
"""Futures of a forecast that a page waits for, with its explanation and its track record."""
ANSWERS = 1
"""Counted up when the method changes within a version of the product, so that no older answer is shown as new."""


def forecast(
    records: Records,
    start: date | None = None,
    *,
    months: int = 24,
    runs: int = 500,
    seed: int = 0,
    scenario: Scenario | None = None,
    explain: bool = False,
    track_record: bool = True,
) -> Forecast:
    """Return the forecast from the returns in view, with beds short where homes are in view.

    Without a date it starts on the day after the last one that the returns describe: what is known ends there.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    return _made(
        read_inputs(records),
        start,
        months=months,
        runs=runs,
        seed=seed,
        scenario=scenario,
        explain=explain,
        track_record=track_record,
    )


def read_inputs(records: Records) -> dict[str, Any]:
    """Return what a forecast is made from, so that nothing of the database is held while it is made.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    return {
        "returns": records.returns(),
        "homes": records.homes() or None,
        "referrals": records.referrals(),
    }


def answer_of(
    given: Mapping[str, Any],
    start: date | None = None,
    *,
    months: int = 24,
    runs: int = KEPT_RUNS,
    seed: int = 0,
    scenario: Scenario | None = None,
) -> dict[str, Any]:
    """Return the answer that is kept: with its track record and the reasons for its change, but for a scenario's.

    A scenario is read beside its base, which carries both.
    """
    found = _made(
        given,
        start,
        months=months,
        runs=runs,
        seed=seed,
        scenario=scenario,
        explain=scenario is None,
        track_record=scenario is None,
    )
    return found.as_dict()


def question_of(
    records: Records,
    authority: str,
    start: date | None = None,
    *,
    months: int = 24,
    runs: int = KEPT_RUNS,
    seed: int = 0,
    scenario: Scenario | None = None,
) -> str:
    """Return the id under which a council's forecast is kept: a digest of what is asked and of the records in view."""
    return records.forecasts_of(authority).id_of(
        {
            "version": [PRODUCT_VERSION, ANSWERS],
            "start": start and start.isoformat(),
            "months": months,
            "runs": runs,
            "seed": seed,
            "scenario": scenario and scenario.as_dict(),
        }
    )


def kept_forecast(
    records: Records, database: Database, authority: str, start: date | None = None, **asked: Any
) -> KeptForecast:
    """Return a council's forecast as it was kept, or make it, with the reasons for its change, and keep it.

    Keeping is in a transaction of its own: whoever reads changes no record, and an answer that is lost costs only the
    time to make it again.

    Parameters
    ----------
    asked
        ``months``, ``runs``, ``seed`` and ``scenario``, as for ``answer_of``.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    forecast_id = question_of(records, authority, start, **asked)
    kept = records.forecasts_of(authority).found(forecast_id)
    if kept is not None:
        return kept
    answer = answer_of(read_inputs(records), start, **asked)
    from api.database.forecast_records import ForecastRecords

    with database.writing() as connection:
        return ForecastRecords(connection, authority).keep(forecast_id, answer)


def _made(given: Mapping[str, Any], start: date | None, **asked: Any) -> Forecast:
    from sufficiency.forecast import forecast_need

    first = start or given["returns"].last_day + timedelta(days=1)
    return forecast_need(start=first, **given, **asked)


def adopt_forecast(records: Records, authority: str, forecast_id: str) -> None:
    """Make a kept forecast the council's own: it stays as it is, and what happens later is set beside it.

    Raises
    ------
    NotFound
        If it is no longer kept.
    Conflict
        If it was adopted already.
    """
    records.forecasts_of(authority).adopt(forecast_id, records.scope.actor)
    records.note("adopted", authority=authority, subject_kind="forecast", subject_id=forecast_id)


def against_actual(records: Records, answer: Mapping[str, Any]) -> AgainstActual | str:
    """Return an adopted forecast beside what the returns in view show since, or a sentence on why there is nothing."""
    from sufficiency.against_actual import check_forecast

    try:
        return check_forecast(answer, records.returns())
    except NotEnoughData as lacking:
        return lacking.message
