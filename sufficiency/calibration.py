"""How far the change that the rates imply is believed, when today's numbers are the best guess of the usual ones.

Today's children are what years of starts, moves and ends have left: where nothing changes, "same as today" is nearly
the best forecast there is, and what the rates imply instead is partly the noise of every rate. So the rates are played
forward once, and starts, and what kinds of placement children go to, are bent until the change they lead to is as
large as the evidence for it. A change that stands out from noise is kept. Flows are bent, never counts, so that every
future stays a possible one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reference_data.vocabulary import AGE_BANDS
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.repair import CareHistory
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.simulate import World, simulate
from sufficiency.stays import DAYS_A_YEAR, FULL_WEIGHT_LOST_YEARS
from sufficiency.uncertainty import Uncertainty

FloatArray = NDArray[np.float64]

HORIZON_DAYS = 730
PILOT_RUNS = 32
PILOT_SEED = 20190331
"""Fixed, so that what is learnt from a council does not depend on the seed of a forecast."""
CHANCE_OF_CHANGE = 0.2
"""Chance, before looking, that numbers are really on their way to a level other than chance alone would explain. Where
starts have a trend they are."""
SPREAD_OF_CHANGE_TOTAL, SPREAD_OF_CHANGE_KIND = 0.10, 0.20
"""Spread of the logarithm of such a change in two years, of all children and of one placement group."""
FURTHEST_BEND = float(np.log(2.0))
DOUBT_LIMITS = (0.25, 1.5)
_KNOWN_RATES = Uncertainty(parameters=False, drift=False)
_NO_STARTS = Scenario(name="no starts", starts=dict.fromkeys(AGE_BANDS, 0.0))
_GROUP_OF_DETAIL = np.array([GROUPS.index(detail.group) for detail in DETAILS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """How far changes are believed.

    Parameters
    ----------
    share
        Share of each implied change that is believed: 0 none, 1 all.
    doubt
        Variance of what is believed, as a share of the variance of the noise.
    """

    share: FloatArray
    doubt: FloatArray


def believed(
    change: FloatArray,
    *,
    usual: FloatArray,
    noise: FloatArray,
    spread: float,
    chance: float = CHANCE_OF_CHANGE,
) -> Believed:
    """Return how far implied changes are believed.

    A change is of one of two sorts: back from where chance took the numbers, or to a really new level.

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
    chance
        How likely a new level is before looking.

    References
    ----------
    Efron and Morris (1973), Stein's estimation rule and its competitors. Journal of the American Statistical
    Association 68(341).
    """
    narrow, wide = usual + noise, usual + spread**2 + noise
    odds = chance / max(1 - chance, 1e-9) * np.sqrt(narrow / wide)
    odds = odds * np.exp(np.minimum(change**2 / 2 * (1 / narrow - 1 / wide), 50.0))
    new = odds / (1 + odds)
    if_usual, if_new = usual / narrow, 1 - noise / wide
    apart = new * (1 - new) * ((if_new - if_usual) * change) ** 2
    return Believed(
        share=np.asarray(new * if_new + (1 - new) * if_usual),
        doubt=np.asarray(new * if_new + (1 - new) * if_usual + apart / noise),
    )


def calibrated(world: World, history: CareHistory) -> World:
    """Return the world with starts, and the kinds of placement children go to, bent to the change that is believed.

    Doubt about the levels of starts and of leaving shrinks with it: today's numbers are evidence too.
    """
    today = np.bincount(
        [GROUPS.index(stay.detail.group) for stay in world.stock], minlength=len(GROUPS)
    ).astype(np.float64)
    total = float(today.sum())
    still, after = _in_groups(world, _NO_STARTS), _in_groups(world)
    new = after - still
    if total < 1 or new.sum() <= 0:
        return world
    gone = 1 - min(float(still.sum()) / total, 0.95)
    seen = float(world.starts.band_counts.sum())
    change = np.array(np.log(after.sum() / total))
    found = believed(
        change,
        usual=np.array(gone**2 / total),
        noise=np.array(gone**2 * (1 / seen + 1 / world.exits.level_events)),
        spread=SPREAD_OF_CHANGE_TOTAL,
        chance=CHANCE_OF_CHANGE + (1 - CHANCE_OF_CHANGE) * world.starts.trend_chance,
    )
    wanted = total * float(np.exp(found.share * change))
    bend = _clipped(np.log(max(wanted - float(still.sum()), 0.1 * new.sum()) / new.sum()))
    doubt = float(np.clip(found.doubt, *DOUBT_LIMITS))
    starts, exits = world.starts, world.exits
    world = replace(
        world,
        starts=replace(
            starts,
            log_rate=starts.log_rate + np.array([float(bend), 0.0]),
            log_rate_cov=starts.log_rate_cov * doubt,
        ),
        exits=replace(exits, level_events=exits.level_events / doubt),
    )
    return _kinds_calibrated(world, history, today, still + float(np.exp(bend)) * new, gone)


def _kinds_calibrated(
    world: World, history: CareHistory, today: FloatArray, after: FloatArray, gone: float
) -> World:
    begun, ended = _begun_and_ended(history)
    today, after = np.maximum(today, 0.5), np.maximum(after, 0.5)
    change = np.log(after / today)
    found = believed(
        change,
        usual=gone**2 / today,
        noise=gone**2 * (1 / (begun + 1) + 1 / (ended + 1)),
        spread=SPREAD_OF_CHANGE_KIND,
    )
    target = today * np.exp(found.share * change)
    target = target * after.sum() / target.sum()
    # How far the numbers follow a bend depends on how children move; it is tried, and put right once.
    tried = _clipped(np.log(target / after))
    reached = np.maximum(_in_groups(_bent(world, tried)), 0.5)
    return _bent(world, _clipped(tried + np.log(target / reached)))


def _bent(world: World, by_group: FloatArray) -> World:
    level = world.inflow.level + by_group[_GROUP_OF_DETAIL]
    return replace(world, inflow=replace(world.inflow, level=level))


def _clipped(bend: FloatArray) -> FloatArray:
    return np.asarray(np.clip(bend, -FURTHEST_BEND, FURTHEST_BEND))


def _begun_and_ended(history: CareHistory) -> tuple[FloatArray, FloatArray]:
    """Return stays begun and ended in each group while the returns last, old ones counting less. Shapes (groups,)."""
    counts = np.zeros((2, len(GROUPS)))
    for stay in history.stays:
        group = GROUPS.index(stay.detail.group)
        for position, day in enumerate((stay.started_on, stay.ended_on)):
            if day is not None and history.first_day <= day <= history.known_to:
                years_ago = (history.known_to - day).days / DAYS_A_YEAR
                counts[position, group] += 0.5 ** (years_ago / FULL_WEIGHT_LOST_YEARS)
    return counts[0], counts[1]


def _in_groups(world: World, scenario: Scenario = UNCHANGED) -> FloatArray:
    """Return the mean children in each placement group after two years of the pilot. Shape (groups,)."""
    counts = simulate(
        world,
        snapshot_days=[HORIZON_DAYS],
        runs=PILOT_RUNS,
        seed=PILOT_SEED,
        scenario=scenario,
        uncertainty=_KNOWN_RATES,
    )
    by_detail = counts[:, 0].sum(axis=1).mean(axis=0)
    return np.bincount(_GROUP_OF_DETAIL, by_detail, minlength=len(GROUPS)).astype(np.float64)
