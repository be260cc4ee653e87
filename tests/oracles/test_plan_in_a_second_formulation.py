"""Aim 1 of lists up to 60 children as a mixed-integer programme of its own, and what no renaming may change.

The programme is written from the records and the plan's eligible pairs, child by child, apart from the model that
plans; HiGHS solves it through SciPy.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from matching.plan import plan_list
from matching.verify import verify_plan
from tests.benchmarks.bench_plan import _invented
from tests.oracles.small_lists import AS_OF, random_list

FOSTERING = "in_house_foster_carer"


def most_placed(referrals, homes, pairs):
    """Return the most children that can be placed, by urgency in order: one variable for each child and home."""
    by_id = {one.child_id: one for one in referrals}
    number = {pair: n for n, pair in enumerate(pairs)}
    rows, low, high = [], [], []

    def add(terms, least, most):
        row = np.zeros(len(pairs) + len(homes))
        for n, worth in terms:
            row[n] += worth
        rows.append(row)
        low.append(least)
        high.append(most)

    def at(child_id, home_id):
        return number.get((child_id, home_id))

    homes_of = {one: [h for c, h in pairs if c == one] for one in by_id}
    for one, open_to in homes_of.items():
        add([(at(one, h), 1) for h in open_to], 0, 1)
    for position, home in enumerate(homes):
        coming = [one for one in by_id if at(one, home.home_id) is not None]
        add([(at(one, home.home_id), 1) for one in coming], 0, min(home.vacancies, home.places))
        if home.type == FOSTERING and home.places > 3:
            # The last variables say of each home that only one family may be there.
            family = len(pairs) + position
            add([*((at(one, home.home_id), 1) for one in coming), (family, -(home.places - 3))], -99, 3)
            groups = {by_id[one].sibling_group for one in coming} - {None}
            for one in coming:
                for other in coming:
                    same = (
                        by_id[one].sibling_group in groups
                        and by_id[one].sibling_group == by_id[other].sibling_group
                    )
                    if one < other and not same:
                        add([(at(one, home.home_id), 1), (at(other, home.home_id), 1), (family, 1)], 0, 2)
        for one in coming:
            for other in by_id[one].not_with:
                if at(other, home.home_id) is not None:
                    add([(at(one, home.home_id), 1), (at(other, home.home_id), 1)], 0, 1)
    groups = {}
    for one in referrals:
        groups.setdefault(one.sibling_group, []).append(one)
    urgency = {one.child_id: one.urgency for one in referrals}
    for group, members in groups.items():
        if group is None or not any(one.siblings_together == "must" for one in members):
            continue
        rank = min(("crisis", "emergency", "planned").index(one.urgency) for one in members)
        for one in members:
            urgency[one.child_id] = ("crisis", "emergency", "planned")[rank]
        first = members[0].child_id
        for other in members[1:]:
            for home in homes:
                a, b = at(first, home.home_id), at(other.child_id, home.home_id)
                add([(n, sign) for n, sign in ((a, 1), (b, -1)) if n is not None], 0, 0)
    found = []
    for aim in ("crisis", "emergency", "planned"):
        worth = np.array([float(urgency[one] == aim) for one, _ in pairs] + [0.0] * len(homes))
        answer = milp(
            -worth,
            constraints=LinearConstraint(np.array(rows), low, high),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(worth)),
        )
        assert answer.status == 0
        found.append(round(-answer.fun))
        add([(n, w) for n, w in enumerate(worth) if w], found[-1], np.inf)
    return found


@pytest.mark.parametrize(("children", "homes"), [(20, 12), (40, 25), (60, 35), (60, 60)])
def test_as_many_children_are_placed_as_a_programme_of_its_own_places(children, homes):
    referrals, offered = _invented(random.Random(children + homes), children, homes)
    plan = plan_list(referrals, offered, as_of=AS_OF)
    assert all(stage.proved for stage in plan.stages[:3])
    placed = [stage.value for stage in plan.stages[:3]]
    assert placed == most_placed(referrals, offered, list(plan.eligible_pairs))
    assert sum(placed) < children


def renamed(referrals, homes, pins, rng):
    """Return the list with every id changed, in another order; nothing else differs."""

    def names(ids, letter):
        new = [f"{letter}{n:03}" for n in range(len(ids))]
        rng.shuffle(new)
        return dict(zip(sorted(ids), new, strict=True))

    child = names({one.child_id for one in referrals}, "x")
    place = names({one.home_id for one in homes}, "y")
    children = [
        replace(
            one,
            child_id=child[one.child_id],
            not_with=tuple(child.get(other, other) for other in one.not_with),
            current_home_id=place.get(one.current_home_id),
        )
        for one in referrals
    ]
    moved = [
        replace(
            one,
            home_id=place[one.home_id],
            approved_for=one.approved_for and tuple(child.get(other, other) for other in one.approved_for),
            beds=one.beds
            and tuple(replace(bed, held_for=child.get(bed.held_for, bed.held_for)) for bed in one.beds),
            exemptions=tuple(replace(e, child_id=child.get(e.child_id, e.child_id)) for e in one.exemptions),
        )
        for one in homes
    ]
    decided = [{**pin, "child_id": child[pin["child_id"]], "home_id": place[pin["home_id"]]} for pin in pins]
    return children, moved, decided, child, place


def test_renaming_children_and_homes_changes_no_value_and_no_pair():
    rng = random.Random(8)
    for _ in range(40):
        referrals, homes, pins = random_list(rng)
        before = plan_list(referrals, homes, as_of=AS_OF, pins=pins)
        children, moved, decided, child, place = renamed(referrals, homes, pins, rng)
        after = plan_list(children, moved, as_of=AS_OF, pins=decided)
        assert after.status == before.status
        assert [stage.value for stage in after.stages] == [stage.value for stage in before.stages]
        assert set(after.eligible_pairs) == {(child[c], place[h]) for c, h in before.eligible_pairs}
        assert [one.more_placed for one in after.one_more_bed] == [
            one.more_placed for one in before.one_more_bed
        ]


def test_one_more_bed_never_worsens_the_first_aim():
    rng = random.Random(9)
    seen = 0
    for _ in range(40):
        referrals, homes, pins = random_list(rng)
        before = plan_list(referrals, homes, as_of=AS_OF, pins=pins)
        if before.status != "OPTIMAL":
            continue
        k = rng.randrange(len(homes))
        more = homes[k]
        if more.beds is None:
            more = replace(more, vacancies=more.vacancies + 1, places=more.places + 1)
        else:
            more = replace(
                more, beds=(*more.beds, replace(more.beds[0], held_for=None)), places=more.places + 1
            )
        after = plan_list(referrals, [*homes[:k], more, *homes[k + 1 :]], as_of=AS_OF, pins=pins)
        values = [[stage.value for stage in plan.stages[:3]] for plan in (before, after)]
        assert values[1] >= values[0]
        seen += values[1] > values[0]
    assert seen


def test_a_saved_plan_is_replayed_by_its_input_and_evidence_whatever_the_seed_and_the_order():
    rng = random.Random(11)
    referrals, homes = _invented(random.Random(20), 20, 20)
    saved = json.loads(json.dumps(plan_list(referrals, homes, as_of=AS_OF).as_dict()))
    assert saved["status"] == "OPTIMAL"
    assert verify_plan(saved, referrals, homes, as_of=AS_OF) == []
    for seed in (saved["evidence"]["seed"], 5, 77):
        rng.shuffle(referrals)
        rng.shuffle(homes)
        again = plan_list(referrals, homes, as_of=AS_OF, seed=seed).as_dict()
        again["evidence"]["seed"] = again["settings"]["seed"] = saved["evidence"]["seed"]
        assert saved | {"seconds": 0} == json.loads(json.dumps(again)) | {"seconds": 0}


def test_a_plan_that_was_cut_short_is_saved_read_again_and_verified():
    referrals, homes = _invented(random.Random(21), 25, 15)
    plan = plan_list(referrals, homes, as_of=AS_OF, time_limit_seconds=0)
    assert plan.status == "FEASIBLE"
    saved = json.loads(json.dumps(plan.as_dict()))
    assert verify_plan(saved, referrals, homes, as_of=AS_OF) == []
    again = plan_list(referrals, homes, as_of=AS_OF, **saved["settings"])
    assert again.as_dict() | {"seconds": 0} == saved | {"seconds": 0}
