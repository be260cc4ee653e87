"""Passwords: people, and signing in with one.

Single sign-on stands beside this, not here; so does slowing down whoever guesses (``throttle.py``).
Passwords are kept as Argon2id hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from pwdlib import PasswordHash
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api import audit
from api.auth.roles import Role
from api.auth.sessions import end_all_sessions, open_session
from api.auth.throttle import (
    attempt_of,
    forget_failures,
    know_browser,
    refuse_if_held_up,
    remember_failure,
)
from api.clock import now as present
from api.database.engine import Database
from api.database.tables import authorities, users
from reference_data.problems import Conflict, InvalidInput, NotPermitted

NO_PASSWORD = "!"  # noqa: S105  stands where a hash would
"""Kept for people who have no password here: no hash looks so, and no password fits it."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
"""NCSC: length matters, rules about characters do not. The upper limit bounds the work of hashing."""
LONGEST_USERNAME = 128


class SignInRefused(NotPermitted):
    """The name and password do not go together. It is not said which is wrong."""

    def __init__(self) -> None:
        super().__init__("sign_in_refused", "The username or the password is not right.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """The tokens of somebody who has just signed in; ``browser`` is empty where the browser was known already."""

    token: str
    browser: str | None = None


def add_user(
    connection: Connection, *, username: str, name: str, role: Role, authority: str, password: str | None
) -> str:
    """Add somebody who may sign in, and return their id.

    Without a password they set one by a link, or use single sign-on.

    Raises
    ------
    InvalidInput
        If the password is too short or too long, or the username is empty or too long.
    Conflict
        If the username is taken.
    """
    key = username_key(username)
    if not key or len(key) > LONGEST_USERNAME:
        raise InvalidInput("unusable_username", f"Give a username of 1 to {LONGEST_USERNAME} characters.")
    if password is not None:
        refuse_unusable_password(password)
    if connection.execute(select(users.c.user_id).where(users.c.username == key)).first():
        raise Conflict("username_taken", "Somebody already has that username. Choose another.")
    know_authority(connection, authority)
    user_id = uuid4().hex
    connection.execute(
        insert(users).values(
            user_id=user_id,
            username=key,
            name=name,
            role=role.value,
            authority=authority,
            password_hash=NO_PASSWORD if password is None else _hasher().hash(password),
            active=True,
            created_at=present(),
        )
    )
    return user_id


def know_authority(connection: Connection, authority: str) -> None:
    """Bring an authority into the database's scope, if it is not there already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(authorities).values(authority=authority, added_at=present()).on_conflict_do_nothing()
    )


def sign_in(
    database: Database,
    username: str,
    password: str,
    *,
    session_hours: int = 12,
    address: str = "",
    browser: str | None = None,
    replacing: str | None = None,
) -> SignedIn:
    """Return the token of a new session, and one that makes the browser known.

    The work is the same whether or not the name exists, so that time tells nothing. Failures are
    kept even though the request fails, in a transaction of their own.

    Parameters
    ----------
    address
        Where the attempt comes from.
    browser
        What the browser says it was told when somebody signed in with it before.
    replacing
        The session that the browser had: it ends, so that nobody is put into a session made for them.

    Raises
    ------
    SignInRefused
        If the name and password do not go together, or the person may no longer sign in.
    TooManyAttempts
        If there were too many failures for that name or from that address.
    """
    key = username_key(username)[:LONGEST_USERNAME]
    with database.reading() as connection:
        attempt = attempt_of(connection, key, address, browser)
        refuse_if_held_up(connection, attempt)
        row = connection.execute(
            select(users.c.user_id, users.c.password_hash, users.c.active, users.c.authority).where(
                users.c.username == key
            )
        ).first()
    right, better_hash = False, None
    if len(password) <= LONGEST_PASSWORD:
        kept = row.password_hash if row is not None else NO_PASSWORD
        stored_hash = _hash_of_nobody() if kept == NO_PASSWORD else kept
        right, better_hash = _hasher().verify_and_update(password, stored_hash)
        right = right and kept != NO_PASSWORD
    if row is None or not right or not row.active:
        with database.writing() as connection:
            remember_failure(connection, attempt)
            if row is not None:
                audit.append(connection, actor=key, action="sign_in_refused", authority=row.authority)
        raise SignInRefused
    with database.writing() as connection:
        # Counted again: guesses sent side by side must not all slip past the first count.
        refuse_if_held_up(connection, attempt)
        forget_failures(connection, attempt)
        if better_hash is not None:
            connection.execute(
                update(users).where(users.c.user_id == row.user_id).values(password_hash=better_hash)
            )
        audit.append(connection, actor=key, action="signed_in", authority=row.authority)
        return SignedIn(
            token=open_session(connection, row.user_id, session_hours=session_hours, replacing=replacing),
            browser=know_browser(connection, row.user_id, attempt),
        )


def set_password(connection: Connection, user_id: str, password: str) -> None:
    """Give somebody a new password and end every session they have.

    Raises
    ------
    InvalidInput
        If the password is too short or too long.
    """
    refuse_unusable_password(password)
    connection.execute(
        update(users).where(users.c.user_id == user_id).values(password_hash=_hasher().hash(password))
    )
    end_all_sessions(connection, user_id)


def is_password_of(connection: Connection, user_id: str, password: str) -> bool:
    """Return whether somebody's password is this one."""
    kept = connection.execute(select(users.c.password_hash).where(users.c.user_id == user_id)).scalar()
    if not kept or kept == NO_PASSWORD or len(password) > LONGEST_PASSWORD:
        return False
    return _hasher().verify(password, kept)


def refuse_unusable_password(password: str) -> None:
    """Refuse a password that is too short or too long.

    Raises
    ------
    InvalidInput
        If it is.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD or len(set(password)) < 5:
        raise InvalidInput(
            "unusable_password",
            f"Give a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, not one of them again and again.",
        )


def username_key(username: str) -> str:
    """Return the form of a username that is kept and compared."""
    return username.strip().casefold()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash(uuid4().hex)
