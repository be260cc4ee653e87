"""Who must approve, by where the home stands, what it costs and what kind it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.eligibility import RULES
from matching.rank import Ranking
from reference_data.law import legal_limits

PLYMOUTH, DEVON, CORNWALL, TORBAY, SOMERSET = "879", "878", "908", "880", "933"


def codes(answer: Ranking) -> dict[str, Any]:
    return {approval.code: approval for approval in answer.options[0].approvals}


@pytest.mark.parametrize(
    ("authority", "expected"),
    [
        (PLYMOUTH, None),
        (DEVON, "outside_area"),
        (CORNWALL, "outside_area"),
        (TORBAY, "at_a_distance"),
        (SOMERSET, "at_a_distance"),
    ],
)
def test_who_approves_depends_on_adjoining_authorities_and_not_on_miles(
    ranked: Callable[..., Ranking], authority: str, expected: str | None
) -> None:
    found = codes(ranked({}, ({"authority": authority},))).keys()
    assert found & {"outside_area", "at_a_distance"} == ({expected} if expected else set())


def test_the_director_signs_for_a_placement_at_a_distance(ranked: Callable[..., Ranking]) -> None:
    assert (
        codes(ranked({}, ({"authority": TORBAY},)))["at_a_distance"].who == "Director of Children's Services"
    )


@pytest.mark.parametrize(
    "home",
    [
        {"type": "connected_foster_carer", "approved_for": ["DEMO-C"]},
        {"type": "in_house_foster_carer", "approved_by_authority": PLYMOUTH},
        {"type": "agency_foster_carer", "approved_by_authority": PLYMOUTH},
    ],
)
@pytest.mark.parametrize("authority", [TORBAY, DEVON, None])
def test_connected_carers_and_our_own_carers_need_notice_and_no_signature_for_the_area(
    ranked: Callable[..., Ranking], home: dict[str, Any], authority: str | None
) -> None:
    place = {"authority": authority, "postcode": None} if authority is None else {"authority": authority}
    found = codes(ranked({}, ({**home, **place},)))
    assert found.keys() == {"placement_plan", "notification"}


@pytest.mark.parametrize(("authority", "told"), [(PLYMOUTH, False), (DEVON, True), (TORBAY, True)])
def test_the_authority_of_the_area_is_given_notice_of_a_placement_outside_ours(
    ranked: Callable[..., Ranking], authority: str, told: bool
) -> None:
    home = {"type": "in_house_foster_carer", "approved_by_authority": PLYMOUTH, "authority": authority}
    assert ("area" in codes(ranked({}, (home,)))["notification"].why) is told


def test_a_carer_approved_by_another_authority_needs_the_director(ranked: Callable[..., Ranking]) -> None:
    home = {"type": "agency_foster_carer", "approved_by_authority": TORBAY, "authority": TORBAY}
    assert "at_a_distance" in codes(ranked({}, (home,)))


def test_notice_is_due_before_the_start_or_in_five_working_days_in_an_emergency(
    ranked: Callable[..., Ranking],
) -> None:
    assert str(codes(ranked({}, ({},)))["notification"].due_on) == "2026-06-22"
    urgent = {"urgency": "crisis", "needed_by": "2026-06-15"}
    assert str(codes(ranked(urgent, ({},)))["notification"].due_on) == "2026-06-22"
    over_the_bank_holiday = {"urgency": "emergency", "needed_by": "2026-08-27"}
    assert str(codes(ranked(over_the_bank_holiday, ({},)))["notification"].due_on) == "2026-09-04"


def test_a_signature_at_a_distance_is_due_before_the_start_even_in_an_emergency(
    ranked: Callable[..., Ranking],
) -> None:
    urgent = {"urgency": "crisis", "needed_by": "2026-06-15"}
    assert str(codes(ranked(urgent, ({"authority": TORBAY},)))["at_a_distance"].due_on) == "2026-06-15"


def test_a_fee_above_the_limit_brings_an_approval_and_no_exclusion(ranked: Callable[..., Ranking]) -> None:
    assert "fee" in codes(ranked({"max_weekly_fee_pounds": 3999.99}, ({},)))
    assert "fee" not in codes(ranked({"max_weekly_fee_pounds": 4000}, ({},)))


@pytest.mark.parametrize(
    ("born", "protected"),
    [
        ("2012-09-01", False),  # Year 8 in June 2026
        ("2011-09-01", False),  # Year 9
        ("2011-08-31", True),  # Year 10
        ("2009-09-01", True),  # Year 11
        ("2009-08-31", False),  # has left Year 11
    ],
)
def test_the_fourth_key_stage_is_known_from_the_birth_date(
    ranked: Callable[..., Ranking], born: str, protected: bool
) -> None:
    assert ("key_stage_4" in codes(ranked({"date_of_birth": born}, ({},)))) is protected


@pytest.mark.parametrize(
    ("needed_by", "protected"),
    [("2026-07-01", True), ("2026-08-31", True), ("2026-09-01", False)],
)
def test_the_fourth_key_stage_ends_with_the_school_year_and_not_with_the_summer_term(
    ranked: Callable[..., Ranking], needed_by: str, protected: bool
) -> None:
    child = {"date_of_birth": "2010-03-01", "needed_by": needed_by}
    assert ("key_stage_4" in codes(ranked(child, ({},)))) is protected


def test_the_end_of_the_fourth_key_stage_is_from_memory_so_it_warns_and_never_bars() -> None:
    assert legal_limits("placement")["key_stage_4_turns"].certainty == "from_memory"
    assert "key_stage_4" not in {rule.__name__ for rule in RULES}


def test_a_council_writes_its_own_title_of_who_approves(ranked: Callable[..., Ranking]) -> None:
    policy = '[approvals.at_a_distance]\nwho = "Strategic Director for People"'
    found = codes(ranked({}, ({"authority": TORBAY},), policy=policy))
    assert found["at_a_distance"].who == "Strategic Director for People"


def test_a_crisis_bed_needs_the_same_review_as_supported_accommodation(
    ranked: Callable[..., Ranking],
) -> None:
    child = {
        "date_of_birth": "2009-01-10",
        "urgency": "crisis",
        "needed_by": "2026-06-15",
        "current_home_id": "DEMO-OTHER",
        "move_reason": "ended by the carer",
        "move_review_on": "2026-06-14",
        "support_or_care": "support",
    }
    for kind in ("supported_accommodation", "crisis_accommodation"):
        (option,) = ranked(child, ({"type": kind, "min_age": 16, "max_age": 17},)).options
        assert "supported_accommodation_review" in [approval.code for approval in option.approvals]


@pytest.mark.parametrize(("status", "asked"), [("C1", False), ("C2", False), (None, False), ("V2", True)])
def test_with_parents_rests_on_a_care_order_or_it_is_asked_on_what(
    ranked: Callable[..., Ranking], status: str | None, asked: bool
) -> None:
    child = {"acceptable_types": ["with_parents"], "legal_status": status}
    why = codes(ranked(child, ({"type": "with_parents"},)))["with_parents"].why
    assert ("records no care order" in why) is asked
