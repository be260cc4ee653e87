"""Analyses that people asked for, made one after another beside this server, each in a process of its own.

An analysis computes for many seconds, and in a thread it would hold up every page. The queue's truth is the database
(``api/services/analyses.py``): an analysis is claimed there before it is made, so several servers never make the same
one, and one that a stopped server left behind is told as such and asked for again.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from api.services.analyses import make_analysis

if TYPE_CHECKING:
    from matching.policy import Policy

ACTOR = "analyses"
CLOSE_WAITS_SECONDS = 5
_log = logging.getLogger("righthome.analyses")


@dataclass(frozen=True, slots=True)
class _Asked:
    authority: str
    analysis_id: str
    policy: Policy


class Analyst:
    """Has analyses made one at a time, so that pages stay quick while one is made."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._process: Any = None
        self._closing = False
        self._lock = threading.Lock()

    def make(self, authority: str, analysis_id: str, policy: Policy) -> None:
        """Have an analysis made that was asked for and is committed; returns at once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="analyses", daemon=True)
                self._thread.start()
        self._waiting.put(_Asked(authority, analysis_id, policy))

    def close(self) -> None:
        """Stop, and break off the analysis that is being made: whoever stops the server does not wait for it."""
        self._closing = True
        self._waiting.put(None)
        process = self._process
        if process is not None and process.is_alive():
            process.terminate()
        if self._thread is not None:
            self._thread.join(timeout=CLOSE_WAITS_SECONDS)

    def _work(self) -> None:
        # Started afresh, since a fork would copy the threads and connections of the server.
        processes = get_context("spawn")
        while (asked := self._waiting.get()) is not None and not self._closing:
            started = time.monotonic()
            self._process = processes.Process(
                target=make_in_process,
                args=(self._url, asked.authority, asked.analysis_id, asked.policy),
                name="analysis",
                daemon=True,
            )
            self._process.start()
            self._process.join()
            if self._process.exitcode:
                _log.error("an analysis failed with %s", self._process.exitcode)
            else:
                _log.info("an analysis took %.1f seconds", time.monotonic() - started)


def make_in_process(url: str, authority: str, analysis_id: str, policy: Policy) -> None:
    """Make one analysis on a connection of its own: what the other process runs."""
    from api.database.engine import open_database

    database = open_database(url)
    try:
        make_analysis(database, authority, analysis_id, policy=policy, actor=ACTOR)
    except Exception as error:
        # The text of an error may quote a record, so only its kind is told. That it failed is kept already.
        _log.error("an analysis failed: %s", type(error).__name__)
        raise SystemExit(1) from None
    finally:
        database.close()
