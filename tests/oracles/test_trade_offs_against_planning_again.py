"""What a plan says that a choice costs, against planning again from the start with the one thing changed.

The plan answers from prices of a linear programme and narrow searches. Here each question is put to ``plan_list``
itself: the child taken off the list, the child pinned to its first choice, the bed added.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import chain

import pytest

from matching import aims
from matching.eligibility import assess
from matching.findings import Context, case_of
from matching.plan import plan_list
from matching.policy import default_policy
from matching.referral import stays_put
from matching.surety import uncertainty
from tests.counts import count
from tests.oracles.small_lists import AS_OF, random_list

COUNT = count("waiting lists planned again")


def better_first(plan):
    return [stage.value if stage.better == "more" else -stage.value for stage in plan.stages]


def first_difference(one, other):
    return next(((k, a - b) for k, (a, b) in enumerate(zip(one, other, strict=True)) if a != b), None)


def lists(seed):
    rng = random.Random(seed)
    for _ in range(COUNT // 4):
        referrals, homes, pins = random_list(rng)
        plan = plan_list(referrals, homes, as_of=AS_OF, pins=pins, time_limit_seconds=20)
        if plan.status == "OPTIMAL":
            yield referrals, homes, pins, plan


def family_of(referrals, child_id):
    (me,) = [one for one in referrals if one.child_id == child_id]
    if me.sibling_group is None:
        return {child_id}
    kin = [one for one in referrals if one.sibling_group == me.sibling_group]
    return {one.child_id for one in kin}


def test_why_not_the_first_choice_is_what_a_pin_to_it_loses():
    seen = 0
    for referrals, homes, pins, plan in chain.from_iterable(lists(seed) for seed in range(4)):
        for one in plan.assignments:
            text = one.why_not_first_choice
            if one.first_choice == one.home_id:
                assert text.startswith("Also the best home"), text
                continue
            pinned = plan_list(
                referrals,
                homes,
                as_of=AS_OF,
                pins=[*pins, (one.child_id, one.first_choice)],
                time_limit_seconds=20,
            )
            if any(p["child_id"] in family_of(referrals, one.child_id) for p in pins):
                continue
            assert (pinned.status == "INFEASIBLE") == ("cannot be beside the homes" in text)
            if pinned.status == "INFEASIBLE":
                continue
            # A pin takes other homes of the child off the list, so penalties of children left out may differ.
            if set(pinned.eligible_pairs) != set(plan.eligible_pairs):
                differs = first_difference(better_first(plan)[:3], better_first(pinned)[:3])
            else:
                differs = first_difference(better_first(plan), better_first(pinned))
            if differs is None:
                continue
            k, loss = differs
            assert loss > 0
            if k >= 7:
                assert "as good in every aim compared" in text
            else:
                assert f"{loss:,} " in text or f"{loss} " in text, (text, plan.stages[k].aim, loss)
                seen += 1
    assert seen


def test_what_a_choice_costs_the_others_is_what_they_gain_when_the_child_is_off_the_list():
    """Only for a child without brothers, sisters or conflicts: taking others off the list changes their rules.

    And only where nothing is recorded that is asked about children who move in together: such a question is of both,
    so no part of it is what the others lose.
    """
    seen = 0
    for referrals, homes, pins, plan in chain.from_iterable(lists(10 + seed) for seed in range(4)):
        named = {other for one in referrals for other in one.not_with}
        for one in plan.assignments:
            (me,) = [r for r in referrals if r.child_id == one.child_id]
            alone = me.sibling_group is None and not me.not_with and one.child_id not in named
            if not alone or me.current_home_id or any(p["child_id"] == one.child_id for p in pins):
                continue
            if asks_about_company(one, plan, referrals):
                continue
            rest = [r for r in referrals if r.child_id != one.child_id]
            without = plan_list(rest, homes, as_of=AS_OF, pins=pins, time_limit_seconds=20)
            assert without.status == "OPTIMAL"
            mine = what_the_others_gain(one, me, rest, {home.home_id: home for home in homes}, plan, without)
            for aim, gain in one.cost_by_aim.items():
                assert gain == mine[aim], (aim, one, mine)
            seen += any(one.cost_by_aim.values())
    assert seen


def asks_about_company(one, plan, referrals):
    """Say whether one of those who move into a home together has a high risk or is to live with some children only."""
    there = {other.child_id for other in plan.assignments if other.home_id == one.home_id}
    together = [referral for referral in referrals if referral.child_id in there]
    return len(together) > 1 and any(
        "high" in referral.risks.values() or referral.alongside is not None or "solo" in referral.requires
        for referral in together
    )


def what_the_others_gain(one, me, rest, homes, plan, without):
    """Return, by aim, how much better the others do without this child, whose own part is taken off first.

    What has to be asked about the child's home is asked beside those of the others who live there already.
    """
    settled = tuple(other for other in rest if stays_put(other))
    context = Context(as_of=AS_OF, policy=default_policy(), others=settled)
    penalties = aims.penalties(case_of(me, context), homes[one.home_id])
    asked = assess(me, homes[one.home_id], context)
    own = {"unknown_facts": uncertainty(case_of(me, context), homes[one.home_id], asked)}
    found = {}
    for stage, after in zip(plan.stages, without.stages, strict=True):
        if stage.better == "more":
            mine = int(stage.aim == f"{me.urgency or 'planned'}_placed")
            found[stage.aim] = after.value - (stage.value - mine)
        else:
            mine = own.get(stage.aim, sum(penalties.get(name, 0) for name in stage.terms))
            found[stage.aim] = stage.value - mine - after.value
    return found


@pytest.mark.parametrize("seed", range(2))
def test_what_one_more_bed_would_bring_is_what_a_plan_with_that_bed_brings(seed):
    from matching.home import Home
    from reference_data.vocabulary import HomeStatus, NeedDomain

    seen = 0
    for referrals, homes, pins, plan in lists(20 + seed):
        for more in plan.one_more_bed:
            bed = Home(
                home_id="M",
                type=more.kind,
                authority="879",
                contract="in_house",
                registered=True,
                status=HomeStatus.OPEN,
                places=1,
                vacancies=1,
                vacancies_confirmed_on=AS_OF,
                residents=(),
                sexes="any",
                can_meet=dict.fromkeys(NeedDomain, 100),
                will_not_take=(),
                accepts_emergency=True,
                features=tuple(sorted({feature for one in referrals for feature in one.requires})),
            )
            after = plan_list(referrals, [*homes, bed], as_of=AS_OF, pins=pins, time_limit_seconds=20)
            before = {stage.aim.removesuffix("_placed"): stage.value for stage in plan.stages[:3]}
            gained = {
                stage.aim.removesuffix("_placed"): stage.value - before[stage.aim.removesuffix("_placed")]
                for stage in after.stages[:3]
            }
            assert more.more_placed == {urgency: n for urgency, n in gained.items() if n}
            seen += bool(more.more_placed)
    assert seen


def test_a_certificate_by_counting_covers_every_pair_and_equals_what_is_placed():
    proofs = 0
    for referrals, homes, _, plan in lists(30):
        urgency = {one.child_id: one.urgency for one in referrals if not stays_put(one)}
        beds = {
            one.home_id: min(
                one.places - len(one.residents),
                one.vacancies if one.beds is None else sum(bed.held_for is None for bed in one.beds),
            )
            for one in homes
        }
        so_far = 0
        for stage in plan.stages[:3]:
            so_far += stage.value
            cut = stage.certificate
            if cut is None:
                continue
            proofs += 1
            assert cut.most == so_far == len(cut.children) + sum(max(0, beds[home]) for home in cut.homes)
            assert all(child_id in urgency for child_id in cut.children)
    assert proofs > 10


def test_further_plans_differ_as_asked_and_lose_no_more_than_is_stated():
    from tests.benchmarks.bench_plan import _invented

    referrals, homes = _invented(random.Random(12), 14, 20)
    plan = plan_list(
        referrals, homes, as_of=AS_OF, alternatives=3, differ_by=3, loss_percent=25, time_limit_seconds=60
    )
    where = {one.child_id: one.home_id for one in plan.assignments}
    plans = [where]
    for rival in plan.alternatives:
        if rival.kind != "differs":
            continue
        other = where | dict(rival.changes)
        assert all(home_id is not None for home_id in other.values())
        for earlier in plans:
            assert sum(earlier[child_id] != other[child_id] for child_id in other) >= 3
        plans.append(other)
        pins = list(other.items())
        again = plan_list(referrals, homes, as_of=AS_OF, pins=pins, time_limit_seconds=60)
        assert again.status == "OPTIMAL"
        for stage, theirs in zip(plan.stages, again.stages, strict=True):
            if stage.better == "more":
                assert theirs.value == stage.value
            else:
                lost = theirs.value - theirs.of_unplaced - (stage.value - stage.of_unplaced)
                assert lost <= stage.value * 25 // 100
    assert len(plans) > 1
    assert replace(plan, alternatives=()).stages == plan_list(referrals, homes, as_of=AS_OF).stages
