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
from tests.unit.matching.order_of_homes import DOMAINS, FAR, NEAR, order


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


def test_a_solo_place_is_kept_for_a_child_who_needs_one_when_gaps_are_too_small_to_be_facts(
    ranked: Callable[..., Ranking],
) -> None:
    solo = {"features": ["solo"], "can_meet": dict.fromkeys(DOMAINS, 60)}
    small_gap = {"can_meet": {**dict.fromkeys(DOMAINS, 60), "risk": 36}}
    assert order(ranked({}, (solo, small_gap))) == ["DEMO-H2", "DEMO-H1"]
    assert order(ranked({"alongside": "solo"}, (solo, small_gap))) == ["DEMO-H1", "DEMO-H2"]


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


def test_importing_the_package_opens_no_engine() -> None:
    import subprocess
    import sys

    code = "import sys, matching; assert callable(matching.rank_homes); print('ortools' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
