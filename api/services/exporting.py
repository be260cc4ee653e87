"""Export the records of one authority into a file: whole or not at all, and written into the audit.

The file reads back as the records it came from. It holds birth dates and postcodes, so only its owner may
read it, and who made it is known for ever.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from api.auth.roles import Permission
from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.services.importing import KINDS, require_known_authority, require_user_may, usable_actor
from reference_data.problems import Conflict, InvalidInput, NotEnoughData

RECORDS = {"homes": "home", "referrals": "referral", "stays": "stay"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportResult:
    """What an export wrote, or with a dry run would write. For returns the count is of files."""

    kind: str
    authority: str
    dry_run: bool
    file: str
    profile: str | None
    count: int
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one JSON document."""
        return {
            "kind": self.kind,
            "authority": self.authority,
            "dry_run": self.dry_run,
            "file": self.file,
            "profile": self.profile,
            "count": self.count,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What is to be written: the bytes of one file, or of the files of a folder."""

    count: int
    one: bytes | None = None
    folder: Mapping[str, bytes] | None = None
    notes: tuple[str, ...] = ()


def export_file(
    url: str,
    kind: str,
    path: Path | str,
    authority: str,
    as_user: str,
    dry_run: bool = False,
    profile: str | None = None,
) -> ExportResult:
    """Write the records of one kind that an authority has. A file that is there is replaced.

    Parameters
    ----------
    path
        The file; its ending gives the format. Returns go to a ``.zip`` or to a new folder, as CSV files.
    as_user
        Who is doing this, for the audit. A username of somebody who signs in must belong to the authority
        and be allowed to export.
    profile
        The standard to write referrals in, instead of the contract's layout.

    Raises
    ------
    InvalidInput, NotPermitted
        If the kind, format, place, authority or user cannot be used.
    NotFound, NotEnoughData, Conflict
        If there is no database, no such record, or the database needs an upgrade first.
    """
    target = Path(path)
    if kind not in KINDS:
        raise InvalidInput("no_such_kind", f"Export one of: {', '.join(KINDS)}.")
    if profile is not None and kind != "referrals":
        raise InvalidInput("profile_of_referrals", "A profile is for referrals only.")
    require_known_authority(authority)
    actor = usable_actor(as_user)
    database = open_existing(url)
    written: Path | None = None
    try:
        require_latest(database)
        with database.reading() if dry_run else database.writing() as connection:
            require_user_may(connection, actor, authority, Permission.EXPORT)
            records = Records(connection, Scope(authorities=frozenset({authority}), actor=actor))
            content = _content(records, kind, target, profile)
            if not dry_run:
                written = _written_beside(target, content)
                records.note(
                    "exported",
                    authority=authority,
                    subject_kind=kind,
                    subject_id=uuid4().hex,
                    detail={"count": content.count, "profile": profile},
                )
        # The audit is kept before the file is there: one entry too many is better than one too few.
        if written is not None:
            _put_in_place(written, target)
            written = None
    finally:
        if written is not None:
            _discard(written)
        database.close()
    return ExportResult(
        kind=kind,
        authority=authority,
        dry_run=dry_run,
        file=target.name,
        profile=profile,
        count=content.count,
        notes=content.notes,
    )


def write_whole(target: Path, content: bytes, *, replace: bool = True) -> None:
    """Write one file whole or not at all, for its owner only. A file that is there is replaced, unless it may not be.

    Raises
    ------
    InvalidInput
        If nothing can be written there.
    Conflict
        If there is something of that name and it may not be replaced.
    """
    written = _written_beside(target, _Content(count=1, one=content))
    if replace:
        _put_in_place(written, target)
        return
    try:
        # A link refuses where a rename would write over what somebody made meanwhile.
        os.link(written / target.name, target)
    except FileExistsError:
        raise Conflict("file_exists", "There is a file of that name already. Name a new one.") from None
    except OSError:
        raise _unwritable() from None
    finally:
        _discard(written)


def _content(records: Records, kind: str, target: Path, profile: str | None) -> _Content:
    from reference_data.writing import record_content

    suffix = target.suffix.casefold()
    if kind == "returns":
        return _return_content(records, suffix)
    values = records.contract_values(kind)
    if not values:
        raise NotEnoughData("nothing_to_export", f"There are no {kind} of this authority to export.")
    if profile is None:
        return _Content(count=len(values), one=record_content(values, RECORDS[kind], suffix))
    from reference_data.profile_telling import tell_records
    from reference_data.profile_writing import profile_content

    told = tell_records(values, profile)
    return _Content(count=len(told.rows), one=profile_content(told.rows, profile, suffix), notes=told.notes)


def _return_content(records: Records, suffix: str) -> _Content:
    from reference_data.writing import Grid, csv_content, zip_content

    if suffix not in ("", ".zip"):
        raise InvalidInput("no_such_format", "Returns are many files: name a new folder, or a .zip.")
    files: dict[str, bytes] = {}
    for table in records.return_tables():
        grid: Grid = [
            list(table.header),
            *([row.cells.get(name) for name in table.header] for row in table.rows),
        ]
        files[_file_name(table.file, files)] = csv_content(grid)
    if not files:
        raise NotEnoughData("nothing_to_export", "There are no returns of this authority to export.")
    if suffix == ".zip":
        return _Content(count=len(files), one=zip_content(files))
    return _Content(count=len(files), folder=files)


def _file_name(name: str, taken: Mapping[str, bytes]) -> str:
    """Return the name of a return's file as a CSV that stays inside its folder."""
    parts = [
        re.sub(r"[^\w .()-]", "_", part) for part in PurePosixPath(name).parts if part not in ("..", "/")
    ]
    stem = re.sub(r"\.(csv|xlsx)(?= \(\d+\)$|$)", "", "/".join(parts), flags=re.IGNORECASE)
    found, number = f"{stem}.csv", 2
    while found in taken:
        found, number = f"{stem} ({number}).csv", number + 1
    return found


def _written_beside(target: Path, content: _Content) -> Path:
    """Write into a place of its own beside the target, so that the target is never half there."""
    if content.one is not None and target.is_dir():
        raise InvalidInput("not_a_file", "This is a folder. Name a file.")
    if content.folder is not None and target.exists() and (target.is_file() or any(target.iterdir())):
        raise InvalidInput("folder_not_empty", "Something is there already. Name a new folder.")
    try:
        # What is made so may be read by its owner only, and stays so in its place.
        folder = Path(tempfile.mkdtemp(prefix=".righthome-", dir=target.parent))
    except OSError:
        raise _unwritable() from None
    try:
        files = {target.name: content.one} if content.one is not None else content.folder or {}
        for name, inner in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with open(folder / name, "xb", opener=_for_the_owner) as file:
                file.write(inner)
    except OSError:
        _discard(folder)
        raise _unwritable() from None
    return folder


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _put_in_place(written: Path, target: Path) -> None:
    try:
        if (written / target.name).is_file() and target.suffix:
            os.replace(written / target.name, target)
            written.rmdir()
        else:
            os.replace(written, target)
    except OSError:
        _discard(written)
        raise _unwritable() from None


def _discard(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _unwritable() -> InvalidInput:
    return InvalidInput("not_writable", "Nothing can be written there. Check the folder and its rights.")
