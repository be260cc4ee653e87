"""What the emergency watch says is true word for word, and cites only what binds for that child."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest

from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency import Stay, watch

TODAY = date(2026, 6, 18)
BORN_17 = date(2009, 3, 3)
BORN_15 = date(2010, 12, 3)

HOTEL = Stay(
    stay_id="S1",
    child_id="C1",
    date_of_birth=BORN_17,
    setting=EmergencySetting.HOTEL,
    provider_registered=False,
    started_on=date(2026, 6, 1),
    in_care=True,
    legal_basis=LegalBasis.SECTION_20,
)
BED_AND_BREAKFAST = replace(HOTEL, setting=EmergencySetting.BED_AND_BREAKFAST)


def rules(*stays, as_of=TODAY):
    spells = watch(stays, as_of=as_of).spells
    assert len(spells) == 1
    return {answer.rule: answer for answer in spells[0].rules}


def first_and_then(first_until, second_from, second=HOTEL):
    return replace(HOTEL, ended_on=first_until), replace(second, stay_id="S2", started_on=second_from)


# Nights elsewhere


def test_bridged_nights_are_said_to_have_been_elsewhere():
    stays = first_and_then(date(2026, 6, 5), date(2026, 6, 8))
    found = rules(*stays)
    assert "17 nights since 1 June 2026, 3 of them elsewhere" in found["over_14_nights"].text
    assert "17 nights in unsuitable accommodation" not in found["over_14_nights"].text
    before = rules(*stays, as_of=date(2026, 6, 12))
    for name in ("over_14_nights", "approaching_14_nights"):
        assert "11 nights since 1 June 2026, 3 of them elsewhere" in before[name].text
    clear = rules(*stays, as_of=date(2026, 6, 9))["approaching_14_nights"]
    assert clear.outcome == "CLEAR"
    assert "8 nights since 1 June 2026, 3 of them elsewhere" in clear.text


def test_without_a_night_elsewhere_all_were_in_unsuitable_accommodation():
    found = rules(HOTEL)
    assert "17 nights in unsuitable accommodation since 1 June 2026" in found["over_14_nights"].text
    assert "elsewhere" not in " ".join(answer.text for answer in found.values())


def test_nights_that_may_have_been_unsuitable_are_counted_as_at_most():
    doubtful = replace(HOTEL, setting=EmergencySetting.HOSTEL, provider_registered=None)
    text = rules(replace(doubtful, started_on=date(2026, 6, 13)))["over_14_nights"].text
    assert "at most 5 nights" in text


def test_a_bridged_crisis_stay_says_how_many_nights_were_elsewhere():
    bed = replace(
        HOTEL, setting=PlacementType.CRISIS_ACCOMMODATION, provider_registered=True, max_stay_days=10
    )
    stays = replace(bed, ended_on=date(2026, 6, 5)), replace(bed, stay_id="S2", started_on=date(2026, 6, 7))
    answer = rules(*stays)["crisis_stay_over"]
    assert answer.outcome == "RAISED"
    assert "17 nights since 1 June 2026, 2 of them elsewhere" in answer.text


def test_nights_in_the_window_and_the_day_the_limit_was_passed_are_told_apart():
    text = rules(*first_and_then(date(2026, 6, 5), date(2026, 6, 7)))["cumulative_nights"].text
    assert "has spent 15 of the last 90 nights in unsuitable accommodation" in text
    assert "the limit of 14 was passed on 18 June 2026" in text


# Where the child is and where the child was


@pytest.mark.parametrize("name", ["looked_after_unlawful_setting", "unregistered"])
def test_the_present_setting_is_named_in_the_present_and_the_earlier_one_in_the_past(name):
    let, hotel = first_and_then(date(2026, 6, 10), date(2026, 6, 10))
    let = replace(let, setting=EmergencySetting.HOLIDAY_LET)
    answer = rules(let, hotel)[name]
    present, past = answer.text.split(" Earlier ")
    assert "hotel from the night of 10 June 2026" in present
    assert "holiday let" not in present
    assert past.startswith("in ")
    assert "holiday let from the night of 1 June 2026" in past
    assert answer.due_on == date(2026, 6, 1)
    assert "Move the child now" in answer.text


@pytest.mark.parametrize("name", ["looked_after_unlawful_setting", "unregistered"])
def test_a_barred_setting_that_the_child_has_left_is_told_in_the_past_only(name):
    hospital = replace(HOTEL, setting=EmergencySetting.HOSPITAL_FIT_FOR_DISCHARGE)
    answer = rules(*first_and_then(date(2026, 6, 10), date(2026, 6, 10), hospital))[name]
    assert answer.outcome == "RAISED"
    assert " was in " in answer.text
    assert " is in " not in answer.text
    assert "Move the child now" not in answer.text


def test_bed_and_breakfast_that_the_child_has_left_is_told_in_the_past():
    earlier = replace(BED_AND_BREAKFAST, ended_on=date(2026, 6, 10))
    answer = rules(earlier, replace(HOTEL, stay_id="S2", started_on=date(2026, 6, 10)))["bed_and_breakfast"]
    assert " was in bed and breakfast" in answer.text


# What binds for whom

SOUTHWARK = "Southwark"


@pytest.mark.parametrize(
    ("changes", "cited", "not_cited"),
    [
        ({}, ("reg 27",), (SOUTHWARK, "homeless")),
        ({"in_care": False, "legal_basis": LegalBasis.PART_7}, (SOUTHWARK, "homeless 16"), ("reg 27",)),
        ({"in_care": False, "legal_basis": LegalBasis.SECTION_17}, (SOUTHWARK,), ("reg 27",)),
        (
            {"in_care": False, "legal_basis": None, "date_of_birth": BORN_15},
            (SOUTHWARK,),
            ("reg 27", "homeless 16"),
        ),
        (
            {"in_care": None, "legal_basis": LegalBasis.RELEVANT_CHILD},
            ("Care Leavers",),
            ("reg 27", SOUTHWARK),
        ),
        ({"in_care": None, "legal_basis": None}, ("reg 27", SOUTHWARK), ()),
    ],
)
def test_unsuitable_accommodation_cites_what_binds_for_the_child(changes, cited, not_cited):
    instrument = rules(replace(HOTEL, **changes))["unsuitable_at_all"].instrument
    assert all(words in instrument for words in cited)
    assert not any(words in instrument for words in not_cited)


@pytest.mark.parametrize(
    ("changes", "cited", "not_cited"),
    [
        ({}, ("reg 27",), ("omeless",)),
        ({"in_care": False, "legal_basis": LegalBasis.PART_7}, ("homeless 16",), ("reg 27",)),
        (
            {"in_care": False, "legal_basis": LegalBasis.SECTION_17, "date_of_birth": BORN_15},
            (SOUTHWARK,),
            ("reg 27", "homeless 16"),
        ),
        (
            {"in_care": None, "legal_basis": LegalBasis.RELEVANT_CHILD},
            ("October 2014",),
            ("reg 27", "homeless 16"),
        ),
        ({"in_care": None, "legal_basis": None}, ("reg 27", "homeless 16"), ()),
    ],
)
def test_bed_and_breakfast_cites_and_says_what_binds_for_the_child(changes, cited, not_cited):
    answer = rules(replace(BED_AND_BREAKFAST, **changes))["bed_and_breakfast"]
    assert answer.outcome == "WARNING"
    assert all(words in answer.instrument for words in cited)
    assert not any(words in answer.instrument for words in not_cited)
    assert ("even in an emergency" in answer.text) == ("homeless 16" in answer.instrument)


@pytest.mark.parametrize(
    ("born", "cited", "not_cited"),
    [
        (BORN_17, "Supported Accommodation", "Care Standards"),
        (BORN_15, "Care Standards", "Supported Accommodation"),
    ],
)
@pytest.mark.parametrize("registered", [True, False, None])
def test_registration_cites_the_act_under_16_and_the_regulations_at_16(born, cited, not_cited, registered):
    instrument = rules(replace(HOTEL, date_of_birth=born, provider_registered=registered))[
        "unregistered"
    ].instrument
    assert cited in instrument
    assert not_cited not in instrument


def test_without_a_birth_date_both_ages_are_cited():
    found = rules(replace(HOTEL, date_of_birth=None))
    assert "reg 27A" in found["looked_after_unlawful_setting"].instrument
    assert "reg 27C" in found["looked_after_unlawful_setting"].instrument
    assert "Care Standards" in found["unregistered"].instrument
    assert "Supported Accommodation" in found["unregistered"].instrument


def test_a_child_who_turns_16_in_the_hotel_is_under_both_regulations():
    answer = rules(replace(HOTEL, date_of_birth=date(2010, 6, 10)))["looked_after_unlawful_setting"]
    assert "reg 27A" in answer.instrument
    assert "reg 27C" in answer.instrument


def test_the_birth_date_is_asked_for_wherever_the_answer_depends_on_it():
    # Registered or not decides at 16 and 17 alone, so the birth date matters whatever else is missing.
    for in_care, basis in ((True, LegalBasis.SECTION_20), (None, None)):
        stay = replace(
            HOTEL, date_of_birth=None, setting=EmergencySetting.HOSTEL, in_care=in_care, legal_basis=basis
        )
        for registered in (True, None):
            answer = rules(replace(stay, provider_registered=registered))["looked_after_unlawful_setting"]
            assert answer.outcome == "NOT_ASSESSED"
            assert "date_of_birth" in answer.missing


# Who registers


@pytest.mark.parametrize("born", [BORN_15, BORN_17, None])
@pytest.mark.parametrize(
    "setting",
    [
        EmergencySetting.COUNCIL_OFFICE,
        EmergencySetting.POLICE_CELL,
        EmergencySetting.UNASSESSED_FRIEND,
        EmergencySetting.HOSPITAL_FIT_FOR_DISCHARGE,
    ],
)
def test_a_setting_that_no_provider_runs_for_children_is_not_asked_for_its_registration(setting, born):
    answer = rules(replace(HOTEL, setting=setting, provider_registered=None, date_of_birth=born))[
        "unregistered"
    ]
    assert (answer.outcome, answer.missing) == ("CLEAR", ())
    assert setting.words in answer.text


@pytest.mark.parametrize("born", [BORN_15, BORN_17])
def test_a_caravan_is_unregistered_by_its_nature(born):
    caravan = replace(HOTEL, setting=EmergencySetting.CARAVAN, provider_registered=None, date_of_birth=born)
    assert rules(caravan)["unregistered"].outcome == "RAISED"
    assert rules(replace(caravan, provider_registered=True))["unregistered"].outcome == "CLEAR"
    homeless = replace(caravan, in_care=False, legal_basis=LegalBasis.PART_7)
    assert rules(homeless)["unregistered"].outcome == "CLEAR"
    unknown = rules(replace(caravan, in_care=None, legal_basis=None))["unregistered"]
    assert (unknown.outcome, unknown.missing) == ("NOT_ASSESSED", ("in_care", "legal_basis"))


@pytest.mark.parametrize(
    "setting",
    [
        EmergencySetting.HOTEL,
        EmergencySetting.HOLIDAY_LET,
        EmergencySetting.HOSTEL,
        EmergencySetting.BED_AND_BREAKFAST,
    ],
)
def test_a_setting_whose_provider_may_be_registered_is_asked(setting):
    answer = rules(replace(HOTEL, setting=setting, provider_registered=None))["unregistered"]
    assert (answer.outcome, answer.missing) == ("NOT_ASSESSED", ("provider_registered",))


# Records that contradict each other


def overlaps(*stays):
    return [warning for warning in watch(stays, as_of=TODAY).evidence["warnings"] if "overlap" in warning]


def test_overlapping_stays_in_different_settings_are_warned_of_by_their_ids():
    first = replace(HOTEL, ended_on=date(2026, 6, 10))
    second = replace(BED_AND_BREAKFAST, stay_id="S2", started_on=date(2026, 6, 9))
    for order in itertools.permutations((first, second)):
        (warning,) = overlaps(*order)
        assert "S1" in warning
        assert "S2" in warning
        assert "C1" not in warning


def test_touching_stays_stays_alike_and_those_of_other_children_do_not_contradict_each_other():
    first = replace(HOTEL, ended_on=date(2026, 6, 10))
    second = replace(BED_AND_BREAKFAST, stay_id="S2", started_on=date(2026, 6, 10))
    assert overlaps(first, second) == []
    assert overlaps(HOTEL, replace(HOTEL, stay_id="S2", started_on=date(2026, 6, 9))) == []
    assert overlaps(HOTEL, replace(second, child_id="C2")) == []
    assert overlaps(HOTEL, replace(second, started_on=TODAY + timedelta(days=1))) == []
    assert overlaps(HOTEL, replace(second, setting=None)) == []


# The worst first


def test_law_comes_before_policy_and_policy_on_nights_before_the_rest():
    crisis = replace(
        HOTEL,
        child_id="C-crisis",
        setting=PlacementType.CRISIS_ACCOMMODATION,
        provider_registered=True,
        max_stay_days=7,
        started_on=date(2026, 4, 1),
    )
    nights = replace(
        HOTEL,
        stay_id="S2",
        child_id="C-nights",
        in_care=False,
        legal_basis=LegalBasis.PART_7,
        started_on=date(2026, 5, 1),
    )
    unlawful = replace(HOTEL, stay_id="S3", child_id="C-law", started_on=date(2026, 6, 17))
    report = watch([crisis, nights, unlawful], as_of=TODAY)
    assert [spell.child_id for spell in report.spells] == ["C-law", "C-nights", "C-crisis"]
    assert {spell.outcome for spell in report.spells} == {"RAISED"}


def test_a_birth_date_recorded_with_a_later_stay_is_still_used():
    later = replace(HOTEL, stay_id="S2", started_on=TODAY + timedelta(days=3))
    spell = watch([replace(HOTEL, date_of_birth=None, ended_on=TODAY), later], as_of=TODAY).spells[0]
    assert spell.age == 17
