"""How fast one child's homes are ranked, beside a plain loop that only runs the rules on the same homes."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matching.eligibility import Context, assess
from matching.files import read_homes, read_referrals
from matching.home import Home
from matching.policy import default_policy
from matching.rank import rank_homes
from reference_data.postcodes import _columns
from reference_data.sample import SAMPLE_DATE, sample_path

HOMES = 400


def measure(full: bool) -> dict[str, Any]:
    """Return milliseconds to rank the homes for one child, and how many times a loop of rules alone that is."""
    rounds = 10 if full else 2
    referrals = read_referrals(sample_path("referrals"))[0]
    homes = many_homes(read_homes(sample_path("homes"))[0])
    context = Context(as_of=SAMPLE_DATE, policy=default_policy(), others=referrals)
    asked = referrals if full else referrals[:8]

    def rank() -> None:
        for referral in asked:
            rank_homes(referral, homes, as_of=SAMPLE_DATE, others=referrals)

    def rules_only() -> None:
        for referral in asked:
            for home in homes:
                assess(referral, home, context)

    first = _milliseconds(lambda: rank_homes(asked[0], homes, as_of=SAMPLE_DATE, others=referrals))
    rank()
    ranked, ruled = [], []
    for _ in range(rounds):
        ranked.append(_milliseconds(rank) / len(asked))
        ruled.append(_milliseconds(rules_only) / len(asked))
    return {
        "what": f"the homes of the sample copied to {HOMES} at random postcodes of Plymouth's letter, every child "
        "of the sample in turn",
        "figures": {
            "first_child_ms": round(first),
            "one_child_ms_median": round(statistics.median(ranked), 1),
            "one_child_ms_best": round(min(ranked), 1),
            "rules_alone_ms_best": round(min(ruled), 1),
            "ranking_against_rules_alone": round(min(ranked) / min(ruled), 2),
        },
        "counts": {"homes": len(homes), "children": len(asked), "rounds": rounds},
    }


def many_homes(sample: tuple[Home, ...]) -> list[Home]:
    """Return the sample's homes over and over, each copy with its own id and a postcode of its own."""
    postcodes = random.Random(903).choices(_columns("P")["pcd"], k=HOMES)
    return [
        replace(sample[number % len(sample)], home_id=f"DEMO-B{number:03}", postcode=postcode)
        for number, postcode in enumerate(postcodes)
    ]


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
