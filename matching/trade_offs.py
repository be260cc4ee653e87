"""What each choice of a plan costs the other children, and why a child is not at its own first choice.

Both are answered by planning again with one thing changed (``replanning.py``), never by guessing from the score.
How many are answered is a matter of work counted, not of the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matching.aim_words import aim_in_words, amount_in_words, children_in_words
from matching.joint import JointProblem
from matching.plan_aims import StageMeaning
from matching.replanning import Replanning
from matching.words import listed

Homes = tuple[int | None, ...]

AIMS_COMPARED = 4
"""Aims after the placing itself that are compared for each choice: facts known, connected carers, closeness and
needs. The later ones take longest to prove and change no other child's home enough to be told."""

NOBODY_LOSES = "No other child on the list loses by it."

NOTHING_LOST = "No other child on the list loses a place, closeness or needs met by it."

NO_PLACE_LOST = (
    "No other child on the list loses a place by it; what the aims that are not proved lose is not known."
)

NO_PLACE_LOST_AS_FAR_AS_WORK_ALLOWED = (
    "No other child loses a place by it; comparing closeness and needs took more work than allowed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the other children lose by one choice.

    ``by_aim`` holds, for each aim up to the first that differs, by how much the others could do better in it
    if this child needed no place: children placed, or penalty points. A question about this child and another who
    would move in together is of both, and no part of it is counted as what the others lose.
    """

    text: str
    by_aim: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstChoice:
    """The home that would be best for a child if nobody else were waiting, and why the plan chose as it did."""

    home_id: str
    text: str


def costs_to_others(
    joint: JointProblem, plan: Homes, *, again: Replanning, units: Iterable[int]
) -> dict[int, Cost]:
    """Return, for each unit named and placed, what its place costs the others, as far as the work allows.

    The others are planned again as if the unit needed no place. What they gain is what the choice costs
    them, in the aims in order. The first units named are answered first.

    References
    ----------
    Clarke (1971), Multipart pricing of public goods. Public Choice 11: the externality of one participant.
    """
    found: dict[int, Cost] = {}
    units_at = joint.units_at
    every_aim = all_compared(joint, len(again.stages))
    places = sum(meaning.most for meaning in joint.meanings)
    for u in units:
        home = plan[u]
        if home is None:
            continue
        if all(plan[other] == home for other in units_at[home] if other != u):
            # Whoever else could use the home has a place in it.
            found[u] = Cost(text=NOBODY_LOSES, by_aim={})
            continue
        gains = again.gains_without(u)
        if gains is not None and (len(gains) >= places or any(gains)):
            by_aim = {meaning.aim: gain for meaning, gain in zip(joint.meanings, gains, strict=False)}
            nothing = NOTHING_LOST if every_aim else NO_PLACE_LOST
            if len(gains) < len(again.stages):
                nothing = NO_PLACE_LOST_AS_FAR_AS_WORK_ALLOWED
            found[u] = Cost(text=_cost_in_words(by_aim, joint.meanings) or nothing, by_aim=by_aim)
    return found


def all_compared(joint: JointProblem, compared: int) -> bool:
    """Say whether a number of aims is all that are compared where all are proved."""
    places = sum(meaning.most for meaning in joint.meanings)
    return compared >= min(len(joint.stages), places + AIMS_COMPARED)


def _cost_in_words(by_aim: Mapping[str, int], meanings: Sequence[StageMeaning]) -> str:
    """Return what the others lose; empty where that is nothing."""
    for meaning in meanings:
        gain = by_aim.get(meaning.aim, 0)
        if gain <= 0:
            continue
        if meaning.most:
            who = "Another child" if gain == 1 else "Other children"
            return (
                f"{who} could have used this place: {children_in_words(meaning.aim, gain).replace(' ', ' more ', 1)} "
                "would be placed if this child needed no bed."
            )
        return (
            "Another child could have used this place: the others would do better by "
            f"{gain} penalty point{'' if gain == 1 else 's'} in {aim_in_words(meaning.aim)} if this child needed no bed."
        )
    return ""


def first_choices(joint: JointProblem, plan: Homes, *, again: Replanning | None) -> dict[int, FirstChoice]:
    """Return, for each unit placed, the home that would be best for it alone and why it is not there.

    Parameters
    ----------
    again
        The plan kept ready for questions; ``None`` where it is not proved, so that nothing is claimed.
    """
    inside: dict[int, list[str]] = {}
    for u, h in enumerate(plan):
        if h is not None:
            inside.setdefault(h, []).extend(joint.units[u].child_ids)
    found = {}
    for u, h in enumerate(plan):
        if h is None:
            continue
        first = joint.own_order(u)[0]
        text = _why_not_first(joint, u, h, first, inside, again)
        found[u] = FirstChoice(home_id=joint.homes[first].home_id, text=text)
    return found


def _why_not_first(
    joint: JointProblem,
    u: int,
    home: int,
    first: int,
    inside: Mapping[int, Sequence[str]],
    again: Replanning | None,
) -> str:
    one = joint.units[u].size == 1
    who = "this child" if one else "these brothers and sisters"
    if home == first:
        return f"Also the best home for {who} if nobody else were waiting."
    better = _better_alone(joint, u, home, first)
    told = f"If nobody else were waiting, {joint.homes[first].home_id} would be best for {who}{better}."
    there = sorted(inside.get(first, ()))
    if there:
        told += f" The plan places {listed(there)} there."
    if again is None:
        return told
    loss = again.loss_with(u, first)
    if loss is None:
        return told
    if not loss.possible:
        return f"{told} That cannot be beside the homes that are decided already."
    with_it = "With this child there" if one else "With them there"
    if loss.aim is None:
        return f"{told} {with_it} the plan would be as good in every aim compared: a person may prefer it."
    meaning = joint.meanings[loss.aim]
    if meaning.most:
        fewer = children_in_words(meaning.aim, loss.amount)
        return f"{told} {with_it} the list as a whole would place {fewer} fewer."
    return (
        f"{told} {with_it} the list as a whole would do worse by {amount_in_words(meaning.aim, loss.amount)}."
    )


def _better_alone(joint: JointProblem, u: int, home: int, first: int) -> str:
    for stage, meaning in zip(joint.stages, joint.meanings, strict=True):
        gain = stage.scores.get((u, first), 0) - stage.scores.get((u, home), 0)
        if gain and not meaning.most:
            if meaning.aim == "unknown_facts":
                return ": more is known of it"
            return f", by {amount_in_words(meaning.aim, gain)}"
    return ""
