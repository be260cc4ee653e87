"""What to do first: by hand, against trying every combination, and on futures that the choice has not seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import chain, combinations

import numpy as np
import pytest

from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlacementGroup
from sufficiency.actions import BedAction, Futures, NeedAction, best_combination, ranked_actions
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.prices import Price
from sufficiency.shortfall import beds_by_range, beds_short, needed_beds

DATES = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
NIGHTS = 61
HOMES, SUPPORTED = PlacementDetail.HOMES, PlacementDetail.SUPPORTED
RESIDENTIAL = PlacementGroup.RESIDENTIAL
PRICES = {
    HOMES: Price(weekly_pence=700_000, low_pence=0, high_pence=900_000, source="by hand"),
    SUPPORTED: Price(weekly_pence=140_000, low_pence=0, high_pence=200_000, source="by hand"),
}
FAR = BedSupply(
    home_id="DEMO-1",
    group=RESIDENTIAL,
    first_band=3,
    last_band=4,
    beds=2.0,
    from_day=None,
    until_day=None,
    local=False,
)
NEW_HOME = BedAction(name="new home", group=RESIDENTIAL, beds=2, from_day=DATES[1], weekly_pence=490_000)


def counts(runs: int, **children: object) -> np.ndarray:
    found = np.zeros((runs, len(DATES), 5, len(DETAILS)), dtype=np.int64)
    for detail, number in children.items():
        found[:, :, 3, DETAILS.index(PlacementDetail(detail))] = number
    return found


def futures(base: np.ndarray, *supplies: BedSupply, **others: np.ndarray) -> Futures:
    needs = {frozenset[str](): base, **{frozenset(key.split("+")): value for key, value in others.items()}}
    capacity = Capacity(authority="879", supplies=supplies, accounts=(), warnings=())
    return Futures(dates=DATES, needs=needs, capacity=capacity, prices=PRICES)


def test_a_new_home_by_hand() -> None:
    """Five children need a home and two far beds stand: 3 x 61 nights without a bed, 5 x 61 without one near home. Two
    beds near home from May take off 2 for 31 nights of each; they cost 4,900 a week and save 7,000 for each child."""
    answer = ranked_actions([NEW_HOME], futures(counts(4, homes=5), FAR))
    assert answer["base"] == {
        "near_home": 5.0 * NIGHTS,
        "without_a_bed": 3.0 * NIGHTS,
        "young_people_without_a_bed": 0.0,
    }
    (row,) = answer["actions"]
    assert row["near_home"] == {"mean": 62.0, "p10": 62.0, "p90": 62.0}
    assert row["without_a_bed"]["mean"] == 62.0
    assert row["pounds_pence"]["mean"] == 31 * 490_000 / 7 - 62 * 100_000


def test_beds_nobody_needs_change_nothing_and_cost_what_they_cost() -> None:
    answer = ranked_actions([NEW_HOME], futures(counts(4, homes=2), replace(FAR, local=True)))
    (row,) = answer["actions"]
    assert row["near_home"]["mean"] == row["without_a_bed"]["mean"] == 0
    assert row["pounds_pence"]["mean"] == 31 * 490_000 / 7


def test_a_step_down_is_worth_what_the_futures_with_it_say() -> None:
    step_down = NeedAction(name="step", from_day=DATES[0], once_pence=1_000_000)
    answer = ranked_actions(
        [step_down], futures(counts(4, homes=5), FAR, step=counts(4, homes=3, supported=2))
    )
    (row,) = answer["actions"]
    assert row["without_a_bed"]["mean"] == 2 * NIGHTS - 2 * NIGHTS
    # Two child-nights in homes less and two in supported more, each night at a seventh of its weekly price.
    assert row["pounds_pence"]["mean"] == 1_000_000 - 2 * NIGHTS * (100_000 - 20_000)


def _many(seed: int) -> tuple[list[BedAction | NeedAction], Futures]:
    random = np.random.default_rng(seed)
    runs = 12
    base = counts(runs)
    base[..., 3:, DETAILS.index(HOMES)] = random.poisson(3, (runs, len(DATES), 2))
    base[..., 4, DETAILS.index(SUPPORTED)] = random.poisson(4, (runs, len(DATES)))
    stepped = base.copy()
    moved = np.minimum(stepped[..., 4, DETAILS.index(HOMES)], 1)
    stepped[..., 4, DETAILS.index(HOMES)] -= moved
    stepped[..., 4, DETAILS.index(SUPPORTED)] += moved
    actions: list[BedAction | NeedAction] = [
        BedAction(
            name=f"home {n}",
            group=RESIDENTIAL,
            beds=int(random.integers(1, 4)),
            from_day=DATES[random.integers(0, 2)],
            ages=("10-15", "16-17") if n % 2 else ("16-17", "16-17"),
            local=bool(n % 3),
            weekly_pence=int(random.integers(100_000, 900_000)),
        )
        for n in range(3)
    ]
    actions += [
        BedAction(
            name=f"flat {n}",
            group=PlacementGroup.SUPPORTED,
            beds=int(random.integers(1, 3)),
            from_day=DATES[0],
            weekly_pence=int(random.integers(50_000, 200_000)),
        )
        for n in range(2)
    ]
    actions.append(NeedAction(name="step", from_day=DATES[0], weekly_pence=60_000))
    return actions, futures(base, FAR, step=stepped)


def _slow(names: tuple[str, ...], actions: list, given: Futures, aim: str) -> tuple[float, int]:
    """Return the value of an aim on the first half of the futures, and what the actions cost, worked out plainly."""
    need = given.needs[frozenset(names) & {"step"}][:6]
    value = 0.0
    cost = sum(
        a.once_pence + (DATES[-1] - a.from_day).days * a.weekly_pence // 7 for a in actions if a.name in names
    )
    for group, spot in ((RESIDENTIAL, 700_000), (PlacementGroup.SUPPORTED, 140_000)):
        beds = [s for s in given.capacity.supplies if s.group is group]
        beds += [
            a.supply() for a in actions if a.name in names and isinstance(a, BedAction) and a.group is group
        ]
        for d in range(2):
            nights = (DATES[d + 1] - DATES[d]).days
            counted = [b for b in beds if aim != "near_home" or b.local]
            short = beds_short(needed_beds(need, group)[:, d], beds_by_range(counted, DATES[d]))
            if aim == "young_people_without_a_bed":
                short = short[:, 4:]
            weight = spot / 7 if aim == "pounds" else 1
            value += nights * weight * short.sum() / 6
    return value + (cost if aim == "pounds" else 0), cost


@pytest.mark.parametrize("aim", ["near_home", "without_a_bed", "young_people_without_a_bed", "pounds"])
@pytest.mark.parametrize("budget", [None, 0, 6_000_000, 12_000_000])
@pytest.mark.parametrize("seed", range(4))
def test_the_best_combination_is_the_best_of_all(aim: str, budget: int | None, seed: int) -> None:
    actions, given = _many(seed)
    names = [action.name for action in actions]
    every = chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
    tried = [_slow(chosen, actions, given, aim) for chosen in every]
    least = min(value for value, cost in tried if budget is None or cost <= budget)
    found = best_combination(actions, given, aim=aim, budget_pence=budget)
    value, cost = _slow(tuple(found["actions"]), actions, given, aim)
    assert value == pytest.approx(least, rel=1e-9, abs=1e-6)
    assert cost == found["cost_pence"]
    cheapest = min(c for v, c in tried if v <= least + 1e-6 and (budget is None or c <= budget))
    assert cost == cheapest


def test_what_was_chosen_on_some_futures_holds_on_others() -> None:
    random = np.random.default_rng(8)
    base = counts(400)
    base[..., 3, DETAILS.index(HOMES)] = random.poisson(6, (400, len(DATES)))
    found = best_combination([NEW_HOME], futures(base, FAR))
    assert found["actions"] == ["new home"]
    assert found["chosen_on"] == pytest.approx(found["near_home"]["mean"], rel=0.1)


def test_what_cannot_be_answered_is_refused() -> None:
    given = futures(counts(4, homes=5), FAR)
    with pytest.raises(InvalidInput):
        ranked_actions([NEW_HOME, NEW_HOME], given)
    with pytest.raises(InvalidInput):
        ranked_actions([NeedAction(name="step", from_day=DATES[0])], given)
    with pytest.raises(InvalidInput):
        best_combination([NEW_HOME], given, aim="everything")
    with pytest.raises(InvalidInput):
        best_combination([NEW_HOME], given, budget_pence=-1)
    with pytest.raises(InvalidInput):
        best_combination([replace(NEW_HOME, name=str(n)) for n in range(9)], given)
    with pytest.raises(InvalidInput):
        replace(NEW_HOME, beds=0)
