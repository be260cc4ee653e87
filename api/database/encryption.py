"""SQLite encrypted at rest: SQLCipher's driver in place of Python's own, with a key from a file.

The address names the file (``sqlite:////var/lib/righthome/righthome.sqlite3?key_file=/etc/righthome/database-key``), so
that it holds no secret itself and every command and the server open the database alike. The key is 32 random
bytes as 64 hexadecimal digits, and no passphrase: nothing weak can be chosen, and no connection waits for one
to be stretched. The cryptography is SQLCipher's; nothing here encrypts.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from reference_data.problems import InvalidInput

KEY_FILE = "key_file"
_KEY = re.compile(r"[0-9a-fA-F]{64}")
_PLAIN = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteDriver:
    """The driver that opens SQLite files, with the key of an encrypted one.

    Parameters
    ----------
    module
        Python's ``sqlite3`` or SQLCipher's module of the same shape.
    key
        64 hexadecimal digits, or ``None`` for files that are not encrypted.
    """

    module: Any
    key: str | None = field(default=None, repr=False)

    def unlock(self, connection: Any) -> None:
        """Give a new connection its key. A wrong one is noticed at the first read."""
        if self.key is not None:
            connection.execute(f"PRAGMA key = \"x'{self.key}'\"")

    def open(self, file: Path, *, writes: bool = False) -> Any:
        """Return a connection to one file."""
        mode = "rwc" if writes else "ro"
        connection = self.module.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True)
        self.unlock(connection)
        return connection

    def copy(self, source: Path, target: Path) -> None:
        """Copy one state of a database, while others go on writing; a plain one becomes encrypted where there is a key.

        Raises
        ------
        sqlite3.DatabaseError, or the driver's own
            If the source is no database, or encrypted under another key.
        """
        if self.key is not None and is_plain(source):
            with closing(self.module.connect(source.resolve().as_uri() + "?mode=ro", uri=True)) as plain:
                plain.execute(f"ATTACH DATABASE ? AS copy KEY \"x'{self.key}'\"", (str(target),))
                plain.execute("SELECT sqlcipher_export('copy')")
            return
        with closing(self.open(source)) as found, closing(self.open(target, writes=True)) as made:
            # All pages in one step: one state of the database, while others go on writing.
            found.backup(made, pages=-1)
            # The copy is one file, without a log beside it.
            made.execute("PRAGMA journal_mode = DELETE")


def driver_of(url: URL) -> SqliteDriver:
    """Return the driver for a SQLite address.

    Raises
    ------
    InvalidInput
        If it names a key file that cannot be used, or SQLCipher's driver is not installed.
    """
    named = url.query.get(KEY_FILE)
    if named is None:
        return SqliteDriver(module=sqlite3)
    try:
        key = Path(str(named)).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise _unusable_key("cannot be read") from None
    if not _KEY.fullmatch(key):
        raise _unusable_key("does not hold 64 hexadecimal digits")
    try:
        from sqlcipher3 import dbapi2
    except ModuleNotFoundError:
        raise InvalidInput(
            "no_sqlcipher_driver",
            "An encrypted database needs SQLCipher's driver. Install righthome with its encrypted extra.",
        ) from None
    return SqliteDriver(module=dbapi2, key=key)


def is_plain(file: Path) -> bool:
    """Return whether a file is a SQLite database that is not encrypted."""
    with file.open("rb") as opened:
        return opened.read(len(_PLAIN)) == _PLAIN


def _unusable_key(what: str) -> InvalidInput:
    return InvalidInput(
        "unusable_key_file",
        f"The key file of the database {what}. Make one with: openssl rand -hex 32",
    )
