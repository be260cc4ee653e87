"""Absent means unknown: taking a fact away never makes a home fit in silence, and never shuts it out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matching.findings import Assessment

HARD_FACTS_OF_A_HOME = (
    "registered",
    "status",
    "places",
    "vacancies",
    "min_age",
    "max_age",
    "sexes",
    "can_meet",
)
HARD_FACTS_OF_A_CHILD = ("date_of_birth", "needs")


@pytest.mark.parametrize("name", HARD_FACTS_OF_A_HOME)
def test_a_fact_missing_from_the_home_is_asked(assessed: Callable[..., Assessment], name: str) -> None:
    found = assessed({}, {name: None})
    assert found.exclusions == ()
    assert found.questions


@pytest.mark.parametrize("name", HARD_FACTS_OF_A_CHILD)
def test_a_fact_missing_from_the_child_is_asked(assessed: Callable[..., Assessment], name: str) -> None:
    found = assessed({name: None})
    assert found.exclusions == ()
    assert found.questions


@pytest.mark.parametrize(
    ("child", "home"),
    [
        ({"requires": ["step_free"]}, "features"),
        ({"urgency": "crisis"}, "accepts_emergency"),
        ({"risks": {"fire_setting": "high"}}, "will_not_take"),
        ({"not_with": ["DEMO-X"]}, "residents"),
        ({"avoid": [{"postcode": "EX4 3LS", "miles": 5}]}, "postcode"),
        ({"alongside": "solo"}, "residents"),
    ],
)
def test_a_fact_that_matters_to_this_child_is_asked(
    assessed: Callable[..., Assessment], child: dict[str, object], home: str
) -> None:
    assert assessed(child).exclusions == ()
    found = assessed(child, {home: None})
    assert found.exclusions == ()
    assert found.questions


def test_a_home_of_which_nothing_is_known_is_asked_about_and_not_shut_out(
    assessed: Callable[..., Assessment],
) -> None:
    facts = (*HARD_FACTS_OF_A_HOME, "postcode", "authority", "features", "residents", "will_not_take")
    found = assessed({"risks": None}, dict.fromkeys(facts))
    assert found.exclusions == ()
    assert {question.rule for question in found.questions} >= {
        "registered",
        "open_on_start",
        "registered_age",
        "registered_sex",
        "registered_number",
        "place_free",
        "need_gap",
        "written_exclusion",
    }


@pytest.mark.parametrize(
    ("approved_for", "said"),
    [
        (None, "whom it names is not recorded"),
        (["DEMO-OTHER"], "other named children only"),
        ([], "naming nobody"),
    ],
)
def test_a_connected_carer_of_whom_no_approval_is_recorded_is_excluded_and_says_what_is_missing(
    assessed: Callable[..., Assessment], approved_for: list[str] | None, said: str
) -> None:
    carer = {"type": "connected_foster_carer", "approved_for": approved_for}
    (found,) = assessed({}, carer).exclusions
    assert said in found.text
