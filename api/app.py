"""The web application. Nothing happens when this is imported: ``create_app`` builds everything.

Pages come from ``api.web``, the JSON API from ``api.v1``; what every request passes through stands
in ``api.edge``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import v1
from api.auth.access import permitted
from api.auth.single_sign_on import check_settings
from api.database.engine import open_database
from api.day_asked import DATE_RULES
from api.edge import API, Edge, error_response
from api.kept import Kept
from api.metrics import Metrics
from api.settings import Settings
from api.v1.once import AnsweredBefore, answer_again
from api.v1.openapi import describe
from api.v1.sent import UNKNOWN_FIELD
from api.web import (
    alert_routes,
    analysis_routes,
    audit_routes,
    council_part_routes,
    equality_routes,
    kept_routes,
    people_routes,
    placing_routes,
    plan_routes,
    provider_routes,
    restricted_routes,
    routes,
    sign_in_routes,
    story_routes,
    sufficiency_routes,
    telling_routes,
    tonight_routes,
)
from api.working import Workers
from reference_data.evidence import PRODUCT_VERSION
from reference_data.problems import ImportIssue, ImportRejected, InvalidInput, RighthomeError


def create_app(settings: Settings) -> FastAPI:
    """Return the application on the configured database, which must already have its tables.

    Raises
    ------
    InvalidInput
        If the database's address or the mapping of roles cannot be used.
    """
    check_settings(settings)
    database = open_database(settings.database_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        app.state.workers.start()
        yield
        app.state.workers.close()
        database.close()

    app = FastAPI(
        title="Righthome",
        version=PRODUCT_VERSION,
        lifespan=lifespan,
        # Asked of every request, so that no route can leave it out.
        dependencies=[Depends(permitted)],
        openapi_url="/api/v1/openapi.json",
        # The interactive pages load scripts from another host, which our policy forbids.
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.database = database
    app.state.kept = Kept()
    app.state.metrics = Metrics()
    app.state.workers = Workers(settings, database)
    app.include_router(v1.router, prefix="/api/v1")
    app.include_router(routes.router)
    app.include_router(tonight_routes.router)
    app.include_router(plan_routes.router)
    app.include_router(alert_routes.router)
    app.include_router(placing_routes.router)
    app.include_router(kept_routes.router)
    app.include_router(story_routes.router)
    app.include_router(people_routes.router)
    app.include_router(audit_routes.router)
    app.include_router(equality_routes.router)
    app.include_router(restricted_routes.router)
    app.include_router(provider_routes.router)
    app.include_router(sign_in_routes.router)
    app.include_router(telling_routes.router)
    app.include_router(sufficiency_routes.router)
    app.include_router(council_part_routes.router)
    app.include_router(analysis_routes.router)
    app.router.routes.append(routes.static)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]

    async def told(request: Request, error: Exception) -> Response:
        return error_response(request, error, routes.error_page)

    async def told_without_values(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            return error_response(request, error, routes.error_page)
        by_program = request.url.path.startswith(API)
        rejected = _without_values(error) if by_program else _in_plain_words(error)
        return error_response(request, rejected, routes.error_page)

    async def told_of_text(request: Request, _error: Exception) -> Response:
        # A NUL, half a character or a text too long for its column: the sender's to correct, and no fault.
        refused = InvalidInput(
            "unusable_text", "A text holds a character that cannot be kept, or is too long. Correct it."
        )
        return error_response(request, refused, routes.error_page)

    async def told_again(_request: Request, before: Exception) -> Response:
        return answer_again(before)

    app.add_exception_handler(AnsweredBefore, told_again)
    app.add_exception_handler(RighthomeError, told)
    app.add_exception_handler(DataError, told_of_text)
    app.add_exception_handler(UnicodeEncodeError, told_of_text)
    app.add_exception_handler(HTTPException, told)
    app.add_exception_handler(RequestValidationError, told_without_values)
    app.add_middleware(
        Edge, settings=settings, database=database, metrics=app.state.metrics, error_page=routes.error_page
    )
    return app


def _without_values(error: RequestValidationError) -> ImportRejected:
    """Return what is wrong with a request field by field, leaving out what was filled in.

    The words are ours: those of the library that checks requests speak of parsers and input.
    """
    return ImportRejected(
        ImportIssue(
            file="request",
            row=None,
            column=".".join(str(part) for part in problem["loc"][1:]) or None,
            rule=rule,
            what_to_do=what_to_do,
        )
        for problem in error.errors()
        for rule, what_to_do in (_rule_and_advice(str(problem["type"]), str(problem["msg"])),)
    )


def _in_plain_words(error: RequestValidationError) -> ImportRejected:
    """Return the same for whoever reads a page: each field once, by its own name, with what to give instead."""
    wrong: dict[str | None, Any] = {}
    for problem in error.errors():
        wrong.setdefault(str(problem["loc"][1]) if len(problem["loc"]) > 1 else None, problem)
    return ImportRejected(
        ImportIssue(
            file="request",
            row=None,
            column=field,
            rule=str(problem["type"]),
            what_to_do=_plain_advice(problem),
        )
        for field, problem in wrong.items()
    )


def _plain_advice(problem: dict[str, Any]) -> str:
    kind, limits = str(problem["type"]), problem.get("ctx", {})
    if kind in DATE_RULES:
        return str(problem["msg"])
    if kind == "greater_than_equal":
        return f"Give a number of at least {limits['ge']}."
    if kind == "less_than_equal":
        return f"Give a number of at most {limits['le']}."
    return _PLAIN_ADVICE.get(kind, "Choose one of those that the page offers.")


_PLAIN_ADVICE = {
    "missing": "Fill this in.",
    "int_parsing": "Give a whole number.",
    "int_parsing_size": "Give a smaller number.",
    "string_too_long": "Give a shorter text.",
}


def _rule_and_advice(kind: str, message: str) -> tuple[str, str]:
    if kind in DATE_RULES:
        return kind, message
    if kind == "missing":
        return "missing_value", "Fill this in."
    if kind == "extra_forbidden":
        return UNKNOWN_FIELD
    return "wrong_type", "Give a value of the kind that the API's description names."
