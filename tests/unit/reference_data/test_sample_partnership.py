"""The invented partnership that ships with the product: whole, consistent, and nobody's."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date

import pytest

from reference_data.ages import age_on
from reference_data.postcodes import locate
from reference_data.problems import NotFound
from reference_data.sample import SAMPLE_DATE, SAMPLE_NAMES, sample_path
from reference_data.tables import read_records
from reference_data.vocabulary import age_band

RECORD_OF = {
    "homes": "home",
    "referrals": "referral",
    "partner_referrals": "referral",
    "stays": "stay",
    "pins": "pin",
}
NEVER_SHIPPED = re.compile(r"\b(SC\d{6}|[12]\d{6})\b")
PLYMOUTH = "879"
PARTNERS = ["878", "878", "880", "933"]


def rows(name):
    return json.loads(sample_path(name).read_text(encoding="utf-8"))


def every_referral():
    return rows("referrals") + rows("partner_referrals")


def by_id(name, key):
    return {row[key]: row for row in rows(name)}


def born(row):
    return date.fromisoformat(row["date_of_birth"])


@pytest.mark.parametrize("name", RECORD_OF)
def test_every_file_reads_by_its_field_table_without_a_word_of_warning(name):
    table = read_records(sample_path(name), RECORD_OF[name])
    assert len(table.rows) == len(rows(name))
    assert table.warnings == ()


def test_whatever_the_sample_names_is_there():
    assert set(RECORD_OF) == set(SAMPLE_NAMES)
    assert all(sample_path(name).is_file() for name in RECORD_OF)


def test_a_name_the_sample_does_not_have_is_said_to_be_missing():
    with pytest.raises(NotFound):
        sample_path("children")


def test_the_sample_has_forty_children_thirty_homes_and_eight_stays_with_invented_ids():
    assert [r["child_id"] for r in rows("referrals")] == [f"DEMO-C{n:02d}" for n in range(1, 41)]
    assert [r["referral_id"] for r in rows("referrals")] == [f"DEMO-R{n:02d}" for n in range(1, 41)]
    assert [h["home_id"] for h in rows("homes")] == [f"DEMO-H{n:02d}" for n in range(1, 31)]
    assert [s["stay_id"] for s in rows("stays")] == [f"DEMO-S{n:02d}" for n in range(1, 9)]


def test_every_id_anywhere_in_the_sample_begins_with_demo():
    def ids(value, key=""):
        if isinstance(value, dict):
            for name, item in value.items():
                yield from ids(item, name)
        elif isinstance(value, list):
            for item in value:
                yield from ids(item, key)
        elif key.endswith("_id") or key in {"not_with", "approved_for", "held_for", "sibling_group"}:
            yield value

    for name in RECORD_OF:
        found = list(ids(rows(name)))
        assert found
        assert all(value.startswith("DEMO-") for value in found)


def test_every_provider_says_that_it_is_invented_and_no_real_register_number_is_given():
    for home in rows("homes"):
        assert home["provider"].endswith("(invented)")
        assert "urn" not in home
    for name in RECORD_OF:
        assert not NEVER_SHIPPED.search(sample_path(name).read_text(encoding="utf-8"))


def test_every_home_stands_in_the_authority_it_names():
    for home in rows("homes"):
        place = locate(home["postcode"])
        assert place is not None, home["home_id"]
        assert place.authority_code == home["authority"], home["home_id"]


def test_the_waiting_list_is_plymouth_s_own_and_the_four_partner_children_stand_apart():
    assert {referral["authority"] for referral in rows("referrals")} == {PLYMOUTH}
    assert sorted(referral["authority"] for referral in rows("partner_referrals")) == PARTNERS
    assert [r["child_id"] for r in rows("partner_referrals")] == [f"DEMO-C{n}" for n in range(41, 45)]


def test_every_child_comes_from_the_area_of_the_authority_responsible():
    for referral in every_referral():
        if referral.get("uasc"):
            assert "home_postcode" not in referral
            continue
        place = locate(referral["home_postcode"])
        assert place is not None, referral["referral_id"]
        assert place.authority_code == referral["authority"], referral["referral_id"]


def test_every_other_postcode_of_the_sample_exists():
    for referral in every_referral():
        postcodes = [item["postcode"] for item in referral.get("important_places", [])]
        postcodes += [item["postcode"] for item in referral.get("avoid", [])]
        if "school_postcode" in referral["prefers"]:
            postcodes.append(referral["prefers"]["school_postcode"])
        for postcode in postcodes:
            assert locate(postcode) is not None, (referral["referral_id"], postcode)


def test_no_home_holds_more_children_than_places_and_its_vacancies_agree():
    for home in rows("homes"):
        free = home.get("vacancies", len(home.get("beds", [])))
        assert len(home["residents"]) + free <= home["places"], home["home_id"]


def test_every_waiting_child_is_under_eighteen_and_the_age_bands_lean_to_the_teens():
    bands = Counter(age_band(age_on(born(r), SAMPLE_DATE)) for r in rows("referrals"))
    assert bands == {"0": 2, "1-4": 4, "5-9": 6, "10-15": 19, "16-17": 9}


def test_residents_who_are_waiting_to_move_have_the_age_and_sex_of_their_referral():
    referrals = by_id("referrals", "child_id")
    living = {
        (resident["child_id"], home["home_id"]): resident
        for home in rows("homes")
        for resident in home["residents"]
        if resident["child_id"] in referrals
    }
    assert set(living) == {
        (r["child_id"], r["current_home_id"]) for r in referrals.values() if "current_home_id" in r
    }
    for (child_id, _), resident in living.items():
        assert resident["age"] == age_on(born(referrals[child_id]), SAMPLE_DATE)
        assert resident["sex"] == referrals[child_id]["sex"]


def test_nobody_lives_in_two_homes():
    residents = [resident["child_id"] for home in rows("homes") for resident in home["residents"]]
    assert len(residents) == len(set(residents))


def test_every_child_or_home_pointed_to_is_there():
    homes, children = by_id("homes", "home_id"), by_id("referrals", "child_id")
    known = set(children) | {r["child_id"] for home in homes.values() for r in home["residents"]}
    for referral in children.values():
        assert referral.get("current_home_id", "DEMO-H01") in homes
        assert set(referral.get("not_with", [])) <= known
    for home in homes.values():
        assert set(home.get("approved_for", [])) <= known
        assert {bed["held_for"] for bed in home.get("beds", []) if "held_for" in bed} <= known
    for pin in rows("pins"):
        assert pin["child_id"] in children
        assert pin["home_id"] in homes
    for stay in rows("stays"):
        assert stay.get("home_id", "DEMO-H01") in homes


def test_searches_opened_before_the_date_of_the_sample_and_needs_come_after_it():
    for referral in every_referral():
        opened = date.fromisoformat(referral["search_opened_at"])
        needed = date.fromisoformat(referral["needed_by"])
        assert date(2026, 4, 15) <= opened <= SAMPLE_DATE <= needed <= date(2026, 8, 31)
        days = (needed - SAMPLE_DATE).days
        assert {"crisis": days == 0, "emergency": days <= 2, "planned": True}[referral["urgency"]]


def test_no_date_of_something_done_lies_after_the_date_of_the_sample():
    done = ("needs_assessed_on", "current_placement_started_on", "move_review_on", "search_opened_at")
    for referral in every_referral():
        for name in done:
            if name in referral:
                assert date.fromisoformat(referral[name]) <= SAMPLE_DATE
        if "asked_on" in referral["wishes"]:
            assert date.fromisoformat(referral["wishes"]["asked_on"]) <= SAMPLE_DATE
    for home in rows("homes"):
        for name in ("vacancies_confirmed_on", "judged_on"):
            if name in home:
                assert date.fromisoformat(home[name]) <= SAMPLE_DATE


def test_the_four_sibling_groups_say_must_prefer_and_no():
    groups = {}
    for referral in rows("referrals"):
        if "sibling_group" in referral:
            groups.setdefault(referral["sibling_group"], []).append(referral["siblings_together"])
    assert sorted(groups.values()) == sorted([["must"] * 4, ["must"] * 2, ["prefer"] * 2, ["no"] * 2])


def test_every_child_was_asked_or_the_reason_is_written_down():
    for referral in every_referral():
        wishes = referral["wishes"]
        assert ("text" in wishes) != ("reason_not_asked" in wishes), referral["referral_id"]


def test_a_stay_of_a_waiting_child_has_that_child_s_birth_date_and_nights_do_not_overlap():
    referrals = by_id("referrals", "child_id")
    last_night = {}
    for stay in rows("stays"):
        if stay["child_id"] in referrals:
            assert born(stay) == born(referrals[stay["child_id"]])
        assert stay["started_on"] >= last_night.get(stay["child_id"], "")
        last_night[stay["child_id"]] = stay.get("ended_on", SAMPLE_DATE.isoformat())
