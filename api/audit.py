"""The audit: who did what to which record, in a chain that shows when an entry was changed or removed.

An entry carries ids and counts only. Each holds the digest of the one before it, so a change
anywhere breaks every later link; triggers in the database refuse changes in the first place.
What the chain cannot show is the loss of its newest entries: keep the last digest elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, text

from api import clock
from api.database.tables import audit as audit_table

BEFORE_THE_FIRST = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing somebody did."""

    sequence: int
    at: str
    authority: str | None
    actor: str
    action: str
    subject_kind: str | None
    subject_id: str | None
    detail: Mapping[str, str | int | bool | None]
    previous_digest: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerification:
    """The outcome of walking the chain: how many entries, and the first that does not fit."""

    entries: int
    first_broken: int | None
    last_digest: str

    def as_dict(self) -> dict[str, object]:
        """Return the outcome as one JSON document."""
        return {
            "whole": self.first_broken is None,
            "entries": self.entries,
            "first_broken": self.first_broken,
            "last_digest": self.last_digest,
        }


def append(
    connection: Connection,
    *,
    actor: str,
    action: str,
    authority: str | None = None,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    detail: Mapping[str, str | int | bool | None] | None = None,
) -> AuditEntry:
    """Add an entry to the chain, inside the transaction of what it records."""
    if connection.dialect.name == "postgresql":
        # Two writers must not both follow the same entry. Readers are not held up.
        connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
    last = connection.execute(
        select(audit_table.c.sequence, audit_table.c.digest).order_by(audit_table.c.sequence.desc()).limit(1)
    ).first()
    fields: dict[str, Any] = {
        "sequence": 1 if last is None else last.sequence + 1,
        "at": clock.now().isoformat(timespec="seconds"),
        "authority": authority,
        "actor": actor,
        "action": action,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "detail": dict(detail or {}),
        "previous_digest": BEFORE_THE_FIRST if last is None else last.digest,
    }
    entry = AuditEntry(**fields, digest=_digest(fields))
    connection.execute(insert(audit_table).values(**fields, digest=entry.digest))
    return entry


def entries(
    connection: Connection, *, authorities: frozenset[str], limit: int = 200
) -> tuple[AuditEntry, ...]:
    """Return the newest entries about some authorities, newest first."""
    rows = connection.execute(
        select(audit_table)
        .where(audit_table.c.authority.in_(authorities))
        .order_by(audit_table.c.sequence.desc())
        .limit(limit)
    )
    return tuple(AuditEntry(**row._mapping) for row in rows)


def verify(connection: Connection) -> AuditVerification:
    """Walk the whole chain and return the first entry that does not follow from the one before."""
    expected_sequence, previous, count = 1, BEFORE_THE_FIRST, 0
    first_broken: int | None = None
    for row in connection.execute(select(audit_table).order_by(audit_table.c.sequence)):
        fields = dict(row._mapping)
        digest = fields.pop("digest")
        fits = (
            fields["sequence"] == expected_sequence
            and fields["previous_digest"] == previous
            and _digest(fields) == digest
        )
        if not fits and first_broken is None:
            first_broken = fields["sequence"]
        expected_sequence, previous, count = fields["sequence"] + 1, digest, count + 1
    return AuditVerification(entries=count, first_broken=first_broken, last_digest=previous)


def _digest(fields: Mapping[str, object]) -> str:
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(canonical.encode()).hexdigest()
