"""Which children compete for which beds, and how many beds are short for them.

A set of children whose homes together have fewer beds than the set has children cannot all be placed,
whatever the plan. Such sets are read from a minimum cut between children and beds. Elsewhere: who may go
where is decided by the rules; this room only counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """Children, all the homes that could take any of them, and how many beds those homes are short."""

    children: tuple[str, ...]
    homes: tuple[str, ...]
    beds_short: int


def bottlenecks(
    children: Mapping[str, Sequence[str]], beds: Mapping[str, int], also_free: Mapping[tuple[str, str], int]
) -> tuple[Bottleneck, ...]:
    """Return the sets of children for whom beds are short, one for each part that shares no home.

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
    """
    import networkx as nx

    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for home, count in sorted(beds.items()):
        graph.add_edge(("home", home), "sink", capacity=count)
    for child, homes in sorted(children.items()):
        graph.add_edge("source", ("child", child), capacity=1)
        for home in sorted(homes):
            if also_free.get((child, home)):
                graph.add_edge(("child", child), "sink", capacity=1)
            graph.add_edge(("child", child), ("home", home), capacity=1)
    short = _reached(graph, nx.maximum_flow(graph, "source", "sink")[1])
    rest: nx.Graph[Any] = nx.Graph()
    for child in sorted(children):
        if ("child", child) in short:
            rest.add_node(("child", child))
            rest.add_edges_from((("child", child), ("home", home)) for home in children[child])
    found = []
    for part in nx.connected_components(rest):
        members = sorted(name for kind, name in part if kind == "child")
        homes_here = sorted(name for kind, name in part if kind == "home")
        own_beds = sum(any(also_free.get((child, home)) for home in homes_here) for child in members)
        missing = len(members) - own_beds - sum(beds[home] for home in homes_here)
        if missing > 0:
            found.append(Bottleneck(children=tuple(members), homes=tuple(homes_here), beds_short=missing))
    return tuple(sorted(found, key=lambda one: (-one.beds_short, one.children)))


def _reached(graph: Any, flow: Mapping[Any, Mapping[Any, int]]) -> set[Any]:
    """Return what more flow could still reach from the source: the smallest side of a minimum cut.

    The library's own cut returns the largest such side, which would draw in children who have a way out.
    """
    found = {"source"}
    ahead: list[Any] = ["source"]
    while ahead:
        here = ahead.pop()
        onward = [to for to in graph.successors(here) if flow[here][to] < graph[here][to]["capacity"]]
        onward += [back for back in graph.predecessors(here) if flow[back][here] > 0]
        new = set(onward) - found
        found |= new
        ahead.extend(new)
    return found
