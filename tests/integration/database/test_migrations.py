"""The tables: built by the steps, taken down again, and the same as the code expects."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect

from api.database import migrate
from api.database.engine import open_database
from api.database.tables import metadata
from reference_data.problems import InvalidInput, NotFound


def table_names(url: str) -> set[str]:
    database = open_database(url)
    try:
        with database.reading() as connection:
            return set(inspect(connection).get_table_names())
    finally:
        database.close()


def test_upgrading_an_empty_database_builds_every_table_the_code_expects(database_url: str) -> None:
    found = migrate.upgrade(database_url)
    assert found.whole
    assert found.revision == found.latest_revision
    assert table_names(database_url) == {*metadata.tables, "alembic_version"}


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    assert migrate.upgrade(database_url) == migrate.upgrade(database_url)


def test_downgrading_to_base_leaves_no_table_and_upgrading_builds_them_again(database_url: str) -> None:
    migrate.upgrade(database_url)
    emptied = migrate.downgrade(database_url, "base")
    assert emptied.revision is None
    assert not emptied.whole
    assert table_names(database_url) == {"alembic_version"}
    assert migrate.upgrade(database_url).whole


def test_a_step_that_does_not_exist_is_not_found(database_url: str) -> None:
    migrate.upgrade(database_url)
    with pytest.raises(NotFound) as raised:
        migrate.downgrade(database_url, "9999")
    assert raised.value.code == "no_such_revision"


def test_a_table_changed_by_hand_is_reported(database_url: str) -> None:
    migrate.upgrade(database_url)
    database = open_database(database_url)
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE stays ADD COLUMN added_by_hand VARCHAR(10)")
    database.close()
    found = migrate.check(database_url)
    assert not found.whole
    assert "differ from what this version expects: stays." in found.sentence


def test_a_process_of_its_own_finds_a_new_database_whole(database_url: str) -> None:
    # Here other tests have imported every table already, and that is what the check once relied on.
    asked = "import sys; from api.database import migrate; print(migrate.upgrade(sys.argv[1]).sentence)"
    ran = subprocess.run(
        [sys.executable, "-c", asked, database_url], capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.startswith("The database is whole")


def test_checking_a_database_that_is_not_there_creates_no_file(tmp_path: Path) -> None:
    path = tmp_path / "absent.sqlite3"
    with pytest.raises(NotFound):
        migrate.check(f"sqlite:///{path}")
    assert not path.exists()


def test_rows_that_refer_to_nothing_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "broken.sqlite3"
    migrate.upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(
            "INSERT INTO return_rows (authority, file_name, row_number, cells) VALUES ('879', 'x', 1, '{}')"
        )
    connection.close()
    assert "refer to rows that do not exist" in migrate.check(f"sqlite:///{path}").sentence


@pytest.mark.parametrize("url", ["mysql://host/name", "not an address", ""])
def test_an_address_of_no_supported_database_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        open_database(url)
    assert raised.value.code == "unusable_database_url"


def test_a_database_that_cannot_be_reached_is_not_found_and_its_password_is_not_repeated() -> None:
    with pytest.raises(NotFound) as raised:
        migrate.check("postgresql://someone:secret-word@127.0.0.1:1/none")
    assert "secret-word" not in str(raised.value)


def test_a_file_that_is_no_database_and_a_folder_that_is_not_there_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.sqlite3"
    path.write_text("Dear Sir or Madam, " * 100)
    for url in (f"sqlite:///{path}", f"sqlite:///{tmp_path / 'absent' / 'righthome.sqlite3'}"):
        with pytest.raises(NotFound) as raised:
            migrate.upgrade(url)
        assert raised.value.code == "database_unreachable"
    assert path.read_text().startswith("Dear")


def test_what_was_queued_before_alerts_went_out_together_goes_out_alone_and_comes_back_down(
    database_url: str,
) -> None:
    migrate.upgrade(database_url)
    migrate.downgrade(database_url, "0002")
    database = open_database(database_url)
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO authorities (authority, added_at) VALUES ('879', '2026-06-15 10:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO alerts (authority, alert_id, spell_id, child_id, rule, outcome, text, instrument, settings, "
            "occurrence, escalation, step, untold_roles, raised_at, step_at) VALUES ('879', 'a', 's', 'DEMO-C', "
            "'unregistered', 'RAISED', 't', 'i', '', 1, 0, '1-raised', '[]', '2026-06-15 10:00:00', "
            "'2026-06-15 10:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO outbox (message_id, authority, alert_id, step, role, channel, address, subject, body, facts, "
            "created_at, status, attempts, next_at) VALUES ('m', '879', 'a', '1-raised', 'director', 'email', "
            "'director@example.org', 's', 'b', '{}', '2026-06-15 10:00:00', 'waiting', 0, '2026-06-15 10:00:00')"
        )
        connection.exec_driver_sql(
            "INSERT INTO recipients (recipient_id, authority, role, channel, address, hours, active) VALUES "
            "('r', '879', 'director', 'email', 'director@example.org', 'any', true)"
        )
    assert migrate.upgrade(database_url).whole
    with database.writing() as connection:
        envelope, urgent = connection.exec_driver_sql("SELECT envelope_id, urgent FROM outbox").one()
        assert (envelope, bool(urgent)) == ("m", False)
        placement, told_about = connection.exec_driver_sql("SELECT placement, told_about FROM alerts").one()
        assert (placement, told_about in ("[]", [])) == (1, True)
        connection.exec_driver_sql("UPDATE outbox SET status = 'withdrawn', last_error = 'alert_closed'")
        connection.exec_driver_sql(
            "INSERT INTO recipients (recipient_id, authority, role, channel, address, hours, active) VALUES "
            "('f', '879', 'director', 'file', 'director@example.org', 'any', true)"
        )
    migrate.downgrade(database_url, "0002")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT status FROM outbox").scalar_one() == "dead"
        assert connection.exec_driver_sql("SELECT channel FROM recipients").scalars().all() == ["email"]
    database.close()
    assert migrate.upgrade(database_url).whole


def test_an_analysis_that_nobody_finished_gets_a_job_and_stays_without_one(database_url: str) -> None:
    migrate.upgrade(database_url)
    migrate.downgrade(database_url, "0011")
    database = open_database(database_url)
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO authorities (authority, added_at) VALUES ('879', '2026-06-15 10:00:00')"
        )
        for analysis_id, status in (("a", "waiting"), ("b", "running"), ("c", "done")):
            connection.exec_driver_sql(
                "INSERT INTO analyses (authority, analysis_id, kind, question, as_of, asked_at, asked_by, settings, "
                f"status, step) VALUES ('879', '{analysis_id}', 'beds', 'q', '2026-06-15', '2026-06-15 10:00:00', "
                f"'tester', '{{}}', '{status}', 'Counting')"
            )
    assert migrate.upgrade(database_url).whole
    found = "SELECT result_id, status FROM jobs WHERE kind = 'analysis' ORDER BY result_id"
    with database.reading() as connection:
        assert [tuple(row) for row in connection.exec_driver_sql(found)] == [
            ("a", "waiting"),
            ("b", "waiting"),
        ]
        kept = connection.exec_driver_sql("SELECT analysis_id, status FROM analyses ORDER BY analysis_id")
        assert [tuple(row) for row in kept] == [("a", "waiting"), ("b", "waiting"), ("c", "done")]
    migrate.downgrade(database_url, "0011")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM jobs").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM analyses").scalar_one() == 3
    database.close()
