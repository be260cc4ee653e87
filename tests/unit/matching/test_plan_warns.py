"""What a joint plan must not pass over in silence: nothing proved, records that contradict, who may not stay."""

from __future__ import annotations

import pytest

from matching.plan import plan_list
from matching.verify import verify_plan
from reference_data.vocabulary import SiblingsTogether
from tests.oracles.small_lists import AS_OF, child, home


def planned(referrals, homes, **options):
    plan = plan_list(referrals, homes, as_of=AS_OF, **options)
    assert verify_plan(plan, referrals, homes, as_of=AS_OF) == []
    return plan, {one.child_id: one.home_id for one in plan.assignments}


def one_bed(home_id="H1", **changes):
    return home(home_id, **({"places": 1, "vacancies": 1} | changes))


def test_where_the_placing_is_not_proved_nobody_is_told_that_the_place_is_needed_by_others():
    children = [child(f"C{number}") for number in range(3)]
    homes = [one_bed("H1"), one_bed("H2")]
    cut_short, _ = planned(children, homes, time_limit_seconds=0)
    placing = {stage.aim: stage.proved for stage in cut_short.stages}["planned_placed"]
    reasons = [reason for one in cut_short.unplaced for reason in one.reasons]
    assert any("no place was found in the time allowed" in reason for reason in reasons) is not placing
    assert any("the plan does more" in reason for reason in reasons) is placing
    assert not placing
    proved, _ = planned(children, homes)
    assert "the plan does more" in proved.unplaced[0].reasons[0]


@pytest.mark.parametrize("lives", [None, "H2"])
def test_brothers_and_sisters_who_must_and_must_not_live_together_are_warned_of(lives):
    children = [
        child("A", sibling_group="G", siblings_together=SiblingsTogether.MUST),
        child("B", sibling_group="G", not_with=("A",), current_home_id=lives),
    ]
    plan, where = planned(children, [home("H1"), home("H2")])
    assert where == {}
    assert any("must, and must not, live together" in text for text in plan.evidence["warnings"])
    (why,) = {one.reasons for one in plan.unplaced}
    assert why == (
        "The referrals say that brothers and sisters must, and must not, live together: ask which holds.",
    )
    plan, _ = planned([child("A"), child("B", not_with=("A",))], [home("H1"), home("H2")])
    assert plan.evidence["warnings"] == []
