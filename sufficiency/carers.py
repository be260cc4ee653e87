"""Foster carers who come and go: beds of our own fostering households that will be added and lost in each future.

Somebody enquires, some of those who enquire are approved, some months later; every year some households stop. A
constellation of the Mockingbird kind keeps households longer, and its hub home gives up its beds for sleepovers. Beds
that are there on the first day are in ``capacity.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from matching.home import Home
from reference_data.problems import InvalidInput
from reference_data.vocabulary import AGE_BANDS, ContractKind, PlacementGroup
from sufficiency.capacity import BedSupply, Capacity
from sufficiency.openings import NEVER_DAYS
from sufficiency.stays import DAYS_A_YEAR, FloatArray, IntArray

LOSS_A_YEAR = 0.114
"""Households that stop in a year: 4,820 left in England in 2023-24, of 42,190 there in March 2025. Ofsted, Fostering in
England; quoted second-hand. Policy default until a council gives its own."""
APPROVED_SHARE = 0.03
"""Of those who enquire, how many are approved: 4,055 approvals in 2023-24 beside 125,195 enquiries in 2022-23, England.
Ofsted, quoted second-hand; councils get more of theirs through than agencies. Policy default."""
MONTHS_TO_APPROVAL = (4.0, 8.0)
"""From enquiry to approval: 4 to 6 months are typical, and 8 from the application is the national minimum standard
(14.4). Every time between is taken as likely."""
_DAYS_A_MONTH = DAYS_A_YEAR / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CarerFlow:
    """How our own foster carers come and go.

    Parameters
    ----------
    enquiries_a_year
        People who enquire, at least 0.
    enquiries_from
        The first day of these enquiries; by default long ago, so that approvals come from the first day on.
    approved_share, loss_a_year
        Shares from 0 to 1.
    months_to_approval
        Shortest and longest.
    beds_each
        Children whom a new household takes; by default as many as ours do now.
    constellations
        Mockingbird constellations, each of a hub home and ``satellites`` households.
    kept_by_constellation
        Of households that would stop, the share who stay because of it. 0 until it is observed: no default is claimed.
    """

    enquiries_a_year: float
    enquiries_from: date | None = None
    approved_share: float = APPROVED_SHARE
    loss_a_year: float = LOSS_A_YEAR
    months_to_approval: tuple[float, float] = MONTHS_TO_APPROVAL
    beds_each: float | None = None
    constellations: int = 0
    satellites: int = 8
    kept_by_constellation: float = 0.0

    def __post_init__(self) -> None:
        shares = (self.approved_share, self.loss_a_year, self.kept_by_constellation)
        shortest, longest = self.months_to_approval
        if not all(0 <= share <= 1 for share in shares) or self.loss_a_year == 1:
            raise InvalidInput("carer_shares", "Give shares from 0 to 1, and a loss below 1.")
        if not 0 <= self.enquiries_a_year <= 100_000 or not 0 <= shortest <= longest:
            raise InvalidInput(
                "carer_flow", "Give enquiries of 0 or more, and months from shortest to longest."
            )
        if self.constellations < 0 or self.satellites < 1:
            raise InvalidInput("constellations", "Give 0 or more constellations of at least 1 household.")


def with_carers(
    capacity: Capacity,
    in_house: frozenset[str],
    flow: CarerFlow,
    *,
    start: date,
    months: int,
    runs: int,
    seed: int,
) -> tuple[Capacity, Mapping[str, IntArray], dict[str, Any]]:
    """Return the capacity with households that come and go, their days in each future, and what it comes to.

    Parameters
    ----------
    in_house
        Homes of ours; of them the fostering households come and go.
    months
        How far ahead; what happens later is not drawn.

    Returns
    -------
    The capacity, with a supply of beds for each household that may come and one of as many beds fewer for each that may
    stop; the days after ``start`` by home id, shape (runs,), as ``shortfall_rows`` takes them; and ``households``,
    ``beds``, ``come`` and ``stop`` (beds by the end: ``mean``, ``p10``, ``p90``), ``hubs``.
    """
    ours = [
        one for one in capacity.supplies if one.group is PlacementGroup.FOSTERING and one.home_id in in_house
    ]
    beds_each = flow.beds_each or (float(np.mean([one.beds for one in ours])) if ours else 1.0)
    horizon = months * _DAYS_A_MONTH
    late: dict[str, IntArray] = {}
    added: list[BedSupply] = []
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0xCA,)))
    hubs = min(flow.constellations, len(ours))
    in_constellation = min(hubs * (flow.satellites + 1), len(ours))
    stops = np.zeros(runs)
    for place, household in enumerate(ours):
        kept = flow.kept_by_constellation if place < in_constellation else 0.0
        yearly = -np.log1p(-flow.loss_a_year) * (1 - kept)
        waits = random.exponential(1 / yearly, runs) * DAYS_A_YEAR if yearly else np.full(runs, np.inf)
        if place < hubs:
            # The hub's own beds are for sleepovers from the first day.
            waits = np.zeros(runs)
        name = f"stops: {household.home_id}"
        late[name] = _days(waits, horizon)
        added.append(replace(household, home_id=name, beds=-household.beds, from_day=start))
        stops += household.beds * (late[name] < NEVER_DAYS)
    come = np.zeros(runs)
    for place, arrivals in enumerate(_approvals(flow, start, horizon, runs, random)):
        name = f"to be approved: {place + 1}"
        late[name] = _days(arrivals, horizon)
        added.append(
            BedSupply(
                home_id=name,
                group=PlacementGroup.FOSTERING,
                first_band=0,
                last_band=len(AGE_BANDS) - 1,
                beds=beds_each,
                from_day=start,
                until_day=None,
                local=True,
            )
        )
        come += beds_each * (late[name] < NEVER_DAYS)
    told = {
        "households": len(ours),
        "beds": round(float(sum(one.beds for one in ours)), 1),
        "come": _spread(come),
        "stop": _spread(stops),
        "hubs": hubs,
        "flow": {
            "enquiries_a_year": flow.enquiries_a_year,
            "approved_share": flow.approved_share,
            "loss_a_year": flow.loss_a_year,
            "months_to_approval": list(flow.months_to_approval),
            "beds_each": round(beds_each, 2),
            "kept_by_constellation": flow.kept_by_constellation,
        },
    }
    return replace(capacity, supplies=(*capacity.supplies, *added)), late, told


def in_house_homes(homes: Iterable[Home]) -> frozenset[str]:
    """Return the ids of homes of our own."""
    return frozenset(home.home_id for home in homes if home.contract is ContractKind.IN_HOUSE)


def _approvals(
    flow: CarerFlow, start: date, horizon: float, runs: int, random: np.random.Generator
) -> list[FloatArray]:
    """Return the day of the first approval in each run, of the second, and so on; infinite where there is none.

    Those approved of a stream of enquiries at random are a stream at random, each later by the time its approval takes.
    A household that comes is taken to stay for the time of the forecast.
    """
    longest = flow.months_to_approval[1] * _DAYS_A_MONTH
    begins = -longest if flow.enquiries_from is None else float((flow.enquiries_from - start).days)
    rate = flow.enquiries_a_year * flow.approved_share / DAYS_A_YEAR
    span = max(horizon - begins, 0.0)
    found: list[list[float]] = []
    for _ in range(runs):
        number = int(random.poisson(rate * span))
        enquired = begins + span * random.random(number)
        shortest, longest_months = flow.months_to_approval
        takes = (shortest + (longest_months - shortest) * random.random(number)) * _DAYS_A_MONTH
        approved = enquired + takes
        found.append(sorted(approved[(approved >= 0) & (approved <= horizon)]))
    most = max(map(len, found), default=0)
    return [np.array([own[place] if place < len(own) else np.inf for own in found]) for place in range(most)]


def _days(waits: FloatArray, horizon: float) -> IntArray:
    """Return whole days, and as late as never beyond the forecast."""
    within = np.where(waits <= horizon, waits, NEVER_DAYS)
    return np.asarray(np.ceil(within), dtype=np.int64)


def _spread(values: FloatArray) -> dict[str, float]:
    low, high = np.quantile(values, [0.1, 0.9])
    return {"mean": round(float(values.mean()), 1), "p10": round(float(low), 1), "p90": round(float(high), 1)}
