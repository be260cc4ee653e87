"""Returns as three tidy tables that others can use: periods of care, placements, and homes by URN.

One row is one thing, one column one fact, under the names of ``COLUMNS``. No birth date and no postcode is in them: ages
are in whole years. Reading and mending are in ``returns.py`` and ``repair.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from reference_data.ages import age_on
from sufficiency.episodes import Stay
from sufficiency.repair import CareHistory, repaired_history
from sufficiency.returns import Returns

COLUMNS: dict[str, dict[str, str]] = {
    "periods": {
        "child_id": "the child's pseudonymous id; of several councils it begins with the council's code",
        "period": "1 for the child's first period of care in the returns, 2 for the next ...",
        "started_on": "first day looked after, as far back as the returns show",
        "start_seen": "no where the period may have begun before the returns do",
        "ended_on": "the day after the last night; empty while it lasts",
        "nights": "nights from the start to the end, or to the last day known",
        "age_at_start": "whole years",
        "placements": "how many placements it has",
        "first_detail": "the kind of its first placement",
        "last_detail": "the kind of its last placement so far",
        "reason_ended": "REC: why care ended; empty while it lasts or where it is not known",
    },
    "placements": {
        "child_id": "as in periods",
        "period": "as in periods",
        "placement": "1 for the first placement of the period, 2 for the next ...",
        "started_on": "first day with this carer in this placement",
        "ended_on": "the day after the last night; empty while it lasts",
        "nights": "nights from the start to the end, or to the last day known",
        "age_at_start": "whole years",
        "place": "PLACE, as returned",
        "provider": "PLACE_PROVIDER, as returned",
        "detail": "the kind of placement a forecast follows",
        "group": "fostering, residential, supported or other",
        "urn": "the home's registration number, where it is returned",
        "legal_status": "LS on the first day",
        "reason_started": "RNE of the first episode: S care began, P, B or T a move, L or U the law changed",
        "next_detail": "the kind of the placement moved to; empty where care ended or the placement lasts",
    },
    "homes": {
        "urn": "the registration number",
        "details": "the kinds of placement returned for it, joined by ;",
        "first_day": "the first night a child of ours is known to have been there",
        "last_day": "the last such night, or the last day known",
        "placements": "how many placements",
        "children": "how many children",
        "nights": "how many nights of children",
        "there_now": "children there on the last day known",
    },
}
"""The tables and their columns, each with its meaning."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyTables:
    """The three tables; rows are plain values under the names of ``COLUMNS``, ready for ``pandas.DataFrame``.

    Parameters
    ----------
    known_to
        The last day the returns describe.
    placements_without_urn
        How many placements name no home by URN, and so stand in no row of ``homes``.
    """

    periods: tuple[Row, ...]
    placements: tuple[Row, ...]
    homes: tuple[Row, ...]
    known_to: date
    placements_without_urn: int

    def grid(self, name: str) -> list[list[object]]:
        """Return a table as rows of cells, the heading first."""
        columns = list(COLUMNS[name])
        return [list(columns), *([row[column] for column in columns] for row in getattr(self, name))]


def tidy_tables(returns: Returns, *, known_on: date | None = None) -> TidyTables:
    """Return a council's returns as three tidy tables, after every repair.

    Parameters
    ----------
    returns
        From ``read_returns``.
    known_on
        Forget everything recorded after this day; ``None`` uses everything.

    Examples
    --------
    >>> from reference_data.sample import SAMPLE_RETURNS
    >>> from sufficiency import read_returns
    >>> tidy = tidy_tables(read_returns(SAMPLE_RETURNS))
    >>> len(tidy.placements) >= len(tidy.periods) > 0
    True
    """
    history = repaired_history(returns, known_on=known_on)
    periods: list[Row] = []
    placements: list[Row] = []
    for _, of_child in groupby(history.stays, key=lambda stay: stay.child_id):
        for number, (_, stays) in enumerate(
            groupby(of_child, key=lambda stay: stay.care_started_on), start=1
        ):
            own = list(stays)
            periods.append(_period(own, number, history))
            placements.extend(
                _placement(stay, number, place, history) for place, stay in enumerate(own, start=1)
            )
    return TidyTables(
        periods=tuple(periods),
        placements=tuple(placements),
        homes=tuple(_homes(history)),
        known_to=history.known_to,
        placements_without_urn=sum(not stay.urn for stay in history.stays),
    )


def _nights(started_on: date, ended_on: date | None, history: CareHistory) -> int:
    return max(((ended_on or history.known_to + timedelta(days=1)) - started_on).days, 0)


def _period(stays: list[Stay], number: int, history: CareHistory) -> Row:
    first, last = stays[0], stays[-1]
    return {
        "child_id": first.child_id,
        "period": number,
        "started_on": first.care_started_on,
        "start_seen": "yes" if first.care_start_seen else "no",
        "ended_on": last.ended_on,
        "nights": _nights(first.care_started_on, last.ended_on, history),
        "age_at_start": age_on(first.date_of_birth, first.care_started_on),
        "placements": len(stays),
        "first_detail": str(first.detail),
        "last_detail": str(last.detail),
        "reason_ended": last.reason_ended if last.ended_on else "",
    }


def _placement(stay: Stay, period: int, number: int, history: CareHistory) -> Row:
    return {
        "child_id": stay.child_id,
        "period": period,
        "placement": number,
        "started_on": stay.started_on,
        "ended_on": stay.ended_on,
        "nights": _nights(stay.started_on, stay.ended_on, history),
        "age_at_start": age_on(stay.date_of_birth, stay.started_on),
        "place": stay.place,
        "provider": stay.provider,
        "detail": str(stay.detail),
        "group": str(stay.detail.group),
        "urn": stay.urn,
        "legal_status": stay.legal_status,
        "reason_started": stay.reason_started,
        "next_detail": str(stay.next_detail) if stay.next_detail else "",
    }


def _homes(history: CareHistory) -> Iterable[Row]:
    named = sorted((stay for stay in history.stays if stay.urn), key=lambda stay: stay.urn)
    for urn, of_home in groupby(named, key=lambda stay: stay.urn):
        stays = list(of_home)
        last = max(stay.ended_on - timedelta(days=1) if stay.ended_on else history.known_to for stay in stays)
        yield {
            "urn": urn,
            "details": ";".join(sorted({str(stay.detail) for stay in stays})),
            "first_day": min(stay.started_on for stay in stays),
            "last_day": last,
            "placements": len(stays),
            "children": len({stay.child_id for stay in stays}),
            "nights": sum(_nights(stay.started_on, stay.ended_on, history) for stay in stays),
            "there_now": sum(
                stay.started_on <= history.known_to
                and (stay.ended_on is None or stay.ended_on > history.known_to)
                for stay in stays
            ),
        }
