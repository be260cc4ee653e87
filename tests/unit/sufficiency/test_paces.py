"""Children who differ in how often they move are found to, and children who are alike are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sufficiency.frailty import ALIKE, Paces, spread_of_paces
from sufficiency.published_council import published_council
from sufficiency.published_world import worlds_of
from sufficiency.simulate import simulate

START = date(2024, 3, 31)


def moves_of(children: int, shape: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    awaited = rng.uniform(0.2, 4.0, children)
    pace = np.ones(children) if np.isinf(shape) else rng.gamma(shape, size=children) / shape
    return rng.poisson(awaited * pace).astype(float), awaited


def test_children_who_are_alike_are_nearly_always_taken_as_alike() -> None:
    found = [spread_of_paces(*moves_of(600, ALIKE, seed)) for seed in range(60)]
    assert sum(np.isinf(shape) for shape in found) >= 57


@pytest.mark.parametrize("shape", [1.0, 2.0, 4.0])
def test_how_much_children_differ_is_found_again(shape: float) -> None:
    found = [spread_of_paces(*moves_of(1500, shape, seed)) for seed in range(20)]
    assert np.exp(np.mean(np.log(found))) == pytest.approx(shape, rel=0.35)


def test_a_child_who_moved_often_is_drawn_as_one_who_does_and_new_children_stand_for_all() -> None:
    paces = Paces(shape=2.0, moved=np.array([8.0, 0.0, 0.0]), awaited=np.array([2.0, 2.0, 0.0]))
    rng = np.random.default_rng(1)
    drawn = np.array([paces.draw_stock(rng) for _ in range(4000)]).mean(axis=0)
    # The posterior mean of a gamma: (shape + moves) / (shape + moves awaited).
    assert drawn == pytest.approx([10 / 4, 2 / 4, 1.0], rel=0.06)
    new = paces.draw_new(rng, 20_000)
    assert new.mean() == pytest.approx(1.0, abs=0.03)
    assert new.var() == pytest.approx(1 / 2, rel=0.1)


def test_paces_change_who_moves_and_machine_code_agrees_to_the_byte() -> None:
    world = worlds_of(published_council("879", known_on=START), START)[0]
    children = len(world.stock)
    paces = Paces(shape=1.0, moved=np.zeros(children), awaited=np.zeros(children))
    uneven = replace(world, paces=paces)
    same = {"snapshot_days": [0, 200, 700], "runs": 6, "seed": 3}
    plain = simulate(uneven, compiled=False, **same)  # type: ignore[arg-type]
    assert plain.tobytes() == simulate(uneven, compiled=True, **same).tobytes()  # type: ignore[arg-type]
    assert plain.tobytes() == simulate(uneven, runs_together=2, **same).tobytes()  # type: ignore[arg-type]
    assert (plain != simulate(world, **same)).any()  # type: ignore[arg-type]
    alike = replace(world, paces=replace(paces, shape=ALIKE))
    assert (simulate(alike, **same) == simulate(world, **same)).all()  # type: ignore[arg-type]
