"""The watch over emergency accommodation, from the stored stays."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.database.records import Records
    from matching.policy import Policy
    from sufficiency.emergency import WatchReport


def emergency_watch(records: Records, as_of: date, *, policy: Policy | None = None) -> WatchReport:
    """Return the spells of every child in view, with the outcome of every rule."""
    from sufficiency.emergency import watch

    return watch(records.stays(), as_of=as_of, policy=policy)
