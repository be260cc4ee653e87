"""Whether the application and its database work, for a load balancer. It tells nothing else."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy import text

from api.database.session import database_of

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
