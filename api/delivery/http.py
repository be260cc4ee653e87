"""One POST over HTTPS, for the channels that are web addresses.

Redirects are not followed, and a certificate that nobody vouches for is refused. An address given by a
person must be public unless the installation allows otherwise: the name is resolved once, the address it
stands for is judged, and that very address is called, so that no answer in between can change it.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from api.delivery import Undelivered
from api.delivery.deadline import within

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    timeout_seconds: float,
    ca_file: str | None,
    private_allowed: bool = False,
) -> int:
    """Return the status that a receiver answered with.

    Raises
    ------
    Undelivered
        If the address is not https (plain http is for this machine only), is on a private network without
        leave, cannot be verified, or does not answer in time.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Undelivered("unusable_address", for_good=True) from None
    if not host or (parts.scheme != "https" and (parts.scheme != "http" or host not in LOCAL)):
        raise Undelivered("address_not_https", for_good=True)
    secure = parts.scheme == "https"
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    connection: HTTPConnection | None = None
    try:
        line = _called(host, port or (443 if secure else 80), timeout_seconds, private_allowed)
        if secure:
            trusted = ssl.create_default_context(cafile=ca_file)
            connection = HTTPSConnection(host, port or 443, timeout=timeout_seconds, context=trusted)
            try:
                connection.sock = trusted.wrap_socket(line, server_hostname=host)
            except BaseException:
                line.close()
                raise
        else:
            connection = HTTPConnection(host, port or 80, timeout=timeout_seconds)
            connection.sock = line
        called = connection
        with within(timeout_seconds, lambda: called.sock):
            called.request("POST", target, body=body, headers=dict(headers))
            return called.getresponse().status
    except TimeoutError:
        raise Undelivered("timed_out") from None
    except ssl.SSLError:
        raise Undelivered("tls_failed") from None
    except (HTTPException, OSError) as error:
        raise Undelivered(type(error).__name__.lower()) from None
    finally:
        if connection is not None:
            connection.close()


def _called(host: str, port: int, timeout_seconds: float, private_allowed: bool) -> socket.socket:
    """Return a line to the first address of a host that answers, having judged every one of them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if not private_allowed and not all(_is_public(str(one[4][0])) for one in found):
        raise Undelivered("address_not_public", for_good=True)
    failure: OSError = OSError("no address")
    for _, _, _, _, place in found:
        try:
            return socket.create_connection((str(place[0]), port), timeout=timeout_seconds)
        except OSError as error:
            failure = error
    raise failure


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    # An address of version 4 in the clothes of version 6 is judged as what it is.
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


def require_taken(status: int) -> None:
    """Refuse an answer that does not say the message was taken.

    Raises
    ------
    Undelivered
        For any status but 2xx.
    """
    if not 200 <= status < 300:
        raise Undelivered(f"http_{status}", for_good=status == 410)
