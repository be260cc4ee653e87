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


@pytest.mark.parametrize("name", ["files.md", "commands.md", "settings.md", "alerts.md"])
def test_the_generated_pages_are_current(name: str) -> None:
    committed = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")
    assert generator().PAGES[name]() == committed, "run: python docs/generate.py"


@pytest.mark.parametrize(
    "path", [page for page in PAGES if PYTHON_BLOCK.search(page.read_text(encoding="utf-8"))], ids=relative
)
def test_the_python_in_the_documentation_runs_and_answers_as_printed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    blocks = "\n".join(match[1] for match in PYTHON_BLOCK.finditer(path.read_text(encoding="utf-8")))
    examples = doctest.DocTestParser().get_doctest(blocks, {}, relative(path), str(path), 0)
    assert examples.examples, "write examples with >>>"
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    runner.run(examples, out=said.append)
    assert runner.failures == 0, "".join(said)


def console_commands() -> list[tuple[Path, str, str]]:
    found = []
    for path in PAGES:
        for block in CONSOLE_BLOCK.finditer(path.read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block[1], flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                # The door and the command print the same; the door only installs first.
                command = command.strip().replace("make demo DEMO_ARGS=", "righthome demo ")
                found.append((path, command, output))
    return found


@pytest.mark.parametrize(
    ("path", "command", "output"),
    [row for row in console_commands() if row[1].startswith("righthome ")],
    ids=lambda value: relative(value) if isinstance(value, Path) else str(value)[:50],
)
def test_the_commands_in_the_documentation_print_what_is_printed(
    path: Path, command: str, output: str
) -> None:
    """``...`` stands for anything; spaces at the end of a line do not count."""
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
        assert re.fullmatch(pattern, printed.strip(), re.DOTALL), printed
    else:
        assert run.returncode == 0, run.stderr


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
