"""The addresses of the joint plan: the newest, one that is asked for, a decision about one child, all, two compared.

Asking writes a row and is answered at once with the plan's own address, which waits a little for it. Without scripts
the reader asks again with a link; with them the page looks by itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.background import BackgroundTask
from starlette.responses import Response

from api.auth.roles import Permission, may, require
from api.auth.sessions import User, current_user
from api.clock import day_of
from api.database.plan_records import SavedPlan
from api.database.records import Records
from api.database.session import briefly_read, open_records
from api.services import plans
from api.services.policy import policy_of
from api.web.page import page
from api.web.presenters.plan import present_plan
from api.web.presenters.saved_plans import (
    present_choices,
    present_comparison,
    present_progress,
    present_saved_plan,
)
from reference_data.problems import InvalidInput, NotFound

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
OpenRecords = Annotated[Records, Depends(open_records)]
PlansPeople = Annotated[User, Depends(require(Permission.PLAN))]

WAITS_SECONDS = 3.0
"""How long the address of a plan waits for it before it shows the page of progress."""
LOOKS_EVERY_SECONDS = 0.1
LONGEST_NAME = 100


@router.get("/plan")
def newest_plan_page(request: Request, records: OpenRecords, part: int = 1, left: int = 1) -> Response:
    """Return the newest plan of the list, and whether the list has changed since."""
    user = current_user(request)
    newest = records.plans_of(user.authority).newest()
    if newest is None or newest.answer is None:
        lists = request.app.state.kept.lists_of(records)
        return page(
            request,
            "plan_none.html",
            children=len(lists.referrals),
            homes=len(lists.homes),
            may_plan=may(user.role, Permission.PLAN),
        )
    return _plan_page(request, records, newest, newest.answer, (part, left))


@router.get("/plan/runs/{plan_id}")
def plan_page(request: Request, plan_id: str, part: int = 1, left: int = 1) -> Response:
    """Return one plan, or how far it is; wait a little for it first, with nothing of the database held."""
    user = current_user(request)
    until = time.monotonic() + WAITS_SECONDS
    while True:
        with briefly_read(request) as records:
            plan = records.plans_of(user.authority).plan(plan_id)
            state = plans.state_of(plan)
            if plan.answer is not None:
                return _plan_page(request, records, plan, plan.answer, (part, left))
            if state not in ("waiting", "running") or time.monotonic() >= until:
                return _progress_page(request, records, plan)
        time.sleep(LOOKS_EVERY_SECONDS)


@router.post("/plan/runs")
def plan_asked_for(
    request: Request,
    user: PlansPeople,
    records: OpenRecords,
    based_on: Annotated[str, Form()] = "",
    keep: Annotated[list[int] | None, Form()] = None,
    child_id: Annotated[str, Form()] = "",
    decision: Annotated[str, Form()] = "",
    adopt: Annotated[int | None, Form()] = None,
    alternatives: Annotated[int, Form()] = 0,
    differ_by: Annotated[int, Form()] = 2,
    loss_percent: Annotated[int, Form()] = 10,
    scarce: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Ask for a plan: anew, under the decisions kept, with one more about a child, or with those of a rival plan."""
    settings = request.app.state.settings
    policy = policy_of(settings)
    base = records.plans_of(user.authority).plan(based_on) if based_on else None
    decisions: list[Mapping[str, Any]] = list(base.decisions) if base else []
    if keep is not None or (base and not child_id and adopt is None):
        decisions = [one for place, one in enumerate(decisions) if place in set(keep or ())]
    if child_id:
        what, _, home_id = decision.partition(":")
        decisions = plans.with_decision(decisions, child_id, what, home_id or None)
    if adopt is not None:
        decisions = _adopted(base, adopt, decisions)
    plan_id = plans.ask_for_plan(
        records,
        user.authority,
        day_of(settings),
        policy=policy,
        decisions=decisions,
        further=plans.Further(
            alternatives=alternatives,
            differ_by=differ_by,
            loss_percent=loss_percent,
            # A box that is not ticked sends nothing, so the form says beside it that it was asked.
            keep_scarce=scarce is None or "keep" in scarce,
        ),
        based_on=base.plan_id if base else None,
    )
    return RedirectResponse(
        f"/plan/runs/{plan_id}",
        status_code=303,
        # After the answer is sent, and so after the row is committed.
        background=BackgroundTask(request.app.state.workers.wake),
    )


def _adopted(
    base: SavedPlan | None, place: int, decisions: list[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    rivals = base.answer["alternatives"] if base and base.answer else []
    if not 0 <= place < len(rivals):
        raise NotFound("no_such_rival", "The plan has no other plan of that number.")
    for change in rivals[place]["changes"]:
        if change["home_id"] is not None:
            decisions = plans.with_decision(decisions, change["child_id"], "pin", change["home_id"])
    return decisions


@router.get("/plan/runs/{plan_id}/certificate.json")
def certificate_file(request: Request, plan_id: str, records: OpenRecords) -> Response:
    """Return a plan with its certificates as the file that ``righthome verify`` reads."""
    authority = current_user(request).authority
    found = plans.certificate_of(records.plans_of(authority).plan(plan_id), authority)
    return Response(
        json.dumps(found, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="plan.json"'},
    )


@router.get("/plan/runs/{plan_id}/children/{child_id}")
def child_in_plan_page(request: Request, plan_id: str, child_id: str, records: OpenRecords) -> Response:
    """Return what can be decided for one child of a plan: a home to keep, another one, or one to leave out."""
    user = current_user(request)
    plan = records.plans_of(user.authority).plan(plan_id)
    lists = request.app.state.kept.lists_of(records)
    listed = next((one for one in lists.referrals if one.child_id == child_id), None)
    if plan.answer is None or listed is None:
        raise NotFound("no_such_child", "The plan has no child of that id.")
    child = records.referral(listed.referral_id)
    homes = {home.home_id: home for home in lists.homes}
    of_the_child = {
        key: [one for one in plan.answer[key] if one["child_id"] == child_id]
        for key in ("assignments", "unplaced")
    }
    shown = present_plan(
        plan={**plan.answer, **of_the_child},
        referrals={child_id: child},
        homes=homes,
        decisions=plan.decisions,
    )
    planned = next((one["home_id"] for one in of_the_child["assignments"]), "")
    return page(
        request,
        "plan_child.html",
        plan_id=plan_id,
        child_id=child_id,
        assignment=next(iter(shown.assignments), None),
        unplaced=next(iter(shown.unplaced), None),
        choices=present_choices(plan.answer, child, homes, planned),
        planned=planned,
        decided=[one for one in plan.decisions if one["child_id"] == child_id],
        settings=plan.settings,
        may_plan=may(user.role, Permission.PLAN),
    )


@router.post("/plan/runs/{plan_id}/name")
def name_sent(
    user: PlansPeople, plan_id: str, records: OpenRecords, name: Annotated[str, Form()] = ""
) -> Response:
    """Name a plan, so that it is kept; an empty name takes the name away."""
    if len(name.strip()) > LONGEST_NAME:
        raise InvalidInput("name_too_long", f"Give a name of at most {LONGEST_NAME} letters.")
    records.plans_of(user.authority).give_name(plan_id, name.strip() or None)
    records.note("plan_named", authority=user.authority, subject_kind="plan", subject_id=plan_id)
    return RedirectResponse(f"/plan/runs/{plan_id}", status_code=303)


@router.get("/plan/all")
def plans_page(request: Request, records: OpenRecords) -> Response:
    """Return every plan that is kept, to open one or to compare two."""
    user = current_user(request)
    found = [present_saved_plan(plan) for plan in records.plans_of(user.authority).all()]
    return page(request, "plans.html", plans=found)


@router.get("/plan/compare")
def comparison_page(
    request: Request,
    records: OpenRecords,
    first: Annotated[str, Query()] = "",
    second: Annotated[str, Query()] = "",
) -> Response:
    """Return two plans side by side: who would live elsewhere, and what each is better in."""
    from matching.plan_comparison import compare_plans

    kept = records.plans_of(current_user(request).authority)
    if not first or not second:
        found = [present_saved_plan(plan) for plan in kept.all()]
        return page(
            request, "plans.html", plans=found, problem="Choose a first and a second plan", status=422
        )
    one, other = kept.plan(first), kept.plan(second)
    if one.answer is None or other.answer is None:
        raise NotFound("no_such_plan", "There is no finished plan of that id.")
    homes = {home.home_id: home for home in request.app.state.kept.lists_of(records).homes}
    return page(
        request,
        "plan_comparison.html",
        page=present_comparison(one, other, compare_plans(one.answer, other.answer), homes),
    )


def _plan_page(
    request: Request, records: Records, plan: SavedPlan, answer: Mapping[str, Any], parts: tuple[int, int]
) -> Response:
    user = current_user(request)
    settings = request.app.state.settings
    lists = request.app.state.kept.lists_of(records)
    return page(
        request,
        "plan.html",
        page=present_plan(
            plan=answer,
            referrals={referral.child_id: referral for referral in lists.referrals},
            homes={home.home_id: home for home in lists.homes},
            decisions=plan.decisions,
            part=parts[0],
            left=parts[1],
        ),
        saved=present_saved_plan(plan),
        settings=plan.settings,
        based_on=_base_of(records, user.authority, plan),
        current=plans.is_current(records, plan, as_of=day_of(settings), policy=policy_of(settings)),
        may_plan=may(user.role, Permission.PLAN),
        most_further=plans.MOST_FURTHER_PLANS,
        how_to_check=plans.CHECKED_BY.format(authority=user.authority),
    )


def _base_of(records: Records, authority: str, plan: SavedPlan) -> str:
    """Return the id of the plan this one was made from, where it is still kept and done."""
    kept = {one.plan_id for one in records.plans_of(authority).all() if one.status == "done"}
    return plan.based_on if plan.based_on in kept else ""


def _progress_page(request: Request, records: Records, plan: SavedPlan) -> Response:
    user = current_user(request)
    lists = request.app.state.kept.lists_of(records)
    return page(
        request,
        "plan_progress.html",
        page=present_progress(
            plan,
            children=len(lists.referrals),
            homes=len(lists.homes),
            others=records.plans_of(user.authority).all(),
        ),
        decisions=len(plan.decisions),
        may_plan=may(user.role, Permission.PLAN),
    )
