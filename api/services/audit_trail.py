"""The audit for the command line: verify the chain, list and export what one council's people did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from api import audit
from api.auth.roles import Permission
from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.services.exporting import write_whole
from api.services.importing import require_known_authority, require_user_may, usable_actor
from reference_data.problems import InvalidInput

COLUMNS = (
    "sequence",
    "at",
    "authority",
    "actor",
    "action",
    "subject_kind",
    "subject_id",
    "detail",
    "previous_digest",
    "digest",
)


def verify_audit(url: str, *, last_known: str | None = None) -> audit.AuditVerification:
    """Walk the whole chain, of every council in the database.

    Raises
    ------
    NotFound, Conflict
        If there is no database at the address, or it needs an upgrade first.
    """
    database = open_existing(url)
    try:
        require_latest(database)
        with database.reading() as connection:
            return audit.verify(connection, last_known=last_known)
    finally:
        database.close()


def list_audit(
    url: str, authority: str, as_user: str, *, limit: int | None, **wanted: Any
) -> tuple[audit.AuditEntry, ...]:
    """Return the newest entries of one council that fit.

    Raises
    ------
    NotPermitted
        If the user is one who signs in and may not read the audit.
    """
    require_known_authority(authority)
    actor = usable_actor(as_user)
    database = open_existing(url)
    try:
        require_latest(database)
        with database.reading() as connection:
            require_user_may(connection, actor, authority, Permission.READ_AUDIT)
            records = Records(connection, Scope(authorities=frozenset({authority}), actor=actor))
            return records.audit_entries(limit, **wanted)
    finally:
        database.close()


def export_audit(url: str, authority: str, as_user: str, path: Path, **wanted: Any) -> int:
    """Write every entry of one council that fits, oldest first, and write that into the audit; return how many.

    Raises
    ------
    InvalidInput
        If the file's ending is neither .csv nor .json, or nothing can be written there.
    Conflict
        If a file is there already: an audit kept elsewhere is evidence, and is never written over.
    NotPermitted
        If the user is one who signs in and may not read the audit.
    """
    from reference_data.writing import csv_content

    suffix = path.suffix.casefold()
    if suffix not in {".csv", ".json"}:
        raise InvalidInput("no_such_format", "Name a file ending in .csv or .json.")
    found = tuple(reversed(list_audit(url, authority, as_user, limit=None, **wanted)))
    if suffix == ".json":
        content = json.dumps([entry.as_dict() for entry in found], indent=2).encode()
    else:
        rows = [
            entry.as_dict() | {"detail": json.dumps(dict(entry.detail), sort_keys=True)} for entry in found
        ]
        content = csv_content([list(COLUMNS), *([row[name] for name in COLUMNS] for row in rows)])
    database = open_existing(url)
    try:
        with database.writing() as connection:
            audit.append(
                connection,
                actor=usable_actor(as_user),
                action="exported",
                authority=authority,
                subject_kind="audit",
                subject_id=uuid4().hex,
                detail={"count": len(found)},
            )
            # Inside the transaction: a file that cannot be written is no export.
            write_whole(path, content, replace=False)
    finally:
        database.close()
    return len(found)
