"""Which children compete for which beds, and how many beds are short for them.

A set of children whose homes together have fewer beds than the set has children cannot all be placed,
whatever the plan. Beds are given out here by number alone, to the children with fewest homes first; whoever is
left over competes with those who hold the beds open to the child, with those who hold the beds open to them, and
so on. Elsewhere: who may go where is decided by the rules; this room only counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """Children, all the homes that could take any of them, and how many beds those homes are short."""

    children: tuple[str, ...]
    homes: tuple[str, ...]
    beds_short: int


def bottlenecks(
    children: Mapping[str, Sequence[str]],
    beds: Mapping[str, int],
    also_free: Mapping[tuple[str, str], int],
) -> tuple[Bottleneck, ...]:
    """Return the smallest sets of children for whom beds are short; ``beds_short`` adds up to all that are missing.

    A child with a bed that nobody else in a set needs is in none, and a small set inside a large one is told by
    itself. Sets may share homes and those who would have their beds; whoever is left over is in one of them.

    Parameters
    ----------
    children
        Homes that may take each child, by child id. A child without any is a set of its own.
    beds
        Free beds of each home, by home id.
    also_free
        ``(child, home)`` to 1 where a bed is held for the child there besides the beds counted.

    References
    ----------
    Hall (1935), On representatives of subsets. Journal of the London Mathematical Society 10.
    Berge (1957), Two theorems in graph theory. Proceedings of the National Academy of Sciences 43.
    """
    waiting = {
        child: sorted(set(homes))
        for child, homes in sorted(children.items())
        if not any(also_free.get((child, home)) for home in homes)
    }
    inside: dict[str, list[str]] = {home: [] for home in beds}
    found: list[Bottleneck] = []
    for child in sorted(waiting, key=lambda one: (len(waiting[one]), one)):
        if _seat(child, waiting, beds, inside):
            continue
        # These homes are full of children who have no other: nobody seated later changes that.
        homes = tuple(sorted(_reached(child, waiting, inside)))
        rivals = (other for home in homes for other in inside[home])
        found.append(Bottleneck(children=tuple(sorted((child, *rivals))), homes=homes, beds_short=1))
    return tuple(sorted(_merged(found), key=lambda one: (-one.beds_short, len(one.children), one.children)))


def _merged(found: Sequence[Bottleneck]) -> list[Bottleneck]:
    """Put sets together that are one tangle: more than half of the larger one is in the smaller one too."""
    sets: list[Bottleneck] = []
    for one in found:
        rest = []
        for other in sets:
            shared = len(set(one.children) & set(other.children))
            if one.homes and (
                one.homes == other.homes or 2 * shared > max(len(one.children), len(other.children))
            ):
                one = Bottleneck(
                    children=tuple(sorted({*one.children, *other.children})),
                    homes=tuple(sorted({*one.homes, *other.homes})),
                    beds_short=one.beds_short + other.beds_short,
                )
            else:
                rest.append(other)
        sets = [*rest, one]
    return sets


def _seat(
    child: str, waiting: Mapping[str, Sequence[str]], beds: Mapping[str, int], inside: dict[str, list[str]]
) -> bool:
    """Find a bed for one more child, moving others on where they have somewhere to go; say whether there is one."""
    came_from: dict[str, str] = {}
    ahead = [child]
    for mover in ahead:
        for home in waiting[mover]:
            if home in came_from:
                continue
            came_from[home] = mover
            if len(inside[home]) < beds[home]:
                _move_up(home, child, came_from, inside)
                return True
            ahead.extend(inside[home])
    return False


def _move_up(home: str, child: str, came_from: Mapping[str, str], inside: dict[str, list[str]]) -> None:
    while True:
        mover = came_from[home]
        before = next((other for other, held in inside.items() if mover in held), None)
        inside[home].append(mover)
        if mover == child or before is None:
            return
        inside[before].remove(mover)
        home = before


def _reached(child: str, waiting: Mapping[str, Sequence[str]], inside: Mapping[str, list[str]]) -> set[str]:
    """Return the homes that a child left over would need somebody to leave, at first or further on."""
    found: set[str] = set()
    ahead = [child]
    for one in ahead:
        for home in waiting[one]:
            if home not in found:
                found.add(home)
                ahead.extend(inside[home])
    return found
