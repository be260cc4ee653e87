"""A bed that a plan says is free while a child may wait is one the child could have beside all who are planned.

The child is asked for again with the later start, and everybody else kept where the plan has them.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from matching.home import Bed
from matching.plan import plan_list
from reference_data.vocabulary import Urgency
from tests.oracles.small_lists import AS_OF, random_list

LATER = AS_OF + timedelta(days=6)
TOLD = f"is free from {LATER.day} {LATER:%B %Y}, within the 9 days"


def with_a_bed_later(home, rng):
    """Return a home with beds free now and one free later, and often with no more places than residents and beds now."""
    now = rng.randint(1, 2)
    places = len(home.residents) + now + rng.choice([0, 1])
    return replace(home, beds=(*[Bed()] * now, Bed(available_from=LATER)), places=places)


def test_a_bed_is_told_to_be_free_while_a_child_may_wait_exactly_where_it_can_be_had():
    rng = random.Random(5)
    told = refused = 0
    for _ in range(6):
        referrals, homes, _ = random_list(rng, children=6, homes=2)
        homes = [with_a_bed_later(one, rng) for one in homes]
        referrals = [
            replace(one, may_wait_days=9, urgency=Urgency.PLANNED, sibling_group=None, siblings_together=None)
            for one in referrals
        ]
        plan = plan_list(referrals, homes, as_of=AS_OF, time_limit_seconds=1)
        kept = [(one.child_id, one.home_id) for one in plan.assignments]
        for left in plan.unplaced:
            me = next(one for one in referrals if one.child_id == left.child_id)
            later = [replace(me, needed_by=LATER), *(one for one in referrals if one is not me)]
            for home in homes:
                again = plan_list(later, [home], as_of=AS_OF, time_limit_seconds=1)
                above_floor = (me.child_id, home.home_id) in again.eligible_pairs
                pins = [*kept, (me.child_id, home.home_id)]
                holds = (
                    plan_list(later, homes, as_of=AS_OF, pins=pins, time_limit_seconds=1).status == "OPTIMAL"
                )
                said = any(f"A place at {home.home_id} {TOLD}" in reason for reason in left.reasons)
                assert said == (above_floor and holds), (referrals, homes, left, home.home_id)
                told += said
                refused += above_floor and not holds
    assert told
    assert refused
