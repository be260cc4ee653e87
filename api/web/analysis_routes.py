"""The addresses of what a commissioner has worked out: beds short, indicators, the annual report, and comparisons.

Asking writes a row and is answered at once with the analysis's own address, which shows how far it is until it is
there. The council's own parts of the report are in ``council_part_routes.py``.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.auth.roles import Permission, may, require
from api.auth.sessions import User, current_user
from api.clock import day_of
from api.database.analysis_records import Analysis
from api.database.records import Records
from api.database.session import open_records
from api.day_asked import DayAsked
from api.services.analyses import (
    LONGEST_NAME,
    BedsSettings,
    IndicatorSettings,
    ReportSettings,
    Settings,
    ask_for_analysis,
    is_current,
)
from api.services.policy import policy_of
from api.web.page import page
from api.web.presenters.analyses import present_analysis, present_files, present_list
from api.web.presenters.beds import present_beds
from api.web.presenters.beds_compared import present_beds_compared
from api.web.presenters.indicators import present_indicators
from api.web.presenters.progress import step_in_words
from api.web.presenters.report import present_report
from api.web.presenters.tables import table_csv
from reference_data.problems import InvalidInput, NotEnoughData, NotFound

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
Commissions = Annotated[User, Depends(require(Permission.COMMISSION))]


@router.get("/sufficiency/beds")
def beds_page(request: Request, records: OpenRecords) -> Response:
    """Return beds short as they were worked out last, or the form to have it done."""
    return _newest(request, records, "beds")


@router.get("/sufficiency/indicators")
def indicators_page(request: Request, records: OpenRecords) -> Response:
    """Return the indicators as they were counted last, or the form to have it done."""
    return _newest(request, records, "indicators")


@router.get("/sufficiency/report")
def reports_page(request: Request, records: OpenRecords) -> Response:
    """Return the reports that are kept, and the button for another one."""
    return _shown(request, records, "reports.html", "report")


@router.get("/sufficiency/scenarios")
def scenarios_page(request: Request, records: OpenRecords) -> Response:
    """Return every calculation of beds short that is kept, to compare two, and the form of a scenario."""
    return _shown(request, records, "scenarios.html", "beds")


@router.post("/sufficiency/beds")
def beds_asked_for(
    request: Request,
    user: Commissions,
    records: OpenRecords,
    months: Annotated[int, Form()] = 24,
    late_openings: Annotated[bool, Form()] = False,
    starts_percent: Annotated[int, Form()] = 0,
    leaving_percent: Annotated[int, Form()] = 0,
    more_fostering: Annotated[int, Form()] = 0,
    more_residential: Annotated[int, Form()] = 0,
    more_supported: Annotated[int, Form()] = 0,
    carer_enquiries: Annotated[int, Form()] = 0,
    name: Annotated[str, Form()] = "",
) -> Response:
    """Have beds short worked out, as the records have it or under a scenario."""
    settings = BedsSettings(
        months=months,
        late_openings=late_openings,
        starts_percent=starts_percent,
        leaving_percent=leaving_percent,
        more_fostering=more_fostering,
        more_residential=more_residential,
        more_supported=more_supported,
        carer_enquiries=carer_enquiries,
    )
    return _ask(request, user, records, settings, name)


@router.post("/sufficiency/indicators")
def indicators_asked_for(
    request: Request,
    user: Commissions,
    records: OpenRecords,
    at: Annotated[DayAsked, Form()] = None,
    period: Annotated[str, Form(pattern="^(year|rolling)$")] = "year",
    amber: Annotated[str, Form(pattern="^(share|points)$")] = "share",
    count_temporary: Annotated[bool, Form()] = False,
) -> Response:
    """Have the indicators of a night counted."""
    settings = IndicatorSettings(
        at=at, rolling=period == "rolling", points=amber == "points", count_temporary=count_temporary
    )
    return _ask(request, user, records, settings)


@router.post("/sufficiency/report")
def report_asked_for(
    request: Request,
    user: Commissions,
    records: OpenRecords,
    year: Annotated[str, Form()] = "",
) -> Response:
    """Have the annual report of a year made; a year without a return is refused at once, beside its field."""
    from api.services.analysis_inputs import report_year

    try:
        found = report_year(year, records.for_everybody().returns())
    except (InvalidInput, NotEnoughData) as refused:
        return _shown(
            request,
            records,
            "reports.html",
            "report",
            status=422,
            problem=refused.message,
            given_year=year,
        )
    return _ask(request, user, records, ReportSettings(year=found))


@router.get("/sufficiency/analyses/{analysis_id}")
def analysis_page(request: Request, analysis_id: str, records: OpenRecords) -> Response:
    """Return one analysis, or how far it is."""
    user = current_user(request)
    analysis = records.analyses_of(user.authority).analysis(analysis_id)
    if analysis.answer is not None:
        return _analysis_page(request, records, analysis)
    return page(
        request,
        "analysis_progress.html",
        analysis=present_analysis(analysis),
        state=analysis.status,
        step=step_in_words(records.jobs_of(user.authority).that_makes(analysis_id)),
        message=(analysis.in_brief or {}).get("message", ""),
        may_commission=may(user.role, Permission.COMMISSION),
    )


@router.get("/sufficiency/analyses/{analysis_id}/files/{file_name}")
def analysis_file(request: Request, analysis_id: str, file_name: str, records: OpenRecords) -> Response:
    """Return a table of an analysis as CSV, or a report as PDF, Word, Excel or a page."""
    analysis = records.analyses_of(current_user(request).authority).analysis(analysis_id)
    if analysis.answer is None:
        raise _no_such_file()
    if analysis.kind == "report":
        return _report_file(analysis, file_name)
    table = present_files(analysis.kind, analysis.answer).get(file_name)
    if table is None:
        raise _no_such_file()
    return Response(
        table_csv(table),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{file_name}"'},
    )


@router.post("/sufficiency/analyses/{analysis_id}/name")
def analysis_name_sent(
    user: Commissions, analysis_id: str, records: OpenRecords, name: Annotated[str, Form()] = ""
) -> Response:
    """Name an analysis, so that it is kept; an empty name takes the name away."""
    if len(name.strip()) > LONGEST_NAME:
        raise InvalidInput("name_too_long", f"Give a name of at most {LONGEST_NAME} letters.")
    records.analyses_of(user.authority).give_name(analysis_id, name.strip() or None)
    records.note("analysis_named", authority=user.authority, subject_kind="analysis", subject_id=analysis_id)
    return RedirectResponse(f"/sufficiency/analyses/{analysis_id}", status_code=303)


@router.get("/sufficiency/analyses/{analysis_id}/children/{indicator}")
def children_page(request: Request, analysis_id: str, indicator: str, records: OpenRecords) -> Response:
    """Return the children counted in one indicator, for those who may see children."""
    from api.services.indicator_children import children_counted

    authority = current_user(request).authority
    analysis = records.analyses_of(authority).analysis(analysis_id)
    found = children_counted(records, authority, analysis, indicator)
    return page(request, "indicator_children.html", found=found, analysis_id=analysis_id)


@router.get("/sufficiency/compare")
def beds_compared_page(
    request: Request,
    records: OpenRecords,
    first: Annotated[str, Query(max_length=40)] = "",
    second: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Return two calculations of beds short side by side, with the difference drawn."""
    if not first or not second:
        return _shown(
            request,
            records,
            "scenarios.html",
            "beds",
            status=422,
            problem="Choose a first and a second calculation",
        )
    kept = records.analyses_of(current_user(request).authority)
    one, other = kept.analysis(first), kept.analysis(second)
    if one.answer is None or other.answer is None or {one.kind, other.kind} != {"beds"}:
        raise NotFound("no_such_analysis", "There is no analysis of that id.")
    return page(request, "beds_compared.html", page=present_beds_compared(one, other))


def _ask(request: Request, user: User, records: Records, settings: Settings, name: str = "") -> Response:
    analysis_id = ask_for_analysis(
        records,
        user.authority,
        day_of(request.app.state.settings),
        settings,
        policy=policy_of(request.app.state.settings),
        name=name.strip() or None,
    )
    return RedirectResponse(
        f"/sufficiency/analyses/{analysis_id}",
        status_code=303,
        # After the answer is sent, and so after the row is committed.
        background=BackgroundTask(request.app.state.workers.wake),
    )


def _newest(request: Request, records: Records, kind: str) -> Response:
    newest = records.analyses_of(current_user(request).authority).newest(kind)
    if newest is None:
        return _shown(request, records, "analysis_none.html", kind)
    return _analysis_page(request, records, newest)


def _shown(
    request: Request, records: Records, template: str, kind: str, *, status: int = 200, **facts: Any
) -> Response:
    user = current_user(request)
    return page(
        request,
        template,
        status=status,
        kind=kind,
        analyses=present_list(records.analyses_of(user.authority).all(kind)),
        may_commission=may(user.role, Permission.COMMISSION),
        today=day_of(request.app.state.settings).isoformat(),
        **{"problem": "", "given_year": "", **facts},
    )


def _analysis_page(request: Request, records: Records, analysis: Analysis) -> Response:
    user = current_user(request)
    settings = request.app.state.settings
    answer = analysis.answer or {}
    files = f"/sufficiency/analyses/{analysis.analysis_id}/files"
    facts: dict[str, Any] = {
        "analysis": present_analysis(analysis),
        "current": is_current(
            records, user.authority, analysis, as_of=day_of(settings), policy=policy_of(settings)
        ),
        "may_commission": may(user.role, Permission.COMMISSION),
        "files": files,
    }
    if analysis.kind == "beds":
        return page(request, "beds.html", page=present_beds(answer, files), **facts)
    if analysis.kind == "indicators":
        sees = may(user.role, Permission.READ_CHILDREN)
        return page(
            request, "indicators.html", page=present_indicators(answer, files, sees_children=sees), **facts
        )
    return page(request, "report.html", page=present_report(answer), **facts)


def _report_file(analysis: Analysis, file_name: str) -> Response:
    from api.reporting import MEDIA_TYPES, report_bytes
    from sufficiency.report import report_from_values

    kind = file_name.removeprefix("report")
    if kind not in MEDIA_TYPES or analysis.answer is None:
        raise _no_such_file()
    made = report_from_values(analysis.answer)
    return Response(
        report_bytes(made, kind),
        media_type=MEDIA_TYPES[kind],
        headers={"content-disposition": f'attachment; filename="sufficiency-report-{made.year}{kind}"'},
    )


def _no_such_file() -> NotFound:
    return NotFound("no_such_file", "There is no file of that name.")
