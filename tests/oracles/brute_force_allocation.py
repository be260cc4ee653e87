"""Every allocation of a small problem, judged by each rule's plain meaning: no solver, no shared code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

Homes = tuple[int | None, ...]


def every_allocation(problem, *, require: bool = True) -> Iterator[Homes]:
    """Yield each allowed allocation of the units."""
    choices = []
    for unit in range(len(problem.unit_sizes)):
        homes: list[int | None] = [h for u, h, _ in problem.pairs if u == unit]
        choices.append(homes if require and unit in problem.required_units else [None, *homes])
    for homes in product(*choices):
        if allowed(problem, homes):
            yield homes


def allowed(problem, homes: Homes) -> bool:
    """Say whether an allocation breaks no rule."""
    places = {(u, h): n for u, h, n in problem.pair_places}
    for home, capacity in enumerate(problem.capacities):
        inside = [u for u, h in enumerate(homes) if h == home]
        used = {u: places.get((u, home), problem.unit_sizes[u]) for u in inside}
        if sum(used.values()) > capacity:
            return False
        if any(a in inside and b in inside for a, b in problem.conflicts):
            return False
        for where, members, limit in problem.part_limits:
            if where == home and sum(n for u, n in members if u in inside) > limit:
                return False
        for where, limit, families in problem.usual_limits:
            children = sum(problem.unit_sizes[u] for u in inside)
            if where == home and children > limit and not any(set(inside) <= set(f) for f in families):
                return False
    return True


def score(problem, homes: Homes) -> int:
    """Add up an allocation's total score."""
    total = sum(s for u, h, s in problem.pairs if homes[u] == h)
    total += sum(b for a, c, b in problem.pair_bonuses if homes[a] is not None and homes[a] == homes[c])
    places = {(u, h): n for u, h, n in problem.pair_places}
    for home, kept, price in problem.reserves:
        used = sum(places.get((u, h), problem.unit_sizes[u]) for u, h in enumerate(homes) if h == home)
        capacity = problem.capacities[home]
        # The last `kept` of the free places are priced: count those among the places taken.
        total -= price * sum(1 for place in range(1, used + 1) if place > capacity - kept)
    return total


def company(homes: Homes, stage) -> int:
    """Add up what units earn by being in one home."""
    total = 0
    for unit, home, others, bonus in stage.companions:
        if homes[unit] == home and home in [homes[other] for other in others]:
            total += bonus
    for home, units, bonus in stage.gatherings:
        if {homes[unit] for unit in units} == {home}:
            total += bonus
    return total


def best(problem, worth: Callable[[Homes], object]) -> object | None:
    """Return the largest worth of any allowed allocation, or None when there is none."""
    return max((worth(homes) for homes in every_allocation(problem)), default=None)
