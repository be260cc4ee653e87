"""Why a correction of the record ended an alert: in a code for the audit, and in words for those who were told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from api.web.words import british_date

if TYPE_CHECKING:
    from api.database.alert_records import Alert
    from sufficiency.emergency_stay import Stay

OTHERWISE = "recorded_otherwise"
OTHER_CHILD = "child_corrected"
OTHER_DATES = "dates_corrected"


def correction_of(
    alert: Alert, known_spells: Mapping[str, str], stays: Mapping[str, Stay], as_of: date
) -> tuple[str, str]:
    """Return the code of what ended an alert, and the sentence to tell of it; none where the rules merely fell silent.

    Parameters
    ----------
    known_spells
        The spell id that each stay was told under before this scan.
    """
    # Only the stays that the alert's own spell was made of, as they are recorded now.
    told_of = [stays[stay_id] for stay_id in stays if known_spells.get(stay_id) == alert.spell_id]
    if any(stay.child_id != alert.child_id for stay in told_of):
        return OTHER_CHILD, "Closed by a correction: the stay is now recorded for another child."
    for stay in sorted(told_of, key=lambda one: one.started_on):
        if stay.started_on > as_of:
            day = british_date(stay.started_on.isoformat())
            return (
                OTHER_DATES,
                f"Closed by a correction: the stay is now recorded from {day}, which is yet to come.",
            )
        if stay.started_on == stay.ended_on:
            day = british_date(stay.started_on.isoformat())
            return OTHER_DATES, (
                f"Closed by a correction: the stay is now recorded from {day} to the same day, which is no night."
            )
    return OTHERWISE, ""
