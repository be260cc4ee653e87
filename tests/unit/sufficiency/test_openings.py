"""Planned homes that open late: the beds of each future, and what is refused."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matching.home import Home
from reference_data.problems import InvalidInput
from reference_data.vocabulary import ContractKind, HomeStatus, PlacementType
from sufficiency.capacity import usable_capacity
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.openings import LIKELY_SLIP, ON_THE_DAY, Slip, drawn_slips
from sufficiency.shortfall import shortfall_rows

OPENS = date(2026, 9, 1)
DATES = (date(2026, 8, 1), OPENS, date(2027, 2, 1), date(2028, 9, 1))
PLANNED = Home(
    home_id="DEMO-1",
    type=PlacementType.CHILDRENS_HOME,
    contract=ContractKind.IN_HOUSE,
    authority="879",
    status=HomeStatus.PLANNED,
    opens_on=OPENS,
    places=4,
    residents=(),
    min_age=10,
    max_age=17,
)
RUNS = 2_000


def capacities(slip: Slip | None) -> list[float]:
    need = np.zeros((RUNS, len(DATES), 5, len(DETAILS)), dtype=np.int64)
    need[:, :, 3, DETAILS.index(PlacementDetail.HOMES)] = 4
    late = None if slip is None else drawn_slips([PLANNED], slip, runs=RUNS, seed=4)
    rows = shortfall_rows(need, DATES, usable_capacity([PLANNED], as_of=DATES[0]), late=late)
    ours = [row for row in rows if row["placement"] == "residential" and row["age_band"] == "all"]
    for row in ours:
        assert row["p_short"] == pytest.approx(1 - row["capacity"] / 4, abs=2e-3)
    return [row["capacity"] for row in ours]


def test_an_opening_on_its_day_is_what_counting_the_day_gives() -> None:
    assert capacities(ON_THE_DAY) == capacities(None) == [0, 4, 4, 4]


def test_an_opening_that_slips_counts_in_the_futures_in_which_it_is_open() -> None:
    # By 1 February 153 days have gone, so an opening 91 days late is open and one 182 days late is not.
    expected = [0, 4 * 0.3, 4 * 0.6, 4 * 0.9]
    assert capacities(LIKELY_SLIP) == pytest.approx(expected, abs=4 * 4 * 0.5 / np.sqrt(RUNS))


def test_another_home_in_the_list_changes_no_other_and_open_homes_do_not_slip() -> None:
    other = Home(
        home_id="DEMO-0", type=PlacementType.CHILDRENS_HOME, status=HomeStatus.PLANNED, opens_on=OPENS
    )
    standing = Home(home_id="DEMO-2", type=PlacementType.CHILDRENS_HOME, status=HomeStatus.OPEN)
    alone = drawn_slips([PLANNED], LIKELY_SLIP, runs=50, seed=1)
    together = drawn_slips([other, PLANNED, standing], LIKELY_SLIP, runs=50, seed=1)
    assert set(together) == {"DEMO-0", "DEMO-1"}
    assert np.array_equal(alone["DEMO-1"], together["DEMO-1"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"late_days": (0,), "shares": (0.5,)},
        {"late_days": (0, 30), "shares": (1.0,)},
        {"late_days": (-1,), "shares": (1.0,)},
    ],
)
def test_a_slip_that_is_no_distribution_is_refused(wrong: dict) -> None:
    with pytest.raises(InvalidInput):
        Slip(**wrong)
