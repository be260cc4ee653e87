"""What prices and cuts claim, held against every allocation of small problems."""

from __future__ import annotations

import random
from itertools import product

import numpy as np
import pytest

from matching.allocation import AllocationProblem, Stage
from matching.allocation_budget import Budget
from matching.allocation_cuts import Cutter, carried_over
from matching.allocation_model import Row, usable_pairs, write_model
from matching.allocation_pricing import price
from tests.oracles import brute_force_allocation as brute


def room_row(rng: random.Random) -> Row:
    count = rng.randint(2, 8)
    places = tuple(rng.choice([1, 1, 1, 2, 2, 3, 4]) for _ in range(count))
    return Row(variables=tuple(range(count)), coefficients=places, limit=rng.randint(2, 7))


def holds(row: Row, chosen: tuple[int, ...]) -> bool:
    return sum(c for v, c in zip(row.variables, row.coefficients, strict=True) if chosen[v]) <= row.limit


def test_every_cut_holds_for_every_way_to_fill_a_home_and_fails_for_the_fractions_it_was_made_for():
    rng = random.Random(5)
    found = 0
    for _ in range(400):
        row = room_row(rng)
        count = len(row.variables)
        shares = np.array([rng.choice([0, 0.25, 0.5, 0.5, 0.75, 1]) for _ in range(count)])
        cuts = Cutter([row], [1] * count).broken_by(shares)
        found += len(cuts)
        for cut in cuts:
            weighed = sum(c * shares[v] for v, c in zip(cut.variables, cut.coefficients, strict=True))
            assert weighed > cut.limit, row
            for chosen in product((0, 1), repeat=count):
                if holds(row, chosen):
                    assert holds(cut, chosen), (row, cut, chosen)
    assert found > 100


def test_a_group_and_a_half_are_cut_off():
    """Two groups of two in three places: a linear programme takes one and a half of them."""
    row = Row(variables=(0, 1), coefficients=(2, 2), limit=3)
    cuts = Cutter([row], [1, 1]).broken_by(np.array([1.0, 0.5]))
    assert Row(variables=(0, 1), coefficients=(1, 1), limit=1) in cuts


def test_a_cut_carried_over_to_fewer_columns_keeps_its_limit():
    cut = Row(variables=(0, 1, 2, 3), coefficients=(1, 2, 1, 1), limit=2)
    before = [(0, 0), (1, 0), (2, 0)]
    now = [(1, 0), (2, 0)]
    # Variable 3 stands for no pair; it goes too.
    assert carried_over([cut], before, now) == (Row(variables=(0, 1), coefficients=(2, 1), limit=2),)
    assert carried_over([cut], before, [(2, 0)]) == ()


@pytest.mark.parametrize("limit", [0.02, 100.0])
def test_the_bound_is_never_below_the_best_and_a_dropped_pair_is_never_in_a_best_allocation(limit):
    rng = random.Random(9)
    for _ in range(60):
        units, homes = rng.randint(1, 5), rng.randint(1, 4)
        sizes = [rng.choice([1, 1, 2, 3]) for _ in range(units)]
        problem = AllocationProblem(
            sizes,
            [rng.randint(0, 4) for _ in range(homes)],
            [(u, h, rng.randint(-5, 40)) for u in range(units) for h in range(homes) if rng.random() < 0.8],
            [(u, u + 1) for u in range(units - 1) if rng.random() < 0.3],
            reserves=[(h, 1, rng.randint(0, 9)) for h in range(homes) if rng.random() < 0.4],
        )
        stage = Stage(aim="score", scores={(u, h): s for u, h, s in problem.pairs}, reserves=problem.reserves)
        model = write_model(problem, [stage], usable_pairs(problem))
        prices = price(model, model.objectives[0], [], budget=Budget.of(limit))
        best = brute.best(problem, lambda made, p=problem: brute.score(p, made))
        if prices is None:
            continue
        assert prices.bound >= best
        able = prices.can_reach(best)
        for made in brute.every_allocation(problem):
            if brute.score(problem, made) == best:
                used = [number for number, (u, h) in enumerate(model.pairs) if made[u] == h]
                assert able[used].all(), (problem, made)


def test_columns_that_enter_when_they_pay_give_the_bound_of_the_whole_programme():
    from scipy.optimize import linprog
    from scipy.sparse import lil_array

    rng = random.Random(3)
    units, homes = 90, 70
    pairs = [(u, h, rng.randint(1, 10_000)) for u in range(units) for h in range(homes)]
    problem = AllocationProblem([1] * units, [1] * homes, pairs, [])
    stage = Stage(aim="score", scores={(u, h): s for u, h, s in pairs})
    model = write_model(problem, [stage], usable_pairs(problem))
    assert len(model.pairs) > 4_000
    prices = price(model, model.objectives[0], [], budget=Budget.of(100))
    matrix = lil_array((units + homes, len(pairs)))
    for number, (u, h, _) in enumerate(pairs):
        matrix[u, number] = matrix[units + h, number] = 1
    whole = linprog(
        [-s for _, _, s in pairs], A_ub=matrix.tocsr(), b_ub=np.ones(units + homes), bounds=(0, 1)
    )
    assert prices.bound == round(-whole.fun)
