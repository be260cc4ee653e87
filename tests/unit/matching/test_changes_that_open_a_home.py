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
        ({"suitability": {"residential": "unsuitable"}}, {}, "reconsider_suitability:residential"),
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
        ({"urgency": "crisis"}, {"accepts_emergency": False}, "admission_at_once"),
        (
            {"risks": {"fire_setting": "high"}},
            {"will_not_take": ["fire_setting"]},
            "written_exclusion_withdrawn",
        ),
        ({"avoid": [{"postcode": "EX4 3LS", "miles": 60}]}, {}, "shorter_radius:35"),
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


@pytest.mark.parametrize(
    ("child", "told"),
    [
        ({"urgency": None, "needed_by": "2026-06-17"}, False),
        ({"urgency": None, "needed_by": "2026-06-18"}, True),
        ({"urgency": "emergency"}, False),
        ({"urgency": "planned", "needed_by": "2026-06-18"}, True),
    ],
)
def test_waiting_is_no_answer_for_a_child_who_needs_a_bed_at_once(
    ranked: Callable[..., Ranking], child: dict[str, Any], told: bool
) -> None:
    answer = changes(ranked(child, ({"beds": [{"available_from": "2026-07-01"}]},)))
    assert ("later_start:2026-07-01" in answer) is told


def test_waiting_past_the_oldest_age_opens_nothing(ranked: Callable[..., Ranking]) -> None:
    child = {"date_of_birth": "2012-06-24"}
    home = {"max_age": 13, "beds": [{"available_from": "2026-06-25"}]}
    assert changes(ranked(child, (home,))) == {}


def test_where_one_change_is_not_enough_the_smallest_set_is_named(ranked: Callable[..., Ranking]) -> None:
    child = {"acceptable_types": ["agency_foster_carer"], "requires": ["waking_night_staff"]}
    answer = ranked(
        child, ({}, {"beds": [{"available_from": "2026-06-25"}], "features": ["waking_night_staff"]})
    )
    assert answer.options == ()
    assert [(one.changes, one.homes_gained) for one in answer.relaxations] == [
        (("accept_type:childrens_home", "staffing:waking_night_staff"), ("DEMO-H1",)),
        (("later_start:2026-06-25", "accept_type:childrens_home"), ("DEMO-H2",)),
    ]
    assert all(one.text.startswith("Both are needed.") for one in answer.relaxations)
    assert (
        answer.as_dict()["relaxations"][0]["change"]
        == "accept_type:childrens_home+staffing:waking_night_staff"
    )


def test_one_change_that_is_enough_comes_first_and_larger_sets_with_it_are_not_named(
    ranked: Callable[..., Ranking],
) -> None:
    child = {"acceptable_types": ["agency_foster_carer"], "requires": ["waking_night_staff"]}
    answer = ranked(child, ({}, {}, {"features": ["waking_night_staff"]}))
    assert list(changes(answer)) == [
        "accept_type:childrens_home",
        "accept_type:childrens_home+staffing:waking_night_staff",
    ]
    assert changes(answer)["accept_type:childrens_home"] == ("DEMO-H3",)


def test_two_kinds_marked_unsuitable_are_two_changes(ranked: Callable[..., Ranking]) -> None:
    child = {"suitability": {"residential": "unsuitable", "fostering": "unsuitable"}}
    assert changes(ranked(child, ({}, {"type": "in_house_foster_carer"}))) == {
        "reconsider_suitability:fostering": ("DEMO-H2",),
        "reconsider_suitability:residential": ("DEMO-H1",),
    }


def test_no_home_is_named_that_would_take_four_changes(ranked: Callable[..., Ranking]) -> None:
    child = {
        "acceptable_types": ["agency_foster_carer"],
        "suitability": {"residential": "unsuitable"},
        "requires": ["waking_night_staff"],
    }
    statement = {"limit_source": "statement", "sexes": "M"}
    assert changes(ranked(child, (statement,))) == {}
    assert len(ranked(child, ({},)).relaxations[0].changes) == 3


def test_who_may_shorten_a_radius_is_said_and_that_danger_sets_it(ranked: Callable[..., Ranking]) -> None:
    near, far = (
        {"avoid": [{"postcode": "EX4 3LS", "miles": 80}]},
        {"avoid": [{"postcode": "EX4 3LS", "miles": 40}]},
    )
    assert changes(ranked(near, ({},))) == {}
    (change,) = ranked(far, ({},)).relaxations
    assert "never shortened to find a bed" in change.text


def test_four_brothers_and_sisters_may_find_a_home_for_two_together(ranked: Callable[..., Ranking]) -> None:
    family = {"sibling_group": "DEMO-S", "siblings_together": "must"}
    others = tuple({"child_id": f"DEMO-C{n}", "referral_id": f"DEMO-R{n}", **family} for n in (2, 3, 4))
    answer = ranked(family, ({"places": 2, "vacancies": 2}, {"places": 1, "vacancies": 1}), others)
    assert answer.options == ()
    assert changes(answer) == {
        "split_siblings": ("DEMO-H1", "DEMO-H2"),
        "split_siblings:with:DEMO-C2": ("DEMO-H1",),
        "split_siblings:with:DEMO-C3": ("DEMO-H1",),
        "split_siblings:with:DEMO-C4": ("DEMO-H1",),
    }
    (one,) = [one for one in answer.relaxations if one.change.endswith("DEMO-C2")]
    assert "with DEMO-C2 and apart from DEMO-C3 and DEMO-C4" in one.text


def test_an_exemption_names_each_brother_and_sister_and_the_limit_of_the_council(
    ranked: Callable[..., Ranking],
) -> None:
    three = [{"child_id": f"DEMO-X{number}", "age": 9, "sex": "F", "authority": "879"} for number in range(2)]
    carer = {"type": "in_house_foster_carer", "places": 6, "residents": three}
    kin = {"sibling_group": "DEMO-G", "siblings_together": "must"}
    sister = {"referral_id": "DEMO-R2", "child_id": "DEMO-C2", **kin}
    (found,) = [
        change.text
        for change in ranked(
            kin, (carer,), (sister,), policy="[limits]\nusual_fostering_limit = 2"
        ).relaxations
        if change.change.startswith("fostering_exemption")
    ]
    assert "usual fostering limit of two that names each of the 2 brothers and sisters" in found
