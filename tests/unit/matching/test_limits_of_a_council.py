"""The table ``[limits]`` of a policy: limits of law made stricter hold in ranking, in plans and in their checker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from matching.findings import Assessment
from matching.plan import plan_list
from matching.policy import default_policy, policy_from_text
from matching.rank import Ranking
from matching.verify import verify_plan
from reference_data.problems import InvalidInput
from tests.oracles.small_lists import AS_OF, child, home


def test_the_default_policy_leaves_every_limit_as_the_law_has_it() -> None:
    assert default_policy().limits == {}
    assert default_policy().emergency.limits == {}


def test_the_limits_are_part_of_the_policy_and_of_its_version() -> None:
    policy = policy_from_text("[limits]\nplacement_notice = 2\ntemporary_approval = 12")
    assert policy.limits == {"placement_notice": 2, "temporary_approval": 12}
    assert policy.emergency.limits == policy.limits
    assert policy.version != default_policy().version


@pytest.mark.parametrize(
    "text",
    [
        "[limits]\nusual_fostering_limit = 4",
        "[limits]\nunder_16_other_arrangements = 15",
        "[limits]\nover_14_nights = 10",
        "[limits]\nplacement_notice = true",
        "[limits]\nplacement_notice = '2'",
        "limits = 3",
    ],
)
def test_a_looser_or_unknown_limit_is_an_error(text: str) -> None:
    with pytest.raises(InvalidInput):
        policy_from_text(text)


SIXTEEN = {"date_of_birth": "2010-01-10", "support_or_care": "support"}
SUPPORTED = {"type": "supported_accommodation", "min_age": 16, "max_age": 17}


def test_a_council_may_use_supported_accommodation_from_seventeen_only(
    assessed: Callable[..., Assessment],
) -> None:
    assert "lawful_age" not in [one.rule for one in assessed(SIXTEEN, SUPPORTED).exclusions]
    stricter = assessed(SIXTEEN, SUPPORTED, policy="[limits]\nunder_16_other_arrangements = 17")
    (found,) = (one for one in stricter.exclusions if one.rule == "lawful_age")
    assert found.instrument == "The council's policy"
    assert "from the age of 17 only" in found.text


def test_a_council_may_have_fewer_children_in_a_foster_home(assessed: Callable[..., Assessment]) -> None:
    residents = [{"child_id": f"DEMO-R{number}", "sibling_group": "DEMO-OTHER"} for number in (1, 2)]
    foster = {"type": "in_house_foster_carer", "places": 5, "vacancies": 3, "residents": residents}
    assert "usual_fostering_limit" not in [one.rule for one in assessed({}, foster).exclusions]
    stricter = assessed({}, foster, policy="[limits]\nusual_fostering_limit = 2")
    (found,) = (one for one in stricter.exclusions if one.rule == "usual_fostering_limit")
    assert "limit is two" in found.text
    assert found.instrument == "The council's policy"
    fuller = {**foster, "residents": [*residents, {"child_id": "DEMO-R3", "sibling_group": "DEMO-OTHER"}]}
    beyond_the_law = assessed({}, fuller, policy="[limits]\nusual_fostering_limit = 2")
    (found,) = (one for one in beyond_the_law.exclusions if one.rule == "usual_fostering_limit")
    assert found.instrument == "Children Act 1989, Schedule 7"


def test_a_council_may_ask_for_notice_sooner(ranked: Callable[..., Ranking]) -> None:
    def due(policy: str) -> dict[str, date]:
        child = {"urgency": "emergency", "needed_by": "2026-06-15"}
        (option,) = ranked(child, ({"accepts_emergency": True},), policy=policy).options
        return {approval.code: approval.due_on for approval in option.approvals}

    assert due("")["notification"] == due("")["placement_plan"] == date(2026, 6, 22)
    sooner = due("[limits]\nplacement_notice = 2")
    assert (sooner["notification"], sooner["placement_plan"]) == (date(2026, 6, 17), date(2026, 6, 22))


def test_a_plan_and_its_checker_keep_to_the_councils_own_limit() -> None:
    children = [child(name, sibling_group=None) for name in ("A", "B", "C")]
    house = home("H1", places=3, vacancies=3, residents=())
    two = replace(default_policy(), limits={"usual_fostering_limit": 2})
    for policy, placed in ((default_policy(), 3), (two, 2)):
        plan = plan_list(children, [house], as_of=AS_OF, policy=policy)
        assert len(plan.assignments) == placed
        assert verify_plan(plan, children, [house], as_of=AS_OF, policy=policy) == []
    by_law = plan_list(children, [house], as_of=AS_OF)
    wrong = verify_plan(by_law, children, [house], as_of=AS_OF, policy=two)
    assert "usual_fostering_limit" in [violation.rule for violation in wrong]
