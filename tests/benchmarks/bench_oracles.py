"""The engines against brute force, closed forms and second formulations: how many tests, on how many cases."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.counts import COUNTS

ROOT = Path(__file__).parents[2]


def measure(full: bool) -> dict[str, Any]:
    """Return how many oracle tests passed and failed, run with full counts or with those of every run."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        started = time.perf_counter()
        run = subprocess.run(
            [
                sys.executable,
                *("-m", "pytest", "tests/oracles", "-q", "-n", "0", "-p", "no:cacheprovider"),
                f"--junitxml={report}",
            ],
            cwd=ROOT,
            env={**os.environ, "TESTS_FULL_COUNTS": "1" if full else "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - started
        if not report.exists():
            raise RuntimeError(f"the oracle tests did not run:\n{run.stdout}{run.stderr}")
        suite = next(ElementTree.parse(report).getroot().iter("testsuite"))
    told = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    failed = told["failures"] + told["errors"]
    if failed:
        print(run.stdout)
    return {
        "what": "tests/oracles with " + ("full counts" if full else "the counts of every run"),
        "counts": {what: full_count if full else few for what, (few, full_count) in COUNTS.items()},
        "figures": {
            "passed": told["tests"] - failed - told["skipped"],
            "failed": failed,
            "skipped": told["skipped"],
            "seconds": round(seconds, 1),
        },
    }
