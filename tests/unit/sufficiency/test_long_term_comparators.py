"""Published figures of two years in one place stand beside the indicator that they are figures of."""

from __future__ import annotations

import pytest

from reference_data.benchmarks import indicator_values
from reference_data.placement_figures import STABILITY_WHOLES, stability
from sufficiency.indicator_comparators import comparators


@pytest.mark.parametrize("year", range(2021, 2026))
@pytest.mark.parametrize("who", ["879", "england", "south_west"])
def test_the_interactive_tool_publishes_the_same_carer_counts(who: str, year: int) -> None:
    counts = stability(who, year)
    part, whole = counts["same_carer_2_years"], counts[STABILITY_WHOLES["same_carer_2_years"]]
    assert part is not None
    assert whole
    assert abs(float(indicator_values("LAC_LongStable%", who)[year]) - 100 * part / whole) <= 1


def test_nothing_is_published_of_the_same_placement() -> None:
    assert comparators("long_term_stability_same_placement", "879", 2025) == []


def test_the_neighbours_mean_stands_beside_the_same_carer() -> None:
    rows = comparators("long_term_stability_same_carer", "879", 2025)
    assert {row["who"] for row in rows} == {
        "own_published",
        "statistical_neighbours",
        "south_west",
        "england",
    }
