"""Fill an empty database with invented records, and one person for every role.

There are two sets: Plymouth's part of the generated partnership, which the demonstration shows, and the small
sample written by hand, whose cases are known one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from secrets import choice
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zipfile import ZipFile

from api.auth.passwords import add_user
from api.auth.roles import Role
from api.database import migrate
from api.database.engine import open_database
from api.services.importing import KINDS, ImportResult, import_file
from reference_data.problems import Conflict
from reference_data.sample import PARTNERSHIP_ARCHIVE, SAMPLE_DATE, SAMPLE_RETURNS, sample_path

if TYPE_CHECKING:
    from sqlalchemy import Connection

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


SAMPLE_RECIPIENTS = (
    ("brokerage", "in_app", "brokerage-officer"),
    ("team_manager", "in_app", "manager"),
    ("service_manager", "file", "service.manager@demo.invalid"),
    ("reviewing_officer", "in_app", "reviewing-officer"),
    ("housing", "file", "housing@demo.invalid"),
    ("director", "in_app", "director"),
    ("director", "file", "director@demo.invalid"),
)
"""Role, way and address: nobody real is reached by any of them."""


def _say_who_is_told(connection: Connection) -> None:
    from api.alert_policy import default_alert_policy
    from api.auth.passwords import know_authority
    from api.database.records import Records, Scope
    from api.services.recipients import add_recipient

    know_authority(connection, SAMPLE_AUTHORITY)
    records = Records(connection, Scope(authorities=frozenset({SAMPLE_AUTHORITY}), actor=ACTOR))
    for role, channel, address in SAMPLE_RECIPIENTS:
        add_recipient(
            records,
            SAMPLE_AUTHORITY,
            role=role,
            channel=channel,
            address=address,
            hours="any",
            policy=default_alert_policy(),
        )


def load_partnership(database_url: str) -> LoadedSample:
    """Create the tables in an empty database and fill them with Plymouth's part of the invented partnership.

    Raises
    ------
    Conflict
        If the database already holds something: a demonstration never mixes with real records.
    """
    with TemporaryDirectory(prefix="righthome-partnership-") as folder, ZipFile(PARTNERSHIP_ARCHIVE) as files:
        files.extractall(folder)
        loaded = _load(
            database_url,
            {kind: Path(folder) / ("returns" if kind == "returns" else f"{kind}.json") for kind in KINDS},
        )
    _say_since_when_stays_are_complete(database_url)
    return loaded


def _say_since_when_stays_are_complete(database_url: str) -> None:
    """Write what the generator covers: every stay that began lately, beside the few of May 2018."""
    from api.database.records import Records, Scope
    from api.services.council_parts import write_part
    from reference_data.synthetic.stays import RECENT_DAYS

    since = SAMPLE_DATE - timedelta(days=RECENT_DAYS)
    with closing(open_database(database_url)) as database, database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({SAMPLE_AUTHORITY}), actor=ACTOR))
        write_part(
            records,
            SAMPLE_AUTHORITY,
            "council",
            {"stays_complete_since": since.isoformat()},
            on=SAMPLE_DATE,
        )


def load_sample(database_url: str) -> LoadedSample:
    """Create the tables in an empty database and fill them with the sample written by hand.

    Raises
    ------
    Conflict
        If the database already holds something: a demonstration never mixes with real records.
    """
    return _load(
        database_url,
        {kind: SAMPLE_RETURNS if kind == "returns" else sample_path(kind) for kind in KINDS},
    )


def _load(database_url: str, files: Mapping[str, Path]) -> LoadedSample:
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
            _say_who_is_told(connection)
    finally:
        database.close()
    imports = tuple(
        import_file(database_url, kind, path, SAMPLE_AUTHORITY, ACTOR, as_of=SAMPLE_DATE)
        for kind, path in files.items()
    )
    return LoadedSample(as_of=SAMPLE_DATE, users=users, password=password, imports=imports)
