"""The track record that every forecast carries: what it uses, what it says, and when it calls a band uncalibrated."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sufficiency import forecast_need, read_returns
from sufficiency.backtest import Backtest, BacktestPoint, backtest_forecast
from sufficiency.repair import repaired_history, returns_known_on
from sufficiency.returns import Returns, returns_from_tables
from sufficiency.track_record import (
    CALIBRATED,
    ENOUGH_DATES,
    TOO_FEW,
    TOO_NARROW,
    TOO_WIDE,
    TrackRecord,
    track_record,
    verdict_of,
)

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"


@cache
def sample() -> Returns:
    return read_returns(SAMPLE)


def point(
    held: bool, *, months: int = 12, year: int = 2018, error: int = 4, kinds: float = 1.0
) -> BacktestPoint:
    """A past forecast of 100 children, 50 fostered and 50 in homes, that was out by so many fostered children."""
    today = np.zeros((5, 4), dtype=np.int64)
    today[3, 0], today[3, 1] = 50, 50
    happened = today.copy()
    happened[3, 0] += 6
    forecast = happened.astype(float)
    forecast[3, 0] -= error
    bands = dict.fromkeys(("50", "80", "95"), held)
    return BacktestPoint(
        origin=date(year, 3, 31),
        months=months,
        forecast_mean=forecast,
        same_as_today=today,
        same_change=None,
        happened=happened,
        inside=bands,
        groups_inside=dict.fromkeys(bands, kinds),
        cells_inside=dict.fromkeys(bands, kinds),
        pit=0.5,
        crps=3.0,
    )


def record_of(points: list[BacktestPoint]) -> TrackRecord:
    checked = Backtest(points=tuple(points), runs=50, seed=0, data_date=date(2022, 3, 31), inputs=())
    return TrackRecord(status="ASSESSED", verdict=verdict_of(points), backtest=checked)


def test_it_says_what_a_commissioner_reads() -> None:
    points = [point(held, year=2018 + n) for n, held in enumerate((True, True, True, False))]
    record = record_of(points)
    assert record.verdict == TOO_FEW
    assert record.sentences()[0] == (
        "At the last four 31 Marches (2018 to 2021) the forecast of the total was out by 4 children on average a year "
        'ahead; "same as today" by 6. The 80 in 100 band held what happened 3 times in 4: too few to judge.'
    )
    assert "four past dates are too few" in record.caution()
    figures = record.as_dict()["horizons"][0]
    assert figures["total"] == {"error": 4.0, "same_as_today": 6.0, "last_years_change": None}
    by_kind = {row["placement"]: row["error"] for row in figures["placements"]}
    assert by_kind == {"fostering": 4.0, "residential": 0.0, "supported": 0.0, "other": 0.0}
    assert [row["error"] for row in figures["age_bands"]] == [0, 0, 0, 4.0, 0]
    assert figures["held"] == {"50": 3, "80": 3, "95": 3}


def test_a_forecast_that_did_worse_than_same_as_today_says_so() -> None:
    told = record_of([point(True, error=9)]).sentences()
    assert 'no better than "same as today"' in told[0]
    assert '"Same as today" was nearer for fostering.' in told[-1]
    assert "no better" not in record_of([point(True, error=5)]).sentences()[0]


def test_bands_that_hold_too_seldom_are_too_narrow_and_few_dates_prove_nothing() -> None:
    assert verdict_of([point(False), point(False), point(False)]) == TOO_NARROW
    assert verdict_of([point(False)]) == TOO_FEW
    assert verdict_of([point(True)] * 8) == TOO_FEW
    # The total held every time, but of 16 figures by kind of home the 95 in 100 band held only half.
    assert verdict_of([point(True, kinds=0.5)] * 8) == TOO_NARROW


def test_enough_dates_are_judged_both_ways() -> None:
    many = [point(True)] * ENOUGH_DATES
    assert verdict_of(many) == TOO_WIDE

    def held(fifty: int, eighty: int, ninety_five: int) -> list[BacktestPoint]:
        return [
            replace(one, inside={"50": n < fifty, "80": n < eighty, "95": n < ninety_five})
            for n, one in enumerate(many)
        ]

    assert verdict_of(held(10, 16, 19)) == CALIBRATED
    assert record_of(held(10, 16, 19)).caution() == ""
    assert verdict_of(held(10, 10, 19)) == TOO_NARROW


def test_longer_horizons_are_told_and_not_judged() -> None:
    near = [point(True, year=year) for year in (2018, 2019, 2020)]
    far = [point(False, year=year, months=24) for year in (2018, 2019, 2020)]
    assert verdict_of([*near, *far]) == TOO_FEW
    assert "two years ahead" in record_of([*near, *far]).sentences()[1]


def test_a_forecast_carries_its_record_and_the_caution_is_among_its_warnings() -> None:
    forecast = forecast_need(sample(), start=date(2021, 4, 1), months=3, runs=20)
    answer = forecast.as_dict()
    assert answer["track_record"]["status"] == "ASSESSED"
    assert answer["track_record"]["origins"] == ["2018-03-31", "2019-03-31", "2020-03-31"]
    # The sample is a cohort that runs off: what its returns say happened lay below the bands.
    assert answer["evidence"]["warnings"][-1].startswith(
        "The bands were too narrow on this council's own past"
    )
    left_out = forecast_need(
        sample(), start=date(2021, 4, 1), months=3, runs=20, track_record=False
    ).as_dict()
    assert left_out["track_record"]["status"] == "LEFT_OUT"
    assert "left out on request" in left_out["evidence"]["warnings"][-1]
    same = {"totals", "bins", "detail"}
    assert {name: answer[name] for name in same} == {name: left_out[name] for name in same}


def test_the_record_is_the_backtest_of_what_was_known_on_the_first_date() -> None:
    kept = [t.raw for t in sample().tables if not t.raw.file.startswith(("2020", "2021"))]
    then = backtest_forecast(returns_from_tables(kept), origins=4, runs=30, seed=5)
    now = track_record(sample(), known_on=date(2020, 3, 31), runs=30, seed=5).backtest
    assert now is not None
    assert json.dumps(now.as_dict()["horizons"]) == json.dumps(then.as_dict()["horizons"])


def test_the_backtest_tells_errors_and_bands_by_kind_of_home_and_by_age() -> None:
    checked = backtest_forecast(sample(), origins=2, runs=30)
    answer = checked.as_dict()["horizons"][0]
    near = [one for one in checked.points if one.months == 12]
    for k, row in enumerate(answer["placements"]):
        out = [abs(p.forecast_mean[:, k].sum() - p.happened[:, k].sum()) for p in near]
        assert row["error"] == pytest.approx(np.mean(out), abs=0.01)
        held = [p.kinds_inside["80"][k] for p in near if p.kinds_inside["80"][k] is not None]
        assert row["coverage_percent"]["80"] == pytest.approx(100 * np.mean(held), abs=0.1)
    for a, row in enumerate(answer["age_bands"]):
        out = [abs(p.same_as_today[a].sum() - p.happened[a].sum()) for p in near]
        assert row["same_as_today"] == pytest.approx(np.mean(out), abs=0.01)
    for p in near:
        told = [one for one in p.kinds_inside["95"] if one is not None]
        assert np.mean(told) == pytest.approx(p.groups_inside["95"])


def test_without_two_years_of_returns_it_says_why_there_is_none() -> None:
    record = track_record(sample(), known_on=date(2018, 6, 30))
    assert record.as_dict()["status"] == "NOT_ASSESSED"
    assert record.as_dict()["horizons"] == []
    assert "not been checked" in record.caution()


@pytest.mark.parametrize("day", [date(2019, 3, 31), date(2019, 9, 30), date(2030, 1, 1)])
def test_returns_known_on_a_day_show_the_stays_known_on_it(day: date) -> None:
    known = repaired_history(returns_known_on(sample(), day))
    assert known.stays == repaired_history(sample(), known_on=day).stays
    assert known.known_to == min(day, sample().last_day)
