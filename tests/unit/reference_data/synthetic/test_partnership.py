"""The invented partnership as a whole: against the published figures, a data manager's checks, and itself."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from docs.synthetic_against_published import (
    FLOWS,
    PAGE,
    STABILITY,
    STOCK_CUTS,
    Cell,
    compared,
    page_tables,
    page_with,
)
from docs.write_partnership import archive_of
from matching.files import homes_from_values, referrals_from_values
from reference_data.sample import PARTNERSHIP_ARCHIVE
from reference_data.synthetic.dirt import KINDS_OF_DIRT, soiled
from reference_data.synthetic.partnership import Partnership, invent_partnership
from reference_data.synthetic.truth import futures, truth_document
from sufficiency import read_returns
from sufficiency.repair import repaired_history
from tests.oracles.return_checks import EPISODES, failures

MARCH_2025 = date(2025, 3, 31)
RETURN_YEARS = range(2017, 2027)


@pytest.fixture(scope="module")
def partnership() -> Partnership:
    return invent_partnership()


@pytest.fixture(scope="module")
def cells(partnership: Partnership) -> list[Cell]:
    return compared(partnership.histories)


@pytest.fixture(scope="module")
def returns(partnership: Partnership) -> dict[str, dict[str, str]]:
    return {code: partnership.returns(code, RETURN_YEARS) for code in partnership.histories}


def test_the_page_shows_what_the_generator_gives(cells: list[Cell]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == page_with(page_tables(cells), page), "Run: python -m docs.synthetic_against_published"


def test_the_stock_of_every_authority_and_cut_is_within_sampling_noise(cells: list[Cell]) -> None:
    stock = [cell for cell in cells if cell.cut in STOCK_CUTS]
    assert len(stock) > 240
    assert sum(abs(cell.z) > 2 for cell in stock) <= 0.1 * len(stock)
    assert max(abs(cell.z) for cell in stock) < 4
    for cut in STOCK_CUTS:
        own = [cell.z for cell in stock if cell.cut == cut]
        assert (sum(z * z for z in own) / len(own)) ** 0.5 < 1.5, cut


def test_starts_are_those_published_to_the_child(cells: list[Cell]) -> None:
    assert all(cell.published == cell.invented for cell in cells if cell.cut == "starts")


@pytest.mark.parametrize("cut", [*FLOWS, *STABILITY])
def test_flows_of_five_years_are_close(cells: list[Cell], cut: str) -> None:
    own = [cell for cell in cells if cell.cut == cut]
    apart = sum(abs(cell.invented - cell.published) for cell in own)
    assert apart <= 0.2 * sum(cell.published for cell in own)


def test_generated_returns_pass_a_data_managers_checks(returns: Mapping[str, Mapping[str, str]]) -> None:
    for code, files in returns.items():
        assert Counter(failures(files)) == Counter(), code
        assert all(
            text.splitlines()[0] == EPISODES
            for name, text in files.items()
            if name.endswith("-episodes.csv") and "sw_" not in name
        )


def test_the_checks_find_what_is_wrong(returns: Mapping[str, Mapping[str, str]]) -> None:
    files, planted = soiled(returns["880"], seed=4)
    assert {one.kind for one in planted} == set(KINDS_OF_DIRT)
    assert (
        len(failures({**files, "2020-episodes.csv": files["2020-episodes.csv"].replace(",K2,", ",K3,")})) > 20
    )


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
        homes = json.loads(dict(partnership.files_of(code))["homes.json"])
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


def test_what_was_got_is_often_not_what_was_needed(partnership: Partnership) -> None:
    truth = truth_document(partnership.histories["879"])
    table = truth["needed_by_got"]
    assert isinstance(table, list | dict)
    assert len(table) > 8


def test_futures_go_on_from_the_true_state_and_repeat(partnership: Partnership) -> None:
    history = partnership.histories["880"]
    first = futures(history, seed=3, months=6, runs=4)
    again = futures(history, seed=3, months=6, runs=4)
    assert (first.counts == again.counts).all()
    assert (first.counts[:, 0] == first.counts[0, 0]).all()
    assert first.counts.shape == (4, 7, 5, 4)
