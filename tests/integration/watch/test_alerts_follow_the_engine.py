"""Random histories of several children, corrected at random, scanned day by day: open alerts are what the rules say.

The oracle is the engine asked afresh with no memory. The alerts got there by many scans, corrections and
closings, so any alert lost, left open or told twice on the way shows here.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from api.database.engine import open_database
from api.database.records import Records, Scope
from api.database.tables import outbox
from api.services import recipients
from api.services.alert_scan import scan_alerts
from sufficiency.emergency import watch

from .conftest import AUTHORITY, default_alert_policy

SEEDS, DAYS = 12, 25
SETTINGS = ("hotel", "hotel", "hostel", "bed_and_breakfast", "supported_accommodation", None)


def random_stays(rng: random.Random, number: int, start: date) -> list[dict[str, Any]]:
    day, found = start + timedelta(days=rng.randint(0, 8)), []
    for part in range(rng.randint(1, 3)):
        nights = rng.randint(1, 16)
        found.append(
            {
                "stay_id": f"DEMO-S{number}-{part}",
                "child_id": f"DEMO-C{number}",
                "date_of_birth": date(2009, 3, 3),
                "authority": AUTHORITY,
                "setting": rng.choice(SETTINGS),
                "provider_registered": rng.choice((True, False, None)),
                "started_on": day,
                "ended_on": day + timedelta(days=nights) if rng.random() < 0.8 else None,
                "in_care": rng.choice((True, False)),
                "legal_basis": rng.choice(("s20", "part_7", None)),
            }
        )
        day += timedelta(days=nights + rng.choice((0, 0, 2, 3, 5)))
    return found


def corrected(rng: random.Random, stay: dict[str, Any]) -> dict[str, Any]:
    return {
        **stay,
        "setting": rng.choice(SETTINGS),
        "started_on": stay["started_on"] - timedelta(days=rng.randint(0, 4)),
        "in_care": rng.choice((True, False)),
    }


def as_recorded_by(day: date, stays: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {**stay, "ended_on": stay["ended_on"] if stay["ended_on"] and stay["ended_on"] <= day else None}
        for stay in stays
        if stay["started_on"] <= day
    ]


def test_whatever_is_recorded_and_corrected_the_open_alerts_are_what_the_rules_say(
    migrated_file: Path, tmp_path: Path
) -> None:
    closed = reopened = 0
    for seed in range(SEEDS):
        rng = random.Random(seed)
        url = f"sqlite:///{tmp_path / f'{seed}.sqlite3'}"
        shutil.copy(migrated_file, tmp_path / f"{seed}.sqlite3")
        database = open_database(url)
        scope = Scope(authorities=frozenset({AUTHORITY}), actor="tester")
        start = date(2026, 5, 1)
        stays = [stay for number in range(3) for stay in random_stays(rng, number, start)]
        with database.writing() as connection:
            from api.auth.passwords import know_authority

            know_authority(connection, AUTHORITY)
            for role in ("director", "brokerage", "team_manager"):
                recipients.add_recipient(
                    Records(connection, scope),
                    AUTHORITY,
                    role=role,
                    channel="email",
                    address=f"{role}@example.org",
                    hours="any",
                    policy=default_alert_policy(),
                )
        for days in range(DAYS):
            day = start + timedelta(days=days)
            if rng.random() < 0.2:
                which = rng.randrange(len(stays))
                stays[which] = corrected(rng, stays[which])
            if rng.random() < 0.2:
                continue  # nobody scans today
            with database.writing() as connection:
                records = Records(connection, scope)
                records.keep("stays", AUTHORITY, as_recorded_by(day, stays), import_id=None)
                scan_alerts(records, AUTHORITY, as_of=day)
                found = records.alerts_of(AUTHORITY).alerts()
                expected = Counter(
                    (spell.child_id, answer.rule, str(answer.outcome), answer.text)
                    for spell in watch(records.stays(), as_of=day).spells
                    if spell.ended_on is None
                    for answer in spell.rules
                    if answer.outcome != "CLEAR"
                )
                opened = Counter(
                    (alert.child_id, alert.rule, alert.outcome, alert.text)
                    for alert in found
                    if alert.is_open
                )
                assert opened == expected, (seed, day)
                told = connection.execute(select(outbox.c.alert_id, outbox.c.step, outbox.c.address)).all()
                assert len(told) == len(set(told))
                # Whoever is told of RAISED is told of each alert that is or was.
                raised = {(alert.alert_id, alert.step) for alert in found if alert.outcome == "RAISED"}
                assert raised <= {(row.alert_id, row.step) for row in told}, (seed, day)
                closed += sum(not alert.is_open for alert in found)
                reopened += sum(alert.occurrence > 1 for alert in found)
        database.close()
    assert closed > 100
    assert reopened > 10
