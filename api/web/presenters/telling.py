"""Who is told and what was told: recipients by role, the messages, and the alerts that are closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from api.alert_policy import AlertPolicy
from api.database.alert_records import Alert, OutMessage, Recipient
from api.services.recipients import roles_unreached
from api.web.presenters.alerts import moment
from api.web.presenters.emergency_watch import OUTCOME_WORDS
from api.web.rule_words import rule_words
from api.web.words import capital, counted, joined, plain
from reference_data.vocabulary import WatchOutcome

CHANNEL_WORDS = {
    "email": "Email",
    "webhook": "Webhook",
    "notify": "GOV.UK Notify",
    "in_app": "Inside Righthome",
    "file": "File in a folder",
}
HOURS_WORDS = {"any": "At any time", "office": "In office hours", "out_of_hours": "Out of hours"}
STATUS_WORDS = {
    "waiting": "Waiting",
    "claimed": "On its way",
    "sent": "Told",
    "dead": "Given up",
    "withdrawn": "Withdrawn",
}
WITHDRAWN_WORDS = {
    "alert_closed": "a record answered the alert before the message left",
    "told_otherwise": "a later message said more",
}
CLOSED_WORDS = {
    "moved": "The spell ended",
    "recorded_otherwise": "A correction: the rule no longer speaks",
    "child_corrected": "A correction: the stay is of another child",
    "dates_corrected": "A correction: the stay has not begun, or has no night",
    "watch_ran": "The watch ran again",
    "alert_closed": "Its alert was closed",
    "acknowledged": "Acknowledged",
    "ended_before": "History: the spell was over before it was recorded here",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """One place where a role is told."""

    recipient_id: str
    channel: str
    address: str
    hours: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleView:
    """One role and where it is told."""

    role: str
    name: str
    needed: bool
    places: tuple[PlaceView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientsPage:
    """Every role, those that nobody is recorded for first."""

    unreached: str
    roles: tuple[RoleView, ...]
    channels: tuple[tuple[str, str], ...]
    hours: tuple[tuple[str, str], ...]


def present_recipients(
    recipients: Iterable[Recipient], policy: AlertPolicy, *, reached: Iterable[Recipient]
) -> RecipientsPage:
    """Return the page of who is told; ``reached`` are the recipients that can be told at all."""
    found, able = tuple(recipients), tuple(reached)
    unreached = set(roles_unreached(able, policy))
    views = [
        RoleView(
            role=role,
            name=capital(name),
            needed=role in unreached,
            places=tuple(
                PlaceView(
                    recipient_id=one.recipient_id,
                    channel=CHANNEL_WORDS[one.channel],
                    address=one.address,
                    hours=HOURS_WORDS[one.hours]
                    if one in able
                    else "nobody here may sign in under this name",
                )
                for one in found
                if one.role == role
            ),
        )
        for role, name in policy.roles.items()
    ]
    return RecipientsPage(
        unreached=unreached_words(roles_unreached(able, policy), policy),
        roles=tuple(sorted(views, key=lambda view: not view.needed)),
        channels=tuple(CHANNEL_WORDS.items()),
        hours=tuple(HOURS_WORDS.items()),
    )


def unreached_words(roles: Iterable[str], policy: AlertPolicy) -> str:
    """Return the roles that nobody is recorded for, in words; empty where there are none."""
    return joined(policy.roles.get(role, plain(role)) for role in roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message: when, to whom, how it fared, and what it said of each alert."""

    at: str
    to: str
    to_you: bool
    subject: str
    status: str
    fared: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesPage:
    """What was told, the newest first."""

    in_brief: str
    messages: tuple[MessageView, ...]
    whole: bool


def present_messages(
    parts: Sequence[OutMessage], *, roles: Mapping[str, str], username: str, limit: int
) -> MessagesPage:
    """Return the page of the messages; ``limit`` is how many alerts' parts were asked for."""
    envelopes: dict[str, list[OutMessage]] = {}
    for part in parts:
        envelopes.setdefault(part.envelope_id, []).append(part)
    views = tuple(_message(of_one, roles, username) for of_one in envelopes.values())
    waiting = sum(view.status in {STATUS_WORDS["waiting"], STATUS_WORDS["claimed"]} for view in views)
    brief = f"{counted(len(views), 'message')}{f', {waiting} of them still to go out' if waiting else ''}."
    return MessagesPage(
        in_brief=brief if views else "Nobody has been told anything yet.",
        messages=views,
        whole=len(parts) < limit,
    )


def _message(parts: Sequence[OutMessage], roles: Mapping[str, str], username: str) -> MessageView:
    first = next((part for part in parts if part.status != "withdrawn"), parts[0])
    many = len(parts) > 1
    return MessageView(
        at=moment(first.created_at.isoformat()),
        to=f"{capital(roles.get(first.role, plain(first.role)))}, {_way(first.channel)}",
        to_you=first.channel == "in_app" and first.address.casefold() == username.casefold(),
        subject=_together(parts) if many else first.subject,
        status=STATUS_WORDS[first.status],
        fared=_fared(first),
        parts=tuple(_part(part, named=many) for part in parts),
    )


def _together(parts: Sequence[OutMessage]) -> str:
    children = {str(part.facts["child_id"]) for part in parts if part.facts.get("child_id")}
    raised = sum(part.facts.get("outcome") == WatchOutcome.RAISED for part in parts)
    of = f", of {counted(len(children), 'child', 'children')}" if children else ""
    return f"{counted(len(parts), 'alert')}{f', {raised} raised' if raised else ''}{of}"


def _way(channel: str) -> str:
    words = CHANNEL_WORDS[channel]
    return words if channel == "notify" else words[:1].lower() + words[1:]


def _fared(part: OutMessage) -> str:
    if part.sent_at is not None:
        tries = f", after {counted(part.attempts, 'attempt')}" if part.attempts > 1 else ""
        return f"{moment(part.sent_at.isoformat())}{tries}"
    if part.status == "withdrawn":
        return capital(WITHDRAWN_WORDS.get(part.last_error or "", ""))
    if part.last_error:
        return f"{capital(counted(part.attempts, 'attempt'))}: {plain(part.last_error)}"
    return ""


def _part(part: OutMessage, *, named: bool) -> str:
    text = f"{part.subject}\n{part.body}" if named else part.body
    return f"[Withdrawn] {text}" if named and part.status == "withdrawn" else text


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedView:
    """One closed alert."""

    alert_id: str
    child: str
    name: str
    outcome: str
    outcome_words: str
    text: str
    raised: str
    closed: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPage:
    """The alerts closed last."""

    alerts: tuple[ClosedView, ...]
    history: tuple[ClosedView, ...]
    whole: bool


def present_closed(alerts: Sequence[Alert], *, limit: int) -> ClosedPage:
    """Return the page of closed alerts, with those of spells long over apart."""
    return ClosedPage(
        alerts=tuple(_closed(one) for one in alerts if one.closed_because != "ended_before"),
        history=tuple(_closed(one) for one in alerts if one.closed_because == "ended_before"),
        whole=len(alerts) < limit,
    )


def _closed(alert: Alert) -> ClosedView:
    return ClosedView(
        alert_id=alert.alert_id,
        child=alert.child_id or "The watch itself",
        name=rule_words(alert.rule),
        outcome=alert.outcome,
        outcome_words=OUTCOME_WORDS[WatchOutcome(alert.outcome)],
        text=alert.text,
        raised=moment(alert.raised_at.isoformat()),
        closed=moment(alert.closed_at.isoformat()) if alert.closed_at else "",
        because=CLOSED_WORDS.get(alert.closed_because or "", plain(alert.closed_because or "")),
    )
