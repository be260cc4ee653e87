"""A database full of invented records in which no table is empty: the sample, or the whole partnership's council."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    Table,
    TypeDecorator,
    insert,
    select,
)

from api import clock
from api.auth.roles import Role
from api.database import placing_tables
from api.database.engine import open_database
from api.database.records import Records, Scope
from api.database.tables import metadata
from api.services import deciding, holding, signing
from api.services.desk import Desk
from api.services.ranked_options import ranked_options
from api.services.sample import SAMPLE_AUTHORITY, load_partnership, load_sample
from api.settings import Settings
from tests.counts import FULL

FILLED_BY_PLACING = {
    *(placing_tables.beds, placing_tables.bed_claims, placing_tables.placing_duties),
    *(placing_tables.decisions, placing_tables.placements),
}
"""Tables that guards of the database watch: their rows come from doing the work."""
CHECKED = {
    "plans": {"status": "failed"},
    "jobs": {"kind": "forecast", "status": "failed"},
    "analyses": {"kind": "beds", "status": "failed"},
    "provider_messages": {"kind": "question"},
    "alert_notes": {"kind": "acknowledged"},
}
"""What a column of a table must say, where the database allows some words only."""


def fill_every_table(url: str) -> None:
    """Load invented records, place one child, hold a bed for another, and give every table that is empty yet a row."""
    sample = load_partnership(url) if FULL else load_sample(url)
    settings = Settings(database_url=url, as_of=sample.as_of, secret="a secret that no installation has")
    database = open_database(url)
    with database.writing() as connection:
        _place(connection, settings)
    with database.writing() as connection:
        for table in metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is None:
                connection.execute(insert(table).values(_some_row(connection, table)))
    with database.reading() as connection:
        empty = [
            table.name
            for table in metadata.sorted_tables
            if connection.execute(select(table).limit(1)).first() is None
        ]
    database.close()
    assert empty == []


def _place(connection: Connection, settings: Settings) -> None:
    """Place one child and hold a bed for another, by the services."""
    records = Records(connection, Scope(authorities=frozenset({SAMPLE_AUTHORITY}), actor="director"))
    desk = Desk(
        records=records,
        authority=SAMPLE_AUTHORITY,
        username="director",
        role=Role.DIRECTOR,
        settings=settings,
    )
    held: list[Any] = []
    for referral in records.referrals():
        ranking = ranked_options(records, referral.referral_id, settings.as_of)
        used = {one.claim.home_id for one in held}
        ours = [one.home_id for one in ranking.options if records.home(one.home_id).contract == "in_house"]
        free = [home_id for home_id in ours if home_id not in used]
        if free:
            held.append(holding.hold(desk, referral.referral_id, free[0]))
        if len(held) == 2:
            break
    first, second = held
    for duty in first.duties:
        if duty.kind == "checklist":
            signing.tick(desk, duty.duty_id)
    duties = records.duties_of(SAMPLE_AUTHORITY)
    for duty in duties.of_claim(first.claim.claim_id):
        if duty.holds_up:
            duties.answer(duty, status="done", note="Seen.")
    said = {"reasons": "Free.", "wishes_considered": "Asked and told.", "why_not_first": "It is free."}
    deciding.decide(desk, first.claim.claim_id, **said)
    assert second.claim.kind == "hold"


def _some_row(connection: Connection, table: Table) -> Mapping[str, Any]:
    """Return a row that the table takes: what it refers to is there, and the rest is of the right type."""
    assert table not in FILLED_BY_PLACING, table.name
    row: dict[str, Any] = dict(CHECKED.get(table.name, {}))
    for key in table.foreign_key_constraints:
        parent = connection.execute(select(*(one.column for one in key.elements)).limit(1)).one()
        row |= dict(zip((column.name for column in key.columns), parent, strict=True))
    for column in table.c:
        if column.name not in row and not column.nullable and column is not table.autoincrement_column:
            row[column.name] = SAMPLE_AUTHORITY if column.name == "authority" else _some_value(column)
    return row


def _some_value(column: Any) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if isinstance(kind, DateTime):
        return clock.now().replace(microsecond=0) + timedelta(days=1)
    if isinstance(kind, Date):
        return date(2026, 6, 15)
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return 1
    if isinstance(kind, JSON):
        return {}
    return "sample"[: getattr(kind, "length", None)]
