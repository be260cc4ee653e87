"""Import a file into the database: all of it or nothing, the same file twice changing nothing.

What a file may hold is decided by the field tables and the engines' readers; here it is bound to
one authority, written in one transaction and put into the audit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from api import clock
from api.auth.passwords import know_authority
from api.auth.roles import Permission, Role, may
from api.database import migrate
from api.database.engine import Database, database_url, open_database
from api.database.kinds import KINDS as KNOWN_KINDS
from api.database.records import Changes, Records, Scope
from api.database.tables import imports, users
from api.services.alerts import scan_with_settings
from api.settings import Settings
from reference_data.evidence import input_hash
from reference_data.problems import ImportIssue, ImportRejected, InvalidInput, NotFound, NotPermitted
from reference_data.tables import RawTable, RecordTable, read_records

KINDS = ("homes", "referrals", "returns", "stays")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did, or with a dry run would do. For returns the counts are of files.

    ``referrals`` is what a dry run made of another standard's file, in the contract's layout: what the
    file says, and nothing that is stored.
    """

    kind: str
    authority: str
    dry_run: bool
    import_id: str | None
    changes: Changes
    warnings: tuple[str, ...]
    referrals: tuple[dict[str, Any], ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one JSON document."""
        return {
            **({} if self.referrals is None else {"referrals": list(self.referrals)}),
            "kind": self.kind,
            "authority": self.authority,
            "dry_run": self.dry_run,
            "import_id": self.import_id,
            "counts": {
                "added": self.changes.added,
                "changed": self.changes.changed,
                "unchanged": self.changes.unchanged,
            },
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A file that can be used: either records with typed values, or the tables of a return."""

    records: tuple[Mapping[str, Any], ...] = ()
    tables: tuple[RawTable, ...] = ()
    warnings: tuple[str, ...] = ()
    profile: str | None = None


def import_file(
    url: str,
    kind: str,
    path: Path | str,
    authority: str,
    as_user: str,
    dry_run: bool = False,
    profile: str | None = None,
    as_of: date | None = None,
    settings: Settings | None = None,
) -> ImportResult:
    """Read a file and keep what it holds for one authority.

    An empty database gets its tables first. A dry run does everything but keep it.

    Parameters
    ----------
    authority
        DfE code. Records that name another one are refused.
    as_user
        Who is doing this, for the audit. A username of somebody who signs in must belong to the
        authority and be allowed to import.
    profile
        The standard that a file of referrals is in. It adds to and corrects the records that are there.
    as_of
        The day that stays are watched for, in the same transaction; today when absent.
    settings
        The installation's settings, for its policies; the shipped defaults when absent.

    Raises
    ------
    ImportRejected
        With every problem of the file; nothing is kept.
    InvalidInput, NotPermitted
        If the kind, authority or user cannot be used.
    Conflict
        If the database needs an upgrade first.
    """
    if kind not in KINDS:
        raise InvalidInput("no_such_kind", f"Import one of: {', '.join(KINDS)}.")
    require_known_authority(authority)
    reading = _reading_of(kind, Path(path), authority, profile)
    database = _ready_database(url, dry_run=dry_run)
    try:
        with database.writing() as connection:
            return _keep(
                connection, kind, reading, authority, as_user, dry_run=dry_run, as_of=as_of, settings=settings
            )
    finally:
        database.close()


def import_over_the_api(
    connection: Callable[[], Connection],
    kind: str,
    path: Path,
    authority: str,
    as_user: str,
    *,
    dry_run: bool,
    profile: str | None,
    as_of: date | None,
    settings: Settings,
) -> ImportResult:
    """Keep what a file that was sent holds, in a transaction of the caller's that is opened once the file is read.

    Raises
    ------
    ImportRejected
        With every problem of the file.
    NotFound
        If there is no such kind.
    InvalidInput, NotPermitted
        If the profile or user cannot be used.
    """
    if kind not in KINDS:
        raise NotFound("no_such_kind", f"Import one of: {', '.join(KINDS)}.")
    reading = _reading_of(kind, path, authority, profile)
    return _keep(
        connection(), kind, reading, authority, as_user, dry_run=dry_run, as_of=as_of, settings=settings
    )


def _reading_of(kind: str, path: Path, authority: str, profile: str | None) -> _Reading:
    if profile is None:
        return _read(kind, path, authority)
    return _read_standard(kind, path, authority, profile)


def require_known_authority(code: str) -> None:
    """Refuse a code that is no English authority's.

    Raises
    ------
    InvalidInput
        If the code is unknown.
    """
    from reference_data.authorities import authority

    try:
        authority(code)
    except NotFound:
        raise InvalidInput(
            "no_such_authority", "No authority has that code. Give the DfE code, such as 879."
        ) from None


def _read(kind: str, path: Path, authority: str) -> _Reading:
    if kind == "returns":
        return _read_return(path)
    if kind == "referrals":
        from matching.files import read_referrals

        warnings = read_referrals(path)[1]
        table = read_records(path, "referral")
        return _bound_to(authority, table, warnings)
    if kind == "stays":
        from sufficiency.stay_files import read_stays

        warnings = read_stays(path)[1]
        table = read_records(path, "stay")
        return _bound_to(authority, table, warnings)
    from matching.files import read_homes

    warnings = read_homes(path)[1]
    # A home's authority is the area it stands in, and any council may buy a bed there.
    return _Reading(
        records=tuple(row.values for row in read_records(path, "home").rows), warnings=_sentences(warnings)
    )


def _read_standard(kind: str, path: Path, authority: str, profile: str) -> _Reading:
    from reference_data.profile_reading import read_profile

    if kind != "referrals":
        raise InvalidInput("profile_of_referrals", "A profile is for referrals only.")
    reading = read_profile(path, profile)
    return _Reading(
        records=tuple({**record, "authority": authority} for record in reading.records),
        warnings=_sentences(reading.warnings),
        profile=profile,
    )


def _joined(records: Records, reading: _Reading) -> tuple[Mapping[str, Any], ...]:
    """Return a standard's referrals joined onto those that are stored."""
    from reference_data.profile_joining import joined

    if reading.profile is None:
        return reading.records
    stored = records.contract_values("referrals")
    by_id = {values["referral_id"]: values for values in stored}
    by_child: dict[str, list[Mapping[str, Any]]] = {}
    for values in stored:
        by_child.setdefault(values["child_id"], []).append(values)
    found = []
    for record in reading.records:
        before: Mapping[str, Any] | None = by_id.get(record["referral_id"])
        of_child = by_child.get(record["child_id"], [])
        # The child's id stands for a referral's that the file does not name.
        if before is None and record["referral_id"] == record["child_id"] and len(of_child) == 1:
            before = of_child[0]
            record = {**record, "referral_id": before["referral_id"]}
        found.append(record if before is None else joined(before, record, reading.profile))
    return tuple(found)


def _require_own_ids(records: Records, kind: str, found: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a file that makes a restricted child's record another child's: whoever sees that one would see it all.

    Raises
    ------
    ImportRejected
        With each such record, whoever sends the file.
    """
    hidden = records.for_everybody().seen.hidden
    form = KNOWN_KINDS[kind]
    if not hidden or not form.about_a_child:
        return
    theirs = {
        values[form.key]: values["child_id"]
        for values in records.contract_values(kind)
        if values["child_id"] in hidden
    }
    taken = [one for one in found if theirs.get(one[form.key], one["child_id"]) != one["child_id"]]
    if taken:
        raise ImportRejected(
            ImportIssue(
                file=kind,
                row=None,
                column=form.key,
                rule="another_childs_id",
                what_to_do="The id is that of another child's record. Give this record an id of its own.",
            )
            for _ in taken
        )


def _bound_to(authority: str, table: RecordTable, warnings: Iterable[ImportIssue]) -> _Reading:
    foreign = [
        row.issue(
            "authority",
            "another_authority",
            "The record belongs to another authority than --authority; import it for that one.",
        )
        for row in table.rows
        if row.values.get("authority", authority) != authority
    ]
    if foreign:
        raise ImportRejected(foreign)
    return _Reading(
        records=tuple({**row.values, "authority": authority} for row in table.rows),
        warnings=_sentences(warnings),
    )


def _read_return(path: Path) -> _Reading:
    from sufficiency.files import return_tables
    from sufficiency.returns import returns_from_tables

    found = return_tables(path)
    warnings = returns_from_tables(found).warnings
    # A file that could not be read is a warning and holds nothing to keep.
    tables = tuple(table for table in found if table.header)
    noted = [issue for table in tables for issue in table.issues]
    return _Reading(tables=tables, warnings=_sentences([*warnings, *noted]))


def _sentences(issues: Iterable[ImportIssue]) -> tuple[str, ...]:
    return tuple(
        f"{issue.file}: {issue.column or (f'row {issue.row}' if issue.row else 'file')}: {issue.what_to_do}"
        for issue in issues
    )


def _ready_database(url: str, *, dry_run: bool) -> Database:
    address = database_url(url)
    if (
        dry_run
        and address.get_backend_name() == "sqlite"
        and address.database
        and not Path(address.database).exists()
    ):
        # A dry run leaves no file behind, not even an empty one.
        database = open_database("sqlite://")
    else:
        database = migrate.open_reachable(url)
    try:
        if migrate.is_empty(database):
            if dry_run and address.get_backend_name() != "sqlite":
                database.close()
                database = open_database("sqlite://")
            migrate.upgrade_database(database)
        migrate.require_latest(database)
    except BaseException:
        database.close()
        raise
    return database


def usable_actor(as_user: str) -> str:
    """Return the name that the audit keeps.

    Raises
    ------
    InvalidInput
        If it is empty or too long.
    """
    actor = as_user.strip()
    if not actor or len(actor) > 128:
        raise InvalidInput("unusable_user", "Give --as-user a name of 1 to 128 characters.")
    return actor


def _without_a_night(reading: _Reading, settings: Settings | None, as_of: date | None) -> tuple[str, ...]:
    """Return a warning of every stay that no night of is counted: the child would vanish from the watch."""
    today = clock.day_of(settings or Settings(), as_of)
    found = []
    for values in reading.records:
        started_on, ended_on = values.get("started_on"), values.get("ended_on")
        if started_on is not None and started_on > today:
            found.append(
                f"Stay {values['stay_id']} starts after {today:%d/%m/%Y}, so no night of it is counted yet. Correct "
                "started_on if the child is there already."
            )
        elif started_on is not None and started_on == ended_on:
            found.append(
                f"Stay {values['stay_id']} ends on the day it starts, so no night of it is counted. Correct one of "
                "the dates."
            )
    return tuple(found)


def _keep(
    connection: Connection,
    kind: str,
    reading: _Reading,
    authority: str,
    as_user: str,
    *,
    dry_run: bool,
    as_of: date | None,
    settings: Settings | None,
) -> ImportResult:
    actor = usable_actor(as_user)
    import_id = uuid4().hex
    began = clock.now()
    # All of it or nothing: a dry run undoes what it did, and a caller's own transaction goes on.
    attempt = connection.begin_nested()
    try:
        require_user_may(connection, actor, authority, Permission.IMPORT)
        know_authority(connection, authority)
        records = Records(connection, Scope(authorities=frozenset({authority}), actor=actor))
        if kind == "stays":
            # Taken before the audit is, as a scan does: so an import and a scan never wait for each other.
            records.alerts_of(authority).hold_watch()
        connection.execute(
            insert(imports).values(
                import_id=import_id,
                authority=authority,
                kind=kind,
                input_digest=_digest(reading),
                actor=actor,
                imported_at=clock.now(),
                added=0,
                changed=0,
                unchanged=0,
            )
        )
        if kind == "returns":
            changes = records.keep_return(authority, reading.tables, import_id=import_id)
        else:
            found = _joined(records, reading)
            _require_own_ids(records, kind, found)
            changes = records.keep(kind, authority, found, import_id=import_id)
        counts = {"added": changes.added, "changed": changes.changed, "unchanged": changes.unchanged}
        connection.execute(imports.update().where(imports.c.import_id == import_id).values(**counts))
        records.note(
            "imported",
            authority=authority,
            subject_kind=kind,
            subject_id=import_id,
            detail=counts,
        )
        if kind == "stays":
            # An alert is written in the same transaction as the stay that causes it.
            scan_with_settings(records, authority, as_of=as_of, settings=settings, changed_since=began)
    except BaseException:
        attempt.rollback()
        raise
    if dry_run:
        attempt.rollback()
    else:
        attempt.commit()
    return ImportResult(
        kind=kind,
        authority=authority,
        dry_run=dry_run,
        import_id=None if dry_run else import_id,
        changes=changes,
        warnings=(
            *reading.warnings,
            *(_without_a_night(reading, settings, as_of) if kind == "stays" else ()),
        ),
        referrals=_in_contract(reading.records) if dry_run and reading.profile else None,
    )


def _in_contract(records: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    from reference_data.fields import load_fields
    from reference_data.writing import contract_row

    return tuple(contract_row(values, load_fields("referral")) for values in records)


def require_user_may(connection: Connection, actor: str, authority: str, permission: Permission) -> None:
    """Refuse a name of somebody who signs in and may not do this for the authority.

    Raises
    ------
    NotPermitted
        If that user is not active, belongs to another authority, or has no such permission.
    """
    row = connection.execute(
        select(users.c.active, users.c.authority, users.c.role).where(users.c.username == actor.casefold())
    ).first()
    # Whoever has the database's address has every right to it already, so a name that nobody
    # signs in with is only written down. The name of somebody who does sign in is held to what
    # that person may do.
    if row is None:
        return
    allowed = row.active and row.authority == authority and may(Role(row.role), permission)
    if not allowed:
        raise NotPermitted("user_may_not", f"That user may not {permission} for this authority.")


def _digest(reading: _Reading) -> str:
    rows = [[dict(row.cells) for row in table.rows] for table in reading.tables]
    return input_hash([list(reading.records), rows])
