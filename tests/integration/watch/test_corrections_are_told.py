"""A correction of a stay: nothing a person was told of vanishes, and nobody is told of the wrong child."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from api.services import alerts
from api.services.importing import import_file
from sufficiency.emergency import watch

from .conftest import AUTHORITY, DAY, stay


def of_child(council: Any, child: str, *, only_open: bool = False) -> dict[str, dict[str, Any]]:
    found = council.do(alerts.alerts_listed, only_open=only_open)
    return {one["rule"]: one for one in found if one["child_id"] == child}


def texts(mail: Any) -> list[str]:
    return [message.get_payload(decode=True).decode() for message in mail.taken]


def test_a_stay_corrected_to_another_child_is_told_of_that_child_and_closed_for_the_first(
    council: Any, mail: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(1, child_id="DEMO-K1"))
    council.deliver()
    for alert in of_child(council, "DEMO-K1").values():
        council.do(alerts.acknowledge, alert_id=alert["alert_id"], note="Moving K1.")
    mail.taken.clear()
    council.record(stay(1, child_id="DEMO-K2"))
    first, second = of_child(council, "DEMO-K1"), of_child(council, "DEMO-K2")
    assert {one["closed_because"] for one in first.values()} == {"child_corrected"}
    assert all("DEMO-K2" not in one["text"] for one in first.values())
    assert second["over_14_nights"]["outcome"] == "RAISED"
    assert second["over_14_nights"]["acknowledged_at"] is None
    assert second["over_14_nights"]["notes"] == []
    assert all("DEMO-K1" not in one["text"] for one in second.values())
    council.deliver()
    told = "\n".join(texts(mail))
    assert "Child DEMO-K2 has spent 20 nights" in told
    assert "Closed by a correction: the stay is now recorded for another child." in told
    assert council.scan().raised == 0


def test_one_of_two_stays_corrected_to_another_child_leaves_the_other_alert_as_it_is(council: Any) -> None:
    first = stay(1, child_id="DEMO-K1", ended_on="2026-06-10")
    second = stay(2, child_id="DEMO-K1", started_on="2026-06-10")
    council.record(first, second)
    ids = {one["alert_id"] for one in of_child(council, "DEMO-K1", only_open=True).values()}
    council.record({**first, "child_id": "DEMO-K2"}, second)
    assert of_child(council, "DEMO-K2")["over_14_nights"]["outcome"] == "RAISED"
    still = of_child(council, "DEMO-K1", only_open=True)
    assert still
    assert {one["alert_id"] for one in still.values()} <= ids
    assert not ids & {one["alert_id"] for one in of_child(council, "DEMO-K2").values()}


def test_a_correction_there_and_back_opens_the_first_alert_again(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(1, child_id="DEMO-K1"))
    council.deliver()
    council.record(stay(1, child_id="DEMO-K2"))
    council.record(stay(1, child_id="DEMO-K1"))
    again = of_child(council, "DEMO-K1", only_open=True)["over_14_nights"]
    assert again["occurrence"] == 2
    assert of_child(council, "DEMO-K2", only_open=True) == {}
    mail.taken.clear()
    council.deliver()
    assert "Child DEMO-K1 has spent 20 nights" in "\n".join(texts(mail))
    # That it was closed is no longer so, and K2 was never told of.
    assert "DEMO-K2" not in "\n".join(texts(mail))
    assert "Closed by a correction" not in "\n".join(texts(mail))


def test_a_start_put_into_the_future_closes_the_alert_with_a_message(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay())
    council.deliver()
    mail.taken.clear()
    council.record(stay(started_on=(DAY + timedelta(days=3)).isoformat(), notices=[], approvals=[]))
    council.deliver()
    assert "Closed by a correction: the stay is now recorded from 18 June 2026" in "\n".join(texts(mail))
    assert mail.taken[0]["Subject"].startswith("2 alerts")
    assert of_child(council, "DEMO-C1")["over_14_nights"]["closed_because"] == "dates_corrected"


def test_a_stay_corrected_to_no_night_closes_the_alert_with_a_message(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(in_care=False, legal_basis="part_7", setting="caravan"))
    council.deliver()
    council.record(
        stay(in_care=False, legal_basis="part_7", setting="caravan", ended_on="2026-05-26", notices=[])
    )
    council.deliver()
    assert mail.taken[-1]["Subject"].startswith("Closed by a correction: ")
    assert "to the same day, which is no night." in texts(mail)[-1]


def test_a_stay_of_long_ago_corrected_to_a_hotel_is_history_and_somebody_is_told_of_it(
    council: Any, mail: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    old = stay(
        started_on="2025-07-01", ended_on="2025-09-01", setting="in_house_foster_carer", home_id="DEMO-H1"
    )
    council.record(old)
    council.deliver()
    assert mail.taken == []
    council.record({**old, "setting": "hotel", "home_id": None})
    history = of_child(council, "DEMO-C1")["over_14_nights"]
    assert (history["outcome"], history["closed_because"]) == ("RAISED", "ended_before")
    summary = council.listed()["history_recorded"]
    assert "of 1 child, in spells that ended on or before 1 September 2025" in summary["text"]
    council.deliver()
    assert len(mail.taken) == 1
    # Looking again tells nothing again.
    council.scan()
    council.deliver()
    assert len(mail.taken) == 1


def test_the_import_and_the_watch_warn_of_a_stay_without_a_night_that_counts(
    council: Any, tmp_path: Path
) -> None:
    path = tmp_path / "odd.json"
    path.write_text(
        json.dumps([stay(1, started_on="2026-06-18", notices=[]), stay(2, ended_on="2026-05-26"), stay(3)])
    )
    result = import_file(
        council.url, "stays", path, AUTHORITY, "tester", as_of=DAY, settings=council.settings
    )
    assert [text for text in result.warnings if "DEMO-S1 starts after 15/06/2026" in text]
    assert [text for text in result.warnings if "DEMO-S2 ends on the day it starts" in text]
    assert not [text for text in result.warnings if "DEMO-S3" in text]
    found = council.do(lambda records, authority: watch(records.stays_of(authority), as_of=DAY)).evidence
    assert any(
        text.startswith("1 stay begins after 15 June 2026: not counted.") for text in found["warnings"]
    )
    assert any(text.startswith("1 stay without a night") for text in found["warnings"])
