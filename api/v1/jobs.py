"""Long work over the API: ask for a plan, a forecast or a report, look how far it is, cancel it, fetch what it made.

Asking answers at once with 202 and the job's address; a job names the address of its result once it is done.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from pydantic import BaseModel, Field

from api.clock import day_of
from api.database.forecast_records import KeptForecast
from api.database.job_records import Job
from api.database.plan_records import SavedPlan
from api.services import jobs, plans
from api.services.forecast import KEPT_RUNS, adopt_forecast
from api.v1.at_the_desk import AtDesk
from api.v1.paging import PartAsked, fits
from api.v1.sent import Sent
from reference_data.problems import Conflict, InvalidInput, NotFound
from reference_data.vocabulary import AGE_BANDS

router = APIRouter(tags=["long work"])
Kind = Literal["plan", "forecast", "report", "analysis"]
Status = Literal["waiting", "running", "done", "failed", "cancelled"]


class JobSummary(BaseModel):
    """A piece of long work. ``step`` says what is being done; ``result`` is the address of what it made.

    An analysis is asked for on a page and read there; its ``result`` is the address of that page.
    """

    job_id: str
    kind: Kind
    status: Status
    step: str | None
    step_number: int | None = Field(
        description="Which step that is, counted from 1; null where it is not known how many there are."
    )
    step_count: int | None
    asked_at: str
    asked_by: str
    started_at: str | None
    finished_at: str | None
    cancel_asked: bool
    attempts: int
    result: str | None = Field(examples=["/api/v1/plans/0123456789abcdef0123456789abcdef"])
    problem: dict[str, str] | None = Field(
        examples=[{"code": "no_returns", "message": "No return has been imported."}]
    )


class Decided(Sent):
    """That a child must live in a home, or with ``ban`` must not."""

    child_id: str = Field(examples=["DEMO-C-014"])
    home_id: str = Field(examples=["DEMO-H-101"])
    ban: bool = False


class PlanAsked(Sent):
    """A joint plan of the waiting list: under decisions, and with further plans that differ from the best."""

    decisions: list[Decided] = Field(default_factory=list, max_length=1000)
    alternatives: int = Field(default=0, ge=0, le=plans.MOST_FURTHER_PLANS)
    differ_by: int = Field(default=2, ge=1, le=50)
    loss_percent: int = Field(default=10, ge=0, le=100)
    keep_scarce: bool = True


class ForecastAsked(Sent):
    """A forecast of children and beds short. Without ``from`` it starts on the day after the last return."""

    start: date | None = Field(default=None, alias="from")
    months: int = Field(default=24, ge=0, le=120)
    runs: int = Field(default=KEPT_RUNS, ge=2, le=10_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    scenario: dict[str, Any] | None = Field(
        default=None,
        description="What is changed, as in a scenario file.",
        examples=[{"name": "fewer starts", "starts": {AGE_BANDS[-1]: 0.9}}],
    )


class ReportAsked(Sent):
    """The annual sufficiency report of the year to 31 March, from the stored records."""

    year: int = Field(ge=2000, le=2100, examples=[2026])
    format: Literal["pdf", "docx", "xlsx", "html", "json"] = "pdf"
    runs: int = Field(default=KEPT_RUNS, ge=2, le=10_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    stays_from: date | None = Field(default=None, description="The day from which stays are complete.")
    council: str | None = Field(default=None, max_length=200)
    written: dict[str, list[str]] = Field(
        default_factory=dict, description="Paragraphs that people wrote, by the key of their section."
    )


class PlanSummary(BaseModel):
    """A joint plan without its answer."""

    plan_id: str
    name: str | None
    as_of: date
    status: str
    asked_at: str
    asked_by: str
    finished_at: str | None
    decisions: list[dict[str, Any]]
    settings: dict[str, Any]
    in_brief: dict[str, Any] | None


class ForecastSummary(BaseModel):
    """A kept forecast without its answer."""

    forecast_id: str
    starts_on: date
    made_at: str
    adopted_at: str | None
    adopted_by: str | None


@router.get("/jobs")
def list_jobs(
    desk: AtDesk,
    part: PartAsked,
    kind: Annotated[Kind | None, Query(description="Only work of this kind.")] = None,
    status: Annotated[Status | None, Query(description="Only work in this state.")] = None,
) -> list[JobSummary]:
    """Return the council's long work, the newest first."""
    found = [one for one in desk.records.jobs_of(desk.authority).all() if fits(one, kind=kind, status=status)]
    return [_summary(one) for one in part.of(found, _newest_key, newest_first=True)]


@router.get("/jobs/{job_id}")
def read_job(job_id: str, desk: AtDesk, response: Response) -> JobSummary:
    """Return how far one piece of work is. While it is not done, ask again after `Retry-After` seconds."""
    job = desk.records.jobs_of(desk.authority).job(job_id)
    if job.finished_at is None:
        response.headers["Retry-After"] = "2"
    return _summary(job)


@router.post("/jobs/{job_id}/cancellation")
def cancel_job(job_id: str, desk: AtDesk) -> JobSummary:
    """Cancel a piece of work: at once where it waits, else within seconds; one that has ended is a conflict."""
    return _summary(jobs.cancel(desk.records, desk.authority, job_id))


@router.post("/plans", status_code=202)
def ask_for_plan(
    request: Request, given: PlanAsked, desk: AtDesk, response: Response, after: BackgroundTasks
) -> JobSummary:
    """Have a joint plan made. The same question about the same records is the same job."""
    job = jobs.ask_for_plan(
        desk.records,
        desk.authority,
        day_of(desk.settings),
        policy=desk.policy,
        decisions=[one.model_dump() for one in given.decisions],
        further=plans.Further(
            alternatives=given.alternatives,
            differ_by=given.differ_by,
            loss_percent=given.loss_percent,
            keep_scarce=given.keep_scarce,
        ),
    )
    return _accepted(request, response, after, job)


@router.get("/plans")
def list_plans(desk: AtDesk, part: PartAsked) -> list[PlanSummary]:
    """Return the plans that are kept, without their answers, the newest first."""
    found = desk.records.plans_of(desk.authority).all()
    return [_plan_summary(one) for one in part.of(found, _plan_key, newest_first=True)]


@router.get("/plans/{plan_id}")
def read_plan(plan_id: str, desk: AtDesk) -> dict[str, Any]:
    """Return one plan with its answer, as `righthome plan --json` gives it; one that is not done is a conflict."""
    plan = desk.records.plans_of(desk.authority).plan(plan_id)
    if plan.answer is None:
        raise Conflict("plan_not_done", "The plan has no answer yet, or none was found. Look at its job.")
    return _plan_summary(plan).model_dump(mode="json") | {"answer": plan.answer}


@router.post("/forecasts", status_code=202)
def ask_for_forecast(
    request: Request, given: ForecastAsked, desk: AtDesk, response: Response, after: BackgroundTasks
) -> JobSummary:
    """Have a forecast made. One that is kept already is a job that is done."""
    job = jobs.ask_for_forecast(
        desk.records,
        desk.authority,
        given.start,
        months=given.months,
        runs=given.runs,
        seed=given.seed,
        scenario=given.scenario,
    )
    return _accepted(request, response, after, job)


@router.get("/forecasts")
def list_forecasts(
    desk: AtDesk,
    part: PartAsked,
    adopted: Annotated[bool | None, Query(description="Only those adopted, or only the others.")] = None,
) -> list[ForecastSummary]:
    """Return the forecasts that are kept, without their answers, the newest first."""
    found = [
        one
        for one in desk.records.forecasts_of(desk.authority).all()
        if adopted is None or (one.adopted_at is not None) == adopted
    ]
    return [_forecast_summary(one) for one in part.of(found, _forecast_key, newest_first=True)]


@router.get("/forecasts/{forecast_id}")
def read_forecast(forecast_id: str, desk: AtDesk) -> dict[str, Any]:
    """Return one forecast with its answer, as `righthome forecast --json` gives it."""
    found = desk.records.forecasts_of(desk.authority).found(forecast_id)
    if found is None:
        raise NotFound("no_such_forecast", "There is no kept forecast of that id. Have it made again.")
    return _forecast_summary(found).model_dump(mode="json") | {"answer": found.answer}


@router.post("/forecasts/{forecast_id}/adoption")
def adopt(forecast_id: str, desk: AtDesk) -> ForecastSummary:
    """Adopt a forecast: it stays as it is, and what happens is set beside it."""
    adopt_forecast(desk.records, desk.authority, forecast_id)
    found = desk.records.forecasts_of(desk.authority).found(forecast_id)
    if found is None:
        raise NotFound("no_such_forecast", "There is no kept forecast of that id. Have it made again.")
    return _forecast_summary(found)


@router.post("/reports", status_code=202)
def ask_for_report(
    request: Request, given: ReportAsked, desk: AtDesk, response: Response, after: BackgroundTasks
) -> JobSummary:
    """Have the annual sufficiency report written from the stored records."""
    if sum(len(text) for texts in given.written.values() for text in texts) > 100_000:
        raise InvalidInput("too_much_written", "Write at most 100,000 letters for a report.")
    job = jobs.ask_for_report(
        desk.records,
        desk.authority,
        year=given.year,
        file_format=given.format,
        runs=given.runs,
        seed=given.seed,
        stays_from=given.stays_from,
        council=given.council,
        written=given.written,
    )
    return _accepted(request, response, after, job)


@router.get(
    "/reports/{job_id}",
    response_class=Response,
    responses={
        200: {
            "description": "The report's file.",
            "content": {
                media.partition(";")[0]: {
                    "schema": {"type": "object"} if name == "json" else {"type": "string", "format": "binary"}
                }
                for name, media in jobs.FORMATS.items()
            },
        }
    },
)
def read_report(job_id: str, desk: AtDesk) -> Response:
    """Return the file of a report that is done."""
    kept = desk.records.jobs_of(desk.authority)
    job = kept.job(job_id)
    if job.kind != "report":
        raise NotFound("no_such_report", "There is no report of that id.")
    if job.status != "done":
        raise Conflict("report_not_done", "The report is not done. Look at its job.")
    file_format = str(job.settings["format"])
    name = f"sufficiency-report-{job.settings['year']}.{file_format}"
    return Response(
        kept.file(job_id),
        media_type=jobs.FORMATS[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _accepted(request: Request, response: Response, after: BackgroundTasks, job: Job) -> JobSummary:
    response.headers["Location"] = f"/api/v1/jobs/{job.job_id}"
    response.headers["Retry-After"] = "2"
    # After the answer is sent, and so after the row is committed.
    after.add_task(request.app.state.workers.wake)
    return _summary(job)


def _summary(job: Job) -> JobSummary:
    done = job.status == "done"
    results = {
        "plan": f"/api/v1/plans/{job.result_id}",
        "forecast": f"/api/v1/forecasts/{job.result_id}",
        "report": f"/api/v1/reports/{job.job_id}",
        "analysis": f"/sufficiency/analyses/{job.result_id}",
    }
    return JobSummary.model_validate(
        {
            "job_id": job.job_id,
            "kind": job.kind,
            "status": job.status,
            "step": job.step,
            "step_number": job.step_number,
            "step_count": job.step_count,
            "asked_at": job.asked_at.isoformat(),
            "asked_by": job.asked_by,
            "started_at": job.started_at and job.started_at.isoformat(),
            "finished_at": job.finished_at and job.finished_at.isoformat(),
            "cancel_asked": job.cancel_asked_at is not None,
            "attempts": job.attempts,
            "result": results[job.kind] if done else None,
            "problem": {"code": job.problem_code, "message": job.problem or ""} if job.problem_code else None,
        }
    )


def _plan_summary(plan: SavedPlan) -> PlanSummary:
    return PlanSummary(
        plan_id=plan.plan_id,
        name=plan.name,
        as_of=plan.as_of,
        status=plans.state_of(plan),
        asked_at=plan.asked_at.isoformat(),
        asked_by=plan.asked_by,
        finished_at=plan.finished_at.isoformat() if plan.finished_at else None,
        decisions=[dict(one) for one in plan.decisions],
        settings=dict(plan.settings),
        in_brief=dict(plan.in_brief) if plan.in_brief else None,
    )


def _forecast_summary(kept: KeptForecast) -> ForecastSummary:
    return ForecastSummary(
        forecast_id=kept.forecast_id,
        starts_on=kept.starts_on,
        made_at=kept.made_at.isoformat(),
        adopted_at=kept.adopted_at.isoformat() if kept.adopted_at else None,
        adopted_by=kept.adopted_by,
    )


def _newest_key(job: Job) -> str:
    return f"{job.asked_at:%Y-%m-%dT%H:%M:%S.%f} {job.job_id}"


def _plan_key(plan: SavedPlan) -> str:
    return f"{plan.asked_at:%Y-%m-%dT%H:%M:%S.%f} {plan.plan_id}"


def _forecast_key(kept: KeptForecast) -> str:
    return f"{kept.made_at:%Y-%m-%dT%H:%M:%S.%f} {kept.forecast_id}"
