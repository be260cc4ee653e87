"""An answer of the home-search form whose detail is missing is asked about, and one that has it is not."""

from __future__ import annotations

from typing import Any

import pytest

from matching.files import referrals_from_values
from matching.open_answers import open_answers
from matching.prompts import prompts_of


@pytest.mark.parametrize(
    ("said", "detail", "word"),
    [
        ({"adaptations": True}, {"requires": ["step_free"]}, "adapted"),
        ({"siblings_to_place_with": 2}, {"sibling_group": "DEMO-G1"}, "brothers or sisters"),
        ({"cultural_needs": "required"}, {"prefers": {"religion": ["Sikh"]}}, "Cultural"),
        ({"communication_needs": True}, {"communication": ["BSL"]}, "communication"),
        ({"places_to_avoid": True}, {"avoid": [{"place": "the pier"}]}, "avoid"),
    ],
)
def test_a_yes_without_its_detail_is_asked_and_with_it_is_not(
    said: dict[str, Any], detail: dict[str, Any], word: str
) -> None:
    record = {"referral_id": "DEMO-R1", "child_id": "DEMO-C1", "home_search": said}
    (bare, whole), _ = referrals_from_values(
        [record, {**record, "referral_id": "DEMO-R2", "child_id": "DEMO-C2", **detail}]
    )
    (asked,) = open_answers(bare)
    assert word in asked
    assert asked in prompts_of(bare)
    assert open_answers(whole) == []


@pytest.mark.parametrize("name", ["other_risk_to_child", "other_risk_to_others", "added_support"])
def test_what_stands_only_in_words_is_pointed_at_and_not_repeated(name: str) -> None:
    words = ["SECRET"] if name == "added_support" else "SECRET"
    record = {"referral_id": "DEMO-R1", "child_id": "DEMO-C1", "home_search": {name: words}}
    (referral,), _ = referrals_from_values([record])
    (asked,) = open_answers(referral)
    assert "in words" in asked
    assert "SECRET" not in asked


def test_answers_of_no_and_none_ask_nothing() -> None:
    said = {
        "adaptations": False,
        "siblings_to_place_with": 0,
        "cultural_needs": "not_required",
        "communication_needs": False,
        "places_to_avoid": False,
    }
    record = {"referral_id": "DEMO-R1", "child_id": "DEMO-C1", "home_search": said}
    (referral,), _ = referrals_from_values([record])
    assert open_answers(referral) == []
