"""Run the benchmarks: ``python -m tests.benchmarks.run [--quick] [--write FOLDER] [NAME ...]``.

Each module ``bench_*.py`` beside this file has a function ``measure(full: bool)`` that returns
its figures and the counts behind them. Speed is shown here and never by a timed test. Figures that matter
are ratios against something run beside them, since machines differ. Several benchmarks run one after another,
each in a process of its own, so that none inherits the memory of the one before.
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


def main() -> int:
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
    names = arguments.names or known
    if len(names) > 1:
        return max(_apart(name, arguments) for name in names)
    measure = importlib.import_module(f"tests.benchmarks.bench_{names[0]}").measure
    result: dict[str, Any] = measure(full=not arguments.quick)
    print(f"\n{names[0]}: {result['what']}")
    for key, value in result["figures"].items():
        print(f"  {key} = {value}")
    if arguments.write:
        _write(arguments.write / f"{names[0]}.json", result, quick=arguments.quick)
    return 0


def _apart(name: str, arguments: argparse.Namespace) -> int:
    command = [sys.executable, "-m", "tests.benchmarks.run", name]
    command += ["--quick"] if arguments.quick else []
    command += ["--write", str(arguments.write)] if arguments.write else []
    return subprocess.run(command, check=False).returncode


def _write(path: Path, result: dict[str, Any], *, quick: bool) -> None:
    evidence = {
        "commit": _commit(),
        "measured_on": datetime.now(UTC).date().isoformat(),
        "machine": {
            "processors": os.cpu_count(),
            "processor": _processor(),
            "architecture": platform.machine(),
            "system": platform.system(),
            "python": platform.python_version(),
            "peak_memory_mb": round(
                max(
                    resource.getrusage(whose).ru_maxrss
                    for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
                )
                / 1024
            ),
        },
        "command": f"python -m tests.benchmarks.run {path.stem}" + (" --quick" if quick else ""),
        **result,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(evidence, indent=2) + "\n", encoding="utf-8")
    print(f"  written to {path}")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def _commit() -> str:
    """Return the commit measured; what changed beside ``docs``, where evidence is written, makes it dirty."""
    commit = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)docs")
    return f"{commit}-dirty" if changed else commit


def _git(*arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return run.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
