"""The order of options, and the shape of the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from matching.home import Home
from matching.rank import Ranking, rank_homes
from matching.referral import Referral
from reference_data.problems import InvalidInput

DOMAINS = ("behaviour", "emotional", "relationships", "risk", "indicators")
NEAR, FAR = {"postcode": "PL1 3BJ"}, {"postcode": "EX4 3LS", "authority": "878"}


def order(answer: Ranking) -> list[str]:
    return [option.home_id for option in answer.options]


def test_a_connected_carer_approved_for_the_child_comes_first_however_far(
    ranked: Callable[..., Ranking],
) -> None:
    grandmother = {"type": "connected_foster_carer", "approved_for": ["DEMO-C"], **FAR}
    assert order(ranked({}, (NEAR, grandmother))) == ["DEMO-H2", "DEMO-H1"]


def test_what_is_known_to_fit_comes_before_what_must_be_asked(ranked: Callable[..., Ranking]) -> None:
    assert order(ranked({}, ({**NEAR, "registered": None}, FAR))) == ["DEMO-H2", "DEMO-H1"]


def test_a_missing_hard_fact_comes_after_a_question_about_company(ranked: Callable[..., Ranking]) -> None:
    child = {"risks": {"physical_harm": "high"}}
    company = {"residents": ["DEMO-X"], **FAR}
    assert order(ranked(child, ({"sexes": None}, company))) == ["DEMO-H2", "DEMO-H1"]


def test_the_nearer_of_two_like_homes_comes_first(ranked: Callable[..., Ranking]) -> None:
    assert order(ranked({}, (FAR, NEAR))) == ["DEMO-H2", "DEMO-H1"]


def test_a_brother_or_sister_already_there_counts_and_is_said(ranked: Callable[..., Ranking]) -> None:
    child = {"sibling_group": "DEMO-S", "siblings_together": "prefer"}
    with_sister = {"residents": [{"child_id": "DEMO-X", "age": 9, "sibling_group": "DEMO-S"}]}
    answer = ranked(child, ({}, with_sister))
    assert order(answer) == ["DEMO-H2", "DEMO-H1"]
    assert "Brother or sister already there" in answer.options[0].reasons


def test_one_large_gap_counts_for_more_than_two_small_ones(ranked: Callable[..., Ranking]) -> None:
    can_meet = {"behaviour": 40, "emotional": 40, "relationships": 40, "risk": 40, "indicators": 40}
    one_large = {"can_meet": {**can_meet, "risk": 20}}
    two_small = {"can_meet": {**can_meet, "risk": 30, "behaviour": 30}}
    assert order(ranked({}, (one_large, two_small))) == ["DEMO-H2", "DEMO-H1"]


def test_ability_beyond_the_need_is_no_advantage(ranked: Callable[..., Ranking]) -> None:
    able = {"can_meet": dict.fromkeys(("behaviour", "emotional", "relationships", "risk", "indicators"), 100)}
    fitting = {"can_meet": dict.fromkeys(able["can_meet"], 40)}
    assert order(ranked({}, (able, fitting))) == ["DEMO-H2", "DEMO-H1"]


def test_a_home_below_the_floor_comes_after_the_rest_and_is_flagged(ranked: Callable[..., Ranking]) -> None:
    weak = {"can_meet": dict.fromkeys(("behaviour", "emotional", "relationships", "risk", "indicators"), 20)}
    answer = ranked({}, ({**NEAR, **weak}, FAR))
    assert order(answer) == ["DEMO-H2", "DEMO-H1"]
    assert any("floor" in flag for flag in answer.options[1].flags)


@pytest.mark.parametrize(("child", "home"), [({"needs": None}, {}), ({}, {"can_meet": None})])
def test_what_is_not_scored_is_asked_and_is_never_called_below_the_floor(
    ranked: Callable[..., Ranking], child: dict[str, Any], home: dict[str, Any]
) -> None:
    option = ranked(child, (home,)).options[0]
    assert {question.rule for question in option.questions} == {"need_gap"}
    assert not any("floor" in flag for flag in option.flags)


def test_known_gaps_alone_decide_whether_a_home_is_below_the_floor(ranked: Callable[..., Ranking]) -> None:
    weak = {"can_meet": {"behaviour": 10, "emotional": 10}}
    assert not any("floor" in flag for flag in ranked({}, (weak,)).options[0].flags)
    weaker = {"can_meet": {**weak["can_meet"], "risk": 39}}
    assert any("floor" in flag for flag in ranked({}, (weaker,)).options[0].flags)


def test_a_home_that_has_not_said_what_it_can_meet_comes_below_one_known_to_fit(
    ranked: Callable[..., Ranking],
) -> None:
    assert order(ranked({}, ({**NEAR, "can_meet": None}, FAR))) == ["DEMO-H2", "DEMO-H1"]


def test_the_cheaper_of_two_like_homes_comes_first_and_no_fee_is_never_cheap(
    ranked: Callable[..., Ranking],
) -> None:
    dear, cheap, unknown = (
        {"weekly_fee_pounds": 5000},
        {"weekly_fee_pounds": 900},
        {"weekly_fee_pounds": None},
    )
    assert order(ranked({}, (dear, unknown, cheap))) == ["DEMO-H3", "DEMO-H1", "DEMO-H2"]


def test_a_vacant_block_bed_costs_nothing_more(ranked: Callable[..., Ranking]) -> None:
    answer = ranked({}, ({"contract": "block", "weekly_fee_pounds": 6000}, {"weekly_fee_pounds": 600}))
    assert order(answer) == ["DEMO-H1", "DEMO-H2"]
    assert answer.options[0].penalties["cost"] == 0


def test_homes_equal_in_everything_are_ordered_by_id_whatever_the_order_of_the_file(
    a_child: Callable[..., Referral], a_home: Callable[..., Home]
) -> None:
    homes = [a_home(home_id=f"DEMO-H{n}") for n in range(5)]
    as_of = date(2026, 6, 15)
    there = rank_homes(a_child(), homes, as_of=as_of).as_dict()
    back = rank_homes(a_child(), homes[::-1], as_of=as_of).as_dict()
    assert [option["home_id"] for option in there["options"]] == [home.home_id for home in homes]
    assert json.dumps(there) == json.dumps(back)


def test_every_home_is_in_exactly_one_of_options_and_excluded(ranked: Callable[..., Ranking]) -> None:
    answer = ranked({}, ({}, {"registered": False}, {"type": "hotel"}, FAR)).as_dict()
    options = [option["home_id"] for option in answer["options"]]
    excluded = [home["home_id"] for home in answer["excluded"]]
    assert sorted(options + excluded) == ["DEMO-H1", "DEMO-H2", "DEMO-H3", "DEMO-H4"]
    assert [option["rank"] for option in answer["options"]] == [1, 2]


def test_a_limit_shortens_the_options_and_says_how_many_follow(ranked: Callable[..., Ranking]) -> None:
    answer = ranked({}, ({}, FAR, {"registered": False}), limit=1)
    assert order(answer) == ["DEMO-H1"]
    assert answer.options_not_shown == 1
    assert len(answer.excluded) == 1
    with pytest.raises(InvalidInput):
        ranked({}, ({},), limit=0)


def test_two_homes_with_one_id_are_refused(ranked: Callable[..., Ranking]) -> None:
    with pytest.raises(InvalidInput):
        ranked({}, ({"home_id": "DEMO-A"}, {"home_id": "DEMO-A"}))


def test_the_answer_has_the_contracts_names(ranked: Callable[..., Ranking]) -> None:
    answer = ranked({}, ({"registered": None, **FAR}, {"type": "agency_foster_carer", "places": 0})).as_dict()
    assert {
        "referral_id",
        "as_of",
        "policy",
        "assumptions",
        "prompts",
        "options",
        "excluded",
        "relaxations",
        "evidence",
    } <= answer.keys()
    option = answer["options"][0]
    assert {
        "home_id",
        "rank",
        "distance_miles",
        "weekly_fee_pence",
        "penalties",
        "reasons",
        "questions",
        "flags",
        "approvals",
    } <= option.keys()
    assert option["questions"][0].keys() == {"rule", "text", "ask"}
    assert all(
        approval.keys() == {"code", "who", "why", "instrument", "due_on"} for approval in option["approvals"]
    )
    assert answer["excluded"][0]["reasons"][0].keys() == {"rule", "text", "instrument"}
    assert all(type(value) is int for value in option["penalties"].values())
    assert option["weekly_fee_pence"] == 400_000
    assert answer["evidence"]["policy_version"] == answer["policy"]
    json.dumps(answer)


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


@pytest.mark.parametrize("postcode", [None, "ZZ99 9ZZ"])
def test_without_a_place_to_measure_from_no_home_is_called_far(
    ranked: Callable[..., Ranking], postcode: str | None
) -> None:
    child: dict[str, Any] = {
        "home_postcode": postcode,
        "prefers": {"school_postcode": postcode},
        "important_places": [{"what": "gran", "postcode": postcode}],
    }
    for option in ranked(child, (NEAR, FAR, {"postcode": None})).options:
        assert {option.penalties[aim] for aim in ("near_home", "school", "contact")} == {0}


def test_a_home_whose_place_is_unknown_counts_as_far_as_any(ranked: Callable[..., Ranking]) -> None:
    child = {"prefers": {"school_postcode": "PL1 3BJ"}}
    nowhere, far = ({"postcode": None}, FAR)
    penalties = {option.home_id: option.penalties for option in ranked(child, (nowhere, far)).options}
    for aim in ("near_home", "school"):
        assert penalties["DEMO-H1"][aim] > penalties["DEMO-H2"][aim]


def test_no_birth_date_and_no_postcode_is_in_the_answer(ranked: Callable[..., Ranking]) -> None:
    child: dict[str, Any] = {
        "avoid": [{"postcode": "EX4 3LS", "miles": 5, "reason": "SECRET"}],
        "prefers": {"school_postcode": "PL4 6AB", "keep_school": True},
        "important_places": [{"what": "gran", "postcode": "TQ1 3DR"}],
        "expected_stay_days": 3000,
    }
    homes = ({}, FAR, {"postcode": None}, {"max_age": 12}, {"registered": None})
    text = json.dumps(ranked(child, homes).as_dict())
    for secret in ("2013-03-01", "1 March", "PL1", "PL4", "EX4", "TQ1", "SECRET"):
        assert secret not in text


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


def test_a_solo_place_is_kept_for_a_child_who_needs_one_when_gaps_are_too_small_to_be_facts(
    ranked: Callable[..., Ranking],
) -> None:
    solo = {"features": ["solo"], "can_meet": dict.fromkeys(DOMAINS, 60)}
    small_gap = {"can_meet": {**dict.fromkeys(DOMAINS, 60), "risk": 36}}
    assert order(ranked({}, (solo, small_gap))) == ["DEMO-H2", "DEMO-H1"]
    assert order(ranked({"alongside": "solo"}, (solo, small_gap))) == ["DEMO-H1", "DEMO-H2"]


SETTLED = {
    "current_home_id": "DEMO-H1",
    "date_of_birth": "2011-03-01",
    "expected_stay_days": 100,
    "max_weekly_fee_pounds": 100,
}
OWN_HOME = {**FAR, "authority": "933", "contract": "spot", "weekly_fee_pounds": 6000}


def test_the_home_a_settled_child_lives_in_needs_no_signature_no_offer_and_no_more_money(
    ranked: Callable[..., Ranking],
) -> None:
    option = ranked(SETTLED, (OWN_HOME,)).options[0]
    assert option.approvals == ()
    assert option.penalties["cost"] == 0
    assert option.reasons[0].startswith("Lives here now")
    assert not any("offer" in reason or "£" in reason for reason in option.reasons)


def test_a_child_who_moves_has_signatures_for_the_new_home_and_the_present_one_is_no_option(
    ranked: Callable[..., Ranking],
) -> None:
    mover = {**SETTLED, "move_reason": "notice", "move_review_on": "2026-06-10"}
    options = {option.home_id: option for option in ranked(mover, (OWN_HOME, OWN_HOME)).options}
    assert options.keys() == {"DEMO-H2"}
    assert {approval.code for approval in options["DEMO-H2"].approvals} == {
        "at_a_distance",
        "key_stage_4",
        "fee",
        "placement_plan",
        "notification",
    }
    assert options["DEMO-H2"].penalties["cost"] == 6000


def test_nothing_is_said_of_a_move_into_the_home_the_child_lives_in(ranked: Callable[..., Ranking]) -> None:
    child = {**SETTLED, "risks": {"physical_harm": "high"}}
    own = {"residents": ["DEMO-C", "DEMO-X"], "features": ["solo"], "vacancies_confirmed_on": None}
    option = ranked(child, (own,)).options[0]
    assert option.questions == ()
    assert option.flags == ()


def test_the_child_alone_is_no_company_to_weigh(ranked: Callable[..., Ranking]) -> None:
    option = ranked({}, ({"residents": ["DEMO-C"]},)).options[0]
    assert not any("impact" in flag for flag in option.flags)


def test_what_goes_on_in_the_present_home_still_has_to_be_decided(ranked: Callable[..., Ranking]) -> None:
    own = {
        "type": "connected_foster_carer",
        "approved_for": ["DEMO-C"],
        "temporary_approval_until": "2026-08-01",
    }
    option = ranked(SETTLED, (own,)).options[0]
    assert [approval.code for approval in option.approvals] == ["temporary_approval"]


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


def test_the_home_that_signs_comes_before_nearer_homes_that_have_not_said_so(
    ranked: Callable[..., Ranking],
) -> None:
    signs = {**FAR, "offers": {"languages": ["English", "BSL"]}}
    answer = ranked({"communication": ["BSL"]}, (NEAR, signs))
    assert order(answer) == ["DEMO-H2", "DEMO-H1"]


def test_being_understood_weighs_more_than_thirty_miles_from_home_school_and_family(
    ranked: Callable[..., Ranking],
) -> None:
    child = {"prefers": {"school_postcode": "PL1 3BJ"}, "important_places": [{"postcode": "PL1 3BJ"}]}
    signs = {"postcode": "TQ14 8AA", "authority": "878", "offers": {"languages": ["BSL"]}}
    near = ranked({**child, "communication": ["BSL"]}, (NEAR,)).options[0].penalties
    far = ranked({**child, "communication": ["BSL"]}, (signs,)).options[0]
    assert far.distance_miles is not None
    assert far.distance_miles > 30
    stage = ("area", "near_home", "school", "contact", "access")
    assert sum(far.penalties[aim] for aim in stage) < sum(near[aim] for aim in stage)


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


def test_importing_the_package_opens_no_engine() -> None:
    import subprocess
    import sys

    code = "import sys, matching; assert callable(matching.rank_homes); print('ortools' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


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
