"""From children and homes to the allocation's whole numbers: who may go where, what room there is, what counts.

Nothing is decided here and nothing is solved. The rules for one child and one home are in
``eligibility.py``; what only arises when several children move in at once (beds by date, registered
numbers, the usual fostering limit, who may not live together) is written down here as side rules. The aims are
in ``plan_aims.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matching import aims
from matching.allocation_problem import AllocationProblem, Pair, Stage
from matching.eligibility import assess_all, cases_of_group, open_to
from matching.home import Home
from matching.home_list import HomeList, all_of, home_list
from matching.pins import Pin
from matching.plan_aims import StageMeaning, stages_in_order
from matching.policy import Policy
from matching.referral import Referral
from matching.shared_room import (
    capacity,
    has_room_for_somebody,
    head_counts,
    limits_by_date,
    without_own_bed,
)
from matching.surety import uncertainty
from matching.waiting import Unit, contradicts_itself


@dataclass(frozen=True, kw_only=True)
class JointProblem:
    """The waiting list and the homes as an allocation, with what each number stands for.

    It has no slots, so that what is looked up often is worked out once. ``settled`` and ``pins`` are those it was
    built with.
    """

    units: tuple[Unit, ...]
    homes: tuple[Home, ...]
    problem: AllocationProblem
    stages: tuple[Stage, ...]
    meanings: tuple[StageMeaning, ...]
    lawful_below_floor: frozenset[Pair]
    settled: tuple[Referral, ...]
    pins: tuple[Pin, ...]

    @cached_property
    def homes_of(self) -> dict[int, tuple[int, ...]]:
        """Return the homes each unit may go to, by index."""
        found: dict[int, list[int]] = {}
        for unit, home, _ in self.problem.pairs:
            found.setdefault(unit, []).append(home)
        return {unit: tuple(homes) for unit, homes in found.items()}

    @cached_property
    def units_at(self) -> dict[int, tuple[int, ...]]:
        """Return the units that may go to each home, by index."""
        found: dict[int, list[int]] = {}
        for unit, home, _ in self.problem.pairs:
            found.setdefault(home, []).append(unit)
        return {home: tuple(units) for home, units in found.items()}

    def own_order(self, unit: int) -> list[int]:
        """Return the homes a unit may go to, best first if nobody else were waiting."""
        aims = [
            stage.scores
            for stage, meaning in zip(self.stages, self.meanings, strict=True)
            if not meaning.most
        ]
        return sorted(
            self.homes_of.get(unit, ()),
            key=lambda home: (*(-scores.get((unit, home), 0) for scores in aims), self.homes[home].home_id),
        )


def build(
    units: Sequence[Unit],
    homes: Sequence[Home],
    settled: Sequence[Referral],
    *,
    policy: Policy,
    pins: Sequence[Pin] = (),
    prices: Mapping[str, int] | None = None,
) -> JointProblem:
    """Return the joint problem of a waiting list.

    Parameters
    ----------
    units
        Who is placed as one, from ``waiting.waiting_units``.
    homes
        In order of id, with the referred children who live in them among the residents.
    settled
        Referred children who stay where they are.
    prices
        Points charged for a bed, by home id, where children who may arrive next would miss it.
    """
    known: dict[Pair, int] = {}
    below: set[Pair] = set()
    pinned = _pinned(units, homes, pins)
    listed = home_list(homes)
    with_room = [h for h, home in enumerate(homes) if has_room_for_somebody(home, units)]
    for u, unit in enumerate(units):
        if contradicts_itself(unit):
            continue
        stays_away = _must_stay_away(unit, listed, settled)
        left = [
            h
            for h in with_room
            if (u, h) not in pinned.banned
            and (u not in pinned.homes or pinned.homes[u] == {h})
            and h not in stays_away
        ]
        case, members = unit.cases[0], cases_of_group(unit.cases[0])
        asked = all_of(listed).some(left)
        lawful = asked.some(open_to(case, asked, members))
        found = assess_all(case, lawful, members)
        for h, home, assessment in zip(lawful.places.tolist(), lawful.homes, found, strict=True):
            if u not in pinned.homes and not all(aims.above_floor(one, home) for one in unit.cases):
                below.add((u, h))
                continue
            known[u, h] = sum(uncertainty(one, home, assessment) for one in unit.cases)
    here: dict[int, list[int]] = {}
    for u, h in sorted(known):
        here.setdefault(h, []).append(u)
    at = [(h, home, here.get(h, [])) for h, home in enumerate(homes)]
    problem = AllocationProblem(
        [unit.size for unit in units],
        [capacity(home, units, there) for _, home, there in at],
        [(u, h, 0) for u, h in known],
        _conflicts(units),
        required_units=sorted(pinned.homes),
        pair_places=[(u, h, len(without_own_bed(units[u], homes[h]))) for u, h in known],
        part_limits=[limit for h, home, there in at for limit in limits_by_date(home, h, units, there)],
        usual_limits=[limit for h, home, there in at for limit in head_counts(home, h, units, there, policy)],
    )
    stages, meanings = stages_in_order(units, homes, settled, known, policy, prices or {}, problem)
    return JointProblem(
        units=tuple(units),
        homes=tuple(homes),
        problem=problem,
        stages=stages,
        meanings=meanings,
        lawful_below_floor=frozenset(below),
        settled=tuple(settled),
        pins=tuple(pins),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pinned:
    homes: dict[int, set[int]]
    banned: set[Pair]


def _pinned(units: Sequence[Unit], homes: Sequence[Home], pins: Iterable[Pin]) -> _Pinned:
    unit_of = {child_id: u for u, unit in enumerate(units) for child_id in unit.child_ids}
    home_of = {home.home_id: h for h, home in enumerate(homes)}
    found = _Pinned(homes={}, banned=set())
    for pin in pins:
        u = unit_of.get(pin.child_id)
        if u is None:
            continue
        if pin.ban:
            found.banned.add((u, home_of[pin.home_id]))
        else:
            found.homes.setdefault(u, set()).add(home_of[pin.home_id])
    return found


def _must_stay_away(unit: Unit, listed: HomeList, settled: Iterable[Referral]) -> set[int]:
    """Return the homes where a member lives now, or where a settled child lives who may not be near."""
    places: set[int] = set()
    # A move was decided, or the own placement is kept open: the present home is not the answer.
    homes_to_avoid = {member.current_home_id for member in unit.members}
    for member in unit.members:
        places.update(listed.places_lived_in.get(member.child_id, ()))
        homes_to_avoid |= {
            one.current_home_id
            for one in settled
            if one.child_id in member.not_with or member.child_id in one.not_with
        }
    return places | {listed.place_of[home_id] for home_id in homes_to_avoid if home_id in listed.place_of}


def _conflicts(units: Sequence[Unit]) -> list[Pair]:
    unit_of = {child_id: u for u, unit in enumerate(units) for child_id in unit.child_ids}
    return [
        (u, unit_of[other])
        for u, unit in enumerate(units)
        for member in unit.members
        for other in member.not_with
        if other in unit_of and unit_of[other] != u
    ]


def tie_break_by_ids(joint: JointProblem) -> Stage:
    """Return the last stage: a fixed hash of the ids, so that another home on the list changes no tie."""
    scores = {}
    for u, h, _ in joint.problem.pairs:
        text = "|".join((*joint.units[u].child_ids, joint.homes[h].home_id))
        scores[u, h] = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 2**20 + 1
    return Stage(aim="tie_break", scores=scores)


def beds_of(joint: JointProblem) -> dict[str, int]:
    """Return the beds of each home that are free for anybody, within its registered number."""
    registered = {h: limit for h, limit, families in joint.problem.usual_limits if not families}
    return {
        home.home_id: min(joint.problem.capacities[h], registered.get(h, joint.problem.capacities[h]))
        for h, home in enumerate(joint.homes)
    }


def held_beds(joint: JointProblem) -> dict[tuple[str, str], int]:
    """Return ``(child, home)`` to 1 where a bed is held for the child besides those free for anybody."""
    return {
        (bed.held_for, home.home_id): 1 for home in joint.homes for bed in home.beds or () if bed.held_for
    }
