"""Files sent to the API: kept whole or refused with every problem, once under a key, and bound to one's council."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from typing import Any

import pytest
from sqlalchemy import func, select

from api.auth.sessions import form_token
from api.database.tables import alerts, audit, imports
from reference_data.sample import SAMPLE_RETURNS
from tests.web.test_access import everything_in

HOMES = "home_id,type,places,vacancies\nDEMO-X-1,childrens_home,4,1\nDEMO-X-2,in_house_foster_carer,2,2\n"


def sent(client: Any, path: str, body: Any, kind: str = "text/csv", **headers: str) -> Any:
    token = form_token(client.cookies["righthome_session"])
    given = {"x-csrf-token": token, "content-type": kind, **headers}
    return client.post(f"/api/v1/imports/{path}", content=body, headers=given)


def test_a_file_is_imported_and_twice_changes_nothing(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    first = sent(client, "homes", HOMES)
    assert first.status_code == 201, first.text
    assert first.json()["counts"] == {"added": 2, "changed": 0, "unchanged": 0}
    assert first.json()["authority"] == "879"
    assert sent(client, "homes", HOMES).json()["counts"] == {"added": 0, "changed": 0, "unchanged": 2}
    listed = {one["home_id"] for one in client.get("/api/v1/homes").json()}
    assert {"DEMO-X-1", "DEMO-X-2"} < listed
    assert "DEMO-X-1" not in fresh_site.signed_in(authority="878").get("/api/v1/homes").text
    with fresh_site.database.reading() as connection:
        who = connection.execute(
            select(audit.c.actor).where(audit.c.action == "imported", audit.c.actor != "tester")
        )
        assert set(who.scalars()) == {"manager.879"}


def test_every_problem_of_a_file_is_told_at_once_and_nothing_is_kept(
    fresh_site: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client = fresh_site.signed_in()
    before = everything_in(fresh_site)
    spoiled = HOMES.replace("childrens_home", "MARKER-castle").replace(",2,2", ",MARKER-two,-9")
    with caplog.at_level(logging.INFO):
        told = sent(client, "homes", spoiled)
    assert told.status_code == 422
    problems = told.json()["problems"]
    assert {(one["row"], one["column"]) for one in problems} >= {(2, "type"), (3, "places"), (3, "vacancies")}
    assert all(one["what_to_do"] for one in problems)
    assert "MARKER" not in told.text + caplog.text
    assert everything_in(fresh_site) == before


def test_a_dry_run_says_what_would_be_done_and_keeps_nothing(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    before = everything_in(fresh_site)
    told = sent(client, "homes?dry_run=true", HOMES).json()
    assert (told["counts"]["added"], told["import_id"], told["dry_run"]) == (2, None, True)
    assert everything_in(fresh_site) == before


def test_a_file_sent_again_under_its_key_is_imported_once(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    headers = {"idempotency-key": "file-1"}
    first, again = (sent(client, "homes", HOMES, **headers) for _ in range(2))
    assert first.content == again.content
    with fresh_site.database.reading() as connection:
        added = select(func.count()).select_from(imports).where(imports.c.actor == "manager.879")
        assert connection.execute(added).scalar_one() == 1
    assert sent(client, "homes", HOMES + " ", **headers).status_code == 422


def test_stays_are_watched_in_the_same_transaction(fresh_site: Any) -> None:
    client = fresh_site.signed_in()
    stay = {
        "stay_id": "DEMO-X-3",
        "child_id": "DEMO-X-4",
        "date_of_birth": "2009-03-04",
        "setting": "hotel",
        "started_on": "2026-05-20",
        "in_care": True,
    }
    assert sent(client, "stays", json.dumps([stay]), "application/json").status_code == 201
    with fresh_site.database.reading() as connection:
        of_child = select(alerts.c.rule).where(alerts.c.child_id == "DEMO-X-4")
        assert "over_14_nights" in set(connection.execute(of_child).scalars())


def test_returns_come_as_a_zip(fresh_site: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(SAMPLE_RETURNS.iterdir()):
            if path.name.startswith("2019"):
                archive.write(path, path.name)
    told = sent(fresh_site.signed_in(), "returns", packed.getvalue(), "application/zip")
    assert told.status_code == 201, told.text
    assert told.json()["counts"]["added"] > 0


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("castles", HOMES, "text/csv", 404),
        ("homes", HOMES, "text/plain", 422),
        ("homes", b"", "text/csv", 422),
        ("homes", b"\xff\xfe\x00", "text/csv", 422),
        ("homes", b"PK not a zip", "application/zip", 422),
        ("homes", "[" * 10_000, "application/json", 422),
        ("homes?file_name=../../etc/passwd", HOMES, "text/csv", 422),
        ("homes?profile=no-such", HOMES, "text/csv", 422),
        ("referrals?profile=no-such", HOMES, "text/csv", 404),
    ],
)
def test_what_is_no_such_file_is_refused(
    fresh_site: Any, path: str, body: Any, kind: str, status: int
) -> None:
    before = everything_in(fresh_site)
    told = sent(fresh_site.signed_in(), path, body, kind)
    assert told.status_code == status, told.text
    assert told.json()["code"]
    assert everything_in(fresh_site) == before


def test_a_record_of_another_council_is_refused(fresh_site: Any) -> None:
    row = "referral_id,child_id,authority,date_of_birth\nR1,C1,878,2012-03-04\n"
    told = sent(fresh_site.signed_in(), "referrals", row)
    assert told.status_code == 422
    assert told.json()["problems"][0]["rule"] == "another_authority"
