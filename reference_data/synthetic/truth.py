"""The hidden truth: what a return never says and a forecast or a matching is scored against.

It is a document of its own, so that nobody who is scored can read it by accident. The futures go on from a history's
last day with the rates the children really live by: no forecast from the returns alone can know more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from reference_data.synthetic.careers import Careers, children_by_kind
from reference_data.synthetic.draws import Draws
from reference_data.synthetic.families import Inventor
from reference_data.synthetic.history import NEED_DOMAINS, History, Placement
from reference_data.synthetic.intake import Intake, planned_arrivals
from reference_data.synthetic.lives import NEVER, Life, Stay
from reference_data.synthetic.placing import kind_of
from reference_data.synthetic.rates import Rates, rates_of
from reference_data.synthetic.targets import BANDS
from reference_data.synthetic.worlds import BASE, World
from reference_data.vocabulary import PlacementGroup

GROUPS = tuple(PlacementGroup)
_ROOM_FUTURES = 5
_NUMBERS_TAKEN = 90_000
_SHORT_BREAKS = ("V3", "V4")
_GROUP_OF_KIND = {
    **dict.fromkeys("KF", PlacementGroup.FOSTERING),
    **dict.fromkeys("HSB", PlacementGroup.RESIDENTIAL),
    "G": PlacementGroup.SUPPORTED,
    **dict.fromkeys("PARYZ", PlacementGroup.OTHER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """Many futures of one authority's children from one day on.

    Parameters
    ----------
    dates
        The day itself and then month by month.
    counts
        Children in care by run, date, age band (``targets.BANDS``) and placement group (``GROUPS``). Shape
        (runs, dates, 5, 4); whole numbers.
    """

    dates: tuple[date, ...]
    counts: NDArray[np.int32]

    def mean(self) -> NDArray[np.float64]:
        """Return the mean over the runs. Shape (dates, 5, 4)."""
        mean: NDArray[np.float64] = self.counts.mean(axis=0)
        return mean

    def totals(self) -> NDArray[np.int32]:
        """Return all children in care, by run and date."""
        total: NDArray[np.int32] = self.counts.sum(axis=(2, 3), dtype=np.int32)
        return total


def futures(
    history: History,
    *,
    seed: int,
    months: int,
    runs: int,
    world: World = BASE,
    intake: Intake | None = None,
    rates: Rates | None = None,
) -> Futures:
    """Return what may become of the children of a history, and of those still to come, from its last day on.

    The state gone on from is the true one, frailty and needs included; who arrives is drawn by chance around what the
    world expects.

    Parameters
    ----------
    seed
        Of the futures; the history's own seed plays no part.
    months, runs
        How far and how many.
    world
        The world the history comes from.
    intake
        The law of intake the history comes from; ``None`` for an authority's own.
    rates
        The rates it comes from; ``None`` for the authority's own.
    """
    law = rates or rates_of(history.authority)
    coming = intake or Intake(authority=history.authority)
    dates = tuple(_months_later(history.until, month) for month in range(months + 1))
    counts = np.zeros((runs, months + 1, len(BANDS), len(GROUPS)), dtype=np.int32)
    records = _records(history)
    for run in range(runs):
        draws = Draws(seed, int(history.authority), _ROOM_FUTURES, run)
        careers = Careers(
            law,
            world,
            beds=world.beds(children_by_kind(coming)),
            draws=draws,
            inventor=Inventor(history.authority, law, draws, after=_NUMBERS_TAKEN),
        )
        for life in _lives(history, records):
            careers.add(life, history.until.toordinal())
        careers.expect(planned_arrivals(coming, law, world, draws, until=dates[-1], after=history.until))
        for position, on in enumerate(dates):
            careers.run(on.toordinal())
            _count(careers.lives, on.toordinal(), counts[run, position])
    return Futures(dates=dates, counts=counts)


def truth_document(history: History, *, rates: Rates | None = None, world: World = BASE) -> dict[str, object]:
    """Return the truth as plain values: rates, each child's true needs and frailty, and what each placement was for.

    Returns
    -------
    dict
        ``needed_by_got`` counts placements by the type needed and the PLACE code got.
    """
    law = rates or rates_of(history.authority)
    table = Counter((placement.needed, placement.place) for placement in history.placements)
    return {
        "about": "Invented children. Hidden truth, for scoring only.",
        "authority": history.authority,
        "until": history.until.isoformat(),
        "world": world.name,
        "factors": {lever: dict(values) for lever, values in law.factors.items()},
        "children": [
            {
                "child_id": child.child_id,
                "needs": dict(zip(NEED_DOMAINS, child.needs, strict=True)),
                "frailty": child.frailty,
            }
            for child in history.children
        ],
        "placements": [
            {"placement_id": placement.placement_id, "needed": placement.needed, "got": placement.place}
            for placement in history.placements
        ],
        "needed_by_got": [
            {"needed": needed, "got": got, "placements": count}
            for (needed, got), count in sorted(table.items())
        ],
    }


@dataclass(slots=True)
class _Record:
    status: str = ""
    status_since: date = date.min
    placements: tuple[Placement, ...] = ()
    periods: tuple[tuple[date, date | None, str], ...] = ()


def _records(history: History) -> dict[str, _Record]:
    found = {child.child_id: _Record() for child in history.children}
    for period in history.periods:
        record = found[period.child_id]
        record.periods += ((period.started_on, period.ended_on, period.reason_ended),)
    for status in history.statuses:
        found[status.child_id].status = status.status
        found[status.child_id].status_since = status.started_on
    for placement in history.placements:
        found[placement.child_id].placements += (placement,)
    return found


def _lives(history: History, records: dict[str, _Record]) -> list[Life]:
    """Return lives in the state in which a history leaves them, new ones each time."""
    lives = []
    households: dict[int, int] = {}
    for child in history.children:
        record = records[child.child_id]
        if record.status in _SHORT_BREAKS:
            continue
        life = Life(child)
        started, ended, reason = record.periods[-1]
        until = NEVER if ended is None else ended.toordinal()
        life.periods = [[started.toordinal(), until, reason]]
        life.care_since = started.toordinal()
        if ended is not None:
            life.left_to = {"E4A": "home", "E4B": "home", "E13": "relatives"}.get(reason, "")
            life.statuses = [[record.status, record.status_since.toordinal(), until]]
        else:
            life.in_care = True
            life.status = record.status
            life.status_since = record.status_since.toordinal()
            life.statuses = [[record.status, life.status_since, NEVER]]
            if record.status in ("L1", "L2", "L3", "J1", "J2", "J3"):
                life.order_ends = min(history.until.toordinal() + 2, life.birthdays[4])
            _take_up_placement(life, record, households)
        lives.append(life)
    return lives


def _take_up_placement(life: Life, record: _Record, households: dict[int, int]) -> None:
    settled_since, root = 0, -1
    previous: Placement | None = None
    for placement in record.placements:
        goes_on = previous is not None and previous.ended_on == placement.started_on
        same = goes_on and (
            placement.same_carer or "T" in (placement.place[0], (previous or placement).place[0])
        )
        if not same:
            settled_since = placement.started_on.toordinal()
            root = placement.placement_id
            if placement.with_placement_id is not None:
                root = households.get(placement.with_placement_id, placement.with_placement_id)
        households[placement.placement_id] = root
        previous = placement
    for placement in record.placements[-2:]:
        last = record.placements[-1]
        stay = Stay(
            key=placement.placement_id,
            life=life,
            started=placement.started_on.toordinal(),
            kind=kind_of(placement.place) or kind_of(record.placements[-2].place),
            place=placement.place,
            provider=placement.provider,
            locality=placement.locality,
            planned=placement.planned,
            same_carer=placement.same_carer,
            with_key=placement.with_placement_id,
            needed=placement.needed,
        )
        life.stays.append(stay)
        if placement is last:
            life.stay = stay
    life.settled_since = settled_since
    life.household = root


def _count(lives: list[Life], day: int, counts: NDArray[np.int32]) -> None:
    for life in lives:
        if life.in_care and life.stay is not None:
            band = life.band(day)
            if band < len(BANDS):
                counts[band, GROUPS.index(_GROUP_OF_KIND[life.stay.kind])] += 1


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - date(year, month + 1, 1)).days
    return date(year, month + 1, min(day.day, last))
