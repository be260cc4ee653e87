"""What the database knows of today: homes with promises, placements and concerns laid over them, searches that ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, or_, select, true

from api import clock
from api.database import tables
from api.database.occupancy import (
    BedRow,
    Claim,
    Mover,
    statement,
    with_concerns,
    with_promises,
    with_residents,
)
from api.database.placing_tables import bed_claims, beds, concerns, placements
from api.database.stored import digest, stored_values, typed_values
from reference_data.authorities import partners


def placed_referrals(connection: Connection, authorities: frozenset[str]) -> set[tuple[str, str]]:
    """Return the referrals whose search ended with a placement: authority and id."""
    rows = connection.execute(
        select(placements.c.authority, placements.c.referral_id).where(
            placements.c.authority.in_(authorities)
        )
    )
    return {(row.authority, row.referral_id) for row in rows}


def shared_concerns(
    connection: Connection, authorities: frozenset[str], *, only_shared: bool = False
) -> list[dict[str, Any]]:
    """Return the concerns of these councils, or only those they share, and those that their partners share.

    They name no child.
    """
    partner_codes = {one.code for code in authorities for one in partners(code)} - authorities
    rows = connection.execute(
        select(concerns.c.authority, concerns.c.record)
        .where(
            or_(
                and_(concerns.c.authority.in_(authorities), concerns.c.shared if only_shared else true()),
                and_(concerns.c.authority.in_(partner_codes), concerns.c.shared),
            )
        )
        .order_by(concerns.c.authority, concerns.c.concern_id)
    )
    return [{**typed_values("concern", row.record), "authority": row.authority} for row in rows]


def standing_version(connection: Connection, authorities: frozenset[str]) -> list[str]:
    """Return what changes whenever the homes of some councils stand otherwise today, or a search has ended."""
    found = [str(clock.today())]
    for claims in _claims(connection, authorities).values():
        found += [f"{claim.claim_id}.{claim.version}" for claim in claims]
    rows = connection.execute(
        select(placements.c.authority, placements.c.placement_id, placements.c.version).where(
            placements.c.authority.in_(authorities)
        )
    )
    found += [f"{row.authority}.{row.placement_id}.{row.version}" for row in rows]
    found += [digest(stored_values(one)) for one in shared_concerns(connection, authorities)]
    return sorted(found)


def homes_today(
    connection: Connection,
    authorities: frozenset[str],
    *,
    home_id: str | None = None,
    for_partners: bool = False,
) -> list[dict[str, Any]]:
    """Return the typed values of the homes of some councils as they stand today, in the order of their ids.

    ``for_partners``: only homes and concerns that are shared, with nothing read of a child; each home has
    ``kept_by`` beside its values, the council that keeps it.
    """
    query = select(
        tables.homes.c.authority, tables.homes.c.home_id, tables.homes.c.record, tables.homes.c.beds_stated
    ).where(tables.homes.c.authority.in_(authorities))
    if home_id is not None:
        query = query.where(tables.homes.c.home_id == home_id)
    if for_partners:
        query = query.where(_is_shared(tables.homes))
    rows = connection.execute(query.order_by(tables.homes.c.home_id, tables.homes.c.authority)).all()
    today = clock.today()
    claims = _claims(connection, authorities, only_shared=for_partners)
    set_out = _beds(connection, authorities, only_shared=for_partners)
    movers = [] if for_partners else _movers(connection, authorities)
    troubles = shared_concerns(connection, authorities, only_shared=for_partners)
    found = []
    for row in rows:
        home = typed_values("home", row.record)
        of_home = claims.get((row.authority, row.home_id))
        if of_home:
            home = with_promises(
                home,
                set_out.get((row.authority, row.home_id), ()),
                of_home,
                set_out=row.beds_stated == digest(statement(home)),
                today=today,
            )
        if movers:
            home = with_residents(home, movers, today=today)
        if troubles:
            home = with_concerns(home, troubles, today=today)
        found.append({**home, "kept_by": row.authority} if for_partners else home)
    return found


def _is_shared(table: Table) -> ColumnElement[bool]:
    shared = tables.shared_homes
    return exists().where(and_(shared.c.authority == table.c.authority, shared.c.home_id == table.c.home_id))


def _claims(
    connection: Connection, authorities: frozenset[str], *, only_shared: bool = False
) -> Mapping[tuple[str, str], list[Claim]]:
    query = select(bed_claims).where(
        and_(bed_claims.c.authority.in_(authorities), bed_claims.c.released_at.is_(None))
    )
    if only_shared:
        query = query.where(_is_shared(bed_claims))
    rows = connection.execute(query.order_by(bed_claims.c.made_at, bed_claims.c.claim_id))
    now = clock.now()
    found: dict[tuple[str, str], list[Claim]] = {}
    for row in rows:
        claim = Claim(**row._mapping)
        if claim.stands(now):
            found.setdefault((claim.authority, claim.home_id), []).append(claim)
    return found


def _beds(
    connection: Connection, authorities: frozenset[str], *, only_shared: bool = False
) -> Mapping[tuple[str, str], list[BedRow]]:
    query = select(beds.c.authority, *(beds.c[name] for name in BedRow.__slots__)).where(
        beds.c.authority.in_(authorities)
    )
    if only_shared:
        query = query.where(_is_shared(beds))
    rows = connection.execute(query.order_by(beds.c.bed_number))
    found: dict[tuple[str, str], list[BedRow]] = {}
    for row in rows:
        values = dict(row._mapping)
        found.setdefault((values.pop("authority"), row.home_id), []).append(BedRow(**values))
    return found


def _movers(connection: Connection, authorities: frozenset[str]) -> list[Mover]:
    rows = connection.execute(
        select(placements, tables.referrals.c.record.label("referral"))
        .join(
            tables.referrals,
            and_(
                tables.referrals.c.authority == placements.c.authority,
                tables.referrals.c.referral_id == placements.c.referral_id,
            ),
            isouter=True,
        )
        .where(and_(placements.c.authority.in_(authorities), placements.c.is_main))
        .order_by(placements.c.starts_on, placements.c.placement_id)
    )
    return [
        Mover(
            child_id=row.child_id,
            home_id=row.home_id,
            starts_on=row.starts_on,
            ended_on=row.ended_on,
            authority=row.authority,
            **{name: referral.get(name) for name in ("date_of_birth", "sex", "sibling_group")},
        )
        for row in rows
        for referral in (typed_values("referral", row.referral or {}),)
    ]
