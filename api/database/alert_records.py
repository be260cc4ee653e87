"""The alerts of one council, what people said of them, who is told, and the messages to be sent.

Reached through ``Records.alerts_of``, which has checked the scope; rows stay here. When to raise,
escalate and close is decided in ``api/services/alert_scan.py``; sending is ``api/outbox.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, and_, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.database import tables
from api.database.stored import digest
from reference_data.problems import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One rule speaking of one spell, from when it was raised until a record closed it.

    Parameters
    ----------
    alert_id
        The spell's id and the rule.
    occurrence, escalation, step
        How often the rule has begun to speak, how far this time has gone up, and both in one word.
    step_at
        When the present step was told: the time to acknowledge runs from here.
    untold_roles
        Roles that policy names for the step and for which no recipient is recorded.
    placement, told_about
        How many placements were told at this outcome, and the stays of them: a new one is told anew.
    """

    authority: str
    alert_id: str
    spell_id: str
    child_id: str | None
    rule: str
    outcome: str
    text: str
    instrument: str
    due_on: date | None
    settings: str
    occurrence: int
    escalation: int
    step: str
    untold_roles: tuple[str, ...] = field(default=())
    raised_at: datetime
    step_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    closed_because: str | None = None
    placement: int = 1
    told_about: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        """Return what is told once: spell id, rule and step."""
        return f"{self.alert_id}.{self.step}"

    @property
    def is_open(self) -> bool:
        """Say whether no record has closed it yet."""
        return self.closed_at is None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of one alert."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in (asdict(self) | {"key": self.key}).items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNote:
    """What somebody said of an alert: ``acknowledged`` or ``snoozed``."""

    alert_id: str
    step: str
    kind: str
    note: str
    until: datetime | None
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Where a role is reached, and in which hours: ``any``, ``office`` or ``out_of_hours``."""

    recipient_id: str
    role: str
    channel: str
    address: str
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message of an alert and how far it has got, without its text."""

    message_id: str
    envelope_id: str
    alert_id: str
    step: str
    role: str
    channel: str
    status: str
    attempts: int
    created_at: datetime
    sent_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutMessage:
    """One alert's part of a message, with what was said and how it fared."""

    envelope_id: str
    alert_id: str
    step: str
    role: str
    channel: str
    address: str
    subject: str
    body: str
    facts: Mapping[str, Any]
    created_at: datetime
    status: str
    attempts: int
    sent_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRun:
    """The last scan: the day it was for, and when it was."""

    scanned_for: date | None
    scanned_at: datetime | None


class AlertRecords:
    """The alerts of one council, on one connection and in its transaction; none of a ``hidden`` child."""

    def __init__(
        self, connection: Connection, authority: str, *, hidden: frozenset[str] = frozenset()
    ) -> None:
        self.connection = connection
        self.authority = authority
        self.hidden = hidden

    def hold_watch(self) -> WatchRun:
        """Return the last scan once no other process scans; the place is kept until the transaction ends."""
        runs = tables.watch_runs
        is_postgresql = self.connection.dialect.name == "postgresql"
        new = (postgresql.insert if is_postgresql else sqlite.insert)(runs)
        self.connection.execute(new.values(authority=self.authority).on_conflict_do_nothing())
        # SQLite has one writer at a time anyhow, from the beginning of its transaction.
        row = self.connection.execute(
            select(runs).where(runs.c.authority == self.authority).with_for_update()
        ).one()
        return WatchRun(scanned_for=row.scanned_for, scanned_at=row.scanned_at)

    def last_run(self) -> WatchRun:
        """Return the last scan, without waiting for anybody."""
        runs = tables.watch_runs
        row = self.connection.execute(select(runs).where(runs.c.authority == self.authority)).first()
        if row is None:
            return WatchRun(scanned_for=None, scanned_at=None)
        return WatchRun(scanned_for=row.scanned_for, scanned_at=row.scanned_at)

    def keep_run(self, scanned_for: date, scanned_at: datetime) -> None:
        """Write down that a scan was done: the heartbeat."""
        self.connection.execute(
            update(tables.watch_runs)
            .where(tables.watch_runs.c.authority == self.authority)
            .values(scanned_for=scanned_for, scanned_at=scanned_at)
        )

    def has_stays(self) -> bool:
        """Say whether there is anything to watch."""
        stays = tables.stays
        found = select(stays.c.stay_id).where(stays.c.authority == self.authority).limit(1)
        return self.connection.execute(found).first() is not None

    def known_spells(self) -> dict[str, str]:
        """Return the spell ids told before, by stay id."""
        ids = tables.spell_ids
        rows = self.connection.execute(
            select(ids.c.stay_id, ids.c.spell_id).where(ids.c.authority == self.authority)
        )
        return {row.stay_id: row.spell_id for row in rows}

    def keep_spell_ids(self, told: Mapping[str, str]) -> None:
        """Keep under which spell id each stay has been told."""
        ids = tables.spell_ids
        before = self.known_spells()
        new = [
            {"authority": self.authority, "stay_id": stay_id, "spell_id": spell_id}
            for stay_id, spell_id in told.items()
            if stay_id not in before
        ]
        if new:
            self.connection.execute(insert(ids), new)
        for stay_id, spell_id in told.items():
            if before.get(stay_id, spell_id) != spell_id:
                self.connection.execute(
                    update(ids)
                    .where(and_(ids.c.authority == self.authority, ids.c.stay_id == stay_id))
                    .values(spell_id=spell_id)
                )

    def alerts(self, *, only_open: bool = False) -> tuple[Alert, ...]:
        """Return the alerts, the open ones first and the newest of each first."""
        alerts = tables.alerts
        query = select(alerts).where(alerts.c.authority == self.authority)
        if only_open:
            query = query.where(alerts.c.closed_at.is_(None))
        rows = self.connection.execute(
            query.order_by(alerts.c.closed_at.isnot(None), alerts.c.step_at.desc(), alerts.c.alert_id)
        )
        return tuple(_alert(row._mapping) for row in rows if row.child_id not in self.hidden)

    def alerts_of_spells(self, spell_ids: Iterable[str]) -> tuple[Alert, ...]:
        """Return the alerts of some spells, closed ones too."""
        alerts, wanted = tables.alerts, list(spell_ids)
        found: list[Alert] = []
        for first in range(0, len(wanted), 500):
            some = and_(
                alerts.c.authority == self.authority, alerts.c.spell_id.in_(wanted[first : first + 500])
            )
            rows = self.connection.execute(select(alerts).where(some).order_by(alerts.c.alert_id))
            found += [_alert(row._mapping) for row in rows]
        return tuple(found)

    def children_of_spells(self, spell_ids: Iterable[str]) -> dict[str, set[str]]:
        """Return the children that the alerts of some spells are of; a spell without alerts is left out."""
        alerts, wanted = tables.alerts, sorted(spell_ids)
        found: dict[str, set[str]] = {}
        for first in range(0, len(wanted), 500):
            some = and_(
                alerts.c.authority == self.authority, alerts.c.spell_id.in_(wanted[first : first + 500])
            )
            for row in self.connection.execute(select(alerts.c.spell_id, alerts.c.child_id).where(some)):
                if row.child_id is not None:
                    found.setdefault(row.spell_id, set()).add(row.child_id)
        return found

    def places_told(self, alert_id: str, occurrence: int) -> tuple[Recipient, ...]:
        """Return where messages of an alert have been taken since it was last raised."""
        outbox = tables.outbox
        rows = self.connection.execute(
            select(outbox.c.role, outbox.c.channel, outbox.c.address)
            .where(
                and_(
                    outbox.c.authority == self.authority,
                    outbox.c.alert_id == alert_id,
                    outbox.c.step.startswith(f"{occurrence}-", autoescape=True),
                    outbox.c.status == "sent",
                )
            )
            .distinct()
            .order_by(outbox.c.channel, outbox.c.address, outbox.c.role)
        )
        return tuple(Recipient(recipient_id="", hours="any", **row._mapping) for row in rows)

    def alert(self, alert_id: str, *, to_change: bool = False) -> Alert:
        """Return one alert.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        alerts = tables.alerts
        query = select(alerts).where(
            and_(alerts.c.authority == self.authority, alerts.c.alert_id == alert_id)
        )
        row = self.connection.execute(query.with_for_update() if to_change else query).first()
        if row is None or row.child_id in self.hidden:
            raise NotFound("no_such_alert", "There is no alert of that id.")
        return _alert(row._mapping)

    def alert_or_none(self, alert_id: str) -> Alert | None:
        """Return one alert, or nothing where there is none of that id in view."""
        try:
            return self.alert(alert_id)
        except NotFound:
            return None

    def keep(self, alert: Alert, *, is_new: bool) -> None:
        """Add an alert, or change the one of its id."""
        values = _values(alert)
        if is_new:
            self.connection.execute(insert(tables.alerts).values(**values))
            return
        alerts = tables.alerts
        self.connection.execute(
            update(alerts)
            .where(and_(alerts.c.authority == self.authority, alerts.c.alert_id == alert.alert_id))
            .values(**values)
        )

    def keep_many(self, alerts: Iterable[Alert]) -> None:
        """Add many alerts at once."""
        rows = [_values(alert) for alert in alerts]
        if rows:
            self.connection.execute(insert(tables.alerts), rows)

    def add_note(self, note: AlertNote) -> None:
        """Add what somebody said of an alert; nothing of it is ever changed."""
        self.connection.execute(
            insert(tables.alert_notes).values(note_id=uuid4().hex, authority=self.authority, **asdict(note))
        )

    def notes(self) -> tuple[AlertNote, ...]:
        """Return what people said of the alerts, in order of time."""
        notes = tables.alert_notes
        rows = self.connection.execute(
            select(notes).where(notes.c.authority == self.authority).order_by(notes.c.at, notes.c.note_id)
        )
        return tuple(AlertNote(**{name: row._mapping[name] for name in AlertNote.__slots__}) for row in rows)

    def recipients(self) -> tuple[Recipient, ...]:
        """Return everywhere that somebody is told."""
        recipients = tables.recipients
        rows = self.connection.execute(
            select(recipients)
            .where(and_(recipients.c.authority == self.authority, recipients.c.active))
            .order_by(recipients.c.role, recipients.c.channel, recipients.c.address)
        )
        return tuple(Recipient(**{name: row._mapping[name] for name in Recipient.__slots__}) for row in rows)

    def is_reachable(self, channel: str, address: str) -> bool:
        """Say whether a place can be told: a sign-in name is one only while somebody active here has it."""
        if channel != "in_app":
            return True
        users = tables.users
        found = select(users.c.user_id).where(
            and_(
                users.c.authority == self.authority,
                users.c.username == address.strip().casefold(),
                users.c.active,
            )
        )
        return self.connection.execute(found).first() is not None

    def reached(self) -> tuple[Recipient, ...]:
        """Return the recipients that can be told: all but sign-in names that nobody active here has."""
        return tuple(one for one in self.recipients() if self.is_reachable(one.channel, one.address))

    def add_recipient(self, recipient: Recipient) -> None:
        """Add a place where somebody is told."""
        self.connection.execute(
            insert(tables.recipients).values(authority=self.authority, active=True, **asdict(recipient))
        )

    def drop_recipient(self, recipient_id: str) -> None:
        """Tell this place nothing any more. The row stays, for whoever asks later who was told.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        recipients = tables.recipients
        changed = self.connection.execute(
            update(recipients)
            .where(and_(recipients.c.authority == self.authority, recipients.c.recipient_id == recipient_id))
            .values(active=False)
        )
        if not changed.rowcount:
            raise NotFound("no_such_recipient", "There is no recipient of that id.")

    def queue(self, messages: Iterable[Mapping[str, Any]]) -> int:
        """Put messages into the outbox, each under its id once for ever; return how many go out."""
        rows = [dict(message) for message in messages]
        if rows:
            self.connection.execute(insert(tables.outbox), rows)
        return len({row["envelope_id"] for row in rows})

    def queued_before(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Return which of some messages are in the outbox already."""
        outbox, wanted = tables.outbox, list(message_ids)
        found: set[str] = set()
        for first in range(0, len(wanted), 500):
            some = select(outbox.c.message_id).where(outbox.c.message_id.in_(wanted[first : first + 500]))
            found.update(self.connection.execute(some).scalars())
        return frozenset(found)

    def latest_messages(self, limit: int) -> tuple[OutMessage, ...]:
        """Return what was queued last, newest first: one entry for each alert in each message."""
        outbox = tables.outbox
        rows = self.connection.execute(
            select(*(outbox.c[name] for name in OutMessage.__slots__))
            .where(outbox.c.authority == self.authority)
            .order_by(outbox.c.created_at.desc(), outbox.c.envelope_id, outbox.c.message_id)
            .limit(limit)
        )
        return tuple(
            OutMessage(**row._mapping) for row in rows if row.facts.get("child_id") not in self.hidden
        )

    def messages_sent(self, alert_ids: Iterable[str]) -> tuple[OutMessage, ...]:
        """Return what was taken by a receiver of some alerts: one entry for each alert in each message."""
        outbox, wanted = tables.outbox, sorted(alert_ids)
        found: list[OutMessage] = []
        for first in range(0, len(wanted), 500):
            some = and_(
                outbox.c.authority == self.authority,
                outbox.c.alert_id.in_(wanted[first : first + 500]),
                outbox.c.status == "sent",
            )
            rows = self.connection.execute(
                select(*(outbox.c[name] for name in OutMessage.__slots__))
                .where(some)
                .order_by(outbox.c.sent_at, outbox.c.message_id)
            )
            found += [OutMessage(**row._mapping) for row in rows]
        return tuple(found)

    def closed_alerts(self, limit: int) -> tuple[Alert, ...]:
        """Return the alerts closed last, the latest first."""
        alerts = tables.alerts
        rows = self.connection.execute(
            select(alerts)
            .where(and_(alerts.c.authority == self.authority, alerts.c.closed_at.isnot(None)))
            .order_by(alerts.c.closed_at.desc(), alerts.c.alert_id)
            .limit(limit)
        )
        return tuple(_alert(row._mapping) for row in rows if row.child_id not in self.hidden)

    def told(self) -> tuple[Told, ...]:
        """Return every message of the alerts and how far it has got."""
        outbox = tables.outbox
        rows = self.connection.execute(
            select(*(outbox.c[name] for name in Told.__slots__))
            .where(outbox.c.authority == self.authority)
            .order_by(outbox.c.created_at, outbox.c.message_id)
        )
        return tuple(Told(**row._mapping) for row in rows)


def message_id_of(alert: Alert, recipient: Recipient) -> str:
    """Return the id of what one place is told of one step: the same however often it is worked out."""
    return digest(
        {
            "authority": alert.authority,
            "key": alert.key,
            "channel": recipient.channel,
            "address": recipient.address,
        }
    )


def _values(alert: Alert) -> dict[str, Any]:
    return asdict(alert) | {
        "untold_roles": list(alert.untold_roles),
        "told_about": list(alert.told_about),
    }


def _alert(row: Mapping[Any, Any]) -> Alert:
    values = {name: row[name] for name in Alert.__slots__}
    lists = {name: tuple(values[name]) for name in ("untold_roles", "told_about")}
    return Alert(**values | lists)
