"""Tokens for programs: made by somebody for themselves, for some of their own permissions, for a time.

A token goes with the header ``Authorization: Bearer`` and works for the JSON API alone. It never carries more than
its maker's role does at the moment of asking, and ends with its maker. Only its digest is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from uuid import uuid4

from sqlalchemy import Connection, and_, insert, select, update

from api import audit
from api.auth.roles import Permission, Role, may
from api.auth.sessions import User
from api.auth.throttle import digest
from api.clock import now as present
from api.database.engine import Database
from api.database.tables import api_tokens, users
from reference_data.problems import InvalidInput, NotFound, NotPermitted

PREFIX = "rht_"
"""By which tools that look for leaked secrets know one of ours."""
LONGEST_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A token as its maker sees it: everything but the token itself."""

    token_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def make_token(connection: Connection, user: User, *, name: str, scopes: Iterable[str], days: int) -> str:
    """Return a new token, which is nowhere kept.

    Raises
    ------
    InvalidInput
        If the name, the permissions or the days cannot be used.
    NotPermitted
        If it asks for a permission that the maker's role does not carry.
    """
    name = name.strip()
    if not 1 <= len(name) <= 100:
        raise InvalidInput("unusable_name", "Say what the token is for, in 1 to 100 characters.")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("unusable_days", f"Give 1 to {LONGEST_DAYS} days.")
    wanted = sorted(set(scopes))
    if not wanted or not {*wanted} <= {*Permission}:
        raise InvalidInput("no_such_permission", "Choose at least one permission of the list.")
    if not all(may(user.role, Permission(scope)) for scope in wanted):
        raise NotPermitted("role_may_not", "A token cannot carry what your role does not.")
    token, token_id, now = PREFIX + token_urlsafe(32), uuid4().hex, present()
    connection.execute(
        insert(api_tokens).values(
            token_id=token_id,
            token_digest=digest(token),
            user_id=user.user_id,
            name=name,
            scopes=wanted,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    _note(connection, user, "token_made", token_id)
    return token


def tokens_of(connection: Connection, user_id: str) -> tuple[ApiToken, ...]:
    """Return somebody's tokens, the newest first."""
    rows = connection.execute(
        select(api_tokens).where(api_tokens.c.user_id == user_id).order_by(api_tokens.c.created_at.desc())
    )
    return tuple(
        ApiToken(
            token_id=row.token_id,
            name=row.name,
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    )


def revoke_token(connection: Connection, user: User, token_id: str) -> None:
    """End a token of one's own.

    Raises
    ------
    NotFound
        If there is none of that id, or it has been ended.
    """
    own = and_(
        api_tokens.c.token_id == token_id,
        api_tokens.c.user_id == user.user_id,
        api_tokens.c.revoked_at.is_(None),
    )
    if not connection.execute(update(api_tokens).where(own).values(revoked_at=present())).rowcount:
        raise NotFound("no_such_token", "There is no token of that id.")
    _note(connection, user, "token_revoked", token_id)


def user_of_token(database: Database, token: str) -> User | None:
    """Return whom a token speaks for, with its permissions, or ``None`` when it says nothing."""
    if not token.startswith(PREFIX):
        return None
    with database.reading() as connection:
        row = connection.execute(
            select(users, api_tokens.c.scopes)
            .join_from(api_tokens, users, users.c.user_id == api_tokens.c.user_id)
            .where(
                api_tokens.c.token_digest == digest(token),
                api_tokens.c.revoked_at.is_(None),
                api_tokens.c.expires_at > present(),
                users.c.active,
            )
        ).first()
    if row is None:
        return None
    return User(
        user_id=row.user_id,
        username=row.username,
        name=row.name,
        role=Role(row.role),
        authority=row.authority,
        scopes=frozenset(row.scopes),
    )


def _note(connection: Connection, user: User, action: str, token_id: str) -> None:
    audit.append(
        connection,
        actor=user.username,
        action=action,
        authority=user.authority,
        subject_kind="token",
        subject_id=token_id,
    )
