"""Every clock of the watch on its last day and the day after, by the dates of the table of law."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from reference_data.law import legal_limits
from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency import Stay, watch
from sufficiency.emergency_stay import StayApproval, StayNotice

HOTEL = Stay(
    stay_id="S1",
    child_id="C1",
    date_of_birth=date(2009, 3, 3),
    setting=EmergencySetting.HOTEL,
    provider_registered=False,
    started_on=date(2026, 6, 1),
    in_care=True,
    legal_basis=LegalBasis.SECTION_20,
    approvals=(),
    notices=(),
)
CARER = replace(HOTEL, setting=PlacementType.CONNECTED_FOSTER_CARER, provider_registered=None)
CRISIS = replace(
    HOTEL, setting=PlacementType.CRISIS_ACCOMMODATION, provider_registered=True, max_stay_days=28
)


def approved(code: str, day: date) -> tuple[StayApproval, ...]:
    return (StayApproval(code=code, by="DEMO", on=day),)


def answer(name, *stays, as_of):
    (spell,) = watch(stays, as_of=as_of).spells
    return next(one for one in spell.rules if one.rule == name)


TEMPORARY = replace(CARER, approvals=approved("temporary_approval", date(2026, 6, 1)))
EXTENDED = replace(
    CARER,
    approvals=approved("temporary_approval", date(2026, 6, 1))
    + approved("temporary_approval_extension", date(2026, 9, 21)),
)
EXTENDED_TOO_LATE = replace(
    CARER,
    approvals=approved("temporary_approval", date(2026, 6, 1))
    + approved("temporary_approval_extension", date(2026, 9, 22)),
)
OUTSIDE = replace(CARER, approvals=approved("outside_terms", date(2026, 6, 1)))
OVER_A_BANK_HOLIDAY = replace(
    CARER, started_on=date(2026, 5, 21), approvals=approved("outside_terms", date(2026, 5, 21))
)


@pytest.mark.parametrize(
    ("rule", "stay", "last_day", "on_it", "after_it"),
    [
        # Sixteen weeks from Monday 1 June are Monday 21 September; eight more are 16 November.
        ("temporary_approval_over", TEMPORARY, date(2026, 9, 21), "WARNING", "RAISED"),
        ("temporary_approval_over", EXTENDED, date(2026, 11, 16), "WARNING", "RAISED"),
        ("temporary_approval_over", EXTENDED_TOO_LATE, date(2026, 9, 21), "WARNING", "RAISED"),
        # Six working days after Monday 1 June are Tuesday 9 June; 25 May 2026 is a bank holiday.
        ("temporary_approval_over", OUTSIDE, date(2026, 6, 9), "WARNING", "RAISED"),
        ("temporary_approval_over", OVER_A_BANK_HOLIDAY, date(2026, 6, 1), "WARNING", "RAISED"),
        # Five working days after Monday 1 June are Monday 8 June.
        ("notices_missing", HOTEL, date(2026, 6, 8), "CLEAR", "WARNING"),
        # Half of 28 nights is 14: the day before has 13.
        ("crisis_stay_over", CRISIS, date(2026, 6, 14), "CLEAR", "WARNING"),
        ("crisis_stay_over", CRISIS, date(2026, 6, 29), "WARNING", "RAISED"),
        # Fourteen nights from 1 June are spent on the 15th.
        ("over_14_nights", HOTEL, date(2026, 6, 15), "CLEAR", "RAISED"),
        ("approaching_14_nights", HOTEL, date(2026, 6, 10), "CLEAR", "WARNING"),
    ],
)
def test_a_clock_speaks_on_the_day_after_its_last(rule, stay, last_day, on_it, after_it):
    assert answer(rule, stay, as_of=last_day).outcome == on_it
    assert answer(rule, stay, as_of=last_day + timedelta(days=1)).outcome == after_it


def test_an_odd_longest_stay_asks_for_a_plan_once_half_has_passed():
    bed = replace(CRISIS, max_stay_days=7)
    assert answer("crisis_stay_over", bed, as_of=date(2026, 6, 4)).outcome == "CLEAR"  # 3 of 7
    assert answer("crisis_stay_over", bed, as_of=date(2026, 6, 5)).outcome == "WARNING"  # 4 of 7
    planned = replace(bed, onward_plan_on=date(2026, 6, 5))
    assert answer("crisis_stay_over", planned, as_of=date(2026, 6, 5)).outcome == "CLEAR"


@pytest.mark.parametrize(
    ("law", "first_day", "born", "setting"),
    [
        ("other_arrangements_under_16", date(2021, 9, 9), date(2007, 1, 1), EmergencySetting.HOTEL),
        ("other_arrangements_16_17", date(2023, 10, 28), date(2007, 1, 1), EmergencySetting.HOTEL),
    ],
)
def test_a_setting_is_barred_from_the_first_night_of_the_law_and_not_the_one_before(
    law, first_day, born, setting
):
    assert legal_limits("emergency")[law].in_force_from == first_day
    for night, outcome in ((first_day - timedelta(days=1), "CLEAR"), (first_day, "RAISED")):
        one_night = replace(
            HOTEL, date_of_birth=born, setting=setting, started_on=night, ended_on=night + timedelta(days=1)
        )
        found = answer("looked_after_unlawful_setting", one_night, as_of=night + timedelta(days=1))
        assert found.outcome == outcome, night


@pytest.mark.parametrize(
    ("born", "sixteenth"),
    [(date(2010, 6, 10), date(2026, 6, 10)), (date(2012, 2, 29), date(2028, 2, 29))],
)
def test_registered_supported_accommodation_is_barred_until_the_night_of_the_16th_birthday(born, sixteenth):
    before = replace(
        HOTEL,
        date_of_birth=born,
        setting=PlacementType.SUPPORTED_ACCOMMODATION,
        provider_registered=True,
        started_on=sixteenth - timedelta(days=1),
        ended_on=sixteenth,
    )
    on_it = replace(before, started_on=sixteenth, ended_on=sixteenth + timedelta(days=1))
    as_of = sixteenth + timedelta(days=1)
    assert answer("looked_after_unlawful_setting", before, as_of=as_of).outcome == "RAISED"
    assert answer("looked_after_unlawful_setting", on_it, as_of=as_of).outcome == "CLEAR"


@pytest.mark.parametrize(
    ("born", "eighteenth"),
    [(date(2008, 6, 10), date(2026, 6, 10)), (date(2008, 2, 29), date(2026, 3, 1))],
)
def test_the_watch_says_that_a_young_person_turned_18_from_the_night_of_the_birthday(born, eighteenth):
    stay = replace(HOTEL, date_of_birth=born, started_on=eighteenth - timedelta(days=20))
    assert answer("turned_18", stay, as_of=eighteenth - timedelta(days=1)).outcome == "CLEAR"
    on_it = answer("turned_18", stay, as_of=eighteenth)
    assert (on_it.outcome, on_it.due_on) == ("WARNING", None)
    # Nobody is out of sight because of a birthday: the nights go on being counted.
    assert answer("over_14_nights", stay, as_of=eighteenth).outcome == "RAISED"


def test_the_signature_that_is_due_is_asked_of_the_person_who_gives_it():
    unsigned = answer("approvals_missing", HOTEL, as_of=date(2026, 6, 3))
    assert "signature of the Director" in unsigned.text
    unregistered = replace(
        HOTEL, setting=EmergencySetting.UNREGISTERED_HOME, approvals=(), started_on=date(2026, 6, 1)
    )
    text = answer("approvals_missing", unregistered, as_of=date(2026, 6, 3)).text
    assert text.startswith("No signature of the Director of Children's Services is recorded for child C1")
    office = replace(HOTEL, setting=EmergencySetting.COUNCIL_OFFICE)
    text = answer("approvals_missing", office, as_of=date(2026, 6, 3)).text
    assert text.startswith("No signature of a nominated officer is recorded for child C1")


def test_the_approval_of_a_carer_is_no_signature_for_a_hotel():
    for code in ("temporary_approval", "outside_terms", "reg_25"):
        stay = replace(HOTEL, approvals=approved(code, date(2026, 5, 31)))
        assert answer("approvals_missing", stay, as_of=date(2026, 6, 3)).outcome == "WARNING", code
    for code in ("director", "nominated_officer", None):
        stay = replace(HOTEL, approvals=(StayApproval(code=code, by="DEMO", on=date(2026, 5, 31)),))
        assert answer("approvals_missing", stay, as_of=date(2026, 6, 3)).outcome == "CLEAR", code


def test_the_placements_that_an_answer_is_about_are_named_for_whoever_tells_people_once():
    moved = (
        replace(HOTEL, home_id="H1", ended_on=date(2026, 6, 3)),
        replace(HOTEL, stay_id="S2", home_id="H2", started_on=date(2026, 6, 3)),
    )
    found = answer("approvals_missing", *moved, as_of=date(2026, 6, 10))
    assert found.placements == (("S1",), ("S2",))
    late = answer("notices_missing", *moved, as_of=date(2026, 6, 11))
    assert late.placements == (("S1",), ("S2",))
    signed = (replace(moved[0], approvals=approved("director", date(2026, 6, 1))), moved[1])
    assert answer("approvals_missing", *signed, as_of=date(2026, 6, 10)).placements == (("S2",),)


@pytest.mark.parametrize("basis", [LegalBasis.SECTION_17, LegalBasis.PART_7])
def test_a_homeless_child_not_in_care_is_judged_by_rules_of_their_own(basis):
    homeless = replace(
        HOTEL,
        in_care=False,
        legal_basis=basis,
        setting=EmergencySetting.BED_AND_BREAKFAST,
        approvals=None,
        notices=(StayNotice(to="x", on=None),),
    )
    as_of = date(2026, 6, 17)
    (spell,) = watch([homeless], as_of=as_of).spells
    found = {one.rule: str(one.outcome) for one in spell.rules}
    assert found["bed_and_breakfast"] == "WARNING"
    assert found["homeless_duties"] == "WARNING"
    assert found["over_14_nights"] == "RAISED"
    # What is owed to looked after children only is not asked for.
    for rule in ("looked_after_unlawful_setting", "approvals_missing", "notices_missing"):
        assert found[rule] == "CLEAR", rule
    offered = replace(homeless, section_20_offered_on=date(2026, 6, 1), advocate_offered_on=date(2026, 6, 2))
    (spell,) = watch([offered], as_of=as_of).spells
    found = {one.rule: str(one.outcome) for one in spell.rules}
    assert found["homeless_duties"] == "CLEAR"
    # An offer makes bed and breakfast no more suitable.
    assert found["bed_and_breakfast"] == "WARNING"
