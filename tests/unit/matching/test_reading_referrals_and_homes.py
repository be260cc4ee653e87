"""Files become referrals and homes: every shape of a list, and contradictions inside one record."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from matching.files import homes_from_values, read_homes, read_pins, read_referrals
from matching.home import Home, Resident, control_of
from matching.pins import Pin
from matching.referral import Referral
from reference_data.fields import load_fields
from reference_data.problems import ImportRejected
from reference_data.vocabulary import Control, NeedDomain, PlacementType


def test_a_csv_and_a_json_file_of_one_home_give_one_home(tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text(
        "home_id,type,weekly_fee_pounds,can_meet.behaviour,residents,features,opens_on\n"
        "DEMO-H,childrens_home,4000.50,60,DEMO-A;DEMO-B,step free;solo,01/02/2026\n"
    )
    record = {
        "home_id": "DEMO-H",
        "type": "childrens_home",
        "weekly_fee_pounds": 4000.5,
        "can_meet": {"behaviour": 60},
        "residents": ["DEMO-A", "DEMO-B"],
        "features": ["step_free", "solo"],
        "opens_on": "2026-02-01",
    }
    (tmp_path / "homes.json").write_text(json.dumps([record]))
    (from_csv,), _ = read_homes(tmp_path / "homes.csv")
    (from_json,), _ = read_homes(tmp_path / "homes.json")
    assert from_csv == from_json
    assert from_csv.weekly_fee_pence == 400_050
    assert from_csv.residents == (Resident(child_id="DEMO-A"), Resident(child_id="DEMO-B"))
    assert from_csv.can_meet == {NeedDomain.BEHAVIOUR: 60}
    assert from_csv.features == ("step_free", "solo")
    assert from_csv.opens_on == date(2026, 2, 1)


@pytest.mark.parametrize(("record", "kind"), [("referral", Referral), ("home", Home)])
def test_every_field_of_the_table_has_its_place_in_the_record(record: str, kind: type) -> None:
    names = {field.name for field in fields(kind)}
    tops = {
        (field.column.partition(".")[0] if field.parent else field.value_name)
        for field in load_fields(record)
    }
    assert tops == names


def test_an_absent_list_is_unknown_and_an_empty_one_is_known(tmp_path: Path) -> None:
    (tmp_path / "homes.json").write_text(
        json.dumps(
            [
                {"home_id": "DEMO-A", "type": "childrens_home"},
                {"home_id": "DEMO-B", "type": "childrens_home", "residents": [], "features": [], "beds": []},
            ]
        )
    )
    (absent, empty), _ = read_homes(tmp_path / "homes.json")
    assert (absent.residents, absent.features, absent.beds) == (None, None, None)
    assert (empty.residents, empty.features, empty.beds) == ((), (), ())


@pytest.mark.parametrize(
    ("contract", "control", "expected"),
    [
        ("in_house", None, Control.DIRECT),
        ("block", None, Control.NOMINATE),
        ("framework", None, Control.OFFER),
        ("spot", None, Control.OFFER),
        ("partner", None, Control.OFFER),
        (None, None, Control.OFFER),
        ("in_house", "offer", Control.OFFER),
    ],
)
def test_who_decides_follows_from_how_the_bed_is_bought(
    contract: str | None, control: str | None, expected: Control
) -> None:
    record = {"home_id": "DEMO-H", "type": "childrens_home", "contract": contract, "control": control}
    assert control_of(homes_from_values([record])[0][0]) is expected


@pytest.mark.parametrize(
    "change",
    [
        {"min_age": 14, "max_age": 10},
        {"opens_on": "2026-05-01", "closes_on": "2026-04-01"},
        {"restriction_notice_from": "2026-05-01", "restriction_notice_to": "2026-04-01"},
        {"type": "castle"},
        {"can_meet": {"behaviour": 101}},
        {"weekly_fee_pounds": "1.234"},
    ],
)
def test_a_home_that_contradicts_itself_is_refused_with_its_row(change: dict[str, object]) -> None:
    sound = {"home_id": "DEMO-A", "type": "childrens_home"}
    with pytest.raises(ImportRejected) as raised:
        homes_from_values([sound, {"home_id": "DEMO-B", "type": "childrens_home", **change}])
    assert [issue.row for issue in raised.value.issues] == [2]


def test_doubts_about_a_home_are_warnings_and_beds_win() -> None:
    record = {
        "home_id": "DEMO-H",
        "type": "childrens_home",
        "places": 1,
        "vacancies": 2,
        "residents": ["DEMO-A", "DEMO-B"],
        "beds": [{"available_from": "2026-01-01"}],
    }
    (home,), warnings = homes_from_values([record])
    assert {(issue.column, issue.rule) for issue in warnings} == {
        ("vacancies", "more_than_places"),
        ("residents", "more_than_places"),
        ("vacancies", "beds_win"),
    }
    assert home.beds is not None
    assert len(home.beds) == 1


def test_a_child_with_two_referrals_is_refused_without_naming_the_child(tmp_path: Path) -> None:
    (tmp_path / "referrals.csv").write_text("referral_id,child_id\nDEMO-1,DEMO-C77\nDEMO-2,DEMO-C77\n")
    with pytest.raises(ImportRejected) as raised:
        read_referrals(tmp_path / "referrals.csv")
    (issue,) = raised.value.issues
    assert (issue.row, issue.column) == (3, "child_id")
    assert "C77" not in issue.what_to_do


def test_an_empty_list_of_acceptable_types_restricts_nothing(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(
        json.dumps([{"referral_id": "DEMO-1", "child_id": "DEMO-C", "acceptable_types": []}])
    )
    (referral,), _ = read_referrals(tmp_path / "r.json")
    assert referral.acceptable_types is None
    (tmp_path / "r.csv").write_text("referral_id,child_id,acceptable_types\nDEMO-1,DEMO-C,childrens_home\n")
    (referral,), _ = read_referrals(tmp_path / "r.csv")
    assert referral.acceptable_types == (PlacementType.CHILDRENS_HOME,)


def test_pins_are_pairs_of_child_and_home_that_may_be_banned(tmp_path: Path) -> None:
    (tmp_path / "pins.csv").write_text(
        "child_id,home_id,ban\nDEMO-D,DEMO-H,yes\nDEMO-C,DEMO-H,\nDEMO-D,DEMO-I,true\nDEMO-C,DEMO-H,no\n"
    )
    assert read_pins(tmp_path / "pins.csv")[0] == (
        Pin(child_id="DEMO-C", home_id="DEMO-H"),
        Pin(child_id="DEMO-D", home_id="DEMO-H", ban=True),
        Pin(child_id="DEMO-D", home_id="DEMO-I", ban=True),
    )


def test_a_pin_for_a_child_or_home_that_was_not_given_is_refused_with_its_row(tmp_path: Path) -> None:
    (tmp_path / "pins.csv").write_text("child_id,home_id\nDEMO-C,DEMO-H\nDEMO-X,DEMO-Y\n")
    with pytest.raises(ImportRejected) as refused:
        read_pins(tmp_path / "pins.csv", child_ids={"DEMO-C"}, home_ids={"DEMO-H"})
    assert [(issue.row, issue.column, issue.rule) for issue in refused.value.issues] == [
        (3, "child_id", "pin_unknown_child"),
        (3, "home_id", "pin_unknown_home"),
    ]
    assert "DEMO-X" not in str(refused.value)
