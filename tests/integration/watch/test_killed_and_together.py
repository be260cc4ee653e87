"""Killed at every step, and two servers at once: nothing is lost, nothing is shown twice."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from api import audit
from api.database import tables
from api.services import alerts
from tests.counts import count

from .conftest import AUTHORITY, DAY, stay

DRIVER = Path(__file__).parent / "kill_driver.py"
ROOT = Path(__file__).parents[3]
MOST_STEPS = 2000


def some_steps(council: Any) -> dict[str, int]:
    """Name the steps to die at: all in a full count; else every third, from another of the first three on each database."""
    if count("deaths of each three steps") == 3:
        return {"first": 1, "by": 1}
    return {"first": 1 + len(council.url) % 3, "by": 3}


def killed_run(council: Any, **changes: Any) -> dict[str, int]:
    settings = {
        name: value
        for name, value in asdict(council.settings).items()
        if name.startswith(("smtp_", "tls_", "webhook_", "base_"))
    }
    asked = {
        "url": council.url,
        "settings": settings,
        "as_of": DAY.isoformat(),
        "stays": None,
        "limit": 1000,
        "lease_seconds": 1,
        "timeout_seconds": 1,
        "first": 1,
        "by": 1,
        "last": MOST_STEPS,
        **changes,
    }
    run = subprocess.run(
        [sys.executable, str(DRIVER), json.dumps(asked)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, int] = json.loads(run.stdout)
    return found


def recorded_without_a_scan(council: Any, *stays: dict[str, Any]) -> None:
    """Write stays as a restored backup has them: no scan has seen them yet."""
    from api.database.records import Records, Scope
    from sufficiency.stay_files import stays_from_values  # noqa: F401  proves that the values are readable

    path = council.folder / "stays.json"
    path.write_text(json.dumps(list(stays)))
    from reference_data.tables import read_records

    values = [row.values for row in read_records(path, "stay").rows]
    with council.database.writing() as connection:
        scope = Scope(authorities=frozenset({AUTHORITY}), actor="tester")
        Records(connection, scope).keep("stays", AUTHORITY, values, import_id=None)


def finish(council: Any, expected: int) -> None:
    """Deliver until everything is sent: claims of the killed have to run out."""
    council.quick(
        timeout_seconds=1, lease_seconds=2, first_retry_seconds=1, longest_retry_seconds=1, attempts=10_000
    )
    until = time.monotonic() + 60
    while sent(council) < expected:
        assert time.monotonic() < until
        council.deliver()
        time.sleep(0.2)


def sent(council: Any) -> int:
    with council.database.reading() as connection:
        return int(
            connection.execute(
                select(func.count()).select_from(tables.outbox).where(tables.outbox.c.status == "sent")
            ).scalar_one()
        )


def queued(council: Any) -> int:
    with council.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(tables.outbox)).scalar_one())


def test_killed_at_every_step_of_scan_claim_send_and_mark_nothing_is_lost_and_nothing_shown_twice(
    council: Any, mail: Any, web: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    council.tell("director", "webhook", web.url)
    recorded_without_a_scan(council, stay(in_care=False, legal_basis="part_7", setting="caravan"))
    # The mail server refuses every third message and the web receiver every fourth.
    mail.behave = lambda number: "451 later" if number % 3 == 0 else None
    web.behave = lambda number: 503 if number % 4 == 0 else 200
    outcome = killed_run(council, **some_steps(council))
    assert outcome["killed"] > 10
    council.scan()
    expected = queued(council)
    assert expected == 2
    finish(council, expected)

    listed = council.listed()
    assert listed["over_14_nights"]["step"] == "1-raised"
    ids = mail.ids + web.ids
    # Every message arrived; a copy that a death made necessary carries the same id.
    assert len(ids) == expected
    assert all(copies >= 1 for copies in ids.values())
    keys = {message["X-Righthome-Alert"] for message in mail.taken}
    assert len(keys) == 1
    with council.database.reading() as connection:
        assert audit.verify(connection).first_broken is None
        raised = (
            select(func.count())
            .select_from(tables.audit)
            .where(
                tables.audit.c.action == "alert_raised",
                tables.audit.c.subject_id == listed["over_14_nights"]["alert_id"],
            )
        )
        assert connection.execute(raised).scalar_one() == 1


def test_killed_at_every_step_a_digest_reaches_its_reader_whole_and_under_one_id(
    council: Any, mail: Any, web: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    council.tell("director", "webhook", web.url)
    recorded_without_a_scan(council, stay(1), stay(2))
    mail.behave = lambda number: "451 later" if number % 3 == 0 else None
    web.behave = lambda number: 503 if number % 4 == 0 else 200
    outcome = killed_run(council, **some_steps(council))
    assert outcome["killed"] > 10
    expected = queued(council)
    finish(council, expected)
    told = {alert["key"] for alert in council.do(alerts.alerts_listed) if alert["told"]}
    assert len(told) == 4
    # One email that lists them all, and a webhook of each; a copy carries the same id and the same keys.
    assert len(mail.ids) == 1
    assert {frozenset(message.get_all("X-Righthome-Alert")) for message in mail.taken} == {frozenset(told)}
    assert len(web.ids) == len(told)
    assert expected == 2 * len(told)
    with council.database.reading() as connection:
        assert audit.verify(connection).first_broken is None


def test_killed_while_the_mail_server_has_the_message_a_copy_with_the_same_id_is_sent(
    council: Any, mail: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(in_care=False, legal_basis="part_7", setting="caravan"))
    # The last death is just before the statement that marks it sent; the claim of the dead then lasts.
    outcome = killed_run(council, lease_seconds=60)
    assert outcome["killed"] > 10
    assert (len(mail.taken), sent(council)) == (1, 0)
    council.make_due()
    finish(council, 1)
    assert list(mail.ids.values()) == [2]


@pytest.mark.parametrize("servers", [4])
def test_servers_scanning_and_delivering_at_once_raise_and_send_each_alert_once(
    council: Any, mail: Any, servers: int
) -> None:
    council.tell("director", "email", "director@example.org")
    council.tell("brokerage", "email", "brokerage@example.org")
    # A scan on the day before leaves the row that servers wait for, so that they meet there and nowhere else.
    council.scan(as_of=DAY - timedelta(days=1))
    recorded_without_a_scan(council, *(stay(number) for number in range(1, 7)))
    with ThreadPoolExecutor(servers) as pool:
        results = [one.result() for one in [pool.submit(council.scan) for _ in range(servers)]]
    assert sorted(result.raised > 0 for result in results) == [False] * (servers - 1) + [True]
    with ThreadPoolExecutor(servers) as pool:
        delivered = [one.result() for one in [pool.submit(council.deliver) for _ in range(servers)]]
    assert sent(council) == queued(council) > 12
    assert sum(one.sent for one in delivered) == len(mail.ids) == 3
    assert set(mail.ids.values()) == {1}
    with council.database.reading() as connection:
        assert audit.verify(connection).first_broken is None


def test_two_processes_of_their_own_do_the_same(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    recorded_without_a_scan(council, *(stay(number) for number in range(1, 6)))
    # Nobody dies here, so a claim lasts longer than any machine, however busy, needs to send a message.
    nobody_dies = {
        "first": MOST_STEPS * 10,
        "last": MOST_STEPS * 10,
        "lease_seconds": 120,
        "timeout_seconds": 60,
    }
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: killed_run(council, **nobody_dies), range(2)))
    assert sent(council) == queued(council) >= 10
    assert set(mail.ids.values()) == {1}


def test_a_message_has_one_id_however_often_it_is_worked_out_and_another_at_every_step(council: Any) -> None:
    from dataclasses import replace

    from api.database.alert_records import Recipient, message_id_of

    council.record(stay())
    alert = council.do(lambda records, authority: records.alerts_of(authority).alerts())[0]
    place = Recipient(
        recipient_id="1", role="director", channel="email", address="a@example.org", hours="any"
    )
    again = replace(place, recipient_id="2", role="housing")
    assert message_id_of(alert, place) == message_id_of(replace(alert, text="Corrected."), again)
    assert message_id_of(alert, place) != message_id_of(replace(alert, step="2-raised"), place)
    assert message_id_of(alert, place) != message_id_of(alert, replace(place, address="b@example.org"))
