"""What speaks for and against an option, its gaps with support, its terms, and options of other kinds."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from matching.aims import AIMS
from matching.policy import default_policy
from matching.rank import Ranking
from matching.terms import MEASURES, measures
from tests.examples.rules_of_eligibility import CHILD

FAR = {"postcode": "EX4 3LS", "authority": "878"}
CARER = {"type": "in_house_foster_carer"}
START = date.fromisoformat(CHILD["needed_by"])


def order(answer: Ranking) -> list[str]:
    return [option.home_id for option in answer.options]


def test_every_aim_says_what_a_unit_is_and_where_it_comes_from() -> None:
    assert MEASURES.keys() == AIMS.keys()
    for aim in measures(default_policy()):
        assert aim["unit"]
        assert (
            aim["source"] == "professional judgement" or "Act 1989" in aim["source"] or "20" in aim["source"]
        )


def test_penalties_are_units_times_weight_and_whole_numbers(ranked: Callable[..., Ranking]) -> None:
    option = ranked({"prefers": {"school_postcode": "EX4 3LS"}}, (FAR,)).options[0]
    weights = {aim.name: aim.weight for aim in default_policy().aims}
    for term in option.terms:
        assert isinstance(term.penalty, int)
        assert term.penalty == option.penalties[term.aim] == term.units * weights[term.aim]


def test_units_are_told_of_an_aim_that_the_council_gave_no_weight(ranked: Callable[..., Ranking]) -> None:
    (option,) = ranked({}, (FAR,), policy="[aims.area]\nweight = 0").options
    (area,) = [term for term in option.terms if term.aim == "area"]
    assert (area.units, area.penalty) == (1, 0)


@pytest.mark.parametrize(
    ("child", "home", "side", "text"),
    [
        ({}, {}, "for", "In the responsible authority's own area"),
        ({}, FAR, "against", "Outside the area: in Devon, an adjoining authority"),
        (
            {},
            {"postcode": "TQ1 3DR", "authority": "880"},
            "against",
            "Outside the area and at a distance: Torbay is not an adjoining authority",
        ),
        ({}, {}, "for", "less than 0.1 miles from the child's home in a straight line"),
        ({}, {}, "for", "Says it can meet the need in all five domains"),
        (
            {"needs": {"behaviour": 70, "emotional": 40, "relationships": 40, "risk": 40, "indicators": 40}},
            {},
            "against",
            "The need is beyond what the home says it can meet: behaviour by 10 points",
        ),
        (
            {"prefers": {"language": ["Sorani"]}},
            {},
            "against",
            "It has not said whether it meets what is recorded about language",
        ),
        (
            {"prefers": {"language": ["Sorani"]}},
            {"offers": {"languages": ["English", "Sorani"]}},
            "for",
            "Meets what is recorded about language",
        ),
        ({}, {"weekly_fee_pounds": None}, "against", "The fee is not recorded, so it is counted as dear"),
        (
            {"max_weekly_fee_pounds": 3999},
            {},
            "against",
            "The fee is above the limit of the referral and needs an approval",
        ),
        (
            {},
            {"max_stay_days": 30},
            "against",
            "The stay may end early: its longest stay is shorter than the stay expected. 70 of the 100 nights expected "
            "would be lost",
        ),
        ({"requires": ["step_free"]}, {}, "for", "States that it has what the child needs: step-free access"),
    ],
)
def test_what_speaks_for_and_against_is_said(
    ranked: Callable[..., Ranking], child: dict[str, Any], home: dict[str, Any], side: str, text: str
) -> None:
    assert text in ranked(child, (home,)).as_dict()["options"][0][side]


def test_nothing_is_on_both_sides_and_no_postcode_is_in_any_sentence(ranked: Callable[..., Ranking]) -> None:
    option = ranked({"prefers": {"school_postcode": "EX4 3LS"}}, (FAR, {})).as_dict()["options"][0]
    assert not set(option["for"]) & set(option["against"])
    said = json.dumps([option[name] for name in ("for", "against", "gaps", "terms")])
    assert "EX4" not in said
    assert "PL1" not in said


def test_each_gap_comes_with_the_support_that_would_close_it(ranked: Callable[..., Ranking]) -> None:
    needs = {"behaviour": 70, "emotional": 85, "relationships": 40, "risk": 40, "indicators": 40}
    can_meet = {"behaviour": 60, "emotional": 60, "relationships": 60, "risk": 60}
    (option,) = ranked({"needs": needs}, ({**CARER, "can_meet": can_meet},)).options
    assert [(gap.domain, gap.points) for gap in option.gaps] == [
        ("emotional", 25),
        ("behaviour", 10),
        ("indicators", None),
    ]
    assert all(gap.support and "standard 15" in gap.source for gap in option.gaps)


def test_a_need_that_nobody_scored_is_no_gap_of_the_home(ranked: Callable[..., Ranking]) -> None:
    assert ranked({"needs": {"behaviour": 40}}, ({},)).options[0].gaps == ()


def test_the_best_of_each_other_kind_is_shown_with_what_it_gives_up(ranked: Callable[..., Ranking]) -> None:
    answer = ranked({}, ({}, {**CARER, **FAR}, {**CARER, **FAR, "weekly_fee_pounds": 9000}))
    (other,) = answer.as_dict()["alternatives_in_kind"]
    assert (other["kind"], other["home_id"], other["rank"]) == ("fostering", "DEMO-H2", 2)
    assert other["gives_up"][0] == (
        "Outside the area: in Devon, an adjoining authority (the first option: in the responsible authority's own area)"
    )


def test_options_of_one_kind_have_no_alternative_in_kind(ranked: Callable[..., Ranking]) -> None:
    assert ranked({}, ({}, {})).alternatives_in_kind == ()
    assert ranked({}, ()).alternatives_in_kind == ()


def test_sensitivity_is_about_the_first_three_whatever_the_limit(ranked: Callable[..., Ranking]) -> None:
    homes = tuple({"weekly_fee_pounds": fee} for fee in (100, 200, 300, 400))
    answer = ranked({}, homes, limit=1).as_dict()
    assert answer["sensitivity"] == {
        "moved_by_percent": 25,
        "first": ["DEMO-H1", "DEMO-H2", "DEMO-H3"],
        "changes": [],
    }
    assert ranked({}, ()).as_dict()["sensitivity"]["first"] == []


def test_a_weight_on_which_the_first_three_hang_is_named(ranked: Callable[..., Ranking]) -> None:
    # Five steps of miles at 5 points against two units of area at 10: a quarter less for the miles turns it round.
    in_area_but_far = {"postcode": "TQ1 3DR", "authority": "879"}
    near_but_outside = {"postcode": "PL1 3BJ", "authority": "880"}
    answer = ranked({}, (in_area_but_far, near_but_outside))
    assert order(answer) == ["DEMO-H2", "DEMO-H1"]
    assert [(one.aim, one.direction, one.first_then) for one in answer.sensitivity] == [
        ("near_home", "down", ("DEMO-H1", "DEMO-H2"))
    ]


def test_a_child_who_must_keep_away_from_home_is_not_drawn_towards_it(ranked: Callable[..., Ranking]) -> None:
    away = {"avoid": [{"postcode": "PL1 3BJ", "miles": 20}]}
    answer = ranked(away, ({}, FAR, {"postcode": "TQ1 3DR", "authority": "878"}))
    assert [home.home_id for home in answer.excluded] == ["DEMO-H1"]
    for option in answer.options:
        assert option.penalties["near_home"] == 0
        assert not any("child's home" in text for text in (*option.speaks_for, *option.speaks_against))


CRISIS_BED = {"type": "crisis_accommodation", "min_age": 16, "max_stay_days": 28}
IN_CRISIS = {"urgency": "crisis", "needed_by": "2026-06-15", "date_of_birth": "2009-06-01"}


def test_a_bed_for_four_weeks_says_so_and_comes_after_one_without_a_limit(
    ranked: Callable[..., Ranking],
) -> None:
    far = {"type": "supported_accommodation", "postcode": "EX4 3LS", "authority": "878"}
    answer = ranked({**IN_CRISIS, "expected_stay_days": None}, (CRISIS_BED, far))
    assert [option.home_id for option in answer.options] == ["DEMO-H2", "DEMO-H1"]
    flags = answer.options[1].flags
    assert "28 days at most; plan the onward home by day 14" in flags
    assert any("how long the stay will be is not recorded" in flag for flag in flags)
    assert not any("at most" in flag for flag in answer.options[0].flags)
    short = ranked({**IN_CRISIS, "expected_stay_days": 20}, (CRISIS_BED,)).options[0]
    assert short.penalties["stability"] == 0
    assert "28 days at most; plan the onward home by day 14" in short.flags


def test_without_a_birth_date_a_bed_lawful_from_sixteen_only_comes_last(
    ranked: Callable[..., Ranking],
) -> None:
    child = {**IN_CRISIS, "date_of_birth": None}
    answer = ranked(
        child, ({**CRISIS_BED, "max_stay_days": None}, {"postcode": "EX4 3LS", "authority": "878"})
    )
    assert [option.home_id for option in answer.options] == ["DEMO-H2", "DEMO-H1"]


def test_a_gap_says_when_and_by_whom_it_was_scored_and_where_the_homes_ability_comes_from(
    ranked: Callable[..., Ranking],
) -> None:
    needs = {"behaviour": 70, "emotional": 40, "relationships": 40, "risk": 40, "indicators": 40}
    child = {"needs": needs, "needs_assessed_on": "2026-06-01", "needs_source": "BERRI"}
    answer = ranked(child, ({"can_meet_source": "Agency profile, May 2026"}, {}))
    known, not_known = sorted(answer.options, key=lambda option: option.home_id)
    said = (
        "These points are raters' numbers: scored on 1 June 2026, source: BERRI; what the home can meet, source: "
        "Agency profile, May 2026"
    )
    assert said in known.reasons
    (gap,) = [one.as_dict() for one in known.gaps]
    assert (gap["scored_on"], gap["needs_source"]) == ("2026-06-01", "BERRI")
    assert gap["can_meet_source"] == "Agency profile, May 2026"
    assert any(text.endswith("where that comes from is not recorded") for text in not_known.reasons)
    assert not any("raters' numbers" in text for text in ranked({}, ({},)).options[0].reasons)


def test_a_gap_so_wide_that_it_excludes_says_the_same(ranked: Callable[..., Ranking]) -> None:
    needs = {"behaviour": 95, "emotional": 40, "relationships": 40, "risk": 40, "indicators": 40}
    (home,) = ranked({"needs": needs, "needs_assessed_on": None}, ({},)).excluded
    (reason,) = home.reasons
    assert reason.text == (
        "The need is beyond what the home says it can meet in behaviour (95 against 60). Scored on a day that is not "
        "recorded, by whom is not recorded; what the home can meet, where that comes from is not recorded."
    )


def test_a_home_that_closes_during_the_stay_says_the_day_against_it_and_what_to_take_care_of(
    ranked: Callable[..., Ranking],
) -> None:
    closes = START + timedelta(days=5)
    told = f"on {closes.day} {closes:%B %Y}"
    (option,) = ranked({"expected_stay_days": 365}, ({"closes_on": closes.isoformat()},)).options
    assert any("to close" in reason and told in reason for reason in option.speaks_against)
    assert any("is to close" in flag and told in flag and "onward home" in flag for flag in option.flags)


def test_a_restriction_notice_that_starts_later_is_told_with_its_day_and_what_to_ask(
    ranked: Callable[..., Ranking],
) -> None:
    served = START + timedelta(days=1)
    (option,) = ranked({}, ({"restriction_notice_from": served.isoformat()},)).options
    (flag,) = [flag for flag in option.flags if "notice restricting" in flag]
    assert f"starts on {served.day} {served:%B %Y}" in flag
    assert "ask the provider" in flag
