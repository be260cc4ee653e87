"""Children as a duty desk meets them: which homes are offered, in which order, and what is said and never said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matching.files import homes_from_values, referrals_from_values
from matching.rank import Ranking, rank_homes
from tests.examples.true_to_life import AS_OF, HOMES, LIVES, Life


def known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def answer(life: Life) -> Ranking:
    referrals = referrals_from_values([known(life.child), *map(known, life.others)])[0]
    homes = homes_from_values([known(home) for home in HOMES])[0]
    return rank_homes(referrals[0], homes, as_of=AS_OF, others=referrals[1:])


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_the_answer_is_the_one_somebody_who_knows_the_law_would_give(life: Life) -> None:
    found = answer(life)
    assert tuple(option.home_id for option in found.options) == life.options
    excluded = {home.home_id: [reason.rule for reason in home.reasons] for home in found.excluded}
    for home_id, rule in life.excluded_by.items():
        assert rule in excluded[home_id]
    approvals = {
        option.home_id: tuple(approval.code for approval in option.approvals) for option in found.options
    }
    for home_id, codes in life.approvals.items():
        assert approvals[home_id] == codes
    assert tuple(change.change for change in found.relaxations) == life.changes
    answered = found.as_dict()
    del answered["evidence"], answered["aims"]
    said = json.dumps(answered, ensure_ascii=False)
    for text in life.says:
        assert text in said
    for text in life.never:
        assert text not in said


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_no_sentence_holds_a_birth_date_or_a_postcode(life: Life) -> None:
    said = json.dumps(answer(life).as_dict())
    for values in (life.child, *life.others):
        assert values["date_of_birth"] not in said
    assert not any(home["postcode"] in said for home in HOMES)
