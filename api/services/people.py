"""The people of one council who may sign in: list, add, change, disable, and make reset links.

Used by the administrator's page and by ``righthome users``. An administrator keeps the people of one council and
sees no child. Whatever takes rights away ends the sessions of that person at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from api import audit
from api.auth.passwords import NO_PASSWORD, add_user, set_password, username_key
from api.auth.resets import make_reset
from api.auth.roles import Permission, Role
from api.auth.sessions import end_all_sessions
from api.database.migrate import open_existing, require_latest
from api.database.tables import sessions, users
from api.services.importing import require_known_authority, require_user_may, usable_actor
from reference_data.problems import Conflict, InvalidInput, NotFound

ROLES = tuple(str(role) for role in Role)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in, or might again."""

    user_id: str
    username: str
    name: str
    role: Role
    active: bool
    has_password: bool
    single_sign_on: bool
    last_seen: datetime | None

    def as_dict(self) -> dict[str, object]:
        """Return the person as JSON."""
        return {
            "username": self.username,
            "name": self.name,
            "role": str(self.role),
            "active": self.active,
            "has_password": self.has_password,
            "single_sign_on": self.single_sign_on,
            "last_seen": self.last_seen.isoformat() if self.last_seen else None,
        }


class People:
    """The people of one council, in the name of somebody who may change them, in one transaction."""

    def __init__(self, connection: Connection, authority: str, actor: str) -> None:
        self.connection = connection
        self.authority = authority
        self.actor = actor

    def listed(self) -> tuple[Person, ...]:
        """Return everybody, those who may sign in first."""
        seen = (
            select(sessions.c.user_id, func.max(sessions.c.seen_at).label("last_seen"))
            .group_by(sessions.c.user_id)
            .subquery()
        )
        rows = self.connection.execute(
            select(users, seen.c.last_seen)
            .outerjoin(seen, seen.c.user_id == users.c.user_id)
            .where(users.c.authority == self.authority)
            .order_by(users.c.active.desc(), users.c.username)
        )
        return tuple(
            Person(
                user_id=row.user_id,
                username=row.username,
                name=row.name,
                role=Role(row.role),
                active=row.active,
                has_password=row.password_hash != NO_PASSWORD,
                single_sign_on=row.sso_subject is not None,
                last_seen=row.last_seen,
            )
            for row in rows
        )

    def add(self, *, username: str, name: str, role: str, password: str | None = None) -> str:
        """Add somebody and return their id.

        Raises
        ------
        InvalidInput
            If the role, name, username or password cannot be used.
        Conflict
            If the username is taken.
        """
        user_id = add_user(
            self.connection,
            username=username,
            name=_usable_name(name),
            role=_usable_role(role),
            authority=self.authority,
            password=password,
        )
        self._note("user_added", user_id, role=role)
        return user_id

    def change(self, user_id: str, *, name: str | None = None, role: str | None = None) -> None:
        """Change somebody's name or role; another role ends their sessions.

        Raises
        ------
        NotFound
            If there is nobody of that id in this council.
        InvalidInput, Conflict
            If the name or role cannot be used, or it is the role of whoever asks.
        """
        row = self._row(user_id)
        values: dict[str, str] = {}
        if name is not None:
            values["name"] = _usable_name(name)
        if role is not None and _usable_role(role) != row.role:
            self._refuse_oneself(row, "your own role")
            values["role"] = role
            end_all_sessions(self.connection, user_id)
        if values:
            self.connection.execute(update(users).where(users.c.user_id == user_id).values(**values))
            self._note("user_changed", user_id, role=role, name_changed=name is not None)

    def set_active(self, user_id: str, active: bool) -> None:
        """Let somebody sign in again, or no longer; the latter ends their sessions.

        Raises
        ------
        NotFound
            If there is nobody of that id in this council.
        Conflict
            If whoever asks would lock themselves out.
        """
        row = self._row(user_id)
        if not active:
            self._refuse_oneself(row, "yourself")
            end_all_sessions(self.connection, user_id)
        self.connection.execute(update(users).where(users.c.user_id == user_id).values(active=active))
        self._note("user_enabled" if active else "user_disabled", user_id)

    def reset(self, user_id: str) -> str:
        """Return the token of a one-time link by which somebody sets a new password.

        Raises
        ------
        NotFound
            If there is nobody of that id in this council.
        """
        row = self._row(user_id)
        if row.sso_subject is not None:
            raise Conflict("single_sign_on", "This person signs in with the council's own service.")
        token = make_reset(self.connection, user_id)
        self._note("password_reset", user_id)
        return token

    def set_password(self, user_id: str, password: str) -> None:
        """Give somebody a new password, from the command line.

        Raises
        ------
        InvalidInput
            If the password cannot be used.
        """
        self._row(user_id)
        set_password(self.connection, user_id, password)
        self._note("password_set", user_id)

    def id_of(self, username: str) -> str:
        """Return somebody's id.

        Raises
        ------
        NotFound
            If there is nobody of that name in this council.
        """
        found = self.connection.execute(
            select(users.c.user_id).where(
                and_(users.c.username == username_key(username), users.c.authority == self.authority)
            )
        ).scalar()
        if found is None:
            raise _nobody()
        return str(found)

    def _row(self, user_id: str) -> Any:
        row = self.connection.execute(
            select(users.c.user_id, users.c.username, users.c.role, users.c.sso_subject).where(
                and_(users.c.user_id == user_id, users.c.authority == self.authority)
            )
        ).first()
        if row is None:
            raise _nobody()
        return row

    def _refuse_oneself(self, row: Any, what: str) -> None:
        if row.username == username_key(self.actor):
            raise Conflict("not_oneself", f"You cannot change {what}. Ask another administrator.")

    def _note(self, action: str, user_id: str, **detail: str | bool | None) -> None:
        audit.append(
            self.connection,
            actor=self.actor,
            action=action,
            authority=self.authority,
            subject_kind="user",
            subject_id=user_id,
            detail=detail,
        )


@contextmanager
def people_of(url: str, authority: str, as_user: str, *, writes: bool = True) -> Iterator[People]:
    """Give the people of one council to a command.

    Raises
    ------
    InvalidInput, NotPermitted
        If the authority or the user cannot be used.
    NotFound, Conflict
        If there is no database at the address, or it needs an upgrade first.
    """
    require_known_authority(authority)
    actor = usable_actor(as_user)
    database = open_existing(url)
    try:
        require_latest(database)
        with database.writing() if writes else database.reading() as connection:
            require_user_may(connection, actor, authority, Permission.MANAGE_USERS)
            yield People(connection, authority, actor)
    finally:
        database.close()


def _usable_role(role: str) -> Role:
    if role not in ROLES:
        raise InvalidInput("no_such_role", f"Give one of the roles: {', '.join(ROLES)}.")
    return Role(role)


def _usable_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or any(ord(letter) < 32 for letter in name):
        raise InvalidInput("unusable_name", f"Give a name of 1 to {LONGEST_NAME} characters.")
    return name


def _nobody() -> NotFound:
    return NotFound("no_such_user", "There is nobody of that name in this council.")
