"""However a simulation is computed, its counts are the same: in machine code, in a pool, on a cluster that loses a worker."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing import get_context
from typing import Any

import numpy as np
import pytest

from sufficiency.episodes import DETAILS, Stay
from sufficiency.following_compiled import is_installed
from sufficiency.published_council import published_council
from sufficiency.published_forecast import forecast_every_authority
from sufficiency.published_world import world_of
from sufficiency.scenario import Scenario
from sufficiency.simulate import World, simulate
from sufficiency.stays import RATE_SHAPE

START = date(2024, 3, 31)
DAYS = [0, 1, 30, 200, 365, 800, 1500]


def council() -> World:
    """Return a council whose rates differ in every cell, so that a cell mistaken for another shows."""
    world = world_of(published_council("879", known_on=START), START)
    uneven = np.exp(np.random.default_rng(5).normal(size=RATE_SHAPE) * 0.5)
    return replace(
        world,
        exits=replace(world.exits, per_day=world.exits.per_day * uneven),
        moves=replace(world.moves, per_day=world.moves.per_day * uneven[::-1] * 4),
    )


def counts(world: World, **how: Any) -> np.ndarray:
    return simulate(world, snapshot_days=DAYS, runs=how.pop("runs", 10), seed=9, runs_together=4, **how)


def test_numba_is_there_when_this_is_tested() -> None:
    assert is_installed()


def test_machine_code_gives_the_same_bytes_as_the_plain_version() -> None:
    world = council()
    for scenario in (Scenario(), Scenario(exits={"fostering": 0.3}, moves=5.0), Scenario(moves=0.0)):
        plain = counts(world, compiled=False, scenario=scenario)
        assert plain.tobytes() == counts(world, compiled=True, scenario=scenario).tobytes()


def test_machine_code_agrees_where_events_fall_on_the_same_moment() -> None:
    # Birthdays, whole years in care and snapshots all fall on the first day or on one another.
    stock = tuple(
        Stay(
            child_id=f"DEMO-{n}",
            date_of_birth=born,
            care_started_on=START - timedelta(days=days),
            care_start_seen=True,
            started_on=START - timedelta(days=min(days, 91)),
            ended_on=None,
            detail=DETAILS[n % len(DETAILS)],
            next_detail=None,
        )
        for n, (born, days) in enumerate(
            (born, days)
            for born in (START.replace(year=2006), START.replace(year=2008), date(2008, 2, 29), START)
            for days in (0, 30, 91, 365, 730, 1460)
        )
    )
    world = replace(council(), stock=stock)
    assert counts(world, compiled=False).tobytes() == counts(world, compiled=True).tobytes()


def test_a_pool_of_processes_gives_the_same_bytes() -> None:
    world = council()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert (
            counts(world, executor=pool, compiled=True).tobytes() == counts(world, compiled=False).tobytes()
        )


@pytest.fixture(scope="module")
def cluster() -> Any:
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
        yield client


def test_a_cluster_that_loses_a_worker_half_way_gives_the_same_bytes(cluster: Any) -> None:
    world = council()
    alone = counts(world, runs=400)
    worker = next(iter(cluster.run(os.getpid).values()))
    done = threading.Event()
    killed_before_the_end = threading.Event()

    def kill_one_when_some_are_done() -> None:
        while not done.is_set():
            if sum(cluster.run_on_scheduler(finished_tasks).values()):
                os.kill(worker, signal.SIGKILL)
                killed_before_the_end.set()
                return
            time.sleep(0.01)

    killer = threading.Thread(target=kill_one_when_some_are_done)
    killer.start()
    there = counts(world, runs=400, executor=cluster.get_executor())
    done.set()
    killer.join()
    assert killed_before_the_end.is_set()
    assert there.tobytes() == alone.tobytes()


def test_every_authority_on_a_cluster_that_loses_a_worker_half_way_has_the_same_answer(cluster: Any) -> None:
    codes = ["879", "420", "201", "908"]
    how: dict[str, Any] = {"start": START, "months": 2, "runs": 10, "codes": codes}
    alone = list(forecast_every_authority(**how))
    there = []
    for given in forecast_every_authority(**how, executor=cluster.get_executor()):
        if not there:
            # The first answer is here and others are still to come.
            os.kill(next(iter(cluster.run(os.getpid).values())), signal.SIGKILL)
        there.append(given)
    assert json.dumps(there) == json.dumps(alone)
    assert [code for code, answer in there if isinstance(answer, str)] == ["420"]
    assert all(
        "Published figures only" in answer["definition"] for _, answer in there if not isinstance(answer, str)
    )


def finished_tasks(dask_scheduler: Any = None) -> dict[str, int]:
    """Return how many tasks stand in memory on the scheduler; distributed sends this function there."""
    return {"memory": sum(task.state == "memory" for task in dask_scheduler.tasks.values())}
