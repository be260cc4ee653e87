"""Nights one by one and by month, against counting on the fingers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from reference_data.problems import InvalidInput
from reference_data.vocabulary import EmergencySetting, LegalBasis
from sufficiency.emergency import Stay
from sufficiency.emergency_figures import monthly_figures, nights_between

HOTEL = Stay(
    stay_id="S1",
    child_id="C1",
    date_of_birth=date(2009, 3, 3),
    setting=EmergencySetting.HOTEL,
    started_on=date(2026, 1, 25),
    ended_on=date(2026, 2, 10),
    in_care=True,
    legal_basis=LegalBasis.SECTION_20,
)
AS_OF = date(2026, 6, 15)


def test_every_night_is_told_once_and_the_morning_of_leaving_is_none() -> None:
    nights = nights_between([HOTEL], date(2026, 1, 1), date(2026, 3, 1))
    expected = [date(2026, 1, 25) + timedelta(days=day) for day in range(16)]
    assert [one.night for one in nights] == expected
    assert {(one.settings, one.unsuitable, one.unlawful) for one in nights} == {(("hotel",), "yes", "yes")}


def test_a_night_in_two_overlapping_stays_is_one_night() -> None:
    other = replace(HOTEL, stay_id="S2", setting=EmergencySetting.CARAVAN)
    nights = nights_between([HOTEL, other], date(2026, 1, 25), date(2026, 1, 25))
    assert [one.settings for one in nights] == [("hotel", "caravan")]


def test_months_add_up_and_a_spell_over_the_limit_counts_in_the_month_it_passed_it() -> None:
    january, february, march = monthly_figures([HOTEL], start=date(2026, 1, 15), months=3, as_of=AS_OF)
    assert (january.nights, february.nights, march.nights) == (7, 9, 0)
    assert (january.children, february.children, march.children) == (1, 1, 0)
    assert (january.over_14_nights, february.over_14_nights, march.over_14_nights) == (0, 1, 0)
    assert january.unlawful == 1


def test_29_february_is_a_night_like_any_other() -> None:
    leap = replace(HOTEL, started_on=date(2024, 2, 28), ended_on=date(2024, 3, 2))
    months = monthly_figures([leap], start=date(2024, 2, 1), months=2, as_of=AS_OF)
    assert [month.nights for month in months] == [2, 1]


def test_where_a_fact_is_missing_the_nights_are_told_as_perhaps() -> None:
    (month,) = monthly_figures([replace(HOTEL, setting=None)], start=date(2026, 1, 1), months=1, as_of=AS_OF)
    assert (month.nights, month.nights_perhaps) == (0, 7)


def test_months_to_come_are_not_told_and_none_is_refused() -> None:
    assert [one.month for one in monthly_figures([HOTEL], start=AS_OF, months=5, as_of=AS_OF)] == [
        date(2026, 6, 1)
    ]
    with pytest.raises(InvalidInput):
        monthly_figures([HOTEL], start=AS_OF, months=0, as_of=AS_OF)
    with pytest.raises(InvalidInput):
        nights_between([HOTEL], AS_OF, date(2026, 1, 1))


def test_a_years_months_agree_with_counting_every_day_of_random_histories() -> None:
    import random
    from collections import defaultdict

    from tests.oracles.emergency_day_by_day import slow_watch
    from tests.oracles.emergency_histories import random_history

    seen = 0
    for seed in range(40):
        stays, as_of, born = random_history(random.Random(seed))
        start = (as_of - timedelta(days=150)).replace(day=1)
        months = monthly_figures(stays, start=start, months=6, as_of=as_of)
        nights: defaultdict[date, int] = defaultdict(int)
        over: set[date] = set()
        day = start
        while day < as_of:
            found = nights_between(stays, day, day)
            nights[day.replace(day=1)] += sum(one.unsuitable == "yes" for one in found)
            day += timedelta(days=1)
            for spell in slow_watch(stays, day, born):
                if spell.over_on is not None and (spell.ended_on is None or spell.ended_on >= day):
                    over.add((day - timedelta(days=1)).replace(day=1))
        for month in months:
            assert month.nights == nights[month.month], (seed, month.month)
            assert (month.over_14_nights > 0) == (month.month in over), (seed, month.month)
            seen += month.over_14_nights
    assert seen > 5
