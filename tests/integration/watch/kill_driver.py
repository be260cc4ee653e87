"""Run scan and delivery in children that kill themselves (SIGKILL) at one statement after another.

Called by the test with the database's address and the receivers' ports. Each child dies just before
its n-th statement or commit, counted over the whole of its work, for n = 1, 2, ... until one lives to
the end; so every step of scan, claim, send and mark is died at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from datetime import date

from sqlalchemy import event

from api import outbox
from api.alert_policy import default_alert_policy
from api.database.engine import Database, open_database
from api.database.records import Records, Scope
from api.services.alert_scan import scan_alerts
from api.services.importing import import_file
from api.settings import Settings

AUTHORITY = "879"


def work(database: Database, asked: dict) -> None:
    settings = Settings(**asked["settings"])
    policy = default_alert_policy()
    # A killed process leaves its claim for a second only; the test has no five minutes.
    policy = replace(
        policy,
        delivery=replace(
            policy.delivery,
            timeout_seconds=asked["timeout_seconds"],
            lease_seconds=asked["lease_seconds"],
            first_retry_seconds=asked["lease_seconds"],
            longest_retry_seconds=asked["lease_seconds"],
            attempts=10_000,
        ),
    )
    scope = Scope(authorities=frozenset({AUTHORITY}), actor="killed")
    with database.writing() as connection:
        scan_alerts(
            Records(connection, scope),
            AUTHORITY,
            as_of=date.fromisoformat(asked["as_of"]),
            alert_policy=policy,
        )
    outbox.deliver(
        database, AUTHORITY, settings=settings, alert_policy=policy, actor="killed", limit=asked["limit"]
    )


def die_at(database: Database, number: int) -> None:
    """Kill this process just before a statement or a commit."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)


def main() -> None:
    asked = json.loads(sys.argv[1])
    killed, number = 0, asked["first"]
    while True:
        child = os.fork()
        if child == 0:
            database = open_database(asked["url"])
            die_at(database, number)
            if asked["stays"] is not None:
                import_file(asked["url"], "stays", asked["stays"], AUTHORITY, "killed")
            work(database, asked)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            killed += 1
            number += asked["by"]
        elif status == 0:
            break
        else:
            sys.exit("a child failed by itself")
        if number > asked["last"]:
            break
    sys.stdout.write(json.dumps({"killed": killed, "number": number}))


main()
