"""Brothers and sisters who must stay together: room for all or none, and each has to pass every rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matching.findings import Assessment
from matching.rank import Ranking

MUST = {"sibling_group": "DEMO-S", "siblings_together": "must"}
GROUP = {"sibling_group": "DEMO-S"}


def sibling(**changes: Any) -> dict[str, Any]:
    return {"referral_id": "DEMO-R2", "child_id": "DEMO-C2", **GROUP, **changes}


def rules(found: Assessment) -> set[str]:
    return {exclusion.rule for exclusion in found.exclusions}


def test_a_home_has_room_for_all_of_the_group_or_for_none(assessed: Callable[..., Assessment]) -> None:
    assert rules(assessed(MUST, {"vacancies": 2}, (sibling(),))) == set()
    assert rules(assessed(MUST, {"vacancies": 1}, (sibling(),))) == {"place_free"}


def test_one_member_who_says_must_binds_the_whole_group(assessed: Callable[..., Assessment]) -> None:
    says_must = sibling(siblings_together="must")
    assert rules(assessed(GROUP, {"vacancies": 1}, (says_must,))) == {"place_free"}
    assert rules(assessed(GROUP, {"vacancies": 1}, (sibling(),))) == set()


def test_a_child_of_another_group_takes_no_room(assessed: Callable[..., Assessment]) -> None:
    assert rules(assessed(MUST, {"vacancies": 1}, (sibling(sibling_group="DEMO-T"),))) == set()


def test_a_home_must_be_lawful_for_every_member(assessed: Callable[..., Assessment]) -> None:
    found = assessed(MUST, {}, (sibling(date_of_birth="2020-01-01"),))
    assert rules(found) == {"registered_age"}
    assert found.exclusions[0].text.startswith("For a brother or sister who must come too")


def test_an_emergency_of_one_member_is_the_groups_urgency(assessed: Callable[..., Assessment]) -> None:
    found = assessed(MUST, {"accepts_emergency": False}, (sibling(urgency="crisis"),))
    assert "emergency_admission" in rules(found)


def test_each_member_needs_a_bed_on_that_members_own_day(assessed: Callable[..., Assessment]) -> None:
    later = sibling(needed_by="2026-07-01")
    beds = [{"available_from": "2026-06-22"}, {"available_from": "2026-07-01"}]
    assert rules(assessed(MUST, {"beds": beds}, (later,))) == set()
    assert rules(assessed(MUST, {"beds": beds}, (sibling(),))) == {"place_free"}


def test_a_bed_held_for_a_sibling_serves_that_sibling_only(assessed: Callable[..., Assessment]) -> None:
    held = [{"held_for": "DEMO-C2"}, {}]
    assert rules(assessed(MUST, {"beds": held}, (sibling(),))) == set()
    assert rules(assessed(MUST, {"beds": [held[0], held[0]]}, (sibling(),))) == {"place_free"}


def test_four_siblings_may_share_a_foster_home_over_the_usual_limit(
    assessed: Callable[..., Assessment],
) -> None:
    others = tuple(sibling(referral_id=f"DEMO-R{n}", child_id=f"DEMO-C{n}") for n in (2, 3, 4))
    home = {"type": "in_house_foster_carer", "vacancies": 4}
    assert rules(assessed(MUST, home, others)) == set()
    with_stranger = {**home, "places": 5, "residents": [{"child_id": "DEMO-X", "age": 9}]}
    assert rules(assessed(MUST, with_stranger, others)) == {"usual_fostering_limit"}


def test_splitting_the_group_is_named_as_a_change_with_the_homes_it_opens(
    ranked: Callable[..., Ranking],
) -> None:
    answer = ranked(MUST, ({"vacancies": 1}, {"registered": False, "vacancies": 1}), (sibling(),))
    assert answer.options == ()
    split = [change for change in answer.relaxations if change.change == "split_siblings"]
    assert [change.homes_gained for change in split] == [("DEMO-H1",)]
