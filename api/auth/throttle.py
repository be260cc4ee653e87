"""Slowing down whoever guesses passwords, without letting strangers lock a person out.

Failures are counted for a name from one address, for an address over all names, and, with a higher limit, for a
name over all addresses. A browser that the person has signed in with before is counted by itself, so
that it stays open while strangers guess at the name from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from api.clock import now as present
from api.database.tables import known_browsers, sign_in_failures, users
from api.errors import TooManyAttempts

FAILURES_ALLOWED = 5
"""Failures for one name from one address, or from one known browser, within the window."""
FAILURES_OF_AN_ADDRESS = 50
"""Over all names: a council's people may share one address, and a guesser changes names."""
FAILURES_OF_A_NAME = 100
"""From browsers that the person never signed in with, over all addresses."""
FAILURE_WINDOW = timedelta(minutes=15)
BROWSER_KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Who tries to sign in and from where, as digests: people type passwords into the name field by mistake."""

    name_digest: str
    address_digest: str
    browser_digest: str | None = None


def attempt_of(connection: Connection, username: str, address: str, browser: str | None) -> Attempt:
    """Return an attempt; the browser counts only if the person of that name has signed in with it before."""
    known = None
    if browser:
        known = connection.execute(
            select(known_browsers.c.token_digest)
            .join_from(known_browsers, users, users.c.user_id == known_browsers.c.user_id)
            .where(
                known_browsers.c.token_digest == digest(browser),
                known_browsers.c.seen_at > present() - BROWSER_KNOWN_FOR,
                users.c.username == username,
            )
        ).scalar()
    return Attempt(name_digest=digest(username), address_digest=digest(address), browser_digest=known)


def refuse_if_held_up(connection: Connection, attempt: Attempt) -> None:
    """Refuse an attempt for which there were too many failures lately.

    Raises
    ------
    TooManyAttempts
        If it must wait.
    """
    failures = sign_in_failures.c
    by_name = failures.username_digest == attempt.name_digest
    if attempt.browser_digest is not None:
        limits = [(and_(by_name, failures.browser_digest == attempt.browser_digest), FAILURES_ALLOWED)]
    else:
        by_address = failures.address_digest == attempt.address_digest
        strange = and_(by_name, failures.browser_digest.is_(None))
        limits = [
            (and_(strange, by_address), FAILURES_ALLOWED),
            (by_address, FAILURES_OF_AN_ADDRESS),
            (strange, FAILURES_OF_A_NAME),
        ]
    if any(_recent(connection, where) >= limit for where, limit in limits):
        seconds = int(FAILURE_WINDOW.total_seconds())
        raise TooManyAttempts(
            "too_many_attempts",
            f"There were too many attempts. Try again in {seconds // 60} minutes.",
            wait_seconds=seconds,
        )


def remember_failure(connection: Connection, attempt: Attempt) -> None:
    """Count a failure, and forget those that are past the window."""
    now = present()
    connection.execute(delete(sign_in_failures).where(sign_in_failures.c.failed_at < now - FAILURE_WINDOW))
    connection.execute(
        insert(sign_in_failures).values(
            username_digest=attempt.name_digest,
            address_digest=attempt.address_digest,
            browser_digest=attempt.browser_digest,
            failed_at=now,
        )
    )


def forget_failures(connection: Connection, attempt: Attempt) -> None:
    """Forget the failures for the name from the same address and the same browser."""
    failures = sign_in_failures.c
    same = [failures.address_digest == attempt.address_digest]
    if attempt.browser_digest is not None:
        same.append(failures.browser_digest == attempt.browser_digest)
    connection.execute(
        delete(sign_in_failures).where(failures.username_digest == attempt.name_digest, or_(*same))
    )


def know_browser(connection: Connection, user_id: str, attempt: Attempt) -> str | None:
    """Remember the browser of somebody who has just signed in; return its new token, or none if it is known."""
    now = present()
    connection.execute(delete(known_browsers).where(known_browsers.c.seen_at < now - BROWSER_KNOWN_FOR))
    if attempt.browser_digest is not None:
        of_browser = known_browsers.c.token_digest == attempt.browser_digest
        connection.execute(update(known_browsers).where(of_browser).values(seen_at=now))
        return None
    token = token_urlsafe(32)
    connection.execute(
        insert(known_browsers).values(token_digest=digest(token), user_id=user_id, seen_at=now)
    )
    return token


def digest(text: str) -> str:
    """Return the digest under which a token, a name or an address is kept."""
    return sha256(text.encode()).hexdigest()


def _recent(connection: Connection, where: ColumnElement[bool]) -> int:
    since = present() - FAILURE_WINDOW
    return connection.execute(
        select(func.count()).select_from(sign_in_failures).where(where, sign_in_failures.c.failed_at > since)
    ).scalar_one()
