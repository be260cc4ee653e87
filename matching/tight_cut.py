"""A proof in plain counting that no more children can be placed: a maximum flow and the cut that is tight for it.

Every child placed is one of a few named children, or has a bed in one of a few named homes. So no plan places
more than those children and those beds together. Where that equals what the plan places, anybody can check the
proof by adding up. Side rules (who may not live together, brothers and sisters as one) can make the best plan
smaller than any such cut: then the proof is the search's alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TightCut:
    """Whoever is placed is one of these children, or has a bed in one of these homes.

    ``most`` is the number of those children and of the beds in those homes: no plan places more.
    """

    children: tuple[str, ...]
    homes: tuple[str, ...]
    most: int

    def as_dict(self) -> dict[str, Any]:
        """Return the cut ready for JSON."""
        return {"children": list(self.children), "homes": list(self.homes), "most": self.most}


def tight_cut(
    children: Mapping[str, Sequence[str]],
    beds: Mapping[str, int],
    also_free: Mapping[tuple[str, str], int],
) -> TightCut:
    """Return the smallest cut between children and beds; the fewest children where several are equally small.

    Parameters
    ----------
    children
        Homes that may take each child, by child id.
    beds
        Free beds of each home, by home id.
    also_free
        ``(child, home)`` to 1 where a bed is held for the child there besides the beds counted. Such a child is
        named in the cut.

    References
    ----------
    Ford and Fulkerson (1956), Maximal flow through a network. Canadian Journal of Mathematics 8.
    Koenig (1931), Graphok es matrixok. Matematikai es Fizikai Lapok 38.
    """
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    own_bed = {child for child, homes in children.items() if any(also_free.get((child, h)) for h in homes)}
    waiting = sorted(child for child, homes in children.items() if homes and child not in own_bed)
    homes = sorted({home for child in waiting for home in children[child]})
    number = {home: 1 + len(waiting) + position for position, home in enumerate(homes)}
    source, sink = 0, 1 + len(waiting) + len(homes)
    rows, columns, room = [], [], []
    for position, child in enumerate(waiting):
        rows.append(source)
        columns.append(1 + position)
        room.append(1)
        for home in sorted(set(children[child])):
            rows.append(1 + position)
            columns.append(number[home])
            room.append(1)
    for home in homes:
        rows.append(number[home])
        columns.append(sink)
        room.append(beds[home])
    capacity = csr_array((np.array(room, dtype=np.int32), (rows, columns)), shape=(sink + 1, sink + 1))
    if not waiting:
        return TightCut(children=tuple(sorted(own_bed)), homes=(), most=len(own_bed))
    flow: Any = maximum_flow(capacity, source, sink)
    left = csr_array(capacity - flow.flow)
    left.eliminate_zeros()
    reached = set(breadth_first_order(left, source, return_predecessors=False).tolist())
    full = tuple(home for home in homes if number[home] in reached)
    named = [child for position, child in enumerate(waiting) if 1 + position not in reached]
    return TightCut(
        children=tuple(sorted([*named, *own_bed])),
        homes=full,
        most=len(named) + len(own_bed) + sum(beds[home] for home in full),
    )
