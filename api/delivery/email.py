"""Email by SMTP, with TLS from the first byte or by STARTTLS."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING

from api.delivery import Message, Undelivered
from api.delivery.deadline import within

GREETED = 220
"""With what a mail server greets that is ready (RFC 5321, section 4.2)."""

if TYPE_CHECKING:
    from api.settings import Settings


def send(message: Message, settings: Settings, *, timeout_seconds: float) -> None:
    """Hand a message to the council's mail server.

    The Message-ID is the message's own id, so that a second copy can be told from news.

    Raises
    ------
    Undelivered
        If no server is set, or it does not take the message.
    """
    if settings.smtp_host is None:
        raise Undelivered("no_smtp_server_set")
    try:
        email = written(message, settings.smtp_from)
    except ValueError:
        raise Undelivered("unusable_address", for_good=True) from None
    try:
        server = _server(settings, timeout_seconds)
        try:
            with within(timeout_seconds, lambda: server.sock):
                _connect(server, settings, settings.smtp_host)
                if settings.smtp_user is not None:
                    server.login(settings.smtp_user, settings.smtp_password or "")
                server.send_message(email)
        finally:
            # The server has answered by now. Whether it says goodbye too changes nothing.
            server.close()
    except smtplib.SMTPRecipientsRefused:
        # A relay that is set up wrongly refuses everybody, and is put right: no refusal is taken as the last word.
        raise Undelivered("recipient_refused") from None
    except smtplib.SMTPResponseException as refused:
        raise Undelivered(f"smtp_{refused.smtp_code}") from None
    except ssl.SSLError:
        raise Undelivered("tls_failed") from None
    except TimeoutError:
        raise Undelivered("timed_out") from None
    except smtplib.SMTPServerDisconnected as lost:
        # The library says so of a server that closed the line and of one that never answered.
        waited = isinstance(lost.__context__, TimeoutError)
        raise Undelivered("timed_out" if waited else "disconnected") from None
    except (smtplib.SMTPException, OSError) as error:
        raise Undelivered(type(error).__name__.lower()) from None


def written(message: Message, sender: str) -> EmailMessage:
    """Return a message as an email.

    Raises
    ------
    ValueError
        If the address cannot be one.
    """
    # Ids stand on one line: not every mail server reads a folded Message-ID.
    email = EmailMessage(policy=SMTP.clone(max_line_length=900))
    email["From"] = sender
    email["To"] = message.address
    email["Subject"] = message.subject
    email["Message-ID"] = f"<{message.message_id}@righthome>"
    for key in message.keys:
        email["X-Righthome-Alert"] = key
    # Out-of-office replies to an alarm would come back as mail that nobody reads.
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(message.body)
    return email


def _server(settings: Settings, timeout_seconds: float) -> smtplib.SMTP:
    if settings.smtp_tls == "tls":
        trusted = ssl.create_default_context(cafile=settings.tls_ca_file)
        return smtplib.SMTP_SSL(timeout=timeout_seconds, context=trusted)
    return smtplib.SMTP(timeout=timeout_seconds)


def _connect(server: smtplib.SMTP, settings: Settings, host: str) -> None:
    # The name is what a certificate is held to; given to ``connect`` alone it would not be known.
    server._host = host  # type: ignore[attr-defined]
    code, answer = server.connect(host, settings.smtp_port)
    if code != GREETED:
        raise smtplib.SMTPConnectError(code, answer)
    if settings.smtp_tls == "starttls":
        server.starttls(context=ssl.create_default_context(cafile=settings.tls_ca_file))
