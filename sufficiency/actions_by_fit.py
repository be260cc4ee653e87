"""Candidate actions by fit: what added beds do for children who come, each needing a bed that may take them.

``actions.py`` tries actions and finds the best together; here is what it counts when a waiting list says whom the
children who come are like. Whether a bed that an action adds fits each of them is asked of the matching engine, where
the action describes its home; a bed of no described home fits every child of its ages, which is the most it could do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from matching.home import Home
from matching.policy import Policy
from matching.referral import Referral
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency.actions import Action, BedAction, Needs
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.fit_of_beds import (
    ChildrenWhoCome,
    coming_children,
    fewest_without,
    fit_table,
    free_beds,
    share_staying,
)
from sufficiency.shortfall import SHORTFALL_GROUPS, needed_beds
from sufficiency.stays import FloatArray, IntArray

FUTURES_TRIED = 60
DATES_EVERY = 3
"""Every so many dates are tried, and besides them the first on which each action's beds are there."""
_ADULTHOOD_BAND = len(AGE_BANDS) - 1
_Beds = Mapping[str, tuple[float, BedSupply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOfActions:
    """What actions on beds do for children who come, in each future.

    Parameters
    ----------
    dates
        The dates tried; each holds until the next, and the last ends the time.
    children
        Whom the children who come are like, by group.
    demand
        How many of each kind come, by group and the need actions done. Shape (runs, dates, kinds).
    free
        Beds not kept by children who stay, by home, for each group and date.
    runs
        The futures answered; all by default.
    """

    dates: tuple[date, ...]
    children: Mapping[PlacementGroup, ChildrenWhoCome]
    demand: Mapping[tuple[PlacementGroup, frozenset[str]], IntArray]
    free: Mapping[PlacementGroup, Sequence[_Beds]]
    runs: slice = field(default_factory=lambda: slice(None))
    known: dict[tuple[object, ...], FloatArray] = field(compare=False, repr=False, default_factory=dict)

    def part(self, runs: slice) -> FitOfActions:
        """Return some of the futures; what was worked out for one part is known to all."""
        return replace(self, runs=runs)

    def nights(
        self, group: PlacementGroup, on_need: frozenset[str], actions: Sequence[BedAction]
    ) -> FloatArray:
        """Return child-nights without a bed near home that fits, without any that fits, and these at 16 and 17.

        Where a bed may go to one of several ages, the nights at 16 and 17 are midway between seating them first and last.
        Shape (3, runs).
        """
        found = np.zeros((3, len(self.demand[group, on_need])))
        for d, length in enumerate(np.diff([day.toordinal() for day in self.dates])):
            opened = tuple(one for one in actions if one.from_day <= self.dates[d])
            key = (group, on_need, d, *(one.name for one in opened))
            if key not in self.known:
                self.known[key] = self._on_a_night(group, self.demand[group, on_need][:, d], d, opened)
            found += length * self.known[key]
        return found[:, self.runs]

    def _on_a_night(
        self, group: PlacementGroup, demand: IntArray, d: int, actions: Sequence[BedAction]
    ) -> FloatArray:
        added = {one.home_id: (float(one.beds), one.supply()) for one in actions}
        beds = {**self.free[group][d], **added}
        near = {home_id: bed for home_id, bed in beds.items() if bed[1].local}
        without = self._without(group, demand, beds)
        return np.array(
            [self._without(group, demand, near), without, self._young(group, demand, beds, without)]
        )

    def _without(self, group: PlacementGroup, demand: IntArray, beds: _Beds) -> IntArray:
        return fewest_without(demand, self.children[group].classes(self.children[group].kinds, beds))

    def _young(self, group: PlacementGroup, demand: IntArray, beds: _Beds, without: IntArray) -> FloatArray:
        young = np.array([band == _ADULTHOOD_BAND for band, _ in self.children[group].kinds])
        found = np.zeros(len(demand))
        short = np.flatnonzero((without > 0) & demand[:, young].any(axis=1))
        first = self._without(group, demand[short] * young, beds)
        last = without[short] - self._without(group, demand[short] * ~young, beds)
        found[short] = (first + last) / 2
        return found


def fit_of_actions(
    needs: Needs,
    dates: Sequence[date],
    capacity: Capacity,
    homes: Sequence[Home],
    referrals: Sequence[Referral],
    staying: Mapping[PlacementGroup, FloatArray],
    actions: Sequence[Action],
    *,
    as_of: date,
    policy: Policy | None = None,
    seed: int = 0,
) -> FitOfActions:
    """Return what actions are tried on when only beds that fit count.

    Parameters
    ----------
    needs
        Children in care for each set of need actions. Shape (runs, dates, age bands, details) each; the first
        ``FUTURES_TRIED`` runs are used.
    dates
        Dates of the counts, at least 2.
    capacity, homes
        The beds there are, and the homes they are in.
    referrals
        The waiting list: whom the children who come are like.
    staying
        The share of today's children in the same placement at each date, by group. Shape (dates,) each.
    actions
        The candidates; of those that add beds the homes they describe are asked about too.
    """
    on_beds = [one for one in actions if isinstance(one, BedAction)]
    described = [one.home for one in on_beds if one.home is not None]
    table = fit_table(referrals, [*homes, *described], as_of=as_of, policy=policy)
    picked = _dates_tried(dates, on_beds)
    children = {group: ChildrenWhoCome(referrals, table, group) for group in SHORTFALL_GROUPS}
    demand = {
        (group, names): np.stack(
            [
                children[group].drawn(
                    coming_children(
                        needed_beds(counts[:FUTURES_TRIED], group), d, share_staying(staying[group], d)
                    ),
                    (seed, SHORTFALL_GROUPS.index(group), d),
                )
                for d in picked[:-1]
            ],
            axis=1,
        )
        for group in SHORTFALL_GROUPS
        for names, counts in needs.items()
    }
    return FitOfActions(
        dates=tuple(dates[d] for d in picked),
        children=children,
        demand=demand,
        free={
            group: [
                free_beds(capacity, homes, group, dates[d], share_staying(staying[group], d))
                for d in picked[:-1]
            ]
            for group in SHORTFALL_GROUPS
        },
    )


def _dates_tried(dates: Sequence[date], actions: Sequence[BedAction]) -> list[int]:
    opened = [next((d for d, day in enumerate(dates) if day >= one.from_day), 0) for one in actions]
    return sorted({*range(0, len(dates), DATES_EVERY), *opened, len(dates) - 1})
