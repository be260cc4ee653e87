"""The five of May 2018, as a worked example: invented stays in the shape of what inspectors found.

Ofsted's letter of 25 May 2018 on its visit of 1 and 2 May: five young people of 16-17 in hotel-type
accommodation in an emergency, two of them in care for some time and there for longer than two weeks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import reference_data
from reference_data.vocabulary import LegalBasis
from sufficiency import read_stays, watch_stays

FIVE = Path(reference_data.__file__).parent / "synthetic" / "emergency_stays_may_2018.csv"
FIRST_OF_MAY = date(2018, 5, 1)
CHILDREN = [f"DEMO-2018-C{number}" for number in range(1, 6)]


@pytest.fixture(scope="module")
def stays():
    found, warnings = read_stays(FIVE)
    assert warnings == ()
    return found


def judged(stays, as_of):
    """Return child -> (spell, rule -> answer); each of the five has one spell."""
    report = watch_stays(stays, as_of=as_of)
    found = {
        spell.child_id: (spell, {answer.rule: answer for answer in spell.rules}) for spell in report.spells
    }
    assert len(found) == len(report.spells)
    return found


def over_14(stays, as_of):
    return {
        child: rules["over_14_nights"].due_on
        for child, (_, rules) in judged(stays, as_of).items()
        if rules["over_14_nights"].outcome == "RAISED"
    }


def test_the_five_are_sixteen_or_seventeen_and_in_hotel_type_accommodation(stays):
    found = judged(stays, FIRST_OF_MAY)
    assert sorted(found) == CHILDREN
    assert {spell.age for spell, _ in found.values()} == {16, 17}
    assert {setting for spell, _ in found.values() for setting in spell.settings} == {
        "hotel",
        "bed_and_breakfast",
    }


def test_on_the_first_of_may_exactly_two_have_been_there_for_over_fourteen_nights(stays):
    found = judged(stays, FIRST_OF_MAY)
    assert {child: spell.nights for child, (spell, _) in found.items()} == {
        "DEMO-2018-C1": 22,  # 10 nights in one hotel and 12 in the next
        "DEMO-2018-C2": 17,
        "DEMO-2018-C3": 7,
        "DEMO-2018-C4": 3,
        "DEMO-2018-C5": 13,
    }
    assert over_14(stays, FIRST_OF_MAY) == {
        "DEMO-2018-C1": date(2018, 4, 24),
        "DEMO-2018-C2": date(2018, 4, 29),
    }
    raised = {child for child, (spell, _) in found.items() if spell.outcome == "RAISED"}
    assert raised == {"DEMO-2018-C1", "DEMO-2018-C2"}


def test_each_of_the_two_is_raised_on_exactly_that_day_and_not_the_day_before(stays):
    first_raised = {}
    for days in range(60):
        day = date(2018, 4, 1) + timedelta(days=days)
        for child in over_14(stays, day):
            first_raised.setdefault(child, day)
    # The fifth leaves on the morning after the fourteenth night and is never over.
    assert first_raised == {"DEMO-2018-C1": date(2018, 4, 24), "DEMO-2018-C2": date(2018, 4, 29)}


def test_the_two_had_been_warned_of_for_four_days(stays):
    _, rules = judged(stays, date(2018, 4, 19))["DEMO-2018-C1"]
    assert rules["approaching_14_nights"].outcome == "WARNING"
    assert rules["approaching_14_nights"].due_on == date(2018, 4, 23)
    _, rules = judged(stays, date(2018, 4, 18))["DEMO-2018-C1"]
    assert rules["approaching_14_nights"].outcome == "CLEAR"


def test_by_the_law_of_2018_none_of_them_was_in_an_unlawful_or_unregistered_setting(stays):
    for _, rules in judged(stays, date(2018, 6, 1)).values():
        assert rules["looked_after_unlawful_setting"].outcome == "CLEAR"
        assert rules["unregistered"].outcome == "CLEAR"
        assert rules["unsuitable_at_all"].outcome == "WARNING"


def test_the_bed_and_breakfast_and_the_advocate_not_offered_are_warned_of(stays):
    found = judged(stays, FIRST_OF_MAY)
    warned = {child for child, (_, rules) in found.items() if rules["bed_and_breakfast"].outcome == "WARNING"}
    assert warned == {"DEMO-2018-C3"}
    duties = {child: rules["homeless_duties"] for child, (_, rules) in found.items()}
    assert [child for child, duty in duties.items() if duty.outcome == "WARNING"] == ["DEMO-2018-C4"]
    assert duties["DEMO-2018-C4"].missing == ("advocate_offered_on",)


def moved_by_eight_years(stays, **changes):
    def later(day):
        return day and day.replace(year=day.year + 8)

    return [
        replace(
            stay,
            started_on=later(stay.started_on),
            ended_on=later(stay.ended_on),
            date_of_birth=later(stay.date_of_birth),
            **changes,
        )
        for stay in stays
    ]


def test_the_same_five_in_care_today_are_unlawfully_placed_from_the_first_night(stays):
    today = moved_by_eight_years(
        stays, in_care=True, legal_basis=LegalBasis.SECTION_20, provider_registered=False
    )
    for child, (spell, rules) in judged(today, date(2026, 5, 1)).items():
        assert spell.outcome == "RAISED", child
        answer = rules["looked_after_unlawful_setting"]
        assert (answer.outcome, answer.due_on) == ("RAISED", spell.started_on)
        assert "27C" in answer.instrument
    first_evening = judged(today, date(2026, 4, 28))["DEMO-2018-C4"]
    assert first_evening[0].nights == 0
    assert first_evening[0].outcome == "RAISED"


def test_the_same_five_not_in_care_today_are_raised_by_nights_alone(stays):
    today = moved_by_eight_years(
        stays, in_care=False, legal_basis=LegalBasis.PART_7, provider_registered=False
    )
    found = judged(today, date(2026, 5, 1))
    assert {child for child, (spell, _) in found.items() if spell.outcome == "RAISED"} == {
        "DEMO-2018-C1",
        "DEMO-2018-C2",
    }
    for _, rules in found.values():
        assert rules["looked_after_unlawful_setting"].outcome == "CLEAR"
        assert rules["homeless_duties"].outcome in ("CLEAR", "WARNING")


def test_signatures_do_not_lower_what_is_raised(stays):
    unsigned = [replace(stay, approvals=()) for stay in stays]
    before, after = judged(unsigned, FIRST_OF_MAY), judged(stays, FIRST_OF_MAY)
    assert {child: spell.outcome for child, (spell, _) in before.items()} == {
        child: spell.outcome for child, (spell, _) in after.items()
    }
