"""A child who lives somewhere already: what the ranking says of going on there, and of moving."""

from __future__ import annotations

from collections.abc import Callable

from matching.rank import Ranking
from tests.unit.matching.order_of_homes import FAR

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
