"""Answers of one council's people that were given under an idempotency key, so that nothing is done twice.

Reached through ``Records.answers_given_to``, which has checked the scope. The row is written before the work and in its
transaction, so the database itself makes a second request of the same key wait for the first, on either kind: it then
finds the answer, or, where the first was undone, is the first. An answer is kept for a day, for it may name a child.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api import clock
from api.database.tables import answers_given
from reference_data.problems import InvalidInput

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer as it was sent."""

    status: int
    headers: dict[str, str]
    body: str


class AnswersGiven:
    """The kept answers to one person, on one connection and in its transaction."""

    def __init__(self, connection: Connection, authority: str, user_id: str) -> None:
        self.connection = connection
        self.authority = authority
        self.user_id = user_id

    def begin(self, key_digest: str, request_digest: str) -> GivenAnswer | None:
        """Return the answer that was given under a key, or ``None`` where this request is the first under it.

        Raises
        ------
        InvalidInput
            If the key stands for another request.
        """
        self.drop_expired()
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        added = self.connection.execute(
            dialect.insert(answers_given)
            .values(
                authority=self.authority,
                user_id=self.user_id,
                key_digest=key_digest,
                request_digest=request_digest,
                given_at=clock.now(),
            )
            .on_conflict_do_nothing()
            .returning(answers_given.c.key_digest)
        )
        if added.first() is not None:
            return None
        row = self.connection.execute(select(answers_given).where(self._is(key_digest))).one()
        if row.request_digest != request_digest:
            raise InvalidInput(
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Give each new request a key of its own.",
            )
        return GivenAnswer(status=row.status, headers=row.headers, body=row.body)

    def keep(self, key_digest: str, status: int, headers: Mapping[str, str], body: str) -> None:
        """Keep the answer to the request that began under a key."""
        self.connection.execute(
            update(answers_given)
            .where(self._is(key_digest))
            .values(status=status, headers=dict(headers), body=body)
        )

    def drop_expired(self) -> None:
        """Delete the council's answers that are older than a day."""
        self.connection.execute(
            delete(answers_given).where(
                and_(
                    answers_given.c.authority == self.authority,
                    answers_given.c.given_at < clock.now() - KEPT_FOR,
                )
            )
        )

    def _is(self, key_digest: str) -> Any:
        return and_(
            answers_given.c.authority == self.authority,
            answers_given.c.user_id == self.user_id,
            answers_given.c.key_digest == key_digest,
        )
