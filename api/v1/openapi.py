"""The description of the API: every error as a problem document, and how to say who one is.

FastAPI describes errors in its own shape, which ours replaces (RFC 9457), so its description is put right here.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.auth.access import ANYONE, route_table
from api.v1.once import PARAMETER

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
}
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
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            _describe_errors(path, method.upper(), operation)
    app.openapi_schema = found
    return found


def _describe_errors(path: str, method: str, operation: dict[str, Any]) -> None:
    access = route_table().get((method, path))
    wanted = {"422", "500"} | (OF_BODIES if method != "GET" else set())
    if method != "GET":
        operation.setdefault("parameters", []).append(PARAMETER)
    if access is not None and access.who != ANYONE:
        wanted |= OF_CLOSED
        operation["security"] = [{"token": []}]
        operation["x-permission"] = access.who
    for status in sorted(wanted):
        operation["responses"][status] = {
            "description": ERRORS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
