"""Foster carers who come and go: held to what chance theory says, and to nothing changing where nothing does."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from reference_data.problems import InvalidInput
from reference_data.vocabulary import PlacementGroup
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.carers import CarerFlow, with_carers
from sufficiency.shortfall import beds_by_range

START = date(2026, 4, 1)


def capacity(households: int, beds: float = 2.0) -> Capacity:
    return Capacity(
        authority="879",
        supplies=tuple(
            BedSupply(
                home_id=f"DEMO-{n}",
                group=PlacementGroup.FOSTERING,
                first_band=0,
                last_band=4,
                beds=beds,
                from_day=None,
                until_day=None,
                local=True,
            )
            for n in range(households)
        ),
        accounts=(),
        warnings=(),
    )


def beds_on(day: date, flow: CarerFlow, households: int, runs: int = 400) -> np.ndarray:
    found, late, _ = with_carers(
        capacity(households),
        frozenset(f"DEMO-{n}" for n in range(households)),
        flow,
        start=START,
        months=24,
        runs=runs,
        seed=3,
    )
    beds = beds_by_range(found.supplies, day, late)
    return np.broadcast_to(beds.get((0, 4), np.zeros(1)), runs)


def test_with_nobody_coming_or_going_nothing_changes() -> None:
    still = CarerFlow(enquiries_a_year=0, loss_a_year=0)
    assert (beds_on(date(2028, 3, 1), still, 30) == 60).all()


def test_households_stop_at_the_yearly_share() -> None:
    flow = CarerFlow(enquiries_a_year=0, loss_a_year=0.2)
    two_years = beds_on(date(2028, 3, 31), flow, 100)
    # Of 100 households 0.8 squared are left after two years; four standard errors beside.
    assert two_years.mean() == pytest.approx(200 * 0.64, abs=4 * 2 * np.sqrt(100 * 0.64 * 0.36 / 400))
    assert (beds_on(START, flow, 100) <= 200).all()
    assert (two_years >= 0).all()


def test_those_approved_come_at_their_rate_and_not_before_approval_can_be() -> None:
    flow = CarerFlow(enquiries_a_year=400, approved_share=0.05, loss_a_year=0, beds_each=1.0)
    # Enquiries that go on as before: 20 approvals a year from the first day.
    assert beds_on(date(2027, 4, 1), flow, 0).mean() == pytest.approx(20, abs=4 * np.sqrt(20 / 400))
    drive = CarerFlow(
        enquiries_a_year=400, approved_share=0.05, loss_a_year=0, beds_each=1.0, enquiries_from=START
    )
    assert not beds_on(date(2026, 7, 31), drive, 0).any()
    # Six months of waiting on average, so a year's approvals are those of half a year's enquiries.
    assert beds_on(date(2027, 4, 1), drive, 0).mean() == pytest.approx(10, abs=4 * np.sqrt(10 / 400))


def test_a_constellation_takes_its_hubs_beds_and_keeps_households() -> None:
    none_kept = CarerFlow(enquiries_a_year=0, loss_a_year=0.3, constellations=2, satellites=8)
    all_kept = CarerFlow(
        enquiries_a_year=0, loss_a_year=0.3, constellations=2, satellites=8, kept_by_constellation=1.0
    )
    last = date(2028, 3, 31)
    # Two hubs give up their two beds each; the sixteen satellites all stay.
    assert (beds_on(last, all_kept, 18) == 32).all()
    assert beds_on(last, none_kept, 18).mean() < 20
    assert (beds_on(date(2026, 4, 2), all_kept, 18) == 32).all()


def test_more_enquiries_never_leave_fewer_beds_on_average() -> None:
    means = [
        beds_on(date(2028, 3, 1), CarerFlow(enquiries_a_year=n, loss_a_year=0.1), 20).mean()
        for n in (0, 200, 800)
    ]
    assert means == sorted(means)


@pytest.mark.parametrize(
    "wrong",
    [
        {"enquiries_a_year": -1},
        {"enquiries_a_year": 1, "approved_share": 1.5},
        {"enquiries_a_year": 1, "loss_a_year": 1.0},
        {"enquiries_a_year": 1, "months_to_approval": (8, 4)},
        {"enquiries_a_year": 1, "constellations": -1},
    ],
)
def test_a_flow_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        CarerFlow(**wrong)  # type: ignore[arg-type]
