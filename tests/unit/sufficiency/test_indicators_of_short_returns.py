"""Indicators over two years from returns of two years: what the returns do not reach is not told, and neither guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sufficiency import read_returns
from sufficiency.indicators import IndicatorQuestion, indicators_of

EPISODES = "CHILD,DECOM,RNE,LS,PLACE,PLACE_PROVIDER,DEC,REC\n"
HEADER = "CHILD,SEX,DOB\nA,1,01/06/2015\nB,2,15/03/2016\nLEFT,1,01/02/2014\n"
SETTLED = "A,10/01/2022,S,C2,U4,PR1,,\n"
LEFT = "LEFT,01/05/{year},S,C2,U4,PR1,01/09/{year},E8\n"
OVER_TWO_YEARS = (
    "long_term_stability_same_carer",
    "long_term_stability_same_placement",
    "three_or_more_in_2_years",
)


def indicators(folder: Path, other: str) -> dict[str, Any]:
    for year in (2025, 2026):
        (folder / f"{year}-header.csv").write_text(HEADER)
        (folder / f"{year}-episodes.csv").write_text(EPISODES + SETTLED + LEFT.format(year=year - 1) + other)
    (folder / "2026-header-of-others.csv").write_text("CHILD,SEX\nC,1\n")
    answer = indicators_of(read_returns(folder), IndicatorQuestion(at=date(2026, 3, 31), authority="879"))
    return answer | {row["id"]: row for row in answer["indicators"]}


def test_of_two_returns_nothing_is_said_of_two_years_a_year_ago(tmp_path: Path) -> None:
    found = indicators(tmp_path, "B,20/05/2024,S,C2,U4,PR1,,\n")
    for name in OVER_TWO_YEARS:
        assert (found[name]["status"], found[name]["denominator"]) == ("ASSESSED", 1)
        assert (found[name]["before"], found[name]["travel"]) == (None, "NOT_ASSESSED")
    assert found["short_term_stability"]["before"] == 0
    told = [one for one in found["evidence"]["warnings"] if "nothing is said of the year before" in one]
    assert len(told) == len(OVER_TWO_YEARS)
    assert all("2024-04-01" in one and "give the return" in one for one in told)


def test_a_child_who_moved_before_the_first_return_may_be_longer_in_care_than_it_shows(
    tmp_path: Path,
) -> None:
    found = indicators(tmp_path, "B,20/12/2023,P,C2,U4,PR1,,\n")
    assert found[OVER_TWO_YEARS[0]]["status"] == found[OVER_TWO_YEARS[1]]["status"] == "NOT_ASSESSED"
    assert "who was in care on 2023-09-30" in found[OVER_TWO_YEARS[0]]["reason"]
    assert found[OVER_TWO_YEARS[2]]["denominator"] == 2


def test_a_child_whose_care_began_before_the_first_return_is_known_by_its_date(tmp_path: Path) -> None:
    found = indicators(tmp_path, "B,20/12/2023,S,C2,U4,PR1,,\n")
    assert found[OVER_TWO_YEARS[0]]["denominator"] == 1


def test_what_the_reader_overlooked_and_mended_is_told(tmp_path: Path) -> None:
    found = indicators(tmp_path, "B,20/05/2024,S,C2,U4,PR1,01/01/2024,E8\n")
    told = found["evidence"]["warnings"]
    assert any("2026-header-of-others.csv" in one for one in told)
    assert any("mended or set aside" in one for one in told)
