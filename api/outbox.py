"""Send what stands in the outbox: at least once, under one id for ever, by one process at a time.

Three steps, each its own transaction: claim a message, send it, mark it. A process that dies in
between leaves a claim that runs out, and the message is sent again under the same id. What a message
says is looked up when it is claimed: an alert that a record has answered meanwhile is withdrawn, with an
entry in the audit, and the others are told as they now stand. A message that is given up raises an alert
of its own.
"""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from api import clock
from api.database.records import Records, Scope
from api.database.tables import outbox
from api.delivery import Message, Undelivered, email, folder, in_app, notify, webhook
from api.services.alert_words import CLOSED, Said, said_of, together
from api.services.alerts_about_the_watch import report_late_watch, report_undelivered

if TYPE_CHECKING:
    from datetime import datetime

    from api.alert_policy import AlertPolicy
    from api.database.alert_records import Alert
    from api.database.engine import Database
    from api.settings import Settings

SENDERS: Mapping[str, Callable[..., None]] = {
    "email": email.send,
    "webhook": webhook.send,
    "notify": notify.send,
    "in_app": in_app.send,
    "file": folder.send,
}


Server = tuple[str, str]
"""A channel, and where it has more than one server, which of them."""
TIMED_OUT = "timed_out"
SILENT_AFTER = 2
"""Messages in a row that a server lets hang before the others are kept for the next run. Two and not one, since a single
message can be what a server chokes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round of sending did, in messages; one may have listed several alerts."""

    sent: int
    failed: int
    given_up: int
    withdrawn: int
    watch_late: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one JSON document."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One alert's step in a message: a row of the outbox."""

    row_id: str
    alert_id: str
    step: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A message that this process has to itself until the lease runs out.

    ``message`` is empty where nothing of it is true any more; ``parts`` are those still to be told.
    ``reachable`` is false where it is for somebody who may not sign in here any more.
    """

    message: Message | None
    parts: tuple[_Part, ...]
    channel: str
    address: str
    attempts: int
    claimed_by: str
    reachable: bool


def deliver(
    database: Database,
    authority: str,
    *,
    settings: Settings,
    alert_policy: AlertPolicy,
    actor: str,
    limit: int = 1000,
) -> Delivered:
    """Send every message of one council that is due, and report a watch that has not run."""
    scope = Scope(authorities=frozenset({authority}), actor=actor)
    with database.writing() as connection:
        late = report_late_watch(
            Records(connection, scope), authority, alert_policy=alert_policy, base_url=settings.base_url
        )
    worker = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid4().hex[:8]}"
    sent = failed = given_up = withdrawn = 0
    # A message that failed waits for the next run, though it may be due again before this one is over.
    failed_now: set[str] = set()
    # How often in a row each server has not answered in time; one that hangs delays nobody else's messages.
    unanswered: Counter[Server] = Counter()
    for _ in range(limit):
        with database.writing() as connection:
            claim = _claim(
                Records(connection, scope),
                authority,
                worker,
                alert_policy,
                base_url=settings.base_url,
                without=failed_now,
                silent={server for server, times in unanswered.items() if times >= SILENT_AFTER},
            )
        if claim is None:
            break
        if claim.message is None:
            withdrawn += 1
            continue
        try:
            if not claim.reachable:
                raise Undelivered("no_such_user", for_good=True)
            SENDERS[claim.channel](
                claim.message, settings, timeout_seconds=alert_policy.delivery.timeout_seconds
            )
        except Undelivered as reason:
            dead = reason.for_good or claim.attempts >= alert_policy.delivery.attempts
            server = server_of(claim.channel, claim.address)
            unanswered[server] = unanswered[server] + 1 if reason.reason == TIMED_OUT else 0
            failed_now.add(claim.message.message_id)
            failed, given_up = failed + (not dead), given_up + dead
            with database.writing() as connection:
                _mark_failed(
                    Records(connection, scope),
                    authority,
                    claim,
                    reason,
                    dead,
                    settings=settings,
                    policy=alert_policy,
                )
        else:
            sent += 1
            unanswered[server_of(claim.channel, claim.address)] = 0
            with database.writing() as connection:
                _mark_sent(Records(connection, scope), authority, claim)
    return Delivered(sent=sent, failed=failed, given_up=given_up, withdrawn=withdrawn, watch_late=late)


def server_of(channel: str, address: str) -> Server:
    """Return what a message is handed to: the one mail server or Notify, or the host of a webhook's address."""
    if channel != "webhook":
        return channel, ""
    try:
        return channel, urlsplit(address).netloc
    except ValueError:
        return channel, address


def waiting(database: Database, authority: str) -> int:
    """Return how many messages of one council have yet to be sent."""
    unsent = select(func.count(outbox.c.envelope_id.distinct())).where(
        and_(outbox.c.authority == authority, outbox.c.status.in_(("waiting", "claimed")))
    )
    with database.reading() as connection:
        return int(connection.execute(unsent).scalar_one())


def _claim(
    records: Records,
    authority: str,
    worker: str,
    policy: AlertPolicy,
    *,
    base_url: str,
    without: Collection[str],
    silent: Collection[Server],
) -> _Claim | None:
    connection, now = records.connection, clock.now()
    rows = _due_rows(connection, authority, now, without, silent)
    if not rows:
        return None
    store = records.alerts_of(authority)
    said: list[Said] = []
    parts: list[_Part] = []
    attempts = 0
    for row in rows:
        alert = store.alert(row.alert_id)
        untrue = _untrue_because(connection, row, alert)
        if untrue is not None:
            _withdraw(records, authority, row, untrue)
            continue
        told = said_of(alert, row.step, base_url)
        attempts = max(attempts, row.attempts + 1)
        connection.execute(
            update(outbox)
            .where(outbox.c.message_id == row.message_id)
            .values(
                status="claimed",
                claimed_by=worker,
                attempts=row.attempts + 1,
                next_at=now + timedelta(seconds=policy.delivery.lease_seconds),
                # What goes out is what is kept: whoever asks later reads what was said.
                subject=told.subject,
                body=told.body,
                facts=dict(told.facts),
            )
        )
        said.append(told)
        parts.append(_Part(row_id=row.message_id, alert_id=row.alert_id, step=row.step, role=row.role))
    subject, body = together(said) if said else ("", "")
    first = rows[0]
    return _Claim(
        message=Message(
            message_id=first.envelope_id,
            address=first.address,
            subject=subject,
            body=body,
            keys=tuple(one.key for one in said),
            facts=said[0].facts,
        )
        if said
        else None,
        parts=tuple(parts),
        channel=first.channel,
        address=first.address,
        attempts=attempts,
        claimed_by=worker,
        reachable=store.is_reachable(first.channel, first.address),
    )


def _due_rows(
    connection: Connection,
    authority: str,
    now: datetime,
    without: Collection[str],
    silent: Collection[Server],
) -> Sequence[Any]:
    """Return the rows of the message that is most due, kept from every other process; none where none is due.

    Messages of servers that are silent are left where they are, and cost none of their attempts.
    """
    while True:
        due = and_(outbox.c.authority == authority, _is_due(now), outbox.c.envelope_id.not_in(without))
        in_order = connection.execute(
            select(outbox.c.envelope_id, outbox.c.channel, outbox.c.address)
            .where(due)
            # What needs no server is not held up by one that hangs.
            .order_by(
                (outbox.c.channel == "in_app").desc(),
                outbox.c.urgent.desc(),
                outbox.c.next_at,
                outbox.c.envelope_id,
            )
            .limit(None if silent else 1)
        )
        envelope_id = next(
            (row.envelope_id for row in in_order if server_of(row.channel, row.address) not in silent), None
        )
        if envelope_id is None:
            return ()
        # Whoever was first at these rows has made them not due by the time they are ours to read.
        rows = connection.execute(
            select(outbox)
            .where(and_(due, outbox.c.envelope_id == envelope_id))
            .order_by(outbox.c.message_id)
            .with_for_update()
        ).all()
        if rows:
            return rows


def _is_due(now: datetime) -> ColumnElement[bool]:
    # A claim that has run out counts as waiting: whoever had it is gone, or slower than allowed.
    return and_(or_(outbox.c.status == "waiting", outbox.c.status == "claimed"), outbox.c.next_at <= now)


def _untrue_because(connection: Connection, row: Any, alert: Alert) -> str | None:
    """Return why a message must not go out any more: a record answered its alert, or a later step says more."""
    if not alert.is_open:
        # What is raised and over in one scan is told all the same: its step is the last there is.
        over_when_queued = row.created_at == alert.closed_at
        return None if over_when_queued else "alert_closed"
    if row.step.endswith(CLOSED):
        return "alert_open_again"
    if _raised_step(row.step) == _raised_step(alert.step):
        return None
    later = connection.execute(
        select(outbox.c.message_id)
        .where(
            and_(
                outbox.c.authority == row.authority,
                outbox.c.alert_id == row.alert_id,
                outbox.c.channel == row.channel,
                outbox.c.address == row.address,
                outbox.c.created_at > row.created_at,
            )
        )
        .limit(1)
    ).first()
    return "told_otherwise" if later is not None else None


def _raised_step(step: str) -> str:
    return step.partition("-escalated-")[0]


def _withdraw(records: Records, authority: str, row: Any, because: str) -> None:
    records.connection.execute(
        update(outbox)
        .where(outbox.c.message_id == row.message_id)
        .values(status="withdrawn", last_error=because, claimed_by=None)
    )
    records.note(
        "alert_message_withdrawn",
        authority=authority,
        subject_kind="alert",
        subject_id=row.alert_id,
        detail={
            "step": row.step,
            "message": row.envelope_id,
            "channel": row.channel,
            "attempts_before": row.attempts,
            "because": because,
        },
    )


def _mark_sent(records: Records, authority: str, claim: _Claim) -> None:
    # Sent is a fact whoever holds the claim by now; it is written down once.
    for part in claim.parts:
        changed = records.connection.execute(
            update(outbox)
            .where(and_(outbox.c.message_id == part.row_id, outbox.c.status != "sent"))
            .values(status="sent", sent_at=clock.now(), last_error=None, claimed_by=None)
        )
        if changed.rowcount:
            _note(records, authority, "alert_sent", claim, part)


def _mark_failed(
    records: Records,
    authority: str,
    claim: _Claim,
    reason: Undelivered,
    dead: bool,
    *,
    settings: Settings,
    policy: AlertPolicy,
) -> None:
    wait = policy.delivery.wait_seconds(claim.attempts)
    given_up: list[str] = []
    for part in claim.parts:
        changed = records.connection.execute(
            update(outbox)
            .where(
                and_(
                    outbox.c.message_id == part.row_id,
                    outbox.c.status == "claimed",
                    outbox.c.claimed_by == claim.claimed_by,
                )
            )
            .values(
                status="dead" if dead else "waiting",
                next_at=clock.now() + timedelta(seconds=wait),
                last_error=reason.reason[:60],
                claimed_by=None,
            )
        )
        if not changed.rowcount:
            # Somebody else has taken it over: its outcome is theirs to write.
            continue
        action = "alert_given_up" if dead else "alert_not_sent"
        _note(records, authority, action, claim, part, reason=reason.reason)
        given_up.append(part.alert_id)
    if dead and given_up:
        report_undelivered(
            records,
            authority,
            given_up,
            failed=(claim.channel, claim.address),
            roles=dict.fromkeys(part.role for part in claim.parts),
            alert_policy=policy,
            base_url=settings.base_url,
        )


def _note(records: Records, authority: str, action: str, claim: _Claim, part: _Part, **detail: str) -> None:
    records.note(
        action,
        authority=authority,
        subject_kind="alert",
        subject_id=part.alert_id,
        detail={
            "step": part.step,
            "message": claim.message.message_id if claim.message else None,
            "channel": claim.channel,
            "attempt": claim.attempts,
            **detail,
        },
    )
