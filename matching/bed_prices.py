"""What a bed is worth to the children who may arrive next.

A bed that many of them could use, and that is scarce, carries a price; a bed that will not be missed
carries none. The plan charges the price where it weighs specialist capacity, so that between two homes
equally good for a child it takes the one that will be missed less. Who may arrive is the caller's to say
(``sufficiency`` samples it); nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from matching.home import Home
from matching.joint import JointProblem, build
from matching.policy import Policy
from matching.referral import Referral
from matching.waiting import waiting_units

JUST_BELOW = 0.999
"""Beds are counted a little short, so that the price is that of a bed taken away and not of one added: where
beds just suffice, one fewer costs a child a home and one more gains nothing."""

POINTS_PER_CHILD = 100
"""The price of a bed without which one more child of the next arrivals would have no home."""


def bed_prices(
    arrivals: Sequence[Referral] | Sequence[Sequence[Referral]],
    homes: Sequence[Home],
    *,
    as_of: date,
    policy: Policy,
) -> dict[str, int]:
    """Return the price of a bed in each home, in points from 0 to 100, by home id; homes at 0 are left out.

    Parameters
    ----------
    arrivals
        Children who may arrive next: one sample, or several, over which prices are averaged.
    homes
        The homes of the plan, as the plan sees them.

    References
    ----------
    Ahani, Golz, Procaccia, Teytelboym and Trapp (2024), Dynamic placement in refugee resettlement. Operations
    Research 72(3): prices from the dual of the assignment of sampled arrivals.
    """
    drawn = samples(arrivals)
    totals = np.zeros(len(homes))
    for sample in drawn:
        units = waiting_units(sample, as_of=as_of, policy=policy)
        totals += _duals(build(units, homes, (), policy=policy))
    prices = np.rint(POINTS_PER_CHILD * totals / max(1, len(drawn))).astype(int)
    return {home.home_id: int(price) for home, price in zip(homes, prices, strict=True) if price > 0}


def samples(arrivals: Sequence[Referral] | Sequence[Sequence[Referral]]) -> list[list[Referral]]:
    """Return the samples of children who may arrive next; one list of children is one sample."""
    alone = [one for one in arrivals if isinstance(one, Referral)]
    return [alone] if alone else [list(one) for one in arrivals if not isinstance(one, Referral)]


def _duals(joint: JointProblem) -> np.ndarray:
    """Return by how many children fewer could be placed for each bed taken in each home, as a fraction."""
    from scipy import optimize
    from scipy.sparse import csr_array

    units, homes, pairs = len(joint.units), len(joint.homes), joint.problem.pairs
    if not pairs:
        return np.zeros(homes)
    sizes = np.array([joint.units[u].size for u, _, _ in pairs], dtype=float)
    rows = np.array([[u, units + h] for u, h, _ in pairs]).ravel()
    columns = np.repeat(np.arange(len(pairs)), 2)
    entries = np.column_stack([np.ones(len(pairs)), sizes]).ravel()
    matrix = csr_array((entries, (rows, columns)), shape=(units + homes, len(pairs)))
    registered = {h: limit for h, limit, families in joint.problem.usual_limits if not families}
    beds = [min(room, registered.get(h, room)) for h, room in enumerate(joint.problem.capacities)]
    linprog: Any = optimize.linprog
    answer = linprog(
        -sizes,
        A_ub=matrix,
        b_ub=np.array([1.0] * units + [bed * JUST_BELOW for bed in beds]),
        bounds=(0.0, 1.0),
        method="highs",
    )
    duals: np.ndarray = np.clip(-np.asarray(answer.ineqlin.marginals)[units:], 0.0, 1.0)
    return duals
