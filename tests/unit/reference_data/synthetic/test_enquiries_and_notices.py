"""Enquiries and notices of the invented partnership: read without a word, and refused more the heavier the needs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache

import numpy as np

from reference_data.synthetic.enquiries import invent_enquiries
from reference_data.synthetic.notices import invent_notices
from reference_data.synthetic.waiting_list import invent_referrals
from reference_data.tables import records_from_values
from tests.unit.reference_data.synthetic.small_histories import ON, small_partnership

YEAR_AND_A_SEARCH_DAYS = 365 + 40


@cache
def enquiries(seed=1):
    return invent_enquiries(*small_partnership(), ON, seed)


@cache
def notices(seed=1):
    return invent_notices(*small_partnership(), ON, seed)


def made():
    """Enquiries by placement found: child and where it went."""
    found = defaultdict(list)
    for row in enquiries():
        if "type_got" in row:
            found[row["child_id"], row["type_got"], row["type_needed"]].append(row)
    return found


def test_every_enquiry_and_every_notice_is_read_with_no_problem_and_no_warning():
    for record, rows in (("enquiry", enquiries()), ("notice", notices())):
        table = records_from_values(record, rows, record)
        assert table.warnings == ()
        assert len(table.rows) == len(rows) > 100


def test_who_declines_says_why_and_who_offers_says_how_much_and_until_when():
    answers = Counter(row.get("answer") for row in enquiries())
    assert set(answers) == {"offered", "declined", "no_answer", "withdrawn", None}
    for row in enquiries():
        answer = row.get("answer")
        assert ("reason" in row) == (answer in {"declined", "withdrawn"})
        assert ("answered_on" in row) == (answer in {"declined", "withdrawn", "offered"})
        assert ("quoted_weekly_fee_pounds" in row) == (answer in {"offered", "withdrawn"})
        if "answered_on" in row:
            assert row["asked_on"] <= row["answered_on"] <= ON.isoformat()
        if answer == "offered":
            assert row["offer_expires_on"] >= row["answered_on"]
        if answer is None:
            assert "type_got" not in row, "only an open search awaits an answer"


def test_every_placement_that_had_to_be_asked_for_was_offered_by_the_home_it_was_in():
    histories, _, whereabouts = small_partnership()
    offered = {(row["child_id"], row["home_id"]) for row in enquiries() if row.get("placed")}
    asked_for_with = {
        child for row in enquiries() if row.get("placed") for child in row.get("with_children", ())
    }
    for authority, history in histories.items():
        for placement in history.placements:
            if ON - timedelta(days=365) < placement.started_on <= ON and placement.place in {
                "K2",
                "U6",
                "K3",
            }:
                home = whereabouts[authority, placement.placement_id].home_id
                assert (placement.child_id, home) in offered or placement.child_id in asked_for_with


def test_a_search_in_residential_care_asks_many_homes_and_one_in_fostering_two_or_three():
    asked = defaultdict(list)
    for (_, got, needed), rows in made().items():
        if got == needed:
            asked[got].append(len(rows))
    # The needs of these small councils do not follow the placement, so homes are asked a little less here.
    assert 4 <= np.mean(asked["childrens_home"]) <= 8
    assert 1.5 <= np.mean(asked["in_house_foster_carer"] + asked["agency_foster_carer"]) <= 3.5


def test_the_heavier_the_needs_the_more_homes_are_asked_and_the_oftener_needs_are_beyond_them():
    histories, _, _ = small_partnership()
    heavy = {
        child.child_id: max(child.needs[0], child.needs[3])
        for history in histories.values()
        for child in history.children
    }
    counts = [(heavy[child_id], len(rows)) for (child_id, _, _), rows in made().items()]
    median = np.median([points for points, _ in counts])
    assert np.mean([n for points, n in counts if points > median]) > 1.2 * np.mean(
        [n for points, n in counts if points <= median]
    )
    declined = [row for row in enquiries() if row.get("answer") == "declined" and row["child_id"] in heavy]
    beyond = [row["reason"] == "needs_beyond" for row in declined if heavy[row["child_id"]] > median]
    others = [row["reason"] == "needs_beyond" for row in declined if heavy[row["child_id"]] <= median]
    assert np.mean(beyond) > np.mean(others) + 0.05


def test_a_child_who_got_something_else_than_was_needed_was_first_refused_what_was_needed():
    elsewhere = [
        rows for (_, got, needed), rows in made().items() if got != needed and needed == "childrens_home"
    ]
    assert elsewhere
    refused = [row for rows in elsewhere for row in rows if row["type_of_home"] == "childrens_home"]
    assert refused
    assert not any(row.get("placed") for row in refused)


def test_enquiries_of_open_searches_name_a_referral_that_is_on_the_list():
    referrals = {row["referral_id"]: row for row in invent_referrals(*small_partnership(), ON, 1)}
    asked = [row for row in enquiries() if "referral_id" in row]
    assert len({row["referral_id"] for row in asked}) > len(referrals) / 3
    for row in asked:
        assert referrals[row["referral_id"]]["child_id"] == row["child_id"]
        assert row["asked_on"] >= referrals[row["referral_id"]]["search_opened_at"]
        assert not row.get("placed")
    live = [
        row for row in asked if row.get("answer") == "offered" and row["offer_expires_on"] >= ON.isoformat()
    ]
    assert live


def test_all_enquiries_lie_in_the_year_and_the_search_before_it():
    first = ON - timedelta(days=YEAR_AND_A_SEARCH_DAYS)
    assert all(first.isoformat() <= row["asked_on"] <= ON.isoformat() for row in enquiries())


def test_twenty_eight_days_is_the_usual_notice_and_some_end_at_once():
    days = Counter(row["notice_days"] for row in notices())
    assert days.most_common(1)[0][0] == 28
    assert 0.1 < days[0] / len(notices()) < 0.4
    for row in notices():
        length = date.fromisoformat(row["ends_on"]) - date.fromisoformat(row["given_on"])
        assert length.days == row["notice_days"]


def test_a_notice_that_runs_is_of_a_child_who_waits_and_names_the_home_it_lives_in():
    referrals = {row["child_id"]: row for row in invent_referrals(*small_partnership(), ON, 1)}
    running = [row for row in notices() if row["outcome"] == "open"]
    assert running
    for row in running:
        assert referrals[row["child_id"]].get("current_home_id") == row.get("home_id")
        assert "outcome_on" not in row
    withdrawn = [row for row in notices() if row["outcome"] == "withdrawn"]
    assert withdrawn
    assert not {row["child_id"] for row in withdrawn} & set(referrals)
    assert all(row["given_on"] <= row["outcome_on"] <= row["ends_on"] for row in withdrawn)


def test_foster_carers_do_not_speak_of_staff():
    for row in notices():
        if row["type_of_home"].endswith("foster_carer"):
            assert row["reason"] not in {"staffing", "impact_on_residents"}


def test_the_same_seed_gives_the_same_rows():
    histories, homes, whereabouts = small_partnership()
    turned = dict(reversed(list(histories.items())))
    assert json.dumps(invent_enquiries(turned, homes, whereabouts, ON, 1)) == json.dumps(enquiries())
    assert json.dumps(invent_notices(turned, homes, whereabouts, ON, 1)) == json.dumps(notices())
    assert json.dumps(enquiries(2)) != json.dumps(enquiries())
