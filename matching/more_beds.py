"""What one more bed of each kind would bring: the plan's first aims solved again with the bed added.

The bed is one that suits: it meets every need, is in the area, takes either sex and every age that the law lets
that kind of home take. So the answer is the most that one bed of the kind can do for the children on this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from matching.aim_words import children_in_words
from matching.allocation_budget import Budget
from matching.allocation_problem import Pair, stage_value
from matching.allocation_search import search_in_order
from matching.eligibility import may_be_offered
from matching.home import Home
from matching.joint import JointProblem
from matching.words import listed
from reference_data.vocabulary import ContractKind, HomeStatus, NeedDomain, PlacementType

Homes = tuple[int | None, ...]

KINDS = (
    PlacementType.IN_HOUSE_FOSTER_CARER,
    PlacementType.AGENCY_FOSTER_CARER,
    PlacementType.CHILDRENS_HOME,
    PlacementType.SUPPORTED_ACCOMMODATION,
    PlacementType.CRISIS_ACCOMMODATION,
)
"""Kinds of bed that a council can buy or build; connected carers are approved for a named child only."""

WORK_PER_PAIR = 5e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class OneMoreBed:
    """What one more bed of a kind would bring.

    Parameters
    ----------
    more_placed
        How many more children would be placed, by urgency; an urgency without a change is left out. A less urgent
        child may give way to a more urgent one.
    could_take
        The children without a home in the plan whom such a bed could take.
    """

    kind: PlacementType
    more_placed: dict[str, int]
    could_take: tuple[str, ...]
    text: str

    def as_dict(self) -> dict[str, Any]:
        """Return the bed ready for JSON."""
        return {
            "kind": self.kind.value,
            "more_placed": dict(self.more_placed),
            "could_take": list(self.could_take),
            "text": self.text,
        }


def one_more_bed(
    joint: JointProblem, plan: Homes, *, as_of: date, budget: Budget, seed: int
) -> tuple[OneMoreBed, ...]:
    """Return what one more bed of each kind would bring, for a plan in which somebody has no home.

    Nothing is told for a kind where the work allowed does not suffice to know. The children placed in the plan
    must be proved as many as can be.
    """
    if all(home is not None for home in plan):
        return ()
    places = sum(meaning.most for meaning in joint.meanings)
    found = []
    for kind in KINDS:
        bed = _that_suits(kind, joint, as_of)
        able = [
            u for u, unit in enumerate(joint.units) if unit.size == 1 and may_be_offered(unit.cases[0], bed)
        ]
        h = len(joint.homes)
        problem = replace(
            joint.problem,
            capacities=[*joint.problem.capacities, 1],
            pairs=[*joint.problem.pairs, *((u, h, 0) for u in able if not _decided(joint, u))],
        )
        stages = [
            replace(
                stage, scores={**stage.scores, **{(u, h): 1 for u in able if _counts(joint, u, meaning.aim)}}
            )
            for stage, meaning in zip(joint.stages[:places], joint.meanings, strict=False)
        ]
        eligible = {(u, home) for u, home, _ in problem.pairs}
        stages = [
            replace(stage, scores={pair: n for pair, n in stage.scores.items() if pair in eligible})
            for stage in stages
        ]
        values = [stage_value(plan, stage, problem) for stage in stages]
        best = values
        if values != [_with_a_home(joint, stage.scores) for stage in stages]:
            budget.spend(WORK_PER_PAIR * len(problem.pairs))
            answer = search_in_order(problem, stages, budget=budget, seed=seed, start=plan)
            if not answer.stages or any(not stage.proved for stage in answer.stages):
                continue
            best = [result.value for result in answer.stages]
        more = {
            meaning.aim: most - value
            for meaning, most, value in zip(joint.meanings, best, values, strict=False)
        }
        more = {aim: n for aim, n in more.items() if n}
        could = tuple(sorted(joint.units[u].child_ids[0] for u in able if plan[u] is None))
        found.append(
            OneMoreBed(
                kind=kind,
                more_placed={aim.removesuffix("_placed"): n for aim, n in more.items()},
                could_take=could,
                text=_in_words(kind, more),
            )
        )
    return tuple(found)


def _with_a_home(joint: JointProblem, scores: Mapping[Pair, int]) -> int:
    """Return how many children have any home at all among these pairs: no plan places more."""
    return sum(joint.units[u].size for u in {u for u, _ in scores})


def _decided(joint: JointProblem, u: int) -> bool:
    return u in joint.problem.required_units


def _counts(joint: JointProblem, u: int, aim: str) -> bool:
    return aim == f"{joint.units[u].urgency.value}_placed"


def _that_suits(kind: PlacementType, joint: JointProblem, as_of: date) -> Home:
    """Return a home of a kind with one bed that suits every child on the list whom the law lets it take."""
    members = [member for unit in joint.units for member in unit.members]
    areas = sorted(member.authority for member in members if member.authority is not None)
    features = {feature for member in members for feature in member.requires}
    return Home(
        home_id=f"one more {kind.value}",
        type=kind,
        authority=max(areas, key=areas.count) if areas else None,
        contract=ContractKind.IN_HOUSE,
        registered=True,
        status=HomeStatus.OPEN,
        places=1,
        vacancies=1,
        vacancies_confirmed_on=as_of,
        residents=(),
        sexes="any",
        can_meet=dict.fromkeys(NeedDomain, 100),
        will_not_take=(),
        accepts_emergency=True,
        features=tuple(sorted(features)),
    )


def _in_words(kind: PlacementType, more: dict[str, int]) -> str:
    bed = f"One more bed that suits, of the kind {kind.value.replace('_', ' ')}"
    up = [children_in_words(aim, n) for aim, n in more.items() if n > 0]
    down = [children_in_words(aim, -n) for aim, n in more.items() if n < 0]
    if not up:
        return f"{bed}, would place nobody more."
    fewer = f", and {listed(down)} fewer" if down else ""
    return f"{bed}, would place {listed(up)} more{fewer}."
