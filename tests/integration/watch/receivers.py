"""Real receivers of alerts, on this machine: a mail server with TLS and a web server for webhooks.

Each keeps what it took and can be told to refuse, to hang, or to answer late.
"""

from __future__ import annotations

import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine that nobody but a test trusts."""
    key, crt = folder / "key.pem", folder / "crt.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", crt],
        check=True,
        capture_output=True,
    )
    return key, crt


@dataclass
class MailServer:
    """A mail server: what it took, and how it shall behave."""

    host: str = "localhost"
    port: int = 0
    taken: list[Message] = field(default_factory=list)
    behave: Callable[[int], str | None] = lambda number: None
    """Given the number of the attempt from 1: an answer to refuse with, or nothing to take the message."""
    tried: int = 0
    knows_nobody: bool = False
    """Whether every recipient is refused for good, as a relay that is set up wrongly does."""

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.knows_nobody:
            return "550 relaying denied"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        import asyncio

        self.tried += 1
        answer = self.behave(self.tried)
        if answer is not None and answer.startswith("late "):
            # The message is taken, and the answer comes too late to be heard.
            self.taken.append(message_from_bytes(envelope.content))
            await asyncio.sleep(float(answer[5:]))
            return "250 OK"
        if answer is not None and answer.startswith("hang "):
            await asyncio.sleep(float(answer[5:]))
            return "451 too late"
        if answer is not None:
            return answer
        self.taken.append(message_from_bytes(envelope.content))
        return "250 OK"

    @property
    def ids(self) -> Counter[str]:
        return Counter(str(message["Message-ID"]) for message in self.taken)


class _Controller(Controller):
    def __init__(self, handler: Any, context: ssl.SSLContext | None) -> None:
        self.context = context
        super().__init__(handler, hostname="127.0.0.1", port=0)

    def factory(self) -> SMTP:
        return SMTP(self.handler, tls_context=self.context, require_starttls=self.context is not None)

    def _trigger_server(self) -> None:
        # With port 0 the system gives one: ask for it before the controller knocks at its own door.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(key_and_certificate: tuple[Path, Path] | None) -> Iterator[MailServer]:
    context = None
    if key_and_certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(key_and_certificate[1], key_and_certificate[0])
    mail = MailServer()
    controller = _Controller(mail, context)
    controller.start()
    mail.port = controller.port
    try:
        yield mail
    finally:
        controller.stop()


@dataclass
class WebReceiver:
    """A web server that takes POSTs: what it took, and how it shall behave."""

    url: str = ""
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    behave: Callable[[int], int | str] = lambda number: 200
    """Given the number of the attempt from 1: a status, or ``late SECONDS`` to take it and answer late."""
    tried: int = 0
    paths: list[str] = field(default_factory=list)

    @property
    def ids(self) -> Counter[str]:
        return Counter(headers["webhook-id"] for headers, _ in self.taken)


@contextmanager
def web_receiver(key_and_certificate: tuple[Path, Path] | None = None) -> Iterator[WebReceiver]:
    receiver = WebReceiver()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with lock:
                receiver.tried += 1
                answer = receiver.behave(receiver.tried)
                receiver.paths.append(self.path)
                if isinstance(answer, str) or 200 <= answer < 300:
                    receiver.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if isinstance(answer, str):
                time.sleep(float(answer[5:]))
                answer = 200
            try:
                self.send_response(answer)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:
                return

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme = "http"
    if key_and_certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(key_and_certificate[1], key_and_certificate[0])
        # Shaken hands with in the thread of the request: a caller that refuses must not end the server.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    receiver.url = f"{scheme}://127.0.0.1:{server.server_address[1]}/alerts"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
