"""With four answers a child is ranked, and the answer says what it assumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from matching.assumed import referral_from_four_answers
from matching.home import Home
from matching.rank import Ranking, rank_homes
from reference_data.problems import InvalidInput
from reference_data.vocabulary import RiskLevel, Urgency

NIGHT = date(2026, 6, 15)
HIGH = {"missing": RiskLevel.HIGH}


def at_night(homes: list[Home], **answers: object) -> Ranking:
    known: dict[str, object] = {
        "age_years": 15,
        "urgency": Urgency.CRISIS,
        "legal_status": "V2",
        "risks": HIGH,
    }
    referral = referral_from_four_answers(
        child_id="DEMO-C",
        authority="879",
        as_of=NIGHT,
        **{**known, **answers},  # type: ignore[arg-type]
    )
    return rank_homes(referral, homes, as_of=NIGHT)


def test_four_answers_are_enough_to_rank_and_every_open_fact_is_a_question(
    a_home: Callable[..., Home],
) -> None:
    answer = at_night([a_home()])
    (option,) = answer.options
    assert {question.rule for question in option.questions} == {"need_gap"}
    said = " ".join(answer.assumptions)
    assert "places to keep away from" in said
    assert "No need is scored" in said
    assert "claimed" not in said
    assert "Only an age is known, 15" in said
    assert "The 16th birthday may be as near as tomorrow: ask for the birth date." in said
    assert not any("claimed" in flag for flag in option.flags)
    assert "Ask first" not in said


def test_what_is_missing_of_the_four_is_asked_before_anything(a_home: Callable[..., Home]) -> None:
    answer = at_night([a_home()], age_years=None, legal_status=None, risks={})
    (first,) = [text for text in answer.assumptions if text.startswith("Ask first")]
    assert first == (
        "Ask first, before any home is rung: how old the child is, the legal status and which risks are known."
    )


def test_where_no_need_is_known_a_family_comes_before_a_paid_for_bed_in_a_childrens_home(
    a_home: Callable[..., Home],
) -> None:
    block = a_home(home_id="DEMO-A", contract="block", weekly_fee_pounds="5000", type="childrens_home")
    carer = a_home(home_id="DEMO-B", type="agency_foster_carer", contract="spot", weekly_fee_pounds="900")
    answer = at_night([block, carer])
    assert [option.home_id for option in answer.options] == ["DEMO-B", "DEMO-A"]
    assert any("No need is scored" in reason for reason in answer.options[1].speaks_against)


def test_an_age_in_years_is_the_youngest_the_child_can_be(a_home: Callable[..., Home]) -> None:
    supported = a_home(type="supported_accommodation", min_age=16)
    assert at_night([supported], age_years=15).options == ()
    assert len(at_night([supported], age_years=16).options) == 1
    leap_day = date(2028, 2, 29)
    referral = referral_from_four_answers(
        child_id="DEMO-C",
        authority=None,
        as_of=leap_day,
        urgency=Urgency.CRISIS,
        legal_status=None,
        risks={},
        age_years=15,
    )
    assert rank_homes(referral, [supported], as_of=leap_day).options == ()


def test_contradictory_answers_and_unknown_risks_are_refused() -> None:
    with pytest.raises(InvalidInput, match="not both"):
        at_night([], date_of_birth=date(2011, 1, 1))
    with pytest.raises(InvalidInput, match="risk"):
        at_night([], risks={"running": RiskLevel.HIGH})


def test_a_full_referral_that_is_planned_says_only_which_lists_are_empty(
    ranked: Callable[..., Ranking],
) -> None:
    said = [text for text in ranked({}, ({},)).assumptions if "takes it that there are none" in text]
    assert said == [
        "Nothing is recorded of places to keep away from, children to keep apart from, brothers or sisters who must "
        "come too and features the home must have; the answer takes it that there are none."
    ]
    full = {
        "avoid": [{"postcode": "EX4 3LS", "miles": 1}],
        "not_with": ["DEMO-X"],
        "sibling_group": "DEMO-S",
        "requires": ["step_free"],
    }
    assert not any("takes it" in text for text in ranked(full, ({},)).assumptions)


PUT_OUT = {
    "urgency": "crisis",
    "needed_by": "2026-06-15",
    "current_home_id": "DEMO-H1",
    "move_reason": "notice",
}


def test_a_carer_who_ends_a_placement_at_night_leaves_a_way_out(ranked: Callable[..., Ranking]) -> None:
    answer = ranked(PUT_OUT, ({}, {}, {}))
    assert [option.home_id for option in answer.options] == ["DEMO-H1"]
    first = answer.prompts[0]
    assert "contradicts itself" in first
    assert "review of the move is not recorded" in first
    assert "immediate risk" in first
    (way_out,) = answer.relaxations
    assert way_out.changes == ("move_review_recorded",)
    assert way_out.homes_gained == ("DEMO-H2", "DEMO-H3")
    assert "decides" in way_out.text
    recorded = ranked({**PUT_OUT, "move_review_on": "2026-06-20"}, ({}, {}, {}))
    assert [option.home_id for option in recorded.options] == ["DEMO-H2", "DEMO-H3"]


def test_nobody_who_is_settled_and_needs_no_home_is_offered_a_move(ranked: Callable[..., Ranking]) -> None:
    answer = ranked({"current_home_id": "DEMO-H1"}, ({}, {}))
    assert answer.relaxations == ()
    assert not any("contradicts" in prompt for prompt in answer.prompts)


def test_the_home_that_a_review_decided_to_end_is_set_apart_with_the_review(
    ranked: Callable[..., Ranking],
) -> None:
    answer = ranked(
        {"current_home_id": "DEMO-H1", "move_reason": "notice", "move_review_on": "2026-06-10"}, ({}, {})
    )
    assert [option.home_id for option in answer.options] == ["DEMO-H2"]
    (left,) = answer.excluded
    assert [reason.rule for reason in left.reasons] == ["lives_here_already"]
    assert "the review of 10 June 2026" in left.reasons[0].text
    assert answer.relaxations == ()


def test_a_planned_child_who_needs_a_home_today_is_told_of_the_contradiction(
    ranked: Callable[..., Ranking],
) -> None:
    answer = ranked({"urgency": "planned", "needed_by": "2026-06-15"}, ({"accepts_emergency": False}, {}))
    assert [option.home_id for option in answer.options] == ["DEMO-H2"]
    assert any("says planned, but the placement is needed today" in prompt for prompt in answer.prompts)


def test_a_birthday_between_tonight_and_the_day_recorded_is_told(ranked: Callable[..., Ranking]) -> None:
    child = {"urgency": "crisis", "needed_by": "2026-06-18", "date_of_birth": "2010-06-17"}
    answer = ranked(child, ({"type": "supported_accommodation", "min_age": 16},))
    (told,) = [prompt for prompt in answer.prompts if "says crisis" in prompt]
    assert "tonight the child is 15" in told
    assert any("tonight the child is 15" in flag for flag in answer.options[0].flags)
    after = ranked({**child, "date_of_birth": "2010-06-15"}, ({},)).prompts
    assert not any("tonight the child is" in prompt for prompt in after)
