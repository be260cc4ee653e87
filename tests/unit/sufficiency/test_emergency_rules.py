"""Each rule of the emergency watch, and what makes a spell."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.policy import policy_from_text
from reference_data.problems import ImportRejected, InvalidInput
from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency import Stay, watch
from sufficiency.emergency_stay import StayApproval, StayNotice
from sufficiency.stay_files import read_stays, stays_from_values

TODAY = date(2026, 6, 15)
BORN_17 = date(2009, 3, 3)
BORN_15 = date(2010, 12, 3)

HOTEL = Stay(
    stay_id="S1",
    child_id="C1",
    date_of_birth=BORN_17,
    setting=EmergencySetting.HOTEL,
    provider_registered=False,
    started_on=TODAY - timedelta(days=5),
    in_care=True,
    legal_basis=LegalBasis.SECTION_20,
)
FOYER = replace(HOTEL, setting=EmergencySetting.HOSTEL, provider_registered=True)
HOMELESS = replace(HOTEL, in_care=False, legal_basis=LegalBasis.PART_7)


def days_ago(days):
    return TODAY - timedelta(days=days)


def only_spell(*stays, as_of=TODAY, **options):
    spells = watch(stays, as_of=as_of, **options).spells
    assert len(spells) == 1
    return spells[0]


def rule(name, *stays, as_of=TODAY, **options):
    return next(a for a in only_spell(*stays, as_of=as_of, **options).rules if a.rule == name)


# What makes a spell


def test_a_stay_from_the_first_to_the_sixteenth_is_fifteen_nights():
    stay = replace(HOTEL, started_on=date(2026, 5, 1))
    assert only_spell(stay, as_of=date(2026, 5, 16)).nights == 15


def test_fourteen_nights_are_not_over_and_fifteen_are():
    stay = replace(HOTEL, started_on=date(2026, 5, 1))
    at_14 = rule("over_14_nights", stay, as_of=date(2026, 5, 15))
    at_15 = rule("over_14_nights", stay, as_of=date(2026, 5, 16))
    assert (at_14.outcome, at_14.due_on) == ("CLEAR", date(2026, 5, 16))
    assert (at_15.outcome, at_15.due_on) == ("RAISED", date(2026, 5, 16))
    assert rule("approaching_14_nights", stay, as_of=date(2026, 5, 15)).due_on == date(2026, 5, 15)


@pytest.mark.parametrize(("gap", "nights"), [(0, 20), (1, 21), (3, 23)])
def test_up_to_three_nights_elsewhere_are_bridged_and_counted(gap, nights):
    first = replace(HOTEL, started_on=days_ago(nights), ended_on=days_ago(10 + gap))
    second = replace(HOTEL, stay_id="S2", home_id="other", started_on=days_ago(10))
    assert only_spell(first, second).nights == nights


def test_four_nights_elsewhere_start_a_new_spell():
    first = replace(HOTEL, started_on=days_ago(24), ended_on=days_ago(14))
    second = replace(HOTEL, stay_id="S2", started_on=days_ago(10))
    spells = watch([first, second], as_of=TODAY).spells
    assert sorted(spell.nights for spell in spells) == [10, 10]
    assert len({spell.spell_id for spell in spells}) == 2


def test_overlapping_stays_count_each_night_once():
    first = replace(HOTEL, started_on=days_ago(12), ended_on=days_ago(4))
    second = replace(HOTEL, stay_id="S2", started_on=days_ago(8))
    spell = only_spell(first, second)
    assert (spell.nights, spell.unsuitable_nights_90_days) == (12, 12)


def test_a_holiday_is_no_spell_but_a_holiday_let_is():
    holiday = replace(HOTEL, purpose="Holiday")
    assert watch([holiday], as_of=TODAY).spells == ()
    assert only_spell(replace(HOTEL, setting=EmergencySetting.HOLIDAY_LET, purpose="holiday let")).nights == 5


def test_a_stay_that_has_not_begun_is_not_counted_and_one_that_ends_later_is_open():
    assert watch([replace(HOTEL, started_on=TODAY + timedelta(days=1))], as_of=TODAY).spells == ()
    spell = only_spell(replace(HOTEL, ended_on=TODAY + timedelta(days=9)))
    assert (spell.ended_on, spell.nights) == (None, 5)


def test_tonight_is_judged_by_law_before_it_is_counted():
    spell = only_spell(replace(HOTEL, started_on=TODAY))
    assert (spell.nights, spell.outcome) == (0, "RAISED")


def test_nights_in_a_registered_foyer_are_not_counted_with_those_in_a_hotel():
    hotel = replace(HOMELESS, started_on=days_ago(20), ended_on=days_ago(10))
    foyer = replace(HOMELESS, stay_id="S2", setting=EmergencySetting.HOSTEL, provider_registered=True)
    foyer = replace(foyer, started_on=days_ago(10))
    spells = watch([hotel, foyer], as_of=TODAY).spells
    assert sorted((spell.nights, spell.settings) for spell in spells) == [(10, ("hostel",)), (10, ("hotel",))]


def test_two_stays_of_one_id_and_a_stay_that_ends_before_it_starts_are_refused():
    with pytest.raises(InvalidInput, match="share an id"):
        watch([HOTEL, replace(HOTEL, child_id="C2")], as_of=TODAY)
    with pytest.raises(InvalidInput, match="ends before it starts"):
        watch([replace(HOTEL, ended_on=days_ago(6))], as_of=TODAY)


# The id of a spell


def test_the_spell_id_survives_corrections():
    spell_id = only_spell(HOTEL).spell_id
    back_dated = replace(HOTEL, started_on=days_ago(9))
    assert only_spell(back_dated).spell_id == spell_id
    assert only_spell(replace(HOTEL, setting=EmergencySetting.CARAVAN, in_care=False)).spell_id == spell_id
    cut = [replace(HOTEL, ended_on=days_ago(2)), replace(HOTEL, stay_id="S2", started_on=days_ago(2))]
    assert only_spell(*cut).spell_id == spell_id
    recorded_late = replace(HOTEL, stay_id="S2", started_on=days_ago(7), ended_on=days_ago(5))
    assert only_spell(HOTEL, recorded_late).spell_id == spell_id


def test_a_stay_of_another_spell_never_changes_the_id_of_this_one():
    first = replace(HOTEL, stay_id="S12", started_on=days_ago(60), ended_on=days_ago(50))
    late = replace(HOTEL, stay_id="S9", started_on=days_ago(51), ended_on=days_ago(45))
    alone = watch([first, late], as_of=TODAY).spells[0].spell_id
    odd = replace(HOTEL, stay_id="TEMP-A", started_on=days_ago(3))
    assert watch([first, late, odd], as_of=TODAY).spells[0].spell_id == alone


def test_a_stay_without_a_setting_leaves_no_clock_clear():
    rules = {rule.rule: rule for rule in only_spell(replace(HOTEL, setting=None)).rules}
    for name in ("crisis_stay_over", "temporary_approval_over", "bed_and_breakfast"):
        assert (rules[name].outcome, rules[name].missing) == ("NOT_ASSESSED", ("setting",))


def test_a_later_stay_with_an_id_in_no_order_keeps_the_spell_id():
    first = replace(HOTEL, stay_id="f3a", ended_on=days_ago(2))
    later = replace(HOTEL, stay_id="0b1", started_on=days_ago(2))
    assert only_spell(first, later).spell_id == only_spell(first).spell_id


def test_a_caller_that_remembers_spell_ids_keeps_them_whatever_is_corrected():
    earlier = replace(HOTEL, stay_id="S0", started_on=days_ago(8), ended_on=days_ago(5))
    known = {"S1": "kept"}
    assert only_spell(earlier, HOTEL, known_spells=known).spell_id == "kept"


def test_where_a_correction_parts_a_spell_its_id_stays_with_the_earlier_part_only():
    first = replace(HOTEL, started_on=days_ago(30), ended_on=days_ago(25))
    second = replace(HOTEL, stay_id="S2", started_on=days_ago(10))
    known = {"S1": "told", "S2": "told"}
    spells = watch((first, second), as_of=TODAY, known_spells=known).spells
    by_first_night = sorted(spells, key=lambda spell: spell.started_on)
    assert by_first_night[0].spell_id == "told"
    assert by_first_night[1].spell_id != "told"


def test_no_two_spells_share_an_id_even_where_the_later_one_was_the_anchor():
    told = only_spell(HOTEL).spell_id
    moved_later = replace(HOTEL, started_on=days_ago(3))
    earlier = replace(HOTEL, stay_id="S2", started_on=days_ago(30), ended_on=days_ago(25))
    known = {"S1": told, "S2": told}
    spells = watch((moved_later, earlier), as_of=TODAY, known_spells=known).spells
    assert len({spell.spell_id for spell in spells}) == 2
    assert next(spell for spell in spells if spell.stay_ids == ("S2",)).spell_id == told


# Lawful or not


@pytest.mark.parametrize(
    ("born", "night", "outcome"),
    [
        (date(2006, 1, 1), date(2021, 9, 8), "CLEAR"),
        (date(2006, 1, 1), date(2021, 9, 9), "RAISED"),
        (date(2007, 1, 1), date(2023, 10, 27), "CLEAR"),
        (date(2007, 1, 1), date(2023, 10, 28), "RAISED"),
    ],
)
def test_a_looked_after_child_in_a_hotel_is_judged_by_the_law_of_the_night(born, night, outcome):
    stay = replace(HOTEL, date_of_birth=born, started_on=night, ended_on=night + timedelta(days=1))
    assert rule("looked_after_unlawful_setting", stay).outcome == outcome


def test_a_stay_through_the_day_the_law_changed_is_raised_from_that_night():
    stay = replace(
        HOTEL, date_of_birth=date(2007, 1, 1), started_on=date(2023, 10, 20), ended_on=date(2023, 11, 3)
    )
    assert rule("looked_after_unlawful_setting", stay, as_of=date(2023, 10, 27)).outcome == "CLEAR"
    answer = rule("looked_after_unlawful_setting", stay)
    assert (answer.outcome, answer.due_on) == ("RAISED", date(2023, 10, 28))


def test_a_registered_foyer_is_lawful_at_17_and_not_at_15():
    spell = only_spell(replace(FOYER, started_on=days_ago(40)))
    assert (spell.outcome, spell.unsuitable_nights_90_days) == ("CLEAR", 0)
    assert rule("looked_after_unlawful_setting", replace(FOYER, date_of_birth=BORN_15)).outcome == "RAISED"


def test_a_hospital_is_allowed_by_the_regulations_and_still_unsuitable():
    stay = replace(HOTEL, setting=EmergencySetting.HOSPITAL_FIT_FOR_DISCHARGE)
    assert rule("looked_after_unlawful_setting", stay).outcome == "CLEAR"
    assert only_spell(stay).outcome == "WARNING"


def test_an_unregistered_childrens_home_is_raised_at_any_date_and_whatever_the_legal_basis():
    stay = replace(HOMELESS, setting=EmergencySetting.UNREGISTERED_HOME, started_on=date(2016, 1, 1))
    stay = replace(stay, date_of_birth=date(2001, 1, 1), ended_on=date(2016, 1, 3))
    assert rule("unregistered", stay).outcome == "RAISED"


def test_supported_accommodation_had_no_register_before_october_2023():
    stay = replace(HOTEL, setting=PlacementType.SUPPORTED_ACCOMMODATION, date_of_birth=date(2007, 1, 1))
    before = replace(stay, started_on=date(2023, 9, 1), ended_on=date(2023, 10, 28))
    assert only_spell(before).outcome == "CLEAR"
    after = replace(stay, started_on=date(2023, 9, 1), ended_on=date(2023, 10, 29))
    assert rule("unregistered", after).outcome == "RAISED"
    assert rule("over_14_nights", after).outcome == "CLEAR"


# What is not known


@pytest.mark.parametrize(
    ("blank", "stay", "name", "missing"),
    [
        ("provider_registered", FOYER, "unsuitable_at_all", {"provider_registered"}),
        ("provider_registered", FOYER, "unregistered", {"provider_registered"}),
        ("date_of_birth", FOYER, "turned_18", {"date_of_birth"}),
        ("date_of_birth", FOYER, "looked_after_unlawful_setting", {"date_of_birth"}),
        ("setting", FOYER, "unsuitable_at_all", {"setting"}),
        ("legal_basis", HOMELESS, "homeless_duties", {"legal_basis"}),
    ],
)
def test_a_blank_fact_is_named_and_never_clear(blank, stay, name, missing):
    stay = replace(stay, **{blank: None})
    answer = rule(name, stay)
    assert answer.outcome == "NOT_ASSESSED"
    assert set(answer.missing) >= missing
    assert only_spell(stay).outcome != "CLEAR"


def test_without_legal_basis_and_care_nobody_can_say_that_a_hotel_is_unlawful():
    answer = rule("looked_after_unlawful_setting", replace(HOTEL, legal_basis=None, in_care=None))
    assert (answer.outcome, answer.missing) == ("NOT_ASSESSED", ("in_care", "legal_basis"))


def test_without_a_birth_date_a_looked_after_child_in_a_hotel_is_still_raised():
    assert rule("looked_after_unlawful_setting", replace(HOTEL, date_of_birth=None)).outcome == "RAISED"


def test_stays_that_disagree_on_the_birth_date_are_told_and_it_counts_as_missing():
    other = replace(HOTEL, stay_id="S2", date_of_birth=BORN_15)
    report = watch([HOTEL, other], as_of=TODAY)
    assert report.spells[0].age is None
    assert "disagree" in report.evidence["warnings"][0]


def test_long_unknown_nights_leave_the_fourteen_night_rule_open():
    stay = replace(FOYER, provider_registered=None, started_on=days_ago(30))
    answer = rule("over_14_nights", stay)
    assert (answer.outcome, answer.missing) == ("NOT_ASSESSED", ("provider_registered",))


# Nights added up


def test_bouncing_in_and_out_is_seen_over_ninety_days():
    stays = [
        replace(HOMELESS, stay_id=f"S{n}", started_on=days_ago(start), ended_on=days_ago(start - nights))
        for n, (start, nights) in enumerate(((60, 5), (45, 5), (30, 4)))
    ]
    assert {s.outcome for s in watch(stays, as_of=TODAY).spells} == {"WARNING"}
    once_more = replace(HOMELESS, stay_id="S9", started_on=days_ago(1))
    spell = next(s for s in watch([*stays, once_more], as_of=TODAY).spells if s.ended_on is None)
    answer = next(a for a in spell.rules if a.rule == "cumulative_nights")
    assert (answer.outcome, answer.due_on, spell.unsuitable_nights_90_days) == ("RAISED", TODAY, 15)


def test_earlier_hotel_nights_do_not_raise_a_lawful_place():
    hotel = replace(HOTEL, started_on=days_ago(60), ended_on=days_ago(30))
    foyer = replace(FOYER, stay_id="S2", started_on=days_ago(20))
    spell = next(s for s in watch([hotel, foyer], as_of=TODAY).spells if s.ended_on is None)
    assert spell.outcome == "CLEAR"


def test_the_council_may_set_its_own_limit():
    policy = policy_from_text("[emergency]\nover_14_nights = 3\napproaching_nights = 2\n")
    assert rule("over_14_nights", HOMELESS, policy=policy).outcome == "RAISED"
    assert rule("over_14_nights", HOMELESS).outcome == "CLEAR"
    assert watch([HOTEL], as_of=TODAY, policy=policy).evidence["policy_version"] == policy.version


# Clocks


def test_a_crisis_bed_warns_from_half_its_stay_without_a_plan_and_is_raised_when_over():
    bed = replace(FOYER, setting=PlacementType.CRISIS_ACCOMMODATION, home_id="H1", max_stay_days=28)
    assert rule("crisis_stay_over", replace(bed, started_on=days_ago(13))).outcome == "CLEAR"
    half = rule("crisis_stay_over", replace(bed, started_on=days_ago(14)))
    assert (half.outcome, half.missing) == ("WARNING", ("onward_plan_on",))
    planned = replace(bed, started_on=days_ago(28), onward_plan_on=days_ago(3))
    assert rule("crisis_stay_over", planned).outcome == "CLEAR"
    over = rule("crisis_stay_over", replace(planned, started_on=days_ago(29)))
    assert (over.outcome, over.due_on) == ("RAISED", days_ago(1))
    assert rule("crisis_stay_over", replace(bed, max_stay_days=None)).missing == ("max_stay_days",)


def test_a_temporary_approval_ends_after_sixteen_weeks_or_twenty_four_if_extended_in_time():
    signed = StayApproval(code="temporary_approval", by="nominated officer", on=days_ago(113))
    stay = replace(
        HOTEL,
        setting=PlacementType.CONNECTED_FOSTER_CARER,
        provider_registered=None,
        started_on=days_ago(113),
        approvals=(signed,),
    )
    over = rule("temporary_approval_over", stay)
    assert (over.outcome, over.due_on) == ("RAISED", days_ago(1))
    in_time = StayApproval(code="temporary_approval_extension", by="nominated officer", on=days_ago(1))
    extended = rule("temporary_approval_over", replace(stay, approvals=(signed, in_time)))
    assert (extended.outcome, extended.due_on) == ("CLEAR", days_ago(1) + timedelta(weeks=8))
    late = replace(in_time, on=TODAY)
    assert rule("temporary_approval_over", replace(stay, approvals=(signed, late))).outcome == "RAISED"
    assert rule("temporary_approval_over", replace(stay, approvals=None)).outcome == "NOT_ASSESSED"


def test_a_carer_outside_terms_has_six_working_days():
    # Monday 1 June and six working days: Tuesday 9 June.
    signed = StayApproval(code="outside_terms", by="nominated officer", on=date(2026, 6, 1))
    stay = replace(
        HOTEL,
        setting=PlacementType.AGENCY_FOSTER_CARER,
        started_on=date(2026, 6, 1),
        approvals=(signed,),
    )
    answer = rule("temporary_approval_over", stay, as_of=date(2026, 6, 10))
    assert (answer.outcome, answer.due_on) == ("RAISED", date(2026, 6, 9))
    assert "reg 23" in answer.instrument
    assert rule("temporary_approval_over", stay, as_of=date(2026, 6, 8)).outcome == "CLEAR"


def test_turning_18_is_told_without_the_day_and_the_nights_go_on_counting():
    stay = replace(HOTEL, date_of_birth=TODAY.replace(year=2008) - timedelta(days=2), started_on=days_ago(16))
    spell = only_spell(stay)
    answer = next(a for a in spell.rules if a.rule == "turned_18")
    assert (answer.outcome, answer.due_on, spell.age) == ("WARNING", None, 18)
    assert rule("over_14_nights", stay).outcome == "RAISED"


def test_from_the_18th_birthday_the_duties_to_a_child_are_told_in_the_past():
    stay = replace(HOTEL, date_of_birth=TODAY.replace(year=2008) - timedelta(days=2), started_on=days_ago(12))
    homeless = replace(HOMELESS, date_of_birth=stay.date_of_birth, started_on=days_ago(12))
    for one in (stay, homeless):
        told = " ".join(answer.text for answer in only_spell(one).rules)
        assert "The duties to a child have ended" in told
        for order in (
            "Find a suitable place now",
            "must move by",
            "Move by",
            "Move the child now",
            "Offer it now",
        ):
            assert order not in told
    near = rule("approaching_14_nights", stay)
    assert (near.outcome, near.due_on) == ("WARNING", None)
    assert rule("unsuitable_at_all", stay).text.startswith("Child C1 was in unsuitable accommodation")


def test_an_adult_on_the_first_night_is_no_child_in_a_hotel():
    spell = only_spell(replace(HOTEL, date_of_birth=date(2000, 1, 1), started_on=days_ago(40)))
    assert spell.outcome == "WARNING"
    assert [a.rule for a in spell.rules if a.outcome != "CLEAR"] == ["turned_18"]


# Signatures, notices, offers


def test_a_signature_is_due_by_the_first_night_and_lowers_nothing_else():
    on_time = replace(HOTEL, approvals=(StayApproval(code="director", by="DCS", on=HOTEL.started_on),))
    late = replace(HOTEL, approvals=(StayApproval(code="director", by="DCS", on=TODAY),))
    assert rule("approvals_missing", HOTEL).missing == ("approvals",)
    assert rule("approvals_missing", replace(HOTEL, approvals=())).missing == ()
    assert [rule("approvals_missing", s).outcome for s in (HOTEL, late, on_time)] == [
        "WARNING",
        "WARNING",
        "CLEAR",
    ]
    assert {only_spell(s).outcome for s in (HOTEL, late, on_time)} == {"RAISED"}


def test_notice_is_due_within_five_working_days():
    # Friday 22 May 2026; Monday 25 May is a bank holiday, so the fifth working day is Monday 1 June.
    stay = replace(HOTEL, started_on=date(2026, 5, 22))
    on_the_day = rule("notices_missing", stay, as_of=date(2026, 6, 1))
    assert (on_the_day.outcome, on_the_day.due_on) == ("CLEAR", date(2026, 6, 1))
    assert rule("notices_missing", stay, as_of=date(2026, 6, 2)).outcome == "WARNING"
    told = replace(stay, notices=(StayNotice(to="parent", on=date(2026, 5, 26)),))
    assert rule("notices_missing", told).outcome == "CLEAR"


def test_a_homeless_child_is_offered_section_20_and_an_advocate():
    assert rule("homeless_duties", HOMELESS).missing == ("section_20_offered_on", "advocate_offered_on")
    half = replace(HOMELESS, section_20_offered_on=days_ago(5))
    assert rule("homeless_duties", half).missing == ("advocate_offered_on",)
    done = replace(half, advocate_offered_on=days_ago(4))
    assert rule("homeless_duties", done).outcome == "CLEAR"
    assert rule("homeless_duties", HOTEL).outcome == "CLEAR"
    assert rule("looked_after_unlawful_setting", HOMELESS).outcome == "CLEAR"


def test_bed_and_breakfast_is_warned_of_whether_in_care_or_not():
    for stay in (HOTEL, HOMELESS):
        assert (
            rule("bed_and_breakfast", replace(stay, setting=EmergencySetting.BED_AND_BREAKFAST)).outcome
            == "WARNING"
        )


# What comes out


def test_no_birth_date_leaves_in_the_answer():
    text = json.dumps(watch([HOTEL, replace(FOYER, stay_id="S2", child_id="C2")], as_of=TODAY).as_dict())
    for form in ("2009-03-03", "3 March 2009", "03/03/2009"):
        assert form not in text


def test_the_order_of_the_stays_does_not_matter():
    stays = [
        replace(HOTEL, stay_id=f"S{n}", child_id=f"C{n % 3}", started_on=days_ago(30 - n)) for n in range(9)
    ]
    assert watch(stays, as_of=TODAY).as_dict() == watch(stays[::-1], as_of=TODAY).as_dict()


def test_the_answer_has_the_contract_s_names():
    answer = watch([HOTEL], as_of=TODAY).as_dict()
    assert set(answer) == {"as_of", "spells", "evidence"}
    spell = answer["spells"][0]
    assert list(spell) == (
        [
            "spell_id",
            "child_id",
            "started_on",
            "ended_on",
            "nights",
            "unsuitable_nights_90_days",
            "age",
            "settings",
            "outcome",
            "rules",
        ]
    )
    assert [r["rule"] for r in spell["rules"]] == [
        "unsuitable_at_all",
        "over_14_nights",
        "approaching_14_nights",
        "cumulative_nights",
        "looked_after_unlawful_setting",
        "unregistered",
        "bed_and_breakfast",
        "crisis_stay_over",
        "temporary_approval_over",
        "approvals_missing",
        "notices_missing",
        "homeless_duties",
        "turned_18",
    ]
    assert {key for r in spell["rules"] for key in r} == {
        "rule",
        "outcome",
        "text",
        "instrument",
        "due_on",
        "missing",
    }


# Reading stays


def test_stays_are_read_from_a_file_with_approvals_and_notices(tmp_path):
    path = tmp_path / "stays.csv"
    path.write_text(
        "stay_id,child_id,date_of_birth,setting,provider_registered,started_on,in_care,legal_basis,"
        "approvals.code,approvals.on,approved_by,approved_on\n"
        "S1,C1,03/03/2009,Hotel,no,01/06/2026,yes,s20,director;head,2026-06-01;2026-06-02,DCS,2026-06-03\n"
    )
    (stay,), warnings = read_stays(path)
    assert warnings == ()
    assert stay.setting is EmergencySetting.HOTEL
    assert stay.legal_basis is LegalBasis.SECTION_20
    assert [a.code for a in stay.approvals or ()] == ["director", "head", "approved"]
    assert stay.notices is None


def test_every_problem_of_a_stay_file_is_listed_and_no_value_repeated():
    rows = [
        {"stay_id": "S1", "child_id": "C1", "started_on": "2026-06-02", "ended_on": "2026-06-01"},
        {"stay_id": "S2", "child_id": "C1", "started_on": "2026-06-02", "date_of_birth": "2026-07-01"},
    ]
    with pytest.raises(ImportRejected) as caught:
        stays_from_values(rows)
    assert [(i.row, i.column, i.rule) for i in caught.value.issues] == [
        (1, "ended_on", "ended_before_started"),
        (2, "date_of_birth", "born_after_start"),
    ]
    assert "2026" not in "".join(issue.what_to_do for issue in caught.value.issues)


def test_the_same_id_twice_in_a_file_is_refused():
    rows = [{"stay_id": "S1", "child_id": child, "started_on": "2026-06-02"} for child in ("C1", "C2")]
    with pytest.raises(ImportRejected) as caught:
        stays_from_values(rows)
    assert [issue.rule for issue in caught.value.issues] == ["duplicate_id"]


def test_a_council_may_make_the_clocks_of_law_shorter_and_never_longer():
    signed = StayApproval(code="temporary_approval", by="nominated officer", on=days_ago(100))
    stay = replace(
        HOTEL, setting=PlacementType.CONNECTED_FOSTER_CARER, started_on=days_ago(100), approvals=(signed,)
    )
    assert rule("temporary_approval_over", stay).outcome == "WARNING"
    shorter = policy_from_text("[limits]\ntemporary_approval = 12")
    assert rule("temporary_approval_over", stay, policy=shorter).outcome == "RAISED"
    told = replace(HOTEL, approvals=(), notices=(StayNotice(to="parent", on=days_ago(0)),))
    assert rule("notices_missing", told).outcome == "CLEAR"
    sooner = policy_from_text("[limits]\nplacement_notice = 1")
    assert rule("notices_missing", told, policy=sooner).outcome == "WARNING"
    with pytest.raises(InvalidInput):
        policy_from_text("[limits]\ntemporary_approval = 24")
