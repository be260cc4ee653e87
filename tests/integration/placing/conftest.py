"""A council with homes, children who wait and people who decide, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from api.auth.passwords import know_authority
from api.database import migrate
from api.database.engine import Database, open_database
from api.database.records import Records, Scope
from reference_data.tables import records_from_values

AUTHORITY = "879"
DAY = date(2026, 6, 15)


def child(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a referral of a child of 12 who waits for a home, planned for ``DAY``."""
    return {
        "referral_id": f"DEMO-R{number}",
        "child_id": f"DEMO-C{number}",
        "authority": AUTHORITY,
        "date_of_birth": "2013-09-03",
        "sex": "F",
        "legal_status": "V2",
        "home_postcode": "PL4 8AA",
        "needed_by": DAY.isoformat(),
        "urgency": "planned",
        **changes,
    }


def house(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return our own foster carers in Plymouth with one place free."""
    return {
        "home_id": f"DEMO-H{number}",
        "name": f"Sample Carers {number}",
        "type": "in_house_foster_carer",
        "contract": "in_house",
        "postcode": "PL4 6AB",
        "authority": AUTHORITY,
        "places": 3,
        "vacancies": 1,
        "vacancies_confirmed_on": "2026-06-14",
        "residents": [],
        "min_age": 5,
        "max_age": 17,
        "sexes": "any",
        "registered": True,
        "status": "open",
        "accepts_emergency": True,
        **changes,
    }


@dataclass
class Council:
    """One council's records and the door to them."""

    url: str
    database: Database

    @contextmanager
    def records(self, actor: str = "officer", authority: str = AUTHORITY) -> Iterator[Records]:
        """Give its records in one transaction, committed if the block ends well."""
        with self.database.writing() as connection:
            yield Records(connection, Scope(authorities=frozenset({authority}), actor=actor))

    @contextmanager
    def reading(self, authority: str = AUTHORITY) -> Iterator[Records]:
        """Give its records to read only."""
        with self.database.reading() as connection:
            yield Records(connection, Scope(authorities=frozenset({authority}), actor="reader"))

    def has(self, kind: str, *records: dict[str, Any], authority: str = AUTHORITY) -> None:
        """Keep records as an import keeps them."""
        record = {"homes": "home", "referrals": "referral", "stays": "stay"}[kind]
        values = [row.values for row in records_from_values("test", records, record).rows]
        with self.records("importer", authority) as found:
            found.keep(kind, authority, values, import_id=None)


def open_council(url: str) -> Council:
    """Return a council on a database that has its tables."""
    database = open_database(url)
    with database.writing() as connection:
        for authority in (AUTHORITY, "878"):
            know_authority(connection, authority)
    return Council(url, database)


@pytest.fixture
def council(database_url: str) -> Iterator[Council]:
    migrate.upgrade(database_url)
    found = open_council(database_url)
    yield found
    found.database.close()
