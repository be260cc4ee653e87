"""Twenty people at work on loopback while joint plans are made: requests a second and how long each waits, on both databases."""

from __future__ import annotations

import http.client
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from api.auth.sessions import cookie_name, form_token, open_session
from api.database.engine import open_database
from api.database.records import Records, Scope
from api.database.tables import users
from api.services.sample import SAMPLE_AUTHORITY, LoadedSample, load_partnership
from api.settings import Settings
from tests.conftest import PostgresServer

USERS = 20
ROLES = ("brokerage_officer", "out_of_hours", "manager", "director")
THINK_SECONDS = 2.0
"""How long somebody looks at a page, on average, where people are imitated; nobody measured it."""
SERVER_KEEPS_SECONDS = 5.0
PAGES = {
    "waiting list": ("/waiting-list", 3),
    "options": ("/children/{child}/options", 5),
    "enquiries": ("/children/{child}/enquiries", 3),
    "sheet": ("/children/{child}/sheet", 1),
    "approvals": ("/approvals", 2),
    "plan": ("/plan", 1),
    "emergency watch": ("/emergency-watch", 2),
    "alerts": ("/alerts", 1),
    "partners": ("/partners", 1),
    "sufficiency": ("/sufficiency", 1),
    "api options": ("/api/v1/referrals/{child}/options", 2),
    "api homes": ("/api/v1/homes", 1),
    "ask a home": ("/children/{child}/enquiries", 2),
    "hold and let go": ("/children/{child}/holds", 1),
}
"""What is asked for, by name: the address, and how often beside the others."""


def measure(full: bool) -> dict[str, Any]:
    """Return requests a second and milliseconds at the middle, the 95th and 99th hundredth, by database and pace."""
    seconds = 30 if full else 6
    figures: dict[str, Any] = {}
    counts: dict[str, Any] = {"users": USERS, "seconds_each": seconds, "mean_think_seconds": THINK_SECONDS}
    slowest: dict[str, Any] = {}
    with _postgresql() as server, tempfile.TemporaryDirectory(prefix="rhload-") as folder:
        for name, url in (
            ("sqlite", f"sqlite:///{Path(folder) / 'load.sqlite3'}"),
            ("postgresql", server.new_database()),
        ):
            sample = load_partnership(url)
            with _served(url, sample) as (port, visits):
                _visit(port, visits, THINK_SECONDS, seconds=min(10, seconds), plans=False)
                for pace, think in (("people", THINK_SECONDS), ("without_pause", 0.0)):
                    found = _visit(port, visits, think, seconds=seconds, plans=True)
                    figures |= {f"{name}_{pace}_{key}": value for key, value in found.figures().items()}
                    slowest |= {f"{name}_{pace}_{key}": value for key, value in found.of_pages().items()}
                    counts[f"{name}_{pace}_requests"] = found.requests
    return {
        "what": f"one server with its database on this machine, Plymouth's part of the invented partnership, {USERS} people in "
        "sessions of their own asking for pages and answers of the API, writing enquiries and holding beds, while joint plans "
        "are made one after another. People: each looks at a page for "
        f"{THINK_SECONDS:.0f} seconds on average. Without pause: each asks again at once, so that what the server can do is "
        "seen and every answer waits for nineteen others. The load is made on the same processors",
        "counts": counts,
        "figures": figures | slowest,
    }


class _Found:
    """What came back in one stretch of load."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.faults = 0
        self.plans = 0
        self.seconds = 0.0
        self._lock = threading.Lock()

    @property
    def requests(self) -> int:
        return sum(map(len, self.took.values()))

    def add(self, name: str, milliseconds: float, *, fault: bool) -> None:
        with self._lock:
            self.took[name].append(milliseconds)
            self.faults += fault

    def figures(self) -> dict[str, Any]:
        every = sorted(one for took in self.took.values() for one in took)
        return {
            "requests_per_second": round(len(every) / self.seconds, 1),
            **{f"p{part}_ms": _part(every, part) for part in (50, 95, 99)},
            "faults": self.faults,
            "plans_made": self.plans,
        }

    def of_pages(self) -> dict[str, Any]:
        return {
            f"{name.replace(' ', '_')}_p50_ms": _part(sorted(took), 50)
            for name, took in sorted(self.took.items())
        }


def _part(took: list[float], hundredth: int) -> float:
    return round(took[min(len(took) - 1, len(took) * hundredth // 100)], 1)


def _visit(port: int, visits: _Visits, think: float, *, seconds: float, plans: bool) -> _Found:
    """Let everybody visit for some seconds."""
    found, until = _Found(), time.monotonic() + seconds
    work: list[Callable[[], None]] = [
        lambda number=number: _person(port, visits, number, think, until, found)  # type: ignore[misc]
        for number in range(USERS)
    ]
    if plans:
        work.append(lambda: _planner(port, visits, until, found))
    threads = [threading.Thread(target=one) for one in work]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.monotonic() - began
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visits:
    """Who visits, and about which children and homes."""

    sessions: list[str]
    children: list[str]
    child_ids: list[str]
    homes: list[str]
    cookie: str


class _Browser:
    """One person's connection, kept open as browsers keep theirs."""

    def __init__(self, port: int, visits: _Visits, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self.session, self.cookie = session, visits.cookie
        self.used_at = time.monotonic()

    def ask(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": f"{self.cookie}={self.session}"}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrf_token": form_token(self.session)})
        if time.monotonic() - self.used_at > SERVER_KEEPS_SECONDS / 2:
            # The server closes a connection that nothing came over for a while; browsers open another.
            self.connection.close()
        self.connection.request("GET" if form is None else "POST", path, body=body, headers=headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.used_at = time.monotonic()
        return answer.status, answer.getheader("location", "") or "", text


def _person(port: int, visits: _Visits, number: int, think: float, until: float, found: _Found) -> None:
    choose = random.Random(number)
    browser = _Browser(port, visits, visits.sessions[number])
    if think:
        # Nobody begins at the same moment.
        time.sleep(choose.uniform(0, min(think, max(0.0, until - time.monotonic()))))
    while time.monotonic() < until:
        (name,) = choose.choices(list(PAGES), weights=[often for _, often in PAGES.values()])
        path = PAGES[name][0].replace("{child}", choose.choice(visits.children))
        form = {"home_id": choose.choice(visits.homes)} if name in {"ask a home", "hold and let go"} else None
        began = time.monotonic()
        status, back, _ = browser.ask(path, form)
        # A bed that is held by another, or a home that may not be asked, is an answer and no fault.
        fault = status >= 500 or (form is None and status != 200)
        found.add(name, 1000 * (time.monotonic() - began), fault=fault)
        if name == "hold and let go" and back.startswith("/holds/"):
            browser.ask(f"{back}/release", {})
        if think:
            time.sleep(choose.expovariate(1 / think))


def _planner(port: int, visits: _Visits, until: float, found: _Found) -> None:
    """Have plans made one after another, each with another pair forbidden, so that none is remembered."""
    choose = random.Random(99)
    browser = _Browser(port, visits, visits.sessions[USERS])
    while time.monotonic() < until:
        asked = {
            "child_id": choose.choice(visits.child_ids),
            "decision": f"ban:{choose.choice(visits.homes)}",
        }
        _, address, _ = browser.ask("/plan/runs", asked)
        while time.monotonic() < until and "data-rh-waiting" in browser.ask(address)[2]:
            time.sleep(0.5)
        found.plans += 1


@contextmanager
def _served(url: str, sample: LoadedSample) -> Iterator[tuple[int, _Visits]]:
    """Serve a filled database as ``righthome serve`` does, in a process of its own; give its port and its visitors."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    settings = {
        "RIGHTHOME_DATABASE_URL": url,
        "RIGHTHOME_AS_OF": sample.as_of.isoformat(),
        "RIGHTHOME_SECRET": "a secret of the benchmark that no installation has",
        "RIGHTHOME_BASE_URL": f"http://127.0.0.1:{port}",
    }
    environment = {**os.environ, **settings}
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(port, server)
            visits = _visitors(url)
            # The forecast is made once, at the first look: that is no page's time (the benchmark of forecasts has it).
            _Browser(port, visits, visits.sessions[0]).ask("/sufficiency")
            yield port, visits
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/v1/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _visitors(url: str) -> _Visits:
    """Return sessions, begun without the slow work of a password, and what may be asked about."""
    database = open_database(url)
    with database.writing() as connection:
        rows = {row.role: row.user_id for row in connection.execute(select(users)).all()}
        sessions = [
            open_session(connection, rows[ROLES[number % len(ROLES)]], session_hours=12)
            for number in range(USERS + 1)
        ]
    with database.reading() as connection:
        records = Records(connection, Scope(authorities=frozenset({SAMPLE_AUTHORITY}), actor="benchmark"))
        referrals = records.referrals()
        homes = [one.home_id for one in records.homes() if one.vacancies]
    database.close()
    return _Visits(
        sessions=sessions,
        children=[one.referral_id for one in referrals],
        child_ids=[one.child_id for one in referrals],
        homes=homes,
        cookie=cookie_name(Settings(database_url=url)),
    )


@contextmanager
def _postgresql() -> Iterator[PostgresServer]:
    place = Path(tempfile.mkdtemp(prefix="rhpg-"))
    server = PostgresServer(place)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
