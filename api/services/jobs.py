"""Long work as jobs: asking for a plan, a forecast or a report, doing it, and putting back what was broken off.

Asking writes one row and answers at once. A commissioner's analysis is asked for in ``analyses.py``, and its job is done
here like all others. ``api/working.py`` has it done in a process of its own, with no transaction open while an engine
works.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from api.clock import day_of, now
from api.database.stored import digest
from api.services import analyses, plans
from api.services import forecast as forecasts
from api.services.policy import policy_of
from reference_data.problems import InvalidInput, RighthomeError

if TYPE_CHECKING:
    from api.database.analysis_records import AnalysisRecords
    from api.database.engine import Database
    from api.database.forecast_records import KeptForecast
    from api.database.job_records import Job
    from api.database.plan_records import PlanRecords
    from api.database.records import Records
    from api.kept import Kept
    from api.settings import Settings
    from matching.policy import Policy

ACTOR = "background work"
FORMATS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
"""What a report can be, and how each is sent."""
ASKED_AGAIN_AFTER = timedelta(minutes=1)
"""A forecast that could not be made is made again for a page that is opened later than this."""
_Step = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a job made: a plan, a forecast or an analysis that is kept under an id, or a file."""

    result_id: str | None = None
    file: bytes | None = None


def ask_for_plan(
    records: Records,
    authority: str,
    as_of: date,
    *,
    policy: Policy,
    decisions: Iterable[Mapping[str, Any]] = (),
    further: plans.Further | None = None,
) -> Job:
    """Return the job that makes, or made, the plan that answers this question.

    Raises
    ------
    InvalidInput
        If a number of the further plans is out of its range.
    """
    plan_id = plans.ask_for_plan(
        records, authority, as_of, policy=policy, decisions=decisions, further=further
    )
    jobs = records.jobs_of(authority)
    found = jobs.that_makes(plan_id)
    if found is None:
        # Made before there were jobs, or its job was dropped since.
        plan = records.plans_of(authority).plan(plan_id)
        found = jobs.add(
            "plan",
            question=plan.question,
            asked_by=records.scope.actor,
            settings={},
            result_id=plan_id,
            done=plan.status == "done",
        )
    return found


def ask_for_forecast(
    records: Records,
    authority: str,
    start: date | None,
    *,
    months: int,
    runs: int,
    seed: int,
    scenario: Mapping[str, Any] | None,
) -> Job:
    """Return the job that makes a forecast; a done one where the same forecast is kept.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    InvalidInput
        If the scenario cannot be used.
    """
    settings = {
        "start": start and start.isoformat(),
        "months": months,
        "runs": runs,
        "seed": seed,
        "scenario": None if scenario is None else dict(scenario),
    }
    question = forecasts.question_of(records, authority, **_of_forecast(settings))
    jobs = records.jobs_of(authority)
    kept = records.forecasts_of(authority).found(question) is not None
    if not kept:
        records.require_returns()
    found = jobs.that_makes(question) if kept else jobs.open_with(question)
    if found is not None and (found.status == "done") == kept:
        return found
    job = jobs.add(
        "forecast",
        question=question,
        asked_by=records.scope.actor,
        settings=settings,
        result_id=question,
        done=kept,
    )
    _note_asked(records, authority, job)
    return job


def forecast_for_a_page(
    database: Database, authority: str, asked_by: str, start: date | None, **asked: Any
) -> KeptForecast | Job:
    """Return a kept forecast, or the job that makes it, asked for in the reader's name where nobody has yet.

    In transactions of its own, which end at once: a page looks again and again while the work goes on.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    with records_at_work(database, authority, writes=False) as records:
        question = forecasts.question_of(records, authority, start, **asked)
        kept = records.forecasts_of(authority).found(question)
        if kept is not None:
            return kept
        records.require_returns()
        job = records.jobs_of(authority).that_makes(question)
        if job is not None and (job.finished_at is None or _failed_lately(job)):
            return job
    scenario = asked.get("scenario")
    settings = {
        "start": start and start.isoformat(),
        "months": asked["months"],
        "runs": forecasts.KEPT_RUNS,
        "seed": 0,
        "scenario": None if scenario is None else scenario.as_dict(),
    }
    with records_at_work(database, authority) as records:
        jobs = records.jobs_of(authority)
        waiting = jobs.open_with(question)
        return waiting or jobs.add(
            "forecast", question=question, asked_by=asked_by, settings=settings, result_id=question
        )


def ask_for_report(
    records: Records,
    authority: str,
    *,
    year: int,
    file_format: str,
    runs: int,
    seed: int,
    stays_from: date | None,
    council: str | None,
    written: Mapping[str, list[str]],
) -> Job:
    """Return the job that writes the annual sufficiency report of a year from the stored records.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    InvalidInput
        If the report cannot be a file of that kind.
    """
    if file_format not in FORMATS:
        raise InvalidInput("report_kind", f"A report can be: {', '.join(FORMATS)}.")
    records.require_returns()
    settings = {
        "year": year,
        "format": file_format,
        "runs": runs,
        "seed": seed,
        "stays_from": stays_from and stays_from.isoformat(),
        "council": council,
        "written": {key: list(texts) for key, texts in written.items()},
    }
    question = digest({"report": settings, "of": records.forecasts_of(authority).id_of({})})
    jobs = records.jobs_of(authority)
    found = jobs.open_with(question)
    if found is None:
        found = jobs.add("report", question=question, asked_by=records.scope.actor, settings=settings)
        _note_asked(records, authority, found)
    return found


def cancel(records: Records, authority: str, job_id: str) -> Job:
    """Cancel a job, and what it was making with it.

    Raises
    ------
    NotFound
        If the council has no job of that id.
    Conflict
        If it has ended.
    """
    job = records.jobs_of(authority).ask_to_cancel(job_id)
    if job.status == "cancelled":
        _result_is_cancelled(records, job)
    records.note("job_cancelled", authority=authority, subject_kind="job", subject_id=job_id)
    return job


def cancelled_by_its_worker(records: Records, job: Job, claim: str) -> None:
    """End a job that was asked to be cancelled, once its work has been stopped."""
    if records.jobs_of(job.authority).finish(job.job_id, claim, "cancelled"):
        _result_is_cancelled(records, job)


def put_back(records: Records, authority: str, job_id: str, claim: str, *, counted: bool) -> Job:
    """Let a job that was broken off wait again, or fail where it was begun too often; what it makes likewise."""
    job = records.jobs_of(authority).put_back(job_id, claim, counted=counted)
    kept = _results_of(records, job)
    if kept is not None and job.result_id is not None:
        if job.status == "waiting":
            kept.put_back(job.result_id)
        elif job.status == "failed":
            kept.finish(job.result_id, None, {"message": job.problem})
    return job


@contextmanager
def records_at_work(database: Database, authority: str, *, writes: bool = True) -> Iterator[Records]:
    """Give one council's records to whoever has its jobs done, in a transaction of their own."""
    from api.database.records import Records, Scope

    scope = Scope(authorities=frozenset({authority}), actor=ACTOR)
    with database.writing() if writes else database.reading() as connection:
        yield Records(connection, scope)


def do_job(
    database: Database, settings: Settings, authority: str, job_id: str, claim: str, *, kept: Kept
) -> None:
    """Do a claimed job and keep what it made, or why it failed; a fault is kept without its own text and raised."""
    with records_at_work(database, authority, writes=False) as records:
        job = records.jobs_of(authority).job(job_id)

    count, numbers = steps_of(job), itertools.count(1)

    def step(text: str) -> None:
        number = None if count is None else next(numbers)
        with records_at_work(database, authority) as records:
            records.jobs_of(authority).at_step(job_id, claim, text, number, count)

    try:
        made = _DOES[job.kind](database, settings, job, kept, step)
    except Exception as error:
        told = (error.code, error.message) if isinstance(error, RighthomeError) else ("fault", _FAULT)
        with records_at_work(database, authority) as records:
            records.jobs_of(authority).finish(job_id, claim, "failed", problem=told)
        raise
    with records_at_work(database, authority) as records:
        records.jobs_of(authority).finish(job_id, claim, "done", result_id=made.result_id, file=made.file)


def _failed_lately(job: Job) -> bool:
    return (
        job.status == "failed" and job.finished_at is not None and now() - job.finished_at < ASKED_AGAIN_AFTER
    )


_FAULT = "This is a fault of ours. Ask again; if it goes on, report the job's id."


def _make_plan(database: Database, settings: Settings, job: Job, kept: Kept, step: _Step) -> Made:
    step("Looking for the best plan")
    policy, plan_id = policy_of(settings), str(job.result_id)
    plans.make_plan(database, job.authority, plan_id, policy=policy, kept=kept, actor=ACTOR)
    return Made(result_id=plan_id)


def _make_forecast(database: Database, settings: Settings, job: Job, kept: Kept, step: _Step) -> Made:
    del settings, kept
    step("Reading records")
    asked = _of_forecast(job.settings)
    with records_at_work(database, job.authority, writes=False) as records:
        # Of the records as they are now, which may not be those of when it was asked for.
        forecast_id = forecasts.question_of(records, job.authority, **asked)
        given = forecasts.read_inputs(records)
    step("Simulating futures")
    answer = forecasts.answer_of(given, **asked)
    with records_at_work(database, job.authority) as records:
        records.forecasts_of(job.authority).keep(forecast_id, answer)
    return Made(result_id=forecast_id)


def _make_report(database: Database, settings: Settings, job: Job, kept: Kept, step: _Step) -> Made:
    del kept
    from api.reporting import question_of_records, write_report
    from sufficiency.annual_report import annual_report

    step("Reading records")
    with records_at_work(database, job.authority, writes=False) as records:
        returns = records.returns()
        # Several people read a report, so it is made without restricted children.
        question = question_of_records(
            records.for_everybody(), job.authority, job.settings, made_on=day_of(settings)
        )
    report = annual_report(returns, question, step=step)
    step("Setting the report")
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"report.{job.settings['format']}"
        write_report(report, out)
        return Made(file=out.read_bytes())


def _make_analysis(database: Database, settings: Settings, job: Job, kept: Kept, step: _Step) -> Made:
    del kept
    policy, analysis_id = policy_of(settings), str(job.result_id)
    analyses.make_analysis(database, job.authority, analysis_id, policy=policy, actor=ACTOR, step=step)
    return Made(result_id=analysis_id)


_DOES: dict[str, Callable[..., Made]] = {
    "plan": _make_plan,
    "forecast": _make_forecast,
    "report": _make_report,
    "analysis": _make_analysis,
}


def steps_of(job: Job) -> int | None:
    """Return how many steps a job tells of; ``None`` for a plan, since nobody knows how long a proof takes."""
    if job.kind == "plan":
        return None
    from sufficiency.annual_report import STEPS

    if job.kind == "analysis":
        return {"beds": 2, "indicators": 2, "report": 1 + STEPS}.get(job.settings.get("kind", ""))
    return {"forecast": 2, "report": 2 + STEPS}[job.kind]


def _of_forecast(settings: Mapping[str, Any]) -> dict[str, Any]:
    from sufficiency.scenario_values import scenario_from_values

    scenario = settings["scenario"]
    return {
        "start": date.fromisoformat(settings["start"]) if settings["start"] else None,
        "months": settings["months"],
        "runs": settings["runs"],
        "seed": settings["seed"],
        "scenario": None if scenario is None else scenario_from_values(scenario),
    }


def _results_of(records: Records, job: Job) -> PlanRecords | AnalysisRecords | None:
    """Return where the row stands that waits for what a job makes, if the job's kind has one."""
    if job.kind == "plan":
        return records.plans_of(job.authority)
    if job.kind == "analysis":
        return records.analyses_of(job.authority)
    return None


def _result_is_cancelled(records: Records, job: Job) -> None:
    kept = _results_of(records, job)
    if kept is not None and job.result_id is not None:
        kept.finish(job.result_id, None, {"message": f"The {job.kind} was cancelled."})


def _note_asked(records: Records, authority: str, job: Job) -> None:
    records.note(f"{job.kind}_asked_for", authority=authority, subject_kind="job", subject_id=job.job_id)
