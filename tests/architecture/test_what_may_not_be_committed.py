"""What no tracked file may hold: this machine's paths, registry hosts, values of records in logs."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PURE = ("matching", "sufficiency", "reference_data")

FORBIDDEN = re.compile(
    r"(/(?:work|farm|root)/)|" + "files" + r"\.pythonhosted|registry\." + r"npmjs|deb\." + "debian"
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [name for name in listed.stdout.split("\0") if name]
    if not names:
        # A source archive has no history; every file in it is meant to be there.
        names = [
            str(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if path.is_file() and ".venv" not in path.parts
        ]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_file_holds_a_path_of_one_machine_or_the_host_of_a_registry() -> None:
    guilty = []
    for path in tracked_files():
        if path.suffix in {".gz", ".png", ".br", ".ico", ".xlsx"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        guilty += [f"{path.relative_to(ROOT)}: {match[0]}" for match in FORBIDDEN.finditer(text)]
    assert guilty == []


def test_the_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9._-]+==\S+", text, re.MULTILINE)
        blocks = re.split(r"\n(?=[a-z0-9])", text)
        assert len(pinned) == len(blocks)
        assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("package", PURE)
def test_the_engines_read_no_clock(package: str) -> None:
    clocks = {"today", "now", "utcnow"}
    guilty = []
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in clocks
            ):
                guilty.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert guilty == []


def test_no_engine_opens_the_shared_folder() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for package in (*PURE, "api")
        for path in (ROOT / package).rglob("*.py")
        if "../" + "shared" in path.read_text(encoding="utf-8")
    ]
    assert guilty == []
