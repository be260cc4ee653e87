"""Turn lives into a ``History``: plain records, numbered in order, without those who left before its first day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from reference_data.synthetic.history import History, LegalStatus, PeriodOfCare, Placement
from reference_data.synthetic.lives import NEVER, Life, Stay

FIRST_DAY = date(2016, 4, 1)
"""Whoever was in care on or after this day is in the history, with everything that happened before."""


def history_of(
    authority: str, until: date, lives: Iterable[Life], stays: list[Stay], first_day: date = FIRST_DAY
) -> History:
    """Return the history of lives up to and including a day.

    Parameters
    ----------
    stays
        Every placement, in the order in which they were made.
    """
    first = first_day.toordinal()
    known = sorted(
        (life for life in lives if life.periods and int(life.periods[-1][1]) >= first),
        key=lambda life: life.child.child_id,
    )
    kept = {id(life) for life in known}
    numbered: dict[int, int] = {}
    for stay in sorted((s for s in stays if id(s.life) in kept), key=lambda s: (s.started, s.key)):
        numbered[stay.key] = len(numbered) + 1
    return History(
        authority=authority,
        until=until,
        children=tuple(life.child for life in known),
        periods=tuple(
            PeriodOfCare(
                child_id=life.child.child_id,
                started_on=date.fromordinal(int(start)),
                ended_on=_day(int(end)),
                reason_ended=str(reason),
            )
            for life in known
            for start, end, reason in life.periods
        ),
        statuses=tuple(
            LegalStatus(
                child_id=life.child.child_id,
                status=str(status),
                started_on=date.fromordinal(int(start)),
                ended_on=_day(int(end)),
            )
            for life in known
            for status, start, end in life.statuses
        ),
        placements=tuple(
            Placement(
                placement_id=numbered[stay.key],
                child_id=life.child.child_id,
                started_on=date.fromordinal(stay.started),
                ended_on=_day(stay.ended),
                place=stay.place,
                provider=stay.provider,
                locality=stay.locality,
                planned=stay.planned,
                same_carer=stay.same_carer,
                with_placement_id=None if stay.with_key is None else numbered.get(stay.with_key),
                needed=stay.needed,
                reason_ended=stay.reason,
            )
            for life in known
            for stay in life.stays
        ),
    )


def _day(ordinal: int) -> date | None:
    return None if ordinal == NEVER else date.fromordinal(ordinal)
