"""Serve the web application. A proxy that speaks https stands in front of it in a council."""

from __future__ import annotations

import logging
from dataclasses import replace

from api.database.engine import open_database
from api.database.migrate import require_latest
from api.settings import Settings


def serve(settings: Settings, *, host: str | None = None, port: int | None = None) -> None:
    """Serve until stopped.

    Raises
    ------
    Conflict
        If the database's tables are not the newest.
    """
    import uvicorn

    from api.app import create_app

    settings = replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )
    database = open_database(settings.database_url)
    try:
        require_latest(database)
    finally:
        database.close()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        # Our own log line holds the route's pattern; uvicorn's would hold what was filled in.
        access_log=False,
        server_header=False,
        log_level="warning",
    )
