"""The last bed under fire: fifty clients want it again and again; processes that place are killed at random."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from api.database import migrate
from tests.postgres_server import PostgresServer

HERE = Path(__file__).resolve()
TESTS = HERE.parents[1] / "integration" / "placing"
CLIENTS = 50


def measure(full: bool) -> dict[str, Any]:
    """Return who got the last beds and what held after the kills; seconds are beside, the machine's own."""
    held, placed, kills = (1000, 50, 500) if full else (5, 1, 12)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="rhbeds-") as name:
        figures |= _on("sqlite", lambda n: f"sqlite:///{Path(name) / f'{n}.sqlite3'}", held, placed, kills)
    place = Path(tempfile.mkdtemp(prefix="rhpg-"))
    server = PostgresServer(place)
    try:
        figures |= _on("postgresql", lambda _: server.new_database(), held, placed, kills)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
    return {
        "what": f"{CLIENTS} processes, each with a connection of its own, want the one free bed of a home at the same moment: "
        f"{held:,} times to hold it, {placed:,} times to place a child there. Then processes that hold, place, let go and end are "
        f"killed (SIGKILL) {kills:,} times at random, and every row is checked",
        "counts": {"clients": CLIENTS, "beds_held": held, "beds_placed": placed, "kills": kills},
        "figures": figures,
    }


def _on(name: str, new_url: Any, held: int, placed: int, kills: int) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for want, rounds in (("hold", held), ("place", placed)):
        url = new_url(want)
        migrate.upgrade(url)
        began = time.monotonic()
        found = _contend(url, way="fight", want=want, clients=CLIENTS, rounds=rounds)
        figures[f"{name}_{want}_beds"] = rounds
        figures[f"{name}_{want}_won"] = found["won"]
        figures[f"{name}_{want}_told_so"] = found["conflicts"]
        figures[f"{name}_{want}_faults"] = len(found["faults"])
        figures[f"{name}_{want}_seconds_a_bed"] = round((time.monotonic() - began) / rounds, 2)
        figures[f"{name}_{want}_invariants_broken"] = len(_broken(url))
    url = new_url("kill")
    migrate.upgrade(url)
    found = _contend(url, way="kill", clients=6, kills=kills, homes=4, children=40, longest_wait=0.8, seed=11)
    figures[f"{name}_kills"] = found["kills"]
    figures[f"{name}_done_between_kills"] = found["done"]
    figures[f"{name}_faults_between_kills"] = len(found["faults"])
    figures[f"{name}_invariants_broken_after_kills"] = len(_broken(url))
    return figures


def _contend(url: str, **asked: Any) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, str(TESTS / "contenders.py"), json.dumps({"url": url, **asked})],
        cwd=HERE.parents[2],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout)
    for fault in found["faults"]:
        print(f"  a fault, {asked['way']}: {fault}")
    return found


def _broken(url: str) -> list[str]:
    spec = importlib.util.spec_from_file_location("placing_invariants", TESTS / "invariants.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: list[str] = module.broken(url)
    return found
