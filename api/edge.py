"""What every request passes through, outermost first: a number and a log line, headers, the session,
the limits on a body, the form's token, and the transaction.

Written as plain ASGI, so that nothing runs outside it: a fault, an unknown address and a refused
form carry the same headers and the same shape of answer as everything else.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from secrets import token_urlsafe
from urllib.parse import urlencode
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.sessions import (
    User,
    cookie_name,
    form_token,
    set_visitor_cookie,
    user_of,
    visitor_cookie_name,
)
from api.auth.tokens import user_of_token
from api.database.engine import Database
from api.database.session import READING_METHODS, RequestTransaction
from api.errors import NotSignedIn, Problem, TooLarge, TooManyAttempts, places_of, problem_of
from api.metrics import Metrics
from api.settings import Settings
from reference_data.problems import InvalidInput, NotPermitted

log = logging.getLogger("righthome.requests")

ErrorPage = Callable[[Request, Problem], Response]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STATIC = "/static/"
API = "/api/"


class Edge:
    """The outermost layer: gives each request its number, session and transaction, and tells every error."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        database: Database,
        metrics: Metrics,
        error_page: ErrorPage | None,
    ) -> None:
        self.app = app
        self.settings = settings
        self.database = database
        self.error_page = error_page
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked_with = scope["method"]
        if asked_with == "HEAD":
            # A route that answers GET answers HEAD too, with the same headers and no body. The server keeps its
            # own scope, by which it knows that no body follows.
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        if not scope["path"].startswith(API):
            scope = {**scope, "query_string": _chosen(scope["query_string"])}
        passing = _Passing(self, scope, send, asked_with)
        try:
            await passing.run(receive)
        finally:
            passing.write_log_line()


def _chosen(query: bytes) -> bytes:
    """Return what a page's address asks for. A field of a form that was left empty stands in it and asks for nothing."""
    return b"&".join(pair for pair in query.split(b"&") if pair.partition(b"=")[2])


class _Passing:
    """One request on its way through the edge."""

    def __init__(self, edge: Edge, scope: Scope, send: Send, asked_with: str) -> None:
        self.edge = edge
        self.asked_with = asked_with
        self.scope = scope
        self.send = send
        self.started_at = time.monotonic()
        self.reference = uuid4().hex[:12]
        self.transaction = RequestTransaction(
            edge.database, writes=scope["method"] not in READING_METHODS, secret=edge.settings.secret
        )
        self.new_visitor: str | None = None
        self.status = 0
        self.held: tuple[Message, bytearray] | None = None
        self.request = Request(scope)
        self.static = scope["path"].startswith(STATIC)

    async def run(self, receive: Receive) -> None:
        state = self.scope.setdefault("state", {})
        state["reference"] = self.reference
        state["user"] = None
        state["form_secret"] = ""
        state["by_token"] = False
        state["transaction"] = self.transaction
        try:
            _refuse_nul(self.scope["path"].encode("utf-8", "surrogatepass") + self.scope["query_string"])
            if not self.static:
                await self._know_the_user()
            if self.scope["method"] not in READING_METHODS:
                receive = await self._checked_body(receive)
            await self.edge.app(self.scope, receive, self.send_at_the_edge)
        except Exception as error:
            await run_in_threadpool(self.transaction.finish, keep=False)
            if self.status:
                # The answer has begun: breaking the connection is the only honest thing left.
                raise
            response = error_response(self.request, error, self.edge.error_page)
            await response(self.scope, receive, self.send_at_the_edge)
        finally:
            await run_in_threadpool(self.transaction.finish, keep=False)

    async def _know_the_user(self) -> None:
        settings = self.edge.settings
        state = self.scope["state"]
        scheme, _, bearer = self.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.scope["path"].startswith(API):
            # A program says who it is with every request, so no other site can send it along: cookies count for nothing.
            state["by_token"] = True
            state["user"] = await run_in_threadpool(user_of_token, self.edge.database, bearer.strip())
            return
        token = self.request.cookies.get(cookie_name(settings))
        if token:
            state["user"] = await run_in_threadpool(
                user_of, self.edge.database, token, idle_minutes=settings.idle_minutes
            )
        if token and state["user"] is not None:
            state["form_secret"] = token
            return
        visitor = self.request.cookies.get(visitor_cookie_name(settings))
        if not visitor:
            visitor = self.new_visitor = token_urlsafe(32)
        state["form_secret"] = visitor

    async def _checked_body(self, receive: Receive) -> Receive:
        body = await _whole_body(self.request, receive, self.edge.settings.body_limit_bytes)
        if _kind_of_body(self.request) in {"application/x-www-form-urlencoded", "application/json"}:
            _refuse_nul(body)
        self.scope["state"]["body"] = body
        self.scope["state"]["body_digest"] = hashlib.sha256(body).hexdigest()
        if self.scope["state"]["by_token"]:
            if self.scope["state"]["user"] is None:
                raise NotSignedIn
            return _replay(body)
        if self.request.headers.get("sec-fetch-site") == "cross-site":
            raise NotPermitted("from_another_site", "This form was sent from another site.")
        given = self.request.headers.get("x-csrf-token") or await _token_in_form(self.scope, body)
        state = self.scope["state"]
        right = form_token(state["form_secret"])
        if self.new_visitor is not None or not hmac.compare_digest(given.encode(), right.encode()):
            if state["user"] is None and cookie_name(self.edge.settings) in self.request.cookies:
                # The session ended while the form was open.
                raise NotSignedIn
            raise NotPermitted(
                "form_expired", "This form is out of date. Go back, reload the page and send it again."
            )
        return _replay(body)

    async def send_at_the_edge(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if self._must_be_whole(message):
                self.held = (message, bytearray())
            else:
                await self._begin_answer(message)
            return
        if self.held is not None:
            start, body = self.held
            body += message.get("body", b"")
            if message.get("more_body", False):
                return
            message = await self._whole_answer(start, bytes(body))
        await self.send(message)

    def _must_be_whole(self, start: Message) -> bool:
        """Say whether an answer of the API is held back until it is whole, to be kept or to get its tag."""
        if self.scope["state"].get("keyed") is not None and start["status"] < 400:
            return True
        kind = MutableHeaders(scope=start).get("content-type", "")
        return (
            start["status"] == 200
            and self.scope["method"] == "GET"
            and self.scope["path"].startswith(API)
            and kind.startswith("application/json")
        )

    async def _whole_answer(self, start: Message, body: bytes) -> Message:
        headers = MutableHeaders(scope=start)
        keyed = self.scope["state"].get("keyed")
        if keyed is not None:
            # In the transaction of what was done: both are kept, or neither.
            await run_in_threadpool(keyed.keep, start["status"], dict(headers), body)
        elif self.scope["method"] == "GET":
            # Weak: the same content, though not told to be the same version of a record.
            tag = headers.setdefault("ETag", f'W/"{hashlib.sha256(body).hexdigest()[:32]}"')
            if _has(self.request.headers.get("if-none-match", ""), tag):
                start["status"], body = 304, b""
                for name in ("content-length", "content-type"):
                    del headers[name]
        await self._begin_answer(start)
        return {"type": "http.response.body", "body": body}

    async def _begin_answer(self, start: Message) -> None:
        # Committed before a byte is sent: nobody is told of a change that is then lost.
        await run_in_threadpool(self.transaction.finish, keep=start["status"] < 400)
        self.status = start["status"]
        self._add_headers(MutableHeaders(scope=start))
        await self.send(start)

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        headers["X-Request-Id"] = self.reference
        if self.edge.settings.https:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if not self.static:
            headers["Cache-Control"] = "no-store"
        is_page = headers.get("content-type", "").startswith("text/html")
        if self.new_visitor is not None and is_page:
            carrier = Response()
            set_visitor_cookie(carrier, self.edge.settings, self.new_visitor)
            headers.append("set-cookie", carrier.headers["set-cookie"])

    def write_log_line(self) -> None:
        """Write down what was asked for and how it went: the route's pattern, never what was filled in."""
        user: User | None = self.scope.get("state", {}).get("user")
        route = _pattern(self.scope)
        seconds = time.monotonic() - self.started_at
        self.edge.metrics.count_request(self.asked_with, route, self.status, seconds)
        log.info(
            json.dumps(
                {
                    "request": self.reference,
                    "method": self.asked_with,
                    "route": route,
                    "status": self.status,
                    "user_id": user.user_id if user else None,
                    "by_token": self.scope.get("state", {}).get("by_token", False),
                    "milliseconds": round(seconds * 1000),
                }
            )
        )


def _has(tags: str, tag: str) -> bool:
    """Say whether a header of entity tags names one, by the weak comparison that reading asks for."""
    named = {one.strip().removeprefix("W/") for one in tags.split(",")}
    return "*" in named or tag.removeprefix("W/") in named


def _pattern(scope: Scope) -> str | None:
    """Return the address with the names of what was filled in; nothing for an address we do not have."""
    if "route" not in scope:
        return None
    names = {str(value): f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(part, part) for part in scope["path"].split("/"))


def error_response(request: Request, error: Exception, error_page: ErrorPage | None) -> Response:
    """Return the answer to an error: a problem document for a program, a page for a person."""
    response = _error_response(request, error, error_page)
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def _error_response(request: Request, error: Exception, error_page: ErrorPage | None) -> Response:
    reference: str = request.state.reference
    problem = _problem(error, reference)
    if problem.status >= 500:
        log.error(
            json.dumps({"request": reference, "fault": type(error).__name__, "places": places_of(error)})
        )
    path = request.url.path
    if path.startswith(API):
        return JSONResponse(
            problem.as_dict(), status_code=problem.status, media_type="application/problem+json"
        )
    if isinstance(error, NotSignedIn):
        return _to_sign_in(request)
    if error_page is not None:
        try:
            return error_page(request, problem)
        except Exception as fault:
            # An error page that fails must not hide the error.
            log.error(
                json.dumps({"request": reference, "fault": type(fault).__name__, "places": places_of(fault)})
            )
    text = f"{problem.title}\n\n{problem.message}\nReference {problem.reference}\n"
    return Response(text, status_code=problem.status, media_type="text/plain")


def _to_sign_in(request: Request) -> Response:
    target = "/sign-in"
    if request.method == "GET" and request.url.path != "/":
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = f"/sign-in?{urlencode({'next': back})}"
    return RedirectResponse(target, status_code=303)


def _problem(error: Exception, reference: str) -> Problem:
    if not isinstance(error, HTTPException):
        return problem_of(error, reference)
    titles = {
        404: ("page_not_found", "Page not found", "There is nothing at this address."),
        405: ("method_not_allowed", "That cannot be done here", "This address does not take that request."),
    }
    code, title, message = titles.get(
        error.status_code, ("unusable_request", "Something cannot be used", "The request cannot be used.")
    )
    return Problem(status=error.status_code, code=code, title=title, message=message, reference=reference)


async def _whole_body(request: Request, receive: Receive, limit_bytes: int) -> bytes:
    too_large = TooLarge("too_large", f"Send at most {limit_bytes:,} bytes at once.")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit_bytes:
        raise too_large
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise InvalidInput("request_cut_short", "The request ended before all of it had arrived.")
        body += message.get("body", b"")
        if len(body) > limit_bytes:
            raise too_large
        if not message.get("more_body", False):
            return bytes(body)


def _kind_of_body(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _refuse_nul(given: bytes) -> None:
    """Refuse a NUL, however it is written: no text of ours has one, and databases differ in what they make of it."""
    lowered = given.lower()
    if b"\x00" in given or b"%00" in lowered or b"\\u0000" in lowered:
        raise InvalidInput(
            "unusable_characters", "Something was sent that no text can hold. Send it again without."
        )


async def _token_in_form(scope: Scope, body: bytes) -> str:
    kind = _kind_of_body(Request(scope))
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return ""
    async with Request(scope, _replay(body)).form() as form:
        given = form.get("csrf_token")
        return given if isinstance(given, str) else ""


def _without_body(send: Send) -> Send:
    async def send_headers(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_headers


def _replay(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
