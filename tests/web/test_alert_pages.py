"""The alerts' pages: the list and its form, the nights and their file, the Director's week, the heartbeat."""

from __future__ import annotations

import csv
import io
from typing import Any

import html5lib
import pytest
from sqlalchemy import select, update

from api.auth.sessions import form_token
from api.database.tables import alerts, watch_runs

PAGES = ("/alerts", "/emergency-watch/nights", "/emergency-watch/week")


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
        for path in ("acknowledgement", "snooze"):
            answer = manager.post(
                f"/api/v1/alerts/{alert_id}/{path}",
                json={"note": "Seen.", "hours": 1, "reason": "Seen."},
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
    assert fresh_site.visitor().get("/api/v1/watch-heartbeat").json() == {"status": "ok"}
    from datetime import UTC, datetime

    with fresh_site.database.writing() as connection:
        connection.execute(update(watch_runs).values(scanned_at=datetime(2026, 1, 1, tzinfo=UTC)))
    late = fresh_site.visitor().get("/api/v1/watch-heartbeat")
    assert late.status_code == 503
    assert late.json() == {"status": "late"}
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


def test_the_directors_week_sets_this_week_beside_the_last(sample_markup) -> None:
    text = sample_markup["week"]
    assert "9 June 2026 to 15 June 2026" in text
    assert "DEMO-C-014: Over 14 nights" in text
