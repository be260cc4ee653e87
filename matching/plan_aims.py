"""The aims of the joint plan as stages of the allocation: what each place is worth, and what leaving out costs.

The measure of one child in one home is in ``aims.py``; here it is added up over the list, brothers and sisters
are counted by who really moves in together, and every aim gets its place in the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from matching import aims
from matching.allocation_problem import AllocationProblem, Pair, Stage, stage_value
from matching.company import company_to_ask_about
from matching.home import Home
from matching.policy import Policy
from matching.referral import Referral, sibling_members
from matching.waiting import Unit
from reference_data.vocabulary import URGENCY_ORDER, SiblingsTogether

MISSED_NEXT = "missed_by_next_arrivals"
"""The term for beds that children who may arrive next would miss; only where such children are given."""

UNKNOWN_FACTS = "unknown_facts"
"""What is not known of the homes of the children placed: below what is known to fit, and above every soft aim.

A child counts as in the ranking (``surety.py``): 1 where something has to be asked, 2 where a hard fact is
missing; and 1 more for each child who would move in at the same time and may not suit it, or to whom its high risk to
others would have to be weighed (``company.py``).
"""

ALONE, ONE_TOGETHER, ALL_TOGETHER = 3, 1, 0
"""Units of the aim ``siblings``: alone, with at least one brother or sister, with all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One penalty that the plan adds up over all waiting children, as a stage to maximise.

    A child left unplaced is charged as in the worst of the homes that could take the child: otherwise an
    aim would look better for leaving out whoever has most wishes. A pair is worth what it saves of that.

    Parameters
    ----------
    stage
        What each pair saves, and what company in a home saves besides.
    left_out
        Penalty of leaving a unit unplaced, by unit; units without any home are not there.
    """

    stage: Stage
    left_out: Mapping[int, int]

    def penalty(self, plan: Sequence[int | None], problem: AllocationProblem) -> int:
        """Return the penalty of a plan: of the children placed, and of those left out."""
        return sum(self.left_out.values()) - stage_value(plan, self.stage, problem)

    def of_unplaced(self, plan: Sequence[int | None]) -> int:
        """Return the part of the penalty that is charged for children left out."""
        return sum(penalty for unit, penalty in self.left_out.items() if plan[unit] is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMeaning:
    """What a stage of the allocation says in the plan.

    Parameters
    ----------
    aim
        The name in the plan.
    whole
        The penalty that the stage keeps small; ``None`` where it counts children placed and more is better.
    terms
        The policy's aims that are added up in the stage.
    """

    aim: str
    whole: Term | None
    terms: Mapping[str, Term] = field(default_factory=dict)

    @property
    def most(self) -> bool:
        """Say whether more is better."""
        return self.whole is None

    def told(self, value: int) -> int:
        """Return a value or bound of the stage as the plan tells it."""
        return value if self.whole is None else sum(self.whole.left_out.values()) - value


def stages_in_order(
    units: Sequence[Unit],
    homes: Sequence[Home],
    settled: Sequence[Referral],
    known: Mapping[Pair, int],
    policy: Policy,
    prices: Mapping[str, int],
    problem: AllocationProblem,
) -> tuple[tuple[Stage, ...], tuple[StageMeaning, ...]]:
    """Return the aims in order, each a stage to maximise, with its meaning.

    First children placed, by urgency; then as little as can be that is not known of their homes, since what is not
    assessed ranks below what is known to fit; then the policy's stages. ``known`` holds how unsure each pair is.
    """
    stages: list[Stage] = []
    meanings: list[StageMeaning] = []
    for urgency in URGENCY_ORDER:
        name = f"{urgency.value}_placed"
        scores = {(u, h): units[u].size for u, h in known if units[u].urgency is urgency}
        stages.append(Stage(aim=name, scores=scores))
        meanings.append(StageMeaning(aim=name, whole=None))
    unknown = _term(UNKNOWN_FACTS, [known])
    asked = {two: -times for two, times in company_to_ask_about(units, problem).items()}
    unknown = replace(unknown, stage=replace(unknown.stage, bonuses=asked))
    stages.append(unknown.stage)
    meanings.append(StageMeaning(aim=UNKNOWN_FACTS, whole=unknown))

    terms = _terms(units, homes, settled, known, policy, prices)
    for number in policy.stages:
        names = [aim.name for aim in policy.aims if aim.stage == number]
        parts = {name: terms[name] for name in names}
        if prices and "specialist_capacity" in names:
            parts[MISSED_NEXT] = terms[MISSED_NEXT]
        whole = _added_up(stage_name(names), parts.values(), known)
        stages.append(whole.stage)
        meanings.append(StageMeaning(aim=whole.stage.aim, whole=whole, terms=parts))
    return tuple(stages), tuple(meanings)


def _terms(
    units: Sequence[Unit],
    homes: Sequence[Home],
    settled: Sequence[Referral],
    known: Mapping[Pair, int],
    policy: Policy,
    prices: Mapping[str, int],
) -> dict[str, Term]:
    """Return the policy's aims by name, each over all eligible pairs."""
    most = max((unit.size for unit in units), default=0)
    # For each aim, the penalty of the first member of each unit, of the second, and so on.
    found: dict[str, list[dict[Pair, int]]] = {aim.name: [{} for _ in range(most)] for aim in policy.aims}
    homes_of: dict[int, list[int]] = {}
    for u, h in known:
        homes_of.setdefault(u, []).append(h)
    for u, open_homes in homes_of.items():
        for member, case in enumerate(units[u].cases):
            costs = aims.penalties_of_all(case, [homes[h] for h in open_homes])
            for h, of_home in zip(open_homes, costs, strict=True):
                for name, penalty in of_home.items():
                    found[name][member][u, h] = penalty
    terms = {name: _term(name, members) for name, members in found.items() if name != "siblings"}
    terms["siblings"] = _siblings_term(units, homes, settled, known, policy.aim("siblings").weight)
    if prices:
        missed = {(u, h): units[u].size * prices.get(homes[h].home_id, 0) for u, h in known}
        terms[MISSED_NEXT] = _term(MISSED_NEXT, [missed])
    return terms


def _term(name: str, penalties: Sequence[Mapping[Pair, int]]) -> Term:
    """Return a term from penalties by pair, one mapping for each member of the units."""
    left_out: dict[int, int] = {}
    total: dict[Pair, int] = {}
    for member in penalties:
        worst: dict[int, int] = {}
        for (u, h), penalty in member.items():
            worst[u] = max(worst.get(u, 0), penalty)
            total[u, h] = total.get((u, h), 0) + penalty
        for u, penalty in worst.items():
            left_out[u] = left_out.get(u, 0) + penalty
    saved = {(u, h): left_out[u] - penalty for (u, h), penalty in total.items()}
    return Term(stage=Stage(aim=name, scores=saved), left_out=left_out)


def _added_up(name: str, parts: Iterable[Term], known: Iterable[Pair]) -> Term:
    parts = tuple(parts)
    left_out: dict[int, int] = {}
    for part in parts:
        for u, penalty in part.left_out.items():
            left_out[u] = left_out.get(u, 0) + penalty
    return Term(
        stage=Stage(
            aim=name,
            scores={pair: sum(part.stage.scores.get(pair, 0) for part in parts) for pair in known},
            companions=[row for part in parts for row in part.stage.companions],
            gatherings=[row for part in parts for row in part.stage.gatherings],
        ),
        left_out=left_out,
    )


def stage_name(names: Sequence[str]) -> str:
    """Return the plan's name of a stage that adds up these aims of the policy."""
    if len(names) == 1:
        return names[0]
    if "near_home" in names or "area" in names:
        return "section_22c"
    return "_and_".join(names)


def _siblings_term(
    units: Sequence[Unit],
    homes: Sequence[Home],
    settled: Sequence[Referral],
    known: Mapping[Pair, int],
    weight: int,
) -> Term:
    """Return what brothers and sisters who are sought together earn, by who really moves in together.

    For one child a ranking can only say for whom there would be room; here it is settled by the plan.
    """
    listed = [member for unit in units for member in unit.members] + list(settled)
    unit_of = {child_id: u for u, unit in enumerate(units) for child_id in unit.child_ids}
    lives_in = {one.child_id: one.current_home_id for one in settled}
    penalties: list[dict[Pair, int]] = [{} for _ in range(max((unit.size for unit in units), default=0))]
    companions: list[tuple[int, int, tuple[int, ...], int]] = []
    gatherings: dict[tuple[int, tuple[int, ...]], int] = {}
    homes_of: dict[int, list[int]] = {}
    for u, h in sorted(known):
        homes_of.setdefault(u, []).append(h)
    for u, unit in enumerate(units):
        for member, case in enumerate(unit.cases):
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
                    penalties[member][u, h] = weight * ALL_TOGETHER
                    continue
                start = ONE_TOGETHER if has_one else ALONE
                penalties[member][u, h] = weight * start
                near = tuple(other for other in elsewhere if (other, h) in known)
                if near and not has_one:
                    companions.append((u, h, near, weight * (ALONE - ONE_TOGETHER)))
                if elsewhere and len(near) == len(elsewhere) and all_staying_here:
                    family = (h, tuple(sorted((u, *elsewhere))))
                    gatherings[family] = gatherings.get(family, 0) + weight * (ONE_TOGETHER - ALL_TOGETHER)
    alone = _term("siblings", penalties)
    stage = replace(
        alone.stage,
        companions=tuple(companions),
        gatherings=tuple((h, family, bonus) for (h, family), bonus in sorted(gatherings.items())),
    )
    return replace(alone, stage=stage)
