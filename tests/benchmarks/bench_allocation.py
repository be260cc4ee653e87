"""The allocation core on lists like a council's and a region's, beside greedy and a plain solver in the same run.

Three in ten children are in groups of brothers and sisters who must stay together, some children may not share
a home, and 15% of the homes are eligible for each. The plain formulation below is what one writes first: a
variable for each child and home, and equal variables for brothers and sisters.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matching.allocation import AllocationProblem, solve

SIZES = ((60, 100), (500, 800), (500, 500))
"""Children and beds: a council, a region, and a region with as many children as beds."""
SHARE_IN_GROUPS = 0.3
SHARE_ELIGIBLE = 0.15
OR_LIBRARY = Path(__file__).parents[1] / "oracles" / "or_library"
OR_LIBRARY_OPTIMUM = 305


def measure(full: bool) -> dict[str, Any]:
    """Return seconds, gap and the ratio of the score to greedy's and to a plain solver's, for each size."""
    limit = 60.0 if full else 3.0
    # The solver is loaded before anything is timed.
    solve(_invented(random.Random(0), 6, 10), time_limit_seconds=1)
    figures: dict[str, Any] = {}
    counts: dict[str, Any] = {"time_limit_seconds": limit, "workers": 1}
    for children, beds in SIZES if full else SIZES[:1]:
        problem = _invented(random.Random(children), children, beds)
        size = f"{children}_{beds}"
        counts[f"units_{size}"] = len(problem.unit_sizes)
        counts[f"homes_{size}"] = len(problem.capacities)
        counts[f"pairs_{size}"] = len(problem.pairs)
        counts[f"conflicts_{size}"] = len(problem.conflicts)
        figures |= {f"{name}_{size}": value for name, value in _compared(problem, limit).items()}
    return {
        "what": "one score for a whole list, siblings together, conflicts, 15% of homes eligible; names end in "
        "children_beds; also OR-Library assign100",
        "counts": counts,
        "figures": figures | _published(),
    }


def _compared(problem: AllocationProblem, limit: float) -> dict[str, float]:
    started, worked = time.perf_counter(), time.process_time()
    ours = solve(problem, time_limit_seconds=limit)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    greedy = solve(problem, time_limit_seconds=0)
    worked_before = time.process_time()
    plain_value, plain_bound = _plain(problem, limit)
    plain_processor = time.process_time() - worked_before
    assert ours.value is not None
    assert greedy.value is not None
    assert ours.gap is not None
    return {
        "seconds": round(seconds, 2),
        "processor_s": round(processor, 2),
        "gap_percent": round(100 * ours.gap, 4),
        "children_placed": _placed(problem, ours.home_of_unit),
        "children_placed_greedy": _placed(problem, greedy.home_of_unit),
        "score_to_greedy_ratio": round(ours.value / greedy.value, 4),
        "score_to_plain_ratio": round(ours.value / plain_value, 4),
        "processor_to_plain_ratio": round(processor / plain_processor, 3),
        "plain_processor_s": round(plain_processor, 2),
        "plain_gap_percent": round(100 * (plain_bound - plain_value) / plain_value, 4),
    }


def _placed(problem: AllocationProblem, homes: Sequence[int | None]) -> int:
    return sum(size for size, home in zip(problem.unit_sizes, homes, strict=True) if home is not None)


def _plain(problem: AllocationProblem, limit: float) -> tuple[float, float]:
    """Return the score and the bound of the plain formulation: a variable for each child and home."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    children = [(unit, number) for unit, size in enumerate(problem.unit_sizes) for number in range(size)]
    score = {(unit, home): worth for unit, home, worth in problem.pairs}
    x = {
        (child, home): model.new_bool_var("")
        for child in children
        for unit, home in score
        if unit == child[0]
    }
    by_child: dict[Any, list[Any]] = {child: [] for child in children}
    by_home: dict[int, list[Any]] = {home: [] for home in range(len(problem.capacities))}
    for (child, home), variable in x.items():
        by_child[child].append(variable)
        by_home[home].append(variable)
    for variables in by_child.values():
        model.add_at_most_one(variables)
    for home, variables in by_home.items():
        model.add(sum(variables) <= problem.capacities[home])
    for (child, home), variable in x.items():
        if child[1]:
            model.add_implication(variable, x[(child[0], 0), home])
            model.add_implication(x[(child[0], 0), home], variable)
    for one, other in problem.conflicts:
        for home in range(len(problem.capacities)):
            if (one, home) in score and (other, home) in score:
                model.add_bool_or(~x[(one, 0), home], ~x[(other, 0), home])
    model.maximize(sum(score[child[0], home] * x[child, home] for child, home in x if child[1] == 0))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = limit
    solver.solve(model)
    return solver.objective_value, solver.best_objective_bound


def _published() -> dict[str, float]:
    numbers = [int(n) for n in (OR_LIBRARY / "assign100.txt").read_text().split()]
    size, costs = numbers[0], numbers[1:]
    pairs = [(u, h, 1000 - costs[u * size + h]) for u in range(size) for h in range(size)]
    plain = AllocationProblem([1] * size, [1] * size, pairs, [])
    # A limit nobody can reach sends the same instance through the general search.
    general = AllocationProblem([1] * size, [1] * size, pairs, [], part_limits=[(0, [(0, 1)], 1)])
    figures = {}
    for name, problem in (("or_library_assign100", plain), ("or_library_assign100_by_search", general)):
        started = time.perf_counter()
        found = solve(problem, time_limit_seconds=60)
        figures[f"{name}_seconds"] = round(time.perf_counter() - started, 3)
        assert found.value is not None
        figures[f"{name}_cost_to_published_optimum_ratio"] = round(
            (1000 * size - found.value) / OR_LIBRARY_OPTIMUM, 6
        )
    return figures


def _invented(rng: random.Random, children: int, beds: int) -> AllocationProblem:
    """Return an invented list: groups of two or three, homes of one to four beds, larger scores better."""
    sizes: list[int] = []
    in_groups = round(children * SHARE_IN_GROUPS)
    while in_groups > 1:
        sizes.append(2 if in_groups in (2, 4) else rng.choice((2, 2, 3)))
        in_groups -= sizes[-1]
    sizes += [1] * (children - sum(sizes))
    capacities: list[int] = []
    while sum(capacities) < beds:
        capacities.append(min(rng.choice((1, 1, 2, 3, 4)), beds - sum(capacities)))
    pairs = [
        (unit, home, rng.randint(1, 1000) * size)
        for unit, size in enumerate(sizes)
        for home, capacity in enumerate(capacities)
        if size <= capacity and rng.random() < SHARE_ELIGIBLE
    ]
    conflicts = {tuple(sorted(rng.sample(range(len(sizes)), 2))) for _ in range(children // 10)}
    return AllocationProblem(sizes, capacities, pairs, sorted(conflicts))
