"""The addresses of people's own affairs: the administrator's page, one's account, and setting a password by a link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection
from starlette.responses import Response

from api import audit
from api.auth.passwords import is_password_of, refuse_unusable_password, set_password
from api.auth.resets import use_reset, username_of_reset
from api.auth.roles import Role, permission_table
from api.auth.sessions import User, current_user, end_all_sessions, forget_session
from api.auth.tokens import make_token, revoke_token, tokens_of
from api.clock import now
from api.database.session import database_of
from api.services.people import People
from api.web.own_site import own_site
from api.web.page import page
from reference_data.problems import Conflict, InvalidInput

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def _people(request: Request) -> People:
    user = current_user(request)
    return People(request.state.transaction.connection(), user.authority, user.username)


@router.get("/people")
def people_page(request: Request) -> Response:
    """Return everybody of the council, with the forms that change them."""
    return _people_page(request)


@router.post("/people")
def person_added(
    request: Request,
    username: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
) -> Response:
    """Add somebody, and show the one-time link by which they set their password."""
    people = _people(request)
    try:
        token = people.reset(people.add(username=username, name=name, role=role))
    except (InvalidInput, Conflict) as error:
        given = {"username": username, "name": name, "role": role}
        return _people_page(request, status=422, problem=error.message, given=given)
    return _people_page(request, link=_link(request, token), link_for=username.strip())


@router.post("/people/{user_id}/role")
def role_changed(request: Request, user_id: str, role: Annotated[str, Form()] = "") -> Response:
    """Give somebody another role."""
    return _changed(request, lambda people: people.change(user_id, role=role))


@router.post("/people/{user_id}/active")
def active_changed(request: Request, user_id: str, active: Annotated[str, Form()] = "") -> Response:
    """Let somebody sign in again, or no longer."""
    return _changed(request, lambda people: people.set_active(user_id, active == "yes"))


@router.post("/people/{user_id}/reset")
def reset_made(request: Request, user_id: str) -> Response:
    """Make a one-time link and show it once."""
    people = _people(request)
    try:
        token = people.reset(user_id)
    except Conflict as error:
        return _people_page(request, status=409, problem=error.message)
    of_person = next(person.username for person in people.listed() if person.user_id == user_id)
    return _people_page(request, link=_link(request, token), link_for=of_person)


def _changed(request: Request, change: Callable[[People], None]) -> Response:
    try:
        change(_people(request))
    except (InvalidInput, Conflict) as error:
        return _people_page(request, status=422, problem=error.message)
    return RedirectResponse("/people", status_code=303)


def _people_page(
    request: Request,
    *,
    status: int = 200,
    problem: str = "",
    given: dict[str, str] | None = None,
    link: str = "",
    link_for: str = "",
) -> Response:
    return page(
        request,
        "people.html",
        status=status,
        people=[
            {
                "user_id": person.user_id,
                "username": person.username,
                "name": person.name,
                "role": str(person.role),
                "role_words": person.role.words,
                "active": person.active,
                "single_sign_on": person.single_sign_on,
                "is_reader": person.user_id == current_user(request).user_id,
                "last_seen": f"{person.last_seen:%d/%m/%Y %H:%M}" if person.last_seen else "not lately",
            }
            for person in _people(request).listed()
        ],
        roles=[{"value": str(role), "text": role.words} for role in Role],
        problem=problem,
        given=given or {"username": "", "name": "", "role": ""},
        link=link,
        link_for=link_for,
    )


def _link(request: Request, token: str) -> str:
    return f"{own_site(request)}/password/{token}"


@router.get("/account")
def account_page(request: Request) -> Response:
    """Return who is signed in, with the forms to change the password, to sign out everywhere and for tokens."""
    with database_of(request).reading() as connection:
        return _account_page(request, connection)


def _account_page(
    request: Request,
    connection: Connection,
    *,
    status: int = 200,
    problems: list[dict[str, str]] | None = None,
    token: str = "",
) -> Response:
    user = current_user(request)
    return page(
        request,
        "account.html",
        status=status,
        problems=problems or [],
        token=token,
        permissions=[
            {"value": str(permission), "text": means}
            for permission, means, roles in permission_table()
            if user.role in roles
        ],
        tokens=[
            {
                "token_id": one.token_id,
                "name": one.name,
                "scopes": ", ".join(one.scopes),
                "until": f"{one.expires_at:%d/%m/%Y}",
                "open": one.revoked_at is None and one.expires_at > now(),
            }
            for one in tokens_of(connection, user.user_id)
        ],
    )


@router.post("/account/tokens")
def token_made(
    request: Request,
    name: Annotated[str, Form()] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
    days: Annotated[str, Form()] = "",
) -> Response:
    """Make a token for a program and show it once."""
    connection = request.state.transaction.connection()
    number = int(days) if days.strip().isdecimal() and len(days.strip()) < 5 else 0
    try:
        token = make_token(connection, current_user(request), name=name, scopes=scopes or [], days=number)
    except InvalidInput as error:
        problems = [{"text": error.message, "href": "#token-name"}]
        return _account_page(request, connection, status=422, problems=problems)
    return _account_page(request, connection, token=token)


@router.post("/account/tokens/{token_id}/revoked")
def token_revoked(request: Request, token_id: str) -> Response:
    """End a token of one's own."""
    revoke_token(request.state.transaction.connection(), current_user(request), token_id)
    return RedirectResponse("/account", status_code=303)


@router.post("/account/password")
def password_changed(
    request: Request,
    old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Change one's own password; every session ends, this one too."""
    user = current_user(request)
    problem = _problem_of_new(new, again)
    connection = request.state.transaction.connection()
    if not is_password_of(connection, user.user_id, old):
        # Whoever finds an open browser gets few guesses: a wrong one ends the session.
        return _signed_out_everywhere(request, user, "password_change_refused")
    if problem:
        return _account_page(request, connection, status=422, problems=[{"text": problem, "href": "#new"}])
    set_password(connection, user.user_id, new)
    return _signed_out_everywhere(request, user, "password_set")


@router.post("/account/sign-out-everywhere")
def signed_out_everywhere(request: Request) -> Response:
    """End every session of whoever asks, on every browser."""
    return _signed_out_everywhere(request, current_user(request), "signed_out_everywhere")


def _signed_out_everywhere(request: Request, user: User, action: str) -> Response:
    connection = request.state.transaction.connection()
    end_all_sessions(connection, user.user_id)
    audit.append(
        connection,
        actor=user.username,
        action=action,
        authority=user.authority,
        subject_kind="user",
        subject_id=user.user_id,
    )
    response = RedirectResponse("/sign-in", status_code=303)
    forget_session(request, response)
    return response


@router.get("/password/{token}")
def password_form(request: Request, token: str) -> Response:
    """Return the form of a one-time link. Opening it does not use it up."""
    with database_of(request).reading() as connection:
        username = username_of_reset(connection, token)
    return page(request, "set_password.html", token=token, username=username, problem="")


@router.post("/password/{token}")
def password_sent(
    request: Request, token: str, new: Annotated[str, Form()] = "", again: Annotated[str, Form()] = ""
) -> Response:
    """Set the password and use the link up."""
    connection = request.state.transaction.connection()
    username = username_of_reset(connection, token)
    problem = _problem_of_new(new, again)
    if problem:
        return page(request, "set_password.html", status=422, token=token, username=username, problem=problem)
    use_reset(connection, token, new)
    return RedirectResponse("/sign-in", status_code=303)


def _problem_of_new(new: str, again: str) -> str:
    if new != again:
        return "The two passwords are not the same"
    try:
        refuse_unusable_password(new)
    except InvalidInput as error:
        return error.message
    return ""
