"""Rules about what must be signed, told and offered: approvals, notices, and the homeless child's offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    not_assessed,
    worst_of,
)
from sufficiency.emergency_clocks import CARER_CODES
from sufficiency.emergency_places import Place
from sufficiency.unsuitable import HOMELESS_BASES, Answer, both, looked_after


def approvals_missing(judged: Judged) -> RuleAnswer:
    """Warn of each placement where no signature is recorded, or it came after its first night."""
    rule, law = "approvals_missing", "nominated_officer"
    settled = "Each place of child {} was signed for by its first night."
    return _of_each_placement(judged, rule, law, _signature, settled)


def notices_missing(judged: Judged) -> RuleAnswer:
    """Warn of each placement of which no notice is recorded within five working days of its first night."""
    rule, law = "notices_missing", "notice_of_placement"
    settled = "Notice of each place of child {} was given in time."
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
    for place in judged.placements:
        first_in_care = first_unsuitable = None
        missing: list[str] = []
        for run in place.runs:
            # The birthday ends the placement of a child, so nothing is asked of a place moved to as an adult.
            if run.age_group == "adult":
                continue
            in_care = looked_after(run.stay)
            owed = both(run.unsuitable, in_care)
            if in_care.answer is Answer.YES and (first_in_care is None or run.first < first_in_care):
                first_in_care = run.first
            if owed.answer is Answer.YES and (first_unsuitable is None or run.first < first_unsuitable):
                first_unsuitable = run.first
            missing += owed.missing
        if first_unsuitable is not None and first_in_care is not None:
            placement = _Placement(place=place, placed=day(first_in_care), unsuitable=day(first_unsuitable))
            found.append(ask(judged, placement))
        elif missing:
            found.append(not_assessed(rule, judged, law, missing))
    child = judged.spell.child_id
    worst = worst_of(found)
    if worst is None:
        return answer(
            rule,
            WatchOutcome.CLEAR,
            (
                "None is asked for here: child {} is not a looked after child in unsuitable accommodation.",
                child,
            ),
            law,
        )
    alike = [each for each in found if each.outcome is worst.outcome]
    missing = [name for each in alike for name in each.missing]
    if worst.outcome is WatchOutcome.NOT_ASSESSED:
        return not_assessed(rule, judged, law, missing)
    return answer(
        rule,
        worst.outcome,
        (_of_all, alike, settled, child),
        law,
        worst.due_on,
        missing,
        worst.placements,
    )


def _of_all(alike: Iterable[RuleAnswer], settled: str, child: str) -> str:
    return " ".join(each.text for each in alike if each.text) or settled.format(child)


def _signature(judged: Judged, placement: _Placement) -> RuleAnswer:
    rule, law = "approvals_missing", "nominated_officer"
    child, place, first = judged.spell.child_id, placement.place, placement.unsuitable
    recorded = [
        approval
        for stay in place.stays
        for approval in stay.approvals or ()
        # The approval of a carer is no signature for a place that is unsuitable.
        if (approval.code or "").casefold() not in CARER_CODES
    ]
    signed_on = [approval.on for approval in recorded if approval.on and approval.on <= judged.until]
    if not signed_on:
        unknown = "approvals.on" if recorded else "approvals"
        missing = [unknown] if recorded or any(stay.approvals is None for stay in place.stays) else []
        text = (_unsigned, child, place, first)
        return answer(rule, WatchOutcome.WARNING, text, law, first, missing, (place.stay_ids,))
    if min(signed_on) > first:
        late = (_signed_late, child, place, first, min(signed_on))
        return answer(rule, WatchOutcome.WARNING, late, law, first, (), (place.stay_ids,))
    return answer(rule, WatchOutcome.CLEAR, "", law)


def _unsigned(child: str, place: Place, first: date) -> str:
    return (
        f"No signature of {_signatory(place)} is recorded for child {child} in unsuitable accommodation "
        f"({place.words}), due before the first night, {day_words(first)}. A signature does not make it suitable."
    )


def _signatory(place: Place) -> str:
    """Return whose signature is due: the Director's where nobody is registered, else a nominated officer's."""
    if any(run.unregistered.answer is Answer.YES for run in place.runs):
        return "the Director of Children's Services"
    return "a nominated officer"


def _signed_late(child: str, place: Place, first: date, signed_on: date) -> str:
    return (
        f"The unsuitable accommodation of child {child} ({place.words}) was signed for only on "
        f"{day_words(signed_on)}, after the first night, {day_words(first)}; it was due before it from "
        f"{_signatory(place)}."
    )


def _notice(judged: Judged, placement: _Placement) -> RuleAnswer:
    rule, law = "notices_missing", "notice_of_placement"
    child, place = judged.spell.child_id, placement.place
    due_on = working_days_after(placement.placed, limit_of(judged, law))
    recorded = [notice for stay in place.stays for notice in stay.notices or ()]
    given = [notice.on for notice in recorded if notice.on and notice.on <= judged.until]
    if given and min(given) <= due_on:
        return answer(rule, WatchOutcome.CLEAR, "", law)
    if given:
        late = (_told_late, child, place, min(given), due_on)
        return answer(rule, WatchOutcome.WARNING, late, law, due_on, (), (place.stay_ids,))
    if judged.until <= due_on:
        must = "was to" if judged.adult_now else "must"
        text = f"Notice of {_of_where(child, place)} {must} be given by {day_words(due_on)}."
        return answer(rule, WatchOutcome.CLEAR, text, law, due_on)
    undated = any(notice.on is None for notice in recorded)
    unknown = any(stay.notices is None for stay in place.stays)
    missing = ["notices.on"] if undated else ["notices"] if unknown else []
    untold = (_untold, child, place, due_on)
    return answer(rule, WatchOutcome.WARNING, untold, law, due_on, missing, (place.stay_ids,))


def _told_late(child: str, place: Place, given_on: date, due_on: date) -> str:
    where = _of_where(child, place)
    return f"Notice of {where} was given only on {day_words(given_on)}; it was due by {day_words(due_on)}."


def _untold(child: str, place: Place, due_on: date) -> str:
    where = _of_where(child, place)
    return f"No notice of {where} has been recorded; it was due by {day_words(due_on)}."


def _of_where(child: str, place: Place) -> str:
    return f"where child {child} {'is' if place.stretch.open else 'was'} ({place.words})"


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
                + (
                    "It was due before the 18th birthday."
                    if judged.adult_now
                    else "Offer it now and record the day."
                )
            )
            return answer(rule, WatchOutcome.WARNING, text, law, first, lacking)
        child = spell.child_id
        return answer(
            rule,
            WatchOutcome.CLEAR,
            ("Section 20 accommodation and an advocate were offered to child {}.", child),
            law,
        )
    unknown = [
        stay
        for stay in spell.stays
        if stay.legal_basis is None and looked_after(stay).answer is not Answer.YES
    ]
    if unknown:
        return not_assessed(rule, judged, law, ("legal_basis",))
    child = spell.child_id
    return answer(
        rule,
        WatchOutcome.CLEAR,
        ("Child {} is not recorded as homeless outside care.", child),
        law,
    )
