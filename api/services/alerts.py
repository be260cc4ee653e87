"""What people do with alerts: list them, acknowledge or snooze one, and say who is told.

Raising, escalating and closing is the scan's (``alert_scan.py``): nobody closes an alert by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api import clock
from api.alert_policy import LONDON, AlertPolicy, alert_policy_of
from api.auth.roles import Permission
from api.database.alert_records import Alert, AlertNote, Recipient
from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.services.alert_scan import CLOSED_WHEN_READ, ScanResult, scan_alerts
from api.services.policy import policy_of
from api.settings import Settings
from reference_data.problems import Conflict, InvalidInput

if TYPE_CHECKING:
    from api.database.engine import Database

CHANNELS = ("email", "webhook", "notify")
HOURS = ("any", "office", "out_of_hours")
LONGEST_NOTE = 2000


def scan_with_settings(
    records: Records, authority: str, *, as_of: date | None, settings: Settings | None
) -> ScanResult:
    """Scan one council's stays by an installation's policies."""
    settings = settings or Settings()
    return scan_alerts(
        records,
        authority,
        as_of=clock.day_of(settings, as_of),
        policy=policy_of(settings),
        alert_policy=alert_policy_of(settings),
        base_url=settings.base_url,
    )


@contextmanager
def database_for_alerts(settings: Settings, authority: str) -> Iterator[Database]:
    """Give the configured database to a command that writes for one authority.

    Raises
    ------
    NotFound
        If there is no database at the address, or no authority of that code.
    Conflict
        If its tables are not the newest.
    """
    from api.services.importing import require_known_authority

    require_known_authority(authority)
    database = open_existing(settings.database_url)
    try:
        require_latest(database)
        yield database
    finally:
        database.close()


class _DryRun(Exception):
    """Raised inside the transaction of a dry run, so that it is undone."""


@contextmanager
def writing_records(
    database: Database, authority: str, as_user: str, permission: Permission, *, dry_run: bool
) -> Iterator[Records]:
    """Give one council's records to somebody who may change them; a dry run is undone at the end."""
    from api.auth.passwords import know_authority
    from api.services.importing import require_user_may, usable_actor

    actor = usable_actor(as_user)
    try:
        with database.writing() as connection:
            require_user_may(connection, actor, authority, permission)
            know_authority(connection, authority)
            yield Records(connection, Scope(authorities=frozenset({authority}), actor=actor))
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass


def acknowledge(records: Records, authority: str, alert_id: str, note: str) -> Alert:
    """Write down that somebody answers for an alert. It stays open, and is not escalated further.

    Raises
    ------
    NotFound
        If there is no such alert in view.
    InvalidInput
        If the note is empty or too long.
    Conflict
        If the alert is closed, or acknowledged at this step already.
    """
    note = _usable_note(note)
    store = records.alerts_of(authority)
    store.hold_watch()
    alert = _open_alert(store.alert(alert_id, to_change=True))
    if alert.acknowledged_at is not None:
        raise Conflict("already_acknowledged", "Somebody has acknowledged this alert already.")
    now = clock.now()
    changed = replace(alert, acknowledged_at=now, acknowledged_by=records.scope.actor)
    if alert.rule in CLOSED_WHEN_READ:
        changed = replace(changed, closed_at=now, closed_because="acknowledged")
    store.keep(changed, is_new=False)
    _say(records, alert, "acknowledged", note, None, now)
    return changed


def snooze(
    records: Records, authority: str, alert_id: str, *, hours: int, reason: str, policy: AlertPolicy
) -> Alert:
    """Put off the escalation of an alert, with a reason, and never past the day it names.

    Raises
    ------
    NotFound
        If there is no such alert in view.
    InvalidInput
        If the reason is empty or too long, or the hours are more than policy allows.
    Conflict
        If the alert is closed, or its day has come.
    """
    reason = _usable_note(reason)
    if not 1 <= hours <= policy.longest_snooze_hours:
        raise InvalidInput(
            "unusable_snooze", f"Snooze for 1 to {policy.longest_snooze_hours} hours; policy allows no more."
        )
    store = records.alerts_of(authority)
    store.hold_watch()
    alert = _open_alert(store.alert(alert_id, to_change=True))
    now = clock.now()
    until = now + timedelta(hours=hours)
    if alert.due_on is not None:
        # The limit is the first moment of its day in London.
        limit = datetime.combine(alert.due_on, time.min, LONDON)
        if limit <= now:
            raise Conflict("limit_reached", "The day of this alert has come, so it cannot be put off.")
        until = min(until, limit)
    changed = replace(alert, snoozed_until=until)
    store.keep(changed, is_new=False)
    _say(records, alert, "snoozed", reason, until, now)
    return changed


def add_recipient(
    records: Records,
    authority: str,
    *,
    role: str,
    channel: str,
    address: str,
    hours: str,
    policy: AlertPolicy,
) -> Recipient:
    """Add a place where a role is told.

    Raises
    ------
    InvalidInput
        If the role, channel, hours or address cannot be used.
    """
    if role not in policy.roles:
        raise InvalidInput("no_such_role", f"Give one of the roles: {', '.join(policy.roles)}.")
    if channel not in CHANNELS:
        raise InvalidInput("no_such_channel", f"Give one of the channels: {', '.join(CHANNELS)}.")
    if hours not in HOURS:
        raise InvalidInput("no_such_hours", f"Give one of: {', '.join(HOURS)}.")
    address = address.strip()
    if not address or len(address) > 400 or any(letter.isspace() for letter in address):
        raise InvalidInput("unusable_address", "Give one address without spaces.")
    if channel == "webhook" and not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise InvalidInput("unusable_address", "A webhook's address begins with https://.")
    if channel != "webhook" and "@" not in address:
        raise InvalidInput("unusable_address", "Give an email address.")
    recipient = Recipient(recipient_id=uuid4().hex, role=role, channel=channel, address=address, hours=hours)
    records.alerts_of(authority).add_recipient(recipient)
    records.note(
        "recipient_added",
        authority=authority,
        subject_kind="recipient",
        subject_id=recipient.recipient_id,
        detail={"role": role, "channel": channel, "hours": hours},
    )
    return recipient


def drop_recipient(records: Records, authority: str, recipient_id: str) -> None:
    """Tell a place nothing any more.

    Raises
    ------
    NotFound
        If there is no such recipient in view.
    """
    records.alerts_of(authority).drop_recipient(recipient_id)
    records.note("recipient_dropped", authority=authority, subject_kind="recipient", subject_id=recipient_id)


def alerts_listed(records: Records, authority: str, *, only_open: bool = True) -> list[dict[str, Any]]:
    """Return the alerts with what people said of each and whom it was told, as JSON."""
    store = records.alerts_of(authority)
    alerts = store.alerts(only_open=only_open)
    notes: dict[str, list[dict[str, Any]]] = {}
    for note in store.notes():
        notes.setdefault(note.alert_id, []).append(
            {
                "kind": note.kind,
                "step": note.step,
                "note": note.note,
                "until": note.until.isoformat() if note.until else None,
                "by": note.actor,
                "at": note.at.isoformat(),
            }
        )
    told: dict[str, list[dict[str, Any]]] = {}
    for message in store.told():
        told.setdefault(message.alert_id, []).append(
            {
                "role": message.role,
                "channel": message.channel,
                "step": message.step,
                "status": message.status,
                "attempts": message.attempts,
                "sent_at": message.sent_at.isoformat() if message.sent_at else None,
                "last_error": message.last_error,
            }
        )
    return [
        alert.as_dict() | {"notes": notes.get(alert.alert_id, []), "told": told.get(alert.alert_id, [])}
        for alert in alerts
    ]


def _usable_note(note: str) -> str:
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise InvalidInput("unusable_note", f"Write what is being done, in 1 to {LONGEST_NOTE} characters.")
    return note


def _open_alert(alert: Alert) -> Alert:
    if not alert.is_open:
        raise Conflict("alert_closed", "This alert is closed: a later record answered it.")
    return alert


def _say(records: Records, alert: Alert, kind: str, note: str, until: datetime | None, now: datetime) -> None:
    records.alerts_of(alert.authority).add_note(
        AlertNote(
            alert_id=alert.alert_id,
            step=alert.step,
            kind=kind,
            note=note,
            until=until,
            actor=records.scope.actor,
            at=now,
        )
    )
    # The words themselves are about a child and stay out of the audit.
    records.note(
        f"alert_{kind}",
        authority=alert.authority,
        subject_kind="alert",
        subject_id=alert.alert_id,
        detail={"step": alert.step, "until": until.isoformat(timespec="seconds") if until else None},
    )
