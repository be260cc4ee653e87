"""Everything kept about one child of one council, and the deletion of what is past its time.

Reached through ``Records``, which has checked the scope. A new table that holds a child has to be added to
``everything`` and, where retention ends it, to ``delete_*``: a test asks every table for the child's id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, or_, select

from api import clock
from api.database import placing_tables, tables
from api.database.kinds import KINDS
from reference_data.problems import Conflict, NotFound

# In this order they can be deleted: a placement before the decision that it came of.
OF_PLACING = (
    "placements",
    "decisions",
    "moves",
    "enquiries",
    "nominations",
    "notices",
    "stability_meetings",
    "needs_assessments",
)
"""The kinds of record about one child that come of placing it."""
WITHOUT_A_REFERRAL = (
    *("moves", "enquiries", "nominations", "notices", "stability_meetings", "needs_assessments"),
)
"""Those of them that may be kept about a child of whom there is no referral, as after importing them alone."""
OF_A_REFERRAL = tuple(kind for kind in OF_PLACING if "referral_id" in KINDS[kind].table.c)
_SEVERAL = 500
"""Ids asked for in one statement: databases limit how many values one may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One record that retention looks at: its id, its child, and the last day on which anything happened."""

    record_id: str
    child_id: str | None
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A child whose records no rule deletes."""

    child_id: str
    reason: str
    held_by: str
    held_at: datetime


class ChildRecords:
    """One council's records by child, on one connection and in its transaction."""

    def __init__(self, connection: Connection, authority: str, actor: str) -> None:
        self.connection = connection
        self.authority = authority
        self.actor = actor

    def everything(self, child_id: str) -> dict[str, Any]:
        """Return every row that is about a child, by table, as it is kept.

        Raises
        ------
        NotFound
            If nothing is kept about a child of that id.
        """
        found: dict[str, Any] = {
            name: self._rows(table, table.c.child_id == child_id)
            for name, table in (
                ("referrals", tables.referrals),
                ("stays", tables.stays),
                ("alerts", tables.alerts),
                ("restrictions", tables.restrictions),
                ("broken_glass", tables.broken_glass),
                ("retention_holds", tables.retention_holds),
                ("bed_claims", placing_tables.bed_claims),
                *((name, KINDS[name].table) for name in OF_PLACING),
            )
        }
        alert_ids = [row["alert_id"] for row in found["alerts"]]
        referral_ids = [row["referral_id"] for row in found["referrals"]]
        stay_ids = [row["stay_id"] for row in found["stays"]]
        found["alert_notes"] = self._rows_of(tables.alert_notes, "alert_id", alert_ids)
        found["messages_told"] = self._rows_of(tables.outbox, "alert_id", alert_ids)
        found["spell_ids"] = self._rows_of(tables.spell_ids, "stay_id", stay_ids)
        found["provider_links"] = self._rows_of(tables.provider_links, "referral_id", referral_ids)
        link_ids = [row["link_id"] for row in found["provider_links"]]
        found["provider_messages"] = self._messages(link_ids)
        claim_ids = [row["claim_id"] for row in found["bed_claims"]]
        found["placing_duties"] = self._rows_of(placing_tables.placing_duties, "claim_id", claim_ids)
        found["beds"] = self._rows(placing_tables.beds, placing_tables.beds.c.held_for == child_id)
        found["record_history"] = self._history(
            {
                **{
                    name: [row[KINDS[name].key] for row in found[name]]
                    for name in ("referrals", "stays", *OF_PLACING)
                },
                "bed_claims": claim_ids,
                "placing_duties": [row["duty_id"] for row in found["placing_duties"]],
            }
        )
        found["homes"] = self._homes_naming(child_id)
        found["history_of_homes"] = self._history_of_homes_naming(child_id)
        found["return_rows"] = self._return_rows(child_id)
        if not any(found.values()):
            raise NotFound("no_such_child", "Nothing is kept about a child of that id.")
        subjects = {row["record_id"] for row in found["record_history"]}
        found["audit"] = self._audit(
            sorted({child_id, *referral_ids, *stay_ids, *alert_ids, *claim_ids, *subjects})
        )
        return found

    def referrals_kept(self) -> tuple[Kept, ...]:
        """Return every referral with its last day: of need, of its last change, or of the placement it led to.

        A referral whose placement goes on has no last day, and is not among them.
        """
        referrals, placements = tables.referrals, placing_tables.placements
        ends: dict[str, date | None] = {}
        for row in self.connection.execute(
            select(placements.c.referral_id, placements.c.ended_on).where(
                placements.c.authority == self.authority
            )
        ):
            before = ends.get(row.referral_id, date.min)
            ends[row.referral_id] = None if None in (before, row.ended_on) else max(before, row.ended_on)
        rows = self.connection.execute(
            select(
                referrals.c.referral_id, referrals.c.child_id, referrals.c.needed_by, referrals.c.changed_at
            ).where(referrals.c.authority == self.authority)
        )
        return tuple(
            Kept(
                record_id=row.referral_id,
                child_id=row.child_id,
                last_day=max(row.needed_by or date.min, row.changed_at.date(), ended),
            )
            for row in rows
            for ended in (ends.get(row.referral_id, date.min),)
            if ended is not None
        )

    def ended_stays_kept(self) -> tuple[Kept, ...]:
        """Return every stay that has ended, with its last day."""
        table = tables.stays
        rows = self.connection.execute(
            select(table.c.stay_id, table.c.child_id, table.c.ended_on).where(
                table.c.authority == self.authority, table.c.ended_on.isnot(None)
            )
        )
        return tuple(
            Kept(record_id=row.stay_id, child_id=row.child_id, last_day=row.ended_on) for row in rows
        )

    def closed_links_kept(self) -> tuple[Kept, ...]:
        """Return every provider's link that can no longer be used, with the day it ended."""
        links, referrals = tables.provider_links, tables.referrals
        rows = self.connection.execute(
            select(links.c.link_id, links.c.ended_at, links.c.expires_at, referrals.c.child_id)
            .outerjoin(
                referrals,
                and_(
                    referrals.c.authority == links.c.authority,
                    referrals.c.referral_id == links.c.referral_id,
                ),
            )
            .where(
                links.c.authority == self.authority,
                or_(links.c.ended_at.isnot(None), links.c.expires_at < clock.now()),
            )
        )
        return tuple(
            Kept(
                record_id=row.link_id,
                child_id=row.child_id,
                last_day=min(filter(None, (row.ended_at, row.expires_at))).date(),
            )
            for row in rows
        )

    def loose_kept(self) -> tuple[Kept, ...]:
        """Return the records of placing of children without a referral, with the day of their last change.

        Their ids are of the form KIND/ID.
        """
        referrals = tables.referrals
        waiting = select(referrals.c.child_id).where(referrals.c.authority == self.authority)
        found: list[Kept] = []
        for kind in WITHOUT_A_REFERRAL:
            form = KINDS[kind]
            rows = self.connection.execute(
                select(form.table.c[form.key].label("key"), form.table.c.child_id, form.table.c.changed_at)
                .where(form.table.c.authority == self.authority)
                .where(form.table.c.child_id.not_in(waiting))
            )
            found += [
                Kept(record_id=f"{kind}/{row.key}", child_id=row.child_id, last_day=row.changed_at.date())
                for row in rows
            ]
        return tuple(found)

    def delete_loose(self, ids: Iterable[str]) -> int:
        """Delete records of placing by ids of the form KIND/ID, with their history."""
        by_kind: dict[str, list[str]] = {}
        for one in ids:
            kind, _, key = one.partition("/")
            by_kind.setdefault(kind, []).append(key)
        return sum(self._delete_kept(kind, KINDS[kind].key, keys) for kind, keys in by_kind.items())

    def delete_referrals(self, ids: Iterable[str]) -> int:
        """Delete referrals and all that was done for them: links, enquiries, holds, decisions, placements, history.

        What is kept about a child without naming a referral goes with the last of the child's referrals.
        """
        ids = list(ids)
        children = self._values(tables.referrals, "child_id", "referral_id", ids)
        self._delete(tables.provider_links, "referral_id", ids)
        self._delete_claims("referral_id", ids)
        for kind in OF_A_REFERRAL:
            self._delete_kept(kind, "referral_id", ids)
        deleted = self._delete_kept("referrals", "referral_id", ids)
        waiting = set(self._values(tables.referrals, "child_id", "child_id", children))
        gone = sorted(set(children) - waiting)
        self._delete_claims("child_id", gone)
        for kind in OF_PLACING:
            self._delete_kept(kind, "child_id", gone)
        return deleted

    def delete_stays(self, ids: Iterable[str]) -> int:
        """Delete stays and the ids their spells were told under."""
        ids = list(ids)
        self._delete(tables.spell_ids, "stay_id", ids)
        return self._delete_kept("stays", "stay_id", ids)

    def delete_links(self, ids: Iterable[str]) -> int:
        """Delete providers' links with all that was said over them."""
        return self._delete(tables.provider_links, "link_id", list(ids))

    def holds(self) -> tuple[Hold, ...]:
        """Return whose records no rule deletes."""
        table = tables.retention_holds
        rows = self.connection.execute(
            select(table).where(table.c.authority == self.authority).order_by(table.c.child_id)
        )
        return tuple(Hold(**{name: row._mapping[name] for name in Hold.__slots__}) for row in rows)

    def hold(self, child_id: str, reason: str) -> None:
        """Keep a child's records from deletion.

        Raises
        ------
        Conflict
            If they are held already.
        """
        if any(one.child_id == child_id for one in self.holds()):
            raise Conflict("already_held", "That child's records are held already.")
        self.connection.execute(
            insert(tables.retention_holds).values(
                authority=self.authority,
                child_id=child_id,
                reason=reason,
                held_by=self.actor,
                held_at=clock.now(),
            )
        )

    def release(self, child_id: str) -> None:
        """Hold a child's records no longer.

        Raises
        ------
        NotFound
            If they are not held.
        """
        if not self._delete(tables.retention_holds, "child_id", [child_id]):
            raise NotFound("no_such_hold", "That child's records are not held.")

    def _rows(self, table: Table, where: Any) -> list[dict[str, Any]]:
        rows = self.connection.execute(
            select(table)
            .where(and_(table.c.authority == self.authority, where))
            .order_by(*table.primary_key.columns)
        )
        return [dict(row._mapping) for row in rows]

    def _rows_of(self, table: Table, column: str, ids: list[str]) -> list[dict[str, Any]]:
        return self._rows(table, table.c[column].in_(ids)) if ids else []

    def _messages(self, link_ids: list[str]) -> list[dict[str, Any]]:
        messages, links = tables.provider_messages, tables.provider_links
        rows = self.connection.execute(
            select(messages)
            .join_from(messages, links, links.c.link_id == messages.c.link_id)
            .where(and_(links.c.authority == self.authority, messages.c.link_id.in_(link_ids)))
            .order_by(messages.c.at, messages.c.message_id)
        )
        return [dict(row._mapping) for row in rows]

    def _homes_naming(self, child_id: str) -> list[dict[str, Any]]:
        rows = self.connection.execute(
            select(tables.homes.c.home_id, tables.homes.c.record)
            .where(tables.homes.c.authority == self.authority)
            .order_by(tables.homes.c.home_id)
        )
        found = []
        for row in rows:
            named = [name for name, value in row.record.items() if _names(value, child_id)]
            if named:
                found.append({"home_id": row.home_id, "named_in": sorted(named)})
        return found

    def _return_rows(self, child_id: str) -> list[dict[str, Any]]:
        rows = self.connection.execute(
            select(tables.return_rows)
            .where(tables.return_rows.c.authority == self.authority)
            .order_by(tables.return_rows.c.file_name, tables.return_rows.c.row_number)
        )
        return [
            {"file": row.file_name, "row": row.row_number, "cells": row.cells}
            for row in rows
            if child_id in {str(value) for value in row.cells.values()}
        ]

    def _audit(self, subject_ids: list[str]) -> list[dict[str, Any]]:
        table = tables.audit
        rows = self.connection.execute(
            select(table.c.sequence, table.c.at, table.c.actor, table.c.action, table.c.subject_id)
            .where(and_(table.c.authority == self.authority, table.c.subject_id.in_(subject_ids)))
            .order_by(table.c.sequence)
        )
        return [dict(row._mapping) for row in rows]

    def _history(self, ids_by_kind: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        table = placing_tables.record_history
        found: list[dict[str, Any]] = []
        for kind, ids in ids_by_kind.items():
            if ids:
                found += self._rows(table, and_(table.c.kind == kind, table.c.record_id.in_(ids)))
        return found

    def _history_of_homes_naming(self, child_id: str) -> list[dict[str, Any]]:
        """Return which states of homes name a child: the rest of a home's record is not the child's."""
        table = placing_tables.record_history
        found = []
        for row in self._rows(table, table.c.kind == "homes"):
            named = [name for name, value in row["record"].items() if _names(value, child_id)]
            if named:
                found.append(
                    {
                        "home_id": row["record_id"],
                        "version": row["version"],
                        "at": row["at"],
                        "named_in": sorted(named),
                    }
                )
        return found

    def _values(self, table: Table, wanted: str, column: str, ids: list[str]) -> list[str]:
        found: list[str] = []
        for start in range(0, len(ids), _SEVERAL):
            some = table.c[column].in_(ids[start : start + _SEVERAL])
            found += self.connection.execute(
                select(table.c[wanted]).where(and_(table.c.authority == self.authority, some))
            ).scalars()
        return found

    def _delete_claims(self, column: str, ids: list[str]) -> None:
        """Delete promises of beds with their duties; the beds stay."""
        claims, duties = placing_tables.bed_claims, placing_tables.placing_duties
        claim_ids = self._values(claims, "claim_id", column, ids)
        self._delete_history("placing_duties", self._values(duties, "duty_id", "claim_id", claim_ids))
        self._delete(duties, "claim_id", claim_ids)
        self._delete_history("bed_claims", claim_ids)
        self._delete(claims, "claim_id", claim_ids)

    def _delete_kept(self, kind: str, column: str, ids: list[str]) -> int:
        """Delete records of a kind with every state that they have had."""
        form = KINDS[kind]
        self._delete_history(kind, self._values(form.table, form.key, column, ids))
        return self._delete(form.table, column, ids)

    def _delete_history(self, kind: str, record_ids: list[str]) -> None:
        table = placing_tables.record_history
        for start in range(0, len(record_ids), _SEVERAL):
            some = table.c.record_id.in_(record_ids[start : start + _SEVERAL])
            self.connection.execute(
                delete(table).where(and_(table.c.authority == self.authority, table.c.kind == kind, some))
            )

    def _delete(self, table: Table, column: str, ids: list[str]) -> int:
        deleted = 0
        for start in range(0, len(ids), _SEVERAL):
            some = table.c[column].in_(ids[start : start + _SEVERAL])
            deleted += self.connection.execute(
                delete(table).where(and_(table.c.authority == self.authority, some))
            ).rowcount
        return deleted


def _names(value: Any, child_id: str) -> bool:
    if isinstance(value, Mapping):
        return any(_names(inner, child_id) for inner in value.values())
    if isinstance(value, list):
        return any(_names(inner, child_id) for inner in value)
    return bool(value == child_id)
