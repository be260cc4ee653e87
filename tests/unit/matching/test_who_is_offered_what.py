"""The equality report counts what each group is offered, and overrides are counted."""

from __future__ import annotations

from collections.abc import Callable

from matching.decisions import Decision, overrides_of_the_first
from matching.equality import GroupOffered, equality_report
from matching.home import Home
from matching.referral import Referral
from tests.examples.rules_of_eligibility import AS_OF


def groups(found: tuple[GroupOffered, ...]) -> dict[tuple[str, str], GroupOffered]:
    return {(one.characteristic, one.group): one for one in found}


def test_options_are_counted_by_sex_ethnicity_and_disability(
    a_child: Callable[..., Referral], a_home: Callable[..., Home]
) -> None:
    children = [
        a_child(child_id="DEMO-A", sex="F"),
        a_child(child_id="DEMO-B", sex="M"),
        a_child(child_id="DEMO-C", sex="M", requires=["step_free"]),
        a_child(child_id="DEMO-D", sex="M", requires=["hoist"]),
    ]
    far = {"postcode": "EX4 3LS", "authority": "878"}
    homes = [
        a_home(home_id="DEMO-H1", sexes="F"),
        a_home(home_id="DEMO-H2", type="in_house_foster_carer", **far),
        a_home(home_id="DEMO-H3", registered=None, **far),
    ]
    found = groups(
        equality_report(
            children, homes, as_of=AS_OF, characteristics={"DEMO-A": {"ethnicity": "WBRI"}}
        ).groups
    )
    girls, boys = found["sex", "F"], found["sex", "M"]
    assert (girls.children, girls.options_median, girls.first_kinds) == (1, 3.0, {"residential": 1})
    assert (boys.children, boys.options_median, boys.without_option) == (3, 2.0, 1)
    assert (boys.first_far, boys.first_miles_median, boys.first_kinds) == (2, 36.9, {"fostering": 2})
    assert found["ethnicity", "WBRI"].children == 1
    assert found["ethnicity", "not recorded"].children == 3
    assert found["disability", "access or communication need"].children == 2
    assert girls.as_dict()["first_kinds"] == {"residential": 1}


def test_choices_of_another_home_are_counted_and_those_without_a_reason_named() -> None:
    found = overrides_of_the_first(
        [
            Decision(child_id="DEMO-C", first_ranked="DEMO-H1", decided="DEMO-H2", reason=" "),
            Decision(child_id="DEMO-A", first_ranked="DEMO-H1", decided="DEMO-H1"),
            Decision(
                child_id="DEMO-B",
                first_ranked="DEMO-H1",
                decided="DEMO-H2",
                reason="The child knows the carer.",
            ),
            Decision(child_id="DEMO-D", first_ranked=None, decided=None),
        ]
    )
    assert found.as_dict() == {
        "decisions": 4,
        "first_chosen": 1,
        "another_chosen": 2,
        "none_chosen": 1,
        "without_reason": ["DEMO-C"],
    }
