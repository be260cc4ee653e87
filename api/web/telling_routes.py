"""The addresses of who is told and what was told: recipients with their forms, messages, closed alerts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.alert_policy import alert_policy_of
from api.auth.roles import Permission, may, require
from api.auth.sessions import User, current_user
from api.database.records import Records
from api.database.session import open_records
from api.services.recipients import add_recipient, drop_recipient
from api.web.page import page
from api.web.presenters.telling import present_closed, present_messages, present_recipients
from reference_data.problems import Conflict, InvalidInput

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
Setter = Annotated[User, Depends(require(Permission.SET_RECIPIENTS))]
SHOWN = 300


@router.get("/alerts/recipients")
def recipients_page(request: Request, records: OpenRecords) -> Response:
    """Return where each role is told, and the roles that nobody is recorded for."""
    return _recipients_page(request, records)


@router.post("/alerts/recipients")
def recipient_sent(
    request: Request,
    user: Setter,
    records: OpenRecords,
    role: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "",
    hours: Annotated[str, Form()] = "",
) -> Response:
    """Add a place where a role is told, or show the page again with what is wrong."""
    given = {"role": role, "channel": channel, "address": address, "hours": hours}
    policy = alert_policy_of(request.app.state.settings)
    try:
        add_recipient(
            records,
            user.authority,
            **given,
            policy=policy,
            base_url=request.app.state.settings.base_url,
        )
    except (InvalidInput, Conflict) as wrong:
        return _recipients_page(request, records, problem=wrong.message, given=given, status=422)
    return RedirectResponse("/alerts/recipients", status_code=303)


@router.post("/alerts/recipients/{recipient_id}/removal")
def removal_sent(recipient_id: str, user: Setter, records: OpenRecords) -> Response:
    """Tell a place nothing any more."""
    drop_recipient(records, user.authority, recipient_id)
    return RedirectResponse("/alerts/recipients", status_code=303)


def _recipients_page(
    request: Request,
    records: Records,
    *,
    problem: str = "",
    given: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    user = current_user(request)
    return page(
        request,
        "recipients.html",
        status=status,
        page=present_recipients(
            records.alerts_of(user.authority).recipients(),
            alert_policy_of(request.app.state.settings),
            reached=records.alerts_of(user.authority).reached(),
        ),
        may_set=may(user.role, Permission.SET_RECIPIENTS),
        problem=problem,
        given=given or {"role": "", "channel": "email", "address": "", "hours": "any"},
    )


@router.get("/alerts/messages")
def messages_page(request: Request, records: OpenRecords) -> Response:
    """Return what was told to whom, and how it fared."""
    user = current_user(request)
    return page(
        request,
        "messages.html",
        page=present_messages(
            records.alerts_of(user.authority).latest_messages(SHOWN),
            roles=alert_policy_of(request.app.state.settings).roles,
            username=user.username,
            limit=SHOWN,
        ),
    )


@router.get("/alerts/closed")
def closed_page(request: Request, records: OpenRecords) -> Response:
    """Return the alerts that a record has answered, with the history apart."""
    found = records.alerts_of(current_user(request).authority).closed_alerts(SHOWN)
    return page(request, "closed_alerts.html", page=present_closed(found, limit=SHOWN))
