"""Whoever reads only the first lines of an answer, as ``head`` does, ends the command quietly."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reference_data.sample import sample_path

HOMES, REFERRALS, STAYS = (str(sample_path(kind)) for kind in ("homes", "referrals", "stays"))
COMMANDS = (
    ("rank", "--homes", HOMES, "--referral", REFERRALS, "--child", "DEMO-C01", "--as-of", "2026-06-15"),
    ("watch", "--stays", STAYS, "--as-of", "2026-06-15", "--json"),
    ("schema", "referral"),
    ("rank", "--help"),
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("lines", [0, 1])
def test_a_command_whose_reader_has_gone_ends_quietly_and_without_a_fault(
    arguments: tuple[str, ...], lines: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "api.cli", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        for _ in range(lines):
            assert running.stdout.readline()
        running.stdout.close()
        said = running.stderr.read().decode()
    assert running.returncode == 0, said
    assert said == ""
