"""What the joint plan answers: who goes where, who is left, how sure it is, and what it gives up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matching.aim_words import aim_in_words, amount_in_words, children_in_words
from matching.approvals import Approval
from matching.bottleneck import Bottleneck
from matching.more_beds import OneMoreBed
from matching.rival_plans import Rival
from matching.tight_cut import TightCut
from matching.weight_proofs import WeightProof
from reference_data.vocabulary import PlanStatus, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One child and the home the plan proposes.

    ``first_choice`` is the home that would be best for the child, or for all who must stay together, if nobody
    else were waiting.
    """

    child_id: str
    home_id: str
    reasons: tuple[str, ...]
    cost_to_others: str
    cost_by_aim: Mapping[str, int] = field(hash=False)
    first_choice: str
    why_not_first_choice: str
    subject_to_offer: bool
    approvals: tuple[Approval, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's assignment."""
        return {
            "child_id": self.child_id,
            "home_id": self.home_id,
            "reasons": list(self.reasons),
            "cost_to_others": self.cost_to_others,
            "cost_to_others_by_aim": dict(self.cost_by_aim),
            "first_choice": self.first_choice,
            "why_not_first_choice": self.why_not_first_choice,
            "subject_to_offer": self.subject_to_offer,
            "approvals": [approval.as_dict() for approval in self.approvals],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """One child for whom the plan has no home, why, and who has the homes that could have taken the child."""

    child_id: str
    reasons: tuple[str, ...]
    competing: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's unplaced child."""
        return {
            "child_id": self.child_id,
            "reasons": list(self.reasons),
            "competing": list(self.competing),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Staying:
    """One settled child, who is not planned and keeps the present home.

    ``may_not_go_on`` holds every rule by which the child may not go on living there; ``urgency`` is what is recorded,
    for a settled child can need a move at once.
    """

    child_id: str
    home_id: str
    reasons: tuple[str, ...]
    may_not_go_on: tuple[str, ...]
    urgency: Urgency | None

    def as_dict(self) -> dict[str, Any]:
        """Return the settled child ready for JSON."""
        return {
            "child_id": self.child_id,
            "home_id": self.home_id,
            "reasons": list(self.reasons),
            "may_not_go_on": list(self.may_not_go_on),
            "urgency": None if self.urgency is None else self.urgency.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStage:
    """One aim: what the plan reaches, the best there can be given the aims before it, and if that is proved.

    Children placed are counted up (``better`` is ``more``); every other aim is a penalty and less is better.
    ``terms`` are the policy's aims added up in it. A child left unplaced counts in each of them as in the worst
    of the homes that could take the child, so that no aim looks better for leaving somebody out;
    ``of_unplaced`` is that part of the value. ``certificate`` proves by counting that no more children of this
    urgency and of those before it can be placed; ``None`` where there is none. ``weights`` prove the aim by adding
    up, where they were asked for and where there are any; without either the proof is the search's alone.
    """

    aim: str
    value: int
    bound: int
    proved: bool
    better: str
    terms: Mapping[str, int] = field(hash=False)
    of_unplaced: int
    certificate: TightCut | None
    weights: WeightProof | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's stage."""
        return {
            "aim": self.aim,
            "value": self.value,
            "bound": self.bound,
            "proved": self.proved,
            "better": self.better,
            "terms": dict(self.terms),
            "of_unplaced": self.of_unplaced,
            "certificate": self.certificate.as_dict() if self.certificate else None,
            "weights": self.weights.as_dict() if self.weights else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The joint plan, with its proof and everything a person needs to question it.

    ``infeasible_because`` names the pins that cannot hold, or not together, and why; without an ``INFEASIBLE`` it
    is empty. ``gap`` is that of the first aim that is not proved (``gap_of``); 0.0 when all are; ``None`` without a plan.
    ``settings`` are what was asked for beside the records, so that the plan can be made again.
    """

    status: PlanStatus
    assignments: tuple[Assignment, ...]
    enquiries: tuple[tuple[str, tuple[str, ...]], ...]
    unplaced: tuple[Unplaced, ...]
    staying: tuple[Staying, ...]
    infeasible_because: tuple[str, ...]
    stages: tuple[PlanStage, ...]
    gap: float | None
    seconds: float
    stopped_by: str
    alternatives: tuple[Rival, ...]
    bottlenecks: tuple[Bottleneck, ...]
    one_more_bed: tuple[OneMoreBed, ...]
    eligible_pairs: tuple[tuple[str, str], ...]
    bed_prices: Mapping[str, int] = field(hash=False)
    settings: Mapping[str, float] = field(hash=False)
    evidence: dict[str, Any] = field(hash=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the contract's answer, ready for JSON."""
        return {
            "status": self.status.value,
            "assignments": [one.as_dict() for one in self.assignments],
            "enquiries": [
                {"child_id": child_id, "home_ids": list(home_ids)} for child_id, home_ids in self.enquiries
            ],
            "unplaced": [one.as_dict() for one in self.unplaced],
            "staying": [one.as_dict() for one in self.staying],
            "infeasible_because": list(self.infeasible_because),
            "stages": [one.as_dict() for one in self.stages],
            "gap": self.gap,
            "seconds": self.seconds,
            "stopped_by": self.stopped_by,
            "alternatives": [
                {
                    "kind": one.kind,
                    "difference": one.difference,
                    "gives_up": list(one.gives_up),
                    "changes": [{"child_id": child, "home_id": home} for child, home in one.changes],
                }
                for one in self.alternatives
            ],
            "bottlenecks": [
                {"children": list(one.children), "homes": list(one.homes), "beds_short": one.beds_short}
                for one in self.bottlenecks
            ],
            "one_more_bed": [one.as_dict() for one in self.one_more_bed],
            "eligible_pairs": [list(pair) for pair in self.eligible_pairs],
            "bed_prices": dict(self.bed_prices),
            "settings": dict(self.settings),
            "evidence": self.evidence,
        }


def gap_of(stages: Sequence[PlanStage]) -> float:
    """Return how far the first aim that is not proved may be from its best, as a share; 0.0 when all are proved.

    It is the difference of the value and the bound that are told, divided by the larger of the two.
    """
    first = next((stage for stage in stages if not stage.proved), None)
    if first is None:
        return 0.0
    return abs(first.value - first.bound) / max(1, abs(first.value), abs(first.bound))


def what_is_not_proved(stages: Sequence[PlanStage]) -> list[str]:
    """Return, in words, the first aim that is not proved, how much better it could be, and what is not told therefore."""
    first = next((stage for stage in stages if not stage.proved), None)
    if first is None:
        return []
    gap = abs(first.value - first.bound)
    if first.better == "more":
        said = f"at most {children_in_words(first.aim, gap)} more could be placed"
    else:
        said = f"another plan could save at most {amount_in_words(first.aim, gap)}"
    return [
        f"Not proved the best in {aim_in_words(first.aim)}: {said}. Of the aims after it nothing is proved, and rival "
        "arrangements and further plans are not shown; allow more time."
    ]
