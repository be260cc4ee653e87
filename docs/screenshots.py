"""Draw the screenshots of the README and the guides again, in a real browser: one child's options, and a joint plan.

    python docs/screenshots.py

It needs the development dependencies and Chromium. The data is the shipped sample, at its fixed date, so the
picturess change only when the pages or the engine do.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from api.app import create_app
from api.services.sample import load_sample
from api.settings import Settings

IMAGES = Path(__file__).resolve().parent / "images"
RANKED, PLAN = IMAGES / "ranked-options.png", IMAGES / "joint-plan.png"
LARGEST_BYTES = 200_000
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    """Write the pictures; stop if one is too large for a repository."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Install Chromium first; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'righthome.sqlite3'}"
        sample = load_sample(url)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        app = create_app(Settings(database_url=url, as_of=sample.as_of, demo=True))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        serving.start()
        while not server.started:
            time.sleep(0.05)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(
                base_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
                viewport={"width": 1100, "height": 1400},
            )
            page.goto("/sign-in")
            page.get_by_label("Username").fill(sample.users[0].username)
            page.get_by_label("Password").fill(sample.password)
            page.get_by_role("button", name="Sign in").click()
            IMAGES.mkdir(exist_ok=True)
            page.goto("/children/DEMO-R01/options")
            page.screenshot(path=RANKED)
            page.goto("/plan")
            page.get_by_role("button", name="Plan the list").click()
            page.get_by_role("heading", name="Who goes where").wait_for()
            # When it was made is the one thing that changes from run to run.
            page.locator(".govuk-caption-l").evaluate("caption => { caption.textContent = 'Newest plan' }")
            page.set_viewport_size({"width": 1100, "height": 1150})
            page.screenshot(path=PLAN)
            browser.close()
        server.should_exit = True
        serving.join()
        listening.close()
    for picture in (RANKED, PLAN):
        if picture.stat().st_size >= LARGEST_BYTES:
            raise SystemExit(f"{picture.name} is too large: keep it under {LARGEST_BYTES:,} bytes.")


if __name__ == "__main__":
    main()
