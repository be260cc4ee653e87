"""The house is one chain, and each package is ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "sufficiency", "matching", "reference_data")


def test_each_package_imports_only_what_stands_below_it() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_is_loaded_from_this_repository(package: str) -> None:
    """``matching`` is also a name on the package index, so an accident is possible."""
    code = f"import {package}; print({package}.__file__)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert Path(run.stdout.strip()).resolve() == ROOT / package / "__init__.py"


def test_the_installed_command_works_from_another_folder_and_loads_our_matching(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("righthome")
    if not command.exists():
        pytest.fail("the righthome command is not installed beside this Python: run 'make test'")
    listed = subprocess.run([command, "schema"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert {"home", "referral", "stay"} <= set(listed.stdout.split())
    where = subprocess.run(
        [sys.executable, "-c", "import matching; print(matching.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(where.stdout.strip()).resolve() == ROOT / "matching" / "__init__.py"


@pytest.mark.parametrize("heavy", ["ortools", "pandas", "scipy", "sqlalchemy", "fastapi", "numpy"])
def test_naming_the_commands_imports_nothing_heavy(heavy: str) -> None:
    code = f"import api.cli, sys; print({heavy!r} in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_no_fifth_package_stands_beside_the_house() -> None:
    with_code = {
        path.relative_to(ROOT).parts[0]
        for path in ROOT.rglob("*.py")
        if not any(
            part.startswith(".") or part in ("build", "node_modules") for part in path.relative_to(ROOT).parts
        )
    }
    assert with_code <= {*PACKAGES, "tests", "docs"}


def test_every_folder_with_modules_is_listed_for_distribution() -> None:
    import tomllib

    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    assert found == listed
