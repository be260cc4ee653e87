"""What tests of the joint plan share: a home with one bed, and a plan that the checker has looked at."""

from __future__ import annotations

from matching.plan import plan_list
from matching.verify import verify_plan
from tests.oracles.small_lists import AS_OF, home


def planned(referrals, homes, **options):
    """Return the plan and the home of each child placed, after the checker found nothing wrong with it."""
    plan = plan_list(referrals, homes, as_of=AS_OF, **options)
    assert verify_plan(plan, referrals, homes, as_of=AS_OF, pins=options.get("pins", ())) == []
    return plan, {one.child_id: one.home_id for one in plan.assignments}


def one_bed(home_id="H1", **changes):
    """Return a home with one usable bed."""
    return home(home_id, **({"places": 1, "vacancies": 1} | changes))
