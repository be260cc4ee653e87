"""The joint plan: who goes where and why, who is left, what other plans give up, and under which decisions it stands.

How sure the plan is stands in ``plan_certainty.py``; the list of plans and two side by side in ``saved_plans.py``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web.presenters.evidence import EvidenceView, present_evidence
from api.web.presenters.parts import Part, in_parts
from api.web.presenters.plan_certainty import (
    NAMES_SHOWN,
    BedView,
    BottleneckView,
    StageView,
    arrivals_in_words,
    checked_in_words,
    present_bottlenecks,
    present_one_more_bed,
    present_prices,
    present_stage,
)
from api.web.words import british_date, capital, counted, joined, sentence, urgency_words
from matching.approvals import EVERY_PLACEMENT
from matching.home import Home
from matching.referral import Referral
from matching.staying import STAYS_PUT, needs_a_move, stay_where_they_may_not
from reference_data.vocabulary import URGENCY_ORDER

REASONS_SHOWN = 2
ASSIGNED_SHOWN, UNPLACED_SHOWN = 30, 40
"""Children with a home, and without, told on one page; each part of the rest has its address."""

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

RIVAL_HEADINGS = {
    "siblings": "Brothers and sisters the other way",
    "order": "Another aim first",
    "differs": "Further plans nearly as good",
}
PRICES_SHOWN = 5
"""Prices of beds told, the highest first; the others are folded away."""
CHANGES_SHOWN = 15
"""Children told of a rival plan who would live elsewhere; more are counted."""
ADOPT_MOST = 60
"""A rival plan that moves more children than this is not offered as decisions: that would be another plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentView:
    """One child and the home the plan gives them."""

    child_id: str
    referral_id: str
    urgency: str
    urgency_words: str
    home: str
    reasons: tuple[str, ...]
    further_reasons: tuple[str, ...]
    own_first: str
    why_not_first: str
    cost_to_others: str
    step: str
    ask_next: str
    signs: str
    decided: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedView:
    """One child for whom the plan has no home, and why."""

    child_id: str
    referral_id: str
    reasons: tuple[str, ...]
    may_choose: bool
    competing: str
    decided: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StayingView:
    """One settled child, who keeps the present home: why a review is due, and what is coming or has to be asked."""

    child_id: str
    referral_id: str
    home: str
    urgency: str
    urgency_words: str
    may_not_go_on: tuple[str, ...]
    told: tuple[str, ...]
    needs_a_move: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalView:
    """Another plan: what it gains, what it would give up, and who would live where."""

    place: int
    difference: str
    gives_up: tuple[str, ...]
    changes: tuple[str, ...]
    may_adopt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalGroup:
    """The other plans of one kind."""

    heading: str
    rivals: tuple[RivalView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """One decision that the plan keeps."""

    place: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """Everything the plan page shows."""

    as_of: str
    status: str
    status_tag: str
    status_words: str
    in_brief: str
    assignments: tuple[AssignmentView, ...]
    parts: tuple[Part, ...]
    unplaced: tuple[UnplacedView, ...]
    unplaced_parts: tuple[Part, ...]
    staying: tuple[StayingView, ...]
    infeasible_because: tuple[str, ...]
    decisions: tuple[DecisionView, ...]
    stages: tuple[StageView, ...]
    rivals: tuple[RivalGroup, ...]
    bottlenecks: tuple[BottleneckView, ...]
    one_more_bed: tuple[BedView, ...]
    arrivals: str
    prices: tuple[BedView, ...]
    further_prices: tuple[BedView, ...]
    checked: str
    evidence: EvidenceView


class _Words:
    """The names of homes, in place of their ids in a sentence too."""

    def __init__(self, homes: Mapping[str, Home]) -> None:
        self._homes = homes

    def home(self, home_id: str) -> str:
        home = self._homes.get(home_id)
        return (home.name if home else None) or home_id

    def said(self, text: object) -> str:
        """Return a sentence of the engine with each home by its name."""
        named = re.sub(r"[\w-]+", lambda word: self.home(word[0]), str(text))
        return sentence(named)


def present_plan(
    *,
    plan: Mapping[str, Any],
    referrals: Mapping[str, Referral],
    homes: Mapping[str, Home],
    decisions: Sequence[Mapping[str, Any]] = (),
    part: int = 1,
    left: int = 1,
) -> PlanPage:
    """Return the plan page from the contract's ``match`` answer.

    Parameters
    ----------
    referrals, homes
        Referrals by child id, homes by home id.
    decisions
        The pins and bans the plan was made under.
    part, left
        Which part of the children with a home, and of those without, are shown, from 1; those who need one soonest
        are in the first.
    """
    words = _Words(homes)
    status_tag, status_words = STATUS_WORDS[plan["status"]]
    ask_next = {enquiry["child_id"]: enquiry["home_ids"] for enquiry in plan["enquiries"]}
    decided = {child: _decided(decisions, child, words) for child in {d["child_id"] for d in decisions}}

    def referral_id(child_id: str) -> str:
        referral = referrals.get(child_id)
        return referral.referral_id if referral else ""

    def urgency(child_id: str) -> str:
        referral = referrals.get(child_id)
        return str(referral.urgency) if referral and referral.urgency else ""

    able = {child_id for child_id, _ in plan["eligible_pairs"]}
    order = {str(one): place for place, one in enumerate(URGENCY_ORDER)}

    def soonest(one: Mapping[str, Any]) -> tuple[int, str]:
        # Whoever needs a home tonight stands first.
        return (order.get(urgency(one["child_id"]), len(order)), one["child_id"])

    prices = present_prices(plan["bed_prices"], words.home)
    shown = in_parts(sorted(plan["assignments"], key=soonest), part, most=ASSIGNED_SHOWN)
    without = in_parts(sorted(plan["unplaced"], key=soonest), left, most=UNPLACED_SHOWN)
    return PlanPage(
        as_of=british_date(plan["evidence"]["data_date"]),
        status=plan["status"],
        status_tag=status_tag,
        status_words=status_words,
        in_brief=_in_brief(plan),
        assignments=tuple(
            _assignment(
                item,
                words,
                referral_id=referral_id(item["child_id"]),
                urgency=urgency(item["child_id"]),
                ask_next=ask_next.get(item["child_id"], ()),
                decided=decided.get(item["child_id"], ""),
            )
            for item in shown.items
        ),
        parts=shown.links,
        unplaced=tuple(
            UnplacedView(
                child_id=item["child_id"],
                referral_id=referral_id(item["child_id"]),
                reasons=tuple(words.said(reason) for reason in item["reasons"]),
                may_choose=item["child_id"] in able,
                competing=_others(item["competing"]),
                decided=decided.get(item["child_id"], ""),
            )
            for item in without.items
        ),
        unplaced_parts=without.links,
        staying=tuple(
            StayingView(
                child_id=item["child_id"],
                referral_id=referral_id(item["child_id"]),
                home=words.home(item["home_id"]),
                urgency=item.get("urgency") or "",
                urgency_words=urgency_words(item.get("urgency") or ""),
                may_not_go_on=tuple(words.said(text) for text in item.get("may_not_go_on", ())),
                told=tuple(words.said(text) for text in item["reasons"] if text != STAYS_PUT),
                needs_a_move=needs_a_move(item),
            )
            for item in sorted(
                plan["staying"], key=lambda item: (not needs_a_move(item), len(item["reasons"]) < 2)
            )
        ),
        infeasible_because=tuple(words.said(text) for text in plan["infeasible_because"]),
        decisions=tuple(
            DecisionView(place=place, text=_decision(one, words)) for place, one in enumerate(decisions)
        ),
        stages=tuple(present_stage(stage, words.home) for stage in plan["stages"]),
        rivals=_rivals(plan["alternatives"], words),
        bottlenecks=present_bottlenecks(plan["bottlenecks"], words.home),
        one_more_bed=present_one_more_bed(plan["one_more_bed"]),
        arrivals=arrivals_in_words(plan.get("arrivals"), priced=bool(prices)),
        prices=prices[:PRICES_SHOWN],
        further_prices=prices[PRICES_SHOWN:],
        checked=checked_in_words(plan),
        evidence=present_evidence(plan["evidence"]),
    )


def _in_brief(plan: Mapping[str, Any]) -> str:
    placed, unplaced = plan["assignments"], plan["unplaced"]
    subject = sum(1 for item in placed if item["subject_to_offer"])
    brief = f"{capital(counted(len(placed), 'child has', 'children have'))} a home in this plan"
    if subject:
        brief += f", {subject} of them only if the provider agrees"
    if unplaced:
        brief += f"; {counted(len(unplaced), 'child has', 'children have')} none."
    else:
        brief += "; nobody is left without one."
    move = sum(needs_a_move(item) for item in plan["staying"])
    if move:
        brief += f" {stay_where_they_may_not(move)}."
    if plan["staying"]:
        brief += f" {capital(counted(len(plan['staying']), 'child stays', 'children stay'))} where they are."
    return brief


def _assignment(
    item: Mapping[str, Any],
    words: _Words,
    *,
    referral_id: str,
    urgency: str,
    ask_next: Sequence[str],
    decided: str,
) -> AssignmentView:
    reasons = tuple(words.said(reason) for reason in item["reasons"])
    others = [home_id for home_id in ask_next if home_id != item["home_id"]]
    first = item["first_choice"]
    at_first = first == item["home_id"]
    return AssignmentView(
        child_id=item["child_id"],
        referral_id=referral_id,
        urgency=urgency,
        urgency_words=urgency_words(urgency) if urgency else "Not known",
        home=words.home(item["home_id"]),
        reasons=reasons[:REASONS_SHOWN],
        further_reasons=reasons[REASONS_SHOWN:],
        own_first="Its own first choice" if at_first else f"Its own first choice: {words.home(first)}",
        why_not_first="" if at_first else words.said(item["why_not_first_choice"]),
        cost_to_others=words.said(item["cost_to_others"]) if item["cost_to_others"] else "",
        step="Ask the provider" if item["subject_to_offer"] else "We can place",
        ask_next=joined(map(words.home, others[:3]), "then"),
        signs=joined(
            sorted({str(one["who"]) for one in item["approvals"] if one["code"] not in EVERY_PLACEMENT})
        ),
        decided=decided,
    )


def _decided(decisions: Sequence[Mapping[str, Any]], child_id: str, words: _Words) -> str:
    own = [one for one in decisions if one["child_id"] == child_id]
    pinned = [words.home(one["home_id"]) for one in own if not one["ban"]]
    if pinned:
        return f"Decided: {joined(pinned)}"
    return f"Decided: not {joined((words.home(one['home_id']) for one in own), 'and not')}"


def _decision(one: Mapping[str, Any], words: _Words) -> str:
    place = "is not placed in" if one["ban"] else "is placed in"
    return f"{one['child_id']} {place} {words.home(one['home_id'])}"


def _rivals(alternatives: Sequence[Mapping[str, Any]], words: _Words) -> tuple[RivalGroup, ...]:
    groups: dict[str, list[RivalView]] = {kind: [] for kind in RIVAL_HEADINGS}
    for place, item in enumerate(alternatives):
        changes = item["changes"]
        placed = [one for one in changes if one["home_id"] is not None]
        groups.setdefault(item["kind"], []).append(
            RivalView(
                place=place,
                difference=words.said(item["difference"]),
                gives_up=tuple(words.said(text) for text in item["gives_up"]),
                changes=_changes(changes, words),
                may_adopt=0 < len(placed) == len(changes) <= ADOPT_MOST,
            )
        )
    return tuple(
        RivalGroup(heading=RIVAL_HEADINGS.get(kind, capital(kind)), rivals=tuple(rivals))
        for kind, rivals in groups.items()
        if rivals
    )


def _changes(changes: Sequence[Mapping[str, Any]], words: _Words) -> tuple[str, ...]:
    told = [
        f"{one['child_id']}: {words.home(one['home_id']) if one['home_id'] else 'no home'}"
        for one in changes[:CHANGES_SHOWN]
    ]
    further = len(changes) - len(told)
    return (*told, f"And {counted(further, 'more child', 'more children')}") if further else tuple(told)


def _others(child_ids: Sequence[str]) -> str:
    return (
        joined(child_ids)
        if len(child_ids) <= NAMES_SHOWN
        else counted(len(child_ids), "other child", "other children")
    )
