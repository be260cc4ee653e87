"""The five of May 2018, scanned every evening: who would have been told, and on which day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import reference_data
from api.services import alerts
from reference_data.tables import read_records

from .conftest import AUTHORITY

FIVE = Path(reference_data.__file__).parent / "synthetic" / "emergency_stays_may_2018.csv"


def test_exactly_two_are_raised_as_over_fourteen_nights_by_the_first_of_may_and_on_exactly_these_days(
    council: Any,
) -> None:
    from api.database.records import Records, Scope

    council.tell("director", "email", "director@example.org")
    rows = [row.values for row in read_records(FIVE, "stay").rows]
    raised: dict[str, date] = {}
    day = min(row["started_on"] for row in rows)
    while day <= date(2018, 5, 1):
        # On each day only what had been recorded by then: a stay has no end before it ends.
        known = [
            {
                **row,
                "authority": AUTHORITY,
                "ended_on": row["ended_on"] if row["ended_on"] and row["ended_on"] <= day else None,
            }
            for row in rows
            if row["started_on"] <= day
        ]
        with council.database.writing() as connection:
            scope = Scope(authorities=frozenset({AUTHORITY}), actor="tester")
            Records(connection, scope).keep("stays", AUTHORITY, known, import_id=None)
        council.scan(as_of=day)
        for alert in council.do(alerts.alerts_listed):
            if alert["rule"] == "over_14_nights" and alert["outcome"] == "RAISED":
                raised.setdefault(alert["child_id"], day)
        day += timedelta(days=1)
    assert raised == {"DEMO-2018-C1": date(2018, 4, 24), "DEMO-2018-C2": date(2018, 4, 29)}
    told = [
        one
        for alert in council.do(alerts.alerts_listed)
        if alert["rule"] == "over_14_nights" and alert["outcome"] == "RAISED"
        for one in alert["told"]
    ]
    # Nobody answered within the day, but escalation goes by the clock and not by the days of this test.
    # The first of the two was still there after three weeks, and was told again.
    assert sorted((one["role"], one["step"]) for one in told) == [
        *[("director", "1-raised")] * 2,
        ("director", "1-raised-nights-21"),
    ]
