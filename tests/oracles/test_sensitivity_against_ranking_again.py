"""Which weights matter is compared with ranking again under a policy whose weights are moved."""

from __future__ import annotations

from matching.files import read_homes, read_referrals
from matching.policy import default_policy, policy_from_text
from matching.rank import rank_homes
from reference_data.sample import SAMPLE_DATE, sample_path
from tests.benchmarks.bench_rank import many_homes

REFERRALS = read_referrals(sample_path("referrals"))[0]
HOMES = many_homes(read_homes(sample_path("homes"))[0])[:90]


def policy_with(aim: str, percent: int) -> str:
    """All weights times a hundred, and one of them moved: whole numbers, and the same order but for the one."""
    lines = []
    for one in default_policy().aims:
        share = percent if one.name == aim else 100
        lines.append(f"[aims.{one.name}]\nweight = {one.weight * share}")
    return "\n".join(lines)


def test_a_weight_is_named_exactly_when_moving_it_changes_the_first_three() -> None:
    named = 0
    for referral in REFERRALS[::2]:
        ranking = rank_homes(referral, HOMES, as_of=SAMPLE_DATE, others=REFERRALS)
        said = {(moved.aim, moved.direction): moved.first_then for moved in ranking.sensitivity}
        for aim in default_policy().aims:
            for direction, percent in (("up", 125), ("down", 75)):
                policy = policy_from_text(policy_with(aim.name, percent))
                again = rank_homes(referral, HOMES, as_of=SAMPLE_DATE, policy=policy, others=REFERRALS)
                changed = again.first != ranking.first
                assert said.get((aim.name, direction)) == (again.first if changed else None)
                named += changed
    assert named > 3
