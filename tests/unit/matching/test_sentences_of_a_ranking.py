"""What a ranking says in words: prompts, flags, wishes, unknown distances, and sentences that agree with their numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from matching.rank import Ranking
from tests.unit.matching.order_of_homes import DOMAINS, FAR, NEAR, order


def test_a_home_below_the_floor_comes_after_the_rest_and_is_flagged(ranked: Callable[..., Ranking]) -> None:
    weak = {"can_meet": dict.fromkeys(("behaviour", "emotional", "relationships", "risk", "indicators"), 20)}
    answer = ranked({}, ({**NEAR, **weak}, FAR))
    assert order(answer) == ["DEMO-H2", "DEMO-H1"]
    assert any("floor" in flag for flag in answer.options[1].flags)


def test_parents_are_asked_about_before_any_option(ranked: Callable[..., Ranking]) -> None:
    assert "22C(2)" in ranked({}, ({},)).prompts[0]


def test_wishes_are_shown_with_every_option_and_change_no_order(ranked: Callable[..., Ranking]) -> None:
    wishes = {"wishes": {"text": "A garden.", "asked_by": "social worker", "asked_on": "2026-06-01"}}
    with_wishes, without = ranked(wishes, (FAR, NEAR)), ranked({}, (FAR, NEAR))
    assert order(with_wishes) == order(without)
    assert [option.penalties for option in with_wishes.options] == [
        option.penalties for option in without.options
    ]
    assert all("A garden." in option.wishes[0] for option in with_wishes.options)


def test_an_unknown_distance_is_null_with_the_reason(ranked: Callable[..., Ranking]) -> None:
    option = ranked({"home_postcode": None}, ({},)).as_dict()["options"][0]
    assert option["distance_miles"] is None
    assert "no home postcode" in option["distance_note"]
    assert any("distance is unknown" in reason for reason in option["reasons"])


def test_a_contradiction_of_urgency_and_date_is_reported(ranked: Callable[..., Ranking]) -> None:
    answer = ranked({"urgency": "crisis"}, ({},))
    told = [*answer.prompts, *answer.assumptions, *answer.evidence["warnings"]]
    assert sum("says crisis" in text for text in told) == 1
    assert not any("check which is right" in text for text in ranked({"urgency": "planned"}, ({},)).prompts)


def test_later_birthdays_are_flags_and_no_bar(ranked: Callable[..., Ranking]) -> None:
    child = {"date_of_birth": "2010-07-01", "expected_stay_days": 20}
    assert any("Turns 16" in flag for flag in ranked(child, ({},)).options[0].flags)
    assert not any(
        "Turns 16" in flag for flag in ranked({**child, "expected_stay_days": 8}, ({},)).options[0].flags
    )


def test_stale_vacancies_and_a_poor_judgement_are_flags_and_no_bar(ranked: Callable[..., Ranking]) -> None:
    old, fresh = {"vacancies_confirmed_on": "2026-06-07"}, {"vacancies_confirmed_on": "2026-06-08"}
    answer = ranked({}, ({**old, "judgement": "Inadequate"}, fresh))
    first = next(option for option in answer.options if option.home_id == "DEMO-H1")
    second = next(option for option in answer.options if option.home_id == "DEMO-H2")
    assert any("confirmed more than 7 days ago" in flag for flag in first.flags)
    assert any("Inadequate" in flag for flag in first.flags)
    assert not any("confirmed" in flag for flag in second.flags)


def test_a_low_risk_to_others_is_a_flag_and_never_puts_an_empty_home_first(
    ranked: Callable[..., Ranking],
) -> None:
    child = {"risks": {"physical_harm": "low"}, "suitability": {"fostering": "preferred"}}
    shared = {"type": "in_house_foster_carer", "residents": ["DEMO-X"]}
    answer = ranked(child, ({}, shared))
    assert order(answer) == ["DEMO-H2", "DEMO-H1"]
    assert any("impact on the children who live there" in flag for flag in answer.options[0].flags)


@pytest.mark.parametrize(
    ("child", "flagged"),
    [
        ({}, True),
        ({"alongside": "with_others"}, True),
        ({"alongside": "solo"}, False),
        ({"requires": ["solo"]}, False),
    ],
)
def test_a_solo_place_for_a_child_who_does_not_need_one_is_flagged_as_scarce(
    ranked: Callable[..., Ranking], child: dict[str, Any], flagged: bool
) -> None:
    option = ranked(child, ({"features": ["solo"]},)).options[0]
    assert any("scarce" in flag for flag in option.flags) is flagged


@pytest.mark.parametrize(
    ("need", "asked"),
    [
        ("BSL", "Can the home sign (BSL)?"),
        ("Makaton", "Can the home use Makaton?"),
        ("ESOL", "Can the home support a child who is learning English (ESOL)?"),
        ("PECS", "Can the home communicate by PECS?"),
    ],
)
def test_a_home_that_has_not_said_it_can_communicate_is_asked_in_plain_words(
    ranked: Callable[..., Ranking], need: str, asked: str
) -> None:
    questions = ranked({"communication": [need]}, ({},)).options[0].questions
    assert [question.rule for question in questions] == ["communication"]
    assert asked in questions[0].text


def test_a_bed_held_for_the_child_is_said(ranked: Callable[..., Ranking]) -> None:
    held, free = {"beds": [{"held_for": "DEMO-C"}, {}]}, {"beds": [{"held_for": "DEMO-X"}, {}]}
    first, second = ranked({}, (held, free)).options
    assert "A bed is held for this child" in first.reasons
    assert not any("held" in reason for reason in second.reasons)


@pytest.mark.parametrize(
    ("child", "home", "words"),
    [
        ({}, {"can_meet": {**dict.fromkeys(DOMAINS, 60), "risk": 39}}, "Need in risk is 1 point above"),
        ({}, {"can_meet": {**dict.fromkeys(DOMAINS, 60), "risk": 38}}, "Need in risk is 2 points above"),
        ({}, {"weekly_fee_pounds": 2400}, "£2,400 a week more"),
        ({}, {"weekly_fee_pounds": 2400.5}, "£2,400.50 a week more"),
        (
            {"alongside": "only_older"},
            {"residents": [{"child_id": "X", "age": 9}]},
            "with older children only; the one child here is not.",
        ),
        (
            {"alongside": "only_older"},
            {"residents": [{"child_id": "X", "age": 9}, {"child_id": "Y", "age": 9}]},
            "with older children only; none of the 2 children here is.",
        ),
        (
            {"alongside": "only_younger"},
            {"residents": [{"child_id": "X", "age": 9}, {"child_id": "Y", "age": 14}]},
            "with younger children only; 1 of the 2 children here is not.",
        ),
        ({"risks": {"physical_harm": "high"}}, {"residents": ["X"]}, "one child lives here"),
        ({"risks": {"physical_harm": "high"}}, {"residents": ["X", "Y"]}, "2 children live here"),
        ({}, {"type": "unregistered_home"}, "An unregistered home is not a placement"),
        ({}, {"type": "hotel"}, "A hotel is not a placement"),
        ({}, {"type": "bed_and_breakfast"}, "Bed and breakfast is not a placement"),
        ({}, {"type": "adoption"}, "An adoptive family is an option only"),
        ({}, {"min_age": 14, "max_age": None}, "For children aged 14 or over;"),
        (
            {"risks": {"missing": "high"}},
            {"will_not_take": ["missing"]},
            "does not take a child with a risk of going missing; a high risk is recorded.",
        ),
        (
            {"risks": {"missing": "low"}},
            {"will_not_take": ["missing"]},
            "does not take a child with a risk of going missing; a low risk is recorded.",
        ),
        (
            {"risks": {"physical_harm": "high"}},
            {"will_not_take": ["physical_harm:high"]},
            "does not take a child with a high risk of physical harm to others; a high risk is recorded.",
        ),
        (
            {},
            {"will_not_take": ["risk:20"]},
            "does not take a child with a need above 20 in risk; it is scored 40 of 100.",
        ),
        (
            {"risks": {"missing": "high", "drugs_alcohol": "high"}},
            {},
            "High risk is recorded of: harm from drugs and alcohol; going missing. It excludes no home by itself.",
        ),
        ({"risks": {"fire_setting": "high"}}, {}, "High risk is recorded of: fire-setting."),
        ({}, {}, ", less than 0.1 miles from home in a straight line"),
        (
            {"prefers": {"school_postcode": "PL1 3BJ"}},
            {},
            "Less than 0.1 miles from school in a straight line",
        ),
        (
            {"prefers": {"language": ["Polish"]}},
            {"offers": {"languages": ["Polish"]}},
            "Speaks the wished-for language",
        ),
        (
            {"prefers": {"religion": ["Muslim"]}},
            {"offers": {"religions": ["Christian"]}},
            "Does not offer the wished-for religion",
        ),
        (
            {"prefers": {"gender_of_carer": "female"}},
            {},
            "Has not said whether it has a carer of the wished-for gender",
        ),
        (
            {"prefers": {"ethnicity": ["Black African"]}},
            {"offers": {"ethnicities": ["Black African"]}},
            "Matches the wished-for ethnic background",
        ),
        ({}, {"vacancies_confirmed_on": "2026-06-16"}, "confirmation is dated after today: check it"),
        (
            {"prefers": {"keep_school": True}},
            {},
            "Who arranges school and health care from there?",
        ),
        (
            {"risks": {"physical_harm": "high"}},
            {"residents": ["X"]},
            "what would the move mean for that child?",
        ),
        (
            {},
            {"places": 1, "residents": ["X"]},
            "One place in all, and one child lives there already: with the child there would be 2.",
        ),
        (
            {},
            {"places": 2, "residents": ["X", "Y"]},
            "2 places in all, and 2 children live there already: with the child there would be 3.",
        ),
    ],
)
def test_a_sentence_agrees_with_its_number(
    ranked: Callable[..., Ranking], child: dict[str, Any], home: dict[str, Any], words: str
) -> None:
    assert words in json.dumps(ranked(child, (home,)).as_dict(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("sisters", "words"),
    [(1, "Room for both children of the group"), (2, "Room for all 3 children of the group")],
)
def test_room_for_a_group_is_said_with_its_number(
    ranked: Callable[..., Ranking], sisters: int, words: str
) -> None:
    group = {"sibling_group": "DEMO-S", "siblings_together": "must"}
    others = tuple(
        {"referral_id": f"DEMO-R{number}", "child_id": f"DEMO-C{number}", **group}
        for number in range(sisters)
    )
    assert words in ranked(group, ({"vacancies": 3},), others).options[0].reasons


IMPORTANT = [
    {"what": "older brother", "postcode": "EX4 3LS", "how_often": "weekly"},
    {"what": "The youth club at PL1 3BJ", "postcode": "PL1 3BJ", "how_often": "daily"},
    {"what": "mother", "postcode": "ZZ9 9ZZ", "how_often": "weekly"},
    {"what": "hospital", "postcode": "EX4 3LS", "how_often": "monthly"},
]


def test_the_important_places_gone_to_most_often_are_named_in_the_referrals_words(
    ranked: Callable[..., Ranking],
) -> None:
    reasons = ranked({"important_places": IMPORTANT}, ({},)).options[0].reasons
    said = [reason for reason in reasons if "youth club" in reason or "child's" in reason]
    assert said == [
        "Less than 0.1 miles from the youth club (daily)",
        "36.9 miles from the child's older brother (weekly)",
        "How far it is from the child's mother (weekly) cannot be measured",
    ]
    assert not any("PL1" in reason or "EX4" in reason for reason in reasons)


def test_a_school_that_is_measured_already_is_not_said_again(ranked: Callable[..., Ranking]) -> None:
    child = {
        "prefers": {"school_postcode": "EX4 3LS"},
        "important_places": [{"what": "school", "postcode": "EX4 3LS", "how_often": "daily"}],
    }
    assert len([r for r in ranked(child, ({},)).options[0].reasons if "school" in r]) == 1


@pytest.mark.parametrize(("status", "asked"), [("V3", False), ("V4", False), ("V2", True), (None, True)])
def test_parents_are_not_asked_about_for_a_short_break(
    ranked: Callable[..., Ranking], status: str | None, asked: bool
) -> None:
    prompts = ranked({"legal_status": status}, ({},)).prompts
    assert any("22C(2) to (4)" in prompt for prompt in prompts) is asked


def test_who_approves_outside_the_area_is_told_what_to_do(ranked: Callable[..., Ranking]) -> None:
    found = ranked({}, (FAR,)).options[0].approvals
    why = {one.code: one.why for one in found}["outside_area"]
    assert why == ("Approves the placement: it is outside the authority's area, in an adjoining authority.")


@pytest.mark.parametrize(
    ("status", "limit"),
    [("L1", "72 hours"), ("L2", "21 days"), ("L3", "7 days"), ("J1", "remand"), ("J2", "PACE")],
)
def test_a_legal_status_that_ends_by_itself_asks_when_it_ends(ranked, status, limit):
    (told,) = [prompt for prompt in ranked({"legal_status": status}, ({},)).prompts if limit in prompt]
    assert "record the day" in told


def test_a_status_without_an_end_of_its_own_asks_for_none(ranked):
    for status in ("C2", "V2", None):
        assert not any(
            "another legal basis" in one for one in ranked({"legal_status": status}, ({},)).prompts
        )


def test_a_missing_birth_date_is_asked_for_among_the_first(ranked):
    bare = ranked({"date_of_birth": None}, ({},)).prompts
    assert any("birth date is not recorded: ask for it first" in one for one in bare[:2])
    assert not any("birth date is not recorded" in one for one in ranked({}, ({},)).prompts)
