"""Each source of uncertainty can be left out by itself, leaves the others as they were, and is named in the answer."""

from __future__ import annotations

import json
from datetime import date
from functools import cache

import numpy as np
import pytest

from reference_data.problems import InvalidInput
from sufficiency.published_council import published_council
from sufficiency.published_forecast import forecast_published
from sufficiency.published_world import worlds_of
from sufficiency.simulate import simulate
from sufficiency.uncertainty import SOURCES, Uncertainty

START = date(2024, 3, 31)


@cache
def totals(*without: str, seed: int = 5) -> np.ndarray:
    world = worlds_of(published_council("879", known_on=START), START)[0]
    counts = simulate(
        world, snapshot_days=[0, 730], runs=120, seed=seed, uncertainty=Uncertainty.without(without)
    )
    return counts.sum(axis=(2, 3))[:, 1]


def test_a_forecast_with_nothing_unsure_is_one_future_again_and_again() -> None:
    assert len(set(totals(*SOURCES))) == 1


def test_the_sources_make_up_the_whole_band_and_leaving_the_widest_out_narrows_it() -> None:
    alone = [totals(*(name for name in SOURCES if name != source)).var() for source in SOURCES]
    assert sum(alone) == pytest.approx(totals().var(), rel=0.35)
    widest = SOURCES[int(np.argmax(alone))]
    assert totals(widest).std() < 0.8 * totals().std()


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_alone_makes_futures_differ(source: str) -> None:
    others = [name for name in SOURCES if name != source]
    assert totals(*others).std() > 0


def test_without_chance_every_future_meets_the_luck_of_the_first() -> None:
    assert totals("chance")[0] == totals()[0]


def test_chance_alone_is_about_as_wide_as_counts_of_children_are_by_chance() -> None:
    spread = totals("parameters", "drift").std()
    mean = totals("parameters", "drift").mean()
    assert 0.5 * np.sqrt(mean) < spread < 1.3 * np.sqrt(mean)


def test_the_answer_says_what_is_left_out_and_its_digest_differs() -> None:
    full = forecast_published("879", start=START, months=1, runs=2)
    part = forecast_published(
        "879", start=START, months=1, runs=2, uncertainty=Uncertainty.without(["drift"])
    ).as_dict()
    assert full.as_dict()["uncertainty"] == {"chance": True, "parameters": True, "drift": True}
    assert part["uncertainty"] == {"chance": True, "parameters": True, "drift": False}
    assert any("leave out: drift" in warning for warning in part["evidence"]["warnings"])
    assert not any("leave out" in warning for warning in full.as_dict()["evidence"]["warnings"])
    assert json.dumps(part["evidence"]) != json.dumps(full.as_dict()["evidence"])


def test_an_unknown_source_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InvalidInput, match="chance, parameters, drift"):
        Uncertainty.without(["luck"])
