"""The emergency watch beside the web application: scan and deliver, in a thread of its own.

Any number of servers may run it at once, because the database lets one scan a council at a time and
gives each message to one sender. It stops with the server. Where a server is not always up, a timer
runs ``righthome alerts scan`` and ``righthome alerts deliver`` instead.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from api import clock, outbox
from api.alert_policy import alert_policy_of
from api.database.engine import open_database
from api.database.records import Records, Scope
from api.database.tables import authorities
from api.services.alerts import scan_with_settings
from api.services.recipients import roles_unreached

if TYPE_CHECKING:
    from api.database.engine import Database
    from api.settings import Settings

ACTOR = "emergency watch"
ROUND_SECONDS = 60
SCAN_EVERY = timedelta(minutes=15)
"""Escalation is told this much after its time at the latest. A stay is scanned when it is written, in any case."""

_log = logging.getLogger("righthome.watch")


@contextmanager
def watching(settings: Settings) -> Iterator[None]:
    """Run the watch while the block lasts, unless the settings leave it to a timer."""
    if not settings.watch:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_rounds, args=(settings, stop), name="emergency-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _rounds(settings: Settings, stop: threading.Event) -> None:
    database = open_database(settings.database_url)
    try:
        while not stop.is_set():
            try:
                watch_once(database, settings)
            except Exception as error:
                # The watch goes on. The text of an error may quote a record, so only its kind is told.
                _log.error("the emergency watch failed: %s", type(error).__name__)
            stop.wait(ROUND_SECONDS)
    finally:
        database.close()


def _warn_of_the_unreached(records: Records, authority: str, settings: Settings) -> None:
    """Log, at every scan, the roles of a watched council that must be told and cannot be."""
    store = records.alerts_of(authority)
    unreached = roles_unreached(store.reached(), alert_policy_of(settings))
    if unreached and store.has_stays():
        _log.warning(
            "nobody is recorded to be told as %s of council %s: see `righthome alerts recipients`",
            ", ".join(unreached),
            authority,
        )


def watch_once(database: Database, settings: Settings) -> None:
    """Scan every council whose last scan was on another day or some time ago, and send what waits."""
    with database.reading() as connection:
        codes = connection.execute(select(authorities.c.authority)).scalars().all()
    for code in codes:
        with database.writing() as connection:
            records = Records(connection, Scope(authorities=frozenset({code}), actor=ACTOR))
            run = records.alerts_of(code).last_run()
            lately = run.scanned_at is not None and clock.now() - run.scanned_at < SCAN_EVERY
            if not (lately and run.scanned_for == clock.day_of(settings)):
                scan_with_settings(records, code, as_of=None, settings=settings)
                _warn_of_the_unreached(records, code, settings)
            # Answers kept under idempotency keys may name a child, so they go after their day whoever asks or not.
            records.answers_given_to(code, ACTOR).drop_expired()
        outbox.deliver(database, code, settings=settings, alert_policy=alert_policy_of(settings), actor=ACTOR)
