"""A council with homes, children who wait and people who decide, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert

from api import clock
from api.auth.passwords import know_authority
from api.auth.roles import Role
from api.database.engine import Database, open_database
from api.database.records import Records, Scope
from api.database.tables import users
from api.services.desk import Desk
from api.settings import Settings
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
def council(migrated_url: str) -> Iterator[Council]:
    found = open_council(migrated_url)
    yield found
    found.database.close()


PEOPLE = {
    "officer": "brokerage_officer",
    "colleague": "brokerage_officer",
    "commissioner": "commissioner",
    "manager": "manager",
    "director": "director",
    "iro": "reviewing_officer",
}


class Office:
    """A council whose people are signed in, on the fixed day of the tests."""

    def __init__(self, council: Council, **settings: Any) -> None:
        self.council = council
        self.settings = Settings(database_url=council.url, as_of=DAY, **settings)

    @contextmanager
    def desk(self, who: str = "officer") -> Iterator[Desk]:
        """Give the desk of one of the people, in one transaction."""
        with self.council.records(who) as records:
            yield self.desk_on(records, who)

    def desk_on(self, records: Records, who: str) -> Desk:
        """Return the desk of one of the people on records that are open."""
        return Desk(
            records=records,
            authority=AUTHORITY,
            username=who,
            role=Role(PEOPLE[who]),
            settings=self.settings,
        )

    def does(self, who: str, action: Any, *given: Any, **named: Any) -> Any:
        """Let somebody do one thing, kept if it goes well."""
        with self.desk(who) as desk:
            return action(desk, *given, **named)

    def ready(self, claim_id: str, *, signed_by: str = "director") -> None:
        """Have, sign and send everything that a start waits for."""
        from api.services import holding, signing

        for duty in self.does("officer", holding.holding, claim_id).duties:
            if duty.kind == "checklist":
                self.does("officer", signing.tick, duty.duty_id)
            elif duty.kind == "approval" and duty.before_start:
                self.does(signed_by, signing.sign, duty.duty_id, note="Seen.")


@pytest.fixture
def office(council: Council) -> Office:
    with council.database.writing() as connection:
        for username, role in PEOPLE.items():
            connection.execute(
                insert(users).values(
                    user_id=username,
                    username=username,
                    name=f"The {role}",
                    role=role,
                    authority=AUTHORITY,
                    password_hash="-",
                    active=True,
                    created_at=clock.now(),
                )
            )
    return Office(council)
