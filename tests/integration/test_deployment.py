"""What is in ``deploy/``: the units hold up before systemd's own verifier, and the scripts do what the guide says."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.database import migrate
from api.services.sample import load_sample
from tests.integration.database.contents import contents

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = ("righthome.service", "righthome-backup.service", "righthome-backup.timer")
MOST_EXPOSED = 20
"""Tenths of systemd's score of what a unit leaves open, from 0 (nothing) to 100."""


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not on this machine")
    return found


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with programs that are on this machine in the place of those that an installation has."""
    for name in UNITS:
        text = (DEPLOY / name).read_text()
        (tmp_path / name).write_text(
            re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
        )
    return tmp_path


def test_systemd_finds_nothing_wrong_with_the_units(units: Path) -> None:
    run = subprocess.run(
        [needs("systemd-analyze"), "verify", *(units / name for name in UNITS)],
        capture_output=True,
        text=True,
    )
    said = [line for line in run.stderr.splitlines() if "righthome" in line]
    assert said == []


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_a_unit_leaves_little_open(units: Path, name: str) -> None:
    run = subprocess.run(
        [needs("systemd-analyze"), "security", "--offline=true", f"--threshold={MOST_EXPOSED}", units / name],
        capture_output=True,
        text=True,
    )
    if "Unknown" in run.stderr or "unrecognized" in run.stderr:
        pytest.skip("this systemd cannot look at a unit that is not loaded")
    assert run.returncode == 0, run.stdout[-500:]


def test_nginx_takes_the_configuration(tmp_path: Path) -> None:
    nginx = needs("nginx")
    key, chain = tmp_path / "key.pem", tmp_path / "fullchain.pem"
    subprocess.run(
        [
            needs("openssl"),
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=righthome.example.org",
        ]
        + ["-keyout", key, "-out", chain, "-days", "1"],
        check=True,
        capture_output=True,
    )
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/righthome", str(tmp_path))
    (tmp_path / "site.conf").write_text(site)
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ include {tmp_path}/site.conf; }}"
    )
    run = subprocess.run([nginx, "-t", "-c", whole], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.fixture
def keyring(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A key pair of the test's own, and the environment that gpg finds it by."""
    gpg = needs("gpg")
    folder = tmp_path_factory.mktemp("gnupg")
    folder.chmod(0o700)
    environment = {**os.environ, "GNUPGHOME": str(folder)}
    subprocess.run(
        [
            gpg,
            "--batch",
            "--quiet",
            "--passphrase",
            "",
            "--quick-generate-key",
            "drill@example.org",
            "rsa2048",
        ]
        + ["encr", "1d"],
        check=True,
        capture_output=True,
        env=environment,
    )
    listed = subprocess.run(
        [gpg, "--batch", "--with-colons", "--list-keys"],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    fingerprint = next(line.split(":")[9] for line in listed.stdout.splitlines() if line.startswith("fpr"))
    return environment | {"RIGHTHOME_BACKUP_KEY": fingerprint}


def test_the_encrypted_backup_and_the_restore_drill_bring_back_every_row(
    request: pytest.FixtureRequest, database_url: str, keyring: dict[str, str], tmp_path: Path
) -> None:
    load_sample(database_url)
    tools = Path(sys.executable).parent
    if database_url.startswith("sqlite"):
        elsewhere = f"sqlite:///{tmp_path / 'drill.sqlite3'}"
    else:
        server = request.getfixturevalue("postgres_server")
        elsewhere = server.new_database()
        tools = f"{tools}:{server.binaries}"
    folder = tmp_path / "backups"
    folder.mkdir()
    environment = keyring | {"RIGHTHOME_BACKUP_FOLDER": str(folder), "PATH": f"{tools}:{os.environ['PATH']}"}

    def run(*command: str | Path, url: str) -> str:
        done = subprocess.run(
            command,
            env=environment | {"RIGHTHOME_DATABASE_URL": url},
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    said = run(DEPLOY / "righthome-backup", url=database_url)
    (kept,) = folder.iterdir()
    assert kept.name.endswith(".backup.gpg")
    assert kept.stat().st_mode & 0o077 == 0
    assert b"SQLite format 3" not in kept.read_bytes()
    drilled = run(DEPLOY / "righthome-restore-drill", kept, url=elsewhere)
    (digest,) = re.findall(r"digest (\w+)", said)
    assert digest in drilled
    assert contents(elsewhere) == contents(database_url)
    if not database_url.startswith("sqlite"):
        server.drop(elsewhere)


@pytest.fixture
def readable_by_all() -> Iterator[Path]:
    """A folder that every user of the machine may read, as an installation is."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_an_administrators_command_runs_with_the_services_settings_and_as_its_user(
    tmp_path: Path, readable_by_all: Path
) -> None:
    needs("setpriv")
    settings, database = tmp_path / "righthome.env", tmp_path / "righthome.sqlite3"
    url = f"sqlite:///{database}"
    example = (DEPLOY / "righthome.env.example").read_text()
    settings.write_text(re.sub(r'RIGHTHOME_DATABASE_URL=".*"', f'RIGHTHOME_DATABASE_URL="{url}"', example))
    settings.chmod(0o600)
    migrate.upgrade(url)
    # The installation of this test may be where no other user reaches: what is run says who runs it, with what.
    venv = readable_by_all / "venv" / "bin"
    venv.mkdir(parents=True)
    (venv / "righthome").write_text('#!/bin/sh\necho "$(id -un) $RIGHTHOME_DATABASE_URL $*"\n')
    for reached in (venv.parent, venv, venv / "righthome"):
        reached.chmod(0o755)
    name = pwd.getpwnam("nobody").pw_name
    run = subprocess.run(
        [DEPLOY / "righthome-admin", "database", "check"],
        env={
            **os.environ,
            "RIGHTHOME_SETTINGS": str(settings),
            "RIGHTHOME_USER": name,
            "RIGHTHOME_VENV": str(venv.parent),
        },
        capture_output=True,
        text=True,
    )
    assert run.stdout.split() == [name, url, "database", "check"], run.stderr
