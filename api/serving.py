"""Run the web application on this machine's network."""

from __future__ import annotations

import socket

from api.jobs import watching
from api.logs import write_to_stderr
from api.settings import Settings
from reference_data.problems import Conflict


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Serve until interrupted.

    Raises
    ------
    NotFound
        If there is no database at the configured address.
    Conflict
        If its tables are not the newest, or something else already listens on the port.
    """
    import uvicorn

    from api.app import create_app
    from api.database.migrate import open_existing, require_latest

    require_free_port(host, port)
    database = open_existing(settings.database_url)
    try:
        require_latest(database)
    finally:
        database.close()
    if not settings.demo:
        write_to_stderr()
    with watching(settings):
        uvicorn.run(
            create_app(settings),
            host=host,
            port=port,
            log_level="warning",
            # Ours writes uvicorn's lines too, without the texts of exceptions.
            log_config=None if not settings.demo else uvicorn.config.LOGGING_CONFIG,
            # Our own line for each request holds the route's pattern; this one would hold what was filled in.
            access_log=False,
            server_header=False,
        )


def require_free_port(host: str, port: int) -> None:
    """Refuse a port that is taken, before anything else is done.

    Raises
    ------
    Conflict
        If something else already listens on it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            raise Conflict(
                "port_taken", "The port is in use or not allowed. Name another with --port.", {"port": port}
            ) from None
