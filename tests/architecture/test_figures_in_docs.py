"""A measured figure in the documentation must stand in the evidence, digit for digit.

In a document it is written ``<!-- figure NAME.KEY -->12.3<!-- -->``, where ``docs/evidence/NAME.json``
holds ``figures.KEY``. Any other number with a unit of time, memory or share is refused, unless its
line names where it comes from with ``(source: ...)``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = ROOT / "docs" / "evidence"
MARKED = re.compile(r"<!-- figure (?P<name>[a-z0-9_]+)\.(?P<key>[a-z0-9_]+) -->(?P<value>[^<]*)<!-- -->")
MEASURED = re.compile(r"\b\d[\d,.]*\s?(?:ms|s|seconds?|MB|GB|%|times)(?!\w)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    listed = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [path for path in listed if path.exists()]


def faults(text: str, evidence: Path) -> list[str]:
    found = []
    for match in MARKED.finditer(text):
        path = evidence / f"{match['name']}.json"
        if not path.exists():
            found.append(f"there is no evidence {path.name}")
            continue
        figures = json.loads(path.read_text())["figures"]
        if match["key"] not in figures:
            found.append(f"{path.name} holds no figure {match['key']}")
        elif str(figures[match["key"]]) != match["value"].strip():
            found.append(f"{path.name} says {figures[match['key']]} for {match['key']}, not {match['value']}")
    unmarked = FENCED.sub("", MARKED.sub("", text))
    for line in unmarked.splitlines():
        if "(source:" not in line:
            found += [f"a figure without evidence: {match[0]}" for match in MEASURED.finditer(line)]
    return found


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_measured_figure_is_in_the_evidence(path: Path) -> None:
    assert faults(path.read_text(encoding="utf-8"), EVIDENCE) == []


def test_a_figure_that_is_not_in_the_evidence_is_refused(tmp_path: Path) -> None:
    (tmp_path / "speed.json").write_text('{"figures": {"rank_ms": 4.2}}')
    assert faults("It takes <!-- figure speed.rank_ms -->4.2<!-- --> ms.", tmp_path) == []
    assert faults("It takes <!-- figure speed.rank_ms -->4.1<!-- --> ms.", tmp_path)
    assert faults("It takes <!-- figure speed.other -->4.2<!-- --> ms.", tmp_path)
    assert faults("It takes <!-- figure none.rank_ms -->4.2<!-- --> ms.", tmp_path)
    assert faults("It takes 4.2 ms.", tmp_path)
    assert faults("Of all children, 67 % (source: DfE 2025) live with foster carers.", tmp_path) == []
