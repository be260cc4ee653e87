"""Alerts under fire: killed again and again while receivers fail, hang and answer late; none lost, none twice."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from api.auth.passwords import know_authority
from api.database import migrate, tables
from api.database.engine import Database, open_database
from api.database.records import Records, Scope
from api.services import recipients
from reference_data.tables import read_records
from tests.postgres_server import PostgresServer

HERE = Path(__file__).resolve()
WATCH_TESTS = HERE.parents[1] / "integration" / "watch"
AUTHORITY, DAY = "879", "2026-06-15"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STATEMENTS_A_LIFE = 300


def measure(full: bool) -> dict[str, Any]:
    """Return what became of the alerts on both databases; seconds are left out, because waits are chosen."""
    count = 1000 if full else 20
    receivers = _receivers()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="rhwatch-") as name:
        folder = Path(name)
        certificate = receivers.certificate(folder)
        migrate.upgrade(f"sqlite:///{folder / 'alerts.sqlite3'}")
        figures |= _on(
            "sqlite", f"sqlite:///{folder / 'alerts.sqlite3'}", receivers, certificate, folder, count
        )
    place = Path(tempfile.mkdtemp(prefix="rhpg-"))
    server = PostgresServer(place)
    try:
        with tempfile.TemporaryDirectory(prefix="rhwatch-") as name:
            folder = Path(name)
            url = server.new_database()
            migrate.upgrade(url)
            figures |= _on("postgresql", url, receivers, receivers.certificate(folder), folder, count)
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
    return {
        "what": f"{count:,} alerts, each told by email (several in a message) and by a webhook of its own, on either database: processes that scan and deliver are "
        f"killed (SIGKILL) every {STATEMENTS_A_LIFE} statements; of the messages that reach a receiver one in twenty is refused, "
        "and some are answered too late",
        "counts": {"alerts": count, "told": 2 * count},
        "figures": figures,
    }


def _receivers() -> Any:
    spec = importlib.util.spec_from_file_location("watch_receivers", WATCH_TESTS / "receivers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["watch_receivers"] = module
    spec.loader.exec_module(module)
    return module


def _on(
    name: str, url: str, receivers: Any, certificate: tuple[Path, Path], folder: Path, count: int
) -> dict[str, int]:
    rng = random.Random(7)
    database = open_database(url)
    _fill(database, folder, count)
    with receivers.mail_server(certificate) as mail, receivers.web_receiver() as web:
        mail.behave = lambda number: _answer(rng, "451 later")
        web.behave = lambda number: _answer(rng, 503) or 200
        with database.writing() as connection:
            scope = Scope(authorities=frozenset({AUTHORITY}), actor="benchmark")
            for channel, address in (("email", "director@example.org"), ("webhook", web.url)):
                from api.alert_policy import default_alert_policy

                recipients.add_recipient(
                    Records(connection, scope),
                    AUTHORITY,
                    role="director",
                    channel=channel,
                    address=address,
                    hours="any",
                    policy=default_alert_policy(),
                )
        asked = {
            "url": url,
            "settings": {
                "smtp_host": "localhost",
                "smtp_port": mail.port,
                "tls_ca_file": str(certificate[1]),
                "webhook_secret": SECRET,
                "webhook_private_addresses": True,
            },
            "as_of": DAY,
            "stays": None,
            "limit": 100_000,
            "lease_seconds": 2,
            # The scan writes everything in one transaction: it needs longer and longer lives to come through.
            "first": STATEMENTS_A_LIFE,
            "by": 3 * STATEMENTS_A_LIFE,
            "last": 10**9,
        }
        killed = _driver(asked | {"limit": 0})
        while _unsent(database):
            killed += _driver(asked | {"by": 0})
            time.sleep(0.5)
        arrived = _arrived(mail, web)
        copies = sum((mail.ids + web.ids).values()) - len(mail.ids + web.ids)
        messages = len(mail.ids + web.ids)
        with database.reading() as connection:
            raised = connection.execute(
                select(func.count())
                .select_from(tables.alerts)
                .where(tables.alerts.c.rule == "over_14_nights")
            ).scalar_one()
            rows = connection.execute(
                select(tables.outbox.c.channel, tables.outbox.c.alert_id, tables.outbox.c.step)
            ).all()
    database.close()
    queued = {(row.channel, f"{row.alert_id}.{row.step}") for row in rows}
    return {
        f"{name}_kills": killed,
        f"{name}_alerts_lost": count - raised,
        f"{name}_messages_lost": len(queued - set(arrived)) + (2 * count - len(queued)),
        f"{name}_messages_shown_under_two_ids": sum(len(ids) > 1 for ids in arrived.values()),
        f"{name}_copies_with_the_same_id": copies,
        f"{name}_messages": messages,
    }


def _arrived(mail: Any, web: Any) -> dict[tuple[str, str], set[str]]:
    """Return under which ids each alert's step arrived by each channel."""
    found: dict[tuple[str, str], set[str]] = {}
    for message in mail.taken:
        for key in message.get_all("X-Righthome-Alert"):
            found.setdefault(("email", str(key)), set()).add(str(message["Message-ID"]))
    for headers, body in web.taken:
        key = json.loads(body)["data"]["key"]
        found.setdefault(("webhook", key), set()).add(headers["webhook-id"])
    return found


def _answer(rng: random.Random, refusal: Any) -> Any:
    drawn = rng.random()
    if drawn < 0.05:
        return refusal
    return "late 1.3" if drawn < 0.06 else None


def _fill(database: Database, folder: Path, count: int) -> None:
    stays = [
        {
            "stay_id": f"DEMO-S{number}",
            "child_id": f"DEMO-C{number}",
            "date_of_birth": "2009-03-03",
            "authority": AUTHORITY,
            "setting": "caravan",
            "started_on": "2026-05-26",
            "in_care": False,
            "legal_basis": "part_7",
        }
        for number in range(count)
    ]
    path = folder / "stays.json"
    path.write_text(json.dumps(stays))
    values = [row.values for row in read_records(path, "stay").rows]
    with database.writing() as connection:
        know_authority(connection, AUTHORITY)
        scope = Scope(authorities=frozenset({AUTHORITY}), actor="benchmark")
        Records(connection, scope).keep("stays", AUTHORITY, values, import_id=None)


def _unsent(database: Database) -> int:
    with database.reading() as connection:
        found = select(func.count()).select_from(tables.outbox).where(tables.outbox.c.status != "sent")
        return int(connection.execute(found).scalar_one())


def _driver(asked: dict[str, Any]) -> int:
    run = subprocess.run(
        [sys.executable, str(WATCH_TESTS / "kill_driver.py"), json.dumps(asked)],
        cwd=HERE.parents[2],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(HERE.parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(json.loads(run.stdout)["killed"])
