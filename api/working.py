"""Long work (plans, forecasts, reports, analyses), done beside the web application in processes of its own.

A few workers, each a thread that watches and a child process that works, so that a quick request never waits for an
engine and work can be stopped at any moment. The queue's truth is the database (``api/database/job_records.py``): a job
is claimed there before it is done, so any number of servers share one queue, and what a stopped server left
behind is taken up by the next to look.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any

from api.services import jobs

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from api.database.engine import Database
    from api.settings import Settings

POLL_SECONDS = 2.0
"""How often a worker looks for work of other servers, and for work that was left behind."""
LOOKS_EVERY_SECONDS = 0.2
SPEAKS_EVERY_SECONDS = 5.0
CLOSE_WAITS_SECONDS = 10
_log = logging.getLogger("righthome.work")


@dataclass(frozen=True, slots=True)
class _Claimed:
    authority: str
    job_id: str
    claim: str


class Workers:
    """The workers of one server. Nothing is started before the first is needed, or ``start`` is called."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._woken = threading.Condition()

    @property
    def at_work(self) -> bool:
        """Return whether this server has workers of its own."""
        return self._settings.workers > 0

    def start(self) -> None:
        """Begin to work, also at what an earlier server left; returns at once."""
        with self._lock:
            if self._threads or self._stop.is_set():
                return
            self._threads = [
                threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
                for number in range(self._settings.workers)
            ]
            for thread in self._threads:
                thread.start()

    def wake(self) -> None:
        """Say that a job was asked for and is committed."""
        self.start()
        with self._woken:
            self._woken.notify_all()

    def close(self) -> None:
        """Stop. What is being done is broken off and waits for the next server."""
        self._stop.set()
        with self._woken:
            self._woken.notify_all()
        for thread in self._threads:
            thread.join(timeout=CLOSE_WAITS_SECONDS)

    def _work(self) -> None:
        child: _Child | None = None
        while not self._stop.is_set():
            try:
                claimed = self._next()
                if claimed is None:
                    with self._woken:
                        self._woken.wait(POLL_SECONDS)
                    continue
                if child is None or not child.alive():
                    child = _Child(self._settings)
                if not self._see_to(child, claimed):
                    child = None
            except Exception as error:
                # The worker goes on. The text of an error may quote a record, so only its kind is told.
                _log.error("a worker failed: %s", type(error).__name__)
                if child is not None:
                    # What it was doing is begun again when nobody has spoken for it; two jobs must not mix.
                    child.kill()
                    child = None
                self._stop.wait(POLL_SECONDS)
        if child is not None:
            child.kill()

    def _next(self) -> _Claimed | None:
        """Put back what was abandoned, and take the oldest job that waits."""
        from api.database.job_records import abandoned_jobs, waiting_jobs

        with self._database.reading() as connection:
            abandoned, waiting = abandoned_jobs(connection), waiting_jobs(connection)
        for authority, job_id, claim in abandoned:
            with self._records(authority) as records:
                job = jobs.put_back(records, authority, job_id, claim, counted=True)
            _log.warning("job %s was left behind and is now %s", job_id, job.status)
            waiting = (*waiting, (authority, job_id)) if job.status == "waiting" else waiting
        for authority, job_id in waiting:
            with self._records(authority) as records:
                claim_or_none = records.jobs_of(authority).claim(job_id)
            if claim_or_none is not None:
                return _Claimed(authority, job_id, claim_or_none)
        return None

    def _see_to(self, child: _Child, claimed: _Claimed) -> bool:
        """Have a job done; return whether the child may be used again."""
        started = spoke = time.monotonic()
        child.give(claimed)
        while not child.has_answered(LOOKS_EVERY_SECONDS):
            if self._stop.is_set():
                child.kill()
                self._put_back(claimed, counted=False)
                return False
            if self._cancel_asked(claimed):
                child.kill()
                with self._records(claimed.authority) as records:
                    job = records.jobs_of(claimed.authority).job(claimed.job_id)
                    jobs.cancelled_by_its_worker(records, job, claimed.claim)
                _log.info("job %s was cancelled", claimed.job_id)
                return False
            if time.monotonic() - spoke >= SPEAKS_EVERY_SECONDS:
                with self._records(claimed.authority) as records:
                    records.jobs_of(claimed.authority).speak_for(claimed.job_id, claimed.claim)
                spoke = time.monotonic()
        fault = child.answer()
        if fault is None:
            _log.warning("job %s lost its process", claimed.job_id)
            child.kill()
            self._put_back(claimed, counted=True)
            return False
        if fault:
            _log.error("job %s failed: %s", claimed.job_id, fault)
        else:
            _log.info("job %s took %.1f seconds", claimed.job_id, time.monotonic() - started)
        return True

    def _cancel_asked(self, claimed: _Claimed) -> bool:
        with self._records(claimed.authority, writes=False) as records:
            job = records.jobs_of(claimed.authority).job(claimed.job_id)
        return job.cancel_asked_at is not None and job.status == "running"

    def _put_back(self, claimed: _Claimed, *, counted: bool) -> None:
        with self._records(claimed.authority) as records:
            jobs.put_back(records, claimed.authority, claimed.job_id, claimed.claim, counted=counted)

    def _records(self, authority: str, *, writes: bool = True) -> Any:
        return jobs.records_at_work(self._database, authority, writes=writes)


class _Child:
    """A process that does one job after another."""

    def __init__(self, settings: Settings) -> None:
        # Started afresh, since a fork would copy the threads and connections of the server.
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_do_jobs, args=(theirs, settings), daemon=True, name="work")
        self._process.start()
        theirs.close()

    def alive(self) -> bool:
        return self._process.is_alive()

    def give(self, claimed: _Claimed) -> None:
        self._pipe.send(claimed)

    def has_answered(self, seconds: float) -> bool:
        """Wait a little; ``True`` also where the process has ended."""
        return self._pipe.poll(seconds)

    def answer(self) -> str | None:
        """Return the kind of a fault, an empty text where all went well, or ``None`` where the process has ended."""
        try:
            answered: str = self._pipe.recv()
        except (EOFError, OSError):
            return None
        return answered

    def kill(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _do_jobs(pipe: Connection, settings: Settings) -> None:
    """Do what comes through a pipe until it ends, in a process of its own."""
    from api.database.engine import open_database
    from api.kept import Kept

    # Ctrl-C goes to the whole group; the server says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Requests go first where the processor is short.
    os.nice(settings.worker_niceness)
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    database, kept = open_database(settings.database_url), Kept()
    while True:
        try:
            claimed = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            jobs.do_job(database, settings, claimed.authority, claimed.job_id, claimed.claim, kept=kept)
        except Exception as error:
            # The text of an error may quote a record, so only its kind is told.
            pipe.send(type(error).__name__)
        else:
            pipe.send("")


def _end_with_the_server() -> None:
    server = parent_process()
    if server is not None:
        server.join()
    os._exit(1)
