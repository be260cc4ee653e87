"""Beds short against Hall's theorem, counted over every set of age bands."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sufficiency.shortfall import BedsByRange, beds_short
from tests.counts import count

BANDS = 5


def fewest_short(need: list[int], beds: BedsByRange) -> float:
    """Return the children who must go without: the worst excess of any set of bands over the beds it can use."""
    subsets = chain.from_iterable(combinations(range(BANDS), size) for size in range(BANDS + 1))
    return max(
        sum(need[band] for band in subset)
        - sum(count for (first, last), count in beds.items() if any(first <= band <= last for band in subset))
        for subset in subsets
    )


ranges = st.tuples(st.integers(0, BANDS - 1), st.integers(0, BANDS - 1)).map(
    lambda pair: (min(pair), max(pair))
)


@settings(deadline=None, max_examples=count("beds short by Hall's theorem"))
@given(
    need=st.lists(st.integers(0, 9), min_size=BANDS, max_size=BANDS),
    beds=st.dictionaries(ranges, st.integers(0, 9).map(float), max_size=6),
)
def test_no_seating_leaves_fewer_children_without_a_bed(need: list[int], beds: BedsByRange) -> None:
    short = beds_short(np.array([need]), beds)[0]
    assert short.sum() == fewest_short(need, beds)
    assert (short >= 0).all()
    assert (short <= np.array(need)).all()


@settings(deadline=None, max_examples=count("beds short by Hall's theorem"))
@given(
    need=st.lists(st.integers(0, 9), min_size=BANDS, max_size=BANDS),
    beds=st.dictionaries(ranges, st.integers(0, 9).map(float), max_size=6),
    extra=ranges,
)
def test_one_more_bed_never_leaves_more_children_short(
    need: list[int], beds: BedsByRange, extra: tuple[int, int]
) -> None:
    more = {**beds, extra: beds.get(extra, 0.0) + 1}
    before = beds_short(np.array([need]), beds).sum()
    after = beds_short(np.array([need]), more).sum()
    assert before - 1 <= after <= before


def test_bands_that_compete_for_the_same_beds_share_what_is_missing() -> None:
    short = beds_short(np.array([[0, 0, 3, 3, 0]]), {(2, 3): 4.0})[0]
    assert short.tolist() == [0, 0, 1, 1, 0]
