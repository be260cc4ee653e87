"""Every query about records goes through one door that knows whose they are.

Read from the source: who may name the tables of records, make the door, or speak to the database at all. And
watched at work: every statement about records that any page sends names its council.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from api.auth.access import route_table
from api.auth.roles import Role
from api.database.tables import metadata
from tests.web.test_access import filled_in

ROOT = Path(__file__).resolve().parents[2]
OF_NO_CHILD = {
    "alembic_version",
    "api_tokens",
    "audit",
    "authorities",
    "imports",
    "known_browsers",
    "outbox",
    "password_resets",
    "sessions",
    "sign_in_failures",
    "users",
}
"""Tables that hold no record of a child or home, or that no page reads: people, sessions, the queue of messages."""
TABLES = ("api.database.tables", "api.database.placing_tables")
OF_RECORDS = set(metadata.tables) - OF_NO_CHILD
MAKES_THE_DOOR = {
    "api/database/records.py",
    "api/database/session.py",
    # These name one council, or are the machinery that watches and sends for each in turn.
    "api/jobs.py",
    "api/outbox.py",
    "api/services/alerts.py",
    "api/services/audit_trail.py",
    "api/services/child_export.py",
    "api/services/exporting.py",
    "api/services/importing.py",
    "api/services/jobs.py",
    "api/services/plans.py",
    "api/services/provider_links.py",
    "api/services/retention.py",
    "api/services/sample.py",
    "api/services/stored.py",
}


def modules() -> list[tuple[str, ast.AST]]:
    found = []
    for path in sorted((ROOT / "api").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if "/migrations/" not in name:
            found.append((name, ast.parse(path.read_text(encoding="utf-8"))))
    return found


def test_only_the_database_package_names_a_table_of_records() -> None:
    guilty = []
    for name, tree in modules():
        if name.startswith("api/database/"):
            continue
        for node in ast.walk(tree):
            named: set[str] = set()
            if isinstance(node, ast.ImportFrom) and node.module in TABLES:
                named = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == "api.database":
                named = {alias.name for alias in node.names} & {"tables", "placing_tables"}
            elif isinstance(node, ast.Import):
                named = {alias.name for alias in node.names if alias.name.startswith(TABLES)}
            guilty += [f"{name}: {one}" for one in named if one in OF_RECORDS or one.endswith("tables")]
    assert guilty == []


def test_only_known_modules_make_the_door() -> None:
    makers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"Records", "Scope"}
    }
    assert makers <= MAKES_THE_DOOR


def test_pages_and_the_api_write_no_statements_of_their_own() -> None:
    allowed = {"api/v1/health.py", "api/v1/alerts.py"}
    guilty = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if name.startswith(("api/web/", "api/v1/")) and name not in allowed
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"execute", "exec_driver_sql", "scalar", "scalars"}
    ]
    assert guilty == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.BROKERAGE_OFFICER, Role.ANALYST])
def test_every_statement_about_records_names_the_readers_council_and_no_other(site: Any, role: Role) -> None:
    sent: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        sent.append((statement, values))

    client = site.signed_in(role)
    event.listen(site.database.engine, "before_cursor_execute", listen)
    try:
        for (method, path), access in route_table().items():
            if method == "GET" and access.allows(role) and access.records in {"own", "shared"}:
                client.get(filled_in(site, path))
    finally:
        event.remove(site.database.engine, "before_cursor_execute", listen)
    about_records = [
        (statement, values)
        for statement, values in sent
        if set(re.findall(r"(?:FROM|JOIN|INTO|UPDATE) (\w+)", statement)) & OF_RECORDS
    ]
    assert len(about_records) > 10
    for statement, values in about_records:
        assert re.search(r"WHERE .*\bauthority (?:=|IN)", statement, re.DOTALL), statement
        told = {str(value) for value in (values.values() if isinstance(values, dict) else values)}
        # What is read of a partner is read only where it is shared: a home, or a concern.
        if "shared_homes" not in statement and "concerns.shared" not in statement:
            assert "879" in told, statement
            assert not {"878", "305"} & told, statement
