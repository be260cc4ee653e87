"""Working days in England, against the published lists of bank holidays."""

from __future__ import annotations

from datetime import date

import pytest

from reference_data.shipped_tables import shipped_rows
from reference_data.working_days import bank_holidays, is_working_day, working_days_after

# GOV.UK, bank holidays in England and Wales, typed from the published lists; 2029 and 2030 from a calendar.
PUBLISHED = {
    2011: ["01-03", "04-22", "04-25", "04-29", "05-02", "05-30", "08-29", "12-26", "12-27"],
    2016: ["01-01", "03-25", "03-28", "05-02", "05-30", "08-29", "12-26", "12-27"],
    2020: ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"],
    2021: ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2022: ["01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"],
    2023: ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"],
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2028: ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"],
    2029: ["01-01", "03-30", "04-02", "05-07", "05-28", "08-27", "12-25", "12-26"],
    2030: ["01-01", "04-19", "04-22", "05-06", "05-27", "08-26", "12-25", "12-26"],
}


@pytest.mark.parametrize("year", sorted(PUBLISHED))
def test_the_bank_holidays_of_a_year_are_those_published(year):
    assert sorted(day.isoformat() for day in bank_holidays(year)) == [
        f"{year}-{day}" for day in PUBLISHED[year]
    ]


def test_a_limit_in_working_days_skips_weekends_and_holidays():
    assert working_days_after(date(2026, 5, 22), 5) == date(2026, 6, 1)
    assert working_days_after(date(2026, 5, 23), 1) == date(2026, 5, 26)
    assert working_days_after(date(2026, 5, 22), 0) == date(2026, 5, 22)
    assert not is_working_day(date(2026, 12, 25))


def test_the_days_a_proclamation_moved_or_added_are_each_a_weekday_with_a_name_and_a_source():
    rows = list(shipped_rows("calendar", "bank_holiday_changes.csv"))
    days = [row["date"] for row in rows]
    assert days == sorted(set(days))
    for row in rows:
        assert row["change"] in {"added", "moved_away"}
        assert row["name"]
        assert row["source"]
        assert date.fromisoformat(row["date"]).weekday() < 5


def test_the_funeral_of_the_queen_and_the_coronation_are_no_working_days():
    assert working_days_after(date(2022, 9, 16), 1) == date(2022, 9, 20)
    assert working_days_after(date(2023, 5, 5), 1) == date(2023, 5, 9)
    assert is_working_day(date(2022, 5, 30))
