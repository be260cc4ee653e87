"""Children and beds short, month by month, from the stored returns and homes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from api.database.records import Records
    from sufficiency.forecast import Forecast


def forecast(
    records: Records, start: date | None = None, *, months: int = 24, runs: int = 500, seed: int = 0
) -> Forecast:
    """Return the forecast from the returns in view, with beds short where homes are in view.

    Without a date it starts on the day after the last one that the returns describe: what is known ends there.

    Raises
    ------
    NotEnoughData
        If no return has been imported.
    """
    from sufficiency.forecast import forecast_need

    returns = records.returns()
    return forecast_need(
        returns,
        start=start or returns.last_day + timedelta(days=1),
        months=months,
        runs=runs,
        seed=seed,
        homes=records.homes() or None,
        referrals=records.referrals(),
    )
