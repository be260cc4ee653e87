"""What has to be had, signed or sent for one promised bed: the checklist, the approvals, the notices.

Reached through ``Records.duties_of``, which has checked the scope. That a placement cannot start while
one of them is open is the database's own rule (``migrations/guards.py``); who may answer is decided in
``api/services``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import and_, insert, select, update

from api import clock
from api.database import history
from api.database.occupancy import Claim
from api.database.placing_tables import bed_claims, placing_duties
from api.errors import StaleEdit
from reference_data.problems import NotFound

if TYPE_CHECKING:
    from api.database.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing to be had, signed or sent.

    Parameters
    ----------
    kind
        ``checklist``, ``approval`` or ``notice``.
    who
        Whose it is, in the words of the policy.
    before_start
        Whether the placement cannot start without it.
    status
        ``waiting``, ``done`` (had, signed, sent), ``skipped`` (left out, with the reason in ``note``) or
        ``refused`` (a signature, likewise).
    delegation_id
        Under which delegation it was signed.
    """

    duty_id: str
    authority: str
    claim_id: str
    kind: str
    code: str
    who: str
    text: str
    instrument: str
    due_on: date | None
    before_start: bool
    status: str = "waiting"
    answered_at: datetime | None = None
    answered_by: str | None = None
    delegation_id: str | None = None
    note: str | None = None
    version: int = 1

    @property
    def holds_up(self) -> bool:
        """Say whether the placement cannot start because of it."""
        return self.before_start and self.status not in {"done", "skipped"}

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of one duty."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }


def new_duty(**facts: Any) -> Duty:
    """Return a duty that waits."""
    return Duty(duty_id=uuid4().hex, **facts)


class DutyRecords:
    """The duties of one council, on one connection and in its transaction."""

    def __init__(self, records: Records, authority: str) -> None:
        self.records = records
        self.connection = records.connection
        self.authority = authority

    def add(self, duties: Iterable[Duty]) -> None:
        """Add duties of a promised bed."""
        for duty in duties:
            self.connection.execute(insert(placing_duties).values(**asdict(duty)))
            self._write_history(duty)

    def of_claim(self, claim_id: str) -> tuple[Duty, ...]:
        """Return the duties of one promised bed: what holds up a start first, then by date."""
        rows = self.connection.execute(
            select(placing_duties)
            .where(and_(placing_duties.c.authority == self.authority, placing_duties.c.claim_id == claim_id))
            .order_by(placing_duties.c.before_start.desc(), placing_duties.c.due_on, placing_duties.c.code)
        )
        return tuple(Duty(**row._mapping) for row in rows)

    def waiting(self, kind: str) -> tuple[tuple[Duty, Claim], ...]:
        """Return the duties of a kind that wait, with their promised beds that stand, the soonest due first."""
        rows = self.connection.execute(
            select(placing_duties, *(column.label(f"claim_{column.name}") for column in bed_claims.c))
            .join(bed_claims, bed_claims.c.claim_id == placing_duties.c.claim_id)
            .where(
                and_(
                    placing_duties.c.authority == self.authority,
                    placing_duties.c.kind == kind,
                    placing_duties.c.status == "waiting",
                    bed_claims.c.released_at.is_(None),
                )
            )
            .order_by(placing_duties.c.due_on, placing_duties.c.duty_id)
        )
        found = (
            (
                Duty(**{column.name: row._mapping[column.name] for column in placing_duties.c}),
                Claim(**{column.name: row._mapping[f"claim_{column.name}"] for column in bed_claims.c}),
            )
            for row in rows
        )
        now, hidden = clock.now(), self.records.seen.hidden
        return tuple(
            (duty, claim) for duty, claim in found if claim.stands(now) and claim.child_id not in hidden
        )

    def one(self, duty_id: str) -> Duty:
        """Return one duty.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        row = self.connection.execute(
            select(placing_duties, bed_claims.c.child_id)
            .join(bed_claims, bed_claims.c.claim_id == placing_duties.c.claim_id)
            .where(and_(placing_duties.c.authority == self.authority, placing_duties.c.duty_id == duty_id))
        ).first()
        if row is None or row.child_id in self.records.seen.hidden:
            raise NotFound("no_such_duty", "There is nothing of that id to be done.")
        return Duty(**{column.name: row._mapping[column.name] for column in placing_duties.c})

    def answer(
        self, duty: Duty, *, status: str, note: str | None = None, delegation_id: str | None = None
    ) -> Duty:
        """Write down what became of a duty, under the scope's actor.

        Raises
        ------
        Conflict
            If somebody answered it meanwhile.
        """
        answered = replace(
            duty,
            status=status,
            note=note,
            delegation_id=delegation_id,
            answered_at=clock.now(),
            answered_by=self.records.scope.actor,
            version=duty.version + 1,
        )
        done = self.connection.execute(
            update(placing_duties)
            .where(
                and_(
                    placing_duties.c.authority == self.authority,
                    placing_duties.c.duty_id == duty.duty_id,
                    placing_duties.c.version == duty.version,
                )
            )
            .values(**asdict(answered))
        )
        if not done.rowcount:
            raise StaleEdit
        self._write_history(answered)
        self.records.note(
            f"{duty.kind}_{status}",
            authority=self.authority,
            subject_kind="placing_duties",
            subject_id=duty.duty_id,
            detail={"code": duty.code, "claim_id": duty.claim_id, "delegation_id": delegation_id},
        )
        return answered

    def _write_history(self, duty: Duty) -> None:
        history.write_row(
            self.connection,
            kind="placing_duties",
            record_id=duty.duty_id,
            version=duty.version,
            row=asdict(duty),
            actor=self.records.scope.actor,
            at=clock.now(),
        )
