"""The alerts' pages: the list and its form, the nights and their file, the Director's week, the heartbeat."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import html5lib
import pytest
from sqlalchemy import select, update

from api.auth.sessions import form_token
from api.database.tables import alerts, watch_runs
from api.services.alert_history import Event, HistoryOfAChild
from api.web.presenters.alert_history import present_alert_history
from reference_data.sample import SAMPLE_DATE, sample_path

PAGES = ("/alerts", "/emergency-watch/nights", "/emergency-watch/week")
ABOUT_TELLING = ("/alerts/recipients", "/alerts/messages", "/alerts/closed")


def token_of(client: Any) -> str:
    return form_token(client.cookies["righthome_session"])


def alert_of(site: Any, authority: str = "879") -> str:
    with site.database.reading() as connection:
        return str(
            connection.execute(
                select(alerts.c.alert_id).where(
                    alerts.c.authority == authority, alerts.c.rule == "looked_after_unlawful_setting"
                )
            ).scalar_one()
        )


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_valid_html_and_shows_the_readers_own_children_only(site: Any, path: str) -> None:
    text = site.signed_in().get(path).text
    html5lib.HTMLParser(strict=True).parse(text)
    assert "DEMO-C-879" in text
    assert "DEMO-C-878" not in text
    assert "2012" not in text  # the year of birth


def test_an_alert_is_acknowledged_with_a_note_which_everybody_then_reads(fresh_site: Any) -> None:
    manager, alert_id = fresh_site.signed_in(), alert_of(fresh_site)
    sent = manager.post(
        f"/alerts/{alert_id}/acknowledgement",
        data={"note": "A foster carer is visited <today>.", "csrf_token": token_of(manager)},
    )
    assert sent.status_code == 303
    text = fresh_site.signed_in("auditor").get("/alerts").text
    assert "A foster carer is visited &lt;today&gt;." in text
    assert "Acknowledged by manager.879" in text


def test_an_acknowledgement_without_a_note_says_so_beside_the_field(fresh_site: Any) -> None:
    manager, alert_id = fresh_site.signed_in(), alert_of(fresh_site)
    sent = manager.post(
        f"/alerts/{alert_id}/acknowledgement", data={"note": " ", "csrf_token": token_of(manager)}
    )
    assert sent.status_code == 422
    html5lib.HTMLParser(strict=True).parse(sent.text)
    assert sent.text.count("Write what is being done") == 2
    assert f'href="#note-{alert_id}"' in sent.text


def test_another_councils_alert_is_not_found(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    for alert_id in (alert_of(fresh_site, "878"), "none"):
        for path, body in (
            ("acknowledgement", {"note": "Seen."}),
            ("snooze", {"hours": 1, "reason": "Seen."}),
        ):
            answer = manager.post(
                f"/api/v1/alerts/{alert_id}/{path}",
                json=body,
                headers={"x-csrf-token": token_of(manager)},
            )
            assert answer.status_code == 404


def test_somebody_who_may_only_read_is_shown_no_form(site: Any) -> None:
    assert "<form" not in site.signed_in("auditor").get("/alerts").text.split("<main")[1]


def test_the_file_of_the_nights_has_a_row_for_every_night(site: Any) -> None:
    answer = site.signed_in().get("/emergency-watch/nights.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["night"] for row in rows] == [f"2026-06-{day}" for day in range(10, 16)]
    assert {(row["child_id"], row["settings"], row["unsuitable"]) for row in rows} == {
        ("DEMO-C-879", "hotel", "yes")
    }


def test_the_api_tells_the_nights_and_the_months(site: Any) -> None:
    client = site.signed_in()
    nights = client.get(
        "/api/v1/emergency-watch/nights", params={"from": "2026-06-14", "to": "2026-06-15"}
    ).json()
    assert [night["night"] for night in nights] == ["2026-06-14", "2026-06-15"]
    months = client.get("/api/v1/emergency-watch/months", params={"from": "2026-06-01", "months": 1}).json()
    assert [(month["month"], month["children"], month["nights"]) for month in months] == [
        ("2026-06-01", 1, 5)
    ]


def test_the_heartbeat_tells_a_monitor_that_the_watch_is_late_and_nothing_else(fresh_site: Any) -> None:
    heartbeat = fresh_site.visitor().get("/api/v1/watch-heartbeat").json()
    assert heartbeat == {"status": "ok", "recipients": "missing"}
    from datetime import UTC, datetime

    with fresh_site.database.writing() as connection:
        connection.execute(update(watch_runs).values(scanned_at=datetime(2026, 1, 1, tzinfo=UTC)))
    late = fresh_site.visitor().get("/api/v1/watch-heartbeat")
    assert late.status_code == 503
    assert late.json() == {"status": "late", "recipients": "missing"}
    assert "The watch has not run" in fresh_site.signed_in().get("/alerts").text


def test_the_list_puts_what_nobody_answered_first_and_says_who_was_not_reached(sample_markup) -> None:
    text = sample_markup["alerts"]
    assert text.index("spell-1.over_14_nights") < text.index("spell-2.turned_18")
    for said in (
        "Escalated 1 time: not acknowledged in time.",
        "No address is recorded for: Director.",
        "Could not be delivered to: Director.",
        "Told: brokerage. 1 message waiting.",
        "Put off until 15 June 2026 at 15:00.",  # London's clock in summer
        "Acknowledged by manager, 15 June 2026 at 13:30",
    ):
        assert said in text


def test_the_watch_and_the_week_count_the_same_children_tonight(sample_markup) -> None:
    from api.alert_policy import default_alert_policy
    from api.web.presenters.alerts import present_week
    from api.web.presenters.emergency_watch import present_watch
    from reference_data.vocabulary import EmergencySetting, PlacementType
    from sufficiency.emergency import watch
    from sufficiency.emergency_stay import Stay
    from sufficiency.stay_files import read_stays

    def stay(number: int, child: int, start: int, end: int | None, setting: Any, **more: Any) -> Stay:
        return Stay(
            stay_id=f"DEMO-S-{number}",
            child_id=f"DEMO-C-{child}",
            started_on=date(2026, 6, start),
            ended_on=date(2026, 6, end) if end else None,
            date_of_birth=date(2014, 3, 3),
            setting=setting,
            in_care=True,
            **more,
        )

    # Three came out of a hotel: to a foster home, to a home that nobody registered, to nothing that is recorded.
    placed = [
        stay(900, 900, 1, 13, EmergencySetting.HOTEL),
        stay(901, 900, 13, None, PlacementType.IN_HOUSE_FOSTER_CARER, provider_registered=True),
        stay(902, 902, 1, 13, EmergencySetting.HOTEL),
        stay(903, 902, 13, None, PlacementType.CHILDRENS_HOME, provider_registered=False),
        stay(904, 904, 13, None, None),
        # Tonight in a hotel and, by a stay that nobody ended, with a carer: still in a hotel.
        stay(905, 905, 1, None, PlacementType.IN_HOUSE_FOSTER_CARER, provider_registered=True),
        stay(906, 905, 14, None, EmergencySetting.HOTEL),
    ]
    sample = read_stays(sample_path("stays"))[0]
    report = watch([*sample, *placed], as_of=SAMPLE_DATE)
    before = present_week(
        watch(sample, as_of=SAMPLE_DATE), report, [], roles=default_alert_policy().roles, late=False
    )
    page = present_watch(report.as_dict())
    week = present_week(report, report, [], roles=default_alert_policy().roles, late=False)
    told = next(row.now for row in week.rows if "emergency accommodation tonight" in row.name)
    assert page.in_brief.startswith(f"{told} children are in emergency accommodation tonight")
    assert int(told) == int(before.rows[0].now) + 3
    assert len({spell.child_id for spell in page.current if spell.counted}) == int(told)
    assert "DEMO-C-900" in {spell.child_id for spell in page.current if not spell.counted}
    assert "Counted is every child in an emergency setting tonight" in sample_markup["week"]


def test_the_directors_week_sets_this_week_beside_the_last(sample_markup) -> None:
    text = sample_markup["week"]
    assert "9 June 2026 to 15 June 2026" in text
    assert "DEMO-C-014: Over 14 nights" in text


def adds(client: Any, **given: str) -> Any:
    sent = {"role": "director", "channel": "email", "address": "director@example.org", "hours": "any"}
    return client.post("/alerts/recipients", data=sent | given | {"csrf_token": token_of(client)})


@pytest.mark.parametrize("path", ABOUT_TELLING)
def test_a_page_of_who_is_told_is_valid_html(site: Any, path: str) -> None:
    html5lib.HTMLParser(strict=True).parse(site.signed_in().get(path).text)


def test_a_role_that_must_be_told_and_has_no_recipient_is_a_warning_until_one_is_added(
    fresh_site: Any,
) -> None:
    manager = fresh_site.signed_in()
    for path in ("/alerts", "/alerts/recipients", "/emergency-watch/week"):
        text = manager.get(path).text
        assert "Somebody who must be told cannot be" in text
        assert "Director of Children" in text
    for role in ("brokerage", "team_manager", "service_manager", "reviewing_officer", "housing", "director"):
        assert adds(manager, role=role, address=f"{role}@example.org").status_code == 303
    text = manager.get("/alerts/recipients").text
    assert "Somebody who must be told cannot be" not in text
    assert "housing@example.org" in text
    assert fresh_site.visitor().get("/api/v1/watch-heartbeat").json()["recipients"] in {"missing", "complete"}
    from api.database.tables import audit, recipients

    with fresh_site.database.reading() as connection:
        recipient = connection.execute(
            select(recipients.c.recipient_id).where(recipients.c.role == "housing")
        ).scalar_one()
        added = connection.execute(select(audit).where(audit.c.action == "recipient_added")).all()
    assert len(added) == 6
    assert all("@" not in str(entry.detail) for entry in added)
    gone = manager.post(f"/alerts/recipients/{recipient}/removal", data={"csrf_token": token_of(manager)})
    assert gone.status_code == 303
    text = manager.get("/alerts/recipients").text
    assert "housing@example.org" not in text
    assert "Nobody is recorded for: housing options" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"address": "nobody"}, "Give an email address."),
        ({"address": ""}, "Give one address without spaces."),
        ({"channel": "webhook", "address": "http://example.org"}, "begins with https://"),
        ({"role": "mayor"}, "Give one of the roles"),
        ({"hours": "never"}, "Give one of"),
    ],
)
def test_a_recipient_that_cannot_be_is_refused_beside_the_field(
    fresh_site: Any, given: dict[str, str], said: str
) -> None:
    answer = adds(fresh_site.signed_in(), **given)
    assert answer.status_code == 422
    html5lib.HTMLParser(strict=True).parse(answer.text)
    assert said in answer.text
    assert 'href="#address"' in answer.text


def test_the_same_recipient_twice_is_refused(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    assert adds(manager).status_code == 303
    assert "told there already" in adds(manager).text


def test_only_a_manager_and_the_director_say_who_is_told(fresh_site: Any) -> None:
    from api.auth.roles import Permission, Role, may

    assert {role for role in Role if may(role, Permission.SET_RECIPIENTS)} == {Role.MANAGER, Role.DIRECTOR}
    auditor = fresh_site.signed_in("auditor")
    assert adds(auditor).status_code == 403
    assert "Add somebody" not in auditor.get("/alerts/recipients").text


def test_an_alert_is_put_off_with_a_reason_and_what_cannot_be_is_said(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    with fresh_site.database.reading() as connection:
        alert_id = connection.execute(
            select(alerts.c.alert_id).where(alerts.c.authority == "879", alerts.c.due_on.is_(None)).limit(1)
        ).scalar_one_or_none() or alert_of(fresh_site)
    for given, said in (
        ({"hours": "x", "reason": "A bed is free tomorrow."}, "Snooze for 1 to 24 hours"),
        ({"hours": "2", "reason": " "}, "Write what is being done"),
    ):
        answer = manager.post(f"/alerts/{alert_id}/snooze", data=given | {"csrf_token": token_of(manager)})
        assert answer.status_code == 422
        html5lib.HTMLParser(strict=True).parse(answer.text)
        assert said in answer.text
        assert f'href="#reason-{alert_id}"' in answer.text
    sent = manager.post(
        f"/alerts/{alert_id}/snooze",
        data={"hours": "2", "reason": "A bed is free tomorrow.", "csrf_token": token_of(manager)},
    )
    if sent.status_code == 303:
        assert "A bed is free tomorrow." in manager.get("/alerts").text
    else:
        assert "cannot be put off" in sent.text


def test_the_page_of_messages_says_who_was_told_what_and_when(fresh_site: Any) -> None:
    from datetime import UTC, datetime

    from api.database.tables import outbox

    manager = fresh_site.signed_in()
    alert_id = alert_of(fresh_site)
    with fresh_site.database.writing() as connection:
        for number, (status, error) in enumerate(
            [("sent", None), ("waiting", None), ("dead", "http_500"), ("withdrawn", "alert_closed")]
        ):
            connection.execute(
                outbox.insert().values(
                    message_id=f"m{number}",
                    envelope_id=f"m{number}",
                    authority="879",
                    alert_id=alert_id,
                    step="1-raised",
                    role="director",
                    channel="in_app",
                    address="manager.879",
                    subject="Raised: not lawful <b>",
                    body="Body of the message.",
                    facts={},
                    created_at=datetime(2026, 6, 15, 10, tzinfo=UTC),
                    status=status,
                    attempts=1,
                    next_at=datetime(2026, 6, 15, 10, tzinfo=UTC),
                    sent_at=datetime(2026, 6, 15, 10, 1, tzinfo=UTC) if status == "sent" else None,
                    last_error=error,
                )
            )
    text = manager.get("/alerts/messages").text
    html5lib.HTMLParser(strict=True).parse(text)
    for said in (
        "4 messages, 1 of them still to go out.",
        "15 June 2026 at 11:01",
        "Given up",
        "Withdrawn",
        "A record answered the alert before the message left",
        "Raised: not lawful &lt;b&gt;",
        "To you",
        "Director of Children",
    ):
        assert said in text, said


def test_closed_alerts_are_listed_with_why_and_the_history_stands_apart(fresh_site: Any) -> None:
    from datetime import UTC, datetime

    alert_id = alert_of(fresh_site)
    with fresh_site.database.writing() as connection:
        connection.execute(
            update(alerts)
            .where(alerts.c.alert_id == alert_id)
            .values(closed_at=datetime(2026, 6, 15, 10, tzinfo=UTC), closed_because="moved")
        )
        connection.execute(
            update(alerts)
            .where(alerts.c.authority == "879", alerts.c.rule == "unregistered")
            .values(closed_at=datetime(2026, 6, 15, 9, tzinfo=UTC), closed_because="ended_before")
        )
    text = fresh_site.signed_in("auditor").get("/alerts/closed").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert "Closed 15 June 2026 at 11:00: The spell ended." in text
    assert text.index("The spell ended") < text.index(">History<")
    with fresh_site.database.writing() as connection:
        connection.execute(update(alerts).where(alerts.c.alert_id == alert_id).values(closed_at=None))
    text = fresh_site.signed_in("auditor").get("/alerts/closed").text
    assert ">History<" in text
    assert "No alert has been closed." not in text


def test_the_months_are_a_page_and_a_file_of_the_same_figures(site: Any) -> None:
    client = site.signed_in()
    text = client.get("/emergency-watch/months").text
    html5lib.HTMLParser(strict=True).parse(text)
    assert text.index("June 2026") < text.index("May 2026")
    rows = list(csv.DictReader(io.StringIO(client.get("/emergency-watch/months.csv").text)))
    assert len(rows) == 13
    assert (rows[-1]["month"], rows[-1]["children"], rows[-1]["nights"]) == ("2026-06-01", "1", "5")
    assert all(row["nights"] == "0" for row in rows[:-1])
    assert "Suppress them" in text


def seen_on_the_page(text: str, child_id: str) -> list[str]:
    """Return the hidden fields of a child's one form: each alert with the step at which it was shown."""
    form = next(
        form
        for form in html5lib.parse(text, namespaceHTMLElements=False).iter("form")
        if form.get("action") == f"/alerts/children/{child_id}/acknowledgement"
    )
    return [field.get("value") for field in form.iter("input") if field.get("name") == "seen"]


def test_one_note_acknowledges_every_alert_of_a_child_and_each_is_audited_by_itself(fresh_site: Any) -> None:
    from api.database.tables import audit

    manager = fresh_site.signed_in()
    seen = seen_on_the_page(manager.get("/alerts").text, "DEMO-C-879")
    assert len(seen) > 2
    sent = manager.post(
        "/alerts/children/DEMO-C-879/acknowledgement",
        data={"note": "A carer is visited <today>.", "seen": seen, "csrf_token": token_of(manager)},
    )
    assert sent.status_code == 303
    with fresh_site.database.reading() as connection:
        noted = connection.execute(
            select(audit.c.subject_id, audit.c.actor).where(audit.c.action == "alert_acknowledged")
        ).all()
    assert sorted(row.subject_id for row in noted) == sorted(one.split(" ")[0] for one in seen)
    assert {row.actor for row in noted} == {"manager.879"}
    text = manager.get("/alerts").text
    assert text.count("A carer is visited &lt;today&gt;.") == len(seen)
    assert "None of" in text
    again = manager.post(
        "/alerts/children/DEMO-C-879/acknowledgement",
        data={"note": "Again.", "seen": seen, "csrf_token": token_of(manager)},
    )
    assert again.status_code == 422
    html5lib.HTMLParser(strict=True).parse(again.text)
    assert "None of these alerts can be acknowledged" in again.text


def test_an_alert_that_the_form_did_not_show_is_left_open(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    seen = seen_on_the_page(manager.get("/alerts").text, "DEMO-C-879")
    told_anew = f"{seen[1].split(' ')[0]} 9-raised"
    answer = manager.post(
        "/api/v1/alerts/children/DEMO-C-879/acknowledgement",
        json={"note": "Seen.", "seen": dict(one.split(" ") for one in (seen[0], told_anew))},
        headers={"x-csrf-token": token_of(manager)},
    )
    assert answer.status_code == 200
    assert [one["alert_id"] for one in answer.json()["acknowledged"]] == [seen[0].split(" ")[0]]
    assert sorted(answer.json()["left"]) == sorted(one.split(" ")[0] for one in seen[1:])


def test_one_form_without_a_note_says_so_beside_its_field(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    sent = manager.post(
        "/alerts/children/DEMO-C-879/acknowledgement", data={"note": " ", "csrf_token": token_of(manager)}
    )
    assert sent.status_code == 422
    tree = html5lib.HTMLParser(strict=True).parse(sent.text)
    ids = {element.get("id") for element in tree.iter()}
    (where,) = {link.get("href")[1:] for link in tree.iter() if (link.get("href") or "").startswith("#all-")}
    assert where in ids


def test_put_off_is_offered_exactly_where_it_is_allowed(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    found = manager.get("/api/v1/alerts").json()
    assert {one["may_be_put_off"] for one in found} == {True, False}
    text = manager.get("/alerts").text
    for one in found:
        offered = f'action="/alerts/{one["alert_id"]}/snooze"' in text
        assert offered == one["may_be_put_off"], one["rule"]
        answer = manager.post(
            f"/api/v1/alerts/{one['alert_id']}/snooze",
            json={"hours": 1, "reason": "A visit."},
            headers={"x-csrf-token": token_of(manager)},
        )
        assert (answer.status_code == 200) == offered, one["rule"]


def test_what_was_sent_is_counted_as_messages_not_as_people() -> None:
    def told(who: str) -> Event:
        return Event(at=datetime(2026, 6, 15, 9, tzinfo=UTC), kind="sent", who=who, rule="", step="", what="")

    twice = HistoryOfAChild(child_id="DEMO-C", events=(told("director"), told("director")))
    assert "2 messages were sent." in present_alert_history(twice, {}).in_brief


def test_who_knew_what_and_when_is_a_page_and_a_file_for_an_inspector(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    seen = seen_on_the_page(manager.get("/alerts").text, "DEMO-C-879")
    manager.post(
        "/alerts/children/DEMO-C-879/acknowledgement",
        data={"note": "=A visit", "seen": seen, "csrf_token": token_of(manager)},
    )
    auditor = fresh_site.signed_in("auditor")
    text = auditor.get("/alerts/children/DEMO-C-879").text
    html5lib.HTMLParser(strict=True).parse(text)
    for said in ("Stay recorded", "Alert raised", "Acknowledged", "manager.879", "=A visit"):
        assert said in text
    assert text.index("Stay recorded") < text.index("Alert raised") < text.index("=A visit")
    assert "2012" not in text  # the year of birth
    rows = list(csv.DictReader(io.StringIO(auditor.get("/alerts/children/DEMO-C-879/record.csv").text)))
    assert [row["event"] for row in rows].count("acknowledged") == len(seen)
    assert {row["what"] for row in rows if row["event"] == "acknowledged"} == {"'=A visit"}
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert auditor.get("/alerts/children/DEMO-C-878").status_code == 404
    from api.database.tables import audit

    with fresh_site.database.reading() as connection:
        looked = connection.execute(
            select(audit.c.actor, audit.c.subject_id).where(audit.c.subject_kind == "alert_history")
        ).all()
    assert set(looked) == {("auditor.879", "DEMO-C-879")}
