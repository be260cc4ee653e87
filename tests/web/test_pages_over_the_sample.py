"""The pages as the application serves them, on the sample: forms, headers, errors and who may read."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import html5lib
import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.auth.sessions import cookie_name, open_session
from api.database.tables import users
from api.services.sample import load_sample
from api.settings import Settings
from api.web import plan_routes, tonight_routes
from api.web.routes import router

PLAIN = "{http://www.w3.org/1999/xhtml}"
PAGES = ("/waiting-list", "/tonight", "/plan", "/plan/all", "/sufficiency", "/emergency-watch")
OPEN_PAGES = ("/sign-in", "/help", "/accessibility-statement")
ADDRESSES = {
    "/",
    "/sign-in",
    "/sign-out",
    "/children/{referral_id}/options",
    "/children/{referral_id}/options/excluded/{rule}",
    "/plan/compare",
    "/plan/runs",
    "/plan/runs/{plan_id}",
    "/plan/runs/{plan_id}/children/{child_id}",
    "/plan/runs/{plan_id}/certificate.json",
    "/plan/runs/{plan_id}/name",
    *(set(PAGES) - {"/sufficiency"}),
    *OPEN_PAGES,
}


def parsed(markup: str) -> Any:
    return html5lib.HTMLParser(strict=True).parse(markup)


def token(markup: str) -> str:
    return next(
        field.get("value")
        for field in parsed(markup).iter(f"{PLAIN}input")
        if field.get("name") == "csrf_token"
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    url = f"sqlite:///{tmp_path_factory.mktemp('pages') / 'righthome.sqlite3'}"
    loaded = load_sample(url)
    app = create_app(Settings(database_url=url, as_of=loaded.as_of, demo=True, workers=0))
    with TestClient(app) as server:
        yield SimpleNamespace(loaded=loaded, app=app, loop=server.portal)


@pytest.fixture
def visitor(sample: SimpleNamespace) -> TestClient:
    """A browser that nobody has signed in with, on the one server of these tests."""
    client = TestClient(sample.app, raise_server_exceptions=False)
    client.portal = sample.loop
    return client


def sign_in(client: TestClient, sample: SimpleNamespace, **changes: str) -> Any:
    form = {
        "csrf_token": token(client.get("/sign-in").text),
        "username": sample.loaded.users[0].username,
        "password": sample.loaded.password,
        "next": "",
    } | changes
    return client.post("/sign-in", data=form, follow_redirects=False)


@pytest.fixture
def officer(visitor: TestClient, sample: SimpleNamespace) -> TestClient:
    """A browser with somebody's session, begun without the slow work of a password."""
    database = visitor.app.state.database
    with database.writing() as connection:
        who = select(users.c.user_id).where(users.c.username == sample.loaded.users[0].username)
        begun = open_session(connection, connection.execute(who).scalar_one(), session_hours=12)
    visitor.cookies.set(cookie_name(sample.app.state.settings), begun)
    return visitor


def test_the_list_of_addresses_is_complete() -> None:
    assert {
        route.path for part in (router, plan_routes.router, tonight_routes.router) for route in part.routes
    } == ADDRESSES


@pytest.mark.parametrize("address", [*PAGES, "/children/DEMO-R-001/options", "/"])
def test_a_page_about_children_sends_a_stranger_to_sign_in(visitor: TestClient, address: str) -> None:
    answer = visitor.get(address, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_pages_about_nobody_are_open(visitor: TestClient, address: str) -> None:
    assert visitor.get(address).status_code == 200


@pytest.mark.parametrize("address", [*PAGES, *OPEN_PAGES])
def test_a_page_is_served_whole_under_the_strict_policy(officer: TestClient, address: str) -> None:
    answer = officer.get(address)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) < 200_000
    parsed(answer.text)


def test_every_waiting_child_has_a_page_of_options_without_a_birth_date_or_postcode(
    officer: TestClient,
) -> None:
    links = [
        link.get("href")
        for link in parsed(officer.get("/waiting-list").text).iter(f"{PLAIN}a")
        if (link.get("href") or "").startswith("/children/")
    ]
    assert len(links) >= 30
    for link in links[:6]:
        answer = officer.get(link)
        assert answer.status_code == 200
        assert len(answer.content) < 200_000
        parsed(answer.text)


def test_every_file_a_page_names_is_served(officer: TestClient) -> None:
    tree = parsed(officer.get("/waiting-list").text)
    named = {
        element.get(attribute)
        for element in tree.iter()
        for attribute in ("src", "href")
        if (element.get(attribute) or "").startswith("/static/")
    }
    assert len(named) == 6
    for address in named:
        assert officer.get(address).status_code == 200


def test_signing_in_goes_on_to_the_page_that_was_asked_for(
    visitor: TestClient, sample: SimpleNamespace
) -> None:
    assert sign_in(visitor, sample, next="/plan").headers["location"] == "/plan"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/a\nb", ""],
)
def test_signing_in_never_leads_to_another_site(
    visitor: TestClient, sample: SimpleNamespace, elsewhere: str
) -> None:
    assert sign_in(visitor, sample, next=elsewhere).headers["location"] == "/"


def test_a_wrong_password_is_refused_without_saying_which_is_wrong_or_sending_it_back(
    visitor: TestClient, sample: SimpleNamespace
) -> None:
    answer = sign_in(visitor, sample, password="wrong-password-here")
    assert answer.status_code == 422
    assert "The username or the password is not right" in answer.text
    assert "wrong-password-here" not in answer.text


def test_an_empty_form_names_both_fields(visitor: TestClient, sample: SimpleNamespace) -> None:
    answer = sign_in(visitor, sample, username=" ", password="")
    assert answer.status_code == 422
    assert 'href="#username"' in answer.text
    assert 'href="#password"' in answer.text


def test_a_form_without_its_token_is_refused_with_a_page(
    visitor: TestClient, sample: SimpleNamespace
) -> None:
    answer = sign_in(visitor, sample, csrf_token="")
    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


def test_signing_out_ends_the_session(officer: TestClient) -> None:
    form = {"csrf_token": token(officer.get("/help").text)}
    assert officer.post("/sign-out", data=form, follow_redirects=False).status_code == 303
    assert officer.get("/waiting-list", follow_redirects=False).status_code == 303


def test_an_unknown_child_and_an_unknown_address_look_the_same_to_a_reader(officer: TestClient) -> None:
    for address in ("/children/NOBODY/options", "/nowhere"):
        answer = officer.get(address)
        assert answer.status_code == 404
        assert "<h1" in answer.text
        assert "Page not found" in answer.text


def test_a_fault_shows_a_reference_and_nothing_of_what_went_wrong(
    officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a child's data")

    monkeypatch.setattr("api.web.routes.present_watch", broken)
    answer = officer.get("/emergency-watch")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "a child" not in answer.text.replace("a child’s", "").replace("real child", "")


def test_the_forecast_starts_on_the_day_after_the_last_return(officer: TestClient) -> None:
    assert "April 2022 to April 2024" in officer.get("/sufficiency").text


def test_an_option_names_an_important_place_and_no_postcode(officer: TestClient) -> None:
    markup = officer.get("/children/DEMO-R01/options").text
    assert "from the child&#39;s older brother (weekly)" in markup
