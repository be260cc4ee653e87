"""A new installation: tables, records, a first user, and that user signs in."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import cli
from api.app import create_app
from api.settings import Settings
from reference_data.sample import sample_path

PASSWORD = "a long enough password"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr(sys, "argv", ["righthome", *arguments])
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_a_first_user_is_added_and_signs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'council.sqlite3'}"
    monkeypatch.setenv("RIGHTHOME_DATABASE_URL", url)
    assert run(monkeypatch, "database", "upgrade") == 0
    who: Any = ("--authority", "879", "--as-user", "admin")
    assert run(monkeypatch, "import", "referrals", str(sample_path("referrals")), *who) == 0
    added = ("users", "add", "officer", "--name", "A. Officer", "--role", "brokerage_officer", *who)
    assert run(monkeypatch, *added, "--password-stdin", typed=PASSWORD + "\n") == 0
    assert run(monkeypatch, *added, "--password-stdin", typed=PASSWORD + "\n") == 2
    assert PASSWORD not in "".join(capsys.readouterr())
    with TestClient(create_app(Settings(database_url=url))) as client:
        page = client.get("/sign-in").text
        token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        signed_in = client.post(
            "/sign-in", data={"username": "officer", "password": PASSWORD, "csrf_token": token}
        )
        assert signed_in.status_code == 200
        assert "DEMO-C01" in client.get("/waiting-list").text


@pytest.mark.parametrize(
    "changed", [{"--role": "king"}, {"--authority": "999"}, {"--as-user": None}, {"password": "short"}]
)
def test_a_user_that_cannot_be_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None]
) -> None:
    monkeypatch.setenv("RIGHTHOME_DATABASE_URL", f"sqlite:///{tmp_path / 'council.sqlite3'}")
    assert run(monkeypatch, "database", "upgrade") == 0
    given = {
        "--name": "A. Officer",
        "--role": "auditor",
        "--authority": "879",
        "--as-user": "admin",
    } | changed
    password = given.pop("password", PASSWORD)
    options = [part for name, value in given.items() if value is not None for part in (name, value)]
    assert (
        run(monkeypatch, "users", "add", "officer", *options, "--password-stdin", typed=f"{password}\n") == 2
    )
