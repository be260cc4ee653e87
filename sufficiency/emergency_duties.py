"""Rules about what must be signed, told and offered: approvals, notices, and the homeless child's offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from reference_data.vocabulary import WatchOutcome
from reference_data.working_days import working_days_after
from sufficiency.emergency_answer import (
    Judged,
    RuleAnswer,
    answer,
    day,
    day_words,
    limit_of,
    missing_of,
    not_assessed,
    worst_of,
)
from sufficiency.emergency_places import Place
from sufficiency.unsuitable import HOMELESS_BASES, YES, Answer, both, looked_after


def approvals_missing(judged: Judged) -> RuleAnswer:
    """Warn of each placement where no signature is recorded, or it came after its first night."""
    rule, law = "approvals_missing", "nominated_officer"
    settled = f"Each place of child {judged.spell.child_id} was signed for by its first night."
    return _of_each_placement(judged, rule, law, _signature, settled)


def notices_missing(judged: Judged) -> RuleAnswer:
    """Warn of each placement of which no notice is recorded within five working days of its first night."""
    rule, law = "notices_missing", "notice_of_placement"
    settled = f"Notice of each place of child {judged.spell.child_id} was given in time."
    return _of_each_placement(judged, rule, law, _notice, settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placement:
    """A placement of a looked after child in unsuitable accommodation.

    Parameters
    ----------
    placed
        The first night there as a looked after child: notice runs from it.
    unsuitable
        The first of those nights that was unsuitable: somebody signs before it.
    """

    place: Place
    placed: date
    unsuitable: date


def _of_each_placement(
    judged: Judged, rule: str, law: str, ask: Callable[[Judged, _Placement], RuleAnswer], settled: str
) -> RuleAnswer:
    """Return the worst that a duty says of any placement, in the words of all of which it says it."""
    found = []
    # The birthday ends the placement of a child, so nothing is asked of a place moved to as an adult.
    for place in judged.placements:
        runs = [run for run in place.runs if run.age_group != "adult"]
        in_care = [run.first for run in runs if looked_after(run.stay).answer is Answer.YES]
        owed = [both(run.unsuitable, looked_after(run.stay)) for run in runs]
        first = min((run.first for run, due in zip(runs, owed, strict=True) if due == YES), default=None)
        if first is not None:
            placement = _Placement(place=place, placed=day(min(in_care)), unsuitable=day(first))
            found.append(ask(judged, placement))
        elif missing := missing_of(owed):
            found.append(not_assessed(rule, judged, law, missing))
    worst = worst_of(found)
    if worst is None:
        text = (
            f"None is asked for here: child {judged.spell.child_id} is not a looked after child in "
            "unsuitable accommodation."
        )
        return answer(rule, WatchOutcome.CLEAR, text, law)
    alike = [each for each in found if each.outcome is worst.outcome]
    missing = [name for each in alike for name in each.missing]
    if worst.outcome is WatchOutcome.NOT_ASSESSED:
        return not_assessed(rule, judged, law, missing)
    text = " ".join(each.text for each in alike if each.text) or settled
    return answer(rule, worst.outcome, text, law, worst.due_on, missing)


def _signature(judged: Judged, placement: _Placement) -> RuleAnswer:
    rule, law = "approvals_missing", "nominated_officer"
    child, place, first = judged.spell.child_id, placement.place, placement.unsuitable
    recorded = [approval for stay in place.stays for approval in stay.approvals or ()]
    signed_on = [approval.on for approval in recorded if approval.on and approval.on <= judged.until]
    if not signed_on:
        unknown = "approvals.on" if recorded else "approvals"
        missing = [unknown] if recorded or any(stay.approvals is None for stay in place.stays) else []
        text = (
            f"No signature is recorded for child {child} in unsuitable accommodation ({place.words}), due before "
            f"the first night, {day_words(first)}. A signature does not make it suitable."
        )
        return answer(rule, WatchOutcome.WARNING, text, law, first, missing)
    if min(signed_on) > first:
        text = (
            f"The unsuitable accommodation of child {child} ({place.words}) was signed for only on "
            f"{day_words(min(signed_on))}, after the first night, {day_words(first)}."
        )
        return answer(rule, WatchOutcome.WARNING, text, law, first)
    return answer(rule, WatchOutcome.CLEAR, "", law)


def _notice(judged: Judged, placement: _Placement) -> RuleAnswer:
    rule, law = "notices_missing", "notice_of_placement"
    place = placement.place
    where = f"where child {judged.spell.child_id} {'is' if place.stretch.open else 'was'} ({place.words})"
    due_on = working_days_after(placement.placed, limit_of(judged, law))
    recorded = [notice for stay in place.stays for notice in stay.notices or ()]
    given = [notice.on for notice in recorded if notice.on and notice.on <= judged.until]
    if given and min(given) <= due_on:
        return answer(rule, WatchOutcome.CLEAR, "", law)
    if given:
        text = (
            f"Notice of {where} was given only on {day_words(min(given))}; it was due by {day_words(due_on)}."
        )
        return answer(rule, WatchOutcome.WARNING, text, law, due_on)
    if judged.until <= due_on:
        text = f"Notice of {where} must be given by {day_words(due_on)}."
        return answer(rule, WatchOutcome.CLEAR, text, law, due_on)
    undated = any(notice.on is None for notice in recorded)
    unknown = any(stay.notices is None for stay in place.stays)
    missing = ["notices.on"] if undated else ["notices"] if unknown else []
    text = f"No notice of {where} has been recorded; it was due by {day_words(due_on)}."
    return answer(rule, WatchOutcome.WARNING, text, law, due_on, missing)


def homeless_duties(judged: Judged) -> RuleAnswer:
    """Warn where a homeless child was not offered section 20 accommodation and an advocate."""
    rule = law = "homeless_duties"
    spell = judged.spell
    first = day(spell.started)
    homeless = [
        stay
        for stay in spell.stays
        if stay.legal_basis in HOMELESS_BASES and looked_after(stay).answer is not Answer.YES
    ]
    if homeless:
        offers = ("section_20_offered_on", "advocate_offered_on")
        lacking = [
            name
            for name in offers
            if not any(getattr(stay, name) and getattr(stay, name) <= judged.until for stay in homeless)
        ]
        if lacking:
            words = {
                "section_20_offered_on": "section 20 accommodation",
                "advocate_offered_on": "an advocate",
            }
            text = (
                f"No offer of {' or '.join(words[name] for name in lacking)} to child {spell.child_id} "
                "is recorded. "
                "Offer it now and record the day."
            )
            return answer(rule, WatchOutcome.WARNING, text, law, first, lacking)
        text = f"Section 20 accommodation and an advocate were offered to child {spell.child_id}."
        return answer(rule, WatchOutcome.CLEAR, text, law)
    unknown = [
        stay
        for stay in spell.stays
        if stay.legal_basis is None and looked_after(stay).answer is not Answer.YES
    ]
    if unknown:
        return not_assessed(rule, judged, law, ("legal_basis",))
    text = f"Child {spell.child_id} is not recorded as homeless outside care."
    return answer(rule, WatchOutcome.CLEAR, text, law)
