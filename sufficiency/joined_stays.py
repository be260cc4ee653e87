"""Join one child's mended episodes into stays: an unbroken time in one placement with one carer.

Mending is in ``repair.py``. A change of legal status is no new stay, nor is a return from a temporary place.
"""

from __future__ import annotations

from datetime import date

from sufficiency.episodes import EpisodeRow, Stay, placement_detail

SAME_CARER = frozenset({"L", "T", "U"})


def joined_stays(child_id: str, born: date, rows: list[EpisodeRow], first_day: date) -> list[Stay]:
    """Return one child's stays: rows joined where care went on with the same carer."""
    spans: list[list[EpisodeRow]] = []
    for row in rows:
        previous = spans[-1][-1] if spans else None
        if previous is not None and goes_on(previous, row) and _same_stay(previous, row):
            spans[-1].append(row)
        else:
            spans.append([row])
    stays: list[Stay] = []
    care_started_on, seen = born, False
    for position, span in enumerate(spans):
        first, last = span[0], span[-1]
        continued = position > 0 and goes_on(spans[position - 1][-1], first)
        if first.started_on is None:
            continue
        if not continued:
            care_started_on = first.started_on
            seen = first.reason_started == "S" or first.started_on >= first_day
        following = spans[position + 1][0] if position + 1 < len(spans) else None
        went_on = following is not None and goes_on(last, following)
        stays.append(
            Stay(
                child_id=child_id,
                date_of_birth=born,
                care_started_on=care_started_on,
                care_start_seen=seen,
                started_on=first.started_on,
                # A day's gap that care bridged is bridged by the stay that came before it.
                ended_on=following.started_on if following and went_on else last.ended_on,
                detail=placement_detail(first.place, first.provider),
                next_detail=placement_detail(following.place, following.provider)
                if following and went_on
                else None,
                place=first.place,
                provider=first.provider,
                urn=next((row.urn for row in span if row.urn), ""),
                legal_status=first.legal_status,
                reason_started=first.reason_started,
                reason_ended=last.reason_ended if last.ended_on is not None else "",
            )
        )
    return stays


def goes_on(row: EpisodeRow, following: EpisodeRow) -> bool:
    """Say whether care went on from one row to the next: on the same or the next day, not started anew."""
    if row.ended_on is None or following.started_on is None:
        return False
    gap_days = (following.started_on - row.ended_on).days
    return gap_days == 0 or (gap_days == 1 and following.reason_started != "S")


def _same_stay(row: EpisodeRow, following: EpisodeRow) -> bool:
    same_detail = placement_detail(row.place, row.provider) == placement_detail(
        following.place, following.provider
    )
    if following.reason_started:
        return same_detail and following.reason_started in SAME_CARER
    return same_detail and row.place == following.place
