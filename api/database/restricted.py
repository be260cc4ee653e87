"""Restricted children of one council: who may not be seen, who broke the glass, why and until when.

Reached through ``Records``, which has checked the scope.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, and_, delete, insert, select, union

from api import clock
from api.database.tables import broken_glass, referrals, restrictions, stays
from reference_data.problems import Conflict, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """A child whose records only some may see."""

    child_id: str
    reason: str
    restricted_by: str
    restricted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenGlass:
    """That somebody opened a restricted child's records, and until when."""

    child_id: str
    actor: str
    reason: str
    opened_at: datetime
    until: datetime


class RestrictedRecords:
    """The restrictions of one council, on one connection and in its transaction."""

    def __init__(self, connection: Connection, authority: str, actor: str) -> None:
        self.connection = connection
        self.authority = authority
        self.actor = actor

    def restrictions(self) -> tuple[Restriction, ...]:
        """Return every restriction, by child."""
        rows = self.connection.execute(
            select(restrictions)
            .where(restrictions.c.authority == self.authority)
            .order_by(restrictions.c.child_id)
        )
        return tuple(
            Restriction(**{name: row._mapping[name] for name in Restriction.__slots__}) for row in rows
        )

    def glass(
        self, *, of_actor: str | None = None, open_at: datetime | None = None
    ) -> tuple[BrokenGlass, ...]:
        """Return who broke the glass, the newest first: everybody or one person, ever or still open at a moment."""
        query = select(broken_glass).where(broken_glass.c.authority == self.authority)
        if of_actor is not None:
            query = query.where(broken_glass.c.actor == of_actor)
        if open_at is not None:
            query = query.where(broken_glass.c.until > open_at)
        rows = self.connection.execute(query.order_by(broken_glass.c.opened_at.desc()))
        return tuple(
            BrokenGlass(**{name: row._mapping[name] for name in BrokenGlass.__slots__}) for row in rows
        )

    def restrict(self, child_id: str, reason: str) -> None:
        """Restrict a child's records.

        Raises
        ------
        NotFound
            If the council has no record of that child.
        Conflict
            If they are restricted already.
        """
        named = union(
            *(
                select(table.c.child_id).where(
                    and_(table.c.authority == self.authority, table.c.child_id == child_id)
                )
                for table in (referrals, stays)
            )
        )
        if self.connection.execute(named).first() is None:
            raise NotFound("no_such_child", "There is no record of a child of that id.")
        if any(one.child_id == child_id for one in self.restrictions()):
            raise Conflict("already_restricted", "That child's records are restricted already.")
        self.connection.execute(
            insert(restrictions).values(
                authority=self.authority,
                child_id=child_id,
                reason=reason,
                restricted_by=self.actor,
                restricted_at=clock.now(),
            )
        )

    def lift(self, child_id: str) -> None:
        """Lift a restriction.

        Raises
        ------
        NotFound
            If there is none.
        """
        of_child = and_(restrictions.c.authority == self.authority, restrictions.c.child_id == child_id)
        if not self.connection.execute(delete(restrictions).where(of_child)).rowcount:
            raise _not_restricted()

    def break_glass(self, child_id: str, reason: str, *, minutes: int) -> BrokenGlass:
        """Open a restricted child's records to whoever asks, for so many minutes.

        Raises
        ------
        NotFound
            If no restricted record of that child is there: a child who is not restricted needs no glass broken.
        """
        if not any(one.child_id == child_id for one in self.restrictions()):
            raise _not_restricted()
        now = clock.now()
        broken = BrokenGlass(
            child_id=child_id,
            actor=self.actor,
            reason=reason,
            opened_at=now,
            until=now + timedelta(minutes=minutes),
        )
        self.connection.execute(
            insert(broken_glass).values(
                glass_id=uuid4().hex,
                authority=self.authority,
                **{name: getattr(broken, name) for name in BrokenGlass.__slots__},
            )
        )
        return broken


def _not_restricted() -> NotFound:
    return NotFound("no_such_child", "There is no restricted record of a child of that id.")
