"""The record of one child's alerts: who knew what, and when, as a table and as the rows of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.services.alert_history import Event, HistoryOfAChild
from api.services.alert_words import nights_of
from api.web.presenters.alerts import moment
from api.web.rule_words import rule_words
from api.web.words import british_date, capital, counted, placement_words, plain

KIND_WORDS = {
    "stay_recorded": "Stay recorded",
    "stay_changed": "Stay changed",
    "raised": "Alert raised",
    "escalated": "Not acknowledged in time: the next was told",
    "closed": "Alert closed",
    "sent": "Told",
    "not_sent": "A message could not be delivered, and is tried again",
    "given_up": "A message was given up",
    "message_withdrawn": "A message was withdrawn before it left",
    "acknowledged": "Acknowledged",
    "snoozed": "Put off",
}
BECAUSE_WORDS = {
    "moved": "the spell ended",
    "recorded_otherwise": "a record was corrected",
    "acknowledged": "somebody read it",
    "ended_before": "the spell was over before it was recorded",
    "alert_closed": "a record had answered the alert",
    "told_otherwise": "a later step says more",
}
CHANNEL_WORDS = {
    "in_app": "on the page Messages",
    "email": "by email",
    "webhook": "by webhook",
    "notify": "by Notify",
}
COLUMNS = ("at", "event", "about", "step", "who", "what")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One thing that happened, as a person reads it."""

    at: str
    event: str
    about: str
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHistoryPage:
    """The record of one child."""

    child: str
    in_brief: str
    rows: tuple[EventRow, ...]


def present_alert_history(found: HistoryOfAChild, roles: Mapping[str, str]) -> AlertHistoryPage:
    """Return the page of one child's record."""
    people = sorted({one.who for one in found.events if one.kind in {"acknowledged", "snoozed"}})
    told = sum(one.kind == "sent" for one in found.events)
    first = next((one for one in found.events if one.kind == "raised"), None)
    return AlertHistoryPage(
        child=found.child_id,
        in_brief=(f"First raised {moment(first.at.isoformat())}. " if first else "")
        + (
            f"{capital(counted(told, 'message was', 'messages were'))} sent. "
            if told
            else "Nobody was told by message. "
        )
        + (f"Answered by {', '.join(people)}." if people else "Nobody has answered."),
        rows=tuple(_row(event, roles) for event in found.events),
    )


def history_rows(found: HistoryOfAChild) -> list[tuple[str, ...]]:
    """Return the record as the rows of a file, with its times in UTC and its steps in one word."""
    return [
        COLUMNS,
        *(
            (
                event.at.isoformat(timespec="seconds"),
                event.kind,
                event.rule,
                event.step,
                event.who,
                event.what,
            )
            for event in found.events
        ),
    ]


def _row(event: Event, roles: Mapping[str, str]) -> EventRow:
    night = nights_of(event.step)
    again = f", told again at {night} nights" if night and event.kind in {"raised", "sent"} else ""
    return EventRow(
        at=moment(event.at.isoformat()),
        event=KIND_WORDS.get(event.kind) or capital(plain(event.kind)),
        about=f"{rule_words(event.rule)}{again}" if event.rule else "",
        who=_who(event, roles),
        what=_what(event),
    )


def _who(event: Event, roles: Mapping[str, str]) -> str:
    role, _, address = event.who.partition(" (")
    return (
        capital(f"{roles.get(role, role)}{f' ({address}' if address else ''}")
        if event.kind == "sent"
        else event.who
    )


def _what(event: Event) -> str:
    if event.kind.startswith("stay_"):
        stay, _, told = event.what.partition(": ")
        return f"{stay}: {', '.join(_field(part) for part in told.split(', '))}"
    if event.kind in {"acknowledged", "snoozed"}:
        return event.what
    if event.kind == "raised":
        # A step is a number and then the outcome, in one word.
        return capital(plain(event.step.partition("-")[2].partition("-")[0]))
    return capital(BECAUSE_WORDS.get(event.what) or CHANNEL_WORDS.get(event.what) or plain(event.what))


def _field(part: str) -> str:
    """Return a field of a stay with what it said, or with what it said before and after."""
    name, _, told = part.partition(" ")
    before, to, after = told.removeprefix("from ").partition(" to ")
    if to:
        return f"{plain(name)} {_value(name, after)}, before that {_value(name, before)}"
    return f"{plain(name)} {_value(name, told)}"


def _value(name: str, value: str) -> str:
    if name == "setting":
        return placement_words(value)
    if name.endswith("_on") and value[:1].isdecimal():
        return british_date(value[:10])
    return {"True": "yes", "False": "no"}.get(value, value)
