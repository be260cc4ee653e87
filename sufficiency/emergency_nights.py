"""Rules that count nights: any at all, over the limit, near it, and spread over the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

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
    since_words,
)
from sufficiency.emergency_instruments import accommodation_laws
from sufficiency.spells import Stretch, stretches
from sufficiency.unsuitable import Nights


def unsuitable_at_all(judged: Judged) -> RuleAnswer:
    """Warn from the first night in unsuitable accommodation."""
    rule = "unsuitable_at_all"
    spell = judged.spell
    unsuitable = judged.sure.runs
    law = accommodation_laws(unsuitable or spell.runs)
    if unsuitable:
        (whole,) = stretches(unsuitable, bridge_nights=spell.nights)
        text = (_in_unsuitable, spell.child_id, unsuitable, whole)
        return answer(rule, WatchOutcome.WARNING, text, law, day(whole.first))
    missing = missing_of(run.unsuitable for run in spell.runs)
    if missing:
        return not_assessed(rule, judged, law, missing)
    nothing = ("Nothing recorded makes the accommodation of child {} unsuitable.", spell.child_id)
    return answer(rule, WatchOutcome.CLEAR, nothing, law)


def _in_unsuitable(child: str, unsuitable: Sequence[Nights], whole: Stretch) -> str:
    settings = ", ".join(sorted({run.stay.setting.words for run in unsuitable if run.stay.setting}))
    first = day_words(day(whole.first))
    apart = f", with {nights_words(whole.elsewhere)} elsewhere" if whole.elsewhere else ""
    if whole.open:
        return (
            f"Child {child} has been in unsuitable accommodation ({settings}) since {first}{apart}. "
            "Find a suitable place now."
        )
    return f"Child {child} was in unsuitable accommodation ({settings}) from {first}{apart}."


def over_14_nights(judged: Judged) -> RuleAnswer:
    """Raise more than fourteen nights in unsuitable accommodation, moves and short gaps bridged.

    ``due_on`` is the first day on which the nights exceed the limit: the day of the first night
    and fifteen more. It stands there beforehand too, while the child is still there.
    """
    rule, law = "over_14_nights", "fourteen_nights"
    limit = judged.policy.over_14_nights
    sure = _telling(judged, with_unknown=False)
    if sure and sure.nights > limit:
        over_on = day(sure.first + limit + 1)
        return answer(rule, WatchOutcome.RAISED, (_over, judged, sure, over_on), law, over_on)
    possible = _telling(judged, with_unknown=True) if judged.in_doubt else sure
    if possible and possible.nights > limit:
        return not_assessed(rule, judged, law, missing_of(run.unsuitable for run in judged.spell.runs))
    running = _running(judged)
    due_on = day(running.first + limit + 1) if running else None
    return answer(rule, WatchOutcome.CLEAR, (_within, judged, possible, running), law, due_on)


def _over(judged: Judged, stretch: Stretch, over_on: date) -> str:
    limit = nights_words(judged.policy.over_14_nights)
    return f"{_spent(judged, stretch)}; the limit is {limit}, passed on {day_words(over_on)}."


def _within(judged: Judged, stretch: Stretch | None, running: Stretch | None) -> str:
    limit = judged.policy.over_14_nights
    text = f"{_spent(judged, stretch)}; the limit is {nights_words(limit)}."
    if running is None:
        return text
    return f"{text} Move by {day_words(day(running.first + limit))} to stay within it."


def approaching_14_nights(judged: Judged) -> RuleAnswer:
    """Warn as the nights near the limit, and go on warning once they have passed it.

    ``due_on`` is the last day on which a move keeps the nights within the limit.
    """
    rule, law = "approaching_14_nights", "fourteen_nights"
    limit, start = judged.policy.over_14_nights, judged.policy.approaching_nights
    sure = _telling(judged, with_unknown=False)
    if sure and sure.nights >= start:
        move_by = day(sure.first + limit)
        due_on = move_by if sure.nights > limit or sure.open else None
        return answer(rule, WatchOutcome.WARNING, (_near, judged, sure, move_by), law, due_on)
    possible = _telling(judged, with_unknown=True) if judged.in_doubt else sure
    if possible and possible.nights >= start:
        return not_assessed(rule, judged, law, missing_of(run.unsuitable for run in judged.spell.runs))
    running = _running(judged)
    due_on = day(running.first + limit) if running else None
    return answer(rule, WatchOutcome.CLEAR, (_far, judged, possible), law, due_on)


def _near(judged: Judged, stretch: Stretch, move_by: date) -> str:
    limit = judged.policy.over_14_nights
    if stretch.nights > limit:
        return (
            f"Child {judged.spell.child_id} was to move by {day_words(move_by)} and has passed "
            f"{nights_words(limit)}."
        )
    if stretch.open:
        return (
            f"{_spent(judged, stretch)}. The child must move by {day_words(move_by)} to stay within "
            f"{nights_words(limit)}."
        )
    return f"{_spent(judged, stretch)}."


def _far(judged: Judged, stretch: Stretch | None) -> str:
    start = nights_words(judged.policy.approaching_nights)
    return f"{_spent(judged, stretch)}; the warning starts at {start}."


def cumulative_nights(judged: Judged) -> RuleAnswer:
    """Raise too many unsuitable nights within the window, however they are spread.

    It stays raised for the spell once any of its days was over, so that a night more never clears it.
    """
    rule, law = "cumulative_nights", "nights_in_the_window"
    over = _first_day_over(judged, with_unknown=False)
    if over is not None:
        return answer(rule, WatchOutcome.RAISED, (_in_window, judged, over), law, over)
    if judged.in_doubt and _first_day_over(judged, with_unknown=True) is not None:
        return not_assessed(rule, judged, law, judged.doubtful_because)
    return answer(rule, WatchOutcome.CLEAR, (_in_window, judged, None), law)


def _in_window(judged: Judged, over: date | None) -> str:
    """Return how many of the nights of the window were unsuitable, in words; the doubtful ones apart."""
    spell, policy = judged.spell, judged.policy
    days, limit = policy.cumulative_window_days, policy.cumulative_nights
    sure, possible = judged.sure.window.on(spell.until), judged.possible.window.on(spell.until)
    nights = f"{sure}" if possible == sure else f"{sure}, and perhaps {possible - sure} more,"
    of = f"the last {days} nights" if spell.open else f"the {days} nights before {day_words(judged.until)}"
    limited = f"limit is {limit}" if over is None else f"limit of {limit} was passed on {day_words(over)}"
    return f"Child {spell.child_id} has spent {nights} of {of} in unsuitable accommodation; the {limited}."


def _spent(judged: Judged, stretch: Stretch | None) -> str:
    """Return the start of a sentence on the nights of a stretch; doubtful ones make it ``at most``."""
    child = judged.spell.child_id
    if stretch is None:
        return f"Child {child} has spent no night in unsuitable accommodation"
    most = "" if stretch in judged.sure.stretches else "at most "
    if stretch.elsewhere:
        return f"The spell of child {child} in unsuitable accommodation counts {most}{since_words(stretch)}"
    return (
        f"Child {child} has spent {most}{nights_words(stretch.nights)} in unsuitable accommodation since "
        f"{day_words(day(stretch.first))}"
    )


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
    if len(found) == 1:
        return found[0]
    for stretch in found:
        if stretch.nights > judged.policy.over_14_nights:
            return stretch
    return max(found, key=lambda stretch: (stretch.nights, stretch.open), default=None)


def _running(judged: Judged) -> Stretch | None:
    """Return the stretch that goes on tonight, nights that may be unsuitable included."""
    return next((stretch for stretch in judged.possible.stretches if stretch.open), None)
