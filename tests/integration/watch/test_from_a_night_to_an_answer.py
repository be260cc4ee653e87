"""A night in a hotel: recorded, raised, delivered by email, acknowledged, escalated, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.services import alerts
from reference_data.problems import Conflict, InvalidInput, NotFound

from .conftest import DAY, stay


def test_a_stay_and_its_alert_are_written_together_and_reach_a_real_mail_server(
    council: Any, mail: Any
) -> None:
    council.tell("team_manager", "email", "manager@example.org")
    council.record(stay())
    raised = council.listed()["over_14_nights"]
    assert raised["outcome"] == "RAISED"
    assert raised["key"] == f"{raised['spell_id']}.over_14_nights.1-raised"

    assert council.deliver().sent >= 1
    (email,) = mail.taken
    assert raised["key"] in email.get_all("X-Righthome-Alert")
    assert email["To"] == "manager@example.org"
    text = email.get_payload(decode=True).decode()
    assert "DEMO-C1" in text
    assert f"https://righthome.example/alerts?of={raised['alert_id']}#alert-{raised['alert_id']}" in text
    assert "2009" not in text  # the birth date stays inside
    assert all(count == 1 for count in mail.ids.values())
    assert council.deliver().sent == 0


def test_an_import_that_is_undone_leaves_no_alert(council: Any) -> None:
    from api.services.importing import import_file

    path = council.folder / "stays.json"
    council.record(stay(started_on="2026-06-14"))
    before = council.listed(only_open=False)
    import json

    path.write_text(json.dumps([stay()]))
    import_file(council.url, "stays", path, "879", "tester", dry_run=True, as_of=DAY)
    assert council.listed(only_open=False) == before


def test_acknowledging_asks_for_a_note_and_stops_the_escalation_but_closes_nothing(
    council: Any, later: Any
) -> None:
    council.record(stay())
    alert_id = council.listed()["over_14_nights"]["alert_id"]
    with pytest.raises(InvalidInput):
        council.do(alerts.acknowledge, alert_id=alert_id, note="  ")
    council.do(alerts.acknowledge, alert_id=alert_id, note="A foster carer is visited today.")
    found = council.listed()["over_14_nights"]
    assert found["acknowledged_by"] == "tester"
    assert [note["note"] for note in found["notes"]] == ["A foster carer is visited today."]
    council.scan(now=later(100))
    assert council.listed()["over_14_nights"]["escalation"] == 0
    with pytest.raises(Conflict):
        council.do(alerts.acknowledge, alert_id=alert_id, note="Again.")
    with pytest.raises(NotFound):
        council.do(alerts.acknowledge, alert_id="none", note="Nothing.")


def test_an_alert_that_nobody_answers_goes_up_step_by_step_and_no_further(council: Any, later: Any) -> None:
    council.tell("service_manager", "email", "service@example.org")
    council.tell("director", "email", "director@example.org")
    council.record(stay())
    steps = []
    for hours in (3.9, 4.1, 4.2, 8.2, 50):
        council.scan(now=later(hours))
        steps.append(council.listed()["unregistered"]["step"])
    assert steps == [
        "1-raised",
        "1-raised-escalated-1",
        "1-raised-escalated-1",
        "1-raised-escalated-2",
        "1-raised-escalated-2",
    ]
    told = council.listed()["unregistered"]["told"]
    assert [(one["role"], one["step"]) for one in told] == [
        ("service_manager", "1-raised-escalated-1"),
        ("director", "1-raised-escalated-2"),
    ]


def test_a_snooze_needs_a_reason_holds_the_escalation_and_is_refused_once_the_day_has_come(
    council: Any, later: Any
) -> None:
    council.record(stay())
    due = council.listed()["over_14_nights"]["alert_id"]
    undated = council.listed()["unregistered"]
    for hours, reason in ((0, "why"), (25, "why"), (2, "")):
        with pytest.raises(InvalidInput):
            council.do(
                alerts.snooze, alert_id=undated["alert_id"], hours=hours, reason=reason, policy=council.policy
            )
    with pytest.raises(Conflict):
        council.do(alerts.snooze, alert_id=due, hours=2, reason="why", policy=council.policy)


def test_a_recorded_move_closes_every_alert_of_the_spell_and_a_correction_too(council: Any) -> None:
    council.record(stay(), stay(2))
    council.record(stay(ended_on="2026-06-15"), stay(2, started_on="2026-06-12"))
    found = council.do(alerts.alerts_listed, only_open=False)
    of_first = [alert for alert in found if alert["child_id"] == "DEMO-C1"]
    assert {alert["closed_because"] for alert in of_first} == {"moved"}
    second = {alert["rule"]: alert for alert in found if alert["child_id"] == "DEMO-C2"}
    assert second["over_14_nights"]["closed_because"] == "recorded_otherwise"
    assert second["unregistered"]["closed_at"] is None


def test_the_id_of_a_spell_and_so_its_alert_survives_corrections_and_back_dating(council: Any) -> None:
    council.record(stay(5, child_id="DEMO-C1"))
    before = council.listed()["over_14_nights"]["alert_id"]
    council.record(
        stay(5, child_id="DEMO-C1", started_on="2026-05-20", setting="bed_and_breakfast"),
        # Recorded late, under an id that would come first.
        stay(1, child_id="DEMO-C1", started_on="2026-05-10", ended_on="2026-05-20"),
    )
    assert council.listed()["over_14_nights"]["alert_id"] == before
    assert council.scan().messages == 0


def test_scanning_again_tells_nothing_again(council: Any) -> None:
    council.tell("brokerage", "email", "brokerage@example.org")
    council.record(stay())
    waiting = sum(len(alert["told"]) for alert in council.listed().values())
    assert waiting > 0
    for _ in range(3):
        assert council.scan().messages == 0
    assert sum(len(alert["told"]) for alert in council.listed().values()) == waiting


def test_moving_back_into_a_hotel_after_the_alert_was_closed_is_told_anew(council: Any) -> None:
    council.record(stay(ended_on="2026-06-14"), as_of=DAY - timedelta(days=1))
    council.record(stay(ended_on="2026-06-14"), stay(2, child_id="DEMO-C1", started_on="2026-06-15"))
    assert council.listed()["over_14_nights"]["step"] == "2-raised"


def test_three_days_without_a_scan_are_caught_up_even_for_a_spell_that_ended_meanwhile(council: Any) -> None:
    first_night = stay(started_on="2026-05-30")
    council.record(first_night, as_of=DAY - timedelta(days=3))
    assert "over_14_nights" not in council.listed()
    council.record({**first_night, "ended_on": "2026-06-14"})
    assert council.listed(only_open=False)["over_14_nights"]["closed_because"] == "moved"


def test_an_old_spell_that_is_recorded_late_is_history_and_leaves_only_the_word_of_it_open(
    council: Any,
) -> None:
    council.record(stay(2, started_on="2026-06-14"))
    council.record(stay(2, started_on="2026-06-14"), stay(started_on="2025-01-01", ended_on="2025-03-01"))
    found = [one for one in council.do(alerts.alerts_listed, only_open=False) if one["child_id"] == "DEMO-C1"]
    assert {one["closed_because"] for one in found} == {"ended_before"}
    assert "history_recorded" in council.listed()
