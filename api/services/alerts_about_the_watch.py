"""Alerts about the watch itself and about people: it has not run, a message was given up, a history was recorded,
somebody opened a restricted child's records.

No stay closes them. The first ends when somebody scans, the others when somebody acknowledges them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from api.database.alert_records import Alert, AlertRecords
from api.services.alert_telling import Telling, telling_of
from api.web.rule_words import rule_words
from api.web.words import british_date
from reference_data.vocabulary import WatchOutcome

if TYPE_CHECKING:
    from api.alert_policy import AlertPolicy
    from api.database.records import Records

WATCH_NOT_RUN = "watch_not_run"
MESSAGE_UNDELIVERED = "message_undelivered"
HISTORY_RECORDED = "history_recorded"
RESTRICTED_OPENED = "restricted_opened"
ABOUT_THE_WATCH = frozenset({WATCH_NOT_RUN, MESSAGE_UNDELIVERED, HISTORY_RECORDED, RESTRICTED_OPENED})
CLOSED_BY_ACKNOWLEDGING = frozenset({MESSAGE_UNDELIVERED, HISTORY_RECORDED, RESTRICTED_OPENED})
"""Reading these is all that can be done about them."""

INSTRUMENT = "Council policy on the emergency watch; not statute"
INSTRUMENT_OF_RESTRICTED = "Council policy on restricted records; not statute"


def report_late_watch(
    records: Records,
    authority: str,
    *,
    alert_policy: AlertPolicy,
    base_url: str = "",
    now: datetime | None = None,
) -> bool:
    """Raise an alert where nobody has scanned for longer than policy allows; say whether that is so."""
    telling = telling_of(records, authority, alert_policy, base_url=base_url, now=now)
    if not is_late(telling.store, alert_policy, telling.now):
        return False
    # Looked at again once no scan is under way: the one that was may have ended the lateness.
    run = telling.store.hold_watch()
    if not is_late(telling.store, alert_policy, telling.now):
        return False
    since = f"since {run.scanned_at:%d/%m/%Y %H:%M} UTC" if run.scanned_at else "yet"
    _raise(
        telling,
        spell_id="watch",
        child_id=None,
        rule=WATCH_NOT_RUN,
        text=f"The emergency watch has not run {since}. Nights in emergency accommodation go unseen until it does.",
        roles=alert_policy.late_told,
        again=False,
    )
    telling.post()
    return True


def is_late(store: AlertRecords, policy: AlertPolicy, now: datetime) -> bool:
    """Say whether there is something to watch and nobody has scanned for longer than policy allows."""
    scanned_at = store.last_run().scanned_at
    if scanned_at is None:
        return store.has_stays()
    return now - scanned_at > timedelta(hours=policy.late_after_hours)


def report_undelivered(
    records: Records,
    authority: str,
    alert_ids: Sequence[str],
    *,
    failed: tuple[str, str],
    roles: Iterable[str],
    alert_policy: AlertPolicy,
    base_url: str = "",
    now: datetime | None = None,
) -> None:
    """Raise an alert of each of some alerts whose message was given up, to everywhere but where it failed.

    Parameters
    ----------
    failed
        The channel and the address; only the channel is told.
    roles
        The roles that the message was for.
    """
    to = " and ".join(alert_policy.roles.get(role, role) for role in roles)
    telling = telling_of(records, authority, alert_policy, base_url=base_url, now=now)
    telling.store.hold_watch()
    for alert_id in alert_ids:
        alert = telling.store.alert(alert_id)
        if alert.rule == MESSAGE_UNDELIVERED:
            # It stands in the list. An alarm about the alarm would go on for ever.
            continue
        about = f" about {alert.child_id}" if alert.child_id else ""
        _raise(
            telling,
            spell_id=alert.alert_id,
            child_id=alert.child_id,
            rule=MESSAGE_UNDELIVERED,
            text=f"A message{about} ({rule_words(alert.rule).lower()}) could not be delivered "
            f"to the {to} by {failed[0].replace('_', ' ')}. "
            "Tell the people concerned yourself and correct the recipient.",
            roles=alert_policy.delivery.undelivered_told,
            again=True,
            except_to={failed},
        )
    telling.post()


def record_history(
    telling: Telling, alerts: Sequence[Alert], last_ended: str, *, known: Container[str] = ()
) -> None:
    """Keep alerts of spells long over without a message of each; tell that there are some, once.

    Parameters
    ----------
    last_ended
        The last day of the latest of the spells, as ``YYYY-MM-DD``.
    known
        Ids of alerts that stand already: a correction has made these worse.
    """
    telling.store.keep_many(alert for alert in alerts if alert.alert_id not in known)
    for alert in alerts:
        if alert.alert_id in known:
            telling.store.keep(alert, is_new=False)
    children = {alert.child_id for alert in alerts}
    # One entry of the audit: the alerts themselves are never changed, and are all found under their reason.
    telling.records.note(
        "alert_history_recorded",
        authority=telling.store.authority,
        subject_kind="alert",
        detail={"alerts": len(alerts), "children": len(children), "because": "ended_before"},
    )
    plural = "alert" if len(alerts) == 1 else "alerts"
    _raise(
        telling,
        spell_id="watch",
        child_id=None,
        rule=HISTORY_RECORDED,
        outcome=WatchOutcome.WARNING,
        text=f"{len(alerts)} {plural} of {len(children)} child{'' if len(children) == 1 else 'ren'}, in spells that "
        f"ended on or before {british_date(last_ended)}, were recorded as history and not told one by one. Read "
        "them under Closed alerts.",
        roles=telling.policy.history_told,
        again=True,
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
    telling = telling_of(records, authority, alert_policy, base_url=base_url, now=now)
    telling.store.hold_watch()
    _raise(
        telling,
        spell_id=f"restricted-{child_id}"[:150],
        child_id=child_id,
        rule=RESTRICTED_OPENED,
        text=f"{records.scope.actor} opened the restricted records of {child_id}. "
        "Look at the reason and say whether it will do.",
        roles=alert_policy.restricted_opened_told,
        again=True,
        instrument=INSTRUMENT_OF_RESTRICTED,
    )
    telling.post()


def close_those_that_ended(
    telling: Telling, still_open: Iterable[Alert], close: Callable[[Alert, str], None]
) -> None:
    """Close what the scan under way answers: that nobody scanned, and messages of alerts now closed."""
    for alert in still_open:
        if alert.rule == WATCH_NOT_RUN:
            close(alert, "watch_ran")
        elif alert.rule == MESSAGE_UNDELIVERED:
            about = telling.store.alert_or_none(alert.spell_id)
            if about is None or not about.is_open:
                close(alert, "alert_closed")


def _raise(
    telling: Telling,
    *,
    spell_id: str,
    child_id: str | None,
    rule: str,
    text: str,
    roles: Collection[str],
    again: bool,
    outcome: WatchOutcome = WatchOutcome.RAISED,
    except_to: Collection[Any] = (),
    instrument: str = INSTRUMENT,
) -> None:
    alert_id = f"{spell_id}.{rule}"
    before = telling.store.alert_or_none(alert_id)
    if before is not None and before.is_open and not again:
        return
    occurrence = before.occurrence + 1 if before else 1
    alert = Alert(
        authority=telling.store.authority,
        alert_id=alert_id,
        spell_id=spell_id,
        child_id=child_id,
        rule=rule,
        outcome=str(outcome),
        text=text,
        instrument=instrument,
        due_on=None,
        settings="",
        occurrence=occurrence,
        escalation=0,
        step=f"{occurrence}-{outcome.lower()}",
        raised_at=telling.now,
        step_at=telling.now,
    )
    telling.keep(telling.tell(alert, roles, except_to=except_to), "alert_raised", is_new=before is None)
