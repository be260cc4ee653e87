"""Run the benchmarks: ``python -m tests.benchmarks.run [--quick] [--write FOLDER] [NAME ...]``.

Each module ``bench_*.py`` beside this file has a function ``measure(full: bool)`` that returns
its figures and the counts behind them. Speed is shown here and never by a timed test. Figures that matter
are ratios against something run beside them, since machines differ.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def main() -> None:
    """Measure, print, and with ``--write`` keep the figures as evidence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which benchmarks (all)")
    parser.add_argument("--quick", action="store_true", help="small counts")
    parser.add_argument("--write", type=Path, help="the folder to write evidence to")
    arguments = parser.parse_args()
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    unknown = set(arguments.names) - set(known)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    for name in arguments.names or known:
        measure = importlib.import_module(f"tests.benchmarks.bench_{name}").measure
        result: dict[str, Any] = measure(full=not arguments.quick)
        print(f"\n{name}: {result['what']}")
        for key, value in result["figures"].items():
            print(f"  {key} = {value}")
        if arguments.write:
            _write(arguments.write / f"{name}.json", result)


def _write(path: Path, result: dict[str, Any]) -> None:
    evidence = {
        "commit": _commit(),
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": {
            "processors": os.cpu_count(),
            "architecture": platform.machine(),
            "system": platform.system(),
            "python": platform.python_version(),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        },
        "command": f"python -m tests.benchmarks.run {path.stem}",
        **result,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(evidence, indent=2) + "\n", encoding="utf-8")
    print(f"  written to {path}")


def _commit() -> str:
    run = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
