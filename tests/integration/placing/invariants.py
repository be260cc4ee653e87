"""What must hold of promised beds and placements, whatever was killed: a plain checker that reads every row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import combinations
from typing import Any

from sqlalchemy import select

from api.database import migrate, placing_tables, tables
from api.database.engine import open_database
from api.database.kinds import KINDS


def broken(url: str) -> list[str]:
    """Return every invariant that does not hold, in words; an empty list when all do."""
    found = [] if migrate.check(url).whole else ["the check of the database finds something"]
    database = open_database(url)
    with database.reading() as connection:

        def rows(table: Any) -> list[Any]:
            return list(connection.execute(select(table)).all())

        claims, duties = rows(placing_tables.bed_claims), rows(placing_tables.placing_duties)
        placements, decisions = rows(placing_tables.placements), rows(placing_tables.decisions)
        stays = {row.stay_id: row for row in rows(tables.stays)}
        found += _promised_twice(claims)
        found += _started_too_early(claims, duties)
        taken = {row.claim_id: row for row in claims if row.kind == "placement"}
        if set(taken) != {row.placement_id for row in placements}:
            found.append("a bed is taken without a placement, or a placement has no bed")
        decided = {row.decision_id for row in decisions}
        for row in placements:
            if row.decision_id not in decided:
                found.append("a placement has no decision")
            if row.placement_id not in stays or stays[row.placement_id].ended_on != row.ended_on:
                found.append("a placement and its stay differ")
            if row.placement_id in taken and taken[row.placement_id].until_on != row.ended_on:
                found.append("a placement has ended and its bed has not, or the other way round")
        if len(decided) != len(placements):
            found.append("a decision has no placement")
        living = [row.child_id for row in placements if row.is_main and row.ended_on is None]
        if len(living) != len(set(living)):
            found.append("a child lives in two places")
        found += _history(connection)
    database.close()
    return found


def _promised_twice(claims: Iterable[Any]) -> list[str]:
    by_bed: dict[int, list[Any]] = {}
    for row in claims:
        if row.released_at is None:
            by_bed.setdefault(row.bed_number, []).append(row)
    return [
        "a bed is promised twice"
        for rows in by_bed.values()
        for one, other in combinations(rows, 2)
        if max(one.from_on, other.from_on) < min(one.until_on or date.max, other.until_on or date.max)
    ]


def _started_too_early(claims: Iterable[Any], duties: Iterable[Any]) -> list[str]:
    started = {row.claim_id for row in claims if row.kind == "placement"}
    return [
        "a placement started without something it needs"
        for row in duties
        if row.claim_id in started and row.before_start and row.status not in {"done", "skipped"}
    ]


def _history(connection: Any) -> list[str]:
    found = []
    history = placing_tables.record_history
    newest: dict[tuple[str, str, str], Any] = {}
    for row in connection.execute(select(history).order_by(history.c.version)):
        key = (row.kind, row.authority, row.record_id)
        if row.version != (newest[key].version if key in newest else 0) + 1:
            found.append("a state is missing in history")
        newest[key] = row
    for kind, form in KINDS.items():
        for row in connection.execute(select(form.table)):
            state = newest.pop((kind, row.authority, row._mapping[form.key]), None)
            if state is None or (state.version, state.record_digest) != (row.version, row.record_digest):
                found.append(f"the newest state of one of the {kind} is not the record")
    for name, table, key in (
        ("bed_claims", placing_tables.bed_claims, "claim_id"),
        ("placing_duties", placing_tables.placing_duties, "duty_id"),
    ):
        for row in connection.execute(select(table)):
            state = newest.pop((name, row.authority, row._mapping[key]), None)
            if state is None or state.version != row.version:
                found.append(f"the newest state of one of the {name} is not the row")
    if newest:
        found.append("history speaks of what is not there")
    return found
