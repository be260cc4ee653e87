"""What leaves the council: small numbers withheld or rounded, what would give them away withheld too, cautions kept."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching.files import read_homes
from reference_data.problems import InvalidInput
from reference_data.sample import sample_path
from reference_data.vocabulary import AGE_BANDS, PlacementGroup
from sufficiency import forecast_need, read_returns
from sufficiency.disclosure import AddsUp, withheld_series
from sufficiency.published_answer import HEADER, published_answer
from tests.oracles.disclosure_attack import widths_left

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"
SMALLEST = 6


@cache
def answer() -> dict[str, Any]:
    return forecast_need(
        read_returns(SAMPLE),
        start=date(2018, 4, 1),
        months=8,
        runs=40,
        homes=read_homes(sample_path("homes"))[0],
        explain=True,
    ).as_dict()


def shown(round_to: int | None = None) -> dict[tuple[str, str, str], list[Any]]:
    found: dict[tuple[str, str, str], list[Any]] = {}
    for row in published_answer(answer(), smallest_shown=SMALLEST, round_to=round_to).answer["figures"]:
        found.setdefault((row["placement"], row["detail"], row["age_band"]), []).append(row)
    return found


def test_no_small_number_is_shown_and_a_series_is_withheld_whole() -> None:
    withheld = 0
    for rows in shown().values():
        marks = {row["mean"] == "c" for row in rows}
        assert len(marks) == 1
        withheld += marks.pop()
        for row in rows:
            for name in ("mean", "p50"):
                assert row[name] == "c" or row[name] == 0 or row[name] >= SMALLEST
    assert 0 < withheld < len(shown())
    assert shown()["all", "all", "all"][0]["mean"] == answer()["totals"][0]["mean"]


def test_the_published_table_stands_the_attack() -> None:
    """The reader's sums are written out here anew: both margins, the kinds within a group, and beds short."""
    groups = [str(group) for group in PlacementGroup]
    keys = list(shown())
    exact = {
        ("all", "all", "all"): answer()["totals"],
        **{(g, "all", "all"): [r for r in answer()["placements"] if r["placement"] == g] for g in groups},
        **{("all", "all", a): [r for r in answer()["age_bands"] if r["age_band"] == a] for a in AGE_BANDS},
        **{
            (g, "all", a): [r for r in answer()["bins"] if (r["placement"], r["age_band"]) == (g, a)]
            for g in groups
            for a in AGE_BANDS
        },
        **{
            (r["placement"], r["detail"], "all"): [
                one for one in answer()["detail"] if one["detail"] == r["detail"]
            ]
            for r in answer()["detail"]
        },
    }
    assert set(exact) == set(keys)
    at = {key: place for place, key in enumerate(keys)}
    values = np.array([[row["mean"] for row in exact[key]] for key in keys])
    sums = [(at[g, "all", "all"], tuple(at[g, "all", a] for a in AGE_BANDS)) for g in groups]
    sums += [(at["all", "all", a], tuple(at[g, "all", a] for g in groups)) for a in AGE_BANDS]
    sums += [(at["all", "all", "all"], tuple(at[g, "all", "all"] for g in groups))]
    kinds = {g: [key for key in keys if key[0] == g and key[1] != "all"] for g in groups}
    sums += [(at[g, "all", "all"], tuple(at[key] for key in kinds[g])) for g in groups]
    hidden = [rows[0]["mean"] == "c" for rows in shown().values()]
    # Where beds short are shown, so are the children who need one of ours: the group but for kinship and secure care.
    for group in groups:
        rows = shown()[group, "all", "all"]
        if "beds_short_p50" not in rows[0]:
            continue
        needing = [at[key] for key in kinds[group] if key[1] not in ("kinship", "secure")]
        values = np.vstack([values, values[needing].sum(axis=0)])
        hidden.append(rows[0]["beds_short_p50"] == "c")
        sums.append((len(values) - 1, tuple(needing)))
    impossible = {at["supported", "all", band] for band in AGE_BANDS[:-1]}
    impossible = {one for one in impossible if not values[one].any()}
    first_and_last = values[:, [0, -1]]
    widths = widths_left(first_and_last, sums, np.array(hidden), impossible, sums_over_dates=True)
    assert len(widths) > 5
    assert widths.min() >= SMALLEST - 1e-6


def test_nothing_else_that_tells_of_few_children_is_in_it() -> None:
    published = published_answer(answer(), smallest_shown=SMALLEST)
    text = json.dumps(published.answer)
    assert {"needed_by_got", "repairs", "shortfall", "bins", "detail"}.isdisjoint(published.answer)
    assert "DEMO-" in json.dumps(answer()["evidence"])
    assert "DEMO-" not in text
    assert set(published.answer["change"]) == {"text", "total"}
    assert {row["age_band"] for row in published.answer["figures"] if "p_short" in row} == {"all"}


def test_the_change_is_left_out_where_it_would_tell_a_total_that_is_not_shown() -> None:
    assert published_answer(answer(), smallest_shown=SMALLEST, round_to=5).answer["change"] is None
    everybody = round(max(row["mean"] for row in answer()["totals"]))
    hidden = published_answer(answer(), smallest_shown=everybody + 1).answer
    assert hidden["change"] is None
    # Only what is nought is still shown.
    assert {row["mean"] for row in hidden["figures"]} == {"c", 0}


def test_an_uncalibrated_forecast_says_so_on_every_row_that_is_published() -> None:
    published = published_answer(answer(), smallest_shown=SMALLEST)
    caution = answer()["track_record"]["caution"]
    assert caution
    assert published.answer["track_record"]["caution"] == caution
    assert published.grid[0] == HEADER
    assert {row[-1] for row in published.grid[1:]} == {caution}


def test_rounded_sums_are_sums_of_rounded_numbers() -> None:
    table = shown(round_to=5)
    groups = [str(group) for group in PlacementGroup]
    assert all(row[name] % 5 == 0 for rows in table.values() for row in rows for name in HEADER[4:12])
    assert {key[1] for key in table} == {"all"}
    assert not any("p_short" in row for rows in table.values() for row in rows)
    for d in range(9):
        for group in groups:
            parts = [table[group, "all", band][d]["mean"] for band in AGE_BANDS]
            assert table[group, "all", "all"][d]["mean"] == sum(parts)
        assert table["all", "all", "all"][d]["mean"] == sum(
            table[group, "all", "all"][d]["mean"] for group in groups
        )
    total = answer()["totals"][0]["mean"]
    assert abs(table["all", "all", "all"][0]["mean"] - total) <= 2.5 * 20


def test_a_number_that_passes_a_multiple_by_one_child_does_not_show_it() -> None:
    """7 children and then 8 would round to 5 and 10; only a change that is large enough in itself is shown."""
    made = json.loads(json.dumps(answer()))
    for row in made["bins"]:
        if (row["placement"], row["age_band"]) == ("fostering", "10-15"):
            first = row["date"] == made["from"]
            row.update(dict.fromkeys(HEADER[4:12], 7.0 if first else 8.0))
    rows = [
        row["mean"]
        for row in published_answer(made, smallest_shown=SMALLEST, round_to=5).answer["figures"]
        if (row["placement"], row["age_band"]) == ("fostering", "10-15")
    ]
    assert set(rows) == {5}


def test_what_cannot_protect_is_refused() -> None:
    with pytest.raises(InvalidInput, match="Round to 5 or more"):
        published_answer(answer(), smallest_shown=SMALLEST, round_to=3)
    old = {name: value for name, value in answer().items() if name != "placements"}
    with pytest.raises(InvalidInput, match="older version"):
        published_answer(old, smallest_shown=SMALLEST)
    table = np.array([[3.0], [9.0], [12.0]])
    sums = [AddsUp(total=2, parts=(0, 1))]
    with pytest.raises(InvalidInput):
        withheld_series(table, sums, smallest_shown=1)
    with pytest.raises(InvalidInput):
        withheld_series(-table, sums, smallest_shown=6)
    with pytest.raises(InvalidInput):
        withheld_series(table, sums, smallest_shown=6, known_zero=[0])


def test_the_least_missed_series_hides_a_small_one() -> None:
    table = np.array([[3.0], [9.0], [20.0], [32.0]])
    sums = [AddsUp(total=3, parts=(0, 1, 2))]
    assert withheld_series(table, sums, smallest_shown=6).tolist() == [True, True, False, False]
    dear = np.array([1.0, 50.0, 2.0, 99.0])
    assert withheld_series(table, sums, smallest_shown=6, worth=dear).tolist() == [True, False, True, False]
    nothing_small = np.array([[7.0], [9.0], [0.0], [16.0]])
    assert not withheld_series(nothing_small, sums, smallest_shown=6).any()
