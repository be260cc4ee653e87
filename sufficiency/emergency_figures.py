"""Nights in emergency accommodation, one by one and by month, for the page and for the annual report.

Every figure is of the same spells and nights as the watch's own answers. Numbers small enough to
point at a child are here as they are: whoever publishes them suppresses them (``disclosure``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from matching.policy import EmergencyPolicy, Policy
from reference_data.problems import InvalidInput
from reference_data.vocabulary import WatchOutcome
from sufficiency.emergency import watch
from sufficiency.emergency_stay import Stay
from sufficiency.unsuitable import Answer, nights_of

_WORST_FIRST = (Answer.YES, Answer.UNKNOWN, Answer.NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildNight:
    """Where one child was on one night; the date is the evening's.

    Parameters
    ----------
    settings
        Codes of the settings; several where stays overlap, none where no setting is recorded.
    unsuitable, unlawful
        ``yes``, ``no`` or ``unknown``, by the law of that night.
    """

    night: date
    child_id: str
    settings: tuple[str, ...]
    unsuitable: str
    unlawful: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfNights:
    """One month's figures.

    Parameters
    ----------
    month
        Its first day.
    children, nights
        Children with an unsuitable night in the month, and those nights, each child's once.
    children_perhaps, nights_perhaps
        The same with nights that may have been unsuitable: a fact is missing.
    over_14_nights
        Children whose spell was over the policy's number at some time of the month.
    unlawful
        Children with a night in a setting that the law bars for them.
    """

    month: date
    children: int
    nights: int
    children_perhaps: int
    nights_perhaps: int
    over_14_nights: int
    unlawful: int


def nights_between(stays: Iterable[Stay], first: date, last: date) -> tuple[ChildNight, ...]:
    """Return every night of every child from one evening to another, both included, in order.

    Parameters
    ----------
    last
        Tonight at the latest: an open stay is taken to go on until then.

    Raises
    ------
    InvalidInput
        If the last evening is before the first.
    """
    if last < first:
        raise InvalidInput("dates_reversed", "The last night is before the first. Exchange the dates.")
    by_child: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        if not stay.is_holiday:
            by_child[stay.child_id].append(stay)
    found: list[ChildNight] = []
    for child_id, own in by_child.items():
        births = {stay.date_of_birth for stay in own if stay.date_of_birth}
        born = births.pop() if len(births) == 1 else None
        nights: defaultdict[int, list[tuple[str | None, Answer, Answer]]] = defaultdict(list)
        for stay in sorted(own, key=lambda one: (one.started_on, one.stay_id)):
            setting = str(stay.setting) if stay.setting else None
            for run in nights_of(stay, born, last):
                for night in range(max(run.first, first.toordinal()), min(run.end, last.toordinal() + 1)):
                    nights[night].append((setting, run.unsuitable.answer, run.unlawful.answer))
        for night, there in nights.items():
            found.append(
                ChildNight(
                    night=date.fromordinal(night),
                    child_id=child_id,
                    settings=tuple(dict.fromkeys(setting for setting, _, _ in there if setting)),
                    unsuitable=_worst(unsuitable for _, unsuitable, _ in there),
                    unlawful=_worst(unlawful for _, _, unlawful in there),
                )
            )
    return tuple(sorted(found, key=lambda one: (one.night, one.child_id)))


def monthly_figures(
    stays: Iterable[Stay],
    *,
    start: date,
    months: int,
    as_of: date,
    policy: Policy | EmergencyPolicy | None = None,
) -> tuple[MonthOfNights, ...]:
    """Return the figures of each month from that of a day on; a month not over yet counts up to ``as_of``.

    Use it for the annual report. Nights count in the month of their evening, and tonight is not
    counted before tomorrow, so months add up to the nights of the year.

    Raises
    ------
    InvalidInput
        If there is no month to tell of.
    """
    if months < 1:
        raise InvalidInput("no_months", "Ask for at least one month.")
    stays = tuple(stays)
    found: list[MonthOfNights] = []
    first = start.replace(day=1)
    for _ in range(months):
        following = (first + timedelta(days=32)).replace(day=1)
        until = min(following, as_of)
        if until <= first:
            break
        nights = nights_between(stays, first, until - timedelta(days=1))
        sure = [one for one in nights if one.unsuitable == Answer.YES.value]
        perhaps = [one for one in nights if one.unsuitable != Answer.NO.value]
        there = {one.child_id for one in nights}
        found.append(
            MonthOfNights(
                month=first,
                children=len({one.child_id for one in sure}),
                nights=len(sure),
                children_perhaps=len({one.child_id for one in perhaps}),
                nights_perhaps=len(perhaps),
                # Whoever spent no night of the month anywhere was in no spell in it, so years of history cost little.
                over_14_nights=_over_14(
                    [stay for stay in stays if stay.child_id in there], first, until, policy
                ),
                unlawful=len({one.child_id for one in nights if one.unlawful == Answer.YES.value}),
            )
        )
        first = following
    return tuple(found)


def _over_14(stays: Iterable[Stay], first: date, until: date, policy: Policy | EmergencyPolicy | None) -> int:
    report = watch(stays, as_of=until, policy=policy)
    return len(
        {
            spell.child_id
            for spell in report.spells
            if (spell.ended_on is None or spell.ended_on > first)
            and any(
                answer.rule == "over_14_nights" and answer.outcome is WatchOutcome.RAISED
                for answer in spell.rules
            )
        }
    )


def _worst(answers: Iterable[Answer]) -> str:
    there = set(answers)
    return next(answer.value for answer in _WORST_FIRST if answer in there)
