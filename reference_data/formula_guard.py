"""Text that a spreadsheet would run as a formula, made harmless in a CSV and read back as it was.

A program that opens a CSV takes a cell beginning with one of these marks for a formula. An apostrophe
before it makes it text again; the reader of files takes that one apostrophe off.

References
----------
OWASP, CSV Injection: cells that begin with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return.
"""

from __future__ import annotations

import re

# Apostrophes count in, so that text which already looks guarded comes back as it was too.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that was guarded; any other text as it is."""
    return text[1:] if _GUARDED.match(text) else text
