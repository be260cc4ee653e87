"""A child who is still there after three weeks, and after four: told again, answered anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.services import alerts
from api.services.alert_history import alert_history_of

from .conftest import DAY, stay

FIRST_NIGHT = DAY - timedelta(days=14)


def night(number: int) -> Any:
    """Return the day on which so many nights are counted, of a stay that began fourteen days before the day."""
    return FIRST_NIGHT + timedelta(days=number)


def begin(council: Any) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(started_on=FIRST_NIGHT.isoformat()))


def steps_told(council: Any) -> list[str]:
    return [one["step"] for one in council.listed()["over_14_nights"]["told"] if one["role"] == "director"]


def test_an_alert_is_told_again_once_at_twenty_one_and_once_at_twenty_eight_nights(council: Any) -> None:
    begin(council)
    for number in range(15, 35):
        council.scan(as_of=night(number))
        assert council.scan(as_of=night(number)).messages == 0
    assert steps_told(council) == ["1-raised", "1-raised-nights-21", "1-raised-nights-28"]


def test_days_without_a_scan_are_caught_up_by_the_latest_of_them_alone(council: Any) -> None:
    begin(council)
    council.scan(as_of=night(15))
    council.scan(as_of=night(30))
    assert steps_told(council) == ["1-raised", "1-raised-nights-28"]


def test_a_spell_recorded_late_is_told_once_and_not_for_every_night_that_has_passed(council: Any) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(started_on=(DAY - timedelta(days=24)).isoformat()))
    assert steps_told(council) == ["1-raised-nights-21"]
    assert council.scan().messages == 0


def test_what_is_told_again_wants_an_answer_anew_and_goes_up_when_nobody_gives_it(
    council: Any, later: Any
) -> None:
    begin(council)
    council.scan(as_of=night(15))
    alert_id = council.listed()["over_14_nights"]["alert_id"]
    council.do(alerts.acknowledge, alert_id=alert_id, note="A carer is looked for.")
    council.scan(as_of=night(21))
    found = council.listed()["over_14_nights"]
    assert (found["step"], found["acknowledged_at"]) == ("1-raised-nights-21", None)
    assert [note["note"] for note in found["notes"]] == ["A carer is looked for."]
    council.scan(as_of=night(21), now=later(4.1))
    assert council.listed()["over_14_nights"]["step"] == "1-raised-nights-21-escalated-1"
    council.do(alerts.acknowledge, alert_id=alert_id, note="A place from Monday.")
    council.scan(as_of=night(22), now=later(100))
    assert council.listed()["over_14_nights"]["step"] == "1-raised-nights-21-escalated-1"


def test_a_correction_to_fewer_nights_takes_nothing_back_and_tells_nothing_twice(council: Any) -> None:
    begin(council)
    council.scan(as_of=night(15))
    council.scan(as_of=night(21))
    council.record(stay(started_on=(FIRST_NIGHT + timedelta(days=3)).isoformat()), as_of=night(21))
    assert council.listed()["over_14_nights"]["step"] == "1-raised-nights-21"
    council.scan(as_of=night(25))
    assert steps_told(council) == ["1-raised", "1-raised-nights-21"]


def test_a_policy_may_name_other_nights_or_none(council: Any) -> None:
    from .conftest import changed

    council.policy = changed(council.policy, told_again={"over_14_nights": (17,)})
    begin(council)
    council.scan(as_of=night(17))
    assert steps_told(council)[-1] == "1-raised-nights-17"
    council.policy = changed(council.policy, told_again={})
    council.scan(as_of=night(40))
    assert steps_told(council)[-1] == "1-raised-nights-17"


def test_the_message_says_that_it_is_told_again(council: Any, mail: Any) -> None:
    begin(council)
    council.scan(as_of=night(15))
    council.deliver()
    council.scan(as_of=night(21))
    council.deliver()
    assert "Told again at 21 nights." in mail.taken[-1].get_payload(decode=True).decode()


def test_the_record_of_a_child_tells_everything_in_the_order_in_which_it_was_known(
    council: Any, mail: Any
) -> None:
    begin(council)
    council.scan(as_of=night(15))
    council.deliver()
    own = council.listed()
    seen = {one["alert_id"]: one["step"] for one in own.values() if one["child_id"] == "DEMO-C1"}
    done = council.do(alerts.acknowledge_child, child_id="DEMO-C1", note="Seen by me.", seen=seen)
    assert len(done.acknowledged) == len(seen)
    assert done.left == ()
    council.record(stay(started_on=FIRST_NIGHT.isoformat(), ended_on=night(16).isoformat()), as_of=night(16))
    events = council.do(alert_history_of, child_id="DEMO-C1").events
    assert [event.at for event in events] == sorted(event.at for event in events)
    of_rule = [event.kind for event in events if event.rule == "over_14_nights"]
    assert of_rule == ["raised", "sent", "acknowledged", "closed"]
    stays = [event for event in events if event.kind.startswith("stay_")]
    assert [event.kind for event in stays] == ["stay_recorded", "stay_changed"]
    assert "ended_on from nothing to" in stays[1].what
    assert all("2009" not in event.what for event in events)
