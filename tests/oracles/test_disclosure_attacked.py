"""What is withheld cannot be worked out: thousands of random tables, attacked with everything a reader knows."""

from __future__ import annotations

import numpy as np

from sufficiency.disclosure import AddsUp, withheld_series
from tests.counts import count
from tests.oracles.disclosure_attack import widths_left

SMALLEST = 6


def random_table(rng: np.random.Generator) -> tuple[np.ndarray, list[tuple[int, tuple[int, ...]]], set[int]]:
    """A table of kinds by ages on a few dates, with both margins, kinds divided further, and impossible cells."""
    kinds, ages, dates = int(rng.integers(2, 5)), int(rng.integers(2, 6)), int(rng.integers(1, 4))
    size = rng.choice([1.0, 3.0, 12.0, 60.0], (kinds, ages, 1))
    cells = rng.poisson(size * rng.uniform(0.3, 1.5, (kinds, ages, dates))).astype(float)
    if rng.random() < 0.3:
        cells = np.round(cells * rng.uniform(0.5, 1.5, cells.shape), 4)
    impossible = rng.random((kinds, ages)) < 0.15
    cells[impossible] = 0
    series = list(cells.reshape(kinds * ages, dates))
    sums: list[tuple[int, tuple[int, ...]]] = []

    def add(parts: list[int]) -> int:
        series.append(sum(series[part] for part in parts))
        sums.append((len(series) - 1, tuple(parts)))
        return len(series) - 1

    by_kind = [add([k * ages + a for a in range(ages)]) for k in range(kinds)]
    by_age = [add([k * ages + a for k in range(kinds)]) for a in range(ages)]
    everybody = add(by_kind)
    sums.append((everybody, tuple(by_age)))
    for k in range(kinds):
        if rng.random() < 0.6:
            # The same children divided another way: into two parts, one of them perhaps very small.
            share = np.rint(series[by_kind[k]] * rng.choice([0.02, 0.1, 0.5]))
            series.extend([share, series[by_kind[k]] - share])
            sums.append((by_kind[k], (len(series) - 2, len(series) - 1)))
    return np.array(series), sums, {int(one) for one in np.flatnonzero(impossible.ravel())}


def test_no_withheld_number_can_be_placed_within_a_narrower_range_than_promised() -> None:
    rng = np.random.default_rng(20_190_612)
    attacked = withheld_in_all = 0
    for _ in range(count("published tables attacked")):
        values, sums, impossible = random_table(rng)
        withheld = withheld_series(
            values,
            [AddsUp(total=total, parts=parts) for total, parts in sums],
            smallest_shown=SMALLEST,
            known_zero=impossible,
        )
        small = ((np.rint(values) >= 1) & (np.rint(values) < SMALLEST)).any(axis=1)
        assert withheld[small].all()
        assert not withheld[sorted(impossible)].any()
        if not small.any():
            assert not withheld.any()
            continue
        widths = widths_left(values, sums, withheld, impossible, sums_over_dates=bool(rng.random() < 0.5))
        assert widths.min() >= SMALLEST - 1e-6
        attacked += 1
        withheld_in_all += int(withheld.sum())
    assert attacked > 0.5 * count("published tables attacked")
    assert withheld_in_all > attacked


def test_the_attack_finds_what_withholding_the_small_numbers_alone_would_give_away() -> None:
    """A test that cannot fail proves nothing: without the complementary series the attack succeeds."""
    rng = np.random.default_rng(5)
    worked_out = tables = 0
    for _ in range(20):
        values, sums, impossible = random_table(rng)
        small = ((np.rint(values) >= 1) & (np.rint(values) < SMALLEST)).any(axis=1)
        if not small.any():
            continue
        tables += 1
        widths = widths_left(values, sums, small, impossible, sums_over_dates=False)
        worked_out += bool((widths < 1e-6).any())
    assert worked_out > tables / 2
