"""How far the change that the rates imply is believed, when today's numbers are the best guess of the usual ones.

Today's children are what years of starts, moves and ends have left: where nothing changes, "same as today" is nearly
the best forecast there is, and what the rates imply instead is partly the noise of every rate. So the rates are played
forward once, and starts, and what kinds of placement children go to, are bent until the change they lead to is as
large as the evidence for it. A change that stands out from noise is kept. Flows are bent, never counts, so that every
future stays a possible one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reference_data.vocabulary import AGE_BANDS
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.scenario import Scenario
from sufficiency.simulate import World, simulate
from sufficiency.uncertainty import Uncertainty

FloatArray = NDArray[np.float64]

HORIZON_DAYS = 730
PILOT_RUNS = 40
PILOT_SEED = 20190331
"""Fixed, so that what is learnt from a council does not depend on the seed of a forecast."""
CHANCE_OF_CHANGE = 0.3
"""Chance, before looking, that numbers are really on their way to a level other than chance alone would explain."""
SPREAD_OF_CHANGE_TOTAL, SPREAD_OF_CHANGE_KIND = 0.10, 0.20
"""Spread of the logarithm of such a change in two years, of all children and of one placement group."""
_FURTHEST = np.log(2.0)
_KNOWN_RATES = Uncertainty(parameters=False, drift=False)
_NO_STARTS = Scenario(name="no starts", starts=dict.fromkeys(AGE_BANDS, 0.0))
_GROUP_OF_DETAIL = np.array([GROUPS.index(detail.group) for detail in DETAILS])


def believed_share(change: FloatArray, *, usual: FloatArray, noise: FloatArray, spread: float) -> FloatArray:
    """Return the share of an implied change that is believed: 0 none, 1 all.

    The change is of one of two sorts: back from where chance took the numbers, or to a really new level.

    Parameters
    ----------
    change
        Logarithm of the numbers implied over those of today.
    usual
        Variance of such changes where nothing is new.
    noise
        Variance of what the rates' own noise adds.
    spread
        Standard deviation of a really new level's change.

    References
    ----------
    Efron and Morris (1973), Stein's estimation rule and its competitors. Journal of the American Statistical
    Association 68(341).
    """
    narrow, wide = usual + noise, usual + spread**2 + noise
    odds = CHANCE_OF_CHANGE / (1 - CHANCE_OF_CHANGE) * np.sqrt(narrow / wide)
    odds = odds * np.exp(np.minimum(change**2 / 2 * (1 / narrow - 1 / wide), 50.0))
    new = odds / (1 + odds)
    return np.asarray(new * (1 - noise / wide) + (1 - new) * usual / narrow)


def calibrated(world: World, *, begun: FloatArray, ended: FloatArray) -> World:
    """Return the world with starts and kinds of placement bent to the change that is believed.

    Parameters
    ----------
    begun, ended
        Stays that began and that ended in each placement group while the returns last, old ones counting less.
        Shape (groups,).
    """
    if not world.stock:
        return world
    today = _in_groups(world, 0)
    after = _in_groups(world, HORIZON_DAYS)
    still = _in_groups(world, HORIZON_DAYS, _NO_STARTS)
    total, later, staying = float(today.sum()), float(after.sum()), float(still.sum())
    if later <= staying:
        return world
    gone = 1 - min(staying / total, 0.95)
    noise = np.array(gone**2 / max(_starts_seen(world), 1.0) + gone**2 / world.exits.level_events)
    change = np.array(np.log(later / total))
    share = believed_share(
        change, usual=np.array(gone**2 / total), noise=noise, spread=SPREAD_OF_CHANGE_TOTAL
    )
    wanted = total * float(np.exp(share * change))
    bend = np.log(max(wanted - staying, 0.1 * (later - staying)) / (later - staying))
    bend = float(np.clip(bend, -_FURTHEST, _FURTHEST))
    level, trend = world.starts.log_rate
    world = replace(world, starts=replace(world.starts, log_rate=np.array([level + bend, trend])))
    return _kinds_calibrated(world, today, wanted, begun=begun, ended=ended, gone=gone)


def _kinds_calibrated(
    world: World, today: FloatArray, wanted: float, *, begun: FloatArray, ended: FloatArray, gone: float
) -> World:
    after = np.maximum(_in_groups(world, HORIZON_DAYS), 0.5)
    change = np.log(after / np.maximum(today, 0.5))
    noise = gone**2 * (1 / (begun + 1) + 1 / (ended + 1))
    usual = gone**2 / np.maximum(today, 1.0)
    share = believed_share(change, usual=usual, noise=noise, spread=SPREAD_OF_CHANGE_KIND)
    target = np.maximum(today, 0.5) * np.exp(share * change)
    target = target * wanted / target.sum()
    bend = np.zeros(len(GROUPS))
    for _ in range(2):
        bend = np.clip(bend + np.log(target / after) / 0.8, -_FURTHEST, _FURTHEST)
        bent = replace(world, inflow=replace(world.inflow, level=world.inflow.level + bend[_GROUP_OF_DETAIL]))
        after = np.maximum(_in_groups(bent, HORIZON_DAYS), 0.5)
    return bent


def _starts_seen(world: World) -> float:
    return float(world.starts.band_counts.sum())


def _in_groups(world: World, day: int, scenario: Scenario | None = None) -> FloatArray:
    """Return the mean children in each placement group on a day of the pilot. Shape (groups,)."""
    counts = simulate(
        world,
        snapshot_days=[day],
        runs=PILOT_RUNS if day else 1,
        seed=PILOT_SEED,
        uncertainty=_KNOWN_RATES,
        **({"scenario": scenario} if scenario else {}),
    )
    by_detail = counts[:, 0].sum(axis=1).mean(axis=0)
    return np.bincount(_GROUP_OF_DETAIL, by_detail, minlength=len(GROUPS))
