"""Fill an empty database with the invented sample: its files, and one person for every role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from secrets import choice

from api.auth.passwords import add_user
from api.auth.roles import Role
from api.database import migrate
from api.database.engine import open_database
from api.services.importing import KINDS, ImportResult, import_file
from reference_data.problems import Conflict
from reference_data.sample import SAMPLE_DATE, SAMPLE_RETURNS, sample_path

SAMPLE_AUTHORITY = "879"
ACTOR = "demonstration"
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what reads alike on a screen: i and l and 1, o and 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleUser:
    """Somebody who may sign in to the demonstration."""

    username: str
    role: Role
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSample:
    """What the demonstration holds, and how to sign in.

    Parameters
    ----------
    password
        Drawn anew at every start, and the same for every role; printed and kept nowhere.
    """

    as_of: date
    users: tuple[SampleUser, ...]
    password: str
    imports: tuple[ImportResult, ...]


def load_sample(database_url: str) -> LoadedSample:
    """Create the tables in an empty database and fill them with the sample.

    Raises
    ------
    Conflict
        If the database already holds something: a demonstration never mixes with real records.
    """
    password = "-".join("".join(choice(_LETTERS) for _ in range(4)) for _ in range(3))
    database = open_database(database_url)
    try:
        if not migrate.is_empty(database):
            raise Conflict(
                "database_not_empty", "The demonstration needs an empty database; this one holds something."
            )
        migrate.upgrade_database(database)
        with database.writing() as connection:
            users = tuple(
                SampleUser(username=role.value.replace("_", "-"), role=role, authority=SAMPLE_AUTHORITY)
                for role in Role
            )
            for user in users:
                add_user(
                    connection,
                    username=user.username,
                    name=f"Demo {user.role.words}",
                    role=user.role,
                    authority=user.authority,
                    password=password,
                )
    finally:
        database.close()
    return LoadedSample(
        as_of=SAMPLE_DATE, users=users, password=password, imports=tuple(_import_all(database_url))
    )


def _import_all(database_url: str) -> Iterator[ImportResult]:
    for kind in KINDS:
        path = SAMPLE_RETURNS if kind == "returns" else sample_path(kind)
        yield import_file(database_url, kind, path, SAMPLE_AUTHORITY, ACTOR)
