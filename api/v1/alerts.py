"""Alerts of the emergency watch over the API: what is open, who was told, and answering for one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from api.alert_policy import alert_policy_of
from api.auth.roles import Permission, require
from api.auth.sessions import User, current_user
from api.clock import day_of
from api.clock import now as present
from api.database.alert_records import AlertRecords
from api.database.records import Records
from api.database.session import database_of, open_records
from api.database.tables import authorities
from api.day_asked import DayAsked
from api.services import alerts
from api.services.alerts_about_the_watch import is_late
from api.services.policy import policy_of
from api.services.recipients import roles_unreached
from api.settings import Settings
from api.v1.paging import PartAsked
from api.v1.sent import Sent

router = APIRouter(tags=["alerts"])
OpenRecords = Annotated[Records, Depends(open_records)]
Answerer = Annotated[User, Depends(require(Permission.ANSWER_ALERTS))]


class Acknowledgement(Sent):
    """That somebody answers for an alert, and what is being done."""

    note: str = Field(min_length=1, max_length=alerts.LONGEST_NOTE)


class AcknowledgementOfAChild(Sent):
    """That somebody answers for the alerts of a child that they have read, and what is being done.

    ``seen`` gives for each alert its id and the step that was read, as the list of alerts tells both: an alert that was
    raised or told anew since then is left open.
    """

    note: str = Field(min_length=1, max_length=alerts.LONGEST_NOTE)
    seen: dict[str, str]


class Snooze(Sent):
    """That the escalation is put off, for how long, and why."""

    hours: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=alerts.LONGEST_NOTE)


@router.get("/alerts")
def list_alerts(
    request: Request,
    records: OpenRecords,
    part: PartAsked,
    everything: Annotated[bool, Query(alias="all", description="Closed ones too.")] = False,
    child_id: Annotated[str | None, Query(description="Only about this child.")] = None,
    rule: Annotated[str | None, Query(description="Only of this rule.")] = None,
) -> list[dict[str, Any]]:
    """Return the alerts, with who was told and who answered: open ones first, the newest step first."""
    authority = current_user(request).authority
    policy = alert_policy_of(request.app.state.settings)
    found = [
        one
        for one in alerts.alerts_listed(records, authority, only_open=not everything, policy=policy)
        if child_id in (None, one["child_id"]) and rule in (None, one["rule"])
    ]
    return part.as_ordered(found, lambda one: str(one["alert_id"]))


@router.post("/alerts/{alert_id}/acknowledgement")
def acknowledge(
    alert_id: str, given: Acknowledgement, user: Answerer, records: OpenRecords
) -> dict[str, Any]:
    """Acknowledge an alert with a note. It stays open until a record closes it."""
    return alerts.acknowledge(records, user.authority, alert_id, given.note).as_dict()


@router.get("/alerts/children/{child_id}")
def history_of_a_child(request: Request, child_id: str, records: OpenRecords) -> dict[str, Any]:
    """Return who knew what of one child's alerts, and when, the earliest first."""
    from api.services.alert_history import alert_history_of

    return alert_history_of(records, current_user(request).authority, child_id).as_dict()


@router.post("/alerts/children/{child_id}/acknowledgement")
def acknowledge_child(
    child_id: str, given: AcknowledgementOfAChild, user: Answerer, records: OpenRecords
) -> dict[str, Any]:
    """Acknowledge with one note the alerts of a child that were read. Each is recorded and audited by itself."""
    return alerts.acknowledge_child(records, user.authority, child_id, given.note, given.seen).as_dict()


@router.post("/alerts/{alert_id}/snooze")
def snooze(
    request: Request, alert_id: str, given: Snooze, user: Answerer, records: OpenRecords
) -> dict[str, Any]:
    """Put off an alert's escalation, never past the day it names."""
    policy = alert_policy_of(request.app.state.settings)
    return alerts.snooze(
        records, user.authority, alert_id, hours=given.hours, reason=given.reason, policy=policy
    ).as_dict()


@router.get("/emergency-watch/nights")
def nights(
    request: Request,
    records: OpenRecords,
    part: PartAsked,
    start: Annotated[
        DayAsked, Query(alias="from", description="The first evening; 13 days ago when absent.")
    ] = None,
    last: Annotated[DayAsked, Query(alias="to", description="The last evening; tonight when absent.")] = None,
) -> list[dict[str, Any]]:
    """Return where every child was, night by night."""
    from sufficiency.emergency_figures import nights_between

    until = last or day_of(request.app.state.settings)
    first = start or until - timedelta(days=13)
    found = nights_between(records.stays(), first, until)
    return [
        {
            "night": one.night.isoformat(),
            "child_id": one.child_id,
            "settings": list(one.settings),
            "unsuitable": one.unsuitable,
            "unlawful": one.unlawful,
        }
        for one in part.of(found, lambda one: f"{one.night} {one.child_id}")
    ]


@router.get("/emergency-watch/months")
def months(
    request: Request,
    records: OpenRecords,
    start: Annotated[DayAsked, Query(alias="from", description="A day of the first month.")] = None,
    count: Annotated[int, Query(alias="months", ge=1, le=60)] = 12,
) -> list[dict[str, Any]]:
    """Return each month's nights and children: for the council itself, nothing is suppressed."""
    from sufficiency.emergency_figures import monthly_figures

    settings: Settings = request.app.state.settings
    as_of = day_of(settings)
    first = start or as_of - timedelta(days=365)
    found = monthly_figures(
        records.stays(), start=first, months=count, as_of=as_of, policy=policy_of(settings)
    )
    return [
        {name: getattr(month, name) for name in month.__slots__} | {"month": month.month.isoformat()}
        for month in found
    ]


class Heartbeat(BaseModel):
    """Whether the emergency watch has run lately for every council, and whether everybody can be told.

    ``recipients`` is ``missing`` where a role that must be told of something has no recipient.
    """

    status: str
    recipients: str


@router.get("/watch-heartbeat", responses={503: {"model": Heartbeat, "description": "The watch is late."}})
def heartbeat(request: Request, response: Response) -> Heartbeat:
    """Return ``ok``, or with status 503 ``late``, and whether recipients are missing.

    It is for a monitor outside, which needs no sign-in and learns no more.
    """
    from sqlalchemy import select

    policy = alert_policy_of(request.app.state.settings)
    with database_of(request).reading() as connection:
        codes = connection.execute(select(authorities.c.authority)).scalars().all()
        watched = [AlertRecords(connection, code) for code in codes]
        late = any(is_late(store, policy, present()) for store in watched)
        missing = any(store.has_stays() and roles_unreached(store.reached(), policy) for store in watched)
    if late:
        response.status_code = 503
    return Heartbeat(status="late" if late else "ok", recipients="missing" if missing else "complete")
