"""The pure core: what a problem may be, what an answer says, and what never decides it."""

from __future__ import annotations

import random

import pytest

from matching.allocation import AllocationProblem, Stage, solve, solve_in_order, stage_value, tie_breaks
from reference_data.problems import InvalidInput


def crowded(seed: int = 1, units: int = 40, homes: int = 30) -> AllocationProblem:
    rng = random.Random(seed)
    return AllocationProblem(
        [rng.choice([1, 1, 1, 2]) for _ in range(units)],
        [rng.choice([1, 2, 3]) for _ in range(homes)],
        [(u, h, rng.randint(1, 5)) for u in range(units) for h in range(homes) if rng.random() < 0.3],
        [(u, u + 1) for u in range(0, units - 1, 4)],
    )


def test_an_empty_problem_is_optimal_at_nothing():
    found = solve(AllocationProblem([], [], [], []), time_limit_seconds=1)
    assert (found.status, found.value, found.bound, found.gap) == ("OPTIMAL", 0, 0, 0.0)
    assert found.home_of_unit == ()


def test_one_child_takes_the_better_of_two_homes():
    found = solve(AllocationProblem([1], [1, 1], [(0, 0, 3), (0, 1, 5)], []), time_limit_seconds=5)
    assert found.home_of_unit == (1,)
    assert found.value == 5


def test_two_children_share_out_homes_better_than_one_by_one():
    pairs = [(0, 0, 10), (0, 1, 9), (1, 0, 9)]
    found = solve(AllocationProblem([1, 1], [1, 1], pairs, []), time_limit_seconds=5)
    assert found.home_of_unit == (1, 0)
    assert found.value == 18


def test_a_group_takes_as_many_places_as_it_has_children():
    pairs = [(0, 0, 5), (1, 0, 4)]
    found = solve(AllocationProblem([3, 1], [3], pairs, []), time_limit_seconds=5)
    assert found.home_of_unit == (0, None)


def test_a_negative_score_is_worse_than_unplaced_unless_the_unit_is_required():
    problem = AllocationProblem([1], [1], [(0, 0, -5)], [])
    assert solve(problem, time_limit_seconds=5).home_of_unit == (None,)
    required = AllocationProblem([1], [1], [(0, 0, -5)], [], required_units=[0])
    found = solve(required, time_limit_seconds=5)
    assert (found.status, found.home_of_unit, found.value) == ("OPTIMAL", (0,), -5)


def test_units_in_conflict_never_share_a_home():
    pairs = [(0, 0, 5), (1, 0, 4)]
    assert solve(AllocationProblem([1, 1], [2], pairs, [(1, 0)]), time_limit_seconds=5).value == 5
    assert solve(AllocationProblem([1, 1], [2], pairs, []), time_limit_seconds=5).value == 9


def test_a_bonus_is_earned_only_in_the_same_home():
    pairs = [(0, 0, 5), (0, 1, 4), (1, 1, 5)]
    apart = solve(AllocationProblem([1, 1], [2, 2], pairs, []), time_limit_seconds=5)
    assert apart.home_of_unit == (0, 1)
    problem = AllocationProblem([1, 1], [2, 2], pairs, [], pair_bonuses=[(0, 1, 2)])
    together = solve(problem, time_limit_seconds=5)
    assert together.home_of_unit == (1, 1)
    assert together.value == 11


def test_the_last_places_kept_in_reserve_cost_their_price():
    pairs = [(0, 0, 5), (1, 0, 4)]
    problem = AllocationProblem([1, 1], [2], pairs, [], reserves=[(0, 1, 3)])
    assert solve(problem, time_limit_seconds=5).value == 6
    dearer = AllocationProblem([1, 1], [2], pairs, [], reserves=[(0, 1, 5)])
    found = solve(dearer, time_limit_seconds=5)
    assert (found.value, found.home_of_unit) == (5, (0, None))


def test_only_required_units_can_make_a_problem_infeasible():
    pairs = [(0, 0, 5), (1, 0, 4)]
    assert solve(AllocationProblem([1, 1], [1], pairs, []), time_limit_seconds=5).status == "OPTIMAL"
    found = solve(AllocationProblem([1, 1], [1], pairs, [], required_units=[0, 1]), time_limit_seconds=5)
    assert found.status == "INFEASIBLE"
    assert found.home_of_unit == (None, None)
    assert found.value is None
    nowhere = AllocationProblem([1], [1], [], [], required_units=[0])
    assert solve(nowhere, time_limit_seconds=5).status == "INFEASIBLE"


def test_a_bed_held_for_a_unit_takes_none_of_the_counted_places():
    pairs = [(0, 0, 5), (1, 0, 4)]
    problem = AllocationProblem([1, 1], [1], pairs, [], pair_places=[(0, 0, 0)])
    assert solve(problem, time_limit_seconds=5).home_of_unit == (0, 0)


def test_a_part_limit_binds_only_its_own_units():
    pairs = [(u, 0, 5) for u in range(3)]
    problem = AllocationProblem([1, 1, 1], [2], pairs, [], part_limits=[(0, [(0, 1), (1, 1)], 1)])
    found = solve(problem, time_limit_seconds=5)
    assert found.value == 10
    assert found.home_of_unit[2] == 0


def test_more_than_the_usual_limit_is_placed_only_when_all_are_one_family():
    pairs = [(0, 0, 5), (1, 0, 5), (2, 0, 5)]
    family = AllocationProblem([2, 2, 1], [5], pairs, [], usual_limits=[(0, 3, [[0, 1]])])
    found = solve(family, time_limit_seconds=5)
    assert found.value == 10
    strangers = AllocationProblem([2, 2, 1], [5], pairs, [], usual_limits=[(0, 3, [])])
    placed = solve(strangers, time_limit_seconds=5)
    assert placed.home_of_unit.count(0) == 2
    assert placed.home_of_unit[2] == 0


def test_no_time_at_all_still_gives_the_greedy_allocation():
    problem = crowded()
    found = solve(problem, time_limit_seconds=0)
    best = solve(problem, time_limit_seconds=20)
    assert found.status == "FEASIBLE"
    assert 0 < found.value <= best.value <= found.bound
    assert found.gap > 0
    assert found.stopped_by in {"clock", "work"}


def test_no_time_at_all_gives_the_greedy_allocation_of_a_plain_list_too():
    pairs = [(0, 0, 10), (0, 1, 9), (1, 0, 9)]
    found = solve(AllocationProblem([1, 1], [1, 1], pairs, []), time_limit_seconds=0)
    assert (found.status, found.value, found.home_of_unit) == ("FEASIBLE", 10, (0, None))
    assert found.bound >= 18
    assert found.stopped_by == "work"


def test_children_who_are_alike_are_told_apart_in_one_way_whatever_the_seed():
    pairs = [(u, h, 5) for u in range(6) for h in range(3)]
    problem = AllocationProblem([1] * 6, [1] * 3, pairs, [(0, 1)])
    answers = {solve(problem, time_limit_seconds=5, seed=seed).home_of_unit for seed in range(5)}
    assert len(answers) == 1
    assert len(tie_breaks(problem)) == 2


def test_two_children_who_differ_only_in_whom_they_may_not_live_with_are_not_alike():
    pairs = [(u, h, 5) for u in range(3) for h in range(2)]
    marks = tie_breaks(AllocationProblem([1, 1, 1], [1, 2], pairs, [(0, 1)]))[0].scores
    assert marks[0, 0] == marks[1, 0] != marks[2, 0]
    assert marks[0, 0] != marks[0, 1]


def test_the_order_of_the_input_and_the_seed_never_change_a_proved_answer():
    problem = crowded(3)
    found = solve(problem, time_limit_seconds=30)
    assert found.status == "OPTIMAL"
    for seed in (1, 2, 3):
        rng = random.Random(seed)
        pairs, conflicts = list(problem.pairs), [(b, a) for a, b in problem.conflicts]
        rng.shuffle(pairs)
        rng.shuffle(conflicts)
        again = solve(
            AllocationProblem(list(problem.unit_sizes), list(problem.capacities), pairs, conflicts),
            time_limit_seconds=30,
            seed=seed,
        )
        assert again.home_of_unit == found.home_of_unit
        assert (again.value, again.bound) == (found.value, found.bound)


def test_one_more_place_never_lowers_the_value():
    problem = crowded(5)
    before = solve(problem, time_limit_seconds=30).value
    for home in range(0, len(problem.capacities), 7):
        roomier = [places + (number == home) for number, places in enumerate(problem.capacities)]
        after = solve(
            AllocationProblem(problem.unit_sizes, roomier, problem.pairs, problem.conflicts),
            time_limit_seconds=30,
        ).value
        assert after >= before


def test_an_earlier_aim_is_never_traded_for_a_later_one():
    problem = AllocationProblem([1, 1], [1], [(0, 0, 0), (1, 0, 0)], [])
    stages = [Stage(aim="urgent", scores={(0, 0): 1}), Stage(aim="near", scores={(1, 0): 10**9})]
    found = solve_in_order(problem, stages, time_limit_seconds=5)
    assert found.home_of_unit == (0, None)
    assert [(stage.aim, stage.value, stage.proved) for stage in found.stages] == [
        ("urgent", 1, True),
        ("near", 0, True),
    ]


def test_after_the_first_unproved_aim_the_later_ones_are_not_proved():
    problem = crowded(8)
    stages = [
        Stage(aim="count", scores={(u, h): problem.unit_sizes[u] for u, h, _ in problem.pairs}),
        Stage(aim="worth", scores={(u, h): s for u, h, s in problem.pairs}),
        Stage(aim="order", scores={(u, h): -h for u, h, _ in problem.pairs}),
    ]
    found = solve_in_order(problem, stages, time_limit_seconds=0)
    assert found.status == "FEASIBLE"
    flags = [stage.proved for stage in found.stages]
    assert flags == sorted(flags, reverse=True)
    assert not flags[-1]
    for stage, result in zip(stages, found.stages, strict=True):
        assert result.value == stage_value(found.home_of_unit, stage, problem)
        assert result.bound >= result.value


def test_aims_too_large_to_add_up_are_still_kept_in_order():
    problem = crowded(9, units=12, homes=8)
    stages = [
        Stage(aim="first", scores={(u, h): s * 10**9 for u, h, s in problem.pairs}),
        Stage(aim="second", scores={(u, h): -(h * 10**9) for u, h, _ in problem.pairs}),
    ]
    scaled = [
        Stage(aim="first", scores={(u, h): s for u, h, s in problem.pairs}),
        Stage(aim="second", scores={(u, h): -h for u, h, _ in problem.pairs}),
    ]
    large = solve_in_order(problem, stages, time_limit_seconds=20)
    small = solve_in_order(problem, scaled, time_limit_seconds=20)
    assert [s.value for s in large.stages] == [s.value * 10**9 for s in small.stages]
    assert large.status == "OPTIMAL"


@pytest.mark.parametrize(
    ("code", "arguments", "options"),
    [
        ("index_out_of_range", ([1], [1], [(1, 0, 5)], []), {}),
        ("index_out_of_range", ([1], [1], [(0, -1, 5)], []), {}),
        ("named_twice", ([1], [1], [(0, 0, 5), (0, 0, 6)], []), {}),
        ("too_small", ([0], [1], [], []), {}),
        ("too_small", ([1], [-1], [], []), {}),
        ("not_a_whole_number", ([1], [1], [(0, 0, 0.5)], []), {}),
        ("not_a_whole_number", ([1.0], [1], [], []), {}),
        ("not_a_whole_number", ([True], [1], [], []), {}),
        ("wrong_shape", ([1], [1], [(0, 0)], []), {}),
        ("unit_with_itself", ([1], [1], [], [(0, 0)]), {}),
        ("too_small", ([1], [1], [], []), {"reserves": [(0, 1, -1)]}),
        ("index_out_of_range", ([1], [1], [], []), {"required_units": [1]}),
        ("named_twice", ([1, 1], [1], [], []), {"pair_bonuses": [(0, 1, 1), (1, 0, 1)]}),
        ("scores_too_large", ([1], [1], [(0, 0, 2**62)], []), {}),
    ],
)
def test_a_problem_that_cannot_be_meant_is_refused(code, arguments, options):
    with pytest.raises(InvalidInput) as caught:
        AllocationProblem(*arguments, **options)
    assert caught.value.code == code


@pytest.mark.parametrize("limit", [-1, float("nan")])
def test_a_time_limit_that_cannot_be_meant_is_refused(limit):
    with pytest.raises(InvalidInput):
        solve(AllocationProblem([1], [1], [], []), time_limit_seconds=limit)
