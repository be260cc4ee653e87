"""How long the whole plan takes, every aim proved in order and every choice explained, and what it gains on greedy."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from matching.files import read_homes, read_referrals
from matching.home import Home
from matching.plan import Plan, plan_list
from matching.referral import Referral
from matching.verify import verify_plan
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
    """Return seconds for all stages and explanations of the sample, and of 60 children and 100 homes when full."""
    lists: dict[str, tuple[Sequence[Referral], Sequence[Home], date]] = {
        "sample": (
            read_referrals(sample_path("referrals"))[0],
            read_homes(sample_path("homes"))[0],
            SAMPLE_DATE,
        )
    }
    if full:
        lists["60_100"] = (*_invented(random.Random(60), 60, 100), AS_OF)
    # The solver and the places of the sample are loaded before anything is timed.
    plan_list(*lists["sample"][:2], as_of=SAMPLE_DATE, time_limit_seconds=0.5)
    figures: dict[str, Any] = {}
    counts: dict[str, Any] = {"time_limit_seconds": TIME_LIMIT_SECONDS}
    for name, (referrals, homes, as_of) in lists.items():
        figures |= {f"{key}_{name}": value for key, value in _planned(referrals, homes, as_of).items()}
        counts |= {f"children_{name}": len(referrals), f"homes_{name}": len(homes)}
    return {
        "what": "the joint plan with all its stages and explanations: the sample (40 children, 30 homes)"
        + (" and an invented list of 60 children and 100 homes" if full else ""),
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
    return {
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
            sum("not worked out" not in one.cost_to_others for one in plan.assignments)
            / max(1, len(plan.assignments)),
            3,
        ),
    }


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
