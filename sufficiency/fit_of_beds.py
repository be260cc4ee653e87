"""A bed is not a bed for every child: beds short when each child who comes needs one that may take them.

The children who will come are taken to be like those on the waiting list: their ages, needs, risks and wishes for a kind
of home. Whether a home may take each of them is asked of the matching engine once, as if it had room. Children who stay
where they are keep the bed they fit. What remains is a largest flow from the children who come to the beds that are left.
Counting beds without asking whether they fit is in ``shortfall.py``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from matching.eligibility import Context, exclusions_of_all
from matching.findings import case_of
from matching.home import Home
from matching.home_list import all_of, home_list
from matching.policy import Policy, default_policy
from matching.referral import Referral, needed_at_once
from reference_data.ages import age_on
from reference_data.law import law_number
from reference_data.vocabulary import (
    AGE_BANDS,
    PlacementGroup,
    Suitability,
    Urgency,
    age_band,
    placement_group,
)
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.capacity_account import OWN_CONTRACTS
from sufficiency.episodes import Stay
from sufficiency.shortfall import SHORTFALL_GROUPS, needed_beds
from sufficiency.stays import FloatArray, IntArray

FUTURES_TRIED = 100
DATES_EVERY = 6
"""Every so many dates of the forecast, the first and last among them."""
YEARS_LOOKED_BACK = 3
NOT_ABOUT_FIT = frozenset(
    {
        "place_free",
        "registered_number",
        "open_on_start",
        "usual_fostering_limit",
        "settled_placement",
        "lives_here_already",
    }
)
"""Rules about room now, or where the child is now: of a free bed and a child who comes they say nothing."""

Bools = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitTable:
    """Which homes may take which kind of child.

    Parameters
    ----------
    fits
        Shape (children, homes).
    first_rule
        The first rule that excludes each pair, empty where none does. As many rows and columns.
    """

    home_ids: tuple[str, ...]
    fits: Bools
    first_rule: tuple[tuple[str, ...], ...]


def fit_table(
    referrals: Sequence[Referral], homes: Sequence[Home], *, as_of: date, policy: Policy | None = None
) -> FitTable:
    """Return which homes may take each child of a list, as if every home had room.

    Brothers and sisters are asked about one by one. A missing fact does not exclude. A list whose days have passed
    makes nobody an emergency, and nobody older: see ``_as_newcomer``.

    Parameters
    ----------
    as_of
        The date the question is asked.
    policy
        The council's policy; the default by default.
    """
    policy = policy or default_policy()
    listed = home_list(homes)
    places = [listed.place_of[home.home_id] for home in homes]
    rules: list[tuple[str, ...]] = []
    for referral in referrals:
        # Homes are judged on the day the child comes, which an old list says of the past.
        context = Context(as_of=max(referral.needed_by or as_of, as_of), policy=policy, others=())
        found = exclusions_of_all(case_of(_as_newcomer(referral, as_of), context), all_of(listed))
        rules.append(
            tuple(
                next((one.rule for one in found[place] if one.rule not in NOT_ABOUT_FIT), "")
                for place in places
            )
        )
    fits = np.array([[rule == "" for rule in row] for row in rules], dtype=np.bool_)
    return FitTable(
        home_ids=tuple(home.home_id for home in homes),
        fits=fits.reshape(len(referrals), len(homes)),
        first_rule=tuple(rules),
    )


def _as_newcomer(referral: Referral, as_of: date) -> Referral:
    """Return the child as somebody who comes with the same needs: alone, and living nowhere yet.

    How soon the child needs a home is what the urgency says, and without one the days from the search to the date.
    Where the day the home was needed by has passed, the child's own dates move on with it to ``as_of``, so that age and
    orders are those of that day.
    """
    late = max(as_of - referral.needed_by, timedelta(0)) if referral.needed_by else timedelta(0)
    urgency = referral.urgency
    if urgency is None and referral.needed_by is not None:
        asked_on = referral.search_opened_at or as_of
        if asked_on <= referral.needed_by and needed_at_once(referral, asked_on):
            urgency = Urgency.EMERGENCY
    return replace(
        referral,
        urgency=urgency,
        needed_by=None,
        date_of_birth=_later(referral.date_of_birth, late),
        secure_order_until=_later(referral.secure_order_until, late),
        sos_approval_on=_later(referral.sos_approval_on, late),
        dol_order_until=_later(referral.dol_order_until, late),
        sibling_group=None,
        siblings_together=None,
        current_home_id=None,
        current_placement_started_on=None,
    )


def _later(day: date | None, by: timedelta) -> date | None:
    return None if day is None else day + by


def still_there(
    stays: Sequence[Stay], *, known_to: date, months: Sequence[int]
) -> dict[PlacementGroup, FloatArray]:
    """Return the share of a group's children who are in the same placement so many months later.

    Seen on the firsts of the month of the last years: all children placed then, looked at again after each time.

    Parameters
    ----------
    known_to
        The last day the returns know; what lies after it is not counted.
    months
        Months later, each at least 0.

    Returns
    -------
    By group, shape (months,); not a number where nobody could be seen so long.
    """
    found: dict[PlacementGroup, FloatArray] = {}
    first = date(known_to.year - YEARS_LOOKED_BACK, known_to.month, 1)
    for group in SHORTFALL_GROUPS:
        own = [
            (
                stay.started_on.toordinal(),
                stay.ended_on.toordinal() if stay.ended_on else date.max.toordinal(),
            )
            for stay in stays
            if stay.detail.group is group
        ]
        starts = np.array([start for start, _ in own])
        ends = np.array([end for _, end in own])
        shares = []
        for later in months:
            days = round(later * 365.25 / 12)
            there = stayed = 0
            day = first - timedelta(days=days)
            while day + timedelta(days=days) <= known_to:
                placed = (starts <= day.toordinal()) & (ends > day.toordinal())
                there += int(placed.sum())
                stayed += int((placed & (ends > day.toordinal() + days)).sum())
                day += timedelta(days=30)
            shares.append(stayed / there if there else np.nan)
        found[group] = np.array(shares)
    return found


def beds_short_that_fit(
    counts: IntArray,
    dates: Sequence[date],
    capacity: Capacity,
    homes: Sequence[Home],
    referrals: Sequence[Referral],
    staying: Mapping[PlacementGroup, FloatArray],
    *,
    as_of: date,
    policy: Policy | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Return beds short among children who come, counting only beds that may take them.

    Parameters
    ----------
    counts
        Children in care. Shape (runs, dates, age bands, details). The first ``FUTURES_TRIED`` runs are used.
    dates
        Dates of the counts; of them the first, the last and every ``DATES_EVERY``-th are answered.
    capacity
        The beds of ``homes``, and of no home those that a scenario adds: they fit every child of their ages.
    referrals
        The waiting list: whom the children who come are like.
    staying
        The share of today's children in the same placement at each date, by group. Shape (dates,) each.
    seed
        Where random numbers start.

    Returns
    -------
    ``rows`` by date and group: ``coming`` (children who need a new bed, mean), ``free_beds`` (mean), ``short`` (mean beds
    short if any bed of the age did), ``short_that_fit`` (mean), ``short_that_fit_p90`` and ``p_short_that_fit``;
    ``fits`` by group: of 100 free beds today, how many fit a child who comes (mean), and which rules exclude the rest;
    ``like`` (how many on the list stand for each group) and ``assumptions``.
    """
    table = fit_table(referrals, homes, as_of=as_of, policy=policy)
    runs = min(len(counts), FUTURES_TRIED)
    picked = sorted({*range(0, len(dates), DATES_EVERY), len(dates) - 1})
    rows: list[dict[str, Any]] = []
    fits: list[dict[str, Any]] = []
    like: dict[str, int] = {}
    for group in SHORTFALL_GROUPS:
        children = ChildrenWhoCome(referrals, table, group)
        like[str(group)] = children.number
        need = needed_beds(counts[:runs], group)
        for d in picked:
            beds = free_beds(capacity, homes, group, dates[d], share_staying(staying[group], d))
            coming = coming_children(need, d, share_staying(staying[group], d))
            rows.append(
                {
                    "date": dates[d].isoformat(),
                    "placement": str(group),
                    **children.short(coming, beds, (seed, SHORTFALL_GROUPS.index(group), d)),
                }
            )
            if d == 0 and children.number:
                fits.append({"placement": str(group), **children.fitting(beds)})
    return {
        "rows": rows,
        "fits": fits,
        "like": like,
        "assumptions": [
            "Children who come are like those on the waiting list of the same age band and kind of home; where the "
            "list has none, any bed for the age fits.",
            "Children who stay keep their beds. As many stay as stayed in the same placement in past years.",
            "Each child is asked about alone: brothers and sisters who must stay together need more.",
        ],
    }


def share_staying(values: FloatArray, d: int) -> float:
    """Return the share staying at a date; the last one known where nobody could be seen so long."""
    known = values[: d + 1]
    known = known[~np.isnan(known)]
    return float(known[-1]) if len(known) else 0.0


def coming_children(need: IntArray, d: int, share: float) -> IntArray:
    """Return the children of each age band who need a new bed by a date. Shape (runs, age bands)."""
    today, then = need[:, 0].sum(axis=1, keepdims=True), need[:, d].sum(axis=1, keepdims=True)
    staying = np.minimum(today * share / np.maximum(then, 1), 1.0)
    return np.asarray(np.rint(need[:, d] * (1 - staying)), dtype=np.int64)


def free_beds(
    capacity: Capacity, homes: Sequence[Home], group: PlacementGroup, day: date, share: float
) -> dict[str, tuple[float, BedSupply]]:
    """Return beds not kept by children of ours who stay, by home."""
    by_id = {home.home_id: home for home in homes}
    found: dict[str, tuple[float, BedSupply]] = {}
    for supply in capacity.supplies:
        if supply.group is group and supply.is_usable_on(day):
            home = by_id.get(supply.home_id)
            # Beds that a scenario adds are of no home yet: nobody lives there.
            free = supply.beds - (share * _ours(home, capacity.authority) if home else 0.0)
            if free > 0:
                found[supply.home_id] = (free, supply)
    return found


def _ours(home: Home, authority: str | None) -> int:
    own = home.contract in OWN_CONTRACTS
    adult = law_number("child")
    return sum(
        (resident.age is None or resident.age < adult)
        and (resident.authority == authority or (own and resident.authority is None))
        for resident in home.residents or ()
    )


class ChildrenWhoCome:
    """The children on the list who stand for a group, and one of no known need for each age band without any.

    ``kinds`` are pairs of an age band and a child's place on the list; -1 is the child of no known need.
    """

    def __init__(self, referrals: Sequence[Referral], table: FitTable, group: PlacementGroup) -> None:
        self._table = table
        self._column = {home_id: n for n, home_id in enumerate(table.home_ids)}
        self._of_band: dict[int, list[int]] = defaultdict(list)
        for n, referral in enumerate(referrals):
            if group in _groups(referral) and referral.date_of_birth is not None:
                day = referral.needed_by or referral.search_opened_at or date.max
                age = age_on(referral.date_of_birth, day) if day < date.max else None
                if age is not None and age < law_number("child"):
                    self._of_band[AGE_BANDS.index(age_band(age))].append(n)
        self.kinds = [(band, n) for band in range(len(AGE_BANDS)) for n in (self._of_band.get(band) or [-1])]

    @property
    def number(self) -> int:
        return sum(map(len, self._of_band.values()))

    def drawn(self, coming: IntArray, seed: tuple[int, ...]) -> IntArray:
        """Return how many of each kind come, one drawn after another so that one child more changes no other.

        Parameters
        ----------
        coming
            Children by age band. Shape (runs, age bands).
        seed
            Where random numbers start, of one date and group.

        Returns
        -------
        Shape (runs, kinds).
        """
        demand = np.zeros((len(coming), len(self.kinds)), dtype=np.int64)
        for band in range(len(AGE_BANDS)):
            columns = [k for k, (own, _) in enumerate(self.kinds) if own == band]
            random = np.random.default_rng(np.random.SeedSequence(seed[0], spawn_key=(*seed[1:], band)))
            most = int(coming[:, band].max(initial=0))
            picked = random.integers(0, len(columns), size=(most, len(coming)))
            for run, number in enumerate(coming[:, band]):
                demand[run, columns] = np.bincount(picked[:number, run], minlength=len(columns))
        return demand

    def short(
        self, coming: IntArray, beds: Mapping[str, tuple[float, BedSupply]], seed: tuple[int, ...]
    ) -> dict[str, Any]:
        any_bed = [(band, -1) for band in range(len(AGE_BANDS))]
        demand = self.drawn(coming, seed)
        fitting = fewest_without(demand, self.classes(self.kinds, beds))
        counted = fewest_without(coming, self.classes(any_bed, beds))
        return {
            "coming": _number(coming.sum(axis=1).mean()),
            "free_beds": _number(sum(free for free, _ in beds.values())),
            "short": _number(counted.mean()),
            "short_that_fit": _number(fitting.mean()),
            "short_that_fit_p90": _number(np.quantile(fitting, 0.9)),
            "p_short_that_fit": _number((fitting > 0).mean(), 4),
        }

    def fitting(self, beds: Mapping[str, tuple[float, BedSupply]]) -> dict[str, Any]:
        total = sum(free for home_id, (free, _) in beds.items() if home_id in self._column)
        rules: Counter[str] = Counter()
        fit = 0.0
        children = [n for own in self._of_band.values() for n in own]
        for n in children:
            for home_id, (free, _) in beds.items():
                if home_id not in self._column:
                    continue
                rule = self._table.first_rule[n][self._column[home_id]]
                if rule:
                    rules[rule] += free  # type: ignore[assignment]
                else:
                    fit += free
        each = len(children) * total / 100 if total else 1.0
        return {
            "free_beds": _number(total),
            "of_100_fit": _number(fit / each, 1),
            "excluded_by": [
                {"rule": rule, "of_100": _number(lost / each, 1)}
                for rule, lost in sorted(rules.items(), key=lambda item: (-item[1], item[0]))
            ],
        }

    def classes(
        self, kinds: Sequence[tuple[int, int]], beds: Mapping[str, tuple[float, BedSupply]]
    ) -> tuple[Bools, IntArray]:
        """Return homes that the same kinds fit as one: which kinds fit, shape (kinds, classes), and whole beds."""
        together: dict[tuple[bool, ...], float] = defaultdict(float)
        for home_id, (free, supply) in beds.items():
            column = self._column.get(home_id)
            fits = tuple(
                supply.first_band <= band <= supply.last_band
                if n < 0 or column is None
                else bool(self._table.fits[n, column])
                for band, n in kinds
            )
            together[fits] += free
        patterns = sorted(pattern for pattern in together if any(pattern))
        fit = np.array(patterns, dtype=np.bool_).reshape(len(patterns), len(kinds)).T
        # Parts of beds add up to whole ones where the same children fit.
        return fit, np.array([int(together[pattern] + 1e-9) for pattern in patterns], dtype=np.int64)


def fewest_without(demand: IntArray, classes: tuple[Bools, IntArray]) -> IntArray:
    """Return the fewest children left without a bed that fits, in each run. Shape (runs,).

    Parameters
    ----------
    demand
        Children by kind. Shape (runs, kinds).
    classes
        Which kinds fit each class of beds, shape (kinds, classes), and whole beds of each class.
    """
    fit, beds = classes
    short: IntArray = np.asarray(demand.sum(axis=1), dtype=np.int64)
    if not fit.size:
        return short
    come = demand.any(axis=0)
    fit, demand = fit[come], demand[:, come]
    left = _left_by_turns(demand, fit, beds)
    # Whoever is seated first come, first served needs no search.
    searched = np.flatnonzero(left)
    short[left == 0] = 0
    if not len(searched):
        return short
    kinds, homes = fit.shape
    source, sink = kinds + homes, kinds + homes + 1
    at_kind, at_home = np.nonzero(fit)
    tails = np.concatenate([np.full(kinds, source), at_kind, kinds + np.arange(homes)])
    heads = np.concatenate([np.arange(kinds), kinds + at_home, np.full(homes, sink)])
    order = np.lexsort((heads, tails))
    starts = np.searchsorted(tails[order], np.arange(sink + 2))
    for run in searched:
        wanted = demand[run]
        sizes = np.concatenate([wanted, np.full(len(at_kind), wanted.sum()), beds]).astype(np.int32)
        graph = csr_array(
            (sizes[order], heads[order].astype(np.int32), starts.astype(np.int32)), shape=(sink + 1, sink + 1)
        )
        short[run] -= maximum_flow(graph, source, sink).flow_value
    return short


def _left_by_turns(demand: IntArray, fit: Bools, beds: IntArray) -> IntArray:
    """Return the children left when each takes the free bed that fits fewest others. Shape (runs,)."""
    left = demand.copy()
    free = np.broadcast_to(beds, (len(demand), len(beds))).copy()
    for home in np.argsort(fit.sum(axis=0), kind="stable"):
        for kind in np.flatnonzero(fit[:, home]):
            seated = np.minimum(left[:, kind], free[:, home])
            left[:, kind] -= seated
            free[:, home] -= seated
    return np.asarray(left.sum(axis=1))


def _groups(referral: Referral) -> frozenset[PlacementGroup]:
    preferred = {
        PlacementGroup(str(group))
        for group, view in (referral.suitability or {}).items()
        if view == Suitability.PREFERRED
    }
    if preferred:
        return frozenset(preferred)
    return frozenset(placement_group(kind) for kind in referral.acceptable_types or ())


def _number(value: float, places: int = 2) -> float | int:
    rounded = round(float(value), places)
    return int(rounded) if rounded.is_integer() else rounded
