"""GOV.UK Notify over its documented HTTP API: an email by one of the council's own templates.

The template needs the fields ``subject`` and ``body``. The reference is the message's own id.
Documentation: https://docs.notifications.service.gov.uk/rest-api.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING

from api import clock
from api.delivery import Message, Undelivered
from api.delivery.http import post, require_taken

if TYPE_CHECKING:
    from api.settings import Settings

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_KEY = re.compile(rf"^.*-(?P<service>{_UUID})-(?P<secret>{_UUID})$", re.IGNORECASE)


def send(message: Message, settings: Settings, *, timeout_seconds: float) -> None:
    """Ask Notify to email one address.

    Raises
    ------
    Undelivered
        If key or template are not set, or Notify does not answer with 2xx.
    """
    if settings.notify_api_key is None or settings.notify_template_id is None:
        raise Undelivered("notify_not_set")
    body = {
        "email_address": message.address,
        "template_id": settings.notify_template_id,
        "personalisation": {"subject": message.subject, "body": message.body},
        "reference": message.message_id,
    }
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {_token(settings.notify_api_key, int(clock.now().timestamp()))}",
    }
    require_taken(
        post(
            f"{settings.notify_url.rstrip('/')}/v2/notifications/email",
            json.dumps(body).encode(),
            headers,
            timeout_seconds=timeout_seconds,
            ca_file=settings.tls_ca_file,
            # Where Notify is stands in the settings and not in a recipient's address.
            private_allowed=True,
        )
    )


def _token(api_key: str, issued_at: int) -> str:
    """Return the JSON Web Token (HS256) that Notify asks for, valid for thirty seconds there."""
    key = _KEY.match(api_key)
    if key is None:
        raise Undelivered("unusable_notify_key")
    parts = [{"typ": "JWT", "alg": "HS256"}, {"iss": key["service"], "iat": issued_at}]
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    signature = hmac.new(key["secret"].encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
