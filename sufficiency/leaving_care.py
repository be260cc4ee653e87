"""Who turns 18 in care: how many by month, from which kind of home, where they will live next, and which beds "
"stay filled.

Today's young people are followed to their eighteenth birthday by what past ones of the same kind of home did; those who
have not come yet are counted as past months brought them. Where people go next is what the returns say of those who
turned 18. Beds for 16 and over that stay filled after 18 because nothing is ready are seen in the homes' own residents.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from matching.home import Home
from reference_data.ages import birthday
from reference_data.codelists import codes
from reference_data.law import law_number
from reference_data.vocabulary import HomeStatus, PlacementGroup, PlacementType, placement_group
from sufficiency.episodes import EpisodeRow, Stay
from sufficiency.forecast import monthly_dates
from sufficiency.repair import CareHistory
from sufficiency.stays import FloatArray

YEARS_LOOKED_BACK = 4
LATEST_AFTER_BIRTHDAY_DAYS = 7
"""An end of care this soon after the eighteenth birthday is that of coming of age: returns end it on the day "
"or the next."""
DRAWS = 2_000
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class _Young:
    """One young person's time in care before 18, by which kind of home on each day."""

    turns: date
    care_started_on: date
    stays: tuple[Stay, ...]

    def group_on(self, day: date) -> PlacementGroup | None:
        for stay in self.stays:
            if stay.started_on <= day and (stay.ended_on is None or day < stay.ended_on):
                return stay.detail.group
        return None


def leaving_care(
    history: CareHistory, episodes: Iterable[EpisodeRow], *, months: int, seed: int = 0
) -> dict[str, Any]:
    """Return how many will turn 18 in care in each coming month, from where, and where they will live next.

    Parameters
    ----------
    history
        Repaired stays; the first month begins the day after the last known.
    episodes
        The rows of the returns, for why care ended.
    months
        How many months to look ahead, 1 to 36.
    seed
        Where random numbers start.

    Returns
    -------
    ``months`` (``from``, ``mean``, ``p10``, ``p90``), ``total`` (the same over all months), ``from_group`` (mean by kind
    of home at 18), ``next`` (share of those who turned 18 in the last years by REC code with its words), ``seen`` (how
    many those were) and ``recorded_next`` (how many of them say where).
    """
    young = _young_people(history)
    today = history.known_to
    starts = monthly_dates(today + timedelta(days=1), months)
    random = np.random.default_rng(np.random.SeedSequence(seed))
    reached = np.zeros((DRAWS, months))
    by_group: dict[PlacementGroup, float] = defaultdict(float)
    for month, (begin, end) in enumerate(pairwise(starts)):
        ahead = (begin - today).days + (end - begin).days // 2
        chances: dict[PlacementGroup, FloatArray] = {}
        stayed = _reached_18(young, today, ahead)
        for one in young:
            now = one.group_on(today)
            if now is None or not begin <= one.turns < end:
                continue
            seen, places = stayed.get(now, (0, Counter({now: 1})))
            at_18 = sum(places.values()) if now in stayed else 0
            if now not in chances:
                # Jeffreys' prior: three young people of a kind are no certainty.
                chances[now] = random.beta(at_18 + 0.5, seen - at_18 + 0.5, size=DRAWS)
            reached[:, month] += random.random(DRAWS) < chances[now]
            _share_out(by_group, float(chances[now].mean()), places)
        late, seen_months = _came_late(young, history, today, ahead)
        came = random.gamma(sum(late.values()) + 0.5, 1 / seen_months, size=DRAWS)
        reached[:, month] += random.poisson(came * (end - begin).days / _DAYS_A_MONTH)
        _share_out(by_group, float(came.mean()), late)
    nexts, past = _where_next(history, episodes)
    recorded = sum(nexts.values())
    return {
        "months": [
            {"from": begin.isoformat(), **_spread(reached[:, month])}
            for month, begin in enumerate(starts[:-1])
        ],
        "total": _spread(reached.sum(axis=1)),
        "from_group": {
            str(group): round(mean, 1) for group, mean in sorted(by_group.items(), key=lambda item: -item[1])
        },
        "next": [
            {"code": code, "text": _words(code), "share": round(number / recorded, 4)}
            for code, number in sorted(nexts.items(), key=lambda item: (-item[1], item[0]))
        ],
        "seen": past,
        "recorded_next": recorded,
    }


def filled_after_18(homes: Sequence[Home]) -> list[dict[str, Any]]:
    """Return by kind of home how many places residents of 18 and over fill, most first.

    In fostering that is Staying Put and a home kept; in accommodation for 16 and 17 a bed that the next young person
    waits for.
    """
    adult = law_number("child")
    found: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for home in homes:
        if not isinstance(home.type, PlacementType) or home.status is HomeStatus.CLOSED:
            continue
        if placement_group(home.type) is PlacementGroup.OTHER:
            continue
        over = sum(resident.age is not None and resident.age >= adult for resident in home.residents or ())
        found[str(home.type)] += over
        places[str(home.type)] += home.places or 0
    return [
        {"type": kind, "over_18": number, "places": places[kind]}
        for kind, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        if number
    ]


def _young_people(history: CareHistory) -> list[_Young]:
    """Return everybody who was in care at some time in the last years before 18, one for each period of care."""
    adult = law_number("child")
    periods: dict[tuple[str, date], list[Stay]] = defaultdict(list)
    for stay in history.stays:
        periods[stay.child_id, stay.care_started_on].append(stay)
    return [
        _Young(
            turns=birthday(stays[0].date_of_birth, adult),
            care_started_on=began,
            stays=tuple(sorted(stays, key=lambda stay: stay.started_on)),
        )
        for (_, began), stays in sorted(periods.items())
    ]


def _in_care_at_18(one: _Young) -> PlacementGroup | None:
    """Return the kind of home on the last night before the eighteenth birthday, or ``None`` if out of care by then."""
    return one.group_on(one.turns - timedelta(days=1))


def _window(today: date) -> date:
    return today - timedelta(days=round(YEARS_LOOKED_BACK * 365.25))


def _reached_18(
    young: Sequence[_Young], today: date, ahead: int
) -> dict[PlacementGroup, tuple[int, Counter[PlacementGroup]]]:
    """Return by kind of home so many days before 18 how many were in it, and the kinds that those in care at "
    "18 were in."""
    seen: Counter[PlacementGroup] = Counter()
    ends: dict[PlacementGroup, Counter[PlacementGroup]] = defaultdict(Counter)
    for one in young:
        if _window(today) <= one.turns <= today:
            before = one.group_on(one.turns - timedelta(days=ahead))
            if before is not None:
                seen[before] += 1
                at_18 = _in_care_at_18(one)
                if at_18 is not None:
                    ends[before][at_18] += 1
    return {group: (number, ends[group]) for group, number in seen.items()}


def _came_late(
    young: Sequence[_Young], history: CareHistory, today: date, ahead: int
) -> tuple[Counter[PlacementGroup], float]:
    """Return those who turned 18 in care and came so few days before, by kind of home, and the months they are "
    "seen in."""
    first = max(_window(today), history.first_day + timedelta(days=ahead))
    late: Counter[PlacementGroup] = Counter()
    for one in young:
        at_18 = _in_care_at_18(one) if first <= one.turns <= today else None
        if at_18 is not None and (one.turns - one.care_started_on).days < ahead:
            late[at_18] += 1
    months = max((today - first).days / _DAYS_A_MONTH, 1.0)
    return late, months


def _share_out(found: dict[PlacementGroup, float], mean: float, places: Counter[PlacementGroup]) -> None:
    total = sum(places.values())
    for group, number in places.items():
        found[group] += mean * number / total


def _where_next(history: CareHistory, episodes: Iterable[EpisodeRow]) -> tuple[Counter[str], int]:
    """Return the REC codes of those who turned 18 in care in the last years, and how many they were."""
    turned = {
        stay.child_id: birthday(stay.date_of_birth, law_number("child"))
        for stay in history.stays
        if stay.ended_on is not None
    }
    at_18 = {
        one.stays[0].child_id
        for one in _young_people(history)
        if _window(history.known_to) <= one.turns <= history.known_to and _in_care_at_18(one) is not None
    }
    reasons: dict[str, str] = {}
    for row in episodes:
        turns = turned.get(row.child_id)
        if (
            row.child_id not in at_18
            or turns is None
            or row.ended_on is None
            or row.reason_ended in ("", "X1")
        ):
            continue
        if 0 <= (row.ended_on - turns).days + 1 <= LATEST_AFTER_BIRTHDAY_DAYS:
            reasons[row.child_id] = row.reason_ended
    return Counter(reasons.values()), len(at_18)


def _words(code: str) -> str:
    known = codes("REC").get(code)
    return known.label if known else "a code that no list of the return has"


def _spread(values: FloatArray) -> dict[str, float]:
    low, high = np.quantile(values, [0.1, 0.9])
    return {"mean": round(float(values.mean()), 1), "p10": round(float(low), 1), "p90": round(float(high), 1)}
