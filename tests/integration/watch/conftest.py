"""A council with a watch: a database, recipients, and real receivers."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api import outbox
from api.alert_policy import AlertPolicy, default_alert_policy
from api.database.engine import Database, open_database
from api.database.records import Records, Scope
from api.services import alerts, recipients
from api.services.alert_scan import scan_alerts
from api.services.importing import import_file
from api.settings import Settings

_spec = importlib.util.spec_from_file_location("watch_receivers", Path(__file__).parent / "receivers.py")
assert _spec is not None
assert _spec.loader is not None
receivers = importlib.util.module_from_spec(_spec)
sys.modules["watch_receivers"] = receivers
_spec.loader.exec_module(receivers)

AUTHORITY = "879"
DAY = date(2026, 6, 15)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def stay(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a stay of a looked after child of 17 who has been in a hotel for 20 nights on ``DAY``."""
    return {
        "stay_id": f"DEMO-S{number}",
        "child_id": f"DEMO-C{number}",
        "date_of_birth": "2009-03-03",
        "authority": AUTHORITY,
        "setting": "hotel",
        "provider_registered": False,
        "started_on": "2026-05-26",
        "in_care": True,
        "legal_basis": "s20",
        "approvals": [{"code": "director", "by": "DEMO", "on": "2026-05-25"}],
        "notices": [{"to": "area authority", "on": "2026-05-26"}],
        **changes,
    }


@dataclass
class Council:
    """One council's watch and the doors to it."""

    url: str
    folder: Path
    database: Database
    settings: Settings
    policy: AlertPolicy

    def record(self, *stays: dict[str, Any], as_of: date = DAY) -> None:
        path = self.folder / "stays.json"
        path.write_text(json.dumps(list(stays)))
        import_file(self.url, "stays", path, AUTHORITY, "tester", as_of=as_of, settings=self.settings)

    def do(self, action: Any, **options: Any) -> Any:
        with self.database.writing() as connection:
            scope = Scope(authorities=frozenset({AUTHORITY}), actor="tester")
            return action(Records(connection, scope), AUTHORITY, **options)

    def scan(self, as_of: date = DAY, now: datetime | None = None) -> Any:
        return self.do(scan_alerts, as_of=as_of, alert_policy=self.policy, now=now)

    def tell(self, role: str, channel: str, address: str, hours: str = "any") -> None:
        self.do(
            recipients.add_recipient,
            role=role,
            channel=channel,
            address=address,
            hours=hours,
            policy=self.policy,
        )

    def person(self, username: str) -> None:
        """Add somebody who may sign in."""
        from api.auth.passwords import add_user
        from api.auth.roles import Role

        with self.database.writing() as connection:
            add_user(
                connection,
                username=username,
                name="DEMO person",
                role=Role.DIRECTOR,
                authority=AUTHORITY,
                password=None,
            )

    def deliver(self, **options: Any) -> Any:
        return outbox.deliver(
            self.database,
            AUTHORITY,
            settings=self.settings,
            alert_policy=self.policy,
            actor="tester",
            **options,
        )

    def listed(self, *, only_open: bool = True) -> dict[str, dict[str, Any]]:
        """Return the alerts by rule; of several children, by child and rule."""
        found = self.do(alerts.alerts_listed, only_open=only_open)
        return {alert["rule"]: alert for alert in found}

    def make_due(self) -> None:
        """Let the waits between attempts be over."""
        from sqlalchemy import update

        from api.database.tables import outbox as table

        with self.database.writing() as connection:
            connection.execute(
                update(table)
                .where(table.c.status != "sent")
                .values(next_at=datetime(2026, 1, 1).astimezone())
            )

    def use(self, **settings: Any) -> None:
        self.settings = changed(self.settings, **settings)

    def quick(self, **delivery: Any) -> None:
        """Shorten the waits, which a test has no time for."""
        self.policy = changed(self.policy, delivery=changed(self.policy.delivery, **delivery))


@pytest.fixture
def council(migrated_url: str, tmp_path: Path) -> Iterator[Council]:
    database = open_database(migrated_url)
    found = Council(
        migrated_url,
        tmp_path,
        database,
        Settings(
            database_url=migrated_url,
            base_url="https://righthome.example",
            webhook_secret=SECRET,
            webhook_private_addresses=True,
        ),
        default_alert_policy(),
    )
    with database.writing() as connection:
        from api.auth.passwords import know_authority

        know_authority(connection, AUTHORITY)
    yield found
    database.close()


@pytest.fixture(scope="session")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    made: tuple[Path, Path] = receivers.certificate(tmp_path_factory.mktemp("certificate"))
    return made


@pytest.fixture
def mail(own_certificate: tuple[Path, Path], council: Council) -> Iterator[Any]:
    with receivers.mail_server(own_certificate) as server:
        council.use(
            smtp_host="localhost",
            smtp_port=server.port,
            smtp_from="righthome@example.org",
            tls_ca_file=str(own_certificate[1]),
        )
        yield server


@pytest.fixture
def web() -> Iterator[Any]:
    with receivers.web_receiver() as server:
        yield server


@pytest.fixture
def later() -> Any:
    """Return an instant so many hours after now."""
    from api import clock

    return lambda hours: clock.now() + timedelta(hours=hours)
