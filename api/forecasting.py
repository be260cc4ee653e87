"""Where a forecast's inputs come from: files a caller names, the database, or published figures."""

from __future__ import annotations

import csv
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reference_data.problems import ImportIssue, ImportRejected

if TYPE_CHECKING:
    from sufficiency.returns import Returns


def forecast_answer(
    *,
    returns: Path | None,
    published: bool,
    homes: Path | None,
    referrals: Path | None,
    scenario: Path | None,
    start: date,
    months: int,
    runs: int,
    seed: int,
    authority: str | None,
    as_of: date,
    repairs: Path | None = None,
    processes: int = 1,
    explain: bool = False,
    without: tuple[str, ...] = (),
    track_record: bool = True,
) -> dict[str, Any]:
    """Return the contract's forecast, with what the readers noticed among its warnings.

    Raises
    ------
    ImportRejected
        If any file cannot be used; the problems of every file are listed together.
    """
    from sufficiency.files import read_scenario
    from sufficiency.uncertainty import Uncertainty

    uncertainty = Uncertainty.without(without)
    issues: list[ImportIssue] = []
    warnings: list[str] = []

    def read(reader: Any, path: Path | None) -> Any:
        if path is None:
            return None
        try:
            return reader(path)
        except ImportRejected as rejected:
            issues.extend(rejected.issues)
            return None

    from matching.files import read_homes, read_referrals
    from sufficiency.files import read_returns

    found_homes = read(read_homes, homes)
    found_referrals = read(read_referrals, referrals)
    found_scenario = read(read_scenario, scenario)
    found_returns = read(read_returns, returns)
    if issues:
        raise ImportRejected(issues)
    if found_returns is not None and authority is not None and len(found_returns.authorities) > 1:
        found_returns = found_returns.of(authority)
    for found in (found_homes, found_referrals):
        if found is not None:
            warnings += [f"{one.file}: {one.column or 'file'}: {one.what_to_do}" for one in found[1]]
    given_homes = found_homes[0] if found_homes else None
    given_referrals = found_referrals[0] if found_referrals else ()
    common: dict[str, Any] = {
        "start": start,
        "months": months,
        "runs": runs,
        "seed": seed,
        "scenario": found_scenario,
        "as_of": as_of,
        "explain": explain,
        "uncertainty": uncertainty,
    }
    with _processes(processes) as common["executor"]:
        if published:
            from sufficiency.published_forecast import forecast_published

            forecast = forecast_published(authority or "", homes=given_homes, **common)
        elif returns is None:
            from api.services.stored import stored_returns

            stored, stored_homes = stored_returns(authority or "")
            forecast = _need(
                stored, given_homes or stored_homes or None, given_referrals, common, track_record
            )
        else:
            forecast = _need(found_returns, given_homes, given_referrals, common, track_record)
    answer: dict[str, Any] = forecast.as_dict()
    if repairs is not None and found_returns is not None:
        _write_repairs(repairs, found_returns, start)
    answer["evidence"]["warnings"] += warnings
    return answer


def _processes(count: int) -> AbstractContextManager[Executor | None]:
    """Return a pool of processes, or nothing where one process is to do it all."""
    if count == 1:
        return nullcontext()
    # Started afresh, since a fork would copy the threads of whoever asks.
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"))


def _write_repairs(path: Path, returns: Returns, start: date) -> None:
    """Write the repair report of the returns as they were known on the first date of the forecast."""
    from sufficiency.repair import repaired_history

    known_on = start if start <= returns.last_day else None
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "row", "rule", "done"))
        for row in repaired_history(returns, known_on=known_on).report.rows:
            writer.writerow((row.file, row.row, row.rule, row.done))


def _need(returns: Any, homes: Any, referrals: Any, common: dict[str, Any], track_record: bool) -> Any:
    from sufficiency.forecast import forecast_need

    return forecast_need(returns, homes=homes, referrals=referrals, track_record=track_record, **common)
