"""The pages of one child and of one home: what is recorded of each, in the order of days."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from api.auth.roles import Permission, may
from api.services.stories import story_of_child, story_of_home
from api.v1.at_the_desk import AtDesk
from api.web.page import page
from api.web.presenters.stories import present_child_facts, present_home_facts, present_needs, present_story
from api.web.words import DOMAIN_WORDS
from matching.referral import age_at
from reference_data.authorities import authority
from reference_data.problems import NotFound

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/children/{referral_id}")
def child_page(request: Request, referral_id: str, desk: AtDesk) -> Response:
    """Return one child's page: the search, needs over time, and what happened."""
    referral = desk.records.referral(referral_id)
    entries = story_of_child(desk, referral.child_id)
    homes = {home.home_id: home.name or home.home_id for home in desk.records.homes()}
    placed = [
        one
        for one in desk.records.beds_of(desk.authority).claims(child_id=referral.child_id, kind="placement")
        if not one.is_over(desk.today)
    ]
    return page(
        request,
        "child.html",
        referral_id=referral_id,
        child_id=referral.child_id,
        facts=present_child_facts(referral, placed, homes, age_at(referral, desk.today)),
        domains=list(DOMAIN_WORDS.values()),
        needs=present_needs(entries, referral),
        story=present_story(entries, homes, "child_id"),
        sees_alerts=may(desk.role, Permission.READ_ALERTS),
    )


@router.get("/homes/{home_id}")
def home_page(request: Request, home_id: str, desk: AtDesk) -> Response:
    """Return one home's page: what it is now, and visits, concerns and empty beds over time."""
    home = desk.records.home(home_id)
    entries = story_of_home(desk, home_id)
    return page(
        request,
        "home.html",
        name=home.name or home_id,
        home_id=home_id,
        facts=present_home_facts(home, _area(home.authority)),
        story=present_story(entries, {}, "home_id"),
    )


def _area(code: str | None) -> str:
    try:
        return authority(code).name if code else ""
    except NotFound:
        return str(code)
