"""``righthome alerts``: the contract's commands and what they refuse."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import pytest

from api import cli
from api.services import alerts

from .conftest import AUTHORITY, stay

WHO = ("--authority", AUTHORITY, "--as-user", "tester", "--json")


@pytest.fixture
def run(council: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("RIGHTHOME_DATABASE_URL", council.url)
    monkeypatch.setenv("RIGHTHOME_AS_OF", "2026-06-15")

    def call(*arguments: str) -> tuple[int, Any]:
        monkeypatch.setattr(sys, "argv", ["righthome", "alerts", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out = capsys.readouterr().out
        return int(left.value.code or 0), json.loads(out) if "--json" in arguments else out

    return call


def test_scan_list_acknowledge_and_deliver(council: Any, run: Any) -> None:
    code, added = run("recipients", "--add", "director", "email", "director@example.org", *WHO)
    assert (code, [one["role"] for one in added["recipients"]]) == (0, ["director"])
    council.record(stay())
    code, scanned = run("scan", *WHO)
    assert (code, scanned["raised"], scanned["as_of"]) == (0, 0, "2026-06-15")
    code, listed = run("list", "--authority", AUTHORITY, "--json")
    alert = next(one for one in listed["alerts"] if one["rule"] == "over_14_nights")
    code, answered = run("ack", alert["alert_id"], "--note", "Seen to.", *WHO)
    assert (code, answered["acknowledged_by"]) == (0, "tester")
    assert run("ack", alert["alert_id"], "--note", "Again.", *WHO)[0] == 2
    code, waiting = run("deliver", "--dry-run", *WHO)
    assert (code, waiting["waiting"] > 0) == (0, True)
    code, delivered = run("deliver", *WHO)
    # No mail server is set, so nothing went out and everything is kept.
    assert (code, delivered["sent"]) == (0, 0)
    assert delivered["failed"] == waiting["waiting"]


def test_one_note_acknowledges_all_of_a_child_and_of_nobody_else(council: Any, run: Any) -> None:
    council.record(stay(1), stay(2))
    code, answered = run("ack", "--child", "DEMO-C1", "--note", "Seen to.", *WHO)
    assert code == 0
    left = council.do(alerts.alerts_listed)
    assert {one["child_id"] for one in answered["acknowledged"]} == {"DEMO-C1"}
    assert {one["child_id"] for one in left if one["acknowledged_at"] is None} == {"DEMO-C2"}
    assert all(one["acknowledged_at"] for one in left if one["child_id"] == "DEMO-C1")
    assert run("ack", "--child", "DEMO-C1", "--note", "Again.", *WHO)[0] == 2
    assert run("ack", "--child", "NOBODY", "--note", "Seen.", *WHO)[0] == 2


def test_a_dry_run_of_a_scan_writes_nothing(council: Any, run: Any) -> None:
    council.record(stay(started_on="2026-06-01"), as_of=date(2026, 6, 10))
    before = council.listed(only_open=False)
    code, scanned = run("scan", "--dry-run", *WHO)
    assert (code, scanned["raised"] > 0) == (0, True)
    assert council.listed(only_open=False) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("scan", "--json"), 2),
        (("scan", "--as-of", "2199-01-01", *WHO), 2),
        (("list", "--json"), 2),
        (("ack", "none", "--note", "Seen.", *WHO), 2),
        (("ack", "--note", "Seen.", *WHO), 2),
        (("ack", "one", "--child", "DEMO-C1", "--note", "Seen.", *WHO), 2),
        (("recipients", "--add", "mayor", "email", "a@example.org", *WHO), 2),
        (("recipients", "--add", "director", "email", "nobody", *WHO), 2),
        (("recipients", "--add", "director", "webhook", "http://example.org", *WHO), 2),
        (("recipients", "--drop", "none", *WHO), 2),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_contracts_code(run: Any, arguments: Any, code: int) -> None:
    assert run(*arguments)[0] == code


def test_the_list_has_the_worst_first_and_scan_names_the_roles_that_nobody_is_recorded_for(
    council: Any, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    council.record(stay(1, setting="bed_and_breakfast"), stay(2, started_on="2026-06-14"))
    _, text = run("list", "--authority", AUTHORITY)
    outcomes = [line.split("  ")[1] for line in text.splitlines() if not line.startswith("  ")]
    assert outcomes == sorted(outcomes, key=["RAISED", "WARNING", "NOT_ASSESSED"].index)
    assert len(set(outcomes)) > 1
    said: list[str] = []
    monkeypatch.setattr("api.cli_alerts.typer.echo", lambda text, **_: said.append(text))
    run("scan", "--authority", AUTHORITY, "--as-user", "tester")
    assert any(text.startswith("Nobody is recorded for: brokerage, team_manager") for text in said)
    said.clear()
    run("deliver", "--authority", AUTHORITY, "--as-user", "tester")
    assert any(text.startswith("Nobody is recorded for:") for text in said)
