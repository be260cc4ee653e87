"""What to watch about court orders with an option: an order permits for a time, and the time may end during the stay.

The rule that bars a secure home without an order is in ``lawful.py``; the other flags are in ``explain.py``.
"""

from __future__ import annotations

from datetime import date

from matching.early_ends import expected_end
from matching.findings import Case
from matching.home import Home
from reference_data.vocabulary import PlacementType


def order_flags(case: Case, home: Home) -> list[str]:
    """Return which orders end before the stay is expected to, or may, since nobody said how long it is."""
    referral = case.referral
    found = []
    if home.type is PlacementType.SECURE_CHILDRENS_HOME:
        ends = _ends(case, referral.secure_order_until)
        if ends:
            found.append(
                f"The secure accommodation order ends {ends}: it gives no authority to keep the child here after that, "
                "so plan now where the child goes next"
            )
    ends = _ends(case, referral.dol_order_until)
    if ends:
        found.append(
            f"The deprivation of liberty order ends {ends}: nothing that needs it may go on after it"
        )
    return found


def _ends(case: Case, until: date | None) -> str | None:
    if until is None or until < case.start:
        return None
    expected = expected_end(case)
    if expected is None:
        return "on a day when the stay may not be over, since nobody recorded how long it is"
    return "before the expected stay does" if until < expected else None
