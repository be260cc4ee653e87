"""What a load balancer and a monitor are told, and that neither they nor the log learn of a child."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import Any

import pytest
from sqlalchemy import text

from api.auth.roles import Role
from api.logs import JsonLines
from api.v1.health import MEDIA_TYPE


def test_a_server_is_ready_when_its_database_is_and_lives_in_any_case(fresh_site: Any) -> None:
    visitor = fresh_site.visitor()
    assert visitor.get("/api/v1/health").json() == {"status": "ok"}
    assert visitor.get("/api/v1/ready").json() == {"status": "ready"}
    with fresh_site.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    refused = visitor.get("/api/v1/ready")
    assert (refused.status_code, refused.json()["status"]) == (503, "the database needs an upgrade")


def test_a_database_that_does_not_answer_makes_a_server_not_ready(make_site: Any) -> None:
    site = make_site()
    site.database.close()
    path = site.app.state.settings.database_url.removeprefix("sqlite:///")
    with open(path, "wb") as file:
        file.write(b"no database")
    refused = site.visitor().get("/api/v1/ready")
    assert (refused.status_code, refused.json()["status"]) == (503, "the database does not answer")
    assert "no database" not in refused.text


def test_counts_grow_with_requests_and_hold_no_id(fresh_site: Any) -> None:
    manager, administrator = fresh_site.signed_in(), fresh_site.signed_in(Role.ADMINISTRATOR)
    for _ in range(3):
        manager.get("/api/v1/referrals/DEMO-R-879")
    manager.get("/api/v1/referrals/DEMO-R-879?child=PL4+8AA")
    manager.get("/nothing/DEMO-C-879")
    told = administrator.get("/api/v1/metrics")
    assert told.headers["content-type"] == MEDIA_TYPE
    line = 'righthome_requests_total{method="GET",route="/api/v1/referrals/{referral_id}",status="200"} 3'
    assert line in told.text.splitlines()
    assert line.replace('"200"} 3', '"422"} 1') in told.text.splitlines()
    assert 'righthome_requests_total{method="GET",route="none",status="404"} 1' in told.text.splitlines()
    assert "righthome_request_seconds_count 5" in told.text.splitlines()
    # Without the seconds, which may hold any three digits.
    counted = re.sub(r"(_sum) [0-9.]+", r"\1", told.text)
    for value in ("DEMO", "PL4", "879", "manager"):
        assert value not in counted
    for text_line in told.text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|righthome_\w+(\{.+\})? [0-9.]+", text_line), text_line
    assert manager.get("/api/v1/metrics").status_code == 403


@pytest.fixture
def lines() -> Any:
    """A log as the server writes it, and a way to read its lines."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_every_line_of_the_log_is_one_document_with_the_requests_number(site: Any, lines: Any) -> None:
    answer = site.signed_in().get("/api/v1/homes")
    found = [line for line in lines() if line["logger"] == "righthome.requests"]
    assert [(line["request"], line["status"], line["level"]) for line in found] == [
        (answer.headers["x-request-id"], 200, "INFO")
    ]
    assert all({"at", "level", "logger"} <= set(line) for line in lines())


def test_an_exception_in_the_log_is_told_by_its_kind_and_places_alone(lines: Any) -> None:
    try:
        raise KeyError("MARKER of a child")
    except KeyError:
        logging.getLogger("anything").exception("Something broke: line\nbreak")
    (line,) = lines()
    assert line["fault"] == "KeyError"
    assert any("test_monitoring.py" in place for place in line["places"])
    assert "MARKER" not in json.dumps(line)
