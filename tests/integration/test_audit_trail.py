"""The audit: what the database refuses, what the chain shows, and the commands that read it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api import audit, cli
from api.database.engine import open_database
from api.services.people import people_of

WHO: tuple[str, ...] = ("--authority", "879", "--as-user", "tester")


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["righthome", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.fixture
def url(migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with five entries of one council and one of another."""
    monkeypatch.setenv("RIGHTHOME_DATABASE_URL", migrated_url)
    for number in range(5):
        with people_of(migrated_url, "879", "=cmd|' /C calc'!A0") as people:
            people.add(username=f"person {number}", name="P", role="analyst")
    with people_of(migrated_url, "878", "neighbour") as people:
        people.add(username="neighbour", name="N", role="analyst")
    return migrated_url


def change(url: str, statement: str) -> None:
    database = open_database(url)
    try:
        with database.writing() as connection:
            connection.execute(text(statement))
    finally:
        database.close()


def without_triggers(url: str) -> None:
    if url.startswith("sqlite"):
        for name in ("update", "delete", "replace"):
            change(url, f"DROP TRIGGER audit_forbids_{name}")
    else:
        change(url, "ALTER TABLE audit DISABLE TRIGGER ALL")


COPY = "SELECT 2, at, authority, 'somebody else', action, subject_kind, subject_id, detail, previous_digest, digest FROM audit WHERE sequence = 2"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody else' WHERE sequence = 2",
        "DELETE FROM audit WHERE sequence = 6",
        "INSERT OR REPLACE INTO audit " + COPY,
        "INSERT INTO audit " + COPY,
        "TRUNCATE audit",
        "INSERT INTO audit " + COPY + " ON CONFLICT (sequence) DO UPDATE SET actor = 'somebody else'",
    ],
)
def test_the_database_refuses_every_way_of_changing_an_entry(url: str, statement: str) -> None:
    with pytest.raises(DBAPIError):
        change(url, statement)
    database = open_database(url)
    with database.reading() as connection:
        assert audit.verify(connection).whole
        assert audit.verify(connection).entries == 6
    database.close()


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE audit SET actor = 'somebody else' WHERE sequence = 3", 3),
        ("UPDATE audit SET at = '2020-01-01T00:00:00+00:00' WHERE sequence = 1", 1),
        ("UPDATE audit SET authority = '878' WHERE sequence = 5", 5),
        ("UPDATE audit SET previous_digest = digest WHERE sequence = 4", 4),
        ("DELETE FROM audit WHERE sequence = 2", 3),
        ("DELETE FROM audit WHERE sequence = 1", 2),
        ("UPDATE audit SET sequence = 60 WHERE sequence = 6", 60),
    ],
)
def test_verify_names_the_first_broken_link_and_leaves_with_3(
    url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    statement: str,
    first_broken: int,
) -> None:
    assert run(monkeypatch, "audit", "verify", "--json") == 0
    assert json.loads(capsys.readouterr().out)["whole"] is True
    without_triggers(url)
    change(url, statement)
    assert run(monkeypatch, "audit", "verify", "--json") == 3
    answer = json.loads(capsys.readouterr().out)
    assert (answer["whole"], answer["first_broken"]) == (False, first_broken)
    assert run(monkeypatch, "audit", "verify") == 3
    assert f"entry {first_broken} " in capsys.readouterr().out


def test_a_chain_that_lost_its_newest_entries_is_found_by_a_digest_kept_elsewhere(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "audit", "verify", "--json") == 0
    kept = json.loads(capsys.readouterr().out)["last_digest"]
    with people_of(url, "879", "tester") as people:
        people.add(username="later", name="L", role="analyst")
    assert run(monkeypatch, "audit", "verify", "--last-known", kept) == 0
    without_triggers(url)
    change(url, "DELETE FROM audit WHERE sequence >= 6")
    capsys.readouterr()
    assert run(monkeypatch, "audit", "verify") == 0
    assert run(monkeypatch, "audit", "verify", "--last-known", kept, "--json") == 3
    assert '"last_known_missing": true' in capsys.readouterr().out


def test_an_export_never_writes_over_a_file_and_is_then_no_entry(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "audit.csv"
    kept.write_text("kept since last year", encoding="utf-8")
    assert run(monkeypatch, "audit", "export", str(kept), *WHO) == 2
    assert "already" in capsys.readouterr().err
    assert kept.read_text(encoding="utf-8") == "kept since last year"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "audit"))] == ["audit.csv"]
    assert run(monkeypatch, "audit", "list", *WHO, "--action", "exported", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_list_and_export_tell_one_council_and_the_export_is_itself_an_entry(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, "audit", "list", *WHO, "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["sequence"] for entry in listed] == [5, 4, 3, 2, 1]
    assert run(monkeypatch, "audit", "list", *WHO, "--actor", "neighbour", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    for name in ("audit.csv", "audit.json"):
        assert run(monkeypatch, "audit", "export", str(tmp_path / name), *WHO, "--to", "2099-12-31") == 0
    assert (tmp_path / "audit.csv").stat().st_mode & 0o077 == 0
    told = json.loads((tmp_path / "audit.json").read_text())
    assert [entry["action"] for entry in told] == ["user_added"] * 5 + ["exported"]
    # A name that a spreadsheet would run is only text.
    assert "'=cmd" in (tmp_path / "audit.csv").read_text(encoding="utf-8-sig")
    assert run(monkeypatch, "audit", "export", str(tmp_path / "audit.exe"), *WHO) == 2
    assert run(monkeypatch, "audit", "export", str(tmp_path / "absent" / "audit.csv"), *WHO) == 2
    capsys.readouterr()
    assert run(monkeypatch, "audit", "list", *WHO, "--action", "exported", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_somebody_who_signs_in_and_may_not_read_the_audit_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_analyst: Any = ("--authority", "879", "--as-user", "person 0")
    assert run(monkeypatch, "audit", "list", *as_analyst) == 2
    assert run(monkeypatch, "audit", "export", str(tmp_path / "audit.csv"), *as_analyst) == 2
    assert not (tmp_path / "audit.csv").exists()
    assert run(monkeypatch, "users", "list", *as_analyst) == 2
