"""Scan the stays: bring every alert of a council up to a day, in one transaction.

The caller owns the transaction, so an alert stands exactly where what caused it does. One process
scans a council at a time. What the rules say is the engine's; what becomes of one alert is
``alert_steps.py``; whom it tells ``alert_telling.py``; alerts about the watch itself
``alerts_about_the_watch.py``; sending is ``api/outbox.py``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from api.alert_policy import AlertPolicy, default_alert_policy
from api.database.alert_records import Alert
from api.services.alert_corrections import correction_of
from api.services.alert_steps import Counts, close, draft, follow, is_history
from api.services.alert_telling import Telling, telling_of
from api.services.alerts_about_the_watch import ABOUT_THE_WATCH, close_those_that_ended, record_history
from reference_data.vocabulary import LegalBasis, WatchOutcome

if TYPE_CHECKING:
    from api.database.alert_records import AlertRecords
    from api.database.records import Records
    from matching.policy import Policy
    from sufficiency.emergency import WatchReport
    from sufficiency.emergency_stay import Stay


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


def scan_alerts(
    records: Records,
    authority: str,
    *,
    as_of: date,
    policy: Policy | None = None,
    alert_policy: AlertPolicy | None = None,
    base_url: str = "",
    now: datetime | None = None,
    changed_since: datetime | None = None,
) -> ScanResult:
    """Bring the alerts of one council up to a day; a day already scanned past is not gone back to.

    Days on which nobody scanned need nothing special: the engine counts every night from the stays,
    and a spell that began and ended meanwhile is still told. Spells that were over long before, or
    before the first scan of all, are recorded as history and told of in one message.
    An import says since when it has changed stays: another scan may have ended meanwhile without them.
    """
    from sufficiency.emergency import watch

    telling = telling_of(
        records, authority, alert_policy or default_alert_policy(), base_url=base_url, now=now
    )
    store, counts = telling.store, Counts()
    run = store.hold_watch()
    as_of = max(as_of, run.scanned_for or as_of)
    still_open = store.alerts(only_open=True)
    known = store.known_spells()
    looked_at = min(filter(None, (run.scanned_at, changed_since)), default=None)
    changed = records.stays_changed_since(authority, looked_at) if looked_at else frozenset()
    stays = _that_concern(records.stays_of(authority), still_open, known, as_of, telling.policy, changed)
    names = _names_of_the_same_child(store, known, stays)
    report = watch(stays.values(), as_of=as_of, policy=policy, known_spells=names)
    # Years of closed alerts are left where they are, but for those of the spells looked at.
    of_spells = store.alerts_of_spells(spell.spell_id for spell in report.spells)
    before = {alert.alert_id: alert for alert in (*still_open, *of_spells)}
    store.keep_spell_ids({stay_id: spell.spell_id for spell in report.spells for stay_id in spell.stay_ids})
    # Nobody could be told of a spell that was over before anybody watched.
    told_from = as_of - timedelta(days=telling.policy.ended_days) if run.scanned_for else as_of
    speaking = _follow_all(telling, counts, before, report, stays, told_from)
    for alert in before.values():
        if alert.is_open and alert.alert_id not in speaking and alert.rule not in ABOUT_THE_WATCH:
            because, words = correction_of(alert, known, stays, as_of)
            close(telling, counts, alert, because, words)
    close_those_that_ended(telling, still_open, partial(close, telling, counts))
    messages = telling.post()
    store.keep_run(as_of, telling.now)
    return ScanResult(
        as_of=as_of,
        spells=len(report.spells),
        raised=counts.raised,
        escalated=counts.escalated,
        closed=counts.closed,
        messages=messages,
        open_alerts=len(store.alerts(only_open=True)),
    )


def _follow_all(
    telling: Telling,
    counts: Counts,
    before: Mapping[str, Alert],
    report: WatchReport,
    stays: Mapping[str, Stay],
    told_from: date,
) -> set[str]:
    """Follow what every rule says of every spell; return the ids of the alerts that a rule speaks for."""
    speaking: set[str] = set()
    history: list[Alert] = []
    ended_on: list[date] = []
    for spell in report.spells:
        standing = _standing(stays[stay_id] for stay_id in spell.stay_ids)
        for answer in spell.rules:
            if answer.outcome == WatchOutcome.CLEAR:
                continue
            alert_id = f"{spell.spell_id}.{answer.rule}"
            speaking.add(alert_id)
            earlier = before.get(alert_id)
            if is_history(earlier, spell, told_from):
                is_news = earlier is None or earlier.outcome != WatchOutcome.RAISED
                if is_news and answer.outcome == WatchOutcome.RAISED and spell.ended_on:
                    found = _as_history(telling, draft(telling, spell, answer))
                    history.append(
                        found if earlier is None else replace(found, occurrence=earlier.occurrence)
                    )
                    ended_on.append(spell.ended_on)
                continue
            follow(
                telling,
                counts,
                earlier,
                draft(telling, spell, answer),
                placements=answer.placements,
                ended=spell.ended_on is not None,
                standing=standing,
            )
    if history:
        record_history(telling, history, max(ended_on).isoformat(), known=before)
    return speaking


def _as_history(telling: Telling, alert: Alert) -> Alert:
    return replace(alert, closed_at=telling.now, closed_because="ended_before")


def _that_concern(
    stays: Iterable[Stay],
    alerts: Iterable[Alert],
    known_spells: Mapping[str, str],
    as_of: date,
    policy: AlertPolicy,
    changed: Collection[str],
) -> dict[str, Stay]:
    """Return every stay of each child of whom there may be news, so that years of history cost nothing.

    That is a child with a stay that goes on, ended lately, was never looked at or has been changed, or with
    an open alert.
    """
    stays = tuple(stays)
    lately = as_of - timedelta(days=policy.ended_days)
    concerned = {alert.child_id for alert in alerts if alert.is_open}
    concerned |= {
        stay.child_id
        for stay in stays
        if stay.ended_on is None
        or stay.ended_on >= lately
        or stay.stay_id not in known_spells
        or stay.stay_id in changed
    }
    return {stay.stay_id: stay for stay in stays if stay.child_id in concerned}


def _names_of_the_same_child(
    store: AlertRecords, known_spells: Mapping[str, str], stays: Mapping[str, Stay]
) -> dict[str, str]:
    """Return the spell ids told before, by stay id, but for those that were told of another child.

    A stay whose child was corrected begins a spell of that child under an id of its own.
    """
    named = {
        stay.stay_id: known_spells[stay.stay_id] for stay in stays.values() if stay.stay_id in known_spells
    }
    told_of = store.children_of_spells(set(named.values()))
    now_of: dict[str, set[str]] = {}
    for stay_id, spell_id in named.items():
        now_of.setdefault(spell_id, set()).add(stays[stay_id].child_id)
    return {
        stay_id: spell_id
        for stay_id, spell_id in named.items()
        if told_of.get(spell_id, now_of[spell_id]) == {stays[stay_id].child_id}
    }


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
