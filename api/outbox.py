"""Send what stands in the outbox: at least once, under one id for ever, by one process at a time.

Three steps, each its own transaction: claim a message, send it, mark it. A process that dies in
between leaves a claim that runs out, and the message is sent again under the same id. A message
that is given up raises an alert of its own.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import Connection, and_, func, or_, select, update

from api import clock
from api.database.records import Records, Scope
from api.database.tables import outbox
from api.delivery import Message, Undelivered, email, notify, webhook
from api.services.alert_scan import report_late_watch, report_undelivered

if TYPE_CHECKING:
    from api.alert_policy import AlertPolicy
    from api.database.engine import Database
    from api.settings import Settings

SENDERS: Mapping[str, Callable[..., None]] = {
    "email": email.send,
    "webhook": webhook.send,
    "notify": notify.send,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round of sending did."""

    sent: int
    failed: int
    given_up: int
    watch_late: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one JSON document."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A message that this process has to itself until the lease runs out."""

    message: Message
    channel: str
    authority: str
    alert_id: str
    step: str
    attempts: int
    claimed_by: str


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
    sent = failed = given_up = 0
    for _ in range(limit):
        with database.writing() as connection:
            claim = _claim(connection, authority, worker, alert_policy)
        if claim is None:
            break
        try:
            SENDERS[claim.channel](
                claim.message, settings, timeout_seconds=alert_policy.delivery.timeout_seconds
            )
        except Undelivered as reason:
            dead = reason.for_good or claim.attempts >= alert_policy.delivery.attempts
            failed, given_up = failed + (not dead), given_up + dead
            with database.writing() as connection:
                _mark_failed(
                    Records(connection, scope), claim, reason, dead, settings=settings, policy=alert_policy
                )
        else:
            sent += 1
            with database.writing() as connection:
                _mark_sent(Records(connection, scope), claim)
    return Delivered(sent=sent, failed=failed, given_up=given_up, watch_late=late)


def waiting(database: Database, authority: str) -> int:
    """Return how many messages of one council have yet to be sent."""
    unsent = select(func.count()).where(
        and_(outbox.c.authority == authority, outbox.c.status.in_(("waiting", "claimed")))
    )
    with database.reading() as connection:
        return int(connection.execute(unsent).scalar_one())


def _claim(connection: Connection, authority: str, worker: str, policy: AlertPolicy) -> _Claim | None:
    now = clock.now()
    due = and_(
        outbox.c.authority == authority,
        # A claim that has run out counts as waiting: whoever had it is gone, or slower than allowed.
        or_(outbox.c.status == "waiting", outbox.c.status == "claimed"),
        outbox.c.next_at <= now,
    )
    row = connection.execute(
        select(outbox)
        .where(due)
        .order_by(outbox.c.next_at, outbox.c.message_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    connection.execute(
        update(outbox)
        .where(outbox.c.message_id == row.message_id)
        .values(
            status="claimed",
            claimed_by=worker,
            attempts=row.attempts + 1,
            next_at=now + timedelta(seconds=policy.delivery.lease_seconds),
        )
    )
    return _Claim(
        message=Message(
            message_id=row.message_id,
            address=row.address,
            subject=row.subject,
            body=row.body,
            facts=row.facts,
        ),
        channel=row.channel,
        authority=row.authority,
        alert_id=row.alert_id,
        step=row.step,
        attempts=row.attempts + 1,
        claimed_by=worker,
    )


def _mark_sent(records: Records, claim: _Claim) -> None:
    # Sent is a fact whoever holds the claim by now; it is written down once.
    changed = records.connection.execute(
        update(outbox)
        .where(and_(outbox.c.message_id == claim.message.message_id, outbox.c.status != "sent"))
        .values(status="sent", sent_at=clock.now(), last_error=None, claimed_by=None)
    )
    if changed.rowcount:
        _note(records, "alert_sent", claim)


def _mark_failed(
    records: Records,
    claim: _Claim,
    reason: Undelivered,
    dead: bool,
    *,
    settings: Settings,
    policy: AlertPolicy,
) -> None:
    wait = policy.delivery.wait_seconds(claim.attempts)
    changed = records.connection.execute(
        update(outbox)
        .where(
            and_(
                outbox.c.message_id == claim.message.message_id,
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
        return
    _note(records, "alert_given_up" if dead else "alert_not_sent", claim, reason=reason.reason)
    if dead:
        report_undelivered(
            records,
            records.alerts_of(claim.authority).alert(claim.alert_id),
            failed=(claim.channel, claim.message.address),
            alert_policy=policy,
            base_url=settings.base_url,
        )


def _note(records: Records, action: str, claim: _Claim, **detail: str) -> None:
    records.note(
        action,
        authority=claim.authority,
        subject_kind="alert",
        subject_id=claim.alert_id,
        detail={
            "step": claim.step,
            "message": claim.message.message_id,
            "channel": claim.channel,
            "attempt": claim.attempts,
            **detail,
        },
    )
