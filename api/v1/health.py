"""For load balancers and monitors: whether the server lives, whether it can serve, and counts of what it does."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from api.database import measures, migrate
from api.database.session import database_of
from api.metrics import MEDIA_TYPE
from reference_data.problems import RighthomeError

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """The application answers and its database does."""

    status: str


@router.get("/health")
def health(request: Request) -> Health:
    """Return that all is well; a database that does not answer makes this fail."""
    with database_of(request).reading() as connection:
        connection.execute(text("SELECT 1"))
    return Health(status="ok")


class Readiness(BaseModel):
    """``ready``, or with status 503 what keeps requests from being served."""

    status: str


@router.get(
    "/ready", responses={503: {"model": Readiness, "description": "Not ready: send requests elsewhere."}}
)
def ready(request: Request, response: Response) -> Readiness:
    """Return whether requests can be served: the database answers, and its tables are the newest."""
    try:
        migrate.require_latest(database_of(request))
    except RighthomeError:
        response.status_code = 503
        return Readiness(status="the database needs an upgrade")
    except SQLAlchemyError:
        response.status_code = 503
        return Readiness(status="the database does not answer")
    return Readiness(status="ready")


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Counts."}},
)
def metrics(request: Request) -> Response:
    """Return counts of requests, long work and messages as Prometheus reads them; no id, no name and no council."""
    with database_of(request).reading() as connection:
        stored = measures.counts_by_state(connection)
    return Response(request.app.state.metrics.text(stored), media_type=MEDIA_TYPE)
