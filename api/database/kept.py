"""One record of any kind: added, read, changed by whoever read its latest version, and read as of a day.

Reached through ``Records.kept``, which has checked the scope. Many records at once come in through
``Records.keep``; both write the history in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from api import clock
from api.database import history
from api.database.kinds import KINDS, Kind
from api.database.stored import digest, stored_values, typed_values
from reference_data.problems import Conflict, NotFound

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from api.database.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A record with the version it has; whoever changes it must name that version."""

    kind: str
    record_id: str
    version: int
    values: dict[str, Any]
    changed_at: datetime

    @property
    def etag(self) -> str:
        """Return the version as an HTTP entity tag."""
        return f'"{self.version}"'


def row_of(form: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a record: its id, what is kept apart, the record and its digest."""
    stored = stored_values(values)
    return {
        form.key: values[form.key],
        **{column: values.get(name) for column, name in form.columns.items()},
        "record": stored,
        "record_digest": digest(stored),
    }


def state_of(form: Kind, row: Mapping[str, Any], actor: str) -> dict[str, Any]:
    """Return what history keeps of a row of a kind."""
    return {
        "authority": row["authority"],
        "kind": form.name,
        "record_id": row[form.key],
        "version": row["version"],
        "at": row["changed_at"],
        "actor": actor,
        "record": row["record"],
        "record_digest": row["record_digest"],
    }


class KeptRecords:
    """The records of one kind that a scope may see and of one council that it may change."""

    def __init__(self, records: Records, kind: str, authority: str) -> None:
        self.records = records
        self.connection = records.connection
        self.form = KINDS[kind]
        self.authority = authority

    def all(self, **equal: Any) -> tuple[Kept, ...]:
        """Return every record in view whose columns equal what is given, in the order of their ids."""
        table = self.form.table
        where = [table.c[column] == value for column, value in equal.items()]
        rows = self.connection.execute(
            select(table)
            .where(and_(table.c.authority == self.authority, *where))
            .order_by(table.c[self.form.key])
        )
        found = (self._kept(row._mapping) for row in rows)
        return tuple(self._told(one) for one in found if self._shows(one.values))

    def one(self, record_id: str, *, to_change: bool = False) -> Kept:
        """Return one record; to change it, its row is kept from others until the transaction ends.

        To be changed it comes out as it is kept, so that nothing the reader is not told is lost by writing it back.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        query = select(self.form.table).where(self._is(record_id))
        row = self.connection.execute(query.with_for_update() if to_change else query).first()
        found = None if row is None else self._kept(row._mapping)
        if found is None or not self._shows(found.values):
            raise self._not_found()
        return found if to_change else self._told(found)

    def add(self, values: Mapping[str, Any], **columns: Any) -> Kept:
        """Add a record.

        Raises
        ------
        Conflict
            If there is one of that id already.
        """
        now = clock.now()
        row = {
            "authority": self.authority,
            **row_of(self.form, {**values, "authority": values.get("authority", self.authority)}),
            **columns,
            "version": 1,
            "import_id": None,
            "changed_at": now,
        }
        if self._exists(row[self.form.key]):
            raise _there_already()
        try:
            with self.connection.begin_nested():
                self.connection.execute(insert(self.form.table).values(**row))
        except IntegrityError:
            # Only a second record of the same id makes this one a conflict; the rest is told as what it is.
            if self._exists(row[self.form.key]):
                raise _there_already() from None
            raise
        return self._written(row)

    def change(self, record_id: str, values: Mapping[str, Any], *, version: int, **columns: Any) -> Kept:
        """Put a record in the place of the version that was read.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        Conflict
            If somebody changed it meanwhile; nothing of theirs is lost.
        """
        before = self.one(record_id, to_change=True)
        if before.version != version:
            raise stale_edit()
        row = {
            **row_of(self.form, {**values, "authority": values.get("authority", self.authority)}),
            **columns,
            "version": version + 1,
            "changed_at": clock.now(),
        }
        changed = self.connection.execute(
            update(self.form.table)
            .where(and_(self._is(record_id), self.form.table.c.version == version))
            .values(**row)
        )
        if not changed.rowcount:
            raise stale_edit()
        return self._written({"authority": self.authority, **row})

    def states(self, record_id: str) -> tuple[history.State, ...]:
        """Return who changed what of one record, from what, when.

        Raises
        ------
        NotFound
            If there was never one of that id in view.
        """
        found = history.states(
            self.connection, frozenset({self.authority}), self.form.name, record_id, told=self._told_values
        )
        # A record that once was a restricted child's is as hidden as one that still is.
        if not found or not all(self._shows(state.kept) for state in found):
            raise self._not_found()
        return found

    def first_written(self, found: Iterable[Kept]) -> dict[str, datetime]:
        """Return by id the instant at which each of these records, which were read here, was first written."""
        ids = [one.record_id for one in found]
        return history.first_written(self.connection, frozenset({self.authority}), self.form.name, ids)

    def as_of(self, at: datetime) -> dict[str, dict[str, Any]]:
        """Return the records of the kind as they stood at an instant, by id, with typed values."""
        found = history.records_as_of(self.connection, frozenset({self.authority}), self.form.name, at)
        return {
            key: self._told_values(typed_values(self.form.record, record))
            for (_, key), record in found.items()
            if self._shows(record)
        }

    def _written(self, row: Mapping[str, Any]) -> Kept:
        history.write(self.connection, [state_of(self.form, row, self.records.scope.actor)])
        self.records.note(
            f"{self.form.record}_{'added' if row['version'] == 1 else 'changed'}",
            authority=self.authority,
            subject_kind=self.form.name,
            subject_id=row[self.form.key],
            # The digest ties the entry to the state that history keeps.
            detail={"version": row["version"], "digest": row["record_digest"]},
        )
        return self._kept(row)

    def _shows(self, values: Mapping[str, Any]) -> bool:
        return self.records.seen.shows(self.form.record, values)

    def _told_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return self.records.seen.told(self.form.record, dict(values))

    def _told(self, found: Kept) -> Kept:
        return replace(found, values=self._told_values(found.values))

    def _not_found(self) -> NotFound:
        return NotFound(
            f"no_such_{self.form.record}", f"There is no {self.form.record.replace('_', ' ')} of that id."
        )

    def _is(self, record_id: str) -> ColumnElement[bool]:
        table = self.form.table
        return and_(table.c.authority == self.authority, table.c[self.form.key] == record_id)

    def _exists(self, record_id: str) -> bool:
        found = select(self.form.table.c.version).where(self._is(record_id))
        return self.connection.execute(found).first() is not None

    def _kept(self, row: Mapping[Any, Any]) -> Kept:
        return Kept(
            kind=self.form.name,
            record_id=row[self.form.key],
            version=row["version"],
            values=typed_values(self.form.record, row["record"]),
            changed_at=row["changed_at"],
        )


def stale_edit() -> Conflict:
    """Return the conflict that a change of an outdated version meets."""
    return Conflict(
        "stale_edit",
        "Somebody changed this after you opened it. Nothing of theirs is lost and nothing of yours is saved: "
        "open it again and repeat your change.",
    )


def _there_already() -> Conflict:
    return Conflict("there_already", "There is a record of that id already. Change that one.")
