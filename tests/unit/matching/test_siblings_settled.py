"""Brothers and sisters who are settled somewhere: who joins them is together with them, and they join nobody."""

from __future__ import annotations

import pytest

from matching.policy import default_policy
from matching.rank import rank_homes
from reference_data.vocabulary import SiblingsTogether
from tests.oracles.small_lists import AS_OF, child, home
from tests.unit.matching.small_plans import planned

PREFER = {"sibling_group": "G", "siblings_together": SiblingsTogether.PREFER}
MUST = {"sibling_group": "G", "siblings_together": SiblingsTogether.MUST}
WEIGHT = default_policy().aim("siblings").weight


@pytest.mark.parametrize(("home_id", "units"), [("H1", 1), ("H2", 3), ("H3", 1)])
def test_the_ranking_counts_who_is_settled_somewhere_as_the_plan_does(home_id, units):
    me = child("B", **PREFER)
    kin = [
        child("A", sibling_group="G", current_home_id="H1"),
        child("C", sibling_group="G", current_home_id="H3"),
    ]
    homes = [home("H1"), home("H2"), home("H3", residents=None)]
    options = {one.home_id: one for one in rank_homes(me, homes, as_of=AS_OF, others=kin).options}
    assert options[home_id].penalties["siblings"] == units * WEIGHT
    said = "No brother or sister could be together here" if units == 3 else "Brother or sister already there"
    assert said in options[home_id].reasons
    pins = [{"child_id": "B", "home_id": home_id}]
    plan, _ = planned([me, *kin], homes, pins=pins)
    (stage,) = [stage for stage in plan.stages if stage.aim == "section_22c"]
    assert stage.terms["siblings"] == units * WEIGHT


def test_a_child_who_joins_the_only_brother_where_he_is_settled_is_together_with_all():
    settled = child("A", current_home_id="H1", **MUST)
    (option,) = rank_homes(child("B", **MUST), [home("H1")], as_of=AS_OF, others=[settled]).options
    assert option.penalties["siblings"] == 0
    assert not any("not all" in text for text in option.speaks_against)


def test_brothers_and_sisters_who_wait_too_still_count_where_there_is_room():
    waiting = child("A", **PREFER)
    homes = [home("H1", vacancies=2), home("H2", vacancies=1)]
    options = {
        one.home_id: one
        for one in rank_homes(child("B", **PREFER), homes, as_of=AS_OF, others=[waiting]).options
    }
    assert [options[name].penalties["siblings"] // WEIGHT for name in ("H1", "H2")] == [0, 3]
