"""The joint plans of one council: asked for, being made, and kept with the decisions they were made under.

Reached through ``Records.plans_of``, which has checked the scope; rows stay here. Who asks for a plan and when one
is asked for again is in ``api/services/plans.py``; ``api/services/jobs.py`` makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from api import clock
from api.database.tables import plans
from reference_data.problems import NotFound

UNNAMED_KEPT = 30
"""Plans without a name that a council keeps; older ones are dropped when another is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """One plan that somebody asked for.

    Parameters
    ----------
    question
        A digest of the records, the day, the policy, the decisions and the settings: the same question twice is
        made once.
    decisions
        Who must, or with ``ban`` must not, live where: ``{"child_id", "home_id", "ban"}``.
    status
        ``waiting``, ``running``, ``done`` or ``failed``.
    answer
        The contract's answer once it is done. Only ``PlanRecords.plan`` reads it; a list of plans goes without.
    """

    plan_id: str
    question: str
    as_of: date
    asked_at: datetime
    asked_by: str
    based_on: str | None
    decisions: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]
    name: str | None
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    in_brief: Mapping[str, Any] | None
    answer: Mapping[str, Any] | None


class PlanRecords:
    """The plans of one council, in one transaction."""

    def __init__(
        self, connection: Connection, authority: str, told: Callable[[Any], Any] = lambda values: values
    ) -> None:
        self.connection = connection
        self.authority = authority
        # How the reader is told what was kept: children restricted since are left out.
        self._told = told

    def plan(self, plan_id: str) -> SavedPlan:
        """Return one plan with its answer.

        Raises
        ------
        NotFound
            If the council has no plan of that id.
        """
        row = self.connection.execute(select(plans).where(self._of(plan_id))).one_or_none()
        if row is None:
            raise NotFound("no_such_plan", "There is no plan of that id.")
        return self._plan(row, row.answer)

    def newest(self) -> SavedPlan | None:
        """Return the newest plan that is done, with its answer."""
        row = self.connection.execute(
            select(plans)
            .where(and_(plans.c.authority == self.authority, plans.c.status == "done"))
            .order_by(plans.c.finished_at.desc(), plans.c.plan_id)
            .limit(1)
        ).one_or_none()
        return None if row is None else self._plan(row, row.answer)

    def all(self) -> tuple[SavedPlan, ...]:
        """Return every plan without its answer, the newest first."""
        columns = [column for column in plans.c if column.name != "answer"]
        found = self.connection.execute(
            select(*columns)
            .where(plans.c.authority == self.authority)
            .order_by(plans.c.asked_at.desc(), plans.c.plan_id)
        )
        return tuple(self._plan(row, None) for row in found)

    def add(
        self,
        *,
        question: str,
        as_of: date,
        asked_by: str,
        based_on: str | None,
        decisions: Iterable[Mapping[str, Any]],
        settings: Mapping[str, Any],
    ) -> str:
        """Add a plan that waits to be made, drop the oldest without a name, and return the new id."""
        plan_id = uuid4().hex
        self.connection.execute(
            insert(plans).values(
                authority=self.authority,
                plan_id=plan_id,
                question=question,
                as_of=as_of,
                asked_at=clock.now(),
                asked_by=asked_by,
                based_on=based_on,
                decisions=[dict(one) for one in decisions],
                settings=dict(settings),
                status="waiting",
            )
        )
        self._drop_old()
        return plan_id

    def claim(self, plan_id: str) -> bool:
        """Take a waiting plan to make it; ``False`` where somebody else has, or it is gone."""
        taken = self.connection.execute(
            update(plans)
            .where(and_(self._of(plan_id), plans.c.status == "waiting"))
            .values(status="running", started_at=clock.now())
        )
        return taken.rowcount == 1

    def put_back(self, plan_id: str) -> None:
        """Let a plan wait again whose making was broken off."""
        self.connection.execute(
            update(plans)
            .where(and_(self._of(plan_id), plans.c.status == "running"))
            .values(status="waiting", started_at=None)
        )

    def finish(self, plan_id: str, answer: Mapping[str, Any] | None, in_brief: Mapping[str, Any]) -> None:
        """Keep the answer of a plan, or with ``None`` that it failed."""
        self.connection.execute(
            update(plans)
            .where(self._of(plan_id))
            .values(
                status="failed" if answer is None else "done",
                finished_at=clock.now(),
                answer=None if answer is None else dict(answer),
                in_brief=dict(in_brief),
            )
        )

    def give_name(self, plan_id: str, name: str | None) -> None:
        """Name a plan, so that it is kept, or take its name away.

        Raises
        ------
        NotFound
            If the council has no plan of that id.
        """
        done = self.connection.execute(update(plans).where(self._of(plan_id)).values(name=name))
        if done.rowcount != 1:
            raise NotFound("no_such_plan", "There is no plan of that id.")

    def _plan(self, row: Row[Any], answer: Mapping[str, Any] | None) -> SavedPlan:
        return SavedPlan(
            plan_id=row.plan_id,
            question=row.question,
            as_of=row.as_of,
            asked_at=row.asked_at,
            asked_by=row.asked_by,
            based_on=row.based_on,
            decisions=tuple(self._told(row.decisions)),
            settings=row.settings,
            name=row.name,
            status=row.status,
            started_at=row.started_at,
            finished_at=row.finished_at,
            in_brief=row.in_brief,
            answer=None if answer is None else self._told(answer),
        )

    def _of(self, plan_id: str) -> Any:
        return and_(plans.c.authority == self.authority, plans.c.plan_id == plan_id)

    def _drop_old(self) -> None:
        unnamed = (
            self.connection.execute(
                select(plans.c.plan_id)
                .where(and_(plans.c.authority == self.authority, plans.c.name.is_(None)))
                .order_by(plans.c.asked_at.desc(), plans.c.plan_id)
                .offset(UNNAMED_KEPT)
            )
            .scalars()
            .all()
        )
        if unnamed:
            self.connection.execute(
                delete(plans).where(and_(plans.c.authority == self.authority, plans.c.plan_id.in_(unnamed)))
            )
