"""The invented partnership as a whole: against the published figures, a data manager's checks, and itself."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from docs.synthetic_against_published import (
    FAR,
    FLOWS,
    PAGE,
    STABILITY,
    STOCK_CUTS,
    VERY_FAR,
    Cell,
    compared,
    durations,
    fit_of,
    page_tables,
    page_with,
)
from docs.write_partnership import archive_of
from matching.files import homes_from_values, referrals_from_values
from reference_data.sample import PARTNERSHIP_ARCHIVE
from reference_data.synthetic.dirt import soiled
from reference_data.synthetic.partnership import Partnership
from reference_data.synthetic.returns import csv_text
from sufficiency import read_returns
from sufficiency.repair import repaired_history
from tests.counts import count
from tests.oracles.return_checks import Tables, change_faults, date_faults, failures, tables_by_year
from tests.oracles.return_codes import COLUMNS

MARCH_2025 = date(2025, 3, 31)
RETURN_YEARS = range(2017, 2027)
Row = dict[str, str]


@pytest.fixture(scope="module")
def cells(partnership: Partnership) -> list[Cell]:
    return compared(partnership.histories)


@pytest.fixture(scope="module")
def returns(partnership: Partnership) -> dict[str, dict[str, str]]:
    return {code: partnership.returns(code, RETURN_YEARS) for code in partnership.histories}


def test_the_page_shows_what_the_generator_gives(partnership: Partnership, cells: list[Cell]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    tables = page_tables(cells, durations(partnership.histories))
    assert page == page_with(tables, page), "Run: python -m docs.synthetic_against_published"


def test_the_stock_of_every_authority_and_cut_is_within_sampling_noise(cells: list[Cell]) -> None:
    stock = [cell for cell in cells if cell.cut in STOCK_CUTS]
    assert len(stock) > 240
    assert sum(abs(cell.z) > FAR for cell in stock) <= 0.07 * len(stock)
    assert max(abs(cell.z) for cell in stock) < VERY_FAR
    for cut in STOCK_CUTS:
        fit = fit_of(cells, cut)
        assert fit.spread_z < 1.4, fit
        # Years of one council carry each other forward, so their mean is that of few independent numbers.
        assert abs(fit.mean_z) < (1.0 if cut == "stock" else 0.5), fit


_RUN_IN = "those in care before April 2016 are run in without a history, and no age of that year is published"
_ONE_MIX = "one law for five years and a code used little: four children beside a published nought"
FURTHER_THAN_FOUR = {
    ("879", "ceases", "2017"): _RUN_IN,
    ("880", "ceases", "2017"): _RUN_IN,
    ("933", "ceases", "2017"): _RUN_IN,
    ("880", "placement_changes_by_reason", "LAREQ"): _ONE_MIX,
    ("933", "starts_by_legal_status", "pace"): _ONE_MIX,
    (
        "880",
        "ceases_by_reason",
        "home_planned",
    ): "a third of Torbay's returns home in the five years are of 2020/21; here they are spread",
    (
        "933",
        "ceases_by_age",
        "0",
    ): "Somerset's babies leave after their first birthday instead: of 1 to 4 more leave than published",
}
"""Cells of flows further than four standard deviations away, and why."""


def test_flows_of_five_years_are_near_and_those_that_are_not_have_a_reason(cells: list[Cell]) -> None:
    flows = [cell for cell in cells if cell.cut not in STOCK_CUTS]
    assert sum(abs(cell.z) > FAR for cell in flows if cell.cut in FLOWS) <= 0.2 * sum(
        cell.cut in FLOWS for cell in flows
    )
    beyond = {(cell.authority, cell.cut, cell.part) for cell in flows if abs(cell.z) >= VERY_FAR}
    assert beyond == set(FURTHER_THAN_FOUR)


def test_starts_are_those_published_to_the_child(cells: list[Cell]) -> None:
    assert all(cell.published == cell.invented for cell in cells if cell.cut == "starts")


@pytest.mark.parametrize("cut", [*FLOWS, *STABILITY])
def test_flows_of_five_years_are_close(cells: list[Cell], cut: str) -> None:
    own = [cell for cell in cells if cell.cut == cut]
    apart = sum(abs(cell.invented - cell.published) for cell in own)
    assert apart <= 0.2 * sum(cell.published for cell in own)


def test_generated_returns_pass_a_data_managers_checks(returns: Mapping[str, Mapping[str, str]]) -> None:
    some = list(returns.items())[: count("councils whose returns a data manager checks")]
    for code, files in some:
        assert Counter(failures(files)) == Counter(), code


Change = Callable[[dict[int, Tables]], None]


def in_every(table: str, year: int, when: Callable[[Row], bool], **cells: str) -> Change:
    """Return a change of the first row of a table for which something holds."""

    def change(years: dict[int, Tables]) -> None:
        row = next(row for row in years[year][table] if when(row))
        row.update(cells)

    return change


def without(table: str, year: int) -> Change:
    def change(years: dict[int, Tables]) -> None:
        years[year][table].pop(len(years[year][table]) // 2)

    return change


def twice(table: str, year: int) -> Change:
    def change(years: dict[int, Tables]) -> None:
        years[year][table].append(dict(years[year][table][0]))

    return change


def vanished(year: int) -> Change:
    """Return a change that takes somebody who is in care on 31 March out of the next return."""

    def change(years: dict[int, Tables]) -> None:
        child = next(row["CHILD"] for row in years[year]["episodes"] if row["DEC"] == "")
        for rows in years[year + 1].values():
            rows[:] = [row for row in rows if row["CHILD"] != child]

    return change


def of(**wanted: str) -> Callable[[Row], bool]:
    return lambda row: all(row[name] == value for name, value in wanted.items())


def a_new_status(row: Row) -> bool:
    return row["RNE"] == "L" and row["DECOM"][3:] in {f"{month:02d}/2020" for month in range(5, 13)}


def a_move(row: Row) -> bool:
    return row["RNE"] == "P" and row["PLACE"][0] == "U" and row["DEC"] == ""


SPOILT: dict[str, tuple[Change, str]] = {
    "a code of another year": (
        in_every("episodes", 2020, of(PLACE="K2"), PLACE="K3"),
        "PLACE K3 is not of this year",
    ),
    "sex in letters too early": (in_every("header", 2020, of(SEX="1"), SEX="M"), "SEX M is not of this year"),
    "a header row that is gone": (without("header", 2021), "not about the same children"),
    "an episode twice": (twice("episodes", 2021), "has a key twice"),
    "an open episode that vanished": (vanished(2021), "an open episode vanished"),
    "an end before the start": (
        in_every("episodes", 2021, lambda r: r["DEC"] != "", DEC="02/04/2019"),
        "an end within a day",
    ),
    "a reason for ending that is not due": (
        in_every("episodes", 2021, of(DEC=""), REC="E8"),
        "REC and DEC do not go together",
    ),
    "a move that was none": (in_every("episodes", 2021, a_new_status, RNE="B"), "RNE B and"),
    "care that starts in the middle": (
        in_every("episodes", 2021, a_new_status, RNE="S"),
        "RNE S in the middle of care",
    ),
    "no number of a home": (in_every("episodes", 2026, of(PLACE="K3"), URN=""), "K3 without a URN"),
    "a number that is none": (in_every("episodes", 2026, of(PLACE="K3"), URN="12"), "a URN that is none"),
    "a number where there is none": (
        in_every("episodes", 2021, of(PLACE="P1"), URN="9912345"),
        "P1 with a URN",
    ),
    "parents that a provider provides": (
        in_every("episodes", 2021, of(PLACE="P1"), PLACE_PROVIDER="PR1"),
        "P1 with provider",
    ),
    "with the parents by agreement": (
        in_every("episodes", 2021, of(PLACE="P1"), LS="V2"),
        "V2 with the parents",
    ),
    "a long police protection": (
        in_every("episodes", 2021, lambda r: r["LS"] == "C2" and r["DEC"] == "", LS="L1"),
        "L1 of",
    ),
    "a postcode that does not exist": (
        in_every("episodes", 2021, a_move, PL_POST="PL99 9ZZ"),
        "does not exist",
    ),
    "an open episode that moved by itself": (
        in_every("episodes", 2021, of(DEC=""), PL_POST="PL1 2AA"),
        "PL_POST of an open episode changed",
    ),
    "an open episode that started elsewhen": (
        in_every("episodes", 2021, of(DEC=""), CIN="N3"),
        "CIN of an open episode changed",
    ),
    "an adoption without its row": (without("ad1", 2021), "ad1 is not about those adopted"),
    "unaccompanied after 18": (in_every("uasc", 2025, lambda r: True, DUC="01/01/2040"), "uasc ends after"),
    "a score of forty-one": (
        in_every("oc2", 2021, lambda r: r["SDQ_SCORE"] != "", SDQ_SCORE="41"),
        "a score outside 0-40",
    ),
    "a score and a reason": (
        in_every("oc2", 2021, lambda r: r["SDQ_SCORE"] != "", SDQ_REASON="SDQ2"),
        "or both",
    ),
    "a leaver of another age": (
        in_every("oc3", 2021, lambda r: True, DOB="01/01/1980"),
        "without such a birthday",
    ),
    "a time away that ends before it began": (
        in_every("missing", 2021, lambda r: r["MIS_END"] != "", MIS_END="02/04/2016"),
        "does not end after it began",
    ),
    "a gap between social workers": (
        in_every(
            "sw_episodes",
            2025,
            lambda r: r["SW_DEC"] != "" and r["SW_REASON"] != "CHCHAN",
            SW_DEC="03/04/2024",
        ),
        "without a social worker",
    ),
    "a review that was never held": (without("reviews", 2021), "is late"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_the_checks_tell_of_a_return_that_is_spoilt(
    name: str, returns: Mapping[str, Mapping[str, str]]
) -> None:
    change, told = SPOILT[name]
    years = tables_by_year(returns["880"])
    change(years)
    files = {
        f"{year}-{table}.csv": csv_text(COLUMNS[table].split(","), [list(row.values()) for row in rows])
        for year, tables in years.items()
        for table, rows in tables.items()
    }
    found = failures(files)
    assert found
    assert any(told in text for text in found), found[:5]


def test_a_temporary_place_for_too_long_and_a_move_without_a_move_are_told() -> None:
    row = dict.fromkeys(COLUMNS["episodes"].split(","), "")
    away = row | {"PLACE": "T4", "LS": "C2", "DECOM": "01/05/2020", "DEC": "20/05/2020", "REC": "X1"}
    assert list(date_faults(2021, away, date(2010, 1, 1))) == ["T4 of 19 days"]
    home = row | {
        "PLACE": "U6",
        "LS": "C2",
        "PL_POST": "PL1 2AA",
        "REASON_PLACE_CHANGE": "CARPL",
        "REC": "X1",
    }
    assert "RNE P and nothing of the placement changed" in list(change_faults(home, home | {"RNE": "P"}))


def write(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def in_care(folder: Path) -> tuple[int, dict[str, int]]:
    mended = repaired_history(read_returns(folder))
    there = sum(
        stay.started_on <= MARCH_2025 and (stay.ended_on is None or stay.ended_on > MARCH_2025)
        for stay in mended.stays
    )
    return there, mended.report.counts


def test_returns_are_read_whole_and_give_the_stock_they_were_written_from(
    returns: Mapping[str, Mapping[str, str]], cells: list[Cell], tmp_path: Path
) -> None:
    there, repairs = in_care(write(tmp_path / "clean", returns["879"]))
    told = next(c for c in cells if (c.authority, c.cut, c.part) == ("879", "stock", "2025"))
    assert there == told.invented
    # What is told of clean returns is no mending: rows that go on, short breaks and temporary places.
    assert set(repairs) <= {"carried_over", "short_break", "temporary_place"}


def test_planted_dirt_is_found_and_costs_the_count_little(
    returns: Mapping[str, Mapping[str, str]], cells: list[Cell], tmp_path: Path
) -> None:
    files, planted = soiled(returns["879"], seed=4)
    there, repairs = in_care(write(tmp_path / "dirty", files))
    told = next(c for c in cells if (c.authority, c.cut, c.part) == ("879", "stock", "2025"))
    assert abs(there - told.invented) <= len(planted) // 4
    for rule in (
        "gone_from_next_return",
        "reversed_dates",
        "duplicate_row",
        "no_start_date",
        "unknown_place",
    ):
        assert repairs.get(rule, 0) > 0, rule


def test_every_record_says_that_it_is_invented(partnership: Partnership) -> None:
    for code in partnership.histories:
        for name, text in partnership.files_of(code):
            assert "DEMO-" in text or name == "README.txt" or len(text.splitlines()) <= 1
    assert all(str(home["name"]).endswith("(invented)") for home in partnership.homes)


def test_every_list_is_read_without_a_problem(partnership: Partnership) -> None:
    for code in partnership.histories:
        homes = partnership.homes_of(code)
        own = [row for row in partnership.referrals if row["authority"] == code]
        read, problems = homes_from_values(homes)
        assert (len(read), problems) == (len(homes), ())
        waiting, problems = referrals_from_values(own)
        assert (len(waiting), problems) == (len(own), ())
        assert len(own) > 15


def test_what_ships_is_what_the_generator_gives_and_holds_no_truth(partnership: Partnership) -> None:
    shipped = PARTNERSHIP_ARCHIVE.read_bytes()
    assert hashlib.sha256(archive_of(partnership)).digest() == hashlib.sha256(shipped).digest(), (
        "make partnership"
    )
    text = " ".join(text for _, text in partnership.files_of("879"))
    assert "frailty" not in text
    assert '"needed"' not in text


def test_another_process_with_another_hash_seed_invents_the_same(partnership: Partnership) -> None:
    program = (
        "import hashlib; from datetime import date;"
        "from reference_data.synthetic.careers import simulate_history;"
        "print(hashlib.sha256(repr(simulate_history('880', seed=2026, until=date(2026, 6, 15))).encode()).hexdigest())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert told == hashlib.sha256(repr(partnership.histories["880"]).encode()).hexdigest()


def test_nobody_stays_for_months_in_a_hotel_or_for_years_where_nobody_is_registered(
    partnership: Partnership,
) -> None:
    longest: dict[str, int] = {}
    for stay in partnership.stays:
        ended = stay.get("ended_on")
        last = date.fromisoformat(str(ended)) if ended else partnership.on
        nights = (last - date.fromisoformat(str(stay["started_on"]))).days
        longest[str(stay["setting"])] = max(nights, longest.get(str(stay["setting"]), 0))
    assert 0 < max(longest.get(kind, 0) for kind in ("hotel", "bed_and_breakfast", "holiday_let")) <= 60
    unregistered = [nights for kind, nights in longest.items() if kind.startswith("un")]
    assert 0 < max(unregistered) <= 200


def test_few_places_of_childrens_homes_that_can_be_used_are_empty(partnership: Partnership) -> None:
    for code in partnership.histories:
        homes = partnership.homes_of(code)
        open_homes = [home for home in homes if home["type"] == "childrens_home" and home["status"] == "open"]
        living = sum(len(home["residents"]) for home in open_homes)
        free = sum(
            home.get("vacancies", 0) or sum(not bed for bed in home.get("beds", ())) for home in open_homes
        )
        assert 0.85 <= living / (living + free) <= 0.96, code
        assert sum(home["accepts_emergency"] for home in open_homes) < 0.35 * len(open_homes)
