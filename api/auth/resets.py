"""One-time links by which somebody sets a password, made by an administrator and used once.

The link carries a random token; the database keeps only its digest. Opening the page uses nothing up, so that a
mail scanner that follows links does no harm; setting the password does.
"""

from __future__ import annotations

from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from api import audit
from api.auth.passwords import set_password
from api.auth.throttle import digest
from api.clock import now as present
from api.database.tables import password_resets, users
from reference_data.problems import NotFound

LINK_LASTS = timedelta(hours=24)


def make_reset(connection: Connection, user_id: str) -> str:
    """Return the token of a new link; earlier links of the same person stop working."""
    now = present()
    token = token_urlsafe(32)
    connection.execute(
        delete(password_resets).where(
            or_(password_resets.c.user_id == user_id, password_resets.c.expires_at < now)
        )
    )
    connection.execute(
        insert(password_resets).values(
            token_digest=digest(token), user_id=user_id, created_at=now, expires_at=now + LINK_LASTS
        )
    )
    return token


def username_of_reset(connection: Connection, token: str) -> str:
    """Return whose password a link sets.

    Raises
    ------
    NotFound
        If the link was never made, has been used, or is past its time.
    """
    return str(_row(connection, token).username)


def use_reset(connection: Connection, token: str, password: str) -> None:
    """Set the password, use the link up and end every session of that person.

    Raises
    ------
    NotFound
        If the link cannot be used.
    InvalidInput
        If the password cannot; the link stays.
    """
    row = _row(connection, token)
    used = connection.execute(
        update(password_resets)
        .where(password_resets.c.token_digest == digest(token), password_resets.c.used_at.is_(None))
        .values(used_at=present())
    )
    if not used.rowcount:
        raise _no_such_link()
    set_password(connection, row.user_id, password)
    audit.append(
        connection,
        actor=row.username,
        action="password_set",
        authority=row.authority,
        subject_kind="user",
        subject_id=row.user_id,
    )


def _row(connection: Connection, token: str) -> Any:
    row = connection.execute(
        select(users.c.user_id, users.c.username, users.c.authority)
        .join_from(password_resets, users, users.c.user_id == password_resets.c.user_id)
        .where(
            password_resets.c.token_digest == digest(token),
            password_resets.c.used_at.is_(None),
            password_resets.c.expires_at > present(),
            users.c.active,
        )
    ).first()
    if row is None:
        raise _no_such_link()
    return row


def _no_such_link() -> NotFound:
    return NotFound(
        "no_such_link", "This link has been used or is past its time. Ask your administrator for a new one."
    )
