"""The tables of law are complete and say how certain they are."""

from __future__ import annotations

from datetime import date

import pytest

from reference_data.law import LAW_FOLDER, legal_limits
from reference_data.problems import NotFound


@pytest.mark.parametrize("topic", sorted(path.stem for path in LAW_FOLDER.glob("*.toml")))
def test_every_limit_names_its_instrument_and_its_certainty(topic):
    limits = legal_limits(topic)
    assert limits
    for limit in limits.values():
        assert limit.instrument
        assert limit.says.endswith(".")
        assert limit.certainty in ("certain", "secondary", "from_memory")
        assert (limit.value is None) == (limit.unit is None)


def test_a_limit_holds_from_its_first_day():
    bar = legal_limits("emergency")["other_arrangements_16_17"]
    assert not bar.in_force_on(date(2023, 10, 27))
    assert bar.in_force_on(date(2023, 10, 28))


def test_an_unknown_table_is_told():
    with pytest.raises(NotFound, match="emergency"):
        legal_limits("nonsense")
