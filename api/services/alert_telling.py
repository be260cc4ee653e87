"""Telling people of alerts: which places a role is reached at, and what goes into the outbox together.

The caller owns the transaction, so what is queued stands exactly where what caused it does. What goes to
one person from one scan is one message that lists each alert with its key; a system that takes webhooks
gets one event for each. Nothing waits for a fuller message: they leave as soon as the scan is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api import clock
from api.database.alert_records import Alert, AlertRecords, Recipient, message_id_of
from api.database.stored import digest
from api.services.alert_words import CLOSED, said_of
from reference_data.vocabulary import WatchOutcome

if TYPE_CHECKING:
    from api.alert_policy import AlertPolicy
    from api.database.records import Records

ONE_BY_ONE = frozenset({"webhook"})
"""Channels on which every alert is a message of its own."""


@dataclass(slots=True)
class Telling:
    """One piece of work on the alerts of a council, and whom it has to tell."""

    records: Records
    store: AlertRecords
    policy: AlertPolicy
    base_url: str
    now: datetime
    recipients: tuple[Recipient, ...]
    _to_post: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, alert: Alert, roles: Collection[str], *, except_to: Collection[Any] = ()) -> Alert:
        """Address an alert's step to every place of some roles; return it with the roles that have none."""
        untold: list[str] = []
        for role in roles:
            places = self._places(role)
            # A name that nobody has is tried all the same: that it cannot be told is told to others.
            if not any(self.store.is_reachable(place.channel, place.address) for place in places):
                untold.append(role)
            for place in places:
                if (place.channel, place.address) not in except_to:
                    self._to_post.append(self._row(alert, place))
        return replace(alert, untold_roles=tuple(dict.fromkeys((*alert.untold_roles, *untold))))

    def tell_newcomer(self, place: Recipient) -> int:
        """Address every open alert that a role is told of to a place added later; return how many messages go out."""
        of_role = {told.alert_id for told in self.store.told() if told.role == place.role}
        for alert in self.store.alerts(only_open=True):
            was_untold = place.role in alert.untold_roles
            if not was_untold and alert.alert_id not in of_role:
                continue
            self._to_post.append(self._row(alert, place))
            if was_untold:
                rest = tuple(role for role in alert.untold_roles if role != place.role)
                self.store.keep(replace(alert, untold_roles=rest), is_new=False)
        return self.post()

    def tell_of_closing(self, alert: Alert) -> None:
        """Address the end of an alert to every place that a message of it has reached."""
        step = f"{alert.step}{CLOSED}"
        for place in self.store.places_told(alert.alert_id, alert.occurrence):
            self._to_post.append(self._row(replace(alert, step=step), place))

    def _row(self, alert: Alert, place: Recipient) -> dict[str, Any]:
        told_as = self.policy.outcome_told(alert.outcome, alert.rule)
        return _row(alert, place, self.base_url, self.now) | {"urgent": told_as == WatchOutcome.RAISED}

    def _places(self, role: str) -> list[Recipient]:
        of_role = [one for one in self.recipients if one.role == role]
        hours = "office" if self.policy.in_office_hours(self.now) else "out_of_hours"
        # A role that nobody covers at this hour is told where it is reached at other hours: late beats never.
        return [one for one in of_role if one.hours in {"any", hours}] or of_role

    def keep(self, alert: Alert, action: str, *, is_new: bool = False) -> None:
        """Write an alert and the audit's entry of what became of it."""
        self.store.keep(alert, is_new=is_new)
        self.records.note(
            action,
            authority=alert.authority,
            subject_kind="alert",
            subject_id=alert.alert_id,
            detail={"step": alert.step, "because": alert.closed_because},
        )

    def post(self) -> int:
        """Put everything addressed so far into the outbox; return how many messages go out."""
        rows = {row["message_id"]: row for row in self._to_post}
        for message_id in self.store.queued_before(rows):
            del rows[message_id]
        self._to_post.clear()
        return self.store.queue(_enveloped(rows.values(), self.policy.most_alerts_in_a_message))


def telling_of(
    records: Records,
    authority: str,
    policy: AlertPolicy,
    *,
    base_url: str = "",
    now: datetime | None = None,
) -> Telling:
    """Return a piece of work on the alerts of one council."""
    store = records.alerts_of(authority)
    return Telling(
        records=records,
        store=store,
        policy=policy,
        base_url=base_url,
        now=now or clock.now(),
        recipients=store.recipients(),
    )


def _row(alert: Alert, place: Recipient, base_url: str, now: datetime) -> dict[str, Any]:
    said = said_of(alert, alert.step, base_url)
    return {
        "message_id": message_id_of(alert, place),
        "authority": alert.authority,
        "alert_id": alert.alert_id,
        "step": alert.step,
        "role": place.role,
        "channel": place.channel,
        "address": place.address,
        "subject": said.subject,
        "body": said.body,
        "facts": dict(said.facts),
        "created_at": now,
        "status": "waiting",
        "attempts": 0,
        "next_at": now,
    }


def _enveloped(rows: Iterable[dict[str, Any]], most: int) -> list[Mapping[str, Any]]:
    """Return the rows with the id of the message that each goes out in, the urgent ones in the first."""
    by_place: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        by_place.setdefault((row["channel"], row["address"]), []).append(row)
    found: list[Mapping[str, Any]] = []
    for (channel, _), of_place in by_place.items():
        size = 1 if channel in ONE_BY_ONE else most
        of_place.sort(key=lambda row: (not row["urgent"], row["facts"]["child_id"] or "", row["message_id"]))
        for first in range(0, len(of_place), size):
            part = of_place[first : first + size]
            ids = sorted(row["message_id"] for row in part)
            envelope_id = ids[0] if len(ids) == 1 else digest({"envelope": ids})
            found += [row | {"envelope_id": envelope_id} for row in part]
    return found
