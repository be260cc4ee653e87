"""The history of records: every state each has had, under whom and since when. One mechanism for all kinds.

A state is written in the transaction of the change itself, by the door through which the change goes.
What is asked here is always asked within a scope, like everything about records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from api.database.placing_tables import record_history
from api.database.stored import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that changed: its name, and what it said before and after (``None`` when it said nothing)."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state of a record, from when it was written until the next.

    Parameters
    ----------
    version
        From 1.
    record
        The record whole, as the reader is told it.
    kept
        The record as it is stored.
    changes
        What differs from the state before; of the first state, everything.
    """

    authority: str
    kind: str
    record_id: str
    version: int
    at: datetime
    actor: str
    record: Mapping[str, Any]
    record_digest: str
    changes: tuple[Change, ...]
    kept: Mapping[str, Any] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of who changed what, from what, when."""
        return {
            "version": self.version,
            "at": self.at.isoformat(),
            "by": self.actor,
            "changes": [
                {"field": one.field, "before": one.before, "after": one.after} for one in self.changes
            ],
        }


def write(connection: Connection, states: Iterable[Mapping[str, Any]]) -> None:
    """Write states of records: authority, kind, record_id, version, at, actor, record, record_digest."""
    rows = [dict(state) for state in states]
    if rows:
        connection.execute(insert(record_history), rows)


def write_row(
    connection: Connection,
    *,
    kind: str,
    record_id: str,
    version: int,
    row: Mapping[str, Any],
    actor: str,
    at: datetime,
) -> None:
    """Write the state of a row that is not kept as JSON: a promised bed, something to be signed."""
    record = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    write(
        connection,
        [
            {
                "authority": row["authority"],
                "kind": kind,
                "record_id": record_id,
                "version": version,
                "at": at,
                "actor": actor,
                "record": record,
                "record_digest": digest(record),
            }
        ],
    )


def states(
    connection: Connection,
    authorities: frozenset[str],
    kind: str,
    record_id: str,
    *,
    told: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
) -> tuple[State, ...]:
    """Return every state of one record, the first first; ``told`` makes of a record what the reader is told of it."""
    rows = connection.execute(
        select(record_history)
        .where(
            and_(
                record_history.c.authority.in_(authorities),
                record_history.c.kind == kind,
                record_history.c.record_id == record_id,
            )
        )
        .order_by(record_history.c.authority, record_history.c.version)
    )
    found: list[State] = []
    before: Mapping[str, Any] = {}
    for row in rows:
        if row.version == 1:
            before = {}
        record = told(row.record)
        values = {**row._mapping, "record": record}
        found.append(State(**values, kept=row.record, changes=_changes(before, record)))
        before = record
    return tuple(found)


def first_written(
    connection: Connection, authorities: frozenset[str], kind: str, record_ids: Iterable[str]
) -> dict[str, datetime]:
    """Return by id the instant at which each record of a kind was first written."""
    rows = connection.execute(
        select(record_history.c.record_id, record_history.c.at).where(
            and_(
                record_history.c.authority.in_(authorities),
                record_history.c.kind == kind,
                record_history.c.record_id.in_(list(record_ids)),
                record_history.c.version == 1,
            )
        )
    )
    return {row.record_id: row.at for row in rows}


def records_as_of(
    connection: Connection, authorities: frozenset[str], kind: str, at: datetime
) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the records of a kind as they stood at an instant, by authority and id, as they were stored."""
    then = and_(
        record_history.c.authority.in_(authorities),
        record_history.c.kind == kind,
        record_history.c.at <= at,
    )
    newest = (
        select(
            record_history.c.authority,
            record_history.c.record_id,
            func.max(record_history.c.version).label("version"),
        )
        .where(then)
        .group_by(record_history.c.authority, record_history.c.record_id)
        .subquery()
    )
    rows = connection.execute(
        select(record_history.c.authority, record_history.c.record_id, record_history.c.record)
        .join(
            newest,
            and_(
                record_history.c.authority == newest.c.authority,
                record_history.c.record_id == newest.c.record_id,
                record_history.c.version == newest.c.version,
            ),
        )
        .where(record_history.c.kind == kind)
        .order_by(record_history.c.record_id, record_history.c.authority)
    )
    return {(row.authority, row.record_id): row.record for row in rows}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    was, now = _flat(before), _flat(after)
    return tuple(
        Change(field=name, before=was.get(name), after=now.get(name))
        for name in sorted({*was, *now})
        if was.get(name) != now.get(name)
    )


def _flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found
