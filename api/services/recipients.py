"""Who is told of alerts: the places where each role is reached, and the roles that nobody has an address for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import uuid4

from api.alert_policy import AlertPolicy
from api.auth.passwords import username_key
from api.database.alert_records import Recipient
from api.services.alert_telling import telling_of
from reference_data.problems import Conflict, InvalidInput

if TYPE_CHECKING:
    from api.database.records import Records

CHANNELS = ("email", "webhook", "notify", "in_app", "file")
HOURS = ("any", "office", "out_of_hours")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def roles_unreached(recipients: Iterable[Recipient], policy: AlertPolicy) -> tuple[str, ...]:
    """Return the roles that must be told of something and have no place to be told at."""
    reached = {one.role for one in recipients}
    return tuple(role for role in policy.roles_used() if role not in reached)


def add_recipient(
    records: Records,
    authority: str,
    *,
    role: str,
    channel: str,
    address: str,
    hours: str,
    policy: AlertPolicy,
    base_url: str = "",
) -> Recipient:
    """Add a place where a role is told, and tell it of the open alerts of that role, together.

    Raises
    ------
    InvalidInput
        If the role, channel, hours or address cannot be used.
    Conflict
        If the role is told there already.
    """
    if role not in policy.roles:
        raise InvalidInput("no_such_role", f"Give one of the roles: {', '.join(policy.roles)}.")
    if channel not in CHANNELS:
        raise InvalidInput("no_such_channel", f"Give one of the channels: {', '.join(CHANNELS)}.")
    if hours not in HOURS:
        raise InvalidInput("no_such_hours", f"Give one of: {', '.join(HOURS)}.")
    address = address.strip()
    if not address or len(address) > 400 or any(letter.isspace() for letter in address):
        raise InvalidInput("unusable_address", "Give one address without spaces.")
    if channel == "webhook" and not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise InvalidInput("unusable_address", "A webhook's address begins with https://.")
    if channel in {"email", "notify", "file"} and not _EMAIL.fullmatch(address):
        raise InvalidInput("unusable_address", "Give an email address.")
    store = records.alerts_of(authority)
    if channel == "in_app":
        address = username_key(address)
    if not store.is_reachable(channel, address):
        raise InvalidInput(
            "no_such_user", "Give the sign-in name of somebody who may sign in for this authority."
        )
    if any(
        (one.role, one.channel, one.address, one.hours) == (role, channel, address, hours)
        for one in store.recipients()
    ):
        raise Conflict("recipient_there", "This role is told there already.")
    recipient = Recipient(recipient_id=uuid4().hex, role=role, channel=channel, address=address, hours=hours)
    store.add_recipient(recipient)
    records.note(
        "recipient_added",
        authority=authority,
        subject_kind="recipient",
        subject_id=recipient.recipient_id,
        detail={"role": role, "channel": channel, "hours": hours},
    )
    # No scan may be under way: it would raise alerts with the recipients as they were.
    store.hold_watch()
    telling_of(records, authority, policy, base_url=base_url).tell_newcomer(recipient)
    return recipient


def drop_recipient(records: Records, authority: str, recipient_id: str) -> None:
    """Tell a place nothing any more.

    Raises
    ------
    NotFound
        If there is no such recipient in view.
    """
    records.alerts_of(authority).drop_recipient(recipient_id)
    records.note("recipient_dropped", authority=authority, subject_kind="recipient", subject_id=recipient_id)
