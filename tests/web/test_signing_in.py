"""Signing in and out: what a session is, when it ends, and how guessing is slowed down."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import func, select, update

from api import clock
from api.auth.passwords import SignInRefused, add_user, sign_in
from api.auth.roles import Role
from api.auth.sessions import form_token
from api.auth.throttle import FAILURE_WINDOW, FAILURES_ALLOWED, FAILURES_OF_A_NAME, FAILURES_OF_AN_ADDRESS
from api.database.tables import audit, sessions, sign_in_failures, users
from api.errors import TooManyAttempts
from reference_data.problems import Conflict, InvalidInput

PASSWORD = "correct horse battery"


def token_on(page: Any) -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page.text)
    assert found is not None
    return found[1]


def send_sign_in(client: Any, username: str, password: str, **fields: str) -> Any:
    token = token_on(client.get("/sign-in"))
    form = {"csrf_token": token, "username": username, "user_name": username, "password": password, **fields}
    return client.post("/sign-in", data=form)


def test_signing_in_through_the_form_opens_the_pages(fresh_site: Any) -> None:
    client = fresh_site.visitor()
    response = send_sign_in(client, " Manager.879 ", PASSWORD)
    assert response.status_code == 303
    assert client.get("/api/v1/homes").status_code == 200
    cookie = next(c for c in response.headers.get_list("set-cookie") if c.startswith("righthome_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_the_sign_in_form_without_its_token_is_refused_even_with_the_right_password(site: Any) -> None:
    client = site.visitor()
    client.get("/sign-in")
    form = {"username": "manager.879", "user_name": "manager.879", "password": PASSWORD}
    assert client.post("/sign-in", data=form).status_code == 403
    assert site.visitor().post("/sign-in", data=form).status_code == 403


@pytest.mark.parametrize(
    ("asked", "sent_to"),
    [
        ("/help?x=1", "/help?x=1"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("/sign-out", "/"),
        ("/sign-out?x=1", "/"),
        ("/help/../sign%2Dout/", "/"),
        ("/sign-in?next=/plan", "/"),
    ],
)
def test_after_signing_in_the_reader_goes_on_within_this_site_only(
    fresh_site: Any, asked: str, sent_to: str
) -> None:
    response = send_sign_in(fresh_site.visitor(), "manager.879", PASSWORD, next=asked)
    assert response.headers["location"] == sent_to


def test_a_refused_sign_in_does_not_say_which_part_was_wrong(fresh_site: Any) -> None:
    messages = set()
    for username in ("manager.879", "nobody at all"):
        with pytest.raises(SignInRefused) as raised:
            sign_in(fresh_site.database, username, "not the password")
        messages.add(raised.value.message)
    assert len(messages) == 1


def test_after_too_many_failures_even_the_right_password_must_wait(fresh_site: Any) -> None:
    database = fresh_site.database
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            sign_in(database, "manager.879", "a wrong password", address="testclient")
    with pytest.raises(TooManyAttempts):
        sign_in(database, "MANAGER.879", PASSWORD, address="testclient")
    held_up = send_sign_in(fresh_site.visitor(), "manager.879", PASSWORD)
    assert held_up.status_code == 429
    assert held_up.headers["retry-after"] == str(int(FAILURE_WINDOW.total_seconds()))
    # Somebody else's name is not held up.
    assert sign_in(database, "auditor.879", PASSWORD)
    with database.writing() as connection:
        earlier = clock.now() - FAILURE_WINDOW - timedelta(seconds=1)
        connection.execute(update(sign_in_failures).values(failed_at=earlier))
    assert sign_in(database, "manager.879", PASSWORD)


def wrong(database: Any, times: int, username: str = "manager.879", **where: Any) -> None:
    """Count failures as wrong passwords would, without the slow work of hashing each."""
    from api.auth.throttle import attempt_of, remember_failure

    with database.writing() as connection:
        for number in range(times):
            at = {name: value.format(number) for name, value in where.items()}
            remember_failure(
                connection, attempt_of(connection, username, at.get("address", ""), at.get("browser"))
            )


def test_strangers_who_guess_from_anywhere_do_not_hold_up_a_browser_that_is_known(fresh_site: Any) -> None:
    database = fresh_site.database
    known = sign_in(database, "manager.879", PASSWORD, address="council").browser
    assert known is not None
    wrong(database, FAILURES_OF_A_NAME, address="stranger {}")
    with pytest.raises(TooManyAttempts):
        sign_in(database, "manager.879", PASSWORD, address="somewhere new")
    with pytest.raises(TooManyAttempts):
        sign_in(database, "manager.879", PASSWORD, address="council", browser="made up")
    again = sign_in(database, "manager.879", PASSWORD, address="council", browser=known)
    assert again.browser is None
    # The known browser is no free pass either, and not one for another name.
    wrong(database, FAILURES_ALLOWED, address="council", browser=known)
    with pytest.raises(TooManyAttempts):
        sign_in(database, "manager.879", PASSWORD, address="council", browser=known)
    wrong(database, FAILURES_OF_A_NAME, "auditor.879", address="stranger {}")
    with pytest.raises(TooManyAttempts):
        sign_in(database, "auditor.879", PASSWORD, address="elsewhere", browser=known)


def test_one_address_that_tries_many_names_is_held_up_and_others_are_not(fresh_site: Any) -> None:
    database = fresh_site.database
    for number in range(FAILURES_OF_AN_ADDRESS):
        wrong(database, 1, f"name {number}", address="one place")
    with pytest.raises(TooManyAttempts):
        sign_in(database, "manager.879", PASSWORD, address="one place")
    assert sign_in(database, "manager.879", PASSWORD, address="another place")


def test_signing_in_again_ends_the_session_that_the_browser_had(fresh_site: Any) -> None:
    client = fresh_site.visitor()
    send_sign_in(client, "manager.879", PASSWORD)
    before = client.cookies["righthome_session"]
    sign_in_again = fresh_site.visitor()
    sign_in_again.cookies.set("righthome_session", before)
    token = form_token(before)
    form = {"csrf_token": token, "username": "auditor.879", "password": PASSWORD}
    assert sign_in_again.post("/sign-in", data=form).status_code == 303
    old = fresh_site.visitor()
    old.cookies.set("righthome_session", before)
    assert old.get("/api/v1/homes").status_code == 401


@pytest.mark.parametrize("planted", ["righthome_session", "righthome_visitor", "righthome_browser"])
def test_a_cookie_planted_before_signing_in_is_worth_nothing_afterwards(
    fresh_site: Any, planted: str
) -> None:
    victim = fresh_site.visitor()
    victim.cookies.set(planted, "planted-by-somebody-else")
    victim.get("/sign-in")
    if planted == "righthome_visitor":
        # The planter knows the form's token, and still gains no session by it.
        form = {"csrf_token": form_token("planted-by-somebody-else")}
        assert victim.post("/sign-in", data=form).status_code == 422
    send_sign_in(victim, "manager.879", PASSWORD)
    attacker = fresh_site.visitor()
    attacker.cookies.set("righthome_session", "planted-by-somebody-else")
    assert attacker.get("/api/v1/homes").status_code == 401


def test_names_nobody_has_are_slowed_down_alike(fresh_site: Any) -> None:
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(SignInRefused):
            sign_in(fresh_site.database, "nobody at all", "a wrong password")
    with pytest.raises(TooManyAttempts):
        sign_in(fresh_site.database, "nobody at all", "a wrong password")


def test_a_right_password_forgets_the_failures_before_it(fresh_site: Any) -> None:
    for _ in range(2):
        for _ in range(FAILURES_ALLOWED - 1):
            with pytest.raises(SignInRefused):
                sign_in(fresh_site.database, "manager.879", "a wrong password")
        assert sign_in(fresh_site.database, "manager.879", PASSWORD)


def test_signing_out_ends_the_session_in_the_database_too(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    token = client.cookies["righthome_session"]
    assert client.post("/sign-out", data={"csrf_token": form_token(token)}).status_code == 303
    again = fresh_site.visitor()
    again.cookies.set("righthome_session", token)
    assert again.get("/api/v1/homes").status_code == 401


@pytest.mark.parametrize(
    "ended",
    [
        lambda: update(sessions).values(expires_at=clock.now() - timedelta(seconds=1)),
        lambda: update(sessions).values(seen_at=clock.now() - timedelta(minutes=61)),
        lambda: update(users).values(active=False),
    ],
    ids=["expired", "idle too long", "person left"],
)
def test_a_session_that_has_ended_opens_nothing(fresh_site: Any, ended: Any) -> None:
    client = fresh_site.signed_in()
    assert client.get("/api/v1/homes").status_code == 200
    with fresh_site.database.writing() as connection:
        connection.execute(ended())
    assert client.get("/api/v1/homes").status_code == 401


def test_working_on_keeps_a_session_alive(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    with fresh_site.database.writing() as connection:
        connection.execute(update(sessions).values(seen_at=clock.now() - timedelta(minutes=59)))
    assert client.get("/api/v1/homes").status_code == 200
    with fresh_site.database.reading() as connection:
        (seen_at,) = connection.execute(select(sessions.c.seen_at)).scalars()
    assert clock.now() - seen_at < timedelta(minutes=1)


def test_a_form_open_when_the_session_ended_leads_to_signing_in(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    token = form_token(client.cookies["righthome_session"])
    with fresh_site.database.writing() as connection:
        connection.execute(update(sessions).values(expires_at=clock.now() - timedelta(seconds=1)))
    response = client.post("/sign-out", data={"csrf_token": token})
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")


def test_neither_passwords_nor_tokens_are_kept_as_they_are(fresh_site: Any) -> None:
    token = fresh_site.signed_in().cookies["righthome_session"]
    with fresh_site.database.reading() as connection:
        kept = repr(connection.execute(select(sessions)).all()) + repr(
            connection.execute(select(users)).all()
        )
    assert token not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


def test_a_password_is_hashed_with_the_work_that_the_standard_recommends(careful_hasher: Any) -> None:
    kept = careful_hasher().hash(PASSWORD)
    own, asked = extract_parameters(kept), RFC_9106_LOW_MEMORY
    assert (own.type, own.memory_cost, own.time_cost, own.parallelism) == (
        *(asked.type, asked.memory_cost, asked.time_cost, asked.parallelism),
    )
    assert careful_hasher().verify(PASSWORD, kept)


def test_looking_at_one_child_is_written_into_the_audit_once_for_a_page(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    client.get("/api/v1/referrals/DEMO-R-879")
    client.get("/api/v1/referrals/DEMO-R-878")
    with fresh_site.database.reading() as connection:
        views = connection.execute(
            select(audit.c.actor, audit.c.authority, audit.c.subject_id).where(audit.c.action == "viewed")
        ).all()
    assert [tuple(view) for view in views] == [("manager.879", "879", "DEMO-R-879")]


def test_signing_in_and_out_is_written_into_the_audit(fresh_site: Any) -> None:
    client = fresh_site.visitor()
    send_sign_in(client, "auditor.879", PASSWORD)
    client.post("/sign-out", data={"csrf_token": form_token(client.cookies["righthome_session"])})
    with fresh_site.database.reading() as connection:
        actions = connection.execute(
            select(audit.c.action).where(audit.c.actor == "auditor.879").order_by(audit.c.sequence)
        ).scalars()
        assert list(actions) == ["signed_in", "signed_out"]


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_too_short_or_too_long_is_refused(fresh_site: Any, password: str) -> None:
    with pytest.raises(InvalidInput), fresh_site.database.writing() as connection:
        add_user(connection, username="new", name="N", role=Role.AUDITOR, authority="879", password=password)


def test_a_username_is_taken_whatever_its_case(fresh_site: Any) -> None:
    with pytest.raises(Conflict), fresh_site.database.writing() as connection:
        add_user(
            connection,
            username="MANAGER.879",
            name="N",
            role=Role.AUDITOR,
            authority="879",
            password=PASSWORD,
        )
    with fresh_site.database.reading() as connection:
        same = select(func.count()).select_from(users).where(users.c.username == "manager.879")
        assert connection.execute(same).scalar_one() == 1
