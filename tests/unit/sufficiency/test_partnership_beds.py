"""Sharing beds: none worse off than alone, and together as many seated as any pooling could."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlacementGroup
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.partnership import partnership_rows, shared_beds

BANDS = 3
_RANGES = [(a, b) for a in range(BANDS) for b in range(a, BANDS)]
_COUNCIL = st.tuples(
    st.lists(st.integers(0, 3), min_size=BANDS, max_size=BANDS),
    st.dictionaries(st.sampled_from(_RANGES), st.integers(0, 3).map(float), max_size=3),
)


def _fewest_without(need: list[int], beds: list[tuple[int, int]]) -> int:
    """Return the children left when every child and bed is seated by another method."""
    children = [band for band, number in enumerate(need) for _ in range(number)]
    if not children or not beds:
        return len(children)
    fits = np.array([[float(first <= band <= last) for first, last in beds] for band in children])
    rows, columns = linear_sum_assignment(-fits)
    return len(children) - int(fits[rows, columns].sum())


@given(st.lists(_COUNCIL, min_size=1, max_size=4))
@settings(deadline=None)
def test_none_is_worse_off_and_the_whole_is_best(councils: list) -> None:
    needs = {str(n): np.array([need]) for n, (need, _) in enumerate(councils)}
    beds = {str(n): own for n, (_, own) in enumerate(councils)}
    found = shared_beds(needs, beds)
    for n, (need, own) in enumerate(councils):
        alone, together = found[str(n)]
        assert alone[0] == _fewest_without(
            need, [key for key, count in own.items() for _ in range(int(count))]
        )
        assert -1e-9 <= together[0] <= alone[0] + 1e-9
    pooled_need = [sum(need[band] for need, _ in councils) for band in range(BANDS)]
    pooled = [key for _, own in councils for key, count in own.items() for _ in range(int(count))]
    total = sum(together[0] for _, together in found.values())
    assert total == pytest.approx(_fewest_without(pooled_need, pooled))


def test_two_who_could_use_one_bed_share_what_it_brings() -> None:
    needs = {"a": np.array([[1, 0, 0]]), "b": np.array([[1, 0, 0]]), "c": np.array([[0, 0, 0]])}
    found = shared_beds(needs, {"c": {(0, 2): 1.0}})
    assert {council: together[0] for council, (_, together) in found.items()} == {"a": 0.5, "b": 0.5, "c": 0}


def test_rows_by_date_and_group_add_up_to_the_whole() -> None:
    day = date(2026, 4, 1)
    counts = np.zeros((3, 1, 5, len(DETAILS)), dtype=np.int64)
    counts[:, 0, 3, DETAILS.index(PlacementDetail.HOMES)] = [4, 5, 6]
    supply = BedSupply(
        home_id="DEMO-1",
        group=PlacementGroup.RESIDENTIAL,
        first_band=3,
        last_band=4,
        beds=8.0,
        from_day=None,
        until_day=None,
        local=True,
    )

    def beds(authority: str, *supplies: BedSupply) -> Capacity:
        return Capacity(authority=authority, supplies=supplies, accounts=(), warnings=())

    rows = partnership_rows(
        {"879": counts, "878": counts}, [day], {"879": beds("879"), "878": beds("878", supply)}
    )
    ours = {row["council"]: row for row in rows if row["placement"] == "residential"}
    # 878 has 4, 3 and 2 beds over: 879's 4, 5 and 6 children lack 0, 2 and 4.
    assert ours["879"]["alone"] == 5
    assert ours["879"]["together"] == 2
    assert (ours["878"]["alone"], ours["878"]["together"]) == (0, 0)
    assert (ours["all"]["alone"], ours["all"]["together"]) == (5, 2)


def test_more_councils_than_can_come_in_every_order_are_refused() -> None:
    with pytest.raises(InvalidInput):
        shared_beds({str(n): np.zeros((1, 3), dtype=int) for n in range(9)}, {})
