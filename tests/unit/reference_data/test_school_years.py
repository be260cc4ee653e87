"""School years and the fourth key stage, at the turn of August and September."""

from __future__ import annotations

from datetime import date

import pytest

from reference_data.school_years import in_key_stage_4, year_group


@pytest.mark.parametrize(
    ("born", "on", "group"),
    [
        # Born on the last day of August: the youngest of the year above.
        (date(2010, 8, 31), date(2025, 8, 31), 10),
        (date(2010, 8, 31), date(2025, 9, 1), 11),
        (date(2010, 8, 31), date(2026, 8, 31), 11),
        (date(2010, 8, 31), date(2026, 9, 1), 12),
        # Born a day later: the oldest of the year below.
        (date(2010, 9, 1), date(2025, 8, 31), 9),
        (date(2010, 9, 1), date(2025, 9, 1), 10),
        (date(2010, 9, 1), date(2027, 8, 31), 11),
        (date(2010, 9, 1), date(2027, 9, 1), 12),
        (date(2012, 2, 29), date(2026, 9, 1), 10),
        (date(2021, 9, 1), date(2026, 9, 1), 0),
        (date(2020, 8, 31), date(2025, 9, 1), 1),
        (date(2008, 9, 1), date(2026, 9, 1), 13),
    ],
)
def test_the_year_group_changes_on_1_september_and_not_with_the_birthday(
    born: date, on: date, group: int
) -> None:
    assert year_group(born, on) == group


@pytest.mark.parametrize("group", range(-4, 20))
def test_the_fourth_key_stage_is_years_10_and_11(group: int) -> None:
    born, on = date(2010, 1, 15), date(2010 + group + 5, 6, 15)
    assert year_group(born, on) == group
    assert in_key_stage_4(born, on) == (group in (10, 11))


def test_a_pupil_is_in_it_for_two_school_years_whole() -> None:
    for born in (date(2010, 8, 31), date(2010, 9, 1), date(2010, 12, 24), date(2012, 2, 29)):
        days = [
            date.fromordinal(day)
            for day in range(date(2020, 1, 1).toordinal(), date(2032, 1, 1).toordinal())
            if in_key_stage_4(born, date.fromordinal(day))
        ]
        assert (days[0].month, days[0].day) == (9, 1)
        assert (days[-1].month, days[-1].day) == (8, 31)
        assert days[-1].year == days[0].year + 2
        assert len(days) == (days[-1] - days[0]).days + 1
