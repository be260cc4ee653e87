"""Who knew what of one child in emergency accommodation, and when: everything that was kept, in order of time.

Put together from four records that nobody can change afterwards: the states of the stays, the audit of the alerts, the
messages and the notes. What was said in each message is kept with it; here it stands in short.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from reference_data.problems import NotFound

if TYPE_CHECKING:
    from api.database.alert_records import Alert, AlertNote, OutMessage
    from api.database.history import State
    from api.database.records import Records

STAY_FIELDS = ("setting", "started_on", "ended_on", "provider_registered", "in_care", "legal_basis")
"""What of a stay decides which rule speaks, but for the date of birth, which no answer repeats."""
OF_ALERTS = ("alert_raised", "alert_escalated", "alert_closed")
OF_FAILURES = ("alert_not_sent", "alert_given_up", "alert_message_withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened: when, of what kind, by or to whom, about which rule at which step.

    Parameters
    ----------
    kind
        ``stay_recorded``, ``stay_changed``; ``raised``, ``escalated``, ``closed``; ``sent``, ``not_sent``, ``given_up``,
        ``message_withdrawn``; ``acknowledged``, ``snoozed``.
    who
        The username or the part of the system that did it; of a message the role it reached.
    what
        The note in full, the fields of a stay, the channel of a message, or why an alert was closed.
    """

    at: datetime
    kind: str
    who: str
    rule: str
    step: str
    what: str

    def as_dict(self) -> dict[str, Any]:
        """Return the event ready for JSON."""
        return {
            name: value.isoformat() if isinstance(value := getattr(self, name), datetime) else value
            for name in self.__slots__
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOfAChild:
    """Everything kept of the alerts of one child, the earliest first."""

    child_id: str
    events: tuple[Event, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the record ready for JSON."""
        return {"child_id": self.child_id, "events": [event.as_dict() for event in self.events]}


def alert_history_of(records: Records, authority: str, child_id: str) -> HistoryOfAChild:
    """Return who knew what of one child, and when.

    Raises
    ------
    NotFound
        If there has never been an alert of that child in view.
    """
    store = records.alerts_of(authority)
    alerts = {one.alert_id: one for one in store.alerts() if one.child_id == child_id}
    if not alerts:
        raise NotFound("no_such_child", "There has been no alert of a child of that id.")
    # That somebody reads it is itself written into the audit.
    records.viewed.append(("alert_history", child_id))
    stays = records.kept("stays", authority)
    events = [
        event
        for stay in stays.all(child_id=child_id)
        for event in _of_stay(stay.record_id, stays.states(stay.record_id))
    ]
    for alert in alerts.values():
        events += _of_audit(records, alert)
    events += [_of_note(note, alerts[note.alert_id]) for note in store.notes() if note.alert_id in alerts]
    events += [_of_message(one, alerts[one.alert_id]) for one in store.messages_sent(alerts)]
    # The audit keeps whole seconds, so everything is told in them.
    whole = (replace(event, at=event.at.replace(microsecond=0)) for event in events)
    return HistoryOfAChild(child_id=child_id, events=tuple(sorted(whole, key=_in_order)))


_PLACE = (
    *("stay_recorded", "stay_changed", "raised", "escalated", "sent", "not_sent", "given_up"),
    *("message_withdrawn", "acknowledged", "snoozed", "closed"),
)
"""What caused something stands before what it caused: within one transaction everything has one time."""


def _in_order(event: Event) -> tuple[datetime, int, str, str]:
    return event.at, _PLACE.index(event.kind), event.rule, event.who


def _of_stay(stay_id: str, states: Iterable[State]) -> list[Event]:
    found = []
    for state in sorted(states, key=lambda one: one.version):
        if state.version == 1:
            told = [
                f"{name} {state.record[name]}" for name in STAY_FIELDS if state.record.get(name) is not None
            ]
        else:
            told = [
                f"{one.field} from {one.before if one.before is not None else 'nothing'} to "
                f"{one.after if one.after is not None else 'nothing'}"
                for one in state.changes
                if one.field in STAY_FIELDS
            ] or ["another field"]
        found.append(
            Event(
                at=state.at,
                kind="stay_recorded" if state.version == 1 else "stay_changed",
                who=state.actor,
                rule="",
                step="",
                what=f"{stay_id}: {', '.join(told)}",
            )
        )
    return found


def _of_audit(records: Records, alert: Alert) -> list[Event]:
    entries = records.audit_entries(None, subject_id=alert.alert_id)
    return [
        Event(
            at=datetime.fromisoformat(entry.at),
            kind=entry.action.removeprefix("alert_"),
            who=entry.actor,
            rule=alert.rule,
            step=str(entry.detail.get("step") or ""),
            what=str(
                entry.detail.get("because") or entry.detail.get("reason") or entry.detail.get("channel") or ""
            ),
        )
        for entry in entries
        if entry.subject_kind == "alert" and entry.action in (*OF_ALERTS, *OF_FAILURES)
    ]


def _of_note(note: AlertNote, alert: Alert) -> Event:
    return Event(at=note.at, kind=note.kind, who=note.actor, rule=alert.rule, step=note.step, what=note.note)


def _of_message(message: OutMessage, alert: Alert) -> Event:
    return Event(
        # A message that was taken has a time; the time it was queued is the least it can be.
        at=message.sent_at or message.created_at,
        kind="sent",
        who=f"{message.role} ({message.address})" if message.channel == "in_app" else message.role,
        rule=alert.rule,
        step=message.step,
        what=message.channel,
    )
