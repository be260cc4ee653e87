"""Ages in whole years, birthdays, bands."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_data.ages import age_on, birthday
from reference_data.vocabulary import AGE_BANDS, age_band

BORN = st.dates(date(1990, 1, 1), date(2026, 12, 31))


@given(born=BORN, age=st.integers(1, 25))
def test_an_age_is_reached_on_the_birthday_and_not_the_day_before(born: date, age: int) -> None:
    day = birthday(born, age)
    assert age_on(born, day) == age
    assert age_on(born, day - timedelta(days=1)) == age - 1


def test_somebody_born_on_29_february_reaches_an_age_on_1_march_of_a_common_year() -> None:
    assert birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 16) == date(2024, 2, 29)
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17


def test_every_age_of_childhood_has_a_band_and_eighteen_has_none() -> None:
    assert [age_band(age) for age in (0, 1, 4, 5, 9, 10, 15, 16, 17)] == [
        *("0", "1-4", "1-4", "5-9", "5-9", "10-15", "10-15", "16-17", "16-17"),
    ]
    assert {age_band(age) for age in range(18)} == set(AGE_BANDS)
    with pytest.raises(ValueError, match="under 18"):
        age_band(18)
