"""Out of the building: retries, signatures, receivers that refuse, hang and answer late, and dead letters."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from api import clock
from api.services.alerts_about_the_watch import report_late_watch

from .conftest import SECRET, stay


def one_alert(council: Any, *places: tuple[str, str, str]) -> None:
    """Record one child of whom exactly one rule is RAISED to the team manager; see what is told."""
    for role, channel, address in places:
        council.tell(role, channel, address)
    council.record(stay(setting="caravan", in_care=False, legal_basis="part_7", started_on="2026-05-26"))


def test_a_refused_message_is_tried_again_after_a_wait_under_the_same_id(council: Any, mail: Any) -> None:
    mail.behave = lambda number: "451 try later" if number == 1 else None
    one_alert(council, ("director", "email", "director@example.org"))
    first = council.deliver()
    assert (first.sent, first.failed) == (0, 1)
    assert council.deliver().sent == 0  # it waits
    council.make_due()
    assert council.deliver().sent == 1
    (told,) = council.listed()["over_14_nights"]["told"]
    assert (told["status"], told["attempts"], told["last_error"]) == ("sent", 2, None)


def test_a_mail_server_that_answers_too_late_gets_a_second_copy_with_the_same_id(
    council: Any, mail: Any
) -> None:
    council.quick(timeout_seconds=1, lease_seconds=2)
    mail.behave = lambda number: "late 1.5" if number == 1 else None
    one_alert(council, ("director", "email", "director@example.org"))
    assert council.deliver().failed == 1
    council.make_due()
    assert council.deliver().sent == 1
    assert list(mail.ids.values()) == [2]


def test_a_receiver_that_hangs_is_left_after_the_time_allowed(council: Any, mail: Any) -> None:
    council.quick(timeout_seconds=1, lease_seconds=2)
    mail.behave = lambda number: "hang 1.5"
    one_alert(council, ("director", "email", "director@example.org"))
    assert council.deliver().failed == 1
    (told,) = council.listed()["over_14_nights"]["told"]
    assert told["last_error"] == "timed_out"


def test_a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_sent(
    council: Any, mail: Any
) -> None:
    council.use(tls_ca_file=None)
    one_alert(council, ("director", "email", "director@example.org"))
    assert council.deliver().failed == 1
    assert mail.taken == []
    (told,) = council.listed()["over_14_nights"]["told"]
    assert told["last_error"] == "tls_failed"


def test_a_message_that_is_given_up_raises_an_alert_of_its_own_to_the_others(
    council: Any, mail: Any, web: Any
) -> None:
    web.behave = lambda number: 500
    one_alert(council, ("director", "webhook", web.url), ("team_manager", "email", "manager@example.org"))
    mail.behave = lambda number: None
    for _ in range(council.policy.delivery.attempts):
        council.make_due()
        council.deliver()
    found = council.listed()
    dead = [one for one in found["over_14_nights"]["told"] if one["status"] == "dead"]
    assert [(one["attempts"], one["last_error"]) for one in dead] == [(8, "http_500")]
    assert found["message_undelivered"]["outcome"] == "RAISED"
    council.deliver()
    assert any("message_undelivered" in email["X-Righthome-Alert"] for email in mail.taken)


def test_a_failed_alarm_about_a_failed_message_goes_no_further(council: Any, web: Any) -> None:
    web.behave = lambda number: 410
    one_alert(council, ("director", "webhook", web.url), ("team_manager", "webhook", f"{web.url}/other"))
    for _ in range(4):
        council.make_due()
        council.deliver()
    rules = [rule for rule in council.listed() if rule == "message_undelivered"]
    assert rules == ["message_undelivered"]
    assert council.deliver().sent == 0


def test_a_webhook_is_signed_so_that_the_standards_own_library_verifies_it(council: Any, web: Any) -> None:
    one_alert(council, ("director", "webhook", web.url))
    assert council.deliver().sent == 1
    ((headers, body),) = web.taken
    told = Webhook(SECRET).verify(body, headers)
    assert told["type"] == "emergency_watch.alert"
    assert told["data"]["key"].endswith(".over_14_nights.1-raised")
    assert "2009-03-03" not in body.decode()
    with pytest.raises(Exception, match="signature"):
        Webhook(SECRET).verify(body + b" ", headers)


def test_a_webhook_that_answers_late_gets_the_same_id_again(council: Any, web: Any) -> None:
    council.quick(timeout_seconds=1, lease_seconds=2)
    web.behave = lambda number: "late 1.5" if number == 1 else 200
    one_alert(council, ("director", "webhook", web.url))
    assert council.deliver().failed == 1
    council.make_due()
    assert council.deliver().sent == 1
    assert list(web.ids.values()) == [2]


def test_plain_http_to_another_machine_is_never_used(council: Any) -> None:
    from api.delivery import Undelivered
    from api.delivery.http import post

    with pytest.raises(Undelivered) as raised:
        post("http://example.org/", b"", {}, timeout_seconds=1, ca_file=None)
    assert raised.value.reason == "address_not_https"
    assert raised.value.for_good


def test_notify_is_asked_as_its_documentation_says(council: Any, web: Any) -> None:
    service, secret = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
    council.use(
        notify_url=web.url.removesuffix("/alerts"),
        notify_api_key=f"watch-{service}-{secret}",
        notify_template_id="f33517ff-2a88-4f6e-b855-c550268ce08a",
    )
    web.behave = lambda number: 201
    one_alert(council, ("director", "notify", "director@example.org"))
    assert council.deliver().sent == 1
    ((headers, body),) = web.taken
    assert web.paths == ["/v2/notifications/email"]
    asked = json.loads(body)
    assert asked["email_address"] == "director@example.org"
    assert set(asked["personalisation"]) == {"subject", "body"}
    assert len(asked["reference"]) == 64
    head, claims, signature = headers["authorization"].removeprefix("Bearer ").split(".")
    decoded = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims)]
    assert decoded[0] == {"typ": "JWT", "alg": "HS256"}
    assert decoded[1]["iss"] == service
    assert abs(decoded[1]["iat"] - clock.now().timestamp()) < 30
    expected = hmac.new(secret.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "==") == expected


def test_out_of_hours_others_are_told_and_a_role_that_nobody_covers_then_is_told_all_the_same(
    council: Any,
) -> None:
    council.tell("director", "email", "office@example.org", "office")
    council.tell("director", "email", "night@example.org", "out_of_hours")
    council.tell("housing", "email", "housing@example.org", "office")
    from sqlalchemy import select

    from api.database.tables import outbox

    for number, (instant, expected) in enumerate(
        [
            # In summer the office opens at 8 by the clock of the world, in winter at 9.
            (datetime(2026, 6, 15, 7, 59, tzinfo=UTC), "night"),
            (datetime(2026, 6, 15, 8, 0, tzinfo=UTC), "office"),
            (datetime(2026, 10, 26, 8, 59, tzinfo=UTC), "night"),  # the day after the hour changed
            (datetime(2026, 10, 26, 9, 0, tzinfo=UTC), "office"),
            (datetime(2026, 12, 25, 12, 0, tzinfo=UTC), "night"),
            (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), "office"),
        ],
        start=1,
    ):
        with council.database.writing() as connection:
            from api.services.importing import Records, Scope

            records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
            records.keep(
                "stays", "879", [_typed(stay(number, in_care=False, legal_basis="part_7"))], import_id=None
            )
        council.scan(now=instant)
        with council.database.reading() as connection:
            told = connection.execute(
                select(outbox.c.address).where(
                    outbox.c.subject.contains(f"DEMO-C{number}"), outbox.c.subject.contains("over 14")
                )
            )
            assert sorted(told.scalars()) == sorted([f"{expected}@example.org", "housing@example.org"]), (
                instant
            )


def _typed(values: dict[str, Any]) -> dict[str, Any]:
    from datetime import date

    dates = ("date_of_birth", "started_on")
    return {
        **values,
        **{name: date.fromisoformat(values[name]) for name in dates},
        "approvals": None,
        "notices": None,
    }


def test_the_reviewing_officer_hears_of_looked_after_children_only_and_housing_of_the_homeless(
    council: Any,
) -> None:
    council.tell("reviewing_officer", "email", "iro@example.org")
    council.tell("housing", "email", "housing@example.org")
    council.record(stay(1), stay(2, in_care=False, legal_basis="part_7"))
    from api.services import alerts

    told = {
        (alert["child_id"], one["role"])
        for alert in council.do(alerts.alerts_listed)
        for one in alert["told"]
    }
    assert told == {("DEMO-C1", "reviewing_officer"), ("DEMO-C2", "housing")}


def test_a_role_without_an_address_is_shown_as_untold(council: Any) -> None:
    council.record(stay())
    assert "director" in council.listed()["over_14_nights"]["untold_roles"]


def test_a_watch_that_has_not_run_is_reported_once_and_the_next_scan_ends_it(
    council: Any, mail: Any, later: Any
) -> None:
    council.tell("director", "email", "director@example.org")
    council.record(stay(started_on="2026-06-14"))
    for hours, late in ((25, False), (27, True), (28, True)):
        assert council.do(report_late_watch, alert_policy=council.policy, now=later(hours)) is late
    council.make_due()
    council.deliver()
    keys = [email["X-Righthome-Alert"] for email in mail.taken]
    assert keys.count("watch.watch_not_run.1-raised") == 1
    council.scan()
    assert "watch_not_run" not in council.listed()


def test_while_a_secret_is_changed_receivers_that_know_either_take_the_webhook(
    council: Any, web: Any
) -> None:
    new = "whsec_" + base64.b64encode(b"another secret of thirty-two byte").decode()
    council.use(webhook_secret=f"{new} {SECRET}")
    one_alert(council, ("director", "webhook", web.url))
    assert council.deliver().sent == 1
    ((headers, body),) = web.taken
    assert len(headers["webhook-signature"].split()) == 2
    for secret in (new, SECRET):
        assert Webhook(secret).verify(body, headers)["type"] == "emergency_watch.alert"
    stranger = "whsec_" + base64.b64encode(b"a secret that nobody was ever told").decode()
    with pytest.raises(Exception, match="signature"):
        Webhook(stranger).verify(body, headers)


def test_a_receiver_that_sends_elsewhere_is_not_followed(council: Any, web: Any) -> None:
    web.behave = lambda number: 302
    one_alert(council, ("director", "webhook", web.url))
    assert council.deliver().failed == 1
    (told,) = council.listed()["over_14_nights"]["told"]
    assert told["last_error"] == "http_302"
    assert len(web.paths) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.8]/",
        "https://0.0.0.0/",
        "https://localhost/",
        "http://127.0.0.1:1/",
    ],
)
def test_an_address_inside_the_network_is_not_called_without_leave(address: str) -> None:
    from api.delivery import Undelivered
    from api.delivery.http import post

    with pytest.raises(Undelivered) as raised:
        post(address, b"", {}, timeout_seconds=1, ca_file=None)
    assert raised.value.reason == "address_not_public"
    assert raised.value.for_good


def test_a_webhook_over_https_is_sent_only_where_its_certificate_is_vouched_for(
    council: Any, own_certificate: Any
) -> None:
    from .conftest import receivers

    with receivers.web_receiver(own_certificate) as secure:
        council.use(tls_ca_file=str(own_certificate[1]))
        one_alert(council, ("director", "webhook", secure.url))
        council.use(tls_ca_file=None)
        assert council.deliver().failed == 1
        (told,) = council.listed()["over_14_nights"]["told"]
        assert told["last_error"] == "tls_failed"
        assert secure.taken == []
        council.use(tls_ca_file=str(own_certificate[1]))
        council.make_due()
        assert council.deliver().sent == 1
        assert len(secure.taken) == 1
