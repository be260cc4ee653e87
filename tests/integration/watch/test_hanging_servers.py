"""A server that hangs delays no message of another: real servers that hang, dribble, and come back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.delivery import Undelivered, email, http

from .test_delivery import one_alert

DIRECTORS = tuple(("director", "email", f"director{number}@example.org") for number in range(5))


@contextmanager
def dribbling(piece: bytes) -> Iterator[int]:
    """A server that says a piece of an answer every fifth of a second and never ends; yields its port."""
    listening, stop = socket.create_server(("127.0.0.1", 0)), threading.Event()

    def talk(line: socket.socket) -> None:
        with line:
            while not stop.wait(0.2):
                try:
                    line.sendall(piece)
                except OSError:
                    return

    def take() -> None:
        while not stop.is_set():
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    threading.Thread(target=take, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        stop.set()
        listening.close()


def told(council: Any, channel: str) -> list[tuple[str, int]]:
    return sorted(
        (one["status"], one["attempts"])
        for one in council.listed()["over_14_nights"]["told"]
        if one["channel"] == channel
    )


def test_a_mail_server_that_hangs_costs_two_messages_and_keeps_no_webhook_waiting(
    council: Any, mail: Any, web: Any
) -> None:
    council.quick(timeout_seconds=1, lease_seconds=2)
    mail.behave = lambda number: "hang 1.5"
    one_alert(council, *DIRECTORS, ("director", "webhook", web.url))
    done = council.deliver()
    assert (done.sent, done.failed) == (1, 2)
    assert told(council, "webhook") == [("sent", 1)]
    # The others were not tried, and have lost none of their attempts.
    assert told(council, "email") == [("waiting", 0)] * 3 + [("waiting", 1)] * 2
    mail.behave = lambda number: None
    council.make_due()
    assert council.deliver().sent == 5
    assert all(count == 1 for count in mail.ids.values())


def test_a_single_message_that_a_server_chokes_on_keeps_no_other_back(council: Any, mail: Any) -> None:
    council.quick(timeout_seconds=1, lease_seconds=2)
    mail.behave = lambda number: "hang 1.5" if number == 1 else None
    one_alert(council, *DIRECTORS)
    done = council.deliver()
    assert (done.sent, done.failed) == (4, 1)


def test_a_webhook_that_hangs_keeps_no_other_receiver_waiting(council: Any, web: Any) -> None:
    from .receivers import web_receiver

    council.quick(timeout_seconds=1, lease_seconds=2)
    with web_receiver() as hanging:
        hanging.behave = lambda number: "late 1.5"
        slow = [("director", "webhook", f"{hanging.url}/{number}") for number in range(4)]
        one_alert(council, *slow, ("director", "webhook", web.url))
        done = council.deliver()
        assert (done.sent, done.failed) == (1, 2)
        assert hanging.tried == 2


@pytest.mark.parametrize("tls", ["none", "starttls"])
def test_a_mail_server_that_never_ends_its_greeting_is_left_when_the_time_is_over(
    council: Any, tls: str
) -> None:
    from api.delivery import Message

    message = Message(message_id="m", address="a@example.org", subject="s", body="b", keys=("k",), facts={})
    with dribbling(b"220-wait\r\n") as port:
        council.use(smtp_host="127.0.0.1", smtp_port=port, smtp_tls=tls, smtp_from="r@example.org")
        with pytest.raises(Undelivered) as raised:
            email.send(message, council.settings, timeout_seconds=1)
    assert raised.value.reason == "timed_out"


def test_a_webhook_that_never_ends_its_answer_is_left_when_the_time_is_over() -> None:
    with dribbling(b"H") as port, pytest.raises(Undelivered) as raised:
        http.post(
            f"http://127.0.0.1:{port}/", b"{}", {}, timeout_seconds=1, ca_file=None, private_allowed=True
        )
    assert raised.value.reason == "timed_out"
