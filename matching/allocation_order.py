"""Aims in strict order, added up: what each can come to, and the weights under which none is traded for a later one.

Consecutive aims are added up with weights as long as the total stays small enough for the solver's arithmetic;
each aim is reported all the same, with a bound read from that of the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matching.allocation_problem import AllocationProblem, Stage
from matching.allocation_result import StageResult

LARGEST_BATCH = 2**26
"""Aims are added up while their combined range stays below this.

Measured: with ranges near 2**40 the search makes no headway at 500 children, because the linear programme
inside it cannot tell the later aims apart; at 2**26 each batch takes under a second.
"""


def least_and_most(problem: AllocationProblem, stage: Stage) -> tuple[int, int]:
    """Return totals that the aim can neither fall below nor exceed, whatever is chosen."""
    lowest = [0] * len(problem.unit_sizes)
    highest = [0] * len(problem.unit_sizes)
    for (unit, _), score in stage.scores.items():
        lowest[unit] = min(lowest[unit], score)
        highest[unit] = max(highest[unit], score)
    low = sum(lowest) + sum(min(0, bonus) for bonus in stage.bonuses.values())
    low -= sum(price * min(kept, problem.capacities[home]) for home, kept, price in stage.reserves)
    high = sum(highest) + sum(max(0, bonus) for bonus in stage.bonuses.values())
    companions: dict[int, int] = {}
    for unit, _, _, bonus in stage.companions:
        companions[unit] = max(companions.get(unit, 0), bonus)
    gatherings: dict[tuple[int, ...], int] = {}
    for _, units, bonus in stage.gatherings:
        gatherings[units] = max(gatherings.get(units, 0), bonus)
    high += sum(companions.values()) + sum(gatherings.values())
    return low, high


def dominance(ranges: Sequence[tuple[int, int]]) -> list[int]:
    """Return weights under which one unit of an aim outweighs all that later aims can differ by."""
    weights = [1] * len(ranges)
    for position in range(len(ranges) - 2, -1, -1):
        low, high = ranges[position + 1]
        weights[position] = weights[position + 1] * (high - low + 1)
    return weights


def batches(ranges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the aims, in order, split into runs whose combined range stays small."""
    found: list[list[int]] = []
    span = 1
    for number, (low, high) in enumerate(ranges):
        if found and span * (high - low + 1) < LARGEST_BATCH:
            found[-1].append(number)
            span *= high - low + 1
        else:
            found.append([number])
            span = high - low + 1
    return found


def combined(
    objectives: Sequence[Mapping[int, int]], batch: Sequence[int], weights: Sequence[int]
) -> dict[int, int]:
    """Return the aims of one batch added up with their weights, as the worth of each variable."""
    total: dict[int, int] = {}
    for k, weight in zip(batch, weights, strict=True):
        for variable, worth in objectives[k].items():
            total[variable] = total.get(variable, 0) + weight * worth
    return total


def unproved(
    stages: Sequence[Stage],
    batch: Sequence[int],
    values: Sequence[int],
    weights: Sequence[int],
    ranges: Sequence[tuple[int, int]],
    total_bound: int | None,
) -> list[StageResult]:
    """Return the results of a batch that was cut short: bounds read from the combined bound, in order."""
    out = []
    proved_so_far = total_bound is not None
    rest = total_bound or 0
    for position, k in enumerate(batch):
        bound = ranges[k][1]
        if proved_so_far:
            # The best the later aims can add is known, so the combined bound limits this aim.
            later_low = sum(weights[j] * ranges[batch[j]][0] for j in range(position + 1, len(batch)))
            bound = min(bound, (rest - later_low) // weights[position])
        bound = max(bound, values[position])
        proved = proved_so_far and bound == values[position]
        if proved:
            rest -= weights[position] * values[position]
        proved_so_far = proved
        out.append(StageResult(aim=stages[k].aim, value=values[position], bound=bound, proved=proved))
    return out


def proved_in_order(results: Sequence[StageResult]) -> list[StageResult]:
    """Return the results of all aims, each proved where its value meets its bound and every aim before it is proved.

    A bound may be met without a search that proves it: the most an aim could ever add is a bound too, and a later
    search may reach what an earlier one left open.
    """
    out: list[StageResult] = []
    for result in results:
        proved = result.value == result.bound and all(earlier.proved for earlier in out)
        out.append(replace(result, proved=proved))
    return out
