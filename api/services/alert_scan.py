"""Scan the stays: raise, worsen, escalate and close alerts, and queue whom to tell, in one transaction.

The caller owns the transaction, so an alert stands exactly where what caused it does. One process
scans a council at a time. What the rules say is the engine's; who is told is ``api/alert_policy.py``;
sending is ``api/outbox.py``. The watch itself is watched here too: ``report_late_watch``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from api import clock
from api.alert_policy import AlertPolicy, default_alert_policy
from api.database.alert_records import Alert, AlertRecords, Recipient, message_id_of
from api.web.rule_words import rule_words
from api.web.words import british_date
from reference_data.vocabulary import LegalBasis, WatchOutcome

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.policy import Policy
    from sufficiency.emergency import WatchedSpell
    from sufficiency.emergency_answer import RuleAnswer
    from sufficiency.emergency_stay import Stay

WATCH_NOT_RUN = "watch_not_run"
MESSAGE_UNDELIVERED = "message_undelivered"
RESTRICTED_OPENED = "restricted_opened"
ABOUT_THE_WATCH = frozenset({WATCH_NOT_RUN, MESSAGE_UNDELIVERED, RESTRICTED_OPENED})
"""Alerts about the watch itself and about people, which no stay closes."""
CLOSED_WHEN_READ = frozenset({MESSAGE_UNDELIVERED, RESTRICTED_OPENED})
"""Reading these is all that can be done about them."""

_BADNESS = {WatchOutcome.NOT_ASSESSED: 0, WatchOutcome.WARNING: 1, WatchOutcome.RAISED: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """What one scan did."""

    as_of: date
    spells: int
    raised: int
    escalated: int
    closed: int
    messages: int
    open_alerts: int

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one JSON document."""
        return {name: getattr(self, name) for name in self.__slots__} | {"as_of": self.as_of.isoformat()}


@dataclass(slots=True)
class _Scan:
    """One scan under way, and its counts."""

    records: Records
    store: AlertRecords
    policy: AlertPolicy
    base_url: str
    now: datetime
    recipients: tuple[Recipient, ...]
    raised: int = 0
    escalated: int = 0
    closed: int = 0
    messages: int = 0

    def tell(self, alert: Alert, roles: Collection[str], *, except_to: Collection[Any] = ()) -> Alert:
        """Queue a message to every place of some roles; return the alert with the roles that have none."""
        untold: list[str] = []
        rows = []
        for role in roles:
            places = self._places(role)
            if not places:
                untold.append(role)
            for place in places:
                if (place.channel, place.address) not in except_to:
                    rows.append(_message(alert, place, self.base_url, self.now))
        self.messages += self.store.queue(rows)
        return replace(alert, untold_roles=tuple(untold))

    def _places(self, role: str) -> list[Recipient]:
        of_role = [one for one in self.recipients if one.role == role]
        hours = "office" if self.policy.in_office_hours(self.now) else "out_of_hours"
        # A role that nobody covers at this hour is told where it is reached at other hours: late beats never.
        return [one for one in of_role if one.hours in {"any", hours}] or of_role

    def keep(self, alert: Alert, action: str, *, is_new: bool = False) -> None:
        self.store.keep(alert, is_new=is_new)
        self.records.note(
            action,
            authority=alert.authority,
            subject_kind="alert",
            subject_id=alert.alert_id,
            detail={"step": alert.step, "because": alert.closed_because},
        )


def scan_alerts(
    records: Records,
    authority: str,
    *,
    as_of: date,
    policy: Policy | None = None,
    alert_policy: AlertPolicy | None = None,
    base_url: str = "",
    now: datetime | None = None,
) -> ScanResult:
    """Bring the alerts of one council up to a day; a day already scanned past is not gone back to.

    Days on which nobody scanned need nothing special: the engine counts every night from the stays,
    and a spell that began and ended meanwhile is still told.
    """
    from sufficiency.emergency import watch

    store = records.alerts_of(authority)
    run = store.hold_watch()
    as_of = max(as_of, run.scanned_for or as_of)
    scan = _Scan(
        records=records,
        store=store,
        policy=alert_policy or default_alert_policy(),
        base_url=base_url,
        now=now or clock.now(),
        recipients=store.recipients(),
    )
    before = {alert.alert_id: alert for alert in store.alerts()}
    stays = _that_concern(records.stays_of(authority), before.values(), as_of, scan.policy)
    report = watch(stays.values(), as_of=as_of, policy=policy, known_spells=store.known_spells())
    store.keep_spell_ids({stay_id: spell.spell_id for spell in report.spells for stay_id in spell.stay_ids})
    speaking: set[str] = set()
    for spell in report.spells:
        standing = _standing(stays[stay_id] for stay_id in spell.stay_ids)
        for answer in spell.rules:
            if answer.outcome != WatchOutcome.CLEAR:
                alert_id = f"{spell.spell_id}.{answer.rule}"
                speaking.add(alert_id)
                _follow(scan, before.get(alert_id), _draft(scan, spell, answer), spell, standing, as_of)
    for alert in before.values():
        if alert.is_open and alert.alert_id not in speaking and alert.rule not in ABOUT_THE_WATCH:
            _close(scan, alert, "recorded_otherwise")
    _close_those_about_the_watch(scan)
    store.keep_run(as_of, scan.now)
    return ScanResult(
        as_of=as_of,
        spells=len(report.spells),
        raised=scan.raised,
        escalated=scan.escalated,
        closed=scan.closed,
        messages=scan.messages,
        open_alerts=len(store.alerts(only_open=True)),
    )


def report_late_watch(
    records: Records,
    authority: str,
    *,
    alert_policy: AlertPolicy,
    base_url: str = "",
    now: datetime | None = None,
) -> bool:
    """Raise an alert where nobody has scanned for longer than policy allows; say whether that is so."""
    store = records.alerts_of(authority)
    now = now or clock.now()
    if not is_late(store, alert_policy, now):
        return False
    # Looked at again once no scan is under way: the one that was may have ended the lateness.
    run = store.hold_watch()
    if not is_late(store, alert_policy, now):
        return False
    scan = _Scan(
        records=records,
        store=store,
        policy=alert_policy,
        base_url=base_url,
        now=now,
        recipients=store.recipients(),
    )
    since = f"since {run.scanned_at:%d/%m/%Y %H:%M} UTC" if run.scanned_at else "yet"
    _raise_about_the_watch(
        scan,
        spell_id="watch",
        child_id=None,
        rule=WATCH_NOT_RUN,
        text=f"The emergency watch has not run {since}. Nights in emergency accommodation go unseen until it does.",
        roles=alert_policy.late_told,
        again=False,
    )
    return True


def is_late(store: AlertRecords, policy: AlertPolicy, now: datetime) -> bool:
    """Say whether there is something to watch and nobody has scanned for longer than policy allows."""
    scanned_at = store.last_run().scanned_at
    if scanned_at is None:
        return store.has_stays()
    return now - scanned_at > timedelta(hours=policy.late_after_hours)


def report_undelivered(
    records: Records,
    alert: Alert,
    *,
    failed: tuple[str, str],
    alert_policy: AlertPolicy,
    base_url: str = "",
    now: datetime | None = None,
) -> None:
    """Raise an alert that a message of an alert was given up, to everywhere but where it failed."""
    if alert.rule == MESSAGE_UNDELIVERED:
        # It stands in the list. An alarm about the alarm would go on for ever.
        return
    store = records.alerts_of(alert.authority)
    store.hold_watch()
    scan = _Scan(
        records=records,
        store=store,
        policy=alert_policy,
        base_url=base_url,
        now=now or clock.now(),
        recipients=store.recipients(),
    )
    about = f" about {alert.child_id}" if alert.child_id else ""
    _raise_about_the_watch(
        scan,
        spell_id=alert.alert_id,
        child_id=alert.child_id,
        rule=MESSAGE_UNDELIVERED,
        text=f"A message{about} ({rule_words(alert.rule).lower()}) could not be delivered by {failed[0]}. "
        "Tell the people concerned yourself and correct the recipient.",
        roles=alert_policy.delivery.undelivered_told,
        again=True,
        except_to={failed},
    )


def report_restricted_opened(
    records: Records,
    authority: str,
    *,
    child_id: str,
    alert_policy: AlertPolicy,
    base_url: str = "",
    now: datetime | None = None,
) -> None:
    """Tell managers that somebody broke the glass of a restricted child's records; who and why stands in the list."""
    store = records.alerts_of(authority)
    store.hold_watch()
    scan = _Scan(
        records=records,
        store=store,
        policy=alert_policy,
        base_url=base_url,
        now=now or clock.now(),
        recipients=store.recipients(),
    )
    _raise_about_the_watch(
        scan,
        spell_id=f"restricted-{child_id}"[:150],
        child_id=child_id,
        rule=RESTRICTED_OPENED,
        text=f"{records.scope.actor} opened the restricted records of {child_id}. "
        "Look at the reason and say whether it will do.",
        roles=alert_policy.restricted_opened_told,
        again=True,
        instrument="Council policy on restricted records; not statute",
    )


def _raise_about_the_watch(
    scan: _Scan,
    *,
    spell_id: str,
    child_id: str | None,
    rule: str,
    text: str,
    roles: Collection[str],
    again: bool,
    except_to: Collection[Any] = (),
    instrument: str = "Council policy on the emergency watch; not statute",
) -> None:
    alert_id = f"{spell_id}.{rule}"
    before = next((one for one in scan.store.alerts() if one.alert_id == alert_id), None)
    if before is not None and before.is_open and not again:
        return
    occurrence = before.occurrence + 1 if before else 1
    alert = Alert(
        authority=scan.store.authority,
        alert_id=alert_id,
        spell_id=spell_id,
        child_id=child_id,
        rule=rule,
        outcome=str(WatchOutcome.RAISED),
        text=text,
        instrument=instrument,
        due_on=None,
        settings="",
        occurrence=occurrence,
        escalation=0,
        step=f"{occurrence}-raised",
        raised_at=scan.now,
        step_at=scan.now,
    )
    # Kept first: a message refers to its alert.
    scan.keep(alert, "alert_raised", is_new=before is None)
    scan.store.keep(scan.tell(alert, roles, except_to=except_to), is_new=False)


def _close_those_about_the_watch(scan: _Scan) -> None:
    alerts = {alert.alert_id: alert for alert in scan.store.alerts()}
    for alert in alerts.values():
        if not alert.is_open:
            continue
        if alert.rule == WATCH_NOT_RUN:
            _close(scan, alert, "watch_ran")
        elif alert.rule == MESSAGE_UNDELIVERED:
            about = alerts.get(alert.spell_id)
            if about is None or not about.is_open:
                _close(scan, alert, "alert_closed")


def _draft(scan: _Scan, spell: WatchedSpell, answer: RuleAnswer) -> Alert:
    return Alert(
        authority=scan.store.authority,
        alert_id=f"{spell.spell_id}.{answer.rule}",
        spell_id=spell.spell_id,
        child_id=spell.child_id,
        rule=answer.rule,
        outcome=str(answer.outcome),
        text=answer.text,
        instrument=answer.instrument,
        due_on=answer.due_on,
        settings=";".join(spell.settings)[:400],
        occurrence=1,
        escalation=0,
        step=_step(1, str(answer.outcome), 0),
        raised_at=scan.now,
        step_at=scan.now,
    )


def _step(occurrence: int, outcome: str, escalation: int) -> str:
    named = f"{occurrence}-{outcome.lower()}"
    return f"{named}-escalated-{escalation}" if escalation else named


def _follow(
    scan: _Scan, before: Alert | None, found: Alert, spell: WatchedSpell, standing: str, as_of: date
) -> None:
    """Take one alert from what it was to what the rule says now."""
    ended = spell.ended_on is not None
    was_told = (
        before is not None and _BADNESS[WatchOutcome(before.outcome)] >= _BADNESS[WatchOutcome(found.outcome)]
    )
    if ended and not (before is not None and before.is_open):
        # Old spells of an imported history are no news; one that ended while nobody scanned is.
        recent = spell.ended_on is not None and spell.ended_on >= as_of - timedelta(
            days=scan.policy.ended_days
        )
        if was_told or not recent or found.outcome != WatchOutcome.RAISED:
            return
    if before is None:
        alert = found
    elif not before.is_open:
        alert = _again(before, found)
    elif before.outcome == found.outcome:
        alert = replace(
            before, text=found.text, instrument=found.instrument, due_on=found.due_on, settings=found.settings
        )
    else:
        # Worse is a step of its own. Better begins anew too, so that getting worse again is told again.
        better = _BADNESS[WatchOutcome(found.outcome)] < _BADNESS[WatchOutcome(before.outcome)]
        alert = _again(before, found, same_time=not better)
    if before is None or alert.step != before.step:
        told = scan.policy.roles_told(outcome=alert.outcome, rule=alert.rule, standing=standing, escalation=0)
        scan.raised += 1
        scan.keep(alert, "alert_raised", is_new=before is None)
        alert = scan.tell(alert, told)
        scan.store.keep(alert, is_new=False)
    elif not ended and _is_unanswered(scan, alert):
        alert = _escalated(scan, alert, standing)
    elif alert != before:
        scan.store.keep(alert, is_new=False)
    if ended:
        _close(scan, alert, "moved")


def _again(before: Alert, found: Alert, *, same_time: bool = False) -> Alert:
    occurrence = before.occurrence if same_time else before.occurrence + 1
    return replace(
        found,
        occurrence=occurrence,
        step=_step(occurrence, found.outcome, 0),
        raised_at=before.raised_at if same_time else found.raised_at,
    )


def _is_unanswered(scan: _Scan, alert: Alert) -> bool:
    told = scan.policy.told[alert.outcome]
    if alert.acknowledged_at is not None or alert.escalation >= len(told.escalate_to):
        return False
    if alert.snoozed_until is not None and scan.now < alert.snoozed_until:
        return False
    return scan.now - alert.step_at >= timedelta(hours=told.acknowledge_within_hours)


def _escalated(scan: _Scan, alert: Alert, standing: str) -> Alert:
    escalation = alert.escalation + 1
    alert = replace(
        alert,
        escalation=escalation,
        step=_step(alert.occurrence, alert.outcome, escalation),
        step_at=scan.now,
        snoozed_until=None,
    )
    roles = scan.policy.roles_told(
        outcome=alert.outcome, rule=alert.rule, standing=standing, escalation=escalation
    )
    alert = scan.tell(alert, roles)
    scan.escalated += 1
    scan.keep(alert, "alert_escalated")
    return alert


def _close(scan: _Scan, alert: Alert, because: str) -> None:
    scan.closed += 1
    scan.keep(replace(alert, closed_at=scan.now, closed_because=because), "alert_closed")


def _that_concern(
    stays: Iterable[Stay], alerts: Iterable[Alert], as_of: date, policy: AlertPolicy
) -> dict[str, Stay]:
    """Return every stay of each child of whom there may be news, so that years of history cost nothing.

    That is a child with a stay that goes on or ended lately, or with an open alert.
    """
    stays = tuple(stays)
    lately = as_of - timedelta(days=policy.ended_days)
    concerned = {alert.child_id for alert in alerts if alert.is_open}
    concerned |= {stay.child_id for stay in stays if stay.ended_on is None or stay.ended_on >= lately}
    return {stay.stay_id: stay for stay in stays if stay.child_id in concerned}


def _standing(stays: Any) -> str:
    """Return under which law a child is there: that of the latest stay that says so."""
    for stay in sorted(stays, key=lambda one: (one.started_on, one.stay_id), reverse=True):
        found = _standing_of(stay)
        if found:
            return found
    return "unknown"


def _standing_of(stay: Stay) -> str | None:
    from sufficiency.unsuitable import HOMELESS_BASES, LOOKED_AFTER_BASES

    if stay.in_care or stay.legal_basis in LOOKED_AFTER_BASES:
        return "looked_after"
    if stay.legal_basis in HOMELESS_BASES:
        return "homeless"
    return "care_leaver" if stay.legal_basis is LegalBasis.RELEVANT_CHILD else None


def _message(alert: Alert, place: Recipient, base_url: str, now: datetime) -> Mapping[str, Any]:
    """Return a row of the outbox. The child is named by reference only."""
    about = f": {alert.child_id}" if alert.child_id else ""
    escalated = "Not acknowledged in time. " if alert.escalation else ""
    lines = [f"{escalated}{alert.text}", ""]
    if alert.due_on:
        lines.append(f"Date: {british_date(alert.due_on.isoformat())}")
    lines.append(f"Under: {alert.instrument}")
    link = f"{base_url.rstrip('/')}/alerts#alert-{alert.alert_id}" if base_url else ""
    if link:
        lines.append(f"Acknowledge: {link}")
    lines.append(f"Alert: {alert.key}")
    return {
        "message_id": message_id_of(alert, place),
        "authority": alert.authority,
        "alert_id": alert.alert_id,
        "step": alert.step,
        "role": place.role,
        "channel": place.channel,
        "address": place.address,
        "subject": f"{alert.outcome.replace('_', ' ').capitalize()}: {rule_words(alert.rule).lower()}{about}"[
            :400
        ],
        "body": "\n".join(lines) + "\n",
        "facts": {
            "key": alert.key,
            "child_id": alert.child_id,
            "rule": alert.rule,
            "outcome": alert.outcome,
            "step": alert.step,
            "text": alert.text,
            "instrument": alert.instrument,
            "due_on": alert.due_on.isoformat() if alert.due_on else None,
            "link": link,
        },
        "created_at": now,
        "status": "waiting",
        "attempts": 0,
        "next_at": now,
    }
