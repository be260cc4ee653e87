"""`export`, and `--profile` on both doors: one JSON document, the exit codes, every problem listed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from api import cli
from reference_data.sample import sample_path

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "south-west-needs.csv"
WHO = ("--authority", "879", "--as-user", "tester")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    monkeypatch.setenv("RIGHTHOME_DATABASE_URL", f"sqlite:///{tmp_path / 'righthome.sqlite3'}")

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["righthome", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    return call


def test_export_answers_with_one_document_and_the_file_reads_back(run: Any, tmp_path: Path) -> None:
    assert run("import", "referrals", str(sample_path("referrals")), *WHO)[0] == 0
    code, out, _ = run("export", "referrals", str(tmp_path / "out.xlsx"), *WHO, "--json")
    assert code == 0
    assert json.loads(out) == {
        "kind": "referrals",
        "authority": "879",
        "dry_run": False,
        "file": "out.xlsx",
        "profile": None,
        "count": 40,
        "notes": [],
    }
    code, out, said = run("export", "referrals", str(tmp_path / "out.xlsx"), *WHO)
    assert code == 2
    assert "--replace" in said
    assert run("export", "referrals", str(tmp_path / "out.xlsx"), *WHO, "--replace")[0] == 0
    code, out, _ = run("import", "referrals", str(tmp_path / "out.xlsx"), *WHO, "--json")
    assert json.loads(out)["counts"] == {"added": 0, "changed": 0, "unchanged": 40}


def test_a_profile_turns_a_file_into_referrals_without_a_database(run: Any, tmp_path: Path) -> None:
    arguments = ("import", "referrals", str(EXAMPLE), "--profile", "south-west", *WHO, "--dry-run", "--json")
    code, out, _ = run(*arguments)
    assert code == 0
    first = json.loads(out)["referrals"][0]
    assert (first["child_id"], first["authority"], first["alongside"]) == ("DEMO-SW1", "879", "only_younger")
    assert list(tmp_path.iterdir()) == []


def test_the_standard_goes_out_with_notes_on_what_it_does_not_tell(run: Any, tmp_path: Path) -> None:
    run("import", "referrals", str(sample_path("referrals")), *WHO)
    code, out, _ = run("export", "referrals", str(tmp_path / "sw.zip"), "--profile", "south-west", *WHO)
    assert code == 0
    assert out.splitlines()[0] == "40 referrals were written."
    assert "Note: urgency: told more broadly than it is held, in 3 records." in out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("export", "pins", "a.csv", *WHO), 2),
        (("export", "homes", "a.csv"), 2),
        (("export", "homes", "a.csv", "--profile", "south-west", *WHO), 2),
        (("import", "stays", str(EXAMPLE), "--profile", "south-west", *WHO), 2),
        (("import", "referrals", str(EXAMPLE), "--profile", "elsewhere", *WHO), 2),
        (("import", "referrals", "absent.csv", "--profile", "south-west", *WHO), 3),
        (("export", "homes", "a.csv", *WHO), 2),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(run: Any, arguments: tuple[str, ...], code: int) -> None:
    assert run(*arguments)[0] == code


def test_every_problem_of_a_file_of_the_standard_is_listed(run: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(EXAMPLE.read_text().replace("High risk", "Awful").replace("16/06/2026", "16/06/26"))
    code, out, _ = run("import", "referrals", str(bad), "--profile", "south-west", *WHO, "--json")
    assert code == 3
    found = json.loads(out)
    assert found["code"] == "import_rejected"
    assert {(one["row"], one["rule"]) for one in found["problems"]} == {
        (3, "ambiguous_date"),
        (3, "unknown_code"),
    }
    assert len(found["problems"]) == 4
    assert "Awful" not in out
