"""The invented waiting list: read without a word, true to the histories, and with every case that a list must hold."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from matching.files import referrals_from_values
from matching.referral import stays_put, urgency_contradiction
from reference_data.ages import age_on
from reference_data.postcodes import locate
from reference_data.synthetic.history import NEED_DOMAINS
from reference_data.synthetic.on_the_day import children_in_care
from reference_data.synthetic.scores import RISKS
from reference_data.synthetic.searches import ALL_CASES_FROM, number_of_searches, open_searches
from reference_data.synthetic.situations import in_year_11
from reference_data.synthetic.waiting_carers import invent_waiting_carers
from reference_data.synthetic.waiting_list import invent_referrals
from tests.unit.reference_data.synthetic.small_histories import ON, small_partnership

PLYMOUTH = "879"
SEEDS = [(1, 1), (1, 2), (2, 1), (3, 4), (5, 9)]
EVERY_SEED = pytest.mark.parametrize(("history_seed", "seed"), SEEDS)


@cache
def waiting(history_seed=1, seed=1):
    return invent_referrals(*small_partnership(history_seed), ON, seed)


def plymouth(history_seed, seed):
    return [row for row in waiting(history_seed, seed) if row["authority"] == PLYMOUTH]


def age(row):
    return age_on(date.fromisoformat(row["date_of_birth"]), ON)


def searches_of_plymouth(history_seed=1, seed=1):
    histories, homes, whereabouts = small_partnership(history_seed)
    return open_searches(histories[PLYMOUTH], homes, whereabouts, on=ON, seed=seed)


def in_care_by_id(history_seed):
    histories, _, whereabouts = small_partnership(history_seed)
    return {
        one.child.child_id: one
        for history in histories.values()
        for one in children_in_care(history, whereabouts, ON)
    }


# -- Read and consistent ---------------------------------------------------------------------------------


@EVERY_SEED
def test_every_referral_is_read_with_no_problem_and_no_warning(history_seed, seed):
    rows = waiting(history_seed, seed)
    referrals, warnings = referrals_from_values(rows)
    assert warnings == ()
    assert len(referrals) == len(rows)
    assert all(urgency_contradiction(referral, ON) is None for referral in referrals)


@EVERY_SEED
def test_a_child_in_care_is_in_the_history_with_the_same_birth_date_sex_status_and_home(history_seed, seed):
    histories, _, _ = small_partnership(history_seed)
    everybody = {child.child_id: child for history in histories.values() for child in history.children}
    there = in_care_by_id(history_seed)
    moving = [row for row in waiting(history_seed, seed) if "current_placement_started_on" in row]
    assert len(moving) > 20
    for row in moving:
        child, now = everybody[row["child_id"]], there[row["child_id"]]
        assert row["date_of_birth"] == child.date_of_birth.isoformat()
        assert row["sex"] == child.sex
        assert row["legal_status"] == now.legal_status
        assert row.get("current_home_id", "") == now.home_id
        assert row["current_placement_started_on"] == now.placed_on.isoformat()
        assert row.get("home_postcode", "") == child.home_postcode
        assert date.fromisoformat(row["search_opened_at"]) >= now.placed_on


@EVERY_SEED
def test_a_child_who_comes_in_is_in_no_history_and_nobody_waits_twice(history_seed, seed):
    histories, _, _ = small_partnership(history_seed)
    known = {child.child_id for history in histories.values() for child in history.children}
    rows = waiting(history_seed, seed)
    for row in rows:
        coming_in = "current_placement_started_on" not in row
        assert coming_in == (row["child_id"] not in known)
        assert row["child_id"].startswith(f"DEMO-{row['authority']}-")
    assert len({row["child_id"] for row in rows}) == len(rows)
    assert len({row["referral_id"] for row in rows}) == len(rows)


@EVERY_SEED
def test_brothers_and_sisters_in_one_search_agree_about_what_they_share(history_seed, seed):
    groups = defaultdict(list)
    for row in waiting(history_seed, seed):
        if "sibling_group" in row:
            groups[row["sibling_group"]].append(row)
    assert groups
    for members in groups.values():
        assert len(members) > 1
        for fact in ("urgency", "needed_by", "search_opened_at", "siblings_together", "home_postcode"):
            assert len({row.get(fact) for row in members}) == 1, fact
        if members[0]["siblings_together"] == "must":
            wanted = [(row.get("acceptable_types"), row.get("suitability")) for row in members]
            assert all(want == wanted[0] for want in wanted), "no home could take them all"
        ids = {row["child_id"] for row in members}
        for row in members:
            if row["siblings_together"] == "no":
                assert set(row["not_with"]) == ids - {row["child_id"]}


@EVERY_SEED
def test_dates_hang_together(history_seed, seed):
    for row in waiting(history_seed, seed):
        opened = date.fromisoformat(row["search_opened_at"])
        assert opened <= ON <= date.fromisoformat(row["needed_by"])
        for name in ("needs_assessed_on", "move_review_on"):
            if name in row:
                assert date.fromisoformat(row["date_of_birth"]) <= date.fromisoformat(row[name]) <= ON, name
        asked = row["wishes"].get("asked_on")
        assert asked is None or date.fromisoformat(asked) <= ON


@EVERY_SEED
def test_an_order_made_in_haste_is_no_older_than_it_may_last(history_seed, seed):
    longest_days = {"L1": 3, "L2": 21}
    for row in waiting(history_seed, seed):
        if row.get("legal_status") in longest_days and "current_placement_started_on" not in row:
            assert (ON - date.fromisoformat(row["search_opened_at"])).days <= longest_days[
                row["legal_status"]
            ]


@EVERY_SEED
def test_every_postcode_exists_and_home_is_in_the_authority(history_seed, seed):
    for row in waiting(history_seed, seed):
        if "home_postcode" in row:
            assert locate(row["home_postcode"]).authority_code == row["authority"]
        else:
            assert row["uasc"]
        others = [place["postcode"] for place in row.get("important_places", []) + row.get("avoid", [])]
        assert all(locate(postcode) is not None for postcode in others)


def test_nobody_under_sixteen_is_looked_for_in_supported_accommodation():
    for history_seed, seed in SEEDS:
        for row in waiting(history_seed, seed):
            if age(row) < 16:
                assert "supported_accommodation" not in row.get("acceptable_types", ())
                assert row.get("suitability", {}).get("supported") in {None, "unsuitable"}
                assert row.get("support_or_care") in {None, "care"}


# -- The cases that Plymouth's list always holds ----------------------------------------------------------


def tonight_at_sixteen(row):
    return row["urgency"] == "crisis" and age(row) >= 16


def emergency_under_sixteen(row):
    return row["urgency"] == "emergency" and age(row) < 16 and "sibling_group" not in row


def may_not_live_with_a_brother_or_sister(row):
    return row.get("siblings_together") == "no" and bool(row["not_with"])


def unaccompanied_at_seventeen(row):
    return row.get("uasc", False) and age(row) == 17 and "home_postcode" not in row


def needs_distance(row):
    return any(place["miles"] >= 8 for place in row.get("avoid", ()))


def uses_a_wheelchair(row):
    return (
        "step_free" in row.get("requires", ())
        and len(set(row["requires"]) & {"hoist", "ground_floor_bedroom"}) == 1
    )


def in_the_examination_year(row):
    return (
        in_year_11(date.fromisoformat(row["date_of_birth"]), ON)
        and row["prefers"].get("keep_school") is True
        and "current_home_id" in row
    )


def secure_or_remand(row):
    return row["placement_purpose"] == "remand" or row.get("secure_order", False)


def no_scores(row):
    return "needs" not in row


def old_scores(row):
    return "needs_assessed_on" in row and (ON - date.fromisoformat(row["needs_assessed_on"])).days > 90


def old_enough_and_not_asked(row):
    return age(row) >= 4 and "text" not in row["wishes"] and bool(row["wishes"]["reason_not_asked"])


def in_a_hotel_for_nights(row):
    return "current_placement_started_on" not in row and age(row) >= 16 and row["urgency"] == "emergency"


@EVERY_SEED
@pytest.mark.parametrize(
    "case",
    [
        tonight_at_sixteen,
        emergency_under_sixteen,
        may_not_live_with_a_brother_or_sister,
        unaccompanied_at_seventeen,
        needs_distance,
        uses_a_wheelchair,
        in_the_examination_year,
        secure_or_remand,
        no_scores,
        old_scores,
        old_enough_and_not_asked,
        in_a_hotel_for_nights,
    ],
)
def test_the_list_of_plymouth_always_holds(history_seed, seed, case):
    rows = plymouth(history_seed, seed)
    assert len(rows) >= ALL_CASES_FROM
    assert any(case(row) for row in rows)


@EVERY_SEED
def test_the_list_of_plymouth_always_holds_three_who_must_stay_together(history_seed, seed):
    groups = defaultdict(list)
    for row in plymouth(history_seed, seed):
        if row.get("siblings_together") == "must":
            groups[row["sibling_group"]].append(row)
    assert max(len(members) for members in groups.values()) >= 3


@EVERY_SEED
def test_the_list_of_plymouth_always_holds_a_settled_child_who_stays_put(history_seed, seed):
    referrals, _ = referrals_from_values(plymouth(history_seed, seed))
    assert any(stays_put(referral) for referral in referrals)


@EVERY_SEED
def test_a_connected_carer_is_approved_for_a_child_who_waits_and_lives_where_the_referral_says(
    history_seed, seed
):
    rows = plymouth(history_seed, seed)
    carers = invent_waiting_carers(rows, ON)
    assert carers
    by_id = {row["child_id"]: row for row in rows}
    for carer in carers:
        assert carer["type"] == "connected_foster_carer"
        assert carer["places"] == len(carer["approved_for"])
        for child_id in carer["approved_for"]:
            assert carer["postcode"] in {place["postcode"] for place in by_id[child_id]["important_places"]}
            assert by_id[child_id]["suitability"]["fostering"] == "preferred"


# -- Sizes and shapes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authority", "new_placements", "searches"),
    [("879", 533, 40), ("878", 1111, 83), ("880", 391, 29), ("933", 976, 73), ("908", 916, 69)],
)
def test_searches_follow_the_new_placements_published_for_2024_25(authority, new_placements, searches):
    # DfE, Children looked after in England 2025. Four weeks are 0.075 of a year.
    assert number_of_searches(authority) == searches == round(new_placements * 0.075)


@EVERY_SEED
def test_the_list_of_plymouth_has_about_forty_children(history_seed, seed):
    assert 38 <= len(plymouth(history_seed, seed)) <= 47


def test_older_children_wait_more_than_their_share_and_most_searches_are_planned():
    # On 31 March 2025 68 in 100 of Plymouth's children in care were ten or older: 361 of 527.
    rows = [row for seeds in SEEDS for row in waiting(*seeds)]
    assert 0.45 < np.mean([age(row) >= 10 for row in rows]) < 0.8
    assert 0.55 < np.mean([row["urgency"] == "planned" for row in rows]) < 0.85


def test_short_breaks_and_respite_are_short():
    # A single break lasts at most 17 days.
    rows = [row for seeds in SEEDS for row in waiting(*seeds)]
    short = [row for row in rows if row["placement_purpose"] in {"short_break", "respite"}]
    assert short
    assert all(row.get("expected_stay_days", 1) <= 17 for row in short)


def test_nobody_is_expected_to_stay_past_the_eighteenth_birthday():
    for seeds in SEEDS:
        for row in waiting(*seeds):
            if "expected_stay_days" in row and row["expected_stay_days"] > 1:
                end = date.fromisoformat(row["needed_by"]) + timedelta(days=row["expected_stay_days"])
                assert age_on(date.fromisoformat(row["date_of_birth"]), end - timedelta(days=1)) < 18


# -- Needs and risks -------------------------------------------------------------------------------------


def rated_and_true():
    pairs = []
    for history_seed, seed in SEEDS:
        true = {s.child.child_id: s.child.needs for s in searches_of_plymouth(history_seed, seed)}
        for row in plymouth(history_seed, seed):
            if "needs" in row:
                pairs.append(([row["needs"][name] for name in NEED_DOMAINS], true[row["child_id"]], row))
    return pairs


def test_scores_are_near_the_truth_and_not_the_truth():
    rated = np.array([rated for rated, _, _ in rated_and_true()])
    true = np.array([true for _, true, _ in rated_and_true()])
    assert np.corrcoef(rated.ravel(), true.ravel())[0, 1] > 0.8
    assert 4 < np.std(rated - true) < 14


@pytest.mark.parametrize("risk", ["missing", "self_harm", "physical_harm", "criminal_exploitation"])
def test_the_greater_the_need_the_oftener_the_risk_is_high(risk):
    need, youngest, _ = RISKS[risk]
    level = {"none": 0, "low": 1, "high": 2}
    found = [
        (true[need], level[row["risks"][risk]])
        for _, true, row in rated_and_true()
        if risk in row.get("risks", {}) and age(row) >= youngest
    ]
    median = np.median([points for points, _ in found])
    above = np.mean([score for points, score in found if points > median])
    below = np.mean([score for points, score in found if points <= median])
    assert above > below + 0.2


def test_some_facts_are_missing_and_most_are_there():
    rows = [row for seeds in SEEDS for row in waiting(*seeds)]
    for fact in ("needs", "risks", "alongside", "adult_ratio", "support_or_care", "expected_stay_days"):
        known = np.mean([fact in row for row in rows])
        assert 0.8 < known < 1, fact


# -- Determinism -----------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_the_histories():
    histories, homes, whereabouts = small_partnership()
    turned = dict(reversed(list(histories.items())))
    again = invent_referrals(turned, homes, dict(reversed(list(whereabouts.items()))), ON, 1)
    assert json.dumps(again) == json.dumps(waiting(1, 1))
    assert json.dumps(waiting(1, 2)) != json.dumps(waiting(1, 1))


def test_one_council_s_list_does_not_depend_on_another_s():
    histories, homes, whereabouts = small_partnership()
    alone = invent_referrals({PLYMOUTH: histories[PLYMOUTH]}, homes, whereabouts, ON, 1)
    assert alone == plymouth(1, 1)


def test_whoever_lives_in_a_home_that_closes_soon_needs_another_by_that_day():
    histories, homes, whereabouts = small_partnership()
    there = children_in_care(histories[PLYMOUTH], whereabouts, ON)
    home_id = next(one.home_id for one in there if one.placement.place == "K2")
    closing = [home | ({"closes_on": "2026-07-20"} if home["home_id"] == home_id else {}) for home in homes]
    rows = invent_referrals({PLYMOUTH: histories[PLYMOUTH]}, closing, whereabouts, ON, 1)
    moving = [row for row in rows if row.get("current_home_id") == home_id]
    assert {row["child_id"] for row in moving} == {c.child.child_id for c in there if c.home_id == home_id}
    assert all(row["needed_by"] == "2026-07-20" and "close" in row["move_reason"] for row in moving)
