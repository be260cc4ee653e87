"""From children and homes to the allocation's whole numbers: who may go where, what room there is, what counts.

Nothing is decided here and nothing is solved. The rules for one child and one home are in
``eligibility.py``; what only arises when several children move in at once (beds by date, registered
numbers, the usual fostering limit, who may not live together) is written down here as side rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from matching import aims
from matching.allocation_problem import AllocationProblem, Pair, Stage
from matching.eligibility import HARD_FACTS, assess_case, may_be_offered
from matching.home import Home
from matching.pins import Pin
from matching.policy import Policy
from matching.referral import Referral, sibling_members
from matching.shared_room import capacity, head_counts, limits_by_date, without_own_bed
from matching.waiting import Unit
from reference_data.vocabulary import URGENCY_ORDER, SiblingsTogether

MISSED_NEXT = "missed_by_next_arrivals"
"""The term for beds that children who may arrive next would miss; only where such children are given."""

ALONE, ONE_TOGETHER, ALL_TOGETHER = 3, 1, 0
"""Units of the aim ``siblings``: alone, with at least one brother or sister, with all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMeaning:
    """What a stage of the allocation says in the plan.

    Parameters
    ----------
    aim
        The name in the plan.
    most
        Whether more is better (children placed); otherwise it is a penalty and less is better.
    terms
        The policy's aims that are added up in the stage, each with its own scores.
    """

    aim: str
    most: bool
    terms: Mapping[str, Stage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointProblem:
    """The waiting list and the homes as an allocation, with what each number stands for."""

    units: tuple[Unit, ...]
    homes: tuple[Home, ...]
    problem: AllocationProblem
    stages: tuple[Stage, ...]
    meanings: tuple[StageMeaning, ...]
    lawful_below_floor: frozenset[Pair]
    broken_pins: tuple[str, ...]

    @property
    def homes_of(self) -> dict[int, tuple[int, ...]]:
        """Return the homes each unit may go to, by index."""
        found: dict[int, list[int]] = {}
        for unit, home, _ in self.problem.pairs:
            found.setdefault(unit, []).append(home)
        return {unit: tuple(homes) for unit, homes in found.items()}


def build(
    units: Sequence[Unit],
    homes: Sequence[Home],
    settled: Sequence[Referral],
    *,
    policy: Policy,
    pins: Sequence[Pin] = (),
    prices: Mapping[str, int] | None = None,
) -> JointProblem:
    """Return the joint problem of a waiting list.

    Parameters
    ----------
    units
        Who is placed as one, from ``waiting.waiting_units``.
    homes
        In order of id, with the referred children who live in them among the residents.
    settled
        Referred children who stay where they are.
    prices
        Points charged for a bed, by home id, where children who may arrive next would miss it.
    """
    known: dict[Pair, int] = {}
    below: set[Pair] = set()
    pinned = _pinned(units, homes, pins)
    for u, unit in enumerate(units):
        kept_apart = _contradicts_itself(unit)
        for h, home in enumerate(homes):
            if kept_apart or (u, h) in pinned.banned or _must_stay_away(unit, home, settled):
                continue
            if u in pinned.homes and pinned.homes[u] != {h}:
                continue
            if not may_be_offered(unit.cases[0], home):
                continue
            if u not in pinned.homes and not all(aims.above_floor(case, home) for case in unit.cases):
                below.add((u, h))
                continue
            questions = assess_case(unit.cases[0], home).questions
            known[u, h] = sum(question.rule in HARD_FACTS for question in questions)
    here: dict[int, list[int]] = {}
    for u, h in sorted(known):
        here.setdefault(h, []).append(u)
    at = [(h, home, here.get(h, [])) for h, home in enumerate(homes)]
    problem = AllocationProblem(
        [unit.size for unit in units],
        [capacity(home, units, there) for _, home, there in at],
        [(u, h, 0) for u, h in known],
        _conflicts(units),
        required_units=sorted(pinned.homes),
        pair_places=[(u, h, len(without_own_bed(units[u], homes[h]))) for u, h in known],
        part_limits=[limit for h, home, there in at for limit in limits_by_date(home, h, units, there)],
        usual_limits=[limit for h, home, there in at for limit in head_counts(home, h, units, there)],
    )
    stages, meanings = _stages(units, homes, settled, known, policy, prices or {})
    return JointProblem(
        units=tuple(units),
        homes=tuple(homes),
        problem=problem,
        stages=stages,
        meanings=meanings,
        lawful_below_floor=frozenset(below),
        broken_pins=tuple(
            pinned.broken
            + [
                f"The pin of child {units[u].child_ids[0]} cannot hold: the home may not take the child."
                for u in sorted(pinned.homes)
                if not any(pair[0] == u for pair in known)
            ]
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pinned:
    homes: dict[int, set[int]]
    banned: set[Pair]
    broken: list[str]


def _pinned(units: Sequence[Unit], homes: Sequence[Home], pins: Iterable[Pin]) -> _Pinned:
    unit_of = {child_id: u for u, unit in enumerate(units) for child_id in unit.child_ids}
    home_of = {home.home_id: h for h, home in enumerate(homes)}
    found = _Pinned(homes={}, banned=set(), broken=[])
    for pin in pins:
        u = unit_of.get(pin.child_id)
        if u is None:
            continue
        if pin.ban:
            found.banned.add((u, home_of[pin.home_id]))
        else:
            found.homes.setdefault(u, set()).add(home_of[pin.home_id])
    return found


def broken_by_settled(settled: Iterable[Referral], pins: Iterable[Pin]) -> list[str]:
    """Return a sentence for each pin that would move, or ban from its own bed, a child who stays put."""
    lives_in = {one.child_id: one.current_home_id for one in settled}
    return [
        f"The pin of child {pin.child_id} cannot hold: the child is settled and stays put."
        for pin in pins
        if pin.child_id in lives_in and (lives_in[pin.child_id] == pin.home_id) == pin.ban
    ]


def _contradicts_itself(unit: Unit) -> bool:
    """Say whether children who must live together may not live together."""
    ids = set(unit.child_ids)
    return any(ids & set(member.not_with) for member in unit.members)


def _must_stay_away(unit: Unit, home: Home, settled: Iterable[Referral]) -> bool:
    """Say whether the home is where a member lives now, or where a settled child lives who may not be near."""
    for member in unit.members:
        lives_here = any(one.child_id == member.child_id for one in home.residents or ())
        if lives_here or member.current_home_id == home.home_id:
            # A move was decided, or the own placement is kept open: the present home is not the answer.
            return True
        for one in settled:
            apart = one.child_id in member.not_with or member.child_id in one.not_with
            if apart and one.current_home_id == home.home_id:
                return True
    return False


def _conflicts(units: Sequence[Unit]) -> list[Pair]:
    unit_of = {child_id: u for u, unit in enumerate(units) for child_id in unit.child_ids}
    return [
        (u, unit_of[other])
        for u, unit in enumerate(units)
        for member in unit.members
        for other in member.not_with
        if other in unit_of and unit_of[other] != u
    ]


def _stages(
    units: Sequence[Unit],
    homes: Sequence[Home],
    settled: Sequence[Referral],
    known: Mapping[Pair, int],
    policy: Policy,
    prices: Mapping[str, int],
) -> tuple[tuple[Stage, ...], tuple[StageMeaning, ...]]:
    """Return the aims in order, each a stage to maximise, with its meaning."""
    stages: list[Stage] = []
    meanings: list[StageMeaning] = []
    for urgency in URGENCY_ORDER:
        name = f"{urgency.value}_placed"
        scores = {(u, h): units[u].size for u, h in known if units[u].urgency is urgency}
        stages.append(Stage(aim=name, scores=scores))
        meanings.append(StageMeaning(aim=name, most=True))
    terms: dict[str, dict[Pair, int]] = {aim.name: {} for aim in policy.aims}
    for u, h in known:
        for case in units[u].cases:
            for name, penalty in aims.penalties(case, homes[h]).items():
                terms[name][u, h] = terms[name].get((u, h), 0) - penalty
    weight = policy.aim("siblings").weight
    company = _siblings_stage(units, homes, settled, known, weight)
    for number in policy.stages:
        names = [aim.name for aim in policy.aims if aim.stage == number]
        parts = {
            name: company if name == "siblings" else Stage(aim=name, scores=terms[name]) for name in names
        }
        if prices and "specialist_capacity" in names:
            missed = {(u, h): -units[u].size * prices.get(homes[h].home_id, 0) for u, h in known}
            parts[MISSED_NEXT] = Stage(aim=MISSED_NEXT, scores=missed)
        scores = {pair: sum(part.scores.get(pair, 0) for part in parts.values()) for pair in known}
        stages.append(
            Stage(
                aim=stage_name(names),
                scores=scores,
                companions=company.companions if "siblings" in names else (),
                gatherings=company.gatherings if "siblings" in names else (),
            )
        )
        meanings.append(StageMeaning(aim=stage_name(names), most=False, terms=parts))
    stages.append(Stage(aim="unknown_facts", scores={pair: -count for pair, count in known.items()}))
    meanings.append(StageMeaning(aim="unknown_facts", most=False))
    return tuple(stages), tuple(meanings)


def stage_name(names: Sequence[str]) -> str:
    """Return the plan's name of a stage that adds up these aims of the policy."""
    if len(names) == 1:
        return names[0]
    if "near_home" in names or "area" in names:
        return "section_22c"
    return "_and_".join(names)


def _siblings_stage(
    units: Sequence[Unit],
    homes: Sequence[Home],
    settled: Sequence[Referral],
    known: Mapping[Pair, int],
    weight: int,
) -> Stage:
    """Return what brothers and sisters who are sought together earn, by who really moves in together.

    For one child a ranking can only say for whom there would be room; here it is settled by the plan.
    """
    listed = [member for unit in units for member in unit.members] + list(settled)
    unit_of = {child_id: u for u, unit in enumerate(units) for child_id in unit.child_ids}
    lives_in = {one.child_id: one.current_home_id for one in settled}
    scores: dict[Pair, int] = {}
    companions: list[tuple[int, int, tuple[int, ...], int]] = []
    gatherings: dict[tuple[int, tuple[int, ...]], int] = {}
    homes_of: dict[int, list[int]] = {}
    for u, h in sorted(known):
        homes_of.setdefault(u, []).append(h)
    for u, unit in enumerate(units):
        for case in unit.cases:
            kin = sibling_members(case.referral, listed)
            if case.referral.sibling_group is None or case.referral.siblings_together is SiblingsTogether.NO:
                continue
            with_me = [one for one in kin if unit_of.get(one.child_id) == u]
            elsewhere = sorted({unit_of[one.child_id] for one in kin if unit_of.get(one.child_id, u) != u})
            staying = [lives_in[one.child_id] for one in kin if one.child_id in lives_in]
            for h in homes_of.get(u, ()):
                home_id = homes[h].home_id
                living_there = aims.siblings_living_there(case, homes[h]) > 0
                has_one = bool(with_me) or living_there or home_id in staying
                all_staying_here = all(where == home_id for where in staying)
                if has_one and not elsewhere and all_staying_here:
                    continue
                start = ONE_TOGETHER if has_one else ALONE
                scores[u, h] = scores.get((u, h), 0) - weight * start
                near = tuple(other for other in elsewhere if (other, h) in known)
                if near and not has_one:
                    companions.append((u, h, near, weight * (ALONE - ONE_TOGETHER)))
                if elsewhere and len(near) == len(elsewhere) and all_staying_here:
                    family = (h, tuple(sorted((u, *elsewhere))))
                    gatherings[family] = gatherings.get(family, 0) + weight * (ONE_TOGETHER - ALL_TOGETHER)
    return Stage(
        aim="siblings",
        scores=scores,
        companions=tuple(companions),
        gatherings=tuple((h, family, bonus) for (h, family), bonus in sorted(gatherings.items())),
    )


def tie_break_by_ids(joint: JointProblem) -> Stage:
    """Return the last stage: a fixed hash of the ids, so that another home on the list changes no tie."""
    scores = {}
    for u, h, _ in joint.problem.pairs:
        text = "|".join((*joint.units[u].child_ids, joint.homes[h].home_id))
        scores[u, h] = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 2**20 + 1
    return Stage(aim="tie_break", scores=scores)
