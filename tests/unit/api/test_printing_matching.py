"""What the terminal says of a ranking and of a joint plan: short first, everything with verbose."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from api.printing import print_watch
from api.printing_matching import print_plan, print_ranking
from matching import plan_list, rank_homes
from matching.files import read_homes, read_referrals
from matching.staying import STAYS_PUT
from reference_data.sample import SAMPLE_DATE, sample_path


@pytest.fixture(scope="module")
def ranking() -> dict[str, Any]:
    referrals, _ = read_referrals(sample_path("referrals"))
    homes, _ = read_homes(sample_path("homes"))
    return rank_homes(referrals[0], homes, as_of=SAMPLE_DATE, others=referrals[1:]).as_dict()


@pytest.fixture(scope="module")
def plan() -> dict[str, Any]:
    referrals, _ = read_referrals(sample_path("referrals"))
    homes, _ = read_homes(sample_path("homes"))
    return plan_list(referrals, homes, as_of=SAMPLE_DATE).as_dict()


def printed(how: Any, answer: dict[str, Any], **options: Any) -> str:
    console = Console(file=io.StringIO(), width=1000)
    how(console, answer, **options)
    return " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]


def test_a_short_ranking_tells_all_that_speaks_against_and_some_of_what_speaks_for(ranking) -> None:
    said = printed(print_ranking, ranking, shown=4)
    for option in ranking["options"][:4]:
        assert option["home_id"] in said
        for reason in option["against"]:
            assert f"- {reason}" in said
        for gap in option["gaps"]:
            assert gap["support"] in said
        for question in option["questions"]:
            assert question["text"] in said
    left_out = ranking["options"][0]["for"][3:]
    assert left_out
    assert f"+ and {len(left_out)} more" in said
    assert not any(reason in said for reason in left_out if reason not in str(ranking["options"][1:]))


def test_options_not_shown_are_counted_once_where_the_answer_itself_holds_only_the_first(ranking) -> None:
    first = ranking["options"][:1]
    limited = ranking | {"options": first * 2, "options_not_shown": 31}
    assert "... and 31 more options." in printed(print_ranking, limited)
    limited = ranking | {"options": first * 8, "options_not_shown": 31}
    assert "... and 34 more options." in printed(print_ranking, limited, shown=5)


def test_a_verbose_ranking_tells_each_penalty_with_its_source_every_rule_and_every_home_gained(
    ranking,
) -> None:
    short, said = printed(print_ranking, ranking), printed(print_ranking, ranking, verbose=True)
    sources = {aim["aim"]: aim["source"] for aim in ranking["aims"]}
    for option in ranking["options"][:5]:
        for text in (*option["for"], *option["reasons"]):
            assert text in said
        for term in option["terms"]:
            assert sources[term["aim"]] in said
    assert "professional judgement" not in short
    for change in ranking["relaxations"]:
        assert f"Would open {', '.join(change['homes_gained'])}: {change['text']}" in said


def test_homes_that_a_moved_weight_would_swap_are_to_be_read_as_equals_in_the_terminal_too(ranking) -> None:
    swapped = {"moved_by_percent": 25, "first": ["A", "B"], "changes": []}
    change = {"aim": "pets", "direction": "up", "weight": 4, "weight_then": 5.0, "first_then": ["B", "A"]}
    assert "No single weight" in printed(print_ranking, ranking | {"sensitivity": swapped})
    said = printed(print_ranking, ranking | {"sensitivity": swapped | {"changes": [change]}})
    assert "If pets weighed a quarter more, B would come before A: read them as equals." in said


def test_an_answer_without_options_says_so_and_still_says_what_excludes(ranking) -> None:
    nothing = ranking | {"options": [], "sensitivity": {"first": [], "changes": []}}
    said = printed(print_ranking, nothing)
    assert "No home is an option today." in said
    assert f"{len(ranking['excluded'])} homes are excluded" in said


def test_a_short_plan_says_who_competes_and_what_other_plans_give_up(plan) -> None:
    said = printed(print_plan, plan, shown=3)
    assert plan["alternatives"]
    for rival in plan["alternatives"]:
        assert rival["difference"] in said
        assert all(given in said for given in rival["gives_up"])
    for row in plan["unplaced"]:
        assert row["child_id"] in said
        assert all(child in said for child in row["competing"])
    assert f"... and {len(plan['assignments']) - 3} more placed." in said


def test_a_plan_says_first_how_many_settled_children_may_not_stay_or_need_a_move_at_once(plan) -> None:
    assert "needs a review now" not in printed(print_plan, plan)
    shut = {"child_id": "X1", "home_id": "HX", "reasons": [], "may_not_go_on": ["Closed."], "urgency": None}
    urgent = {"child_id": "X2", "home_id": "HY", "reasons": [], "may_not_go_on": [], "urgency": "crisis"}
    said = printed(print_plan, plan | {"staying": [shut, urgent]})
    assert (
        " not, 2 settled children stay where they may not live, or need a move at once; "
        in said.splitlines()[0]
    )
    assert "HX and needs a review now: X1. May not go on living there: Closed." in said
    assert "HY and needs a review now: X2. Recorded as crisis." in said


def test_a_verbose_plan_says_why_not_the_first_choice_what_it_costs_and_how_each_aim_is_proved(plan) -> None:
    short, said = printed(print_plan, plan), printed(print_plan, plan, verbose=True)
    for row in plan["assignments"]:
        assert row["why_not_first_choice"] in said
        assert row["cost_to_others"] in said
    assert "By counting" in said
    assert "By counting" not in short


def spell(child: str, ended_on: str | None) -> dict[str, Any]:
    rule = {
        "rule": "over_14_nights",
        "outcome": "RAISED",
        "text": f"rule of {child}",
        "due_on": None,
        "instrument": "policy",
    }
    return {
        "child_id": child,
        "started_on": "2018-04-01",
        "ended_on": ended_on,
        "nights": 20,
        "outcome": "RAISED",
        "rules": [rule],
    }


def test_the_watch_prints_who_is_there_now_then_what_ended_lately_and_counts_the_rest() -> None:
    done = {**spell("DONE", "2026-06-05"), "rules": []}
    spells = [spell("OLD", "2018-05-02"), spell("LATELY", "2026-06-05"), done, spell("NOW", None)]
    answer = {"as_of": "2026-06-15", "spells": spells, "evidence": {"warnings": []}}
    said = printed(print_watch, answer)
    places = [
        said.index(text)
        for text in ("NOW:", "Ended in the last 14 days", "LATELY:", "2 other spells have ended")
    ]
    assert places == sorted(places)
    assert "rule of LATELY" in said
    assert "OLD" not in said
    assert "DONE" not in said


def test_pins_that_contradict_each_other_are_named_and_nothing_is_said_to_be_proved() -> None:
    referrals, _ = read_referrals(sample_path("referrals"))
    homes, _ = read_homes(sample_path("homes"))
    child, home = next(iter(plan_list(referrals, homes, as_of=SAMPLE_DATE).eligible_pairs))
    pins = [
        {"child_id": child, "home_id": home, "ban": False},
        {"child_id": child, "home_id": home, "ban": True},
    ]
    answer = plan_list(referrals, homes, as_of=SAMPLE_DATE, pins=pins).as_dict()
    said = printed(print_plan, answer)
    (because,) = answer["infeasible_because"]
    assert f"Cannot hold: {because}" in said
    assert said.count(because) == 1
    assert "no aim was proved" in said
    assert "proved best" not in said
    assert "Not placed" not in said


def test_a_plan_says_how_much_is_to_be_asked_and_what_is_coming_to_a_settled_child(plan) -> None:
    (row,) = [one for one in plan["assignments"] if one["child_id"] == "DEMO-C01"]
    asked = {
        **row,
        "reasons": ["In Plymouth", "Meets all five needs", "To be asked: who lives there", "To be asked: x"],
    }
    settled = {"home_id": "DEMO-H1", "child_id": "DEMO-X", "urgency": "planned", "may_not_go_on": []}
    told = {"reasons": [STAYS_PUT, "The home is to close on 20 July 2026."], **settled}
    said = printed(
        print_plan, {**plan, "assignments": [asked], "staying": [told, {**told, "reasons": [STAYS_PUT]}]}
    )
    assert "2 questions to ask first." in said
    assert "Stays at DEMO-H1: DEMO-X. The home is to close on 20 July 2026. Stays at DEMO-H1: DEMO-X." in said
    assert "to ask first" not in printed(
        print_plan, {**plan, "assignments": [{**asked, "reasons": ["In Plymouth"]}]}
    )
