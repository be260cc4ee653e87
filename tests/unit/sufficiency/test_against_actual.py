"""A saved forecast beside what happened since: what is counted, what is scored, what is refused."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reference_data.problems import ImportRejected, NotEnoughData
from reference_data.vocabulary import PlacementGroup
from sufficiency import check_forecast, forecast_need, read_returns
from sufficiency.against_actual import LEVELS, Outcome
from sufficiency.backtest import _crps
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns
from sufficiency.stays import in_care_on

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"
START = date(2019, 4, 1)


@cache
def sample() -> Returns:
    return read_returns(SAMPLE)


@cache
def saved() -> str:
    return json.dumps(forecast_need(sample(), start=START, months=48, runs=40, track_record=False).as_dict())


def forecast() -> Any:
    return json.loads(saved())


def test_every_month_that_the_returns_reach_is_beside_the_children_there_were() -> None:
    found = check_forecast(forecast(), sample())
    answer = found.as_dict()
    stays = repaired_history(sample()).stays
    assert len(answer["months"]) == 35
    assert answer["months"][-1]["date"] == "2022-03-01"
    assert answer["still_to_come"][0] == "2022-04-01"
    assert len(answer["still_to_come"]) == 13
    for row, total in zip(answer["months"], forecast()["totals"][1:], strict=False):
        day = date.fromisoformat(row["date"])
        assert row["happened"] == len(in_care_on(stays, day))
        assert (row["date"], row["mean"]) == (total["date"], total["mean"])
        assert row["error"] == pytest.approx(row["happened"] - row["mean"], abs=0.01)
        assert row["inside"]["80"] == (total["p10"] <= row["happened"] <= total["p90"])
        for group in PlacementGroup:
            members = [stay for stay in in_care_on(stays, day) if stay.detail.group is group]
            mine = next(one for one in found.of(str(group), "all") if one.on == day)
            assert mine.happened == len(members)


def test_scores_are_what_they_are_said_to_be() -> None:
    answer = check_forecast(forecast(), sample()).as_dict()
    months = answer["months"]
    total = answer["total"]
    assert total["mean_absolute_error"] == pytest.approx(np.mean([abs(m["error"]) for m in months]), abs=0.01)
    first = forecast()["totals"][0]["mean"]
    assert total["mean_absolute_error_same_as_today"] == pytest.approx(
        np.mean([abs(m["happened"] - first) for m in months]), abs=0.01
    )
    assert total["held_percent"]["95"] == pytest.approx(
        100 * np.mean([m["inside"]["95"] for m in months]), abs=0.1
    )
    assert "on average" in answer["text"][1]
    assert (
        "on the first date" not in " ".join(answer["text"])
        or answer["children_on_the_first_date_corrected_by"]
    )


def test_the_score_from_percentiles_is_near_that_of_all_futures() -> None:
    drawn = np.random.default_rng(1).poisson(80, 4_000)
    for happened in (60, 80, 95):
        one = Outcome(
            on=START,
            placement="all",
            age_band="all",
            mean=80.0,
            levels={name: float(np.quantile(drawn, level)) for name, level in LEVELS.items()},
            at_start=80.0,
            happened=happened,
        )
        assert one.score == pytest.approx(_crps(drawn, happened), rel=0.25, abs=0.6)


def test_a_forecast_that_was_right_is_inside_and_one_that_was_wrong_is_told() -> None:
    wrong = forecast()
    for part in ("totals", "placements", "bins"):
        for row in wrong[part]:
            if row["date"] != START.isoformat():
                row.update(dict.fromkeys(("mean", *LEVELS), 500.0))
    answer = check_forecast(wrong, sample()).as_dict()
    assert answer["total"]["held_percent"] == {"50": 0.0, "80": 0.0, "95": 0.0}
    assert "below that" in answer["text"][0]
    assert any("Outside the 95 in 100 band" in sentence for sentence in answer["text"])


def test_an_older_forecast_without_group_bands_is_still_checked() -> None:
    old = {name: value for name, value in forecast().items() if name not in ("placements", "track_record")}
    answer = check_forecast(old, sample()).as_dict()
    assert answer["total"]["months"] == 35
    assert answer["placements"][0]["months"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"totals": []},
        {"bins": "none"},
        {"from": "soon"},
        {"totals": [{"date": "2019-04-01", "mean": "many"}]},
        {"from": "2019-05-01"},
        {"placements": [{"date": "2019-04-01", "placement": "castle", "mean": 1}]},
    ],
)
def test_what_is_no_forecast_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ImportRejected):
        check_forecast({**forecast(), **change}, sample())


def test_returns_that_do_not_reach_far_enough_are_told_apart() -> None:
    later = forecast_need(sample(), start=date(2022, 3, 31), months=3, runs=5, track_record=False).as_dict()
    with pytest.raises(NotEnoughData, match="before the second date"):
        check_forecast(later, sample())
    early = {**forecast(), "from": "2016-04-01"}
    early["totals"] = [{**early["totals"][0], "date": "2016-04-01"}, *early["totals"][1:]]
    with pytest.raises(NotEnoughData, match="begin after"):
        check_forecast(early, sample())
