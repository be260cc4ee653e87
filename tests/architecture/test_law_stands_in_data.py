"""Numbers of law stand in ``reference_data/shipped/law`` and not in the code of the engines."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from reference_data.law import all_provisions

ROOT = Path(__file__).resolve().parents[2]
ENGINES = [path for package in ("matching", "sufficiency") for path in sorted((ROOT / package).rglob("*.py"))]
COUNTED = {"birthday", "timedelta", "working_days_after"}
"""Calls in which a number can be a limit."""
OF_TIME_OR_PEOPLE = re.compile(
    r"age|day|week|month|year|hour|night|born|start|end|stay|living|children|lowest|youngest|oldest"
)
"""Words of what a limit of law is compared with."""
COMMON = {1, 2, 3, 4}
"""Numbers too small to tell a limit from a count."""

ALLOWED = {
    # The checker of plans states the law a second time, in plain numbers, so that a slip in one shows in the other.
    ("matching/verify_rules.py", 18),
    ("matching/verify_rules.py", 10),
}


def numbers_that_could_be_law(tree: ast.AST) -> list[int]:
    found = []
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Compare) and OF_TIME_OR_PEOPLE.search(ast.unparse(node)):
            parts = [node.left, *node.comparators]
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            counted = name in COUNTED or (
                name in ("max", "min") and OF_TIME_OR_PEOPLE.search(ast.unparse(node))
            )
            parts = [*node.args, *(word.value for word in node.keywords)] if counted else []
        for part in parts:
            if isinstance(part, ast.Constant) and type(part.value) is int:
                found.append(part.value)
    return found


def test_the_search_finds_a_number_in_a_comparison_and_in_a_birthday() -> None:
    tree = ast.parse("if age < 16: birthday(born, 18); timedelta(weeks=24)")
    assert sorted(numbers_that_could_be_law(tree)) == [16, 18, 24]


@pytest.mark.parametrize("path", ENGINES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_number_of_law_is_compared_in_an_engine(path: Path) -> None:
    of_law = {known.value for known in all_provisions() if known.value is not None} - COMMON
    name = str(path.relative_to(ROOT))
    found = set(numbers_that_could_be_law(ast.parse(path.read_text(encoding="utf-8")))) & of_law
    assert {number for number in found if (name, number) not in ALLOWED} == set()


def test_every_exception_is_still_needed() -> None:
    found = {
        (str(path.relative_to(ROOT)), number)
        for path in ENGINES
        for number in numbers_that_could_be_law(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found >= ALLOWED
