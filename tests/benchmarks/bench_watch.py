"""How long the emergency watch takes over many stays, and what one more stay costs."""

from __future__ import annotations

import random
import resource
import time
from datetime import date, timedelta
from typing import Any

from reference_data.vocabulary import EmergencySetting, LegalBasis, PlacementType
from sufficiency.emergency import Stay, watch
from sufficiency.emergency_stay import StayApproval, StayNotice

AS_OF = date(2026, 6, 15)
SETTINGS = (
    *EmergencySetting,
    EmergencySetting.HOTEL,
    EmergencySetting.BED_AND_BREAKFAST,
    PlacementType.SUPPORTED_ACCOMMODATION,
    PlacementType.CRISIS_ACCOMMODATION,
    PlacementType.CHILDRENS_HOME,
    PlacementType.CONNECTED_FOSTER_CARER,
)
STAYS_A_CHILD = 4


def measure(full: bool) -> dict[str, Any]:
    """Return seconds of processor time for a tenth of the stays and for all, the ratio a stay, and the memory."""
    count = 100_000 if full else 5_000
    few, _, _ = _timed(_stays(count // 10))
    stays = _stays(count)
    before = _memory_mb()
    watched, answered, spells = _timed(stays)
    after = _memory_mb()
    return {
        "what": f"the emergency watch over {count:,} invented stays of {count // STAYS_A_CHILD:,} children; "
        "processor seconds",
        "counts": {"stays": count, "children": count // STAYS_A_CHILD, "spells": spells},
        "figures": {
            "watch_s": round(watched, 2),
            "as_dict_s": round(answered, 2),
            "stays_per_second": round(count / watched),
            "memory_of_the_answer_mb": round(after - before),
            "microseconds_per_stay": round(watched / count * 1e6),
            "cost_of_a_stay_beside_a_tenth_as_many_ratio": round(watched / few / 10, 2),
        },
    }


def _memory_mb() -> float:
    """Return the most memory that this process has held so far; the stays themselves are in it before the watch."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(stays: list[Stay]) -> tuple[float, float, int]:
    started = time.process_time()
    report = watch(stays, as_of=AS_OF)
    watched = time.process_time()
    answer = report.as_dict()
    answered = time.process_time()
    return watched - started, answered - watched, len(answer["spells"])


def _stays(count: int) -> list[Stay]:
    """Return stays of children of 14 to 17 over two years, some with facts missing, in no order."""
    rng = random.Random(14)
    stays: list[Stay] = []
    for child in range(count // STAYS_A_CHILD):
        born = AS_OF - timedelta(days=rng.randint(14 * 365, 18 * 365))
        basis = rng.choice((LegalBasis.SECTION_20, LegalBasis.CARE_ORDER, LegalBasis.PART_7, None))
        day = AS_OF - timedelta(days=rng.randint(0, 730))
        for _ in range(STAYS_A_CHILD):
            nights = rng.choice((1, 2, 3, 5, 8, 14, 15, 30))
            ended = day + timedelta(days=nights)
            stays.append(
                Stay(
                    stay_id=f"DEMO-S{len(stays)}",
                    child_id=f"DEMO-C{child}",
                    date_of_birth=born,
                    authority="879",
                    setting=rng.choice(SETTINGS),
                    provider_registered=rng.choice((True, False, None)),
                    legal_basis=basis,
                    started_on=day,
                    ended_on=ended if ended < AS_OF else None,
                    approvals=(StayApproval(code="director", by="DEMO", on=day),)
                    if rng.random() < 0.5
                    else None,
                    notices=(StayNotice(to="school", on=day),) if rng.random() < 0.5 else (),
                )
            )
            if ended >= AS_OF:
                day -= timedelta(days=rng.randint(40, 200))
            else:
                day = ended + timedelta(days=rng.choice((0, 0, 2, 20)))
    rng.shuffle(stays)
    return stays
