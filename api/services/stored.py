"""Stored records for the command line, which names an authority instead of signing in.

Whoever can run a command with the database's address can already read the file, so the command
line asks for no password; it is still bound to the one authority it names.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.services.importing import require_known_authority
from api.services.policy import policy_of
from api.settings import settings_from_environment

if TYPE_CHECKING:
    from matching.home import Home
    from matching.policy import Policy
    from matching.referral import Referral
    from sufficiency.emergency_stay import Stay
    from sufficiency.returns import Returns

COMMAND_LINE = "command line"


@contextmanager
def stored_records(url: str, authority: str) -> Iterator[Records]:
    """Give the records of one authority, to read only.

    Raises
    ------
    NotFound
        If there is no database at the address, or no authority of that code.
    Conflict
        If its tables are not the newest.
    """
    require_known_authority(authority)
    database = open_existing(url)
    try:
        require_latest(database)
        with database.reading() as connection:
            yield Records(connection, Scope(authorities=frozenset({authority}), actor=COMMAND_LINE))
    finally:
        database.close()


def stored_referrals_and_homes(authority: str) -> tuple[tuple[Referral, ...], tuple[Home, ...]]:
    """Return one authority's referrals and homes from the configured database."""
    with stored_records(_configured_url(), authority) as records:
        return records.referrals(), records.homes()


def stored_stays(authority: str) -> tuple[Stay, ...]:
    """Return one authority's stays from the configured database."""
    with stored_records(_configured_url(), authority) as records:
        return records.stays()


def stored_returns(authority: str) -> tuple[Returns, tuple[Home, ...]]:
    """Return one authority's returns and homes from the configured database."""
    with stored_records(_configured_url(), authority) as records:
        return records.returns(), records.homes()


@contextmanager
def stored_of(authority: str) -> Iterator[tuple[Records, Policy]]:
    """Give one authority's records from the configured database, and the policy the installation answers by."""
    settings = settings_from_environment(os.environ)
    with stored_records(settings.database_url, authority) as records:
        yield records, policy_of(settings)


def _configured_url() -> str:
    return settings_from_environment(os.environ).database_url
