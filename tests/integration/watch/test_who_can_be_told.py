"""Who counts as told: people who are there, relays that refuse everybody, and recipients who come later."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from api import outbox
from api.database import tables
from api.services.recipients import roles_unreached
from reference_data.problems import InvalidInput

from .conftest import stay


def unreached(council: Any) -> tuple[str, ...]:
    found = council.do(lambda records, authority: records.alerts_of(authority).reached())
    return roles_unreached(found, council.policy)


def leave(council: Any, username: str) -> None:
    with council.database.writing() as connection:
        connection.execute(
            update(tables.users).where(tables.users.c.username == username).values(active=False)
        )


def test_a_sign_in_name_that_nobody_has_cannot_be_told(council: Any) -> None:
    with pytest.raises(InvalidInput, match="sign-in name"):
        council.tell("director", "in_app", "nobody-here")
    council.person("dora")
    leave(council, "dora")
    with pytest.raises(InvalidInput, match="sign-in name"):
        council.tell("director", "in_app", "dora")


def test_somebody_who_is_gone_counts_as_nobody_and_the_message_as_given_up(council: Any, mail: Any) -> None:
    council.person("dora")
    council.tell("director", "in_app", "Dora")
    council.tell("team_manager", "email", "manager@example.org")
    assert "director" not in unreached(council)
    leave(council, "dora")
    assert "director" in unreached(council)
    council.record(stay(in_care=False, legal_basis="part_7", setting="caravan"))
    assert "director" in council.listed()["over_14_nights"]["untold_roles"]
    assert council.deliver().given_up == 1
    told = council.listed()["over_14_nights"]["told"]
    assert {(one["role"], one["status"], one["last_error"]) for one in told if one["role"] == "director"} == {
        ("director", "dead", "no_such_user")
    }
    alarm = council.listed()["message_undelivered"]
    assert "could not be delivered to the Director of Children's Services by in app." in alarm["text"]


def test_a_relay_that_refuses_everybody_is_tried_again_until_the_attempts_run_out(
    council: Any, mail: Any
) -> None:
    council.quick(attempts=3)
    council.tell("director", "email", "director@example.org")
    mail.knows_nobody = True
    council.record(stay(in_care=False, legal_basis="part_7", setting="caravan"))
    for _ in range(2):
        result = council.deliver()
        assert (result.failed, result.given_up) == (1, 0)
        council.make_due()
    assert council.deliver().given_up == 1
    alarm = council.listed()["message_undelivered"]
    assert "to the Director of Children's Services by email" in alarm["text"]
    assert "example.org" not in alarm["text"]


def test_a_relay_put_right_in_time_takes_the_message(council: Any, mail: Any) -> None:
    council.tell("director", "email", "director@example.org")
    mail.knows_nobody = True
    council.record(stay(in_care=False, legal_basis="part_7", setting="caravan"))
    assert council.deliver().failed == 1
    mail.knows_nobody = False
    council.make_due()
    assert council.deliver().sent == 1
    assert len(mail.taken) == 1


@pytest.mark.parametrize("blank", [{"setting": None}, {"setting": "hostel", "provider_registered": None}])
def test_nights_perhaps_over_the_limit_are_told_like_those_that_are(
    council: Any, mail: Any, later: Any, blank: dict[str, Any]
) -> None:
    for role in ("brokerage", "team_manager", "service_manager", "director"):
        council.tell(role, "email", f"{role}@example.org")
    council.record(stay(**blank, in_care=False, legal_basis="part_7"))
    council.deliver()
    over = council.listed()["over_14_nights"]
    assert over["outcome"] == "NOT_ASSESSED"
    assert "perhaps 20 nights since 26 May 2026" in over["text"]
    assert f"It is not known: record {list(blank)[-1]}" in over["text"]
    assert {one["role"] for one in over["told"]} == {"brokerage", "team_manager", "director"}
    near = council.listed()["approaching_14_nights"]
    assert {one["role"] for one in near["told"]} == {"brokerage"}
    to_director = next(message for message in mail.taken if message["To"] == "director@example.org")
    assert "perhaps 20 nights" in to_director.get_payload(decode=True).decode()
    council.scan(now=later(5))
    over = council.listed()["over_14_nights"]
    assert {one["role"] for one in over["told"]} >= {"service_manager"}


def test_nights_perhaps_near_the_limit_are_told_like_a_warning_and_fewer_to_nobody(council: Any) -> None:
    council.tell("brokerage", "email", "brokerage@example.org")
    blank = stay(setting="hostel", provider_registered=None, in_care=False, legal_basis="part_7")
    council.record({**blank, "started_on": "2026-06-09"})
    assert {"over_14_nights", "approaching_14_nights"}.isdisjoint(council.listed())
    council.record({**blank, "started_on": "2026-06-05"})
    assert "perhaps 10 nights" in council.listed()["approaching_14_nights"]["text"]
    assert [one["role"] for one in council.listed()["approaching_14_nights"]["told"]] == ["brokerage"]
    assert "over_14_nights" not in council.listed()


def test_a_recipient_added_later_is_told_of_what_stands_open_in_one_message(council: Any, mail: Any) -> None:
    council.tell("brokerage", "email", "brokerage@example.org")
    council.record(stay())
    council.deliver()
    mail.taken.clear()
    assert "director" in council.listed()["over_14_nights"]["untold_roles"]
    council.tell("director", "email", "director@example.org")
    over = council.listed()["over_14_nights"]
    assert "director" not in over["untold_roles"]
    assert "team_manager" in over["untold_roles"]
    assert council.deliver().sent == 1
    (message,) = mail.taken
    text = message.get_payload(decode=True).decode()
    assert "Child DEMO-C1 has spent 20 nights" in text
    # What a Director is not told of at this step is not told now either.
    assert "approvals" not in text
    council.tell("brokerage", "email", "second@example.org")
    assert council.deliver().sent == 1
    assert mail.taken[-1]["To"] == "second@example.org"
    assert council.scan().messages == 0
    assert council.deliver().sent == 0


def test_a_role_that_was_not_told_is_not_forgotten_when_the_alert_goes_up(council: Any, later: Any) -> None:
    council.record(stay())
    council.scan(now=later(5))
    assert {"team_manager", "director", "service_manager"} <= set(
        council.listed()["over_14_nights"]["untold_roles"]
    )


def test_a_mail_server_that_does_not_answer_holds_up_nobody_inside_and_is_tried_once_a_run(
    council: Any, mail: Any
) -> None:
    council.person("dora")
    council.tell("director", "email", "director@example.org")
    council.tell("director", "in_app", "dora")
    council.record(stay(in_care=False, legal_basis="part_7", setting="caravan"))
    council.quick(first_retry_seconds=0, longest_retry_seconds=0, timeout_seconds=2, lease_seconds=3)
    mail.behave = lambda number: "hang 1.5"
    seen: list[str] = []

    def noting(message: Any, settings: Any, *, timeout_seconds: float) -> None:
        seen.append("in_app")
        assert mail.tried == 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(outbox.SENDERS, "in_app", noting)
        result = council.deliver()
    assert seen == ["in_app"]
    assert (result.sent, result.failed) == (1, 1)
