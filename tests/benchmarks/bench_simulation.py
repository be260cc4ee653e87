"""How fast futures are drawn: plainly, in machine code, in a pool, on a cluster; and every authority from published figures.

One world of about 500 children over five years, and 151 or more worlds of one year each from published figures. The
counts of all ways are compared to the byte; one worker of the cluster is killed half-way. Processor time is told beside
the clock, since machines are shared. Child-years a second stand beside those of the prototypes and, where the benchmark
``peer_forecast`` has been written, beside those of the one path of cs-demand-model.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from reference_data.authorities import authorities
from reference_data.problems import NotEnoughData
from sufficiency.forecast import learnt_world, monthly_dates
from sufficiency.published_forecast import forecast_published
from sufficiency.repair import repaired_history
from sufficiency.returns import returns_from_tables
from sufficiency.simulate import World, simulate
from tests.benchmarks.bench_forecast import ORIGIN, STARTS_OF_500, _invented
from tests.benchmarks.bench_peer_forecast import PROTOTYPES_CHILD_YEARS_PER_SECOND

MONTHS = 60
PUBLISHED_FROM = date(2024, 3, 31)
PEER_EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "peer_forecast.json"
WAYS: dict[str, dict[str, Any]] = {"plain": {"compiled": False}, "fast": {"compiled": True}}


def measure(full: bool) -> dict[str, Any]:
    """Return seconds, child-years a second and peak memory of each way, and the time of all authorities."""
    runs = 1000 if full else 100
    truth = _invented(0, STARTS_OF_500, 0.0)
    returns = returns_from_tables(truth.returns(ORIGIN, years=5))
    world = learnt_world(repaired_history(returns, known_on=ORIGIN), ORIGIN)
    days = [(day - ORIGIN).days for day in monthly_dates(ORIGIN, MONTHS)]
    figures: dict[str, Any] = {}
    counts = {}
    for way, how in WAYS.items():
        simulate(world, snapshot_days=days, runs=2, seed=0, **how)
        started, worked = time.perf_counter(), time.process_time()
        counts[way] = simulate(world, snapshot_days=days, runs=runs, seed=0, **how)
        figures[f"{way}_seconds"] = round(time.perf_counter() - started, 2)
        processor = time.process_time() - worked
        figures[f"{way}_processor_s"] = round(processor, 2)
        figures[f"{way}_child_years_per_second"] = round(_child_years(counts[way]) / processor)
        # Memory only grows in a process, so each way is at least what came before it.
        figures[f"{way}_peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        _warmed(pool, world, days)
        started = time.perf_counter()
        counts["pool"] = simulate(
            world, snapshot_days=days, runs=runs, seed=0, compiled=True, executor=pool, runs_together=32
        )
        seconds = time.perf_counter() - started
    figures["pool_of_two_seconds"] = round(seconds, 2)
    figures["pool_of_two_child_years_per_second"] = round(_child_years(counts["pool"]) / seconds)
    figures["counts_memory_mb"] = round(counts["plain"].nbytes / 2**20, 1)
    counts["cluster"], killed = _on_a_cluster(world, days, runs, figures)
    figures["cluster_worker_killed_half_way"] = int(killed)
    for name, value in PROTOTYPES_CHILD_YEARS_PER_SECOND.items():
        figures[f"prototype_{name}_child_years_per_second"] = value
    if PEER_EVIDENCE.exists():
        peer = json.loads(PEER_EVIDENCE.read_text(encoding="utf-8"))["figures"]
        figures["peer_child_years_per_second"] = peer.get("peer_child_years_per_second")
    figures["same_bytes"] = int(len({found.tobytes() for found in counts.values()}) == 1)
    figures |= _every_authority(runs=1000 if full else 20)
    return {
        "what": f"{runs} futures of {len(world.stock)} children over five years, plainly, compiled, in two processes and on a "
        "Dask cluster that loses one of its two workers half-way; "
        "then every authority from published figures over one year",
        "counts": {"runs": runs, "children_in_care": len(world.stock), "months": MONTHS},
        "figures": figures,
    }


def _on_a_cluster(
    world: World, days: list[int], runs: int, figures: dict[str, Any]
) -> tuple[np.ndarray[Any, Any], bool]:
    """Return the counts computed by a Dask cluster of two that loses a worker when the first results are there."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=50,
        ) as made,
        Client(made) as client,
    ):
        worker = next(iter(client.run(os.getpid).values()))
        done, killed = threading.Event(), threading.Event()

        def kill_when_some_are_done() -> None:
            while not done.wait(0.01):
                if client.run_on_scheduler(_finished):
                    os.kill(worker, signal.SIGKILL)
                    killed.set()
                    return

        killer = threading.Thread(target=kill_when_some_are_done)
        started = time.perf_counter()
        killer.start()
        counts = simulate(
            world,
            snapshot_days=days,
            runs=runs,
            seed=0,
            compiled=True,
            executor=client.get_executor(),
            runs_together=16,
        )
        figures["cluster_of_two_losing_one_seconds"] = round(time.perf_counter() - started, 2)
        done.set()
        killer.join()
    return counts, killed.is_set()


def _finished(dask_scheduler: Any = None) -> int:
    return sum(task.state == "memory" for task in dask_scheduler.tasks.values())


def _child_years(counts: np.ndarray[Any, Any]) -> float:
    """Return the child-years that all futures hold: the mean of the monthly counts, times the years."""
    return float(counts.sum(axis=(2, 3)).mean(axis=1).sum()) * MONTHS / 12


def _warmed(pool: ProcessPoolExecutor, world: World, days: list[int]) -> None:
    simulate(world, snapshot_days=days, runs=16, seed=0, compiled=True, executor=pool, runs_together=1)


def _every_authority(runs: int) -> dict[str, Any]:
    started, worked = time.perf_counter(), time.process_time()
    made = 0
    for authority in authorities():
        try:
            forecast_published(authority.code, start=PUBLISHED_FROM, months=12, runs=runs)
        except NotEnoughData:
            continue
        made += 1
    return {
        "authorities": made,
        "authorities_seconds": round(time.perf_counter() - started, 1),
        "authorities_processor_s": round(time.process_time() - worked, 1),
    }
