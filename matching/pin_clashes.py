"""Why pins cannot all hold: the rule that one breaks, or the fewest of them that shut each other out.

Only pins can make a joint plan infeasible, so the answer names them; a person then takes one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matching.allocation_budget import Budget
from matching.allocation_problem import AllocationProblem, Stage
from matching.allocation_search import search_in_order
from matching.eligibility import assess_case
from matching.home import Home
from matching.joint import JointProblem
from matching.pins import Pin
from matching.referral import Referral
from matching.waiting import Unit
from matching.words import listed
from reference_data.vocabulary import PlanStatus


def pins_that_cannot_hold(joint: JointProblem, settled: Iterable[Referral], pins: Sequence[Pin]) -> list[str]:
    """Return a sentence for each pin that cannot hold whatever else is planned; none where each could.

    Two pins that say the opposite of each other are told here too.
    """
    lives_in = {one.child_id: one.current_home_id for one in settled}
    unit_of = {child_id: u for u, unit in enumerate(joint.units) for child_id in unit.child_ids}
    number = {home.home_id: h for h, home in enumerate(joint.homes)}
    open_to = joint.homes_of
    found = []
    for pin in pins:
        told = f"The pin of child {pin.child_id} to home {pin.home_id} cannot hold"
        if pin.child_id in lives_in:
            if (lives_in[pin.child_id] == pin.home_id) == pin.ban:
                stays = "the child is settled there" if pin.ban else "the child is settled elsewhere"
                banned = f"The ban of child {pin.child_id} from home {pin.home_id} cannot hold"
                found.append(f"{banned if pin.ban else told}: {stays} and stays put.")
            continue
        if pin.ban:
            continue
        unit, h = joint.units[unit_of[pin.child_id]], number[pin.home_id]
        against = _decided_against(unit, pin, pins)
        if against:
            found += [f"{told}: {text}" for text in against]
        elif h not in open_to.get(unit_of[pin.child_id], ()):
            found += [f"{told}: {text}" for text in _why_not(unit, joint.homes[h], settled)]
    return list(dict.fromkeys(found))


def _decided_against(unit: Unit, pin: Pin, pins: Sequence[Pin]) -> list[str]:
    """Return what other pins say against one of these children, or of those who must stay together."""
    found = []
    for other in pins:
        if other.child_id not in unit.child_ids or other == pin:
            continue
        whose = (
            "the child"
            if other.child_id == pin.child_id
            else f"{other.child_id}, who must stay with the child,"
        )
        if other.ban and other.home_id == pin.home_id:
            found.append(f"{whose} is banned from this home.")
        elif not other.ban and other.home_id != pin.home_id:
            found.append(f"{whose} is pinned to home {other.home_id} too.")
    return found


def _why_not(unit: Unit, home: Home, settled: Iterable[Referral]) -> list[str]:
    broken = [exclusion.text for exclusion in assess_case(unit.cases[0], home).exclusions]
    if broken:
        return broken
    ids = set(unit.child_ids)
    if any(ids & set(member.not_with) for member in unit.members):
        return ["not with: the children must stay together and may not live together."]
    near = sorted(
        one.child_id
        for one in settled
        if one.current_home_id == home.home_id
        and any(one.child_id in member.not_with or member.child_id in one.not_with for member in unit.members)
    )
    if near:
        return [f"not with: {listed(near)} lives there and may not live with the child."]
    return ["lives here already: a move was decided, and this is the present home."]


def pins_that_clash(joint: JointProblem, pins: Sequence[Pin], *, budget: Budget) -> list[str]:
    """Return a sentence on the fewest pins that shut each other out, of a problem that has no allocation.

    Pins are taken back one by one; those without which the rest can hold are the clash.

    References
    ----------
    Chinneck and Dravnieks (1991), Locating minimal infeasible constraint sets in linear programs. ORSA Journal
    on Computing 3: the deletion filter.
    """
    needed = list(joint.problem.required_units)
    for unit in joint.problem.required_units:
        fewer = [one for one in needed if one != unit]
        if _infeasible(joint.problem, fewer, budget):
            needed = fewer
    clash = [
        f"{pin.child_id} to {pin.home_id}"
        for pin in pins
        if not pin.ban and any(pin.child_id in joint.units[u].child_ids for u in needed)
    ]
    return [
        f"The pins of {listed(clash)} cannot all hold: there is not room for all, or they may not live together."
    ]


def _infeasible(problem: AllocationProblem, required: Sequence[int], budget: Budget) -> bool:
    # The pinned units alone: whoever is not pinned can always be left out.
    pairs = [(u, h, 0) for u, h, _ in problem.pairs if u in required]
    places = [row for row in problem.pair_places if row[0] in required]
    smaller = replace(problem, pairs=pairs, pair_places=places, required_units=required)
    anything = Stage(aim="anything", scores={})
    return search_in_order(smaller, (anything,), budget=budget, seed=0).status is PlanStatus.INFEASIBLE
