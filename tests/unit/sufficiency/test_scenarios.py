"""Scenarios: a zero change of every kind is the base, and each kind moves what it names and nothing else."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reference_data.problems import ImportRejected, InvalidInput
from sufficiency.episodes import DETAILS, PlacementDetail
from sufficiency.files import read_scenario
from sufficiency.published_council import published_council
from sufficiency.published_world import world_of
from sufficiency.scenario import Diversion, Route, Scenario
from sufficiency.scenario_values import KEYS, scenario_from_values, scenario_schema
from sufficiency.simulate import simulate

START = date(2024, 3, 31)
WORLD = world_of(published_council("879", known_on=START), START)
PAGE = Path(__file__).parents[3] / "docs/reference/scenarios.md"
FOSTERING = [0, 1, 2]
HOMES = DETAILS.index(PlacementDetail.HOMES)


def played(scenario: Scenario, days: tuple[int, ...] = (0, 200, 400, 730)) -> np.ndarray[Any, Any]:
    return simulate(WORLD, snapshot_days=days, runs=30, seed=4, scenario=scenario)


BASE = played(Scenario())
NOTHING = (
    Scenario(name="other name"),
    Scenario(starts={"10-15": 1.0}, starts_from=date(2025, 1, 1)),
    Scenario(exits={"homes": 1.0, "fostering": 1.0}),
    Scenario(moves={"residential": 1.0}),
    Scenario(routes=(Route(origin="residential", to="fostering", factor=1.0),)),
    Scenario(divert=(Diversion(origin="residential", to="in_house_fostering", share=0.0),)),
    Scenario(
        divert=(Diversion(origin="homes", to="kinship", share=1.0, begins_on=START + timedelta(days=5000)),)
    ),
)


@pytest.mark.parametrize("scenario", NOTHING)
def test_a_zero_change_of_every_kind_is_the_base_to_the_byte(scenario: Scenario) -> None:
    assert played(scenario).tobytes() == BASE.tobytes()


def test_starts_changed_from_a_date_leave_what_is_before_it_as_it_was() -> None:
    later = played(Scenario(starts={"10-15": 2.0}, starts_from=START + timedelta(days=420)))
    assert (later[:, :3] == BASE[:, :3]).all()
    assert later[:, 3, 3].sum() > BASE[:, 3, 3].sum()


def test_shorter_stays_in_one_kind_leave_fewer_children_in_it() -> None:
    shorter = played(Scenario(exits={"homes": 2.0}))
    assert shorter[:, -1, :, HOMES].sum() < BASE[:, -1, :, HOMES].sum()


def test_a_kinds_own_factor_wins_over_its_groups() -> None:
    factors = Scenario(exits={"fostering": 2.0, "kinship": 0.5}).exit_factors().reshape(-1)
    assert list(factors[:4]) == [0.5, 2.0, 2.0, 1.0]


def test_a_step_down_moves_children_and_neither_adds_nor_removes_one_at_once() -> None:
    stepped = played(Scenario(routes=(Route(origin="residential", to="fostering", factor=4.0),)))
    homes, base_homes = stepped[:, 1, :, HOMES].sum(), BASE[:, 1, :, HOMES].sum()
    assert homes < 0.95 * base_homes
    assert stepped[:, 1, :, FOSTERING].sum() > BASE[:, 1, :, FOSTERING].sum()
    # Moves of other origins are as often as before, so in Plymouth's rates by age alone the total hardly changes.
    assert stepped[:, 1].sum() == pytest.approx(BASE[:, 1].sum(), rel=0.02)


def test_a_diversion_changes_where_children_start_and_not_how_many() -> None:
    diverted = played(
        Scenario(divert=(Diversion(origin="residential", to="in_house_fostering", share=1.0),)), days=(0, 20)
    )
    base = played(Scenario(), days=(0, 20))
    assert diverted.sum(axis=(2, 3)) == pytest.approx(base.sum(axis=(2, 3)), abs=3)
    assert diverted[:, 1, :, HOMES].sum() < base[:, 1, :, HOMES].sum()


def test_no_diversion_puts_children_under_16_into_supported_accommodation() -> None:
    with pytest.raises(InvalidInput):
        Diversion(origin="homes", to="supported", share=0.5)
    Diversion(origin="homes", to="supported", share=0.5, ages=("16-17",))


@pytest.mark.parametrize(
    "values",
    [
        {"routes": {"from": "homes"}},
        {"routes": [{"from": "homes", "to": "fostering"}]},
        {"routes": [{"from": "homes", "to": "hotel", "factor": 1}]},
        {"divert": [{"from": "homes", "to": "fostering", "share": 0.1}]},
        {"divert": [{"from": "homes", "to": "kinship", "share": 1.1}]},
        {"divert": [{"from": "homes", "to": "kinship", "share": 0.1, "ages": "10-15"}]},
        {"divert": [{"from": "homes", "to": "kinship", "share": 0.1, "begins_on": "soon"}]},
        {"exits": {"homes": float("nan")}},
        {"moves": {"hotel": 1}},
        {"starts_from": "01/04/2026"},
    ],
)
def test_what_a_scenario_cannot_mean_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        scenario_from_values(values)


def test_what_an_answer_says_of_its_scenario_reads_back_as_the_same_scenario() -> None:
    scenario = Scenario(
        name="all",
        starts={"0": 1.1},
        starts_from=date(2026, 4, 1),
        exits={"homes": 1.2},
        moves={"residential": 0.9},
        routes=(Route(origin="homes", to="fostering", factor=2.0),),
        divert=(Diversion(origin="homes", to="kinship", share=0.2, begins_on=date(2026, 4, 1)),),
    )
    assert scenario_from_values(json.loads(json.dumps(scenario.as_dict()))) == scenario


def test_every_example_of_the_page_is_read_and_every_key_is_described(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    assert len(examples) >= 2
    for number, example in enumerate(examples):
        path = tmp_path / f"{number}.toml"
        path.write_text(example, encoding="utf-8")
        assert read_scenario(path) != Scenario()
    properties = scenario_schema()["properties"]
    assert isinstance(properties, dict)
    assert set(properties) == set(KEYS)
    for key in KEYS:
        assert f"| `{key}` |" in text


def test_a_file_with_a_wrong_part_is_rejected_by_name(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text("[[divert]]\nfrom = 'homes'\nto = 'supported'\nshare = 0.5\n", encoding="utf-8")
    with pytest.raises(ImportRejected) as rejected:
        read_scenario(path)
    assert rejected.value.issues[0].rule == "supported_under_16"
