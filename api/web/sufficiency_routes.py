"""The addresses of the forecast's pages: the forecast, a change tried out, adopting it, and what happened since."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.auth.roles import Permission, may, require
from api.auth.sessions import User, current_user
from api.database.forecast_records import KeptForecast
from api.database.job_records import Job
from api.database.records import Records
from api.database.session import briefly_read, database_of, open_records
from api.day_asked import DayAsked
from api.services.forecast import adopt_forecast, against_actual, kept_forecast
from api.services.jobs import forecast_for_a_page
from api.web.page import page
from api.web.presenters.adopted import present_adopted, present_what_if
from api.web.presenters.alerts import moment
from api.web.presenters.progress import step_in_words
from api.web.presenters.sufficiency import present_sufficiency
from reference_data.problems import NotEnoughData, NotFound
from reference_data.vocabulary import AGE_BANDS, PlacementGroup

if TYPE_CHECKING:
    from sufficiency.scenario import Scenario

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
Adopter = Annotated[User, Depends(require(Permission.ADOPT_FORECAST))]
FORECAST_MONTHS = 24
WAITS_SECONDS = 3.0
"""How long a page waits for its forecast before it shows how far it is."""
LOOKS_EVERY_SECONDS = 0.1
LEAST_PERCENT, MOST_PERCENT = -90, 200


@router.get("/sufficiency")
def sufficiency_page(
    request: Request,
    start: Annotated[DayAsked, Query(alias="from", description="The first date forecast.")] = None,
) -> Response:
    """Return the forecast of children in care and beds short, how far it is, or what is missing for one."""
    user = current_user(request)
    try:
        (kept,) = _forecasts(request, start, (None,))
    except NotEnoughData as lacking:
        return page(request, "sufficiency_missing.html", message=lacking.message)
    if isinstance(kept, Job):
        return _not_there_yet(request, kept)
    return page(
        request,
        "sufficiency.html",
        page=present_sufficiency(kept.answer),
        made=moment(kept.made_at.isoformat()),
        forecast_id=kept.forecast_id,
        adopted=kept.adopted_at is not None,
        may_adopt=may(user.role, Permission.ADOPT_FORECAST),
    )


@router.get("/sufficiency/what-if")
def what_if_page(
    request: Request,
    starts: Annotated[str, Query(max_length=12)] = "",
    leaving: Annotated[str, Query(max_length=12)] = "",
) -> Response:
    """Return the forecast beside itself with more or fewer children starting, or leaving care sooner or later."""
    from sufficiency.scenario import Scenario

    asked = {"starts": _percent(starts), "leaving": _percent(leaving)}
    problems = {
        name: f"Enter a whole number from {LEAST_PERCENT} to {MOST_PERCENT}, such as -10"
        for name, value in asked.items()
        if value is None
    }
    start_factor, leaving_factor = (1 + (value or 0) / 100 for value in asked.values())
    if problems or (not starts.strip() and not leaving.strip()):
        found = present_what_if(starts=starts, leaving=leaving, problems=problems)
        return page(request, "what_if.html", status=422 if problems else 200, page=found)
    scenario = Scenario(
        name="what if",
        starts=dict.fromkeys(AGE_BANDS, start_factor),
        exits=dict.fromkeys(map(str, PlacementGroup), leaving_factor),
    )
    try:
        base, changed = _forecasts(request, None, (None, scenario))
    except NotEnoughData as lacking:
        return page(request, "sufficiency_missing.html", message=lacking.message)
    if isinstance(base, Job):
        return _not_there_yet(request, base)
    if isinstance(changed, Job):
        return _not_there_yet(request, changed)
    found = present_what_if(
        starts=starts, leaving=leaving, problems={}, base=base.answer, changed=changed.answer
    )
    return page(request, "what_if.html", page=found)


@router.post("/sufficiency/adoption")
def adoption_sent(
    request: Request,  # noqa: ARG001  every address takes it
    user: Adopter,
    records: OpenRecords,
    forecast_id: Annotated[str, Form(pattern="^[0-9a-f]{64}$")],
) -> Response:
    """Make the forecast that was shown the council's own."""
    adopt_forecast(records, user.authority, forecast_id)
    return RedirectResponse(f"/sufficiency/adopted?forecast={forecast_id}", status_code=303)


@router.get("/sufficiency/adopted")
def adopted_page(
    request: Request,
    records: OpenRecords,
    forecast: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Return an adopted forecast beside what happened since: the newest, or the one asked for."""
    all_adopted = records.forecasts_of(current_user(request).authority).adopted()
    if not all_adopted:
        if forecast:
            raise _no_such_forecast()
        return page(request, "adopted.html", page=None)
    kept = next((one for one in all_adopted if forecast in ("", one.forecast_id)), None)
    if kept is None:
        raise _no_such_forecast()
    found = against_actual(records, kept.answer)
    shown = present_adopted(
        kept,
        None if isinstance(found, str) else found.as_dict(),
        found if isinstance(found, str) else "",
        all_adopted,
    )
    return page(request, "adopted.html", page=shown)


def _forecasts(
    request: Request, start: date | None, scenarios: tuple[Scenario | None, ...]
) -> list[KeptForecast | Job]:
    """Return forecasts as they are kept, or the jobs that make them; wait a little, with nothing of the database held.

    A server without workers makes them itself while the reader waits.
    """
    user, database = current_user(request), database_of(request)
    if not request.app.state.workers.at_work:
        with briefly_read(request) as records:
            return [
                kept_forecast(records, database, user.authority, start, months=FORECAST_MONTHS, scenario=one)
                for one in scenarios
            ]
    until = time.monotonic() + WAITS_SECONDS
    while True:
        found = [
            forecast_for_a_page(
                database, user.authority, user.username, start, months=FORECAST_MONTHS, scenario=one
            )
            for one in scenarios
        ]
        request.app.state.workers.wake()
        open_ones = [one for one in found if isinstance(one, Job) and one.finished_at is None]
        if not open_ones or time.monotonic() >= until:
            return found
        time.sleep(LOOKS_EVERY_SECONDS)


def _not_there_yet(request: Request, job: Job) -> Response:
    if job.finished_at is not None:
        message = job.problem or "Something went wrong while it was made. Open the page again later."
        return page(request, "sufficiency_missing.html", message=message)
    asked = f"?{request.url.query}" if request.url.query else ""
    return page(
        request, "sufficiency_progress.html", step=step_in_words(job), address=f"{request.url.path}{asked}"
    )


def _no_such_forecast() -> NotFound:
    return NotFound("no_such_forecast", "There is no adopted forecast of that id.")


def _percent(text: str) -> int | None:
    """Return a whole percentage that somebody typed, 0 for nothing, ``None`` for what cannot be used."""
    typed = text.strip().removesuffix("%").replace("\N{MINUS SIGN}", "-").strip()
    if not typed:
        return 0
    if not re.fullmatch(r"[+-]?[0-9]{1,3}", typed):
        return None
    value = int(typed)
    return value if LEAST_PERCENT <= value <= MOST_PERCENT else None
