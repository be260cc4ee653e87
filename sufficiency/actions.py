"""What to do first: candidate actions, alone and together, by children kept near home, nights without a bed, and pounds.

An action adds beds of a kind in a place from a date, or changes how many children need one. Each is tried on the same
futures, so that a difference is the action's and not chance. Beds are counted by age here, and by whom they fit in
``actions_by_fit.py``. The best combination within a budget is found exactly: beds of one group do not serve another, so
every combination of a group is worked out once, those that another beats on both the aim and cost are dropped, and the
rest are put together. Futures kept apart from the choice then say whether it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, combinations, product
from typing import Any, Protocol

import numpy as np

from matching.home import Home
from reference_data.problems import InvalidInput
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.prices import Prices
from sufficiency.shortfall import SHORTFALL_GROUPS, beds_by_range, beds_short, needed_beds
from sufficiency.stays import FloatArray, IntArray

MOST_IN_A_GROUP = 8
"""Actions that add beds to one group and are tried in every combination."""
MOST_ON_NEED = 4
AIMS = ("near_home", "without_a_bed", "young_people_without_a_bed", "pounds")
_ADULTHOOD_BAND = len(AGE_BANDS) - 1
_DAYS_A_WEEK = 7
_Row = tuple[float, int, tuple[str, ...]]
"""The value of an aim, what it costs in pence, and the actions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BedAction:
    """Beds of a kind in a place from a date: a home, a block contract, carers recruited, a crisis bed.

    Parameters
    ----------
    group
        The placement group that the beds serve.
    beds
        How many we can use; above 0. Carers recruited: those approved and available, not enquiries.
    from_day
        The first night.
    ages
        First and last age band taken.
    local
        Whether in our own or an adjoining area.
    weekly_pence
        What the beds cost a week from then on, full or empty, together.
    once_pence
        What they cost once.
    home
        The home they would be in, with what it could meet, so that it can be asked which children fit; ``None`` fits
        every child of the ages. Its id is ``home_id``.
    """

    name: str
    group: PlacementGroup
    beds: int
    from_day: date
    ages: tuple[str, str] = (AGE_BANDS[0], AGE_BANDS[-1])
    local: bool = True
    weekly_pence: int = 0
    once_pence: int = 0
    home: Home | None = None

    def __post_init__(self) -> None:
        if self.group not in SHORTFALL_GROUPS:
            raise InvalidInput("action_group", f"{self.name}: no beds of this kind are counted.")
        if self.beds < 1 or min(self.weekly_pence, self.once_pence) < 0:
            raise InvalidInput("action_beds", f"{self.name}: give at least one bed, and costs of 0 or more.")
        if any(band not in AGE_BANDS for band in self.ages):
            raise InvalidInput("action_ages", f"{self.name}: ages are bands from {', '.join(AGE_BANDS)}.")

    @property
    def home_id(self) -> str:
        """Return the id by which the beds are known among those of homes."""
        return f"action: {self.name}"

    def supply(self) -> BedSupply:
        """Return the beds as the capacity counts them."""
        return BedSupply(
            home_id=self.home_id,
            group=self.group,
            first_band=AGE_BANDS.index(self.ages[0]),
            last_band=AGE_BANDS.index(self.ages[1]),
            beds=float(self.beds),
            from_day=self.from_day,
            until_day=None,
            local=self.local,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedAction:
    """A change in how many children need which home: a step-down, shorter stays, support at the edge of care.

    Parameters
    ----------
    weekly_pence, once_pence
        What doing it costs.
    from_day
        The first day it costs anything.
    """

    name: str
    from_day: date
    weekly_pence: int = 0
    once_pence: int = 0

    def __post_init__(self) -> None:
        if min(self.weekly_pence, self.once_pence) < 0:
            raise InvalidInput("action_cost", f"{self.name}: give costs of 0 or more.")


Action = BedAction | NeedAction
Needs = Mapping[frozenset[str], IntArray]
"""Counts of the same futures with each set of need actions done, by their names; the empty set is the base."""


class Fit(Protocol):
    """What beds do for children who come, counting only those that fit (``actions_by_fit.py``)."""

    def part(self, runs: slice) -> Fit:
        """Return some of the futures."""

    def nights(
        self, group: PlacementGroup, on_need: frozenset[str], actions: Sequence[BedAction]
    ) -> FloatArray:
        """Return nights not near home, without a bed, and the same at 16 and 17. Shape (3, runs)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """The futures that actions are tried on.

    Parameters
    ----------
    dates
        Dates of the counts, increasing, at least 2; each count holds until the next date.
    needs
        Children in care, shape (runs, dates, age bands, details), for each set of need actions.
    capacity
        The beds there are; its authority must be known.
    prices
        What a child who finds none of these beds costs, by kind; the dearest of a group that has a price is taken. A
        group without prices saves nothing.
    fit
        Counts only beds that fit the children who come, in as many futures; by default every bed for the age counts.
    """

    dates: tuple[date, ...]
    needs: Needs
    capacity: Capacity
    prices: Prices
    fit: Fit | None = None

    def __post_init__(self) -> None:
        if len(self.dates) < 2 or frozenset() not in self.needs:
            raise InvalidInput(
                "actions_futures", "Give the futures of at least one month, with nothing done too."
            )
        if self.capacity.authority is None:
            raise InvalidInput(
                "actions_authority", "Say whose beds these are; what is near home depends on it."
            )

    def part(self, runs: slice) -> Futures:
        """Return some of the futures."""
        needs = {names: counts[runs] for names, counts in self.needs.items()}
        fit = None if self.fit is None else self.fit.part(runs)
        return replace(self, needs=needs, fit=fit)


def ranked_actions(actions: Sequence[Action], futures: Futures) -> dict[str, Any]:
    """Return what each action does by itself, the one that keeps most children near home first.

    Returns
    -------
    ``base``: nights of the whole time with nothing done, mean over futures, by ``near_home`` (child-nights for which no
    bed of ours in our own or an adjoining area is free), ``without_a_bed`` (none anywhere) and
    ``young_people_without_a_bed`` (the same at 16 and 17: who ends up in unsuitable accommodation); and ``actions``: for
    each, the nights each measure falls by, and ``pounds_pence`` (what it costs less what it saves; below 0 it pays for
    itself), each with ``mean``, ``p10`` and ``p90``.

    Raises
    ------
    InvalidInput
        If two actions have one name, or the futures of a need action are missing.
    """
    _check(actions, futures)
    table = _Table(actions, futures)
    base = table.measures(())
    found = [{"name": action.name, **table.effect((action.name,), base)} for action in actions]
    found.sort(key=lambda row: (-row["near_home"]["mean"], row["pounds_pence"]["mean"], row["name"]))
    return {"base": {aim: round(float(base[aim].mean()), 1) for aim in AIMS[:3]}, "actions": found}


def best_combination(
    actions: Sequence[Action], futures: Futures, *, aim: str = "near_home", budget_pence: int | None = None
) -> dict[str, Any]:
    """Return the actions that together do most for one aim within a budget.

    Half of the futures choose; the other half, which the choice has not seen, say what it does.

    Parameters
    ----------
    aim
        ``near_home``, ``without_a_bed``, ``young_people_without_a_bed`` (fewest nights; of equals the cheapest), or
        ``pounds`` (least cost after what it saves).
    budget_pence
        The most that the actions themselves may cost over the time of the forecast; no limit by default.

    Returns
    -------
    ``actions`` (names), ``cost_pence``, the effects as in ``ranked_actions`` on the futures not used for choosing, and
    ``chosen_on`` (the mean the choice was made by), which is near that of the others unless futures are too few.

    Raises
    ------
    InvalidInput
        If an aim is unknown, the budget is below 0, there are more actions than can be tried in every combination, or
        fewer than 2 futures.
    """
    _check(actions, futures)
    if budget_pence is not None and budget_pence < 0:
        raise InvalidInput("action_budget", "Give a budget of 0 or more.")
    if aim not in AIMS:
        raise InvalidInput("action_aim", f"Aims are {', '.join(AIMS)}.")
    runs = len(futures.needs[frozenset()])
    if runs < 2:
        raise InvalidInput("actions_runs", "Give at least 2 futures: some choose, the others check.")
    choosing = _Table(actions, futures.part(slice(0, runs // 2)))
    checking = _Table(actions, futures.part(slice(runs // 2, runs)))
    names = choosing.best(aim, budget_pence)
    unseen = checking.effect(names, checking.measures(()))
    seen = choosing.effect(names, choosing.measures(()))
    key = "pounds_pence" if aim == "pounds" else aim
    return {
        "aim": aim,
        "budget_pence": budget_pence,
        "actions": sorted(names),
        "cost_pence": choosing.cost(names),
        **unseen,
        "chosen_on": seen[key]["mean"],
    }


class _Table:
    """What every combination of actions on one group does, worked out once and kept."""

    def __init__(self, actions: Sequence[Action], futures: Futures) -> None:
        self._futures = futures
        self._actions = {action.name: action for action in actions}
        self._nights = np.diff([day.toordinal() for day in futures.dates]).astype(np.float64)
        self._known: dict[tuple[PlacementGroup, frozenset[str], frozenset[str]], FloatArray] = {}
        self._spot = {
            group: max(
                (price.weekly_pence for detail, price in futures.prices.items() if detail.group is group),
                default=0,
            )
            for group in SHORTFALL_GROUPS
        }

    def measures(self, names: Sequence[str]) -> dict[str, FloatArray]:
        """Return the nights of each measure, and pence, in each future. Shape (runs,) each."""
        on_need = frozenset(name for name in names if isinstance(self._actions[name], NeedAction))
        parts = [
            self._of_group(group, on_need, frozenset(names) & self._beds_of(group))
            for group in SHORTFALL_GROUPS
        ]
        total = np.sum(parts, axis=0)
        return {**dict(zip(AIMS[:3], total, strict=False)), "pounds": total[3] + self.cost(names)}

    def effect(self, names: Sequence[str], base: Mapping[str, FloatArray]) -> dict[str, Any]:
        found = self.measures(names)
        effects = {aim: _spread(base[aim] - found[aim]) for aim in AIMS[:3]}
        return {**effects, "pounds_pence": _spread(found["pounds"] - base["pounds"], 0)}

    def cost(self, names: Sequence[str]) -> int:
        """Return what actions cost over the time of the forecast."""
        end = self._futures.dates[-1]
        total = 0
        for name in names:
            action = self._actions[name]
            nights = max((end - max(action.from_day, self._futures.dates[0])).days, 0)
            total += action.once_pence + nights * action.weekly_pence // _DAYS_A_WEEK
        return total

    def best(self, aim: str, budget: int | None) -> tuple[str, ...]:
        on_need = [name for name, action in self._actions.items() if isinstance(action, NeedAction)]
        _at_most(on_need, MOST_ON_NEED, "actions on need")
        found = [
            self._best_with(frozenset(chosen), aim, budget)
            for chosen in _subsets(on_need)
            if budget is None or self.cost(tuple(chosen)) <= budget
        ]
        return min(found, key=lambda row: (row[0], row[1], len(row[2]), sorted(row[2])))[2]

    def _best_with(self, on_need: frozenset[str], aim: str, budget: int | None) -> _Row:
        """Return the least value of an aim, the cost, and the actions, with these actions on need done."""
        together: list[_Row] = [(0.0, 0, ())]
        for group in SHORTFALL_GROUPS:
            beds = sorted(self._beds_of(group))
            _at_most(beds, MOST_IN_A_GROUP, f"actions on {group}")
            rows = []
            for chosen in _subsets(beds):
                nights = self._of_group(group, on_need, frozenset(chosen)).mean(axis=1)
                cost = self.cost(chosen)
                value = float(nights[3] + cost if aim == "pounds" else nights[AIMS.index(aim)])
                rows.append((value, cost, tuple(chosen)))
            own = _worth_having(rows)
            together = _worth_having(
                [(a[0] + b[0], a[1] + b[1], (*a[2], *b[2])) for a, b in product(together, own)]
            )
        spent = self.cost(tuple(on_need))
        within = [row for row in together if budget is None or row[1] + spent <= budget]
        value, cost, names = min(within, key=lambda row: (round(row[0], 6), row[1], len(row[2]), row[2]))
        value += spent if aim == "pounds" else 0
        return round(value, 6), cost + spent, (*sorted(on_need), *names)

    def _beds_of(self, group: PlacementGroup) -> frozenset[str]:
        return frozenset(
            name
            for name, action in self._actions.items()
            if isinstance(action, BedAction) and action.group is group
        )

    def _of_group(self, group: PlacementGroup, on_need: frozenset[str], beds: frozenset[str]) -> FloatArray:
        """Return nights not near home, without a bed, the same at 16 and 17, and pence. Shape (4, runs)."""
        key = (group, on_need, beds)
        if key not in self._known:
            self._known[key] = self._worked_out(group, on_need, beds)
        return self._known[key]

    def _worked_out(self, group: PlacementGroup, on_need: frozenset[str], beds: frozenset[str]) -> FloatArray:
        added = [action for name in sorted(beds) if isinstance(action := self._actions[name], BedAction)]
        fit = self._futures.fit
        nights = self._by_age(group, on_need, added) if fit is None else fit.nights(group, on_need, added)
        return np.vstack([nights, nights[1] * self._spot[group] / _DAYS_A_WEEK])

    def _by_age(
        self, group: PlacementGroup, on_need: frozenset[str], added: Sequence[BedAction]
    ) -> FloatArray:
        need = needed_beds(self._futures.needs[on_need], group)
        ours = [supply for supply in self._futures.capacity.supplies if supply.group is group]
        ours += [action.supply() for action in added]
        found = np.zeros((3, len(need)))
        for d, nights in enumerate(self._nights):
            day = self._futures.dates[d]
            anywhere = beds_short(need[:, d], beds_by_range(ours, day))
            near = beds_short(need[:, d], beds_by_range((supply for supply in ours if supply.local), day))
            found[0] += nights * near.sum(axis=1)
            found[1] += nights * anywhere.sum(axis=1)
            found[2] += nights * anywhere[:, _ADULTHOOD_BAND]
        return found


def _worth_having(rows: list[_Row]) -> list[_Row]:
    """Return the combinations that no other beats on both the aim and cost, from the cheapest."""
    kept: list[_Row] = []
    for row in sorted(rows, key=lambda one: (one[1], one[0], len(one[2]), one[2])):
        if not kept or row[0] < kept[-1][0] - 1e-9:
            kept.append(row)
    return kept


def _check(actions: Sequence[Action], futures: Futures) -> None:
    names = [action.name for action in actions]
    if len(set(names)) < len(names):
        raise InvalidInput("action_names", "Give each action a name of its own.")
    on_need = [action.name for action in actions if isinstance(action, NeedAction)]
    for chosen in _subsets(on_need):
        if frozenset(chosen) not in futures.needs:
            raise InvalidInput(
                "action_futures", f"No futures were given with these done: {', '.join(sorted(chosen))}."
            )


def _at_most(names: Sequence[str], most: int, what: str) -> None:
    if len(names) > most:
        raise InvalidInput("too_many_actions", f"At most {most} {what} can be tried in every combination.")


def _subsets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def _spread(values: FloatArray, places: int = 1) -> dict[str, float]:
    low, high = np.quantile(values, [0.1, 0.9])
    return {
        "mean": round(float(values.mean()), places),
        "p10": round(float(low), places),
        "p90": round(float(high), places),
    }
