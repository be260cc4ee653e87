"""The solver's value equals that of trying every allocation, on small problems with every kind of rule."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from matching.allocation import AllocationProblem, Stage, solve, solve_in_order
from tests.counts import count
from tests.oracles import brute_force_allocation as brute

COUNT = count("allocation problems enumerated")


def small_problem(rng: random.Random) -> AllocationProblem:
    units, homes = rng.randint(1, 5), rng.randint(1, 4)
    sizes = [rng.choice([1, 1, 1, 2, 3]) for _ in range(units)]
    capacities = [rng.randint(0, 3) for _ in range(homes)]
    cells = [(u, h) for u in range(units) for h in range(homes) if rng.random() < 0.75]
    twos = [(a, b) for a in range(units) for b in range(a + 1, units)]
    return AllocationProblem(
        sizes,
        capacities,
        [(u, h, rng.randint(-3, 9)) for u, h in cells],
        [two for two in twos if rng.random() < 0.2],
        pair_bonuses=[(a, b, rng.randint(-4, 6)) for a, b in twos if rng.random() < 0.3],
        reserves=[(h, rng.randint(0, 3), rng.randint(0, 5)) for h in range(homes) if rng.random() < 0.4],
        required_units=[u for u in range(units) if rng.random() < 0.15],
        pair_places=[(u, h, rng.randint(0, sizes[u])) for u, h in cells if rng.random() < 0.15],
        part_limits=[
            (h, [(u, rng.randint(0, 2)) for u in range(units) if rng.random() < 0.6], rng.randint(0, 2))
            for h in range(homes)
            if rng.random() < 0.3
        ],
        usual_limits=[
            (
                h,
                rng.randint(0, 3),
                [[u for u in range(units) if rng.random() < 0.5] for _ in range(rng.randint(0, 2))],
            )
            for h in range(homes)
            if rng.random() < 0.4
        ],
    )


@pytest.mark.parametrize("chunk", range(5))
def test_the_total_score_is_the_best_of_every_allocation(chunk):
    rng = random.Random(1000 + chunk)
    for _ in range(COUNT // 5):
        problem = small_problem(rng)
        expected = brute.best(problem, lambda homes, p=problem: brute.score(p, homes))
        found = solve(problem, time_limit_seconds=20)
        if expected is None:
            assert found.status == "INFEASIBLE", problem
            continue
        assert found.status == "OPTIMAL", problem
        assert brute.allowed(problem, found.home_of_unit), problem
        assert found.value == found.bound == expected == brute.score(problem, found.home_of_unit), problem


@pytest.mark.parametrize("chunk", range(3))
def test_aims_in_order_reach_the_best_list_of_values(chunk):
    rng = random.Random(2000 + chunk)
    for _ in range(COUNT // 5):
        problem = small_problem(rng)
        twos = [(a, b) for a, b, _ in problem.pair_bonuses]
        stages = [
            Stage(
                aim=f"aim_{k}",
                scores={(u, h): rng.randint(-2, 3) for u, h, _ in problem.pairs},
                bonuses={two: rng.randint(-2, 2) for two in twos} if k else {},
                reserves=problem.reserves if k == 2 else (),
                companions=[
                    (a, h, tuple(u for u in range(len(problem.unit_sizes)) if u != a), rng.randint(0, 2))
                    for a, h, _ in problem.pairs
                    if k and rng.random() < 0.3
                ],
                gatherings=[
                    (h, two, rng.randint(0, 3)) for two in twos for h in range(len(problem.capacities))
                ]
                if k == 3
                else (),
            )
            for k in range(4)
        ]

        def worth(homes, p=problem, stages=stages):
            values = []
            for stage in stages:
                priced = AllocationProblem(
                    p.unit_sizes,
                    p.capacities,
                    [(u, h, s) for (u, h), s in stage.scores.items()],
                    pair_bonuses=[(a, b, v) for (a, b), v in stage.bonuses.items()],
                    reserves=stage.reserves,
                    pair_places=p.pair_places,
                )
                values.append(brute.score(priced, homes) + brute.company(homes, stage))
            return values

        expected = brute.best(problem, worth)
        found = solve_in_order(problem, stages, time_limit_seconds=20)
        if expected is None:
            assert found.status == "INFEASIBLE", problem
            continue
        assert found.status == "OPTIMAL"
        assert [stage.value for stage in found.stages] == expected, problem
        assert all(stage.proved and stage.bound == stage.value for stage in found.stages)
        assert worth(found.home_of_unit) == expected


def test_the_published_optimum_of_an_or_library_instance_is_reached():
    numbers = [int(n) for n in (Path(__file__).parent / "or_library/assign100.txt").read_text().split()]
    size, costs = numbers[0], numbers[1:]
    pairs = [(u, h, 1000 - costs[u * size + h]) for u in range(size) for h in range(size)]
    found = solve(AllocationProblem([1] * size, [1] * size, pairs, []), time_limit_seconds=30)
    assert found.status == "OPTIMAL"
    assert found.value == found.bound == 1000 * size - 305
    assert sorted(found.home_of_unit) == list(range(size))


def test_the_published_optimum_is_reached_as_costs_of_units_that_must_all_be_placed():
    numbers = [int(n) for n in (Path(__file__).parent / "or_library/assign100.txt").read_text().split()]
    size, costs = numbers[0], numbers[1:]
    pairs = [(u, h, -costs[u * size + h]) for u in range(size) for h in range(size)]
    problem = AllocationProblem([1] * size, [1] * size, pairs, [], required_units=range(size))
    found = solve(problem, time_limit_seconds=1)
    assert (found.status, found.value, found.bound) == ("OPTIMAL", -305, -305)
    assert sorted(found.home_of_unit) == list(range(size))


@pytest.mark.parametrize("scale", [1, 10**12])
def test_plain_problems_with_required_units_are_exact_at_every_size_of_score(scale):
    rng = random.Random(11)
    for _ in range(30):
        units, homes = rng.randint(1, 5), rng.randint(1, 4)
        pairs = [
            (u, h, rng.randint(-50, 50) * scale + rng.randint(0, 3))
            for u in range(units)
            for h in range(homes)
            if rng.random() < 0.7
        ]
        problem = AllocationProblem(
            [1] * units,
            [rng.randint(0, 2) for _ in range(homes)],
            pairs,
            [],
            required_units=[u for u in range(units) if rng.random() < 0.6],
        )
        expected = brute.best(problem, lambda homes, p=problem: brute.score(p, homes))
        found = solve(problem, time_limit_seconds=20)
        assert found.value == expected, problem
        assert found.status == ("INFEASIBLE" if expected is None else "OPTIMAL")


def test_the_search_and_the_assignment_route_agree_on_plain_problems():
    rng = random.Random(7)
    for _ in range(20):
        units, homes = rng.randint(1, 8), rng.randint(1, 6)
        pairs = [
            (u, h, rng.randint(-2, 50)) for u in range(units) for h in range(homes) if rng.random() < 0.6
        ]
        capacities = [rng.randint(0, 2) for _ in range(homes)]
        plain = AllocationProblem([1] * units, capacities, pairs, [])
        # A limit nobody can reach sends the same problem through the search.
        searched = AllocationProblem([1] * units, capacities, pairs, [], part_limits=[(0, [(0, 1)], 1)])
        assert solve(plain, time_limit_seconds=10).value == solve(searched, time_limit_seconds=10).value


@pytest.mark.parametrize("seed", [1, 2])
def test_a_second_formulation_in_another_solver_agrees_where_prices_choose_the_columns(seed):
    # More than 2,000 columns: the answer goes through pricing, restriction and proof.
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import lil_array

    rng = random.Random(seed)
    sizes = [rng.choice([1, 1, 2]) for _ in range(70)]
    capacities = [rng.choice([1, 2, 3]) for _ in range(45)]
    pairs = [(u, h, rng.randint(1, 200)) for u in range(70) for h in range(45) if sizes[u] <= capacities[h]]
    conflicts = [(u, u + 1) for u in range(0, 68, 3)]
    assert len(pairs) > 2_000
    column = {(u, h): number for number, (u, h, _) in enumerate(pairs)}
    rows = []
    rows += [({column[u, h]: 1 for h in range(45) if (u, h) in column}, 1) for u in range(70)]
    rows += [
        ({column[u, h]: sizes[u] for u in range(70) if (u, h) in column}, capacities[h]) for h in range(45)
    ]
    rows += [
        ({column[a, h]: 1, column[b, h]: 1}, 1)
        for a, b in conflicts
        for h in range(45)
        if (a, h) in column and (b, h) in column
    ]
    matrix = lil_array((len(rows), len(pairs)))
    for number, (entries, _) in enumerate(rows):
        for where, value in entries.items():
            matrix[number, where] = value
    answer = milp(
        [-score for _, _, score in pairs],
        constraints=LinearConstraint(matrix.tocsr(), ub=[limit for _, limit in rows]),
        integrality=[1] * len(pairs),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0},
    )
    found = solve(AllocationProblem(sizes, capacities, pairs, conflicts), time_limit_seconds=60)
    assert found.status == "OPTIMAL"
    assert found.value == round(-answer.fun)


@pytest.mark.parametrize("time_limit_seconds", [0.0, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1])
def test_a_search_cut_short_never_claims_a_proof_it_does_not_have(time_limit_seconds: float) -> None:
    """The greedy floor takes the reserved place; only a search finds that the other is better."""
    small = AllocationProblem([1], [1, 1], [(0, 0, 847), (0, 1, 780)], [], reserves=[(0, 1, 472)])
    rng = random.Random(7)
    pairs = [
        (unit, home, rng.randint(1, 1000)) for unit in range(100) for home in range(40) if rng.random() < 0.5
    ]
    large = AllocationProblem(
        [rng.choice([1, 1, 2]) for _ in range(100)],
        [rng.choice([1, 2, 3]) for _ in range(40)],
        pairs,
        [(unit, unit + 1) for unit in range(0, 100, 7)],
        reserves=[(home, 1, 300) for home in range(0, 40, 3)],
    )
    for problem in (small, large):
        best = solve(problem, time_limit_seconds=30)
        assert best.status == "OPTIMAL"
        cut = solve(problem, time_limit_seconds=time_limit_seconds)
        assert cut.status in ("OPTIMAL", "FEASIBLE")
        assert cut.value <= best.value <= cut.bound
        assert (cut.status == "OPTIMAL") == (cut.value == cut.bound)
