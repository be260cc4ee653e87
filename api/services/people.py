"""Add somebody who may sign in, from the command line of the machine that holds the database."""

from __future__ import annotations

from api import audit
from api.auth.passwords import add_user
from api.auth.roles import Role
from api.database.migrate import open_existing, require_latest
from api.services.importing import require_known_authority
from reference_data.problems import InvalidInput

ROLES = tuple(str(role) for role in Role)


def add_person(
    url: str, *, username: str, name: str, role: str, authority: str, password: str, as_user: str
) -> None:
    """Add a user to an existing database and write it into the audit.

    Raises
    ------
    InvalidInput
        If the role, authority, username or password cannot be used.
    Conflict
        If the username is taken, or the database needs an upgrade first.
    NotFound
        If there is no database at the address.
    """
    if role not in ROLES:
        raise InvalidInput("no_such_role", f"Give one of the roles: {', '.join(ROLES)}.")
    require_known_authority(authority)
    database = open_existing(url)
    try:
        require_latest(database)
        with database.writing() as connection:
            user_id = add_user(
                connection,
                username=username,
                name=name,
                role=Role(role),
                authority=authority,
                password=password,
            )
            audit.append(
                connection,
                actor=as_user,
                action="user added",
                authority=authority,
                subject_kind="user",
                subject_id=user_id,
                detail={"role": role},
            )
    finally:
        database.close()
