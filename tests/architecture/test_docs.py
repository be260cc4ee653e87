"""The documentation is complete, current and runs."""

from __future__ import annotations

import doctest
import importlib.util
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CONSOLE_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def generator():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "name",
    [
        "files.md",
        "commands.md",
        "indicators.md",
        "settings.md",
        "alerts.md",
        "rules.md",
        "aims.md",
        "benchmarks.md",
        "south-west-needs.md",
        "../worked-examples.md",
        "../true-to-life-cases.md",
        "law.md",
        "published.md",
        "tidy-tables.md",
    ],
)
def test_the_generated_pages_are_current(name: str) -> None:
    committed = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert generator().PAGES[name]() == committed, "run: python docs/generate.py"


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_the_python_in_the_documentation_runs_and_answers_as_printed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    found = [match[1] for match in PYTHON_BLOCK.finditer(path.read_text(encoding="utf-8"))]
    examples = doctest.DocTestParser().get_doctest("\n".join(found), {}, relative(path), str(path), 0)
    assert not found or examples.examples, "write examples with >>>"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    runner.run(examples, out=said.append)
    assert runner.failures == 0, "".join(said)


def our_commands(path: Path) -> list[tuple[str, str]]:
    """Return the commands of ours that a page shows, and what it says they print."""
    found = []
    for block in CONSOLE_BLOCK.finditer(path.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            # The door and the command print the same; the door only installs first.
            command = command.strip().replace("make demo DEMO_ARGS=", "righthome demo ")
            if command.startswith("righthome "):
                found.append((command, output))
    return found


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_the_commands_in_the_documentation_print_what_is_printed(path: Path) -> None:
    """``...`` stands for anything; spaces at the end of a line do not count."""
    for command, output in our_commands(path):
        runs_as_printed(command, output)


def runs_as_printed(command: str, output: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "api.cli", *shlex.split(command)[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "110", "LANG": "C.UTF-8"},
    )
    printed = "\n".join(line.rstrip() for line in (run.stdout + run.stderr).splitlines())
    wanted = "\n".join(line.rstrip() for line in output.splitlines())
    if wanted.strip():
        pattern = ".*".join(re.escape(piece) for piece in wanted.strip().split("..."))
        assert re.fullmatch(pattern, printed.strip(), re.DOTALL), f"$ {command}\n{printed}"
    else:
        assert run.returncode == 0, f"$ {command}\n{run.stderr}"


def test_every_link_to_a_file_of_the_repository_leads_somewhere() -> None:
    broken = []
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{relative(page)}: {target}")
    assert broken == []


@pytest.mark.parametrize(
    "module",
    [
        path
        for package in ("matching", "sufficiency", "reference_data")
        for path in (ROOT / package).glob("*.py")
    ],
    ids=relative,
)
def test_the_examples_in_docstrings_run(module: Path) -> None:
    import importlib

    name = ".".join(module.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    outcome = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    )
    assert outcome.failed == 0
