"""The addresses of the alerts' pages: the list with its one form, the nights, their CSV, the Director's week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.alert_policy import AlertPolicy, alert_policy_of
from api.auth.roles import Permission, may, require
from api.auth.sessions import User, current_user
from api.clock import day_of, now
from api.database.records import Records
from api.database.session import open_records
from api.day_asked import DayOfForm
from api.services import alerts
from api.services.alert_history import alert_history_of
from api.services.alerts_about_the_watch import is_late
from api.services.emergency_watch import emergency_watch
from api.services.policy import policy_of
from api.services.recipients import roles_unreached
from api.web.page import page
from api.web.presenters.alert_history import history_rows, present_alert_history
from api.web.presenters.alerts import AlertsPage, present_alerts, present_months, present_nights, present_week
from api.web.presenters.telling import unreached_words
from reference_data.problems import Conflict, InvalidInput

if TYPE_CHECKING:
    from sufficiency.emergency_figures import MonthOfNights

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
Answerer = Annotated[User, Depends(require(Permission.ANSWER_ALERTS))]
NIGHTS_SHOWN = 28
MONTH_COLUMNS = (
    "month",
    "children",
    "nights",
    "children_perhaps",
    "nights_perhaps",
    "over_14_nights",
    "unlawful",
)


@router.get("/alerts")
def alerts_page(request: Request, records: OpenRecords, part: int = 1, of: str = "") -> Response:
    """Return a part of the open alerts, the unanswered ones first, or the part with the alert that ``of`` names."""
    return _alerts_page(request, records, part=part, of=of)


@router.post("/alerts/{alert_id}/acknowledgement")
def acknowledgement_sent(
    request: Request,
    alert_id: str,
    user: Answerer,
    records: OpenRecords,
    note: Annotated[str, Form()] = "",
) -> Response:
    """Acknowledge an alert, or show the list again with what is wrong."""
    if not note.strip():
        return _alerts_page(request, records, problem="Write what is being done", of=alert_id, status=422)
    alerts.acknowledge(records, user.authority, alert_id, note)
    return _back_to(f"alert-{alert_id}", alert_id)


@router.post("/alerts/children/{child_id}/acknowledgement")
def acknowledgement_of_a_child_sent(
    request: Request,
    child_id: str,
    user: Answerer,
    records: OpenRecords,
    note: Annotated[str, Form()] = "",
    seen: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Acknowledge with one note every alert of a child that the form showed, or show again what is wrong."""
    if not note.strip():
        return _alerts_page(request, records, problem="Write what is being done", of=child_id, status=422)
    # An id holds no space, and neither does a step.
    shown = dict(one.split(" ", 1) for one in seen or () if " " in one)
    try:
        done = alerts.acknowledge_child(records, user.authority, child_id, note, shown)
    except Conflict as wrong:
        return _alerts_page(request, records, problem=wrong.message, of=child_id, status=422)
    return _back_to(f"child-{(done.left or (done.acknowledged[0].alert_id,))[0]}", child_id)


@router.post("/alerts/{alert_id}/snooze")
def snooze_sent(
    request: Request,
    alert_id: str,
    user: Answerer,
    records: OpenRecords,
    hours: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Put off the escalation of an alert, or show the list again with what is wrong."""
    policy = alert_policy_of(request.app.state.settings)
    try:
        # Hours that are no number are as wrong as too many of them, and are told so in the same words.
        asked = int(hours) if hours.strip().isdecimal() and len(hours) < 6 else 0
        alerts.snooze(records, user.authority, alert_id, hours=asked, reason=reason, policy=policy)
    except (InvalidInput, Conflict) as wrong:
        return _alerts_page(request, records, snooze_problem=wrong.message, of=alert_id, status=422)
    return _back_to(f"alert-{alert_id}", alert_id)


def _back_to(anchor: str, of: str) -> RedirectResponse:
    return RedirectResponse(f"/alerts?of={quote(of, safe='')}#{anchor}", status_code=303)


def _alerts_page(
    request: Request,
    records: Records,
    *,
    part: int = 1,
    problem: str = "",
    snooze_problem: str = "",
    of: str = "",
    status: int = 200,
) -> Response:
    user = current_user(request)
    policy = alert_policy_of(request.app.state.settings)
    shown = present_alerts(
        alerts.alerts_listed(records, user.authority, policy=policy),
        roles=policy.roles,
        late=is_late(records.alerts_of(user.authority), policy, now()),
        unreached=_unreached(records, user, policy),
        longest_hours=policy.longest_snooze_hours,
        part=part,
        of=of,
    )
    return page(
        request,
        "alerts.html",
        status=status,
        page=shown,
        problem_at=_where(shown, of),
        may_answer=may(user.role, Permission.ANSWER_ALERTS),
        problem=problem,
        snooze_problem=snooze_problem,
        problem_of=of,
    )


def _where(shown: AlertsPage, of: str) -> str:
    """Return the field that a problem is about: the one note of a child where there is such a form, or an alert's."""
    child = next((one for one in shown.children if of and one.child_id == of), None)
    if child is None:
        return f"#note-{of}"
    return f"#all-{child.anchor}" if len(child.unanswered) > 1 else f"#{child.anchor}"


def _unreached(records: Records, user: User, policy: AlertPolicy) -> str:
    store = records.alerts_of(user.authority)
    return unreached_words(roles_unreached(store.reached(), policy), policy)


@router.get("/alerts/children/{child_id}")
def history_page(request: Request, child_id: str, records: OpenRecords) -> Response:
    """Return who knew what of one child's alerts, and when."""
    found = alert_history_of(records, current_user(request).authority, child_id)
    roles = alert_policy_of(request.app.state.settings).roles
    return page(request, "alert_history.html", page=present_alert_history(found, roles))


@router.get("/alerts/children/{child_id}/record.csv")
def history_file(request: Request, child_id: str, records: OpenRecords) -> Response:
    """Return the same record as a file."""
    found = alert_history_of(records, current_user(request).authority, child_id)
    return Response(
        _csv(history_rows(found)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="who-knew-what.csv"'},
    )


@router.get("/emergency-watch/nights")
def nights_page(request: Request, records: OpenRecords, part: int = 1, due: int = 1) -> Response:
    """Return who was where on which night, and what falls due next, a part of each."""
    from sufficiency.emergency_figures import nights_between

    settings = request.app.state.settings
    as_of = day_of(settings)
    first = as_of - timedelta(days=NIGHTS_SHOWN - 1)
    return page(
        request,
        "nights.html",
        page=present_nights(
            nights_between(records.stays(), first, as_of),
            emergency_watch(records, as_of, policy=policy_of(settings)),
            first=first,
            last=as_of,
            part=part,
            due_part=due,
        ),
    )


@router.get("/emergency-watch/nights.csv")
def nights_file(
    request: Request,
    records: OpenRecords,
    start: Annotated[DayOfForm, Query(alias="from")] = None,
    last: Annotated[DayOfForm, Query(alias="to")] = None,
) -> Response:
    """Return every night of every child as a file, by default of the nights that the page shows."""
    from sufficiency.emergency_figures import nights_between

    until = last or day_of(request.app.state.settings)
    first: date = start or until - timedelta(days=NIGHTS_SHOWN - 1)
    rows: list[tuple[str, ...]] = [("night", "child_id", "settings", "unsuitable", "unlawful")]
    rows += [
        (one.night.isoformat(), one.child_id, ";".join(one.settings), one.unsuitable, one.unlawful)
        for one in nights_between(records.stays(), first, until)
    ]
    return Response(
        _csv(rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="nights.csv"'},
    )


def _csv(rows: list[tuple[str, ...]]) -> str:
    import csv
    import io

    written = io.StringIO()
    # A cell that a spreadsheet would run as a formula is only text.
    csv.writer(written).writerows(
        [f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell for cell in row] for row in rows
    )
    return written.getvalue()


@router.get("/emergency-watch/week")
def week_page(request: Request, records: OpenRecords) -> Response:
    """Return the Director's week: figures beside last week's, and what nobody has answered."""
    settings = request.app.state.settings
    user = current_user(request)
    alert_policy = alert_policy_of(settings)
    as_of, policy = day_of(settings), policy_of(settings)
    return page(
        request,
        "week.html",
        page=present_week(
            emergency_watch(records, as_of, policy=policy),
            emergency_watch(records, as_of - timedelta(days=7), policy=policy),
            alerts.alerts_listed(records, user.authority),
            roles=alert_policy.roles,
            late=is_late(records.alerts_of(user.authority), alert_policy, now()),
            unreached=_unreached(records, user, alert_policy),
        ),
    )


@router.get("/emergency-watch/months")
def months_page(request: Request, records: OpenRecords) -> Response:
    """Return the figures of each of the last months, for the annual report."""
    return page(request, "months.html", page=present_months(_months(request, records)))


@router.get("/emergency-watch/months.csv")
def months_file(request: Request, records: OpenRecords) -> Response:
    """Return the same figures as a file."""
    found = _months(request, records)
    names = MONTH_COLUMNS
    rows = [tuple(names)]
    rows += [tuple(str(getattr(month, name)) for name in names) for month in found]
    return Response(
        _csv(rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="months.csv"'},
    )


def _months(request: Request, records: Records) -> tuple[MonthOfNights, ...]:
    from sufficiency.emergency_figures import monthly_figures

    settings = request.app.state.settings
    as_of = day_of(settings)
    # Twelve whole months and the one that runs.
    start = as_of.replace(year=as_of.year - 1, day=1)
    return monthly_figures(records.stays(), start=start, months=13, as_of=as_of, policy=policy_of(settings))
