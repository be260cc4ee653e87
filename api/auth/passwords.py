"""Passwords: people, signing in, and slowing down whoever guesses.

Single sign-on stands beside this, not here. Passwords are kept as Argon2id hashes.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from hashlib import sha256
from uuid import uuid4

from pwdlib import PasswordHash
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api import audit
from api.auth.roles import Role
from api.auth.sessions import open_session
from api.clock import now as present
from api.database.engine import Database
from api.database.tables import authorities, sign_in_failures, users
from api.errors import TooManyAttempts
from reference_data.problems import Conflict, InvalidInput, NotPermitted

FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=15)
"""After this many failures for one name within this time, no password is tried until some have aged."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
"""NCSC: length matters, rules about characters do not. The upper limit bounds the work of hashing."""
LONGEST_USERNAME = 128


class SignInRefused(NotPermitted):
    """The name and password do not go together. It is not said which is wrong."""

    def __init__(self) -> None:
        super().__init__("sign_in_refused", "The username or the password is not right.")


def _too_many() -> TooManyAttempts:
    minutes = int(FAILURE_WINDOW.total_seconds() // 60)
    return TooManyAttempts(
        "too_many_attempts",
        f"There were too many attempts. Try again in {minutes} minutes.",
        wait_seconds=int(FAILURE_WINDOW.total_seconds()),
    )


def add_user(
    connection: Connection, *, username: str, name: str, role: Role, authority: str, password: str
) -> str:
    """Add somebody who may sign in, and return their id.

    Raises
    ------
    InvalidInput
        If the password is too short or too long, or the username is empty or too long.
    Conflict
        If the username is taken.
    """
    key = _key(username)
    if not key or len(key) > LONGEST_USERNAME:
        raise InvalidInput("unusable_username", f"Give a username of 1 to {LONGEST_USERNAME} characters.")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInput(
            "unusable_password",
            f"Give a password of {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
        )
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
            password_hash=_hasher().hash(password),
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


def sign_in(database: Database, username: str, password: str, *, session_hours: int = 12) -> str:
    """Return the token of a new session.

    The work is the same whether or not the name exists, so that time tells nothing. Failures are
    kept even though the request fails, in a transaction of their own.

    Raises
    ------
    SignInRefused
        If the name and password do not go together, or the person may no longer sign in.
    TooManyAttempts
        If there were too many failures for that name.
    """
    key = _key(username)[:LONGEST_USERNAME]
    name_digest = sha256(key.encode()).hexdigest()
    with database.reading() as connection:
        if _recent_failures(connection, name_digest) >= FAILURES_ALLOWED:
            raise _too_many()
        row = connection.execute(
            select(users.c.user_id, users.c.password_hash, users.c.active, users.c.authority).where(
                users.c.username == key
            )
        ).first()
    right, better_hash = False, None
    if len(password) <= LONGEST_PASSWORD:
        stored_hash = row.password_hash if row is not None else _hash_of_nobody()
        right, better_hash = _hasher().verify_and_update(password, stored_hash)
    if row is None or not right or not row.active:
        with database.writing() as connection:
            _remember_failure(connection, name_digest)
        raise SignInRefused
    with database.writing() as connection:
        # Counted again: guesses sent side by side must not all slip past the first count.
        if _recent_failures(connection, name_digest) >= FAILURES_ALLOWED:
            raise _too_many()
        connection.execute(delete(sign_in_failures).where(sign_in_failures.c.username_digest == name_digest))
        if better_hash is not None:
            connection.execute(
                update(users).where(users.c.user_id == row.user_id).values(password_hash=better_hash)
            )
        audit.append(connection, actor=key, action="signed_in", authority=row.authority)
        return open_session(connection, row.user_id, session_hours=session_hours)


def _recent_failures(connection: Connection, name_digest: str) -> int:
    since = present() - FAILURE_WINDOW
    return connection.execute(
        select(func.count())
        .select_from(sign_in_failures)
        .where(sign_in_failures.c.username_digest == name_digest, sign_in_failures.c.failed_at > since)
    ).scalar_one()


def _remember_failure(connection: Connection, name_digest: str) -> None:
    now = present()
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.failed_at < now - FAILURE_WINDOW))
    connection.execute(insert(sign_in_failures).values(username_digest=name_digest, failed_at=now))


def _key(username: str) -> str:
    return username.strip().casefold()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash(uuid4().hex)
