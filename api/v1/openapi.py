"""The description of the API: every error as a problem document, and how to say who one is.

FastAPI describes errors in its own shape, which ours replaces (RFC 9457), so its description is put right here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.auth.access import ANYONE, route_table
from api.errors import Problem
from api.v1.once import PARAMETER, REPLAYED

PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "An error (RFC 9457). `code` is for programs, `message` for people; neither repeats a value.",
    "required": ["type", "title", "status", "detail", "instance", "code", "message", "problems"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:righthome:problem:no_such_home"]},
        "title": {"type": "string", "examples": ["Page not found"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string", "examples": ["There is no home of that id."]},
        "instance": {"type": "string", "examples": ["urn:righthome:request:0123456789ab"]},
        "code": {"type": "string", "examples": ["no_such_home"]},
        "message": {"type": "string", "examples": ["There is no home of that id."]},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["file", "row", "column", "rule", "what_to_do"],
                "properties": {
                    "file": {"type": "string"},
                    "row": {"type": ["integer", "null"]},
                    "column": {"type": ["string", "null"]},
                    "rule": {"type": "string"},
                    "what_to_do": {"type": "string"},
                },
            },
        },
    },
}
ERRORS = {
    "400": "The request cannot be read.",
    "401": "Nobody is signed in, and no token that works was sent.",
    "403": "The role or the token may not do this, or a form's token is missing.",
    "404": "There is no such record in view; another council's looks the same.",
    "409": "Something changed first, or there is too little set up for this.",
    "413": "The body is larger than this installation accepts.",
    "422": "Something sent cannot be used: each problem by its field, without its value.",
    "500": "A fault of ours. The reference in `instance` is in the log.",
    "503": "Others are writing for so long that this could not begin. Nothing was done; it may be tried again.",
}
EXAMPLES = {
    "400": ("unusable_request", "Something cannot be used", "The request cannot be used."),
    "401": ("not_signed_in", "Sign in to continue", "Sign in to continue."),
    "403": ("role_may_not", "You may not do this", "Your role does not allow this."),
    "404": ("no_such_home", "Page not found", "There is no home of that id."),
    "409": ("stale_edit", "Something changed first", "Somebody changed this record. Read it again."),
    "413": ("too_large", "That is too large", "Send at most 10,000,000 bytes at once."),
    "422": ("unusable_file", "Something cannot be used", "The request has 1 problem."),
    "500": ("fault", "Sorry, there is a problem with the service", "This is a fault of ours."),
    "503": (
        "busy",
        "The service is busy",
        "Many people are saving at this moment. Nothing was saved: try again.",
    ),
}
"""Code, title and message of one error of each status."""
IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an answer you have: where it is still the answer, 304 comes back without a body.",
    "schema": {"type": "string", "pattern": "^[ -~]*$"},
    "example": 'W/"0123456789abcdef0123456789abcdef"',
}
TAG = {
    "ETag": {
        "description": "The version of the record, to be sent back in `If-Match` when it is changed; of a list or a "
        "computed answer a weak tag of its content.",
        "schema": {"type": "string"},
    }
}
LINK = {
    "Link": {
        "description": 'The address of the part that follows, with `rel="next"`; absent from the last part.',
        "schema": {"type": "string"},
        "example": '</api/v1/homes?limit=200&after=DEMO-H-205>; rel="next"',
    }
}
REPLAYED_HEADER = {
    REPLAYED: {
        "description": "`true` where this is the first answer once more.",
        "schema": {"type": "string"},
    }
}
ACCEPTED = {
    "Location": {"description": "The address of the job.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds after which to look.", "schema": {"type": "string"}},
}
RECORDED_EXAMPLES = Path(__file__).with_name("examples.json")
"""A request and its answer at each address, recorded on invented records; lists are cut to their beginning."""
OF_CLOSED = frozenset({"401", "403", "404", "409"})
OF_BODIES = frozenset({"400", "403", "413"})


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description of an application, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    found = get_openapi(
        title=app.title,
        version=app.version,
        routes=app.routes,
        description="Send a session's cookie, or a token as `Authorization: Bearer`. A token carries some of its "
        "maker's permissions; each operation names the one it asks for in `x-permission`.",
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    recorded = json.loads(RECORDED_EXAMPLES.read_text(encoding="utf-8"))
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _describe_errors(path, method.upper(), operation)
            _add_examples(operation, recorded.get(f"{method.upper()} {path}", {}))
    app.openapi_schema = found
    return found


def _describe_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    access = route_table().get((method, path))
    wanted = {"422", "500", "503"} | (OF_BODIES if method != "GET" else set())
    parameters = operation.setdefault("parameters", [])
    if method != "GET":
        parameters.append(PARAMETER)
        headers = dict(REPLAYED_HEADER)
    else:
        parameters.append(IF_NONE_MATCH)
        operation["responses"]["304"] = {"description": "The answer you have is still the answer."}
        headers = TAG | (LINK if any(one["name"] == "after" for one in parameters) else {})
    for status, told in operation["responses"].items():
        if status.startswith("2"):
            told["headers"] = headers | (ACCEPTED if status == "202" else {})
    if access is not None and access.who != ANYONE:
        wanted |= OF_CLOSED
        operation["security"] = [{"token": []}]
        operation["x-permission"] = access.who
    # A monitor's answer with 503 is its own, and no error.
    for status in sorted(wanted - {"503"} if "503" in operation["responses"] else wanted):
        operation["responses"][status] = {
            "description": ERRORS[status],
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": _example(status),
                }
            },
        }


def _add_examples(operation: dict[str, Any], recorded: dict[str, Any]) -> None:
    of_json = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if of_json is not None and "request" in recorded:
        of_json["example"] = recorded["request"]
    for status, told in operation["responses"].items():
        answer = told.get("content", {}).get("application/json") if status.startswith("2") else None
        if answer is not None and "answer" in recorded:
            answer["example"] = recorded["answer"]


def _example(status: str) -> dict[str, Any]:
    code, title, message = EXAMPLES[status]
    problem = Problem(status=int(status), code=code, title=title, message=message, reference="0123456789ab")
    rejected = {
        "file": "request",
        "row": None,
        "column": "raised_on",
        "rule": "impossible_date",
        "what_to_do": "There is no such day. Give a date as YYYY-MM-DD.",
    }
    return problem.as_dict() | ({"problems": [rejected]} if status == "422" else {})
