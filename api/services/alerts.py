"""What people do with alerts: list them, acknowledge one or all of a child, snooze one. Who is told is ``recipients.py``.

Raising, escalating and closing is the scan's (``alert_scan.py``): nobody closes an alert by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from api import clock
from api.alert_policy import LONDON, AlertPolicy, alert_policy_of
from api.auth.roles import Permission
from api.database.alert_records import Alert, AlertNote
from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.services.alert_scan import ScanResult, scan_alerts
from api.services.alerts_about_the_watch import ABOUT_THE_WATCH, CLOSED_BY_ACKNOWLEDGING
from api.services.policy import policy_of
from api.settings import Settings
from reference_data.problems import Conflict, InvalidInput, NotFound

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


def acknowledge_child(
    records: Records, authority: str, child_id: str, note: str, seen: Mapping[str, str]
) -> Answered:
    """Acknowledge with one note every alert of a child that somebody has seen; each is recorded by itself.

    Parameters
    ----------
    seen
        The step at which each alert was seen, by alert id. One that was raised, or told anew, since then is left: nobody
        answers for what they have not read.

    Raises
    ------
    NotFound
        If no alert of that child is open in view.
    InvalidInput
        If the note is empty or too long.
    Conflict
        If none of the alerts seen can be acknowledged any more.
    """
    note = _usable_note(note)
    store = records.alerts_of(authority)
    # No scan moves a step while this is under way.
    store.hold_watch()
    own = sorted(
        (one for one in store.alerts(only_open=True) if one.child_id == child_id),
        key=lambda one: one.alert_id,
    )
    if not own:
        raise NotFound("no_such_child", "No alert of a child of that id is open.")
    unanswered = [one for one in own if one.acknowledged_at is None]
    wanted = [one for one in unanswered if seen.get(one.alert_id) == one.step]
    if not wanted:
        raise Conflict(
            "nothing_to_acknowledge",
            "None of these alerts can be acknowledged: they are answered, or have changed since. Look at them again.",
        )
    return Answered(
        acknowledged=tuple(acknowledge(records, authority, one.alert_id, note) for one in wanted),
        left=tuple(one.alert_id for one in unanswered if one not in wanted),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The alerts of one child that were acknowledged together, and the ids of those left open to be read first."""

    acknowledged: tuple[Alert, ...]
    left: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one JSON document."""
        return {"acknowledged": [one.as_dict() for one in self.acknowledged], "left": list(self.left)}


def why_not_put_off(alert: Alert, policy: AlertPolicy, now: datetime) -> tuple[str, str] | None:
    """Return why the escalation of an alert cannot be put off, as a code and a sentence; nothing where it can."""
    if alert.rule in ABOUT_THE_WATCH:
        return "about_the_watch", "An alert about the watch itself cannot be put off."
    if alert.acknowledged_at is not None:
        return "already_acknowledged", "Somebody has acknowledged this alert, so nobody else is told of it."
    limit = _limit_of(alert)
    if limit is not None and limit <= now:
        return "limit_reached", "The day of this alert has come, so it cannot be put off."
    told = policy.told[policy.outcome_told(alert.outcome, alert.rule)]
    if alert.escalation >= len(told.escalate_to):
        return "everybody_told", "Everybody who is to be told has been, so there is nothing to put off."
    return None


def _limit_of(alert: Alert) -> datetime | None:
    """Return the first moment in London of the day that an alert names."""
    return None if alert.due_on is None else datetime.combine(alert.due_on, time.min, LONDON)


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
        If the alert is closed or answered, its day has come, it is about the watch itself, or everybody has been told.
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
    reason_not = why_not_put_off(alert, policy, now)
    if reason_not is not None:
        raise Conflict(*reason_not)
    until = min(filter(None, (now + timedelta(hours=hours), _limit_of(alert))))
    changed = replace(alert, snoozed_until=until)
    store.keep(changed, is_new=False)
    _say(records, alert, "snoozed", reason, until, now)
    return changed


def alerts_listed(
    records: Records, authority: str, *, only_open: bool = True, policy: AlertPolicy | None = None
) -> list[dict[str, Any]]:
    """Return the alerts with what people said of each and whom it was told, as JSON.

    Parameters
    ----------
    policy
        Where given, each alert says with ``may_be_put_off`` whether its escalation can be put off now.
    """
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
    now = clock.now()
    return [
        alert.as_dict()
        | {"notes": notes.get(alert.alert_id, []), "told": told.get(alert.alert_id, [])}
        | (
            {"may_be_put_off": alert.is_open and why_not_put_off(alert, policy, now) is None}
            if policy
            else {}
        )
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
