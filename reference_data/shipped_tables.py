"""Opening the data files that ship inside this package.

Only files of ours are opened here. Files that a caller names are read by ``tables.py``.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

_SHIPPED = Path(__file__).parent / "shipped"


def shipped_path(folder: str, name: str) -> Path:
    """Return the path of one shipped file."""
    return _SHIPPED / folder / name


def shipped_rows(folder: str, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a shipped CSV file, plain or gzipped, as texts by column name."""
    path = shipped_path(folder, name)
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))


def optional_date(text: str) -> date | None:
    """Return an ISO date, or ``None`` where the cell is empty."""
    return date.fromisoformat(text) if text else None
