"""Everything kept about one child in one file, for a subject-access request.

The file is for whoever answers the request to read first: free text and audit entries may speak of others. Ids of
other children are taken out.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from api import clock
from api.auth.roles import Permission
from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.services.exporting import write_whole
from api.services.importing import require_known_authority, require_user_may, usable_actor
from reference_data.evidence import PRODUCT_VERSION
from reference_data.problems import InvalidInput

ANOTHER_CHILD = "another child"
NAMING_OTHERS = ("not_with", "with_children")
"""Fields of a record of one child that name other children."""
HOW_TO_READ = (
    "Everything that Righthome keeps about this child. Read it before it is given out: free text may name "
    "other people. Ids of other children have been taken out. The council's case system holds more."
)


def export_child(
    url: str, path: Path | str, child_id: str, authority: str, as_user: str, *, dry_run: bool = False
) -> dict[str, int]:
    """Write everything kept about a child into a JSON file for its owner only; return how many rows of each kind.

    Raises
    ------
    InvalidInput
        If the file does not end in .json, or nothing can be written there.
    NotFound
        If nothing is kept about a child of that id.
    NotPermitted
        If the user is one who signs in and may not do this.
    """
    target = Path(path)
    if target.suffix.casefold() != ".json":
        raise InvalidInput("no_such_format", "Name a file ending in .json.")
    require_known_authority(authority)
    actor = usable_actor(as_user)
    database = open_existing(url)
    try:
        require_latest(database)
        with database.reading() if dry_run else database.writing() as connection:
            require_user_may(connection, actor, authority, Permission.EXPORT_CHILD)
            records = Records(connection, Scope(authorities=frozenset({authority}), actor=actor))
            found = records.children_of(authority).everything(child_id)
            counts = {kind: len(rows) for kind, rows in found.items()}
            if not dry_run:
                records.note(
                    "child_exported",
                    authority=authority,
                    subject_kind="child",
                    subject_id=child_id,
                    detail=dict(counts),
                )
                # Inside the transaction: a file that cannot be written is no export.
                write_whole(target, _document(found, child_id, authority))
    finally:
        database.close()
    return counts


def _document(found: dict[str, Any], child_id: str, authority: str) -> bytes:
    told = {kind: [_told(row, child_id) for row in rows] for kind, rows in found.items()}
    document = {
        "how_to_read": HOW_TO_READ,
        "child_id": child_id,
        "authority": authority,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "product_version": PRODUCT_VERSION,
        **told,
    }
    return json.dumps(document, ensure_ascii=False, indent=2, default=_as_text).encode()


def _told(row: dict[str, Any], child_id: str) -> dict[str, Any]:
    row = {
        name: value for name, value in row.items() if name not in {"record_digest", "import_id", "claimed_by"}
    }
    record = row.get("record")
    if isinstance(record, dict):
        others = {
            name: [ANOTHER_CHILD for other in record[name] if other != child_id]
            for name in NAMING_OTHERS
            if record.get(name)
        }
        row["record"] = record | others
    return row


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
