"""Into a folder, as email files, in place of a mail server: for a demonstration and for trying out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from api.delivery import Message, Undelivered
from api.delivery.email import written

if TYPE_CHECKING:
    from api.settings import Settings


def send(message: Message, settings: Settings, *, timeout_seconds: float) -> None:  # noqa: ARG001
    """Write a message as a file named by its id, so that a second copy takes the place of the first.

    Raises
    ------
    Undelivered
        If no folder is set, or it cannot be written to.
    """
    if settings.message_folder is None:
        raise Undelivered("no_message_folder_set")
    if not re.fullmatch(r"[0-9a-z]+", message.message_id):
        raise Undelivered("unusable_message_id", for_good=True)
    folder = Path(settings.message_folder)
    path = folder / f"{message.message_id}.eml"
    unfinished = folder / f"{message.message_id}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(bytes(written(message, settings.smtp_from)))
        os.replace(unfinished, path)
    except ValueError:
        raise Undelivered("unusable_address", for_good=True) from None
    except OSError:
        raise Undelivered("folder_not_writable") from None
