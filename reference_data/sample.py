"""Where the invented records that ship with the product stand on disk, and their fixed date.

The records are in ``synthetic``, with a page on how they were written; this module only finds them.
Reading them is ``tables.py``.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from reference_data.problems import NotFound

SAMPLE_DATE = date(2026, 6, 15)
"""The Monday on which the sample is written: what is dated later had not happened."""

PARTNERSHIP_SEED = 2026
"""What the generated partnership that ships is drawn from."""

_FOLDER = Path(__file__).parent / "synthetic"
SAMPLE_RETURNS = _FOLDER / "sample_returns"
"""The folder of five synthetic annual returns, as they came; its README says whose they are."""
PARTNERSHIP_AUTHORITY = "879"
PARTNERSHIP_ARCHIVE = _FOLDER / "partnership_plymouth.zip"
"""Plymouth's files of the generated partnership on ``SAMPLE_DATE``: homes, referrals, stays, enquiries, notices and
nine annual returns. ``righthome synthetic`` writes them anew, and those of the four other councils."""
_FILES = {
    "homes": "plymouth_homes.json",
    "referrals": "plymouth_referrals.json",
    "partner_referrals": "partner_referrals.json",
    "stays": "plymouth_stays.json",
    "pins": "pins_example.json",
}

SAMPLE_NAMES = tuple(_FILES)
"""What :func:`sample_path` knows."""


def sample_path(name: str) -> Path:
    """Return where a file of the sample partnership is: homes, referrals, partner_referrals, stays or pins.

    Raises
    ------
    NotFound
        If the sample has no file of that name.
    """
    if name not in _FILES:
        raise NotFound("no_such_sample", f"The sample has {', '.join(SAMPLE_NAMES)}; nothing else.")
    return _FOLDER / _FILES[name]
