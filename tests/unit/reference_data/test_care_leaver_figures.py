"""Care leavers' accommodation and activity, against the figures known from the publication."""

from __future__ import annotations

import pytest

from reference_data.benchmarks import indicator_values
from reference_data.care_leaver_figures import AGES, GROUPS, care_leavers
from reference_data.problems import NotFound
from reference_data.shipped_tables import shipped_rows


def test_plymouths_care_leavers_of_2025_are_as_published() -> None:
    homes = care_leavers("879", "accommodation", "19-21", 2025)
    assert homes == {"suitable": 167, "unsuitable": 13, "no_information": 22, "total": 202}
    activity = care_leavers("879", "activity", "19-21", 2025)
    # One more than in accommodation: those abroad or of no known address count for activity only.
    assert (activity["in_activity"], activity["total"]) == (83, 203)


def test_the_rates_of_the_benchmarks_follow_from_the_counts() -> None:
    for group, part, indicator in (
        ("accommodation", "suitable", "CareLeaverAcc"),
        ("activity", "in_activity", "CareLeaverEET"),
    ):
        for year in range(2021, 2026):
            counts = care_leavers("879", group, "19-21", year)
            count, total = counts[part], counts["total"]
            assert count is not None
            assert total
            rate = indicator_values(indicator, "879")[year]
            assert rate is not None
            assert abs(100 * count / total - float(rate)) <= 0.5, (group, year)


def test_what_is_suppressed_is_none_and_no_part_exceeds_the_total() -> None:
    assert care_leavers("879", "accommodation", "17-18", 2025)["unsuitable"] is None
    for row in shipped_rows("published", "care_leavers.csv.gz"):
        assert row["group"] in GROUPS
        assert row["ages"] in AGES
        assert (row["value"] == "") == (row["mark"] != "")
        total = care_leavers(row["authority"], row["group"], row["ages"], int(row["year"]))["total"]
        assert not row["value"] or total is None or int(row["value"]) <= total


def test_what_does_not_ship_is_refused() -> None:
    with pytest.raises(NotFound):
        care_leavers("202", "activity", "19-21", 2025)
    with pytest.raises(NotFound):
        care_leavers("879", "health", "19-21", 2025)
