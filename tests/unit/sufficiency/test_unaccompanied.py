"""Unaccompanied children are told from the returns, learnt from apart, and counted with the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest

from reference_data.sheets import RawRow, RawTable
from reference_data.vocabulary import AGE_BANDS
from sufficiency.forecast import APART, Forecast, forecast_need, learnt_world
from sufficiency.repair import repaired_history
from sufficiency.returns import Returns, returns_from_tables
from sufficiency.scenario import Scenario
from sufficiency.stays import DAYS_A_YEAR
from sufficiency.unaccompanied import FEWEST, told_apart, unaccompanied_children
from tests.oracles.synthetic_council import council

ORIGIN = date(2019, 3, 31)
FIRST = date(2014, 4, 1)


def with_unaccompanied(count: int) -> list[RawTable]:
    """Return a council's returns, with children who came alone at 16 and a half, evenly, and stay until they are 18."""
    truth = council(5, starts_a_year=60, growth_a_year=0.0, first_day=date(2009, 1, 1), last_day=ORIGIN)
    others = truth.returns(ORIGIN, years=5)
    alone: dict[str, tuple[date, date]] = {}
    for number in range(count):
        came = FIRST + timedelta(days=int((number + 0.5) * 1820 / max(count, 1)))
        born = came - timedelta(days=int(16.5 * DAYS_A_YEAR))
        alone[f"ALONE-{number}"] = (born.replace(day=1), came)
    tables = []
    for table in others[:-1]:
        year = int(table.file[:4])
        opened, closed = date(year - 1, 4, 1), date(year, 3, 31)
        rows = list(table.rows)
        for child, (born, came) in alone.items():
            eighteen = born.replace(year=born.year + 18)
            if came > closed or eighteen < opened:
                continue
            cells: dict[str, object] = {
                "CHILD": child,
                "DECOM": came.strftime("%d/%m/%Y"),
                "RNE": "S",
                "LS": "V2",
                "PLACE": "K3",
                "PLACE_PROVIDER": "PR4",
            }
            if eighteen <= closed:
                cells |= {"DEC": eighteen.strftime("%d/%m/%Y"), "REC": "E17"}
            rows.append(RawRow(number=len(rows) + 2, cells=cells))
        tables.append(RawTable(file=table.file, header=(*table.header, "REC"), rows=tuple(rows)))
    named = tuple(
        RawRow(
            number=number,
            cells={"CHILD": child, "DOB": born.strftime("%d/%m/%Y"), "SEX": "1", "DUC": ""},
        )
        for number, (child, (born, _)) in enumerate(alone.items(), start=2)
    )
    return [*tables, others[-1], RawTable(file="uasc.csv", header=("CHILD", "SEX", "DOB", "DUC"), rows=named)]


@cache
def returns(count: int = 60) -> Returns:
    return returns_from_tables(with_unaccompanied(count))


@cache
def forecast(**changed: float) -> Forecast:
    scenario = Scenario(name="same", starts=dict.fromkeys(AGE_BANDS, 1.0)) if changed else None
    return forecast_need(
        returns(),
        start=ORIGIN,
        months=24,
        runs=30,
        seed=2,
        scenario=scenario,
        explain=True,
        track_record=False,
    )


def test_a_table_or_a_header_column_names_them() -> None:
    assert unaccompanied_children(returns()) == {f"ALONE-{number}" for number in range(60)}
    header = RawTable(
        file="header.csv",
        header=("CHILD", "DOB", "UASC"),
        rows=(
            RawRow(number=2, cells={"CHILD": 7.0, "DOB": "01/02/2003", "UASC": "1"}),
            RawRow(number=3, cells={"CHILD": "8", "DOB": "01/02/2003", "UASC": "0"}),
            RawRow(number=4, cells={"CHILD": "9", "DOB": "01/02/2003", "UASC": None}),
        ),
    )
    episodes = RawTable(
        file="episodes.csv",
        header=("CHILD", "DECOM", "DEC", "PLACE"),
        rows=(RawRow(number=2, cells={"CHILD": "7", "DECOM": "01/05/2018", "PLACE": "U6"}),),
    )
    assert unaccompanied_children(returns_from_tables([episodes, header])) == {"7"}


def test_few_are_learnt_from_together_and_many_apart() -> None:
    for count, parts in ((0, 1), (FEWEST - 1, 1), (FEWEST, 2)):
        history = repaired_history(returns(count), known_on=ORIGIN)
        apart = told_apart(history, unaccompanied_children(returns(count)))
        assert len(apart) == parts
        assert sum(len(part.stays) for part in apart) == len(history.stays)


def test_their_starts_and_stays_are_their_own() -> None:
    history = repaired_history(returns(), known_on=ORIGIN)
    others, alone = (
        learnt_world(part, ORIGIN) for part in told_apart(history, unaccompanied_children(returns()))
    )
    assert sum(alone.starts.yearly) == 60
    assert alone.starts.band_counts.argmax() == len(AGE_BANDS) - 1
    only_others = repaired_history(returns(0), known_on=ORIGIN)
    assert others.starts.yearly == learnt_world(only_others, ORIGIN).starts.yearly
    supported = (6, len(AGE_BANDS) - 1)
    assert alone.exits.per_day[supported].mean() < others.exits.per_day[supported].mean() / 2


def test_they_are_counted_with_the_others_on_every_date() -> None:
    found = forecast()
    history = repaired_history(returns(), known_on=ORIGIN)
    today = sum(
        stay.started_on <= ORIGIN and (stay.ended_on is None or stay.ended_on > ORIGIN)
        for stay in history.stays
    )
    assert (found.counts.sum(axis=(2, 3))[:, 0] == today).all()
    assert APART in found.definition
    # Twelve come a year and each stays a year and a half.
    supported = found.counts[:, 24, -1, 6].mean()
    assert 12 < supported - forecast_of_the_others().counts[:, 24, -1, 6].mean() < 24


@cache
def forecast_of_the_others() -> Forecast:
    return forecast_need(returns(0), start=ORIGIN, months=24, runs=30, seed=2, track_record=False)


def test_a_council_without_them_is_forecast_as_if_nobody_had_asked() -> None:
    unnamed = replace(returns(0), tables=tuple(table for table in returns(0).tables if table.kind != "uasc"))
    again = forecast_need(unnamed, start=ORIGIN, months=24, runs=30, seed=2, track_record=False)
    assert (again.counts == forecast_of_the_others().counts).all()
    assert APART not in again.definition


def test_a_scenario_that_changes_nothing_and_the_explanation_hold_for_both_together() -> None:
    base, same = forecast(), forecast(changed=1.0)
    assert (base.counts == same.counts).all()
    assert base.change is not None
    explained = np.sum(list(base.change.parts.values()), axis=0)
    assert explained == pytest.approx(base.change.after - base.change.before)
