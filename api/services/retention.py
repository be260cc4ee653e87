"""Deleting what is past its time, with a dry run that says what would go, and holding a child's records back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from api.auth.roles import Permission
from api.database.child_records import Hold, Kept
from api.database.migrate import open_existing, require_latest
from api.database.records import Records, Scope
from api.retention_policy import RetentionPolicy
from api.services.importing import require_known_authority, require_user_may, usable_actor
from reference_data.problems import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionResult:
    """What a run deleted, or with a dry run would delete: pseudonymous ids by kind, and what a hold kept back."""

    as_of: date
    dry_run: bool
    deleted: dict[str, tuple[str, ...]]
    held_back: dict[str, tuple[str, ...]]

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one JSON document."""
        return {
            "as_of": self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "deleted": {kind: list(ids) for kind, ids in self.deleted.items()},
            "held_back": {kind: list(ids) for kind, ids in self.held_back.items()},
        }


def apply_retention(
    url: str, authority: str, as_user: str, *, as_of: date, policy: RetentionPolicy, dry_run: bool
) -> RetentionResult:
    """Delete what is past its time, all of it or nothing, and write down how many of each kind.

    Raises
    ------
    NotPermitted
        If the user is one who signs in and may not do this.
    NotFound, Conflict
        If there is no database at the address, or it needs an upgrade first.
    """
    with _records(url, authority, as_user, writes=not dry_run) as records:
        kept = records.children_of(authority)
        held = {hold.child_id for hold in kept.holds()}
        deleted: dict[str, tuple[str, ...]] = {}
        held_back: dict[str, tuple[str, ...]] = {}
        for kind, found, days in (
            ("referrals", kept.referrals_kept(), policy.referrals),
            ("records_without_referral", kept.loose_kept(), policy.referrals),
            ("stays", kept.ended_stays_kept(), policy.stays),
            ("provider_links", kept.closed_links_kept(), policy.provider_links),
        ):
            over = _over(found, as_of - timedelta(days=days))
            deleted[kind] = tuple(sorted(one.record_id for one in over if one.child_id not in held))
            held_back[kind] = tuple(sorted(one.record_id for one in over if one.child_id in held))
        if not dry_run:
            # Links first: those of a referral that goes go with it.
            kept.delete_links(deleted["provider_links"])
            kept.delete_referrals(deleted["referrals"])
            kept.delete_loose(deleted["records_without_referral"])
            kept.delete_stays(deleted["stays"])
            records.note(
                "retention_applied",
                authority=authority,
                detail={kind: len(ids) for kind, ids in deleted.items()},
            )
    return RetentionResult(as_of=as_of, dry_run=dry_run, deleted=deleted, held_back=held_back)


def hold(url: str, authority: str, as_user: str, child_id: str, reason: str) -> None:
    """Keep a child's records from deletion, such as during an inquiry.

    Raises
    ------
    InvalidInput
        If no reason is given.
    Conflict
        If they are held already.
    """
    reason = reason.strip()
    if not reason or len(reason) > 2000:
        raise InvalidInput("unusable_reason", "Give the reason, in at most 2,000 characters.")
    with _records(url, authority, as_user, writes=True) as records:
        records.children_of(authority).hold(child_id, reason)
        records.note("retention_held", authority=authority, subject_kind="child", subject_id=child_id)


def release(url: str, authority: str, as_user: str, child_id: str) -> None:
    """Hold a child's records no longer.

    Raises
    ------
    NotFound
        If they are not held.
    """
    with _records(url, authority, as_user, writes=True) as records:
        records.children_of(authority).release(child_id)
        records.note("retention_released", authority=authority, subject_kind="child", subject_id=child_id)


def holds(url: str, authority: str, as_user: str) -> tuple[Hold, ...]:
    """Return whose records are held."""
    with _records(url, authority, as_user, writes=False) as records:
        return records.children_of(authority).holds()


@contextmanager
def _records(url: str, authority: str, as_user: str, *, writes: bool) -> Iterator[Records]:
    require_known_authority(authority)
    actor = usable_actor(as_user)
    database = open_existing(url)
    try:
        require_latest(database)
        with database.writing() if writes else database.reading() as connection:
            require_user_may(connection, actor, authority, Permission.APPLY_RETENTION)
            yield Records(connection, Scope(authorities=frozenset({authority}), actor=actor))
    finally:
        database.close()


def _over(found: tuple[Kept, ...], last_day: date) -> list[Kept]:
    return [one for one in found if one.last_day < last_day]
