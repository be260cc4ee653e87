"""How long the whole plan takes, every aim proved in order and every choice explained, and what it gains.

Beside it, in the same run, stand placing children one by one, and plain CP-SAT: a variable for each child and
home, brothers and sisters held together by implications, aims one after another.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from matching.files import read_homes, read_referrals
from matching.home import Home
from matching.joint import build
from matching.living_there import with_children_who_live_there
from matching.plan import Plan, plan_list
from matching.policy import default_policy
from matching.referral import Referral, stays_put
from matching.trade_offs import NO_PLACE_LOST_AS_FAR_AS_WORK_ALLOWED
from matching.verify import verify_plan
from matching.waiting import waiting_units
from reference_data.sample import SAMPLE_DATE, sample_path
from reference_data.vocabulary import ContractKind, NeedDomain, PlacementType, Sex, SiblingsTogether, Urgency
from tests.oracles.small_lists import AS_OF, child, home

TIME_LIMIT_SECONDS = 60.0
POSTCODES = (
    "PL1 1DB",
    "PL5 2BX",
    "PL6 5DH",
    "PL21 9BX",
    "EX1 1HS",
    "EX4 4QJ",
    "TQ2 5BB",
    "TQ12 1AA",
    "TA1 1AA",
)


def measure(full: bool) -> dict[str, Any]:
    """Return seconds for all stages and explanations: the sample, 60 and 500 children, and a partnership's shape."""
    lists: dict[str, tuple[Sequence[Referral], Sequence[Home], date]] = {
        "sample": (
            read_referrals(sample_path("referrals"))[0],
            read_homes(sample_path("homes"))[0],
            SAMPLE_DATE,
        )
    }
    lists["40_400_mostly_full"] = (*_mostly_full(random.Random(40), 40, 400), AS_OF)
    if full:
        lists["60_100"] = (*_invented(random.Random(60), 60, 100), AS_OF)
        lists["40_1500_mostly_full"] = (*_mostly_full(random.Random(40), 40, 1500), AS_OF)
        lists["500_800"] = (*_invented(random.Random(500), 500, 800), AS_OF)
    # The solver and the places of the sample are loaded before anything is timed.
    plan_list(*lists["sample"][:2], as_of=SAMPLE_DATE, time_limit_seconds=0.5)
    figures: dict[str, Any] = {}
    counts: dict[str, Any] = {"time_limit_seconds": TIME_LIMIT_SECONDS}
    for name, (referrals, homes, as_of) in lists.items():
        figures |= {f"{key}_{name}": value for key, value in _planned(referrals, homes, as_of).items()}
        counts |= {f"children_{name}": len(referrals), f"homes_{name}": len(homes)}
    return {
        "what": "the joint plan with all its stages and explanations: the sample (40 children, 30 homes), a "
        "partnership in which most homes are full"
        + (", and invented lists of 60 and 500 children" if full else ""),
        "counts": counts,
        "figures": figures,
    }


def _planned(referrals: Sequence[Referral], homes: Sequence[Home], as_of: date) -> dict[str, Any]:
    started, worked = time.perf_counter(), time.process_time()
    plan = plan_list(referrals, homes, as_of=as_of, time_limit_seconds=TIME_LIMIT_SECONDS)
    seconds, processor = time.perf_counter() - started, time.process_time() - worked
    started = time.perf_counter()
    faults = verify_plan(plan, referrals, homes, as_of=as_of)
    verify_seconds = time.perf_counter() - started
    greedy = plan_list(referrals, homes, as_of=as_of, time_limit_seconds=0)
    plain_started = time.process_time()
    plain = _plain_placed(referrals, homes, as_of)
    plain_processor = time.process_time() - plain_started
    return {
        "children_placed_plain_cp_sat": plain,
        "processor_s_plain_cp_sat_first_three_aims": round(plain_processor, 2),
        "whole_plan_to_plain_cp_sat_first_three_aims_ratio": round(
            processor / max(0.001, plain_processor), 2
        ),
        "children_placed_to_greedy_ratio": round(len(plan.assignments) / max(1, len(greedy.assignments)), 3),
        "seconds": round(seconds, 2),
        "processor_s": round(processor, 2),
        "stages_only_seconds": round(plan.seconds, 2),
        "verify_seconds": round(verify_seconds, 2),
        "faults_found": len(faults),
        "gap_percent": round(100 * (plan.gap or 0.0), 4),
        "stages_proved_ratio": round(sum(stage.proved for stage in plan.stages) / len(plan.stages), 3),
        "eligible_pairs": len(plan.eligible_pairs),
        "children_placed": len(plan.assignments),
        "children_placed_greedy": len(greedy.assignments),
        "unmet_need_to_greedy_ratio": round(_unmet_need(plan) / max(1, _unmet_need(greedy)), 3),
        "choices_explained_ratio": round(
            sum(
                "not worked out" not in one.cost_to_others
                and NO_PLACE_LOST_AS_FAR_AS_WORK_ALLOWED not in one.cost_to_others
                for one in plan.assignments
            )
            / max(1, len(plan.assignments)),
            3,
        ),
    }


def _plain_placed(referrals: Sequence[Referral], homes: Sequence[Home], as_of: date) -> int:
    """Return how many children plain CP-SAT places in the three aims of placing, a child and home at a time."""
    from ortools.sat.python import cp_model

    policy = default_policy()
    settled = [one for one in referrals if stays_put(one)]
    units = waiting_units(referrals, as_of=as_of, policy=policy)
    joint = build(units, with_children_who_live_there(homes, referrals, as_of), settled, policy=policy)
    model = cp_model.CpModel()
    where = {
        (child_id, h): model.new_bool_var("")
        for u, h, _ in joint.problem.pairs
        for child_id in joint.units[u].child_ids
    }
    at_home: dict[int, list[Any]] = {}
    of_child: dict[str, list[Any]] = {}
    for (child_id, h), variable in where.items():
        at_home.setdefault(h, []).append(variable)
        of_child.setdefault(child_id, []).append(variable)
    for variables in of_child.values():
        model.add_at_most_one(variables)
    for u, h, _ in joint.problem.pairs:
        first, *others = joint.units[u].child_ids
        for other in others:
            model.add_implication(where[first, h], where[other, h])
            model.add_implication(where[other, h], where[first, h])
    registered = {h: limit for h, limit, families in joint.problem.usual_limits if not families}
    for h, variables in at_home.items():
        room = joint.problem.capacities[h]
        model.add(sum(variables) <= min(room, registered.get(h, room)))
    for a, b in joint.problem.conflicts:
        for h in set(joint.homes_of.get(a, ())) & set(joint.homes_of.get(b, ())):
            model.add_at_most_one(
                [where[joint.units[a].child_ids[0], h], where[joint.units[b].child_ids[0], h]]
            )
    placed = 0
    for urgency in Urgency:
        ids = {child_id for unit in joint.units if unit.urgency is urgency for child_id in unit.child_ids}
        total = sum(variable for (child_id, _), variable in where.items() if child_id in ids)
        if isinstance(total, int):
            continue
        model.maximize(total)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = TIME_LIMIT_SECONDS
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        placed += round(solver.objective_value)
        model.add(total >= round(solver.objective_value))
    return placed


def _mostly_full(rng: random.Random, children: int, homes: int) -> tuple[list[Referral], list[Home]]:
    """Return the shape of a partnership: many homes, of which 85 in 100 have no vacancy."""
    referrals, offered = _invented(rng, children, homes)
    return referrals, [replace(one, vacancies=0) if rng.random() < 0.85 else one for one in offered]


def _unmet_need(plan: Plan) -> int:
    return sum(int(stage.terms.get("unmet_need", 0)) for stage in plan.stages)


def _invented(rng: random.Random, children: int, homes: int) -> tuple[list[Referral], list[Home]]:
    """Return children of whom three in ten have brothers and sisters on the list, and homes of every kind."""
    referrals: list[Referral] = []
    while len(referrals) < children:
        size = min(rng.choice((1, 1, 1, 1, 1, 1, 1, 2, 3)), children - len(referrals))
        group = f"DEMO-G{len(referrals)}" if size > 1 else None
        together = rng.choice((SiblingsTogether.MUST, SiblingsTogether.PREFER)) if group else None
        for _ in range(size):
            conflict = (f"DEMO-C{rng.randrange(children)}",) if rng.random() < 0.1 else ()
            child_id = f"DEMO-C{len(referrals)}"
            referrals.append(
                child(
                    child_id,
                    date_of_birth=date(rng.randint(2009, 2024), rng.randint(1, 12), 3),
                    sex=rng.choice((Sex.FEMALE, Sex.MALE)),
                    home_postcode=rng.choice(POSTCODES),
                    urgency=rng.choice((Urgency.CRISIS, Urgency.EMERGENCY, *[Urgency.PLANNED] * 3)),
                    needed_by=AS_OF + timedelta(days=rng.choice((0, 1, 5, 9))),
                    sibling_group=group,
                    siblings_together=together,
                    needs={domain: rng.randint(10, 90) for domain in NeedDomain},
                    not_with=tuple(other for other in conflict if other != child_id),
                )
            )
    offered = []
    for number in range(homes):
        youngest = rng.choice((0, 0, 5, 8, 11))
        fostering = rng.random() < 0.7
        offered.append(
            home(
                f"DEMO-H{number}",
                type=PlacementType.IN_HOUSE_FOSTER_CARER if fostering else PlacementType.CHILDRENS_HOME,
                contract=rng.choice(tuple(ContractKind)),
                postcode=rng.choice(POSTCODES),
                places=4,
                vacancies=rng.choice((1, 1, 1, 2, 3)),
                min_age=youngest,
                max_age=17 if youngest > 8 else rng.choice((10, 12, 17)),
                sexes=rng.choice(("any", "any", "F", "M")),
                can_meet={domain: rng.randint(30, 90) for domain in NeedDomain},
                weekly_fee_pence=rng.randint(40, 700) * 1000,
                accepts_emergency=rng.random() < 0.7,
            )
        )
    return referrals, offered
