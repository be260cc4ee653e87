"""What partner councils show each other: homes that a council chose to share, with vacancies and concerns.

Only the fields listed here leave a council, and never one of a child: no residents, no held beds, no named
approvals, no postcode. Reached through ``Records``, which has checked the scope.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from api import clock
from api.database.standing import homes_today
from api.database.tables import homes, shared_homes
from reference_data.authorities import partners
from reference_data.problems import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedHome:
    """A home as a partner council is told of it. ``kept_by`` is the council that shares it."""

    kept_by: str
    home_id: str
    name: str | None
    provider: str | None
    urn: str | None
    type: str
    area_authority: str | None
    status: str | None
    places: int | None
    vacancies: int | None
    vacancies_confirmed_on: date | None
    min_age: int | None
    max_age: int | None
    sexes: str | None
    judgement: str | None
    partner_concern: str | None
    partner_concern_evidence: str | None
    partner_concern_reply: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of one shared home."""
        values = asdict(self)
        confirmed = values["vacancies_confirmed_on"]
        return values | {"vacancies_confirmed_on": confirmed.isoformat() if confirmed else None}


FOSTER_CARERS = frozenset({"connected_foster_carer", "in_house_foster_carer", "agency_foster_carer"})
NAMES = ("name", "provider", "urn")


def homes_of_partners(connection: Connection, authorities: frozenset[str]) -> tuple[SharedHome, ...]:
    """Return the homes that the partners of some councils share with them, as they stand today."""
    of_partners = {partner.code for own in authorities for partner in partners(own)} - authorities
    found = homes_today(connection, frozenset(of_partners), for_partners=True)
    return tuple(_shared(values["kept_by"], values) for values in sorted(found, key=_by_council))


def _by_council(values: dict[str, Any]) -> tuple[str, str]:
    return values["kept_by"], values["home_id"]


def shared_ids(connection: Connection, authority: str) -> frozenset[str]:
    """Return the ids of the homes that one council shares."""
    of_council = select(shared_homes.c.home_id).where(shared_homes.c.authority == authority)
    return frozenset(connection.execute(of_council).scalars())


def share(connection: Connection, authority: str, home_id: str, actor: str) -> bool:
    """Share a home; return whether it was not shared before.

    Raises
    ------
    NotFound
        If the council keeps no such home.
    """
    kept = and_(homes.c.authority == authority, homes.c.home_id == home_id)
    if connection.execute(select(homes.c.home_id).where(kept)).first() is None:
        raise NotFound("no_such_home", "There is no home of that id.")
    new = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(shared_homes)
    added = connection.execute(
        new.values(
            authority=authority, home_id=home_id, shared_by=actor, shared_at=clock.now()
        ).on_conflict_do_nothing()
    )
    return bool(added.rowcount)


def unshare(connection: Connection, authority: str, home_id: str) -> None:
    """Share a home no longer.

    Raises
    ------
    NotFound
        If it is not shared.
    """
    of_home = and_(shared_homes.c.authority == authority, shared_homes.c.home_id == home_id)
    if not connection.execute(delete(shared_homes).where(of_home)).rowcount:
        raise NotFound("no_such_home", "There is no home of that id.")


def _shared(kept_by: str, values: dict[str, Any]) -> SharedHome:
    told: dict[str, Any] = {
        name: values.get(name) for name in SharedHome.__slots__ if name not in {"kept_by", "area_authority"}
    }
    if values.get("type") in FOSTER_CARERS:
        # A foster carer's household is a family: partners are told that it is there, and not who it is.
        told |= dict.fromkeys(NAMES)
    return SharedHome(kept_by=kept_by, area_authority=values.get("authority"), **told)
