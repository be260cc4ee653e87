"""Rules that run a clock beside the nights: the longest stay, temporary approvals, the 18th birthday."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from reference_data.vocabulary import FOSTERING_TYPES, PlacementType, WatchOutcome
from reference_data.working_days import working_days_after
from sufficiency.emergency_answer import (
    Judged,
    RuleAnswer,
    answer,
    day,
    day_words,
    limit_of,
    nights_words,
    not_assessed,
    since_words,
    worst_of,
)
from sufficiency.emergency_places import Place, places
from sufficiency.emergency_stay import Stay, StayApproval

TEMPORARY_CODES = frozenset({"temporary_approval", "regulation_24", "reg_24"})


EXTENSION_CODES = frozenset({"temporary_approval_extension", "regulation_25", "reg_25"})


OUTSIDE_TERMS_CODES = frozenset({"outside_terms", "regulation_23", "reg_23"})


CARER_CODES = TEMPORARY_CODES | EXTENSION_CODES | OUTSIDE_TERMS_CODES
"""What approves a carer, and not the accommodation."""


def crisis_stay_over(judged: Judged) -> RuleAnswer:
    """Raise a stay past the longest the setting is meant for; warn from half of it without a plan.

    ``due_on`` is the day by which the child moves on.
    """
    rule, law = "crisis_stay_over", "longest_stay"
    spell = judged.spell

    def limited(stay: Stay) -> bool:
        return stay.max_stay_days is not None or stay.setting is PlacementType.CRISIS_ACCOMMODATION

    found = []
    for place in _places(judged, limited):
        stays, stretch = place.stays, place.stretch
        longest = [stay.max_stay_days for stay in stays if stay.max_stay_days is not None]
        if not longest:
            found.append(not_assessed(rule, judged, law, ("max_stay_days",)))
            continue
        limit = min(longest)
        leave_by = day(stretch.first + limit)
        planned = any(stay.onward_plan_on and stay.onward_plan_on <= judged.until for stay in stays)
        counted = (
            f"The stay of child {spell.child_id}, meant for at most {nights_words(limit)}, counts "
            f"{since_words(stretch)}"
        )
        if stretch.nights > limit:
            text = f"{counted}; it was to end on {day_words(leave_by)}."
            found.append(answer(rule, WatchOutcome.RAISED, text, law, leave_by, (), (place.stay_ids,)))
        elif stretch.nights * 2 >= limit and not planned:
            agree = "" if judged.adult_now else " Agree one."
            text = (
                f"{counted}, and no onward plan is recorded.{agree} The stay ends on {day_words(leave_by)}."
            )
            missing = ("onward_plan_on",)
            found.append(answer(rule, WatchOutcome.WARNING, text, law, leave_by, missing, (place.stay_ids,)))
        else:
            text = f"{counted}."
            due_on = leave_by if stretch.open else None
            found.append(answer(rule, WatchOutcome.CLEAR, text, law, due_on))
    if any(stay.setting is None for stay in spell.stays):
        found.append(not_assessed(rule, judged, law, ("setting",)))
    child = spell.child_id
    return worst_of(found) or answer(
        rule, WatchOutcome.CLEAR, ("No stay of child {} has a longest length.", child), law
    )


def temporary_approval_over(judged: Judged) -> RuleAnswer:
    """Raise a stay with a foster carer whose temporary approval, or leave to go outside terms, has run out.

    ``due_on`` is the last day of the approval.
    """
    rule, law = "temporary_approval_over", "temporary_approval"
    found = []
    for place in _places(judged, lambda stay: stay.setting in FOSTERING_TYPES):
        stays, stretch = place.stays, place.stretch
        if any(
            stay.setting is PlacementType.CONNECTED_FOSTER_CARER and stay.approvals is None for stay in stays
        ):
            found.append(not_assessed(rule, judged, law, ("approvals",)))
        temporary = _signed(stays, TEMPORARY_CODES, judged.until)
        outside = _signed(stays, OUTSIDE_TERMS_CODES, judged.until)
        if any(approval.on is None for approval in (*temporary, *outside)):
            found.append(not_assessed(rule, judged, law, ("approvals.on",)))
            continue
        if temporary:
            found.append(_temporary(judged, place, [a.on for a in temporary if a.on]))
        if outside:
            first = max(day(stretch.first), min(a.on for a in outside if a.on))
            last = working_days_after(first, limit_of(judged, "outside_terms_of_approval"))
            found.append(_clock(judged, "outside_terms_of_approval", last, place, warning_days=0))
    if any(stay.setting is None for stay in judged.spell.stays):
        found.append(not_assessed(rule, judged, law, ("setting",)))
    child = judged.spell.child_id
    return worst_of(found) or answer(
        rule, WatchOutcome.CLEAR, ("No temporary approval is recorded for child {}.", child), law
    )


def turned_18(judged: Judged) -> RuleAnswer:
    """Warn where the young person turned 18 during the spell. No date is given: it would be the birthday."""
    rule, law = "turned_18", "leaving_care_at_18"
    spell = judged.spell
    if spell.date_of_birth is None:
        return not_assessed(rule, judged, law, ("date_of_birth",))
    if judged.adult_now:
        text = (
            f"Child {spell.child_id} turned 18 during this spell. The duties to a child have ended; check those of "
            "leaving care and homelessness."
        )
        return answer(rule, WatchOutcome.WARNING, text, law)
    child = spell.child_id
    return answer(rule, WatchOutcome.CLEAR, ("Child {} is under 18.", child), law)


def _temporary(judged: Judged, place: Place, signed_on: list[date]) -> RuleAnswer:
    last = min(signed_on) + timedelta(weeks=limit_of(judged, "temporary_approval"))
    law = "temporary_approval"
    extended = _signed(place.stays, EXTENSION_CODES, judged.until)
    # An extension comes before the first approval ends; one signed later cures nothing.
    if any(approval.on is not None and approval.on <= last for approval in extended):
        last += timedelta(weeks=limit_of(judged, "temporary_approval_extension"))
        law = "temporary_approval_extension"
    return _clock(judged, law, last, place, warning_days=judged.policy.temporary_approval_warning_days)


def _clock(judged: Judged, law: str, last: date, place: Place, *, warning_days: int) -> RuleAnswer:
    rule, child = "temporary_approval_over", judged.spell.child_id
    end, adult = day(place.stretch.end), judged.adult_now
    if end > last:
        act = "" if adult else " Move the child or approve the carer."
        text = f"The approval under which child {child} {'stayed' if adult else 'stays'} ended on {day_words(last)}.{act}"
        return answer(rule, WatchOutcome.RAISED, text, law, last, (), (place.stay_ids,))
    if end >= last - timedelta(days=warning_days):
        act = "" if adult else " Approve the carer or plan the move."
        text = f"The approval under which child {child} {'stayed' if adult else 'stays'} ends on {day_words(last)}.{act}"
        return answer(rule, WatchOutcome.WARNING, text, law, last, (), (place.stay_ids,))
    text = f"The approval under which child {child} stays ends on {day_words(last)}."
    return answer(rule, WatchOutcome.CLEAR, text, law, last if place.stretch.open else None)


def _signed(stays: Iterable[Stay], codes: frozenset[str], until: date) -> list[StayApproval]:
    return [
        approval
        for stay in stays
        for approval in stay.approvals or ()
        if (approval.code or "").casefold() in codes and (approval.on is None or approval.on <= until)
    ]


def _places(judged: Judged, wanted: Callable[[Stay], bool]) -> list[Place]:
    """Return the wanted places of the spell, with nights elsewhere bridged as the spell bridges them."""
    runs = [run for run in judged.spell.runs if wanted(run.stay)]
    return places(runs, bridge_nights=judged.policy.bridge_nights) if runs else []
