"""Beds short and what to do: one answer whose parts agree with their own rooms, and whose sentences hold its figures."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from api.reporting import report_bytes
from matching.home import Resident
from reference_data.problems import ImportRejected
from reference_data.vocabulary import ContractKind, HomeStatus, PlacementGroup
from sufficiency import forecast_need, read_returns
from sufficiency.action_values import BED_KEYS, NEED_KEYS, actions_from_values, actions_schema
from sufficiency.beds_plan import BedsQuestion, plan_beds
from sufficiency.beds_report import beds_report
from sufficiency.beds_tables import beds_tables
from sufficiency.beds_words import _near, beds_in_words_by_part, pounds
from sufficiency.block_contract import Void, year_of_voids
from sufficiency.files import read_actions
from sufficiency.openings import LIKELY_SLIP
from sufficiency.report import report_from_values
from sufficiency.returns import Returns
from sufficiency.scenario import Diversion, Route, Scenario, together
from tests.unit.sufficiency.a_block_home import BLOCK_HOME, CHILD

SAMPLE = Path(__file__).parents[3] / "reference_data" / "synthetic" / "sample_returns"
START = date(2019, 3, 31)
HOME = replace(
    BLOCK_HOME,
    residents=(Resident(child_id="a", age=12, authority="879"),),
    vacancies=3,
    min_age=5,
    weekly_fee_pence=500_000,
)
SPOT = replace(HOME, home_id="DEMO-2", contract=ContractKind.SPOT, weekly_fee_pence=800_000)
ACTIONS = actions_from_values(
    {
        "beds": [
            {
                "name": "a home",
                "placement": "residential",
                "beds": 3,
                "from": "2019-06-30",
                "weekly_pounds": 9000,
            }
        ],
        "need": [
            {
                "name": "fewer starts",
                "from": "2019-03-31",
                "weekly_pounds": 100.5,
                "scenario": {"starts": 0.5},
            }
        ],
    }
)


@cache
def sample() -> Returns:
    return read_returns(SAMPLE)


def answer(**changes: object) -> dict:
    question = BedsQuestion(
        start=START, months=6, as_of=START, authority="879", runs=20, seed=3, actions=ACTIONS
    )
    return plan_beds(sample(), [HOME, SPOT], replace(question, **changes))  # type: ignore[arg-type]


@cache
def base() -> dict:
    return answer()


def test_the_shortfall_is_the_forecasts_own() -> None:
    forecast = forecast_need(
        sample(), start=START, months=6, runs=20, seed=3, homes=[HOME, SPOT], authority="879"
    )
    assert base()["shortfall"] == list(forecast.as_dict()["shortfall"])


def test_what_was_not_given_is_not_assessed_and_names_what_it_needs() -> None:
    for part, needs in (("fit", "--referrals"), ("needed", "--enquiries"), ("crisis", "--stays")):
        assert base()[part]["status"] == "NOT_ASSESSED"
        assert needs in base()[part]["reason"]
        assert any(needs in sentence for sentence in base()["answers"])
    assert answer(actions=replace(ACTIONS, actions=()))["actions"]["status"] == "NOT_ASSESSED"


def test_a_list_whose_dates_have_passed_is_told_and_so_is_whom_a_list_holds() -> None:
    late = replace(CHILD, needed_by=date(2019, 1, 7), date_of_birth=date(2007, 1, 1))
    found = answer(referrals=(late,), actions=replace(ACTIONS, actions=()), months=1, runs=2)
    said = "1 referrals contradict themselves about urgency and date; check them."
    assert said in found["evidence"]["warnings"]
    assert any("hard to place" in sentence for sentence in found["answers"])
    assert said not in base()["evidence"]["warnings"]


def test_nothing_is_said_of_a_request_that_cannot_be_made_and_one_bed_is_lacking() -> None:
    assert not any("on request" in one for one in base()["evidence"]["warnings"])
    assert "1 is lacking" in _near({"short_local": 1.2})
    assert "2 are lacking" in _near({"short_local": 1.6})


def test_every_part_that_was_given_is_assessed_and_said() -> None:
    for part in ("leaving", "costs", "block", "actions"):
        assert base()[part]["status"] == "ASSESSED"
    said = " ".join(base()["answers"])
    assert f"{base()['capacity']['usable']:.0f} beds" in said
    in_parts = {**base()["capacity"], "usable": 563.56}
    assert "we can use about 564 beds." in " ".join(
        beds_in_words_by_part({**base(), "capacity": in_parts})["capacity"]
    )
    assert all("only the single places avoided" in table.note for table in beds_tables(base())["actions"])
    assert pounds(base()["costs"]["years"][0]["mean_pence"]) in said
    assert "block contract of residential places" in said
    assert "'a home'" in said
    json.dumps(base(), allow_nan=False)


def test_the_page_holds_every_answer_and_tells_beds_short_of_the_first_and_last_date() -> None:
    made = beds_report(base(), made_on=START)
    assert made.council == "Plymouth"
    page = re.sub(r"\s+", " ", unescape(report_bytes(made, ".html").decode()))
    for sentence in base()["answers"]:
        assert sentence in page
    short = next(table for section, table in made.tables() if section.key == "shortfall")
    assert {row[1] for row in short.rows} == {"31 March 2019", "30 September 2019"}
    assert len(short.rows) == 2 * 3
    assert report_from_values(made.as_dict()) == made


def test_actions_are_tried_on_the_same_futures_with_each_set_of_need_actions() -> None:
    by_name = {row["name"]: row for row in base()["actions"]["actions"]}
    fewer = forecast_need(
        sample(),
        start=START,
        months=6,
        runs=20,
        seed=3,
        homes=[HOME, SPOT],
        authority="879",
        scenario=Scenario(
            name="fewer starts", starts=dict.fromkeys(("0", "1-4", "5-9", "10-15", "16-17"), 0.5)
        ),
    ).as_dict()["shortfall"]
    # Months of 30, 31, 30, 31, 31 and 30 nights from 31 March to 30 September; the last date has no nights after it.
    nights = [30, 31, 30, 31, 31, 30]

    def total(rows: list[dict]) -> float:
        found = 0.0
        for group in ("fostering", "residential", "supported"):
            ours = [row for row in rows if row["placement"] == group and row["age_band"] == "all"]
            found += sum(row["short_any"] * n for row, n in zip(ours, nights, strict=False))
        return found

    saved = total(base()["shortfall"]) - total(fewer)
    assert by_name["fewer starts"]["without_a_bed"]["mean"] == pytest.approx(
        saved, abs=6 * 3 * 31 * 0.005 + 0.1
    )


def test_empty_block_beds_are_told_for_the_year_that_ends_on_the_day() -> None:
    long_ago = Void(
        home_id="DEMO-1",
        from_day=date(2018, 1, 1),
        until_day=date(2018, 4, 8),
        weekly_fee_pence=700_000,
        reason="repairs",
        liable="provider",
    )
    # 1 to 7 April of the year that begins on 1 April 2018: seven nights of a hundred thousand pence.
    found = year_of_voids([long_ago], START)
    assert found is not None
    assert found["rows"] == [{"reason": "repairs", "liable": "provider", "nights": 7, "pence": 700_000}]
    assert base()["block"]["voids"] is None
    told = {**base(), "block": {**base()["block"], "voids": found}}
    assert "stood empty 7 nights" in " ".join(beds_in_words_by_part(told)["block"])


def test_late_openings_leave_fewer_beds() -> None:
    planned = replace(
        HOME, home_id="DEMO-3", status=HomeStatus.PLANNED, opens_on=date(2019, 5, 1), residents=()
    )
    question = BedsQuestion(start=START, months=6, as_of=START, authority="879", runs=40, seed=3)

    def last_capacity(**changes: object) -> float:
        found = plan_beds(sample(), [HOME, planned], replace(question, **changes))  # type: ignore[arg-type]
        rows = [
            row
            for row in found["shortfall"]
            if row["placement"] == PlacementGroup.RESIDENTIAL and row["age_band"] == "all"
        ]
        return rows[-1]["capacity"]

    assert last_capacity() == 8
    assert 4 < last_capacity(slip=LIKELY_SLIP) < 8


def test_scenarios_put_together_multiply_and_one_alone_is_itself() -> None:
    first = Scenario(
        name="a", starts={"0": 0.5}, moves=2.0, routes=(Route(origin="homes", to="kinship", factor=2),)
    )
    second = Scenario(
        name="b",
        starts={"0": 0.5, "1-4": 2},
        exits={"homes": 2, "residential": 3},
        divert=(Diversion(origin="homes", to="kinship", share=0.5),),
    )
    both = together([first, second], "both")
    assert both.starts == {"0": 0.25, "1-4": 2}
    assert both.exits == {
        "residential": 3,
        "homes": 2,
        **dict.fromkeys(("secure", "residential_schools"), 3),
    } or (both.exits["homes"] == 2 and both.exits["residential"] == 3)
    assert (both.routes, both.divert) == (first.routes, second.divert)
    alone = together([second], "b")
    assert (alone.starts, alone.divert) == (second.starts, second.divert)
    assert (alone.exit_factors() == second.exit_factors()).all()
    assert (alone.move_factors() == second.move_factors()).all()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[[beds]]\nname = 'a'\nbeds=1\nfrom=2026-01-01\n", "missing_key"),
        ("[[beds]]\nname='a'\nplacement='kinship'\nbeds=1\nfrom=2026-01-01\n", "action_group"),
        ("[[beds]]\nname='a'\nplacement='residential'\nbeds=1.5\nfrom=2026-01-01\n", "action_beds"),
        ("[[beds]]\nname='a'\nplacement='residential'\nbeds=0\nfrom=2026-01-01\n", "action_beds"),
        ("[[beds]]\nname='a'\nplacement='residential'\nbeds=1\nfrom='soon'\n", "action_date"),
        ("[[beds]]\nname='a'\nplacement='residential'\nbeds=1\nfrom=2026-01-01\nages=['0']\n", "action_ages"),
        (
            "[[beds]]\nname='a'\nplacement='residential'\nbeds=1\nfrom=2026-01-01\nweekly_pounds=1.234\n",
            "action_pounds",
        ),
        ("[[need]]\nname='a'\nfrom=2026-01-01\nscenario='fewer'\n", "action_scenario"),
        ("[[need]]\nname='a'\nfrom=2026-01-01\n[need.scenario]\nstarts=99\n", "scenario_factor"),
        ("[[homes]]\nname='a'\n", "unknown_key"),
        ("name = ", "not_a_list_of_actions"),
    ],
)
def test_an_unusable_list_of_actions_is_refused_by_name(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "actions.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportRejected) as rejected:
        read_actions(path)
    (issue,) = rejected.value.issues
    assert (issue.file, issue.rule) == ("actions.toml", code)


def test_every_problem_of_a_list_of_actions_is_told_with_its_place_and_without_its_value(
    tmp_path: Path,
) -> None:
    path = tmp_path / "actions.toml"
    good = "[[beds]]\nname='Secret name'\nplacement='residential'\nbeds=1\nfrom=2026-01-01\n"
    wrong = "[[beds]]\nname='Other name'\nplacement='kinship'\nbeds=0\nfrom='tomorrow'\nonce_pounds='lots'\n"
    home = f"{good.replace('Secret', 'Third')}[beds.home]\nmin_age='young'\nmax_age='grown'\n"
    need = "[[need]]\nname='Secret name'\nfrom=2026-01-01\n[need.scenario]\nstarts=0.5\n"
    path.write_text(good + wrong + home + need, encoding="utf-8")
    with pytest.raises(ImportRejected) as rejected:
        read_actions(path)
    found = [(issue.row, issue.column, issue.rule) for issue in rejected.value.issues]
    assert found == [
        (2, "beds.placement", "action_group"),
        (2, "beds.beds", "action_beds"),
        (2, "beds.from", "action_date"),
        (2, "beds.once_pounds", "action_pounds"),
        (3, "beds.home.min_age", "action_home"),
        (3, "beds.home.max_age", "action_home"),
        (1, "need.name", "action_names"),
    ]
    said = " ".join(f"{issue.file} {issue.what_to_do}" for issue in rejected.value.issues)
    assert not any(
        value in said for value in ("name'", "Secret", "Other", "kinship", "tomorrow", "lots", "grown")
    )


def test_the_page_of_actions_names_every_key_and_its_example_reads() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/actions.md").read_text(encoding="utf-8")
    for key in {*BED_KEYS, *NEED_KEYS}:
        assert f"`{key}`" in page
    example = page.split("```toml\n")[1].split("```")[0]
    found = actions_from_values(tomllib.loads(example))
    assert [one.name for one in found.actions] == ["Three-bed home", "Step down to fostering"]
    jsonschema_of = actions_schema()
    assert set(jsonschema_of["properties"]["beds"]["items"]["properties"]) == set(BED_KEYS)  # type: ignore[index]
    assert set(jsonschema_of["properties"]["need"]["items"]["properties"]) == set(NEED_KEYS)  # type: ignore[index]
