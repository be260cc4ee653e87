"""Lists in parts, filters and entity tags, alike at every address of the API."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy import select, update

from api.auth.access import route_table
from api.auth.roles import Role
from api.auth.sessions import form_token
from api.database.records import Records, Scope
from api.database.tables import audit, homes
from api.services.importing import import_file
from tests.web.sample_placing import make_placing
from tests.web.test_access import filled_in

READS = sorted(path for method, path in route_table() if method == "GET" and path.startswith("/api/v1/"))
NOT_OF_ONE_LIST = {"/api/v1/openapi.json", "/api/v1/health", "/api/v1/ready", "/api/v1/watch-heartbeat"}


@pytest.fixture
def many(fresh_site: Any, tmp_path: Any) -> Any:
    """A site whose first council has seven homes, of two types, and one without a place free."""
    records = [
        {
            "home_id": f"DEMO-M-{number}",
            "type": "childrens_home" if number % 2 else "in_house_foster_carer",
            "status": "open",
            "places": 2,
            "vacancies": 0 if number == 3 else 1,
        }
        for number in range(6)
    ]
    path = tmp_path / "homes.json"
    path.write_text(json.dumps(records))
    import_file(fresh_site.app.state.settings.database_url, "homes", path, "879", "tester")
    return fresh_site


def parts(client: Any, address: str) -> list[list[dict[str, Any]]]:
    """Return every part of a list, by following the links."""
    found = []
    following: str | None = address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        link = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
        following = link[1] if link else None
        assert len(found) < 50
    return found


def test_a_list_in_parts_is_the_whole_list(many: Any) -> None:
    client = many.signed_in()
    whole = client.get("/api/v1/homes").json()
    assert len(whole) == 7
    for limit, sizes in ((3, [3, 3, 1]), (7, [7]), (1, [1] * 7)):
        found = parts(client, f"/api/v1/homes?limit={limit}")
        assert [len(part) for part in found] == sizes
        assert [home for part in found for home in part] == whole


def test_filters_hold_over_the_parts(many: Any) -> None:
    client = many.signed_in()
    found = parts(client, "/api/v1/homes?limit=1&type=childrens_home&free=true")
    assert [part[0]["home_id"] for part in found] == ["DEMO-H-879", "DEMO-M-1", "DEMO-M-5"]
    assert client.get("/api/v1/homes?type=castle").status_code == 422
    assert client.get("/api/v1/referrals?urgency=crisis").json() == []
    assert len(client.get("/api/v1/referrals?needed_by=2026-06-20").json()) == 1
    assert client.get("/api/v1/referrals?needed_by=2026-06-19").json() == []
    assert client.get("/api/v1/stays?child_id=nobody").json() == []
    assert len(client.get("/api/v1/stays?open=true").json()) == 1


def test_a_record_that_goes_between_two_parts_makes_nobody_miss_another(many: Any) -> None:
    client = many.signed_in()
    first = client.get("/api/v1/homes?limit=2")
    assert [home["home_id"] for home in first.json()] == ["DEMO-H-879", "DEMO-M-0"]
    following = re.search("<(.+)>", first.headers["link"])[1]  # type: ignore[index]
    with many.database.writing() as connection:
        gone = (homes.c.authority == "879") & (homes.c.home_id == "DEMO-M-0")
        connection.execute(update(homes).where(gone).values(home_id="DEMO-A-0"))
    assert [home["home_id"] for home in client.get(following).json()] == ["DEMO-M-1", "DEMO-M-2"]


def test_the_audit_goes_on_from_its_number(many: Any) -> None:
    client = many.signed_in()
    with many.database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({"879"}), actor="tester"))
        for number in range(5):
            records.note("noted", authority="879", subject_kind="x", subject_id=str(number))
    found = parts(client, "/api/v1/audit?limit=2&actor=tester")
    numbers = [entry["sequence"] for part in found for entry in part]
    with many.database.reading() as connection:
        of_council = (audit.c.authority == "879") & (audit.c.actor == "tester")
        there = connection.execute(select(audit.c.sequence).where(of_council)).scalars().all()
    assert numbers == sorted(there, reverse=True)
    assert client.get("/api/v1/audit?after=x").status_code == 422


def test_kept_records_are_filtered_and_only_those_shown_are_in_the_audit(fresh_site: Any) -> None:
    make_placing(fresh_site, "879")
    client = fresh_site.signed_in()
    assert len(client.get("/api/v1/records/enquiries?home_id=DEMO-H-879").json()) == 1
    assert client.get("/api/v1/records/enquiries?home_id=none").json() == []
    assert client.get("/api/v1/records/enquiries?child_id=none").json() == []
    with fresh_site.database.reading() as connection:
        viewed = connection.execute(select(audit.c.subject_id).where(audit.c.subject_kind == "enquiry"))
        assert list(viewed.scalars()) == ["DEMO-E-879"]


@pytest.mark.parametrize("path", READS)
def test_every_answer_has_a_tag_and_is_not_sent_again_where_it_is_known(roles_site: Any, path: str) -> None:
    for authority in ("879",):
        ensure(roles_site, authority)
    role = Role.ADMINISTRATOR if path == "/api/v1/metrics" else Role.MANAGER
    client = roles_site.signed_in(role) if path != "/api/v1/openapi.json" else roles_site.visitor()
    address = filled_in(roles_site, path)
    answer = client.get(address)
    if answer.status_code in (409, 503) or "json" not in answer.headers["content-type"]:
        return
    assert answer.status_code == 200, answer.text
    tag = answer.headers["etag"]
    for known in (tag, f'"x", {tag}', "*", tag.removeprefix("W/")):
        again = client.get(address, headers={"if-none-match": known})
        if path in {"/api/v1/audit", "/api/v1/alerts"} and known != "*" and again.status_code == 200:
            continue  # Looking is itself in the audit.
        assert again.status_code == 304, known
        assert again.content == b""
        assert again.headers["etag"]
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200


def ensure(site: Any, authority: str) -> None:
    if not getattr(site, "placed", False):
        make_placing(site, authority)
        site.placed = True


def test_the_tag_of_a_list_changes_with_a_record_of_it(many: Any) -> None:
    client = many.signed_in()
    headers = {"x-csrf-token": form_token(client.cookies["righthome_session"])}
    tag = client.get("/api/v1/homes").headers["etag"]
    client.post("/api/v1/homes/DEMO-M-1/vacancies", json={"vacancies": 0}, headers=headers)
    changed = client.get("/api/v1/homes", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


def test_a_records_tag_is_what_a_change_must_name(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    headers = {"x-csrf-token": form_token(client.cookies["righthome_session"])}
    concern = {
        "home_id": "DEMO-H-879",
        "level": "note",
        "raised_on": "2026-06-01",
        "raised_by": "x",
        "evidence": "y",
    }
    kept = client.post("/api/v1/home-records/concerns", json=concern, headers=headers)
    address = f"/api/v1/home-records/concerns/{kept.json()['id']}"
    tag = client.get(address).headers["etag"]
    assert tag == kept.headers["etag"] == '"1"'
    changed = client.put(address, json={**concern, "level": "caution"}, headers={**headers, "if-match": tag})
    assert changed.headers["etag"] == '"2"'
    assert client.put(address, json=concern, headers={**headers, "if-match": tag}).status_code == 409
    assert client.get(address, headers={"if-none-match": tag}).status_code == 200


def test_every_list_of_the_api_comes_in_parts(site: Any) -> None:
    paths = site.visitor().get("/api/v1/openapi.json").json()["paths"]
    for path in READS:
        if path in NOT_OF_ONE_LIST:
            continue
        operation = paths[path]["get"]
        schema = operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
        named = {one["name"] for one in operation["parameters"]}
        bounded = path.endswith(("/history", "/months"))
        assert (schema.get("type") == "array" and not bounded) == ("after" in named), path
        assert ("Link" in operation["responses"]["200"].get("headers", {})) == ("after" in named), path
        assert "304" in operation["responses"], path


def test_a_name_that_the_api_does_not_know_is_refused_in_a_body_and_in_a_query(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    token = {"X-CSRF-Token": form_token(client.cookies["righthome_session"])}
    for refused in (
        client.post("/api/v1/plans", json={"zzz": 1}, headers=token),
        client.get("/api/v1/homes?typ=children_home"),
    ):
        assert refused.status_code == 422, refused.text
        assert refused.headers["content-type"].startswith("application/problem+json")
        assert [one["rule"] for one in refused.json()["problems"]] == ["unknown_field"]
    known = client.get("/api/v1/homes?type=childrens_home&limit=5")
    assert known.status_code == 200, known.text
