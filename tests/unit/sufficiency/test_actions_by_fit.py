"""What added beds do for children who come and must fit: by hand, and the best together against seating every child anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import chain, combinations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from matching.referral import Referral
from reference_data.problems import ImportRejected
from reference_data.vocabulary import (
    NeedDomain,
    PlacementGroup,
)
from sufficiency.action_values import actions_from_values
from sufficiency.actions import BedAction, Futures, NeedAction, best_combination, ranked_actions
from sufficiency.actions_by_fit import FitOfActions, fit_of_actions
from sufficiency.capacity import usable_capacity
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.fit_of_beds import fit_table
from sufficiency.prices import Price
from tests.unit.sufficiency.a_block_home import BLOCK_HOME
from tests.unit.sufficiency.a_block_home import CHILD as EASY

DATES = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1))
NIGHTS = (31, 31)
AS_OF = date(2026, 6, 15)
NOBODY_STAYS = {group: np.zeros(len(DATES)) for group in PlacementGroup}
PRICES = {
    PlacementDetail.HOMES: Price(weekly_pence=700_000, low_pence=0, high_pence=900_000, source="by hand")
}
HARD = replace(EASY, referral_id="R2", child_id="DEMO-C2", needs=dict.fromkeys(NeedDomain, 90))
YOUNG_MAN = replace(EASY, referral_id="R3", child_id="DEMO-C3", date_of_birth=date(2009, 7, 1))
HOME = replace(BLOCK_HOME, places=1, vacancies=1, can_meet=dict.fromkeys(NeedDomain, 40))


def home_of_action(name: str, means: int, beds: int = 1, first: date = DATES[0], **more: object) -> BedAction:
    values = {
        "name": name,
        "placement": "residential",
        "beds": beds,
        "from": first,
        "ages": ["10-15", "16-17"],
        "weekly_pounds": 7000,
        "home": {"authority": "879", "can_meet": dict.fromkeys(map(str, NeedDomain), means)},
        **more,
    }
    (action,) = actions_from_values({"beds": [values]}).actions
    assert isinstance(action, BedAction)
    return action


def futures(
    needs: dict[frozenset[str], np.ndarray], actions: list[BedAction | NeedAction], referrals: list[Referral]
) -> Futures:
    capacity = usable_capacity([HOME], as_of=AS_OF, authority="879")
    fit = fit_of_actions(needs, DATES, capacity, [HOME], referrals, NOBODY_STAYS, actions, as_of=AS_OF)
    return Futures(dates=DATES, needs=needs, capacity=capacity, prices=PRICES, fit=fit)


def in_homes(older: object, young: object = 0, runs: int = 4) -> np.ndarray:
    counts = np.zeros((runs, len(DATES), 5, len(DETAILS)), dtype=np.int64)
    counts[:, :, 3, DETAILS.index(PlacementDetail.HOMES)] = older
    counts[:, :, 4, DETAILS.index(PlacementDetail.HOMES)] = young
    return counts


def test_a_bed_that_fits_nobody_who_comes_helps_nobody_and_costs_its_price() -> None:
    """Three children of high need come for 62 nights, and our one bed is beyond them."""
    able, unable = home_of_action("able", 90, beds=2, first=DATES[1]), home_of_action("unable", 40, beds=2)
    answer = ranked_actions([able, unable], futures({frozenset(): in_homes(3)}, [able, unable], [HARD]))
    assert answer["base"] == {
        "near_home": 3.0 * 62,
        "without_a_bed": 3.0 * 62,
        "young_people_without_a_bed": 0.0,
    }
    first, second = answer["actions"]
    assert (first["name"], first["without_a_bed"]["mean"]) == ("able", 2 * 31)
    assert (second["name"], second["without_a_bed"]["mean"]) == ("unable", 0)
    assert second["pounds_pence"]["mean"] == 62 * 100_000
    assert first["pounds_pence"]["mean"] == 31 * 100_000 - 2 * 31 * 100_000


def test_beds_of_no_described_home_fit_every_child_of_their_ages() -> None:
    action = replace(home_of_action("anybody", 0, beds=2), home=None)
    answer = ranked_actions([action], futures({frozenset(): in_homes(3)}, [action], [HARD]))
    assert answer["actions"][0]["without_a_bed"]["mean"] == 2 * 62


def test_the_young_are_seated_midway_between_first_and_last() -> None:
    """One bed, one child of 13 and one of 17: half of the nights without one are the elder's."""
    answer = ranked_actions([], futures({frozenset(): in_homes(1, 1)}, [], [EASY, YOUNG_MAN]))
    assert answer["base"]["without_a_bed"] == 62
    assert answer["base"]["young_people_without_a_bed"] == 31


@cache
def many() -> tuple[list[BedAction | NeedAction], Futures]:
    random = np.random.default_rng(4)
    counts = in_homes(random.integers(0, 5, (12, 3)), random.integers(0, 3, (12, 3)), runs=12)
    actions: list[BedAction | NeedAction] = [
        home_of_action("able", 90, weekly_pounds=8000),
        home_of_action("usual", 40, beds=2, first=DATES[1], weekly_pounds=5000),
        home_of_action("far", 90, beds=2, local=False, weekly_pounds=3000),
        NeedAction(name="fewer", from_day=DATES[0], weekly_pence=300_000),
    ]
    needs = {frozenset[str](): counts, frozenset({"fewer"}): np.maximum(counts - 1, 0)}
    return actions, futures(needs, actions, [EASY, HARD, YOUNG_MAN])


def _slow(names: tuple[str, ...], aim: str) -> tuple[float, int]:
    """Return an aim's value on the half of the futures that choose, and the cost: each child against each bed."""
    actions, given = many()
    fit = given.fit
    assert isinstance(fit, FitOfActions)
    demand = fit.demand[PlacementGroup.RESIDENTIAL, frozenset(names) & {"fewer"}][:6]
    homes = [one.home for one in actions if isinstance(one, BedAction) and one.home is not None]
    may = fit_table([EASY, HARD, YOUNG_MAN], [HOME, *homes], as_of=AS_OF).fits
    ids = [HOME.home_id, *(one.home_id for one in homes)]
    kinds = fit.children[PlacementGroup.RESIDENTIAL].kinds
    nights = 0.0
    for d, length in enumerate(NIGHTS):
        beds = [HOME.home_id]
        for one in actions:
            if isinstance(one, BedAction) and one.name in names and one.from_day <= DATES[d]:
                beds += [one.home_id] * (one.beds if aim != "near_home" or one.local else 0)
        for run in range(len(demand)):
            children = [
                n for (_, n), number in zip(kinds, demand[run, d], strict=True) for _ in range(number)
            ]
            fits = np.array([[may[child, ids.index(bed)] for bed in beds] for child in children])
            seated = 0
            if len(children):
                rows, columns = linear_sum_assignment(fits, maximize=True)
                seated = int(fits[rows, columns].sum())
            nights += length * (len(children) - seated) / len(demand)
    cost = sum((DATES[-1] - a.from_day).days * a.weekly_pence // 7 for a in actions if a.name in names)
    return (nights * 100_000 + cost if aim == "pounds" else nights), cost


@pytest.mark.parametrize("aim", ["near_home", "without_a_bed", "pounds"])
@pytest.mark.parametrize("budget", [None, 5_000_000, 10_000_000])
def test_the_best_combination_that_fits_is_the_best_of_all(aim: str, budget: int | None) -> None:
    actions, given = many()
    names = [action.name for action in actions]
    every = chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))
    tried = [_slow(chosen, aim) for chosen in every]
    found = best_combination(actions, given, aim=aim, budget_pence=budget)
    value, cost = _slow(tuple(found["actions"]), aim)
    assert value == pytest.approx(min(v for v, c in tried if budget is None or c <= budget))
    assert cost == found["cost_pence"]


@pytest.mark.parametrize(
    "described",
    [{"places": 3}, {"can_meet": "much"}, {"no_such_column": 1}, {"min_age": 12, "max_age": 10}, 7],
)
def test_a_home_that_cannot_be_is_refused_by_the_row_and_column_of_its_action(described: object) -> None:
    with pytest.raises(ImportRejected) as raised:
        home_of_action("SECRETNAME", 50, home=described)
    (issue,) = raised.value.issues
    assert (issue.row, issue.rule) == (1, "action_home")
    assert issue.column is not None
    assert issue.column.startswith("beds.home")
    assert "SECRETNAME" not in str(issue) + raised.value.message
