"""How fast one child's homes are ranked, beside a plain run that asks every home every rule and writes every sentence.

The plain run is the same answer made the obvious way: all rules on all homes, every sentence of every option at once,
and the input read anew for the evidence of each answer.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matching import aims, explain
from matching.approvals import approvals
from matching.eligibility import RULES, Context
from matching.files import read_homes, read_referrals
from matching.findings import Exclusion, case_of
from matching.home import Home
from matching.policy import default_policy
from matching.rank import rank_homes
from matching.referral import Referral
from reference_data.evidence import input_hash
from reference_data.postcodes import _columns
from reference_data.sample import SAMPLE_DATE, sample_path

HOMES = 400
MANY_HOMES = 10_000


def measure(full: bool) -> dict[str, Any]:
    """Return milliseconds to rank the homes for one child, and what part of a plain run that is."""
    rounds = 10 if full else 2
    referrals = read_referrals(sample_path("referrals"))[0]
    homes = many_homes(read_homes(sample_path("homes"))[0])
    asked = referrals if full else referrals[:8]

    def rank() -> None:
        for referral in asked:
            rank_homes(referral, homes, as_of=SAMPLE_DATE, others=referrals)

    def rank_and_write() -> None:
        for referral in asked:
            rank_homes(referral, homes, as_of=SAMPLE_DATE, others=referrals).as_dict()

    def plain() -> None:
        for referral in asked:
            plain_run(referral, homes, referrals)

    first = _milliseconds(lambda: rank_homes(asked[0], homes, as_of=SAMPLE_DATE, others=referrals))
    rank_and_write()
    ranked, written, plainly = [], [], []
    for _ in range(rounds):
        ranked.append(_milliseconds(rank) / len(asked))
        written.append(_milliseconds(rank_and_write) / len(asked))
        plainly.append(_milliseconds(plain) / len(asked))
    slowest = max(
        statistics.median(
            _milliseconds(lambda one=one: rank_homes(one, homes, as_of=SAMPLE_DATE, others=referrals))  # type: ignore[misc]
            for _ in range(3)
        )
        for one in asked
    )
    many = many_homes(read_homes(sample_path("homes"))[0], MANY_HOMES)
    of_many = asked[:4]
    rank_homes(of_many[0], many, as_of=SAMPLE_DATE, others=referrals)
    large = [
        _milliseconds(lambda one=one: rank_homes(one, many, as_of=SAMPLE_DATE, others=referrals))  # type: ignore[misc]
        for one in of_many
        for _ in range(3 if full else 1)
    ]
    return {
        "what": f"the homes of the sample copied to {HOMES} that all differ, at random postcodes of Plymouth's letter, every "
        f"child of the sample in turn; and to {MANY_HOMES:,}, a few children in turn",
        "figures": {
            "first_child_ms": round(first),
            "one_child_ms_median": round(statistics.median(ranked), 1),
            "one_child_ms_best": round(min(ranked), 1),
            "slowest_child_ms": round(slowest, 1),
            "one_child_every_sentence_ms_best": round(min(written), 1),
            "plain_run_ms_best": round(min(plainly), 1),
            "ranking_against_plain_run": round(min(ranked) / min(plainly), 2),
            "every_sentence_against_plain_run": round(min(written) / min(plainly), 2),
            "one_child_ten_thousand_homes_ms_median": round(statistics.median(large)),
        },
        "counts": {
            "homes": len(homes),
            "many_homes": len(many),
            "children": len(asked),
            "children_of_many_homes": len(of_many),
            "rounds": rounds,
        },
    }


def plain_run(referral: Referral, homes: list[Home], listed: tuple[Referral, ...]) -> int:
    """Answer the obvious way, without what would have to change; return how many sentences were written."""
    others = tuple(one for one in listed if one is not referral)
    case = case_of(referral, Context(as_of=SAMPLE_DATE, policy=default_policy(), others=others))
    lawful, sentences = [], 0
    for home in homes:
        found = [one for one in (rule(case, home) for rule in RULES) if one is not None]
        sentences += len(found)
        if not any(isinstance(one, Exclusion) for one in found):
            lawful.append(
                (aims.stage_totals(aims.penalties(case, home), case.context.policy), home.home_id, home)
            )
    for _, _, home in sorted(lawful, key=lambda one: one[:2]):
        written = explain.reasons(case, home), explain.flags(case, home), approvals(case, home)
        sentences += sum(map(len, written))
    input_hash((referral, homes, others, SAMPLE_DATE, case.context.policy))
    return sentences


def many_homes(sample: tuple[Home, ...], count: int = HOMES) -> list[Home]:
    """Return the sample's homes over and over, each copy a home of its own.

    Each has its own id, postcode, abilities, fee and residents, and many have other ages and other free places: homes
    that were alike would be ranked faster than a council's are.
    """
    rng = random.Random(903)
    postcodes = rng.choices(_columns("P")["pcd"], k=count)
    homes = []
    for number, postcode in enumerate(postcodes):
        home = sample[number % len(sample)]
        residents = tuple(
            replace(one, child_id=f"{one.child_id}-{number}", age=rng.randint(3, 17))
            for one in home.residents or ()
        )
        ages = rng.choice(((home.min_age, home.max_age), (home.min_age, home.max_age), (5, 12), (8, 17)))
        homes.append(
            replace(
                home,
                home_id=f"DEMO-B{number:05}",
                postcode=postcode,
                residents=None if home.residents is None else residents,
                vacancies=rng.choice((home.vacancies, home.vacancies, 0)),
                min_age=ages[0],
                max_age=ages[1],
                weekly_fee_pence=home.weekly_fee_pence and home.weekly_fee_pence + 100 * rng.randint(0, 900),
                can_meet={
                    domain: max(0, min(100, able + rng.randint(-20, 20)))
                    for domain, able in home.can_meet.items()
                },
            )
        )
    return homes


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
