"""The log as one JSON document a line. What our own lines say of requests and faults is part of the document.

The text of an exception may quote a record, so of any exception, also one that a library logs, only its kind and the
places it passed through are written.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from api.errors import places_of


class JsonLines(logging.Formatter):
    """Formats a line of the log as a JSON document: ``at``, ``level``, ``logger``, and a message or its parts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        message = record.getMessage()
        parts = _parts(message)
        line |= parts if parts is not None else {"message": message}
        if record.exc_info and record.exc_info[1] is not None:
            fault = record.exc_info[1]
            line |= {"fault": type(fault).__name__, "places": places_of(fault)}
        return json.dumps(line, ensure_ascii=False)


def write_to_stderr(level: int = logging.INFO) -> None:
    """Have everything that is logged written to the standard error output, line by line."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler])


def _parts(message: str) -> dict[str, object] | None:
    if not message.startswith("{"):
        return None
    try:
        found = json.loads(message)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
