"""Rules that count nights: any at all, over the limit, near it, and spread over the window."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from matching.policy import EmergencyPolicy
from reference_data.vocabulary import WatchOutcome
from sufficiency.emergency_answer import (
    Judged,
    RuleAnswer,
    Sentence,
    answer,
    day,
    day_words,
    field_names,
    missing_of,
    nights_words,
    not_assessed,
    since_words,
)
from sufficiency.emergency_instruments import accommodation_laws
from sufficiency.spells import NightWindow, Stretch, stretches
from sufficiency.unsuitable import Nights


def unsuitable_at_all(judged: Judged) -> RuleAnswer:
    """Warn from the first night in unsuitable accommodation."""
    rule = "unsuitable_at_all"
    spell = judged.spell
    unsuitable = judged.sure.runs
    law = accommodation_laws(unsuitable or spell.runs)
    if unsuitable:
        (whole,) = stretches(unsuitable, bridge_nights=spell.nights)
        text = (_in_unsuitable, spell.child_id, unsuitable, whole, judged.adult_now)
        return answer(rule, WatchOutcome.WARNING, text, law, day(whole.first))
    missing = missing_of(run.unsuitable for run in spell.runs)
    if missing:
        return not_assessed(rule, judged, law, missing)
    nothing = ("Nothing recorded makes the accommodation of child {} unsuitable.", spell.child_id)
    return answer(rule, WatchOutcome.CLEAR, nothing, law)


def _in_unsuitable(child: str, unsuitable: Sequence[Nights], whole: Stretch, adult: bool) -> str:
    settings = ", ".join(sorted({run.stay.setting.words for run in unsuitable if run.stay.setting}))
    first = day_words(day(whole.first))
    apart = f", with {nights_words(whole.elsewhere)} elsewhere" if whole.elsewhere else ""
    if whole.open and not adult:
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
        text = (_over, judged.spell.child_id, sure, limit, over_on)
        return answer(rule, WatchOutcome.RAISED, text, law, over_on)
    possible = _telling(judged, with_unknown=True) if judged.in_doubt else sure
    if possible and possible.nights > limit:
        return _perhaps(rule, judged, law, possible)
    running = _running(judged)
    due_on = day(running.first + limit + 1) if running else None
    move_by = None if judged.adult_now else due_on
    within = (_within, judged.spell.child_id, possible, _is_doubtful(judged, possible), limit, move_by)
    return answer(rule, WatchOutcome.CLEAR, within, law, due_on)


def _over(child: str, stretch: Stretch, limit: int, over_on: date) -> str:
    spent = _spent(child, stretch, doubtful=False)
    return f"{spent}; the limit is {nights_words(limit)}, passed on {day_words(over_on)}."


def _within(child: str, stretch: Stretch | None, doubtful: bool, limit: int, over_on: date | None) -> str:
    text = f"{_spent(child, stretch, doubtful=doubtful)}; the limit is {nights_words(limit)}."
    if over_on is None:
        return text
    return f"{text} Move by {day_words(over_on - timedelta(days=1))} to stay within it."


def approaching_14_nights(judged: Judged) -> RuleAnswer:
    """Warn as the nights near the limit, and go on warning once they have passed it.

    ``due_on`` is the last day on which a move keeps the nights within the limit.
    """
    rule, law = "approaching_14_nights", "fourteen_nights"
    limit, start = judged.policy.over_14_nights, judged.policy.approaching_nights
    sure = _telling(judged, with_unknown=False)
    if sure and sure.nights >= start:
        move_by = day(sure.first + limit)
        due_on = move_by if sure.nights > limit or (sure.open and not judged.adult_now) else None
        text = (_near, judged.spell.child_id, sure, limit, move_by, judged.adult_now)
        return answer(rule, WatchOutcome.WARNING, text, law, due_on)
    possible = _telling(judged, with_unknown=True) if judged.in_doubt else sure
    if possible and possible.nights >= start:
        return _perhaps(rule, judged, law, possible)
    running = _running(judged)
    due_on = day(running.first + limit) if running else None
    far = (_far, judged.spell.child_id, possible, _is_doubtful(judged, possible), start)
    return answer(rule, WatchOutcome.CLEAR, far, law, due_on)


def _perhaps(rule: str, judged: Judged, law: str, possible: Stretch) -> RuleAnswer:
    """Return that the nights are not known to be unsuitable, with how many there are and what to record."""
    missing = missing_of(run.unsuitable for run in judged.spell.runs)
    limit = judged.policy.over_14_nights
    text = (_not_known, judged.spell.child_id, possible, limit, tuple(missing))
    return not_assessed(rule, judged, law, missing, text)


def _not_known(child: str, stretch: Stretch, limit: int, missing: Sequence[str]) -> str:
    return (
        f"Not assessed for child {child}: perhaps {since_words(stretch)} in unsuitable accommodation, against a limit "
        f"of {nights_words(limit)}. It is not known: record {field_names(missing)}."
    )


def _near(child: str, stretch: Stretch, limit: int, move_by: date, adult: bool) -> str:
    if adult:
        return f"{_spent(child, stretch, doubtful=False)}; for a child the limit is {nights_words(limit)}."
    if stretch.nights > limit:
        return f"Child {child} was to move by {day_words(move_by)} and has passed {nights_words(limit)}."
    spent = _spent(child, stretch, doubtful=False)
    if stretch.open:
        return f"{spent}. The child must move by {day_words(move_by)} to stay within {nights_words(limit)}."
    return f"{spent}."


def _far(child: str, stretch: Stretch | None, doubtful: bool, start: int) -> str:
    return f"{_spent(child, stretch, doubtful=doubtful)}; the warning starts at {nights_words(start)}."


def cumulative_nights(judged: Judged) -> RuleAnswer:
    """Raise too many unsuitable nights within the window, however they are spread.

    It stays raised for the spell once any of its days was over, so that a night more never clears it.
    """
    rule, law = "cumulative_nights", "nights_in_the_window"
    over = _first_day_over(judged, with_unknown=False)
    if over is not None:
        return answer(rule, WatchOutcome.RAISED, _window_text(judged, over), law, over)
    if judged.in_doubt and _first_day_over(judged, with_unknown=True) is not None:
        return not_assessed(rule, judged, law, judged.doubtful_because)
    return answer(rule, WatchOutcome.CLEAR, _window_text(judged, None), law)


def _window_text(judged: Judged, over: date | None) -> Sentence:
    windows = (judged.sure.window, judged.possible.window)
    spell = judged.spell
    return (_in_window, spell.child_id, *windows, spell.until, spell.open, judged.policy, over)


def _in_window(
    child: str,
    sure_window: NightWindow,
    possible_window: NightWindow,
    until: int,
    is_open: bool,
    policy: EmergencyPolicy,
    over: date | None,
) -> str:
    """Return how many of the nights of the window were unsuitable, in words; the doubtful ones apart."""
    days, limit = policy.cumulative_window_days, policy.cumulative_nights
    sure, possible = sure_window.on(until), possible_window.on(until)
    nights = f"{sure}" if possible == sure else f"{sure}, and perhaps {possible - sure} more,"
    of = f"the last {days} nights" if is_open else f"the {days} nights before {day_words(day(until))}"
    limited = f"limit is {limit}" if over is None else f"limit of {limit} was passed on {day_words(over)}"
    return f"Child {child} has spent {nights} of {of} in unsuitable accommodation; the {limited}."


def _is_doubtful(judged: Judged, stretch: Stretch | None) -> bool:
    """Say whether a stretch is only possible; nothing is where there is no doubt about any night."""
    return judged.in_doubt and stretch not in judged.sure.stretches


def _spent(child: str, stretch: Stretch | None, *, doubtful: bool) -> str:
    """Return the start of a sentence on the nights of a stretch; doubtful ones make it ``at most``."""
    if stretch is None:
        return f"Child {child} has spent no night in unsuitable accommodation"
    most = "at most " if doubtful else ""
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
