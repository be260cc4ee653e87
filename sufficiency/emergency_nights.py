"""Rules that count nights: any at all, over the limit, near it, and spread over the window."""

from __future__ import annotations

from datetime import date, timedelta

from reference_data.vocabulary import WatchOutcome
from sufficiency.emergency_answer import (
    Judged,
    RuleAnswer,
    answer,
    day,
    day_words,
    missing_of,
    nights_words,
    not_assessed,
)
from sufficiency.spells import Stretch


def unsuitable_at_all(judged: Judged) -> RuleAnswer:
    """Warn from the first night in unsuitable accommodation."""
    rule, law = "unsuitable_at_all", "suitable_other_arrangements"
    spell = judged.spell
    unsuitable = judged.sure.runs
    if unsuitable:
        settings = ", ".join(sorted({run.stay.setting.words for run in unsuitable if run.stay.setting}))
        first = day(min(run.first for run in unsuitable))
        text = (
            f"Child {spell.child_id} has been in unsuitable accommodation ({settings}) "
            f"since {day_words(first)}. Find a suitable place now."
            if spell.open
            else f"Child {spell.child_id} was in unsuitable accommodation ({settings}) "
            f"from {day_words(first)}."
        )
        return answer(rule, WatchOutcome.WARNING, text, law, first)
    missing = missing_of(run.unsuitable for run in spell.runs)
    if missing:
        return not_assessed(rule, judged, law, missing)
    text = f"Nothing recorded makes the accommodation of child {spell.child_id} unsuitable."
    return answer(rule, WatchOutcome.CLEAR, text, law)


def over_14_nights(judged: Judged) -> RuleAnswer:
    """Raise more than fourteen nights in unsuitable accommodation, moves and short gaps bridged.

    ``due_on`` is the first day on which the nights exceed the limit: the day of the first night
    and fifteen more. It stands there beforehand too, while the child is still there.
    """
    rule, law = "over_14_nights", "fourteen_nights"
    child, limit = judged.spell.child_id, judged.policy.over_14_nights
    sure = _telling(judged, with_unknown=False)
    if sure and sure.nights > limit:
        over_on = day(sure.first + limit + 1)
        text = (
            f"Child {child} has spent {nights_words(sure.nights)} in unsuitable accommodation since "
            f"{day_words(day(sure.first))}; the limit is {nights_words(limit)}, passed on "
            f"{day_words(over_on)}."
        )
        return answer(rule, WatchOutcome.RAISED, text, law, over_on)
    possible = _telling(judged, with_unknown=True)
    if possible and possible.nights > limit:
        return not_assessed(rule, judged, law, missing_of(run.unsuitable for run in judged.spell.runs))
    text = (
        f"Child {child} has spent {nights_words(possible.nights if possible else 0)} in unsuitable "
        f"accommodation; the limit is {nights_words(limit)}."
    )
    running = _running(judged)
    if running is None:
        return answer(rule, WatchOutcome.CLEAR, text, law)
    move_by = day(running.first + limit)
    text += f" Move by {day_words(move_by)} to stay within it."
    return answer(rule, WatchOutcome.CLEAR, text, law, move_by + timedelta(days=1))


def approaching_14_nights(judged: Judged) -> RuleAnswer:
    """Warn as the nights near the limit, and go on warning once they have passed it.

    ``due_on`` is the last day on which a move keeps the nights within the limit.
    """
    rule, law = "approaching_14_nights", "fourteen_nights"
    child, policy = judged.spell.child_id, judged.policy
    limit, start = policy.over_14_nights, policy.approaching_nights
    sure = _telling(judged, with_unknown=False)
    if sure and sure.nights >= start:
        move_by = day(sure.first + limit)
        if sure.nights > limit:
            text = f"Child {child} was to move by {day_words(move_by)} and has passed {nights_words(limit)}."
            return answer(rule, WatchOutcome.WARNING, text, law, move_by)
        if sure.open:
            text = (
                f"Child {child} has spent {nights_words(sure.nights)} in unsuitable accommodation and must "
                f"move by {day_words(move_by)} to stay within {nights_words(limit)}."
            )
            return answer(rule, WatchOutcome.WARNING, text, law, move_by)
        text = f"Child {child} spent {nights_words(sure.nights)} in unsuitable accommodation."
        return answer(rule, WatchOutcome.WARNING, text, law)
    possible = _telling(judged, with_unknown=True)
    if possible and possible.nights >= start:
        return not_assessed(rule, judged, law, missing_of(run.unsuitable for run in judged.spell.runs))
    text = (
        f"Child {child} has spent {nights_words(possible.nights if possible else 0)} in unsuitable "
        f"accommodation; the warning starts at {nights_words(start)}."
    )
    running = _running(judged)
    return answer(rule, WatchOutcome.CLEAR, text, law, day(running.first + limit) if running else None)


def cumulative_nights(judged: Judged) -> RuleAnswer:
    """Raise too many unsuitable nights within the window, however they are spread.

    It stays raised for the spell once any of its days was over, so that a night more never clears it.
    """
    rule, law = "cumulative_nights", "nights_in_the_window"
    spell, policy = judged.spell, judged.policy
    limit, days = policy.cumulative_nights, policy.cumulative_window_days
    now = judged.possible.window.on(spell.until)
    over = _first_day_over(judged, with_unknown=False)
    if over is not None:
        text = (
            f"Child {spell.child_id} has spent more than {nights_words(limit)} of {days} days in unsuitable "
            f"accommodation since {day_words(over)}; the count is now {now}."
        )
        return answer(rule, WatchOutcome.RAISED, text, law, over)
    if _first_day_over(judged, with_unknown=True) is not None:
        return not_assessed(rule, judged, law, judged.doubtful_because)
    text = (
        f"Child {spell.child_id} has spent {now} of the last {days} nights in unsuitable accommodation; "
        f"the limit is {limit}."
    )
    return answer(rule, WatchOutcome.CLEAR, text, law)


def _first_day_over(judged: Judged, *, with_unknown: bool) -> date | None:
    """Return the first day of the spell's own unsuitable time on which the window is over the limit."""
    nights = judged.possible if with_unknown else judged.sure
    if not nights.runs:
        return None
    first = min(run.first for run in nights.runs)
    over = nights.window.first_day_over(judged.policy.cumulative_nights, first, judged.spell.until)
    return None if over is None else day(over)


def _telling(judged: Judged, *, with_unknown: bool) -> Stretch | None:
    """Return the first stretch over the limit, or else the longest."""
    found = (judged.possible if with_unknown else judged.sure).stretches
    for stretch in found:
        if stretch.nights > judged.policy.over_14_nights:
            return stretch
    return max(found, key=lambda stretch: (stretch.nights, stretch.open), default=None)


def _running(judged: Judged) -> Stretch | None:
    """Return the stretch that goes on tonight, nights that may be unsuitable included."""
    return next((stretch for stretch in judged.possible.stretches if stretch.open), None)
