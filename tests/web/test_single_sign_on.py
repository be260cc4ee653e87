"""Signing in with the council's own service, against a real provider over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from api.auth.passwords import NO_PASSWORD, SignInRefused, sign_in
from api.database.tables import audit, sessions, users
from reference_data.problems import InvalidInput
from tests.web.oidc_provider import CLIENT, CLIENT_SECRET, OidcProvider

START, BACK = "/sign-in/organisation", "/sign-in/organisation/back"
OFFICER = {
    "sub": "subject-1",
    "preferred_username": "Olive.Officer@council.example",
    "name": "Olive Officer",
    "groups": ["Everybody", "Brokerage"],
}


@pytest.fixture(scope="module")
def running() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running: OidcProvider) -> OidcProvider:
    running.person, running.fault = dict(OFFICER), ""
    return running


def settings_for(provider: OidcProvider, **others: Any) -> dict[str, Any]:
    return {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": CLIENT_SECRET,
        "oidc_roles": "Directors=director; Brokerage=brokerage_officer; Analysts=analyst",
        "oidc_authorities": "879",
        **others,
    }


@pytest.fixture
def sso_site(provider: OidcProvider, fresh_site: Any) -> Any:
    """A site of either database that offers single sign-on."""
    from dataclasses import replace

    fresh_site.app.state.settings = replace(fresh_site.app.state.settings, **settings_for(provider))
    return fresh_site


def go(client: Any, *, next_page: str = "") -> Any:
    """Follow the browser to the provider and back, and return the last answer of ours."""
    out = client.get(START, params={"next": next_page})
    assert out.status_code == 303
    there = httpx.get(out.headers["location"])
    assert there.status_code == 302
    return client.get(there.headers["location"])


def test_somebody_new_comes_in_with_the_role_and_council_of_their_claims(
    sso_site: Any, provider: OidcProvider
) -> None:
    client = sso_site.visitor()
    assert "Sign in with your council account" in client.get("/sign-in").text
    answer = go(client, next_page="/plan")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plan")
    assert client.get("/api/v1/referrals/DEMO-R-879").status_code == 200
    assert client.get("/api/v1/referrals/DEMO-R-878").status_code == 404
    assert client.get("/people").status_code == 403
    with sso_site.database.reading() as connection:
        row = connection.execute(select(users).where(users.c.sso_subject == "subject-1")).one()
        actions = list(connection.execute(select(audit.c.action).where(audit.c.sequence > 0)).scalars())
    assert (row.username, row.role, row.authority) == (
        "olive.officer@council.example",
        "brokerage_officer",
        "879",
    )
    assert row.password_hash == NO_PASSWORD
    assert {"user_added", "signed_in"} <= set(actions)
    with pytest.raises(SignInRefused):
        sign_in(sso_site.database, row.username, NO_PASSWORD)


def test_the_way_out_carries_pkce_state_and_nonce_and_a_cookie_that_scripts_cannot_read(
    sso_site: Any, provider: OidcProvider
) -> None:
    out = sso_site.visitor().get(START)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(out.headers["location"]).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["client_id"] == CLIENT
    assert asked["redirect_uri"].endswith(BACK)
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert CLIENT_SECRET not in out.headers["location"]
    cookie = out.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    again = sso_site.visitor().get(START)
    assert again.headers["location"] != out.headers["location"]


def test_claims_that_changed_change_the_rights_and_end_older_sessions(
    sso_site: Any, provider: OidcProvider
) -> None:
    before, after = sso_site.visitor(), sso_site.visitor()
    go(before)
    provider.person["groups"] = ["Analysts"]
    go(after)
    assert before.get("/api/v1/homes").status_code == 401
    assert after.get("/api/v1/referrals/DEMO-R-879").status_code == 403
    provider.person["groups"] = ["Nobody"]
    refused = go(sso_site.visitor())
    assert refused.status_code == 403
    assert "no role" in refused.text
    with sso_site.database.reading() as connection:
        assert (
            connection.execute(select(users.c.role).where(users.c.sso_subject == "subject-1")).scalar()
            == "analyst"
        )


def test_somebody_disabled_here_stays_out_whatever_the_service_says(
    sso_site: Any, provider: OidcProvider
) -> None:
    client = sso_site.visitor()
    go(client)
    with sso_site.database.writing() as connection:
        connection.execute(users.update().where(users.c.sso_subject == "subject-1").values(active=False))
    assert client.get("/api/v1/homes").status_code == 401
    assert go(sso_site.visitor()).status_code == 403


def test_a_name_that_has_a_password_here_is_not_taken_over(sso_site: Any, provider: OidcProvider) -> None:
    provider.person |= {"sub": "stranger", "preferred_username": "Director.879", "groups": ["Directors"]}
    assert go(sso_site.visitor()).status_code == 403
    with sso_site.database.reading() as connection:
        assert connection.execute(select(users).where(users.c.sso_subject == "stranger")).first() is None


@pytest.mark.parametrize(
    "fault",
    [
        "another key",
        "an unknown key",
        "no signature",
        "signed with our secret",
        "signed with the public key",
        "changed",
        "another issuer",
        "another audience",
        "two audiences",
        "run out",
        "from the future",
        "another nonce",
        "no nonce",
        "no subject",
        "no end",
        "no id token",
        "token refused",
        "denied",
        "mixed up",
    ],
)
def test_an_answer_that_is_forged_or_meant_for_others_lets_nobody_in(
    make_site: Any, provider: OidcProvider, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(**settings_for(provider))
    provider.fault = fault
    client = site.visitor()
    with caplog.at_level(logging.INFO):
        answer = go(client)
    assert answer.status_code == 403
    assert client.get("/api/v1/homes").status_code == 401
    with site.database.reading() as connection:
        assert connection.execute(select(sessions)).all() == []
        assert connection.execute(select(users).where(users.c.sso_subject.isnot(None))).all() == []
    assert "single_sign_on_refused" in caplog.text
    for told in ("Olive", "subject-1", CLIENT_SECRET, "access token"):
        assert told not in caplog.text.replace("/authorize", "")
        assert told not in answer.text


@pytest.mark.parametrize("fault", ["describes another", "keys in the clear"])
def test_a_service_that_is_not_the_one_we_mean_is_not_gone_to(
    make_site: Any, provider: OidcProvider, fault: str
) -> None:
    provider.fault = fault
    assert make_site(**settings_for(provider)).visitor().get(START).status_code == 403


def test_a_service_that_does_not_answer_is_said_so(make_site: Any) -> None:
    site = make_site(
        oidc_issuer="http://127.0.0.1:9",
        oidc_client_id=CLIENT,
        oidc_roles="Brokerage=brokerage_officer",
        oidc_authorities="879",
    )
    answer = site.visitor().get(START)
    assert answer.status_code == 403
    assert "does not answer" in answer.text


def test_the_way_back_is_bound_to_the_browser_that_went_out_and_works_once(
    make_site: Any, provider: OidcProvider
) -> None:
    site = make_site(**settings_for(provider))
    attacker, victim = site.visitor(), site.visitor()
    out = attacker.get(START)
    back = httpx.get(out.headers["location"]).headers["location"]
    # The attacker's answer, put before the victim: nobody is signed in as somebody else.
    assert victim.get(back).status_code == 403
    victim.get(START)
    assert victim.get(back).status_code == 403
    assert attacker.get(back).status_code == 303
    again = site.visitor()
    again.cookies.set("righthome_way", out.cookies["righthome_way"])
    assert again.get(back).status_code == 403
    assert site.visitor().get(BACK, params={"code": "x", "state": ""}).status_code == 403


def test_groups_that_the_token_leaves_out_are_asked_for_and_must_be_of_the_same_person(
    make_site: Any, provider: OidcProvider
) -> None:
    site = make_site(**settings_for(provider))
    del provider.person["groups"]
    assert go(site.visitor()).status_code == 303
    provider.fault = "userinfo of another"
    assert go(site.visitor()).status_code == 403


@pytest.mark.parametrize(
    ("council", "authority"),
    [("Devon", "878"), (["Devon"], "878"), (["Devon", "Plymouth"], None), ("Kent", None), (None, None)],
)
def test_whose_somebody_is_comes_from_a_claim_where_several_councils_share_a_service(
    make_site: Any, provider: OidcProvider, council: Any, authority: str | None
) -> None:
    site = make_site(
        **settings_for(provider, oidc_authority_claim="council", oidc_authorities="Plymouth=879; Devon=878")
    )
    provider.person["council"] = council
    client = site.visitor()
    assert go(client).status_code == (403 if authority is None else 303)
    if authority:
        assert client.get(f"/api/v1/referrals/DEMO-R-{authority}").status_code == 200


def test_where_passwords_are_off_only_the_service_lets_people_in(
    make_site: Any, provider: OidcProvider
) -> None:
    site = make_site(**settings_for(provider, passwords=False))
    client = site.visitor()
    page = client.get("/sign-in").text
    assert 'name="password"' not in page
    from tests.web.test_people import post

    assert (
        post(client, "/sign-in", username="manager.879", password="correct horse battery").status_code == 403
    )
    assert go(client).status_code == 303


def test_without_single_sign_on_its_addresses_are_not_there(site: Any) -> None:
    assert site.visitor().get(START).status_code == site.visitor().get(BACK).status_code == 404
    assert "council account" not in site.visitor().get("/sign-in").text


@pytest.mark.parametrize(
    ("changed", "variable"),
    [
        ({"oidc_roles": ""}, "RIGHTHOME_OIDC_ROLES"),
        ({"oidc_roles": "Brokerage=king"}, "RIGHTHOME_OIDC_ROLES"),
        ({"oidc_roles": "Brokerage"}, "RIGHTHOME_OIDC_ROLES"),
        ({"oidc_authorities": "999"}, "RIGHTHOME_OIDC_AUTHORITIES"),
        ({"oidc_authorities": ""}, "RIGHTHOME_OIDC_AUTHORITIES"),
        ({"oidc_client_id": None}, "RIGHTHOME_OIDC_CLIENT_ID"),
    ],
)
def test_a_mapping_that_cannot_be_read_stops_the_start_and_is_named(
    make_site: Any, provider: OidcProvider, changed: dict[str, Any], variable: str
) -> None:
    with pytest.raises(InvalidInput, match=variable):
        make_site(**settings_for(provider, **changed))
