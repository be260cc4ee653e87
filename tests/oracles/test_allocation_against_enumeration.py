"""The solver's value equals that of trying every allocation, and of other formulations in other solvers.

Small problems with every kind of rule are enumerated; larger ones are solved a second time as an integer programme
written here and given to HiGHS; published instances have published optima.
"""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocation import AllocationProblem, Stage, solve, solve_in_order, tie_breaks
from tests.counts import count
from tests.oracles import brute_force_allocation as brute
from tests.oracles.or_library import or_library_costs, published_optimum

COUNT = count("allocation problems enumerated")
SECOND = count("allocations by a second formulation")


def small_problem(rng: random.Random) -> AllocationProblem:
    units, homes = rng.randint(1, 5), rng.randint(1, 5)
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


def test_where_fractions_mislead_the_columns_left_out_are_still_looked_at():
    """Strong bonuses for company make the prices poor: the best allocation is often among the columns tried last."""
    rng = random.Random(31)
    for _ in range(COUNT):
        units, homes = 4, rng.randint(5, 7)
        twos = [(a, b) for a in range(units) for b in range(a + 1, units)]
        problem = AllocationProblem(
            [rng.choice([1, 1, 2]) for _ in range(units)],
            [rng.randint(2, 4) for _ in range(homes)],
            [(u, h, rng.randint(0, 6)) for u in range(units) for h in range(homes)],
            [two for two in twos if rng.random() < 0.2],
            pair_bonuses=[(a, b, rng.choice([-9, -5, 7, 12])) for a, b in twos if rng.random() < 0.7],
            reserves=[(h, 2, rng.randint(0, 4)) for h in range(homes)],
        )
        found = solve(problem, time_limit_seconds=20)
        expected = brute.best(problem, lambda made, p=problem: brute.score(p, made))
        assert (found.status, found.value) == ("OPTIMAL", expected), problem


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


@pytest.mark.parametrize("name", ["assign100", "assign500"])
def test_the_published_optimum_of_an_or_library_instance_is_reached(name):
    size, costs = or_library_costs(name)
    pairs = [(u, h, 1000 - costs[u * size + h]) for u in range(size) for h in range(size)]
    found = solve(AllocationProblem([1] * size, [1] * size, pairs, []), time_limit_seconds=30)
    assert found.status == "OPTIMAL"
    assert found.value == found.bound == 1000 * size - published_optimum(name)
    assert sorted(found.home_of_unit) == list(range(size))


@pytest.mark.parametrize("name", ["assign100", "assign500"])
def test_the_published_optimum_is_reached_as_costs_of_units_that_must_all_be_placed(name):
    size, costs = or_library_costs(name)
    pairs = [(u, h, -costs[u * size + h]) for u in range(size) for h in range(size)]
    problem = AllocationProblem([1] * size, [1] * size, pairs, [], required_units=range(size))
    found = solve(problem, time_limit_seconds=5)
    optimum = -published_optimum(name)
    assert (found.status, found.value, found.bound) == ("OPTIMAL", optimum, optimum)
    assert sorted(found.home_of_unit) == list(range(size))


def test_the_published_optimum_is_reached_by_the_general_search():
    size, costs = or_library_costs("assign100")
    pairs = [(u, h, 1000 - costs[u * size + h]) for u in range(size) for h in range(size)]
    # A limit nobody can reach keeps the instance from the route for plain assignments.
    problem = AllocationProblem([1] * size, [1] * size, pairs, [], part_limits=[(0, [(0, 1)], 1)])
    found = solve(problem, time_limit_seconds=30)
    assert (found.status, found.value) == ("OPTIMAL", 1000 * size - published_optimum("assign100"))


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


def as_an_integer_programme(problem: AllocationProblem) -> int | None:
    """Return the best total by a second formulation in another solver, with every rule of `AllocationProblem`.

    Each child of a unit has a bed of its own in a home (a variable per child and home, tied together), conflicts are
    counted per home, and a place kept in reserve is a variable of its own.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    cost: list[float] = []
    top: list[float] = []
    rows: list[tuple[dict[int, float], float, float]] = []

    def variable(worth: float, most: float = 1) -> int:
        cost.append(-worth)
        top.append(most)
        return len(cost) - 1

    x: dict[tuple[int, int, int], int] = {}
    for u, h, score in problem.pairs:
        for child in range(problem.unit_sizes[u]):
            x[u, child, h] = variable(score if child == 0 else 0)
            if child:
                rows.append(({x[u, child, h]: 1, x[u, 0, h]: -1}, 0, 0))
    eligible = [(u, h) for u, h, _ in problem.pairs]
    for u in range(len(problem.unit_sizes)):
        least = 1 if u in problem.required_units else 0
        rows.append(({x[u, 0, h]: 1 for v, h in eligible if v == u}, least, 1))
    for h, capacity in enumerate(problem.capacities):
        inside = {x[u, child, h]: 1.0 for u, child, g in x if g == h}
        rows.append((inside, 0, capacity))
        for home, kept, price in problem.reserves:
            if home == h and kept:
                over = variable(-price, min(kept, capacity))
                rows.append(({**inside, over: -1}, -np.inf, capacity - min(kept, capacity)))
    for a, b in problem.conflicts:
        for h in range(len(problem.capacities)):
            if (a, h) in eligible and (b, h) in eligible:
                rows.append(({x[a, 0, h]: 1, x[b, 0, h]: 1}, 0, 1))
    for a, b, bonus in problem.pair_bonuses:
        for h in range(len(problem.capacities)):
            if (a, h) in eligible and (b, h) in eligible:
                both = variable(bonus)
                rows += [({both: 1, x[one, 0, h]: -1}, -np.inf, 0) for one in (a, b)]
                rows.append(({x[a, 0, h]: 1, x[b, 0, h]: 1, both: -1}, -np.inf, 1))
    if not cost:
        return None if problem.required_units else 0
    entries = [
        (number, where, value) for number, (row, _, _) in enumerate(rows) for where, value in row.items()
    ]
    matrix = csr_array(
        ([v for _, _, v in entries], ([r for r, _, _ in entries], [c for _, c, _ in entries])),
        shape=(len(rows), len(cost)),
    )
    answer = milp(
        cost,
        constraints=LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows]),
        integrality=[1] * len(cost),
        bounds=Bounds(0, top),
        options={"mip_rel_gap": 0},
    )
    assert answer.status in (0, 2), answer.message
    return None if answer.status == 2 else round(-answer.fun)


def council_list(rng: random.Random, units: int, homes: int, largest_score: int) -> AllocationProblem:
    sizes = [rng.choice([1, 1, 1, 2, 3]) for _ in range(units)]
    capacities = [rng.choice([1, 1, 2, 3, 4]) for _ in range(homes)]
    twos = [(a, b) for a in range(units) for b in range(a + 1, units)]
    return AllocationProblem(
        sizes,
        capacities,
        [
            (u, h, rng.randint(-2, largest_score))
            for u in range(units)
            for h in range(homes)
            if rng.random() < 0.3
        ],
        rng.sample(twos, min(len(twos), units // 5)),
        pair_bonuses=[(a, b, rng.randint(-9, 9)) for a, b in rng.sample(twos, min(len(twos), units // 6))],
        reserves=[(h, 1, rng.randint(0, 5)) for h in range(homes) if rng.random() < 0.2],
        required_units=rng.sample(range(units), units // 10),
    )


@pytest.mark.parametrize("chunk", range(2))
def test_a_second_formulation_in_another_solver_agrees_up_to_sixty_children(chunk):
    rng = random.Random(3000 + chunk)
    for _ in range(SECOND // 2):
        units = rng.randint(6, 35)
        problem = council_list(rng, units, rng.randint(3, 40), rng.choice([5, 100, 1000]))
        if sum(problem.unit_sizes) > 60:
            continue
        expected = as_an_integer_programme(problem)
        found = solve(problem, time_limit_seconds=60)
        assert found.value == expected, problem
        assert found.status == ("INFEASIBLE" if expected is None else "OPTIMAL")


def test_a_second_formulation_agrees_where_columns_enter_as_they_pay():
    # More than 4,000 columns: not all are in the linear programme from the start.
    rng = random.Random(1)
    sizes = [rng.choice([1, 1, 2]) for _ in range(60)]
    capacities = [rng.choice([1, 2, 3]) for _ in range(90)]
    pairs = [(u, h, rng.randint(1, 2000)) for u in range(60) for h in range(90) if sizes[u] <= capacities[h]]
    problem = AllocationProblem(sizes, capacities, pairs, [(u, u + 1) for u in range(0, 58, 3)])
    assert len(pairs) > 4_000
    found = solve(problem, time_limit_seconds=60)
    assert found.status == "OPTIMAL"
    assert found.value == as_an_integer_programme(problem)


def relisted(problem: AllocationProblem, unit_at: list[int], home_at: list[int]) -> AllocationProblem:
    """Return the same problem with unit ``u`` listed at ``unit_at[u]`` and home ``h`` at ``home_at[h]``."""
    return AllocationProblem(
        [size for _, size in sorted(zip(unit_at, problem.unit_sizes, strict=True))],
        [places for _, places in sorted(zip(home_at, problem.capacities, strict=True))],
        [(unit_at[u], home_at[h], s) for u, h, s in problem.pairs],
        [(unit_at[a], unit_at[b]) for a, b in problem.conflicts],
        pair_bonuses=[(unit_at[a], unit_at[b], bonus) for a, b, bonus in problem.pair_bonuses],
        reserves=[(home_at[h], kept, price) for h, kept, price in problem.reserves],
        required_units=[unit_at[u] for u in problem.required_units],
        pair_places=[(unit_at[u], home_at[h], n) for u, h, n in problem.pair_places],
        part_limits=[
            (home_at[h], [(unit_at[u], n) for u, n in shares], limit)
            for h, shares, limit in problem.part_limits
        ],
        usual_limits=[
            (home_at[h], limit, [[unit_at[u] for u in family] for family in families])
            for h, limit, families in problem.usual_limits
        ],
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False), st.integers(0, 5))
def test_listing_children_and_homes_in_another_order_changes_no_answer(number, shuffler, seed):
    problem = small_problem(random.Random(number))
    unit_at, home_at = list(range(len(problem.unit_sizes))), list(range(len(problem.capacities)))
    shuffler.shuffle(unit_at)
    shuffler.shuffle(home_at)
    found = solve(problem, time_limit_seconds=20)
    again = solve(relisted(problem, unit_at, home_at), time_limit_seconds=20, seed=seed)
    assert (again.status, again.value, again.bound) == (found.status, found.value, found.bound)
    moved: list[int | None] = [None] * len(unit_at)
    for u, h in enumerate(found.home_of_unit):
        moved[unit_at[u]] = None if h is None else home_at[h]
    if len(tie_breaks(problem)) == 1:
        assert again.home_of_unit == tuple(moved)


def test_units_that_are_all_different_are_told_apart_in_most_small_problems():
    rng = random.Random(4)
    told_apart = sum(len(tie_breaks(small_problem(rng))) == 1 for _ in range(200))
    assert told_apart > 120


def plain_greedy(problem: AllocationProblem) -> int:
    """Place the best pair first, as one would by hand, by each rule's plain meaning."""
    homes: list[int | None] = [None] * len(problem.unit_sizes)
    for u, h, score in sorted(problem.pairs, key=lambda row: -row[2]):
        if homes[u] is None and score > 0:
            homes[u] = h
            if not brute.allowed(problem, tuple(homes)):
                homes[u] = None
    return brute.score(problem, tuple(homes))


@pytest.mark.parametrize("time_limit_seconds", [0, 0.001, 0.01, 0.03, 0.1, 0.3])
def test_the_answer_is_never_worse_than_greedy_and_never_claims_more_than_is_so(time_limit_seconds):
    rng = random.Random(17)
    for _ in range(8):
        problem = council_list(rng, 40, 30, 100)
        problem = replace(problem, reserves=(), pair_bonuses=(), required_units=())
        best = solve(problem, time_limit_seconds=60)
        cut = solve(problem, time_limit_seconds=time_limit_seconds)
        assert best.status == "OPTIMAL"
        assert brute.allowed(problem, cut.home_of_unit)
        assert plain_greedy(problem) <= cut.value <= best.value <= cut.bound
        assert brute.score(problem, cut.home_of_unit) == cut.value
        assert (cut.status == "OPTIMAL") == (cut.value == cut.bound)
        assert cut.stopped_by in ("proof", "work")


@pytest.mark.parametrize("time_limit_seconds", [0, 0.001, 0.004, 0.016])
def test_a_bound_at_a_tiny_limit_is_never_below_the_best_of_every_allocation(time_limit_seconds):
    rng = random.Random(23)
    for _ in range(COUNT // 5):
        problem = small_problem(rng)
        expected = brute.best(problem, lambda homes, p=problem: brute.score(p, homes))
        found = solve(problem, time_limit_seconds=time_limit_seconds)
        if expected is None:
            assert found.status in ("INFEASIBLE", "TIME_LIMIT_NO_SOLUTION"), problem
        elif found.value is None:
            assert found.status == "TIME_LIMIT_NO_SOLUTION", problem
        else:
            assert found.value == brute.score(problem, found.home_of_unit) <= expected <= found.bound, problem
            assert (found.status == "OPTIMAL") == (found.value == found.bound), problem


def test_the_same_limit_gives_the_same_answer_for_every_seed_proved_or_not():
    problem = council_list(random.Random(29), 80, 60, 1000)
    for time_limit_seconds in (0.02, 0.05, 0.1, 30):
        answers = {
            (found.status, found.home_of_unit, found.bound)
            for found in (
                solve(problem, time_limit_seconds=time_limit_seconds, seed=seed) for seed in (0, 1, 7)
            )
        }
        assert len(answers) == 1


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
