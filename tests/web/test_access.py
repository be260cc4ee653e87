"""Who may reach what: a table of every route. A route that is not in it fails the run."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.auth.sessions import form_token
from api.database.tables import alerts, metadata

OPEN, SIGNED_IN = "open", "signed in"

ACCESS: dict[tuple[str, str], str] = {
    ("GET", "/"): SIGNED_IN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("POST", "/sign-out"): OPEN,
    ("GET", "/waiting-list"): SIGNED_IN,
    ("GET", "/children/{referral_id}/options"): SIGNED_IN,
    ("GET", "/children/{referral_id}/options/excluded/{rule}"): SIGNED_IN,
    ("GET", "/tonight"): SIGNED_IN,
    ("POST", "/tonight"): SIGNED_IN,
    ("GET", "/plan"): SIGNED_IN,
    ("GET", "/plan/all"): SIGNED_IN,
    ("GET", "/plan/compare"): SIGNED_IN,
    ("POST", "/plan/runs"): SIGNED_IN,
    ("GET", "/plan/runs/{plan_id}"): SIGNED_IN,
    ("GET", "/plan/runs/{plan_id}/children/{child_id}"): SIGNED_IN,
    ("POST", "/plan/runs/{plan_id}/name"): SIGNED_IN,
    ("GET", "/sufficiency"): SIGNED_IN,
    ("GET", "/sufficiency/what-if"): SIGNED_IN,
    ("GET", "/sufficiency/adopted"): SIGNED_IN,
    ("POST", "/sufficiency/adoption"): SIGNED_IN,
    ("GET", "/emergency-watch"): SIGNED_IN,
    ("GET", "/emergency-watch/nights"): SIGNED_IN,
    ("GET", "/emergency-watch/nights.csv"): SIGNED_IN,
    ("GET", "/emergency-watch/week"): SIGNED_IN,
    ("GET", "/emergency-watch/months"): SIGNED_IN,
    ("GET", "/emergency-watch/months.csv"): SIGNED_IN,
    ("GET", "/alerts"): SIGNED_IN,
    ("POST", "/alerts/{alert_id}/acknowledgement"): SIGNED_IN,
    ("POST", "/alerts/{alert_id}/snooze"): SIGNED_IN,
    ("GET", "/alerts/recipients"): SIGNED_IN,
    ("POST", "/alerts/recipients"): SIGNED_IN,
    ("POST", "/alerts/recipients/{recipient_id}/removal"): SIGNED_IN,
    ("GET", "/alerts/messages"): SIGNED_IN,
    ("GET", "/alerts/closed"): SIGNED_IN,
    ("GET", "/accessibility-statement"): OPEN,
    ("GET", "/help"): OPEN,
    ("GET", "/static"): OPEN,
    ("GET", "/api/v1/openapi.json"): OPEN,
    ("GET", "/api/v1/health"): OPEN,
    ("GET", "/api/v1/referrals"): SIGNED_IN,
    ("GET", "/api/v1/referrals/{referral_id}"): SIGNED_IN,
    ("GET", "/api/v1/referrals/{referral_id}/options"): SIGNED_IN,
    ("GET", "/api/v1/homes"): SIGNED_IN,
    ("GET", "/api/v1/homes/{home_id}"): SIGNED_IN,
    ("GET", "/api/v1/stays"): SIGNED_IN,
    ("GET", "/api/v1/emergency-watch"): SIGNED_IN,
    ("GET", "/api/v1/emergency-watch/nights"): SIGNED_IN,
    ("GET", "/api/v1/emergency-watch/months"): SIGNED_IN,
    ("GET", "/api/v1/watch-heartbeat"): OPEN,
    ("GET", "/api/v1/alerts"): SIGNED_IN,
    ("POST", "/api/v1/alerts/{alert_id}/acknowledgement"): SIGNED_IN,
    ("POST", "/api/v1/alerts/{alert_id}/snooze"): SIGNED_IN,
}

OF_A_RECORD = [path for method, path in ACCESS if method == "GET" and "{" in path]
BOOKKEEPING = {"audit", "sessions", "forecasts"}
"""What looking may write: who looked at which child, that the session is alive, and a forecast made from the records,
kept so that it is not made at every look."""


def routes_of(routes: Any, prefix: str = "") -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for route in routes:
        if hasattr(route, "effective_candidates"):
            found |= routes_of(route.effective_candidates())
        elif getattr(route, "methods", None):
            found |= {(method, route.path) for method in route.methods if method != "HEAD"}
        else:
            # A mount answers every method itself; it is listed once.
            found.add(("GET", route.path))
    return found


def filled_in(path: str, authority: str) -> str:
    return path.format(
        referral_id=f"DEMO-R-{authority}",
        child_id=f"DEMO-C-{authority}",
        home_id=f"DEMO-H-{authority}",
        plan_id=f"plan-{authority}",
        rule="place_free",
    )


def test_every_route_is_in_the_access_table_and_the_table_names_no_other(site: Any) -> None:
    assert routes_of(site.app.routes) == set(ACCESS)


@pytest.mark.parametrize(
    "path", [path for (method, path), who in ACCESS.items() if who == SIGNED_IN and method == "GET"]
)
def test_a_route_for_people_who_sign_in_shows_a_visitor_nothing(site: Any, path: str) -> None:
    response = site.visitor().get(filled_in(path, "879"))
    if path.startswith("/api/"):
        assert response.status_code == 401
        assert response.json()["code"] == "not_signed_in"
    else:
        assert response.status_code == 303
        assert response.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "path", [path for (method, path), who in ACCESS.items() if who == OPEN and method == "GET"]
)
def test_an_open_route_asks_nobody_to_sign_in(site: Any, path: str) -> None:
    address = "/static/righthome.css" if path == "/static" else path
    assert site.visitor().get(address).status_code == 200


@pytest.mark.parametrize("path", OF_A_RECORD)
def test_a_record_of_another_council_looks_exactly_like_one_that_does_not_exist(site: Any, path: str) -> None:
    client = site.signed_in()
    theirs = client.get(filled_in(path, "878"))
    nobodys = client.get(filled_in(path, "000"))
    assert theirs.status_code == nobodys.status_code == 404
    numbers = (theirs.headers["x-request-id"], nobodys.headers["x-request-id"])
    assert theirs.text.replace(numbers[0], "") == nobodys.text.replace(numbers[1], "")


@pytest.mark.parametrize("path", ["/api/v1/referrals", "/api/v1/homes", "/api/v1/stays", "/waiting-list"])
def test_a_list_holds_the_readers_own_council_only(site: Any, path: str) -> None:
    for own, other in (("879", "878"), ("878", "879")):
        text = site.signed_in(authority=own).get(path).text
        assert f"-{own}" in text
        assert f"-{other}" not in text


@pytest.mark.parametrize("path", [path for method, path in ACCESS if method == "GET"])
def test_a_get_writes_nothing_but_who_looked(site: Any, path: str) -> None:
    client = site.signed_in()
    before = everything_in(site)
    client.get(filled_in(path, "879"))
    assert everything_in(site) == before


@pytest.mark.parametrize("path", ["/api/v1/referrals", "/api/v1/referrals/{referral_id}", "/api/v1/homes"])
def test_lists_and_summaries_hold_no_birth_date_and_no_postcode(site: Any, path: str) -> None:
    text = site.signed_in().get(filled_in(path, "879")).text
    assert "DEMO-" in text
    for value in ("2012-03-04", "PL4"):
        assert value not in text


@pytest.mark.parametrize(
    "path", [path for (method, path), who in ACCESS.items() if who == SIGNED_IN and method == "POST"]
)
def test_a_visitor_and_an_auditor_can_send_nothing_that_changes_a_record(site: Any, path: str) -> None:
    address = path.format(alert_id=some_alert(site), recipient_id="none", plan_id="plan-879")
    before = everything_in(site)
    for client in (site.visitor(), site.signed_in("auditor")):
        cookie = client.cookies.get("righthome_session")
        token = {"x-csrf-token": form_token(cookie)} if cookie else {}
        answer = client.post(address, json={"note": "Seen.", "hours": 1, "reason": "Seen."}, headers=token)
        assert answer.status_code in {401, 403, 303}
    assert everything_in(site) == before


def some_alert(site: Any) -> str:
    with site.database.reading() as connection:
        found: str = (
            connection.execute(
                select(alerts.c.alert_id).where(alerts.c.authority == "879", alerts.c.closed_at.is_(None))
            )
            .scalars()
            .first()
        )
    assert found
    return found


def everything_in(site: Any) -> dict[str, list[tuple[Any, ...]]]:
    with site.database.reading() as connection:
        return {
            name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
            if name not in BOOKKEEPING
        }
