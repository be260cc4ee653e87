"""A forecast from published figures only: its stock is the published one, and it says what it assumes."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from reference_data import published
from reference_data.authorities import authorities
from reference_data.problems import InvalidInput, NotEnoughData, NotFound
from reference_data.published import annual_figures, on_31_march
from reference_data.vocabulary import AGE_BANDS
from sufficiency.backtest import by_group
from sufficiency.published_council import comparable_kinds, filled, published_council, raked
from sufficiency.published_forecast import forecast_published
from sufficiency.stays import UNDER_16


def test_the_first_date_is_the_published_stock_by_age_and_by_placement() -> None:
    start = date(2024, 3, 31)
    forecast = forecast_published("879", start=start, months=0, runs=10)
    counts = forecast.counts[:, 0]
    given = on_31_march("879", "age_band", 2024)
    assert (counts.sum(axis=2) == [given[band] for band in AGE_BANDS]).all()
    groups = by_group(forecast.counts)[0, 0].sum(axis=0)
    assert groups == pytest.approx([362, 49, 42, 60], abs=3)


def test_it_holds_what_happened_in_plymouth_inside_its_wide_band() -> None:
    forecast = forecast_published("879", start=date(2022, 3, 31), months=36, runs=100)
    happened = {figure.year: figure.value for figure in annual_figures("879", "stock")}
    totals = forecast.counts.sum(axis=(2, 3))
    for year in (2023, 2024, 2025):
        low, high = np.quantile(totals[:, 12 * (year - 2022)], [0.025, 0.975])
        assert low <= (happened[year] or 0) <= high


def test_it_says_that_it_rests_on_published_figures_and_is_reproducible() -> None:
    first = forecast_published("879", start=date(2025, 3, 31), months=3, runs=10, seed=1).as_dict()
    again = forecast_published("879", start=date(2025, 3, 31), months=3, runs=10, seed=1).as_dict()
    assert json.dumps(first) == json.dumps(again)
    assert "Published figures only" in first["definition"]
    assert any("Published figures only" in warning for warning in first["evidence"]["warnings"])
    assert first["shortfall_status"] == "NOT_ASSESSED"


def test_nobody_under_16_is_in_supported_accommodation() -> None:
    counts = by_group(forecast_published("208", start=date(2024, 3, 31), months=6, runs=10).counts)
    assert counts[:, :, :UNDER_16, 2].sum() == 0


def test_later_figures_are_not_used_and_earlier_dates_are_refused() -> None:
    assert published_council("879", known_on=date(2024, 3, 30)).year == 2023
    with pytest.raises(InvalidInput):
        published_council("879", known_on=date(2018, 3, 31))
    with pytest.raises(NotFound):
        published_council("000", known_on=date(2024, 3, 31))


def test_nothing_published_later_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    known_on = date(2019, 3, 31)
    whole = [published_council(code, known_on=known_on) for code in ("886", "879", "330")]
    annual = {
        key: tuple(figure for figure in figures if figure.year <= known_on.year)
        for key, figures in published._annual().items()
    }
    stocks = {key: counts for key, counts in published._on_31_march().items() if key[2] <= known_on.year}
    flows = {key: counts for key, counts in published._flows().items() if key[2] <= known_on.year}
    monkeypatch.setattr(published, "_annual", lambda: annual)
    monkeypatch.setattr(published, "_on_31_march", lambda: stocks)
    monkeypatch.setattr(published, "_flows", lambda: flows)
    for before in whole:
        after = published_council(before.authority, known_on=known_on)
        for field in fields(before):
            assert np.array_equal(getattr(before, field.name), getattr(after, field.name)), field.name


def test_a_trend_is_mostly_englands_and_no_more_than_its_last_years() -> None:
    kent = published_council("886", known_on=date(2019, 3, 31))
    assert kent.england_growth_a_year == pytest.approx(np.log(78150 / 68810) / 5, abs=1e-4)
    own, everywhere = np.log((1590 - 255) / (1820 - 214)) / 5, np.log((78150 - 5070) / (68810 - 2060)) / 5
    assert kent.growth_a_year == pytest.approx(
        kent.england_growth_a_year + 0.1 * (own - everywhere), abs=1e-3
    )


def test_kinds_published_alike_before_and_after_2019_are_compared() -> None:
    assert comparable_kinds("879", 2019)["homes_and_supported"] == 49 + 18
    assert comparable_kinds("879", 2025)["homes_and_supported"] == 60 + 54
    assert comparable_kinds("879", 2017) == {}


def test_every_authority_has_a_forecast_or_a_sentence_that_says_why_not() -> None:
    without = []
    for authority in authorities():
        try:
            forecast = forecast_published(authority.code, start=date(2024, 3, 31), months=1, runs=2)
        except NotEnoughData as error:
            without.append((authority.name, error.message))
            continue
        given = on_31_march(authority.code, "age_band", 2024)
        counted = forecast.counts[0, 0].sum(axis=1)
        assert counted.sum() == given["total"]
        whole = [given[band] for band in AGE_BANDS]
        if None not in whole and sum(value or 0 for value in whole) == given["total"]:
            assert list(counted) == whole
    assert [name for name, _ in without] == ["Isles of Scilly"]
    assert "publishes no child" in without[0][1]


def test_suppressed_parts_share_what_the_total_leaves() -> None:
    assert filled({"a": 5, "b": None, "c": None, "total": 9}) == {"a": 5, "b": 2, "c": 2}


def test_a_raked_table_meets_both_margins() -> None:
    table = raked(np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([4.0, 6.0]), np.array([7.0, 3.0]))
    assert table.sum(axis=1) == pytest.approx([4, 6])
    assert table.sum(axis=0) == pytest.approx([7, 3])
    # Raking keeps odds ratios: 1 x 1 / (2 x 3).
    assert table[0, 0] * table[1, 1] / (table[0, 1] * table[1, 0]) == pytest.approx(1 / 6)
