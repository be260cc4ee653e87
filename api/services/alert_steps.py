"""The steps of one alert: raised, worse, better, of a new placement, told again after more nights, escalated, closed.

What the rules say is the engine's; who is told is ``api/alert_policy.py``. Every step has a name, and
with the spell's id and the rule that name is what is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from api.database.alert_records import Alert
from api.services.alert_telling import Telling
from api.services.alert_words import nights_of
from reference_data.vocabulary import WatchOutcome

if TYPE_CHECKING:
    from sufficiency.emergency import WatchedSpell
    from sufficiency.emergency_answer import RuleAnswer

BADNESS = {WatchOutcome.NOT_ASSESSED: 0, WatchOutcome.WARNING: 1, WatchOutcome.RAISED: 2}


@dataclass(slots=True)
class Counts:
    """What one scan has done so far."""

    raised: int = 0
    escalated: int = 0
    closed: int = 0


def draft(telling: Telling, spell: WatchedSpell, answer: RuleAnswer) -> Alert:
    """Return the alert that a rule's answer makes when it speaks for the first time."""
    return Alert(
        authority=telling.store.authority,
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
        step=step_name(
            1,
            str(answer.outcome),
            nights=telling.policy.told_again_at(answer.rule, str(answer.outcome), spell.nights),
        ),
        raised_at=telling.now,
        step_at=telling.now,
        told_about=tuple(stay_id for stays in answer.placements for stay_id in stays),
    )


def step_name(occurrence: int, outcome: str, placement: int = 1, escalation: int = 0, nights: int = 0) -> str:
    """Return a step in one word; ``nights`` is the night at which it is told again, or 0.

    Examples
    --------
    >>> step_name(1, "WARNING", placement=2, escalation=1)
    '1-warning-placement-2-escalated-1'
    >>> step_name(1, "RAISED", nights=21)
    '1-raised-nights-21'
    """
    named = f"{occurrence}-{outcome.lower()}"
    named += f"-placement-{placement}" if placement > 1 else ""
    named += f"-nights-{nights}" if nights else ""
    return f"{named}-escalated-{escalation}" if escalation else named


def is_history(before: Alert | None, spell: WatchedSpell, told_from: date) -> bool:
    """Say whether a spell was over before there was anybody to tell, and no alert of it is open."""
    ended = spell.ended_on is not None and spell.ended_on < told_from
    return ended and not (before is not None and before.is_open)


def follow(
    telling: Telling,
    counts: Counts,
    before: Alert | None,
    found: Alert,
    *,
    placements: Iterable[tuple[str, ...]],
    ended: bool,
    standing: str,
) -> None:
    """Take one alert from what it was to what the rule says now.

    Parameters
    ----------
    placements
        The stays of each placement that the answer is about, where the rule judges them one by one.
    """
    if ended and not (before is not None and before.is_open):
        # Of a spell that ended while nobody scanned only what is RAISED is told, and only once.
        was_told = before is not None and _badness(before) >= _badness(found)
        if was_told or found.outcome != WatchOutcome.RAISED:
            return
    alert = _next(before, found, placements)
    if before is None or alert.step != before.step:
        roles = telling.policy.roles_told(
            outcome=alert.outcome, rule=alert.rule, standing=standing, escalation=0
        )
        counts.raised += 1
        alert = telling.tell(alert, roles)
        telling.keep(alert, "alert_raised", is_new=before is None)
    elif not ended and _is_unanswered(telling, alert):
        alert = _escalated(telling, counts, alert, standing)
    elif alert != before:
        telling.store.keep(alert, is_new=False)
    if ended:
        close(telling, counts, alert, "moved")


def close(telling: Telling, counts: Counts, alert: Alert, because: str, words: str = "") -> None:
    """Close an alert that a record has answered; where there are words for it, all who were told hear them."""
    counts.closed += 1
    text = f"{alert.text} {words}" if words else alert.text
    closed = replace(alert, text=text, closed_at=telling.now, closed_because=because)
    if words:
        telling.tell_of_closing(closed)
    telling.keep(closed, "alert_closed")


def _badness(alert: Alert) -> int:
    return BADNESS[WatchOutcome(alert.outcome)]


def _next(before: Alert | None, found: Alert, placements: Iterable[tuple[str, ...]]) -> Alert:
    if before is None:
        return found
    if not before.is_open:
        return _again(before, found)
    if before.outcome != found.outcome:
        # Worse is a step of its own. Better begins anew too, so that getting worse again is told again.
        return _again(before, found, same_time=_badness(found) > _badness(before))
    told_about = tuple(dict.fromkeys((*before.told_about, *found.told_about)))
    nights = max(nights_of(before.step), nights_of(found.step))
    if nights > nights_of(before.step):
        # Still there after so many nights: told again, and an answer given before is no answer to it.
        return replace(
            found,
            occurrence=before.occurrence,
            placement=before.placement,
            told_about=told_about,
            step=step_name(before.occurrence, found.outcome, before.placement, nights=nights),
            raised_at=before.raised_at,
        )
    if before.told_about and any(set(stays).isdisjoint(before.told_about) for stays in placements):
        # A placement none of whose stays was told about: a cut or a longer stay is no new one.
        placement = before.placement + 1
        return replace(
            found,
            occurrence=before.occurrence,
            placement=placement,
            told_about=told_about,
            step=step_name(before.occurrence, found.outcome, placement, nights=nights),
            raised_at=before.raised_at,
        )
    return replace(
        before,
        text=found.text,
        instrument=found.instrument,
        due_on=found.due_on,
        settings=found.settings,
        told_about=told_about,
    )


def _again(before: Alert, found: Alert, *, same_time: bool = False) -> Alert:
    occurrence = before.occurrence if same_time else before.occurrence + 1
    return replace(
        found,
        occurrence=occurrence,
        step=step_name(occurrence, found.outcome, nights=nights_of(found.step)),
        raised_at=before.raised_at if same_time else found.raised_at,
    )


def _is_unanswered(telling: Telling, alert: Alert) -> bool:
    told = telling.policy.told[telling.policy.outcome_told(alert.outcome, alert.rule)]
    if alert.acknowledged_at is not None or alert.escalation >= len(told.escalate_to):
        return False
    if alert.snoozed_until is not None and telling.now < alert.snoozed_until:
        return False
    return telling.now - alert.step_at >= timedelta(hours=told.acknowledge_within_hours)


def _escalated(telling: Telling, counts: Counts, alert: Alert, standing: str) -> Alert:
    escalation = alert.escalation + 1
    alert = replace(
        alert,
        escalation=escalation,
        step=step_name(alert.occurrence, alert.outcome, alert.placement, escalation, nights_of(alert.step)),
        step_at=telling.now,
        snoozed_until=None,
    )
    roles = telling.policy.roles_told(
        outcome=alert.outcome, rule=alert.rule, standing=standing, escalation=escalation
    )
    alert = telling.tell(alert, roles)
    counts.escalated += 1
    telling.keep(alert, "alert_escalated")
    return alert
