"""For a child who waits alone the ranking and the joint plan count every aim alike, home by home.

They add the aims up in different places: the ranking asks for whom there would be room, the plan knows who moves.
Where everybody else on the list is settled both have to come to the same, brothers, sisters and company included.
"""

from __future__ import annotations

import random
from dataclasses import replace

from matching.plan import plan_list
from matching.rank import rank_homes
from reference_data.vocabulary import Alongside, RiskLevel, SiblingsTogether
from tests.oracles.small_lists import AS_OF, random_list


def with_everybody_else_settled(referrals, homes, rng):
    """Return the first child, who waits and whom nobody must stay with, and the others, each settled in some home."""
    me = replace(referrals[0], current_home_id=None, siblings_together=SiblingsTogether.PREFER)
    others = [
        replace(
            one,
            current_home_id=rng.choice(homes).home_id,
            move_reason=None,
            siblings_together=SiblingsTogether.PREFER if one.sibling_group else None,
            alongside=rng.choice([None, None, *Alongside]),
            risks={"physical_harm": RiskLevel.HIGH} if rng.random() < 0.2 else {},
        )
        for one in referrals[1:]
    ]
    return me, others


def test_each_home_counts_the_same_in_the_ranking_and_in_a_plan_that_has_to_use_it():
    rng = random.Random(1)
    compared = kin_there = to_ask = 0
    for _ in range(22):
        referrals, homes, _ = random_list(rng)
        homes = [replace(one, residents=rng.choice([one.residents, None])) for one in homes]
        me, others = with_everybody_else_settled(referrals, homes, rng)
        for option, key in rank_homes(me, homes, as_of=AS_OF, others=others).lawful:
            pins = [{"child_id": me.child_id, "home_id": option.home_id}]
            plan = plan_list([me, *others], homes, as_of=AS_OF, pins=pins)
            assert plan.status == "OPTIMAL", (me, others, homes, option.home_id)
            counted = {name: value for stage in plan.stages for name, value in stage.terms.items()}
            assert counted == option.penalties, (me, others, homes, option.home_id)
            assert {stage.aim: stage.value for stage in plan.stages}["unknown_facts"] == key[0]
            compared += 1
            kin_there += option.penalties["siblings"] == 10
            to_ask += key[0] == 1
    assert compared > 15
    assert kin_there
    assert to_ask
