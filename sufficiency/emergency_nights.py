"""Rules that count nights: any at all, over the limit, near it, and spread over the window."""

from __future__ import annotations

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


def unsuitable_at_all(judged: Judged) -> RuleAnswer:
    """Warn from the first night in unsuitable accommodation."""
    rule = "unsuitable_at_all"
    spell = judged.spell
    unsuitable = judged.sure.runs
    law = accommodation_laws(unsuitable or spell.runs)
    if unsuitable:
        (whole,) = stretches(unsuitable, bridge_nights=spell.nights)

        def text() -> str:
            settings = ", ".join(sorted({run.stay.setting.words for run in unsuitable if run.stay.setting}))
            apart = f", with {nights_words(whole.elsewhere)} elsewhere" if whole.elsewhere else ""
            was = "has been" if whole.open else "was"
            since = f"{'since' if whole.open else 'from'} {day_words(day(whole.first))}{apart}."
            find = " Find a suitable place now." if whole.open else ""
            return f"Child {spell.child_id} {was} in unsuitable accommodation ({settings}) {since}{find}"

        return answer(rule, WatchOutcome.WARNING, text(), law, day(whole.first))
    missing = missing_of(run.unsuitable for run in spell.runs)
    if missing:
        return not_assessed(rule, judged, law, missing)
    child = spell.child_id
    return answer(
        rule,
        WatchOutcome.CLEAR,
        ("Nothing recorded makes the accommodation of child {} unsuitable.", child),
        law,
    )


def over_14_nights(judged: Judged) -> RuleAnswer:
    """Raise more than fourteen nights in unsuitable accommodation, moves and short gaps bridged.

    ``due_on`` is the first day on which the nights exceed the limit: the day of the first night
    and fifteen more. It stands there beforehand too, while the child is still there.
    """
    rule, law = "over_14_nights", "fourteen_nights"
    limit = judged.policy.over_14_nights
    sure = _telling(judged, with_unknown=False)
    if sure and sure.nights > limit:
        over_on, stretch = day(sure.first + limit + 1), sure
        return answer(
            rule,
            WatchOutcome.RAISED,
            (
                f"{_spent(judged, stretch)}; the limit is {nights_words(limit)}, passed on {day_words(over_on)}."
            ),
            law,
            over_on,
        )
    possible = _telling(judged, with_unknown=True)
    if possible and possible.nights > limit:
        return not_assessed(rule, judged, law, missing_of(run.unsuitable for run in judged.spell.runs))
    running = _running(judged)

    def text() -> str:
        within = f"{_spent(judged, possible)}; the limit is {nights_words(limit)}."
        if running is None:
            return within
        return f"{within} Move by {day_words(day(running.first + limit))} to stay within it."

    return answer(rule, WatchOutcome.CLEAR, text(), law, day(running.first + limit + 1) if running else None)


def approaching_14_nights(judged: Judged) -> RuleAnswer:
    """Warn as the nights near the limit, and go on warning once they have passed it.

    ``due_on`` is the last day on which a move keeps the nights within the limit.
    """
    rule, law = "approaching_14_nights", "fourteen_nights"
    child, policy = judged.spell.child_id, judged.policy
    limit, start = policy.over_14_nights, policy.approaching_nights
    sure = _telling(judged, with_unknown=False)
    if sure and sure.nights >= start:
        move_by, stretch = day(sure.first + limit), sure

        def near() -> str:
            if stretch.nights > limit:
                return (
                    f"Child {child} was to move by {day_words(move_by)} and has passed {nights_words(limit)}."
                )
            if stretch.open:
                return (
                    f"{_spent(judged, stretch)}. The child must move by {day_words(move_by)} to stay within "
                    f"{nights_words(limit)}."
                )
            return f"{_spent(judged, stretch)}."

        due_on = move_by if sure.nights > limit or sure.open else None
        return answer(rule, WatchOutcome.WARNING, near(), law, due_on)
    possible = _telling(judged, with_unknown=True)
    if possible and possible.nights >= start:
        return not_assessed(rule, judged, law, missing_of(run.unsuitable for run in judged.spell.runs))
    running = _running(judged)
    return answer(
        rule,
        WatchOutcome.CLEAR,
        f"{_spent(judged, possible)}; the warning starts at {nights_words(start)}.",
        law,
        day(running.first + limit) if running else None,
    )


def cumulative_nights(judged: Judged) -> RuleAnswer:
    """Raise too many unsuitable nights within the window, however they are spread.

    It stays raised for the spell once any of its days was over, so that a night more never clears it.
    """
    rule, law = "cumulative_nights", "nights_in_the_window"
    spell, policy = judged.spell, judged.policy
    limit = policy.cumulative_nights
    child = spell.child_id
    over = _first_day_over(judged, with_unknown=False)
    if over is not None:
        passed = over
        return answer(
            rule,
            WatchOutcome.RAISED,
            (
                f"Child {child} has spent {_in_window(judged)} in unsuitable accommodation; the limit of {limit} "
                f"was passed on {day_words(passed)}."
            ),
            law,
            over,
        )
    if _first_day_over(judged, with_unknown=True) is not None:
        return not_assessed(rule, judged, law, judged.doubtful_because)
    return answer(
        rule,
        WatchOutcome.CLEAR,
        (f"Child {child} has spent {_in_window(judged)} in unsuitable accommodation; the limit is {limit}."),
        law,
    )


def _in_window(judged: Judged) -> str:
    """Return how many of the nights of the window were unsuitable, in words; the doubtful ones apart."""
    spell, days = judged.spell, judged.policy.cumulative_window_days
    sure, possible = judged.sure.window.on(spell.until), judged.possible.window.on(spell.until)
    nights = f"{sure}" if possible == sure else f"{sure}, and perhaps {possible - sure} more,"
    ended = f"the {days} nights before {day_words(judged.until)}"
    return f"{nights} of {f'the last {days} nights' if spell.open else ended}"


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
