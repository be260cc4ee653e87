"""What would have to change: only what a person may change, and each change by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.rank import Ranking


def changes(answer: Ranking) -> dict[str, tuple[str, ...]]:
    return {change.change: change.homes_gained for change in answer.relaxations}


STRANGERS = [{"child_id": f"DEMO-X{n}", "age": 9} for n in range(3)]


@pytest.mark.parametrize(
    ("child", "home", "change"),
    [
        ({"acceptable_types": ["agency_foster_carer"]}, {}, "accept_type:childrens_home"),
        ({"suitability": {"residential": "unsuitable"}}, {}, "reconsider_suitability"),
        (
            {},
            {"type": "in_house_foster_carer", "residents": STRANGERS},
            "fostering_exemption:879",
        ),
        ({}, {"max_age": 12, "limit_source": "statement"}, "statement_revised"),
        ({}, {"sexes": "M", "limit_source": "statement"}, "statement_revised"),
        ({"requires": ["waking_night_staff"]}, {}, "staffing:waking_night_staff"),
        (
            {"needs": dict.fromkeys(("behaviour", "emotional", "relationships", "risk", "indicators"), 91)},
            {
                "can_meet": {
                    "behaviour": 60,
                    "emotional": 90,
                    "relationships": 90,
                    "risk": 90,
                    "indicators": 90,
                }
            },
            "support:behaviour",
        ),
        ({}, {"beds": [{"available_from": "2026-06-25"}]}, "later_start:2026-06-25"),
        ({}, {"status": "planned", "opens_on": "2026-07-01"}, "later_start:2026-07-01"),
    ],
)
def test_a_change_a_person_may_make_is_named_with_the_home_it_opens(
    ranked: Callable[..., Ranking], child: dict[str, Any], home: dict[str, Any], change: str
) -> None:
    answer = ranked(child, (home,))
    assert answer.options == ()
    assert changes(answer) == {change: ("DEMO-H1",)}


@pytest.mark.parametrize(
    ("child", "home"),
    [
        ({}, {"registered": False}),
        ({}, {"max_age": 12, "limit_source": "registration"}),
        ({}, {"max_age": 12}),
        ({}, {"type": "in_house_foster_carer", "max_age": 12, "limit_source": "statement"}),
        ({}, {"type": "supported_accommodation"}),
        ({}, {"type": "connected_foster_carer", "approved_for": ["DEMO-OTHER"]}),
        ({}, {"type": "secure_childrens_home"}),
        ({}, {"type": "hotel"}),
        ({}, {"restriction_notice_from": "2026-01-01"}),
        ({"avoid": [{"postcode": "PL1 3BJ", "miles": 5}]}, {}),
        ({"not_with": ["DEMO-X"]}, {"residents": ["DEMO-X"]}),
        ({"requires": ["step_free"]}, {"features": []}),
        ({"urgency": "crisis"}, {"beds": [{"available_from": "2026-06-25"}]}),
        ({}, {"beds": [{"available_from": "2026-06-25"}], "registered": False}),
        ({"acceptable_types": ["agency_foster_carer"]}, {"vacancies": 0}),
    ],
)
def test_what_nobody_may_change_is_never_offered_as_a_change(
    ranked: Callable[..., Ranking], child: dict[str, Any], home: dict[str, Any]
) -> None:
    answer = ranked(child, (home,))
    assert answer.options == ()
    assert changes(answer) == {}


def test_homes_opened_by_one_change_are_counted_together(ranked: Callable[..., Ranking]) -> None:
    child = {"acceptable_types": ["agency_foster_carer"]}
    homes = ({}, {}, {"type": "residential_school"})
    assert changes(ranked(child, homes)) == {
        "accept_type:childrens_home": ("DEMO-H1", "DEMO-H2"),
        "accept_type:residential_school": ("DEMO-H3",),
    }


def test_a_later_start_also_opens_what_an_earlier_one_opens(ranked: Callable[..., Ranking]) -> None:
    homes = ({"beds": [{"available_from": "2026-06-25"}]}, {"beds": [{"available_from": "2026-07-01"}]})
    assert changes(ranked({}, homes)) == {
        "later_start:2026-07-01": ("DEMO-H1", "DEMO-H2"),
        "later_start:2026-06-25": ("DEMO-H1",),
    }


def test_waiting_past_the_oldest_age_opens_nothing(ranked: Callable[..., Ranking]) -> None:
    child = {"date_of_birth": "2012-06-24"}
    home = {"max_age": 13, "beds": [{"available_from": "2026-06-25"}]}
    assert changes(ranked(child, (home,))) == {}
