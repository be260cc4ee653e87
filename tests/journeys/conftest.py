"""A real Chromium against a real server on a sample database; skipped by name where there is no Chromium.

Set ``TESTS_REQUIRE_BROWSER=1`` to make a missing browser a failure, as the continuous integration does.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page

from api.app import create_app
from api.services.forecast import kept_forecast
from api.services.sample import SAMPLE_AUTHORITY, load_sample
from api.services.stored import stored_records
from api.settings import Settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "Chromium is not installed, so the journeys through the pages were not tested. "
    "Install it (on Debian: apt-get install chromium) and run the tests again."
)


def chromium() -> str | None:
    """Return where Chromium is, or nothing."""
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    missing = chromium() is None and os.environ.get("TESTS_REQUIRE_BROWSER") != "1"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason=MISSING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A server that is running, and who may sign in to it."""

    address: str
    username: str
    password: str


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = chromium()
    if path is None:
        pytest.fail(MISSING)
    return {**browser_type_launch_args, "executable_path": path, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = f"sqlite:///{tmp_path_factory.mktemp('journeys') / 'righthome.sqlite3'}"
    sample = load_sample(url)
    app = create_app(Settings(database_url=url, as_of=sample.as_of, demo=True))
    # The first look at the forecast makes it, which may take longer than a page waits where the machine is busy.
    with stored_records(url, SAMPLE_AUTHORITY) as records:
        kept_forecast(records, app.state.database, SAMPLE_AUTHORITY)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    serving.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    else:
        pytest.fail("The server did not start within 10 seconds.")
    yield Site(
        address=f"http://127.0.0.1:{listening.getsockname()[1]}",
        username=sample.users[0].username,
        password=sample.password,
    )
    server.should_exit = True
    serving.join(timeout=10)
    listening.close()


@pytest.fixture(scope="session")
def base_url(site: Site) -> str:
    return site.address


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained of: a blocked script or style, a missing file, a fault in a script."""
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: heard.append(str(fault)))
    page.on("response", lambda answer: heard.append(answer.url) if answer.status >= 400 else None)
    return heard
