"""``righthome verify``: a saved plan counted again without a solver, from files, and what is no plan."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from api import cli
from reference_data.sample import sample_path

FILES = ("--homes", str(sample_path("homes")), "--referrals", str(sample_path("referrals")))


def call(*arguments: str) -> int:
    """Run the command in this process and return its exit code."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as left:
        patch.setattr(sys, "argv", ["righthome", *arguments])
        cli.main()
    return int(left.value.code or 0)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def told(*arguments: str) -> tuple[int, str, str]:
        code = call(*arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    return told


@pytest.fixture(scope="module")
def plan_of_the_sample() -> str:
    """The plan of the sample as the command prints it, made once."""
    with redirect_stdout(io.StringIO()) as out:
        assert call("match", *FILES, "--as-of", "2026-06-15", "--certificates", "--json") == 0
    return out.getvalue()


@pytest.fixture
def saved(plan_of_the_sample: str, tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(plan_of_the_sample, encoding="utf-8")
    return path


def changed(saved: Path, change: Any) -> Path:
    told = json.loads(saved.read_text(encoding="utf-8"))
    change(told)
    saved.write_text(json.dumps(told), encoding="utf-8")
    return saved


def test_a_plan_is_whole_and_says_how_each_aim_is_proved_without_loading_a_solver(
    run: Any, saved: Path
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "ortools"]:
        del sys.modules[name]
    code, out, _ = run("verify", str(saved), *FILES, "--json")
    said = json.loads(out)
    assert (code, said["whole"], said["violations"], said["records_unchanged"]) == (0, True, [], None)
    assert {"crisis_placed", "emergency_placed", "planned_placed"} <= set(said["certified"])
    assert not [name for name in sys.modules if name.split(".")[0] == "ortools"]
    code, out, _ = run("verify", str(saved), *FILES)
    assert code == 0
    assert out.startswith("Nothing is wrong in what is checked of this plan: ")
    told = "reasons, cost_to_others, first_choice"
    assert f"Not checked: {told}" in " ".join(out.split())
    assert {"reasons", "cost_to_others", "alternatives", "one_more_bed"} <= set(said["not_checked"])
    assert "input_hash" not in said["not_checked"]
    assert "Proved best by a certificate that adds up: crisis_placed" in " ".join(out.split())


def _one_more_bed(told: dict[str, Any]) -> None:
    told["stages"][2]["certificate"]["most"] += 1


def _lighter(told: dict[str, Any]) -> None:
    told["stages"][0]["weights"]["total"] -= 1


def _elsewhere(told: dict[str, Any]) -> None:
    one, other = told["assignments"][:2]
    one["home_id"], other["home_id"] = other["home_id"], one["home_id"]


def _wider(told: dict[str, Any]) -> None:
    told["gap"] = 0.25


def _other_records(told: dict[str, Any]) -> None:
    told["evidence"]["input_hash"] = "0" * 64


def _fewer_homes(told: dict[str, Any]) -> None:
    told["bottlenecks"][0]["homes"].pop()


@pytest.mark.parametrize(
    ("change", "rule"), [(_wider, "gap"), (_other_records, "input_hash"), (_fewer_homes, "bottlenecks")]
)
def test_an_altered_gap_fingerprint_or_home_of_those_who_compete_is_named(
    run: Any, saved: Path, change: Any, rule: str
) -> None:
    code, out, _ = run("verify", str(changed(saved, change)), *FILES, "--json")
    assert (code, [one["rule"] for one in json.loads(out)["violations"]]) == (3, [rule])


@pytest.mark.parametrize("change", [_one_more_bed, _lighter, _elsewhere])
def test_a_plan_that_was_tampered_with_is_found_out_and_leaves_with_3(
    run: Any, saved: Path, change: Any
) -> None:
    code, out, _ = run("verify", str(changed(saved, change)), *FILES, "--json")
    assert code == 3
    assert json.loads(out)["violations"]
    code, out, _ = run("verify", str(saved), *FILES)
    assert code == 3
    assert "in this plan:" in out


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "nonsense", '{"assignments": [{}]}', None],
)
def test_what_is_no_plan_is_refused_with_the_files_name(
    run: Any, saved: Path, tmp_path: Path, content: str | None
) -> None:
    if content is None:
        path = changed(saved, lambda told: told.update(assignments=[{"child_id": 3}]))
    else:
        path = tmp_path / "other.json"
        path.write_text(content, encoding="utf-8")
    code, out, _ = run("verify", str(path), *FILES, "--json")
    assert code == 3
    assert [(one["file"], one["rule"]) for one in json.loads(out)["problems"]] == [(path.name, "not_a_plan")]


def test_a_plan_is_checked_as_of_its_own_day_only(run: Any, saved: Path) -> None:
    assert run("verify", str(saved), *FILES, "--as-of", "2026-06-15")[0] == 0
    assert run("verify", str(saved), *FILES, "--as-of", "2026-06-16")[0] == 2
    assert run("verify", str(saved))[0] == 2
