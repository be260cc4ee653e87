"""Who may reach what: every route, driven by every role of the own council, a partner and a stranger.

The table is the product's own (``api/auth/routes.csv`` and ``permissions.csv``). A route without a row fails
here, and is refused to everybody by the application itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from api import clock
from api.auth.access import ANYONE, BY_LINK, RouteAccess, route_table, routes_of
from api.auth.roles import PSEUDONYMOUS, Permission, Role, may, permission_table
from api.auth.sessions import form_token
from api.database.records import Records, Scope
from api.database.tables import alerts, metadata
from tests.web.sample_placing import make_placing

OWN, PARTNER, STRANGER = "879", "878", "305"
TABLE = route_table()
ROUTES = sorted(TABLE)
CLOSED = [key for key in ROUTES if TABLE[key].who not in {ANYONE, BY_LINK}]
BOOKKEEPING = {"audit", "sessions", "forecasts"}
"""What looking may write: who looked at which child, that the session is alive, and a forecast made from the records,
kept so that it is not made at every look."""
SIGNING_IN = {"/sign-in/organisation/back"}
"""The one GET that begins a session: the sign-in service sends the browser back with it."""

ASSESSMENT = {
    "child_id": f"DEMO-C-{OWN}",
    "referral_id": f"DEMO-R-{OWN}",
    "assessed_on": "2026-06-01",
    "rater": "social worker",
}
CONCERN = {
    "home_id": f"DEMO-H-{OWN}",
    "level": "note",
    "raised_on": "2026-06-01",
    "raised_by": "contract manager",
    "evidence": "A sample.",
}
OF_KIND = {"records": ("needs_assessments", "N"), "home-records": ("concerns", "K")}
"""A kind of each group of kept records, and the letter of its samples."""

FORMS: dict[str, dict[str, Any]] = {
    "/alerts/{alert_id}/acknowledgement": {"note": "Seen."},
    "/api/v1/alerts/{alert_id}/acknowledgement": {"note": "Seen."},
    "/alerts/children/{child_id}/acknowledgement": {"note": "Seen.", "seen": ["none 1-raised"]},
    "/api/v1/alerts/children/{child_id}/acknowledgement": {"note": "Seen.", "seen": {"none": "1-raised"}},
    "/alerts/{alert_id}/snooze": {"hours": "1", "reason": "Seen."},
    "/sufficiency/report/parts": {"part": "section-voices", "text": "Near my nan."},
    "/account/tokens": {"name": "reporting", "scopes": ["none"], "days": "1"},
    "/people/{user_id}/role": {"role": "auditor"},
    "/people/{user_id}/active": {"active": "yes"},
    "/children/{referral_id}/providers": {"home_id": f"DEMO-H-{OWN}"},
    "/provider-links/{link_id}/reply": {"text": "Yes."},
    "/api/v1/alerts/{alert_id}/snooze": {"hours": 1, "reason": "Seen."},
    "/api/v1/referrals/{referral_id}/enquiries": {"home_id": f"DEMO-H-{OWN}"},
    "/api/v1/referrals/{referral_id}/holds": {"home_id": f"DEMO-H-{OWN}"},
    "/api/v1/enquiries/{enquiry_id}/answer": {"answer": "offered"},
    "/api/v1/homes/{home_id}/vacancies": {"vacancies": 1},
    "/api/v1/holds/{claim_id}/decision": {"reasons": "Near.", "wishes_considered": "She said so."},
    "/api/v1/placements/{placement_id}/end": {"ended_on": "2026-07-01", "end_reason": "CARPL"},
    "/records/{kind}": ASSESSMENT,
    "/records/{kind}/{record_id}": {**ASSESSMENT, "version": "1"},
    "/home-records/{kind}": CONCERN,
    "/home-records/{kind}/{record_id}": {**CONCERN, "version": "1"},
    "/api/v1/reports": {"year": 2026},
    "/api/v1/records/{kind}": ASSESSMENT,
    "/api/v1/records/{kind}/{record_id}": ASSESSMENT,
    "/api/v1/home-records/{kind}": CONCERN,
    "/api/v1/home-records/{kind}/{record_id}": CONCERN,
}
"""What to send where a body is needed. Nothing is sent elsewhere."""


def filled_in(site: Any, path: str, authority: str = OWN) -> str:
    for group, (kind, letter) in OF_KIND.items():
        path = path.replace(f"/{group}/{{kind}}", f"/{group}/{kind}")
        path = path.replace(f"/{group}/{kind}/{{record_id}}", f"/{group}/{kind}/DEMO-{letter}-{authority}")
    found = path.format_map(Values(site, authority))
    return "/static/righthome.css" if path == "/static" else found


class Values(dict[str, str]):
    """The id that stands in a path, of a record that one council has."""

    def __init__(self, site: Any, authority: str) -> None:
        self.site, self.authority = site, authority

    def __missing__(self, name: str) -> str:
        if name == "alert_id":
            return some_alert(self.site, self.authority)
        if name == "token":
            return "forged-token"
        if name == "link_id":
            return some_link(self.site, self.authority)
        if name == "user_id":
            return f"auditor-{self.authority}"
        if name == "plan_id":
            return f"plan-{self.authority}"
        if name == "analysis_id":
            return f"analysis-{self.authority}"
        if name == "job_id":
            return f"job-{self.authority}"
        if name == "forecast_id":
            return self.authority * 16
        if name == "rule":
            return "place_free"
        if name in {"claim_id", "placement_id"}:
            return f"hold-{self.authority}"
        if name == "duty_id":
            return f"hold-{self.authority}-duty"
        kinds = {"referral_id": "R", "home_id": "H", "stay_id": "S", "child_id": "C", "enquiry_id": "E"}
        return f"DEMO-{kinds[name]}-{self.authority}" if name in kinds else f"no-such-{name}"


@pytest.fixture(scope="module", autouse=True)
def placing_made_beforehand(site: Any, roles_site: Any) -> None:
    for one in (site, roles_site):
        for authority in (OWN, PARTNER, STRANGER):
            make_placing(one, authority)


def nobodys_path(path: str) -> str:
    """Return an address of its route at which nobody has a record; the kind of record is one there is."""
    for group, (kind, _) in OF_KIND.items():
        path = path.replace(f"/{group}/{{kind}}", f"/{group}/{kind}")
    return path.replace("{", "none-").replace("}", "")


def some_alert(site: Any, authority: str) -> str:
    with site.database.reading() as connection:
        of_council = select(alerts.c.alert_id).where(alerts.c.authority == authority)
        found: str = connection.execute(of_council.where(alerts.c.closed_at.is_(None))).scalars().first()
    assert found
    return found


def some_link(site: Any, authority: str) -> str:
    """Return a provider's link of a council that can still be used, made where there is none."""
    scope = Scope(authorities=frozenset({authority}), actor="tester")
    with site.database.writing() as connection:
        links = Records(connection, scope).links_of(authority)
        found = links.of_referral(f"DEMO-R-{authority}")
        open_ones = [one for one in found if one.ended_at is None]
        later = clock.now() + timedelta(hours=1)
        link = open_ones[0] if open_ones else links.add(f"DEMO-R-{authority}", f"DEMO-H-{authority}", later)
    return str(link.link_id)


def send(client: Any, method: str, address: str, path: str) -> Any:
    if method == "GET":
        return client.get(address)
    cookie = client.cookies.get("righthome_session")
    token = form_token(cookie) if cookie else ""
    given = FORMS.get(path, {})
    if path.startswith("/api/"):
        headers = {"x-csrf-token": token, "if-match": "1"}
        return client.request(method, address, json=given, headers=headers)
    return client.request(method, address, data={**given, "csrf_token": token})


def test_every_route_has_a_row_and_every_row_a_route(site: Any) -> None:
    assert routes_of(site.app) == set(TABLE)


def test_a_new_route_without_a_row_is_refused_to_everybody(make_site: Any) -> None:
    site = make_site()
    for path in ("/new", "/api/v1/new"):
        site.app.add_api_route(path, lambda: "secret")
    site.app.state.paths_by_endpoint = None
    for client in (site.visitor(), *(site.signed_in(role) for role in Role)):
        for path in ("/new", "/api/v1/new"):
            answer = client.get(path)
            assert answer.status_code == 403
            assert "secret" not in answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_answers_the_roles_that_the_table_names_and_no_other(
    roles_site: Any, method: str, path: str
) -> None:
    access = TABLE[method, path]
    for role in Role:
        client = roles_site.signed_in(role)
        answer = send(client, method, filled_in(roles_site, path), path)
        refused = answer.status_code == 403
        assert refused == (not access.allows(role)), (role, answer.status_code)
        assert answer.status_code not in {401, 500}, role


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_a_route_for_people_who_sign_in_shows_a_visitor_nothing(site: Any, method: str, path: str) -> None:
    address = filled_in(site, path)
    before = everything_in(site)
    response = send(site.visitor(), method, address, path)
    if method != "GET":
        assert response.status_code == 403
    elif path.startswith("/api/"):
        assert response.status_code == 401
        assert response.json()["code"] == "not_signed_in"
    else:
        assert response.status_code == 303
        assert response.headers["location"].startswith("/sign-in")
    assert everything_in(site) == before


@pytest.mark.parametrize(
    "path", [path for method, path in ROUTES if method == "GET" and TABLE[method, path].who == ANYONE]
)
def test_an_open_route_asks_nobody_to_sign_in(site: Any, path: str) -> None:
    assert site.visitor().get(filled_in(site, path)).status_code in {200, 404}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        key
        for key in CLOSED
        if "{" in key[1]
        and TABLE[key].records == "own"
        and not (key[0] == "GET" and key[1].endswith("{kind}"))
    ],
)
@pytest.mark.parametrize("authority", [PARTNER, STRANGER])
def test_a_record_of_another_council_looks_exactly_like_one_that_does_not_exist(
    site: Any, method: str, path: str, authority: str
) -> None:
    address = filled_in(site, path)
    before = everything_in(site)
    for role in (role for role in Role if TABLE[method, path].allows(role)):
        client = site.signed_in(role, authority)
        theirs = send(client, method, address, path)
        nobodys = send(client, method, nobodys_path(path), path)
        assert theirs.status_code == nobodys.status_code == 404, role
        numbers = (theirs.headers["x-request-id"], nobodys.headers["x-request-id"])
        assert theirs.text.replace(numbers[0], "") == nobodys.text.replace(numbers[1], "")
    assert everything_in(site) == before


NAMED_IN_BODIES: list[tuple[str, dict[str, Any]]] = [
    (f"/children/DEMO-R-{OWN}/providers", {"home_id": "DEMO-H-{}"}),
    (f"/children/DEMO-R-{OWN}/enquiries", {"home_id": "DEMO-H-{}"}),
    (f"/children/DEMO-R-{OWN}/holds", {"home_id": "DEMO-H-{}"}),
    (f"/api/v1/referrals/DEMO-R-{OWN}/enquiries", {"home_id": "DEMO-H-{}"}),
    (f"/api/v1/referrals/DEMO-R-{OWN}/holds", {"home_id": "DEMO-H-{}"}),
    ("/api/v1/records/needs_assessments", {**ASSESSMENT, "child_id": "DEMO-C-{}"}),
    ("/api/v1/records/needs_assessments", {**ASSESSMENT, "referral_id": "DEMO-R-{}"}),
    (
        "/api/v1/records/nominations",
        {"child_id": f"DEMO-C-{OWN}", "home_id": "DEMO-H-{}", "nominated_on": "2026-06-01"},
    ),
    ("/api/v1/home-records/concerns", {**CONCERN, "home_id": "DEMO-H-{}"}),
    ("/api/v1/home-records/contracts", {"provider": "P", "kind": "block", "home_ids": ["DEMO-H-{}"]}),
    ("/restricted", {"child_id": "DEMO-C-{}", "reason": "The worker is the child's aunt."}),
    ("/restricted/glass", {"child_id": "DEMO-C-{}", "reason": "The worker is the child's aunt."}),
    ("/delegations", {"code": "at_a_distance", "given_to": "director.{}", "from_on": "15/06/2026"}),
]
"""Bodies that name a record or a person, ``{}`` where the council's code stands in its id."""


@pytest.mark.parametrize(("path", "body"), NAMED_IN_BODIES, ids=range(len(NAMED_IN_BODIES)))
def test_an_id_of_another_council_in_a_body_is_as_unknown_as_nobodys(
    site: Any, path: str, body: dict[str, Any]
) -> None:
    before = everything_in(site)
    for role in (Role.BROKERAGE_OFFICER, Role.MANAGER, Role.DIRECTOR):
        client = site.signed_in(role)
        headers = {"x-csrf-token": form_token(client.cookies["righthome_session"])}
        told = []
        for council in (PARTNER, "000"):
            given = json.loads(json.dumps(body).replace("{}", council))
            sent = {"json": given} if path.startswith("/api/") else {"data": given}
            answer = client.post(path, headers=headers, **sent)
            assert answer.status_code in {403, 404, 422}, role
            text = answer.text.replace(answer.headers["x-request-id"], "")
            for code in (PARTNER, "000"):
                text = text.replace(code, "")
            told.append((answer.status_code, text))
        assert told[0] == told[1], role
    assert everything_in(site) == before


@pytest.mark.parametrize("path", [path for method, path in CLOSED if method == "GET" and "{" not in path])
@pytest.mark.parametrize("authority", [PARTNER, STRANGER])
def test_a_list_holds_no_record_of_another_council(site: Any, path: str, authority: str) -> None:
    for role in (role for role in Role if TABLE["GET", path].allows(role)):
        text = site.signed_in(role, authority).get(path).text
        for kind in "RCS" if TABLE["GET", path].records == "shared" else "RCSH":
            assert f"DEMO-{kind}-{OWN}" not in text, role


@pytest.mark.parametrize("group", OF_KIND)
def test_records_of_a_kind_are_those_of_the_readers_council(site: Any, group: str) -> None:
    for own in (OWN, PARTNER, STRANGER):
        for role in (role for role in Role if TABLE["GET", f"/api/v1/{group}/{{kind}}"].allows(role)):
            kind, letter = OF_KIND[group]
            found = site.signed_in(role, own).get(f"/api/v1/{group}/{kind}").json()
            assert [one["id"] for one in found] == [f"DEMO-{letter}-{own}"]


@pytest.mark.parametrize(
    "path",
    ["/api/v1/referrals", "/api/v1/homes", "/api/v1/stays", "/api/v1/records/enquiries", "/waiting-list"],
)
def test_a_list_holds_the_readers_own_council(site: Any, path: str) -> None:
    for own in (OWN, PARTNER, STRANGER):
        assert f"-{own}" in site.signed_in(authority=own).get(path).text


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "GET"])
def test_a_get_writes_nothing_but_who_looked(site: Any, path: str) -> None:
    clients = [site.signed_in(role) for role in Role if TABLE["GET", path].allows(role)]
    address = filled_in(site, path)
    before = everything_in(site)
    with written_tables(site) as written:
        for client in clients or [site.visitor()]:
            client.get(address)
    assert written <= BOOKKEEPING
    assert everything_in(site) == before


@pytest.mark.parametrize("path", ["/api/v1/referrals", "/api/v1/referrals/{referral_id}", "/api/v1/homes"])
def test_lists_and_summaries_hold_no_birth_date_and_no_postcode(site: Any, path: str) -> None:
    text = site.signed_in().get(filled_in(site, path)).text
    assert "DEMO-" in text
    for value in ("2012-03-04", "PL4"):
        assert value not in text


@pytest.mark.parametrize(("method", "path"), [key for key in CLOSED if key[0] != "GET"])
def test_an_auditor_changes_no_record_and_an_administrator_no_childs(
    site: Any, method: str, path: str
) -> None:
    if TABLE[method, path].who == "signed_in":
        return
    address = filled_in(site, path)
    before = everything_in(site)
    assert send(site.signed_in(Role.AUDITOR), method, address, path).status_code == 403
    if TABLE[method, path].who != Permission.MANAGE_USERS:
        assert send(site.signed_in(Role.ADMINISTRATOR), method, address, path).status_code == 403
    assert everything_in(site) == before


def test_the_auditor_reads_every_page_and_the_administrator_sees_no_child(site: Any) -> None:
    for (method, path), access in TABLE.items():
        if method == "GET" and access.who not in {ANYONE, BY_LINK, Permission.MANAGE_USERS}:
            assert access.allows(Role.AUDITOR), path
        if access.records and access.who != BY_LINK:
            assert not access.allows(Role.ADMINISTRATOR), path


def test_only_the_roles_meant_for_it_change_anything() -> None:
    reading = {
        Permission.READ_CHILDREN,
        Permission.OPEN_CHILD,
        Permission.READ_RESTRICTED,
        Permission.READ_PLANS,
        Permission.READ_FIGURES,
        Permission.READ_ALERTS,
        Permission.READ_HOMES,
        Permission.READ_SHARED,
        Permission.READ_ANSWERS,
        Permission.READ_EQUALITY,
        Permission.READ_AUDIT,
    }
    carried = {
        role: {permission for permission, _, roles in permission_table() if role in roles} for role in Role
    }
    assert carried[Role.AUDITOR] == reading
    assert carried[Role.ADMINISTRATOR] == {Permission.MANAGE_USERS}
    assert carried[Role.ANALYST] < reading
    untold = {Permission.OPEN_CHILD, Permission.READ_RESTRICTED, Permission.READ_PLANS}
    assert untold.isdisjoint(carried[Role.ANALYST])
    assert Role.ANALYST in PSEUDONYMOUS
    assert not may(Role.REVIEWING_OFFICER, Permission.IMPORT)
    assert not may(Role.REVIEWING_OFFICER, Permission.PLACE)


def test_a_page_offers_only_what_the_reader_may_open(site: Any) -> None:
    for role in Role:
        client = site.signed_in(role)
        page = client.get("/help").text
        assert client.get("/", follow_redirects=True).status_code == 200, role
        for method, path in CLOSED:
            if method == "GET" and f'href="{path}"' in page:
                assert TABLE[method, path].allows(role), (role, path)


def test_what_the_table_says_of_a_row_is_what_it_can_say() -> None:
    for access in TABLE.values():
        assert isinstance(access, RouteAccess)
        assert access.means
        assert access.noted == "" or access.method == "GET"


def everything_in(site: Any) -> dict[str, list[tuple[Any, ...]]]:
    with site.database.reading() as connection:
        return {
            name: sorted(tuple(map(repr, row)) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
            if name not in BOOKKEEPING
        }


@contextmanager
def written_tables(site: Any) -> Iterator[set[str]]:
    """Give the names of the tables that statements write to, as the database is told them."""
    written: set[str] = set()

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.replace('"', "").split()
        if words[0].upper() in {"INSERT", "UPDATE", "DELETE", "REPLACE"}:
            at = 1 if words[0].upper() == "UPDATE" else 2
            written.add(words[at].partition("(")[0])

    event.listen(site.database.engine, "before_cursor_execute", listen)
    try:
        yield written
    finally:
        event.remove(site.database.engine, "before_cursor_execute", listen)
