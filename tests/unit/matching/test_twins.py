"""Two children who differ in their group alone are ranked alike: no home goes up or down for whom a child is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matching.rank import Ranking

HOMES: tuple[dict[str, Any], ...] = (
    {"postcode": "PL1 3BJ", "sexes": "any"},
    {"postcode": "EX4 3LS", "authority": "878", "sexes": "any", "features": ["step_free"]},
    {"postcode": "PL4 8AA", "sexes": "any", "can_meet": {"behaviour": 40, "emotional": 60}},
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"sex": "F"}, {"sex": "M"}),
        # A wish that no home meets, and one that nobody recorded: neither excludes a home.
        ({"prefers": {"religion": "Hindu"}}, {"prefers": {"religion": "Muslim"}}),
        ({"prefers": {"ethnicity": "White British"}}, {"prefers": {"ethnicity": "Black Caribbean"}}),
    ],
)
def test_twins_who_differ_in_their_group_alone_are_ranked_alike(
    ranked: Callable[..., Ranking], one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = ranked(one, HOMES), ranked(other, HOMES)
    assert [(option.home_id, option.penalties) for option in first.options] == [
        (option.home_id, option.penalties) for option in second.options
    ]
    assert {found.home_id for found in first.excluded} == {found.home_id for found in second.excluded}
    assert len(first.options) == len(HOMES)
