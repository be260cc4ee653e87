"""The administrator's page, one's own account, and links that set a password once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api import clock
from api.auth.passwords import NO_PASSWORD, SignInRefused, sign_in
from api.auth.roles import Role
from api.auth.sessions import form_token
from api.database.tables import audit, password_resets, sessions, users

PASSWORD = "correct horse battery"
NEW = "three random words"


def post(client: Any, address: str, **fields: Any) -> Any:
    secret = client.cookies.get("righthome_session") or client.cookies.get("righthome_visitor")
    return client.post(address, data={**fields, "csrf_token": form_token(secret)})


def id_of(site: Any, username: str) -> str:
    with site.database.reading() as connection:
        found = connection.execute(select(users.c.user_id).where(users.c.username == username)).scalar()
    return str(found)


def link_on(page: Any) -> str:
    found = re.search(r"/password/[\w-]{43}", page.text)
    assert found is not None
    return found[0]


def test_an_administrator_adds_somebody_who_sets_a_password_by_the_link_once(fresh_site: Any) -> None:
    administrator = fresh_site.signed_in(Role.ADMINISTRATOR)
    added = post(
        administrator, "/people", username="New.Officer", name="N. Officer", role="brokerage_officer"
    )
    assert added.status_code == 200
    link = link_on(added)
    assert link not in administrator.get("/people").text
    with pytest.raises(SignInRefused):
        sign_in(fresh_site.database, "new.officer", NO_PASSWORD)
    visitor = fresh_site.visitor()
    assert visitor.get(link).status_code == visitor.get(link).status_code == 200
    assert post(visitor, link, new="short", again="short").status_code == 422
    assert post(visitor, link, new=NEW, again="another one here").status_code == 422
    assert post(visitor, link, new=NEW, again=NEW).status_code == 303
    assert sign_in(fresh_site.database, "new.officer", NEW)
    assert visitor.get(link).status_code == 404
    assert post(visitor, link, new="yet another password", again="yet another password").status_code == 404
    assert sign_in(fresh_site.database, "new.officer", NEW)
    with fresh_site.database.reading() as connection:
        kept = repr(connection.execute(select(password_resets)).all())
        entries = connection.execute(select(audit.c.actor, audit.c.action)).all()
    assert link.rpartition("/")[2] not in kept
    assert ("administrator.879", "user_added") in {tuple(entry) for entry in entries}
    assert ("new.officer", "password_set") in {tuple(entry) for entry in entries}


@pytest.mark.parametrize("spoiled", ["past its time", "made anew", "person left", "made up"])
def test_a_link_that_cannot_be_used_sets_nothing(fresh_site: Any, spoiled: str) -> None:
    administrator = fresh_site.signed_in(Role.ADMINISTRATOR)
    officer = id_of(fresh_site, "brokerage_officer.879")
    link = link_on(post(administrator, f"/people/{officer}/reset"))
    with fresh_site.database.writing() as connection:
        if spoiled == "past its time":
            connection.execute(update(password_resets).values(expires_at=clock.now() - timedelta(seconds=1)))
        elif spoiled == "person left":
            connection.execute(update(users).where(users.c.user_id == officer).values(active=False))
    if spoiled == "made anew":
        post(administrator, f"/people/{officer}/reset")
    if spoiled == "made up":
        link = "/password/" + "x" * 43
    visitor = fresh_site.visitor()
    assert visitor.get(link).status_code == 404
    visitor.get("/sign-in")
    assert post(visitor, link, new=NEW, again=NEW).status_code == 404
    with pytest.raises(SignInRefused):
        sign_in(fresh_site.database, "brokerage_officer.879", NEW)


def test_what_takes_rights_away_ends_the_sessions_at_once(fresh_site: Any) -> None:
    administrator = fresh_site.signed_in(Role.ADMINISTRATOR)
    officer = fresh_site.signed_in(Role.BROKERAGE_OFFICER)
    of_officer = id_of(fresh_site, "brokerage_officer.879")
    assert officer.get("/api/v1/homes").status_code == 200
    assert post(administrator, f"/people/{of_officer}/role", role="analyst").status_code == 303
    assert officer.get("/api/v1/homes").status_code == 401
    officer = fresh_site.signed_in(Role.BROKERAGE_OFFICER)
    assert officer.get("/api/v1/referrals/DEMO-R-879").status_code == 403
    assert post(administrator, f"/people/{of_officer}/active", active="no").status_code == 303
    assert officer.get("/api/v1/homes").status_code == 401
    with pytest.raises(SignInRefused):
        sign_in(fresh_site.database, "brokerage_officer.879", PASSWORD)
    assert post(administrator, f"/people/{of_officer}/active", active="yes").status_code == 303
    assert sign_in(fresh_site.database, "brokerage_officer.879", PASSWORD)


def test_an_administrator_reaches_neither_another_council_nor_their_own_rights(fresh_site: Any) -> None:
    administrator = fresh_site.signed_in(Role.ADMINISTRATOR)
    theirs, own = id_of(fresh_site, "manager.878"), id_of(fresh_site, "administrator.879")
    assert "manager.878" not in administrator.get("/people").text
    for what in ("role", "active", "reset"):
        assert post(administrator, f"/people/{theirs}/{what}", role="analyst", active="no").status_code == 404
    assert post(administrator, f"/people/{own}/role", role="manager").status_code == 422
    assert post(administrator, f"/people/{own}/active", active="no").status_code == 422
    with fresh_site.database.reading() as connection:
        roles = dict(connection.execute(select(users.c.user_id, users.c.role)).all())
    assert (roles[theirs], roles[own]) == ("manager", "administrator")


def test_a_field_that_the_form_does_not_have_changes_nothing(fresh_site: Any) -> None:
    administrator = fresh_site.signed_in(Role.ADMINISTRATOR)
    post(
        administrator,
        "/people",
        username="new",
        name="New",
        role="analyst",
        authority="878",
        active="no",
        user_id="chosen",
        password_hash="x",
        sso_subject="somebody",
    )
    with fresh_site.database.reading() as connection:
        row = connection.execute(select(users).where(users.c.username == "new")).one()
    assert (row.authority, row.active, row.password_hash, row.sso_subject) == ("879", True, NO_PASSWORD, None)
    assert row.user_id != "chosen"


@pytest.mark.parametrize(
    "given",
    [{"role": "king"}, {"role": "provider"}, {"username": ""}, {"name": " "}, {"username": "manager.879"}],
)
def test_somebody_who_cannot_be_is_refused_with_a_reason(site: Any, given: dict[str, str]) -> None:
    form = {"username": "another", "name": "Another", "role": "analyst"} | given
    answer = post(site.signed_in(Role.ADMINISTRATOR), "/people", **form)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_signing_out_everywhere_ends_every_browser_of_one_person_only(fresh_site: Any) -> None:
    here, there, other = fresh_site.signed_in(), fresh_site.signed_in(), fresh_site.signed_in("auditor")
    assert post(here, "/account/sign-out-everywhere").status_code == 303
    assert here.get("/api/v1/homes").status_code == there.get("/api/v1/homes").status_code == 401
    assert other.get("/api/v1/homes").status_code == 200


def test_changing_ones_password_needs_the_present_one_and_signs_out(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    assert post(client, "/account/password", old=PASSWORD, new=NEW, again="other").status_code == 422
    assert post(client, "/account/password", old=PASSWORD, new=NEW, again=NEW).status_code == 303
    assert client.get("/api/v1/homes").status_code == 401
    assert sign_in(fresh_site.database, "manager.879", NEW)
    finder = fresh_site.signed_in()
    assert post(finder, "/account/password", old="a guess", new=PASSWORD, again=PASSWORD).status_code == 303
    with fresh_site.database.reading() as connection:
        assert (
            connection.execute(
                select(sessions.c.user_id).where(sessions.c.user_id == id_of(fresh_site, "manager.879"))
            ).all()
            == []
        )
    assert sign_in(fresh_site.database, "manager.879", NEW)


def test_an_empty_field_of_the_audits_form_asks_for_nothing(fresh_site: Any) -> None:
    manager = fresh_site.signed_in("manager")
    for address in ("/audit", "/audit.csv"):
        assert manager.get(f"{address}?actor=x&subject=&from=&to=").status_code == 200
        refused = manager.get(f"{address}?actor=x&subject=&from=31/02/2026&to=")
        assert refused.status_code == 422
        assert "Something cannot be used" in refused.text
