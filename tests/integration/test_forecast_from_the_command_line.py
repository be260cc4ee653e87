"""The forecast's commands end to end: its track record, what may be published, and what happened since."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from api import cli
from reference_data.sample import SAMPLE_RETURNS

RETURNS = str(SAMPLE_RETURNS)
SHORT = ("--months", "3", "--runs", "20")
UNPROVED = (*SHORT, "--no-track-record")
"""Without the past forecasts, which take longest."""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["righthome", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return left.value.code or 0, captured.out, captured.err

    return call


def test_the_track_record_is_in_the_json_and_on_the_terminal_and_can_be_left_out(run: Any) -> None:
    code, out, _ = run("forecast", "--returns", RETURNS, "--from", "2020-04-01", *SHORT, "--json")
    assert code == 0
    record = json.loads(out)["track_record"]
    assert record["status"] == "ASSESSED"
    code, out, _ = run("forecast", "--returns", RETURNS, "--from", "2020-04-01", *SHORT)
    assert record["text"][0][:40] in out.replace("\n", " ")
    code, out, _ = run(
        "forecast", "--returns", RETURNS, "--from", "2020-04-01", *SHORT, "--no-track-record", "--json"
    )
    assert json.loads(out)["track_record"]["status"] == "LEFT_OUT"
    assert "left out on request" in json.loads(out)["evidence"]["warnings"][-1]


@pytest.mark.parametrize("name", ["open.csv", "open.json", "open.xlsx"])
def test_what_may_be_published_is_written_beside_the_answer(run: Any, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    arguments = ("forecast", "--returns", RETURNS, "--from", "2018-04-01", *UNPROVED, "--publish", str(path))
    code, out, err = run(*arguments, "--json")
    assert code == 0
    assert json.loads(out)["bins"]
    assert "withheld" in err
    if name.endswith(".json"):
        rows = json.loads(path.read_text())["figures"]
    elif name.endswith(".csv"):
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    else:
        rows = _sheet(path)
    shown = [row["mean"] for row in rows]
    assert "c" in shown
    assert all(one == "c" or int(one) == 0 or int(one) >= 6 for one in shown)
    before = path.read_bytes()
    assert run(*arguments)[0] == 0
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [name]


def _sheet(path: Path) -> list[dict[str, Any]]:
    from python_calamine import CalamineWorkbook

    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("figures").to_python()
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_a_council_may_set_its_own_smallest_number_and_round_instead(run: Any, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[disclosure]\nsmallest_shown = 11\n")
    path = tmp_path / "open.json"
    base = ("forecast", "--returns", RETURNS, "--from", "2018-04-01", *UNPROVED, "--publish", str(path))
    assert run(*base, "--policy", str(policy))[0] == 0
    means = [row["mean"] for row in json.loads(path.read_text())["figures"]]
    assert all(one == "c" or one == 0 or one >= 11 for one in means)
    assert run(*base, "--round-to", "10")[0] == 0
    assert all(row["mean"] % 10 == 0 for row in json.loads(path.read_text())["figures"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--publish", "here.docx"),
        ("--publish", "no-such-folder/here.csv"),
        ("--publish", "here.csv", "--round-to", "3"),
        ("--round-to", "5"),
    ],
)
def test_what_cannot_be_published_is_refused_before_anything_is_simulated(
    run: Any, arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("forecast", "--returns", RETURNS, "--from", "2020-04-01", *SHORT, *arguments)
    assert code == 2
    assert "Simulating" not in err
    assert not list(tmp_path.iterdir())


def test_a_saved_forecast_is_set_beside_what_happened(run: Any, tmp_path: Path) -> None:
    _, out, _ = run("forecast", "--returns", RETURNS, "--from", "2020-04-01", *UNPROVED, "--json")
    path = tmp_path / "adopted.json"
    path.write_text(out)
    code, out, _ = run("forecast-against-actual", str(path), "--returns", RETURNS, "--json")
    assert code == 0
    found = json.loads(out)
    assert [row["date"] for row in found["months"]] == ["2020-05-01", "2020-06-01", "2020-07-01"]
    code, out, _ = run("forecast-against-actual", str(path), "--returns", RETURNS)
    assert code == 0
    assert found["text"][0][:30] in out.replace("\n", " ")
    assert "1 July 2020" in out
    path.write_text("{}")
    code, out, _ = run("forecast-against-actual", str(path), "--returns", RETURNS, "--json")
    assert code == 3
    assert json.loads(out)["problems"][0]["rule"] == "not_a_forecast"


@pytest.mark.parametrize("name", ["tables", "tables.xlsx"])
def test_returns_are_written_as_tidy_tables_for_their_owner_only(run: Any, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    code, printed, _ = run("tidy-returns", "--returns", RETURNS, "--out", str(out), "--json")
    assert code == 0
    report = json.loads(printed)
    if out.is_dir():
        assert {path.name for path in out.iterdir()} == {
            "periods.csv",
            "placements.csv",
            "homes.csv",
            "repairs.csv",
        }
        rows = (out / "placements.csv").read_text(encoding="utf-8-sig").splitlines()
        assert len(rows) == report["tables"]["placements"] + 1
    assert out.stat().st_mode & 0o077 == 0
    code, printed, _ = run("tidy-returns", "--returns", RETURNS)
    assert code == 0
    assert "carried_over" in printed
    if out.is_dir():
        assert run("tidy-returns", "--returns", RETURNS, "--out", str(out))[0] == 2
    assert run("tidy-returns", "--returns", RETURNS, "--out", str(tmp_path / "a.docx"))[0] == 2
    assert run("tidy-returns", "--returns", RETURNS, "--authority", "878", "--json")[0] == 2
