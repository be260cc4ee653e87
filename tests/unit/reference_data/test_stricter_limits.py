"""A council may make a limit of law stricter and never looser."""

from __future__ import annotations

import pytest

from reference_data.law import all_provisions
from reference_data.problems import InvalidInput
from reference_data.stricter_limits import overridable_limits, stricter_limits

# Typed from the instruments: the number of the law and the way that is stricter.
EXPECTED = {
    "usual_fostering_limit": (3, "lower"),
    "placement_plan": (5, "lower"),
    "placement_notice": (5, "lower"),
    "foster_emergency_outside_terms": (6, "lower"),
    "temporary_approval": (16, "lower"),
    "temporary_approval_extension": (8, "lower"),
    "under_16_other_arrangements": (16, "higher"),
    "secure_under_13": (13, "higher"),
}


def test_each_limit_that_may_move_says_which_way_is_stricter() -> None:
    assert {key: (limit.value, limit.stricter) for key, limit in overridable_limits().items()} == EXPECTED


@pytest.mark.parametrize("key", sorted(EXPECTED))
def test_the_law_itself_and_anything_stricter_is_taken_and_one_step_looser_is_refused(key: str) -> None:
    number, way = EXPECTED[key]
    stricter, looser = (number - 1, number + 1) if way == "lower" else (number + 1, number - 1)
    assert stricter_limits({key: number}) == {key: number}
    assert stricter_limits({key: stricter}) == {key: stricter}
    with pytest.raises(InvalidInput, match=key):
        stricter_limits({key: looser})


@pytest.mark.parametrize("key", ["child", "short_break_year", "fourteen_nights", "no_such_limit"])
def test_what_a_council_may_not_set_is_refused(key: str) -> None:
    with pytest.raises(InvalidInput, match=key):
        stricter_limits({key: 1})


@pytest.mark.parametrize("value", [True, 2.5, "2", -1, None])
def test_only_a_whole_number_is_a_limit(value: object) -> None:
    with pytest.raises(InvalidInput, match="usual_fostering_limit"):
        stricter_limits({"usual_fostering_limit": value})


def test_every_looser_limit_is_named_at_once() -> None:
    with pytest.raises(InvalidInput) as raised:
        stricter_limits({"usual_fostering_limit": 4, "temporary_approval": 24, "placement_plan": 2})
    assert "usual_fostering_limit" in raised.value.message
    assert "temporary_approval" in raised.value.message
    assert "placement_plan" not in raised.value.message


def test_only_statute_with_a_number_may_be_moved() -> None:
    for known in all_provisions():
        assert known.stricter in {"", "lower", "higher"}
        if known.stricter:
            assert known.kind == "statute"
            assert known.value is not None
            assert known.used_by != ("for reading",)
