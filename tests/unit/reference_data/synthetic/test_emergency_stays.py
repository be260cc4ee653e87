"""Emergency stays of the invented partnership: true to the histories, with gaps, and judged by the watch."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from reference_data.ages import age_on
from reference_data.synthetic.may_2018 import EARLIER_STAYS
from reference_data.synthetic.on_the_day import children_in_care
from reference_data.synthetic.stays import invent_stays
from reference_data.synthetic.waiting_list import invent_referrals
from sufficiency import watch_stays
from sufficiency.stay_files import read_stays, stays_from_values
from tests.unit.reference_data.synthetic.small_histories import ON, small_partnership

SEEDS = pytest.mark.parametrize("seed", [1, 2, 3])


@cache
def stays(seed=1):
    return invent_stays(*small_partnership(seed), ON, seed)


def of_now(seed):
    return [row for row in stays(seed) if not row["stay_id"].startswith("DEMO-2018")]


@SEEDS
def test_every_stay_is_read_with_no_problem_and_no_warning(seed):
    found, warnings = stays_from_values(stays(seed))
    assert warnings == ()
    assert len(found) == len(stays(seed))


def test_the_five_young_people_of_may_2018_are_part_of_the_record():
    from_file, _ = read_stays(EARLIER_STAYS)
    from_rows, _ = stays_from_values([row for row in stays() if row["stay_id"].startswith("DEMO-2018")])
    assert from_rows == from_file
    assert len({stay.child_id for stay in from_rows}) == 5
    with EARLIER_STAYS.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(from_rows)


@SEEDS
def test_a_child_of_the_histories_was_in_care_and_its_stay_lies_within_the_placement(seed):
    histories, _, whereabouts = small_partnership(seed)
    children = {child.child_id: child for history in histories.values() for child in history.children}
    now = {
        one.child.child_id: one
        for history in histories.values()
        for one in children_in_care(history, whereabouts, ON)
    }
    for row in of_now(seed):
        child = children.get(row["child_id"])
        if child is None:
            continue
        assert row["in_care"]
        assert row["date_of_birth"] == child.date_of_birth.isoformat()
        if "ended_on" not in row and row["purpose"] == "emergency":
            assert now[row["child_id"]].placement.place.startswith(("Z", "K3"))
            assert date.fromisoformat(row["started_on"]) >= now[row["child_id"]].placed_on


@SEEDS
def test_a_newcomer_in_emergency_accommodation_is_on_the_waiting_list(seed):
    waiting = {row["child_id"]: row for row in invent_referrals(*small_partnership(seed), ON, seed)}
    newcomers = [row for row in of_now(seed) if "-N" in row["child_id"]]
    assert newcomers
    for row in newcomers:
        assert waiting[row["child_id"]]["date_of_birth"] == row["date_of_birth"]
        assert row["started_on"] >= waiting[row["child_id"]]["search_opened_at"]


@SEEDS
def test_homeless_young_people_are_sixteen_or_seventeen_and_not_in_care(seed):
    homeless = [row for row in of_now(seed) if "-H" in row["child_id"].removeprefix("DEMO-")]
    assert len({row["child_id"] for row in homeless}) >= 4
    for row in homeless:
        assert not row["in_care"]
        assert (
            16
            <= age_on(date.fromisoformat(row["date_of_birth"]), date.fromisoformat(row["started_on"]))
            <= 17
        )
        assert row.get("legal_basis") in {"s17", "part_7", "relevant_child", None}


@SEEDS
def test_stays_of_one_child_follow_one_another(seed):
    by_child = defaultdict(list)
    for row in of_now(seed):
        if "holiday with" not in row["purpose"]:
            by_child[row["child_id"]].append(row)
    moved = [rows for rows in by_child.values() if len(rows) > 1]
    assert moved
    for rows in moved:
        rows.sort(key=lambda row: row["started_on"])
        for before, after in pairwise(rows):
            assert before["started_on"] < before["ended_on"] <= after["started_on"]


@SEEDS
def test_approvals_and_notices_are_partly_given_and_some_facts_are_missing(seed):
    rows = [row for row in of_now(seed) if row["in_care"]]
    assert any(row.get("approvals") for row in rows)
    assert any(not row.get("approvals") for row in rows)
    assert any(row.get("notices") for row in rows)
    assert any(not row.get("notices") for row in rows)
    homeless = [row for row in of_now(seed) if not row["in_care"]]
    assert any("advocate_offered_on" not in row for row in homeless)


@SEEDS
def test_the_watch_finds_somebody_for_over_fourteen_nights_and_somebody_not_yet(seed):
    found, _ = stays_from_values(stays(seed))
    outcomes = Counter(str(spell.outcome) for spell in watch_stays(found, as_of=ON).spells)
    assert outcomes["RAISED"] >= 1
    assert outcomes["WARNING"] >= 1
    assert sum(outcomes.values()) < len(found), "moves between hotels are one spell"


def test_a_holiday_with_carers_is_there_and_is_no_spell():
    holiday = {row["child_id"] for row in stays() if "holiday with" in row["purpose"]}
    found, _ = stays_from_values([row for row in stays() if row["child_id"] in holiday])
    assert holiday
    spells = watch_stays(found, as_of=ON).spells
    assert {spell.child_id for spell in spells} < holiday | {""}


def test_the_same_seed_gives_the_same_rows():
    histories, homes, whereabouts = small_partnership()
    again = invent_stays(dict(reversed(list(histories.items()))), homes, whereabouts, ON, 1)
    assert json.dumps(again) == json.dumps(stays())
