"""One POST over HTTPS, for the channels that are web addresses. Redirects are not followed."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from api.delivery import Undelivered

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def post(
    address: str, body: bytes, headers: Mapping[str, str], *, timeout_seconds: float, ca_file: str | None
) -> int:
    """Return the status that a receiver answered with.

    Raises
    ------
    Undelivered
        If the address is not https (plain http is for this machine only), or nobody answers in time.
    """
    parts = urlsplit(address)
    if not parts.hostname or (parts.scheme != "https" and parts.hostname not in LOCAL):
        raise Undelivered("address_not_https", for_good=True)
    connection: HTTPConnection
    if parts.scheme == "https":
        trusted = ssl.create_default_context(cafile=ca_file)
        connection = HTTPSConnection(
            parts.hostname, parts.port or 443, timeout=timeout_seconds, context=trusted
        )
    else:
        connection = HTTPConnection(parts.hostname, parts.port or 80, timeout=timeout_seconds)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        return connection.getresponse().status
    except TimeoutError:
        raise Undelivered("timed_out") from None
    except ssl.SSLError:
        raise Undelivered("tls_failed") from None
    except (HTTPException, OSError) as error:
        raise Undelivered(type(error).__name__.lower()) from None
    finally:
        connection.close()


def require_taken(status: int) -> None:
    """Refuse an answer that does not say the message was taken.

    Raises
    ------
    Undelivered
        For any status but 2xx.
    """
    if not 200 <= status < 300:
        raise Undelivered(f"http_{status}", for_good=status == 410)
