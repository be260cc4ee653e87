"""The forecast's answer: its full grid, its determinism, and what it says when it cannot answer."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from matching.home import Home
from reference_data.problems import ImportRejected, InvalidInput
from reference_data.vocabulary import AGE_BANDS, ContractKind, HomeStatus, PlacementGroup, PlacementType
from sufficiency import backtest_forecast, forecast_need, read_returns
from sufficiency.files import read_scenario
from sufficiency.forecast import Forecast, monthly_dates
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns
from sufficiency.scenario import Scenario
from sufficiency.stays import UNDER_16, in_care_on

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"
START = date(2019, 3, 31)
LEVELS = ("p2_5", "p10", "p25", "p50", "p75", "p90", "p97_5")


@cache
def sample() -> Returns:
    return read_returns(SAMPLE)


@cache
def base() -> Forecast:
    return forecast_need(sample(), start=START, months=12, runs=40, seed=3)


def test_bins_are_the_full_grid_with_zeros() -> None:
    answer = base().as_dict()
    keys = [(row["date"], row["age_band"], row["placement"]) for row in answer["bins"]]
    dates = [day.isoformat() for day in monthly_dates(START, 12)]
    assert keys == [(d, a, str(g)) for d in dates for a in AGE_BANDS for g in PlacementGroup]
    assert len(answer["totals"]) == 13
    assert any(row["mean"] == 0 for row in answer["bins"])


def test_quantiles_rise_and_means_add_up_to_the_total() -> None:
    answer = base().as_dict()
    for row in (*answer["bins"], *answer["totals"], *answer["detail"]):
        levels = [row[name] for name in LEVELS]
        assert levels == sorted(levels)
    for total in answer["totals"]:
        for part in ("bins", "detail"):
            added = sum(row["mean"] for row in answer[part] if row["date"] == total["date"])
            assert added == pytest.approx(total["mean"], abs=0.2)


def test_the_first_date_is_the_actual_stock_with_no_spread() -> None:
    answer = base().as_dict()
    present = in_care_on(repaired_history(sample(), known_on=START).stays, START)
    assert answer["totals"][0]["mean"] == len(present)
    first = [row for row in answer["bins"] if row["date"] == START.isoformat()]
    assert all(row[name] == row["mean"] for row in first for name in LEVELS)
    assert sum(row["mean"] for row in first) == len(present)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    again = forecast_need(sample(), start=START, months=12, runs=40, seed=3)
    other = forecast_need(sample(), start=START, months=12, runs=40, seed=4)
    assert json.dumps(again.as_dict()) == json.dumps(base().as_dict())
    assert json.dumps(other.as_dict()) != json.dumps(base().as_dict())


def test_a_scenario_that_changes_nothing_is_the_base_exactly(tmp_path: Path) -> None:
    path = tmp_path / "zero.toml"
    path.write_text('name = "zero change"\nmoves = 1.0\nstarts = 1.0\nexits = 1\n')
    same = forecast_need(sample(), start=START, months=12, runs=40, seed=3, scenario=read_scenario(path))
    assert (same.counts == base().counts).all()
    assert same.as_dict()["bins"] == base().as_dict()["bins"]


def test_more_starts_raise_the_forecast_but_not_its_first_date() -> None:
    more = Scenario(name="more", starts=dict.fromkeys(AGE_BANDS, 1.5))
    raised = forecast_need(sample(), start=START, months=12, runs=40, seed=3, scenario=more)
    assert (raised.counts[:, 0] == base().counts[:, 0]).all()
    assert raised.counts[:, -1].sum() > base().counts[:, -1].sum()


@pytest.mark.parametrize(
    "text", ["starts = 'x'", "[starts]\n'3-4' = 1", "exits = -1", "other = 1", "not toml", '{"moves": true}']
)
def test_an_unusable_scenario_is_rejected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(text)
    with pytest.raises(ImportRejected):
        read_scenario(path)


def test_nobody_under_16_is_ever_in_supported_accommodation() -> None:
    # The sample has a few, with codes drawn at random; the forecast keeps those and adds none.
    counts = base().counts
    supported = [index for index in range(counts.shape[3]) if _is_supported(index)]
    under_16 = counts[:, :, :UNDER_16][..., supported].sum(axis=(2, 3))
    assert (under_16[:, 1:] <= under_16[:, :1]).all()


def _is_supported(index: int) -> bool:
    from sufficiency.episodes import DETAILS

    return DETAILS[index].group is PlacementGroup.SUPPORTED


def test_a_date_before_the_first_return_is_refused_and_numbers_are_checked() -> None:
    with pytest.raises(InvalidInput) as caught:
        forecast_need(sample(), start=date(2017, 3, 31), months=12)
    assert caught.value.code == "from_before_first_record"
    for wrong in ({"months": -1}, {"months": 12, "runs": 0}, {"months": 12, "seed": -1}):
        with pytest.raises(InvalidInput):
            forecast_need(sample(), start=START, **wrong)


def test_records_after_the_start_are_not_used() -> None:
    kept = [t.raw for t in sample().tables if not t.raw.file.startswith(("2019", "2020", "2021"))]
    from sufficiency.returns import returns_from_tables

    known_then = forecast_need(returns_from_tables(kept), start=START, months=12, runs=40, seed=3)
    assert (known_then.counts == base().counts).all()


def test_a_start_after_the_returns_end_is_simulated_to_and_said() -> None:
    later = forecast_need(sample(), start=date(2023, 1, 31), months=3, runs=40, seed=3, track_record=False)
    answer = later.as_dict()
    assert [row["date"] for row in answer["totals"]] == [
        "2023-01-31",
        "2023-02-28",
        "2023-03-31",
        "2023-04-30",
    ]
    assert any("306 days before" in warning for warning in answer["evidence"]["warnings"])
    assert answer["totals"][0]["p2_5"] < answer["totals"][0]["p97_5"]


def test_without_homes_the_shortfall_is_not_assessed_and_null() -> None:
    answer = base().as_dict()
    assert answer["shortfall_status"] == "NOT_ASSESSED"
    assert {row["capacity"] for row in answer["shortfall"]} == {None}
    assert {row["p_short"] for row in answer["shortfall"]} == {None}
    assert {row["placement"] for row in answer["shortfall"]} == {"fostering", "residential", "supported"}


def test_with_homes_each_row_counts_children_against_beds() -> None:
    home = Home(
        home_id="DEMO-1",
        type=PlacementType.IN_HOUSE_FOSTER_CARER,
        contract=ContractKind.IN_HOUSE,
        authority="879",
        registered=True,
        status=HomeStatus.OPEN,
        places=3,
        residents=(),
        min_age=0,
        max_age=17,
    )
    answer = forecast_need(sample(), start=START, months=1, runs=20, homes=[home]).as_dict()
    assert answer["shortfall_status"] == "ASSESSED"
    detail = {row["detail"]: row["mean"] for row in answer["detail"] if row["date"] == START.isoformat()}
    needing = detail["in_house_fostering"] + detail["agency_fostering"]
    row = next(
        row
        for row in answer["shortfall"]
        if (row["date"], row["placement"], row["age_band"]) == (START.isoformat(), "fostering", "all")
    )
    assert row["capacity"] == 3
    assert row["p_short"] == 1
    assert row["beds_short_p50"] == row["short_any"] == row["short_local"] == needing - 3


def test_dates_are_monthly_and_cut_to_short_months() -> None:
    assert monthly_dates(date(2023, 11, 30), 3) == (
        date(2023, 11, 30),
        date(2023, 12, 30),
        date(2024, 1, 30),
        date(2024, 2, 29),
    )


def test_the_answer_holds_no_child_and_no_birth_date() -> None:
    text = json.dumps(base().as_dict())
    for row in sample().people[:200]:
        assert f'"{row.child_id}"' not in text
    assert "DOB" not in text


def test_a_backtest_reports_error_and_coverage_beside_same_as_today() -> None:
    answer = backtest_forecast(sample(), origins=1, runs=30).as_dict()
    assert answer["origins"] == ["2021-03-31"]
    (year,) = answer["horizons"]
    assert year["months"] == 12
    assert year["total_error_percent"] >= 0
    assert set(year["coverage_of_total_percent"]) == {"50", "80", "95"}
    (point,) = answer["points"]
    assert point["same_as_today"] == 89
    assert point["happened"] == 55
    assert any("Only 1 forecast could be checked" in text for text in answer["evidence"]["warnings"])
