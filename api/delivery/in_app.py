"""Inside the application: the message stands on the page of messages, under the name of the person it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.delivery import Message

if TYPE_CHECKING:
    from api.settings import Settings


def send(message: Message, settings: Settings, *, timeout_seconds: float) -> None:
    """Do nothing: the row of the outbox is the message, and the page shows it once it is marked as sent."""
