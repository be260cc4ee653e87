"""What happens next to one child, and when: a draw from the rates of everything that may happen now.

Every rate is constant until a birthday, a change of the calendar year of returns, or a time in care, in the placement or
under an order at which it changes. The wait is drawn exactly, stretch by stretch. The rates depend on the child's past
alone, so a life can be taken up again at any day with the same law.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from reference_data.synthetic.draws import Draws
from reference_data.synthetic.lives import NEVER, Life, Stay, year_ending
from reference_data.synthetic.rates import EXITS, Rates
from reference_data.synthetic.targets import BANDS
from reference_data.synthetic.worlds import World
from reference_data.vocabulary import PlacementType

# What may happen: leaving in one of the ways of EXITS, by its position there, then these.
MOVE = len(EXITS)
STATUS_OF_PLACEMENT, TEMPORARY, LEGAL, REVOKED = MOVE + 1, MOVE + 2, MOVE + 3, MOVE + 4
EIGHTEEN, ORDER_ENDS, BACK, BED_FREE = 20, 21, 22, 23

_YEAR = 365.25
_ADOPTED = EXITS.index("adopted")
_GOT_WHAT_WAS_NEEDED = {
    PlacementType.CONNECTED_FOSTER_CARER: "KF",
    PlacementType.IN_HOUSE_FOSTER_CARER: "KF",
    PlacementType.AGENCY_FOSTER_CARER: "KF",
    PlacementType.CHILDRENS_HOME: "H",
    PlacementType.SECURE_CHILDRENS_HOME: "SY",
    PlacementType.SUPPORTED_ACCOMMODATION: "G",
    PlacementType.RESIDENTIAL_SCHOOL: "B",
    PlacementType.RESIDENTIAL_FAMILY_CENTRE: "R",
    PlacementType.WITH_PARENTS: "P",
    PlacementType.ADOPTION: "A",
}


def next_event(life: Life, stay: Stay, day: int, rates: Rates, world: World, draws: Draws) -> tuple[int, int]:
    """Return the day of a child's next event and what it is.

    Parameters
    ----------
    life, stay
        A child in care, and where the child is.
    day
        The day from which it is drawn, as an ordinal.
    rates, world
        The rates the child lives by, and the world they hold in.
    draws
        The stream of random numbers; one wait is taken, and one number to choose what happens.
    """
    stop = min(life.birthdays[4], life.order_ends)
    target = draws.waiting()
    now = day
    while now < stop:
        yearly, until = _rates_now(life, stay, now, stop, rates, world)
        total = sum(yearly) / _YEAR
        if total * (until - now) >= target:
            when = int(now + target / total) + 1
            if when >= stop:
                break
            return when, _chosen(yearly, draws.uniform())
        target -= total * (until - now)
        now = until
    return max(stop, day + 1), ORDER_ENDS if life.order_ends < life.birthdays[4] else EIGHTEEN


def _rates_now(
    life: Life, stay: Stay, now: int, stop: int, rates: Rates, world: World
) -> tuple[list[float], int]:
    """Return the yearly rate of everything that may happen, in the order above, and the day until which they hold."""
    kind, status, uasc = stay.kind, life.status, life.child.uasc
    shape = rates.shape
    held = status in ("L1", "L2", "L3", "J2")
    band_at = life.band(now)
    band = BANDS[band_at]
    care, edge = _position(now - life.care_since, rates.care_days)
    until = min(stop, life.birthdays[band_at], now + edge)
    at, edge = _position(now - life.settled_since, rates.stay_days)
    until = min(until, now + edge)
    year = year_ending(now)
    until = min(until, _first_day(year))
    exits = rates.exits(band, kind, status, care, year)
    if uasc:
        alone_leaves = shape["unaccompanied_leave_a_year"] * rates.factor("exit_to", "unaccompanied")
        exits = (0.0, 0.0, 0.0, 0.0, 0.0, exits[5], alone_leaves, exits[7], 0.0)
    yearly = list(exits)
    yearly[0] *= rates.factor("need_home", life.child.category_of_need)
    if kind == "A":
        ready = life.settled_since + shape["adopted_after_days"]
        if now >= ready:
            yearly[_ADOPTED] = shape["adopted_a_year"] * rates.factor("legal", "adopted")
        else:
            until = min(until, ready)
    if world.exits_factor != 1.0:
        yearly = [rate * world.exits_factor for rate in yearly]
    move = rates.move(kind, band, at, year) * life.child.frailty
    move *= rates.factor("move_from", stay.locality)
    if not _is_what_was_needed(kind, stay.needed):
        move *= shape["move_when_not_what_was_needed"]
    if band_at == 4 and kind in "FH" and life.severity < 60:
        move *= shape["move_when_step_down_is_due"]
    if uasc:
        move *= 0.4 * rates.factor("start", "unaccompanied_moves")
    if held:
        move *= 0.5
    yearly.append(move * world.moves_factor)
    yearly.append(0.0 if held or (uasc and kind == "F") else rates.status_change(kind, at, year))
    yearly.append(0.0 if held or status in ("J1", "J3") else shape["temporary_a_year"].get(kind, 0.0))
    legal, revoked, edge = _legal_rates(life, kind, band, now, rates)
    yearly += (legal, revoked)
    return yearly, min(until, now + edge)


def _legal_rates(life: Life, kind: str, band: str, now: int, rates: Rates) -> tuple[float, float, int]:
    """Return the yearly rates of the next legal step and of losing a placement order, and the days they hold."""
    shape = rates.shape
    spent = now - life.status_since
    if life.status == "C1":
        least = shape["interim_order_least_days"]
        if spent < least:
            return 0.0, 0.0, least - spent
        mean = max(shape["interim_order_days"] * rates.factor("legal", "interim_days") - least, 20.0)
        return _YEAR / mean, 0.0, NEVER
    if life.status == "V2" and not life.child.uasc:
        return shape["to_care_order_a_year"][band] * rates.factor("legal", "to_care_order"), 0.0, NEVER
    if life.status == "E1" and kind != "A":
        to_adopters = shape["to_adopters_a_year"] * rates.factor("legal", "to_adopters")
        if spent < _YEAR:
            return to_adopters, 0.0, int(_YEAR - spent) + 1
        return to_adopters, shape["placement_order_revoked_a_year"], NEVER
    return 0.0, 0.0, NEVER


@cache
def _first_day(year: int) -> int:
    return date(year, 4, 1).toordinal()


def _is_what_was_needed(kind: str, needed: str) -> bool:
    return kind in _GOT_WHAT_WAS_NEEDED.get(PlacementType(needed), "")


def _position(days: int, edges: tuple[int, ...]) -> tuple[int, int]:
    """Return the position of a time among its bands, and how many days are left in its band."""
    for position, edge in enumerate(edges):
        if days < edge:
            return position, edge - days
    return len(edges), NEVER


def _chosen(rates: list[float], u: float) -> int:
    mark = u * sum(rates)
    for position, rate in enumerate(rates):
        mark -= rate
        if mark < 0:
            return position
    return max(position for position, rate in enumerate(rates) if rate > 0)
