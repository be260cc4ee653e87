"""What one person is told at once, what is withdrawn before it leaves, and what is told anew."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.database import tables
from api.services import alerts

from .conftest import AUTHORITY, DAY, stay


def rows(council: Any, **wanted: str) -> list[Any]:
    with council.database.reading() as connection:
        found = connection.execute(select(tables.outbox).order_by(tables.outbox.c.message_id)).all()
    return [row for row in found if all(getattr(row, name) == value for name, value in wanted.items())]


def actions(council: Any, action: str) -> list[Any]:
    with council.database.reading() as connection:
        return list(connection.execute(select(tables.audit).where(tables.audit.c.action == action)))


def keys_of(message: Any) -> list[str]:
    return [str(key) for key in message.get_all("X-Righthome-Alert")]


def test_a_child_with_several_raised_rules_is_one_message_to_each_person_that_lists_every_key(
    council: Any, mail: Any
) -> None:
    council.tell("team_manager", "email", "manager@example.org")
    council.tell("director", "email", "director@example.org")
    council.record(stay())
    raised = {one["key"] for one in council.listed().values() if one["outcome"] == "RAISED"}
    assert len(raised) == 4
    assert council.deliver().sent == 2
    assert len(mail.taken) == 2
    to_manager = next(message for message in mail.taken if message["To"] == "manager@example.org")
    assert set(keys_of(to_manager)) == raised
    assert len(keys_of(to_manager)) == len(raised)
    text = to_manager.get_payload(decode=True).decode()
    assert all(f"Alert: {key}" in text for key in raised)
    assert to_manager["Subject"] == "4 alerts, 4 raised: DEMO-C1"
    # Each alert has its own record of having been told, under its own id.
    told = rows(council, address="manager@example.org")
    assert {row.alert_id + "." + row.step for row in told} == raised
    assert len({row.message_id for row in told}) == len(raised)
    assert {row.status for row in told} == {"sent"}
    assert len(actions(council, "alert_sent")) == len(rows(council))


def test_a_system_that_takes_webhooks_is_told_of_each_alert_by_itself(council: Any, web: Any) -> None:
    council.tell("team_manager", "webhook", web.url)
    council.record(stay())
    assert council.deliver().sent == len(web.taken) == 4
    assert set(web.ids.values()) == {1}


def test_what_is_raised_goes_out_before_what_only_warns(council: Any, mail: Any) -> None:
    council.tell("brokerage", "email", "brokerage@example.org")
    council.tell("director", "email", "director@example.org")
    council.record(
        stay(1, setting="bed_and_breakfast", in_care=False, legal_basis="part_7", started_on="2026-06-14"),
        stay(2, in_care=False, legal_basis="part_7", setting="caravan"),
    )
    council.deliver(limit=2)
    assert {message["To"] for message in mail.taken} == {"director@example.org", "brokerage@example.org"}
    assert all("raised" in message["Subject"].lower() for message in mail.taken)


def test_many_alerts_are_several_messages_and_none_is_left_out(council: Any, mail: Any) -> None:
    from dataclasses import replace

    council.policy = replace(council.policy, most_alerts_in_a_message=5)
    council.tell("team_manager", "email", "manager@example.org")
    council.record(*(stay(number, started_on="2026-06-10") for number in range(1, 5)))
    council.deliver()
    keys = [key for message in mail.taken for key in keys_of(message)]
    raised = {one["key"] for one in council.do(alerts.alerts_listed) if one["outcome"] == "RAISED"}
    assert sorted(keys) == sorted(raised)
    council.record(*(stay(number) for number in range(1, 5)))
    council.deliver()
    assert max(len(keys_of(message)) for message in mail.taken) <= 25


def test_a_message_of_a_child_who_has_moved_is_withdrawn_and_the_audit_says_so(
    council: Any, mail: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay())
    council.record(stay(ended_on="2026-06-15"))
    delivered = council.deliver()
    assert (delivered.sent, mail.taken) == (0, [])
    assert {(row.status, row.last_error) for row in rows(council)} == {("withdrawn", "alert_closed")}
    assert len(actions(council, "alert_message_withdrawn")) == len(rows(council))
    assert council.deliver().withdrawn == 0


def test_of_a_message_of_two_children_only_the_one_who_has_moved_is_left_out(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(1), stay(2))
    council.record(stay(1, ended_on="2026-06-15"), stay(2))
    assert council.deliver().sent == 1
    (message,) = mail.taken
    text = message.get_payload(decode=True).decode()
    assert "DEMO-C2" in text
    assert "DEMO-C1" not in text
    assert {row.status for row in rows(council)} == {"sent", "withdrawn"}


def test_a_message_that_waited_tells_the_alert_as_it_stands_when_it_leaves(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    mail.behave = lambda number: "451 later" if number == 1 else None
    council.record(stay(in_care=False, legal_basis="part_7", setting="caravan"))
    council.deliver()
    council.record(
        stay(in_care=False, legal_basis="part_7", setting="caravan", started_on="2026-05-28"), as_of=DAY
    )
    council.make_due()
    council.deliver()
    text = mail.taken[0].get_payload(decode=True).decode()
    assert "28 May 2026" in text
    assert "26 May 2026" not in text
    assert len(set(mail.ids)) == 1
    assert "28 May 2026" in rows(council)[0].body


def test_a_message_that_a_later_step_has_overtaken_is_withdrawn_for_it(council: Any, mail: Any) -> None:
    council.tell("brokerage", "email", "brokerage@example.org")
    before = stay(started_on="2026-06-12", setting="supported_accommodation", provider_registered=None)
    council.record(before)
    # From not known to unregistered while the first messages still wait.
    council.record({**before, "provider_registered": False})
    council.deliver()
    by_alert: dict[str, list[str]] = {}
    for row in rows(council):
        by_alert.setdefault(row.alert_id, []).append(row.status)
    assert all(statuses.count("sent") == 1 for statuses in by_alert.values())


def test_a_second_placement_that_nobody_signed_for_is_told_anew_and_wants_an_answer(
    council: Any, mail: Any
) -> None:
    council.tell("brokerage", "email", "brokerage@example.org")
    first = stay(1, child_id="DEMO-C1", home_id="DEMO-H1", approvals=None, started_on="2026-06-10")
    council.record(first)
    alert = council.listed()["approvals_missing"]
    assert alert["step"] == "1-warning"
    council.do(alerts.acknowledge, alert_id=alert["alert_id"], note="Asked for.")
    council.deliver()
    council.record(
        {**first, "ended_on": "2026-06-14"},
        stay(2, child_id="DEMO-C1", home_id="DEMO-H2", approvals=None, started_on="2026-06-14"),
    )
    again = council.listed()["approvals_missing"]
    assert again["step"] == "1-warning-placement-2"
    assert again["acknowledged_at"] is None
    council.deliver()
    keys = [key for message in mail.taken for key in keys_of(message) if "approvals_missing" in key]
    assert [key.rpartition(".")[2] for key in keys] == ["1-warning", "1-warning-placement-2"]
    # Neither another scan nor another night makes it news.
    council.scan()
    assert council.listed()["approvals_missing"]["step"] == "1-warning-placement-2"


def test_a_stay_that_was_only_cut_in_two_is_no_second_placement(council: Any) -> None:
    there = {"child_id": "DEMO-C1", "home_id": "DEMO-HOTEL-1", "approvals": None, "notices": []}
    first = stay(1, started_on="2026-06-01", **there)
    council.record(first)
    council.record(
        {**first, "ended_on": "2026-06-08"},
        stay(2, started_on="2026-06-08", **there),
    )
    listed = council.listed()
    assert listed["approvals_missing"]["step"] == "1-warning"
    assert listed["notices_missing"]["step"] == "1-warning"


def test_the_first_import_of_years_is_told_in_one_message_and_recorded_alert_by_alert(
    council: Any, mail: Any
) -> None:
    for role in ("director", "team_manager", "brokerage"):
        council.tell(role, "email", f"{role}@example.org")
    council.record(
        *(
            stay(
                number,
                started_on=(date(2024, 1, 1) + timedelta(days=20 * number)).isoformat(),
                ended_on=(date(2024, 1, 1) + timedelta(days=20 * number + 18)).isoformat(),
            )
            for number in range(1, 40)
        )
    )
    council.deliver()
    assert sorted(str(message["To"]) for message in mail.taken) == [
        "director@example.org",
        "team_manager@example.org",
    ]
    found = council.do(alerts.alerts_listed, only_open=False)
    history = [one for one in found if one["closed_because"] == "ended_before"]
    assert len({one["child_id"] for one in history}) == 39
    assert {one["outcome"] for one in history} == {"RAISED"}
    assert all(one["told"] == [] for one in history)
    (summary,) = [one for one in found if one["rule"] == "history_recorded"]
    assert summary["text"].startswith(f"{len(history)} alerts of 39 children")
    assert len(actions(council, "alert_history_recorded")) == 1
    # It is recorded once, and reading the summary ends it.
    assert (council.scan().messages, council.scan().spells) == (0, 0)
    council.do(alerts.acknowledge, alert_id=summary["alert_id"], note="Read.")
    assert council.listed() == {}


def test_a_file_in_a_folder_and_a_message_inside_reach_somebody_without_any_server(
    council: Any, tmp_path: Path
) -> None:
    council.use(message_folder=str(tmp_path / "messages"))
    council.tell("director", "file", "director@example.org")
    council.person("director")
    council.tell("director", "in_app", "director")
    council.record(stay())
    assert council.deliver().sent == 2
    (written,) = (tmp_path / "messages").iterdir()
    assert written.suffix == ".eml"
    assert "DEMO-C1" in written.read_text()
    assert {row.status for row in rows(council)} == {"sent"}
    council.make_due()
    assert council.deliver().sent == 0


def test_a_file_without_a_folder_waits_and_is_tried_again(council: Any) -> None:
    council.tell("director", "file", "director@example.org")
    council.record(stay())
    assert council.deliver().failed == 1
    assert {row.last_error for row in rows(council)} == {"no_message_folder_set"}


def test_the_log_and_the_command_name_the_roles_that_nobody_is_recorded_for(
    council: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from api.jobs import watch_once
    from api.services.recipients import roles_unreached

    council.use(as_of=DAY)
    council.tell("director", "email", "director@example.org")
    council.record(stay(started_on="2026-06-12"), as_of=DAY - timedelta(days=1))
    with caplog.at_level(logging.WARNING, "righthome.watch"):
        watch_once(council.database, council.settings)
    (line,) = [record.getMessage() for record in caplog.records]
    assert AUTHORITY in line
    for role in ("brokerage", "team_manager", "service_manager", "housing", "reviewing_officer"):
        assert role in line
    assert "director" not in line
    assert "DEMO" not in line
    found = council.do(lambda records, authority: records.alerts_of(authority).recipients())
    assert "director" not in roles_unreached(found, council.policy)


def test_a_digest_that_is_given_up_raises_an_alarm_of_every_alert_in_it(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    council.tell("team_manager", "email", "manager@example.org")
    council.record(stay())
    council.quick(attempts=1)
    mail.behave = lambda number: "550 never" if number <= 1 else None
    first = council.deliver()
    # One of the two was given up; the alarms of it went, as one message, to where mail still arrives.
    assert (first.given_up, first.sent) == (1, 2 if rows(council, status="dead")[0].role == "director" else 1)
    dead = rows(council, status="dead")
    assert len(dead) > 1
    found = council.do(alerts.alerts_listed)
    undelivered = [one for one in found if one["rule"] == "message_undelivered"]
    assert {one["spell_id"] for one in undelivered} == {row.alert_id for row in dead}
    alarms = [message for message in mail.taken if "message_undelivered" in keys_of(message)[0]]
    assert [len(keys_of(message)) for message in alarms] == [len(dead)] * (dead[0].role == "director")
