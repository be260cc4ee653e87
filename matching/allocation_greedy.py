"""The floor under every answer: units placed one by one, best pair first.

A search that runs out of time returns at least this. It is what a careful person does by hand, and what the
joint plan is measured against.
"""

from __future__ import annotations

from collections.abc import Sequence

from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value

LARGE_LIST = 100_000
"""Eligible pairs above which a second allocation by hand would take a good part of a second."""


def floor(problem: AllocationProblem, stage: Stage) -> tuple[int | None, ...] | None:
    """Return the better of two allocations by hand: the best pair first, or one unit after another.

    ``None`` when neither finds a place for every required unit. On a very large list only the first is tried.
    """
    best_first = place_one_by_one(problem, (stage,), (1,))
    if len(problem.pairs) > LARGE_LIST:
        return best_first
    in_turn = sorted(stage.scores, key=lambda pair: (pair[0], -stage.scores[pair]))
    one_by_one = place_one_by_one(problem, (stage,), (1,), then=in_turn)
    if best_first is None or one_by_one is None:
        return best_first or one_by_one
    if stage_value(one_by_one, stage, problem) > stage_value(best_first, stage, problem):
        return one_by_one
    return best_first


def place_one_by_one(
    problem: AllocationProblem,
    stages: Sequence[Stage],
    weights: Sequence[int],
    *,
    settled: Sequence[Pair] = (),
    then: Sequence[Pair] | None = None,
) -> tuple[int | None, ...] | None:
    """Return an allocation built greedily, or ``None`` when a required unit found no place.

    Required units go first, those with fewest homes leading; then the pairs by falling worth, each taken
    when it fits and adds something. What a unit adds for those placed before it is not looked at.

    Parameters
    ----------
    stages, weights
        The aims and the weight of each in the total that is added up; any whole numbers.
    settled
        Pairs that are taken before all others, in this order, wherever they still fit.
    then
        Pairs to use instead of all, tried in this order instead of that of their worth.
    """
    taken = problem.places_taken() if then is None else _places(problem, [*settled, *then])
    total = dict.fromkeys(taken, 0)
    together: dict[tuple[int, int], int] = {}
    for stage, weight in zip(stages, weights, strict=True):
        if then is None:
            for pair, score in stage.scores.items():
                total[pair] += weight * score
        else:
            for pair in total:
                total[pair] += weight * stage.scores.get(pair, 0)
        for two, bonus in stage.bonuses.items():
            together[two] = together.get(two, 0) + weight * bonus
    reserves: dict[int, list[tuple[int, int]]] = {}
    for stage, weight in zip(stages, weights, strict=True):
        for home, kept, price in stage.reserves:
            reserves.setdefault(home, []).append((max(0, problem.capacities[home] - kept), price * weight))
    room = _Room(problem, taken)
    company: dict[tuple[int, int], list[tuple[tuple[int, ...], int]]] = {}
    for stage, weight in zip(stages, weights, strict=True):
        for unit, home, others, bonus in stage.companions:
            company.setdefault((unit, home), []).append((others, bonus * weight))
    friends: dict[int, list[tuple[int, int]]] = {}
    for (a, b), bonus in together.items():
        friends.setdefault(a, []).append((b, bonus))
        friends.setdefault(b, []).append((a, bonus))

    def gain(unit: int, home: int) -> int:
        bonus = sum(worth for other, worth in friends.get(unit, ()) if room.home_of_unit[other] == home)
        bonus += sum(
            worth
            for others, worth in company.get((unit, home), ())
            if any(room.home_of_unit[other] == home for other in others)
        )
        before, after = room.used[home], room.used[home] + taken[unit, home]
        charge = sum(
            price * (max(0, after - free) - max(0, before - free)) for free, price in reserves.get(home, ())
        )
        return total[unit, home] + bonus - charge

    for unit, home in settled:
        if room.home_of_unit[unit] is None and room.fits(unit, home):
            room.put(unit, home)
    homes_of: dict[int, list[int]] = {}
    for unit, home in taken:
        homes_of.setdefault(unit, []).append(home)
    required = [unit for unit in problem.required_units if room.home_of_unit[unit] is None]
    for unit in sorted(required, key=lambda u: (len(homes_of.get(u, ())), u)):
        possible = [home for home in homes_of.get(unit, ()) if room.fits(unit, home)]
        if not possible:
            return None
        room.put(unit, max(possible, key=lambda home: (gain(unit, home), -home)))
    # Pairs are in the order of their indices, which equal ones keep.
    for unit, home in sorted(total, key=total.__getitem__, reverse=True) if then is None else then:
        if room.home_of_unit[unit] is None and room.fits(unit, home) and gain(unit, home) > 0:
            room.put(unit, home)
    return tuple(room.home_of_unit)


def _places(problem: AllocationProblem, pairs: Sequence[Pair]) -> dict[Pair, int]:
    """Return the places that each of some pairs takes of its home."""
    special = {(unit, home): places for unit, home, places in problem.pair_places}
    return {pair: special.get(pair, problem.unit_sizes[pair[0]]) for pair in pairs}


class _Room:
    """What is taken so far, and whether one more unit fits."""

    def __init__(self, problem: AllocationProblem, taken: dict[tuple[int, int], int]) -> None:
        self.problem = problem
        self.taken = taken
        self.home_of_unit: list[int | None] = [None] * len(problem.unit_sizes)
        self.units_in: list[set[int]] = [set() for _ in problem.capacities]
        self.used = [0] * len(problem.capacities)
        self.rivals: dict[int, set[int]] = {}
        for a, b in problem.conflicts:
            self.rivals.setdefault(a, set()).add(b)
            self.rivals.setdefault(b, set()).add(a)
        self.parts: dict[int, list[tuple[dict[int, int], int]]] = {}
        for home, shares, limit in problem.part_limits:
            self.parts.setdefault(home, []).append((dict(shares), limit))
        self.usual: dict[int, list[tuple[int, list[frozenset[int]]]]] = {}
        for home, limit, families in problem.usual_limits:
            self.usual.setdefault(home, []).append((limit, [frozenset(family) for family in families]))

    def fits(self, unit: int, home: int) -> bool:
        places = self.taken[unit, home]
        if self.used[home] + places > self.problem.capacities[home]:
            return False
        inside = self.units_in[home]
        if not inside.isdisjoint(self.rivals.get(unit, ())):
            return False
        after = inside | {unit}
        for shares, limit in self.parts.get(home, ()):
            if unit in shares and sum(shares.get(u, 0) for u in after) > limit:
                return False
        for limit, families in self.usual.get(home, ()):
            children = sum(self.problem.unit_sizes[u] for u in after)
            if children > limit and not any(after <= family for family in families):
                return False
        return True

    def put(self, unit: int, home: int) -> None:
        self.home_of_unit[unit] = home
        self.units_in[home].add(unit)
        self.used[home] += self.taken[unit, home]
