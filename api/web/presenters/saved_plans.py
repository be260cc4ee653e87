"""Plans made before: the list of them, one that is being made, a choice for one child, and two side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from api import clock
from api.services.plans import state_of
from api.web.presenters.one_option import home_name
from api.web.presenters.plan_certainty import AIM_WORDS
from api.web.words import (
    british_date,
    capital,
    counted,
    miles,
    number,
    placement_words,
    plain,
    sentence,
    weekly_cost,
)
from matching.home import Home
from matching.places import miles_between
from matching.referral import Referral

if TYPE_CHECKING:
    from api.database.plan_records import SavedPlan
    from matching.plan_comparison import PlanComparison

STATUS_TAGS = {
    "OPTIMAL": ("green", "Proved"),
    "FEASIBLE": ("yellow", "Not proved"),
    "INFEASIBLE": ("red", "No plan"),
    "TIME_LIMIT_NO_SOLUTION": ("red", "No answer"),
}
STATE_TAGS = {
    "waiting": ("blue", "Waiting"),
    "running": ("blue", "Being made"),
    "failed": ("red", "Failed"),
    "stopped": ("red", "Stopped"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlanView:
    """One plan of the list."""

    plan_id: str
    name: str
    title: str
    when: str
    by: str
    colour: str
    tag: str
    in_brief: str
    decisions: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage:
    """A plan that is not there yet, or never will be."""

    plan_id: str
    state: str
    asked: str
    elapsed: str
    size: str
    last_took: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    """One home that could take a child, to pin or to ban."""

    home_id: str
    name: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage:
    """Two plans side by side."""

    first: SavedPlanView
    second: SavedPlanView
    differences: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]
    stages: tuple[tuple[str, str, str, str], ...]


def when_words(at: datetime) -> str:
    """Return an instant as a time and day in England."""
    local = at.astimezone(ZoneInfo("Europe/London"))
    return f"{local:%H:%M} on {british_date(local.date())}"


def present_saved_plan(plan: SavedPlan) -> SavedPlanView:
    """Return one plan for the list."""
    state = state_of(plan)
    brief = plan.in_brief or {}
    colour, tag = STATUS_TAGS[brief["status"]] if state == "done" else STATE_TAGS[state]
    when = when_words(plan.asked_at)
    return SavedPlanView(
        plan_id=plan.plan_id,
        name=plan.name or "",
        title=plan.name or f"Plan of {when}",
        when=when,
        by=plan.asked_by,
        colour=colour,
        tag=tag,
        in_brief=f"{brief['placed']} placed, {brief['unplaced']} not" if state == "done" else "",
        decisions=counted(len(plan.decisions), "decision") if plan.decisions else "None",
        done=state == "done",
    )


def present_progress(
    plan: SavedPlan, *, children: int, homes: int, others: Iterable[SavedPlan]
) -> ProgressPage:
    """Return how far a plan is; ``others`` are the council's other plans, the newest first."""
    took = next(
        (one.in_brief["seconds"] for one in others if one.in_brief and "seconds" in one.in_brief), None
    )
    seconds = max(0, round((clock.now() - plan.asked_at).total_seconds()))
    return ProgressPage(
        plan_id=plan.plan_id,
        state=state_of(plan),
        asked=when_words(plan.asked_at),
        elapsed=counted(seconds, "second") if seconds else "less than a second",
        size=f"{counted(children, 'child', 'children')} and {counted(homes, 'home')}",
        last_took="" if took is None else counted(max(1, round(took)), "second"),
        message=str((plan.in_brief or {}).get("message", "")),
    )


CHOICES_SHOWN = 60
"""Homes to choose from for one child: the nearest, and the one planned; fixing any other is ``match --pins``."""


def present_choices(
    answer: Mapping[str, Any], child: Referral, homes: Mapping[str, Home], planned: str = ""
) -> tuple[ChoiceView, ...]:
    """Return the homes that could take a child, the nearest first; those of unknown distance last.

    ``planned`` is the home of the plan, which is listed however far away it is.
    """
    able = {home_id for child_id, home_id in answer["eligible_pairs"] if child_id == child.child_id}
    found = []
    for home_id in able & set(homes):
        home = homes[home_id]
        away = miles_between(child.home_postcode, home.postcode)
        about = [
            capital(placement_words(str(home.type))) if home.type else "Type not known",
            miles(away) if away is not None else "distance not known",
            weekly_cost(home.weekly_fee_pence) if home.weekly_fee_pence is not None else "cost not known",
        ]
        view = ChoiceView(home_id=home_id, name=home_name(home, home_id), about=", ".join(about))
        found.append((away is None, away or 0.0, home_id, view))
    in_order = [view for *_, view in sorted(found, key=lambda one: one[:3])]
    return tuple(
        view for place, view in enumerate(in_order) if place < CHOICES_SHOWN or view.home_id == planned
    )


def present_comparison(
    first: SavedPlan, second: SavedPlan, found: PlanComparison, homes: Mapping[str, Home]
) -> ComparisonPage:
    """Return two plans side by side, each home by its name."""

    def name(home_id: str | None) -> str:
        return "No home" if home_id is None else home_name(homes.get(home_id), home_id)

    changed = {child_id for child_id, _, _ in found.changes}
    return ComparisonPage(
        first=present_saved_plan(first),
        second=present_saved_plan(second),
        # Who lives elsewhere stands in the table, by name.
        differences=tuple(
            sentence(text) for text in found.differences if text.partition(" ")[0] not in changed
        ),
        rows=tuple((child_id, name(one), name(other)) for child_id, one, other in found.changes),
        stages=tuple(
            (
                AIM_WORDS.get(aim) or capital(plain(aim)),
                number(one),
                number(other),
                _better(aim, one, other),
            )
            for aim, one, other in found.stages
        ),
    )


def _better(aim: str, one: int, other: int) -> str:
    if one == other:
        return "The same"
    more_is_better = aim.endswith("_placed")
    return "Second is better" if (other > one) == more_is_better else "First is better"
