"""The list of homes on a day: rows that can be read, true to who lives where, and with gaps as in life."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from matching.files import homes_from_values, read_homes
from reference_data.ages import age_on
from reference_data.synthetic.history import History
from reference_data.synthetic.homes import invent_homes
from reference_data.synthetic.homes_file import homes_on
from reference_data.synthetic.residents import OTHER_COUNCILS_CHILDREN
from reference_data.synthetic.whereabouts import Housing, house

sys.path.insert(0, str(Path(__file__).parent))
from random_histories import UNTIL, random_history

COUNCILS = ("878", "879", "880", "908", "933")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def histories() -> dict[str, History]:
    return {code: random_history(code, seed=8, families=90) for code in COUNCILS}


@pytest.fixture(scope="module")
def housing(histories: dict[str, History]) -> Housing:
    return house(histories, invent_homes(histories, seed=8), seed=8)


@pytest.fixture(scope="module")
def rows(histories: dict[str, History], housing: Housing) -> list[Row]:
    return homes_on(housing, histories, UNTIL, seed=8)


def children_by_home(histories: dict[str, History], housing: Housing, on: date) -> dict[str, set[str]]:
    """Return who is where by the open placements, and by the one before for a child away for some days."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, history in histories.items():
        for placement in history.placements:
            if placement.started_on <= on and (placement.ended_on is None or placement.ended_on > on):
                at = placement
                if placement.place.startswith("T"):
                    earlier = [
                        one
                        for one in history.placements
                        if one.child_id == placement.child_id and one.ended_on == placement.started_on
                    ]
                    at = earlier[0]
                found[housing.whereabouts[code, at.placement_id].home_id].add(placement.child_id)
    found.pop("", None)
    return found


def test_the_rows_are_read_without_a_problem_or_a_warning(rows: list[Row], tmp_path: Path) -> None:
    path = tmp_path / "homes.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    homes, warnings = read_homes(path)
    assert len(homes) == len(rows) > 500
    assert warnings == ()


def test_residents_are_exactly_the_children_whose_open_placement_is_there(
    histories: dict[str, History], housing: Housing, rows: list[Row]
) -> None:
    expected = children_by_home(histories, housing, UNTIL)
    listed = {
        row["home_id"]: {
            one["child_id"] for one in row["residents"] if not one["child_id"].startswith("DEMO-X")
        }
        for row in rows
    }
    assert {home_id: there for home_id, there in listed.items() if there} == dict(expected)


def test_what_is_said_of_a_resident_is_true(histories: dict[str, History], rows: list[Row]) -> None:
    children = {child.child_id: child for one in histories.values() for child in one.children}
    with_family = 0
    for row in rows:
        for one in row["residents"]:
            child = children.get(one["child_id"])
            if child is None:
                assert one["child_id"].startswith("DEMO-X")
                continue
            assert one["age"] == age_on(child.date_of_birth, UNTIL)
            assert one["sex"] == child.sex
            assert one["authority"] == child.authority
            assert one.get("sibling_group", child.family_id) == child.family_id
            with_family += "sibling_group" in one
    assert with_family > 20


def test_residents_and_free_beds_never_come_to_more_than_the_places(rows: list[Row]) -> None:
    for row in rows:
        free_now = row.get("vacancies")
        if "beds" in row:
            free_now = sum("available_from" not in bed for bed in row["beds"])
        assert len(row["residents"]) + (free_now or 0) <= row["places"], row["home_id"]


def test_children_of_councils_outside_share_homes_up_to_the_published_number(
    histories: dict[str, History], housing: Housing, rows: list[Row]
) -> None:
    for area, published in OTHER_COUNCILS_CHILDREN.items():
        partners = sum(
            housing.whereabouts[code, placement.placement_id].authority == area
            for code, history in histories.items()
            if code != area
            for placement in history.placements
            if placement.ended_on is None
        )
        outsiders = [
            one
            for row in rows
            if row["authority"] == area
            for one in row["residents"]
            if one["child_id"].startswith("DEMO-X")
        ]
        assert outsiders
        assert partners + len(outsiders) <= published
        assert any(set(one) == {"child_id"} for one in outsiders)


def test_children_of_councils_outside_are_within_the_limits_of_the_home(rows: list[Row]) -> None:
    known = 0
    for row in rows:
        for one in row["residents"]:
            if one["child_id"].startswith("DEMO-X") and "age" in one:
                assert row["min_age"] <= one["age"] <= row["max_age"]
                assert row["sexes"] in {"any", one["sex"]}
                assert one["authority"] not in COUNCILS
                known += 1
    assert known > 20


def test_some_vacancies_are_fresh_some_stale_and_some_unknown(rows: list[Row]) -> None:
    age = Counter[str]()
    for row in rows:
        confirmed = row.get("vacancies_confirmed_on")
        if confirmed is None:
            age["unknown"] += 1
            assert "vacancies" not in row
        else:
            days = (UNTIL - date.fromisoformat(confirmed)).days
            assert days >= 0
            age["stale" if days > 14 else "fresh"] += 1
    assert age["fresh"] > age["stale"] > 0
    assert age["unknown"] > 0


def test_connected_carers_are_approved_for_the_children_who_live_there(rows: list[Row]) -> None:
    connected = [row for row in rows if row["type"] == "connected_foster_carer"]
    assert connected
    for row in connected:
        assert row["approved_for"] == [one["child_id"] for one in row["residents"]]
        assert row["places"] >= len(row["approved_for"]) > 0


def test_a_temporary_approval_lasts_sixteen_or_twenty_four_weeks(housing: Housing, rows: list[Row]) -> None:
    opened = {home.home_id: home.opens_on for home in housing.supply.homes}
    for row in rows:
        until = row.get("temporary_approval_until")
        if until is not None:
            weeks = (date.fromisoformat(until) - opened[row["home_id"]]).days / 7
            assert row["type"] == "connected_foster_carer"
            assert weeks in {16, 24}
            assert date.fromisoformat(until) >= UNTIL


def test_nothing_later_than_the_day_is_told(rows: list[Row]) -> None:
    for row in rows:
        for name in ("judged_on", "vacancies_confirmed_on", "restriction_notice_from"):
            if name in row:
                assert date.fromisoformat(row[name]) <= UNTIL
        if "closes_on" in row:
            assert date.fromisoformat(row["closes_on"]) <= UNTIL + timedelta(days=90)
        if row["status"] == "planned":
            assert date.fromisoformat(row["opens_on"]) > UNTIL
            assert row["residents"] == []


def test_carers_on_hold_or_suspended_have_no_vacancy(rows: list[Row]) -> None:
    held = [
        row
        for row in rows
        if any("On hold" in term or "No new child" in term for term in row.get("approval_terms", []))
    ]
    assert held
    assert all(row["vacancies"] == 0 for row in held)


def test_some_carers_give_respite_only_and_say_so_in_what_they_will_not_take(rows: list[Row]) -> None:
    respite = [row for row in rows if "Respite only for now." in row.get("approval_terms", [])]
    assert respite
    assert all("ordinary" in row["will_not_take"] for row in respite)


def test_a_hub_has_six_to_ten_satellites(rows: list[Row]) -> None:
    hubs = [row for row in rows if any("Hub household" in term for term in row.get("approval_terms", []))]
    assert Counter(row["approved_by_authority"] for row in hubs) == {"879": 1, "878": 5}
    for hub in hubs:
        family = [
            row for row in rows if any(hub["home_id"] in term for term in row.get("approval_terms", []))
        ]
        assert 6 <= len(family) <= 10
        assert all("mockingbird_satellite" in row["features"] for row in family)


def test_fees_are_near_the_published_costs(rows: list[Row]) -> None:
    def mean(kind: str, area: str | None = None) -> float:
        fees = [
            row["weekly_fee_pounds"]
            for row in rows
            if row["type"] == kind
            and area in {None, row["authority"]}
            and not (kind == "childrens_home" and row["places"] == 1)
        ]
        return sum(fees) / len(fees)

    assert 450 <= mean("in_house_foster_carer") <= 600
    assert 900 <= mean("agency_foster_carer") <= 1_200
    # Section 251 outturn 2024-25 by authority.
    for area, pounds in {"879": 6_610, "878": 7_130, "933": 6_280}.items():
        assert mean("childrens_home", area) == pytest.approx(pounds, rel=0.08)


def test_the_block_contract_pays_for_its_beds_whether_or_not_they_are_used(rows: list[Row]) -> None:
    block = [row for row in rows if row["contract"] == "block"]
    assert len(block) > 5
    assert all(row["void_fee_pounds"] == row["weekly_fee_pounds"] for row in block)
    assert all("void_fee_pounds" not in row for row in rows if row["contract"] != "block")


def test_what_a_home_can_meet_and_will_not_take_is_sometimes_unknown(rows: list[Row]) -> None:
    for name in ("can_meet", "will_not_take", "features", "offers"):
        known = sum(name in row for row in rows) / len(rows)
        assert 0.7 < known < 0.97, name


def test_a_bed_is_held_only_for_a_child_in_care_elsewhere_whom_the_home_may_take(
    histories: dict[str, History], rows: list[Row]
) -> None:
    children = {child.child_id: child for one in histories.values() for child in one.children}
    for row in rows:
        for bed in row.get("beds", []):
            if "held_for" in bed:
                child = children[bed["held_for"]]
                assert row["min_age"] <= age_on(child.date_of_birth, UNTIL) <= row["max_age"]
                assert child.child_id not in {one["child_id"] for one in row["residents"]}
                assert row["approved_by_authority"] == child.authority


def test_a_councils_own_list_has_its_carers_in_house_and_the_others_as_partners(
    histories: dict[str, History], housing: Housing, rows: list[Row]
) -> None:
    own = homes_on(housing, histories, UNTIL, seed=8, council="879")
    assert {row["home_id"] for row in own} < {row["home_id"] for row in rows}
    in_house = [row for row in own if row["contract"] == "in_house"]
    assert in_house
    assert all(row.get("approved_by_authority", "879") == "879" for row in in_house)
    everyone = children_by_home(histories, housing, UNTIL)
    plymouths = {home for home, there in everyone.items() if any(one.startswith("DEMO-879") for one in there)}
    assert plymouths <= {row["home_id"] for row in own}
    same = {row["home_id"]: row for row in rows}
    for row in own:
        assert {**row, "contract": ""} == {**same[row["home_id"]], "contract": ""}


def test_the_list_is_the_same_when_it_is_written_again(
    histories: dict[str, History], housing: Housing, rows: list[Row]
) -> None:
    again = homes_on(housing, dict(reversed(histories.items())), UNTIL, seed=8)
    assert json.dumps(again) == json.dumps(rows)


def test_an_earlier_day_has_the_residents_of_that_day(
    histories: dict[str, History], housing: Housing
) -> None:
    on = date(2023, 3, 31)
    earlier = homes_on(housing, histories, on, seed=8)
    homes, _ = homes_from_values(earlier)
    expected = children_by_home(histories, housing, on)
    listed = {
        home.home_id: {
            one.child_id for one in home.residents or () if not str(one.child_id).startswith("DEMO-X")
        }
        for home in homes
    }
    assert {home_id: there for home_id, there in listed.items() if there} == dict(expected)
