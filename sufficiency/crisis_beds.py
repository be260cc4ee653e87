"""How many crisis beds: so that a 16-17-year-old in crisis finds one on 90, 95 or 99 nights in 100.

Children in crisis arrive one at a time and stay some nights; a child who finds every bed taken goes elsewhere and does
not wait. That is Erlang's loss system. What is uncertain is how many will come and how long they will stay: both are
drawn anew for every future, from what the council recorded, so that the answer says how sure it is. Beds of other
kinds are in ``shortfall.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from reference_data.ages import age_on
from reference_data.law import law_number
from reference_data.problems import InvalidInput, NotEnoughData
from reference_data.vocabulary import EmergencySetting, PlacementType
from sufficiency.emergency_stay import Stay
from sufficiency.stays import DAYS_A_YEAR, FloatArray

FOUND_LEVELS = (0.90, 0.95, 0.99)
"""Nights in 100 on which a bed should be free."""
MOST_BEDS = 200
DRAWS = 2_000
CRISIS_AGES = (16, 17)


def erlang_loss(beds: int, offered: float) -> float:
    """Return the share of arrivals who find every bed taken.

    It holds for arrivals at random and for stays of any distribution, when nobody waits. The share of nights on which
    every bed is taken is the same.

    Parameters
    ----------
    beds
        Number of beds, at least 0.
    offered
        Arrivals a night times mean nights of a stay, at least 0: the beds that would be used if there were no limit.

    Raises
    ------
    InvalidInput
        If either is negative.

    References
    ----------
    Erlang (1917), Solution of some problems in the theory of probabilities of significance in automatic telephone
    exchanges; the recursion is Jagerman (1974), Bell System Technical Journal 53(3).

    Examples
    --------
    >>> round(erlang_loss(2, 1.0), 4)
    0.2
    """
    return float(erlang_losses(beds, np.array([offered]))[-1, 0])


def erlang_losses(most_beds: int, offered: FloatArray) -> FloatArray:
    """Return the loss for every number of beds up to a most. Shape (most_beds + 1, loads)."""
    if most_beds < 0 or np.any(np.asarray(offered) < 0):
        raise InvalidInput("negative", "Give a number of beds and a load of 0 or more.")
    losses = np.ones((most_beds + 1, len(offered)))
    for beds in range(1, most_beds + 1):
        taken = offered * losses[beds - 1]
        losses[beds] = taken / (beds + taken)
    return losses


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisDemand:
    """Who came in crisis in some time, as recorded.

    Parameters
    ----------
    arrivals
        Children in crisis who came, each spell once.
    days
        Days of the time they came in; above 0.
    nights
        Nights that each ended stay took. What has not ended yet is in ``arrivals`` only.
    """

    arrivals: int
    days: int
    nights: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.days <= 0 or self.arrivals < 0 or any(n <= 0 for n in self.nights):
            raise InvalidInput("crisis_demand", "Give days and nights above 0, and arrivals of 0 or more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreathingSpace:
    """Children in a placement that is about to break, who use a crisis bed while their own is kept open.

    Parameters
    ----------
    a_year
        How many a year.
    nights
        Mean nights of each.
    keeps_placement
        Share of them who would otherwise have come in crisis, and now do not. 0 to 1. A judgement until observed.
    """

    a_year: float
    nights: float
    keeps_placement: float

    def __post_init__(self) -> None:
        if self.a_year < 0 or self.nights <= 0 or not 0 <= self.keeps_placement <= 1:
            raise InvalidInput(
                "breathing_space",
                "Give a number a year of 0 or more, nights above 0 and a share from 0 to 1.",
            )


def crisis_demand(stays: Iterable[Stay], *, first: date, last: date) -> CrisisDemand:
    """Return who came in crisis between two days, from recorded stays.

    Counted are children of 16 and 17 who came into a crisis bed, or into a setting that is never a placement, such as a
    hotel: they are those a crisis bed is for. Moves between such places do not count again.

    Parameters
    ----------
    first, last
        First and last day of the time the stays are complete for.

    Raises
    ------
    InvalidInput
        If the last day is before the first.
    """
    if last < first:
        raise InvalidInput("crisis_days", "The last day is before the first.")
    by_child: dict[str, list[Stay]] = {}
    for stay in stays:
        if _in_crisis(stay):
            by_child.setdefault(stay.child_id, []).append(stay)
    arrivals = 0
    nights: list[int] = []
    for own in by_child.values():
        for began, ended in _joined(own):
            if first <= began <= last:
                arrivals += 1
                if ended is not None and ended <= last and ended > began:
                    nights.append((ended - began).days)
    return CrisisDemand(arrivals=arrivals, days=(last - first).days + 1, nights=tuple(sorted(nights)))


def crisis_beds(
    demand: CrisisDemand,
    *,
    present_beds: int | None = None,
    longest_stay_days: int | None = None,
    breathing_space: BreathingSpace | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Return how often a child in crisis finds a bed, for each number of beds, and how many are enough.

    Parameters
    ----------
    present_beds
        The crisis beds there are; says whether they are enough.
    longest_stay_days
        The longest a child may stay in a crisis bed; longer recorded stays count so many nights.
    breathing_space
        Children from existing placements who use the beds too.
    seed
        Where random numbers start.

    Returns
    -------
    ``offered`` (beds used if there were no limit: mean, p2_5, p97_5), ``rows`` by number of beds (``found``,
    the share who find a bed, with ``found_p2_5`` and ``found_p97_5``; ``turned_away_a_year``; ``occupancy``),
    ``beds_for`` each of 90, 95 and 99 nights in 100 (``expected``: enough on average over what is uncertain; ``sure``:
    enough in 9 of 10 futures), ``present`` and ``assumptions``.

    Raises
    ------
    NotEnoughData
        If no ended stay says how long a child stays.
    """
    if not demand.nights:
        raise NotEnoughData(
            "no_crisis_stays", "No ended stay of a 16 or 17-year-old in crisis is recorded in that time."
        )
    arrivals, nights = _drawn(demand, longest_stay_days, np.random.default_rng(np.random.SeedSequence(seed)))
    assumptions = [
        "Children in crisis arrive one by one, at random, and nobody waits: who finds no bed goes elsewhere.",
        f"Learnt from {demand.arrivals} who came in {demand.days} days and {len(demand.nights)} stays that ended.",
    ]
    extra = np.zeros_like(arrivals)
    extra_nights = 1.0
    if breathing_space is not None:
        extra = np.full_like(arrivals, breathing_space.a_year / DAYS_A_YEAR)
        extra_nights = breathing_space.nights
        arrivals = np.maximum(arrivals - breathing_space.keeps_placement * extra, 0.0)
        assumptions.append(
            f"{breathing_space.a_year:g} children a year use a bed for a breathing space of {extra_nights:g} nights, and "
            f"{breathing_space.keeps_placement:.0%} of them would otherwise have come in crisis."
        )
    offered = arrivals * nights + extra * extra_nights
    most = _beds_worth_showing(offered, present_beds)
    losses = erlang_losses(most, offered)
    rows = [
        {
            "beds": beds,
            "found": _share(1 - loss.mean()),
            "found_p2_5": _share(np.quantile(1 - loss, 0.025)),
            "found_p97_5": _share(np.quantile(1 - loss, 0.975)),
            "turned_away_a_year": round(float(((arrivals + extra) * loss).mean() * DAYS_A_YEAR), 1),
            "occupancy": _share((offered * (1 - loss)).mean() / beds) if beds else None,
        }
        for beds, loss in enumerate(losses)
    ]
    return {
        "arrivals_a_year": _spread(arrivals * DAYS_A_YEAR),
        "nights": _spread(nights),
        "offered": _spread(offered),
        "rows": rows,
        "beds_for": [
            {
                "nights_in_100": round(level * 100),
                "expected": _first(1 - losses.mean(axis=1) >= level),
                "sure": _first(np.quantile(1 - losses, 0.1, axis=1) >= level),
            }
            for level in FOUND_LEVELS
        ],
        "present": None if present_beds is None else rows[present_beds],
        "assumptions": assumptions,
    }


def _drawn(
    demand: CrisisDemand, longest: int | None, random: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return arrivals a night and mean nights of a stay, as they may be. Shape (draws,) each.

    Arrivals: the gamma posterior of a Poisson rate after Jeffreys' prior. Nights: the Bayesian bootstrap (Rubin 1981).
    """
    arrivals = random.gamma(demand.arrivals + 0.5, 1.0 / demand.days, size=DRAWS)
    nights = np.array(demand.nights, dtype=np.float64)
    if longest is not None:
        nights = np.minimum(nights, longest)
    return arrivals, random.dirichlet(np.ones(len(nights)), size=DRAWS) @ nights


def _beds_worth_showing(offered: FloatArray, present: int | None) -> int:
    """Return the number of beds with which nearly everybody finds one in nearly every future."""
    high = float(np.quantile(offered, 0.9))
    enough = next(
        (beds for beds in range(MOST_BEDS + 1) if erlang_loss(beds, high) <= 1 - max(FOUND_LEVELS)), MOST_BEDS
    )
    return max(enough + 1, (present or 0) + 1)


def _in_crisis(stay: Stay) -> bool:
    if stay.setting is not PlacementType.CRISIS_ACCOMMODATION and not isinstance(
        stay.setting, EmergencySetting
    ):
        return False
    if stay.is_holiday or stay.date_of_birth is None:
        return False
    return min(CRISIS_AGES) <= age_on(stay.date_of_birth, stay.started_on) < law_number("child")


def _joined(stays: Sequence[Stay]) -> list[tuple[date, date | None]]:
    """Return the times of one child in such places, each move between them joined to what was before."""
    found: list[tuple[date, date | None]] = []
    for stay in sorted(stays, key=lambda one: one.started_on):
        if found and (found[-1][1] is None or stay.started_on <= found[-1][1]):
            began, ended = found[-1]
            later = None if ended is None or stay.ended_on is None else max(ended, stay.ended_on)
            found[-1] = (began, later)
        else:
            found.append((stay.started_on, stay.ended_on))
    return found


def _first(enough: np.ndarray[Any, np.dtype[np.bool_]]) -> int | None:
    return int(np.argmax(enough)) if enough.any() else None


def _share(value: float) -> float:
    return round(float(value), 4)


def _spread(values: FloatArray) -> dict[str, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return {
        "mean": round(float(values.mean()), 2),
        "p2_5": round(float(low), 2),
        "p97_5": round(float(high), 2),
    }
