"""Children and beds short, month by month, from the stored returns and homes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.database.records import Records
    from sufficiency.forecast import Forecast


def forecast(records: Records, start: date, *, months: int = 24, runs: int = 500, seed: int = 0) -> Forecast:
    """Return the forecast from the returns in view, with beds short where homes are in view.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    from sufficiency.forecast import forecast_need

    return forecast_need(
        records.returns(),
        start=start,
        months=months,
        runs=runs,
        seed=seed,
        homes=records.homes() or None,
        referrals=records.referrals(),
    )
