"""An encrypted SQLite file: the same records as a plain one, unreadable without its key, backed up and restored with it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from api.database import backup, migrate
from api.services.sample import load_sample
from reference_data.problems import InvalidInput, NotFound
from tests.integration.placing.invariants import broken

from .contents import contents

PLACING = Path(__file__).parents[1] / "placing"
ROOT = Path(__file__).parents[3]


def key_file(folder: Path, name: str = "key") -> Path:
    path = folder / name
    path.write_text(secrets.token_hex(32) + "\n")
    return path


def address(file: Path, key: Path | None = None) -> str:
    return f"sqlite:///{file}" + (f"?key_file={key}" if key else "")


@pytest.fixture
def encrypted(tmp_path: Path) -> str:
    return address(tmp_path / "encrypted.sqlite3", key_file(tmp_path))


def test_it_holds_what_a_plain_one_holds_and_nobody_reads_it_without_the_key(
    encrypted: str, tmp_path: Path
) -> None:
    load_sample(encrypted)
    found = contents(encrypted)
    assert found["homes"][1] > 10
    assert migrate.check(encrypted).whole
    for file in tmp_path.glob("encrypted.sqlite3*"):
        held = file.read_bytes()
        for words in (b"SQLite format 3", b"DEMO-", b"CREATE TABLE", b"brokerage"):
            assert words not in held, file.name
    for other in (None, key_file(tmp_path, "other")):
        with pytest.raises(NotFound) as refused:
            migrate.check(address(tmp_path / "encrypted.sqlite3", other))
        assert refused.value.code == "database_unreachable"


def test_a_backup_is_encrypted_under_the_same_key_and_comes_back_with_it_only(
    encrypted: str, tmp_path: Path
) -> None:
    load_sample(encrypted)
    kept = tmp_path / "kept.backup"
    made = backup.backup(encrypted, kept)
    assert b"DEMO-" not in kept.read_bytes()
    brought = backup.restore(address(tmp_path / "again.sqlite3", tmp_path / "key"), kept)
    assert brought.audit_digest == made.audit_digest
    assert contents(address(tmp_path / "again.sqlite3", tmp_path / "key")) == contents(encrypted)
    for key in (None, key_file(tmp_path, "other")):
        with pytest.raises(InvalidInput) as refused:
            backup.restore(address(tmp_path / "refused.sqlite3", key), kept)
        assert refused.value.code == "no_backup"
        assert not (tmp_path / "refused.sqlite3").exists()


def test_a_plain_database_is_encrypted_by_bringing_its_backup_back_with_a_key(tmp_path: Path) -> None:
    plain = address(tmp_path / "plain.sqlite3")
    load_sample(plain)
    kept = tmp_path / "plain.backup"
    made = backup.backup(plain, kept)
    encrypted = address(tmp_path / "encrypted.sqlite3", key_file(tmp_path))
    brought = backup.restore(encrypted, kept)
    assert brought.audit_digest == made.audit_digest
    assert contents(encrypted) == contents(plain)
    assert migrate.check(encrypted).whole
    assert b"DEMO-" not in (tmp_path / "encrypted.sqlite3").read_bytes()


def test_the_last_bed_is_promised_once_and_every_guard_holds_when_processes_are_killed(
    encrypted: str,
) -> None:
    migrate.upgrade(encrypted)
    for asked in (
        {"way": "fight", "want": "hold", "clients": 8, "rounds": 2},
        {"way": "kill", "clients": 3, "kills": 4, "homes": 2, "children": 10, "longest_wait": 0.5, "seed": 3},
    ):
        run = subprocess.run(
            [sys.executable, str(PLACING / "contenders.py"), json.dumps({"url": encrypted, **asked})],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        found = json.loads(run.stdout)
        assert found["faults"] == []
        if asked["way"] == "fight":
            assert (found["won"], found["conflicts"]) == (2, 14)
    assert broken(encrypted) == []


@pytest.mark.parametrize("held", [None, "", "a passphrase", "f" * 63, "g" * 64])
def test_a_key_that_is_missing_or_none_is_refused_and_not_repeated(tmp_path: Path, held: str | None) -> None:
    path = tmp_path / "key"
    if held is not None:
        path.write_text(held)
    with pytest.raises(InvalidInput) as refused:
        migrate.upgrade(address(tmp_path / "new.sqlite3", path))
    assert refused.value.code == "unusable_key_file"
    assert not held or held not in str(refused.value)
    assert not (tmp_path / "new.sqlite3").exists()
