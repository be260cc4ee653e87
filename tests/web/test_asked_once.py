"""Idempotency keys: a request sent again is done once, also together, after a restart, and on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select, update

from api import clock
from api.auth.access import route_table
from api.auth.sessions import form_token
from api.database.placing_tables import enquiries
from api.database.tables import answers_given
from tests.conftest import Site

ASK = "/api/v1/referrals/DEMO-R-879/enquiries"
BODY = {"home_id": "DEMO-H-879", "spoke_to": "MARKER-NAME"}


def sent(client: Any, key: str | None, body: Any = BODY, path: str = ASK, **headers: str) -> Any:
    given = {"x-csrf-token": form_token(client.cookies["righthome_session"]), **headers}
    if key is not None:
        given["idempotency-key"] = key
    return client.post(path, json=body, headers=given)


def asked(site: Any) -> int:
    with site.database.reading() as connection:
        found: int = connection.execute(select(func.count()).select_from(enquiries)).scalar_one()
    return found


def home_answered(site: Any) -> None:
    """Let the home have answered, so that it may be asked again."""
    with site.database.writing() as connection:
        for row in connection.execute(select(enquiries.c.enquiry_id, enquiries.c.record)).all():
            connection.execute(
                update(enquiries)
                .where(enquiries.c.enquiry_id == row.enquiry_id)
                .values(record={**row.record, "answer": "no_answer"})
            )


def test_the_same_request_under_the_same_key_is_done_once_and_answered_alike(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    first, again = sent(client, "key-1"), sent(client, "key-1")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert asked(fresh_site) == 1
    home_answered(fresh_site)
    assert sent(client, "key-2").json()["id"] != first.json()["id"]
    home_answered(fresh_site)
    assert sent(client, None).json()["id"] != first.json()["id"]
    assert asked(fresh_site) == 3


def test_the_key_outlives_the_server(fresh_site: Any) -> None:
    first = sent(fresh_site.signed_in(), "key-1")
    settings = fresh_site.app.state.settings
    second_server = Site(settings.database_url)
    try:
        again = sent(second_server.signed_in(), "key-1")
    finally:
        second_server.close()
    assert again.content == first.content
    assert asked(fresh_site) == 1


def test_two_at_once_do_it_once(fresh_site: Any) -> None:
    clients = [fresh_site.signed_in() for _ in range(6)]
    for turn in range(3):
        start = Barrier(len(clients))

        def race(client: Any, key: str = f"key-{turn}", start: Barrier = start) -> Any:
            start.wait()
            return sent(client, key)

        with ThreadPoolExecutor(len(clients)) as pool:
            answers = list(pool.map(race, clients))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
        assert asked(fresh_site) == turn + 1
        home_answered(fresh_site)


@pytest.mark.parametrize("other", ["body", "address", "version"])
def test_another_request_under_the_key_is_refused_and_does_nothing(fresh_site: Any, other: str) -> None:
    client = fresh_site.signed_in()
    path = "/api/v1/home-records/concerns"
    concern = {"home_id": "DEMO-H-879", "level": "note", "raised_on": "2026-06-01", "raised_by": "x"}
    given = {"body": BODY, "address": BODY, "version": {"answer": "declined", "reason": "full"}}[other]
    address = ASK
    if other == "version":
        address = f"/api/v1/enquiries/{sent(client, None).json()['id']}/answer"
    first = sent(client, "key-1", given, address, **{"if-match": '"1"'})
    before = asked(fresh_site)
    told = {
        "body": lambda: sent(client, "key-1", {**BODY, "spoke_to": "MARKER-OTHER"}, **{"if-match": '"1"'}),
        "address": lambda: sent(client, "key-1", concern, path, **{"if-match": '"1"'}),
        "version": lambda: sent(client, "key-1", given, address, **{"if-match": '"2"'}),
    }[other]()
    if other == "version" and first.status_code >= 400:
        pytest.fail(first.text)
    assert told.status_code == 422
    assert told.json()["code"] == "idempotency_key_reused"
    assert "MARKER" not in told.text
    assert asked(fresh_site) == before


def test_a_refused_request_is_judged_anew_under_its_key(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    hold = "/api/v1/referrals/DEMO-R-879/holds"
    assert sent(client, "key-1", {"home_id": "DEMO-H-879"}, hold).status_code == 409
    enquiry = sent(client, None).json()["id"]
    sent(client, None, {"answer": "offered"}, f"/api/v1/enquiries/{enquiry}/answer", **{"if-match": '"1"'})
    first = sent(client, "key-1", {"home_id": "DEMO-H-879"}, hold)
    again = sent(client, "key-1", {"home_id": "DEMO-H-879"}, hold)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["hold_id"] == first.json()["hold_id"]


def test_a_key_is_its_users_own_and_ends_after_a_day(fresh_site: Any) -> None:
    first = sent(fresh_site.signed_in(), "key-1")
    home_answered(fresh_site)
    colleague = sent(fresh_site.signed_in("brokerage_officer"), "key-1")
    elsewhere = sent(
        fresh_site.signed_in(authority="878"),
        "key-1",
        {"home_id": "DEMO-H-878"},
        "/api/v1/referrals/DEMO-R-878/enquiries",
    )
    assert len({answer.json()["id"] for answer in (first, colleague, elsewhere)}) == 3
    with fresh_site.database.writing() as connection:
        connection.execute(update(answers_given).values(given_at=clock.now() - timedelta(hours=25)))
    home_answered(fresh_site)
    later = sent(fresh_site.signed_in(), "key-1", {**BODY, "spoke_to": "Somebody else"})
    assert later.status_code == 201
    with fresh_site.database.reading() as connection:
        kept = connection.execute(
            select(answers_given.c.body).where(answers_given.c.authority == "879")
        ).scalars()
        assert [body for body in kept if "MARKER" in body] == []


def test_who_may_do_it_no_longer_gets_no_answer_again(fresh_site: Any) -> None:
    from api.database.tables import users

    client = fresh_site.signed_in("brokerage_officer")
    assert sent(client, "key-1").status_code == 201
    with fresh_site.database.writing() as connection:
        connection.execute(
            update(users).where(users.c.username == "brokerage_officer.879").values(role="auditor")
        )
    assert sent(client, "key-1").status_code == 403


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "two words"])
def test_a_key_that_cannot_be_used_is_refused(site: Any, key: str) -> None:
    told = sent(site.signed_in(), key)
    assert told.status_code == 422
    assert told.json()["code"] == "unusable_idempotency_key"


def test_every_address_that_changes_something_tells_of_the_header(site: Any) -> None:
    paths = site.visitor().get("/api/v1/openapi.json").json()["paths"]
    changing = {(m, p) for m, p in route_table() if p.startswith("/api/v1/") and m != "GET"}
    assert changing
    for method, path in changing:
        named = [one["name"] for one in paths[path][method.lower()]["parameters"]]
        assert "Idempotency-Key" in named, (method, path)
