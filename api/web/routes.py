"""The addresses of the pages: what each asks a service for, and the template that shows it.

Signing in and out, and the pages of the product. Reading never writes; the only forms are the two of signing
in and out. ``static`` and ``error_page`` are what the application mounts and calls besides ``router``.
"""

from __future__ import annotations

import sys
from posixpath import normpath
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote, urlsplit

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from api.auth.passwords import SignInRefused, sign_in
from api.auth.roles import Permission, may
from api.auth.sessions import browser_cookie_name, cookie_name, current_user, end_session, start_session
from api.auth.single_sign_on import is_offered
from api.clock import day_of
from api.database.records import Records
from api.database.session import database_of, open_records
from api.errors import Problem
from api.kept import Lists
from api.services.holding import is_placed, promised_so_far
from api.services.policy import policy_of
from api.services.waiting_choice import EVERYBODY, Only, Order, WaitingChoice
from api.web.page import page
from api.web.pages import STATIC_FOLDER, start_page
from api.web.presenters.emergency_watch import present_watch
from api.web.presenters.excluded import present_rule
from api.web.presenters.options import present_options
from api.web.presenters.problem import present_problem
from api.web.presenters.waiting_list import present_waiting_list, rows_of
from matching.referral import age_at
from reference_data.problems import NotFound, NotPermitted
from reference_data.vocabulary import Urgency

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
static = Mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static")

OpenRecords = Annotated[Records, Depends(open_records)]

START_PAGE = "/"
SIGNING = frozenset({"/sign-in", "/sign-out"})
"""Where nobody who has just signed in goes on to."""


def error_page(request: Request, problem: Problem) -> Response:
    """Return an error as a page: what happened, what to do, and the reference number."""
    return page(request, "error.html", status=problem.status, error=present_problem(problem))


@router.get("/")
def start(request: Request) -> RedirectResponse:
    """Send the reader to the first page of the role, or to sign in first."""
    return RedirectResponse(start_page(current_user(request).role), status_code=303)


@router.get("/sign-in")
def sign_in_form(request: Request, next_page: Annotated[str, Query(alias="next")] = "") -> Response:
    """Return the form; somebody who is signed in already goes on."""
    if request.state.user is not None:
        return RedirectResponse(own_address(next_page), status_code=303)
    return page(
        request,
        "sign_in.html",
        next_page=own_address(next_page),
        username="",
        problems=[],
        single_sign_on=is_offered(request.app.state.settings),
        passwords=request.app.state.settings.passwords,
    )


@router.post("/sign-in")
def sign_in_sent(
    request: Request,
    username: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next_page: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Begin a session, or show the form again with what is wrong; the password is never sent back."""
    settings = request.app.state.settings
    if not settings.passwords:
        raise NotPermitted("no_passwords", "Sign in with the council's own service.")
    username_problem = "" if username.strip() else "Enter your username"
    password_problem = "" if password else "Enter your password"
    if not username_problem and not password_problem:
        try:
            signed_in = sign_in(
                database_of(request),
                username,
                password,
                session_hours=settings.session_hours,
                address=request.client.host if request.client else "",
                browser=request.cookies.get(browser_cookie_name(settings)),
                replacing=request.cookies.get(cookie_name(settings)),
            )
        except SignInRefused:
            username_problem = "The username or the password is not right"
        else:
            response = RedirectResponse(own_address(next_page), status_code=303)
            start_session(response, request, signed_in.token, signed_in.browser)
            return response
    problems = [
        {"text": text, "href": href}
        for text, href in ((username_problem, "#username"), (password_problem, "#password"))
        if text
    ]
    return page(
        request,
        "sign_in.html",
        status=422,
        next_page=own_address(next_page),
        username=username.strip(),
        username_problem=username_problem,
        password_problem=password_problem,
        problems=problems,
        single_sign_on=is_offered(settings),
        passwords=True,
    )


@router.post("/sign-out")
def sign_out(request: Request) -> RedirectResponse:
    """End the session and show the sign-in form."""
    response = RedirectResponse("/sign-in", status_code=303)
    end_session(request, response)
    return response


@router.get("/waiting-list")
def waiting_list_page(
    request: Request,
    records: OpenRecords,
    part: int = 1,
    urgency: Annotated[Urgency | Literal[""], Query()] = "",
    only: Annotated[Only | Literal[""], Query()] = "",
    order: Annotated[Order, Query()] = Order.URGENT,
) -> Response:
    """Return who needs a home, the most urgent first, or those chosen in the order chosen."""
    from api.services.waiting_list import waiting_list

    state = request.app.state
    choice = WaitingChoice(urgency=urgency or None, only=only or None, order=order)
    waiting = waiting_list(
        records,
        day_of(state.settings),
        policy=policy_of(state.settings),
        options_of=range(sys.maxsize) if choice != EVERYBODY else rows_of(part),
        kept=state.kept,
    )
    return page(
        request,
        "waiting_list.html",
        page=present_waiting_list(waiting, part, choice),
        may_place=may(current_user(request).role, Permission.PLACE),
        withheld=len(records.seen.withheld),
    )


@router.get("/children/{referral_id}/options")
def options_page(request: Request, referral_id: str, records: OpenRecords, part: int = 1) -> Response:
    """Return the ranked homes for one child, some of them in full."""
    ranking, lists = _ranked(request, records, referral_id)
    # A child who is placed is on no list of those who wait.
    referral = records.referral(referral_id)
    authority, today = current_user(request).authority, day_of(request.app.state.settings)
    return page(
        request,
        "options.html",
        page=present_options(
            ranking=ranking,
            referral=referral,
            homes={home.home_id: home for home in lists.homes},
            age_years=age_at(referral, today),
            part=part,
            promised=promised_so_far(records, authority, referral_id, today),
            placed=is_placed(records, authority, referral.child_id, today),
        ),
        excluded_address=f"/children/{quote(referral_id, safe='')}/options/excluded",
        assumptions_first=False,
    )


@router.get("/children/{referral_id}/options/excluded/{rule}")
def excluded_page(request: Request, referral_id: str, rule: str, records: OpenRecords) -> Response:
    """Return every home that one rule excludes for one child."""
    ranking, lists = _ranked(request, records, referral_id)
    group = present_rule(rule, ranking["excluded"], {home.home_id: home for home in lists.homes})
    if group is None:
        raise NotFound("no_such_rule", "No home is excluded under that rule.")
    # A child who is placed is on no list of those who wait.
    referral = records.referral(referral_id)
    return page(request, "excluded.html", group=group, referral_id=referral_id, child_id=referral.child_id)


def _ranked(request: Request, records: Records, referral_id: str) -> tuple[dict[str, Any], Lists]:
    """Return the ranking of one child, and the lists it was made from; that the record was opened is noted."""
    from api.services.ranked_options import ranked_options

    state = request.app.state
    ranking = ranked_options(
        records, referral_id, day_of(state.settings), policy=policy_of(state.settings), kept=state.kept
    )
    return ranking.as_dict(), state.kept.lists_of(records)


@router.get("/emergency-watch")
def emergency_watch_page(
    request: Request, records: OpenRecords, part: int = 1, ended: int = 1, history: int = 1
) -> Response:
    """Return the spells in emergency accommodation and what is due, a part of those tonight and of those that ended."""
    from api.services.emergency_watch import emergency_watch

    settings = request.app.state.settings
    report = emergency_watch(records, day_of(settings), policy=policy_of(settings))
    shown = present_watch(report.as_dict(), part=part, ended_part=ended, history_part=history)
    return page(request, "emergency_watch.html", page=shown)


@router.get("/accessibility-statement")
def accessibility_statement(request: Request) -> Response:
    """Return how accessible the pages are, honestly."""
    return page(request, "accessibility_statement.html")


@router.get("/help")
def help_page(request: Request) -> Response:
    """Return what the product does and what its words mean."""
    return page(request, "help.html")


def own_address(address: str) -> str:
    """Return an address on this site to go on to; anything else becomes the start page."""
    parts = urlsplit(address)
    if normpath(unquote(parts.path)) in SIGNING:
        return START_PAGE
    on_this_site = address.startswith("/") and not address.startswith(("//", "/\\"))
    if not on_this_site or parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in address):
        return START_PAGE
    return address
