"""Signed webhooks after the Standard Webhooks specification: the id in them is the message's own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api import clock
from api.delivery import Message, Undelivered
from api.delivery.http import post, require_taken

if TYPE_CHECKING:
    from api.settings import Settings


def send(message: Message, settings: Settings, *, timeout_seconds: float) -> None:
    """Post an alert as JSON, signed with each of the installation's secrets.

    While a secret is changed there are two, the new one first: a receiver that knows either takes the
    message, as the specification has it.

    Raises
    ------
    Undelivered
        If no secret is set, or the receiver does not answer with 2xx. 410 means: never again.
    """
    from standardwebhooks import Webhook

    if settings.webhook_secret is None:
        raise Undelivered("no_webhook_secret_set")
    now = clock.now()
    body = json.dumps(
        {"type": "emergency_watch.alert", "timestamp": now.isoformat(), "data": dict(message.facts)},
        ensure_ascii=False,
    )
    try:
        secrets = settings.webhook_secret.split()
        signature = " ".join(Webhook(secret).sign(message.message_id, now, body) for secret in secrets)
    except (ValueError, RuntimeError):
        raise Undelivered("unusable_webhook_secret") from None
    headers = {
        "content-type": "application/json",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    require_taken(
        post(
            message.address,
            body.encode(),
            headers,
            timeout_seconds=timeout_seconds,
            ca_file=settings.tls_ca_file,
            private_allowed=settings.webhook_private_addresses,
        )
    )
