"""What people do with alerts: list them, acknowledge or snooze one. Who is told is ``recipients.py``.

Raising, escalating and closing is the scan's (``alert_scan.py``): nobody closes an alert by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from api import clock
from api.alert_policy import LONDON, AlertPolicy, alert_policy_of
from api.auth.roles import Permission
from api.database.alert_records import Alert, AlertNote
from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.services.alert_scan import ScanResult, scan_alerts
from api.services.alerts_about_the_watch import CLOSED_BY_ACKNOWLEDGING
from api.services.policy import policy_of
from api.settings import Settings
from reference_data.problems import Conflict, InvalidInput

if TYPE_CHECKING:
    from api.database.engine import Database

LONGEST_NOTE = 2000


def scan_with_settings(
    records: Records,
    authority: str,
    *,
    as_of: date | None,
    settings: Settings | None,
    changed_since: datetime | None = None,
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
        changed_since=changed_since,
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


@contextmanager
def reading_records(database: Database, authority: str, as_user: str) -> Iterator[Records]:
    """Give one council's records to somebody who only reads them."""
    from api.services.importing import usable_actor

    scope = Scope(authorities=frozenset({authority}), actor=usable_actor(as_user))
    with database.reading() as connection:
        yield Records(connection, scope)


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
    if alert.rule in CLOSED_BY_ACKNOWLEDGING:
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
                "message_id": message.envelope_id,
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
