"""Orders and approvals that end during a stay are told with the option, and a date is never repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.rank import Ranking

SECURE = {"type": "secure_childrens_home", "min_age": 10}
ORDER = {"acceptable_types": ["secure_childrens_home"], "secure_order": True}


def flags(ranked: Callable[..., Ranking], child: dict[str, Any], home: dict[str, Any]) -> str:
    (option,) = ranked(child, (home,)).options
    return " ".join(option.flags)


# The stay starts on 22 June and is expected to last 100 days, to 30 September.
@pytest.mark.parametrize(
    ("until", "told"), [("2026-06-28", True), ("2026-09-29", True), ("2026-09-30", False)]
)
def test_a_secure_order_that_ends_during_the_stay_is_told(
    ranked: Callable[..., Ranking], until: str, told: bool
) -> None:
    said = flags(ranked, {**ORDER, "secure_order_until": until}, SECURE)
    assert ("The secure accommodation order ends before the expected stay does" in said) == told
    assert until not in said


def test_without_an_expected_stay_an_order_may_end_during_it(ranked: Callable[..., Ranking]) -> None:
    said = flags(ranked, {**ORDER, "secure_order_until": "2027-01-01", "expected_stay_days": None}, SECURE)
    assert "nobody recorded how long it is" in said


def test_a_deprivation_of_liberty_order_that_ends_is_told_at_every_home(
    ranked: Callable[..., Ranking],
) -> None:
    assert "nothing that needs it may go on after it" in flags(ranked, {"dol_order_until": "2026-07-01"}, {})
    assert "nothing that needs it" not in flags(ranked, {"dol_order_until": "2026-12-01"}, {})


def test_a_secure_order_says_nothing_of_another_kind_of_home(ranked: Callable[..., Ranking]) -> None:
    child = {"secure_order": True, "secure_order_until": "2026-06-28"}
    assert "secure" not in flags(ranked, child, {})


def test_an_approval_for_a_time_says_so_where_nobody_said_how_long_the_stay_is(
    ranked: Callable[..., Ranking],
) -> None:
    carer = {
        "type": "connected_foster_carer",
        "approved_for": ["DEMO-C"],
        "temporary_approval_until": "2026-08-01",
    }
    assert "ends before the expected stay does" in flags(ranked, {}, carer)
    assert "how long the stay will be is not recorded" in flags(ranked, {"expected_stay_days": None}, carer)


@pytest.mark.parametrize(
    ("urgency", "when"), [("crisis", "within five working days"), ("planned", "consulted first")]
)
def test_at_a_distance_the_signature_comes_first_and_consultation_may_follow_when_urgent(
    ranked: Callable[..., Ranking], urgency: str, when: str
) -> None:
    (option,) = ranked({"urgency": urgency}, ({"postcode": "TQ1 3DR", "authority": "880"},)).options
    (approval,) = [one for one in option.approvals if one.code == "at_a_distance"]
    assert when in approval.why
    assert approval.due_on.isoformat() == "2026-06-22"


def test_supported_accommodation_asks_for_suitability_a_visit_and_the_reviewing_officer(
    ranked: Callable[..., Ranking],
) -> None:
    supported = {"type": "supported_accommodation", "min_age": 16}
    (option,) = ranked({"date_of_birth": "2009-06-22"}, (supported,)).options
    (approval,) = [one for one in option.approvals if one.code == "other_arrangements"]
    assert "regulation 27" in approval.instrument


def test_a_settled_child_whose_home_may_go_on_is_told_nothing_of_a_review(
    ranked: Callable[..., Ranking],
) -> None:
    answer = ranked({"current_home_id": "DEMO-H1"}, ({}, {}))
    assert not any("Hold a review now" in prompt for prompt in answer.prompts)
    shut = ranked({"current_home_id": "DEMO-H1"}, ({"status": "closed"}, {}))
    assert "Hold a review now" in shut.prompts[0]
    assert shut.options == ()


def test_a_child_in_a_setting_that_is_no_placement_is_not_settled_there(
    ranked: Callable[..., Ranking],
) -> None:
    for current in ({"registered": False}, {"type": "hotel"}):
        answer = ranked({"current_home_id": "DEMO-H1"}, (current, {}))
        assert "no placement" in answer.prompts[0]
        assert [option.home_id for option in answer.options] == ["DEMO-H2"]


def test_an_order_that_has_ended_by_the_start_permits_nothing_and_is_not_weighed(
    ranked: Callable[..., Ranking],
) -> None:
    ended = {"dol_order_until": "2026-06-21"}
    assert "ends before the start: what needs it takes a new one" in flags(ranked, ended, {})
    assert "permits and never obliges" not in flags(ranked, ended, {})
    assert not any("An order permits" in prompt for prompt in ranked(ended, ({},)).prompts)
    last_day = {"dol_order_until": "2026-06-22"}
    assert "permits and never obliges" in flags(ranked, last_day, {})
    assert any("An order permits" in prompt for prompt in ranked(last_day, ({},)).prompts)
