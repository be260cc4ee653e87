"""The one door to records. Every query carries the scope of whoever asks.

A record of another council is simply not found: its existence is not told. What comes out is the
engines' own frozen records; rows stay here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from api import audit, clock
from api.database import history, tables
from api.database.beds import BedLedger
from api.database.duties import DutyRecords
from api.database.kept import KeptRecords, row_of, state_of
from api.database.kinds import KINDS
from api.database.returns_told import ethnicity_in_returns
from api.database.rooms import CouncilRooms
from api.database.seen import Seen
from api.database.sharing import SharedHome, homes_of_partners, share, shared_ids, unshare
from api.database.standing import homes_today, placed_referrals, standing_version
from api.database.stored import digest, stored_values, typed_values
from reference_data.problems import NotEnoughData, NotFound
from reference_data.sheets import RawRow, RawTable

if TYPE_CHECKING:
    from datetime import datetime

    from matching.home import Home
    from matching.referral import Referral
    from sufficiency.emergency_stay import Stay
    from sufficiency.enquiries import Enquiry
    from sufficiency.returns import Returns


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose records somebody may see, and in whose name they act.

    Parameters
    ----------
    authorities
        DfE codes of the councils whose records are in view.
    actor
        The name the audit keeps for what is done.
    sees_restricted
        Whether restricted children are in view without breaking the glass, as they are for the command line.
    pseudonym_key
        Where given, ids of children come out as pseudonyms made with it, and free text not at all.
    """

    authorities: frozenset[str]
    actor: str
    sees_restricted: bool = True
    pseudonym_key: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How many records an import added, changed and left as they were."""

    added: int
    changed: int
    unchanged: int


class Records(CouncilRooms):
    """The records that one scope may see, on one connection and in its transaction.

    ``viewed`` lists the records about one child that were opened, for the audit.
    """

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.connection = connection
        self.scope = scope
        self.viewed: list[tuple[str, str]] = []
        self._seen: Seen | None = None

    def referrals(self, *, placed: bool = False) -> tuple[Referral, ...]:
        """Return every referral in view whose child still waits, in the order of their ids.

        Parameters
        ----------
        placed
            Those too whose search ended with a placement.
        """
        from matching.files import referral_from_values

        over = set() if placed else placed_referrals(self.connection, self.scope.authorities)
        return tuple(referral_from_values(values) for values in self._all("referrals", but=over))

    def referral(self, referral_id: str) -> Referral:
        """Return one referral.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        from matching.files import referral_from_values

        referral = referral_from_values(self._one("referrals", referral_id))
        self.viewed.append(("referral", referral_id))
        return referral

    def homes(self) -> tuple[Home, ...]:
        """Return every home in view as it stands today, in the order of their ids.

        That is what the home said of itself, less the beds promised since, with who moved in and out since
        and with the concerns that stand.
        """
        from matching.files import home_from_values

        found = homes_today(self.connection, self.scope.authorities)
        return tuple(home_from_values(values) for values in self.seen.all_told("home", found))

    def home(self, home_id: str) -> Home:
        """Return one home.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        from matching.files import home_from_values

        found = homes_today(self.connection, self.scope.authorities, home_id=home_id)
        if not found:
            raise NotFound("no_such_home", "There is no home of that id.")
        return home_from_values(self.seen.told("home", found[0]))

    def stays(self) -> tuple[Stay, ...]:
        """Return every stay in emergency accommodation in view, in the order of their ids."""
        from sufficiency.stay_files import stay_from_values

        return tuple(stay_from_values(values) for values in self._all("stays"))

    def stays_of(self, authority: str) -> tuple[Stay, ...]:
        """Return the stays of one council in view: two councils may use the same id.

        Raises
        ------
        NotPermitted
            If the authority is not in the scope.
        """
        self.in_view(authority)
        scope = replace(self.scope, authorities=frozenset({authority}))
        return Records(self.connection, scope).stays()

    def stays_changed_since(self, authority: str, instant: datetime) -> frozenset[str]:
        """Return the ids of one council's stays that were recorded or changed at an instant or later.

        Raises
        ------
        NotPermitted
            If the authority is not in the scope.
        """
        self.in_view(authority)
        stays = tables.stays
        found = self.connection.execute(
            select(stays.c.stay_id).where(and_(stays.c.authority == authority, stays.c.changed_at >= instant))
        )
        return frozenset(found.scalars())

    def version(self) -> str:
        """Return a digest that differs whenever a referral or a home differs, whose records are in view, or what of
        them this reader may see.

        It holds within one transaction that only reads, as a page's does.
        """
        rows: list[list[str]] = []
        for kind in ("referrals", "homes"):
            form = KINDS[kind]
            table, key = form.table, form.table.c[form.key]
            found = self.connection.execute(
                select(table.c.authority, key, table.c.record_digest).where(
                    table.c.authority.in_(self.scope.authorities)
                )
            )
            # Sorted here, because the databases sort text each in its own way.
            rows += sorted([kind, *row] for row in found)
        # What is laid over the homes counts too: promises that stand today, placements and concerns.
        overlay = standing_version(self.connection, self.scope.authorities)
        return digest(
            {
                "authorities": sorted(self.scope.authorities),
                "seen": self.seen.fingerprint,
                "records": rows,
                "standing": overlay,
            }
        )

    def for_everybody(self) -> Records:
        """Return the same records as everybody of the council may see them: no restricted child is among them.

        For what is made once and shown to several people, such as a joint plan.
        """
        everybody = replace(self.scope, actor="everybody", sees_restricted=False, pseudonym_key=None)
        return Records(self.connection, everybody)

    def contract_values(self, kind: str) -> tuple[dict[str, Any], ...]:
        """Return the typed values of every record in view of a kind, as a file in the contract's layout holds them."""
        return tuple(self._all(kind))

    def returns(self) -> Returns:
        """Return the statutory returns in view, read and ready to forecast from.

        Raises
        ------
        NotEnoughData
            If none has been imported.
        """
        from sufficiency.returns import returns_from_tables

        kept = self.return_tables()
        if not kept:
            raise _no_returns()
        return returns_from_tables(kept)

    def require_returns(self) -> None:
        """Refuse where no return is in view, without reading one.

        Raises
        ------
        NotEnoughData
            If none has been imported.
        """
        of_scope = tables.return_files.c.authority.in_(self.scope.authorities)
        if self.connection.execute(select(tables.return_files.c.file_name).where(of_scope)).first() is None:
            raise _no_returns()

    def return_tables(self) -> tuple[RawTable, ...]:
        """Return the files of the statutory returns in view, as they were read, by file name."""
        files = self.connection.execute(
            select(tables.return_files)
            .where(tables.return_files.c.authority.in_(self.scope.authorities))
            .order_by(tables.return_files.c.authority, tables.return_files.c.file_name)
        ).all()
        rows: dict[tuple[str, str], list[RawRow]] = {(file.authority, file.file_name): [] for file in files}
        for row in self.connection.execute(
            select(tables.return_rows)
            .where(tables.return_rows.c.authority.in_(self.scope.authorities))
            .order_by(tables.return_rows.c.row_number)
        ):
            rows[row.authority, row.file_name].append(RawRow(number=row.row_number, cells=row.cells))
        return tuple(
            RawTable(
                file=file.file_name,
                header=tuple(file.header),
                rows=tuple(rows[file.authority, file.file_name]),
                nested=False,
            )
            for file in files
        )

    def ethnicity_in_returns(self, authority: str) -> dict[str, str]:
        """Return the ethnicity code of each child of one council by child id, as its latest return records it.

        Raises
        ------
        NotPermitted
            If the authority is not in the scope.
        """
        self.in_view(authority)
        return ethnicity_in_returns(self.connection, authority)

    def keep(
        self, kind: str, authority: str, records: Iterable[Mapping[str, Any]], *, import_id: str | None
    ) -> Changes:
        """Add records, or change those whose id is already there; the same record twice changes nothing.

        Raises
        ------
        NotPermitted
            If the authority is not in the scope.
        """
        self.in_view(authority)
        form = KINDS[kind]
        table, key = form.table, form.table.c[form.key]
        known = {
            row[0]: (row[1], row[2])
            for row in self.connection.execute(
                select(key, table.c.record_digest, table.c.version).where(table.c.authority == authority)
            )
        }
        now = clock.now()
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        unchanged = 0
        for values in records:
            row = {
                "authority": authority,
                **row_of(form, values),
                "version": 1,
                "import_id": import_id,
                "changed_at": now,
            }
            before = known.get(values[form.key])
            if before is None:
                new.append(row)
            elif before[0] == row["record_digest"]:
                unchanged += 1
            else:
                row["version"] = before[1] + 1
                changed.append(row)
                self.connection.execute(
                    update(table)
                    .where(and_(table.c.authority == authority, key == values[form.key]))
                    .values(**row)
                )
        if new:
            self.connection.execute(insert(table), new)
        history.write(self.connection, (state_of(form, row, self.scope.actor) for row in (*new, *changed)))
        return Changes(added=len(new), changed=len(changed), unchanged=unchanged)

    def keep_return(self, authority: str, files: Iterable[RawTable], *, import_id: str | None) -> Changes:
        """Keep the files of a statutory return; a file of the same name is replaced whole."""
        self.in_view(authority)
        added = changed = unchanged = 0
        for file in files:
            cells = [stored_values(row.cells) for row in file.rows]
            file_digest = digest({"header": list(file.header), "cells": cells})
            where = and_(
                tables.return_files.c.authority == authority, tables.return_files.c.file_name == file.file
            )
            before = self.connection.execute(select(tables.return_files.c.file_digest).where(where)).scalar()
            if before == file_digest:
                unchanged += 1
                continue
            if before is None:
                added += 1
            else:
                changed += 1
                self.connection.execute(delete(tables.return_files).where(where))
            self.connection.execute(
                insert(tables.return_files).values(
                    authority=authority,
                    file_name=file.file,
                    header=list(file.header),
                    file_digest=file_digest,
                    import_id=import_id,
                    changed_at=clock.now(),
                )
            )
            if cells:
                self.connection.execute(
                    insert(tables.return_rows),
                    [
                        {
                            "authority": authority,
                            "file_name": file.file,
                            "row_number": row.number,
                            "cells": row_cells,
                        }
                        for row, row_cells in zip(file.rows, cells, strict=True)
                    ],
                )
        return Changes(added=added, changed=changed, unchanged=unchanged)

    def kept(self, kind: str, authority: str) -> KeptRecords:
        """Return the records of one kind of one council in view, to read or change one by one."""
        return KeptRecords(self, kind, self.in_view(authority))

    def beds_of(self, authority: str) -> BedLedger:
        """Return the beds of one council in view and who has been promised them."""
        return BedLedger(self, self.in_view(authority))

    def duties_of(self, authority: str) -> DutyRecords:
        """Return what has to be had, signed or sent for the promised beds of one council in view."""
        return DutyRecords(self, self.in_view(authority))

    def enquiries(self) -> tuple[Enquiry, ...]:
        """Return every home asked in view, in the order of the enquiries' ids."""
        from sufficiency.enquiries import Enquiry

        names = Enquiry.__dataclass_fields__
        found: list[dict[str, Any]] = [
            {name: values.get(name) for name in names} for values in self._all("enquiries")
        ]
        return tuple(Enquiry(**values) for values in found)

    @property
    def seen(self) -> Seen:
        """What this scope sees of each record; ``seen.withheld`` holds the children it was not shown."""
        if self._seen is None:
            self._seen = Seen(self.connection, self.scope)
        return self._seen

    def homes_of_partners(self) -> tuple[SharedHome, ...]:
        """Return the homes that partner councils share with those in view; never a child of theirs."""
        return homes_of_partners(self.connection, self.scope.authorities)

    def shared_homes_of(self, authority: str) -> frozenset[str]:
        """Return the ids of the homes that one council in view shares with its partners."""
        self.in_view(authority)
        return shared_ids(self.connection, authority)

    def share_home(self, authority: str, home_id: str, *, shared: bool) -> None:
        """Share a home with the partners of its council, or no longer, and write it into the audit.

        Raises
        ------
        NotFound
            If there is no such home.
        NotPermitted
            If the authority is not in the scope.
        """
        self.in_view(authority)
        if shared:
            share(self.connection, authority, home_id, self.scope.actor)
        else:
            unshare(self.connection, authority, home_id)
        action = "home_shared" if shared else "home_unshared"
        self.note(action, authority=authority, subject_kind="home", subject_id=home_id)

    def audit_entries(self, limit: int | None = 200, **wanted: Any) -> tuple[audit.AuditEntry, ...]:
        """Return the newest audit entries in view that fit (see ``audit.entries``), newest first."""
        return audit.entries(self.connection, authorities=self.scope.authorities, limit=limit, **wanted)

    def note(
        self,
        action: str,
        *,
        authority: str,
        subject_kind: str | None = None,
        subject_id: str | None = None,
        detail: Mapping[str, str | int | bool | None] | None = None,
    ) -> None:
        """Add an entry to the audit in the name of the scope's actor."""
        self.in_view(authority)
        audit.append(
            self.connection,
            actor=self.scope.actor,
            action=action,
            authority=authority,
            subject_kind=subject_kind,
            subject_id=subject_id,
            detail=detail,
        )

    def _all(self, kind: str, *, but: AbstractSet[tuple[str, str]] = frozenset()) -> list[dict[str, Any]]:
        """Return the records of a kind as the reader is told them, without those of some authorities and ids."""
        form = KINDS[kind]
        key = form.table.c[form.key]
        rows = self.connection.execute(
            select(form.table.c.authority, key.label("key"), form.table.c.record)
            .where(form.table.c.authority.in_(self.scope.authorities))
            .order_by(key, form.table.c.authority)
        )
        found = [typed_values(form.record, row.record) for row in rows if (row.authority, row.key) not in but]
        return self.seen.all_told(form.record, found)

    def _one(self, kind: str, key: str) -> dict[str, Any]:
        form = KINDS[kind]
        record = self.connection.execute(
            select(form.table.c.record).where(
                and_(form.table.c[form.key] == key, form.table.c.authority.in_(self.scope.authorities))
            )
        ).scalar()
        values = None if record is None else typed_values(form.record, record)
        if values is None or not self.seen.shows(form.record, values):
            raise NotFound(f"no_such_{form.record}", f"There is no {form.record} of that id.")
        return self.seen.told(form.record, values)


def _no_returns() -> NotEnoughData:
    return NotEnoughData("no_returns", "No return has been imported. Run: righthome import returns FOLDER")
