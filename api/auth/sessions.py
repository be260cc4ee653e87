"""Sessions kept in the database, the cookie that names one, and the token that every form carries.

The cookie holds a random token; the database only its digest. A form's token is computed from the
cookie's, so that another site, which cannot read the cookie, cannot make one. Before sign-in a
visitor's cookie does the same for the sign-in form, and nothing is written for a reader.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from fastapi import Request
from sqlalchemy import Connection, delete, insert, select, update
from starlette.responses import Response

from api import audit
from api.auth.roles import Role
from api.clock import now as present
from api.database.engine import Database
from api.database.tables import sessions as sessions_table
from api.database.tables import users
from api.errors import NotSignedIn
from api.settings import Settings

SEEN_EVERY = timedelta(minutes=1)
"""A session is marked as seen at most this often, so that reading pages costs no writes."""


BROWSER_COOKIE_LASTS = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who is signed in. With a token, ``scopes`` are the only permissions it carries."""

    user_id: str
    username: str
    name: str
    role: Role
    authority: str
    scopes: frozenset[str] | None = None


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; under https browsers let only this host set it."""
    return "__Host-righthome_session" if settings.https else "righthome_session"


def visitor_cookie_name(settings: Settings) -> str:
    """Return the name of the cookie that protects forms before anybody is signed in."""
    return "__Host-righthome_visitor" if settings.https else "righthome_visitor"


def current_user(request: Request) -> User:
    """Return the signed-in user of a request.

    Raises
    ------
    NotSignedIn
        If there is none, or the session has ended.
    """
    user: User | None = request.state.user
    if user is None:
        raise NotSignedIn
    return user


def csrf_token(request: Request) -> str:
    """Return the token that a form on this page must send back as ``csrf_token``."""
    return form_token(request.state.form_secret)


def form_token(secret: str) -> str:
    """Return the form token that belongs to a cookie's secret."""
    return hmac.new(secret.encode(), b"righthome form", sha256).hexdigest()


def open_session(
    connection: Connection, user_id: str, *, session_hours: int, replacing: str | None = None
) -> str:
    """Begin a session and return its token, which is nowhere kept; the one it replaces ends."""
    token = token_urlsafe(32)
    now = present()
    connection.execute(delete(sessions_table).where(sessions_table.c.expires_at < now))
    if replacing:
        connection.execute(delete(sessions_table).where(sessions_table.c.token_digest == _digest(replacing)))
    connection.execute(
        insert(sessions_table).values(
            token_digest=_digest(token),
            user_id=user_id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=session_hours),
        )
    )
    return token


def end_all_sessions(connection: Connection, user_id: str) -> int:
    """End every session of somebody, on every browser; return how many there were."""
    return connection.execute(delete(sessions_table).where(sessions_table.c.user_id == user_id)).rowcount


def user_of(database: Database, token: str, *, idle_minutes: int) -> User | None:
    """Return the active user whose session a token names, or ``None`` when it has ended."""
    now = present()
    with database.reading() as connection:
        row = connection.execute(
            select(users, sessions_table.c.seen_at, sessions_table.c.expires_at)
            .join_from(sessions_table, users, users.c.user_id == sessions_table.c.user_id)
            .where(sessions_table.c.token_digest == _digest(token))
        ).first()
    if row is None or not row.active or row.expires_at <= now:
        return None
    if now - row.seen_at > timedelta(minutes=idle_minutes):
        return None
    if now - row.seen_at > SEEN_EVERY:
        with database.writing() as connection:
            connection.execute(
                update(sessions_table)
                .where(sessions_table.c.token_digest == _digest(token))
                .values(seen_at=now)
            )
    return User(
        user_id=row.user_id,
        username=row.username,
        name=row.name,
        role=Role(row.role),
        authority=row.authority,
    )


def browser_cookie_name(settings: Settings) -> str:
    """Return the name of the cookie by which a browser is known again."""
    return "__Host-righthome_browser" if settings.https else "righthome_browser"


def start_session(response: Response, request: Request, token: str, browser: str | None = None) -> None:
    """Give the browser the cookie of a session that has just begun, and the one by which it is known again."""
    settings: Settings = request.app.state.settings
    _set_cookie(response, settings, cookie_name(settings), token)
    if browser is not None:
        response.set_cookie(
            browser_cookie_name(settings),
            browser,
            max_age=int(BROWSER_COOKIE_LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=settings.https,
            path="/",
        )
    _clear_cookie(response, settings, visitor_cookie_name(settings))


def end_session(request: Request, response: Response) -> None:
    """End the session of a request, in the database and in the browser."""
    settings: Settings = request.app.state.settings
    database: Database = request.app.state.database
    token = request.cookies.get(cookie_name(settings))
    user: User | None = request.state.user
    if token:
        with database.writing() as connection:
            connection.execute(delete(sessions_table).where(sessions_table.c.token_digest == _digest(token)))
            if user is not None:
                audit.append(connection, actor=user.username, action="signed_out", authority=user.authority)
    _clear_cookie(response, settings, cookie_name(settings))


def forget_session(request: Request, response: Response) -> None:
    """Take the session's cookie out of the browser, once the database knows it no more."""
    settings: Settings = request.app.state.settings
    _clear_cookie(response, settings, cookie_name(settings))


def set_visitor_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Give the browser the cookie that protects the sign-in form."""
    _set_cookie(response, settings, visitor_cookie_name(settings), secret)


def _set_cookie(response: Response, settings: Settings, name: str, value: str) -> None:
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=settings.https, path="/")


def _clear_cookie(response: Response, settings: Settings, name: str) -> None:
    response.delete_cookie(name, httponly=True, samesite="lax", secure=settings.https, path="/")


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
