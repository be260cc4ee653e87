"""The description of the API shows a request and an answer at every address, and they are what it says they are."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from api.auth.sessions import form_token
from api.v1.openapi import RECORDED_EXAMPLES
from tests.web.sample_placing import make_placing
from tests.web.test_access import filled_in

READS_OF_RECORDS = (
    "/api/v1/referrals",
    "/api/v1/referrals/{referral_id}",
    "/api/v1/homes",
    "/api/v1/stays",
    "/api/v1/referrals/{referral_id}/options",
    "/api/v1/referrals/{referral_id}/sheet",
    "/api/v1/referrals/{referral_id}/enquiries",
    "/api/v1/holds/{claim_id}",
    "/api/v1/alerts",
    "/api/v1/emergency-watch",
    "/api/v1/jobs/{job_id}",
    "/api/v1/audit",
)


@pytest.fixture(scope="module")
def description(filled_file: Any) -> dict[str, Any]:
    from tests.site import Site

    site = Site(f"sqlite:///{filled_file}")
    found: dict[str, Any] = site.app.openapi()
    site.close()
    return found


def shown(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the JSON bodies of every operation, with what they are of."""
    found = []
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            bodies = operation.get("requestBody", {}).get("content", {})
            answers = {
                f"{status} {media}": told
                for status, answer in operation["responses"].items()
                for media, told in answer.get("content", {}).items()
            }
            for media, body in (bodies | answers).items():
                if "json" in media:
                    found.append((f"{method.upper()} {path} {media}", body))
    return found


def test_every_body_and_every_answer_has_an_example_that_fits_its_schema(description: dict[str, Any]) -> None:
    without = [what for what, body in shown(description) if "example" not in body and " 503 " not in what]
    assert without == []
    for what, body in shown(description):
        if "example" in body:
            schema = {**body["schema"], "components": description["components"]}
            assert jsonschema_rs.is_valid(schema, body["example"]), what


def test_examples_are_of_addresses_that_there_are(description: dict[str, Any]) -> None:
    there = {f"{m.upper()} {path}" for path, operations in description["paths"].items() for m in operations}
    assert set(json.loads(RECORDED_EXAMPLES.read_text(encoding="utf-8"))) <= there


def test_examples_hold_invented_ids_and_no_birth_date_or_postcode() -> None:
    text = RECORDED_EXAMPLES.read_text(encoding="utf-8")
    for child in re.findall(r'"child_id": "([^"]+)"', text):
        assert child.startswith("DEMO-"), child
    assert not re.search(r"\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b", text)
    assert not re.search(r'"date_of_birth": "\d', text)


def test_what_is_really_answered_has_the_fields_of_the_example(roles_site: Any) -> None:
    make_placing(roles_site, "879")
    examples = json.loads(RECORDED_EXAMPLES.read_text(encoding="utf-8"))
    client = roles_site.signed_in()
    for path in READS_OF_RECORDS:
        answer, example = client.get(filled_in(roles_site, path)).json(), examples[f"GET {path}"]["answer"]
        if isinstance(answer, list):
            answer, example = answer[0], example[0]
        assert set(answer) == set(example), path


@pytest.mark.parametrize(
    "operation",
    [
        "POST /api/v1/referrals/{referral_id}/enquiries",
        "POST /api/v1/home-records/{kind}",
        "POST /api/v1/plans",
    ],
)
def test_a_request_of_an_example_is_accepted(fresh_site: Any, operation: str) -> None:
    request = json.loads(RECORDED_EXAMPLES.read_text(encoding="utf-8"))[operation]["request"]
    client = fresh_site.signed_in()
    headers = {"x-csrf-token": form_token(client.cookies["righthome_session"])}
    address = filled_in(fresh_site, operation.partition(" ")[2])
    assert client.post(address, json=request, headers=headers).status_code in {201, 202}
