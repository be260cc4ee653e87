"""The smaller tables of a return: reviews, adoption, earlier permanence, going missing, social workers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reference_data.synthetic.chances import chance, chosen
from reference_data.synthetic.history import Child, LegalStatus, PeriodOfCare, Placement
from reference_data.synthetic.return_years import shown

if TYPE_CHECKING:
    from reference_data.synthetic.returns import Episode

Row = tuple[str, ...]

_TAKES_PART = ("PN1", "PN2", "PN3", "PN4", "PN5", "PN6", "PN7")
_TAKES_PART_WEIGHTS = (48.0, 3.0, 2.0, 2.0, 22.0, 16.0, 7.0)
_ADOPTERS = ("MF", "FF", "MM", "F1", "M1")
_WHY_NOT_ADOPTED = ("RD1", "RD2", "RD3", "RD4")
_WORKER_LEAVES = ("MANAGE", "FCONTA", "LEFTRL", "ORGRST", "TSPROC", "ABSENC", "CHCHAN", "OTHERS")
_WORKER_LEAVES_WEIGHTS = (12.0, 8.0, 34.0, 8.0, 24.0, 6.0, 4.0, 4.0)


def review_rows(child: Child, periods: Iterable[PeriodOfCare], first: date, last: date) -> list[Row]:
    """Return the reviews in a year: within 20 working days, three months later, then every half year."""
    rows: list[Row] = []
    for period in periods:
        end = min(period.ended_on or date.max, last + timedelta(days=1))
        due, number = period.started_on, 0
        while True:
            spread = chance(child.child_id, "review", period.started_on, number)
            due += timedelta(days=(18, 78, 160)[min(number, 2)] + int(spread * (8, 12, 22)[min(number, 2)]))
            if due >= end:
                break
            if due >= first:
                young = (due - child.date_of_birth).days < 4 * 365.25
                code = (
                    "PN0" if young else chosen(_TAKES_PART, _TAKES_PART_WEIGHTS, child.child_id, "part", due)
                )
                rows.append((child.child_id, shown(child.date_of_birth), shown(due), code))
            number += 1
    return rows


def adoption_rows(
    child: Child, periods: Sequence[PeriodOfCare], placements: Sequence[Placement], first: date, last: date
) -> list[Row]:
    """Return the row of a child adopted in a year."""
    period = periods[-1]
    adopted = period.reason_ended in ("E11", "E12") and period.ended_on is not None
    if not adopted or period.ended_on is None or not first <= period.ended_on <= last:
        return []
    start = next(
        (p for p in reversed(placements) if p.place.startswith("A") and p.ended_on == period.ended_on), None
    )
    if start is None:
        return []
    by_foster_carer = start.place in ("A3", "A5")
    adopters = chosen(_ADOPTERS, (74.0, 7.0, 8.0, 10.0, 1.0), child.child_id, "adopters")
    status = (
        "L0"
        if adopters in ("F1", "M1")
        else chosen(("L11", "L12", "L2", "L3"), (70, 8, 10, 12), child.child_id, "couple")
    )
    return [
        (
            child.child_id,
            shown(child.date_of_birth),
            shown(start.started_on),
            shown(start.started_on),
            "1" if by_foster_carer else "0",
            "1" if adopters in ("F1", "M1") else "2",
            adopters,
            status,
        )
    ]


def decision_rows(
    child: Child, periods: Sequence[PeriodOfCare], statuses: Iterable[LegalStatus], first: date, last: date
) -> list[Row]:
    """Return the decisions that a child should be adopted that stood at some time in a year."""
    rows: list[Row] = []
    for status in statuses:
        ended = status.ended_on
        if status.status != "E1" or status.started_on > last or (ended is not None and ended < first):
            continue
        adopted = any(p.ended_on == ended and p.reason_ended in ("E11", "E12") for p in periods if ended)
        given_up = ended is not None and ended <= last and not adopted
        rows.append(
            (
                child.child_id,
                shown(child.date_of_birth),
                shown(status.started_on),
                shown(ended) if given_up else "",
                chosen(_WHY_NOT_ADOPTED, (40.0, 15.0, 25.0, 20.0), child.child_id, "RD") if given_up else "",
            )
        )
    return rows


def previous_permanence_rows(
    child: Child, periods: Iterable[PeriodOfCare], first: date, last: date
) -> list[Row]:
    """Return what is known of an earlier adoption or order, of a child who came into care in a year."""
    if not any(first <= period.started_on <= last for period in periods):
        return []
    code = chosen(("Z1", "P1", "P2", "P3"), (93.0, 1.0, 3.5, 2.5), child.child_id, "permanence")
    if (last - child.date_of_birth).days < 3 * 365 or child.uasc:
        code = "Z1"
    born = child.date_of_birth.year
    when = "" if code == "Z1" else f"zz/zz/{born + 1 + int(chance(child.child_id, 'when') * 2)}"
    return [(child.child_id, shown(child.date_of_birth), code, "", when)]


def missing_rows(child: Child, episodes: Iterable[Episode], first: date, last: date) -> list[Row]:
    """Return the times a child went missing or was away without authorisation in a year."""
    rows: list[Row] = []
    risk = child.needs[3]
    for episode in episodes:
        start = episode.started_on
        end = episode.ended_on or last + timedelta(days=400)
        # A month at a time, so that the same event stands in whichever return it falls.
        month = date(start.year, start.month, 1)
        while month < end and month <= last:
            following = date(month.year + (month.month == 12), month.month % 12 + 1, 1)
            age = (month - child.date_of_birth).days / 365.25
            odds = 0.0 if age < 10 else 0.012 * 2.0 ** ((risk - 45) / 12) * (1.4 if age >= 14 else 0.5)
            if chance(child.child_id, "missing", month) < min(odds, 0.5):
                went = month + timedelta(days=int(chance(child.child_id, "went", month) * 26))
                nights = 1 + int(chance(child.child_id, "nights", month) ** 3 * 6)
                back = went + timedelta(days=nights)
                if start < went and back < end and went <= last and back >= first:
                    code = "M" if chance(child.child_id, "kind", month) < 0.82 else "A"
                    ended = shown(back) if back <= last else ""
                    rows.append((child.child_id, shown(child.date_of_birth), code, shown(went), ended))
            month = following
    return rows


def social_worker_rows(child: Child, periods: Iterable[PeriodOfCare], first: date, last: date) -> list[Row]:
    """Return the social workers a child had in a year, one after another without a gap."""
    rows: list[Row] = []
    for period in periods:
        end = period.ended_on or date.max
        start, number = period.started_on, 0
        while start < end and start <= last:
            days = 40 + int(chance(child.child_id, "worker", start) ** 1.5 * 900)
            until = min(start + timedelta(days=days), end)
            if until >= first:
                worker = int(chance(child.child_id, "worker id", start) * 120) + 1
                closed = until <= last
                leaves = (
                    "CHCHAN"
                    if until == end
                    else chosen(_WORKER_LEAVES, _WORKER_LEAVES_WEIGHTS, child.child_id, "why", start)
                )
                rows.append(
                    (
                        child.child_id,
                        shown(child.date_of_birth),
                        f"DEMO-SW-{worker:03d}",
                        shown(start),
                        shown(until) if closed else "",
                        leaves if closed else "",
                    )
                )
            start, number = until, number + 1
    return rows
