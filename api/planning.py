"""The joint plans that people asked for, made one after another in a thread of this server.

The queue's truth is the database (``api/services/plans.py``): a plan is claimed there before it is made, so several
servers never make the same one, and one that a stopped server left behind is told as such and asked for again.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.services.plans import make_plan

if TYPE_CHECKING:
    from api.database.engine import Database
    from api.kept import Kept
    from matching.policy import Policy

ACTOR = "joint plan"
CLOSE_WAITS_SECONDS = 5
_log = logging.getLogger("righthome.plans")


@dataclass(frozen=True, slots=True)
class _Asked:
    authority: str
    plan_id: str
    policy: Policy


class Planner:
    """Makes plans one at a time, so that pages stay quick while one is made."""

    def __init__(self, database: Database, kept: Kept) -> None:
        self._database = database
        self._kept = kept
        self._waiting: queue.SimpleQueue[_Asked | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def make(self, authority: str, plan_id: str, policy: Policy) -> None:
        """Have a plan made that was asked for and is committed; returns at once."""
        with self._lock:
            if self._thread is None:
                # A daemon: whoever stops the server does not wait for a plan.
                self._thread = threading.Thread(target=self._work, name="joint-plan", daemon=True)
                self._thread.start()
        self._waiting.put(_Asked(authority, plan_id, policy))

    def close(self) -> None:
        """Stop after the plan that is being made; a long one is not waited for."""
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(timeout=CLOSE_WAITS_SECONDS)

    def _work(self) -> None:
        while (asked := self._waiting.get()) is not None:
            started = time.monotonic()
            try:
                make_plan(
                    self._database,
                    asked.authority,
                    asked.plan_id,
                    policy=asked.policy,
                    kept=self._kept,
                    actor=ACTOR,
                )
            except Exception as error:
                # The text of an error may quote a record, so only its kind is told.
                _log.error("a joint plan failed: %s", type(error).__name__)
            else:
                _log.info("a joint plan took %.1f seconds", time.monotonic() - started)
