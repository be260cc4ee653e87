"""What a commissioner of one council asked to have worked out, and what the council itself writes for its report.

Reached through ``Records.analyses_of``, which has checked the scope; rows stay here. Who asks, and what is made, is in
``api/services/analyses.py``; ``api/services/jobs.py`` has it made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, and_, delete, func, insert, select, update

from api import clock
from api.database.analysis_tables import analyses, council_parts
from api.database.kinds import KINDS
from api.database.tables import return_files
from reference_data.problems import NotFound

KEPT_OF_A_KIND = 12
"""Analyses without a name that a council keeps of a kind. A report is a record and is never dropped."""
NEVER_DROPPED = ("report",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis that somebody asked for.

    Parameters
    ----------
    kind
        ``beds``, ``indicators`` or ``report``.
    question
        A digest of the records, the day and the settings: the same question twice is made once.
    status
        ``waiting``, ``running``, ``done`` or ``failed``.
    answer
        What was found. Only ``analysis`` and ``newest`` read it; a list goes without.
    """

    analysis_id: str
    kind: str
    question: str
    as_of: date
    asked_at: datetime
    asked_by: str
    settings: Mapping[str, Any]
    name: str | None
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    in_brief: Mapping[str, Any] | None
    answer: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilPart:
    """One part that the council wrote, as it stands."""

    part: str
    version: int
    content: Any
    written_at: datetime
    written_by: str


class AnalysisRecords:
    """The analyses and the council's own parts, of one council and in one transaction."""

    def __init__(self, connection: Connection, authority: str) -> None:
        self.connection = connection
        self.authority = authority

    def analysis(self, analysis_id: str) -> Analysis:
        """Return one analysis with its answer.

        Raises
        ------
        NotFound
            If the council has none of that id.
        """
        row = self.connection.execute(select(analyses).where(self._is(analysis_id))).one_or_none()
        if row is None:
            raise _no_such_analysis()
        return _analysis(row, row.answer)

    def newest(self, kind: str) -> Analysis | None:
        """Return the newest of a kind that is done, with its answer; one of a changed scenario is not the newest."""
        rows = self.connection.execute(
            select(analyses.c.analysis_id, analyses.c.settings)
            .where(
                analyses.c.authority == self.authority, analyses.c.kind == kind, analyses.c.status == "done"
            )
            .order_by(analyses.c.finished_at.desc(), analyses.c.analysis_id)
        )
        found = next((row.analysis_id for row in rows if not row.settings.get("scenario")), None)
        return None if found is None else self.analysis(found)

    def all(self, kind: str) -> tuple[Analysis, ...]:
        """Return every analysis of a kind without its answer, the newest first."""
        columns = [column for column in analyses.c if column.name != "answer"]
        found = self.connection.execute(
            select(*columns)
            .where(and_(analyses.c.authority == self.authority, analyses.c.kind == kind))
            .order_by(analyses.c.asked_at.desc(), analyses.c.analysis_id)
        )
        return tuple(_analysis(row, None) for row in found)

    def add(
        self,
        *,
        kind: str,
        question: str,
        as_of: date,
        asked_by: str,
        settings: Mapping[str, Any],
        name: str | None,
    ) -> str:
        """Add an analysis that waits to be made, drop the oldest without a name, and return the new id."""
        analysis_id = uuid4().hex
        self.connection.execute(
            insert(analyses).values(
                authority=self.authority,
                analysis_id=analysis_id,
                kind=kind,
                question=question,
                as_of=as_of,
                asked_at=clock.now(),
                asked_by=asked_by,
                settings=dict(settings),
                name=name,
                status="waiting",
            )
        )
        if kind not in NEVER_DROPPED:
            self._drop_old(kind)
        return analysis_id

    def has_returns(self) -> bool:
        """Say whether any return of the council has been imported."""
        found = self.connection.execute(
            select(return_files.c.file_name).where(return_files.c.authority == self.authority).limit(1)
        )
        return found.first() is not None

    def inputs(self) -> list[list[str]]:
        """Return what tells apart the records that an analysis is made from, beside referrals and homes."""
        found = [
            ["return", row[0], row[1]]
            for row in self.connection.execute(
                select(return_files.c.file_name, return_files.c.file_digest).where(
                    return_files.c.authority == self.authority
                )
            )
        ]
        for kind in ("stays", "enquiries", "notices", "stability_meetings"):
            form = KINDS[kind]
            found += [
                [kind, row[0], row[1]]
                for row in self.connection.execute(
                    select(form.table.c[form.key], form.table.c.record_digest).where(
                        form.table.c.authority == self.authority
                    )
                )
            ]
        found += [["part", name, str(part.version)] for name, part in self.parts().items()]
        # Sorted here, because the databases sort text each in its own way.
        return sorted(found)

    def claim(self, analysis_id: str) -> bool:
        """Take a waiting analysis to make it; ``False`` where somebody else has, or it is gone."""
        taken = self.connection.execute(
            update(analyses)
            .where(and_(self._is(analysis_id), analyses.c.status == "waiting"))
            .values(status="running", started_at=clock.now())
        )
        return taken.rowcount == 1

    def put_back(self, analysis_id: str) -> None:
        """Let an analysis wait again whose making was broken off."""
        self.connection.execute(
            update(analyses)
            .where(and_(self._is(analysis_id), analyses.c.status == "running"))
            .values(status="waiting", started_at=None)
        )

    def finish(self, analysis_id: str, answer: Mapping[str, Any] | None, in_brief: Mapping[str, Any]) -> None:
        """Keep the answer, or with ``None`` that it failed. An answer that is there is never overwritten."""
        self.connection.execute(
            update(analyses)
            .where(and_(self._is(analysis_id), analyses.c.status != "done"))
            .values(
                status="failed" if answer is None else "done",
                finished_at=clock.now(),
                answer=None if answer is None else dict(answer),
                in_brief=dict(in_brief),
            )
        )

    def give_name(self, analysis_id: str, name: str | None) -> None:
        """Name an analysis, so that it is kept, or take its name away.

        Raises
        ------
        NotFound
            If the council has none of that id.
        """
        done = self.connection.execute(update(analyses).where(self._is(analysis_id)).values(name=name))
        if done.rowcount != 1:
            raise _no_such_analysis()

    def parts(self) -> dict[str, CouncilPart]:
        """Return every part that the council wrote, as it stands."""
        newest = (
            select(council_parts.c.part, func.max(council_parts.c.version).label("version"))
            .where(council_parts.c.authority == self.authority)
            .group_by(council_parts.c.part)
            .subquery()
        )
        rows = self.connection.execute(
            select(council_parts)
            .join(
                newest,
                and_(council_parts.c.part == newest.c.part, council_parts.c.version == newest.c.version),
            )
            .where(council_parts.c.authority == self.authority)
            .order_by(council_parts.c.part)
        )
        return {
            row.part: CouncilPart(
                part=row.part,
                version=row.version,
                content=row.content,
                written_at=row.written_at,
                written_by=row.written_by,
            )
            for row in rows
        }

    def write_part(self, part: str, content: Any, *, written_by: str) -> int:
        """Add a version of a part and return its number; the same content again adds none."""
        present = self.parts().get(part)
        if present is not None and present.content == content:
            return present.version
        version = 1 if present is None else present.version + 1
        self.connection.execute(
            insert(council_parts).values(
                authority=self.authority,
                part=part,
                version=version,
                content=content,
                written_at=clock.now(),
                written_by=written_by,
            )
        )
        return version

    def _is(self, analysis_id: str) -> Any:
        return and_(analyses.c.authority == self.authority, analyses.c.analysis_id == analysis_id)

    def _drop_old(self, kind: str) -> None:
        old = (
            self.connection.execute(
                select(analyses.c.analysis_id)
                .where(
                    analyses.c.authority == self.authority,
                    analyses.c.kind == kind,
                    analyses.c.name.is_(None),
                )
                .order_by(analyses.c.asked_at.desc(), analyses.c.analysis_id)
                .offset(KEPT_OF_A_KIND)
            )
            .scalars()
            .all()
        )
        if old:
            self.connection.execute(
                delete(analyses).where(
                    analyses.c.authority == self.authority, analyses.c.analysis_id.in_(old)
                )
            )


def _analysis(row: Row[Any], answer: Mapping[str, Any] | None) -> Analysis:
    return Analysis(
        analysis_id=row.analysis_id,
        kind=row.kind,
        question=row.question,
        as_of=row.as_of,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        settings=row.settings,
        name=row.name,
        status=row.status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        in_brief=row.in_brief,
        answer=answer,
    )


def _no_such_analysis() -> NotFound:
    return NotFound("no_such_analysis", "There is no analysis of that id.")
