"""Tokens for programs: what they carry, when they end, and that they open no page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from api import clock
from api.auth.access import route_table
from api.auth.roles import Permission, Role, may
from api.database.tables import api_tokens, audit, users
from tests.web.test_access import FORMS, filled_in
from tests.web.test_people import post


def made(client: Any, *scopes: str, name: str = "reporting", days: str = "30") -> str:
    secret = client.cookies["righthome_session"]
    from api.auth.sessions import form_token

    answer = client.post(
        "/account/tokens",
        data={"name": name, "scopes": list(scopes), "days": days, "csrf_token": form_token(secret)},
    )
    assert answer.status_code == 200, answer.status_code
    found = re.search(r"rht_[\w-]{43}", answer.text)
    assert found is not None
    return found[0]


def bearing(site: Any, token: str) -> Any:
    return site.visitor(headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize("role", list(Role))
def test_a_token_reaches_what_its_permission_reaches_and_nothing_else(site: Any, role: Role) -> None:
    own = [str(permission) for permission in Permission if may(role, permission)]
    if not own:
        return
    program = bearing(site, made(site.signed_in(role), own[0]))
    for (method, path), access in route_table().items():
        if access.who in {"anyone", "link", "signed_in"} or method != "GET":
            continue
        status = program.get(filled_in(site, path)).status_code
        if not path.startswith("/api/"):
            assert status == 303, path
        else:
            assert (status == 403) == (access.who != own[0]), path


def test_a_token_changes_something_without_a_forms_token_and_a_cookie_beside_it_counts_for_nothing(
    fresh_site: Any,
) -> None:
    manager = fresh_site.signed_in()
    path = "/api/v1/alerts/{alert_id}/acknowledgement"
    address = filled_in(fresh_site, path)
    reader = bearing(fresh_site, made(manager, "read_homes"))
    reader.cookies.set("righthome_session", manager.cookies["righthome_session"])
    assert reader.post(address, json=FORMS[path]).status_code == 403
    stranger = bearing(fresh_site, "rht_" + "x" * 43)
    stranger.cookies.set("righthome_session", manager.cookies["righthome_session"])
    assert stranger.post(address, json=FORMS[path]).status_code == 401
    assert stranger.get("/api/v1/homes").status_code == 401
    assert (
        bearing(fresh_site, made(manager, "answer_alerts")).post(address, json=FORMS[path]).status_code == 200
    )


@pytest.mark.parametrize("ended", ["revoked", "run out", "person left", "another role"])
def test_a_token_ends_with_its_time_its_maker_and_its_makers_role(fresh_site: Any, ended: str) -> None:
    manager = fresh_site.signed_in()
    program = bearing(fresh_site, made(manager, "read_audit", "open_child"))
    assert program.get("/api/v1/audit").status_code == 200
    if ended == "revoked":
        page = manager.get("/account").text
        token_id = re.search(r"/account/tokens/(\w+)/revoked", page)
        assert token_id is not None
        assert (
            post(fresh_site.signed_in("auditor"), f"/account/tokens/{token_id[1]}/revoked").status_code == 404
        )
        assert program.get("/api/v1/audit").status_code == 200
        assert post(manager, f"/account/tokens/{token_id[1]}/revoked").status_code == 303
    else:
        with fresh_site.database.writing() as connection:
            of_manager = users.c.username == "manager.879"
            connection.execute(
                {
                    "run out": update(api_tokens).values(expires_at=clock.now() - timedelta(seconds=1)),
                    "person left": update(users).where(of_manager).values(active=False),
                    "another role": update(users).where(of_manager).values(role="commissioner"),
                }[ended]
            )
    assert program.get("/api/v1/audit").status_code == (403 if ended == "another role" else 401)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"scopes": ["manage_users"]}, 403),
        ({"scopes": ["everything"]}, 422),
        ({"scopes": []}, 422),
        ({"days": "0"}, 422),
        ({"days": "366"}, 422),
        ({"days": "x"}, 422),
        ({"name": " "}, 422),
    ],
)
def test_a_token_that_cannot_be_is_refused(site: Any, given: dict[str, Any], status: int) -> None:
    form = {"name": "reporting", "scopes": ["read_homes"], "days": "30"} | given
    assert post(site.signed_in(), "/account/tokens", **form).status_code == status


def test_a_token_without_the_permission_sees_no_restricted_child(fresh_site: Any) -> None:
    manager = fresh_site.signed_in()
    assert (
        post(manager, "/restricted", child_id="DEMO-C-879", reason="The worker is the aunt.").status_code
        == 303
    )
    without = bearing(fresh_site, made(manager, "read_children", "open_child"))
    assert without.get("/api/v1/referrals").json() == []
    assert without.get("/api/v1/referrals/DEMO-R-879").status_code == 404
    assert (
        bearing(fresh_site, made(manager, "open_child", "read_restricted"))
        .get("/api/v1/referrals/DEMO-R-879")
        .status_code
        == 200
    )


def test_only_a_digest_is_kept_and_making_one_is_audited(fresh_site: Any) -> None:
    token = made(fresh_site.signed_in(), "read_homes")
    with fresh_site.database.reading() as connection:
        assert token not in repr(connection.execute(select(api_tokens)).all())
        assert token not in repr(connection.execute(select(audit)).all())
        assert "token_made" in set(connection.execute(select(audit.c.action)).scalars())
    assert token not in fresh_site.signed_in().get("/account").text
