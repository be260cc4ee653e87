"""The watch beside the server, and the day by the clock of London."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from api import clock
from api.jobs import watch_once, watching

from .conftest import DAY, stay


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 6, 14, 23, 30, tzinfo=UTC), date(2026, 6, 15)),  # summer: midnight has passed
        (datetime(2026, 12, 14, 23, 30, tzinfo=UTC), date(2026, 12, 14)),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 29)),  # the hour that is left out
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),  # the night with an hour twice
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2028, 2, 28, 23, 59, tzinfo=UTC), date(2028, 2, 28)),
        (datetime(2028, 2, 29, 0, 1, tzinfo=UTC), date(2028, 2, 29)),
    ],
)
def test_the_day_is_that_of_london(instant: datetime, day: date) -> None:
    assert clock.today(instant) == day


def test_a_new_day_is_scanned_without_anybody_asking_and_what_it_raises_is_sent(
    council: Any, mail: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(
        stay(started_on="2026-06-01", in_care=False, legal_basis="part_7", setting="caravan"),
        as_of=date(2026, 6, 15),
    )
    assert "over_14_nights" not in council.listed()
    council.use(as_of=date(2026, 6, 16))
    watch_once(council.database, council.settings)
    assert council.listed()["over_14_nights"]["outcome"] == "RAISED"
    assert len(mail.taken) == 1
    watch_once(council.database, council.settings)
    assert len(mail.taken) == 1


def test_the_watch_runs_while_the_server_does_and_stops_with_it(council: Any) -> None:
    import threading

    council.use(as_of=DAY)
    council.record(stay(started_on="2026-06-01"), as_of=date(2026, 6, 10))
    with watching(council.settings):
        until = time.monotonic() + 20
        while (
            council.do(lambda records, authority: records.alerts_of(authority).last_run()).scanned_for != DAY
        ):
            assert time.monotonic() < until
            time.sleep(0.05)
    assert "emergency-watch" not in {thread.name for thread in threading.enumerate()}


def test_a_server_that_leaves_the_watch_to_a_timer_runs_none(council: Any) -> None:
    import threading

    council.use(watch=False)
    with watching(council.settings):
        assert "emergency-watch" not in {thread.name for thread in threading.enumerate()}


def test_years_of_history_are_not_scanned_again(council: Any) -> None:
    council.record(
        *(stay(number, started_on="2024-01-01", ended_on="2024-02-01") for number in range(1, 6)),
        stay(7, started_on="2026-06-10"),
    )
    assert council.scan().spells == 1
