"""Restricting a child's records, lifting that, and breaking the glass with a reason that managers are told of."""

from __future__ import annotations

from api.alert_policy import AlertPolicy
from api.database.records import Records
from api.database.restricted import BrokenGlass
from api.services.alerts_about_the_watch import report_restricted_opened
from reference_data.problems import InvalidInput

LONGEST_REASON = 2000
SHORTEST_REASON = 10
"""A reason of one word answers nobody who asks later."""


def restrict(records: Records, authority: str, child_id: str, reason: str) -> None:
    """Restrict a child's records.

    Raises
    ------
    InvalidInput
        If the reason is too short or too long.
    NotFound, Conflict
        If there is no record of that child, or it is restricted already.
    """
    records.restricted_of(authority).restrict(child_id.strip(), _usable(reason))
    # The words stay out of the audit: they are about a child.
    records.note("restricted", authority=authority, subject_kind="child", subject_id=child_id.strip())


def lift(records: Records, authority: str, child_id: str) -> None:
    """Lift a restriction.

    Raises
    ------
    NotFound
        If there is none.
    """
    records.restricted_of(authority).lift(child_id)
    records.note("restriction_lifted", authority=authority, subject_kind="child", subject_id=child_id)


def break_glass(
    records: Records,
    authority: str,
    child_id: str,
    reason: str,
    *,
    minutes: int,
    alert_policy: AlertPolicy,
    base_url: str = "",
) -> BrokenGlass:
    """Open a restricted child's records to whoever asks, for a time, and tell managers.

    Raises
    ------
    InvalidInput
        If the reason is too short or too long.
    NotFound
        If no restricted record of that child is there.
    """
    child_id = child_id.strip()
    broken = records.restricted_of(authority).break_glass(child_id, _usable(reason), minutes=minutes)
    records.note(
        "glass_broken",
        authority=authority,
        subject_kind="child",
        subject_id=child_id,
        detail={"until": broken.until.isoformat(timespec="seconds")},
    )
    report_restricted_opened(
        records, authority, child_id=child_id, alert_policy=alert_policy, base_url=base_url
    )
    return broken


def _usable(reason: str) -> str:
    reason = reason.strip()
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise InvalidInput(
            "unusable_reason", f"Give the reason in {SHORTEST_REASON} to {LONGEST_REASON} characters."
        )
    return reason
