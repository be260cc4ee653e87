"""The words of alerts on their way out: one alert, or several to one place in one message.

A child is named by reference only. What is said is the alert as it stands when the message leaves; the
step names what was to be told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from api.database.alert_records import Alert
from api.web.rule_words import rule_words
from api.web.words import british_date
from reference_data.vocabulary import WatchOutcome

LONGEST_SUBJECT = 400
CLOSED = "-closed"
"""How the step ends that tells those who were told of an alert why a correction closed it."""
_ORDER = {str(outcome): place for place, outcome in enumerate(WatchOutcome)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one place is told of one step of one alert."""

    key: str
    outcome: str
    child_id: str | None
    subject: str
    body: str
    facts: Mapping[str, Any]


def said_of(alert: Alert, step: str, base_url: str) -> Said:
    """Return what is said of an alert at one of its steps."""
    about = f": {alert.child_id}" if alert.child_id else ""
    late = ""
    if "-escalated-" in step and not step.endswith(CLOSED):
        late = "Not acknowledged in time" + (", but since. " if alert.acknowledged_at else ". ")
    night = nights_of(step)
    again = f"Told again at {night} nights. " if night and not step.endswith(CLOSED) else ""
    lines = [f"{late}{again}{alert.text}", ""]
    if alert.due_on:
        lines.append(f"Date: {british_date(alert.due_on.isoformat())}")
    lines.append(f"Under: {alert.instrument}")
    address = f"/alerts?of={quote(alert.alert_id, safe='')}#alert-{alert.alert_id}"
    link = f"{base_url.rstrip('/')}{address}" if base_url else ""
    closing = step.endswith(CLOSED)
    if link and not closing:
        lines.append(f"Acknowledge: {link}")
    key = f"{alert.alert_id}.{step}"
    lines.append(f"Alert: {key}")
    is_closed = "Closed by a correction: " if closing else ""
    name = (
        f"{is_closed}{alert.outcome.replace('_', ' ').capitalize()}: {rule_words(alert.rule).lower()}{about}"
    )
    return Said(
        key=key,
        outcome=alert.outcome,
        child_id=alert.child_id,
        subject=name[:LONGEST_SUBJECT],
        body="\n".join(lines) + "\n",
        facts={
            "key": key,
            "child_id": alert.child_id,
            "rule": alert.rule,
            "outcome": alert.outcome,
            "step": step,
            "text": alert.text,
            "instrument": alert.instrument,
            "due_on": alert.due_on.isoformat() if alert.due_on else None,
            "link": link,
        },
    )


def nights_of(step: str) -> int:
    """Return the night at which a step is told again, or 0.

    Examples
    --------
    >>> nights_of("1-raised-nights-21-escalated-1"), nights_of("1-raised")
    (21, 0)
    """
    night = step.partition("-nights-")[2].partition("-")[0]
    return int(night) if night else 0


def together(said: Sequence[Said]) -> tuple[str, str]:
    """Return subject and body of one message that lists several alerts, the worst first."""
    if len(said) == 1:
        return said[0].subject, said[0].body
    ordered = sorted(said, key=lambda one: (_ORDER[one.outcome], one.child_id or "", one.key))
    raised = sum(one.outcome == WatchOutcome.RAISED for one in said)
    subject = f"{len(said)} alerts{f', {raised} raised' if raised else ''}{_about(said)}"
    parts = [f"{number}. {one.subject}\n{one.body}" for number, one in enumerate(ordered, start=1)]
    return subject[:LONGEST_SUBJECT], "\n".join(parts)


def _about(said: Collection[Said]) -> str:
    children = {one.child_id for one in said if one.child_id}
    if not children:
        return ""
    return f": {children.pop()}" if len(children) == 1 else f", of {len(children)} children"
