"""The legal statuses of a child in care and what follows on which.

Police protection and emergency orders run out in days; an interim care order ends in a care order or a placement
order; accommodation under section 20 may turn into an interim order.
"""

from __future__ import annotations

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.lives import NEVER, Life
from reference_data.synthetic.rates import Rates


def first_status(band: str, rates: Rates, draws: Draws) -> str:
    """Return the legal status under which a child comes into care."""
    codes, weights = rates.by_band("start_status_by_band", "start_status", band)
    return codes[draws.pick(weights)]


def order_end(status: str, day: int, draws: Draws) -> int:
    """Return the day on which an order of days runs out; within the longest the return allows."""
    if status == "L1":
        return day + 1 + draws.below(3)
    if status == "L2":
        return day + 5 + draws.below(4)
    if status == "L3":
        return day + 5 + draws.below(3)
    if status == "J1":
        return day + 14 + draws.below(70)
    if status == "J2":
        return day + 1
    if status == "J3":
        return day + 150 + draws.below(90)
    return NEVER


def changed_status(
    life: Life, kind: str, day: int, ran_out: bool, rates: Rates, draws: Draws
) -> tuple[str, str]:
    """Return the next legal status, and the reason for leaving care where the child leaves instead.

    Parameters
    ----------
    kind
        The kind of placement the child is in.
    ran_out
        The status ended because its days were over.
    """
    status, u = life.status, draws.uniform()
    if ran_out:
        return _after_days(status, u)
    if status == "C1":
        age = int(life.age_years(day))
        chances = rates.shape["placement_order_by_age"]
        chance = chances[age] * rates.factor("legal", "placement_order") if age < len(chances) else 0.0
        chance *= 0.35 if kind == "K" else 0.05 if kind == "P" else 1.0
        return ("E1" if u < chance else "C2"), ""
    if status == "V2":
        return "C1", ""
    return "C2", ""


def _after_days(status: str, u: float) -> tuple[str, str]:
    if status == "L1":
        return ("", "E4B") if u < 0.22 else ("C1", "") if u < 0.62 else ("L2", "") if u < 0.66 else ("V2", "")
    if status in ("L2", "L3"):
        return ("", "E4A") if u < 0.10 else ("C1", "") if u < 0.92 else ("V2", "")
    if status == "J1":
        return ("", "E14") if u < 0.45 else ("", "E9") if u < 0.70 else ("V2", "")
    return ("", "E4A") if u < 0.5 else ("V2", "")
