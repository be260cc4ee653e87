"""Each placement within a spell needs its own signature and its own notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from reference_data.vocabulary import EmergencySetting, LegalBasis
from sufficiency.emergency import Stay, watch
from sufficiency.emergency_stay import StayApproval, StayNotice

TODAY = date(2026, 6, 17)

HOTEL = Stay(
    stay_id="S1",
    child_id="C1",
    date_of_birth=date(2009, 3, 3),
    setting=EmergencySetting.HOTEL,
    provider_registered=False,
    started_on=date(2026, 6, 1),
    ended_on=date(2026, 6, 7),
    in_care=True,
    legal_basis=LegalBasis.SECTION_20,
    approvals=(StayApproval(code="director", by="DCS", on=date(2026, 6, 1)),),
    notices=(StayNotice(to="parent", on=date(2026, 6, 2)),),
)
BED_AND_BREAKFAST = replace(
    HOTEL,
    stay_id="S2",
    setting=EmergencySetting.BED_AND_BREAKFAST,
    started_on=date(2026, 6, 7),
    ended_on=None,
    approvals=(),
    notices=None,
)


def rules(*stays, as_of=TODAY):
    spells = watch(stays, as_of=as_of).spells
    assert len(spells) == 1
    return {answer.rule: answer for answer in spells[0].rules}


def signed(day):
    return (StayApproval(code="director", by="DCS", on=day),)


def told(day):
    return (StayNotice(to="parent", on=day),)


def test_a_signature_and_a_notice_for_the_hotel_do_not_serve_the_bed_and_breakfast_after_it():
    found = rules(HOTEL, BED_AND_BREAKFAST)
    approvals, notices = found["approvals_missing"], found["notices_missing"]
    assert (approvals.outcome, approvals.due_on, approvals.missing) == ("WARNING", date(2026, 6, 7), ())
    # Sunday 7 June and five working days.
    assert (notices.outcome, notices.due_on, notices.missing) == ("WARNING", date(2026, 6, 12), ("notices",))
    for answer in (approvals, notices):
        assert "bed and breakfast from 7 June 2026" in answer.text
        assert "hotel" not in answer.text


def test_each_placement_with_its_own_signature_and_notice_is_clear():
    done = replace(BED_AND_BREAKFAST, approvals=signed(date(2026, 6, 7)), notices=told(date(2026, 6, 12)))
    found = rules(HOTEL, done)
    assert (found["approvals_missing"].outcome, found["notices_missing"].outcome) == ("CLEAR", "CLEAR")


def test_what_was_signed_or_told_late_is_said_with_both_days():
    late = replace(BED_AND_BREAKFAST, approvals=signed(date(2026, 6, 8)), notices=told(date(2026, 6, 15)))
    found = rules(HOTEL, late)
    approvals, notices = found["approvals_missing"], found["notices_missing"]
    assert (approvals.outcome, notices.outcome) == ("WARNING", "WARNING")
    assert "only on 8 June 2026" in approvals.text
    assert "only on 15 June 2026" in notices.text
    assert "12 June 2026" in notices.text


def test_a_placement_that_has_ended_is_named_with_both_of_its_dates():
    bare = replace(HOTEL, approvals=(), notices=())
    found = rules(bare, BED_AND_BREAKFAST)
    for name, due_on in (("approvals_missing", date(2026, 6, 1)), ("notices_missing", date(2026, 6, 8))):
        assert found[name].due_on == due_on
        assert "hotel from 1 June 2026 to 7 June 2026" in found[name].text
        assert "bed and breakfast from 7 June 2026" in found[name].text


def test_another_hotel_is_another_placement_and_so_is_the_same_one_after_a_night_elsewhere():
    first = replace(HOTEL, home_id="H1")
    other = replace(BED_AND_BREAKFAST, setting=EmergencySetting.HOTEL, home_id="H2")
    again = replace(other, home_id="H1", started_on=date(2026, 6, 8))
    for second in (other, again):
        found = rules(first, second)
        assert (found["approvals_missing"].outcome, found["notices_missing"].outcome) == (
            "WARNING",
            "WARNING",
        )


def test_two_hotel_stays_without_a_home_are_two_placements_and_the_second_lacks_its_own():
    second = replace(BED_AND_BREAKFAST, setting=EmergencySetting.HOTEL)
    found = rules(HOTEL, second)
    approvals, notices = found["approvals_missing"], found["notices_missing"]
    assert (approvals.outcome, approvals.due_on) == ("WARNING", date(2026, 6, 7))
    assert (notices.outcome, notices.due_on) == ("WARNING", date(2026, 6, 12))
    assert "hotel from 7 June 2026" in approvals.text


@pytest.mark.parametrize("holder", [0, 1])
def test_what_any_part_of_one_cut_stay_records_serves_the_whole_stay(holder):
    hotel = replace(HOTEL, home_id="H1")
    whole = replace(hotel, ended_on=None)
    parts = [
        replace(hotel, ended_on=date(2026, 6, 4), approvals=(), notices=()),
        replace(hotel, stay_id="S2", started_on=date(2026, 6, 4), ended_on=None, approvals=(), notices=()),
    ]
    parts[holder] = replace(parts[holder], approvals=HOTEL.approvals, notices=HOTEL.notices)
    cut = watch(parts, as_of=TODAY).spells
    assert cut == watch([whole], as_of=TODAY).spells


def test_the_duty_begins_when_the_child_becomes_looked_after_in_the_same_place():
    before = replace(HOTEL, in_care=False, legal_basis=LegalBasis.SECTION_17, approvals=(), notices=())
    after = replace(
        HOTEL,
        stay_id="S2",
        started_on=date(2026, 6, 7),
        ended_on=None,
        approvals=signed(date(2026, 6, 7)),
        notices=told(date(2026, 6, 10)),
    )
    found = rules(before, after)
    assert (found["approvals_missing"].outcome, found["notices_missing"].outcome) == ("CLEAR", "CLEAR")


def test_a_placement_whose_care_status_is_unknown_is_not_assessed_and_hides_no_warning():
    unknown = replace(BED_AND_BREAKFAST, in_care=None, legal_basis=None)
    for name in ("approvals_missing", "notices_missing"):
        answer = rules(HOTEL, unknown)[name]
        assert (answer.outcome, answer.missing) == ("NOT_ASSESSED", ("in_care", "legal_basis"))
        assert rules(replace(HOTEL, approvals=(), notices=()), unknown)[name].outcome == "WARNING"


def test_notice_of_a_placement_still_within_its_five_days_is_due_and_named():
    answer = rules(HOTEL, BED_AND_BREAKFAST, as_of=date(2026, 6, 12))["notices_missing"]
    assert (answer.outcome, answer.due_on) == ("CLEAR", date(2026, 6, 12))
    assert "bed and breakfast from 7 June 2026" in answer.text


def test_a_placement_begun_at_18_needs_no_notice():
    adult = date(2008, 6, 7)
    hotel = replace(HOTEL, date_of_birth=adult)
    found = rules(hotel, replace(BED_AND_BREAKFAST, date_of_birth=adult))
    assert (found["approvals_missing"].outcome, found["notices_missing"].outcome) == ("CLEAR", "CLEAR")
