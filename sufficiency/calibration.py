"""How far the change that the rates imply is believed, beside what the numbers of all years call usual.

Where nothing changes, the number of children goes up and down about a usual level by chance, and comes back to it. What
the rates imply instead is mostly the noise of every rate. So the rates are played forward once, and starts, and what
kinds of placement children go to, are bent until the change they lead to is the one believed: back to the usual level
where nothing is new, and what the rates imply as far as they stand out from both. Flows are bent, never counts, so that
every future stays a possible one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reference_data.vocabulary import AGE_BANDS
from sufficiency.drift import PRIOR_DRIFT
from sufficiency.episodes import DETAILS, GROUPS
from sufficiency.flows import Starts
from sufficiency.repair import CareHistory
from sufficiency.scenario import UNCHANGED, Scenario
from sufficiency.simulate import World, simulate
from sufficiency.stays import DAYS_A_YEAR, FULL_WEIGHT_LOST_YEARS, Rates
from sufficiency.uncertainty import Uncertainty

FloatArray = NDArray[np.float64]

HORIZON_DAYS = 730
PILOT_CHILDREN, LEAST_PILOT_RUNS, MOST_PILOT_RUNS = 20_000, 24, 64
"""Children of a pilot over all its runs, and how many those may be: its own chance is small beside what is not known."""
PILOT_SEED = 20190331
"""Fixed, so that what is learnt from a council does not depend on the seed of a forecast."""
CHANCE_OF_CHANGE = 0.2
"""Chance, before looking, that numbers are really on their way to a level other than chance alone would explain. Where
starts have a trend, or rates drift, they are."""
SPREAD_OF_CHANGE_TOTAL, SPREAD_OF_CHANGE_KIND = 0.15, 0.20
"""Spread of the logarithm of such a change in two years, of all children and of one placement group."""
TREND_UNTIL_STARTS_YEARS = 1.0
"""How long, with fading, a trend has worked on the starts of those who are in care after two years."""
FURTHEST_BEND = float(np.log(2.0))
DOUBT_LIMITS = (0.25, 1.5)
_KNOWN_RATES = Uncertainty(parameters=False, drift=False)
_NO_STARTS = Scenario(name="no starts", starts=dict.fromkeys(AGE_BANDS, 0.0))
_GROUP_OF_DETAIL = np.array([GROUPS.index(detail.group) for detail in DETAILS])


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """What is believed of changes.

    Parameters
    ----------
    change
        Logarithm of the numbers believed over those of today.
    new
        How likely each number is on its way to a really new level.
    doubt
        Variance of what is believed, as a share of the variance of the noise.
    """

    change: FloatArray
    new: FloatArray
    doubt: FloatArray


def believed(
    change: FloatArray,
    *,
    usual: FloatArray,
    usual_doubt: FloatArray,
    noise: FloatArray,
    spread: float,
    chance: float = CHANCE_OF_CHANGE,
) -> Believed:
    """Return what is believed of implied changes.

    A change is of one of two sorts: back to the usual level, or to a really new one.

    Parameters
    ----------
    change
        Logarithm of the numbers implied over those of today.
    usual, usual_doubt
        The change back to the usual level, and its variance.
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
    narrow, wide = usual_doubt + noise, usual_doubt + spread**2 + noise
    odds = chance / max(1 - chance, 1e-9) * np.sqrt(narrow / wide)
    odds = odds * np.exp(np.minimum((change - usual) ** 2 / 2 * (1 / narrow - 1 / wide), 50.0))
    new = odds / (1 + odds)
    back = usual + usual_doubt / narrow * (change - usual)
    ahead = spread**2 / (spread**2 + noise) * change
    variance = (
        new * noise * spread**2 / (spread**2 + noise)
        + (1 - new) * noise * usual_doubt / narrow
        + new * (1 - new) * (ahead - back) ** 2
    )
    return Believed(
        change=np.asarray(new * ahead + (1 - new) * back),
        new=np.asarray(new),
        doubt=np.asarray(variance / noise),
    )


def calibrated(world: World, history: CareHistory) -> World:
    """Return the world with starts, and the kinds of placement children go to, bent to the change that is believed.

    Doubt about the levels of starts and of leaving shrinks with it: today's numbers are evidence too.
    """
    today = np.bincount(
        [GROUPS.index(stay.detail.group) for stay in world.stock], minlength=len(GROUPS)
    ).astype(np.float64)
    total = float(today.sum())
    if total < 1:
        return world
    starts, exits = world.starts, world.exits
    chance = _chance_of_a_new_level(starts, exits)
    if_new = _if_something_is_new(starts, chance)
    still, after = _in_groups(world, _NO_STARTS), _in_groups(replace(world, starts=if_new))
    new = after - still
    if new.sum() <= 0:
        return world
    gone = 1 - float(np.clip(still.sum() / total, 0.05, 0.95))
    usual = usual_numbers(history).sum()
    found = believed(
        np.array(np.log(after.sum() / total)),
        usual=gone * np.log(usual / total),
        usual_doubt=np.array(gone**2 * _doubt_of_usual(total, gone, history)),
        noise=np.array(gone**2 * (starts.log_rate_cov[0, 0] + 1 / exits.level_events)),
        spread=SPREAD_OF_CHANGE_TOTAL,
        chance=chance,
    )
    wanted = total * float(np.exp(found.change))
    bend = _clipped(np.log(max(wanted - float(still.sum()), 0.1 * new.sum()) / new.sum()))
    doubt = float(np.clip(found.doubt, *DOUBT_LIMITS))
    # A trend goes on as far as something new is believed; the level makes up for the rest of it.
    trend = float(if_new.log_rate[1] * found.new)
    level = if_new.log_rate[0] + bend + (if_new.log_rate[1] - trend) * TREND_UNTIL_STARTS_YEARS
    world = replace(
        world,
        starts=replace(
            starts, log_rate=np.array([float(level), trend]), log_rate_cov=starts.log_rate_cov * doubt
        ),
        exits=replace(exits, level_events=exits.level_events / doubt),
    )
    return _kinds_calibrated(world, history, today, still + float(np.exp(bend)) * new, gone)


def _chance_of_a_new_level(starts: Starts, exits: Rates) -> float:
    """Return how likely numbers are on their way to a new level: by themselves, by a trend, or since rates drift.

    Where rates drift as those of English councils do, there is no usual level to go back to.
    """
    usual = (1 - CHANCE_OF_CHANGE) * (1 - starts.trend_chance)
    return 1 - usual * (1 - starts.drift.at_least(PRIOR_DRIFT)) * (1 - exits.drift.at_least(PRIOR_DRIFT))


def _if_something_is_new(starts: Starts, chance: float) -> Starts:
    """Return the starts if the number of children is on its way to a new level, which a trend makes likelier."""
    if starts.if_trend is None or not 0 < starts.trend_chance < 1:
        return starts
    flat = (starts.log_rate - starts.trend_chance * starts.if_trend) / (1 - starts.trend_chance)
    share = starts.trend_chance / chance
    return replace(starts, log_rate=flat + share * (starts.if_trend - flat))


def usual_numbers(history: CareHistory) -> FloatArray:
    """Return the mean children in each placement group over the time of the returns. Shape (groups,)."""
    first, days = history.first_day, max((history.known_to - history.first_day).days, 1)
    nights = np.zeros(len(GROUPS))
    for stay in history.stays:
        ended = min(stay.ended_on or history.known_to, history.known_to)
        nights[GROUPS.index(stay.detail.group)] += max((ended - max(stay.started_on, first)).days, 0)
    return nights / days


def _doubt_of_usual(number: float | FloatArray, gone: float, history: CareHistory) -> FloatArray:
    """Return the variance of the logarithm of a mean number as an estimate of the usual one.

    Numbers of successive days go together for as long as the same children stay (M/G/infinity occupancy).
    """
    stay_years = -HORIZON_DAYS / DAYS_A_YEAR / np.log(1 - gone)
    years = max((history.known_to - history.first_day).days, 1) / DAYS_A_YEAR
    together = stay_years / years
    share = 2 * together * (1 - together * -np.expm1(-1 / together))
    return np.asarray(share / np.maximum(number, 0.5))


def _kinds_calibrated(
    world: World, history: CareHistory, today: FloatArray, after: FloatArray, gone: float
) -> World:
    begun, ended = _begun_and_ended(history)
    today, after = np.maximum(today, 0.5), np.maximum(after, 0.5)
    usual = np.maximum(usual_numbers(history), 0.5)
    found = believed(
        np.log(after / today),
        usual=gone * np.log(usual / today),
        usual_doubt=gone**2 * _doubt_of_usual(usual, gone, history),
        noise=gone**2 * (1 / (begun + 1) + 1 / (ended + 1)),
        spread=SPREAD_OF_CHANGE_KIND,
    )
    target = today * np.exp(found.change)
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
        runs=int(np.clip(PILOT_CHILDREN // (len(world.stock) + 1), LEAST_PILOT_RUNS, MOST_PILOT_RUNS)),
        seed=PILOT_SEED,
        scenario=scenario,
        uncertainty=_KNOWN_RATES,
    )
    by_detail = counts[:, 0].sum(axis=1).mean(axis=0)
    return np.bincount(_GROUP_OF_DETAIL, by_detail, minlength=len(GROUPS)).astype(np.float64)
