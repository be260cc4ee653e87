"""The addresses of single sign-on: out to the council's service, and back."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from api.auth import single_sign_on
from api.auth.sessions import cookie_name, start_session
from api.auth.single_sign_on import SingleSignOnRefused
from api.database.session import database_of
from api.web.own_site import own_site
from api.web.routes import own_address
from reference_data.problems import NotFound

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
WAY_LASTS_SECONDS = 600


def _cookie(request: Request) -> str:
    return "__Host-righthome_way" if request.app.state.settings.https else "righthome_way"


def _back(request: Request) -> str:
    return f"{own_site(request)}/sign-in/organisation/back"


@router.get("/sign-in/organisation")
def to_the_service(request: Request, next_page: Annotated[str, Query(alias="next")] = "") -> Response:
    """Send the browser to the council's sign-in service."""
    settings = request.app.state.settings
    _require_offered(request)
    secret = token_urlsafe(32)
    try:
        address = single_sign_on.way_out(settings, secret, _back(request)).address
    except SingleSignOnRefused as refused:
        single_sign_on.write_down(request.state.reference, refused)
        raise
    response = RedirectResponse(address, status_code=303)
    going_on = urlsafe_b64encode(own_address(next_page).encode()).decode()
    response.set_cookie(
        _cookie(request),
        f"{secret}.{going_on}",
        max_age=WAY_LASTS_SECONDS,
        httponly=True,
        samesite="lax",
        secure=settings.https,
        path="/",
    )
    return response


@router.get("/sign-in/organisation/back")
def from_the_service(request: Request) -> Response:
    """Begin a session for whom the service names, if everything it says is right."""
    settings = request.app.state.settings
    _require_offered(request)
    secret, _, going_on = request.cookies.get(_cookie(request), "").partition(".")
    try:
        arrived = single_sign_on.way_back(settings, secret, _back(request), request.query_params)
        signed_in = single_sign_on.enter(
            database_of(request),
            arrived,
            session_hours=settings.session_hours,
            replacing=request.cookies.get(cookie_name(settings)),
        )
    except SingleSignOnRefused as refused:
        single_sign_on.write_down(request.state.reference, refused)
        raise
    try:
        target = own_address(urlsafe_b64decode(going_on).decode())
    except ValueError:
        target = "/"
    response = RedirectResponse(target, status_code=303)
    start_session(response, request, signed_in.token)
    response.delete_cookie(_cookie(request), httponly=True, samesite="lax", secure=settings.https, path="/")
    return response


def _require_offered(request: Request) -> None:
    if not single_sign_on.is_offered(request.app.state.settings):
        raise NotFound("page_not_found", "There is nothing at this address.")
