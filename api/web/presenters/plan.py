"""The joint plan: who goes where and why, who is left unplaced, and how sure we are that no plan is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.words import british_date, capital, counted, joined, number, plain, sentence
from matching.approvals import EVERY_PLACEMENT
from matching.home import Home
from matching.referral import Referral

AIM_WORDS = {
    "crisis_placed": "Children placed who need a home tonight",
    "emergency_placed": "Children placed who need one within 2 days",
    "planned_placed": "Children placed on a planned date",
    "connected_carer": "Connected carers first (section 22C(7)(a))",
    "section_22c": "Area, home, school, brothers and sisters, access (section 22C(8) and (9))",
    "unmet_need_and_specialist_capacity": "Least unmet need, least specialist capacity wasted",
    "stability": "Stability expected",
    "cost": "Net cost to the council",
    "unknown_facts": "Fewest facts still unknown",
}

REASONS_SHOWN = 2
NAMES_SHOWN = 4
"""More children or homes than this are counted, and their names folded away."""

STATUS_WORDS = {
    "OPTIMAL": ("Proved", "No better plan exists for this list, these homes and this policy."),
    "FEASIBLE": (
        "Not proved",
        "This is a lawful plan, and at least as good as placing one child at a time. "
        "The search stopped before it could prove that no better plan exists.",
    ),
    "INFEASIBLE": (
        "No plan",
        "The homes fixed in advance contradict each other or a rule, so no plan can keep them all.",
    ),
    "TIME_LIMIT_NO_SOLUTION": (
        "No answer",
        "The search stopped before it found any plan. Try again with more time.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentView:
    """One child and the home the plan gives them."""

    child_id: str
    referral_id: str
    home: str
    reasons: tuple[str, ...]
    further_reasons: tuple[str, ...]
    cost_to_others: str
    step: str
    ask_next: str
    signs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedView:
    """One child for whom the plan has no home, and why."""

    child_id: str
    referral_id: str
    reasons: tuple[str, ...]
    competing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StayingView:
    """One settled child, who keeps the present home."""

    child_id: str
    referral_id: str
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One aim of the plan with what was reached and whether that is proved best."""

    aim: str
    unit: str
    value: str
    bound: str
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeView:
    """Another plan, and what it would give up."""

    difference: str
    gives_up: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckView:
    """Children who compete for too few beds."""

    in_brief: str
    children: str
    homes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """Everything the plan page shows."""

    as_of: str
    status: str
    status_tag: str
    status_words: str
    in_brief: str
    assignments: tuple[AssignmentView, ...]
    unplaced: tuple[UnplacedView, ...]
    staying: tuple[StayingView, ...]
    infeasible_because: tuple[str, ...]
    stages: tuple[StageView, ...]
    alternatives: tuple[AlternativeView, ...]
    bottlenecks: tuple[BottleneckView, ...]
    evidence: EvidenceView


def present_plan(
    *, plan: Mapping[str, Any], referrals: Mapping[str, Referral], homes: Mapping[str, Home]
) -> PlanPage:
    """Return the plan page from the contract's ``match`` answer; referrals by child id, homes by home id."""
    status_tag, status_words = STATUS_WORDS[plan["status"]]
    ask_next = {enquiry["child_id"]: enquiry["home_ids"] for enquiry in plan["enquiries"]}
    placed, unplaced = plan["assignments"], plan["unplaced"]
    subject = sum(1 for item in placed if item["subject_to_offer"])
    brief = f"{capital(counted(len(placed), 'child has', 'children have'))} a home in this plan"
    if subject:
        brief += f", {subject} of them only if the provider agrees"
    if unplaced:
        brief += f"; {counted(len(unplaced), 'child has', 'children have')} none."
    else:
        brief += "; nobody is left without one."
    if plan["staying"]:
        brief += f" {capital(counted(len(plan['staying']), 'child stays', 'children stay'))} where they are."
    return PlanPage(
        as_of=british_date(plan["evidence"]["data_date"]),
        status=plan["status"],
        status_tag=status_tag,
        status_words=status_words,
        in_brief=brief,
        assignments=tuple(_assignment(item, referrals, homes, ask_next) for item in placed),
        unplaced=tuple(
            UnplacedView(
                child_id=item["child_id"],
                referral_id=_referral_id(referrals, item["child_id"]),
                reasons=tuple(sentence(str(reason)) for reason in item["reasons"]),
                competing=_children(item["competing"]),
            )
            for item in unplaced
        ),
        staying=tuple(
            StayingView(
                child_id=item["child_id"],
                referral_id=_referral_id(referrals, item["child_id"]),
                home=_name(homes, item["home_id"]),
            )
            for item in plan["staying"]
        ),
        infeasible_because=tuple(sentence(str(text)) for text in plan["infeasible_because"]),
        stages=tuple(
            StageView(
                aim=AIM_WORDS.get(stage["aim"]) or capital(plain(str(stage["aim"]))),
                unit="children" if stage["aim"].endswith("_placed") else "penalty points, fewer is better",
                value=number(stage["value"]),
                bound=number(stage["bound"]),
                proved=bool(stage["proved"]),
            )
            for stage in plan["stages"]
        ),
        alternatives=tuple(
            AlternativeView(
                difference=sentence(str(item["difference"])),
                gives_up=tuple(sentence(str(text)) for text in item["gives_up"]),
            )
            for item in plan["alternatives"]
        ),
        bottlenecks=tuple(
            BottleneckView(
                in_brief=_bottleneck(item),
                children=joined(item["children"]),
                homes=joined(_name(homes, home_id) for home_id in item["homes"]),
            )
            for item in plan["bottlenecks"]
        ),
        evidence=present_evidence(plan["evidence"]),
    )


def _assignment(
    item: Mapping[str, Any],
    referrals: Mapping[str, Referral],
    homes: Mapping[str, Home],
    ask_next: Mapping[str, list[str]],
) -> AssignmentView:
    child_id = item["child_id"]
    reasons = tuple(sentence(str(reason)) for reason in item["reasons"])
    others = [home_id for home_id in ask_next.get(child_id, []) if home_id != item["home_id"]]
    return AssignmentView(
        child_id=child_id,
        referral_id=_referral_id(referrals, child_id),
        home=_name(homes, item["home_id"]),
        reasons=reasons[:REASONS_SHOWN],
        further_reasons=reasons[REASONS_SHOWN:],
        cost_to_others=_cost(item["cost_to_others"]),
        step="Ask the provider" if item["subject_to_offer"] else "We can place",
        ask_next=joined((_name(homes, home_id) for home_id in others[:3]), "then"),
        signs=joined(
            sorted({str(one["who"]) for one in item["approvals"] if one["code"] not in EVERY_PLACEMENT})
        ),
    )


def _bottleneck(item: Mapping[str, Any]) -> str:
    children = counted(len(item["children"]), "child competes", "children compete")
    homes = counted(len(item["homes"]), "home")
    return f"{capital(counted(item['beds_short'], 'bed'))} short: {children} for {homes}"


def _children(child_ids: list[str]) -> str:
    return (
        joined(child_ids)
        if len(child_ids) <= NAMES_SHOWN
        else counted(len(child_ids), "other child", "other children")
    )


def _cost(cost: object) -> str:
    if isinstance(cost, str):
        return sentence(cost)
    if isinstance(cost, list | tuple):
        return " ".join(sentence(str(text)) for text in cost)
    return ""


def _name(homes: Mapping[str, Home], home_id: str) -> str:
    home = homes.get(home_id)
    return (home.name if home else None) or home_id


def _referral_id(referrals: Mapping[str, Referral], child_id: str) -> str:
    referral = referrals.get(child_id)
    return referral.referral_id if referral else ""
