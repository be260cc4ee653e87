"""Block contracts: the newsvendor by hand, the whole curve against trying every number, and what voids cost."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.home import Home
from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlacementType
from sufficiency.block_contract import (
    BlockTerms,
    Void,
    best_block_beds,
    block_beds_curve,
    cost_of_voids,
    newsvendor_beds,
)
from sufficiency.void_records import voids_from_records

TERMS = BlockTerms(block_weekly_pence=500_000, spot_weekly_pence=700_000)


def test_the_newsvendor_by_hand() -> None:
    """Need is 8, 9, 10, 11 or 12, each as likely. An empty week loses 5,000; a spot week costs 2,000 more: 2/7 is 0.286,
    so the second fifth, 9 beds, is the first with at least that much need at or below it."""
    need = np.array([[8], [9], [10], [11], [12]])
    answer = block_beds_curve(need, TERMS)
    assert answer["best"]["beds"] == 9 == newsvendor_beds(need, TERMS)
    # 9 block beds: 45,000 a week; one future has 1 empty, three need 1, 2 and 3 spot places: 6 of 7,000 over five futures.
    assert answer["best"]["weekly_pence"] == 4_500_000 + 700_000 * 6 // 5
    assert (answer["best"]["empty_beds"], answer["best"]["spot_children"]) == (0.2, 1.2)


@given(
    st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=6),
    st.integers(1, 1_000),
    st.integers(0, 1_500),
    st.floats(0, 1),
    st.floats(0.3, 1),
)
def test_the_least_of_the_curve_is_the_least_of_all_numbers(
    need: list[list[int]], block: int, spot: int, saved: float, fit: float
) -> None:
    terms = BlockTerms(
        block_weekly_pence=block, spot_weekly_pence=spot, saved_when_empty_pence=int(saved * block), fit=fit
    )

    def cost(beds: int) -> float:
        total = 0.0
        for child in (int(n * fit + 1e-9) for row in need for n in row):
            full = min(child, beds)
            total += beds * block - (beds - full) * terms.saved_when_empty_pence + (child - full) * spot
        return total

    answer = block_beds_curve(np.array(need), terms)
    least = min(cost(beds) for beds in range(20))
    assert cost(answer["best"]["beds"]) == pytest.approx(least)
    if terms.spot_weekly_pence > terms.saved_when_empty_pence:
        assert cost(newsvendor_beds(np.array(need), terms)) == pytest.approx(least)


def test_a_block_bed_dearer_than_a_spot_place_is_never_bought() -> None:
    dear = BlockTerms(block_weekly_pence=800_000, spot_weekly_pence=700_000)
    answer = block_beds_curve(np.array([[10, 12]]), dear)
    assert answer["best"]["beds"] == 0
    assert not answer["worth_it"]


def test_knowing_the_future_is_worth_the_regret() -> None:
    answer = block_beds_curve(np.array([[8], [12]]), TERMS)
    assert answer["regret_weekly_pence"] > 0
    assert block_beds_curve(np.array([[8], [8]]), TERMS)["regret_weekly_pence"] == 0


def test_within_a_budget_the_beds_that_save_most_are_bought() -> None:
    random = np.random.default_rng(3)
    needs = {"homes": random.poisson(4, (40, 6)), "supported": random.poisson(6, (40, 6))}
    terms = {
        "homes": TERMS,
        "supported": BlockTerms(block_weekly_pence=100_000, spot_weekly_pence=160_000),
    }
    budget = 1_400_000
    found = best_block_beds(needs, terms, weekly_budget_pence=budget)
    fees = sum(terms[kind].block_weekly_pence * n for kind, n in found["beds"].items())
    assert fees <= budget
    curves = {kind: block_beds_curve(needs[kind], terms[kind])["curve"] for kind in needs}
    best = min(
        curves["homes"][h]["weekly_pence"] + curves["supported"][s]["weekly_pence"]
        for h, s in product(range(len(curves["homes"])), range(len(curves["supported"])))
        if h * 500_000 + s * 100_000 <= budget
    )
    assert found["weekly_pence"] == best
    free = best_block_beds(needs, terms)
    assert free["beds"] == {
        kind: block_beds_curve(needs[kind], terms[kind])["best"]["beds"] for kind in needs
    }


def test_what_voids_cost_by_reason_and_liability() -> None:
    first, last = date(2026, 4, 1), date(2026, 4, 30)

    def void(begins: date, ends: date | None, reason: str, liable: str) -> Void:
        return Void(
            home_id="DEMO-1",
            from_day=begins,
            until_day=ends,
            weekly_fee_pence=700_000,
            reason=reason,
            liable=liable,
        )

    rows = cost_of_voids(
        [
            void(date(2026, 3, 20), date(2026, 4, 8), "no_suitable_referral", "council"),
            void(date(2026, 4, 24), None, "no_suitable_referral", "council"),
            void(date(2026, 4, 10), date(2026, 4, 13), "repairs", "provider"),
            void(date(2026, 5, 2), None, "repairs", "provider"),
        ],
        first=first,
        last=last,
    )
    assert rows == (
        {"reason": "no_suitable_referral", "liable": "council", "nights": 14, "pence": 1_400_000},
        {"reason": "repairs", "liable": "provider", "nights": 3, "pence": 300_000},
    )


def test_an_empty_bed_costs_what_its_contract_says_else_what_its_home_says() -> None:
    """Half of 7,000 pounds a week by the contract; the home's 700 where no contract tells a fee; nothing known is 0."""
    homes = (
        Home(home_id="DEMO-1", type=PlacementType.CHILDRENS_HOME, void_fee_pence=70_000, weekly_fee_pence=1),
    )
    contracts = [
        {"contract_id": "K1", "bed_fee_pence": 700_000, "void_share_percent": 50},
        {"contract_id": "K2"},
    ]
    of = {"from_on": date(2026, 4, 1), "reason": "repairs", "liability": "provider"}
    found = voids_from_records(
        [
            {**of, "contract_id": "K1", "home_id": "DEMO-1"},
            {**of, "contract_id": "K2", "home_id": "DEMO-1", "until_on": date(2026, 4, 8)},
            {**of, "contract_id": "K3", "home_id": "DEMO-2"},
        ],
        contracts,
        homes,
    )
    assert [one.weekly_fee_pence for one in found] == [350_000, 70_000, 0]
    assert [one.until_day for one in found] == [None, date(2026, 4, 8), None]


def test_impossible_terms_are_refused() -> None:
    with pytest.raises(InvalidInput):
        BlockTerms(block_weekly_pence=5, spot_weekly_pence=9, saved_when_empty_pence=6)
    with pytest.raises(InvalidInput):
        BlockTerms(block_weekly_pence=5, spot_weekly_pence=9, fit=0)
    with pytest.raises(InvalidInput):
        block_beds_curve(np.zeros((0, 3), dtype=int), TERMS)
