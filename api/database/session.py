"""One transaction for one request, opened when first needed and committed only at the edge.

A request that reads gets a connection that cannot write. A request that changes something is
committed once its answer is ready and before any of it is sent; an answer that says something went
wrong undoes everything.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from sqlalchemy import Connection

from api import audit
from api.auth.access import RouteAccess
from api.auth.roles import PSEUDONYMOUS, Permission, user_may
from api.auth.sessions import User, current_user
from api.database.engine import Database
from api.database.records import Records, Scope
from reference_data.problems import Conflict

_NOTED = {"list": "listed", "export": "exported"}
"""What the audit keeps of an address; a single record is noted by its id instead."""
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class RequestTransaction:
    """The transaction of one request, and the records it opened."""

    def __init__(self, database: Database, *, writes: bool, secret: str | None = None) -> None:
        self._secret = secret
        self._database = database
        self._writes = writes
        self._connection: Connection | None = None
        self._opened: list[tuple[Records, User]] = []
        self._shown: list[tuple[User, RouteAccess]] = []

    def records(self, user: User, access: RouteAccess | None = None) -> Records:
        """Return the records a user may see, in this transaction; ``access`` says what the audit keeps of it."""
        records = Records(self.connection(), _scope_of(user, self._secret))
        self._opened.append((records, user))
        if access is not None and access.noted in _NOTED:
            self._shown.append((user, access))
        return records

    def connection(self) -> Connection:
        """Return the request's connection, beginning its transaction at first use."""
        if self._connection is None:
            self._connection = self._database.connect(writes=self._writes)
            self._connection.begin()
        return self._connection

    def finish(self, *, keep: bool) -> None:
        """Commit or undo, and write down which children's records were looked at."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if keep:
                connection.commit()
            else:
                connection.rollback()
        finally:
            connection.close()
        if keep:
            self._note_views()

    def _note_views(self) -> None:
        # A page may open the same record twice; it was looked at once.
        views = list(dict.fromkeys((user, view) for records, user in self._opened for view in records.viewed))
        shown = list(dict.fromkeys(self._shown))
        self._opened.clear()
        self._shown.clear()
        if not views and not shown:
            return
        # The one thing that looking writes, in a transaction of its own: who looked at which child or list.
        with self._database.writing() as connection:
            for user, access in shown:
                audit.append(
                    connection,
                    actor=user.username,
                    action=_NOTED[access.noted],
                    authority=user.authority,
                    subject_kind="page",
                    subject_id=access.path,
                )
            for user, (kind, key) in views:
                audit.append(
                    connection,
                    actor=user.username,
                    action="viewed",
                    authority=user.authority,
                    subject_kind=kind,
                    subject_id=key,
                )


def open_records(request: Request) -> Records:
    """Return the records that whoever is signed in may see: a dependency of every page and answer.

    Raises
    ------
    NotSignedIn
        If nobody is signed in.
    """
    user = current_user(request)
    transaction: RequestTransaction = request.state.transaction
    return transaction.records(user, getattr(request.state, "access", None))


@contextmanager
def briefly_read(request: Request) -> Iterator[Records]:
    """Give what the reader may see in a transaction that only reads and ends at once.

    For an answer that takes long, or that asks again and again: nothing of the database is held meanwhile.
    """
    user = current_user(request)
    with database_of(request).reading() as connection:
        yield Records(connection, _scope_of(user, request.app.state.settings.secret))


def _scope_of(user: User, secret: str | None) -> Scope:
    return Scope(
        authorities=frozenset({user.authority}),
        actor=user.username,
        sees_restricted=user_may(user, Permission.READ_RESTRICTED),
        pseudonym_key=_pseudonym_key(user, secret),
    )


def _pseudonym_key(user: User, secret: str | None) -> bytes | None:
    if user.role not in PSEUDONYMOUS:
        return None
    if secret is None:
        raise Conflict("no_secret", "RIGHTHOME_SECRET has to be set before an analyst can see records.")
    # One key for each council: the same child has another pseudonym elsewhere.
    return hmac.digest(secret.encode(), f"pseudonyms of {user.authority}".encode(), "sha256")


def database_of(request: Request) -> Database:
    """Return the application's database, for what needs a transaction of its own: signing in and out."""
    database: Database = request.app.state.database
    return database
