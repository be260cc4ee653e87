"""What an allocation problem is, what an aim of it is, and what an allocation is worth in an aim.

Everything is checked here, once: the solver's rooms may then trust what they are given.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reference_data.problems import InvalidInput

Pair = tuple[int, int]

LARGEST_TOTAL = 2**62
"""Total scores at or above this do not fit the solver's 64-bit whole numbers."""


@dataclass(frozen=True, slots=True)
class AllocationProblem:
    """Units to place in homes with room, each pair worth a whole number.

    Parameters
    ----------
    unit_sizes
        Places each unit takes: 1 for a child, its number for an inseparable group. Shape (units,).
    capacities
        Free places of each home, at least 0. Shape (homes,).
    pairs
        ``(unit, home, score)`` for every eligible pair, by index. Larger is better; a negative score is
        worse than leaving the unit unplaced (which is worth 0).
    conflicts
        ``(unit, unit)``: two units that may not be in the same home.
    pair_bonuses
        ``(unit, unit, bonus)``: added once when both are in the same home. May be negative.
    reserves
        ``(home, places_kept, price)``: each of the last ``places_kept`` free places of that home costs
        ``price`` when it is taken.
    required_units
        Units that must be placed. Only these can make a problem infeasible.
    pair_places
        ``(unit, home, places)`` where a unit takes fewer (or more) of a home's counted places than its
        size: a child whose own bed is held there takes none.
    part_limits
        ``(home, [(unit, places), ...], limit)``: where those units are placed there, the places named add
        up to at most the limit. Beds that come free later are such limits on the units needed earlier.
    usual_limits
        ``(home, places, families)``: at most that many places are taken there unless all the units placed
        there belong to one of the families (each a collection of units).

    Raises
    ------
    InvalidInput
        If an index is out of range, a pair is named twice, a size is not positive, a capacity, price or
        limit is negative, a unit conflicts with itself, anything is not a whole number, or the scores
        could add up to 2**62 or more.
    """

    unit_sizes: Sequence[int]
    capacities: Sequence[int]
    pairs: Sequence[tuple[int, int, int]]
    conflicts: Sequence[Pair] = ()
    pair_bonuses: Sequence[tuple[int, int, int]] = field(default=(), kw_only=True)
    reserves: Sequence[tuple[int, int, int]] = field(default=(), kw_only=True)
    required_units: Sequence[int] = field(default=(), kw_only=True)
    pair_places: Sequence[tuple[int, int, int]] = field(default=(), kw_only=True)
    part_limits: Sequence[tuple[int, Sequence[Pair], int]] = field(default=(), kw_only=True)
    usual_limits: Sequence[tuple[int, int, Sequence[Sequence[int]]]] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        # Everything is put in one canonical order, so that the order of the input cannot reach the answer.
        def put(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        sizes = tuple(_whole(size, "unit_sizes", at_least=1) for size in self.unit_sizes)
        capacities = tuple(_whole(places, "capacities", at_least=0) for places in self.capacities)
        put("unit_sizes", sizes)
        put("capacities", capacities)
        units, homes = len(sizes), len(capacities)

        pairs = [
            (_index(u, units, "pairs"), _index(h, homes, "pairs"), _whole(s, "pairs"))
            for u, h, s in _rows(self.pairs, 3, "pairs")
        ]
        _no_pair_twice([(u, h) for u, h, _ in pairs], "pairs")
        put("pairs", tuple(sorted(pairs)))
        put(
            "conflicts",
            tuple(sorted({_two(a, b, units, "conflicts") for a, b in _rows(self.conflicts, 2, "conflicts")})),
        )
        bonuses = [
            (*_two(a, b, units, "pair_bonuses"), _whole(bonus, "pair_bonuses"))
            for a, b, bonus in _rows(self.pair_bonuses, 3, "pair_bonuses")
        ]
        _no_pair_twice([(a, b) for a, b, _ in bonuses], "pair_bonuses")
        put("pair_bonuses", tuple(sorted(bonuses)))
        put(
            "reserves",
            tuple(
                sorted(
                    (
                        _index(h, homes, "reserves"),
                        _whole(kept, "reserves", at_least=0),
                        _whole(price, "reserves", at_least=0),
                    )
                    for h, kept, price in _rows(self.reserves, 3, "reserves")
                )
            ),
        )
        put(
            "required_units", tuple(sorted({_index(u, units, "required_units") for u in self.required_units}))
        )
        places = [
            (
                _index(u, units, "pair_places"),
                _index(h, homes, "pair_places"),
                _whole(n, "pair_places", at_least=0),
            )
            for u, h, n in _rows(self.pair_places, 3, "pair_places")
        ]
        _no_pair_twice([(u, h) for u, h, _ in places], "pair_places")
        put("pair_places", tuple(sorted(places)))
        put(
            "part_limits",
            tuple(
                sorted(
                    (
                        _index(h, homes, "part_limits"),
                        _shares(members, units),
                        _whole(limit, "part_limits", at_least=0),
                    )
                    for h, members, limit in _rows(self.part_limits, 3, "part_limits")
                )
            ),
        )
        put(
            "usual_limits",
            tuple(
                sorted(
                    (
                        _index(h, homes, "usual_limits"),
                        _whole(limit, "usual_limits", at_least=0),
                        tuple(sorted(_units(family, units, "usual_limits") for family in families)),
                    )
                    for h, limit, families in _rows(self.usual_limits, 3, "usual_limits")
                )
            ),
        )
        _check_total(self)

    def places_taken(self) -> dict[Pair, int]:
        """Return the places each eligible pair takes of its home, by ``(unit, home)``."""
        taken = {(unit, home): self.unit_sizes[unit] for unit, home, _ in self.pairs}
        taken.update({(u, h): n for u, h, n in self.pair_places if (u, h) in taken})
        return taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One aim of several in strict order; all are maximised, so a penalty enters as a negative score.

    Parameters
    ----------
    aim
        The aim's name, repeated in the result.
    scores
        Worth of a pair by ``(unit, home)``; a pair not named is worth 0.
    bonuses
        Worth of two units in one home by ``(unit, unit)``.
    reserves
        ``(home, places_kept, price)`` as in `AllocationProblem`.
    companions
        ``(unit, home, others, bonus)``: added when the unit is in that home with at least one of the others.
        The bonus is at least 0.
    gatherings
        ``(home, units, bonus)``: added when all of the units are in that home. The bonus is at least 0.
    """

    aim: str
    scores: Mapping[Pair, int]
    bonuses: Mapping[Pair, int] = field(default_factory=dict)
    reserves: Sequence[tuple[int, int, int]] = ()
    companions: Sequence[tuple[int, int, tuple[int, ...], int]] = ()
    gatherings: Sequence[tuple[int, tuple[int, ...], int]] = ()


def stage_value(home_of_unit: Sequence[int | None], stage: Stage, problem: AllocationProblem) -> int:
    """Return what an allocation is worth in one aim."""
    scored = sum(stage.scores.get((u, h), 0) for u, h in enumerate(home_of_unit) if h is not None)
    together = sum(
        bonus
        for (a, b), bonus in stage.bonuses.items()
        if home_of_unit[a] is not None and home_of_unit[a] == home_of_unit[b]
    )
    together += sum(
        bonus
        for unit, home, others, bonus in stage.companions
        if home_of_unit[unit] == home and any(home_of_unit[other] == home for other in others)
    )
    together += sum(
        bonus for home, units, bonus in stage.gatherings if all(home_of_unit[unit] == home for unit in units)
    )
    if not stage.reserves:
        return scored + together
    special = {(unit, home): places for unit, home, places in problem.pair_places}
    used = [0] * len(problem.capacities)
    for unit, home in enumerate(home_of_unit):
        if home is not None:
            used[home] += special.get((unit, home), problem.unit_sizes[unit])
    kept = sum(
        price * max(0, used[home] - max(0, problem.capacities[home] - places))
        for home, places, price in stage.reserves
    )
    return scored + together - kept


def _whole(value: object, name: str, *, at_least: int | None = None) -> int:
    if isinstance(value, bool):
        raise InvalidInput("not_a_whole_number", f"{name} must hold whole numbers.")
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidInput("not_a_whole_number", f"{name} must hold whole numbers.") from None
    if at_least is not None and number < at_least:
        raise InvalidInput("too_small", f"{name} must be at least {at_least}.")
    return number


def _index(value: object, count: int, name: str) -> int:
    number = _whole(value, name)
    if not 0 <= number < count:
        raise InvalidInput("index_out_of_range", f"{name} names a unit or home that does not exist.")
    return number


def _two(a: object, b: object, count: int, name: str) -> Pair:
    first, second = _index(a, count, name), _index(b, count, name)
    if first == second:
        raise InvalidInput("unit_with_itself", f"{name} pairs a unit with itself.")
    return (first, second) if first < second else (second, first)


def _shares(members: Iterable[Sequence[Any]], count: int) -> tuple[Pair, ...]:
    shares = [
        (_index(unit, count, "part_limits"), _whole(places, "part_limits", at_least=0))
        for unit, places in _rows(members, 2, "part_limits")
    ]
    if len({unit for unit, _ in shares}) != len(shares):
        raise InvalidInput("named_twice", "part_limits names the same unit more than once in a limit.")
    return tuple(sorted(shares))


def _units(members: Iterable[int], count: int, name: str) -> tuple[int, ...]:
    return tuple(sorted({_index(member, count, name) for member in members}))


def _rows(rows: Iterable[Sequence[Any]], width: int, name: str) -> list[tuple[Any, ...]]:
    out = []
    for row in rows:
        try:
            cells = tuple(row)
        except TypeError:
            raise InvalidInput("wrong_shape", f"Each of {name} must have {width} parts.") from None
        if len(cells) != width:
            raise InvalidInput("wrong_shape", f"Each of {name} must have {width} parts.")
        out.append(cells)
    return out


def _no_pair_twice(keys: Sequence[Pair], name: str) -> None:
    if len(set(keys)) != len(keys):
        raise InvalidInput("named_twice", f"{name} names the same pair more than once.")


def _check_total(problem: AllocationProblem) -> None:
    largest = [0] * len(problem.unit_sizes)
    for unit, _, score in problem.pairs:
        largest[unit] = max(largest[unit], abs(score))
    total = sum(largest) + sum(abs(bonus) for _, _, bonus in problem.pair_bonuses)
    total += sum(price * kept for _, kept, price in problem.reserves)
    if total >= LARGEST_TOTAL:
        raise InvalidInput(
            "scores_too_large", "The scores could add up to more than 64 bits hold; scale them."
        )
