"""The audit: who did what to which record, in a chain that shows when an entry was changed or removed.

An entry carries ids and counts only. Each holds the digest of the one before it, so a change
anywhere breaks every later link; triggers in the database refuse changes in the first place.
What the chain cannot show is the loss of its newest entries: keep the last digest elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
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

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as JSON, with the digests that let somebody else check the chain."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerification:
    """The outcome of walking the chain: how many entries, and the first that does not fit."""

    entries: int
    first_broken: int | None
    last_digest: str
    last_known_missing: bool = False

    @property
    def whole(self) -> bool:
        """Return whether every entry follows and none that was known is missing."""
        return self.first_broken is None and not self.last_known_missing

    @property
    def sentence(self) -> str:
        """Return the outcome as a person would say it."""
        if self.first_broken is not None:
            return f"The audit is broken: entry {self.first_broken} does not follow from the one before."
        if self.last_known_missing:
            return "The audit has lost its newest entries: the digest that was kept is no longer in it."
        return f"The audit is whole: {self.entries:,} entries. Keep its last digest elsewhere: {self.last_digest}"

    def as_dict(self) -> dict[str, object]:
        """Return the outcome as one JSON document."""
        return {
            "whole": self.whole,
            "entries": self.entries,
            "first_broken": self.first_broken,
            "last_digest": self.last_digest,
            "last_known_missing": self.last_known_missing,
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
    connection: Connection,
    *,
    authorities: frozenset[str],
    limit: int | None = 200,
    actor: str | None = None,
    action: str | None = None,
    subject_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> tuple[AuditEntry, ...]:
    """Return the newest entries about some authorities that fit, newest first; without a limit all of them.

    ``since`` is inside, ``until`` outside; ``before`` is a sequence number, outside too.
    """
    columns = audit_table.c
    query = select(audit_table).where(columns.authority.in_(authorities))
    for column, wanted in (
        (columns.actor, actor),
        (columns.action, action),
        (columns.subject_id, subject_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if since is not None:
        query = query.where(columns.at >= _instant(since))
    if until is not None:
        query = query.where(columns.at < _instant(until))
    if before is not None:
        query = query.where(columns.sequence < before)
    rows = connection.execute(query.order_by(columns.sequence.desc()).limit(limit))
    return tuple(AuditEntry(**row._mapping) for row in rows)


def verify(connection: Connection, *, last_known: str | None = None) -> AuditVerification:
    """Walk the whole chain and return the first entry that does not follow from the one before.

    Parameters
    ----------
    last_known
        A digest that was the newest once and kept elsewhere. A chain that has it no more has lost entries,
        which the chain alone cannot show; ``last_known_missing`` says so.
    """
    expected_sequence, previous, count = 1, BEFORE_THE_FIRST, 0
    first_broken: int | None = None
    found = last_known in {None, BEFORE_THE_FIRST}
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
        found = found or digest == last_known
        expected_sequence, previous, count = fields["sequence"] + 1, digest, count + 1
    return AuditVerification(
        entries=count, first_broken=first_broken, last_digest=previous, last_known_missing=not found
    )


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _digest(fields: Mapping[str, object]) -> str:
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(canonical.encode()).hexdigest()
