"""What somebody who means harm sends: refused, logged, and nothing leaked or changed.

Forged links, sessions and sign-in answers are in ``tests/web``: ``test_providers_door``, ``test_signing_in`` and
``test_single_sign_on``; another council's ids in ``test_access``.
"""

from __future__ import annotations

import json
import logging
import re
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import select, update

from api.auth.access import ANYONE, BY_LINK, route_table
from api.auth.roles import Role
from api.auth.sessions import form_token
from api.database.tables import audit, homes, referrals, stays, users
from api.services.importing import import_file
from reference_data.problems import ImportRejected, RighthomeError
from tests.web.test_access import FORMS, everything_in, filled_in, send

INJECTIONS = [
    "' OR '1'='1",
    "'; DROP TABLE users; --",
    '" UNION SELECT username, password_hash FROM users --',
    "1) OR (SELECT pg_sleep(5)) IS NOT NULL --",
    "\\' OR 1=1 #",
    "%' ESCAPE '!' --",
    "{{7919*7907}}{% raw %}",
    "${7919*7907}#{7919*7907}<%= 7919*7907 %>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "\r\nSet-Cookie: planted=1\r\n\r\n<html>",
    "a" * 20_000,
    "𝕊𝕢𝕝\u202e\ufeff",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
]
LEAKS = ("62615533", "root:", "argon2", "psycopg", "sqlite3", "Traceback", "alert(1)</script>")
PATHS_WITH_IDS = sorted(path for method, path in route_table() if method == "GET" and "{" in path)
CHANGING = sorted(key for key in route_table() if key[0] != "GET")


def refused_cleanly(answer: Any, what: object) -> None:
    assert answer.status_code < 500, what
    for leak in LEAKS:
        assert leak not in answer.text, (what, leak)
    assert "planted" not in answer.headers.get("set-cookie", "")


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
def test_injections_in_addresses_and_queries_find_and_change_nothing(fresh_site: Any, text: str) -> None:
    client = fresh_site.signed_in()
    before = everything_in(fresh_site)
    for path in PATHS_WITH_IDS:
        answer = client.get(re.sub(r"\{\w+\}", lambda _: quote(text, safe=""), path))
        refused_cleanly(answer, path)
        assert answer.status_code in {403, 404, 414, 422}, path
    for address in (
        "/audit?actor={}&subject={}",
        "/audit.csv?actor={}",
        "/api/v1/audit?actor={}&limit={}",
        "/sufficiency?from={}",
        "/children/DEMO-R-879/options?show={}",
        "/api/v1/emergency-watch?as_of={}",
        "/api/v1/emergency-watch/months?months={}&from={}",
        "/sign-in?next={}",
        "/{}",
        "/static/{}",
    ):
        refused_cleanly(client.get(address.replace("{}", quote(text, safe=""))), address)
    assert everything_in(fresh_site) == before


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
def test_injections_in_forms_are_kept_as_text_or_refused(fresh_site: Any, text: str) -> None:
    people = {role: fresh_site.signed_in(role) for role in (Role.MANAGER, Role.ADMINISTRATOR)}
    for method, path in CHANGING:
        if path == "/account/password" or "sign-out" in path:
            continue
        access = route_table()[method, path]
        client = people[Role.ADMINISTRATOR if access.who == "manage_users" else Role.MANAGER]
        names = {*FORMS.get(path, {}), "username", "password", "name", "role", "reason", "text", "note"}
        names |= {"child_id", "home_id", "answer", "vacancies", "new", "again", "next", "shared", "active"}
        given = dict.fromkeys(names, text)
        token = form_token(client.cookies["righthome_session"])
        address = filled_in(fresh_site, path)
        if path.startswith("/api/"):
            answer = client.request(method, address, json=given, headers={"x-csrf-token": token})
        else:
            answer = client.request(method, address, data={**given, "csrf_token": token})
        refused_cleanly(answer, path)
    with fresh_site.database.reading() as connection:
        assert len(connection.execute(select(users)).all()) == 33 + (1 if added(connection, text) else 0)


def added(connection: Any, text: str) -> bool:
    key = text.strip().casefold()
    return connection.execute(select(users).where(users.c.username == key)).first() is not None


def test_what_is_written_by_one_person_runs_in_no_other_persons_page(fresh_site: Any) -> None:
    script = "<script>alert(1)</script>{{7919*7907}}"
    with fresh_site.database.writing() as connection:
        for table, values in (
            (
                homes,
                {"name": script, "provider": script, "judgement": script, "partner_concern_evidence": script},
            ),
            (referrals, {"wishes": {"text": script, "asked_by": script}, "needs_source": script}),
            (stays, {"approved_by": script, "home_id": script}),
        ):
            row = connection.execute(select(table.c.record).where(table.c.authority == "879")).scalar_one()
            changed = row | values | ({"partner_concern": "note"} if table is homes else {})
            connection.execute(update(table).where(table.c.authority == "879").values(record=changed))
        connection.execute(update(users).where(users.c.username == "manager.879").values(name=script))
    manager = fresh_site.signed_in()
    shared = send(manager, "POST", "/partners/homes/DEMO-H-879", "/partners/homes/{home_id}")
    assert shared.status_code in {303, 404}
    for method, path in route_table():
        if method == "GET" and route_table()[method, path].who not in {ANYONE, BY_LINK}:
            for client in (manager, fresh_site.signed_in(Role.ADMINISTRATOR)):
                answer = client.get(filled_in(fresh_site, path))
                if answer.headers.get("content-type", "").startswith("text/html"):
                    assert "<script>alert" not in answer.text, path
                    assert "62615533" not in answer.text, path


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r"])
def test_no_file_that_leaves_is_run_by_a_spreadsheet(fresh_site: Any, mark: str) -> None:
    formula = f"{mark}HYPERLINK(1)"
    with fresh_site.database.writing() as connection:
        row = connection.execute(select(stays.c.record).where(stays.c.authority == "879")).scalar_one()
        changed = row | {"child_id": formula}
        connection.execute(
            update(stays).where(stays.c.authority == "879").values(record=changed, child_id=formula)
        )
        from api.database.records import Records, Scope

        records = Records(connection, Scope(authorities=frozenset({"879"}), actor=formula))
        records.note("acted", authority="879", subject_kind="x", subject_id=formula)
    manager = fresh_site.signed_in()
    for path in ("/emergency-watch/nights.csv", "/audit.csv"):
        text = manager.get(path).text
        assert "HYPERLINK" in text, path
        for line in text.splitlines():
            for cell in line.split(","):
                assert not cell.strip('"').startswith(("=", "+", "-", "@", "\t")), (path, cell)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/....//app.py",
        "/static//etc/passwd",
        "/static/vendor/../../templates/base.html",
        "/static/..\\app.py",
    ],
)
def test_no_address_leads_out_of_the_static_files(site: Any, path: str) -> None:
    answer = site.visitor().get(path)
    assert answer.status_code in {404, 400}
    assert "import" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize(("method", "path"), CHANGING)
def test_nothing_changes_without_the_forms_token_or_from_another_site(
    site: Any, method: str, path: str
) -> None:
    address = filled_in(site, path)
    role = Role.ADMINISTRATOR if route_table()[method, path].who == "manage_users" else Role.MANAGER
    client, other = site.signed_in(role), site.signed_in(Role.AUDITOR)
    right = form_token(client.cookies["righthome_session"])
    before = everything_in(site)
    for headers in (
        {},
        {"x-csrf-token": ""},
        {"x-csrf-token": "0" * 64},
        {"x-csrf-token": form_token(other.cookies["righthome_session"])},
        {"x-csrf-token": right, "sec-fetch-site": "cross-site"},
    ):
        for body in ({"json": FORMS.get(path, {})}, {"data": FORMS.get(path, {})}):
            answer = client.request(method, address, headers=headers, **body)
            assert answer.status_code == 403, headers
    assert everything_in(site) == before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"note": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
        ("application/json", b"{"),
        ("application/json", b'{"note": "\\ud800"}'),
        ("application/json", b'{"note": "a\\u0000b"}'),
        ("application/json", b"\xff\xfe\x00"),
        ("application/json", b'{"note": ' + b"9" * 10_000 + b"}"),
        ("application/xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" * 2_000),
        ("multipart/form-data", b"no boundary"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(20_000))),
        ("application/x-www-form-urlencoded", b"note=%00"),
        ("application/x-www-form-urlencoded", b"note=%ff%fe"),
    ],
    ids=range(13),
)
def test_a_body_made_to_break_the_reader_is_refused(fresh_site: Any, kind: str, body: bytes) -> None:
    client = fresh_site.signed_in()
    headers = {"content-type": kind, "x-csrf-token": form_token(client.cookies["righthome_session"])}
    for path in ("/api/v1/alerts/{alert_id}/acknowledgement", "/restricted"):
        answer = client.post(filled_in(fresh_site, path), content=body, headers=headers)
        refused_cleanly(answer, path)
        assert answer.status_code >= 400
        answer = fresh_site.visitor().post("/sign-in", content=body, headers={"content-type": kind})
        refused_cleanly(answer, "/sign-in")


@pytest.mark.parametrize("address", ["/audit?actor=a%00b", "/api/v1/homes/a%00b", "/waiting-list%00"])
def test_a_nul_in_an_address_is_refused_alike_on_both_databases(fresh_site: Any, address: str) -> None:
    answer = fresh_site.signed_in().get(address)
    assert answer.status_code == 422
    assert "unusable" in answer.text or "cannot be used" in answer.text


def test_fields_that_a_request_does_not_have_are_refused_and_change_nothing(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    address = filled_in(fresh_site, "/api/v1/alerts/{alert_id}/acknowledgement")
    token = {"x-csrf-token": form_token(client.cookies["righthome_session"])}
    given = {
        "note": "Seen.",
        "authority": "878",
        "closed_at": "2020-01-01T00:00:00Z",
        "acknowledged_by": "somebody else",
        "outcome": "CLEAR",
        "child_id": "DEMO-C-1",
    }
    answer = client.post(address, json=given, headers=token)
    assert answer.status_code == 422
    told = {problem["column"] for problem in answer.json()["problems"]}
    assert told == set(given) - {"note"}, told
    for alert in client.get("/api/v1/alerts").json():
        assert alert["acknowledged_by"] is None
        assert alert["outcome"] != "CLEAR"
        assert alert["closed_at"] is None
        assert alert["child_id"] == "DEMO-C-879"


def test_a_link_is_never_made_from_the_address_that_a_request_claims(make_site: Any) -> None:
    site = make_site(base_url="")
    for path, role in (
        ("/children/{referral_id}/providers", Role.MANAGER),
        ("/people/{user_id}/reset", Role.ADMINISTRATOR),
    ):
        client = site.signed_in(role)
        token = form_token(client.cookies["righthome_session"])
        answer = client.post(
            filled_in(site, path),
            data={"home_id": "DEMO-H-879", "csrf_token": token},
            headers={"host": "evil.example"},
        )
        assert answer.status_code == 409
        assert "evil.example" not in answer.text
    told = make_site(base_url="https://righthome.council.example").signed_in(Role.ADMINISTRATOR)
    token = form_token(told.cookies["righthome_session"])
    made = told.post(
        filled_in(site, "/people/{user_id}/reset"),
        data={"csrf_token": token},
        headers={"host": "evil.example"},
    )
    assert "https://righthome.council.example/password/" in made.text


MARKERS = {"child_id": "DEMO-C-MARK", "date_of_birth": "2011-11-11", "home_postcode": "PL7 7ZZ"}


def planted(folder: Path, **changes: Any) -> Path:
    record = {"referral_id": "DEMO-R-MARK", "authority": "879", "wishes": {"text": "Markword Nan"}}
    path = folder / "referrals.json"
    path.write_text(json.dumps([record | MARKERS | changes]))
    return path


def test_planted_markers_are_in_no_log_and_no_error(
    fresh_site: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    url = fresh_site.app.state.settings.database_url
    import_file(url, "referrals", planted(tmp_path), "879", "tester")
    told: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for bad in (
            {"date_of_birth": "11/11/2o11"},
            {"sex": "Markword"},
            {"authority": "878"},
            {"needs": {"behaviour": "Markword"}},
            {"unknown_column": "Markword"},
        ):
            try:
                import_file(url, "referrals", planted(tmp_path, **bad), "879", "tester")
            except ImportRejected as rejected:
                told += [repr(issue.as_dict()) for issue in rejected.issues]
        for role in Role:
            client = fresh_site.signed_in(role)
            for address in (
                "/children/DEMO-R-MARK/options?q=PL7+7ZZ",
                "/api/v1/referrals/DEMO-R-MARK?as_of=Markword",
                "/children/Markword/options",
                "/audit?from=Markword",
                "/Markword/2011-11-11",
            ):
                answer = client.get(address)
                if answer.status_code >= 400:
                    told.append(answer.text)
        client = fresh_site.signed_in()
        token = form_token(client.cookies["righthome_session"])
        for form in (
            {"child_id": "DEMO-C-MARK", "reason": "Markword"},
            {"child_id": "Markword", "reason": "x" * 20},
        ):
            told.append(client.post("/restricted", data={**form, "csrf_token": token}).text)
    # What the tests' own browser writes down of where it went is not ours.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    said = "".join(ours) + "".join(capsys.readouterr())
    for marker in ("DEMO-C-MARK", "DEMO-R-MARK", "2011-11-11", "PL7 7ZZ", "PL7+7ZZ", "Markword"):
        assert marker not in said, marker
    for marker in ("2011-11-11", "PL7 7ZZ", "Markword"):
        assert not any(marker in text for text in told), marker


def test_a_refusal_is_written_down(site: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="righthome.requests"):
        site.signed_in(Role.AUDITOR).post("/people", data={})
        site.signed_in(Role.ANALYST).get("/audit")
    lines = [json.loads(record.message) for record in caplog.records]
    assert [(line["route"], line["status"]) for line in lines if line.get("route")] == [("/audit", 403)]
    assert [line["status"] for line in lines] == [403, 403]


@pytest.fixture(scope="module")
def bombs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workbook and an archive of returns that are small until they are unpacked."""
    folder = tmp_path_factory.mktemp("bombs")
    made = {}
    for name, inside in (("bomb.zip", "2024-episodes.csv"), ("bomb.xlsx", "xl/worksheets/sheet1.xml")):
        made[name] = folder / name
        with (
            zipfile.ZipFile(made[name], "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open(inside, "w", force_zip64=True) as inner,
        ):
            for _ in range(420):
                inner.write(b"0" * 1024 * 1024)
    return made


@pytest.mark.parametrize("kind", ["homes", "referrals", "stays", "returns"])
def test_a_file_made_to_fill_the_memory_is_refused_before_it_is_unpacked(
    fresh_site: Any, bombs: dict[str, Path], kind: str
) -> None:
    url = fresh_site.app.state.settings.database_url
    before = everything_in(fresh_site)
    bomb = bombs["bomb.zip" if kind == "returns" else "bomb.xlsx"]
    assert bomb.stat().st_size < 1_000_000
    with pytest.raises(RighthomeError) as raised:
        import_file(url, kind, bomb, "879", "tester")
    assert "too_large" in repr(getattr(raised.value, "issues", raised.value))
    assert everything_in(fresh_site) == before


def test_a_zip_whose_names_lead_elsewhere_writes_nowhere(fresh_site: Any, tmp_path: Path) -> None:
    from api.services.exporting import export_file
    from reference_data.sample import SAMPLE_RETURNS

    url = fresh_site.app.state.settings.database_url
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        for path in sorted(Path(SAMPLE_RETURNS).glob("2021-*.csv")):
            archive.writestr(f"../../{path.name}", path.read_bytes())
    (tmp_path / "inside").mkdir()
    try:
        import_file(url, "returns", evil, "879", "tester")
    except ImportRejected:
        return
    export_file(url, "returns", tmp_path / "inside" / "out", "879", "tester")
    there = {path.name for path in tmp_path.iterdir() if not path.name.startswith("site.sqlite3")}
    assert there == {"evil.zip", "inside"}
    assert [path.name for path in (tmp_path / "inside").iterdir()] == ["out"]


def test_every_refusal_of_the_audits_database_leaves_the_audit_whole(fresh_site: Any) -> None:
    from api import audit as trail

    with fresh_site.database.reading() as connection:
        assert trail.verify(connection).whole
        assert connection.execute(select(audit.c.sequence)).first() is not None
