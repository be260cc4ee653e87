"""Why a number changes: the parts add up exactly, and each is nothing where its cause is absent."""

from __future__ import annotations

from datetime import date

import pytest

from sufficiency.change import PARTS, Change
from sufficiency.published_forecast import forecast_published
from sufficiency.scenario import Scenario

START = date(2024, 3, 31)


def change(**how: object) -> Change:
    found = forecast_published("879", start=START, months=24, runs=30, explain=True, **how).change  # type: ignore[arg-type]
    assert found is not None
    return found


def test_the_parts_add_up_in_every_cell_and_every_row() -> None:
    told = change().as_dict()
    rows = [told["total"], *told["placements"], *told["age_bands"]]
    for row in rows:
        assert row["before"] + sum(row[part] for part in PARTS) == pytest.approx(row["after"], abs=1e-9)
    assert sum(row["after"] for row in told["placements"]) == pytest.approx(told["total"]["after"])
    # Growing up and leaving take children away; starting adds; a move alone keeps the number.
    assert told["total"]["ageing"] < 0 < told["total"]["starts"]
    assert told["total"]["leaving"] < 0
    assert told["total"]["moves"] == pytest.approx(0, abs=1e-9)


def test_without_starts_leaving_or_moves_only_growing_up_is_left() -> None:
    stopped = Scenario(
        starts=dict.fromkeys(("0", "1-4", "5-9", "10-15", "16-17"), 0.0),
        exits=dict.fromkeys(("fostering", "residential", "supported", "other"), 0.0),
        moves=0.0,
    )
    found = change(scenario=stopped)
    assert (found.parts["ageing"] == found.after - found.before).all()
    for part in PARTS[1:]:
        assert (found.parts[part] == 0).all()


def test_without_starts_nothing_is_put_down_to_them() -> None:
    none = Scenario(starts=dict.fromkeys(("0", "1-4", "5-9", "10-15", "16-17"), 0.0))
    assert (change(scenario=none).parts["starts"] == 0).all()


def test_the_change_is_told_in_words_and_only_when_asked() -> None:
    assert "children who start to be looked after: +" in change().text()
    assert forecast_published("879", start=START, months=1, runs=2).as_dict()["change"] is None
