"""Ways out of the building for a message of the outbox: one module a channel, each a single function.

A sender either returns, which means that the receiver took the message, or raises ``Undelivered``.
It may be called again with the same message; the message's id goes with it, so that a receiver can
tell a repetition from news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one place is told at once: one step of one alert, or of several.

    Parameters
    ----------
    keys
        What is told, one key for each alert.
    facts
        The first alert as data: all of it where alerts go out one by one.
    """

    message_id: str
    address: str
    subject: str
    body: str
    keys: tuple[str, ...]
    facts: Mapping[str, Any]


class Undelivered(Exception):
    """The receiver did not take a message.

    ``reason`` is a short code for the log and the audit: it never repeats an address or what the
    receiver said. ``for_good`` means that trying again cannot help.
    """

    def __init__(self, reason: str, *, for_good: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good
