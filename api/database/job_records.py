"""Long work that one council's people asked for: waiting, being done, done, failed or cancelled.

Reached through ``Records.jobs_of``, which has checked the scope; rows stay here. Whoever does a job holds it by a claim
of its own and says so again and again (``seen_at``); work that nobody has spoken for is put back, and what its first
worker may still write under the old claim counts for nothing. What is asked for and how it is done is in
``api/services/jobs.py``; ``api/working.py`` does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, and_, delete, or_, select, update

from api import clock
from api.database.tables import jobs
from reference_data.problems import Conflict, NotFound

FINISHED_KEPT = 50
"""Finished jobs that a council keeps, with the files of its reports; older ones are dropped when another is asked for."""
MOST_ATTEMPTS = 3
"""How often a job is begun before it is told as failed: one that takes its worker down with it must end."""
ABANDONED_AFTER = timedelta(seconds=30)
"""A running job that its worker has not spoken for so long was being done by a server that has stopped."""
OPEN = ("waiting", "running")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of long work.

    Parameters
    ----------
    kind
        ``plan``, ``forecast``, ``report`` or ``analysis``.
    question
        A digest of what was asked and the records it is asked of: the same question is not done twice at once.
    status
        ``waiting``, ``running``, ``done``, ``failed`` or ``cancelled``.
    step
        What is being done now, in words without anything of a record.
    step_number, step_count
        Which of how many steps that is, counted from 1; ``None`` where it is not known how many there are.
    attempts
        How often it was begun.
    result_id
        The plan, forecast or analysis it makes; a report is the job's own file.
    problem_code, problem
        Why it failed, as an error of ours is told.
    """

    authority: str
    job_id: str
    kind: str
    question: str
    asked_at: datetime
    asked_by: str
    settings: Mapping[str, Any]
    status: str
    step: str | None
    step_number: int | None
    step_count: int | None
    attempts: int
    claimed_by: str | None
    started_at: datetime | None
    finished_at: datetime | None
    cancel_asked_at: datetime | None
    result_id: str | None
    problem_code: str | None
    problem: str | None


_COLUMNS = [jobs.c[name] for name in Job.__dataclass_fields__]
_NO_STEP: Mapping[str, None] = {"step": None, "step_number": None, "step_count": None}


class JobRecords:
    """The jobs of one council, in one transaction."""

    def __init__(self, connection: Connection, authority: str) -> None:
        self.connection = connection
        self.authority = authority

    def job(self, job_id: str) -> Job:
        """Return one job.

        Raises
        ------
        NotFound
            If the council has no job of that id.
        """
        row = self.connection.execute(select(*_COLUMNS).where(self._is(job_id))).first()
        if row is None:
            raise NotFound("no_such_job", "There is no job of that id.")
        return _job(row)

    def all(self) -> tuple[Job, ...]:
        """Return every job, the newest first."""
        found = self.connection.execute(
            select(*_COLUMNS)
            .where(jobs.c.authority == self.authority)
            .order_by(jobs.c.asked_at.desc(), jobs.c.job_id)
        )
        return tuple(map(_job, found))

    def open_with(self, question: str) -> Job | None:
        """Return the job that waits or runs with a question, if there is one."""
        return self._newest(jobs.c.question == question, jobs.c.status.in_(OPEN))

    def that_makes(self, result_id: str) -> Job | None:
        """Return the newest job that makes, or made, a plan, a forecast or an analysis."""
        return self._newest(jobs.c.result_id == result_id)

    def file(self, job_id: str) -> bytes:
        """Return the file that a job made.

        Raises
        ------
        NotFound
            If the council has no such job, or it made no file.
        """
        found = self.connection.execute(select(jobs.c.file).where(self._is(job_id))).scalar()
        if found is None:
            raise NotFound("no_such_report", "There is no report of that id.")
        return bytes(found)

    def add(
        self,
        kind: str,
        *,
        question: str,
        asked_by: str,
        settings: Mapping[str, Any],
        result_id: str | None = None,
        done: bool = False,
    ) -> Job:
        """Add a job that waits, or with ``done`` one whose result was there already; drop the oldest finished ones."""
        job_id, now = uuid4().hex, clock.now()
        self.connection.execute(
            jobs.insert().values(
                authority=self.authority,
                job_id=job_id,
                kind=kind,
                question=question,
                asked_at=now,
                asked_by=asked_by,
                settings=dict(settings),
                status="done" if done else "waiting",
                finished_at=now if done else None,
                attempts=0,
                result_id=result_id,
            )
        )
        self._drop_old()
        return self.job(job_id)

    def claim(self, job_id: str) -> str | None:
        """Take a waiting job and return the claim by which it is held; ``None`` where somebody else has it."""
        claim, now = uuid4().hex, clock.now()
        taken = self.connection.execute(
            update(jobs)
            .where(and_(self._is(job_id), jobs.c.status == "waiting"))
            .values(
                status="running",
                claimed_by=claim,
                seen_at=now,
                started_at=now,
                **_NO_STEP,
                attempts=jobs.c.attempts + 1,
            )
        )
        return claim if taken.rowcount == 1 else None

    def speak_for(self, job_id: str, claim: str) -> None:
        """Say that a claimed job is being done."""
        self.connection.execute(update(jobs).where(self._held(job_id, claim)).values(seen_at=clock.now()))

    def at_step(self, job_id: str, claim: str, step: str, number: int | None, count: int | None) -> None:
        """Say how far a claimed job is: what is being done, and which of how many steps that is where it is known."""
        self.connection.execute(
            update(jobs)
            .where(self._held(job_id, claim))
            .values(seen_at=clock.now(), step=step[:200], step_number=number, step_count=count)
        )

    def finish(
        self,
        job_id: str,
        claim: str,
        status: str,
        *,
        result_id: str | None = None,
        file: bytes | None = None,
        problem: tuple[str, str] | None = None,
    ) -> bool:
        """End a job that is held by a claim; ``False`` where it no longer is, and then nothing is kept of it."""
        told: dict[str, Any] = {"status": status, "finished_at": clock.now(), "file": file, **_NO_STEP}
        if result_id is not None:
            told["result_id"] = result_id
        if problem is not None:
            told["problem_code"], told["problem"] = problem[0][:60], problem[1][:400]
        done = self.connection.execute(update(jobs).where(self._held(job_id, claim)).values(**told))
        return done.rowcount == 1

    def put_back(self, job_id: str, claim: str, *, counted: bool) -> Job:
        """Let a job wait again. One that was begun too often fails; ``counted`` says whether this attempt counts."""
        job = self.job(job_id)
        if counted and job.attempts >= MOST_ATTEMPTS:
            self.finish(
                job_id,
                claim,
                "failed",
                problem=("broken_off", f"The work was begun {job.attempts} times and broken off each time."),
            )
        else:
            self.connection.execute(
                update(jobs)
                .where(self._held(job_id, claim))
                .values(
                    status="waiting",
                    claimed_by=None,
                    seen_at=None,
                    **_NO_STEP,
                    attempts=jobs.c.attempts - (0 if counted else 1),
                )
            )
        return self.job(job_id)

    def ask_to_cancel(self, job_id: str) -> Job:
        """Cancel a job: at once where it waits, else as soon as its worker sees it.

        Raises
        ------
        NotFound
            If the council has no job of that id.
        Conflict
            If it has ended.
        """
        now = clock.now()
        waiting = self.connection.execute(
            update(jobs)
            .where(and_(self._is(job_id), jobs.c.status == "waiting"))
            .values(status="cancelled", finished_at=now, cancel_asked_at=now)
        )
        if waiting.rowcount == 0:
            running = self.connection.execute(
                update(jobs)
                .where(and_(self._is(job_id), jobs.c.status == "running"))
                .values(cancel_asked_at=now)
            )
            if running.rowcount == 0:
                self.job(job_id)
                raise Conflict("job_ended", "The job has ended; there is nothing left to cancel.")
        return self.job(job_id)

    def _newest(self, *conditions: Any) -> Job | None:
        row = self.connection.execute(
            select(*_COLUMNS)
            .where(and_(jobs.c.authority == self.authority, *conditions))
            .order_by(jobs.c.asked_at.desc(), jobs.c.job_id)
            .limit(1)
        ).first()
        return None if row is None else _job(row)

    def _drop_old(self) -> None:
        old = (
            self.connection.execute(
                select(jobs.c.job_id)
                .where(and_(jobs.c.authority == self.authority, jobs.c.status.not_in(OPEN)))
                .order_by(jobs.c.asked_at.desc(), jobs.c.job_id)
                .offset(FINISHED_KEPT)
            )
            .scalars()
            .all()
        )
        if old:
            self.connection.execute(
                delete(jobs).where(and_(jobs.c.authority == self.authority, jobs.c.job_id.in_(old)))
            )

    def _is(self, job_id: str) -> Any:
        return and_(jobs.c.authority == self.authority, jobs.c.job_id == job_id)

    def _held(self, job_id: str, claim: str) -> Any:
        return and_(self._is(job_id), jobs.c.status == "running", jobs.c.claimed_by == claim)


def waiting_jobs(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return council and id of every job that waits, of whichever council, the oldest first: the workers' queue."""
    found = connection.execute(
        select(jobs.c.authority, jobs.c.job_id)
        .where(jobs.c.status == "waiting")
        .order_by(jobs.c.asked_at, jobs.c.job_id)
    )
    return tuple((row.authority, row.job_id) for row in found)


def abandoned_jobs(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    """Return council, id and claim of every running job that no worker has spoken for lately."""
    long_ago = clock.now() - ABANDONED_AFTER
    found = connection.execute(
        select(jobs.c.authority, jobs.c.job_id, jobs.c.claimed_by).where(
            and_(jobs.c.status == "running", or_(jobs.c.seen_at.is_(None), jobs.c.seen_at < long_ago))
        )
    )
    return tuple((row.authority, row.job_id, row.claimed_by) for row in found)


def _job(row: Row[Any]) -> Job:
    return Job(**row._mapping)
