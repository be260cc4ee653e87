"""What every request passes through: headers, the form's token, limits, errors and the log."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest

from api.auth.access import ANYONE, RouteAccess, route_table
from api.auth.sessions import cookie_name, form_token

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def with_token(client: Any, **fields: str) -> dict[str, str]:
    return {**fields, "csrf_token": form_token(client.cookies["righthome_session"])}


def responses_of_every_kind(site: Any) -> dict[str, Any]:
    visitor, manager = site.visitor(raise_server_exceptions=False), site.signed_in()
    return {
        "page": visitor.get("/sign-in"),
        "redirect": visitor.get("/"),
        "no such page": visitor.get("/nothing"),
        "no such record": manager.get("/api/v1/homes/none"),
        "not signed in": visitor.get("/api/v1/homes"),
        "wrong method": manager.put(
            "/api/v1/homes", headers={"x-csrf-token": with_token(manager)["csrf_token"]}
        ),
        "refused form": manager.post("/sign-out"),
        "static file": visitor.get("/static/righthome.css"),
        "no such file": visitor.get("/static/none.css"),
        "answer": manager.get("/api/v1/homes"),
        "too large": visitor.post("/sign-in", headers={"content-length": "999999999"}, content=b""),
    }


def test_every_answer_of_every_kind_carries_the_headers(site: Any) -> None:
    for kind, response in responses_of_every_kind(site).items():
        for name, value in HEADERS.items():
            assert response.headers.get(name) == value, kind
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy, kind
        assert "unsafe" not in policy, kind
        assert len(response.headers["x-request-id"]) == 12, kind


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/waiting-list?urgency=x", "Urgency: Choose one of those that the page offers."),
        ("/waiting-list?order=x&only=", "Order: Choose one of those that the page offers."),
        ("/waiting-list?part=x", "Part: Give a whole number."),
        ("/audit?before=0", "Before: Give a number of at least 1."),
    ],
)
def test_an_address_that_cannot_be_used_is_told_in_plain_words_once_a_field(
    site: Any, address: str, told: str
) -> None:
    answer = site.signed_in().get(address)
    assert answer.status_code == 422
    assert re.findall(r"<li>(.*?)</li>", answer.text.split("<main")[1]) == [told]
    for programmers in ("API", "enum", "literal", "request;"):
        assert programmers not in answer.text


def test_what_is_left_empty_in_an_address_is_not_chosen(site: Any) -> None:
    manager = site.signed_in()
    for address in ("/waiting-list?order=&part=&urgency=&only=", "/audit?before=&from=&actor="):
        assert manager.get(address).status_code == 200, address
    # What a program asks with is taken as it is.
    assert manager.get("/api/v1/homes?as_of=").status_code == 422


def test_nothing_but_static_files_may_be_kept_by_a_browser_or_a_proxy(site: Any) -> None:
    for kind, response in responses_of_every_kind(site).items():
        kept = response.headers.get("cache-control") != "no-store"
        assert kept == (kind in {"static file", "no such file"}), kind


def test_the_statuses_are_those_of_the_error_table(site: Any) -> None:
    statuses = {kind: response.status_code for kind, response in responses_of_every_kind(site).items()}
    assert statuses == {
        "page": 200,
        "redirect": 303,
        "no such page": 404,
        "no such record": 404,
        "not signed in": 401,
        "wrong method": 405,
        "refused form": 403,
        "static file": 200,
        "no such file": 404,
        "answer": 200,
        "too large": 413,
    }


def test_an_error_of_the_api_is_a_problem_document(site: Any) -> None:
    response = site.signed_in().get("/api/v1/homes/none")
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["type"] == "urn:righthome:problem:no_such_home"
    assert body["status"] == 404
    assert body["instance"].endswith(response.headers["x-request-id"])
    assert body["problems"] == []


def test_an_unusable_query_is_told_by_its_field_and_without_its_value(site: Any) -> None:
    response = site.signed_in().get("/api/v1/emergency-watch?as_of=the-secret-day")
    assert response.status_code == 422
    assert response.json()["problems"][0]["column"] == "as_of"
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("zz", "ambiguous_date"),
        ("2026-02-30", "impossible_date"),
        ("0", "spreadsheet_date"),
        ("1899-12-31", "impossible_date"),
        ("2201-01-01", "impossible_date"),
    ],
)
def test_a_date_that_cannot_be_used_is_told_in_our_own_words(site: Any, given: str, rule: str) -> None:
    for path in ("/api/v1/emergency-watch", "/api/v1/referrals/DEMO-R-879/options"):
        response = site.signed_in().get(f"{path}?as_of={given}")
        assert response.status_code == 422
        problem = response.json()["problems"][0]
        assert (problem["column"], problem["rule"]) == ("as_of", rule)
        assert "Input" not in response.text
    page = site.signed_in().get(f"/sufficiency?from={given}")
    assert page.status_code == 422
    assert "Input" not in page.text


@pytest.mark.parametrize("path", ["/waiting-list", "/sign-in", "/api/v1/homes", "/static/righthome.css"])
def test_a_head_request_is_answered_as_a_get_without_its_body(site: Any, path: str) -> None:
    client = site.signed_in()
    asked, whole = client.head(path), client.get(path)
    assert asked.status_code == whole.status_code
    assert asked.content == b""
    assert asked.headers.get("content-type") == whole.headers.get("content-type")


def test_a_head_request_to_a_form_that_is_only_sent_is_refused(site: Any) -> None:
    assert site.signed_in().head("/sign-out").status_code == 405


def test_an_error_of_a_page_is_a_page_with_its_reference(site: Any) -> None:
    response = site.visitor().get("/nothing")
    assert response.headers["content-type"].startswith("text/html")
    assert "<h1" in response.text


@pytest.mark.parametrize("path", ["/fault", "/api/v1/fault"])
def test_a_fault_shows_a_reference_and_never_its_own_text(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, path: str, make_site: Any
) -> None:
    def fail() -> None:
        raise KeyError("PL4 8AA")

    site = make_site()
    site.app.add_api_route(path, fail)
    row = RouteAccess(method="GET", path=path, who=ANYONE, records="", noted="", means="Fails")
    monkeypatch.setitem(route_table(), ("GET", path), row)
    with caplog.at_level(logging.INFO):
        response = site.visitor(raise_server_exceptions=False).get(path)
    assert response.status_code == 500
    assert response.headers["x-request-id"] in response.text
    assert "PL4 8AA" not in response.text
    assert "PL4 8AA" not in caplog.text
    faults = [json.loads(record.message) for record in caplog.records if record.levelname == "ERROR"]
    assert [(fault["request"], fault["fault"]) for fault in faults] == [
        (response.headers["x-request-id"], "KeyError")
    ]
    assert any("test_edge.py" in place for place in faults[0]["places"])


def test_a_form_without_its_token_is_refused(site: Any) -> None:
    client = site.signed_in()
    for form in ({}, {"csrf_token": ""}, {"csrf_token": "0" * 64}, {"csrf_token": "é"}):
        assert client.post("/sign-out", data=form).status_code == 403
    assert client.get("/api/v1/homes").status_code == 200


def test_another_sessions_token_is_refused(site: Any) -> None:
    client, other = site.signed_in(), site.signed_in("auditor")
    assert client.post("/sign-out", data=with_token(other)).status_code == 403


def test_a_form_sent_from_another_site_is_refused_even_with_its_token(site: Any) -> None:
    client = site.signed_in()
    response = client.post("/sign-out", data=with_token(client), headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403


def test_a_program_may_send_the_token_as_a_header(site: Any) -> None:
    client = site.signed_in()
    token = with_token(client)["csrf_token"]
    assert client.post("/sign-out", headers={"x-csrf-token": token}).status_code == 303


def test_a_body_that_grows_past_the_limit_without_saying_so_is_refused(site: Any) -> None:
    def pieces() -> Any:
        for _ in range(11):
            yield b"x" * 1_000_000

    response = site.visitor().post("/sign-in", content=pieces())
    assert response.status_code == 413


def test_the_log_holds_patterns_and_ids_of_requests_but_no_values(
    site: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = site.signed_in()
    with caplog.at_level(logging.INFO, logger="righthome.requests"):
        client.get("/children/DEMO-R-879/options?search=PL4+8AA")
        client.get("/api/v1/referrals/DEMO-R-879")
        client.get("/nothing/DEMO-C-879")
    lines = [json.loads(record.message) for record in caplog.records if record.levelname == "INFO"]
    assert [line["route"] for line in lines] == [
        "/children/{referral_id}/options",
        "/api/v1/referrals/{referral_id}",
        None,
    ]
    for value in ("PL4", "2012-03-04", "DEMO-C", "manager.879"):
        assert value not in caplog.text


def test_under_https_cookies_are_secure_and_bound_to_the_host(make_site: Any) -> None:
    secure_site = make_site(https=True)
    response = secure_site.visitor().get("/sign-in")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-righthome_visitor=")
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert response.headers["strict-transport-security"].startswith("max-age=")
    assert cookie_name(secure_site.app.state.settings).startswith("__Host-")
